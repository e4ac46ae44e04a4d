"""How a local stack is laid out: whose servers it has, their ports and addresses, its programs."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy import cluster, mongodb, rabbitmq, users
from deploy.certificates import Authority
from deploy.cluster import all_named, named
from deploy.processes import ROOT, Program, StackError
from deploy.run_folder import RunFolder, State, cache_folder
from deploy.users import OPERATOR, RELAY, SERVICES
from shared.broker import addresses

SETTINGS = (
    *("MONGO_URI", "AMQP_URI", "DONTHU_KEYS", "DONTHU_CHECKPOINTS", "DONTHU_TOKEN_KEYS"),
    *("DONTHU_CALLER_RATE", "DONTHU_REQUEST_QUEUES"),
)
LAVISH = "5000/5000"  # on this machine one person plays all officers of a ward, by program


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """What follows from `stack.json` and the variables that were given.

    Where MONGO_URI or AMQP_URI is given, that server is somebody else's.
    """

    state: State  # empty: the stack was never started
    folder: RunFolder
    given: Mapping[str, str]  # of `SETTINGS`

    @property
    def owns_database(self) -> bool:
        return "MONGO_URI" not in self.given

    @property
    def owns_broker(self) -> bool:
        return "AMQP_URI" not in self.given

    def must_own_broker(self) -> None:
        """Raises: StackError: the broker is somebody else's."""
        if not self.owns_broker:
            raise StackError(
                "AMQP_URI names a broker that is not ours: its operator knows the agencies' users"
            )

    @property
    def nodes(self) -> int:
        return cluster.nodes(self.state)

    @property
    def has_tls(self) -> bool:
        return bool(self.state.get("tls"))

    @property
    def authority(self) -> Authority | None:
        return Authority(self.folder.tls) if self.has_tls else None

    # -- addresses

    def environment(self, user: str = OPERATOR) -> dict[str, str]:
        """The variables of `SETTINGS`, as the programs of this user get them."""
        uris = {}
        if user in users.OF_DATABASE or not self.owns_database:
            uris["MONGO_URI"] = self.mongo_uri(user)
        if user in users.OF_BROKER or not self.owns_broker:
            uris["AMQP_URI"] = self.amqp_uri(user)
        public = self.given.get("DONTHU_TOKEN_KEYS") or str(self.folder.issuer.public)
        return uris | {
            "DONTHU_KEYS": str(self.folder.keys),
            "DONTHU_CHECKPOINTS": str(self.folder.checkpoints),
            "DONTHU_TOKEN_KEYS": public,
            "DONTHU_CALLER_RATE": self.given.get("DONTHU_CALLER_RATE") or LAVISH,
            "DONTHU_REQUEST_QUEUES": self._request_queues(),
        }

    def _request_queues(self) -> str:
        """Of one node a classic queue is as safe as another, and faster."""
        is_one = self.owns_broker and self.nodes == 1
        return self.given.get("DONTHU_REQUEST_QUEUES") or ("classic" if is_one else "quorum")

    def mongo_uri(self, user: str = OPERATOR) -> str:
        if given := self.given.get("MONGO_URI"):
            return given
        password = self.state["database_passwords"][user]
        return mongodb.uri(self.mongod_ports(), user, password, self.authority)

    def mongod_ports(self) -> list[int]:
        return [self.state["ports"][name] for name in all_named("mongod", self.nodes)]

    def inside(self) -> mongodb.Inside:
        return mongodb.Inside(key=self.folder.set_key, authority=self.authority)

    def amqp_uri(self, user: str = OPERATOR) -> str:
        """Of the private broker every node: see `shared.broker`."""
        if given := self.given.get("AMQP_URI"):
            return given
        password = self.state["passwords"][user]
        return ";".join(node.uri(user, password) for node in self.broker_nodes())

    def amqp_uris(self) -> list[str]:
        """The operator's, of each node of the private broker, or of somebody else's."""
        uri = self.amqp_uri()
        return addresses(uri) if self.owns_broker else [uri]

    # -- programs

    def broker_nodes(self) -> list[rabbitmq.Node]:
        """The nodes of the private broker.

        Raises: StackError: its programs are not here.
        """
        distribution = rabbitmq.find(cache_folder())
        if distribution is None:
            raise StackError("no RabbitMQ here: run `make setup`, or set AMQP_URI")
        return [
            rabbitmq.Node(
                distribution=distribution,
                home=self.folder.data(named("rabbitmq", number)),
                suffix=self.state["suffix"],
                ports=cluster.ports_of_node(self.state, number),
                authority=self.authority,
                number=number,
                of=self.nodes,
                cookie=self.state["cookie"],
            )
            for number in range(1, self.nodes + 1)
        ]

    def own_servers(self) -> list[str]:
        """The names of the programs of our servers, in the order in which they start."""
        return [
            *(all_named("mongod", self.nodes) if self.owns_database else ()),
            *(("epmd", *all_named("rabbitmq", self.nodes)) if self.owns_broker else ()),
        ]

    def servers(self) -> list[str]:
        """The names of all servers; one of somebody else's stands as one program."""
        own = self.own_servers()
        return [
            *(() if self.owns_database else ("mongod",)),
            *own,
            *(() if self.owns_broker else ("rabbitmq",)),
        ]

    def workers(self) -> list[str]:
        """The names of all instances of relay and services."""
        return [each for name in (RELAY, *SERVICES) for each in self.instances(name)]

    def instances(self, name: str) -> list[str]:
        """What the instances of the relay or a service are called."""
        return all_named(name, cluster.instances(self.state))

    def server_programs(self) -> list[Program]:
        programs: list[Program] = []
        if self.owns_database:
            programs += [
                mongodb.program(
                    name=name,
                    data=self.folder.data(name),
                    port=self.state["ports"][name],
                    cache=cache_folder(),
                    inside=self.inside(),
                )
                for name in all_named("mongod", self.nodes)
            ]
        if self.owns_broker:
            nodes = self.broker_nodes()
            epmd, _ = nodes[0].programs()
            programs += [epmd, *(node.programs()[1] for node in nodes)]
        return programs

    def programs(self) -> list[Program]:
        """Servers, relay and services."""
        nameko = str(Path(sys.executable).with_name("nameko"))
        settings = str(ROOT / "deploy" / "service.yaml")
        commands = {RELAY: (sys.executable, "-m", "shared.relay")} | {
            service: (nameko, "run", "--config", settings, f"services.{service}.service")
            for service in SERVICES
        }
        return self.server_programs() + [
            Program(
                name=each,
                command=command,
                environment={
                    "PYTHONUNBUFFERED": "1",
                    "DONTHU_INSTANCE": each,
                    "DONTHU_DIRECTORY": str(self.folder.directory()),
                }
                | self.environment(name),
                # nameko ignores SIGTERM while it looks for a broker that is gone
                stop_within_s=8,
            )
            for name, command in commands.items()
            for each in self.instances(name)
        ]
