"""Signs notes (C2SP signed-note): checkpoints by an authority, cosignatures by a witness."""

import base64
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared import key_files
from shared.key_files import SIGNING_BYTES, KeyUnusable
from shared.proof.verifier import COSIGNATURE, ED25519, Checkpoint, Key, cosigned


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
    return key_files.read(path, SIGNING_BYTES)


def make_private(path: Path) -> None:
    """A new key, mode 0600; one that is there stays."""
    key_files.make(path, SIGNING_BYTES)


def witness_key(name: str, private: bytes) -> SigningKey:
    return SigningKey(name, private, COSIGNATURE)
