"""The ledger in MongoDB: one document for each append, positions by compare and swap.

A writer that knows the head inserts at head + 1; a duplicate `_id` tells it that somebody else was
first. Appends that wait at the same moment, to whatever authorities, go out in one ordered insert
(group commit). There is no counter, no transaction, no clock and no lock outside this process, so
any number of processes may write at once; `docs/ledger.md` has the failure analysis.
"""

import contextlib
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from bson import decode_iter
from bson.codec_options import CodecOptions
from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.errors import CollectionInvalid, OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared import mongo_commands
from shared.errors import CommandRepeated, Conflict, LogUnavailable
from shared.ledger import GENESIS, Commit, Event, Proposal, check_storable, in_order, link
from shared.mongo_commands import PAGE, Document, passes
from shared.vault import SEALED_SCHEMA

DATABASE = "donthu_ledger"
MAX_BATCH = 200  # appends in one round trip
MAX_BATCH_BYTES = 4_000_000  # of them, canonical; as BSON at most seven times that, 48 MB may go
LINGER_S = 0.0004  # how long a batch waits for the next of the callers there were a moment ago
DOUBT_S = 10.0  # after a clash: how long others are taken to be writing as well
BELIEVED_S = 0.05  # how long, meanwhile, a head that is remembered is taken for the last
OPERATION_MS = 10_000  # a frozen server is given up after this; what was sent may have landed
GIVE_UP_S = 15.0  # how long one append is tried again over elections and restarts
KNOWN_STREAMS = 50_000  # heads of streams remembered by one process

#: The database itself refuses clear text where sealed parts stand.
_VALIDATOR: Document = {
    "$jsonSchema": {
        "properties": {
            "events": {"bsonType": "array", "items": {"properties": {"sealed": SEALED_SCHEMA}}}
        }
    }
}

_DURABLE = WriteConcern(w="majority", j=True)
_DUPLICATE = 11000
_STREAM_INDEX, _COMMIT_INDEX = "stream", "commit_id"
#: Instants without a zone: `_commit` puts it to them at a third of the price.
_DECODED: CodecOptions[Any] = CodecOptions(tz_aware=False)


def connect(uri: str) -> "MongoClient[Document]":
    """A client whose writes are durable on a majority and whose calls end in bounded time."""
    return MongoClient(
        uri,
        tz_aware=True,
        retryWrites=True,
        w="majority",
        journal=True,
        timeoutMS=OPERATION_MS,
        socketTimeoutMS=OPERATION_MS,  # where a call is without `timeoutMS`
        serverSelectionTimeoutMS=OPERATION_MS,
        appname="donthu",
    )


def create_indexes(client: "MongoClient[Document]", database: str = DATABASE) -> None:
    """Make the unique indexes that the ledger cannot work without; harmless where they are."""
    ledger = client[database]
    if "commits" not in ledger.list_collection_names():
        with contextlib.suppress(CollectionInvalid):  # another process was first
            ledger.create_collection("commits")
    ledger.command("collMod", "commits", validator=_VALIDATOR)
    commits = ledger["commits"]
    commits.create_index(
        [("_id.authority", 1), ("stream", 1), ("after", 1)], name=_STREAM_INDEX, unique=True
    )
    commits.create_index([("_id.authority", 1), ("commit_id", 1)], name=_COMMIT_INDEX, unique=True)


def _locked() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


@dataclass(slots=True, eq=False)
class _Pending:
    """An append that waits for its batch; `wake` is let go with an answer, or for it to lead."""

    authority: str
    proposal: Proposal
    size: int  # bytes, canonical
    wake: threading.Lock = field(default_factory=_locked)  # a third of the cost of an Event
    leads: bool = False
    outcome: Commit | Exception | None = None


