"""The folder of one authority's proofs, kept outside the database; `docs/verify.md` describes it.

    key                the public key of the log, as C2SP writes verifier keys
    checkpoint         the newest signed note
    checkpoints/<n>    every one that was signed, named by its size in ten digits
    timestamps/<n>     responses of time-stamping authorities for some of them, DER
    hashes/0, 1, 2 …   hashes of the tree, 32 bytes each: leaves, subtrees of 256, of 65,536 …

Nothing here has to be trusted but the signatures: whoever uses a hash checks what follows from it.
"""

import fcntl
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.proof import merkle
from shared.proof.verifier import Key, node_hash, split_note

_HASH = 32  # bytes
_BITS = 8  # levels of the tree between two files
_WIDTH = 1 << _BITS
_WAIT_S = 30.0  # for another process that signs


class Busy(Exception):
    """Another process has been signing here for long: try again."""


class Folder:
    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One writer at a time, in whatever process or thread. Raises: Busy."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "lock").open("w") as lock:
            deadline = time.monotonic() + _WAIT_S
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise Busy(f"{self.path} is being written to; try again") from None
                    time.sleep(0.02)
            yield

    def key(self) -> Key | None:
        text = _text(self.path / "key")
        return Key.parse(text) if text else None

    def newest(self) -> str | None:
        """The note in `checkpoint`, whatever else there is."""
        return _text(self.path / "checkpoint")

    def latest(self) -> str | None:
        """The note over the most commits, whatever `checkpoint` says; with its cosignatures."""
        sizes = [path.name for path in (self.path / "checkpoints").glob("[0-9]*")]
        kept = _text(self.path / "checkpoints" / max(sizes)) if sizes else None
        newest = self.newest()
        if newest and (kept is None or newest.startswith(kept)):
            return newest
        return kept

    def notes(self) -> list[str]:
        """Every note, those over fewer commits first."""
        return [
            path.read_text("utf-8") for path in sorted((self.path / "checkpoints").glob("[0-9]*"))
        ]

    def note_path(self, size: int) -> Path:
        """Where the note over so many commits is."""
        return self.path / "checkpoints" / f"{size:010}"

    def stamps(self) -> list[tuple[int, bytes]]:
        """Time stamps, each with the size of the checkpoint that it is of."""
        kept = (self.path / "timestamps").glob("[0-9]*")
        return [(int(path.name), path.read_bytes()) for path in sorted(kept)]

    def keep_stamp(self, size: int, response: bytes) -> Path:
        return _write(self.path / "timestamps" / f"{size:010}", response)

    def keep(self, note: str, key: Key) -> None:
        """Keep a note as the newest one."""
        size = int(split_note(note)[0].split("\n")[1])
        _write(self.path / "key", f"{key}\n".encode())
        _write(self.note_path(size), note.encode())
        _write(self.path / "checkpoint", note.encode())

    def nodes(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree (see merkle). Raises: IndexError: it is not kept."""
        row, depth = divmod(level, _BITS)
        return self._folded(row, index << depth, 1 << depth)

    def root(self, size: int) -> bytes | None:
        """Of the first leaves kept; None if there are not as many."""
        try:
            return merkle.root(size, self.nodes)
        except IndexError:
            return None

    def leaves(self, size: int) -> list[bytes]:
        """The first leaves kept; none if there are not as many."""
        try:
            return self._read(0, 0, size)
        except IndexError:
            return []

    def extend(self, size: int, leaves: Iterable[bytes]) -> int:
        """Keep more leaves behind the first `size`, and nothing else; the new size."""
        new = self._append(0, size, leaves)
        level, below = 1, new
        while below := below >> _BITS:
            old = size >> _BITS * level
            full = (self._folded(level - 1, index * _WIDTH, _WIDTH) for index in range(old, below))
            self._append(level, old, full)
            level += 1
        return new

    def _folded(self, row: int, first: int, count: int) -> bytes:
        hashes = self._read(row, first, count)
        while len(hashes) > 1:
            hashes = [node_hash(*hashes[at : at + 2]) for at in range(0, len(hashes), 2)]
        return hashes[0]

    def _append(self, row: int, kept: int, hashes: Iterable[bytes]) -> int:
        path = self.path / "hashes" / str(row)
        path.parent.mkdir(exist_ok=True)
        with path.open("r+b" if path.exists() else "w+b") as file:
            file.truncate(kept * _HASH)  # what a process left that died before it could sign
            file.seek(kept * _HASH)
            for each in hashes:
                file.write(each)
                kept += 1
        return kept

    def _read(self, row: int, first: int, count: int) -> list[bytes]:
        try:
            with (self.path / "hashes" / str(row)).open("rb") as file:
                file.seek(first * _HASH)
                found = file.read(count * _HASH)
        except FileNotFoundError:
            found = b""
        if len(found) < count * _HASH:
            raise IndexError(f"{self.path}: no hash {first} in row {row}")
        return [found[at : at + _HASH] for at in range(0, len(found), _HASH)]


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return None


def _write(path: Path, content: bytes) -> Path:
    """All or nothing, and there after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return new.replace(path)
