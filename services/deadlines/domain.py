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
    DeadlinePaused,
    DeadlineSet,
    DeadlineUncounted,
    Escalated,
    MoveReason,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """One limit of the file, as recorded."""

    rule: str
    triggered_on: date
    due_on: date | None  # of a paused clock: when it would have ended; None: not counted yet
    law: str
    calendar: str
    stopped_days: int = 0
    is_running: bool = True
    ended: str | None = None  # "met" or "cancelled", once it is over
    is_paused: bool = False
    only_informs: bool = False
    is_missed: bool = False  # the miss of this due day is on record
    approached: int | None = None  # the nearest distance told for this due day
    escalated: frozenset[tuple[date, int]] = frozenset()  # due day and level; kept for good


@dataclass(frozen=True, kw_only=True, slots=True)
class Clocks:
    """Every clock that was ever set for the file, by name."""

    by_name: Mapping[str, Clock] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """A limit that the file's history calls for, already counted."""

    name: str  # of the clock: the stage of the rule, with a number where the stage comes again
    term: Term
    done_on: date | None  # when what it waits for was done
    paused_since: date | None = None  # a stop of this limit that has no end yet
    only_informs: bool = False  # time alone ends it, nobody misses it
    comes_by_time: bool = False  # a day that passed calls for it, and news may still say otherwise


@dataclass(frozen=True, kw_only=True, slots=True)
class UncountedLimit:
    """A limit that the file's history calls for, and that ends in a year the calendar lacks."""

    name: str  # of the clock
    kind: str
    rule: str
    trigger: date
    law: str
    calendar: str
    only_informs: bool
    comes_by_time: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class EscalationStep:
    """A missed limit whose due day lies before `before` is brought to `to`."""

    level: int
    to: str
    before: date


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowFile:
    """Bring the clocks up to what the history calls for, as of `today`."""

    limits: tuple[Limit, ...]
    latest_on: date  # legal date of the file's latest event: when a clock fell away
    today: date
    near: Mapping[int, date]  # distance in working days -> the day that lies so far from today
    steps: tuple[EscalationStep, ...] = ()
    uncounted: tuple[UncountedLimit, ...] = ()
    unanswered: frozenset[str] = frozenset()  # clocks called for of which the tables say nothing
    records_misses: bool = True  # False while news is still coming in; the sweep says True


def follow_file(command: FollowFile, clocks: Clocks) -> list[ClockEvent]:
    """What is to be recorded so that the clocks are as the history calls for; often nothing."""
    events: list[ClockEvent] = []
    for limit in command.limits:
        events += _follow_limit(limit, clocks.by_name.get(limit.name), command)
    for uncounted in command.uncounted:
        events += _follow_uncounted(uncounted, clocks.by_name.get(uncounted.name), command)
    called_for = {limit.name for limit in command.limits}
    called_for |= {limit.name for limit in command.uncounted} | command.unanswered
    events += [
        DeadlineCancelled(cancelled_on=command.latest_on, clock=name, rule=clock.rule)
        for name, clock in clocks.by_name.items()
        if clock.is_running and name not in called_for
    ]
    return events


def _follow_limit(limit: Limit, clock: Clock | None, command: FollowFile) -> Iterator[ClockEvent]:
    term = limit.term
    told = clock.escalated if clock else frozenset()
    if clock is not None and (clock.ended == "cancelled" or clock.due_on is None):
        clock = None  # the file took its former course again, or the day can be said now
    if clock is not None and not clock.is_running:
        return  # what is over stays as it was recorded, whatever the calendar says today
    if clock is None and limit.comes_by_time and not command.records_misses:
        return  # of an old file entered late, the step that makes it moot may be the next news
    if clock is None:
        yield _set(limit)
    if limit.paused_since is not None and limit.done_on is None:
        if clock is None or not clock.is_paused:
            yield DeadlinePaused(
                paused_on=limit.paused_since,
                clock=limit.name,
                rule=term.rule.id,
                was_due_on=term.due,
            )
        return  # what else changes meanwhile is told when it goes on
    if clock is not None and clock.due_on and (clock.is_paused or _differs(clock, term)):
        yield _moved(limit, clock, clock.due_on, command.today)
        clock = replace(clock, is_missed=False, approached=None)
    is_missed = clock is not None and clock.is_missed
    approached = clock.approached if clock else None
    if limit.done_on is not None:
        if limit.done_on > term.due and not is_missed and not limit.only_informs:
            yield _missed(limit)
        yield _met(limit, limit.done_on)
    elif limit.only_informs:
        if term.is_missed(command.today) and command.records_misses:
            yield _met(limit, term.effective_on or term.due)
    elif term.is_missed(command.today):
        if command.records_misses:
            if not is_missed:
                yield _missed(limit)
            yield from _escalated(limit, told, command)
    else:
        reached = [distance for distance, day in command.near.items() if day >= term.due]
        if reached and (approached is None or min(reached) < approached):
            yield DeadlineApproaching(
                noticed_on=command.today,
                clock=limit.name,
                due_on=term.due,
                working_days_left=min(reached),
            )


