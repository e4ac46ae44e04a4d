"""Publishes what the ledger holds to the broker: `python -m shared.relay`, a process of its own.

Each event of each commit goes, in ledger order, to the exchange of the service that owns it, with
its type as routing key. An authority's position moves only when the broker has confirmed everything
up to it, so nothing is ever left out; after a fault some is sent twice. Any number of relays may
run: one holds the lease and works, the others wait for it. Exchanges and queues are not declared
here.

Plain Python and one thread around pika's event loop, since a publisher under nameko would wait one
round trip for each event. Two more threads: one hears of new commits, one ends the process when it
is stuck.
"""

import os
import signal
import threading
import time
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import orjson
import pika
import pymongo
from pika.exceptions import AMQPError
from pika.spec import Basic
from pymongo.collection import Collection
from pymongo.errors import PyMongoError

from shared import broker, contracts, logs, mongo_log
from shared.errors import HoleInLog, LogUnavailable
from shared.lease import LEASE_MS, Lease, LeaseLost, Positions
from shared.ledger import Commit, Log, Recorded
from shared.queues import events_exchange
from shared.settings import Settings

Document = dict[str, Any]

WINDOW = 500  # events sent and not yet confirmed, about
PAGE = 250  # commits read at once
TICK_S = 0.02  # how soon news is taken up
STORE_S = 0.25  # between writings of positions; what was sent since is sent again after a crash
LOOK_S = 2.0  # between looks at all authorities while the database does not tell us of news
HEARING_LOOK_S = 60.0  # while it does, should something have slipped through
HOLD_S = 2.0  # an authority whose event was not taken waits this long
STALL_S = 30.0  # without progress though there is work: the process ends
FINISH_S = 3.0  # what is under way at SIGTERM may be confirmed until then
CLOSE_S = 2.0  # for the broker to say good-bye
_PERSISTENT = 2
#: Who owns events of a type that only a newer release knows.
_OWNER_BY_CATEGORY = {
    "petition": "intake",
    "case": "assignment",
    "clock": "deadlines",
    "report": "reporting",
    "balance": "reporting",
}

log = logs.get(__name__)


class BrokerLost(Exception):
    """The connection ended, or never began."""


class OwnerUnknown(Exception):
    """No service is known to own this type of event."""


@dataclass(slots=True)
class Line:
    """One authority on its way through the broker."""

    authority: str
    sent: int  # position up to which everything was published in this session
    stored: int
    waiting: dict[int, int] = field(default_factory=dict)  # position -> events not yet confirmed
    turn: int = 0  # rises when the line is taken back; confirmations of earlier turns do not count
    held_until: float = 0.0

    @property
    def confirmed(self) -> int:
        return next(iter(self.waiting)) - 1 if self.waiting else self.sent


