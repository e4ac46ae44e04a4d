"""Folding the whole ledger anew, while the live tables go on answering. Plain Python, no nameko.

One rebuild at a time, whoever starts it: the service that finds its table folded by older code, an
officer by RPC, or an operator on the command line.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from pymongo import MongoClient
from pymongo.errors import DuplicateKeyError

from services.reporting.projections import CASES
from shared.errors import Refused
from shared.ledger import Log
from shared.projecting import Projector
from shared.projection import Projection, Row

DATABASE = "donthu_reporting"
TABLES: dict[str, Projection] = {projection.table: projection for projection in (CASES,)}

#: A rebuild that has told no progress for so long is taken for dead.
LEASE = timedelta(minutes=10)

#: Told of table, authority and the commits folded for it.
Progress = Callable[[str, str, int], None]


def rebuild(
    client: "MongoClient[Row]",
    log: Log,
    table: str | None = None,
    progress: Progress = lambda table, authority, done: None,
) -> dict[str, int]:
    """Rebuild one table, or all; answers the commits folded by table.

    Raises:
        Refused: `unknown_table`; `rebuild_running`: another one is at it.
        HoleInLog: the live table stays as it is.
    """
    if table is not None and table not in TABLES:
        raise Refused("unknown_table", f"Không có bảng này; các bảng: {', '.join(TABLES)}.")
    return {
        projection.table: _rebuilt(client, log, projection, progress)
        for projection in TABLES.values()
        if table in (None, projection.table)
    }


def _rebuilt(
    client: "MongoClient[Row]", log: Log, projection: Projection, progress: Progress
) -> int:
    projector = Projector(client, DATABASE, log, projection)
    with _alone(client, projection.table) as still_here:

        def told(authority: str, done: int) -> None:
            still_here()
            progress(projection.table, authority, done)

        return projector.rebuild(told)


@contextmanager
def _alone(client: "MongoClient[Row]", table: str) -> Iterator[Callable[[], None]]:
    """Hold the lease on a table's rebuild; the function given says that we are still at it."""
    leases = client[DATABASE]["rebuilds"]

    def hold() -> None:
        leases.update_one({"_id": table}, {"$set": {"until": datetime.now(UTC) + LEASE}})

    try:
        # An expired lease matches and is taken over; a living one does not, and `_id` is taken.
        leases.update_one(
            {"_id": table, "until": {"$lt": datetime.now(UTC)}},
            {"$set": {"until": datetime.now(UTC) + LEASE}},
            upsert=True,
        )
    except DuplicateKeyError:
        raise Refused(
            "rebuild_running", "Bảng này đang được dựng lại; hãy đợi cho đến khi xong."
        ) from None
    try:
        yield hold
    finally:
        leases.delete_one({"_id": table})
