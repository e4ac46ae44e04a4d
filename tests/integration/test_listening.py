"""No message is lost by a handler that fails, hangs or cannot read it."""

import json
import time
import zlib
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any, ClassVar

import eventlet
import pika
import pytest
from click.testing import CliRunner
from nameko.containers import ServiceContainer
from nameko.extensions import DependencyProvider

from deploy.cli import main
from shared import listening
from shared.errors import LogUnavailable, Refused
from shared.event_sourcing import derived_id
from shared.ledger import Recorded
from shared.listening import RawMessage, families, inbox, listen
from shared.parking import parked, retry_parked
from shared.queues import MAX_DELIVERIES, parked_queue

RETRY_DELAY_MS = 200
NAME = "Trần Thị Bưởi"  # stands for what must never leak

Publish = Callable[..., None]


class Asked(DependencyProvider):
    """What the worker was told of the call."""

    def get_dependency(self, worker_ctx: Any) -> Any:
        return worker_ctx.data.get("call")


class Hears:
    """A service whose handler does what the test says."""

    name = "test_hears"
    asked = Asked()
    heard: ClassVar[list[Recorded]] = []
    calls: ClassVar[list[Any]] = []
    behaviour: Callable[[Recorded], None]

    @listen(intake=("PetitionReceived", "PetitionAccepted"), deadlines="#", time_limit_s=0.3)
    def on_event(self, event: Recorded) -> None:
        self.calls.append(self.asked)
        type(self).behaviour(event)
        self.heard.append(event)


class HearsSlowly:
    name = "test_hears_slowly"
    begun: ClassVar[list[str]] = []
    heard: ClassVar[list[str]] = []
    may_end: ClassVar[eventlet.Event]

    @listen(intake=("PetitionReceived",))
    def on_event(self, event: Recorded) -> None:
        self.begun.append(event.id)
        self.may_end.wait()
        self.heard.append(event.id)


class Takes:
    """A service that has the messages of other systems, as intake does."""

    name = "test_takes"
    taken: ClassVar[list[RawMessage]] = []
    behaviour: Callable[[RawMessage], None]

    @inbox("test_takes.inbox", time_limit_s=5)
    def on_message(self, message: RawMessage) -> None:
        type(self).behaviour(message)
        self.taken.append(message)

    def seal_for_parking(self, raw: bytes) -> bytes:
        return bytes(byte ^ 0x5A for byte in raw)

    def open_parked(self, sealed: bytes) -> bytes:
        return bytes(byte ^ 0x5A for byte in sealed)

    def digest_for_parking(self, told: str) -> str:
        return f"keyed {told}"


def do_nothing(_message: Any) -> None:
    pass


def always_fail(_message: Any) -> None:
    raise ValueError(NAME)


@pytest.fixture
def channel(amqp_uri: str) -> Iterator[Any]:
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    channel = connection.channel()
    channel.confirm_delivery()
    yield channel
    connection.close()


@pytest.fixture
def run(amqp_uri: str) -> Iterator[Callable[[type], Any]]:
    """Start a service, which declares its queues; both are gone after the test."""
    running: list[tuple[Any, type]] = []

    def start(service: Any) -> Any:
        for collected in ("begun", "heard", "calls", "taken"):
            getattr(service, collected, []).clear()
        service.behaviour = staticmethod(do_nothing)
        config = {"AMQP_URI": amqp_uri, "RETRY_DELAY_MS": RETRY_DELAY_MS, "LOOK_UP_S": 0.1}
        container = ServiceContainer(service, config)
        running.append((container, service))
        container.start()
        return container

    yield start
    for container, _ in running:
        container.stop()
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    channel = connection.channel()
    for _, service in running:
        for family in families(service):
            for queue in family.queues():
                channel.queue_delete(queue.name)
    connection.close()


