"""Private RabbitMQ nodes: their binaries, their settings, their users and what each may do.

A node has a name, a home, a cookie and an epmd of its own and listens on 127.0.0.1 only, so that
several live side by side and none is reached from outside. Exchanges, queues and bindings are not
here but in `deploy.topology`.
"""

import base64
import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pika
from pika.adapters.utils.connection_workflow import AMQPConnectorException
from pika.exceptions import AMQPError

from deploy import debian, users
from deploy.certificates import Authority
from deploy.cluster import all_named, named
from deploy.processes import Program, StackError, clean_environment
from shared import broker
from shared.clock import SystemClock

VHOST = "donthu"
MAX_MESSAGE = 32_000_000  # bytes; whoever publishes a longer one loses its channel
OLDEST = (3, 10)  # the first with a default queue type for a virtual host
SOON = timedelta(days=90)  # before its end, the calendar should have the next year
_SYSTEM = Path("/usr/lib/rabbitmq")


@dataclass(frozen=True, kw_only=True, slots=True)
class Distribution:
    """Where the programs of RabbitMQ are, and of the Erlang that runs them."""

    rabbitmq: Path
    erlang: Path

    def environment(self) -> dict[str, str]:
        return {"PATH": f"{self.erlang}:{os.environ.get('PATH', '/usr/bin:/bin')}"}


def find(cache: Path) -> Distribution | None:
    """The system's RabbitMQ, else the one unpacked in `cache`, else None."""
    erlang = shutil.which("erl")
    if erlang and (_SYSTEM / "bin" / "rabbitmq-server").exists():
        found = Distribution(rabbitmq=_SYSTEM / "bin", erlang=Path(erlang).parent)
    else:
        unpacked = cache / "rabbitmq-dist" / "usr" / "lib"
        found = Distribution(rabbitmq=unpacked / "rabbitmq/bin", erlang=unpacked / "erlang/bin")
        if not (cache / "rabbitmq-dist" / "complete").exists():
            return None
    version = re.search(
        r"rabbitmq_server-(\d+)\.(\d+)", str((found.rabbitmq / "rabbitmq-server").resolve())
    )
    if version and tuple(map(int, version.groups())) < OLDEST:
        raise StackError(
            f"RabbitMQ {'.'.join(version.groups())} is too old, 3.10 is needed: set AMQP_URI"
        )
    return found


def fetch(cache: Path) -> Distribution:
    """Unpack Debian's RabbitMQ and Erlang into `cache` (34 MB to load, 58 MB on disk).

    Raises: StackError: they cannot be had.
    """
    target = cache / "rabbitmq-dist"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "rabbitmq-dist.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if found := find(cache):  # another process was quicker
            return found
        _unpack(target)
    found = find(cache)
    assert found, "just unpacked"
    return found


