"""Files that only their owner may read: the keys of an installation, and what else is secret."""

import os
from contextlib import suppress
from pathlib import Path

#: Of what chance each kind of key is made, in bytes.
MASTER_BYTES, INDEX_BYTES, SIGNING_BYTES = 96, 32, 32


class KeyUnusable(Exception):
    """A key is missing, cut or not the right one; the message names the file and the mend."""


def write(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """A new file, for its owner only, and on the disk when this returns: whole, or none.

    Raises:
        FileExistsError: there is one, which stays as it is.
    """
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with open(opened, "wb") as to:
            to.write(content)
            to.flush()
            os.fsync(to.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def make(path: Path, size: int) -> None:
    """A new key of so many bytes of chance, and its folder; one that is there stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        write(path, os.urandom(size))


def read(path: Path, size: int, *, mend: str = "to make one") -> bytes:
    """The key; `mend` is what to say before the command that makes a new one.

    Raises:
        KeyUnusable: it cannot be read, or has another size.
    """
    mend = f"{mend}: (umask 077; head -c {size} /dev/urandom > {path})"
    try:
        key = path.read_bytes()
    except OSError as error:
        raise KeyUnusable(f"{path} cannot be read ({error.strerror}): {mend}") from None
    if len(key) != size:
        raise KeyUnusable(f"{path} has {len(key)} bytes instead of {size}: {mend}")
    return key
