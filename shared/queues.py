"""The queues behind one listener, described once: for those who declare them and those who listen.

A family is the queue itself, a queue in which failed messages wait for their next attempt, and one
in which they are parked for a person to look at. Here is also what the headers tell of a message's
past. No broker is touched here: `deploy.topology` and `listening` declare, `parking` lists.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

RETRY_DELAY_MS = 2000
MAX_ATTEMPTS = 5  # then a message is parked
#: A message handed out so often without an answer takes the process down with it, or seems to.
MAX_DELIVERIES = 20

#: Where other systems publish, where intake puts what it cannot take, and where it answers; the
#: routing key of an answer is the name of the queue.
AGENCIES, REJECTED, ANSWERS = "agencies", "agencies.rejected", "agencies.answers"
#: Where a service parks, under the name of the queue. Not the default exchange: who may publish
#: there reaches every queue.
PARKING = "parking"

#: Headers that only this system writes.
DEATHS, PARKED, RETRIED, SEALED = "x-death", "parked", "retried", "sealed"
_OURS = (DEATHS, PARKED, RETRIED, SEALED)
_BROKERS = ("x-delivery-count", "x-acquired-count", "x-first-death-", "x-last-death-")

# Attempts are counted by us and never by the broker, which up to 3.10 gives one credit of prefetch
# away for ever with each message that it drops at its own limit. Without a limit it would put a
# message that comes back behind all others.
_NEVER_REACHED = 50
_NEVER_REACHED_BY_LOOKING = 1_000_000  # listing parked messages is a delivery each time


def events_exchange(service: str) -> str:
    """The exchange of a service's events, by nameko's own convention."""
    return f"{service}.events"


def replies_queue(agency: str) -> str:
    """Where an agency reads our answers."""
    return f"agency.{agency}.replies"


@dataclass(frozen=True, kw_only=True, slots=True)
class Queue:
    """One durable queue, as the broker is told."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Family:
    """A listener's queue with its bindings, and the two behind it."""

    name: str
    bindings: tuple[tuple[str, str], ...]  # exchange and routing key
    retry_delay_ms: int = RETRY_DELAY_MS

    @property
    def retry(self) -> str:
        return f"{self.name}.retry"

    @property
    def parked(self) -> str:
        return parked_queue(self.name)

    def queues(self) -> tuple[Queue, ...]:
        """All three, each before the one that dead-letters to it."""
        return (
            Queue(name=self.parked, arguments=_quorum(limit=_NEVER_REACHED_BY_LOOKING)),
            Queue(
                name=self.retry,
                arguments=_quorum(dead_to=self.name) | {"x-message-ttl": self.retry_delay_ms},
            ),
            Queue(name=self.name, arguments=_quorum(dead_to=self.retry, limit=_NEVER_REACHED)),
        )

    def all_bindings(self) -> tuple[tuple[str, str, str], ...]:
        """Queue, exchange and routing key: of the queue itself, and of the one for parking."""
        heard = ((self.name, exchange, key) for exchange, key in self.bindings)
        return (*heard, (self.parked, PARKING, self.parked))


#: Where messages of other systems wait for intake.
INBOX = Family(name="intake.inbox", bindings=((AGENCIES, "#"),))


def parked_queue(queue: str) -> str:
    return f"{queue}.parked"


def plain_queue(name: str) -> Queue:
    """A queue that nobody of us listens to."""
    return Queue(name=name, arguments=_quorum())


def _quorum(*, dead_to: str | None = None, limit: int | None = None) -> dict[str, Any]:
    arguments: dict[str, Any] = {"x-queue-type": "quorum"}
    if limit is not None:
        arguments["x-delivery-limit"] = limit
    if dead_to is not None:
        arguments |= {
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": dead_to,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",  # which that strategy demands
        }
    return arguments


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """What happened to a message before this delivery."""

    attempts: int  # that failed
    deliveries: int  # of this attempt, that nobody answered
    first_failed_at: datetime | None
    routing_key: str  # with which it was published at first
    user_id: str | None  # who published it, as the broker verified
    is_forged: bool  # it came from outside with headers that only this system writes


def past(
    queue: str, exchange: str, routing_key: str, user_id: str | None, headers: Mapping[str, Any]
) -> Past:
    """Read a delivery's headers, believed only of what came back through the default exchange.

    Nobody but the broker itself and the operator publishes there, so an agency cannot lend itself
    another's routing key by sending the headers of a message that failed before.
    """
    deliveries = headers.get("x-delivery-count")
    again = deliveries if isinstance(deliveries, int) else 0
    if exchange:
        return Past(
            attempts=0,
            deliveries=again,
            first_failed_at=None,
            routing_key=routing_key,
            user_id=user_id,
            is_forged=any(name in headers for name in _OURS),
        )
    deaths = [
        death
        for death in headers.get(DEATHS) or ()
        if death["queue"] == queue and death["reason"] in ("rejected", "delivery_limit")
    ]
    retried = headers.get(RETRIED) or {}
    published_with = deaths[0]["routing-keys"][0] if deaths else routing_key
    return Past(
        attempts=sum(death["count"] for death in deaths),
        deliveries=again,
        first_failed_at=min((_aware(death["time"]) for death in deaths), default=None),
        routing_key=retried.get("routing_key", published_with),
        user_id=retried.get("user_id", user_id),
        is_forged=False,
    )


def without_past(headers: Mapping[str, Any]) -> dict[str, Any]:
    """The headers that the publisher set."""
    return {
        name: value
        for name, value in headers.items()
        if name not in _OURS and not name.startswith(_BROKERS)
    }


def _aware(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=UTC)  # both clients give UTC
