"""Each authority's working calendar: the national table and the changes that it recorded itself.

deadlines owns the changes (`CalendarChanged` in the stream `calendar-<authority>`) and says which
are possible. Every service that counts days counts with the calendar from here, so that what one
accepts the other does not call late.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from types import MappingProxyType
from typing import Any, Final

from shared import contracts
from shared.contracts.clocks import CalendarChanged
from shared.ledger import Log, flatten
from shared.working_days import Calendar, DayKind, SpecialDay

NORMAL: Final = "normal"  # a changed day of this kind takes an entry back


@dataclass(frozen=True, kw_only=True, slots=True)
class WardCalendar:
    """The calendar now, and every one that was used before, by version."""

    now: Calendar
    by_version: Mapping[str, Calendar]
    changed_at: int | None = None  # position of the last change in the ledger, where it is known

    @classmethod
    def of(cls, calendar: Calendar) -> "WardCalendar":
        return cls(now=calendar, by_version=MappingProxyType({calendar.version: calendar}))


class Calendars:
    """The calendars of all authorities, by the ledger: one look at one stream for each question.

    What a calendar was folded to is kept until its stream has a further change.
    """

    def __init__(self, log: Log, national: Calendar) -> None:
        self._log, self._national = log, WardCalendar.of(national)
        self._known: dict[str, WardCalendar] = {}  # of those authorities that changed anything

    @property
    def national(self) -> Calendar:
        """Of every authority that changed nothing."""
        return self._national.now

    def of(self, authority: str, as_of: date | None = None) -> WardCalendar:
        """The authority's calendar; with `as_of`, as it was changed up to that day."""
        commits = self._log.read(authority, f"calendar-{authority}")
        if not commits:
            return self._national
        changed_at, known = commits[-1].position, self._known.get(authority)
        if as_of is None and known is not None and known.changed_at == changed_at:
            return known
        changes = [contracts.load(event.type, event.data) for event in flatten(commits)]
        if as_of is not None:
            return self._changed(change for change in changes if change.changed_on <= as_of)
        ward = replace(self._changed(changes), changed_at=changed_at)
        self._known[authority] = ward
        return ward

    def _changed(self, changes: Iterable[Any]) -> WardCalendar:
        return reduce(evolve, changes, self._national)


def evolve(ward: WardCalendar, event: CalendarChanged) -> WardCalendar:
    """The calendar after the change. A day that the table has lost since needs no taking back."""
    now = with_change(ward.now, event)
    return WardCalendar(now=now, by_version=MappingProxyType({**ward.by_version, now.version: now}))


def with_change(calendar: Calendar, event: CalendarChanged) -> Calendar:
    """The calendar with the days of one change laid over it.

    Raises:
        CalendarError: the outcome would not be a calendar.
    """
    known = {special.day for special in calendar.special_days}
    return calendar.with_changes(
        [
            SpecialDay(
                day=changed.day,
                kind=DayKind(changed.kind),
                name=changed.name,
                source=event.document,
            )
            for changed in event.days
            if changed.kind != NORMAL
        ],
        dropped=[
            changed.day for changed in event.days if changed.kind == NORMAL and changed.day in known
        ],
    )
