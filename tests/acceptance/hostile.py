"""Ways to send something wrong: generated from a seed, none of them lawful by chance."""

import base64
import copy
import gzip
import json
import random
import re
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pika

from deploy.client import STRUCTURED

JSON: Final = {"content_type": b"application/json", "content_encoding": b"utf-8"}
HALF = "\ud83d"  # of a surrogate pair

#: Texts that some program somewhere could not bear.
TEXTS: Final = (
    "",
    " \n ",
    "\0",
    f"Đơn {HALF}",
    "a" * 70_000,
    "../../etc/passwd",
    "'; DROP TABLE commits; --",
    "$where",
    "petition-x/../y",
    "{{7*7}}%s%n{0.__class__}",
    "\u202eđảo\u202c \ufeff\u200b",
    "e\u0301" * 300,
    "9" * 400,
    "-0",
    "null",
    "2026-02-30",
    "2026-11-02T00:00:00Z",
    "0001-01-01",
)
#: What is no text, and fits no field of any schema.
THINGS: Final = (
    0.5,
    -1e308,
    10**40,
    -(2**63) - 1,
    [[[[]]]],
    [None],
    {"$gt": ""},
    {"$where": "sleep(1000)"},
    {"": {"": {}}},
    {"__class__": "Personal", "_parts": {}},
    {"a.b": {"$ref": "commits"}},
)


@dataclass(frozen=True, kw_only=True)
class Hostile:
    """One message: bytes, a routing key, and AMQP properties as bytes."""

    key: str
    body: bytes
    properties: Mapping[str, bytes] = field(default_factory=dict)
    headers: bytes = b""  # the table's content
    is_readable: bool = True  # by an AMQP client, so that it can be answered


class Properties(pika.BasicProperties):
    """Properties that are written as they are told, which no client does."""

    _ORDER: Final = (
        ("content_type", 15),
        ("content_encoding", 14),
        ("headers", 13),
        ("delivery_mode", 12),
        ("priority", 11),
        ("correlation_id", 10),
        ("reply_to", 9),
        ("expiration", 8),
        ("message_id", 7),
        ("timestamp", 6),
        ("type", 5),
        ("user_id", 4),
        ("app_id", 3),
    )

    def __init__(self, raw: Mapping[str, bytes], headers: bytes) -> None:
        super().__init__()
        self._raw = dict(raw) | ({"headers": headers} if headers else {})

    def encode(self) -> list[bytes]:
        flags, pieces = 0, []
        for name, bit in self._ORDER:
            if name in self._raw:
                flags |= 1 << bit
                value = self._raw[name]
                if name == "headers":
                    pieces.append(struct.pack(">I", len(value)) + value)
                elif name in ("delivery_mode", "priority", "timestamp"):
                    pieces.append(value)
                else:
                    pieces.append(struct.pack("B", len(value)) + value)
        return [struct.pack(">H", flags), *pieces]


# -- headers


def header(name: str | bytes, value: bytes) -> bytes:
    """An entry of a table; the value begins with the letter of its type."""
    raw = name if isinstance(name, bytes) else name.encode()
    return struct.pack("B", len(raw)) + raw + value


def text(value: str | bytes) -> bytes:
    raw = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
    return b"S" + struct.pack(">I", len(raw)) + raw


def table(content: bytes) -> bytes:
    return b"F" + struct.pack(">I", len(content)) + content


def array(content: bytes) -> bytes:
    return b"A" + struct.pack(">I", len(content)) + content


#: Values of every type that AMQP and RabbitMQ know, at their edges.
VALUES: Final = (
    text(""),
    text(b"\xff\xfe\x00"),
    text(HALF),
    text("x" * 5000),
    b"t\x02",
    b"b\x80",
    b"B\xff",
    b"s\x80\x00",
    b"u\xff\xff",
    b"I\x80\x00\x00\x00",
    b"i\xff\xff\xff\xff",
    b"l" + b"\x80" + b"\0" * 7,
    b"f" + struct.pack(">f", -1e-45),
    b"d" + struct.pack(">d", 1e308),
    b"D\xff\x00\x00\x00\x01",
    b"T" + struct.pack(">Q", 0),
    b"V",
    b"x" + struct.pack(">I", 3) + b"\0\xff\0",
    table(b""),
    table(header("a", table(header("", b"V")))),
    array(b""),
    array(b"V" + text("x") + table(header("q", b"t\x01"))),
)


