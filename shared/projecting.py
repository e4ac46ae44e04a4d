"""Following the ledger: rows folded from events, and a checkpoint that says how far.

Live, catch-up and rebuild are one code path, `catch_up`: read the ledger behind the checkpoint,
fold, store the rows, then the checkpoint. A message from the broker only says that there is news.
Each row says up to which position it was folded, so what a crash left between rows and checkpoint
is passed over the next time, and two processes may follow at once: who is second finds the row
moved and reads it again. There is no transaction, since one whose process was killed would keep
its rows locked for a minute.

A table has generations (`cases.1`, `cases.2.…`); a rebuild fills a new one beside the live one and
then switches. The rows of a projection hold no personal data, so that erasing needs no rebuild.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from uuid import uuid4

from pymongo import MongoClient, ReplaceOne
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError, DuplicateKeyError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared import logs
from shared.errors import LogUnavailable
from shared.ledger import Commit, Log, Recorded
from shared.mongo_log import answering
from shared.projection import Projection, Row

PAGE = 500  # commits folded at once

_DUPLICATE = 11000

alarms = logs.get(__name__)


class Projector:
    """Keeps one projection's table up with the ledger."""

    def __init__(
        self, client: "MongoClient[Row]", database: str, log: Log, projection: Projection
    ) -> None:
        self._log, self.projection = log, projection
        self._database: Database[Row] = client.get_database(
            database,
            read_concern=ReadConcern("majority"),
            write_concern=WriteConcern("majority", j=True),
        )
        self._tables = self._database["tables"]
        self._checkpoints = self._database["checkpoints"]
        self._reached: dict[str, int] = {}  # by authority, as far as this process has seen
        self._turns: dict[tuple[str, str], threading.Lock] = defaultdict(threading.Lock)

    def rows(self) -> Collection[Row]:
        """The live table."""
        return self._database[self._live()["live"]]

    def catch_up(self, authority: str, until: int = 0) -> int:
        """Fold everything that is new; tells how many commits that were.

        Whoever was told of a position asks `until` there: if this process has folded it already,
        as with most messages of a burst, the database is not asked.

        A table that was folded by another version of the code is left as it is: it answers until
        the rebuild that its service has begun is done.

        Raises:
            HoleInLog: nothing behind the hole was folded.
            LogUnavailable: the database did not answer.
        """
        if 0 < until <= self._reached.get(authority, 0):
            return 0
        with answering():
            live = self._live()
            if live["version"] != self.projection.version:
                return 0
            folded, self._reached[authority] = self._catch_up(live["live"], authority)
            return folded

    def catch_up_all(self) -> int:
        """The same for every authority: the safety net behind lost messages.

        What goes wrong with one ward is alarmed and must not hold up the others.
        """
        return sum(_or_alarm(self.catch_up, authority) for authority in self._log.authorities())

    def is_outdated(self) -> bool:
        """Whether the table was folded by another version of the code."""
        return bool(self._live()["version"] != self.projection.version)

    def rebuild(self, progress: Callable[[str, int], None] = lambda authority, done: None) -> int:
        """Fold the whole ledger into a new generation while the live one answers, then switch.

        `progress` is told each authority and the commits folded for it. Returns the commits folded.
        Two rebuilds at once work on tables of their own; the first to be done is switched to. The
        table before the live one is kept until the next rebuild, for queries that still read it.
        """
        before = self._live()
        generation = before["generation"] + 1
        table = f"{self.projection.table}.{generation}.{uuid4().hex[:8]}"
        self._start_afresh(table)
        folded = 0

        def fold(authority: str) -> int:
            return self._catch_up(table, authority)[0]

        for authority in self._log.authorities():
            done = _or_alarm(fold, authority)
            progress(authority, done)
            folded += done
        # What came in meanwhile; what comes after this is caught up by the next wake.
        folded += sum(_or_alarm(fold, authority) for authority in self._log.authorities())
        switched = self._tables.update_one(
            {"_id": self.projection.table, "generation": before["generation"]},
            {
                "$set": {
                    "live": table,
                    "previous": before["live"],
                    "generation": generation,
                    "version": self.projection.version,
                }
            },
        )
        self._reached.clear()
        if switched.matched_count:
            self.catch_up_all()
        unused = before.get("previous") if switched.matched_count else table
        if unused:
            self._drop(unused)
        return folded

    def _live(self) -> Row:
        found = self._tables.find_one({"_id": self.projection.table})
        if found is None:
            table = f"{self.projection.table}.1.{uuid4().hex[:8]}"
            self._start_afresh(table)
            found = {
                "_id": self.projection.table,
                "live": table,
                "generation": 1,
                "version": self.projection.version,
            }
            try:
                self._tables.insert_one(found)
            except DuplicateKeyError:  # another process was first
                self._drop(table)
                return self._live()
        return found

    def _start_afresh(self, table: str) -> None:
        self._drop(table)
        rows = self._database[table]
        for index in self.projection.indexes:
            rows.create_index(list(index))
        if not self.projection.indexes:
            self._database.create_collection(table)

    def _drop(self, table: str) -> None:
        self._database.drop_collection(table)
        self._checkpoints.delete_many({"_id.table": table})

    def _catch_up(self, table: str, authority: str) -> tuple[int, int]:
        """The commits folded, and the position reached."""
        folded = 0
        with self._turns[table, authority]:
            while True:
                mark = {"_id": {"table": table, "authority": authority}}
                found = self._checkpoints.find_one(mark)
                position = found["position"] if found else 0
                commits = list(self._log.after(authority, position, PAGE))
                if not commits:
                    return folded, position
                if self._apply(table, mark, commits):
                    folded += len(commits)

    def _apply(self, table: str, mark: Row, commits: list[Commit]) -> bool:
        """Fold and store; False if somebody else moved one of the rows meanwhile."""
        rows = self._database[table]
        touched: dict[str, list[Recorded]] = defaultdict(list)
        for event in (event for commit in commits for event in commit.recorded()):
            if (key := self.projection.key(event)) is not None:
                touched[f"{event.authority}/{key}"].append(event)
        known = {row["_id"]: row for row in rows.find({"_id": {"$in": list(touched)}})}
        writes = [
            ReplaceOne(
                # Where the row has moved on, this matches nothing and clashes with its `_id`.
                {"_id": key, "position": known.get(key, {}).get("position")},
                row,
                upsert=True,
            )
            for key, events in touched.items()
            if (row := self._folded(key, known.get(key, {}), events))
        ]
        if writes:
            try:
                rows.bulk_write(writes, ordered=False)
            except BulkWriteError as error:
                faults = (error.details or {}).get("writeErrors", [])
                if not faults or any(fault["code"] != _DUPLICATE for fault in faults):
                    raise
                return False
        # Whoever moves it has stored, or seen, every row up to there.
        moved = {"$max": {"position": commits[-1].position}}
        self._checkpoints.update_one(mark, moved, upsert=True)
        return True

    def _folded(self, key: str, row: Row, events: Iterable[Recorded]) -> Row | None:
        """The row with the events that are not in it yet; None if all are."""
        done = row.get("position") or 0
        news = [event for event in events if event.position > done]
        for event in news:
            row = self.projection.fold(row, event)
            row = {**row, "authority": event.authority, "position": event.position}
        return {**row, "_id": key} if news else None


def _or_alarm(fold: Callable[[str], int], authority: str) -> int:
    try:
        return fold(authority)
    except LogUnavailable:  # nobody's: there is no use in asking for the next ward
        raise
    except Exception as fault:  # a bulkhead: a hole or a bug, which this ward's rows wait for
        alarms.error("ward_not_followed", authority=authority, exc_info=fault)
        return 0
