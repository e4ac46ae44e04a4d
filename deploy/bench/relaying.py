"""From the ledger to the broker: our relay beside a plain pika publisher with the same window.

The reference has every message ready in memory and knows neither order of confirmation, nor leases,
nor where to go on after a crash. Both publish the same messages to the same exchange.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Any

import orjson
import pika

from deploy.bench import material
from deploy.bench.driving import timed
from deploy.bench.measuring import Floor, Round, Table, alternate, compare
from shared import broker, relay
from shared.lease import DATABASE
from shared.mongo_log import MongoLog, connect, create_indexes
from shared.queues import events_exchange, plain_queue
from shared.settings import Settings

WARDS = 20
QUEUE = "bench.relayed"
SERVICES = ("intake", "assignment", "deadlines")


def measure(environment: Mapping[str, str], rounds: int, events: int) -> Table:
    """Fills the ledger with about so many events. For a private stack only: the ledger, the relay's
    positions and the queues are those that services use, and its services must not run.
    """
    total = _fill(environment["MONGO_URI"], events)
    _declare(environment["AMQP_URI"])
    with ProcessPoolExecutor(1, get_context("spawn")) as apart:

        def one(side: Any) -> Round:
            _purge(environment["AMQP_URI"])
            done: Round = apart.submit(side, dict(environment), total).result()
            assert _waiting(environment["AMQP_URI"]) >= total, "messages were lost"
            return done

        ours, plain = alternate(rounds, partial(one, _relay_all), partial(one, _publish_all))
    return Table(
        title="Relay to the broker, confirmed",
        unit="events/s",
        ours=f"`shared.relay`, {total:,} events of {WARDS} authorities, read from MongoDB",
        reference="plain pika, the same messages from memory, the same window of confirms",
        rows=(compare("one quorum queue", ours, plain, Floor(rate=6000)),),
    )


def _fill(mongo_uri: str, events: int) -> int:
    client = connect(mongo_uri)
    create_indexes(client)
    log = MongoLog(client)

    def live(number: int) -> int:
        ward, proposals = material.authority(number % WARDS), material.life(f"{number:012d}")
        return sum(len(log.append(ward, each).proposal.events) for each in proposals)

    with ThreadPoolExecutor(16) as side_by_side:
        written = sum(side_by_side.map(live, range(events // 20)))
    client.close()
    return written


def _declare(amqp_uri: str) -> None:
    with pika.BlockingConnection(broker.parameters(amqp_uri)) as connection:
        channel = connection.channel()
        queue = plain_queue(QUEUE)
        channel.queue_declare(queue.name, durable=True, arguments=dict(queue.arguments))
        for service in SERVICES:
            exchange = events_exchange(service)
            channel.exchange_declare(exchange, exchange_type="topic", durable=True)
            channel.queue_bind(QUEUE, exchange, "#")


def _purge(amqp_uri: str) -> None:
    with pika.BlockingConnection(broker.parameters(amqp_uri)) as connection:
        connection.channel().queue_purge(QUEUE)


def _waiting(amqp_uri: str) -> int:
    with pika.BlockingConnection(broker.parameters(amqp_uri)) as connection:
        found = connection.channel().queue_declare(QUEUE, passive=True)
        return int(found.method.message_count)


# -- in a process of its own


def _relay_all(environment: Mapping[str, str], total: int) -> Round:
    """From the first look at the ledger until every position is stored as confirmed."""
    os.environ.update(environment)
    worker = relay.Relay(Settings.from_environment())
    worker.client.drop_database(DATABASE)
    heads = sum(map(worker.log.head, worker.log.authorities()))
    positions = worker.client[DATABASE]["positions"]
    fence = worker.lease.take()
    assert fence, "another relay runs"

    def stop_when_done() -> None:
        while sum(found["position"] for found in positions.find()) < heads:
            time.sleep(0.05)
        worker.stopping.set()

    def work() -> int:
        threading.Thread(target=stop_when_done).start()
        relay.Session(worker, fence).run()
        return total

    try:
        return timed(work)
    finally:
        worker.lease.release()
        worker.client.close()


def _publish_all(environment: Mapping[str, str], total: int) -> Round:
    client = connect(environment["MONGO_URI"])
    log = MongoLog(client)
    messages = [
        (relay.exchange_of(event), event.type, orjson.dumps(event.message()))
        for authority in log.authorities()
        for commit in log.after(authority, 0)
        for event in commit.recorded()
    ]
    client.close()
    done = timed(lambda: _Publisher(environment["AMQP_URI"], messages).run())
    assert done.done == total
    return done


class _Publisher:
    """As little as can publish with a window of confirms in pika."""

    def __init__(self, amqp_uri: str, messages: list[tuple[str, str, bytes]]) -> None:
        self._messages = iter(messages)
        self._under_way: deque[int] = deque()
        self._tag = self._confirmed = 0
        self._connection = pika.SelectConnection(
            broker.parameters(amqp_uri)[0],
            on_open_callback=lambda opened: opened.channel(on_open_callback=self._opened),
        )

    def run(self) -> int:
        self._connection.ioloop.start()
        return self._confirmed

    def _opened(self, channel: Any) -> None:
        self._channel = channel
        channel.confirm_delivery(self._answered, callback=lambda _frame: self._send())

    def _send(self) -> None:
        persistent = pika.BasicProperties(content_type="application/json", delivery_mode=2)
        while len(self._under_way) < relay.WINDOW:
            message = next(self._messages, None)
            if message is None:
                break
            self._tag += 1
            self._under_way.append(self._tag)
            self._channel.basic_publish(*message, persistent, mandatory=True)
        if not self._under_way:
            self._connection.add_on_close_callback(lambda *_: self._connection.ioloop.stop())
            self._connection.close()

    def _answered(self, frame: Any) -> None:
        answer = frame.method
        if answer.multiple:
            while self._under_way and self._under_way[0] <= answer.delivery_tag:
                self._under_way.popleft()
                self._confirmed += 1
        else:
            self._under_way.remove(answer.delivery_tag)
            self._confirmed += 1
        self._send()
