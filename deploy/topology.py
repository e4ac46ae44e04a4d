"""Exchanges, queues and bindings on the broker: all of them, before the first message flows.

Queues of listeners are not listed here: they are read off the services' methods. Who may do what on
the broker is not here, but with its users.
"""

import importlib
import pkgutil
from collections.abc import Iterable

import pika

import services
from deploy.users import RPC
from shared import broker, contracts
from shared.queues import (
    AGENCIES,
    ANSWERS,
    INBOX,
    PARKING,
    REJECTED,
    Family,
    events_exchange,
    plain_queue,
    replies_queue,
)


def declare(amqp_uri: str, agencies: Iterable[str] = ("portal",)) -> None:
    """Make everything that messages pass through; harmless where it is there already.

    A binding that is no longer wanted is not taken away.

    Raises:
        pika.exceptions.ChannelClosedByBroker: something is there with other arguments, which the
            text names; delete it once it is empty.
    """
    connection = pika.BlockingConnection(broker.parameters(amqp_uri))
    try:
        channel = connection.channel()
        # As nameko's own `@event_handler` declares it, since services that are not ours listen.
        ours = (AGENCIES, ANSWERS, REJECTED, PARKING, RPC)
        for exchange in (*ours, *map(events_exchange, contracts.OWNED)):
            channel.exchange_declare(exchange, exchange_type="topic", durable=True)
        answers = [plain_queue(replies_queue(agency)) for agency in agencies]
        for queue in (plain_queue(REJECTED), *answers):
            channel.queue_declare(queue.name, durable=True, arguments=dict(queue.arguments))
        channel.queue_bind(REJECTED, REJECTED, "#")
        for queue in answers:
            channel.queue_bind(queue.name, ANSWERS, queue.name)
        for family in (INBOX, *families_of_services()):
            for queue in family.queues():
                channel.queue_declare(queue.name, durable=True, arguments=dict(queue.arguments))
            for name, exchange, routing_key in family.all_bindings():
                channel.queue_bind(name, exchange, routing_key)
    finally:
        if connection.is_open:
            connection.close()


def families_of_services() -> list[Family]:
    """The queues of every method that listens, in every service of this repository."""
    # Brings nameko in, which the command line needs for nothing else.
    from shared.listening import families

    found: list[Family] = []
    for name in sorted(module.name for module in pkgutil.iter_modules(services.__path__)):
        for member in vars(importlib.import_module(f"services.{name}.service")).values():
            if isinstance(member, type) and isinstance(getattr(member, "name", None), str):
                found.extend(families(member))
    return found