def _follow_uncounted(
    limit: UncountedLimit, clock: Clock | None, command: FollowFile
) -> Iterator[ClockEvent]:
    if clock is None or clock.ended == "cancelled":
        is_told = limit.comes_by_time and not command.records_misses
    elif clock.due_on is None:
        is_told = (clock.rule, clock.triggered_on) == (limit.rule, limit.trigger)
    else:
        is_told = not clock.is_running  # what is over stays as it was recorded
    if not is_told:
        yield DeadlineUncounted(
            triggered_on=limit.trigger,
            clock=limit.name,
            kind=limit.kind,
            rule=limit.rule,
            law=limit.law,
            calendar=limit.calendar,
            only_informs=limit.only_informs,
        )


def _differs(clock: Clock, term: Term) -> bool:
    return (clock.rule, clock.triggered_on, clock.due_on) != (term.rule.id, term.trigger, term.due)


def _set(limit: Limit) -> DeadlineSet:
    term = limit.term
    return DeadlineSet(
        triggered_on=term.trigger,
        clock=limit.name,
        kind=term.kind,
        rule=term.rule.id,
        due_on=term.due,
        law=term.rules_version,
        calendar=term.calendar_version,
        stopped_days=term.stopped_days,
        only_informs=limit.only_informs,
    )


def _moved(limit: Limit, clock: Clock, was_due_on: date, today: date) -> DeadlineMoved:
    term = limit.term
    return DeadlineMoved(
        moved_on=today,
        clock=limit.name,
        rule=term.rule.id,
        triggered_on=term.trigger,
        was_due_on=was_due_on,
        due_on=term.due,
        reason=_why_moved(clock, term),
        law=term.rules_version,
        calendar=term.calendar_version,
        stopped_days=term.stopped_days,
    )


def _missed(limit: Limit) -> DeadlineMissed:
    return DeadlineMissed(
        missed_on=limit.term.due + timedelta(days=1),
        clock=limit.name,
        rule=limit.term.rule.id,
        due_on=limit.term.due,
    )


def _met(limit: Limit, met_on: date) -> DeadlineMet:
    late = 0 if limit.only_informs else max(0, (met_on - limit.term.due).days)
    return DeadlineMet(
        met_on=met_on,
        clock=limit.name,
        rule=limit.term.rule.id,
        due_on=limit.term.due,
        days_late=late,
    )


def _escalated(
    limit: Limit, done: frozenset[tuple[date, int]], command: FollowFile
) -> Iterator[Escalated]:
    """Each step once for a due day. Who is answerable may change; what was told stays told."""
    for step in command.steps:
        if limit.term.due < step.before and (limit.term.due, step.level) not in done:
            yield Escalated(
                escalated_on=command.today,
                clock=limit.name,
                due_on=limit.term.due,
                level=step.level,
                to=step.to,
            )


def _why_moved(known: Clock, term: Term) -> MoveReason:
    if known.triggered_on != term.trigger:
        return MoveReason.TRIGGER
    if known.is_paused:
        return MoveReason.SUSPENSION
    if known.rule != term.rule.id:
        return MoveReason.EXTENSION if term.rule.is_by_extension else MoveReason.RULE
    if known.stopped_days != term.stopped_days:
        return MoveReason.SUSPENSION
    # A new law gets a rule of a new id, so the same rule moves for its calendar, if that changed.
    return MoveReason.CALENDAR if known.calendar != term.calendar_version else MoveReason.RULE


def evolve(clocks: Clocks, event: ClockEvent) -> Clocks:
    """The clocks after `event`. Never refuses: what is in the log has happened."""
    known = clocks.by_name
    match event:
        case DeadlineSet() | DeadlineUncounted():
            before = known.get(event.clock)
            due_on, stopped_days = None, 0
            if isinstance(event, DeadlineSet):
                due_on, stopped_days = event.due_on, event.stopped_days
            clock = Clock(
                rule=event.rule,
                triggered_on=event.triggered_on,
                due_on=due_on,
                law=event.law,
                calendar=event.calendar,
                stopped_days=stopped_days,
                only_informs=event.only_informs,
                escalated=before.escalated if before else frozenset(),
            )
        case DeadlineMoved():
            clock = replace(
                known[event.clock],
                rule=event.rule,
                triggered_on=event.triggered_on,
                due_on=event.due_on,
                law=event.law,
                calendar=event.calendar,
                stopped_days=event.stopped_days,
                is_paused=False,
                is_missed=False,
                approached=None,
            )
        case DeadlinePaused():
            clock = replace(known[event.clock], is_paused=True, due_on=event.was_due_on)
        case DeadlineApproaching():
            clock = replace(known[event.clock], approached=event.working_days_left)
        case DeadlineMissed():
            clock = replace(known[event.clock], is_missed=True)
        case Escalated():
            told = known[event.clock].escalated | {(event.due_on, event.level)}
            clock = replace(known[event.clock], escalated=told)
        case DeadlineMet():
            clock = replace(known[event.clock], is_running=False, is_paused=False, ended="met")
        case DeadlineCancelled():
            over = known[event.clock]
            clock = replace(over, is_running=False, is_paused=False, ended="cancelled")
        case _:
            assert_never(event)
    return Clocks(by_name=MappingProxyType({**known, event.clock: clock}))