def _deep(levels: int) -> bytes:
    value = b"V"
    for _ in range(levels):
        value = array(value)
    return value


#: Values and properties that are read nowhere, and would end a client that tries.
UNREADABLE: Final = (b"T" + b"\xff" * 8, _deep(3000))
BAD_PROPERTIES: Final[tuple[dict[str, bytes], ...]] = (
    {"content_type": b"application/\xff\xfe"},
    {"content_encoding": b"\xc3\x28"},
    {"message_id": b"\xff" * 255},
    {"timestamp": b"\xff" * 8},
    {"type": b"\x80"},
    {"app_id": b"\xf8\x88"},
)


# -- over RPC


@dataclass(frozen=True, kw_only=True)
class Method:
    """`intake.accept`, and the words of its docstring, among which are its fields."""

    name: str
    words: tuple[str, ...]

    @classmethod
    def of(cls, name: str, told: str) -> "Method":
        return cls(name=name, words=tuple(sorted(set(re.findall(r"\b[a-z][a-z_]{1,30}\b", told)))))


def calls(
    chance: random.Random, methods: list[Method], count: int, tokens: "Tokens", file: str
) -> Iterator[Hostile]:
    """So many calls, every method in turn; `file` is one that is there."""
    ways = (_payload, _payload, _payload, _arguments, _token, _token, _bytes, _headers)
    for number in range(count):
        method = methods[number % len(methods)]
        yield chance.choice(ways)(chance, method, tokens, file)


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """One that is good, and the ward and the ways in which another is not."""

    good: str
    bad: tuple[str, ...]


def _call(method: Method, body: object, token: str | None, **more: Any) -> Hostile:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    entry = header("nameko.token", text(token)) if token is not None else b""
    return Hostile(
        key=method.name,
        body=raw,
        properties=JSON | more.get("properties", {}),
        headers=entry + more.get("headers", b""),
        is_readable=more.get("is_readable", True),
    )


def _junk(chance: random.Random) -> Any:
    return copy.deepcopy(chance.choice(chance.choice((TEXTS, THINGS))))


def _payload(chance: random.Random, method: Method, tokens: Tokens, file: str) -> Hostile:
    """Somebody known asks nonsense: fields that fit nothing, and always one that nobody knows."""
    fields = chance.sample(method.words, min(len(method.words), chance.randint(0, 6)))
    payload: Any = {name: _junk(chance) for name in fields}
    payload |= {"file": chance.choice((file, file, _junk(chance)))} if chance.random() < 0.7 else {}
    payload |= {chance.choice(("lạ", "$set", "", "__proto__", "x" * 3000, HALF)): _junk(chance)}
    if chance.random() < 0.1:
        payload["idempotency_key"] = _junk(chance)
    if chance.random() < 0.1:
        payload["expires_at"] = _junk(chance) or "never"
    return _call(method, {"args": [payload], "kwargs": {}}, tokens.good)


def _arguments(chance: random.Random, method: Method, tokens: Tokens, file: str) -> Hostile:
    """What is no payload, too many of them, or no arguments at all."""
    args: Any = chance.choice(
        ([], [_junk(chance)], [{}, {}], [[{"file": file}]], {"payload": {}}, _junk(chance))
    )
    if args in ([], [{}]) or (args and isinstance(args, list) and args[0] == {}):
        args = [None]
    kwargs = chance.choice(({}, {"self": 1}, {"payload": 7}, _junk(chance)))
    body = chance.choice(
        (
            {"args": args, "kwargs": kwargs},
            {"args": args},
            {"kwargs": kwargs},
            [args, kwargs],
            _junk(chance),
        )
    )
    return _call(method, body, tokens.good)


