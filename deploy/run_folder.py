"""The run folder of a local stack, where all is that it leaves.

`data/`, `keys/`, `tls/`, `checkpoints/`, `agencies/`, `log/`, `directory.csv`, and `stack.json`
with ports and passwords.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from deploy.issuer import Issuer
from deploy.processes import ROOT, StackError
from shared import key_files
from shared.directory import SHIPPED

KEYS = {  # bytes of chance in each
    "master.key": key_files.MASTER_BYTES,
    "index.key": key_files.INDEX_BYTES,
    "checkpoint.key": key_files.SIGNING_BYTES,
}
REPLACEABLE = "checkpoint.key"  # nothing is lost with it: a new one signs from then on
State = dict[str, Any]  # what `stack.json` holds


def run_folder() -> Path:
    """DONTHU_RUN, else `.run` in the project."""
    return Path(os.environ.get("DONTHU_RUN") or ROOT / ".run").absolute()


def cache_folder() -> Path:
    """DONTHU_CACHE, else `.run` in the project: binaries that were fetched; safe to delete."""
    return Path(os.environ.get("DONTHU_CACHE") or ROOT / ".run").absolute()


class RunFolder:
    """One run folder, and what of it is kept elsewhere.

    `given` may hold DONTHU_KEYS, DONTHU_CHECKPOINTS and DONTHU_DIRECTORY.
    """

    def __init__(self, path: Path, given: Mapping[str, str]) -> None:
        self._given = given
        self.path = path.absolute()
        self.log = self.path / "log"
        self.tls = self.path / "tls"
        self.keys = self._given_or_own("DONTHU_KEYS", "keys")
        self.checkpoints = self._given_or_own("DONTHU_CHECKPOINTS", "checkpoints")
        self.issuer = Issuer(self.path / "keys")
        self.set_key = self.data("mongod.key")  # members of the replica set know each other by it
        self._state = self.path / "stack.json"
        self._directory = self.path / "directory.csv"
        self._held: IO[str] | None = None

    def _given_or_own(self, variable: str, name: str) -> Path:
        return Path(self._given.get(variable) or self.path / name).absolute()

    def data(self, server: str) -> Path:
        return self.path / "data" / server

    # -- what is remembered

    def state(self) -> State | None:
        """What `stack.json` holds; None: the stack was never started here."""
        try:
            state: State = json.loads(self._state.read_text("utf-8"))
        except FileNotFoundError:
            return None
        return state

    def save(self, state: Mapping[str, Any]) -> None:
        _write(self._state, json.dumps(state, indent=1))

    def keep_login(self, agency: str, uri: str) -> Path:
        """Write down how an agency logs in, for the owner only; answers where."""
        folder = self.path / "agencies"
        folder.mkdir(mode=0o700, exist_ok=True)
        _write(folder / agency, f"{uri}\n")
        return folder / agency

    # -- one process at a time

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes out; harmless where this one has `lock`ed it."""
        if self._held:
            yield
            return
        self.lock()
        try:
            yield
        finally:
            self.release()

    def lock(self) -> None:
        """Make the folder, and keep other processes out until `release`.

        Raises: StackError: another one is at work in it.
        """
        self.log.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (self.path / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise StackError(f"another process is at work in {self.path}: wait for it") from None
        self._held = lock

    def release(self) -> None:
        if self._held:
            self._held.close()
            self._held = None

    # -- keys and data

    def make_keys(self) -> None:
        """Make the keys that are missing.

        Raises: StackError: one is missing without which what is there cannot be read.
        """
        self.issuer.make_keys()
        missing = [name for name in KEYS if not (self.keys / name).exists()]
        if not missing:
            return
        if missing == [REPLACEABLE] and os.access(self.keys, os.W_OK):
            key_files.make(self.keys / REPLACEABLE, KEYS[REPLACEABLE])
            return
        if self._given.get("DONTHU_KEYS"):
            raise StackError(f"{self.keys} lacks {', '.join(missing)}: correct DONTHU_KEYS")
        if (self.data("mongod") / "WiredTiger").exists():
            raise StackError(
                f"{self.keys} lacks {', '.join(missing)}, without which the data cannot be read:"
                " restore them from a backup, or run `donthu down --wipe`"
            )
        for name in missing:
            key_files.make(self.keys / name, KEYS[name])

    def wipe(self, servers: Iterable[str]) -> None:
        """Delete the data of these servers, and what is of use with no other data.

        The keys go with the database, whose contents nothing else can read.
        """
        owned = list(map(self.data, servers))
        if self.data("mongod") in owned:
            owned += [self.path / "keys", self.path / "checkpoints"]
            self.set_key.unlink(missing_ok=True)
        for folder in (*owned, self.log, self.tls, self.path / "agencies"):
            shutil.rmtree(folder, ignore_errors=True)
        for leftover in ("stack.json", "supervisord.conf", "supervisord.pid", "supervisor.sock"):
            (self.path / leftover).unlink(missing_ok=True)

    # -- units and officers

    def directory(self) -> Path:
        """Units and officers; a copy of what ships, for the ward to fill in."""
        if given := self._given.get("DONTHU_DIRECTORY"):
            return Path(given).absolute()
        if not self._directory.exists():
            self._directory.write_bytes(SHIPPED.read_bytes())
        return self._directory

    def name_officers(self, named: Path) -> None:
        """Take this directory, unless the ward has one of its own or has changed its copy."""
        own = self._directory
        is_changed = own.exists() and own.read_bytes() != SHIPPED.read_bytes()
        if not self._given.get("DONTHU_DIRECTORY") and not is_changed:
            self.path.mkdir(parents=True, exist_ok=True)
            own.write_bytes(named.read_bytes())


def _write(file: Path, text: str) -> None:
    """Replace a file in one step, for the owner only."""
    new = file.with_name(f"{file.name}.new")
    new.touch(mode=0o600)
    new.write_text(text, encoding="utf-8")
    new.replace(file)
