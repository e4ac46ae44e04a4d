"""Folding the whole ledger anew, while the live tables go on answering. Plain Python, no nameko."""

from collections.abc import Callable

from pymongo import MongoClient

from services.reporting.projections import CASES, RECEPTIONS, TASKS
from shared import rebuilding
from shared.errors import Refused
from shared.ledger import Log
from shared.projecting import Projector
from shared.projection import Projection, Row

DATABASE = "donthu_reporting"
TABLES: dict[str, Projection] = {
    projection.table: projection for projection in (CASES, RECEPTIONS, TASKS)
}

#: Told of table, authority and the commits folded for it.
Progress = Callable[[str, str, int], None]


def rebuild(
    client: "MongoClient[Row]",
    log: Log,
    table: str | None = None,
    progress: Progress = lambda table, authority, done: None,
) -> dict[str, int]:
    """Rebuild one table, or all; answers the commits folded by table.

    A ward whose log has a hole is folded up to it, and alarmed.

    Raises:
        Refused: `unknown_table`.
    """
    wanted = _wanted(table)

    def rebuilt(projection: Projection) -> int:
        def told(authority: str, done: int) -> None:
            progress(projection.table, authority, done)

        return Projector(client, DATABASE, log, projection).rebuild(told)

    return {name: rebuilt(TABLES[name]) for name in wanted}


def rebuild_among(
    uri: str,
    workers: int,
    table: str | None = None,
    progress: rebuilding.Progress = lambda *_: None,
) -> dict[str, int]:
    """The same by several processes at once, or going on with what was interrupted.

    Not for a service: its green threads must not start processes.

    Raises:
        Refused: `unknown_table`.
        LogUnavailable, WorkerLost: begin again, nothing is lost.
    """
    wanted = _wanted(table)
    targets = [rebuilding.Target(DATABASE, TABLES[name]) for name in wanted]
    return dict(zip(wanted, rebuilding.rebuild(uri, targets, workers, progress), strict=True))


def _wanted(table: str | None) -> list[str]:
    if table is not None and table not in TABLES:
        raise Refused("unknown_table", f"Không có bảng này; các bảng: {', '.join(TABLES)}.")
    return [name for name in TABLES if table in (None, name)]