def _token(chance: random.Random, method: Method, tokens: Tokens, file: str) -> Hostile:
    """A sound request in nobody's name, or in one that was made up."""
    body = {"args": [{"file": file}], "kwargs": {}}
    if chance.random() < 0.7:
        return _call(method, body, chance.choice(tokens.bad))
    odd = chance.choice(VALUES)
    ward = header("nameko.authority", odd)
    return chance.choice(
        (
            _call(method, body, None, headers=header("nameko.token", odd)),
            _call(method, body, chance.choice(tokens.bad), headers=ward),
            _call(method, body, None),
        )
    )


def _bytes(chance: random.Random, method: Method, tokens: Tokens, file: str) -> Hostile:
    """What is not JSON, or says of itself that it is something else."""
    whole = json.dumps({"args": [{"file": file, "lạ": 1}], "kwargs": {}}).encode()
    content = chance.choice(
        (
            lambda: whole[: chance.randrange(len(whole))],
            lambda: chance.randbytes(chance.randrange(2000)),
            lambda: b"[" * 100_000,
            lambda: b'{"args": [' + b"[" * 400 + b"]" * 400 + b'], "kwargs": {}}',
            lambda: b'{"args": ["' + b"x" * 1_000_000 + b'"], "kwargs": {}}',
            lambda: gzip.compress(whole),
            lambda: whole.decode().encode("utf-16"),
        )
    )()
    said: dict[str, bytes] = chance.choice(
        (
            {},
            {"content_encoding": b"utf-16"},
            {"content_encoding": b"binary"},
            {"content_type": b"application/x-python-serialize", "content_encoding": b"binary"},
            {"content_type": b"application/x-yaml"},
            {"content_type": b"text/plain"},
            {"content_type": b""},
        )
    )
    return _call(method, content, tokens.good, properties=said)


def _headers(chance: random.Random, method: Method, tokens: Tokens, file: str) -> Hostile:
    """Headers that the framework believes, of every type, and properties that nobody can read."""
    body = {"args": [{"file": file, "lạ": 1}], "kwargs": {}}
    if chance.random() < 0.2:
        if chance.random() < 0.5:
            odd = header("x", chance.choice(UNREADABLE))
            return _call(method, body, tokens.good, headers=odd, is_readable=False)
        bad = chance.choice(BAD_PROPERTIES)
        return _call(method, body, tokens.good, properties=bad, is_readable=False)
    name = chance.choice(
        ("nameko.call", "nameko.caller", "nameko.call_id_stack", "nameko.correlation", "x", b"\xff")
    )
    return _call(method, body, tokens.good, headers=header(name, chance.choice(VALUES)))


# -- over the agencies exchange


def letters(
    chance: random.Random, count: int, event: Callable[[], dict[str, Any]]
) -> Iterator[Hostile]:
    """So many messages of the portal, each made of an event that would have been taken."""
    ways = (_data, _data, _data, _attribute, _attribute, _spoiled, _binary, _odd)
    for _ in range(count):
        yield chance.choice(ways)(chance, event())


def _letter(body: object, key: str = "portal.PetitionReceived", **more: Any) -> Hostile:
    return Hostile(
        key=key,
        body=body if isinstance(body, bytes) else json.dumps(body).encode(),
        properties={"content_type": STRUCTURED.encode()} | more.get("properties", {}),
        headers=more.get("headers", b""),
        is_readable=more.get("is_readable", True),
    )


def _data(chance: random.Random, event: dict[str, Any]) -> Hostile:
    data = event["data"]
    name = chance.choice(sorted(data))
    match chance.randrange(4):
        case 0:
            data[name] = copy.deepcopy(chance.choice(THINGS))
        case 1:
            data[chance.choice(("lạ", "$set", "", "data", "channel", "x" * 3000))] = _junk(chance)
        case 2:
            del data[chance.choice(("authority", "received_on", "petitioners", "subject"))]
        case _:
            data[chance.choice(("received_on", "claimed_kind", "authority"))] = chance.choice(TEXTS)
    return _letter(event)