class MongoLog:
    """The contract `shared.ledger.Log` over MongoDB; one serves all threads of a process."""

    def __init__(self, client: "MongoClient[Document]", database: str = DATABASE) -> None:
        self._commits: Collection[Document] = client[database].get_collection(
            "commits",
            _DECODED,
            write_concern=_DURABLE,
            read_concern=ReadConcern("majority"),
        )
        self._writer = _Writer(self)
        self._versions: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._door = threading.Lock()

    def append(self, authority: str, proposal: Proposal) -> Commit:
        size = check_storable(proposal)
        if not self._is_boundary(authority, proposal):
            if done := self.find(authority, proposal.commit_id):
                return _first(done, proposal)
            raise Conflict(f"{proposal.stream} has no version {proposal.after}")
        commit = self._writer.append(authority, proposal, size)
        self._learn(authority, proposal.stream, commit.version)
        return commit

    def read(self, authority: str, *streams: str) -> list[Commit]:
        wanted = streams[0] if len(streams) == 1 else {"$in": list(streams)}
        with answering():
            found = [
                _commit(document)
                # The index is named, since the planner tries others where streams differ in length.
                for document in mongo_commands.find(
                    self._commits,
                    {"_id.authority": authority, "stream": wanted},
                    hint=_STREAM_INDEX,
                )
            ]
        found.sort(key=lambda commit: commit.position)
        for stream, version in {each.proposal.stream: each.version for each in found}.items():
            self._learn(authority, stream, version)
        return found

    def streams(self, authority: str, category: str, behind: str, limit: int) -> list[str]:
        # Its first commit stands for the stream; "." is the sign that follows "-".
        first_commits = {
            "_id.authority": authority,
            "stream": {"$gt": max(behind, f"{category}-"), "$lt": f"{category}."},
            "after": 0,
        }
        with answering():
            found = self._commits.find(first_commits, {"_id": 0, "stream": 1}).sort("stream")
            return [document["stream"] for document in found.limit(limit)]

    def after(self, authority: str, position: int, limit: int | None = None) -> Iterator[Commit]:
        # Page by page, each a query of its own: no cursor is held open while a reader works.
        # Commits are decoded one by one: a processor does not keep a whole page of them at hand.
        left, position = limit, max(position, 0)
        while left is None or left > 0:
            size = PAGE if left is None else min(PAGE, left)
            with answering():
                page = list(
                    self._commits.find_raw_batches(
                        _between(authority, position),
                        sort=[("_id", 1)],
                        limit=size,
                        batch_size=size,
                    )
                )
            decoded = (_commit(each) for raw in page for each in decode_iter(raw, _DECODED))
            start = position
            for commit in in_order(decoded, start):
                yield commit
                position = commit.position
            read = position - start
            if read < size:
                return
            left = None if left is None else left - read

    def find(self, authority: str, commit_id: str) -> Commit | None:
        which = {"_id.authority": authority, "commit_id": commit_id}
        with answering():
            found = mongo_commands.find(self._commits, which, hint=_COMMIT_INDEX)
        return _commit(found[0]) if found else None

    def head(self, authority: str) -> int:
        with answering():
            last = self._commits.find_one(_between(authority, 0), {"_id": 1}, sort=[("_id", -1)])
        return last["_id"]["position"] if last else 0

    def authorities(self) -> list[str]:
        with answering():
            return sorted(self._commits.distinct("_id.authority"))

    def ahead(self, positions: Mapping[str, int]) -> list[str]:
        # The next commit of an authority can stand at one position only: two questions do for all.
        places = [
            {"authority": authority, "position": positions.get(authority, 0) + 1}
            for authority in self.authorities()
        ]
        with answering():
            found = self._commits.find({"_id": {"$in": places}}, {"_id": 1})
            return sorted(document["_id"]["authority"] for document in found)

    def _last(self, authority: str, after: Any) -> tuple[int, str]:
        """Position and hash of the last commit that is safe from roll-back.

        What is built on any other would stand behind a hole if another node became primary in
        between. `after`: the server's time at which there was more; it answers when that is safe.
        """
        concern = dict(self._commits.read_concern.document)
        if after is not None:
            concern["afterClusterTime"] = after
        found = mongo_commands.answer(
            self._commits,
            {
                "find": self._commits.name,
                "filter": _between(authority, 0),
                "sort": {"_id": -1},
                "projection": {"hash": 1},
                "limit": 1,
                "singleBatch": True,
                "readConcern": concern,
            },
        )["cursor"]["firstBatch"]
        return (found[0]["_id"]["position"], found[0]["hash"]) if found else (0, GENESIS)

    def _insert(self, documents: list[Document]) -> Document | None:
        """Insert in order, durable on a majority; the error at which it stopped, None if none.

        Of an error, `at` is the server's time when it happened.

        Bare, since the writer tries again by itself, and knows by the commit ids what landed the
        first time.
        """
        told = mongo_commands.insert(self._commits, documents, ordered=True)
        if "writeConcernError" in told:
            raise OperationFailure("write concern not met", code=64)
        errors: list[Document] = told.get("writeErrors", [])
        return {**errors[0], "at": told.get("operationTime")} if errors else None

    def _learn(self, authority: str, stream: str, version: int) -> None:
        with self._door:
            self._versions[authority, stream] = version
            self._versions.move_to_end((authority, stream))
            if len(self._versions) > KNOWN_STREAMS:
                self._versions.popitem(last=False)

    def _is_boundary(self, authority: str, proposal: Proposal) -> bool:
        """Whether some commit ends at the version the proposal builds on: no hole in a stream.

        The unique index sees only that a version is taken, not that the one before it is missing.
        """
        if (
            proposal.after == 0
            or self._versions.get((authority, proposal.stream)) == proposal.after
        ):
            return True
        return any(c.version == proposal.after for c in self.read(authority, proposal.stream))


