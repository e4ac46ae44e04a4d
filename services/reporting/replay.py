"""A file as it stood: its events folded up to a legal date, or as known at an instant. Pure.

Two times, never mixed: `as_of` counts what had happened by that day as the law counts it, even if
it was recorded later; `known_at` counts what was on record at that instant. Both together: what the
ward knew at that instant about that day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce

from services.reporting.cards import fold
from shared.clock import VIETNAM, instant_text
from shared.contracts import EVENT_CLASSES, legal_date
from shared.ledger import Recorded
from shared.projection import Row


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """A point in the two times; what is left out does not narrow."""

    as_of: date | None = None
    known_at: datetime | None = None

    def day(self, today: date) -> date:
        """The day on which limits are judged."""
        if self.as_of:
            return self.as_of
        return vietnamese_day(self.known_at) if self.known_at else today

    def as_data(self, today: date) -> dict[str, str | None]:
        known_at = instant_text(self.known_at) if self.known_at else None
        return {"as_of": self.day(today).isoformat(), "known_at": known_at}

    def counted(self, events: Iterable[Recorded]) -> list[Recorded]:
        """Those of the events that count at this moment."""
        known = instant_text(self.known_at) if self.known_at else None
        return [
            event
            for event in events
            if (known is None or event.recorded_at <= known)
            and (self.as_of is None or legal_day(event) <= self.as_of)
        ]


def replay(
    events: Iterable[Recorded], *, as_of: date | None = None, known_at: datetime | None = None
) -> Row | None:
    """The row that the table of cases would have; None if the file was not there yet."""
    moment = Moment(as_of=as_of, known_at=known_at)
    row = reduce(fold, moment.counted(events), Row())
    return row if row.get("state") else None


def legal_day(event: Recorded) -> date:
    """The day that the law counts; of an event that only a newer release knows, when it came."""
    if event.type in EVENT_CLASSES:
        return legal_date(event.type, event.data)
    return vietnamese_day(datetime.fromisoformat(event.recorded_at))


def vietnamese_day(instant: datetime) -> date:
    return instant.astimezone(VIETNAM).date()
