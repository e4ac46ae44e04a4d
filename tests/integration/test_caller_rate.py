"""Who calls too often is told when to come back, and nobody else notices."""

import signal
import time
import uuid
from collections.abc import Callable
from typing import Any

import pika
import pytest

from deploy.client import Services
from services.intake.service import IntakeService
from services.reporting.service import ReportingService
from shared.errors import Refused

LOOK = {"file": "0123456789ab"}
BURST = 5


@pytest.fixture
def rate() -> str:
    """So slow that nobody gets another call while a test lasts, on however busy a machine."""
    return f"0.001/{BURST}"


@pytest.fixture(autouse=True)
def _services(
    monkeypatch: pytest.MonkeyPatch, run_service: Callable[[type], Any], stack: Any, rate: str
) -> None:
    monkeypatch.setenv("DONTHU_CALLER_RATE", rate)
    for service in (IntakeService, ReportingService):
        run_service(service)


@pytest.fixture
def acting(acting: Callable[..., Any]) -> Callable[..., Any]:
    """The services as somebody calls them, with a token of their own each time."""
    return lambda actor: acting("chair", actor=actor)


def told(method: Any, payload: Any = None) -> str:
    """The code of the refusal, empty for an answer."""
    try:
        method(*([] if payload is None else [payload]))
    except Refused as refusal:
        return str(refusal.code)
    return ""


def use_up(ward: Any) -> None:
    assert [told(ward.reporting.case, LOOK) for _ in range(BURST + 1)] == [
        *["unknown_file"] * BURST,
        "too_many_calls",
    ]


@pytest.mark.parametrize("rate", ["0.2/1"])
def test_who_calls_too_often_is_told_when_to_come_back(acting: Any) -> None:
    with acting("officer:mai") as ward:
        assert told(ward.reporting.case, LOOK) == "unknown_file"
        with pytest.raises(Refused) as refused:
            ward.reporting.case(LOOK)
        wait_s = refused.value.retry_after_s
        assert wait_s is not None
        assert 0 < wait_s <= 5
        assert f"sau {wait_s:.0f} giây" in refused.value.reason
        time.sleep(wait_s)
        assert told(ward.reporting.case, LOOK) == "unknown_file"


@pytest.mark.parametrize("rate", [f"1/{BURST}"])
def test_the_command_line_waits_until_it_may_ask_again(
    amqp_uri: str, authority: str, token: Callable[..., str]
) -> None:
    signed = token(authority, "chair", actor="officer:mai")
    with Services(amqp_uri, authority=authority, token=signed) as services:
        for _ in range(BURST + 2):
            assert services.call("reporting", "cases")["cases"] == []


def test_it_counts_who_the_token_names_whatever_else_is_said(acting: Any) -> None:
    with acting("officer:mai") as ward:
        use_up(ward)
    with acting("officer:mai") as with_another_token:
        for said in ({"actor": "officer:hoa"}, {"caller": "officer:hoa"}, "no payload"):
            assert told(with_another_token.reporting.case, said) == "too_many_calls"
    with acting("officer:hoa") as another:
        assert told(another.reporting.case, LOOK) == "unknown_file"


def test_each_service_counts_by_itself_and_its_health_is_never_counted(acting: Any) -> None:
    with acting("officer:mai") as ward:
        use_up(ward)
        assert [told(ward.reporting.health) for _ in range(20)] == [""] * 20
        assert told(ward.intake.petition, LOOK | {"purpose": "xu_ly_don"}) == "unknown_file"


def test_a_call_too_many_is_refused_before_payload_and_database_are_looked_at(
    acting: Any, token: Any, authority: str, amqp_uri: str, stack: Any
) -> None:
    with acting("officer:mai") as ward:
        use_up(ward)
        stack.signal_server("mongod", signal.SIGSTOP)
        try:
            began = time.monotonic()
            assert told(ward.reporting.case, LOOK) == "too_many_calls"
            assert time.monotonic() - began < 5  # nobody waited for the database
        finally:
            stack.signal_server("mongod", signal.SIGCONT)
    signed = token(authority, "chair", actor="officer:mai")
    assert "too_many_calls" in sent(amqp_uri, "reporting.case", b"[" * 1_000_000, signed)
    other = token(authority, "chair", actor="officer:hoa")
    assert "not_json" in sent(amqp_uri, "reporting.case", b"[" * 1_000_000, other)
    assert "token_invalid" in sent(amqp_uri, "reporting.case", b"[" * 1_000_000, "x")


def test_others_are_answered_while_somebody_floods_a_service(acting: Any) -> None:
    def p50_s(ward: Any) -> float:
        took = []
        for _ in range(4):
            began = time.monotonic()
            assert told(ward.reporting.case, LOOK) == "unknown_file"
            took.append(time.monotonic() - began)
        return sorted(took)[len(took) // 2]

    with acting("officer:mai") as flooding, acting("officer:hoa") as other:
        use_up(flooding)
        flood = [flooding.reporting.case.call_async(LOOK) for _ in range(500)]
        during_s = p50_s(other)
        answers = [told(each.result) for each in flood]
    refused = answers.count("too_many_calls")
    assert refused == 500
    assert during_s < 5


def sent(amqp_uri: str, key: str, body: bytes, token: str) -> str:
    """What is answered to these bytes."""
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    try:
        channel, reply_to = connection.channel(), str(uuid.uuid4())
        queue = f"rpc.reply-{reply_to}"
        channel.queue_declare(queue, exclusive=True, arguments={"x-queue-type": "classic"})
        channel.queue_bind(queue, "nameko-rpc", reply_to)
        properties = pika.BasicProperties(
            content_type="application/json",
            content_encoding="utf-8",
            reply_to=reply_to,
            correlation_id="1",
            headers={"nameko.token": token},
        )
        channel.basic_publish("nameko-rpc", key, body, properties)
        for _, _, answer in channel.consume(queue, auto_ack=True, inactivity_timeout=15):
            return (answer or b"").decode()
    finally:
        connection.close()
    return ""
