"""Ten thousand hostile messages: none is taken, each is answered or parked, and nothing ends.

That a thing is refused with the right code is told in `test_bad_input`; here is that nothing is
overlooked, whatever comes. The messages are made in `hostile`, from a seed.
"""

import json
import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any

import pika
import pytest

from services.assignment.service import AssignmentService
from services.deadlines.service import DeadlinesService
from services.intake.service import IntakeService
from services.reporting.service import ReportingService
from shared.calling import _Rpc
from shared.ledger import flatten
from shared.parking import parked
from shared.queues import AGENCIES, INBOX, replies_queue
from tests.acceptance.hostile import Hostile, Method, Properties, Tokens, bad_tokens, calls, letters
from tests.acceptance.world import complaint, from_portal

CALLS, LETTERS = 6000, 4000
AT_ONCE = 200  # calls that wait for their answers
SEED = 20261123

#: What a caller may be told; anything else is a fault of ours that nobody foresaw.
FORESEEN = {"Malformed", "Refused", "MalformedRequest", "MethodNotFound", "IncorrectSignature"}
SERVICES = (IntakeService, AssignmentService, DeadlinesService, ReportingService)


def methods() -> list[Method]:
    """Every method that is called over RPC."""
    return [
        Method.of(f"{service.name}.{name}", method.__doc__ or "")
        for service in SERVICES
        for name, method in sorted(vars_of(service).items())
        if any(isinstance(each, _Rpc) for each in getattr(method, "nameko_entrypoints", ()))
    ]


def vars_of(service: type) -> dict[str, Any]:
    return {name: value for base in reversed(service.__mro__) for name, value in vars(base).items()}


@pytest.fixture
def quiet_end(system: Any) -> Iterator[None]:
    """At the end everything still runs, and no log tells of what nobody foresaw."""
    before = {name: len(system.logs(name)) for name in ("relay", *(s.name for s in SERVICES))}
    pids = system.pids()
    yield
    system.check_all_run()
    assert system.pids() == pids
    for name, length in before.items():
        logged = system.logs(name)[length:]
        assert "Traceback" not in logged
        unforeseen = [
            line
            for line in logged.splitlines()
            if '"level": "error"' in line
            and '"event": "parked"' not in line
            and '"exception": "NotReadable"' not in line
        ]
        assert unforeseen == [], name


class Caller:
    """Calls many at once over one connection; `told` counts the answers by what they say."""

    def __init__(self, amqp_uri: str) -> None:
        self._connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
        self._channel = self._connection.channel()
        self._reply_to = str(uuid.uuid4())
        queue = f"rpc.reply-{self._reply_to}"
        self._channel.queue_declare(queue, exclusive=True, arguments={"x-queue-type": "classic"})
        self._channel.queue_bind(queue, "nameko-rpc", self._reply_to)
        self._channel.basic_consume(queue, self._heard, auto_ack=True)
        self._waiting: dict[str, Hostile] = {}
        self.told: Counter[str] = Counter()
        self.unforeseen: list[tuple[Hostile, Any]] = []

    def send(self, messages: Iterable[Hostile]) -> int:
        """Send all, and wait for every answer; how many can have none."""
        mute = 0
        for message in messages:
            id = uuid.uuid4().hex
            if message.is_readable:
                self._waiting[id] = message
            mute += not message.is_readable
            answer = {"reply_to": self._reply_to.encode(), "correlation_id": id.encode()}
            properties = Properties({**answer, **message.properties}, message.headers)
            self._channel.basic_publish("nameko-rpc", message.key, message.body, properties)
            self._until_fewer_than(AT_ONCE)
        self._until_fewer_than(1)
        return mute

    def close(self) -> None:
        self._connection.close()

    def _until_fewer_than(self, count: int) -> None:
        silent_s = 0
        while len(self._waiting) >= count:
            known = len(self._waiting)
            self._connection.process_data_events(time_limit=1)
            silent_s = silent_s + 1 if len(self._waiting) == known else 0
            assert silent_s < 30, f"no answer to {list(self._waiting.values())[:3]!r}"[:3000]

    def _heard(self, _channel: Any, _method: Any, properties: Any, body: bytes) -> None:
        message = self._waiting.pop(properties.correlation_id, None)
        if message is None:
            return  # to a message whose properties nobody ought to be able to read
        error = json.loads(body)["error"]
        self.told[error["exc_type"] if error else "answered"] += 1
        if error and error["exc_type"] not in FORESEEN:
            self.unforeseen.append((message, error))


@pytest.fixture
def caller(amqp_uri: str) -> Iterator[Caller]:
    caller = Caller(amqp_uri)
    yield caller
    caller.close()


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("quiet_end")
def test_no_call_is_taken_unless_it_is_meant_and_every_one_is_answered(
    rpc: Any, token: Callable[..., str], authority: str, log: Any, caller: Caller, system: Any
) -> None:
    file = rpc.intake.register_petition(complaint())["file"]
    system.await_quiet()
    before = log.head(authority)
    good = token(authority)
    others = (
        token(authority, valid=timedelta(minutes=-5)),
        token(authority, audience="another-system"),
        token(authority, actor="agency:portal"),
        token(authority, "no_such_role"),
        token("", actor="officer:"),
    )
    tokens = Tokens(good=good, bad=bad_tokens(good, others))
    hostile = calls(random.Random(SEED), methods(), CALLS, tokens, file)
    mute = caller.send(hostile)
    assert caller.unforeseen[:3] == []
    assert sum(caller.told.values()) + mute == CALLS
    # Of a file that is there the ledger keeps who tried to learn who denounced; nothing else.
    added = [commit for commit in log.after(authority, before)]
    kept = {event.type for event in flatten(added)}
    assert kept <= {"IdentityAccessDenied"}
    system.await_quiet()


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("quiet_end")
def test_no_letter_is_taken_and_every_one_is_answered_or_parked(
    stack: Any,
    portal: Any,
    authority: str,
    log: Any,
    amqp_uri: str,
    system: Any,
) -> None:
    chance = random.Random(SEED)
    parked_before = len(parked(amqp_uri, INBOX.name))

    def event() -> dict[str, Any]:
        return portal.event(portal.new_id(authority), from_portal(authority))

    connection = pika.BlockingConnection(pika.URLParameters(stack.agency_uri("portal")))
    try:
        channel = connection.channel()
        channel.queue_purge(replies_queue("portal"))
        channel.confirm_delivery()
        for letter in letters(chance, LETTERS, event):
            properties = Properties(letter.properties, letter.headers)
            channel.basic_publish(AGENCIES, letter.key, letter.body, properties, mandatory=True)
        told: Counter[str] = Counter()
        silent = 0
        while silent < 3:
            silent += 1
            for method, _, body in channel.consume(replies_queue("portal"), inactivity_timeout=5):
                if method is None:
                    break
                silent = 0
                told[json.loads(body)["type"]] += 1
                channel.basic_ack(method.delivery_tag)
            if not system.waiting().get(INBOX.name) and silent:
                break
    finally:
        connection.close()
    aside = len(parked(amqp_uri, INBOX.name)) - parked_before
    assert set(told) == {"PetitionRejected"}
    assert told["PetitionRejected"] + aside == LETTERS
    assert log.head(authority) == 0
    system.await_quiet()
