"""A private mongod: one node, a replica set of its own, listening on this machine only.

Whoever speaks to it must log in. The stack itself does so as a member of the set, by the set's key
file, which works also before there is a user and while the set has no primary.
"""

import os
import secrets
import shutil
import subprocess
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import OperationFailure, PyMongoError

from deploy import debian, users
from deploy.certificates import Authority, subject
from deploy.processes import Program, StackError, until

REPLICA_SET = "donthu"
EXTERNAL = "$external"  # where MongoDB keeps the users of certificates
# What a node answers while it still reads or changes its configuration: NotYetInitialized,
# ConfigurationInProgress, InterruptedDueToReplStateChange.
_BUSY = {94, 109, 11602}
_IS_THERE = {51002, 51003}  # a role, a user of this name


def uri(port: int, user: str, password: str, authority: Authority | None = None) -> str:
    """How a user logs in: with an authority by its certificate, over TLS."""
    if authority:
        files = {
            "tlsCAFile": str(authority.certificate),
            "tlsCertificateKeyFile": str(authority.file(user)),
        }
        told = {"authMechanism": "MONGODB-X509", "authSource": EXTERNAL, "tls": "true"} | files
        options = urlencode({"replicaSet": REPLICA_SET} | told)
        return f"mongodb://127.0.0.1:{port}/?{options}"
    login = f"{quote(user, safe='')}:{quote(password, safe='')}"
    return f"mongodb://{login}@127.0.0.1:{port}/?replicaSet={REPLICA_SET}&authSource=admin"


def make_key(path: Path) -> None:
    """The set's key file, by which its members know each other; left alone where it is."""
    if not path.exists():
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w") as key:
            key.write(secrets.token_hex(96))  # it must be base64


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
    *, data: Path, key: Path, port: int, cache: Path, authority: Authority | None
) -> Program:
    binary, environment = find(cache)
    tls: tuple[str, ...] = ()
    if authority:
        own = ("--tlsCertificateKeyFile", str(authority.file("mongod")))
        tls = ("--tlsMode", "requireTLS", "--tlsCAFile", str(authority.certificate), *own)
    return Program(
        name="mongod",
        command=(
            str(binary),
            *("--dbpath", str(data), "--bind_ip", "127.0.0.1", "--port", str(port)),
            *("--auth", "--keyFile", str(key), *tls),
            *("--replSet", REPLICA_SET, "--wiredTigerCacheSizeGB", "0.5", "--nounixsocket"),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
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


def as_member(port: int, key: Path, authority: Authority | None) -> "MongoClient[dict[str, Any]]":
    """A client that may do everything on a private node."""
    tls: dict[str, Any] = {}
    if authority:
        tls = {
            "tls": True,
            "tlsCAFile": str(authority.certificate),
            "tlsCertificateKeyFile": str(authority.file(users.OPERATOR)),
        }
    return MongoClient(
        f"127.0.0.1:{port}",
        directConnection=True,
        serverSelectionTimeoutMS=1000,
        username="__system",
        password=key.read_text("ascii"),
        authSource="local",
        authMechanism="SCRAM-SHA-256",
        **tls,
    )


def form_replica_set(port: int, key: Path, authority: Authority | None, within_s: float) -> bool:
    """Make the node the primary of its own set, also after its port changed; harmless if it is."""
    here = f"127.0.0.1:{port}"
    client = as_member(port, key, authority)
    alone = {"_id": REPLICA_SET, "members": [{"_id": 0, "host": here}]}

    def formed() -> bool:
        try:
            told = client.admin.command("hello")
            if told.get("me") == here and told["isWritablePrimary"]:
                return True
            stored = client.local["system.replset"].find_one({}, {"version": 1, "members.host": 1})
            if stored is None:
                client.admin.command("replSetInitiate", alone)
            elif stored["members"][0]["host"] != here:  # it was at another port before
                newer = alone | {"version": stored["version"] + 1}
                client.admin.command("replSetReconfig", newer, force=True)
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
