"""Signs notes (C2SP signed-note): checkpoints by an authority, cosignatures by a witness."""

import base64
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.proof.verifier import COSIGNATURE, ED25519, Checkpoint, Key, cosigned

KEY_BYTES = 32


class KeyUnusable(Exception):
    """The signing key is missing or no key; the message names the file and the mend."""


class SigningKey:
    """A private key under a name, which is the origin of the log or that of the witness."""

    def __init__(self, name: str, private: bytes, kind: int = ED25519) -> None:
        if not name or "+" in name or len(name.split()) != 1:
            raise KeyUnusable("a key's name is one word without plus")
        self._private = Ed25519PrivateKey.from_private_bytes(private)
        public = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public = Key(name=name, public=public, kind=kind)

    def sign(self, checkpoint: Checkpoint) -> str:
        """The whole note."""
        signature = self._private.sign(checkpoint.text.encode())
        return f"{checkpoint.text}\n{self._line(signature)}"

    def cosign(self, text: str, time: int) -> str:
        """One more signature line for a note with this text; POSIX seconds."""
        signature = self._private.sign(cosigned(text, time).encode())
        return self._line(time.to_bytes(8) + signature)

    def _line(self, signature: bytes) -> str:
        encoded = base64.b64encode(self.public.id + signature).decode()
        return f"— {self.public.name} {encoded}\n"


def read_private(path: Path) -> bytes:
    """Raises: KeyUnusable."""
    mend = f"to make one: (umask 077; head -c {KEY_BYTES} /dev/urandom > {path})"
    try:
        private = path.read_bytes()
    except OSError as error:
        raise KeyUnusable(f"{path} cannot be read ({error.strerror}); {mend}") from None
    if len(private) != KEY_BYTES:
        raise KeyUnusable(f"{path} has {len(private)} bytes instead of {KEY_BYTES}")
    return private


def make_private(path: Path) -> None:
    """A new key, mode 0600; one that is there stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with open(opened, "wb") as key:
        key.write(os.urandom(KEY_BYTES))


def witness_key(name: str, private: bytes) -> SigningKey:
    return SigningKey(name, private, COSIGNATURE)
