"""What is appended reaches the broker: in order, whatever is killed, and nothing left out."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pika
import pytest
from nameko.containers import ServiceContainer
from nameko.events import event_handler

from deploy.topology import families_of_services
from shared.lease import LEASE_MS, Lease, LeaseLost, Positions
from shared.ledger import Event, Proposal
from shared.mongo_log import MongoLog

ROOT = Path(__file__).parents[2]
RECORDED_AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
TAKE_OVER_S = 20.0  # a lease runs 10 s

Append = Callable[..., list[str]]


@pytest.fixture
def append(mongo_client: Any, authority: str) -> Append:
    """Append commits of two events each, one stream after another; answers the events' ids."""
    log = MongoLog(mongo_client)

    def commits(count: int, first: int = 1, authority: str = authority, **said: Any) -> list[str]:
        return [
            event.id
            for number in range(first, first + count)
            for event in log.append(
                authority, petition(f"{authority}-{number}", **said)
            ).proposal.events
        ]

    return commits


def petition(name: str, types: tuple[str, ...] = ("PetitionReceived", "PetitionClassified")) -> Any:
    return Proposal(
        stream=f"petition-{name}",
        after=0,
        commit_id=f"commit-{name}",
        digest="d",
        actor="officer:vera",
        correlation="c-1",
        caused_by=None,
        recorded_at=RECORDED_AT,
        events=tuple(
            Event(
                id=f"{name}-{number}",
                type=type_name,
                schema=1,
                data={"received_on": "2026-03-02"},
            )
            for number, type_name in enumerate(types, start=1)
        ),
    )


class Listener:
    """A queue of the test's own on `intake.events`, and what came for its ward."""

    def __init__(self, amqp_uri: str, authority: str) -> None:
        self._uri, self._authority = amqp_uri, authority
        self.name = f"test.{authority}"
        self.heard: list[tuple[Any, Any, dict[str, Any]]] = []
        self._do(lambda channel: channel.queue_declare(self.name, durable=True))
        self.bind("#")

    def bind(self, routing_key: str) -> None:
        self._do(lambda channel: channel.queue_bind(self.name, "intake.events", routing_key))

    def remove(self) -> None:
        self._do(lambda channel: channel.queue_delete(self.name))

    def ids(self) -> list[str]:
        """The ids of the events so far, in order."""
        self._do(self._take)
        return [body["id"] for _, _, body in self.heard]

    def _take(self, channel: Any) -> None:
        while True:
            method, properties, body = channel.basic_get(self.name, auto_ack=True)
            if method is None:
                return
            event = json.loads(body)
            if event["authority"] == self._authority:
                self.heard.append((method, properties, event))

    def _do(self, work: Callable[[Any], Any]) -> None:
        connection = pika.BlockingConnection(pika.URLParameters(self._uri))
        try:
            work(connection.channel())
        finally:
            connection.close()


@pytest.fixture
def listener(amqp_uri: str, authority: str) -> Iterator[Listener]:
    listener = Listener(amqp_uri, authority)
    yield listener
    listener.remove()


@pytest.fixture
def start_relay(stack: Any, nothing_waits: None) -> Iterator[Callable[..., Any]]:
    """Start a relay as a process with its own logins; stopped after the test."""
    running: list[subprocess.Popen[bytes]] = []
    own = os.environ | stack.environment("relay")

    def start(*words: str) -> Any:
        words = words or ("-m", "shared.relay")
        running.append(subprocess.Popen([sys.executable, *words], cwd=ROOT, env=own))
        return running[-1]

    yield start
    for process in running:
        process.send_signal(signal.SIGCONT)
        process.terminate()
    for process in running:
        process.wait(20)


def stored(mongo_client: Any, authority: str) -> int:
    found = mongo_client["donthu_relay"]["positions"].find_one({"_id": authority})
    return found["position"] if found else 0


