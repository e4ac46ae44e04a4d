"""What callers may send to the deadlines service, checked for shape."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from marshmallow import fields

from services.deadlines.calendars import ChangeCalendar, ChangedKind, ChangeReason
from shared.contracts.clocks import ChangedDay
from shared.wire import Count, Day, Text, schema


@dataclass(frozen=True, kw_only=True, slots=True)
class Compute:
    """A question to the rule table; facts are `{name: text or list of texts}`."""

    kind: str
    stage: str
    trigger_on: date
    facts: dict[str, Any] = field(default_factory=dict)
    as_of: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OfCase:
    file: str  # or the id of a session of reception


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A page of clocks; `after` is what the page before told as `next`."""

    days: int = 7  # how far ahead `upcoming` looks, calendar days
    limit: int = 50
    after: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DayChange:
    """What one day becomes; `normal` takes an entry back and needs no name."""

    day: date
    kind: ChangedKind
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarChange:
    days: tuple[DayChange, ...]
    document: str
    reason: ChangeReason


@dataclass(frozen=True, kw_only=True, slots=True)
class Nothing:
    """A payload without fields."""


COMPUTE = schema(Compute, trigger_on=Day(future=True))
OF_CASE = schema(OfCase, file=Text(max=40))
PAGE = schema(Page, days=Count(min=0, max=366), limit=Count(min=1, max=200))
DAY_CHANGE = schema(DayChange, day=Day(future=True), name=Text(max=200, empty=True))
CHANGE_CALENDAR = schema(CalendarChange, days=fields.List(fields.Nested(DAY_CHANGE)))
NOTHING = schema(Nothing)


def change_of(asked: CalendarChange, today: date) -> ChangeCalendar:
    """The command that a payload asks for."""
    return ChangeCalendar(
        changed_on=today,
        days=tuple(
            ChangedDay(day=each.day, kind=str(each.kind), name=each.name) for each in asked.days
        ),
        document=asked.document,
        reason=asked.reason,
    )
