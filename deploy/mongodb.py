"""A private mongod: one node or three, a replica set of its own, listening on this machine only.

Whoever speaks to it must log in. The stack itself does so as a member of the set, by the set's key
file, which works also before there is a user and while the set has no primary.
"""

import secrets
import shutil
import subprocess
import sysconfig
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import OperationFailure, PyMongoError

from deploy import debian, users
from deploy.certificates import Authority, subject
from deploy.processes import Program, StackError, until
from shared import key_files

REPLICA_SET = "donthu"
EXTERNAL = "$external"  # where MongoDB keeps the users of certificates
#: After so long without its primary a set of three elects another; its own default is 10 s, right
#: where nodes are apart and links falter.
ELECTION_MS = 5000
# What a node answers while it still reads or changes its configuration, or waits for the others:
# NodeNotFound, NotYetInitialized, ConfigurationInProgress, InterruptedDueToReplStateChange.
_BUSY = {74, 94, 109, 11602}
_IS_THERE = {51002, 51003}  # a role, a user of this name


@dataclass(frozen=True, kw_only=True, slots=True)
class Inside:
    """By what the members of a set know each other, and the stack itself gets in.

    Without a `key` whoever asks may do everything: for measurements only.
    """

    key: Path | None = None
    authority: Authority | None = None  # with one: TLS only

    def options(self) -> tuple[str, ...]:
        """Of mongod."""
        told = ("--auth", "--keyFile", str(self.key)) if self.key else ()
        if self.authority is None:
            return told
        files = ("--tlsCertificateKeyFile", str(self.authority.file("mongod")))
        ca = ("--tlsCAFile", str(self.authority.certificate))
        return (*told, "--tlsMode", "requireTLS", *ca, *files)

    def node(self, port: int) -> "MongoClient[dict[str, Any]]":
        """A client that may do everything on one node, whatever that is."""
        return self._client([port], directConnection=True, serverSelectionTimeoutMS=1000)

    def primary(self, ports: Sequence[int]) -> "MongoClient[dict[str, Any]]":
        """A client that may do everything, and waits for a node of the set to take writes."""
        return self._client(ports, replicaSet=REPLICA_SET, serverSelectionTimeoutMS=30_000)

    def _client(self, ports: Sequence[int], **told: Any) -> "MongoClient[dict[str, Any]]":
        if self.key:
            told |= {
                "username": "__system",
                "password": self.key.read_text("ascii"),
                "authSource": "local",
                "authMechanism": "SCRAM-SHA-256",
            }
        if self.authority:
            told |= {
                "tls": True,
                "tlsCAFile": str(self.authority.certificate),
                "tlsCertificateKeyFile": str(self.authority.file(users.OPERATOR)),
            }
        return MongoClient(_hosts(ports), **told)


OPEN = Inside()


def _hosts(ports: Iterable[int]) -> list[str]:
    return [f"127.0.0.1:{port}" for port in ports]


def uri(
    ports: Sequence[int], user: str = "", password: str = "", authority: Authority | None = None
) -> str:
    """How a user logs in at a set: with an authority by its certificate, over TLS."""
    hosts = ",".join(_hosts(ports))
    if authority:
        files = {
            "tlsCAFile": str(authority.certificate),
            "tlsCertificateKeyFile": str(authority.file(user)),
        }
        told = {"authMechanism": "MONGODB-X509", "authSource": EXTERNAL, "tls": "true"} | files
        return f"mongodb://{hosts}/?{urlencode({'replicaSet': REPLICA_SET} | told)}"
    if not user:
        return f"mongodb://{hosts}/?replicaSet={REPLICA_SET}"
    login = f"{quote(user, safe='')}:{quote(password, safe='')}"
    return f"mongodb://{login}@{hosts}/?replicaSet={REPLICA_SET}&authSource=admin"


def make_key(path: Path) -> None:
    """The set's key file, by which its members know each other; left alone where it is."""
    if not path.exists():
        key_files.write(path, secrets.token_hex(96).encode(), mode=0o400)  # it must be base64


def find(cache: Path) -> tuple[Path, dict[str, str]]:
    """The binary and the environment it needs, by preference the system's own.

    Raises: StackError: there is none, or a library is missing that cannot be fetched.
    """
    if system := shutil.which("mongod"):
        return Path(system), {}
    wheel = Path(sysconfig.get_path("platlib")) / "fiftyone" / "db" / "bin" / "mongod"
    if not wheel.exists():
        raise StackError("no mongod: run `make setup`, put one on PATH, or set MONGO_URI")
    return wheel, _libraries(wheel, cache / "mongod-libraries")


