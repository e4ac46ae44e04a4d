"""Following the ledger: rows folded from events, and a checkpoint that says how far.

Live, catch-up and rebuild are one code path, `_catch_up`: read the ledger behind the checkpoint,
fold, store the rows, then the checkpoint. A message from the broker only says that there is news.
Each row says up to which position it was folded, so what a crash left between rows and checkpoint
is passed over the next time, and any number of processes may fill one table at once: who is second
finds the row moved and reads it again. There is no transaction, since one whose process was killed
would keep its rows locked for a minute.

A table has generations (`cases.1.…`, `cases.2.…`). A rebuild fills the next one beside the live one
and then switches; one that was interrupted is gone on with by whoever begins again, and
`rebuilding` divides one among processes. Before the switch every follower is made to keep up both,
so that nobody sees less after it. The rows hold no personal data: erasing needs no rebuild.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from uuid import uuid4

import pymongo
from pymongo import InsertOne, MongoClient, ReplaceOne
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError, DuplicateKeyError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared import logs, mongo_commands
from shared.errors import LogUnavailable
from shared.ledger import Commit, Log, Recorded
from shared.mongo_log import answering
from shared.projection import Projection, Row

PAGE = 100  # commits folded at once, while the service answers nobody
GATHER_S = 0.02  # how long the news of a ward that is busy is gathered before it is folded
BUSY_S = 0.2  # a ward is, for so long after its last news
INDEX_S = 3600.0  # for making one over the rows of a whole nation

_DUPLICATE = 11000

alarms = logs.get(__name__)


class Projector:
    """Keeps one projection's table up with the ledger."""

    def __init__(
        self,
        client: "MongoClient[Row]",
        database: str,
        log: Log,
        projection: Projection,
        page: int = PAGE,
    ) -> None:
        """`page` commits are folded at once: more are faster and hold a service up for longer."""
        self._log, self.projection, self._page = log, projection, page
        self._database: Database[Row] = client.get_database(
            database,
            read_concern=ReadConcern("majority"),
            write_concern=WriteConcern("majority", j=True),
        )
        self._tables = self._database["tables"]
        self._checkpoints = self._database["checkpoints"]
        self._reached: dict[str, int] = {}  # by authority, as far as this process has seen
        self._moved_at: dict[str, float] = {}  # by authority, when this process last folded news
        self._callers: dict[str, threading.Lock] = defaultdict(threading.Lock)  # by authority
        self._turns: dict[tuple[str, str], threading.Lock] = defaultdict(threading.Lock)

    def rows(self) -> Collection[Row]:
        """The live table."""
        return self._database[self._live()["live"]]

    def reached(self, authority: str) -> int:
        """The position up to which the live table tells what the ledger does.

        0 as long as another version of the code has folded it.
        """
        live = self._live()
        is_ours = live["version"] == self.projection.version
        return self._position(_mark_of(live["live"], authority)) if is_ours else 0

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
        if self._has_reached(authority, until):
            return 0
        with self._callers[authority], answering():
            if self._has_reached(authority, until):  # by whoever was before in the queue
                return 0
            if until and time.monotonic() - self._moved_at.get(authority, -BUSY_S) < BUSY_S:
                time.sleep(GATHER_S)  # or each of a burst is folded and stored by itself
            live = self._live()
            coming = live.get("next")
            if coming and coming["is_followed"] and coming["version"] == self.projection.version:
                self._catch_up(coming["table"], authority)  # first, so that it is never behind
            if live["version"] != self.projection.version:
                return 0
            folded, self._reached[authority] = self._catch_up(live["live"], authority)
            self._moved_at[authority] = time.monotonic()
            return folded

    def catch_up_all(
        self,
        news: Mapping[str, int] | None = None,
        is_mine: Callable[[str], bool] = lambda authority: True,
    ) -> int:
        """The same for every authority: the safety net behind lost messages.

        `news` tells of authorities the position of their last commit, where that is known; without
        it two questions find those that have moved. Wards that are not mine are left to whoever has
        them. What goes wrong with one ward is alarmed and must not hold up the others.
        """
        with answering():
            live = self._live()
            if live["version"] != self.projection.version:
                return 0
            if news is None:
                news = dict.fromkeys(self._log.ahead(self.positions(live["live"])), 0)

        def caught_up(authority: str, until: int) -> int:
            return _or_alarm(lambda: self.catch_up(authority, until), authority)

        return sum(caught_up(*told) for told in news.items() if is_mine(told[0]))

    def standing(self) -> dict[str, Any]:
        """`table`, `version` of its rows, `code` version, `is_outdated`, `is_rebuilding`."""
        live = self._live()
        return {
            "table": self.projection.table,
            "version": live["version"],
            "code": self.projection.version,
            "is_outdated": live["version"] != self.projection.version,
            "is_rebuilding": "next" in live,
        }

    def rebuild(self) -> int:
        """Fold the whole ledger into a new generation while the live one answers, then switch.

        Returns the commits folded by this call. Others may be at the same rebuild; all end with the
        same table.
        """
        table = self.begin()
        folded = sum(self.fill(table, authority) for authority in self._log.authorities())
        return folded + self.finish(table)

    def begin(self) -> str:
        """The table that a rebuild is to fill: the one an interrupted rebuild left, or a new one.

        What code of another version left is not gone on with.
        """
        while True:
            known = self._live()
            unfinished = known.get("next")
            if unfinished and unfinished["version"] == self.projection.version:
                return str(unfinished["table"])
            generation = known["generation"] + 1
            table = self._new_table(generation)
            begun = self._tables.update_one(
                {
                    "_id": self.projection.table,
                    "generation": known["generation"],
                    "next.table": unfinished["table"] if unfinished else None,
                },
                {
                    "$set": {
                        "next": {
                            "table": table,
                            "generation": generation,
                            "version": self.projection.version,
                            "is_followed": False,
                        }
                    }
                },
            )
            left = table if not begun.matched_count else unfinished and unfinished["table"]
            if left:
                self._drop(left)

    def fill(self, table: str, authority: str) -> int:
        """Fold what this table does not have yet of an authority; the commits folded."""

        def folded() -> int:
            with answering():
                return self._catch_up(table, authority)[0]

        return _or_alarm(folded, authority)

    def finish(self, table: str) -> int:
        """Catch up with what came meanwhile and switch to the table; the commits folded.

        The table before the live one is kept until the next rebuild, for queries that still read
        it. Where another process has switched already there is nothing to do.
        """
        self._make_indexes(table)  # only now: over rows that are there they are made at one go
        this = {"_id": self.projection.table, "next.table": table}
        self._tables.update_one(this, {"$set": {"next.is_followed": True}})
        folded = self._fill_rest(table)
        while self._is_behind_live(table) and (more := self._fill_rest(table)):
            folded += more
        live = self._live()
        switched = self._tables.update_one(
            this | {"live": live["live"]},
            {
                "$set": {
                    "live": table,
                    "previous": live["live"],
                    "generation": live["generation"] + 1,
                    "version": self.projection.version,
                },
                "$unset": {"next": 1},
            },
        )
        if switched.matched_count:
            if "previous" in live:
                self._drop(live["previous"])
        elif table not in self._in_use():  # it was given up, and came to be again by our writing
            self._drop(table)
        self.catch_up_all()
        return folded

    def positions(self, table: str) -> dict[str, int]:
        """How far the table is folded, by authority."""
        marks = self._checkpoints.find({"_id": _marks_of(table)})
        return {mark["_id"]["authority"]: mark["position"] for mark in marks}

    def _has_reached(self, authority: str, until: int) -> bool:
        return 0 < until <= self._reached.get(authority, 0)

    def _fill_rest(self, table: str) -> int:
        ahead = self._log.ahead(self.positions(table))
        return sum(self.fill(table, authority) for authority in ahead)

    def _is_behind_live(self, table: str) -> bool:
        """Whether whoever reads would see less after the switch."""
        reached = self.positions(table)
        shown = self.positions(self._live()["live"])
        return any(position > reached.get(ward, 0) for ward, position in shown.items())

    def _in_use(self) -> set[str]:
        known = self._live()
        return {known["live"], known.get("previous"), known.get("next", {}).get("table")}

    def _live(self) -> Row:
        found = _one(self._tables, self.projection.table)
        if found is None:
            table = self._new_table(1)
            self._make_indexes(table)
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

    def _new_table(self, generation: int) -> str:
        name = f"{self.projection.table}.{generation}.{uuid4().hex[:8]}"
        self._database.create_collection(name)
        return name

    def _make_indexes(self, table: str) -> None:
        with pymongo.timeout(INDEX_S):
            for index in self.projection.indexes:
                self._database[table].create_index(list(index))

    def _drop(self, table: str) -> None:
        self._database.drop_collection(table)
        self._checkpoints.delete_many({"_id": _marks_of(table)})

    def _catch_up(self, table: str, authority: str) -> tuple[int, int]:
        """The commits folded, and the position reached."""
        folded = 0
        with self._turns[table, authority]:
            while True:
                mark = _mark_of(table, authority)
                position = self._position(mark)
                commits = list(self._log.after(authority, position, self._page))
                if not commits:
                    return folded, position
                if self._apply(table, mark, commits):
                    folded += len(commits)
                    if len(commits) < self._page:  # what came since has its own wake
                        return folded, commits[-1].position

    def _position(self, mark: Row) -> int:
        found = _one(self._checkpoints, mark["_id"])
        return int(found["position"]) if found else 0

    def _apply(self, table: str, mark: Row, commits: list[Commit]) -> bool:
        """Fold and store; False if somebody else moved one of the rows meanwhile."""
        rows = self._database[table]
        touched: dict[str, list[Recorded]] = defaultdict(list)
        for event in self._events(commits):
            if (key := self.projection.key(event)) is not None:
                touched[f"{event.authority}/{key}"].append(event)
        wanted = {"_id": {"$in": list(touched)}}
        known = {row["_id"]: row for row in mongo_commands.find(rows, wanted)} if touched else {}
        writes: list[InsertOne[Row] | ReplaceOne[Row]] = []
        for key, events in touched.items():
            if key not in known:
                writes.append(InsertOne(self._folded(key, {}, events)))
            elif news := [event for event in events if event.position > known[key]["position"]]:
                # Where the row has moved on, this matches nothing and clashes with its `_id`.
                at = {"_id": key, "position": known[key]["position"]}
                writes.append(ReplaceOne(at, self._folded(key, known[key], news), upsert=True))
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

    def _events(self, commits: Iterable[Commit]) -> Iterator[Recorded]:
        categories = self.projection.categories
        for commit in commits:
            if categories is None or commit.proposal.stream.partition("-")[0] in categories:
                yield from commit.recorded()

    def _folded(self, key: str, row: Row, events: Iterable[Recorded]) -> Row:
        for event in events:
            row = self.projection.fold(row, event)
        row.update(_id=key, authority=event.authority, position=event.position)
        return row


def _one(collection: Collection[Row], id: Any) -> Row | None:
    return next(iter(mongo_commands.find(collection, {"_id": id})), None)


def _mark_of(table: str, authority: str) -> Row:
    return {"_id": {"table": table, "authority": authority}}


def _marks_of(table: str) -> Row:
    return {"$gt": {"table": table, "authority": ""}, "$lt": {"table": f"{table}/"}}


def _or_alarm(fold: Callable[[], int], authority: str) -> int:
    try:
        return fold()
    except LogUnavailable:  # nobody's: there is no use in asking for the next ward
        raise
    except Exception as fault:  # a bulkhead: a hole or a bug, which this ward's rows wait for
        alarms.error("ward_not_followed", authority=authority, exc_info=fault)
        return 0
