"""Real servers for the tests: one private mongod and one private RabbitMQ for the whole run.

Tests keep out of each other's way by having each an authority (ward code) of its own: nothing is
ever wiped, which is also how a ward's ledger behaves.
"""

import eventlet

eventlet.monkey_patch()  # before anything opens a socket, as nameko's own runner does

import contextlib  # noqa: E402 - everything below must come after the patch
import gc  # noqa: E402
import itertools  # noqa: E402
import os  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable, Iterator  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import hypothesis  # noqa: E402
import pika  # noqa: E402
import pytest  # noqa: E402

ROOT = Path(__file__).parent.parent
#: Roles of somebody who does all the work of a ward; who may do what is tested by itself.
EVERYTHING = ("reception_clerk", "petition_officer", "chair", "reporting_officer", "administrator")
_CODES = itertools.count(10001)

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("donthu", deadline=None)
hypothesis.settings.load_profile("donthu")

gc.disable()  # while tests are imported and collected, of which nothing is ever garbage


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The servers, with `signal_server` and `restart_server` for the crash stories.

    Tests look into them as the operator; processes that they start have logins of their own.
    """
    from deploy.stack import Stack

    stack = Stack(tmp_path_factory.mktemp("stack"))
    environment = stack.start_servers()
    os.environ.update(environment)
    try:
        yield stack
    finally:
        stack.stop_servers()


@pytest.fixture(scope="session")
def mongo_uri(stack: Any) -> str:
    return stack.environment()["MONGO_URI"]


@pytest.fixture(scope="session")
def mongo_client(mongo_uri: str) -> Iterator[Any]:
    """Connected as the services are, but as the operator, with all indexes made."""
    from shared import mongo_log, vault

    client = mongo_log.connect(mongo_uri)
    mongo_log.create_indexes(client)
    vault.create_indexes(client)
    yield client
    client.close()


@pytest.fixture
def log(mongo_client: Any) -> Any:
    """Every ward's ledger, as the operator reads and writes it."""
    from shared.mongo_log import MongoLog

    return MongoLog(mongo_client)


@pytest.fixture
def vault(mongo_client: Any, stack: Any) -> Iterator[Any]:
    """What another process would have: the same keys, and none of them in memory yet."""
    from shared.vault import Vault

    vault = Vault(mongo_client, Path(stack.environment()["DONTHU_KEYS"]))
    yield vault
    vault.close()


@pytest.fixture(scope="session")
def amqp_uri(stack: Any) -> str:
    """A broker with every exchange, queue and binding declared."""
    from deploy.stack import prepare_servers

    environment = stack.environment()
    prepare_servers(environment["MONGO_URI"], environment["AMQP_URI"])
    return environment["AMQP_URI"]


@pytest.fixture
def authority() -> str:
    """A ward that no other test knows."""
    return f"{next(_CODES)}"


def _forget(amqp_uri: str, client: Any) -> None:
    from pymongo import UpdateOne

    from deploy.topology import families_of_services
    from shared import broker, lease
    from shared.mongo_log import MongoLog

    log, positions = MongoLog(client), client[lease.DATABASE]["positions"]
    published = {found["_id"]: found["position"] for found in positions.find()}
    reached = [
        UpdateOne(
            {"_id": ward},
            {"$max": {"position": log.head(ward)}, "$setOnInsert": {"fence": 0}},
            upsert=True,
        )
        for ward in log.ahead(published)
    ]
    if reached:
        positions.bulk_write(reached)
    with pika.BlockingConnection(broker.parameters(amqp_uri)) as connection:
        channel = connection.channel()
        for family in families_of_services():
            for queue in family.queues():
                channel.queue_purge(queue.name)


@pytest.fixture
def nothing_waits(amqp_uri: str, mongo_client: Any) -> None:
    """No relay and no service will tell or hear what earlier tests appended, thousands of events.

    Many of them make no sense to a service, which would try each five times.
    """
    _forget(amqp_uri, mongo_client)


