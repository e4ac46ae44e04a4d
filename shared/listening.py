"""Entrypoints for what comes over the broker, with nothing lost: `@listen` and `@inbox`.

nameko's own acknowledge a message whose handler raised or that cannot be read, and so lose it. Here
a failed message waits in a retry queue (which lets later ones pass), and after its last attempt, or
at once if it cannot be read, it is parked with the reason and an alarm. A message can come twice:
handlers must be idempotent. Calls are not here but in `calling`.
"""

import functools
import inspect
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NoReturn, TypeVar

import amqp
import eventlet
import msgspec
import orjson
from kombu.entity import Queue
from kombu.messaging import Consumer
from kombu.transport import pyamqp
from nameko.amqp.publish import Publisher
from nameko.constants import AMQP_SSL_CONFIG_KEY, LOGIN_METHOD_CONFIG_KEY
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR, Entrypoint, register_entrypoint
from nameko.messaging import QueueConsumer

from shared import broker, contracts, logs
from shared.clock import instant_text
from shared.errors import LogUnavailable, Refused
from shared.event_sourcing import derived_id
from shared.ledger import MESSAGE_FIELDS, Recorded
from shared.queues import (
    INBOX,
    MAX_ATTEMPTS,
    MAX_DELIVERIES,
    PARKED,
    PARKING,
    RETRY_DELAY_MS,
    SEALED,
    Family,
    Past,
    events_exchange,
    past,
    without_past,
)
from shared.rates import Rates
from shared.settings import agency_rate
from shared.vault import VaultUnavailable

Method = TypeVar("Method", bound=Callable[..., Any])

TIME_LIMIT_S = 60.0  # for one handling; only of what waits, a busy loop is not interrupted
CONFIRM_S = 5.0  # for the broker to take a message that is parked
PREFETCH = 10  # messages of one queue in work at once
LOOK_UP_S = 1.0  # a service that is asked to stop needs twice as long; tests of many stops set less

_OUTAGES = (LogUnavailable, VaultUnavailable)
_GONE = (OSError, amqp.exceptions.ConnectionError)

broker.teach_kombu()
broker.teach_amqp()

log = logs.get(__name__)


class HandlerTimeout(Exception):
    """The handler took longer than it may."""


class NotReadable(Exception):
    """The message is not what this queue is for; `code` says why, and never what was in it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True, slots=True)
class RawMessage:
    """A message as another system sent it, undecoded. May hold personal data."""

    body: bytes
    headers: dict[str, Any]
    content_type: str | None
    content_encoding: str | None
    message_id: str | None
    correlation_id: str | None
    user_id: str | None  # the publisher, as the broker verified; None if it did not say
    routing_key: str  # with which it was first published
    reply_to: str | None


def listen(
    *,
    time_limit_s: float = TIME_LIMIT_S,
    **sources: str | Iterable[str],
) -> Callable[[Method], Method]:
    """Let a service's method hear events: `@listen(intake=("PetitionAccepted",), deadlines="#")`.

    The method gets a `Recorded` without sealed parts.

    Raises:
        ValueError: an event that the named service does not record.
    """
    bindings: list[tuple[str, str]] = []
    for source, types in sources.items():
        for type_name in (types,) if isinstance(types, str) else tuple(types):
            if source not in contracts.OWNED or (
                type_name != "#" and contracts.OWNER.get(type_name) != source
            ):
                raise ValueError(f"{source} records no event {type_name}")
            bindings.append((events_exchange(source), type_name))
    return functools.partial(_entered, Listener(tuple(bindings)), time_limit_s)


def inbox(
    queue: str = INBOX.name, *, time_limit_s: float = TIME_LIMIT_S
) -> Callable[[Method], Method]:
    """Let a service's method have the messages of other systems as `RawMessage`.

    They hold personal data in clear, so the service offers three methods besides,
    `seal_for_parking(bytes) -> bytes`, `open_parked(bytes) -> bytes` and, by a key,
    `digest_for_parking(str) -> str`; what is parked is ciphertext with header `sealed`.
    """
    return functools.partial(_entered, Inbox(queue), time_limit_s)


def families(service: type) -> list[Family]:
    """The queues that the methods of a service class listen to; empty for any other class."""
    return [
        entrypoint.family(getattr(service, "name", ""), name)
        for name, method in inspect.getmembers(service, inspect.isfunction)
        for entrypoint in getattr(method, ENTRYPOINT_EXTENSIONS_ATTR, ())
        if isinstance(entrypoint, _Reliable)
    ]


def _entered(entrypoint: "_Reliable", time_limit_s: float, method: Method) -> Method:
    """The method within its time limit, marked as entered by this entrypoint."""

    @functools.wraps(method)
    def bounded(service: Any, message: Any) -> Any:
        # An exception of ours: nameko does not catch eventlet's own, and would never answer.
        with eventlet.Timeout(time_limit_s, HandlerTimeout):
            return method(service, entrypoint.opened(service, message))

    register_entrypoint(bounded, entrypoint)
    return bounded  # type: ignore[return-value]  # takes what the method takes


class _Consumer(Consumer):
    """Asks for its own prefetch right before it consumes, as the last value on a channel counts."""

    def consume(self, no_ack: bool | None = None) -> None:
        self.qos(prefetch_count=PREFETCH)  # type: ignore[no-untyped-call]
        super().consume(no_ack=no_ack)  # type: ignore[no-untyped-call]


class AsItCame(pyamqp.Message):
    """A message that is not unpacked: its sender could have packed any size into it."""

    def __init__(self, message: Any, channel: Any = None, **told: Any) -> None:
        headers = message.properties.pop("application_headers", None) or {}
        super().__init__(message, channel, **told)  # type: ignore[no-untyped-call]
        self.headers = headers


class Incoming(QueueConsumer):
    """A connection that looks up from its socket as often as the container's settings say."""

    def consume(self, **told: Any) -> Iterator[None]:
        look_up_s = self.container.config.get("LOOK_UP_S", LOOK_UP_S)
        again: Iterator[None] = super().consume(safety_interval=look_up_s, **told)
        return again


