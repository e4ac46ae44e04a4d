"""The local stack: a private database and broker, the relay and the four services, on one machine.

All that it leaves is in its run folder (`deploy.run_folder`).
Where MONGO_URI or AMQP_URI is set, that server is somebody else's: not started, stopped or wiped.
Not here: what is declared on the broker (`deploy.topology`), and the command line.
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from deploy import cluster, mongodb, processes, rabbitmq, users
from deploy.cluster import all_named
from deploy.issuer import Issuer
from deploy.layout import SETTINGS, Layout
from deploy.processes import StackError, until
from deploy.run_folder import RunFolder, State, cache_folder, run_folder
from deploy.supervisor import Supervisor
from deploy.users import OPERATOR, SERVICES, STAFF, agency_user

FIRST_AGENCIES = ("portal",)

Say = Callable[[str], None]


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

    `up`, `down` and `status`: processes under supervisord, which outlive the caller.
    `start_servers` and what follows it: database and broker only, as children of this process,
    which die with it.
    """

    def __init__(self, run_dir: Path | None = None, given: Mapping[str, str] = os.environ) -> None:
        """`given` may hold DONTHU_DIRECTORY and `SETTINGS`; later changes do not count."""
        self._given = {
            name: given[name] for name in (*SETTINGS, "DONTHU_DIRECTORY") if given.get(name)
        }
        self._folder = RunFolder(run_dir or run_folder(), self._given)
        self.run_dir = self._folder.path
        self._supervisor = Supervisor(self.run_dir)
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    # -- what others need to know

    def environment(self, user: str = OPERATOR) -> dict[str, str]:
        """The variables of `SETTINGS`, as the programs of this user get them.

        One of the URIs is missing where the user has no login. A server that is not ours is told as
        it was given, whoever asks. Raises: StackError: the stack was never started here.
        """
        layout = self._layout()
        if not layout.state and (layout.owns_database or layout.owns_broker):
            raise self._never_started()
        return layout.environment(user)

    def issuer(self) -> Issuer:
        """Who signs tokens on this machine."""
        return self._folder.issuer

    def name_officers(self, named: Path) -> None:
        """Take this directory, unless the ward has one of its own or has changed its copy."""
        self._folder.name_officers(named)

    def agencies(self) -> list[str]:
        """The agencies that have a user on our broker."""
        known = self._layout().state.get("passwords", {})
        return sorted(user.removeprefix("agency_") for user in known if user.startswith("agency_"))

    def agency_uri(self, agency: str) -> str:
        """How an agency logs in at the private broker.

        Raises: StackError: it is not known, or the broker is not ours.
        """
        layout = self._layout()
        layout.must_own_broker()
        user = agency_user(agency)
        if user not in layout.state.get("passwords", {}):
            raise StackError(
                f"no agency {agency} here: known are {', '.join(self.agencies()) or 'none'}"
            )
        return layout.amqp_uri(user)

    def add_agency(self, agency: str) -> Path:
        """Give an agency a user and a reply queue on the running broker.

        Answers the file that holds its URI. May be repeated. Raises: StackError: the broker is not
        ours, or not running. BadInput: the name is no name for an agency.
        """
        self._layout().must_own_broker()
        user = agency_user(agency)
        with self._folder.locked():
            state = self._folder.state()
            if state is None:
                raise self._never_started()
            if not rabbitmq.answers(self._layout().amqp_uri()):
                raise StackError("the broker does not answer: run `donthu up`")
            state["passwords"].setdefault(user, secrets.token_urlsafe(24))
            self._folder.save(state)
            layout = self._laid_out(state)
            _issue_certificates(layout)
            nodes = layout.broker_nodes()
            for node in nodes:
                node.write_settings(state["passwords"])
            nodes[0].load_definitions()
            from deploy.topology import declare

            declare(layout.amqp_uri(), (agency,))
            return self._folder.keep_login(agency, layout.amqp_uri(user))

    def _layout(self) -> Layout:
        return self._laid_out(self._folder.state() or {})

    def _laid_out(self, state: State) -> Layout:
        return Layout(state=state, folder=self._folder, given=self._given)

    def _never_started(self) -> StackError:
        return StackError(f"no stack in {self.run_dir}: run `donthu up`")

    # -- the whole of it

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
        with self._folder.locked():
            started_at = time.monotonic()
            if self._supervisor.is_running() and tls not in (None, self._layout().has_tls):
                raise StackError("TLS is switched on or off at a start: run `donthu down` first")
            layout = self._ready(say, nodes, instances, tls)
            if self._supervisor.is_running():
                _must_fit_running(layout)
                before = self._supervisor.programs()
                if all(info["statename"] == "RUNNING" for info in before.values()):
                    say(f"already running in {self.run_dir}")
            else:
                self._end_left_overs(say)
                layout = self._keep_ports_free(layout, say)
                if not layout.state.get("settled") and layout.owns_broker:
                    # Killed within half a second after it was declared, a quorum queue is there
                    # for ever but answers nobody (seen on 3.10.8); nothing was in it yet.
                    for name in all_named("rabbitmq", layout.nodes):
                        shutil.rmtree(self._folder.data(name), ignore_errors=True)
                layout = self._laid_out({**layout.state, "running": layout.environment()})
                self._folder.save(layout.state)
                _write_settings(layout)
                self._supervisor.launch(layout.programs())
            for name in layout.own_servers():
                self._supervisor.start(name)
                self._await_epmd(name, layout)
            self._await_servers(layout, say)
            say("creating indexes, exchanges, queues and bindings")
            agencies = self.agencies() if layout.owns_broker else FIRST_AGENCIES
            prepare_servers(layout.mongo_uri(), layout.amqp_uri(), agencies)
            for name in layout.workers():
                self._supervisor.start(name)
            self._await_services(layout.amqp_uri(STAFF), say)
            if not layout.state.get("settled"):
                time.sleep(1.0)
                self._folder.save({**layout.state, "settled": True})
            say(f"up in {time.monotonic() - started_at:.0f} s; logs in {self._folder.log}")

    def down(self, say: Say, *, wipe: bool = False) -> None:
        """Stop everything, services first; `wipe` also deletes the private servers' data.

        The keys go with the private database, whose contents nothing else can read; a database of
        somebody else's keeps them.
        """
        with self._folder.locked():
            layout = self._layout()
            if self._supervisor.is_running():
                say("stopping the services")
                self._supervisor.stop(layout.workers(), 15)
                say("stopping the servers")
                running = self._supervisor.programs()
                self._supervisor.stop(running.keys() & set(layout.servers()), 25)
                self._supervisor.shut_down()
            self._end_left_overs(say)
            say("stopped")
            if wipe:
                self._folder.wipe(layout.own_servers())
                say(f"data in {self.run_dir} deleted")

    def status(self) -> list[dict[str, Any]]:
        """For each program: name, state, pid, uptime_s, health (`ok`, a fault, None: not asked)."""
        told = self._supervisor.programs()
        layout = self._layout()
        servers = layout.servers()
        health = _health(layout) if told else {}
        rows = []
        for name in (*servers, *layout.workers()):
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

    # -- the servers alone

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
        self._folder.lock()
        if self._supervisor.is_running():
            self._folder.release()
            raise StackError(f"{self.run_dir} is up already: `donthu down` first")
        layout = self._ready(say, nodes, None, tls)
        self._end_left_overs(say)
        layout = self._keep_ports_free(layout, say)
        self._folder.save(layout.state)
        _write_settings(layout)
        for program in layout.server_programs():
            self._children[program.name] = processes.start_child(program, self.run_dir, {})
            self._await_epmd(program.name, layout)
        self._await_servers(layout, say)
        return layout.environment()

    def stop_servers(self) -> None:
        """Stop what `start_servers` started; data stays."""
        epmd = self._children.pop("epmd", None)
        processes.stop_children(list(self._children.values()), 20)
        self._children.clear()
        if epmd:  # last: the nodes need it
            processes.stop_child(epmd, 3)
        self._folder.release()

    def server_pids(self) -> dict[str, int]:
        """The process number of each server that `start_servers` started."""
        return {name: child.pid for name, child in self._children.items()}

    def broker_control(self, *command: str) -> str:
        """Run rabbitmqctl on the private broker and answer what it prints."""
        layout = self._layout()
        layout.must_own_broker()
        return layout.broker_nodes()[0].control(*command)

    def signal_server(self, name: str, number: int = signal.SIGKILL) -> None:
        """Send a server (`mongod`, `rabbitmq-2`) a signal; SIGSTOP freezes it, SIGCONT thaws it."""
        child = self._children[name]
        processes.signal_child(child, number)
        if number == signal.SIGKILL:
            child.wait()

    def restart_server(self, name: str) -> None:
        """Start a server again on its old port and data, and wait until it answers."""
        layout = self._layout()
        program = next(each for each in layout.server_programs() if each.name == name)
        processes.stop_child(self._children[name], program.stop_within_s)
        self._children[name] = processes.start_child(program, self.run_dir, {})
        self._await_servers(layout, lambda _line: None)

    # -- starting and stopping

    def _ready(
        self, say: Say, nodes: int | None, instances: int | None, tls: bool | None
    ) -> Layout:
        """Have binaries, keys, ports, passwords and certificates; what is there stays as it is."""
        fetch_servers(say, self._given)
        self._folder.make_keys()
        state = self._folder.state() or {
            "suffix": secrets.token_hex(4),
            "ports": {},
            "passwords": {},
        }
        state |= cluster.wanted(
            state,
            nodes,
            instances,
            is_running=self._supervisor.is_running(),
            has_data=any(self._folder.data(name).exists() for name in ("mongod", "rabbitmq")),
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
        self._folder.save(state)
        layout = self._laid_out(state)
        _issue_certificates(layout)
        return layout

    def _keep_ports_free(self, layout: Layout, say: Say) -> Layout:
        """Nothing of ours runs now: a port that is taken is somebody else's."""
        ports = dict(layout.state["ports"])
        for name, port in ports.items():
            if not processes.is_free(port):
                ports[name] = processes.free_port()
                say(f"port {port} is taken: {name} moves to {ports[name]}")
        return self._laid_out({**layout.state, "ports": ports})

    def _end_left_overs(self, say: Say) -> None:
        if left := processes.of_stack(self.run_dir):
            say(f"ending {len(left)} processes that an earlier run left behind")
            processes.end(left, 10)

    def _await_epmd(self, name: str, layout: Layout) -> None:
        """The broker looks for it once, at its start."""
        if name == "epmd":
            port = layout.state["ports"]["epmd"]
            self._must(until(lambda: not processes.is_free(port), 10), name)

    def _await_servers(self, layout: Layout, say: Say) -> None:
        """Wait until both servers answer; make the private database the primary of its own set."""
        say("waiting for MongoDB")
        if layout.owns_database:
            ports, inside = layout.mongod_ports(), layout.inside()
            self._must(mongodb.form_replica_set(ports, 90, inside), "mongod")
            with inside.primary(ports) as client:
                mongodb.make_users(client, layout.state["database_passwords"])
        self._must(until(lambda: mongodb.is_writable(layout.mongo_uri()), 30), "mongod")
        say("waiting for RabbitMQ")
        uris = layout.amqp_uris()
        self._must(until(lambda: all(map(rabbitmq.answers, uris)), 60), "rabbitmq")
        if layout.owns_broker and layout.nodes > 1:
            self._must(until(layout.broker_nodes()[0].await_cluster, 90), "rabbitmq")

    def _must(self, came_up: bool, server: str) -> None:
        if came_up:
            return
        log = self._folder.log / f"{server}.log"
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
                f"{name}: {told}, see {self._folder.log / name}.log"
                for name, told in last.items()
                if not is_well(told)
            )
        )


