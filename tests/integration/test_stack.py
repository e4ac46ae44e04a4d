"""The private servers start, survive kill -9, and keep the agencies apart."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pika
import pytest
from click.testing import CliRunner
from nameko.containers import ServiceContainer
from nameko.standalone.rpc import ClusterRpcProxy
from pika.exceptions import ChannelClosedByBroker, ProbableAuthenticationError
from pymongo import MongoClient

from deploy import processes, rabbitmq
from deploy.cli import main as donthu
from deploy.errors import BadInput
from deploy.processes import ROOT, StackError
from deploy.stack import Stack
from deploy.topology import declare
from shared.calling import rpc
from shared.personal import Personal
from shared.vault import Vault, create_indexes

EVENT = b'{"specversion": "1.0"}'


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = Stack(tmp_path_factory.mktemp("stack"), given={})
    stack.start_servers()
    declare(stack.environment()["AMQP_URI"])
    yield stack
    stack.stop_servers()


@pytest.fixture
def agency(stack: Stack) -> Iterator[Any]:
    """A channel of the agency `portal`, with publisher confirms."""
    connection = pika.BlockingConnection(pika.URLParameters(stack.agency_uri("portal")))
    channel = connection.channel()
    channel.confirm_delivery()
    yield channel
    connection.close()


def notes(stack: Stack) -> Any:
    client: MongoClient[dict[str, Any]] = MongoClient(stack.environment()["MONGO_URI"])
    return client["test_stack"]["notes"]


def test_a_second_start_is_harmless(stack: Stack) -> None:
    first = stack.server_pids()
    stack.start_servers()
    assert stack.server_pids() == first
    assert rabbitmq.answers(stack.environment()["AMQP_URI"])


def test_the_database_comes_back_with_its_data_after_kill_9(stack: Stack) -> None:
    notes(stack).insert_one({"_id": "before-the-kill"})
    stack.signal_server("mongod", signal.SIGKILL)
    stack.restart_server("mongod")
    assert notes(stack).find_one({"_id": "before-the-kill"})


def test_the_broker_comes_back_with_its_messages_after_kill_9(stack: Stack) -> None:
    uri = stack.environment()["AMQP_URI"]
    connection = pika.BlockingConnection(pika.URLParameters(uri))
    channel = connection.channel()
    quorum = {"x-queue-type": "quorum"}
    channel.queue_declare("test.survives", durable=True, arguments=quorum)
    channel.confirm_delivery()
    durable = pika.BasicProperties(delivery_mode=2)
    channel.basic_publish("", "test.survives", b"still here", durable, mandatory=True)
    time.sleep(1.0)  # the broker writes the existence of a new quorum queue down within 0.5 s
    stack.signal_server("rabbitmq", signal.SIGKILL)
    stack.restart_server("rabbitmq")
    channel = pika.BlockingConnection(pika.URLParameters(uri)).channel()
    assert channel.basic_get("test.survives", auto_ack=True)[2] == b"still here"


class Asked:
    """A service with one method."""

    name = "asked"

    @rpc
    def ask(self) -> str:
        return "answer"


def test_requests_wait_in_a_quorum_queue_and_answers_in_a_classic_one(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DONTHU_REQUEST_QUEUES", raising=False)
    uri = stack.environment()["AMQP_URI"]
    service = ServiceContainer(Asked, {"AMQP_URI": uri})
    service.start()
    try:
        with ClusterRpcProxy({"AMQP_URI": uri}, timeout=10) as services:
            assert services.asked.ask() == "answer"
            kinds = queue_kinds(stack)
    finally:
        service.stop()
    assert kinds.pop("rpc-asked") == "quorum"
    answers = {kinds.pop(name) for name in list(kinds) if name.startswith("rpc.reply-")}
    assert answers == {"classic"}
    assert set(kinds.values()) == {"quorum"}  # all that topology declares


def test_on_one_node_requests_wait_in_a_classic_queue_if_there_is_no_other(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = stack.environment()["AMQP_URI"]
    monkeypatch.setenv(kind := "DONTHU_REQUEST_QUEUES", stack.environment()[kind])
    connection = pika.BlockingConnection(pika.URLParameters(uri))
    for there in ("classic", "quorum"):
        with connection.channel() as channel:
            channel.queue_delete("rpc-asked")
            if there == "quorum":  # as a release before this one left it
                channel.queue_declare("rpc-asked", durable=True, arguments={"x-queue-type": there})
        service = ServiceContainer(Asked, {"AMQP_URI": uri})
        service.start()
        try:
            with ClusterRpcProxy({"AMQP_URI": uri}, timeout=10) as services:
                assert services.asked.ask() == "answer"
        finally:
            service.stop()
        assert queue_kinds(stack)["rpc-asked"] == there
    connection.channel().queue_delete("rpc-asked")
    connection.close()


def queue_kinds(stack: Stack) -> dict[str, str]:
    listed = stack.broker_control(
        "list_queues", "--no-table-headers", "-p", "donthu", "name", "type"
    )
    return dict(line.split("\t") for line in listed.splitlines())


def test_a_queue_for_answers_that_was_new_at_kill_9_takes_answers(stack: Stack) -> None:
    uri, name = stack.environment()["AMQP_URI"], "rpc.reply-test-new"
    channel = pika.BlockingConnection(pika.URLParameters(uri)).channel()
    channel.queue_declare(name, durable=True, arguments={"x-expires": 300_000})  # as nameko does
    stack.signal_server("rabbitmq", signal.SIGKILL)  # a quorum queue would be dead for good now
    stack.restart_server("rabbitmq")
    channel = pika.BlockingConnection(pika.URLParameters(uri)).channel()
    channel.confirm_delivery()
    channel.basic_publish("", name, b"answer", mandatory=True)
    assert channel.basic_get(name, auto_ack=True)[2] == b"answer"


def test_after_a_move_to_another_port_the_database_is_still_its_own_primary(
    stack: Stack, tmp_path: Path
) -> None:
    moving = Stack(tmp_path, given={"AMQP_URI": stack.environment()["AMQP_URI"]})
    before = moving.start_servers()
    notes(moving).insert_one({"_id": "before-the-move"})
    moving.stop_servers()
    port = urlsplit(before["MONGO_URI"]).port
    with socket.socket() as somebody_else:
        somebody_else.bind(("127.0.0.1", port))
        after = moving.start_servers()
        assert after["MONGO_URI"] != before["MONGO_URI"]
        assert notes(moving).find_one({"_id": "before-the-move"})
    moving.stop_servers()


def test_servers_die_with_the_process_that_started_them(tmp_path: Path) -> None:
    script = (
        "import os, signal; from pathlib import Path; from deploy.stack import Stack;"
        f"Stack(Path({str(tmp_path)!r}), given={{}}).start_servers();"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert processes.until(lambda: not processes.of_stack(tmp_path), 10)


def test_keys_are_never_made_anew_for_data_that_was_sealed_with_others(
    tmp_path: Path,
) -> None:
    (tmp_path / "data" / "mongod").mkdir(parents=True)
    (tmp_path / "data" / "mongod" / "WiredTiger").touch()
    with pytest.raises(StackError, match=r"master\.key, index\.key"):
        Stack(tmp_path, given={}).start_servers()


def test_an_agency_publishes_under_its_own_name(agency: Any) -> None:
    agency.basic_publish("agencies", "portal.PetitionReceived", EVENT, mandatory=True)


@pytest.mark.parametrize(
    ("exchange", "key"),
    [
        ("agencies", "police.PetitionReceived"),
        ("agencies", "portal"),
        ("agencies", "portalx.PetitionReceived"),
        ("intake.events", "PetitionReceived"),
        ("", "intake.inbox"),
        ("amq.topic", "portal.PetitionReceived"),
    ],
)
def test_an_agency_writes_nowhere_else(agency: Any, exchange: str, key: str) -> None:
    with pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"):
        agency.basic_publish(exchange, key, EVENT, mandatory=True)


def test_an_agency_reads_its_own_replies(agency: Any) -> None:
    assert agency.basic_get("agency.portal.replies") == (None, None, None)


@pytest.mark.parametrize("queue", ["agency.police.replies", "intake.inbox"])
def test_an_agency_reads_no_other_queue(agency: Any, queue: str) -> None:
    with pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"):
        agency.basic_get(queue)


def test_an_agency_declares_nothing(agency: Any) -> None:
    with pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"):
        agency.queue_declare("portal.own", durable=True)


def test_an_agency_that_is_added_can_log_in_and_is_kept_apart_too(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.stack.Stack", lambda: stack)
    done = CliRunner().invoke(donthu, ["agency", "police"])
    assert (done.exit_code, done.stderr) == (0, "")
    login = Path(done.stdout.strip())  # a path and nothing else, above all no password
    assert login.parent == stack.run_dir / "agencies"
    uri = login.read_text("utf-8").strip()
    assert CliRunner().invoke(donthu, ["agency", "police"]).stdout == done.stdout
    assert login.read_text("utf-8").strip() == uri
    channel = pika.BlockingConnection(pika.URLParameters(uri)).channel()
    channel.confirm_delivery()
    with pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"):
        channel.basic_publish("agencies", "portal.PetitionReceived", EVENT, mandatory=True)
    assert stack.agencies() == ["police", "portal"]


def test_a_wrong_password_opens_nothing(stack: Stack) -> None:
    right = stack.agency_uri("portal")
    with pytest.raises(ProbableAuthenticationError):
        pika.BlockingConnection(pika.URLParameters(right.replace("@", "x@")))


@pytest.mark.parametrize("name", ["Portal", "a.b", "", "*", "portal#"])
def test_a_name_that_could_be_a_pattern_is_no_agency(stack: Stack, name: str) -> None:
    with pytest.raises(BadInput, match="no name for an agency"):
        stack.add_agency(name)


def test_the_master_key_is_replaced_while_nothing_runs_and_what_was_sealed_stays_readable(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MONGO_URI", "DONTHU_KEYS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AMQP_URI", stack.environment()["AMQP_URI"])  # the broker has no part in it
    monkeypatch.setenv("DONTHU_RUN", str(tmp_path))
    secret = Personal({"p1": {"name": "Đỗ Thị Thử"}})

    def with_vault(work: Callable[[Vault], Any]) -> Any:
        stack = Stack(tmp_path)
        environment = stack.start_servers()
        try:
            with MongoClient(environment["MONGO_URI"]) as client:
                create_indexes(client)
                return work(Vault(client, Path(environment["DONTHU_KEYS"])))
        finally:
            stack.stop_servers()

    sealed = with_vault(lambda vault: vault.seal("1", "f", secret, stream="petition-f"))
    before = (tmp_path / "keys" / "master.key").read_bytes()
    done = CliRunner().invoke(donthu, ["vault", "rotate", "--json"])
    assert json.loads(done.stdout) == {"keys": 2}  # the person's, and one that tells a wrong master
    assert (tmp_path / "keys" / "master.key").read_bytes() != before
    opened = with_vault(lambda vault: vault.open("1", "petition-f", sealed))
    assert opened == dict(secret)
