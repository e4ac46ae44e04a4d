"""What is parked, for the command line: list it, send it round again. Plain pika, no nameko.

A message is parked by `shared.listening` after its last attempt, or at once if it cannot be read.
Nothing is ever deleted here.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pika
from pika.adapters.blocking_connection import BlockingChannel

from shared import broker
from shared.queues import PARKED, RETRIED, SEALED, parked_queue

_PERSISTENT = 2
GIVEN_BACK_S = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class ParkedMessage:
    """A message that waits for a person; holds nothing of its content."""

    id: str
    queue: str  # that it failed in
    routing_key: str  # event type, or `<agency>.<EventType>`
    reason: str  # type of the exception
    code: str  # stable
    attempts: int
    first_failed_at: str  # RFC 3339, UTC
    last_failed_at: str
    is_sealed: bool


def parked(amqp_uri: str, queue: str) -> list[ParkedMessage]:
    """Everything parked behind a queue, oldest first; stays where it is.

    While this looks, another that looks sees the rest only.

    Raises:
        pika.exceptions.ChannelClosedByBroker: there is no such queue.
    """
    with _channel(amqp_uri) as channel:
        found = list(_all(channel, queue))
        _give_back(channel, queue, len(found))
        return [_described(queue, properties) for _, properties, _ in found]


def retry_parked(amqp_uri: str, queue: str, id: str | None = None) -> int:
    """Put the parked message with this id, or all, back into the queue; tells how many that were.

    Each begins with its first attempt again, and is taken out only when the queue has confirmed it;
    a fault in between leaves it in both.

    Raises:
        pika.exceptions.ChannelClosedByBroker: there is no such queue.
        pika.exceptions.UnroutableError: its queue is missing, see deploy/topology.py.
    """
    moved = 0
    with _channel(amqp_uri) as channel:
        channel.confirm_delivery()
        found = list(_all(channel, queue))
        for method, properties, body in found:
            if id is not None and properties.message_id != id:
                continue
            channel.basic_publish("", queue, body, _restored(properties), mandatory=True)
            channel.basic_ack(method.delivery_tag)
            moved += 1
        _give_back(channel, queue, len(found) - moved)
    return moved


@contextmanager
def _channel(amqp_uri: str) -> Iterator[BlockingChannel]:
    connection = pika.BlockingConnection(broker.parameters(amqp_uri))
    try:
        yield connection.channel()
    finally:
        if connection.is_open:
            connection.close()


def _all(channel: BlockingChannel, queue: str) -> Iterator[tuple[Any, Any, bytes]]:
    name = parked_queue(queue)
    count = channel.queue_declare(name, passive=True).method.message_count
    for _ in range(count):
        method, properties, body = channel.basic_get(name)
        if method is None:  # somebody else was faster
            return
        yield method, properties, body


def _give_back(channel: BlockingChannel, queue: str, count: int) -> None:
    """Put back what was not acknowledged, and wait until whoever looks next sees it.

    The end of the connection would put it back too, but some time after it has been closed.
    """
    if not count:
        return
    channel.basic_nack(delivery_tag=0, multiple=True, requeue=True)  # 0: all of them
    name, deadline = parked_queue(queue), time.monotonic() + GIVEN_BACK_S
    while time.monotonic() < deadline:  # for ever, if somebody else has taken one meanwhile
        if channel.queue_declare(name, passive=True).method.message_count >= count:
            return
        time.sleep(0.01)


def _described(queue: str, properties: Any) -> ParkedMessage:
    told = properties.headers[PARKED]
    return ParkedMessage(
        id=properties.message_id,
        queue=queue,
        routing_key=told["routing_key"],
        reason=told["reason"],
        code=told["code"],
        attempts=told["attempts"],
        first_failed_at=told["first_failed_at"],
        last_failed_at=told["last_failed_at"],
        is_sealed=bool(properties.headers.get(SEALED)),
    )


def _restored(properties: Any) -> Any:
    """As it was before it was parked; what cannot be given back to the broker goes in a header."""
    headers = dict(properties.headers)
    told = headers.pop(PARKED)
    again = {"routing_key": told["routing_key"]}
    if told.get("user_id"):  # the broker takes only the publisher's own
        again["user_id"] = told["user_id"]
    return pika.BasicProperties(
        headers=headers | {RETRIED: again},
        content_type=told.get("content_type"),
        content_encoding=told.get("content_encoding"),
        message_id=told.get("message_id"),
        correlation_id=properties.correlation_id,
        reply_to=properties.reply_to,
        delivery_mode=_PERSISTENT,
    )
