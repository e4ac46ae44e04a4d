"""Entrypoints by which a service is called, which no request can end: `@command` and `@rpc`.

nameko's own logs a request that it cannot read, with all that is in it, and lets the fault of one
answer end the service. Here every request is answered, whatever it holds, and an answer repeats
nothing of what was sent. Messages are not here but in `listening`.
"""

import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property, partial, wraps
from typing import Any

import amqp
import kombu.exceptions
import kombu.serialization
from kombu.connection import Connection
from kombu.entity import TRANSIENT_DELIVERY_MODE
from kombu.pools import producers
from nameko.constants import (
    AMQP_SSL_CONFIG_KEY,
    DEFAULT_TRANSPORT_OPTIONS,
    LOGIN_METHOD_CONFIG_KEY,
)
from nameko.exceptions import (
    ContainerBeingKilled,
    IncorrectSignature,
    MalformedRequest,
    MethodNotFound,
    UnserializableValueError,
    deserialize_to_instance,
    serialize,
)
from nameko.rpc import Rpc, RpcConsumer, get_rpc_exchange

from shared import broker, logs
from shared.access.permissions import UNKNOWN_FILE, unknown
from shared.access.tokens import Caller, refused, too_many
from shared.errors import Conflict, LogUnavailable, Malformed, Refused
from shared.event_sourcing import derived_id
from shared.listening import AsItCame, Incoming
from shared.personal import NotPlain
from shared.providers import Kernel
from shared.settings import request_queues
from shared.wire import check_size

broker.teach_kombu()
broker.teach_amqp()

#: What may be said to a caller as it is: nothing in these repeats what somebody sent.
SPEAKING = (Malformed, Refused, Conflict, LogUnavailable)
for _error in SPEAKING:
    deserialize_to_instance(_error)  # so that callers catch Refused, not RemoteError


class InternalFailure(Exception):
    """A bug or an outage; the log tells more under the reference."""


deserialize_to_instance(InternalFailure)

Method = Callable[[Any, Any], Any]

_UUID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

ANSWER_S = 5.0  # for the broker to take an answer
MAX_REQUEST = 4_000_000  # bytes; 200 petitions of a backlog are the longest that is meant

_GONE = (OSError, amqp.exceptions.AMQPError, kombu.exceptions.OperationalError)

log = logs.get(__name__)


class _Connection(Incoming):
    """nameko's own logs a request that it cannot decode, names and all, and answers nothing.

    It also unpacks whatever size a caller packed into it; here nothing is unpacked, and what is too
    long is not decoded.
    """

    def get_consumers(self, consumer_cls: Any, channel: Any) -> list[Any]:
        channel.Message = AsItCame
        consumers: list[Any] = super().get_consumers(consumer_cls, channel)
        for provider, consumer in self._consumers.items():
            consumer.on_message = partial(self._decode, provider)
        return consumers

    def _decode(self, provider: Any, message: Any) -> None:
        if len(message.body) > MAX_REQUEST:
            self._refuse(message, f"too_large: Yêu cầu không được quá {MAX_REQUEST} byte.")
            return
        try:
            provider.admit(message)
        except Exception:  # whatever it is, whoever asked hears of it
            provider.handle_result(message, None, sys.exc_info())
            return
        try:
            body = message.decode()
        except Exception as error:  # whatever a decoder raises
            self.on_decode_error(message, error)
        else:
            self.handle_message(provider, body, message)

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        self._refuse(message, "not_json: Yêu cầu phải là JSON, mã UTF-8.")

    def _refuse(self, message: Any, told: str) -> None:
        for consumer in self._providers:
            consumer.handle_result(message, None, (Malformed, Malformed({"payload": [told]}), None))

    def ack_message(self, message: Any) -> None:
        with self._as_it_may_be_gone():
            super().ack_message(message)

    def requeue_message(self, message: Any) -> None:
        with self._as_it_may_be_gone():
            super().requeue_message(message)

    @contextmanager
    def _as_it_may_be_gone(self) -> Iterator[None]:
        """A broker that went away delivers again what it has no answer for."""
        try:
            yield
        except _GONE:
            log.warning("connection_lost_before_acknowledgement")


