"""A request that is too long or has too many parts is refused before it is read, packed or not."""

import json
import time
import zlib
from typing import Any

import pika
import pytest

from services.intake.service import IntakeService
from shared.calling import MAX_REQUEST, rpc
from shared.errors import Malformed, Refused


class Echo:
    name = "echo"

    @rpc
    def size(self, text: str) -> int:
        return len(text)


@pytest.fixture
def echo(run_service: Any) -> None:
    run_service(Echo)


def test_what_is_too_long_is_refused_and_the_next_is_answered(echo: None, rpc: Any) -> None:
    with pytest.raises(Malformed) as refused:
        rpc.echo.size("x" * MAX_REQUEST)
    assert "too_large" in str(refused.value)
    assert rpc.echo.size("x" * 1000) == 1000


def test_what_is_packed_is_not_unpacked(echo: None, amqp_uri: str) -> None:
    body = json.dumps({"args": ["x" * 50_000_000], "kwargs": {}}).encode()
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    channel = connection.channel()
    channel.queue_declare("rpc.reply-packed", exclusive=True, arguments={"x-queue-type": "classic"})
    channel.queue_bind("rpc.reply-packed", "nameko-rpc", "packed")
    channel.basic_publish(
        "nameko-rpc",
        "echo.size",
        zlib.compress(body),
        pika.BasicProperties(
            content_type="application/json",
            content_encoding="utf-8",
            reply_to="packed",
            headers={"compression": "application/x-gzip"},
        ),
    )
    for _, _, answer in channel.consume("rpc.reply-packed", inactivity_timeout=10):
        assert answer is not None
        assert json.loads(answer)["error"]["exc_type"] == "Malformed"
        break
    connection.close()


def test_a_million_empty_petitioners_keep_nobody_waiting(run_service: Any, rpc: Any) -> None:
    run_service(IntakeService)
    payload = {"petitioners": [{}] * 900_000}
    began = time.monotonic()
    with pytest.raises(Malformed) as refused:
        rpc.intake.register_petition(payload)
    assert "too_many" in str(refused.value)
    assert time.monotonic() - began < 10  # most of a minute, before
    assert rpc.intake.health()["database"] == "ok"


def test_a_payload_given_by_its_name_is_the_same_payload(run_service: Any, rpc: Any) -> None:
    run_service(IntakeService)
    for call in (lambda p: rpc.intake.accept(p), lambda p: rpc.intake.accept(payload=p)):
        with pytest.raises(Refused) as refused:
            call({"file": "0" * 12, "expires_at": "2026-01-01T00:00:00Z"})
        assert refused.value.code == "command_expired"
