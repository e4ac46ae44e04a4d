"""The local stack: a private database and broker, the relay and the four services, on one machine.

All that it leaves is in its run folder: `data/`, `keys/`, `checkpoints/`, `log/` and `stack.json`
(ports, passwords).
Where MONGO_URI or AMQP_URI is set, that server is somebody else's: not started, stopped or wiped.
Not here: what is declared on the broker (`deploy.topology`), and the command line.
"""

import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from deploy import cluster, mongodb, processes, rabbitmq, users
from deploy.certificates import Authority
from deploy.cluster import all_named, named
from deploy.issuer import Issuer
from deploy.processes import ROOT, Program, StackError, until
from deploy.supervisor import Supervisor
from deploy.users import OPERATOR, RELAY, SERVICES, STAFF, agency_user
from shared.broker import addresses
from shared.directory import SHIPPED
from shared.proof.signing import make_private

RELAYING = (RELAY, *SERVICES)
FIRST_AGENCIES = ("portal",)
SETTINGS = (
    *("MONGO_URI", "AMQP_URI", "DONTHU_KEYS", "DONTHU_CHECKPOINTS", "DONTHU_TOKEN_KEYS"),
    *("DONTHU_CALLER_RATE", "DONTHU_REQUEST_QUEUES"),
)
LAVISH = "5000/5000"  # on this machine one person plays all officers of a ward, by program
KEYS = {"master.key": 96, "index.key": 32, "checkpoint.key": 32}  # bytes of chance in each
REPLACEABLE = "checkpoint.key"  # nothing is lost with it: a new one signs from then on

Say = Callable[[str], None]


def run_folder() -> Path:
    """DONTHU_RUN, else `.run` in the project."""
    return Path(os.environ.get("DONTHU_RUN") or ROOT / ".run").absolute()


def cache_folder() -> Path:
    """DONTHU_CACHE, else `.run` in the project: binaries that were fetched; safe to delete."""
    return Path(os.environ.get("DONTHU_CACHE") or ROOT / ".run").absolute()


def is_well(health: str | None) -> bool:
    """A service whose tables are being folded anew is well: the old ones answer."""
    return health is None or health.split(",")[0] == "ok"


def fetch_servers(say: Say, given: Mapping[str, str] = os.environ) -> None:
    """Have the binaries of both servers ready; instant where they are.

    Raises: StackError: one cannot be had.
    """
    if not given.get("MONGO_URI"):
        mongodb.find(cache_folder())
    if not given.get("AMQP_URI") and not rabbitmq.find(cache_folder()):
        say(f"unpacking RabbitMQ and Erlang under {cache_folder()}, nothing is installed (34 MB)")
        rabbitmq.fetch(cache_folder())


def prepare_servers(
    mongo_uri: str, amqp_uri: str, agencies: Iterable[str] = FIRST_AGENCIES
) -> None:
    """Create the indexes, exchanges, queues and bindings that all stands on; harmless if there.

    Both logins are the operator's.
    """
    from deploy.topology import declare
    from shared import mongo_log, vault

    with mongodb.connect(mongo_uri) as client:
        mongo_log.create_indexes(client)
        vault.create_indexes(client)
    declare(amqp_uri, tuple(agencies))