class _Consumer(RpcConsumer):
    """nameko's own lets any fault of an answer end the service, and the next one that starts."""

    queue_consumer = _Connection()

    def setup(self) -> None:
        if self.queue is None:
            super().setup()
            queue: Any = self.queue
            queue.exchange.no_declare = True  # the operator's: who may declare it may delete it
            queue.queue_arguments = _as_it_is(self.queue_consumer.connection, queue.name)

    def admit(self, message: Any) -> None:
        """Before the payload is decoded: raises what is told to whom nobody listens."""
        self.get_provider_for_method(message.delivery_info["routing_key"]).admit(message)

    def handle_result(self, message: Any, result: Any, exc_info: Any) -> Any:
        if message.properties.get("reply_to"):
            body, exc_info = _answer(result, exc_info)
            try:
                self._publish(message, body)
            except _GONE:
                log.warning("answer_not_delivered")  # who asks again is answered as the first time
        self.queue_consumer.ack_message(message)
        return None if exc_info else result, exc_info

    def _publish(self, message: Any, body: str) -> None:
        """The answer to this message, which the broker has when this returns.

        It is waited for and so need not outlive the broker, and what it holds stays off its disk.
        nameko's own waits for ever where nothing confirms, and so loses a worker: a caller's queue
        that was new when its broker crashed is such, there and dead.
        """
        with producers[self._to_broker].acquire(block=True) as producer:
            producer.publish(
                body,
                exchange=get_rpc_exchange(self.container.config),
                routing_key=message.properties["reply_to"],
                correlation_id=message.properties.get("correlation_id"),
                content_type="application/json",
                content_encoding="utf-8",
                delivery_mode=TRANSIENT_DELIVERY_MODE,
                retry=True,
                retry_policy={"max_retries": 1, "interval_start": 0.5},
                confirm_timeout=ANSWER_S,
            )

    @cached_property
    def _to_broker(self) -> Any:
        """Which of kombu's pools; the connection itself is never opened."""
        config = self.container.config
        return Connection(  # type: ignore[no-untyped-call]
            config["AMQP_URI"],
            transport_options=DEFAULT_TRANSPORT_OPTIONS | {"confirm_publish": True},
            ssl=config.get(AMQP_SSL_CONFIG_KEY),
            login_method=config.get(LOGIN_METHOD_CONFIG_KEY),
        )


def _as_it_is(connection: Any, queue: str) -> dict[str, str]:
    """Arguments of a queue for requests: of the kind that is set, or that is there already.

    The kind of a queue cannot be changed; whoever wants another one deletes it.
    """
    kinds = request_queues()
    with connection:
        for kind in kinds:
            told = {"x-queue-type": kind}
            try:
                connection.channel().queue_declare(
                    queue, durable=True, auto_delete=False, arguments=told
                )
            except amqp.exceptions.PreconditionFailed:
                log.warning("request_queue_of_other_kind", queue=queue, wanted=kinds[0])
            else:
                break
    return told


def _answer(result: Any, exc_info: Any) -> tuple[str, Any]:
    """What is sent, JSON; a result that JSON cannot hold is an error."""
    error = None if exc_info is None else serialize(exc_info[1])
    try:
        return _json({"result": None if error else result, "error": error}), exc_info
    except Exception:  # whatever an encoder raises
        unfit = UnserializableValueError(result)
        exc_info = (type(unfit), unfit, None)
    return _json({"result": None, "error": serialize(unfit)}), exc_info


def _json(told: Any) -> str:
    encoded: tuple[str, str, str] = kombu.serialization.dumps(told, "json")  # type: ignore[no-untyped-call]
    return encoded[2]


class _Rpc(Rpc):
    """nameko's RPC, which no request can end."""

    rpc_consumer = _Consumer()

    def handle_message(self, body: Any, message: Any) -> None:
        told = body if isinstance(body, dict) else {}
        args, kwargs = told.get("args"), told.get("kwargs")
        if not isinstance(args, list) or not isinstance(kwargs, dict):
            raise MalformedRequest("Message missing `args` or `kwargs`")
        self.check_signature(args, kwargs)
        self.spawn(args, kwargs, message, self.context(message))

    def admit(self, message: Any) -> None:
        """Anybody may ask how a service is."""

    def context(self, message: Any) -> dict[str, Any]:
        """What is believed of the headers: anybody may write there whatever they like."""
        return {}

    def spawn(
        self, args: list[Any], kwargs: dict[str, Any], message: Any, context: dict[str, Any]
    ) -> None:
        try:
            self.container.spawn_worker(
                self,
                args,
                kwargs,
                context_data=context,
                handle_result=partial(self.handle_result, message),
            )
        except ContainerBeingKilled:
            self.rpc_consumer.requeue_message(message)


#: Entrypoint of a method that needs no caller, such as `health`.
rpc = _Rpc.decorator


