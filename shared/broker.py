"""How a program reaches the broker: AMQP_URI alone says where, as whom, and by which certificate.

Over plain TCP a user has a password. Over TLS (`amqps`) a user is the name in a certificate, told
in RabbitMQ's own notation: `amqps://intake@host:5671/donthu?cacertfile=ca.pem&certfile=intake.pem`,
with certificate and key in one file. The server's certificate and name are always checked.
"""

import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import pika
from pika.credentials import ExternalCredentials

_TLS = "amqps"


def parameters(uri: str) -> pika.URLParameters:
    """The same for pika.

    Raises: ValueError: a certificate is not named. OSError: it cannot be read.
    """
    plain, files = _parted(uri)
    told = pika.URLParameters(plain)
    if files is not None:
        context = ssl.create_default_context(cafile=files["cacertfile"])
        context.load_cert_chain(files["certfile"])
        told.ssl_options = pika.SSLOptions(context, server_hostname=told.host)
        told.credentials = ExternalCredentials()
    return told


def teach_kombu() -> None:
    """Let kombu, and so every part of nameko, read such a URI; harmless when repeated.

    nameko hands certificates and login method to some of its connections and forgets others.
    """
    from kombu import connection

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


def _parted(uri: str) -> tuple[str, dict[str, str] | None]:
    """The URI without its files, and these; None where it is not TLS."""
    parts = urlsplit(uri)
    if parts.scheme != _TLS:
        return uri, None
    query = dict(parse_qsl(parts.query))
    if missing := {"cacertfile", "certfile"} - set(query):
        raise ValueError(f"AMQP_URI by TLS lacks {', '.join(sorted(missing))}")
    return urlunsplit(parts._replace(query="")), query
