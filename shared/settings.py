"""What the environment tells a process; see deploy/env.example for every name and its default."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path

from shared.rates import Rate


class SettingMissing(Exception):
    """A variable is not set; the message names it and the mend."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    mongo_uri: str
    amqp_uri: str
    keys: Path  # folder with master.key and index.key
    checkpoints: Path | None  # folder for signed checkpoints; None: nothing is signed
    checkpoint_key: Path  # the Ed25519 key that signs them, 32 bytes
    alive: Path | None  # file that a service touches for as long as its loop turns
    instance: str  # tells the instances of one service apart
    origin: str  # what this installation's logs are called, before the authority's code

    @classmethod
    def from_environment(cls) -> "Settings":
        keys = Path(_required("DONTHU_KEYS"))
        checkpoints = os.environ.get("DONTHU_CHECKPOINTS")
        alive = os.environ.get("DONTHU_ALIVE")
        return cls(
            mongo_uri=_required("MONGO_URI"),
            amqp_uri=_required("AMQP_URI"),
            keys=keys,
            checkpoints=Path(checkpoints) if checkpoints else None,
            checkpoint_key=Path(os.environ.get("DONTHU_CHECKPOINT_KEY") or keys / "checkpoint.key"),
            alive=Path(alive) if alive else None,
            instance=os.environ.get("DONTHU_INSTANCE") or socket.gethostname(),
            origin=os.environ.get("DONTHU_ORIGIN") or "donthu.vn",
        )


def agency_rate() -> Rate:
    """How many messages of one agency are taken, a second and at once."""
    return Rate.parse(os.environ.get("DONTHU_AGENCY_RATE") or "50/200")


def caller_rate() -> Rate:
    """How many calls of one person each process of a service takes, a second and at once."""
    return Rate.parse(os.environ.get("DONTHU_CALLER_RATE") or "20/100")


def request_queues() -> tuple[str, str]:
    """Kinds of queue in which a service's requests wait: the one that is wanted, and the other."""
    kind = os.environ.get("DONTHU_REQUEST_QUEUES") or "quorum"
    if kind not in ("quorum", "classic"):
        raise SettingMissing("DONTHU_REQUEST_QUEUES is neither quorum nor classic")
    return ("quorum", "classic") if kind == "quorum" else ("classic", "quorum")


def _required(name: str) -> str:
    if value := os.environ.get(name):
        return value
    raise SettingMissing(f"{name} is not set: run `donthu up`, or see deploy/env.example")
