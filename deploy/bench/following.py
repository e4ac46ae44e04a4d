"""From a petition's acceptance to its card: the whole system at a steady pace.

Commands are sent by a timetable and not when the one before is answered, so that a stall delays
nobody's start and is seen in full. A card is there when a change stream, which tells of nothing
that is not safe on a majority, brings it. The reference is bare nameko: insert, publish, fold.

The pace rises from round to round until one is too much for the machine: what a queue that grows
takes says nothing about the system, so that pace is told as too much, and a higher one not tried.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from statistics import median
from typing import Any

from pymongo import MongoClient

from deploy import processes
from deploy.bench import bare
from deploy.bench.measuring import Ceiling, Round, Row, Table, alternate, compare
from deploy.bench.serving import BARE, WARD, acceptance, classified_files, services, token
from deploy.client import Services
from deploy.errors import ServiceFailed, Unreachable
from shared.errors import Refused
from shared.mongo_log import MongoLog, connect

PACES = (10, 25, 50)  # commands a second
CALLERS = 50  # so that a second of answers may be awaited before anything is sent too late
ON_TIME_S = 0.02
SETTLING_S = 60.0
IDLE = 0.3  # seconds of processor in a second: heartbeats, and looking for news
PATIENCE_S = 20.0  # for the last card; what has not come by then counts as having come then
CARRIED = 0.95  # of the pace at least, or the machine cannot carry it

MODULES = {BARE: ("bench_bare", "bench_bare_view")}
_WRITTEN: Mapping[str, Any] = {"operationType": {"$in": ["insert", "replace", "update"]}}
Call = Callable[[Services, str], Any]


@dataclass(slots=True)
class _Told:
    """What is told of one side at one pace beside its rounds."""

    delays: list[float] = field(default_factory=list)  # seconds by which each was sent too late
    answered: list[Round] = field(default_factory=list)
    missing: int = 0  # cards that never came


def measure(run_dir: Path, environment: Mapping[str, str], rounds: int, seconds: float) -> Table:
    """Needs the whole stack running."""
    with ExitStack() as stack:
        client = stack.enter_context(connect(environment["MONGO_URI"]))
        log = MongoLog(client)
        stack.enter_context(services(run_dir, environment, MODULES))
        callers: SimpleQueue[Services] = SimpleQueue()
        bearer = token(run_dir)
        for _ in range(CALLERS):
            uri = environment["AMQP_URI"]
            callers.put(stack.enter_context(Services(uri, authority=WARD, token=bearer)))

        def side(
            pace: int, told: _Told, database: str, table: Mapping[str, Any], call: Call
        ) -> Round:
            files = classified_files(log, int(seconds * pace))
            _settled(run_dir)  # what follows from making them is done by then
            spent = _processor_s(run_dir)
            with _cards(client, database, {**_WRITTEN, **table}) as seen:
                due, done = _sent_by_timetable(callers, files, pace, call, told.delays)
                shown = _wait_for(seen, files)
            spent = _processor_s(run_dir) - spent
            told.missing += len(files) - len(shown)
            told.answered.append(_round(due, done, spent))
            return _round(due, shown, spent)

        def ours(pace: int, told: _Told) -> Round:
            accepted = {"fullDocument.accepted_on": {"$ne": None}}
            return side(pace, told, "donthu_reporting", accepted, _accept)

        def reference(pace: int, told: _Told) -> Round:
            return side(pace, told, bare.DATABASE, {"ns.coll": "view"}, _insert)

        rows: list[Row] = []
        remarks: list[str] = []
        for pace in PACES:
            mine, theirs = _Told(), _Told()
            shown, plain = alternate(
                rounds, partial(ours, pace, mine), partial(reference, pace, theirs)
            )
            is_too_much = median(each.rate for each in shown) < CARRIED * pace
            limit = Ceiling(p99_ms=250) if pace == PACES[-1] or is_too_much else None
            too_much = ", more than this machine carries" if is_too_much else ""
            rows.append(compare(f"{pace}/s{too_much}: visible", shown, plain, limit))
            rows.append(compare(f"{pace}/s: answered", mine.answered, theirs.answered))
            remarks.append(f"at {pace}/s {_punctual(mine)}")
            if is_too_much:
                break
    return Table(
        title="Accepted petition to its card in reporting",
        unit="calls/s",
        ours="the whole stack, commands by timetable; " + ", ".join(remarks),
        reference="bare nameko: insert, publish, one listener with one table; CPU is that of all"
        " processes and servers, on either side",
        rows=tuple(rows),
    )


def _processor_s(run_dir: Path) -> float:
    """What servers and services have spent until now."""
    times = [each.cpu_times() for each in processes.of_stack(run_dir)]
    return sum(each.user + each.system for each in times)


def _settled(run_dir: Path) -> None:
    """Wait until servers and services have next to nothing to do."""
    patience = time.monotonic() + SETTLING_S
    spent, before = _processor_s(run_dir), -1.0
    while spent - before > IDLE and time.monotonic() < patience:
        time.sleep(1.0)
        spent, before = _processor_s(run_dir), spent


def _accept(called: Services, file: str) -> Any:
    return called.call("intake", "accept", acceptance(file))


def _insert(called: Services, file: str) -> Any:
    return called.call("bench_bare", "insert_and_publish", acceptance(file))


def _sent_by_timetable(
    callers: "SimpleQueue[Services]",
    files: Sequence[str],
    pace: int,
    call: Call,
    delays: list[float],
) -> tuple[dict[str, float], dict[str, float]]:
    """When each file's command was due, and when it was answered; some never are.

    `delays` grows by the seconds for which each was sent too late.
    """
    begin = time.perf_counter() + 0.1
    due = {file: begin + number / pace for number, file in enumerate(files)}
    answered: dict[str, float] = {}

    def send(file: str) -> None:
        caller = callers.get()
        try:
            time.sleep(max(0.0, due[file] - time.perf_counter()))
            delays.append(time.perf_counter() - due[file])
            with suppress(Unreachable, ServiceFailed, Refused):  # or expired in its queue
                call(caller, file)
                answered[file] = time.perf_counter()
        finally:
            callers.put(caller)

    with ThreadPoolExecutor(CALLERS) as side_by_side:
        list(side_by_side.map(send, files))
    return due, answered


def _punctual(told: _Told) -> str:
    """How many of the commands were sent when they were due, and how many cards never came."""
    on_time = sum(delay <= ON_TIME_S for delay in told.delays)
    sent = f"{on_time:,} of {len(told.delays):,} sent within {ON_TIME_S * 1000:g} ms of it"
    return f"{sent}, {told.missing:,} cards never came" if told.missing else sent


@contextmanager
def _cards(
    client: "MongoClient[dict[str, Any]]", database: str, which: Mapping[str, Any]
) -> Iterator[dict[str, float]]:
    """When the card of each file was first seen; grows while the block runs."""
    seen: dict[str, float] = {}
    over = threading.Event()
    pipeline: list[Mapping[str, Any]] = [{"$match": which}, {"$project": {"fullDocument.file": 1}}]
    with client[database].watch(pipeline, max_await_time_ms=200) as changes:

        def follow() -> None:
            while not over.is_set():
                change = changes.try_next()
                if change is not None:
                    seen.setdefault(change["fullDocument"]["file"], time.perf_counter())

        follower = threading.Thread(target=follow)
        follower.start()
        try:
            yield seen
        finally:
            over.set()
            follower.join()


def _wait_for(seen: Mapping[str, float], files: Sequence[str]) -> dict[str, float]:
    """When each card came; without those that have not come in all patience."""
    patience = time.monotonic() + PATIENCE_S
    while any(file not in seen for file in files) and time.monotonic() < patience:
        time.sleep(0.05)
    return {file: seen[file] for file in files if file in seen}


def _round(due: Mapping[str, float], came: Mapping[str, float], spent_s: float) -> Round:
    """What never came has taken at least until now."""
    now = time.perf_counter()
    return Round(
        done=len(came),
        seconds=max(came.values(), default=now) - min(due.values()),
        latencies_ms=tuple((came.get(file, now) - at) * 1000 for file, at in due.items()),
        cpu_s=spent_s,
    )