_Head = tuple[int, str, float]  # position and hash of the last commit; when it was


class _Writer:
    """Appends from this process, in batches; whoever comes first leads.

    One for all authorities: a process that works for many wards has few appends for each at a time.
    """

    def __init__(self, log: MongoLog) -> None:
        self._log = log
        self._door = threading.Lock()
        self._waiting: deque[_Pending] = deque()
        self._busy = False
        self._crowd = 1  # callers there were when the last batch was done
        self._wanted = 0  # as many wake a leader that gathers
        self._gathered = _locked()
        self._heads: dict[str, _Head] = {}  # missing: must be read
        self._clashed_at = -DOUBT_S  # with another process, wherever

    def append(self, authority: str, proposal: Proposal, size: int) -> Commit:
        mine = _Pending(authority, proposal, size)
        with contextlib.suppress(PyMongoError):  # which the leader will meet, and bear, as well
            self._look_up(authority)  # here, so that no batch waits for many heads in turn
        with self._door:
            self._waiting.append(mine)
            mine.leads, self._busy = not self._busy, True
            if len(self._waiting) == self._wanted:
                self._wanted = 0
                self._gathered.release()
        try:
            if not mine.leads:
                mine.wake.acquire()
            if mine.outcome is None:
                self._lead()
        except BaseException:
            self._leave(mine)
            raise
        if isinstance(mine.outcome, Exception):
            raise mine.outcome
        assert mine.outcome is not None
        return mine.outcome

    def _leave(self, mine: _Pending) -> None:
        """Who is ended while waiting must not take along the lead that it may have been given.

        What it wanted appended may be in a batch already and land; its caller never hears of it.
        """
        with self._door:
            if mine in self._waiting:
                self._waiting.remove(mine)
                if mine.leads:
                    self._pass_on()

    def _pass_on(self) -> None:
        """Let the next one lead; the door is held."""
        self._busy = bool(self._waiting)
        if self._waiting:
            self._waiting[0].leads = True
            self._waiting[0].wake.release()

    def _lead(self) -> None:
        """Write one batch, the leader's own append in it, then hand over to who waits next."""
        self._gather()
        batch = self._take()
        try:
            self._write(list(batch))
        except BaseException as error:
            for pending in batch:
                pending.outcome = pending.outcome or _unavailable(error)
            if not isinstance(error, LogUnavailable):
                raise
        finally:
            with self._door:
                self._crowd = len(batch) + len(self._waiting)
                self._pass_on()
            for pending in batch:
                pending.wake.release()

    def _gather(self) -> None:
        """Wait for those who were answered last and are about to come again, while some do come.

        Else a large batch and a small one take turns, each for the price of a round trip.
        """
        with self._door:
            there, wanted = len(self._waiting), min(self._crowd, MAX_BATCH)
            if there >= wanted:
                return
            self._wanted = wanted
        try:
            while not self._gathered.acquire(timeout=LINGER_S) and there < len(self._waiting):
                there = len(self._waiting)
        finally:
            with self._door:
                self._wanted = 0
                self._gathered.acquire(blocking=False)  # by who came after the last look

    def _take(self) -> list[_Pending]:
        """The next batch, at least one."""
        batch: list[_Pending] = []
        size = 0
        with self._door:
            while self._waiting and len(batch) < MAX_BATCH:
                size += self._waiting[0].size
                if batch and size > MAX_BATCH_BYTES:
                    break
                batch.append(self._waiting.popleft())
        return batch

    def _write(self, batch: list[_Pending]) -> None:
        """Give every append of the batch its outcome.

        Stops at the first clash, answers that one, renumbers the rest and sends it again.
        """
        deadline = time.monotonic() + GIVE_UP_S
        while batch:
            try:
                commits = self._chain(batch)
                clash = self._log._insert([document_of(commit) for commit in commits])
                if clash is None:
                    self._accept(batch, commits)
                    return
                batch = self._after_clash(batch, commits, clash)
            except PyMongoError as error:
                # Unknown outcome: the batch may have landed in part or whole. Sent again with the
                # same commit ids, what is there is found as a duplicate and answered as the first.
                for pending in batch:
                    self._heads.pop(pending.authority, None)
                if time.monotonic() > deadline or not passes(error):
                    raise _unavailable(error) from None
                time.sleep(0.2)

    def _chain(self, batch: list[_Pending]) -> list[Commit]:
        heads: dict[str, tuple[int, str]] = {}
        commits = []
        for pending in batch:
            authority = pending.authority
            position, previous = heads.get(authority) or self._head(authority)[:2]
            commit = link(authority, position + 1, previous, pending.proposal)
            heads[authority] = commit.position, commit.hash
            commits.append(commit)
        return commits

    def _look_up(self, authority: str) -> None:
        """Read the head where it is not known, or has probably moved since it was.

        It costs far less than an insert that fails, and callers do it side by side.
        """
        *_, seen_at = self._head(authority)
        now = time.monotonic()
        if now - self._clashed_at < DOUBT_S and now - seen_at > BELIEVED_S:
            read = self._read_head(authority)
            if read[0] >= self._heads.get(authority, read)[0]:  # else we moved it meanwhile
                self._heads[authority] = read

    def _head(self, authority: str) -> _Head:
        known = self._heads.get(authority)
        # What is known by now is newer than what was read.
        return known or self._heads.setdefault(authority, self._read_head(authority))

    def _read_head(self, authority: str, after: Any = None) -> _Head:
        return *self._log._last(authority, after), time.monotonic()

    def _accept(self, batch: list[_Pending], commits: list[Commit]) -> None:
        now = time.monotonic()
        for pending, commit in zip(batch, commits, strict=True):
            pending.outcome = commit
            self._heads[commit.authority] = commit.position, commit.hash, now

    def _after_clash(
        self, batch: list[_Pending], commits: list[Commit], clash: Document
    ) -> list[_Pending]:
        """What is left to be sent again; `clash` is the server's word on one of the batch."""
        refusal = OperationFailure("insert refused by the server", code=clash["code"])
        if clash["code"] != _DUPLICATE and passes(refusal):
            raise refusal
        index = clash["index"]
        self._accept(batch[:index], commits[:index])
        rest = batch[index:]
        loser = rest[0]
        if clash["code"] != _DUPLICATE:  # what is wrong with this one is nothing to the others
            loser.outcome = _unavailable(refusal)
            return rest[1:]
        key = set(clash["keyPattern"])
        if key == {"_id"}:  # another process was first
            self._heads[loser.authority] = self._read_head(loser.authority, clash["at"])
            self._clashed_at = time.monotonic()
            return rest
        done = self._log.find(loser.authority, loser.proposal.commit_id)
        if done is not None:
            try:
                loser.outcome = _first(done, loser.proposal)
            except CommandRepeated as repeated:
                loser.outcome = repeated
        elif "commit_id" in key:  # there, but not yet safe from roll-back: wait until it is
            time.sleep(0.01)
            return rest
        else:
            stream, after = loser.proposal.stream, loser.proposal.after
            loser.outcome = Conflict(f"{stream} has moved past version {after}")
        return rest[1:]


