"""The wire between the ledger's writer and its real database, made to fail at a chosen point."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pymongo.errors import AutoReconnect

from shared.mongo_log import MongoLog


@dataclass(frozen=True, kw_only=True)
class Cut:
    """The connection is lost when this many documents of an insert have reached the database."""

    after: int
    meanwhile: Callable[[], Any] = field(default=lambda: None)  # what others do before it


def faulty(log: MongoLog) -> deque[Cut]:
    """The cuts that the next inserts of this log will meet, one each; without one all is well.

    What comes through is executed by the database itself; its answer is lost with the connection.
    """
    cuts: deque[Cut] = deque()
    insert = log._insert

    def over_the_wire(documents: list[dict[str, Any]]) -> dict[str, Any] | None:
        if not cuts:
            return insert(documents)
        cut = cuts.popleft()
        cut.meanwhile()
        if came_through := documents[: cut.after]:
            insert(came_through)
        raise AutoReconnect("connection lost")

    log._insert = over_the_wire  # type: ignore[method-assign]
    return cuts