class _Called(_Rpc):
    """RPC with a known caller, and with errors that hold nothing of what was sent."""

    kernel = Kernel()

    def __init__(self) -> None:
        super().__init__(expected_exceptions=SPEAKING)

    def admit(self, message: Any) -> None:
        """Who calls is known, and has not called too often: as the token says, not the payload."""
        message.caller = self.kernel.tokens.check(self.context(message).get("token"))
        if wait_s := self.kernel.rates.wait_s(message.caller.actor, time.monotonic()):
            # No line in the log for each: that is what whoever floods us would like.
            raise too_many(wait_s)

    def context(self, message: Any) -> dict[str, Any]:
        told = self.unpack_message_headers(message)
        said = {name: told.get(name) for name in ("token", "authority", "correlation")}
        return {name: value for name, value in said.items() if isinstance(value, str)}

    def spawn(
        self, args: list[Any], kwargs: dict[str, Any], message: Any, context: dict[str, Any]
    ) -> None:
        if not args and kwargs.keys() == {"payload"}:  # by its name it is the same payload
            args, kwargs = [kwargs["payload"]], {}
        call, args = self.identify(message.caller, context, args, message)
        context = {"caller": message.caller, "call": call, "seen": {}}
        super().spawn(args, kwargs, message, context)

    def identify(
        self, caller: Caller, context: dict[str, Any], args: list[Any], message: Any
    ) -> tuple[dict[str, Any], list[Any]]:
        """On whose behalf (by the token, never by the payload), and under which request id.

        Whoever looks after several wards says in the context which one is meant. A command's
        payload may carry `idempotency_key` and `expires_at`; both are taken out here. Without a key
        the broker's correlation id stands in: it stays the same when a crash makes the broker
        deliver the request again.
        """
        authority = context.get("authority") or caller.authority
        if authority not in [caller.authority, *caller.wards]:
            raise refused("wrong_ward")
        payload = args[0] if args else {}
        check_size(payload)
        key, expires_at = None, None
        if isinstance(payload, dict):
            payload = dict(payload)
            key, expires_at = payload.pop("idempotency_key", None), payload.pop("expires_at", None)
        if key is not None and (not isinstance(key, str) or not 1 <= len(key) <= 200):
            raise Malformed(
                {"idempotency_key": ["wrong_type: Phải là văn bản từ 1 đến 200 ký tự."]}
            )
        _refuse_stale(expires_at)
        request = str(message.properties.get("correlation_id"))
        name = f"{self.container.service_name}.{self.method_name}"
        call = {
            "authority": authority,
            "actor": caller.actor,
            "correlation": self._harmless(context.get("correlation") or request),
            "commit_id": derived_id("command", name, authority, self._harmless(key or request)),
            "digest": self._digest(name, payload),
            "caused_by": None,
        }
        return call, [payload, *args[1:]] if args else args

    def _harmless(self, id: str) -> str:
        """An id of a caller's choice as it may be kept: a UUID, or what no name is read out of."""
        return id if _UUID.fullmatch(id) else str(self.kernel.vault.digest(_plain(id))[:32])

    def _digest(self, name: str, payload: object) -> str:
        try:
            return self.kernel.vault.digest({"method": name, "payload": _plain(payload)})
        except (NotPlain, RecursionError):
            told = "too_deep: Dữ liệu lồng nhau quá sâu."
        raise Malformed({"payload": [told]})

    def handle_result(self, message: Any, worker_ctx: Any, result: Any, exc_info: Any) -> Any:
        if exc_info is not None and not isinstance(
            exc_info[1], (*SPEAKING, MethodNotFound, IncorrectSignature)
        ):
            reference = message.properties.get("correlation_id")
            failure = InternalFailure(
                f"{exc_info[0].__name__}; the service's log tells more under {reference}"
            )
            exc_info = (InternalFailure, failure, exc_info[2])
        return super().handle_result(message, worker_ctx, result, exc_info)


def _refuse_stale(expires_at: object) -> None:
    """A call that timed out still waits in its queue; `expires_at` says until when it counts."""
    if expires_at is None:
        return
    try:
        expiry = datetime.fromisoformat(str(expires_at))
    except ValueError:
        expiry = None
    if expiry is None or expiry.tzinfo is None:
        told = "invalid_instant: Phải là thời điểm RFC 3339 có múi giờ."
        raise Malformed({"expires_at": [told]})
    if expiry < datetime.now(UTC):
        raise Refused("command_expired", "Yêu cầu đã quá thời hạn expires_at nên không thực hiện.")


def _plain(payload: object) -> object:
    """The payload as JSON can hold it, so that a digest of anything can be taken."""
    match payload:
        case dict():
            return {str(_plain(str(key))): _plain(value) for key, value in payload.items()}
        case list() | tuple():
            return [_plain(value) for value in payload]
        case str():  # half a surrogate pair is for the schema to refuse, by field
            return payload.encode(errors="replace").decode()
        case int() | bool() | None:
            return payload
        case _:
            return repr(type(payload))


def command(method: Method) -> Method:
    """Entrypoint of a command or query: over a method that takes one payload.

    The method runs if the policies permit it to the caller, for the file that the payload names. A
    service that keeps attempts has a method `when_denied(name, payload, refusal)`.
    """

    @wraps(method)
    def permitted(service: Any, payload: Any) -> Any:
        try:
            try:
                service.gate.check(f"{service.name}.{method.__name__}", payload)
            except Refused as refusal:
                if keep := getattr(service, "when_denied", None):
                    keep(method.__name__, payload, refusal)
                raise
            return method(service, payload)
        except Refused as refusal:
            if refusal.code != UNKNOWN_FILE:
                raise
        raise unknown(payload)

    entrypoint: Method = _Called.decorator(permitted)
    return entrypoint