def test_every_event_is_published_once_and_in_order(
    listener: Listener, append: Append, start_relay: Any, eventually: Any
) -> None:
    before = append(200)
    start_relay()
    eventually(lambda: len(listener.ids()) >= 400)
    later = append(200, first=201)
    eventually(lambda: len(listener.ids()) >= 800)
    time.sleep(0.5)
    assert listener.ids() == before + later


def test_a_message_says_what_the_log_says(
    listener: Listener, append: Append, start_relay: Any, eventually: Any, authority: str
) -> None:
    start_relay()
    append(1)
    eventually(listener.ids)
    method, properties, body = listener.heard[0]
    assert (method.exchange, method.routing_key) == ("intake.events", "PetitionReceived")
    assert properties.content_type == "application/json"
    assert properties.delivery_mode == 2
    assert properties.message_id == f"{authority}-1-1"
    assert properties.headers["correlation"] == "c-1"
    assert body == {
        "id": f"{authority}-1-1",
        "type": "PetitionReceived",
        "schema": 1,
        "authority": authority,
        "position": 1,
        "stream": f"petition-{authority}-1",
        "version": 1,
        "recorded_at": "2026-03-02T01:30:00.000Z",
        "actor": "officer:vera",
        "correlation": "c-1",
        "caused_by": None,
        "data": {"received_on": "2026-03-02"},
    }


def test_a_relay_killed_in_the_middle_leaves_nothing_out(
    listener: Listener, append: Append, start_relay: Any, eventually: Any
) -> None:
    ids = append(1500)
    relay = start_relay()
    eventually(listener.ids)
    relay.kill()
    relay.wait()
    start_relay()
    eventually(lambda: set(listener.ids()) == set(ids), within_s=TAKE_OVER_S)
    assert list(dict.fromkeys(listener.ids())) == ids


def test_a_broker_killed_in_the_middle_leaves_nothing_out(
    stack: Any, listener: Listener, append: Append, start_relay: Any, eventually: Any
) -> None:
    ids = append(1500)
    start_relay()
    eventually(listener.ids)
    stack.signal_server("rabbitmq", signal.SIGKILL)
    stack.restart_server("rabbitmq")
    eventually(lambda: set(listener.ids()) == set(ids), within_s=30)


def test_of_two_relays_one_works_and_the_other_takes_over(
    listener: Listener, append: Append, start_relay: Any, eventually: Any, mongo_client: Any,
    authority: str,
) -> None:  # fmt: skip
    relays = {relay.pid: relay for relay in (start_relay(), start_relay())}
    first = append(50)
    eventually(lambda: len(listener.ids()) >= 100)
    eventually(lambda: stored(mongo_client, authority) == 50)
    assert listener.ids() == first  # nothing twice
    lease = mongo_client["donthu_relay"]["lease"].find_one({"_id": "relay"})
    relays[int(lease["holder"].split(":")[1])].kill()
    second = append(50, first=51)
    eventually(lambda: len(listener.ids()) >= 200, within_s=TAKE_OVER_S)
    assert listener.ids() == first + second
    later = mongo_client["donthu_relay"]["lease"].find_one({"_id": "relay"})
    assert later["fence"] == lease["fence"] + 1


def test_an_event_that_no_queue_takes_holds_its_authority_until_one_does(
    listener: Listener,
    append: Append,
    start_relay: Any,
    eventually: Any,
    amqp_uri: str,
    authority: str,
    mongo_client: Any,
) -> None:
    # Of a newer release; owned by intake since it stands in a stream of a petition.
    start_relay()
    first = append(1)
    eventually(lambda: stored(mongo_client, authority) == 1)
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    channel = connection.channel()
    all_hearing = [f.name for f in families_of_services() if ("intake.events", "#") in f.bindings]
    assert "reporting.wake" in all_hearing
    for queue in (*all_hearing, listener.name):
        channel.queue_unbind(queue, "intake.events", "#")
    listener.bind("PetitionReceived")
    try:
        second = append(1, first=2, types=("PetitionTranslated", "PetitionReceived"))
        third = append(1, first=3)
        time.sleep(3)
        assert stored(mongo_client, authority) == 1
    finally:
        for queue in all_hearing:
            channel.queue_bind(queue, "intake.events", "#")
        connection.close()
    listener.bind("#")
    eventually(lambda: stored(mongo_client, authority) == 3)
    heard = listener.ids()
    assert set(heard) == {*first, *second, *third}
    assert [id for id in heard if id in second + third][-4:] == second + third


