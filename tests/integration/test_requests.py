"""A request that is too long is refused before it is read, packed or not."""

import json
import zlib
from typing import Any

import pika
import pytest

from shared.errors import Malformed
from shared.providers import MAX_REQUEST, rpc


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
