"""What was appended since one last asked, told by the database: asking costs the same whether there
are ten authorities or three thousand.

A look at all authorities is for the beginning, for after a fault, and for once a minute, should
something have slipped through.
"""

import threading
import time
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from shared import logs
from shared.mongo_log import DATABASE

Document = dict[str, Any]

LOOK_S = 60.0  # between looks at all authorities
MOST = 10_000  # commits told of at once
_INSERTS: list[Document] = [
    {"$match": {"operationType": "insert"}},
    {"$project": {"documentKey": 1}},
]

log = logs.get(__name__)


class News:
    """For one listener: what it was told is not told again."""

    def __init__(self, client: "MongoClient[Document]", database: str = DATABASE) -> None:
        self._commits = client[database]["commits"]
        self._changes: Any = None
        self._next_look = 0.0
        self._turn = threading.Lock()

    def take(self) -> dict[str, int] | None:
        """The last position told of by authority; None: not known, look at all of them."""
        with self._turn:
            try:
                told = self._told()
            except PyMongoError as fault:
                log.warning("not_told_of_news", exc_info=fault)
                self._changes = told = None
            now = time.monotonic()
            if told is not None and now < self._next_look:
                return told
            self._next_look = now + LOOK_S
            return None

    def _told(self) -> dict[str, int] | None:
        if self._changes is None:  # begun before the look at all, so that nothing falls between
            self._changes = self._commits.watch(_INSERTS, max_await_time_ms=1)
            return None
        told: dict[str, int] = {}
        for _ in range(MOST):
            if (change := self._changes.try_next()) is None:
                break
            place = change["documentKey"]["_id"]
            told[place["authority"]] = place["position"]
        return told
