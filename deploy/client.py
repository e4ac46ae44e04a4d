"""The system as those outside reach it: staff call services by RPC, agencies publish by plain AMQP.

Plain Python without eventlet's patches; one object serves one thread. Addresses come from the
local stack (`.run/stack.json`), or from MONGO_URI, AMQP_URI and, for an agency at a broker that is
not the stack's own, DONTHU_AGENCY_URI.
"""

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

import amqp
import kombu.exceptions
import pika
from nameko.exceptions import RemoteError, RpcTimeout, UnknownService
from nameko.standalone.rpc import ClusterRpcProxy
from pika.exceptions import AMQPError, ChannelClosedByBroker, NackError, UnroutableError
from pymongo.errors import ConnectionFailure, PyMongoError

from deploy.errors import BadInput, NotPermitted, ServiceFailed, Unreachable
from deploy.stack import Stack
from deploy.users import OPERATOR
from shared import broker, parking
from shared.calling import InternalFailure  # importing it also teaches nameko our errors
from shared.clock import instant_text
from shared.errors import LogUnavailable, Refused
from shared.queues import AGENCIES, INBOX, replies_queue
from shared.vault import VaultUnavailable

TIMEOUT_S = 15.0  # for one answer
PETITION_RECEIVED = "PetitionReceived"
STRUCTURED = "application/cloudevents+json; charset=utf-8"


def environment(user: str) -> dict[str, str]:
    """The variables of `deploy.layout.SETTINGS`, with the logins of this user of `deploy.users`.

    Raises: StackError: neither a stack nor the variables are there.
    """
    return Stack().environment(user)


class Services:
    """The services as a staff front-end calls them, for one ward, in the name of a token's bearer.

    Raises everywhere `Unreachable` and `ServiceFailed`, and what the services refuse: `Malformed`,
    `Refused`, `Conflict`.
    """

    def __init__(
        self, amqp_uri: str, *, authority: str, token: str, timeout_s: float = TIMEOUT_S
    ) -> None:
        self._timeout_s = timeout_s
        self._context = {"authority": authority, "token": token}
        self._proxy = ClusterRpcProxy(
            {"AMQP_URI": amqp_uri}, context_data=self._context, timeout=timeout_s
        )
        with _reaching("the broker"):
            self._services = self._proxy.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        try:
            self._proxy.stop()
        except (OSError, amqp.exceptions.AMQPError):
            return  # the broker went away first

    def call(
        self,
        service: str,
        method: str,
        payload: Mapping[str, Any] | None = None,
        token: str | None = None,
    ) -> dict[str, Any]:
        """Ask and wait, also until we may ask again where we asked too often.

        A request that nobody took in time is not carried out later either.

        `token` is that of somebody else, from this request on.
        """
        self._context["token"] = token or self._context["token"]
        expires_at = datetime.now(UTC) + timedelta(seconds=self._timeout_s)
        sent = {**(payload or {}), "expires_at": instant_text(expires_at)}
        while True:
            try:
                with _reaching(service):
                    answer: dict[str, Any] = getattr(self._services[service], method)(sent)
                    return answer
            except Refused as refusal:
                wait_s = refusal.retry_after_s
                if wait_s is None or datetime.now(UTC) + timedelta(seconds=wait_s) > expires_at:
                    raise
                time.sleep(wait_s)


@contextmanager
def _reaching(whom: str) -> Iterator[None]:
    try:
        yield
    except RpcTimeout as error:
        raise Unreachable(f"{whom} did not answer in time: see `donthu status`") from error
    except UnknownService as error:
        raise Unreachable(f"{whom} is not running: run `donthu up`") from error
    except LogUnavailable as error:
        raise Unreachable(f"{whom}: {error}") from error
    except InternalFailure as error:
        raise ServiceFailed(f"{whom} failed: {error}; see .run/log/{whom}.log") from error
    except RemoteError as error:
        raise ServiceFailed(f"{whom} failed: {error.exc_type}; see .run/log/{whom}.log") from error
    except _BROKER_ERRORS as error:
        raise Unreachable("the broker does not answer: run `donthu up`") from error


