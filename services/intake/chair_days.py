"""The days on which the chair received in person (số ngày tiếp), against the law; pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from services.intake.law import LAW_2026
from shared.contracts.receptions import Host, ReceptionKind, ReceptionMode


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """A session that was held, as the days are counted from it."""

    held_on: date
    kind: ReceptionKind
    mode: ReceptionMode
    host: Host

    @property
    def counts(self) -> bool:
        """Periodic, by the chair in person. That online days do not count is a reading (C)."""
        return (
            self.kind is ReceptionKind.PERIODIC
            and self.mode is ReceptionMode.IN_PERSON
            and self.host is Host.CHAIR
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """A week (old law) or a month (new law), or what of it lies in the time asked about."""

    unit: str  # "week" or "month"
    first: date
    last: date
    required: int  # days; 0 for a part of a week or month, of which the law says nothing
    days: tuple[date, ...]  # on which the chair received
    source: str

    @property
    def missing(self) -> int:
        return max(0, self.required - len(self.days))


_WEEKLY = ("week", 1, "Luật Tiếp công dân Đ.15.2.d (đến 30/6/2026)")
_MONTHLY = ("month", 2, "Luật Tiếp công dân Đ.15.2.c (Luật 136/2025 Đ.1.7)")


def chair_days(sessions: Iterable[Session], first: date, last: date) -> tuple[Period, ...]:
    """The chair's days against the law: 1 a week until 30 June 2026, 2 a month from then on."""
    days = {session.held_on for session in sessions if session.counts}
    return tuple(
        Period(
            unit=unit,
            first=start,
            last=end,
            required=required if is_whole else 0,
            days=tuple(sorted(day for day in days if start <= day <= end)),
            source=source,
        )
        for start, end, is_whole, (unit, required, source) in _periods(first, last)
    )


def _periods(first: date, last: date) -> Iterator[tuple[date, date, bool, tuple[str, int, str]]]:
    day = first
    while day <= last:
        if day < LAW_2026:
            begins = day - timedelta(days=day.weekday())
            ends = begins + timedelta(days=6)
            law, limit = _WEEKLY, min(last, LAW_2026 - timedelta(days=1))
        else:
            begins = day.replace(day=1)
            ends = (begins + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            law, limit = _MONTHLY, last
        until = min(ends, limit)
        yield day, until, day == begins and until == ends, law
        day = until + timedelta(days=1)
