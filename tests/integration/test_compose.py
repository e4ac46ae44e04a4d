"""What compose.yaml says, said to the real servers: only files and ports lie elsewhere.

Docker is not here, and the servers are older than compose's images (deploy/README.md).
"""

import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from deploy import mongodb, processes, rabbitmq, users
from deploy.certificates import Authority
from deploy.processes import ROOT, Program, clean_environment, until
from deploy.run_folder import KEYS, cache_folder
from tests.support.composed import composed, mounted

GIVEN = {"OPERATOR": "secret", "DONTHU_TOKEN_ISSUER": "donthu-local"}


class Composed:
    """The containers as processes: `environment` and `run` of each are what compose says."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.secrets = folder, folder / "secrets"
        (folder / "log").mkdir()
        self.ports = {
            name: processes.free_port() for name in ("mongo", "amqp", "distribution", "epmd")
        }
        self.program(["-m", "deploy.certificates", str(self.secrets), "agency_portal"], {})
        self.compose = mounted(composed(GIVEN), self.secrets)
        self._children: list[Any] = []

    def start(self) -> None:
        mongodb.make_key(self.secrets / "mongod.key")
        passwords = {user: secrets.token_hex(8) for user in (*users.OF_BROKER, "agency_portal")}
        passwords |= dict.fromkeys(users.OF_DATABASE, "x" * 16) | {"operator": GIVEN["OPERATOR"]}
        told = "".join(f"{user}={password}\n" for user, password in passwords.items())
        (self.secrets / "passwords").write_text(told)
        self._start_database()
        self._start_broker(told)
        self._prepare()

    def stop(self) -> None:
        processes.stop_children(self._children, 20)

    def environment(self, name: str) -> dict[str, str]:
        """Of a container, with the servers on this machine."""
        told: dict[str, str] = self.compose["services"][name]["environment"]
        return {key: self._here(str(value)) for key, value in told.items()}

    def _here(self, text: str) -> str:
        text = text.replace("mongo:27017", f"127.0.0.1:{self.ports['mongo']}")
        return text.replace("rabbitmq:5671", f"127.0.0.1:{self.ports['amqp']}")

    def program(self, arguments: list[str], environment: dict[str, str], told: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", *arguments],
            cwd=ROOT, env=clean_environment() | environment, input=told,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert not done.returncode, done.stderr
        return done.stdout

    def _child(self, program: Program, environment: dict[str, str]) -> Any:
        child = processes.start_child(program, self.folder, environment)
        self._children.append(child)
        return child

    def _start_database(self) -> None:
        data, port = self.folder / "db", self.ports["mongo"]
        data.mkdir()
        binary, environment = mongodb.find(cache_folder())
        options = self.compose["services"]["mongo"]["command"]
        at_home = [each.replace("--bind_ip_all", "--bind_ip=127.0.0.1") for each in options]
        command = (str(binary), *at_home)
        where = ("--dbpath", str(data), "--port", str(port), "--nounixsocket")
        program = Program(name="mongo", command=(*command, *where), stop_within_s=15)
        self._child(program, environment)
        inside = mongodb.Inside(key=self.secrets / "mongod.key", authority=self.authority())
        assert mongodb.form_replica_set([port], 60, inside)
        with inside.primary([port]) as client:  # what the image's first start does
            client["admin"].command("createUser", "operator", pwd="secret", roles=["root"])

    def _start_broker(self, passwords: str) -> None:
        distribution = rabbitmq.find(cache_folder())
        assert distribution
        node = rabbitmq.Node(
            distribution=distribution,
            home=self.folder / "rabbitmq",
            suffix=secrets.token_hex(4),
            ports=self.ports,
        )
        (node.home / "log").mkdir(parents=True)
        definitions = node.home / "definitions.json"
        definitions.write_text(self.program(["-m", "deploy.stack", "definitions"], {}, passwords))
        configs = {name: each["content"] for name, each in self.compose["configs"].items()}
        settings = configs["rabbitmq"].replace("0.0.0.0:5671", f"127.0.0.1:{self.ports['amqp']}")
        settings = settings.replace("/etc/rabbitmq/definitions.json", str(definitions))
        (node.home / "rabbitmq.conf").write_text(settings)
        (node.home / "enabled_plugins").write_text(configs["rabbitmq_plugins"])
        epmd, broker = node.programs()
        self._child(epmd, {})
        assert until(lambda: not processes.is_free(self.ports["epmd"]), 10)
        self._child(broker, {})
        uri = self.environment("prepare")["AMQP_URI"]
        assert until(lambda: rabbitmq.answers(uri), 60)

    def _prepare(self) -> None:
        """The container's own command, with this Python."""
        *_, script = self.compose["services"]["prepare"]["command"]
        script = re.sub(r"\bpython\b", f"{sys.executable} -W ignore", script)
        subprocess.run(
            ["sh", "-c", script],
            cwd=ROOT, env=clean_environment() | self.environment("prepare"), check=True,
        )  # fmt: skip

    def authority(self) -> Authority:
        return Authority(self.secrets)

    def start_service(self, name: str) -> None:
        keys = self.folder / "keys"
        keys.mkdir()
        for key, size in KEYS.items():
            (keys / key).write_bytes(secrets.token_bytes(size))
        (keys / "issuer.jwks.json").write_text('{"keys": []}')
        nameko = str(Path(sys.executable).with_name("nameko"))
        command = (nameko, "run", "--config", "deploy/service.yaml", f"services.{name}.service")
        own = self.environment(name) | {"DONTHU_KEYS": str(keys)}
        own["DONTHU_TOKEN_KEYS"] = str(keys / "issuer.jwks.json")
        self._child(Program(name=name, command=command, stop_within_s=8), own)

    def is_healthy(self, name: str) -> bool:
        """By the container's own health check."""
        _, _, *arguments = self.compose["services"][name]["healthcheck"]["test"]
        own = clean_environment() | self.environment(name) | {"SERVICE": name}
        return not subprocess.run(
            [sys.executable, "-W", "ignore", *arguments], cwd=ROOT, env=own, check=False
        ).returncode


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composed]:
    running = Composed(tmp_path_factory.mktemp("composed"))
    try:
        running.start()
        yield running
    finally:
        running.stop()