def _services(amqp_uri: str) -> Iterator[Callable[[type], Any]]:
    from nameko.containers import ServiceContainer

    running: list[Any] = []

    def start(service: type) -> Any:
        settings = {"AMQP_URI": amqp_uri, "max_workers": 10, "LOOK_UP_S": 0.1}
        container = ServiceContainer(service, settings)
        container.start()
        running.append(container)
        return container

    yield start
    # All at once: each waits until its consumers look up from their sockets.
    for stopping in [eventlet.spawn(container.stop) for container in running]:
        stopping.wait()


@pytest.fixture
def run_service(amqp_uri: str, mongo_client: Any) -> Iterator[Callable[[type], Any]]:
    """Start a service class in this process; stopped after the test."""
    yield from _services(amqp_uri)


@pytest.fixture(scope="module")
def run_once(amqp_uri: str, mongo_client: Any) -> Iterator[Callable[[type], Any]]:
    """The same, stopped after the last test of the file: each test has a ward of its own."""
    _forget(amqp_uri, mongo_client)
    yield from _services(amqp_uri)


@pytest.fixture(scope="session")
def token(stack: Any) -> Callable[..., str]:
    """Signed as on the local stack: `token(authority)`, or with other roles or another officer."""
    issuer = stack.issuer()

    def sign(authority: str, *roles: str, actor: str = "officer:vera", **claims: Any) -> str:
        return issuer.token(actor, authority, roles or EVERYTHING, **claims)

    return sign


@pytest.fixture
def by_token(token: Callable[..., str], authority: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line asks in the name of somebody who does all the work of the test's ward."""
    monkeypatch.setenv("DONTHU_TOKEN", token(authority))


@pytest.fixture
def acting(amqp_uri: str, authority: str, token: Callable[..., str]) -> Callable[..., Any]:
    """The services, called by somebody with these roles: `with acting("chair") as ward: …`."""
    from nameko.standalone.rpc import ClusterRpcProxy

    @contextlib.contextmanager
    def call(*roles: str, actor: str = "officer:mai", **claims: Any) -> Iterator[Any]:
        signed = token(claims.pop("ward", authority), *roles, actor=actor, **claims)
        context = {"token": signed, "authority": authority}
        with ClusterRpcProxy({"AMQP_URI": amqp_uri}, context_data=context, timeout=20) as cluster:
            yield cluster

    return call


@pytest.fixture
def rpc(amqp_uri: str, authority: str, token: Callable[..., str]) -> Iterator[Any]:
    """Every service as a front-end calls it: `rpc.intake.accept({...})`, for the test's ward."""
    from nameko.standalone.rpc import ClusterRpcProxy

    context = {"authority": authority, "token": token(authority)}
    proxy = ClusterRpcProxy({"AMQP_URI": amqp_uri}, timeout=15, context_data=context)
    yield proxy.start()
    proxy.stop()


@pytest.fixture
def accept(rpc: Any, eventually: Callable[..., Any]) -> Callable[[str, str], None]:
    """Accept a file of the test's ward, and wait until assignment has heard of it."""
    from shared.errors import Refused

    def accepted(file: str, accepted_on: str) -> None:
        rpc.intake.accept({"file": file, "accepted_on": accepted_on})

        def is_open() -> bool:
            try:
                rpc.assignment.suggest_assignee({"file": file})
            except Refused:
                return False
            return True

        eventually(is_open)

    return accepted


@pytest.fixture
def relay(stack: Any, nothing_waits: None) -> Iterator[Any]:
    """The relay as a process of its own, with its own logins, as in production."""
    own = os.environ | stack.environment("relay")
    process = subprocess.Popen([sys.executable, "-m", "shared.relay"], cwd=ROOT, env=own)
    yield process
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def eventually() -> Callable[..., Any]:
    """Wait until a question has a true answer, and give that answer; fails after `within_s`."""

    def wait(ask: Callable[[], Any], within_s: float = 15.0) -> Any:
        deadline = time.monotonic() + within_s
        while not (answer := ask()):
            if time.monotonic() > deadline:
                pytest.fail(f"still {answer!r} after {within_s} s")
            time.sleep(0.05)
        return answer

    return wait