class _Connection(Incoming):
    """The connection of one service, for all its queues: hands out messages undecoded."""

    def get_consumers(self, _consumer_class: Any, channel: Any) -> list[Any]:
        channel.auto_decode = False  # the body as it came, whatever encoding it claims
        channel.Message = AsItCame
        self._consumers.clear()
        for provider in self._providers:
            self._consumers[provider] = _Consumer(
                channel,
                queues=[Queue(provider.queue.name, no_declare=True)],  # type: ignore[no-untyped-call]
                on_message=functools.partial(self.handle_message, provider, None),
            )
        return list(self._consumers.values())

    def settle(self, message: Any, how: str) -> None:
        """Acknowledge or reject; if the connection is gone, the broker delivers again."""
        if message.channel.connection:
            try:
                message.ack() if how == "ack" else message.reject(requeue=how == "requeue")
            except _GONE:
                log.warning("connection_lost_before_answer")


class _Reliable(Entrypoint):
    """What both entrypoints share: attempts, retries, parking."""

    connection = _Connection()

    def family(self, service: str, method: str) -> Family:
        raise NotImplementedError

    def taken(self, message: Any, past: Past) -> tuple[Any, dict[str, Any]]:
        """The method's argument and the worker's context; raises NotReadable."""
        if broker.UNREADABLE in message.headers:
            raise NotReadable("unreadable_properties")
        if past.is_forged:
            raise NotReadable("forged_header")
        if past.deliveries >= MAX_DELIVERIES:
            raise NotReadable("never_answered")
        return message, {}

    def opened(self, service: Any, message: Any) -> Any:
        """What the method gets."""
        if isinstance(message, NotReadable):
            raise message
        return message

    def sealed(self, service: Any, message: Any, past: Past) -> bytes | None:
        """The message as it must be parked; None: as it came."""
        return None

    def parked_id(self, message: Any, service: Any) -> str:
        """One for the same message parked twice; its own could be anything that somebody sent."""
        return derived_id(
            self.queue.name,
            str(message.properties.get("message_id")),
            sha256(_body(message)).hexdigest(),
        )

    def setup(self) -> None:
        config = self.container.config
        delay = config.get("RETRY_DELAY_MS", RETRY_DELAY_MS)
        self.queue = replace(
            self.family(self.container.service_name, self.method_name), retry_delay_ms=delay
        )
        # On a connection of its own, so that a broker that is down, lacks an exchange or has a
        # queue with other arguments ends the start with an error; the consumer would only try for
        # ever. Exchanges are the operator's: who may declare one may delete it.
        with self.connection.connection as connection:
            channel = connection.default_channel
            for exchange, _ in self.queue.bindings:
                channel.exchange_declare(exchange, "topic", passive=True)
            for queue in self.queue.queues():
                channel.queue_declare(
                    queue.name, durable=True, auto_delete=False, arguments=dict(queue.arguments)
                )
            for name, exchange, routing_key in self.queue.all_bindings():
                channel.queue_bind(name, exchange, routing_key)
        self.publisher = Publisher(
            config["AMQP_URI"],
            mandatory=True,
            ssl=config.get(AMQP_SSL_CONFIG_KEY),
            login_method=config.get(LOGIN_METHOD_CONFIG_KEY),
            confirm_timeout=CONFIRM_S,
        )
        self.connection.register_provider(self)

    def stop(self) -> None:
        self.connection.unregister_provider(self)

    def handle_message(self, _decoded: None, message: Any) -> None:
        history = self._past(message)
        try:
            argument, context = self.taken(message, history)
        except NotReadable as unreadable:
            # Raised again in the worker, so that everything is parked in one place.
            argument, context = unreadable, {}
        try:
            self.container.spawn_worker(
                self,
                (argument,),
                {},
                context_data=context,
                handle_result=functools.partial(self._handled, message),
            )
        except ContainerBeingKilled:
            self.connection.settle(message, "requeue")

    def _handled(self, message: Any, worker_ctx: Any, result: Any, exc_info: Any) -> Any:
        if exc_info is None:
            self.connection.settle(message, "ack")
            return result, exc_info
        history, error = self._past(message), exc_info[1]
        # An outage is nobody's fault and ends: it is tried again for as long as it lasts.
        is_last = history.attempts + 1 >= MAX_ATTEMPTS and not isinstance(error, _OUTAGES)
        if isinstance(error, NotReadable) or is_last:
            self._park(message, history, error, worker_ctx.service)
        else:
            log.warning(
                "handling_failed",
                queue=self.queue.name,
                attempt=history.attempts + 1,
                exception=type(error).__name__,
                code=_code(error),
            )
            self.connection.settle(message, "reject")
        return result, exc_info

    def _park(self, message: Any, past: Past, error: Exception, service: Any) -> None:
        now = datetime.now(UTC)
        told = {
            "reason": type(error).__name__,
            "code": _code(error),
            "attempts": past.attempts + 1,
            "first_failed_at": instant_text(past.first_failed_at or now),
            "last_failed_at": instant_text(now),
            "queue": self.queue.name,
            "routing_key": past.routing_key,
        }
        id = self.parked_id(message, service)
        try:
            self._publish_parked(id, message, past, told, service)
        except Exception as failure:  # whatever it is, the message must stay with the broker
            log.error("parking_failed", id=id, **told, exc_info=failure)
            self.connection.settle(message, "reject")
        else:
            log.error("parked", id=id, **told)
            self.connection.settle(message, "ack")

    def _publish_parked(
        self, id: str, message: Any, past: Past, told: dict[str, Any], service: Any
    ) -> None:
        properties = message.properties
        body = self.sealed(service, message, past)
        if body is None:
            body = _body(message)
            headers = without_past(message.headers)
            answer = {name: properties.get(name) for name in ("correlation_id", "reply_to")}
            # What is given back at a retry, but cannot or need not be said of a parked message.
            clear = {
                "message_id": properties.get("message_id"),
                "content_type": message.content_type,
                "content_encoding": message.content_encoding,
                "user_id": past.user_id,
            }
        else:
            headers, answer, clear = {SEALED: True}, {}, {}
        self.publisher.publish(
            body,
            exchange=PARKING,
            routing_key=self.queue.parked,
            message_id=id,
            content_type="application/octet-stream",
            content_encoding="binary",
            headers=headers | {PARKED: told | _given(clear)},
            **_given(answer),
        )

    def _past(self, message: Any) -> Past:
        delivery = message.delivery_info
        return past(
            self.queue.name,
            delivery["exchange"],
            delivery["routing_key"],
            message.properties.get("user_id"),
            message.headers,
        )


