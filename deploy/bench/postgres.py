"""A private PostgreSQL for the comparison with peers: Debian's, unpacked like RabbitMQ, no root.

It refuses to run as root; where we are root, it runs as the user nobody.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy import debian
from deploy.processes import (
    Program,
    StackError,
    clean_environment,
    free_port,
    is_free,
    start_child,
    stop_child,
    until,
)

USER = "donthu"
_NOBODY = 65534
# libllvm only compiles queries that these are not; libc and its kin are the system's own.
_WANTED = r"postgresql-[0-9]+|lib(?!llvm|z3|c6|c-|gcc|stdc|perl|semanage|sepol|.*-perl).*"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": 200,
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "fsync": "on",
    "synchronous_commit": "on",
    "jit": "off",
}


def find(cache: Path) -> tuple[Path, dict[str, str]] | None:
    """The folder of the programs and the environment they need: the system's, else unpacked."""
    unpacked = cache / "postgresql-dist"
    for root in (Path("/usr"), unpacked / "usr"):
        if found := sorted(root.glob("lib/postgresql/*/bin/postgres")):
            return found[-1].parent, _libraries(unpacked) if unpacked in root.parents else {}
    return None


def _libraries(unpacked: Path) -> dict[str, str]:
    folders = sorted({str(found.parent) for found in unpacked.rglob("*.so.*")})
    return {"LD_LIBRARY_PATH": ":".join(folders)} if folders else {}


def fetch(cache: Path) -> tuple[Path, dict[str, str]]:
    """Unpack it into `cache` where it is not there.

    Raises: StackError: it cannot be had.
    """
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "postgresql-dist.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if found := find(cache):
            return found
        try:
            target = cache / "postgresql-dist"
            debian.unpack("postgresql", target, wanted=_WANTED, as_on_an_empty_system=True)
        except debian.PackagesUnavailable as unavailable:
            raise StackError(f"no PostgreSQL: {unavailable}") from unavailable
        found = find(cache)
    if found is None:
        raise StackError(f"no postgres in {cache / 'postgresql-dist'}: install postgresql")
    return found


@contextmanager
def running(cache: Path, run_dir: Path) -> Iterator[int]:
    """A new, empty server, durable as it comes; its port. Gone with its data after the block."""
    programs, environment = fetch(cache)
    folder, port = Path(tempfile.mkdtemp(prefix="donthu-postgres-")), free_port()
    if os.geteuid() == 0:
        os.chown(folder, _NOBODY, _NOBODY)
    try:
        _make_cluster(programs, environment, folder / "data")
        settings = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
        server = Program(
            name="postgres",
            command=(
                *_as_ordinary_user("--pdeathsig", "KILL"),
                *(str(programs / "postgres"), "-D", str(folder / "data"), "-p", str(port)),
                *settings,
            ),
            environment=environment,
            stop_within_s=5,
        )
        child = start_child(server, run_dir, {})
        try:
            if not until(lambda: not is_free(port), 20):
                raise StackError(f"postgres does not answer: see {run_dir / 'log/postgres.log'}")
            yield port
        finally:
            stop_child(child, server.stop_within_s)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make_cluster(programs: Path, environment: dict[str, str], data: Path) -> None:
    made = subprocess.run(
        [
            *_as_ordinary_user(),
            *(programs / "initdb", "-D", data, "-U", USER, "--auth=trust", "--no-locale"),
            "--encoding=UTF8",
        ],
        env=clean_environment() | environment,
        cwd="/",
        capture_output=True,
        text=True,
    )
    if made.returncode:
        raise StackError(f"initdb failed: {made.stderr.strip()[-300:]}")


def _as_ordinary_user(*options: str) -> tuple[str, ...]:
    if os.geteuid() != 0:
        return ("setpriv", *options) if options else ()
    return ("setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups", *options)