class Stack:
    """The stack of one run folder.

    `up`, `down` and `status` are for people: processes under supervisord, which outlive the caller.
    `start_servers` and what follows it are for tests: database and broker only, as children of this
    process, which die with it.
    """

    def __init__(self, run_dir: Path | None = None, given: Mapping[str, str] = os.environ) -> None:
        """`given` may hold the variables of `SETTINGS`; later changes do not count."""
        self._given = {name: given[name] for name in SETTINGS if given.get(name)}
        self._given_directory = given.get("DONTHU_DIRECTORY")
        self.run_dir = (run_dir or run_folder()).absolute()
        self._supervisor = Supervisor(self.run_dir)
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._held: IO[str] | None = None

    # -- what others need to know

    def environment(self, user: str = OPERATOR) -> dict[str, str]:
        """The variables of `SETTINGS`, as the programs of this user get them.

        One of the URIs is missing where the user has no login. A server that is not ours is told as
        it was given, whoever asks. Raises: StackError: the stack was never started here.
        """
        state = self._state()
        if state is None and not (self._given.get("MONGO_URI") and self._given.get("AMQP_URI")):
            raise StackError(f"no stack in {self.run_dir}: run `donthu up`")
        uris = {}
        if user in users.OF_DATABASE or not self._owns_database():
            uris["MONGO_URI"] = self._mongo_uri(state or {}, user)
        if user in users.OF_BROKER or not self._owns_broker():
            uris["AMQP_URI"] = self._amqp_uri(state or {}, user)
        return uris | {
            "DONTHU_KEYS": str(self._keys()),
            "DONTHU_CHECKPOINTS": str(self._checkpoints()),
            "DONTHU_TOKEN_KEYS": self._given.get("DONTHU_TOKEN_KEYS") or str(self.issuer().public),
            "DONTHU_CALLER_RATE": self._given.get("DONTHU_CALLER_RATE") or LAVISH,
            "DONTHU_REQUEST_QUEUES": self._request_queues(state),
        }

    def issuer(self) -> Issuer:
        """Who signs tokens on this machine."""
        return Issuer(self.run_dir / "keys")

    def directory(self) -> Path:
        """Units and officers; a copy of what ships, for the ward to fill in."""
        if self._given_directory:
            return Path(self._given_directory).absolute()
        own = self.run_dir / "directory.csv"
        if not own.exists():
            own.write_bytes(SHIPPED.read_bytes())
        return own

    def name_officers(self, named: Path) -> None:
        """Take this directory, unless the ward has one of its own or has changed its copy."""
        own = self.run_dir / "directory.csv"
        is_own = own.exists() and own.read_bytes() != SHIPPED.read_bytes()
        if not self._given_directory and not is_own:
            self.run_dir.mkdir(parents=True, exist_ok=True)
            own.write_bytes(named.read_bytes())

    def agencies(self) -> list[str]:
        """The agencies that have a user on our broker."""
        known = (self._state() or {}).get("passwords", {})
        return sorted(user.removeprefix("agency_") for user in known if user.startswith("agency_"))

    def agency_uri(self, agency: str) -> str:
        """How an agency logs in at the private broker.

        Raises: StackError: it is not known, or the broker is not ours.
        """
        self._must_own_broker()
        state = self._state() or {}
        user = agency_user(agency)
        if user not in state.get("passwords", {}):
            raise StackError(
                f"no agency {agency} here: known are {', '.join(self.agencies()) or 'none'}"
            )
        return self._broker_uri(state, user)

    def add_agency(self, agency: str) -> str:
        """Give an agency a user and a reply queue on the running broker; answers its URI.

        May be repeated. Raises: StackError: the broker is not ours, not running, or the name is no
        name for an agency.
        """
        self._must_own_broker()
        user = agency_user(agency)
        with self._locked():
            state = self._state()
            if state is None:
                raise StackError(f"no stack in {self.run_dir}: run `donthu up`")
            if user not in state["passwords"]:
                state["passwords"][user] = secrets.token_urlsafe(24)
                self._save(state)
                self._issue_certificates(state)
                for node in self._nodes(state):
                    node.write_settings(state["passwords"])
                node.load_definitions()
            from deploy.topology import declare

            declare(self._amqp_uri(state), (agency,))
        return self.agency_uri(agency)

    # -- for people

    def up(
        self,
        say: Say,
        *,
        nodes: int | None = None,
        instances: int | None = None,
        tls: bool | None = None,
    ) -> None:
        """Start what does not run and wait until all of it answers; harmless if it does.

        `nodes` of each server, `instances` of relay and services: as the last time, else one.
        `tls`: both private servers speak TLS only, and everybody logs in by certificate; None: as
        the last time.

        Raises: StackError: something does not come up; the message says what and where its log is.
        """
        with self._locked():
            started_at = time.monotonic()
            if self._supervisor.is_running() and tls not in (None, self._has_tls()):
                raise StackError("TLS is switched on or off at a start: run `donthu down` first")
            state = self._ready_folder(say, nodes=nodes, instances=instances, tls=tls)
            environment = self.environment()
            if self._supervisor.is_running():
                self._must_fit_running(state, environment)
                before = self._supervisor.programs()
                if all(info["statename"] == "RUNNING" for info in before.values()):
                    say(f"already running in {self.run_dir}")
            else:
                self._end_left_overs(say)
                state = self._keep_ports_free(state, say)
                if not state.get("settled") and self._owns_broker():
                    # Killed within half a second after it was declared, a quorum queue is there
                    # for ever but answers nobody (seen on 3.10.8); nothing was in it yet.
                    for name in all_named("rabbitmq", cluster.nodes(state)):
                        shutil.rmtree(self._data(name), ignore_errors=True)
                environment = self.environment()
                self._save(state | {"running": environment})
                self._write_settings(state)
                self._supervisor.launch(self._programs(state))
            self._start_supervised_servers(state, say)
            say("creating indexes, exchanges, queues and bindings")
            agencies = self.agencies() if self._owns_broker() else FIRST_AGENCIES
            prepare_servers(environment["MONGO_URI"], environment["AMQP_URI"], agencies)
            for name in self._workers(state):
                self._supervisor.start(name)
            self._await_services(self.environment(STAFF)["AMQP_URI"], say)
            if not state.get("settled"):
                time.sleep(1.0)
                self._save((self._state() or {}) | {"settled": True})
            say(f"up in {time.monotonic() - started_at:.0f} s; logs in {self.run_dir / 'log'}")

    def down(self, say: Say, *, wipe: bool = False) -> None:
        """Stop everything, services first; `wipe` also deletes the private servers' data.

        The keys go with the private database, whose contents nothing else can read; a database of
        somebody else's keeps them.
        """
        with self._locked():
            if self._supervisor.is_running():
                state = self._state() or {}
                say("stopping the services")
                self._supervisor.stop(self._workers(state), 15)
                say("stopping the servers")
                running = self._supervisor.programs()
                self._supervisor.stop(running.keys() & set(self._servers(state)), 25)
                self._supervisor.shut_down()
            self._end_left_overs(say)
            say("stopped")
            if wipe:
                self._wipe()
                say(f"data in {self.run_dir} deleted")

    def status(self) -> list[dict[str, Any]]:
        """For each program: name, state, pid, uptime_s, health (`ok`, a fault, None: not asked)."""
        told = self._supervisor.programs()
        state = self._state() or {}
        servers = self._servers(state)
        health = self._health(state) if told else {}
        rows = []
        for name in (*servers, *self._workers(state)):
            info = told.get(name)
            external = name in servers and not info and bool(told)
            is_alive = bool(info and info["pid"])
            rows.append(
                {
                    "name": name,
                    "state": "external"
                    if external
                    else info["statename"].lower()
                    if info
                    else "stopped",
                    "pid": info["pid"] if info and is_alive else None,
                    "uptime_s": info["now"] - info["start"] if info and is_alive else None,
                    "health": health.get(name),
                }
            )
        return rows

    # -- for tests

    def start_servers(
        self,
        say: Say = lambda _line: None,
        *,
        nodes: int | None = None,
        tls: bool | None = None,
    ) -> dict[str, str]:
        """Start database and broker as children of this process and answer `environment()`.

        They die with the thread that calls this. A second call is harmless.
        """
        if self._children:
            return self.environment()
        self._held = self._lock()
        if self._supervisor.is_running():
            self._release()
            raise StackError(f"{self.run_dir} is up already: `donthu down` first")
        state = self._ready_folder(say, nodes=nodes, tls=tls)
        self._end_left_overs(say)
        state = self._keep_ports_free(state, say)
        self._save(state)
        self._write_settings(state)
        for program in self._server_programs(state):
            self._children[program.name] = processes.start_child(program, self.run_dir, {})
            self._await_epmd(program.name, state)
        self._await_servers(state, say)
        return self.environment()

    def stop_servers(self) -> None:
        """Stop what `start_servers` started; data stays."""
        epmd = self._children.pop("epmd", None)
        processes.stop_children(list(self._children.values()), 20)
        self._children.clear()
        if epmd:  # last: the nodes need it
            processes.stop_child(epmd, 3)
        self._release()

    def server_pids(self) -> dict[str, int]:
        """The process number of each server that `start_servers` started."""
        return {name: child.pid for name, child in self._children.items()}

    def broker_control(self, *command: str) -> str:
        """Run rabbitmqctl on the private broker and answer what it prints."""
        self._must_own_broker()
        return self._node(self._state() or {}).control(*command)

    def signal_server(self, name: str, number: int = signal.SIGKILL) -> None:
        """Send a server (`mongod`, `rabbitmq-2`) a signal; SIGSTOP freezes it, SIGCONT thaws it."""
        child = self._children[name]
        processes.signal_child(child, number)
        if number == signal.SIGKILL:
            child.wait()

    def restart_server(self, name: str) -> None:
        """Start a server again on its old port and data, and wait until it answers."""
        state = self._state() or {}
        program = next(each for each in self._server_programs(state) if each.name == name)
        processes.stop_child(self._children[name], program.stop_within_s)
        self._children[name] = processes.start_child(program, self.run_dir, {})
        self._await_servers(state, lambda _line: None)

    # -- the folder

    def _ready_folder(
        self,
        say: Say,
        *,
        nodes: int | None = None,
        instances: int | None = None,
        tls: bool | None = None,
    ) -> dict[str, Any]:
        fetch_servers(say, self._given)
        self._make_keys()
        state = self._state() or {"suffix": secrets.token_hex(4), "ports": {}, "passwords": {}}
        state |= cluster.wanted(
            state,
            nodes,
            instances,
            is_running=self._supervisor.is_running(),
            has_data=any(self._data(name).exists() for name in ("mongod", "rabbitmq")),
        )
        state.setdefault("cookie", secrets.token_hex(24))
        for user in (*users.OF_BROKER, *map(agency_user, FIRST_AGENCIES)):
            state["passwords"].setdefault(user, secrets.token_urlsafe(24))
        of_database = state.setdefault("database_passwords", {})
        for user in users.OF_DATABASE:
            of_database.setdefault(user, secrets.token_urlsafe(24))
        for name in cluster.ports(cluster.nodes(state)):
            state["ports"].setdefault(name, processes.free_port())
        if tls is not None:
            state["tls"] = tls
        self._save(state)
        self._issue_certificates(state)
        return state

    def _keep_ports_free(self, state: dict[str, Any], say: Say) -> dict[str, Any]:
        """Nothing of ours runs now: a port that is taken is somebody else's."""
        for name, port in state["ports"].items():
            if not processes.is_free(port):
                state["ports"][name] = processes.free_port()
                say(f"port {port} is taken: {name} moves to {state['ports'][name]}")
        return state

    def _make_keys(self) -> None:
        self.issuer().make_keys()
        keys = self._keys()
        missing = [name for name in KEYS if not (keys / name).exists()]
        if not missing:
            return
        if missing == [REPLACEABLE] and os.access(keys, os.W_OK):
            make_private(keys / REPLACEABLE)
            return
        if self._given.get("DONTHU_KEYS"):
            raise StackError(f"{keys} lacks {', '.join(missing)}: correct DONTHU_KEYS")
        if (self._data("mongod") / "WiredTiger").exists():
            raise StackError(
                f"{keys} lacks {', '.join(missing)}, without which the data cannot be read:"
                " restore them from a backup, or run `donthu down --wipe`"
            )
        keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in missing:
            with open(
                os.open(keys / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
            ) as key:
                key.write(secrets.token_bytes(KEYS[name]))

    def _authority(self, state: Mapping[str, Any]) -> Authority | None:
        return Authority(self.run_dir / "tls") if state.get("tls") else None

    def _has_tls(self) -> bool:
        return bool((self._state() or {}).get("tls"))

    def _issue_certificates(self, state: Mapping[str, Any]) -> None:
        if authority := self._authority(state):
            names = {*state["passwords"], *state["database_passwords"]}
            authority.issue(("mongod", "rabbitmq"), sorted(names))

    def _write_settings(self, state: Mapping[str, Any]) -> None:
        for number in range(1, cluster.nodes(state) + 1):
            if self._owns_database():
                data = self._data(named("mongod", number))
                data.mkdir(mode=0o700, parents=True, exist_ok=True)
                mongodb.make_key(self._set_key())
            if self._owns_broker():
                self._node(state, number).write_settings(state["passwords"])

    def _wipe(self) -> None:
        count = cluster.nodes(self._state() or {})
        owned = list(map(self._data, all_named("rabbitmq", count) if self._owns_broker() else ()))
        if self._owns_database():
            owned += [*map(self._data, all_named("mongod", count))]
            owned += [self.run_dir / "keys", self.run_dir / "checkpoints"]
            self._set_key().unlink(missing_ok=True)
        for folder in (*owned, self.run_dir / "log", self.run_dir / "tls"):
            shutil.rmtree(folder, ignore_errors=True)
        for leftover in ("stack.json", "supervisord.conf", "supervisord.pid", "supervisor.sock"):
            (self.run_dir / leftover).unlink(missing_ok=True)

    def _state(self) -> dict[str, Any] | None:
        try:
            state: dict[str, Any] = json.loads((self.run_dir / "stack.json").read_text("utf-8"))
        except FileNotFoundError:
            return None
        return state

    def _save(self, state: Mapping[str, Any]) -> None:
        new = self.run_dir / "stack.json.new"
        new.touch(mode=0o600)
        new.write_text(json.dumps(state, indent=1), encoding="utf-8")
        new.replace(self.run_dir / "stack.json")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        if self._held:  # by start_servers
            yield
            return
        self._held = self._lock()
        try:
            yield
        finally:
            self._release()

    def _lock(self) -> IO[str]:
        (self.run_dir / "log").mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (self.run_dir / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise StackError(f"another process is at work in {self.run_dir}: wait for it") from None
        return lock

    def _release(self) -> None:
        if self._held:
            self._held.close()
            self._held = None

    # -- addresses and programs

    def _owns_database(self) -> bool:
        return "MONGO_URI" not in self._given

    def _request_queues(self, state: Mapping[str, Any] | None) -> str:
        """Of one node a classic queue is as safe as another, and faster."""
        is_one = self._owns_broker() and cluster.nodes(state or {}) == 1
        return self._given.get("DONTHU_REQUEST_QUEUES") or ("classic" if is_one else "quorum")

    def _owns_broker(self) -> bool:
        return "AMQP_URI" not in self._given

    def _must_own_broker(self) -> None:
        if not self._owns_broker():
            raise StackError(
                "AMQP_URI names a broker that is not ours: its operator knows the agencies' users"
            )

    def _mongo_uri(self, state: Mapping[str, Any], user: str = OPERATOR) -> str:
        if given := self._given.get("MONGO_URI"):
            return given
        password = state["database_passwords"][user]
        return mongodb.uri(self._mongod_ports(state), user, password, self._authority(state))

    def _mongod_ports(self, state: Mapping[str, Any]) -> list[int]:
        return [state["ports"][name] for name in all_named("mongod", cluster.nodes(state))]

    def _inside(self, state: Mapping[str, Any]) -> mongodb.Inside:
        return mongodb.Inside(key=self._set_key(), authority=self._authority(state))

    def _amqp_uri(self, state: Mapping[str, Any], user: str = OPERATOR) -> str:
        if given := self._given.get("AMQP_URI"):
            return given
        return self._broker_uri(state, user)

    def _broker_uri(self, state: Mapping[str, Any], user: str) -> str:
        """Every node of the private broker: see `shared.broker`."""
        password = state["passwords"][user]
        return ";".join(node.uri(user, password) for node in self._nodes(state))

    def _keys(self) -> Path:
        return Path(self._given.get("DONTHU_KEYS") or self.run_dir / "keys").absolute()

    def _set_key(self) -> Path:
        """By which members of the replica set know each other."""
        return self.run_dir / "data" / "mongod.key"

    def _checkpoints(self) -> Path:
        return Path(
            self._given.get("DONTHU_CHECKPOINTS") or self.run_dir / "checkpoints"
        ).absolute()

    def _data(self, server: str) -> Path:
        return self.run_dir / "data" / server

    def _nodes(self, state: Mapping[str, Any]) -> list[rabbitmq.Node]:
        return [self._node(state, number) for number in range(1, cluster.nodes(state) + 1)]

    def _node(self, state: Mapping[str, Any], number: int = 1) -> rabbitmq.Node:
        distribution = rabbitmq.find(cache_folder())
        if distribution is None:
            raise StackError("no RabbitMQ here: run `make setup`, or set AMQP_URI")
        return rabbitmq.Node(
            distribution=distribution,
            home=self._data(named("rabbitmq", number)),
            suffix=state["suffix"],
            ports=cluster.ports_of_node(state, number),
            authority=self._authority(state),
            number=number,
            of=cluster.nodes(state),
            cookie=state["cookie"],
        )

    def _servers(self, state: Mapping[str, Any]) -> list[str]:
        """The names of the servers' programs; a server of somebody else's stands as one."""
        count = cluster.nodes(state)
        return [
            *all_named("mongod", count if self._owns_database() else 1),
            *(("epmd",) if self._owns_broker() else ()),
            *all_named("rabbitmq", count if self._owns_broker() else 1),
        ]

    def _workers(self, state: Mapping[str, Any]) -> list[str]:
        """The names of all instances of relay and services."""
        return [each for name in RELAYING for each in all_named(name, cluster.instances(state))]

    def _server_programs(self, state: Mapping[str, Any]) -> list[Program]:
        programs: list[Program] = []
        if self._owns_database():
            names = all_named("mongod", cluster.nodes(state))
            programs += [
                mongodb.program(
                    name=name,
                    data=self._data(name),
                    port=state["ports"][name],
                    cache=cache_folder(),
                    inside=self._inside(state),
                )
                for name in names
            ]
        if self._owns_broker():
            epmd, *_ = self._node(state).programs()
            programs += [epmd, *(node.programs()[1] for node in self._nodes(state))]
        return programs

    def _programs(self, state: Mapping[str, Any]) -> list[Program]:
        nameko = str(Path(sys.executable).with_name("nameko"))
        settings = str(ROOT / "deploy" / "service.yaml")
        commands = {RELAY: (sys.executable, "-m", "shared.relay")} | {
            service: (nameko, "run", "--config", settings, f"services.{service}.service")
            for service in SERVICES
        }
        return self._server_programs(state) + [
            Program(
                name=each,
                command=command,
                environment={
                    "PYTHONUNBUFFERED": "1",
                    "DONTHU_INSTANCE": each,
                    "DONTHU_DIRECTORY": str(self.directory()),
                }
                | self.environment(name),
                # nameko ignores SIGTERM while it looks for a broker that is gone
                stop_within_s=8,
            )
            for name, command in commands.items()
            for each in all_named(name, cluster.instances(state))
        ]

    # -- starting and stopping

    def _must_fit_running(self, state: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        running = state.get("running", {})
        if changed := [name for name, value in environment.items() if running.get(name) != value]:
            raise StackError(f"running with another {', '.join(changed)}: run `donthu down` first")

    def _end_left_overs(self, say: Say) -> None:
        if left := processes.of_stack(self.run_dir):
            say(f"ending {len(left)} processes that an earlier run left behind")
            processes.end(left, 10)

    def _start_supervised_servers(self, state: Mapping[str, Any], say: Say) -> None:
        known = self._supervisor.programs()
        for name in self._servers(state):
            if name in known:
                self._supervisor.start(name)
                self._await_epmd(name, state)
        self._await_servers(state, say)

    def _await_epmd(self, name: str, state: Mapping[str, Any]) -> None:
        """The broker looks for it once, at its start."""
        if name == "epmd":
            self._must(until(lambda: not processes.is_free(state["ports"]["epmd"]), 10), name)

    def _await_servers(self, state: Mapping[str, Any], say: Say) -> None:
        """Wait until both servers answer; make the private database the primary of its own set."""
        say("waiting for MongoDB")
        if self._owns_database():
            ports, inside = self._mongod_ports(state), self._inside(state)
            self._must(mongodb.form_replica_set(ports, 90, inside), "mongod")
            with inside.primary(ports) as client:
                mongodb.make_users(client, state["database_passwords"])
        self._must(until(lambda: mongodb.is_writable(self._mongo_uri(state)), 30), "mongod")
        say("waiting for RabbitMQ")
        uri = self._amqp_uri(state)
        uris = addresses(uri) if self._owns_broker() else [uri]
        self._must(until(lambda: all(map(rabbitmq.answers, uris)), 60), "rabbitmq")
        if self._owns_broker() and cluster.nodes(state) > 1:
            self._must(until(self._node(state).await_cluster, 90), "rabbitmq")

    def _must(self, came_up: bool, server: str) -> None:
        if came_up:
            return
        log = self.run_dir / "log" / f"{server}.log"
        is_ours = log.exists()
        raise StackError(f"{server} does not answer: see {log if is_ours else 'its address'}")

    def _await_services(self, amqp_uri: str, say: Say) -> None:
        say("waiting for the services")
        last: dict[str, str] = {}

        def all_well() -> bool:
            last.update(rabbitmq.health(amqp_uri, SERVICES))
            for name, info in self._supervisor.programs().items():
                if info["statename"] != "RUNNING":
                    last[name] = "not running"
                elif name not in SERVICES:
                    last[name] = "ok"
            return all(map(is_well, last.values()))

        if until(all_well, 60, every_s=0.3):
            return
        raise StackError(
            "; ".join(
                f"{name}: {told}, see {self.run_dir / 'log' / name}.log"
                for name, told in last.items()
                if not is_well(told)
            )
        )

    def _health(self, state: Mapping[str, Any]) -> dict[str, str]:
        amqp_uri, count = self._amqp_uri(state), cluster.nodes(state)
        health = {
            "mongod": "ok" if mongodb.is_writable(self._mongo_uri(state)) else "no primary answers",
            "rabbitmq": "ok" if rabbitmq.answers(amqp_uri) else "no login",
        }
        if count > 1 and self._owns_database():
            for name, port in zip(
                all_named("mongod", count), self._mongod_ports(state), strict=True
            ):
                health[name] = mongodb.standing(port, self._inside(state))
        if count > 1 and self._owns_broker():
            each_node = zip(all_named("rabbitmq", count), addresses(amqp_uri), strict=True)
            for name, uri in each_node:
                health[name] = "ok" if rabbitmq.answers(uri) else "no login"
        # by whichever instance is first
        told = rabbitmq.health(self._amqp_uri(state, STAFF), SERVICES)
        for service in SERVICES:
            for each in all_named(service, cluster.instances(state)):
                health[each] = told[service]
        return health


def _passwords(is_wanted: Callable[[str], bool]) -> dict[str, str]:
    """From standard input, so that none stands on a command line."""
    pairs = (line.strip().partition("=") for line in sys.stdin if "=" in line)
    return {user: password for user, _, password in pairs if is_wanted(user)}


def main() -> None:
    """What Makefile and compose call.

    `fetch` has the binaries ready. `prepare` makes indexes, exchanges, queues and bindings on
    MONGO_URI and AMQP_URI. The other two read lines `user=password`: `definitions` writes
    RabbitMQ's definitions of these users, hashes only; `users` makes those of them that the
    database needs, with their roles, on MONGO_URI.
    """
    try:
        match sys.argv[1:]:
            case ["fetch"]:
                fetch_servers(print)
            case ["prepare"]:
                prepare_servers(os.environ["MONGO_URI"], os.environ["AMQP_URI"])
            case ["definitions"]:
                print(json.dumps(rabbitmq.definitions(_passwords(users.on_broker)), indent=1))
            case ["users"]:
                with mongodb.connect(os.environ["MONGO_URI"]) as client:
                    mongodb.make_users(client, _passwords(users.OF_DATABASE.__contains__))
            case _:
                sys.exit("python -m deploy.stack fetch | prepare | definitions | users")
    except StackError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
