"""What py-amqp makes of properties that no honest client writes."""

import struct

import pytest
from amqp.basic_message import Message

from shared import broker

broker.teach_amqp()


def read(flags: int, *pieces: bytes) -> dict[str, object]:
    message = Message()
    body_size = struct.pack(">Q", 0)
    message.inbound_header(
        struct.pack(">HH", 60, 0) + body_size + struct.pack(">H", flags) + b"".join(pieces)
    )
    return dict(message.properties)


def short(text: bytes) -> bytes:
    return bytes([len(text)]) + text


def table(*entries: bytes) -> bytes:
    content = b"".join(entries)
    return struct.pack(">I", len(content)) + content


@pytest.mark.parametrize(
    ("flags", "piece"),
    [
        (1 << 15, short(b"application/\xff")),
        (1 << 7, short(b"\xc3\x28")),
        (1 << 13, table(short(b"x"), b"T" + b"\xff" * 8)),
        (1 << 13, table(short(b"x"), b"?")),
        (1 << 13, table(short(b"x"), b"S\xff")),
    ],
)
def test_properties_that_nobody_can_read_do_not_end_the_connection(
    flags: int, piece: bytes
) -> None:
    assert read(flags, piece) == {"application_headers": {broker.UNREADABLE: True}}


def test_names_and_texts_that_are_read_can_be_written_again() -> None:
    half = "\ud83d".encode(errors="surrogatepass")
    told = read(
        1 << 15 | 1 << 13,
        short(b"application/json"),
        table(short(b"\xff"), b"S" + struct.pack(">I", 3) + half, short(b"n"), b"t\x01"),
    )
    assert told == {
        "content_type": "application/json",
        "application_headers": {"\ufffd": "?", "n": True},
    }