def _issue_certificates(layout: Layout) -> None:
    if authority := layout.authority:
        names = {*layout.state["passwords"], *layout.state["database_passwords"]}
        authority.issue(("mongod", "rabbitmq"), sorted(names))


def _write_settings(layout: Layout) -> None:
    if layout.owns_database:
        for name in all_named("mongod", layout.nodes):
            layout.folder.data(name).mkdir(mode=0o700, parents=True, exist_ok=True)
        mongodb.make_key(layout.folder.set_key)
    if layout.owns_broker:
        for node in layout.broker_nodes():
            node.write_settings(layout.state["passwords"])


def _must_fit_running(layout: Layout) -> None:
    running = layout.state.get("running", {})
    environment = layout.environment()
    if changed := [name for name, value in environment.items() if running.get(name) != value]:
        raise StackError(f"running with another {', '.join(changed)}: run `donthu down` first")


def _health(layout: Layout) -> dict[str, str]:
    """Of every program that can be asked, `ok` or what is wrong."""
    mongo_uri, uris = layout.mongo_uri(), layout.amqp_uris()
    health = {
        "mongod": "ok" if mongodb.is_writable(mongo_uri) else "no primary answers",
        "rabbitmq": "ok" if rabbitmq.answers(layout.amqp_uri()) else "no login",
    }
    if layout.nodes > 1 and layout.owns_database:
        names = all_named("mongod", layout.nodes)
        for name, port in zip(names, layout.mongod_ports(), strict=True):
            health[name] = mongodb.standing(port, layout.inside())
    if layout.nodes > 1 and layout.owns_broker:
        for name, uri in zip(all_named("rabbitmq", layout.nodes), uris, strict=True):
            health[name] = "ok" if rabbitmq.answers(uri) else "no login"
    # by whichever instance is first
    told = rabbitmq.health(layout.amqp_uri(STAFF), SERVICES)
    for service in SERVICES:
        health |= dict.fromkeys(layout.instances(service), told[service])
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