class Session:
    """One connection to the broker under one lease; `run` returns only when told to stop."""

    def __init__(self, relay: "Relay", fence: int) -> None:
        self._relay, self._fence = relay, fence
        self._positions = Positions(relay.client, fence)
        self._lines: dict[str, Line] = {}
        self._due: dict[str, None] = {}  # authorities that may have more, in turn
        self._held: list[Line] = []
        self._moved: dict[str, Line] = {}
        self._under_way: dict[int, tuple[Line, int, int]] = {}  # tag -> line, turn, position
        self._tag = 0
        self._next_store = self._next_look = self._next_lease = self._end = 0.0
        self._fault: Exception | None = None
        self._is_over = self._is_send_set = False

    def run(self) -> None:
        """Raises LeaseLost, BrokerLost, LogUnavailable, AMQPError, PyMongoError."""
        parameters = next(self._relay.brokers)
        parameters.heartbeat = 10
        parameters.stack_timeout = 5
        connection = pika.SelectConnection(
            parameters,
            on_open_callback=lambda opened: opened.channel(on_open_callback=self._opened),
            on_open_error_callback=self._lost,
            on_close_callback=self._lost,
        )
        connection.add_on_connection_blocked_callback(
            lambda *_: log.error("broker_blocks_publishers")
        )
        self._loop = connection.ioloop
        try:
            self._loop.start()
        finally:
            self._is_over = True
            if connection.is_open:
                connection.close()
                self._loop.call_later(CLOSE_S, self._loop.stop)
                self._loop.start()  # until `_lost`
            self._loop.close()
        if self._fault:
            raise self._fault

    @property
    def _is_ending(self) -> bool:
        return self._is_over or self._relay.stopping.is_set()

    def _lost(self, _connection: Any, why: BaseException) -> None:
        if not self._is_over:
            self._fault = self._fault or BrokerLost(type(why).__name__)
        self._loop.stop()

    def _opened(self, channel: Any) -> None:
        self._channel = channel
        channel.add_on_return_callback(self._returned)
        channel.add_on_close_callback(self._channel_closed)
        # What may fail runs from the loop's timers: pika would take an exception out of its own
        # callbacks for a broken connection.
        channel.confirm_delivery(
            self._answered, callback=lambda _frame: self._loop.call_later(0, self._begin)
        )

    def _channel_closed(self, _channel: Any, why: Exception) -> None:
        if not self._is_over:  # such as for an exchange that is not there
            code = getattr(why, "reply_code", None)
            log.error("channel_closed", exception=type(why).__name__, code=code)
            self._fault = BrokerLost(f"channel closed: {code}")
        self._loop.stop()

    def _begin(self) -> None:
        for authority, position in self._positions.load().items():
            self._lines[authority] = Line(authority, sent=position, stored=position)
        log.info("relaying", fence=self._fence, authorities=len(self._lines))
        self._tick()

    def _tick(self) -> None:
        if self._is_over:
            return
        now = time.monotonic()
        if not self._under_way:
            self._relay.alive_at = now
        if now >= self._next_lease:
            self._next_lease = now + LEASE_MS / 3000
            if self._relay.lease.take() != self._fence:
                raise LeaseLost
        if now >= self._next_store:
            self._next_store = now + STORE_S
            self._store()
        if self._is_ending:
            self._end = self._end or now + FINISH_S
            if not self._under_way or now > self._end:
                self._store()
                self._loop.stop()
                return
        else:
            self._collect(now)
            self._send()
        self._loop.call_later(TICK_S, self._tick)

    def _collect(self, now: float) -> None:
        """Note which authorities have something to send."""
        news = self._relay.news
        while news:
            self._due[news.pop()] = None
        if any(line.held_until <= now for line in self._held):
            self._due |= {line.authority: None for line in self._held if line.held_until <= now}
            self._held = [line for line in self._held if line.held_until > now]
        if now >= self._next_look:
            self._next_look = now + (HEARING_LOOK_S if self._relay.hears else LOOK_S)
            self._look_everywhere()

    def _look_everywhere(self) -> None:
        """An authority's next commit can stand at one position only, so one query asks for all."""
        for authority in self._relay.commits.distinct("_id.authority"):
            if authority not in self._lines:
                self._due[authority] = None
        wanted = [{"authority": a, "position": x.sent + 1} for a, x in self._lines.items()]
        for found in self._relay.commits.find({"_id": {"$in": wanted}}, {"_id": 1}):
            self._due[found["_id"]["authority"]] = None

    def _send(self) -> None:
        self._is_send_set = False
        while self._due and len(self._under_way) < WINDOW and not self._is_ending:
            authority = next(iter(self._due))
            del self._due[authority]
            line = self._lines.setdefault(authority, Line(authority, sent=0, stored=0))
            if line.held_until > time.monotonic():
                continue  # comes again by itself
            before = line.sent
            try:
                for commit in self._relay.log.after(authority, line.sent, PAGE):
                    self._publish(line, commit)
            except (HoleInLog, OwnerUnknown) as fault:
                self._hold(line, exc_info=fault)
                continue
            if line.sent - before == PAGE:
                self._due[authority] = None

    def _publish(self, line: Line, commit: Commit) -> None:
        events = [(exchange_of(event), event) for event in commit.recorded()]
        line.waiting[commit.position] = len(events)
        line.sent = commit.position
        for exchange, event in events:
            self._tag += 1
            self._under_way[self._tag] = (line, line.turn, commit.position)
            self._channel.basic_publish(
                exchange,
                event.type,
                orjson.dumps(event.message()),
                pika.BasicProperties(
                    content_type="application/json",
                    content_encoding="utf-8",
                    delivery_mode=_PERSISTENT,
                    message_id=event.id,
                    headers={"correlation": event.correlation, "authority": event.authority},
                ),
                mandatory=True,
            )

    def _answered(self, frame: Any) -> None:
        answer = frame.method
        self._relay.alive_at = time.monotonic()
        tags = [answer.delivery_tag]
        if answer.multiple:
            tags = []
            for tag in self._under_way:
                if tag > answer.delivery_tag:
                    break
                tags.append(tag)
        for tag in tags:
            line, turn, position = self._under_way.pop(tag)
            if turn != line.turn:
                continue
            if isinstance(answer, Basic.Nack):
                self._send_again(line, reason="nacked")
                continue
            line.waiting[position] -= 1
            if not line.waiting[position]:
                del line.waiting[position]
                self._moved[line.authority] = line
        if self._due and not self._is_send_set:
            self._is_send_set = True
            self._loop.call_later(0, self._send)

    def _returned(self, _channel: Any, told: Any, properties: Any, _body: bytes) -> None:
        """No queue is bound for this event; the broker confirms it all the same, after this."""
        line = self._lines[properties.headers["authority"]]
        if line.held_until <= time.monotonic():
            self._send_again(
                line, reason="unroutable", exchange=told.exchange, routing_key=told.routing_key
            )

    def _send_again(self, line: Line, **told: Any) -> None:
        """Take the line back to what is confirmed, to go on from there after a while."""
        line.sent = line.confirmed
        line.waiting.clear()
        line.turn += 1
        self._hold(line, **told)

    def _hold(self, line: Line, **told: Any) -> None:
        line.held_until = time.monotonic() + HOLD_S
        self._held.append(line)
        log.error("authority_held", authority=line.authority, position=line.sent + 1, **told)

    def _store(self) -> None:
        reached = {a: x.confirmed for a, x in self._moved.items() if x.confirmed > x.stored}
        if reached:
            self._positions.store(reached)
            for authority, position in reached.items():
                self._lines[authority].stored = position
        self._moved.clear()


