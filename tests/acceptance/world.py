"""What acceptance tests are told with: the running system, the portal, and payloads."""

import itertools
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pika
import pytest

import shared.calling  # noqa: F401 - teaches nameko's client our errors
from deploy import processes, rabbitmq
from deploy.processes import Program
from deploy.topology import families_of_services
from shared import broker
from shared.clock import SystemClock
from shared.ledger import Recorded
from shared.queues import AGENCIES, INBOX, replies_queue

SERVICES = ("intake", "assignment", "deadlines", "reporting")
PROGRAMS = ("relay", *SERVICES)
START_S = 60.0  # two cores start five Python processes at once
QUIET_S = 1.0  # longer than any handling takes
VHOST = "donthu"


class System:
    """The five processes, each with its own logins; `kill` is for the crash stories."""

    def __init__(self, stack: Any, folder: Path) -> None:
        self._stack, self.folder = stack, folder
        (folder / "log").mkdir()
        self._amqp_uri = stack.environment()["AMQP_URI"]
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        families = [INBOX, *families_of_services()]
        self._queues = [queue.name for family in families for queue in family.queues()]
        self._queues += [f"rpc-{name}" for name in SERVICES]

    def start(self, *names: str, module: str | None = None, path: Path | None = None) -> None:
        """Start programs and wait until they answer.

        `module`, found in the folder `path`, stands in for a service's own.
        """
        # Thousands of letters in seconds are these tests' own way, and no agency's.
        common = {"PYTHONUNBUFFERED": "1", "DONTHU_AGENCY_RATE": "5000/5000"}
        common |= {"PYTHONPATH": str(path)} if path else {}
        told_before = self.logs("relay").count('"relaying"')
        for name in names:
            nameko = str(Path(sys.executable).with_name("nameko"))
            settings = str(processes.ROOT / "deploy" / "service.yaml")
            service = module or f"services.{name}.service"
            command = (
                (sys.executable, "-m", "shared.relay")
                if name == "relay"
                else (nameko, "run", "--config", settings, service)
            )
            program = Program(name=name, command=command, stop_within_s=8)
            own = common | self._stack.environment(name)
            self._running[name] = processes.start_child(program, self.folder, own)
        services = [name for name in names if name != "relay"]
        last: dict[str, str] = {}

        def all_answer() -> bool:
            last.update(rabbitmq.health(self._amqp_uri, services))
            if "relay" in names:
                is_relaying = self.logs("relay").count('"relaying"') > told_before
                last["relay"] = "ok" if is_relaying else "has no lease yet"
            return set(last.values()) == {"ok"}

        if not processes.until(all_answer, START_S, every_s=0.2):
            logs = "\n".join(self.logs(name)[-2000:] for name in names)
            pytest.fail(f"not up after {START_S} s: {last}\n{logs}")

    def kill(self, *names: str) -> None:
        """SIGKILL, as a crash would: nothing is put in order."""
        for name in names:
            child = self._running.pop(name)
            assert child.poll() is None, f"{name} was dead already:\n{self.logs(name)[-2000:]}"
            processes.signal_child(child, signal.SIGKILL)
            child.wait()

    def pids(self) -> dict[str, int]:
        """Which process each program is; the same as before if none was started again."""
        return {name: child.pid for name, child in self._running.items()}

    def dead(self) -> list[str]:
        """The programs that ought to run and do not."""
        alive = {name for name, child in self._running.items() if child.poll() is None}
        return [name for name in PROGRAMS if name not in alive]

    def ensure(self) -> None:
        """Start what is not running, so that one test's crash is not the next one's."""
        if dead := self.dead():
            self.start(*dead)

    def check_all_run(self) -> None:
        for name in self.dead():
            pytest.fail(f"{name} ended:\n{self.logs(name)[-2000:]}")

    def stop(self) -> None:
        children = list(self._running.values())
        for child in children:
            processes.signal_child(child, signal.SIGTERM)
        processes.until(lambda: all(child.poll() is not None for child in children), 10)
        for child in children:
            processes.signal_child(child, signal.SIGKILL)
            child.wait()
        self._running.clear()

    def logs(self, name: str) -> str:
        path = self.folder / "log" / f"{name}.log"
        return path.read_text("utf-8", errors="replace") if path.exists() else ""

    def waiting(self) -> dict[str, int]:
        """The queues of the services in which a message waits for someone to take it."""
        connection = pika.BlockingConnection(broker.parameters(self._amqp_uri))
        try:
            channel = connection.channel()
            counted = {
                name: channel.queue_declare(name, passive=True).method.message_count
                for name in self._queues
            }
        finally:
            connection.close()
        return {name: count for name, count in counted.items() if count}

    def await_quiet(self, within_s: float = 40.0) -> None:
        """Wait until for a second no service had a request or a message to take or to retry."""
        deadline = time.monotonic() + within_s
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < QUIET_S:
            if busy := {n: c for n, c in self.waiting().items() if not n.endswith(".parked")}:
                quiet_since = time.monotonic()
                assert quiet_since < deadline, f"still in work after {within_s} s: {busy}"
            time.sleep(0.05)

    def check_all_answered(self, within_s: float = 20.0) -> None:
        """No message was handed out to somebody who forgot it; the broker counts every 5 s."""

        def unanswered() -> dict[str, int]:
            columns = ("name", "messages")
            told = self._stack.broker_control(
                "list_queues", "--no-table-headers", "-p", VHOST, *columns
            )
            counted = dict(line.split("\t") for line in told.splitlines() if "\t" in line)
            ours = [name for name in self._queues if not name.endswith(".parked")]
            return {name: int(counted[name]) for name in ours if counted.get(name, "0") != "0"}

        done = processes.until(lambda: not unanswered(), within_s, every_s=0.5)
        assert done, f"handed out and never answered: {unanswered()}"


