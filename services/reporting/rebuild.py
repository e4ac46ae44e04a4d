"""Folding the whole ledger anew, while the live tables go on answering. Plain Python, no nameko."""

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


def rebuild(client: "MongoClient[Row]", log: Log, table: str | None) -> dict[str, int]:
    """Rebuild one table, or all; answers the commits folded by table.

    A ward whose log has a hole is folded up to it, and alarmed.

    Raises:
        Refused: `unknown_table`.
    """
    return {
        name: Projector(client, DATABASE, log, TABLES[name]).rebuild() for name in _wanted(table)
    }


def rebuild_among(
    uri: str, workers: int, table: str | None, progress: rebuilding.Progress
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
