"""What is different in a file at two moments, and which event made the difference. Pure.

Neither moment need hold all that the other holds: as of one day and as known at one instant, each
can count events that the other does not. So an event can make a difference by counting at the
second moment or by counting at the first alone; and limits run out without any event.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.reporting.cards import BLANK, fold
from services.reporting.replay import Moment
from services.reporting.timeline import timeline
from shared.directory import Directory
from shared.ledger import Recorded
from shared.projection import Row

Judge = Callable[[Row, date], Row]  # the card that a row is on a day

#: What every event changes, and what only repeats another field.
_PASSED_OVER: Final = frozenset(
    {"events", "position", "last_recorded_at", "file", "state_name", "waiting_due_on"}
)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file at a moment, and on the way there the events that changed each field."""

    row: Row
    fields: Row
    ids: frozenset[str]
    changed_by: dict[str, list[Recorded]]


def differences(
    events: Iterable[Recorded],
    first: Moment,
    second: Moment,
    today: date,
    judge: Judge,
    directory: Directory | None = None,
) -> list[dict[str, Any]]:
    """What the card says at each moment where that differs, in the order of the card.

    Each with `field` (a clock is `clocks.<name>`), `before`, `after` and `cause`: the entry of the
    timeline that made the difference, None where nothing but the passing of days did.
    """
    events = list(events)
    days = first.day(today), second.day(today)
    before = _seen(first.counted(events), days[0], judge)
    after = _seen(second.counted(events), days[1], judge)
    grown_old = _fields(judge(before.row, days[1]))
    entries = {entry["id"]: entry for entry in timeline(events, directory)}
    return [
        {
            "field": name,
            "before": before.fields.get(name),
            "after": after.fields.get(name),
            "cause": entries[_cause(name, before, after).id]
            if grown_old.get(name) != after.fields.get(name)
            else None,
        }
        for name in after.fields | before.fields
        if before.fields.get(name) != after.fields.get(name)
    ]


def _seen(events: list[Recorded], day: date, judge: Judge) -> _Seen:
    row, fields = BLANK, _fields(judge(BLANK, day))
    changed_by: dict[str, list[Recorded]] = defaultdict(list)
    for event in events:
        row = fold(row, event)
        now = _fields(judge(row, day))
        for name, value in now.items():
            if fields.get(name) != value:
                changed_by[name].append(event)
        fields = now
    return _Seen(row, fields, frozenset(event.id for event in events), changed_by)


def _cause(name: str, before: _Seen, after: _Seen) -> Recorded:
    """The last event that changed the field and counts at one moment only.

    If all count at both, others that do not have changed what the last one meant: then that one.
    """
    news = [event for event in after.changed_by[name] if event.id not in before.ids]
    gone = [event for event in before.changed_by[name] if event.id not in after.ids]
    return (news or gone or after.changed_by[name] or before.changed_by[name])[-1]


def _fields(card: Row) -> Row:
    """The card in one level: each clock is a field."""
    fields = {name: value for name, value in card.items() if name not in _PASSED_OVER}
    clocks = fields.pop("clocks")
    return fields | {f"clocks.{name}": clock for name, clock in clocks.items()}
