"""With `--tls` both servers speak to nobody but who shows a certificate of their authority."""

import socket
import ssl
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pika
import pytest
from kombu import Connection
from nameko.standalone.rpc import ClusterRpcProxy
from pika.exceptions import AMQPError
from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from deploy import rabbitmq
from deploy.certificates import Authority
from deploy.stack import Stack, prepare_servers
from deploy.users import OPERATOR, SERVICES, STAFF
from shared import broker
from tests.acceptance.world import System

REFUSED = (AMQPError, PyMongoError, OSError)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = Stack(tmp_path_factory.mktemp("tls"), given={})
    own = stack.start_servers(tls=True)
    prepare_servers(own["MONGO_URI"], own["AMQP_URI"])
    yield stack
    stack.stop_servers()


@pytest.fixture
def authority(stack: Stack) -> Authority:
    return Authority(stack.run_dir / "tls")


@pytest.fixture
def stranger(tmp_path: Path) -> Authority:
    """Another authority, which issued certificates in the same names."""
    stranger = Authority(tmp_path / "stranger")
    stranger.issue(("mongod",), ("operator", "intake"))
    return stranger


def by_pika(uri: str) -> None:
    pika.BlockingConnection(broker.parameters(uri)).close()


def by_kombu(uri: str) -> None:
    with Connection(uri, connect_timeout=5) as connection:
        connection.ensure_connection(
            max_retries=2, interval_start=0, reraise_as_library_errors=False
        )


def by_pymongo(uri: str) -> None:
    with MongoClient[Any](uri, serverSelectionTimeoutMS=2000) as client:
        client["donthu_ledger"]["commits"].find_one()


CLIENTS = [by_pika, by_kombu, by_pymongo]


def uri(stack: Stack, client: Callable[[str], None], user: str = "intake") -> str:
    return stack.environment(user)["MONGO_URI" if client is by_pymongo else "AMQP_URI"]


def test_every_program_answers_over_tls(stack: Stack, tmp_path: Path) -> None:
    system = System(stack, tmp_path)
    try:
        system.start("relay", *SERVICES)
        staff = stack.environment(STAFF)["AMQP_URI"]
        assert rabbitmq.health(staff, SERVICES) == dict.fromkeys(SERVICES, "ok")
        with ClusterRpcProxy({"AMQP_URI": staff}, timeout=15) as services:
            assert services.intake.health()
    finally:
        system.stop()


@pytest.mark.parametrize("client", CLIENTS)
def test_a_certificate_of_ours_is_let_in(stack: Stack, client: Any) -> None:
    client(uri(stack, client))


@pytest.mark.parametrize("client", CLIENTS)
def test_a_certificate_of_another_authority_is_not(
    stack: Stack, client: Any, authority: Authority, stranger: Authority
) -> None:
    with pytest.raises(REFUSED):
        client(swapped(uri(stack, client), authority.file("intake"), stranger.file("intake")))


@pytest.mark.parametrize("client", CLIENTS)
def test_a_server_of_another_authority_is_not_spoken_to(
    stack: Stack, client: Any, authority: Authority, stranger: Authority
) -> None:
    with pytest.raises(REFUSED):
        client(swapped(uri(stack, client), authority.certificate, stranger.certificate))


def swapped(uri: str, ours: Path, theirs: Path) -> str:
    before, after = quote(str(ours), safe=""), quote(str(theirs), safe="")
    assert before in uri
    return uri.replace(before, after)


@pytest.mark.parametrize("client", CLIENTS)
def test_a_server_under_another_name_is_not_spoken_to(stack: Stack, client: Any) -> None:
    """`127.1` is the same address, but no name in the certificate."""
    moved = uri(stack, client).replace("127.0.0.1", "127.1")
    with pytest.raises(REFUSED):
        client(moved.replace("replicaSet=donthu", "directConnection=true"))


def test_the_broker_lets_nobody_in_without_a_certificate(
    stack: Stack, authority: Authority
) -> None:
    context = ssl.create_default_context(cafile=str(authority.certificate))

    def speak() -> bytes:
        """With TLS 1.3 a client learns only after its handshake what the server thinks of it."""
        with plain(stack) as raw:
            secured = context.wrap_socket(raw, server_hostname="127.0.0.1")
            secured.sendall(b"AMQP\x00\x00\x09\x01")
            return secured.recv(1)

    with pytest.raises(ssl.SSLError, match=r"alert|EOF"):
        speak()


def test_the_database_lets_nobody_in_without_a_certificate(
    stack: Stack, authority: Authority
) -> None:
    options = {"tls": True, "tlsCAFile": str(authority.certificate), "directConnection": True}
    address = f"mongodb://127.0.0.1:{port_of(stack, 'MONGO_URI')}"
    shown = {"tlsCertificateKeyFile": str(authority.file("intake"))}
    with MongoClient[Any](address, **options, **shown) as client:
        client.admin.command("ping")
    bare = MongoClient[Any](address, **options, serverSelectionTimeoutMS=2000)
    with bare as client, pytest.raises(PyMongoError):
        client.admin.command("ping")


def test_plain_text_is_not_answered(stack: Stack) -> None:
    with pytest.raises(PyMongoError):
        by_pymongo(f"mongodb://127.0.0.1:{port_of(stack, 'MONGO_URI')}/?directConnection=true")
    with plain(stack) as raw:
        raw.sendall(b"AMQP\x00\x00\x09\x01")
        assert not raw.recv(100).startswith(b"\x01\x00\x00")  # no frame of AMQP


@pytest.mark.parametrize("client", [by_pika, by_kombu])
def test_of_several_nodes_one_that_is_gone_is_passed_over(stack: Stack, client: Any) -> None:
    alive = uri(stack, client)
    gone = alive.replace(f":{port_of(stack, 'AMQP_URI')}/", ":1/")
    assert gone != alive
    client(f"{gone};{alive}")


def test_a_servers_certificate_is_no_users(stack: Stack) -> None:
    told = uri(stack, by_pymongo).replace("intake.pem", "mongod.pem")
    with pytest.raises(OperationFailure):
        by_pymongo(told)


def test_a_user_without_rights_has_none_over_tls_either(stack: Stack) -> None:
    with MongoClient[Any](stack.environment("deadlines")["MONGO_URI"]) as client:
        with pytest.raises(OperationFailure) as refused:
            client["donthu_vault"]["keys"].find_one()
        assert refused.value.code == 13


def test_keys_are_for_their_owner_only(stack: Stack) -> None:
    files = list((stack.run_dir / "tls").iterdir())
    assert len(files) > 10
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_who_was_there_before_is_known_without_tls_again(stack: Stack) -> None:
    """Switched off and on: the data stay, and so do both ways to log in."""
    stack.stop_servers()
    stack.start_servers(tls=False)
    with MongoClient[Any](stack.environment()["MONGO_URI"]) as client:
        assert "donthu_ledger" in client.list_database_names()
    by_pika(stack.environment(STAFF)["AMQP_URI"])
    stack.stop_servers()
    stack.start_servers(tls=True)
    by_pika(stack.environment(STAFF)["AMQP_URI"])


def plain(stack: Stack) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port_of(stack, "AMQP_URI")), timeout=5)


def port_of(stack: Stack, server: str) -> int:
    port = urlsplit(stack.environment(OPERATOR)[server]).port
    assert port
    return port