def exchange_of(event: Recorded) -> str:
    """Where the event is published: the exchange of the service that owns it.

    Raises: OwnerUnknown: none does.
    """
    owner = contracts.OWNER.get(event.type) or _OWNER_BY_CATEGORY.get(event.category)
    if owner is None:
        raise OwnerUnknown(event.type)
    return events_exchange(owner)


class Relay:
    """The process: waits for the lease, keeps a session going, ends when it is stuck."""

    def __init__(self, settings: Settings) -> None:
        self.brokers = cycle(broker.parameters(settings.amqp_uri))  # the next after each fault
        self.client = mongo_log.connect(settings.mongo_uri)
        self.log: Log = mongo_log.MongoLog(self.client)
        self.commits: Collection[Document] = self.client[mongo_log.DATABASE]["commits"]
        self.lease = Lease(self.client)
        self.news: set[str] = set()  # authorities; a set, so that it stays small while we wait
        self.hears = False
        self.stopping = threading.Event()
        self.alive_at = time.monotonic()

    def run(self) -> None:
        """Relay until SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        for duty in (self._hear, self._watch):
            threading.Thread(target=duty, daemon=True).start()
        log.info("started")
        while not self.stopping.is_set():
            self.alive_at = time.monotonic()
            try:
                if (fence := self.lease.take()) is None:
                    self.stopping.wait(1)
                    continue
                try:
                    Session(self, fence).run()
                finally:
                    self.lease.release()
            except (BrokerLost, LeaseLost, LogUnavailable, AMQPError, PyMongoError) as fault:
                log.error("interrupted", exc_info=fault)
                self.stopping.wait(1)
        log.info("stopped")

    def _hear(self) -> None:
        """Learn of new commits from the database; without that, the looks at all must do."""
        only: list[Document] = [
            {"$match": {"operationType": "insert"}},
            {"$project": {"documentKey": 1}},
        ]
        while True:
            try:
                # No limit: the client's own would be one for the whole wait.
                with pymongo.timeout(0), self.commits.watch(only) as changes:
                    self.hears = True  # from now on; the next look finds what came before
                    for change in changes:
                        self.news.add(change["documentKey"]["_id"]["authority"])
            except PyMongoError as fault:
                log.warning("not_told_of_news", exc_info=fault)
            self.hears = False
            time.sleep(5)

    def _watch(self) -> None:
        while time.monotonic() - self.alive_at < STALL_S:
            time.sleep(1)
        log.critical("stuck", seconds=STALL_S)
        os._exit(70)  # for the supervisor to start afresh


def main() -> None:
    logs.configure("relay")
    Relay(Settings.from_environment()).run()


if __name__ == "__main__":
    main()