def _first(done: Commit, again: Proposal) -> Commit:
    if done.proposal.digest != again.digest:
        raise CommandRepeated(again.commit_id)
    return done


class answering:
    """Turns the driver's errors, which can hold what was sent, into one that holds nothing."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, PyMongoError):
            raise _unavailable(error) from None


def _unavailable(error: BaseException) -> LogUnavailable:
    if isinstance(error, LogUnavailable):
        return error
    code = error.code if isinstance(error, OperationFailure) else None
    return LogUnavailable(
        f"{type(error).__name__}{f' {code}' if code else ''}: the ledger did not answer; what was"
        " sent may have landed, repeat it with the same idempotency key"
    )


def _between(authority: str, position: int) -> Document:
    """Commits of one authority behind a position; the whole `_id`, so that its index serves."""
    return {
        "_id": {
            "$gt": {"authority": authority, "position": position},
            "$lt": {"authority": authority, "position": float("inf")},
        }
    }


def document_of(commit: Commit) -> Document:
    said = commit.proposal
    events: list[Document] = []
    for event in said.events:
        stored = {"id": event.id, "type": event.type, "schema": event.schema, "data": event.data}
        if event.sealed:
            stored["sealed"] = dict(event.sealed)
        events.append(stored)
    return {
        "_id": {"authority": commit.authority, "position": commit.position},
        "stream": said.stream,
        "after": said.after,
        "commit_id": said.commit_id,
        "digest": said.digest,
        "actor": said.actor,
        "correlation": said.correlation,
        "caused_by": said.caused_by,
        "recorded_at": said.recorded_at,
        "events": events,
        "previous": commit.previous,
        "hash": commit.hash,
    }


def _commit(document: Document) -> Commit:
    place = document["_id"]
    return Commit(
        authority=place["authority"],
        position=place["position"],
        previous=document["previous"],
        hash=document["hash"],
        proposal=Proposal(
            stream=document["stream"],
            after=document["after"],
            commit_id=document["commit_id"],
            digest=document["digest"],
            actor=document["actor"],
            correlation=document["correlation"],
            caused_by=document["caused_by"],
            recorded_at=document["recorded_at"].replace(tzinfo=UTC),
            events=tuple(
                [  # a third faster than a generator
                    Event(
                        id=event["id"],
                        type=event["type"],
                        schema=event["schema"],
                        data=event["data"],
                        sealed=event.get("sealed") or {},
                    )
                    for event in document["events"]
                ]
            ),
        ),
    )