def _unpack(target: Path) -> None:
    try:
        debian.unpack(
            "rabbitmq-server", target, wanted="erlang.*|rabbitmq-server", as_on_an_empty_system=True
        )
    except debian.PackagesUnavailable as unavailable:
        raise StackError(f"no RabbitMQ: {unavailable}, or set AMQP_URI") from unavailable
    starter = target / "usr/lib/erlang/bin/erl"
    # Debian writes its own place into the starter; let it look where it really is.
    here = 'ROOTDIR=$(dirname "$(dirname "$(readlink -f "$0")")")'
    patched, places = re.subn(r'ROOTDIR="?/usr/lib/erlang"?', lambda _: here, starter.read_text())
    if not places:
        raise StackError(
            "this system's Erlang starts in a way not known here: install rabbitmq-server"
        )
    starter.write_text(patched)
    tried = subprocess.run(
        [starter, "-noshell", "-eval", "ok = crypto:start(), halt(0)."],
        env=clean_environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True,
    )  # fmt: skip
    if tried.returncode:
        raise StackError(
            f"the unpacked Erlang fails ({tried.stderr.strip()[:200]}): install rabbitmq-server"
        )
    (target / "complete").touch()


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """One private node: `home` holds all its data, `ports` are for amqp, distribution and epmd.

    Nodes of one cluster find each other by their names when they start for the first time.
    """

    distribution: Distribution
    home: Path
    suffix: str  # tells this machine's stacks apart
    ports: Mapping[str, int]
    authority: Authority | None = None  # with one: TLS only, and login by certificate
    number: int = 1
    of: int = 1  # nodes that its cluster has
    cookie: str = ""  # the cluster's secret; alone, Erlang makes one

    def names(self) -> list[str]:
        """Of the whole cluster, as Erlang knows its nodes."""
        return [f"{name}@localhost" for name in all_named(f"donthu-{self.suffix}", self.of)]

    def environment(self) -> dict[str, str]:
        home = self.home
        return self.distribution.environment() | {
            "HOME": str(home),  # where Erlang keeps the cookie
            "ERL_EPMD_PORT": str(self.ports["epmd"]),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_CRASH_DUMP": str(home / "erl_crash.dump"),
            "RABBITMQ_NODENAME": self.names()[self.number - 1],
            "RABBITMQ_DIST_PORT": str(self.ports["distribution"]),
            "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
            "RABBITMQ_LOG_BASE": str(home / "log"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_GENERATED_CONFIG_DIR": str(home / "config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
            "RABBITMQ_PID_FILE": str(home / "pid"),
            "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(home / "advanced.config"),
            "RABBITMQ_CONF_ENV_FILE": str(home / "none.conf"),  # else the system's leaks in
            # One scheduler: several nodes and the tests share two cores.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 -start_epmd false"
            " -kernel inet_dist_use_interface {127,0,0,1}",
            # The start script replaces itself by the server, so that signals reach it.
            "RUNNING_UNDER_SYSTEMD": "true",
        }

    def programs(self) -> tuple[Program, Program]:
        """epmd, which the node and its control program find each other by, and the node."""
        epmd = Program(
            name="epmd",
            command=(
                str(self.distribution.erlang / "epmd"),
                *("-port", str(self.ports["epmd"]), "-address", "127.0.0.1"),
            ),
            environment=self.environment(),
            stop_within_s=3,
        )
        node = Program(
            name=named("rabbitmq", self.number),
            command=(str(self.distribution.rabbitmq / "rabbitmq-server"),),
            environment=self.environment(),
            stop_within_s=20,
        )
        return epmd, node

    def write_settings(self, passwords: Mapping[str, str]) -> None:
        """The node reads users and permissions from a file at each start; only hashes are in it."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.home / "log").mkdir(exist_ok=True)
        _write(self.home / "definitions.json", json.dumps(definitions(passwords), indent=1))
        settings = [
            f"load_definitions = {self.home / 'definitions.json'}",
            f"max_message_size = {MAX_MESSAGE}",
            *self._listening(),
            *self._clustering(),
        ]
        _write(self.home / "rabbitmq.conf", "\n".join([*settings, ""]))
        plugins = "rabbitmq_auth_mechanism_ssl" if self.authority else ""
        _write(self.home / "enabled_plugins", f"[{plugins}].\n")
        cookie = self.home / ".erlang.cookie"
        if self.of > 1 and not cookie.exists():
            _write(cookie, self.cookie)
            cookie.chmod(0o400)

    def _listening(self) -> list[str]:
        address = f"127.0.0.1:{self.ports['amqp']}"
        if self.authority is None:
            return [f"listeners.tcp.1 = {address}"]
        own = self.authority.file("rabbitmq")
        return by_certificate(address, self.authority.certificate, own)

    def _clustering(self) -> list[str]:
        if self.of == 1:
            return []
        return [
            "cluster_formation.peer_discovery_backend = classic_config",
            *(
                f"cluster_formation.classic_config.nodes.{number} = {name}"
                for number, name in enumerate(self.names(), start=1)
            ),
            "cluster_partition_handling = pause_minority",
        ]

    def load_definitions(self) -> None:
        """Make users and permissions of the written settings true in the running node."""
        self.control("import_definitions", str(self.home / "definitions.json"))

    def await_cluster(self) -> bool:
        """Wait 20 s until all nodes are in one cluster; one that found no other would be alone."""
        try:
            self.control("await_online_nodes", str(self.of), "--timeout", "20")
        except (StackError, subprocess.TimeoutExpired):
            return False
        return True

    def control(self, *command: str) -> str:
        """Run rabbitmqctl on this node and answer what it prints; takes about half a second."""
        done = subprocess.run(
            [self.distribution.rabbitmq / "rabbitmqctl", "--quiet", *command],
            env=clean_environment() | self.environment(),
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30,
        )  # fmt: skip
        if done.returncode:
            raise StackError(f"rabbitmqctl {command[0]} failed: {done.stderr.strip()[-300:]}")
        return done.stdout

    def uri(self, user: str, password: str) -> str:
        if self.authority:
            certificate = self.authority.file(user)
            files = {"cacertfile": str(self.authority.certificate), "certfile": str(certificate)}
            return f"amqps://{user}@127.0.0.1:{self.ports['amqp']}/{VHOST}?{urlencode(files)}"
        login = f"{quote(user, safe='')}:{quote(password, safe='')}"
        return f"amqp://{login}@127.0.0.1:{self.ports['amqp']}/{VHOST}"


def by_certificate(address: str, authority: Path, own: Path) -> list[str]:
    """Settings of a node that speaks TLS only, to who shows a certificate of this authority."""
    return [
        "listeners.tcp = none",
        f"listeners.ssl.1 = {address}",
        f"ssl_options.cacertfile = {authority}",
        f"ssl_options.certfile = {own}",
        f"ssl_options.keyfile = {own}",
        "ssl_options.verify = verify_peer",
        "ssl_options.fail_if_no_peer_cert = true",
        "auth_mechanisms.1 = EXTERNAL",
        "ssl_cert_login_from = common_name",
    ]


def definitions(passwords: Mapping[str, str]) -> dict[str, Any]:
    """RabbitMQ's definitions: the virtual host, and every user with the rights that it needs.

    Queues in which something waits are declared as quorum queues by those who own them. The default
    type is for all others, which are callers' queues for answers: a classic one is answered into
    again as soon as a broker that was killed is back.
    """
    granted = {user: users.rights(user) for user in passwords}
    return {
        "vhosts": [
            {
                "name": VHOST,
                "default_queue_type": "classic",
                "metadata": {"description": "", "tags": [], "default_queue_type": "classic"},
            }
        ],
        "users": [
            {
                "name": user,
                "password_hash": _password_hash(password),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": [],
                "limits": {}
                if user in users.OF_BROKER
                else {"max-connections": 5, "max-channels": 20},
            }
            for user, password in passwords.items()
        ],
        "permissions": [
            {
                "user": user,
                "vhost": VHOST,
                "configure": may.configure,
                "write": may.write,
                "read": may.read,
            }
            for user, may in granted.items()
        ],
        "topic_permissions": [
            {"user": user, "vhost": VHOST, "exchange": exchange, "write": write, "read": read}
            for user, may in granted.items()
            for exchange, write, read in may.topics
        ],
    }


def _password_hash(password: str) -> str:
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _write(path: Path, text: str) -> None:
    """Replace a file in one step, for the owner only."""
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def answers(uri: str) -> bool:
    """Can one log in, at any of the nodes that the URI names?"""
    return any(map(_lets_in, _parameters(uri)))


def _lets_in(parameters: pika.URLParameters) -> bool:
    try:
        # asked first because pika logs each refused connection as an error
        socket.create_connection((parameters.host, parameters.port), timeout=3).close()
        pika.BlockingConnection(parameters).close()
    except (AMQPError, AMQPConnectorException, OSError):
        return False
    return True


def _parameters(uri: str) -> list[pika.URLParameters]:
    found = broker.parameters(uri)
    for parameters in found:
        parameters.socket_timeout = parameters.stack_timeout = 3
        parameters.blocked_connection_timeout = 3
        parameters.connection_attempts = 1
    return found


def health(uri: str, services: Iterable[str], within_s: float = 2.0) -> dict[str, str]:
    """Call the RPC method `health` of each service, as any nameko caller would.

    Answers `ok` or what is wrong, for each; of tables that are folded anew `ok, rebuilding …`. The
    broker drops a question that nobody took in time.
    """
    asked = {name: "no answer" for name in services}
    user = urlsplit(broker.addresses(uri)[0]).username or users.STAFF
    try:
        connection = pika.BlockingConnection(_parameters(uri))
    except (AMQPError, AMQPConnectorException, OSError) as failure:
        return dict.fromkeys(asked, f"broker: {type(failure).__name__}")
    try:
        channel = connection.channel()
        reply_to = secrets.token_hex(16)
        queue = f"rpc.reply-{user}-{reply_to}"
        # of classic type in so many words: on another broker the default may be quorum, and that
        # cannot be exclusive
        channel.queue_declare(
            queue, exclusive=True, auto_delete=True, arguments={"x-queue-type": "classic"}
        )
        channel.queue_bind(queue, users.RPC, reply_to)

        def answered(_channel: Any, _method: Any, properties: Any, body: bytes) -> None:
            answer = json.loads(body)
            if error := answer.get("error"):
                asked[properties.correlation_id] = error["exc_type"]
            else:
                today = SystemClock().today()
                asked[properties.correlation_id] = told_well(answer["result"], today)

        def nobody(_channel: Any, _method: Any, properties: Any, _body: bytes) -> None:
            asked[properties.correlation_id] = "never started"

        channel.basic_consume(queue, answered, auto_ack=True)
        channel.add_on_return_callback(nobody)
        for name in asked:
            channel.basic_publish(
                users.RPC,
                f"{name}.health",
                b'{"args": [], "kwargs": {}}',
                pika.BasicProperties(
                    content_type="application/json",
                    content_encoding="utf-8",
                    reply_to=reply_to,
                    correlation_id=name,
                    expiration=str(int(within_s * 1000)),
                ),
                mandatory=True,
            )
        until_s = time.monotonic() + within_s
        while "no answer" in asked.values() and time.monotonic() < until_s:
            connection.process_data_events(time_limit=0.1)
    except AMQPError as failure:
        return {
            name: f"broker: {type(failure).__name__}" if told == "no answer" else told
            for name, told in asked.items()
        }
    finally:
        if connection.is_open:
            connection.close()
    return asked


def told_well(told: Any, today: date) -> str:
    """How a service that answers is: the rows of a table can be older than the code, and the years
    of the calendar come to an end.
    """
    known = told if isinstance(told, dict) else {}
    anew = [
        f"{each['table']} {each['version']} to {each['code']}"
        for each in known.get("tables", ())
        if each["is_outdated"] or each["is_rebuilding"]
    ]
    notes = [f"rebuilding {', '.join(anew)}"] if anew else []
    if (until := known.get("calendar_until")) and date.fromisoformat(until) - today < SOON:
        notes.append(f"calendar ends {until}")
    return ", ".join(["ok", *notes])
