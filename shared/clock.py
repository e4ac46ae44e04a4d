"""Where time comes from and how it is written: instants aware and in UTC, days of Vietnam."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import orjson

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock(Protocol):
    def now(self) -> datetime:
        """This instant, UTC, cut to the millisecond, which is what the ledger keeps."""

    def today(self) -> date:
        """The day it is in Vietnam."""


@dataclass(frozen=True)
class SystemClock:
    def now(self) -> datetime:
        instant = datetime.now(UTC)
        return instant.replace(microsecond=instant.microsecond // 1000 * 1000)

    def today(self) -> date:
        return datetime.now(VIETNAM).date()


@dataclass(frozen=True)
class FixedClock:
    """Stands still, for tests."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant

    def today(self) -> date:
        return self.instant.astimezone(VIETNAM).date()


def instant_text(instant: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: `2026-11-23T05:12:03.123Z`."""
    # `isoformat` takes twice as long, and a replay writes one for each commit.
    text = orjson.dumps(instant.astimezone(UTC)).decode()
    return f"{text[1:24]}Z" if instant.microsecond else f"{text[1:20]}.000Z"


def day_text(day: date | str) -> str:
    """As people write it, also a day in ISO 8601: `02/10/2026`."""
    return f"{date.fromisoformat(day) if isinstance(day, str) else day:%d/%m/%Y}"
