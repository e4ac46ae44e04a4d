"""From a petition's acceptance to its card: the whole system at a steady pace.

Commands are sent by a timetable and not when the one before is answered, so that a stall delays
nobody's start and is seen in full. A card is there when a change stream, which tells of nothing
that is not safe on a majority, brings it. The reference is bare nameko: insert, publish, fold.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from pymongo import MongoClient

from deploy.bench import bare
from deploy.bench.measuring import Ceiling, Round, Table, alternate, compare
from deploy.bench.serving import BARE, WARD, acceptance, classified_files, services, token
from deploy.client import Services
from shared.mongo_log import MongoLog, connect

A_SECOND = 50  # commands
CALLERS = 50  # so that a second of answers may be awaited before anything is sent too late
ON_TIME_S = 0.02
PATIENCE_S = 20.0  # for the last card

MODULES = {BARE: ("bench_bare", "bench_bare_view")}
_WRITTEN: Mapping[str, Any] = {"operationType": {"$in": ["insert", "replace", "update"]}}
Call = Callable[[Services, str], Any]


def measure(run_dir: Path, environment: Mapping[str, str], rounds: int, seconds: float) -> Table:
    """Needs the whole stack running."""
    count = int(seconds * A_SECOND)
    with ExitStack() as stack:
        client = stack.enter_context(connect(environment["MONGO_URI"]))
        log = MongoLog(client)
        stack.enter_context(services(run_dir, environment, MODULES))
        callers: SimpleQueue[Services] = SimpleQueue()
        bearer = token(run_dir)
        for _ in range(CALLERS):
            uri = environment["AMQP_URI"]
            callers.put(stack.enter_context(Services(uri, authority=WARD, token=bearer)))
        answered: dict[str, list[Round]] = {"ours": [], "bare": []}
        delays: dict[str, list[float]] = {"ours": [], "bare": []}

        def side(name: str, database: str, table: Mapping[str, Any], call: Call) -> Round:
            files = classified_files(log, count)
            time.sleep(2.0)  # what follows from making them is done by then
            with _cards(client, database, {**_WRITTEN, **table}) as seen:
                sent, done = _sent_by_timetable(callers, files, call, delays[name])
                shown = _wait_for(seen, files)
            answered[name].append(_round(sent, done, files))
            return _round(sent, shown, files)

        def ours() -> Round:
            accepted = {"fullDocument.accepted_on": {"$ne": None}}
            return side("ours", "donthu_reporting", accepted, _accept)

        def reference() -> Round:
            return side("bare", bare.DATABASE, {"ns.coll": "view"}, _insert)

        shown, plain = alternate(rounds, ours, reference)
    return Table(
        title="Accepted petition to its card in reporting",
        unit="calls/s",
        ours=f"the whole stack, {A_SECOND} commands a second by timetable,"
        f" {_punctual(delays['ours'])}",
        reference="bare nameko: insert, publish, one listener with one table,"
        f" {_punctual(delays['bare'])}",
        rows=(
            compare("visible", shown, plain, Ceiling(p99_ms=250)),
            compare("answered", answered["ours"], answered["bare"], Ceiling(p99_ms=250)),
        ),
    )


def _accept(called: Services, file: str) -> Any:
    return called.call("intake", "accept", acceptance(file))


def _insert(called: Services, file: str) -> Any:
    return called.call("bench_bare", "insert_and_publish", acceptance(file))


def _sent_by_timetable(
    callers: "SimpleQueue[Services]", files: Sequence[str], call: Call, delays: list[float]
) -> tuple[dict[str, float], dict[str, float]]:
    """When each file's command was due, and when it was answered.

    `delays` grows by the seconds for which each was sent too late.
    """
    begin = time.perf_counter() + 0.1
    due = {file: begin + number / A_SECOND for number, file in enumerate(files)}
    answered: dict[str, float] = {}

    def send(file: str) -> None:
        caller = callers.get()
        try:
            time.sleep(max(0.0, due[file] - time.perf_counter()))
            delays.append(time.perf_counter() - due[file])
            call(caller, file)
            answered[file] = time.perf_counter()
        finally:
            callers.put(caller)

    with ThreadPoolExecutor(CALLERS) as side_by_side:
        list(side_by_side.map(send, files))
    return due, answered


def _punctual(delays: Sequence[float]) -> str:
    """How many of the commands were sent when they were due."""
    on_time = sum(delay <= ON_TIME_S for delay in delays)
    return f"{on_time:,} of {len(delays):,} sent within {ON_TIME_S * 1000:g} ms of it"


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
    patience = time.monotonic() + PATIENCE_S
    while missing := [file for file in files if file not in seen]:
        assert time.monotonic() < patience, f"{len(missing)} of {len(files)} cards never came"
        time.sleep(0.05)
    return dict(seen)


def _round(sent: Mapping[str, float], came: Mapping[str, float], files: Sequence[str]) -> Round:
    return Round(
        done=len(files),
        seconds=max(came[file] for file in files) - min(sent.values()),
        latencies_ms=tuple((came[file] - sent[file]) * 1000 for file in files),
    )