class Portal:
    """The public service portal, or another agency: with a user of its own, in plain pika."""

    def __init__(self, uri: str, agency: str = "portal") -> None:
        self._uri, self._agency = uri, agency
        self._numbers = itertools.count(1)

    def new_id(self, authority: str) -> str:
        return f"dvc-{authority}-{next(self._numbers)}"

    def event(
        self, id: str, data: Mapping[str, Any], type: str = "PetitionReceived"
    ) -> dict[str, Any]:
        return {
            "specversion": "1.0",
            "id": id,
            "source": f"/agencies/{self._agency}",
            "type": type,
            "datacontenttype": "application/json",
            "data": dict(data),
        }

    def send(
        self,
        body: Mapping[str, Any] | bytes,
        *,
        key: str = "portal.PetitionReceived",
        content_type: str = "application/cloudevents+json",
        headers: Mapping[str, Any] | None = None,
    ) -> None:
        """Publish one message; the broker has it when this returns."""
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        properties = pika.BasicProperties(
            content_type=content_type, delivery_mode=2, headers=dict(headers or {})
        )
        connection = pika.BlockingConnection(pika.URLParameters(self._uri))
        try:
            channel = connection.channel()
            channel.confirm_delivery()
            channel.basic_publish(AGENCIES, key, raw, properties, mandatory=True)
        finally:
            connection.close()

    def answer(
        self, fits: Callable[[dict[str, Any]], bool] | str, within_s: float = 15.0
    ) -> dict[str, Any]:
        """Wait for the answer to the event with this id, or that fits; others stay in the queue."""
        wanted = fits if callable(fits) else lambda told: told["data"]["source_id"] == fits
        connection = pika.BlockingConnection(pika.URLParameters(self._uri))
        try:
            channel = connection.channel()
            deadline = time.monotonic() + within_s
            for method, _, body in channel.consume(
                replies_queue(self._agency), inactivity_timeout=within_s
            ):
                if method is None or time.monotonic() > deadline:
                    break
                answer: dict[str, Any] = json.loads(body)
                if wanted(answer):
                    channel.basic_ack(method.delivery_tag)
                    return answer
        finally:
            connection.close()
        pytest.fail(f"no answer in {within_s} s")

    def ask(self, event: Mapping[str, Any], **options: Any) -> dict[str, Any]:
        self.send(event, **options)
        return self.answer(event["id"])


TODAY = SystemClock().today()


def ago(days: int) -> str:
    """The day so many days before today: the clocks of the law run in the present."""
    return (TODAY - timedelta(days=days)).isoformat()


def complaint(**changes: Any) -> dict[str, Any]:
    """A payload of register_petition that can be accepted as a complaint about land."""
    return {
        "channel": "tiep_cong_dan",
        "received_on": ago(9),
        "claimed_kind": "khieu_nai",
        "petitioners": [{"name": "Đỗ Thị Thử", "address": "Tổ dân phố số 4, phường Nhân Hòa"}],
        "subject": "Khiếu nại quyết định thu hồi đất",
        "content": "Tôi không đồng ý với quyết định thu hồi đất số 12 của Ủy ban nhân dân phường.",
    } | changes


def from_portal(authority: str, **changes: Any) -> dict[str, Any]:
    """The same as data of a PetitionReceived."""
    data = complaint(authority=authority, **changes)
    del data["channel"]
    return data


def competent(file: str, kind: str = "khieu_nai", **changes: Any) -> dict[str, Any]:
    """A payload of classify for a petition that the ward must settle."""
    return {
        "file": file,
        "classified_on": ago(8),
        "kind": kind,
        "field": "dat_dai",
        "is_competent": True,
        "meets_conditions": True,
    } | changes


def types_of(events: Iterable[Recorded]) -> list[str]:
    return [event.type for event in events]