def _attribute(chance: random.Random, event: dict[str, Any]) -> Hostile:
    name = chance.choice(("specversion", "id", "source", "type", "data"))
    match chance.randrange(3):
        case 0:
            del event[name]
        case 1:
            event[name] = copy.deepcopy(chance.choice(THINGS))
        case _:
            odd = ("\0", HALF, "đ", "", " ", "x" * 300)
            event[name] = chance.choice(odd)
    return _letter(event)


def _spoiled(chance: random.Random, event: dict[str, Any]) -> Hostile:
    whole = json.dumps(event).encode()
    content: bytes = chance.choice(
        (
            lambda: whole[: chance.randrange(len(whole))],
            lambda: whole.replace(b'"', b"\xff", 1),
            lambda: chance.randbytes(chance.randrange(1, 5000)),
            lambda: b"[" * 200_000,
            lambda: b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
            lambda: whole[:-1] + b',"id":"x"}',
            lambda: whole[:-1] + b',"n":NaN}',
            lambda: whole[:-1] + b" " * 1_000_000 + b"}",
            lambda: whole.decode().encode("utf-16"),
        )
    )()
    return _letter(content)


def _binary(chance: random.Random, event: dict[str, Any]) -> Hostile:
    """Binary mode, in which one attribute is of a type that no attribute has."""
    wrong = chance.choice(("specversion", "id", "source", "type"))
    told = {name: text(event[name]) for name in ("specversion", "id", "source", "type")}
    told[wrong] = chance.choice([value for value in VALUES if value[:1] != b"t"])
    entries = b"".join(header(f"cloudEvents:{name}", value) for name, value in told.items())
    more = header(chance.choice(("x", "", b"\xff", "cloudEvents:đ")), chance.choice(VALUES))
    properties = {"content_type": b"application/json"}
    return _letter(event["data"], headers=entries + more, properties=properties)


def _odd(chance: random.Random, event: dict[str, Any]) -> Hostile:
    """An envelope that is odd; where one might bear it, the words are not sound either."""
    way = chance.randrange(5)
    if way < 3:
        event["type"] = "Unknown"
    match way:
        case 0:
            bad = chance.choice(BAD_PROPERTIES)
            return _letter(event, properties=bad, is_readable=False)
        case 1:
            odd = header("x", chance.choice(UNREADABLE))
            return _letter(event, headers=odd, is_readable=False)
        case 2:
            forged = chance.choice(("x-death", "retried", "sealed", "parked", "x"))
            half = HALF.encode(errors="surrogatepass")
            properties = {name: half for name in chance.sample(("message_id", "app_id", "type"), 2)}
            return _letter(
                event, headers=header(forged, chance.choice(VALUES)), properties=properties
            )
        case 3:
            return _letter(event, key=chance.choice(("portal.DecisionIssued", "portal.X")))
        case _:
            said: dict[str, bytes] = chance.choice(
                (
                    {"content_encoding": b"gzip"},
                    {"content_type": b"application/xml"},
                    {"content_type": b""},
                    {"content_type": b"application/cloudevents+json; charset=utf-16"},
                    {"content_type": b"application/cloudevents-batch+json"},
                )
            )
            return _letter(event, properties=said)


# -- tokens


def bad_tokens(good: str, others: tuple[str, ...]) -> tuple[str, ...]:
    """Tokens that were made up, spoiled, or (`others`) signed and not for here."""
    head, body, signature = good.split(".")

    def part(value: object) -> str:
        raw = value if isinstance(value, bytes) else json.dumps(value).encode()
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    unsigned = [
        part({"alg": alg, "kid": kid, "typ": "JWT"})
        for alg in ("none", "HS256", "EdDSA", "RS256", None, 7)
        for kid in ("local", "../../key", None, [], {}, 7)
    ]
    return (
        *others,
        "",
        "x",
        "..",
        good[:-1],
        good[:40],
        good + "A" * 9000,
        f"{head}.{body}.",
        f"{head}.{part({})}.{signature}",
        f"{part(b'[' * 5000)}.{body}.{signature}",
        f"{part(b'7')}.{body}.{signature}",
        f"{head}.{part(b'[' * 5000)}.{signature}",
        "é.\0.đ",
        *(f"{one}.{body}.{end}" for one in unsigned for end in ("", signature)),
    )
