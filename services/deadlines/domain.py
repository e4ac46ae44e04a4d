"""The clocks of one file as recorded, and what must be recorded to bring them up to date.

There is one decision: `follow_file`, which holds the limits that the file's history calls for
against the clocks that were recorded, and answers with the difference. So it does not matter in
which order or how often the news of a file arrives, and repeating it decides nothing. Which limits
a history calls for is in `policies`; how a limit is counted is in `terms`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import assert_never

from services.deadlines.terms import Term
from shared.contracts.clocks import (
    ClockEvent,
    DeadlineApproaching,
    DeadlineCancelled,
    DeadlineMet,
    DeadlineMissed,
    DeadlineMoved,
    DeadlineSet,
    MoveReason,
)

#: Working days before the due day at which an approaching deadline is told, nearest first.
APPROACHING = (1, 3)


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """One limit of the file, as recorded."""

    rule: str
    triggered_on: date
    due_on: date
    law: str
    calendar: str
    is_running: bool = True
    is_missed: bool = False  # the miss of this due day is on record
    approached: int | None = None  # the nearest distance told for this due day


@dataclass(frozen=True, kw_only=True, slots=True)
class Clocks:
    """Every clock that was ever set for the file, by name."""

    by_name: Mapping[str, Clock] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """A limit that the file's history calls for, already counted."""

    name: str  # of the clock: the stage of the rule
    term: Term
    done_on: date | None  # when what it waits for was done


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowFile:
    """Bring the clocks up to what the history calls for, as of `today`."""

    limits: tuple[Limit, ...]
    latest_on: date  # legal date of the file's latest event: when a clock fell away
    today: date
    near: Mapping[int, date]  # distance in working days -> the day that lies so far from today
    records_misses: bool = True  # False while news is still coming in; the sweep says True


def follow_file(command: FollowFile, clocks: Clocks) -> list[ClockEvent]:
    """What is to be recorded so that the clocks are as the history calls for; often nothing."""
    events: list[ClockEvent] = []
    for limit in command.limits:
        events += _follow_limit(limit, clocks.by_name.get(limit.name), command)
    called_for = {limit.name for limit in command.limits}
    events += [
        DeadlineCancelled(cancelled_on=command.latest_on, clock=name, rule=clock.rule)
        for name, clock in clocks.by_name.items()
        if clock.is_running and name not in called_for
    ]
    return events


def _follow_limit(limit: Limit, clock: Clock | None, command: FollowFile) -> Iterator[ClockEvent]:
    term = limit.term
    known = clock
    if known is not None and not known.is_running:
        return  # what is over stays as it was recorded, whatever the calendar says today
    if known is None:
        yield DeadlineSet(
            triggered_on=term.trigger,
            clock=limit.name,
            kind=term.kind,
            rule=term.rule.id,
            due_on=term.due,
            law=term.rules_version,
            calendar=term.calendar_version,
        )
        is_missed, approached = False, None
    elif (known.rule, known.triggered_on, known.due_on) != (term.rule.id, term.trigger, term.due):
        yield DeadlineMoved(
            moved_on=command.today,
            clock=limit.name,
            rule=term.rule.id,
            triggered_on=term.trigger,
            was_due_on=known.due_on,
            due_on=term.due,
            reason=_why_moved(known, term),
            law=term.rules_version,
            calendar=term.calendar_version,
        )
        is_missed, approached = False, None
    else:
        is_missed, approached = known.is_missed, known.approached
    if limit.done_on is not None:
        if limit.done_on > term.due and not is_missed:
            yield _missed(limit)
        yield DeadlineMet(
            met_on=limit.done_on,
            clock=limit.name,
            rule=term.rule.id,
            due_on=term.due,
            days_late=max(0, (limit.done_on - term.due).days),
        )
    elif term.is_missed(command.today):
        if command.records_misses and not is_missed:
            yield _missed(limit)
    else:
        reached = [distance for distance, day in command.near.items() if day >= term.due]
        if reached and (approached is None or min(reached) < approached):
            yield DeadlineApproaching(
                noticed_on=command.today,
                clock=limit.name,
                due_on=term.due,
                working_days_left=min(reached),
            )


def _missed(limit: Limit) -> DeadlineMissed:
    return DeadlineMissed(
        missed_on=limit.term.due + timedelta(days=1),
        clock=limit.name,
        rule=limit.term.rule.id,
        due_on=limit.term.due,
    )


def _why_moved(known: Clock, term: Term) -> MoveReason:
    if known.triggered_on != term.trigger:
        return MoveReason.TRIGGER
    if known.rule != term.rule.id or known.law != term.rules_version:
        return MoveReason.RULE
    return MoveReason.CALENDAR


def evolve(clocks: Clocks, event: ClockEvent) -> Clocks:
    """The clocks after `event`. Never refuses: what is in the log has happened."""
    known = clocks.by_name
    match event:
        case DeadlineSet():
            clock = Clock(
                rule=event.rule,
                triggered_on=event.triggered_on,
                due_on=event.due_on,
                law=event.law,
                calendar=event.calendar,
            )
        case DeadlineMoved():
            clock = replace(
                known[event.clock],
                rule=event.rule,
                triggered_on=event.triggered_on,
                due_on=event.due_on,
                law=event.law,
                calendar=event.calendar,
                is_missed=False,
                approached=None,
            )
        case DeadlineApproaching():
            clock = replace(known[event.clock], approached=event.working_days_left)
        case DeadlineMissed():
            clock = replace(known[event.clock], is_missed=True)
        case DeadlineMet() | DeadlineCancelled():
            clock = replace(known[event.clock], is_running=False)
        case _:
            assert_never(event)
    return Clocks(by_name=MappingProxyType({**known, event.clock: clock}))
