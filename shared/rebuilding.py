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
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass

from pymongo import MongoClient

from shared.ledger import Commit
from shared.mongo_log import MongoLog, connect
from shared.projecting import Projector
from shared.projection import Projection, Row

PAGE = 2000  # commits folded at once
REMEMBERED = 4  # pages that the next table finds read already
COLLECT_EVERY = 100_000, 50, 50  # objects, and generations of them, between collections

#: Told of the commits folded so far, over all tables, and of how many there are to fold.
Progress = Callable[[int, int], None]


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
        BrokenProcessPool: a worker was killed; begin again.
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
    # Started afresh: a fork would take over sockets and locks of the driver.
    pool = ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), _open_desk, (uri, targets, tables)
    )
    with pool:
        waiting: list[Future[list[int]]] = [pool.submit(_fill, ward) for ward in wards]
        try:
            yield from (future.result() for future in as_completed(waiting))
        finally:
            pool.shutdown(cancel_futures=True)


_desk: _Desk  # of a worker
_tables: list[str]


def _open_desk(uri: str, targets: Sequence[Target], tables: list[str]) -> None:
    global _desk, _tables
    gc.set_threshold(*COLLECT_EVERY)
    client = connect(uri)
    _desk, _tables = _Desk(client, targets, _RememberingLog(client)), tables


def _fill(authority: str) -> list[int]:
    return _desk.fill(_tables, authority)