def test_a_hole_in_one_log_holds_that_one_and_no_other(
    listener: Listener, append: Append, start_relay: Any, eventually: Any, mongo_client: Any,
    authority: str,
) -> None:  # fmt: skip
    commits = mongo_client["donthu_ledger"]["commits"]
    ids = append(3)
    lost = commits.find_one_and_delete({"_id": {"authority": authority, "position": 2}})
    try:
        start_relay()
        append(1, authority=f"{authority}x")
        eventually(lambda: stored(mongo_client, f"{authority}x") == 1)
        eventually(lambda: stored(mongo_client, authority) == 1)
        assert listener.ids() == ids[:2]
    finally:
        commits.insert_one(lost)
    eventually(lambda: listener.ids() == ids)


def test_a_relay_that_is_asked_to_stop_stops_and_lets_the_next_one_in(
    listener: Listener, append: Append, start_relay: Any, eventually: Any
) -> None:
    ids = append(500)
    relay = start_relay()
    eventually(listener.ids)
    asked_at = time.monotonic()
    relay.terminate()
    assert relay.wait(10) == 0
    assert time.monotonic() - asked_at < 5
    start_relay()
    # Without waiting for a lease to run out.
    eventually(lambda: len(listener.ids()) >= len(ids), within_s=0.8 * LEASE_MS / 1000)
    assert listener.ids() == ids  # what was under way was confirmed and its position kept


def test_a_relay_ends_itself_when_the_broker_freezes(
    stack: Any, listener: Listener, append: Append, start_relay: Any, eventually: Any
) -> None:
    relay = start_relay("-c", "from shared import relay; relay.STALL_S = 2; relay.main()")
    append(1)
    eventually(listener.ids)
    stack.signal_server("rabbitmq", signal.SIGSTOP)
    try:
        append(1, first=2)
        assert relay.wait(15) == 70
    finally:
        stack.signal_server("rabbitmq", signal.SIGCONT)


def test_a_holder_that_was_overtaken_cannot_move_a_position(
    mongo_client: Any, authority: str, eventually: Any
) -> None:
    first, second = Lease(mongo_client), Lease(mongo_client)
    earlier = eventually(first.take)  # once that of a relay killed before has run out
    assert second.take() is None
    Positions(mongo_client, earlier).store({authority: 5})
    first.release()
    later = second.take()
    assert later == earlier + 1
    assert Positions(mongo_client, later).load()[authority] == 5
    with pytest.raises(LeaseLost):
        Positions(mongo_client, earlier).store({authority: 9})
    Positions(mongo_client, later).store({authority: 4})
    assert stored(mongo_client, authority) == 5  # never backwards
    second.release()


heard_by_stranger: list[dict[str, Any]] = []


class Stranger:
    name = "stranger"

    @event_handler("intake", "PetitionReceived")
    def on_received(self, event: dict[str, Any]) -> None:
        heard_by_stranger.append(event)


def test_a_plain_nameko_service_hears_events_with_its_own_event_handler(
    amqp_uri: str, append: Append, authority: str, start_relay: Any, eventually: Any
) -> None:
    container = ServiceContainer(Stranger, {"AMQP_URI": amqp_uri})
    container.start()
    try:
        start_relay()
        append(1)
        mine = eventually(lambda: [e for e in heard_by_stranger if e["authority"] == authority])
        assert [event["id"] for event in mine] == [f"{authority}-1-1"]
    finally:
        container.stop()
