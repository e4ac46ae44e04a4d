"""What the environment tells a process; see deploy/env.example for every name and its default."""

import os
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

    @classmethod
    def from_environment(cls) -> "Settings":
        return cls(
            mongo_uri=_required("MONGO_URI"),
            amqp_uri=_required("AMQP_URI"),
            keys=Path(_required("DONTHU_KEYS")),
        )


def agency_rate() -> Rate:
    """How many messages of one agency are taken, a second and at once."""
    return Rate.parse(os.environ.get("DONTHU_AGENCY_RATE") or "50/200")


def _required(name: str) -> str:
    if value := os.environ.get(name):
        return value
    raise SettingMissing(f"{name} is not set: run `donthu up`, or see deploy/env.example")
