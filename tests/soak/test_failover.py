"""Three nodes, and the primary dies with writes that nobody else has: they are rolled back.

What was acknowledged, and what any reader was shown, must survive that.
"""

import itertools
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from deploy import mongodb
from deploy.run_folder import cache_folder
from shared.errors import LogUnavailable
from shared.ledger import Commit, first_fault
from shared.mongo_log import MongoLog, connect, create_indexes
from tests.support.proposals import proposal

WARD = "09253"
CALLERS = 8
TURNS = int(os.environ.get("TURNS", "1"))


class Nodes:
    """A replica set of three, whose nodes can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.ports = [_free_port() for _ in range(3)]
        self._folder = folder
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        for port in self.ports:
            self.start(port)
        members = [
            {"_id": n, "host": f"127.0.0.1:{port}", "priority": 1}
            for n, port in enumerate(self.ports)
        ]
        settings = {"electionTimeoutMillis": 1000, "heartbeatIntervalMillis": 200}
        config = {"_id": mongodb.REPLICA_SET, "members": members, "settings": settings}
        self.ask(self.ports[0], "replSetInitiate", config)
        self.primary()

    @property
    def uri(self) -> str:
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports)
        return f"mongodb://{hosts}/?replicaSet={mongodb.REPLICA_SET}"

    def folder(self, port: int) -> Path:
        return self._folder / f"{port}"

    def start(self, port: int) -> None:
        self.folder(port).mkdir(exist_ok=True)
        program = mongodb.program(
            data=self.folder(port), port=port, cache=cache_folder(), memory_gb=0.25
        )
        self._running[port] = subprocess.Popen(
            program.command, env=dict(program.environment), stdout=subprocess.DEVNULL
        )

    def kill(self, port: int) -> None:
        process = self._running.pop(port)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for port in list(self._running):
            self.kill(port)

    def ask(self, port: int, *command: Any) -> dict[str, Any]:
        """The answer of one node, as soon as it answers."""
        deadline = time.monotonic() + 30
        while True:
            try:
                with self.at(port) as client:
                    return client.admin.command(*command)
            except PyMongoError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def at(self, port: int) -> MongoClient[dict[str, Any]]:
        return MongoClient("127.0.0.1", port, directConnection=True, serverSelectionTimeoutMS=1000)

    def primary(self) -> int:
        """Its port, as soon as there is one and it is known to all that run."""
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline:
            told = [self.ask(port, "hello") for port in self._running]
            named = {answer.get("primary") for answer in told}
            if len(named) == 1 and named != {None}:
                return int(named.pop().split(":")[1])
            time.sleep(0.1)
        pytest.fail("no primary was elected")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    nodes = Nodes(tmp_path)
    yield nodes
    nodes.stop()


class Callers:
    """Those who write, each with one request after another, and one who reads along."""

    def __init__(self, uri: str) -> None:
        self.acknowledged: list[Commit] = []
        self.shown: list[Commit] = []
        self.is_over = threading.Event()
        self._uri = uri
        self._clients = [self.client()]
        self.log = MongoLog(self._clients[0])
        create_indexes(self._clients[0])
        self._threads: list[threading.Thread] = []
        self.start(self._read)
        for caller in range(CALLERS):
            self.start(self._write, caller)

    def client(self) -> Any:
        client = connect(self._uri)
        client.admin.command("ping")
        return client

    def start(self, do: Callable[..., None], *words: Any) -> None:
        self._threads.append(threading.Thread(target=do, args=words))
        self._threads[-1].start()

    def append(self, log: MongoLog, commit_id: str) -> None:
        said = proposal(stream=f"case-{commit_id}", commit_id=commit_id)
        while not self.is_over.is_set():
            try:
                self.acknowledged.append(log.append(WARD, said))
                return
            except LogUnavailable:  # it may have landed: once more, under the same id
                time.sleep(0.1)

    def end(self) -> list[Commit]:
        self.is_over.set()
        for thread in self._threads:
            thread.join()
        return list(self.log.after(WARD, 0))

    def _write(self, caller: int) -> None:
        for number in itertools.count():
            if self.is_over.is_set():
                return
            self.append(self.log, f"{caller}-{number}")

    def _read(self) -> None:
        while not self.is_over.is_set():
            with suppress(LogUnavailable):
                self.shown.extend(self.log.after(WARD, len(self.shown)))
            time.sleep(0.02)


def test_a_primary_that_is_killed_takes_nothing_with_it_that_was_acknowledged(
    nodes: Nodes,
) -> None:
    callers = Callers(nodes.uri)
    for turn in range(TURNS):
        lose_the_end_of_a_primary(nodes, callers, f"late-{turn}")
    stored = callers.end()
    assert first_fault(stored) is None
    assert len({commit.proposal.commit_id for commit in stored}) == len(stored)
    assert all(stored[commit.position - 1] == commit for commit in callers.acknowledged)
    assert callers.shown == stored[: len(callers.shown)]
    late = {f"late-{turn}" for turn in range(TURNS)}  # of one that knew nothing of what was lost
    assert late <= {commit.proposal.commit_id for commit in stored}


def lose_the_end_of_a_primary(nodes: Nodes, callers: Callers, late: str) -> None:
    """Kill the others, let the primary alone take more writes, kill it, let the others go on."""
    primary = nodes.primary()
    others = [port for port in nodes.ports if port != primary]
    log = MongoLog(callers.client())
    _until_more(callers)
    for port in others:
        nodes.kill(port)
    callers.start(callers.append, log, late)
    with nodes.at(primary) as alone:
        there = alone["donthu_ledger"]["commits"]
        safe = there.with_options(read_concern=ReadConcern("majority"))
        _until(lambda: safe.count_documents({}) < there.count_documents({}))
        # On its disk too, or there is nothing to roll back when it comes again.
        journaled = WriteConcern(w=1, j=True)
        alone["scratch"].get_collection("late", write_concern=journaled).insert_one({})
    nodes.kill(primary)
    for port in others:
        nodes.start(port)
    nodes.primary()
    _until_more(callers)
    nodes.start(primary)
    _until(lambda: (nodes.folder(primary) / "rollback").exists())
    nodes.primary()
    _until_more(callers)


def _until_more(callers: Callers) -> None:
    enough = len(callers.acknowledged) + 2 * CALLERS
    _until(lambda: len(callers.acknowledged) > enough)


def _until(is_so: Callable[[], Any], within_s: float = 90) -> None:
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)
