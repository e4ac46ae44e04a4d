"""The days on which the chair received in person (số ngày tiếp), against the law; pure.

A rule of law in the kernel, since intake and reporting must count alike and neither imports the
other. Its ids are those of the rule table (`services/deadlines/rules.csv`), with which a test
compares amounts, days and sources.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

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
    rule: str
    source: str

    @property
    def missing(self) -> int:
        return max(0, self.required - len(self.days))


@dataclass(frozen=True, kw_only=True, slots=True)
class Duty:
    """How often a chair has to receive."""

    rule: str  # id in the rule table
    unit: str  # "week" or "month"
    days: int
    source: str


WEEKLY = Duty(
    rule="TCD.CHAIR.WEEK",
    unit="week",
    days=1,
    source="Luật Tiếp công dân Đ.15.2.d (đến 30/6/2026)",
)
MONTHLY = Duty(
    rule="TCD.CHAIR.MONTH",
    unit="month",
    days=2,
    source="Luật Tiếp công dân Đ.15.2.c (Luật 136/2025 Đ.1.7)",
)
#: From this day on the second holds.
MONTHLY_FROM = date(2026, 7, 1)


def chair_days(sessions: Iterable[Session], first: date, last: date) -> tuple[Period, ...]:
    """The chair's days against the law: 1 a week until 30 June 2026, 2 a month from then on."""
    days = {session.held_on for session in sessions if session.counts}
    return tuple(
        Period(
            unit=duty.unit,
            first=start,
            last=end,
            required=duty.days if is_whole else 0,
            days=tuple(sorted(day for day in days if start <= day <= end)),
            rule=duty.rule,
            source=duty.source,
        )
        for start, end, is_whole, duty in _periods(first, last)
    )


def _periods(first: date, last: date) -> Iterator[tuple[date, date, bool, Duty]]:
    day = first
    while day <= last:
        if day < MONTHLY_FROM:
            begins = day - timedelta(days=day.weekday())
            ends = begins + timedelta(days=6)
            duty, limit = WEEKLY, min(last, MONTHLY_FROM - timedelta(days=1))
        else:
            begins = day.replace(day=1)
            ends = (begins + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            duty, limit = MONTHLY, last
        until = min(ends, limit)
        yield day, until, day == begins and until == ends, duty
        day = until + timedelta(days=1)