@pytest.fixture
def publish(amqp_uri: str, authority: str) -> Publish:
    """Publish as the relay does, or with another body or content type."""

    def event(
        id: str,
        body: bytes | None = None,
        content_type: str | None = "application/json",
        headers: Any = None,
    ) -> None:
        send(
            amqp_uri,
            "intake.events",
            "PetitionReceived",
            json.dumps(message(authority, id)).encode() if body is None else body,
            content_type=content_type,
            delivery_mode=2,
            message_id=id,
            headers=headers,
        )

    return event


def send(uri: str, exchange: str, routing_key: str, body: bytes, **properties: Any) -> None:
    """Publish with confirm, on a connection of its own."""
    connection = pika.BlockingConnection(pika.URLParameters(uri))
    channel = connection.channel()
    channel.confirm_delivery()
    told = pika.BasicProperties(**properties)
    channel.basic_publish(exchange, routing_key, body, told, mandatory=True)
    connection.close()


def message(authority: str, id: str) -> dict[str, Any]:
    return {
        "id": id,
        "type": "PetitionReceived",
        "schema": 1,
        "authority": authority,
        "position": 1,
        "stream": "petition-7f3k9q2mxw4t",
        "version": 1,
        "recorded_at": "2026-03-02T01:30:00.000Z",
        "actor": "officer:vera",
        "correlation": "c-1",
        "caused_by": None,
        "data": {"received_on": "2026-03-02"},
    }


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The lines that listening logs, each with its event and level."""
    lines: list[dict[str, Any]] = []

    class Log:
        def __getattr__(self, level: str) -> Callable[..., None]:
            return lambda event, **told: lines.append({"event": event, "level": level, **told})

    monkeypatch.setattr(listening, "log", Log())
    return lines


QUEUE = "test_hears.on_event"


def ids(events: list[Recorded]) -> list[str]:
    return [event.id for event in events]


def test_a_handler_gets_the_event_and_on_whose_behalf_it_acts(
    run: Any, publish: Publish, eventually: Any, authority: str
) -> None:
    run(Hears)
    publish("e-1")
    event = eventually(lambda: Hears.heard)[0]
    assert event == Recorded(**message(authority, "e-1"))
    call = Hears.calls[0]
    assert call.pop("commit_id") == listening.derived_id("heard", QUEUE, "e-1")
    assert call == {
        "authority": authority,
        "actor": "service:test_hears",
        "correlation": "c-1",
        "caused_by": "e-1",
        "digest": "e-1",
    }


def test_only_events_that_the_named_service_records_can_be_listened_to() -> None:
    with pytest.raises(ValueError, match="assignment records no event PetitionReceived"):
        listen(assignment=("PetitionReceived",))


def test_a_message_whose_handler_fails_comes_again_after_a_while_and_later_ones_pass(
    run: Any, publish: Publish, eventually: Any
) -> None:
    run(Hears)
    failed: list[str] = []

    def fail_twice(event: Recorded) -> None:
        if event.id == "e-1" and len(failed) < 2:
            failed.append(event.id)
            raise ValueError(NAME)

    Hears.behaviour = staticmethod(fail_twice)
    publish("e-1")
    publish("e-2")
    eventually(lambda: len(Hears.heard) == 2)
    assert ids(Hears.heard) == ["e-2", "e-1"]
    assert failed == ["e-1", "e-1"]


def test_a_message_that_always_fails_is_parked_with_the_reason_and_an_alarm(
    run: Any,
    publish: Publish,
    eventually: Any,
    amqp_uri: str,
    channel: Any,
    logged: list[dict[str, Any]],
) -> None:
    run(Hears)
    Hears.behaviour = staticmethod(always_fail)
    publish("e-1")
    (waiting,) = eventually(lambda: parked(amqp_uri, QUEUE))
    assert (waiting.reason, waiting.code) == ("ValueError", "handler_failed")
    assert (waiting.attempts, waiting.routing_key) == (5, "PetitionReceived")
    assert waiting.first_failed_at <= waiting.last_failed_at
    assert len(Hears.calls) == 5
    alarms = [line for line in logged if line["event"] == "parked"]
    assert [(line["level"], line["queue"], line["id"]) for line in alarms] == [
        ("error", QUEUE, waiting.id)
    ]
    _, properties, _ = channel.basic_get(parked_queue(QUEUE))
    assert NAME not in repr(properties.headers) + repr(logged)


def test_an_outage_is_waited_out_however_long_it_lasts(
    run: Any, publish: Publish, eventually: Any, amqp_uri: str
) -> None:
    def fail_while_away(_event: Recorded) -> None:
        if len(Hears.calls) <= 7:
            raise LogUnavailable("the ledger did not answer")

    run(Hears)
    Hears.behaviour = staticmethod(fail_while_away)
    publish("e-1")
    eventually(lambda: ids(Hears.heard) == ["e-1"])
    assert len(Hears.calls) == 8
    assert parked(amqp_uri, QUEUE) == []


def test_a_refusal_is_parked_under_its_own_code(
    run: Any, publish: Publish, eventually: Any, amqp_uri: str
) -> None:
    def refuse(_event: Recorded) -> None:
        raise Refused("case_closed", "Hồ sơ đã kết thúc.")

    run(Hears)
    Hears.behaviour = staticmethod(refuse)
    publish("e-1")
    (waiting,) = eventually(lambda: parked(amqp_uri, QUEUE))
    assert (waiting.reason, waiting.code) == ("Refused", "case_closed")


def test_a_handler_that_hangs_is_cut_off_and_its_message_parked(
    run: Any, publish: Publish, eventually: Any, amqp_uri: str
) -> None:
    run(Hears)
    Hears.behaviour = staticmethod(lambda event: eventlet.sleep(60) if event.id == "e-1" else None)
    publish("e-1")
    publish("e-2")
    eventually(lambda: ids(Hears.heard) == ["e-2"])
    (waiting,) = eventually(lambda: parked(amqp_uri, QUEUE))
    assert (waiting.reason, waiting.code) == ("HandlerTimeout", "handler_timeout")


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"", "application/json", "not_json"),
        (b'{"id": "\xff"}', "application/json", "not_json"),
        (b"\x80\x04N.", "application/x-python-serialize", "content_type"),
    ],
)
def test_what_cannot_be_read_is_parked_at_once_as_it_came(
    body: bytes, content_type: str, code: str, run: Any, publish: Publish, eventually: Any,
    amqp_uri: str, channel: Any,
) -> None:  # fmt: skip
    run(Hears)
    publish("e-1", body=body, content_type=content_type, headers={"origin": "elsewhere"})
    publish("e-2")
    (waiting,) = eventually(lambda: parked(amqp_uri, QUEUE))
    assert (waiting.reason, waiting.code, waiting.attempts) == ("NotReadable", code, 1)
    eventually(lambda: ids(Hears.heard) == ["e-2"])
    _, properties, found = channel.basic_get(parked_queue(QUEUE))
    assert found == body
    assert properties.headers["origin"] == "elsewhere"


def test_a_message_that_nobody_ever_answers_for_is_parked(
    run: Any, publish: Publish, eventually: Any, amqp_uri: str, channel: Any
) -> None:
    run(Hears).stop()
    publish("e-1")
    for _ in range(MAX_DELIVERIES):  # as if the process had died each time
        method, _, _ = channel.basic_get(QUEUE)
        channel.basic_nack(method.delivery_tag)
    run(Hears)
    (waiting,) = eventually(lambda: parked(amqp_uri, QUEUE))
    assert waiting.code == "never_answered"
    assert Hears.calls == Hears.heard == []


def test_a_compressed_message_is_not_unpacked(
    run: Any, publish: Publish, eventually: Any, amqp_uri: str, authority: str
) -> None:
    run(Hears)
    packed = zlib.compress(json.dumps(message(authority, "e-1")).encode())
    publish("e-1", body=packed, headers={"compression": "zlib"})
    (waiting,) = eventually(lambda: parked(amqp_uri, QUEUE))
    assert waiting.code == "not_json"


def test_a_parked_message_can_be_sent_round_again_and_is_parked_anew_if_that_fails(
    run: Any, publish: Publish, eventually: Any, amqp_uri: str
) -> None:
    run(Hears)
    Hears.behaviour = staticmethod(always_fail)
    publish("e-1", content_type=None)
    publish("e-2")
    eventually(lambda: len(parked(amqp_uri, QUEUE)) == 2)
    assert retry_parked(amqp_uri, QUEUE, "no such message") == 0
    assert retry_parked(amqp_uri, QUEUE) == 2
    eventually(lambda: len(Hears.calls) == 20)
    again = eventually(lambda: len(parked(amqp_uri, QUEUE)) == 2 and parked(amqp_uri, QUEUE))
    assert [(each.attempts, each.routing_key) for each in again] == [(5, "PetitionReceived")] * 2
    Hears.behaviour = staticmethod(do_nothing)
    assert retry_parked(amqp_uri, QUEUE, again[0].id) == 1
    eventually(lambda: len(Hears.heard) == 1)
    assert parked(amqp_uri, QUEUE) == [again[1]]


def test_who_names_a_message_that_is_not_parked_is_told_so_and_sends_nothing(amqp_uri: str) -> None:
    done = CliRunner().invoke(main, ["parked", "--retry", "nope", "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["error"]["code"] == "unknown_id"
    assert "nothing is parked under nope: `donthu parked` lists what is" in done.stderr


def test_looking_at_parked_messages_leaves_them_where_they_are(
    run: Any, publish: Publish, eventually: Any, amqp_uri: str
) -> None:
    run(Hears)
    publish("e-1", body=b"{")
    first = eventually(lambda: parked(amqp_uri, QUEUE))
    for _ in range(30):
        assert parked(amqp_uri, QUEUE) == first


def test_a_service_outlives_a_connection_lost_while_it_works(
    stack: Any, run: Any, publish: Publish, eventually: Any
) -> None:
    HearsSlowly.may_end = eventlet.Event()
    container = run(HearsSlowly)
    publish("e-1")
    eventually(lambda: HearsSlowly.begun)
    stack.broker_control("close_all_connections", "--vhost", "donthu", "test")
    HearsSlowly.may_end.send()
    # Once on the connection that is gone, and once more since nobody could answer for that.
    eventually(lambda: HearsSlowly.heard == ["e-1", "e-1"])
    assert container.started


def send_as_agency(uri: str, routing_key: str, body: bytes, **properties: Any) -> None:
    send(uri, "agencies", routing_key, body, **properties)


INBOX = "test_takes.inbox"


def test_an_agency_that_sends_too_much_at_once_waits_and_loses_nothing(
    stack: Any, run: Any, eventually: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DONTHU_AGENCY_RATE", "2/3")
    run(Takes)
    began = time.monotonic()
    for number in range(7):
        send_as_agency(
            stack.agency_uri("portal"), "portal.PetitionReceived", b"{}", message_id=f"m-{number}"
        )
    eventually(lambda: len(Takes.taken) == 7)
    assert time.monotonic() - began >= 2.0  # three at once, then two in a second
    assert {taken.message_id for taken in Takes.taken} == {f"m-{number}" for number in range(7)}


def test_an_inbox_gets_the_message_as_it_was_sent(
    stack: Any, run: Any, eventually: Any, authority: str
) -> None:
    run(Takes)
    send_as_agency(
        stack.agency_uri("portal"),
        "portal.PetitionReceived",
        b"\xff not json",
        content_type="application/cloudevents+json; charset=UTF-8",
        message_id="m-1",
        user_id="agency_portal",
        reply_to="agency.portal.replies",
        headers={"cloudEvents:id": "m-1"},
    )
    (taken,) = eventually(lambda: Takes.taken)
    assert taken == RawMessage(
        body=b"\xff not json",
        headers={"cloudEvents:id": "m-1"},
        content_type="application/cloudevents+json; charset=UTF-8",
        content_encoding=None,
        message_id="m-1",
        correlation_id=None,
        user_id="agency_portal",
        routing_key="portal.PetitionReceived",
        reply_to="agency.portal.replies",
    )


def test_what_an_inbox_parks_is_ciphertext_and_comes_back_as_it_was(
    stack: Any, run: Any, eventually: Any, amqp_uri: str, channel: Any
) -> None:
    run(Takes)
    Takes.behaviour = staticmethod(always_fail)
    send_as_agency(
        stack.agency_uri("portal"),
        "portal.PetitionReceived",
        NAME.encode(),
        message_id=NAME,
        user_id="agency_portal",
        headers={"subject": NAME, "tries": 3},
    )
    (waiting,) = eventually(lambda: parked(amqp_uri, INBOX))
    assert waiting.is_sealed
    assert waiting.routing_key == "portal.PetitionReceived"
    guessed = derived_id("test_takes.inbox", NAME, sha256(NAME.encode()).hexdigest())
    assert waiting.id == derived_id("test_takes.inbox", f"keyed {guessed}")
    method, properties, body = channel.basic_get(parked_queue(INBOX))
    assert NAME.encode() not in body
    assert NAME not in repr(properties)
    assert properties.headers["sealed"] is True
    channel.basic_nack(method.delivery_tag)  # not confirmed: it comes back some time after

    eventually(lambda: retry_parked(amqp_uri, INBOX, waiting.id) == 1)
    eventually(lambda: len(parked(amqp_uri, INBOX)) == 1)  # and once more, sealed once
    Takes.behaviour = staticmethod(do_nothing)
    assert retry_parked(amqp_uri, INBOX) == 1
    (taken,) = eventually(lambda: Takes.taken)
    assert (taken.body, taken.message_id) == (NAME.encode(), NAME)
    assert taken.headers == {"subject": NAME, "tries": 3}
    assert (taken.user_id, taken.routing_key) == ("agency_portal", "portal.PetitionReceived")


def test_a_retried_message_keeps_the_routing_key_it_was_sent_with(
    stack: Any, run: Any, eventually: Any
) -> None:
    run(Takes)
    keys: list[str] = []

    def fail_once(message: RawMessage) -> None:
        keys.append(message.routing_key)
        if len(keys) == 1:
            raise ValueError(NAME)

    Takes.behaviour = staticmethod(fail_once)
    send_as_agency(stack.agency_uri("portal"), "portal.PetitionReceived", b"{}")
    eventually(lambda: Takes.taken)
    assert keys == ["portal.PetitionReceived"] * 2


@pytest.mark.parametrize(
    "headers",
    [
        {"x-death": [{"queue": INBOX, "reason": "rejected", "count": 1, "routing-keys": ["p.X"]}]},
        {"retried": {"routing_key": "police.PetitionReceived", "user_id": "agency_police"}},
        {"sealed": True},
    ],
)
def test_an_agency_cannot_pass_for_another_by_forged_headers(
    headers: dict[str, Any], stack: Any, run: Any, eventually: Any, amqp_uri: str
) -> None:
    run(Takes)
    send_as_agency(
        stack.agency_uri("portal"), "portal.PetitionReceived", NAME.encode(), headers=headers
    )
    (waiting,) = eventually(lambda: parked(amqp_uri, INBOX))
    assert (waiting.code, waiting.is_sealed) == ("forged_header", True)
    assert Takes.taken == []


def test_an_inbox_without_a_way_to_seal_does_not_start(amqp_uri: str) -> None:
    class Careless:
        name = "test_careless"

        @inbox("test_careless.inbox")
        def on_message(self, message: RawMessage) -> None: ...

    with pytest.raises(TypeError, match="seal_for_parking"):
        ServiceContainer(Careless, {"AMQP_URI": amqp_uri}).start()