def _libraries(mongod: Path, cache: Path) -> dict[str, str]:
    """What the wheel leaves to the system and a small system lacks: libcurl."""
    linked = subprocess.run(["ldd", mongod], capture_output=True, text=True, check=True).stdout
    missing = sorted(line.split()[0] for line in linked.splitlines() if "not found" in line)
    if not missing:
        return {}
    folders = sorted({str(found.parent) for found in cache.rglob("*.so.*")})
    if not all(any(cache.rglob(name)) for name in missing):
        if missing != ["libcurl.so.4"]:
            raise StackError(f"mongod lacks {', '.join(missing)}: install them, or set MONGO_URI")
        try:
            debian.unpack("libcurl4", cache, wanted="lib.*", as_on_an_empty_system=False)
        except debian.PackagesUnavailable as unavailable:
            raise StackError(f"mongod lacks {missing[0]}: {unavailable}") from unavailable
        folders = sorted({str(found.parent) for found in cache.rglob("*.so.*")})
    return {"LD_LIBRARY_PATH": ":".join(folders)}


def program(
    *,
    data: Path,
    port: int,
    cache: Path,
    memory_gb: float = 0.5,
    name: str = "mongod",
    inside: Inside = OPEN,
) -> Program:
    """`memory_gb` is for WiredTiger's own cache, beside which the system caches files."""
    binary, environment = find(cache)
    return Program(
        name=name,
        command=(
            str(binary),
            *("--dbpath", str(data), "--bind_ip", "127.0.0.1", "--port", str(port)),
            *inside.options(),
            *("--replSet", REPLICA_SET, "--nounixsocket"),
            *("--wiredTigerCacheSizeGB", f"{memory_gb:g}"),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            # A node of several would wait 15 s at its end for clients to leave it.
            *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=1000"),
        ),
        environment=environment,
        stop_within_s=15,
    )


def connect(address: str) -> "MongoClient[dict[str, Any]]":
    return MongoClient(address, serverSelectionTimeoutMS=10_000)


def is_writable(address: str) -> bool:
    """Does a primary answer within two seconds?"""
    client: MongoClient[dict[str, Any]] = MongoClient(address, serverSelectionTimeoutMS=2000)
    with client:
        try:
            client.admin.command("ping")
            return client.primary is not None
        except PyMongoError:
            return False


def standing(port: int, inside: Inside = OPEN) -> str:
    """What one node of a set is: `ok, primary`, `ok, secondary`, or what is wrong."""
    with inside.node(port) as client:
        try:
            told = client.admin.command("hello")
        except PyMongoError:
            return "no answer"
    if told["isWritablePrimary"]:
        return "ok, primary"
    return "ok, secondary" if told.get("secondary") else "neither primary nor secondary"


def form_replica_set(ports: Sequence[int], within_s: float, inside: Inside = OPEN) -> bool:
    """Make one set of the nodes at these ports, also after a port changed; harmless if it is.

    Answers whether it has a primary and all its other nodes follow.
    """
    hosts = _hosts(ports)
    client = inside.node(ports[0])
    wanted = {
        "_id": REPLICA_SET,
        "members": [{"_id": number, "host": host} for number, host in enumerate(hosts)],
        "settings": {"electionTimeoutMillis": ELECTION_MS},
    }

    def formed() -> bool:
        try:
            client.admin.command("ping")
            stored = client.local["system.replset"].find_one({}, {"version": 1, "members.host": 1})
            if stored is None:
                client.admin.command("replSetInitiate", wanted)
            elif [member["host"] for member in stored["members"]] != hosts:  # a port has changed
                newer = wanted | {"version": stored["version"] + 1}
                client.admin.command("replSetReconfig", newer, force=True)
            else:
                told = client.admin.command("replSetGetStatus")["members"]
                states = sorted(member["stateStr"] for member in told)
                return states == ["PRIMARY", *["SECONDARY"] * (len(hosts) - 1)]
        except OperationFailure as failure:
            if failure.code not in _BUSY:
                raise
        except PyMongoError:  # does not listen yet
            return False
        return False

    with client:
        return until(formed, within_s)


def make_users(client: "MongoClient[dict[str, Any]]", passwords: Mapping[str, str]) -> None:
    """Make each user with a role of its own, or give it today's rights and this password.

    Each is there twice: one logs in by password, one by certificate.
    """
    admin = client["admin"]
    for user, password in passwords.items():
        role = users.role(user)
        if role != "root":
            _make_or_change(admin, "Role", role, privileges=users.privileges(user), roles=[])
        _make_or_change(admin, "User", user, pwd=password, roles=[role])
        granted = [{"role": role, "db": "admin"}]
        _make_or_change(client[EXTERNAL], "User", subject(user), roles=granted)


def _make_or_change(database: Database[dict[str, Any]], kind: str, name: str, **told: Any) -> None:
    try:
        database.command(f"create{kind}", name, **told)
    except OperationFailure as failure:
        if failure.code not in _IS_THERE:
            raise
        database.command(f"update{kind}", name, **told)