def test_the_servers_take_what_compose_says_and_a_service_is_well(running: Composed) -> None:
    running.start_service("intake")
    log = running.folder / "log" / "intake.log"
    assert until(lambda: running.is_healthy("intake"), 60), log.read_text("utf-8")[-2000:]


@pytest.mark.parametrize("name", ["relay", "intake", "assignment", "deadlines", "reporting"])
def test_every_program_is_let_in_as_compose_says(running: Composed, name: str) -> None:
    environment = running.environment(name)
    with MongoClient[Any](environment["MONGO_URI"]) as client:
        told = client.admin.command("connectionStatus")["authInfo"]["authenticatedUsers"]
    assert [user["user"] for user in told] == [f"CN={name},OU=users,O=donthu"]
    assert rabbitmq.answers(environment["AMQP_URI"])


def test_without_tls_or_certificate_nobody_is_let_in(running: Composed) -> None:
    port, ca = running.ports["mongo"], running.secrets / "ca.pem"
    plain = f"mongodb://operator:PASSWORD@127.0.0.1:{port}/?directConnection=true"
    bare = f"{plain}&tls=true&tlsCAFile={ca}"
    for uri in (plain, bare):
        with (
            MongoClient[Any](uri, serverSelectionTimeoutMS=2000) as client,
            pytest.raises(PyMongoError),
        ):
            client.admin.command("ping")
    assert not rabbitmq.answers(
        f"amqp://operator:PASSWORD@127.0.0.1:{running.ports['amqp']}/donthu"
    )
