"""Calling for limits: what a policy says of each, and the limits counted from it; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, TypeVar

from services.deadlines.domain import Limit, UncountedLimit
from services.deadlines.facts import Facts, Unanswerable
from services.deadlines.rules import NoRuleInForce, RuleTable, Stopper
from services.deadlines.terms import Term, compute
from shared.working_days import Calendar, OutsideCalendar

Event = TypeVar("Event")

#: Kind of the rule table: complaints about disciplinary decisions (Đ.47-58 LKN).
DISCIPLINARY: Final = "khieu_nai_ky_luat"
NO_FACTS: Final = Facts()


@dataclass(frozen=True, kw_only=True, slots=True)
class Law:
    """By what limits are counted: the calendar and the rules, as of `today`."""

    calendar: Calendar
    rules: RuleTable
    today: date


@dataclass(frozen=True, slots=True)
class Called:
    """The limits that a history calls for, counted by `law`; filled by the functions below."""

    law: Law
    limits: list[Limit] = field(default_factory=list)
    uncounted: list[UncountedLimit] = field(default_factory=list)
    #: Clock -> code of the reason why the tables cannot say anything of its limit.
    unanswered: dict[str, str] = field(default_factory=dict)
    #: Tells the clocks of a re-settlement from those of the first time: `.r2`, `.r3`, …
    suffix: str = ""

    def call(
        self,
        kind: str,
        stage: str,
        trigger: date,
        done_on: date | None = None,
        *,
        facts: Facts = NO_FACTS,
        name: str | None = None,
        open_stops: Iterable[tuple[Stopper, date]] = (),
        only_informs: bool = False,
        comes_by_time: bool = False,
    ) -> Limit | None:
        """Count a limit and keep it; None where no law fixed it on that day, or it has no date."""
        clock = (name or stage) + self.suffix
        try:
            term = compute(kind, stage, trigger, facts, self.law.calendar, self.law.rules)
        except NoRuleInForce:
            return None
        except Unanswerable as error:
            self.unanswered[clock] = error.code
            return None
        except OutsideCalendar as error:
            if trigger.year < min(self.law.calendar.years):
                # An old file from before the table, whose year nobody will enter.
                self.unanswered[clock] = error.code
                return None
            self.uncounted.append(
                UncountedLimit(
                    name=clock,
                    kind=kind,
                    rule=self.law.rules.choose(kind, stage, trigger, facts).id,
                    trigger=trigger,
                    law=self.law.rules.version,
                    calendar=self.law.calendar.version,
                    only_informs=only_informs,
                    comes_by_time=comes_by_time,
                )
            )
            return None
        limit = Limit(
            name=clock,
            term=term,
            done_on=done_on,
            paused_since=_paused_since(term, open_stops),
            only_informs=only_informs,
            comes_by_time=comes_by_time,
        )
        self.limits.append(limit)
        return limit


def _paused_since(term: Term, open_stops: Iterable[tuple[Stopper, date]]) -> date | None:
    """Since when the limit stands still: a stop that its law knows and that began in time."""
    effective = []
    for stopper, since in open_stops:
        possible_since = term.rule.stopped_since(stopper)
        if possible_since is not None and possible_since <= since <= term.due:
            effective.append(since)
    return min(effective, default=None)


# -- reading a history


def numbered(stage: str, number: int) -> str:
    return stage if number == 1 else f"{stage}.{number}"


def every(events: Iterable[Any], kind: type[Event]) -> list[Event]:
    return [event for event in events if isinstance(event, kind)]


def last(events: Sequence[Any], kind: type[Event]) -> Event | None:
    return next((event for event in reversed(events) if isinstance(event, kind)), None)


def first_after(events: Sequence[Any], order: Any, kind: type[Event]) -> Event | None:
    """The first such event that was recorded after `order`."""
    later = events[events.index(order) + 1 :]
    return next((event for event in later if isinstance(event, kind)), None)
