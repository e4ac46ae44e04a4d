"""A private mongod: one node or three, a replica set of its own, listening on this machine only.

No user names and no encryption on the wire here: who can reach 127.0.0.1 can read it. Production
has both.
"""

import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from deploy import debian
from deploy.processes import Program, StackError, until

REPLICA_SET = "donthu"
#: After so long without its primary a set of three elects another; its own default is 10 s, right
#: where nodes are apart and links falter.
ELECTION_MS = 5000
# What a node answers while it still reads or changes its configuration, or waits for the others:
# NodeNotFound, NotYetInitialized, ConfigurationInProgress, InterruptedDueToReplStateChange.
_BUSY = {74, 94, 109, 11602}


def uri(*ports: int) -> str:
    nodes = ",".join(f"127.0.0.1:{port}" for port in ports)
    return f"mongodb://{nodes}/?replicaSet={REPLICA_SET}"


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
    *, data: Path, port: int, cache: Path, memory_gb: float = 0.5, name: str = "mongod"
) -> Program:
    """`memory_gb` is for WiredTiger's own cache, beside which the system caches files."""
    binary, environment = find(cache)
    return Program(
        name=name,
        command=(
            str(binary),
            *("--dbpath", str(data), "--bind_ip", "127.0.0.1", "--port", str(port)),
            *(
                "--replSet",
                REPLICA_SET,
                "--wiredTigerCacheSizeGB",
                f"{memory_gb:g}",
                "--nounixsocket",
            ),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            # A node of several would wait 15 s at its end for clients to leave it.
            *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=1000"),
        ),
        environment=environment,
        stop_within_s=15,
    )


def is_writable(address: str) -> bool:
    """Does a primary answer within two seconds?"""
    client: MongoClient[dict[str, Any]] = MongoClient(address, serverSelectionTimeoutMS=2000)
    with client:
        try:
            client.admin.command("ping")
            return client.primary is not None
        except PyMongoError:
            return False


def standing(port: int) -> str:
    """What one node of a set is: `ok, primary`, `ok, secondary`, or what is wrong."""
    client: MongoClient[dict[str, Any]] = MongoClient(
        f"127.0.0.1:{port}", directConnection=True, serverSelectionTimeoutMS=1000
    )
    with client:
        try:
            told = client.admin.command("hello")
        except PyMongoError:
            return "no answer"
    if told["isWritablePrimary"]:
        return "ok, primary"
    return "ok, secondary" if told.get("secondary") else "neither primary nor secondary"


def form_replica_set(port: int, within_s: float, *others: int) -> bool:
    """Make one set of the nodes at these ports, also after a port changed; harmless if it is.

    Answers whether it has a primary and all its other nodes follow.
    """
    hosts = [f"127.0.0.1:{each}" for each in (port, *others)]
    client: MongoClient[dict[str, Any]] = MongoClient(
        hosts[0], directConnection=True, serverSelectionTimeoutMS=1000
    )
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
                return states == ["PRIMARY", *["SECONDARY"] * len(others)]
        except OperationFailure as failure:
            if failure.code not in _BUSY:
                raise
        except PyMongoError:  # does not listen yet
            return False
        return False

    with client:
        return until(formed, within_s)