_BROKER_ERRORS = (OSError, amqp.exceptions.AMQPError, kombu.exceptions.OperationalError, AMQPError)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What an agency hears about one of its events."""

    source_id: str
    file: str | None  # file number; None: rejected
    position: int | None
    reasons: tuple[dict[str, str], ...]  # field, code, message
    data: dict[str, Any]

    @property
    def is_accepted(self) -> bool:
        return self.file is not None


class Agency:
    """Another government system at the `agencies` exchange, with its own user of the broker."""

    def __init__(self, name: str) -> None:
        self.name = name
        uri = os.environ.get("DONTHU_AGENCY_URI") or _agency_uri(name)
        parameters = broker.parameters(uri)
        for node in parameters:
            node.socket_timeout = node.blocked_connection_timeout = 10
        with _reaching_as(name):
            self._connection = pika.BlockingConnection(parameters)
            self._channel = self._connection.channel()
            self._channel.confirm_delivery()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._connection.is_open:
            self._connection.close()

    @staticmethod
    def source(name: str) -> str:
        """The CloudEvents source of an agency's events."""
        return f"/agencies/{name}"

    def event(self, id: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """A CloudEvent PetitionReceived of this agency."""
        return {
            "specversion": "1.0",
            "id": id,
            "source": self.source(self.name),
            "type": PETITION_RECEIVED,
            "datacontenttype": "application/json",
            "data": dict(data),
        }

    def publish(self, event: Mapping[str, Any]) -> None:
        """Send one event, structured mode; it is safe with the broker when this returns."""
        properties = pika.BasicProperties(
            content_type=STRUCTURED,
            delivery_mode=pika.DeliveryMode.Persistent.value,
            reply_to=replies_queue(self.name),
        )
        body = json.dumps(event, ensure_ascii=False).encode()
        with _reaching_as(self.name):
            self._channel.basic_publish(
                AGENCIES, f"{self.name}.{event['type']}", body, properties, mandatory=True
            )

    def answers(
        self,
        ids: Iterable[str],
        within_s: float,
        heard: Callable[[Answer], None] = lambda answer: None,
    ) -> dict[str, Answer]:
        """The answers to the events with these ids, by id; those that did not come are missing.

        Answers to other events stay in the queue for whoever waits for them.
        """
        waited_for, found = set(ids), dict[str, Answer]()
        deadline = time.monotonic() + within_s
        with _reaching_as(self.name):
            # Only our own are acknowledged and so taken out; the rest go back at the end.
            channel = self._connection.channel()
            try:
                while waited_for and (left := deadline - time.monotonic()) > 0:
                    for method, _, body in channel.consume(
                        replies_queue(self.name), inactivity_timeout=left
                    ):
                        if method is None:
                            break
                        answer = _answer(body)
                        if answer and answer.source_id in waited_for:
                            channel.basic_ack(method.delivery_tag)
                            waited_for.discard(answer.source_id)
                            found[answer.source_id] = answer
                            heard(answer)
                        if not waited_for:
                            break
            finally:
                if channel.is_open:
                    channel.close()
        return found


def _agency_uri(name: str) -> str:
    stack = Stack()
    stack.environment()  # says so if there is no stack at all
    if not os.environ.get("AMQP_URI") and name not in stack.agencies():
        known = ", ".join(stack.agencies())
        raise BadInput(f"no agency {name} here, only {known}: `donthu agency {name}` lets it in")
    return stack.agency_uri(name)


def _answer(body: bytes) -> Answer | None:
    """The answer in a message; None for what is no answer of ours."""
    try:
        data = json.loads(body)["data"]
        return Answer(
            source_id=str(data["source_id"]),
            file=data.get("file"),
            position=data.get("position"),
            reasons=tuple(data.get("reasons") or ()),
            data=data,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


@contextmanager
def _reaching_as(agency: str) -> Iterator[None]:
    try:
        yield
    except (UnroutableError, NackError) as error:
        raise Unreachable("nobody takes the agencies' messages: run `donthu up`") from error
    except ChannelClosedByBroker as error:
        raise NotPermitted(f"the broker refuses agency {agency}: {error.reply_text}") from error
    except (AMQPError, OSError) as error:
        raise Unreachable("the broker does not answer: run `donthu up`") from error


def parked() -> list[parking.ParkedMessage]:
    """Every message that waits for a person, of whatever queue."""
    uri = environment(OPERATOR)["AMQP_URI"]
    with _reaching("the broker"):
        return [each for queue in _listening_queues() for each in parking.parked(uri, queue)]


def retry_parked(id: str | None) -> int:
    """Send the parked message with this id round again, or all; how many that were."""
    uri = environment(OPERATOR)["AMQP_URI"]
    with _reaching("the broker"):
        return sum(parking.retry_parked(uri, queue, id) for queue in _listening_queues())


def _listening_queues() -> list[str]:
    from deploy.topology import families_of_services

    return sorted({INBOX.name, *(family.name for family in families_of_services())})


@contextmanager
def reaching_database() -> Iterator[None]:
    """Turns the driver's errors, which can hold what was sent, into one line that holds nothing."""
    try:
        yield
    except VaultUnavailable as error:
        raise Unreachable(str(error)) from None
    except ConnectionFailure:
        raise Unreachable("the database does not answer: run `donthu up`") from None
    except PyMongoError as error:
        told = f"the database does not do it ({type(error).__name__}): see `donthu status`"
        raise Unreachable(told) from None
