"""What the broker refuses: each user publishes, reads and declares its own and nothing else."""

from collections.abc import Callable, Iterator
from typing import Any

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker

from deploy.topology import families_of_services
from deploy.users import OF_BROKER, OPERATOR, RELAY, RPC, SERVICES, STAFF
from shared import broker, contracts
from shared.queues import ANSWERS, INBOX, PARKING, REJECTED, events_exchange

ALL = [user for user in OF_BROKER if user != OPERATOR]
AGENCIES = ["portal", "police"]
ACCESS_REFUSED = 403
UUID = "0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"

Ask = Callable[[Any], Any]


@pytest.fixture(scope="module")
def channel(stack: Any, amqp_uri: str) -> Iterator[Callable[[str], Any]]:
    """A channel with the login of one user; new each time, as a refusal closes it."""
    stack.add_agency("police")
    known: dict[str, Any] = {}

    def opened(user: str) -> Any:
        if user not in known:
            is_agency = user in AGENCIES
            uri = stack.agency_uri(user) if is_agency else stack.environment(user)["AMQP_URI"]
            known[user] = pika.BlockingConnection(broker.parameters(uri))
        return known[user].channel()

    yield opened
    for connection in known.values():
        connection.close()


def publish(exchange: str, key: str) -> Ask:
    """Where no queue is bound the message goes nowhere, but who may not publish hears of it."""

    def ask(channel: Any) -> None:
        channel.confirm_delivery()
        channel.basic_publish(exchange, key, b"{}")

    return ask


def consume(queue: str) -> Ask:
    return lambda channel: channel.basic_get(queue)


def refused(channel: Any, ask: Ask) -> bool:
    try:
        ask(channel)
    except ChannelClosedByBroker as closed:
        if closed.reply_code != ACCESS_REFUSED:
            raise
        return True
    channel.close()
    return False


def owner_of(queue: str) -> str:
    return queue.split(".")[0].removeprefix("rpc-")


@pytest.fixture(scope="module")
def queues() -> list[str]:
    """Of all services."""
    families = (INBOX, *families_of_services())
    return sorted({queue.name for family in families for queue in family.queues()})


@pytest.mark.parametrize("user", [*ALL, *AGENCIES])
def test_nobody_reads_anothers_queue(channel: Any, queues: list[str], user: str) -> None:
    foreign = [queue for queue in queues if owner_of(queue) != user]
    foreign += [REJECTED, *(f"agency.{agency}.replies" for agency in AGENCIES if agency != user)]
    assert [queue for queue in foreign if not refused(channel(user), consume(queue))] == []


@pytest.mark.parametrize("user", SERVICES)
def test_a_service_reads_its_own_queues(channel: Any, queues: list[str], user: str) -> None:
    own = [queue for queue in queues if owner_of(queue) == user]
    assert own
    assert [queue for queue in own if refused(channel(user), consume(queue))] == []


@pytest.mark.parametrize("user", [*ALL, *AGENCIES])
def test_only_the_relay_publishes_events(channel: Any, user: str) -> None:
    exchanges = [events_exchange(service) for service in contracts.OWNED]
    may = [e for e in exchanges if not refused(channel(user), publish(e, "TestOfRights"))]
    assert may == (exchanges if user == RELAY else [])


@pytest.mark.parametrize("user", [*ALL, *AGENCIES])
def test_nobody_publishes_straight_into_a_queue(channel: Any, user: str) -> None:
    assert refused(channel(user), publish("", "test.of.rights"))
    assert refused(channel(user), publish("amq.topic", "test.of.rights"))


@pytest.mark.parametrize("user", [*ALL, *AGENCIES])
def test_only_staff_calls_services(channel: Any, user: str) -> None:
    def calls(service: str) -> bool:
        return not refused(channel(user), publish(RPC, f"{service}.test_of_rights"))

    assert [service for service in SERVICES if calls(service)] == (
        list(SERVICES) if user == STAFF else []
    )


@pytest.mark.parametrize("user", SERVICES)
def test_a_service_answers_its_callers_and_asks_itself_how_it_is(channel: Any, user: str) -> None:
    assert not refused(channel(user), publish(RPC, UUID))
    for service in SERVICES:
        asking = publish(RPC, f"{service}.health")
        assert refused(channel(user), asking) == (service != user)


@pytest.mark.parametrize("user", SERVICES)
def test_a_service_parks_its_own_messages_only(channel: Any, user: str) -> None:
    for service in SERVICES:
        parking = publish(PARKING, f"{service}.test_of_rights.parked")
        assert refused(channel(user), parking) == (service != user)


@pytest.mark.parametrize("user", [*ALL, *AGENCIES])
def test_only_intake_answers_agencies(channel: Any, user: str) -> None:
    for exchange in (ANSWERS, REJECTED):
        assert refused(channel(user), publish(exchange, "agency.test.replies")) == (
            user != "intake"
        )


@pytest.mark.parametrize("user", AGENCIES)
def test_an_agency_writes_under_its_own_name_only(channel: Any, user: str) -> None:
    for agency in AGENCIES:
        writing = publish("agencies", f"{agency}.TestOfRights")
        if agency == user:
            continue  # intake's inbox would take it
        assert refused(channel(user), writing)


@pytest.mark.parametrize("user", [*ALL, *AGENCIES])
def test_nobody_hears_the_calls_of_others(channel: Any, user: str) -> None:
    """A caller's queue bound to every call would get what staff send, names and all."""
    queue = f"rpc.reply-{user}-test"

    def bound(key: str) -> Ask:
        def ask(channel: Any) -> None:
            classic = {"x-queue-type": "classic"}
            channel.queue_declare(queue, exclusive=True, auto_delete=True, arguments=classic)
            channel.queue_bind(queue, RPC, key)

        return ask

    heard = ["#", "intake.*", "intake.register_petition", "*.health", "*"]
    others = [key for key in heard if key != f"{user}.*"]
    assert [key for key in others if not refused(channel(user), bound(key))] == []


@pytest.mark.parametrize("user", [*ALL, *AGENCIES])
def test_exchanges_and_the_queues_of_others_are_the_operators(
    channel: Any, queues: list[str], user: str
) -> None:
    exchanges = [*map(events_exchange, contracts.OWNED), ANSWERS, REJECTED, PARKING, "agencies"]
    may = [e for e in exchanges if not refused(channel(user), lambda c, e=e: c.exchange_delete(e))]
    assert may == []
    foreign = [queue for queue in queues if owner_of(queue) != user]
    for queue in foreign:
        assert refused(channel(user), lambda c, queue=queue: c.queue_delete(queue))
        assert refused(channel(user), lambda c, queue=queue: c.queue_purge(queue))


@pytest.mark.parametrize("user", [user for user in ALL if user != STAFF])
def test_only_staff_declares_the_exchange_of_calls_as_namekos_client_does(
    channel: Any, user: str
) -> None:
    def declared(channel: Any) -> None:
        channel.exchange_declare(RPC, "topic", durable=True)

    assert refused(channel(user), declared)
    assert not refused(channel(STAFF), declared)