class Listener(_Reliable):
    """The entrypoint behind `listen`."""

    def __init__(self, bindings: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        self.bindings = bindings

    def family(self, service: str, method: str) -> Family:
        return Family(name=f"{service}.{method}", bindings=self.bindings)

    def taken(self, message: Any, past: Past) -> tuple[Any, dict[str, Any]]:
        super().taken(message, past)
        event = decoded(_body(message), message.content_type)
        call = {
            "authority": event.authority,
            "actor": f"service:{self.container.service_name}",
            "correlation": event.correlation,
            "caused_by": event.id,
            "commit_id": derived_id("heard", self.queue.name, event.id),
            "digest": event.id,
        }
        return event, {"call": call}


class Inbox(_Reliable):
    """The entrypoint behind `inbox`."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def setup(self) -> None:
        for method in ("seal_for_parking", "open_parked", "digest_for_parking"):
            if not callable(getattr(self.container.service_cls, method, None)):
                raise TypeError(f"{self.container.service_cls.__name__} has no method {method}")
        self._rates, self._is_over = Rates(agency_rate()), False
        super().setup()

    def family(self, service: str, method: str) -> Family:
        return replace(INBOX, name=self.name)

    def stop(self) -> None:
        self._is_over = True
        super().stop()

    def handle_message(self, decoded: None, message: Any) -> None:
        """Who sends more than its rate waits; the first word of its key is a name that it has."""
        if self._is_over:
            return  # the broker delivers it to the next process
        sender = self._past(message).routing_key.partition(".")[0]
        wait_s = self._rates.wait_s(sender, time.monotonic())
        if wait_s:
            log.info("rate_limited", sender=sender, wait_s=round(wait_s, 3))
            eventlet.spawn_after(wait_s, self.handle_message, decoded, message)
        else:
            super().handle_message(decoded, message)

    def taken(self, message: Any, past: Past) -> tuple[Any, dict[str, Any]]:
        super().taken(message, past)
        return self._raw(message, past), {}

    def opened(self, service: Any, message: Any) -> Any:
        message = super().opened(service, message)
        if message.headers.get(SEALED):
            return msgspec.msgpack.decode(service.open_parked(message.body), type=RawMessage)
        return message

    def sealed(self, service: Any, message: Any, past: Past) -> bytes:
        if message.headers.get(SEALED) and not past.is_forged:
            return _body(message)
        raw = replace(self._raw(message, past), headers=without_past(message.headers))
        return bytes(service.seal_for_parking(msgspec.msgpack.encode(raw)))

    def parked_id(self, message: Any, service: Any) -> str:
        """By a key, as it is logged: whoever guesses a letter may not see that it was parked."""
        plain = super().parked_id(message, service)
        return derived_id(self.queue.name, service.digest_for_parking(plain))

    def _raw(self, message: Any, past: Past) -> RawMessage:
        properties = message.properties
        sealed = {SEALED: True} if message.headers.get(SEALED) else {}
        return RawMessage(
            body=_body(message),
            headers=without_past(message.headers) | sealed,
            content_type=message.content_type,
            content_encoding=message.content_encoding,
            message_id=properties.get("message_id"),
            correlation_id=properties.get("correlation_id"),
            user_id=past.user_id,
            routing_key=past.routing_key,
            reply_to=properties.get("reply_to"),
        )


def decoded(body: bytes, content_type: str | None) -> Recorded:
    """The event in a message, whatever way of saying JSON its sender has.

    Raises:
        NotReadable: `content_type`, `not_json` or `wrong_shape`.
    """
    kind, *parameters = (content_type or "").lower().replace(" ", "").split(";")
    is_json = kind in ("", "application/json", "text/json") or kind.endswith("+json")
    charsets = [told.split("=")[-1].strip('"') for told in parameters if told.startswith("charset")]
    if not is_json or not set(charsets) <= {"utf-8", "utf8", "us-ascii"}:
        raise NotReadable("content_type")
    try:
        message = orjson.loads(body)
    except orjson.JSONDecodeError:
        _refuse("not_json")
    try:
        event = msgspec.convert({name: message[name] for name in MESSAGE_FIELDS}, Recorded)
    except (KeyError, TypeError, msgspec.ValidationError):
        _refuse("wrong_shape")
    if "-" not in event.stream:
        raise NotReadable("wrong_shape")
    return event


def _refuse(code: str) -> NoReturn:
    # Without the parser's exception behind it, whose text repeats what was sent.
    raise NotReadable(code) from None


def _body(message: Any) -> bytes:
    body = message.body  # an empty one comes as text
    return body.encode() if isinstance(body, str) else bytes(body)


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _code(error: Exception) -> str:
    if isinstance(error, Refused | NotReadable):
        return error.code
    return "handler_timeout" if isinstance(error, HandlerTimeout) else "handler_failed"
