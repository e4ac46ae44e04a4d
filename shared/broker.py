"""How a program reaches the broker: AMQP_URI alone says where, as whom, and by which certificate.

Over plain TCP a user has a password. Over TLS (`amqps`) a user is the name in a certificate, told
in RabbitMQ's own notation: `amqps://intake@host:5671/donthu?cacertfile=ca.pem&certfile=intake.pem`,
with certificate and key in one file. The server's certificate and name are always checked.

It may name every node of a cluster, `amqp://…@a/v;amqp://…@b/v`: whoever connects takes the first
that answers. kombu, and so nameko, reads it the same way.
"""

import ssl
from collections.abc import Mapping
from importlib import import_module
from struct import error
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import pika
from amqp.exceptions import AMQPError
from pika.credentials import ExternalCredentials

_TLS = "amqps"

#: Header in place of properties that cannot be read.
UNREADABLE = "unreadable"
_UNREADABLE = (ValueError, ArithmeticError, OSError, RecursionError, LookupError, AMQPError, error)


def addresses(amqp_uri: str) -> list[str]:
    """The URI of each node."""
    return amqp_uri.split(";")


def parameters(amqp_uri: str) -> list[pika.URLParameters]:
    """What pika needs for each node; its `BlockingConnection` takes them all and tries in turn.

    Raises: ValueError: a certificate is not named. OSError: it cannot be read.
    """
    return [_parameters(address) for address in addresses(amqp_uri)]


def _parameters(uri: str) -> pika.URLParameters:
    plain, files = _parted(uri)
    if files is None:
        told = pika.URLParameters(plain)
    else:
        parts = urlsplit(plain)  # pika takes no name without a password
        told = pika.URLParameters(urlunsplit(parts._replace(netloc=parts.netloc.split("@")[-1])))
        context = ssl.create_default_context(cafile=files["cacertfile"])
        context.load_cert_chain(files["certfile"])
        told.ssl_options = pika.SSLOptions(context, server_hostname=told.host)
        told.credentials = ExternalCredentials()
    return told


def teach_kombu() -> None:
    """Let kombu, and so every part of nameko, read such a URI; harmless when repeated.

    nameko hands certificates and login method to some of its connections and forgets others.
    """
    connection: Any = import_module("kombu.connection")
    original = connection.parse_url
    if getattr(original, "knows_certificates", False):
        return

    def parse_url(uri: str) -> Mapping[str, Any]:
        plain, files = _parted(uri)
        told: dict[str, Any] = original(plain)
        if files is None:
            return told
        secured = {
            "ca_certs": files["cacertfile"],
            "certfile": files["certfile"],
            "cert_reqs": ssl.CERT_REQUIRED,
            "server_hostname": told["hostname"],
        }
        return told | {"ssl": secured, "login_method": "EXTERNAL"}

    parse_url.knows_certificates = True  # type: ignore[attr-defined]
    connection.parse_url = parse_url


def teach_amqp() -> None:
    """Let py-amqp pass over properties that nobody can read; harmless when repeated.

    It ends the connection over a text that is not UTF-8, a time after the year 9999, or a table too
    deeply nested; the broker delivers the message again, and a service would never get past it.
    """
    content: Any = import_module("amqp.serialization").GenericContent
    original = content._load_properties
    if getattr(original, "bears_anything", False):
        return

    def load(message: Any, class_id: int, buffer: bytes, offset: int) -> int:
        try:
            offset = original(message, class_id, buffer, offset)
            message.properties = _text(message.properties)
        except _UNREADABLE:
            message.properties = {"application_headers": {UNREADABLE: True}}
        return offset

    load.bears_anything = True  # type: ignore[attr-defined]
    content._load_properties = load


def _text(value: Any) -> Any:
    """The same with names that are text, and texts that can be written down again."""
    match value:
        case dict():
            return {_text(_decoded(name)): _text(item) for name, item in value.items()}
        case list():
            return [_text(item) for item in value]
        case str():
            return value.encode(errors="replace").decode()
        case _:
            return value


def _decoded(name: str | bytes) -> str:
    return name if isinstance(name, str) else bytes(name).decode(errors="replace")


def _parted(uri: str) -> tuple[str, dict[str, str] | None]:
    """The URI without its files, and these; None where it is not TLS."""
    parts = urlsplit(uri)
    if parts.scheme != _TLS:
        return uri, None
    query = dict(parse_qsl(parts.query))
    if missing := {"cacertfile", "certfile"} - set(query):
        raise ValueError(f"AMQP_URI by TLS lacks {', '.join(sorted(missing))}")
    return urlunsplit(parts._replace(query="")), query
