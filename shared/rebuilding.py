"""A rebuild of several tables at once, divided among processes: each takes a ward at a time.

The ledger is read once for all tables. What was folded is stored ward by ward and page by page, so
a rebuild that was killed goes on where it stopped when it is begun again. Memory holds some pages
of commits for each process, however long the ledger is.

For plain Python processes only: a service with green threads must not start processes, and rebuilds
by `Projector.rebuild`, which may go on beside this, at the same tables.
"""

import gc
import multiprocessing
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, cast

from pymongo import MongoClient

from shared.ledger import Commit
from shared.mongo_log import MongoLog, connect
from shared.projecting import Projector
from shared.projection import Projection, Row

PAGE = 5000  # commits folded at once: each row that they touch is stored once
REMEMBERED = 2  # pages that the next table finds read already
COLLECT_EVERY = 100_000, 50, 50  # objects, and generations of them, between collections

#: Told of the commits folded so far, over all tables, and of how many there are to fold.
Progress = Callable[[int, int], None]


class WorkerLost(Exception):
    """A process of the rebuild was killed; what it had not stored yet is still to be folded."""


@dataclass(frozen=True, slots=True)
class Target:
    """A table to rebuild: the database it is in, and what is folded."""

    database: str
    projection: Projection


def rebuild(
    uri: str, targets: Sequence[Target], workers: int = 1, progress: Progress = lambda *_: None
) -> list[int]:
    """Rebuild the tables, or go on with what was interrupted; the commits folded for each.

    Raises:
        LogUnavailable: the database does not answer; begin again later.
        WorkerLost: begin again.
    """
    with connect(uri) as client:
        desk = _Desk(client, targets, MongoLog(client))
        tables = [projector.begin() for projector in desk.projectors]
        left = desk.left(tables)
        folded, done, total = [0] * len(targets), 0, sum(left.values())
        progress(0, total)
        # The largest first, so that none of them is what all wait for at the end.
        wards = sorted(left, key=lambda ward: -left[ward])
        for counts in _filled(uri, targets, tables, wards, workers):
            folded = [before + more for before, more in zip(folded, counts, strict=True)]
            done += sum(counts)
            progress(done, total)
        for number, projector in enumerate(desk.projectors):
            folded[number] += projector.finish(tables[number])
        return folded


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Let Python look for cycles seldom while pages are folded, in which there are none.

    Looking for them took an eighth of a replay's processor time.
    """
    before = gc.get_threshold()
    gc.set_threshold(*COLLECT_EVERY)
    try:
        yield
    finally:
        gc.set_threshold(*before)


class _Desk:
    """One process's connection, and a projector for each table."""

    def __init__(
        self, client: "MongoClient[Row]", targets: Iterable[Target], log: MongoLog
    ) -> None:
        self._log = log
        self.projectors = [
            Projector(client, target.database, log, target.projection, page=PAGE)
            for target in targets
        ]

    def left(self, tables: Sequence[str]) -> dict[str, int]:
        """The commits to be folded into these tables, by authority; those that have some."""
        reached = [
            projector.positions(table)
            for projector, table in zip(self.projectors, tables, strict=True)
        ]
        heads = {authority: self._log.head(authority) for authority in self._log.authorities()}
        return {
            authority: behind
            for authority, head in heads.items()
            if (behind := sum(head - table.get(authority, 0) for table in reached))
        }

    def fill(self, tables: Sequence[str], authority: str) -> list[int]:
        """Fold an authority into every table; the commits folded for each."""
        return [
            projector.fill(table, authority)
            for projector, table in zip(self.projectors, tables, strict=True)
        ]


class _RememberingLog(MongoLog):
    """Reads a page once, though several tables ask for it one after the other.

    So it does not hear of what is appended to a page that it has read.
    """

    def __init__(self, client: "MongoClient[Row]") -> None:
        super().__init__(client)
        self._pages: OrderedDict[tuple[str, int, int | None], list[Commit]] = OrderedDict()

    def after(self, authority: str, position: int, limit: int | None = None) -> Iterator[Commit]:
        asked = authority, position, limit
        page = self._pages.get(asked)
        if page is None:
            page = list(super().after(authority, position, limit))
            self._pages[asked] = page
            if len(self._pages) > REMEMBERED:
                self._pages.popitem(last=False)
        return iter(page)


def _filled(
    uri: str, targets: Sequence[Target], tables: list[str], wards: Sequence[str], workers: int
) -> Iterator[list[int]]:
    if workers == 1 or len(wards) < 2:
        with connect(uri) as client, seldom_collected():
            desk = _Desk(client, targets, _RememberingLog(client))
            yield from (desk.fill(tables, ward) for ward in wards)
        return
    todo = iter(wards)
    with _crew(min(workers, len(wards)), uri, targets, tables) as pipes:
        busy = {pipe for pipe in pipes if _sent(pipe, next(todo))}
        while busy:
            for pipe in cast("list[Connection]", wait(busy)):
                yield _received(pipe)
                if not _sent(pipe, next(todo, None)):
                    busy.remove(pipe)


@contextmanager
def _crew(count: int, *said: Any) -> Iterator[list[Connection]]:
    """So many processes at `_work`, by the pipes to them; what they still do at the end is ended.

    Pipes and no pool of Python's, which hangs if a process of its is killed early: a pipe tells at
    once that nobody is at its other end.
    """
    # Started afresh: a fork would take over sockets and locks of the driver.
    context = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        pipes = []
        for _ in range(count):
            here, there = context.Pipe()
            process = context.Process(target=_work, args=(there, *said), daemon=True)
            with _lost():
                process.start()
            stack.callback(process.join)
            stack.callback(process.terminate)
            there.close()  # else it would not be heard that the process has ended
            pipes.append(stack.enter_context(here))
        yield pipes


def _sent(pipe: Connection, ward: str | None) -> bool:
    if ward is None:
        return False
    with _lost():
        pipe.send(ward)
    return True


def _received(pipe: Connection) -> list[int]:
    with _lost():
        told: list[int] | Exception = pipe.recv()
    if isinstance(told, Exception):
        raise told
    return told


@contextmanager
def _lost() -> Iterator[None]:
    try:
        yield
    except (EOFError, OSError):
        raise WorkerLost("a worker was killed; begin again") from None


def _work(pipe: Connection, uri: str, targets: Sequence[Target], tables: list[str]) -> None:
    """Fold the wards that come through the pipe; in a process of its own."""
    gc.set_threshold(*COLLECT_EVERY)
    with connect(uri) as client, suppress(EOFError, BrokenPipeError):  # who sent wards has ended
        desk = _Desk(client, targets, _RememberingLog(client))
        while True:
            ward = pipe.recv()
            try:
                told: list[int] | Exception = desk.fill(tables, ward)
            except Exception as fault:
                told = fault
            pipe.send(told)
