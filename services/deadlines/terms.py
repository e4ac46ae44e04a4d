"""The legal clock: from a rule, a trigger and the facts to the due date, and why, step by step.

How days are counted (Bộ luật Dân sự 2015 Đ.145-148, and each procedure's own law):

- The day of the trigger is not counted. A limit ends at 24:00 of its last day in Vietnam.
- A limit in working days (ngày làm việc) counts only days on which offices work.
- A limit in days counts every day; where its last day is off, it moves once, at the very end, to
  the next working day. A limit that counts back from a date moves to the working day before.
- Time of suspension or expertise is added to the end: the day of the decision still counts, the day
  of continuing does not. Days of an obstacle are left out, the first and the last included.
- An extension gives a longer limit from the same trigger, never from a moved end.
- A decision takes legal effect on the day after its limit, working or not.

Nothing here reads a clock or a file. Half days and hours of the day are not known.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from typing import ClassVar

from services.deadlines.facts import Facts, Span, Unanswerable
from services.deadlines.rules import Direction, Rule, RuleTable, Shift, Stopper, Unit
from shared.clock import day_text
from shared.working_days import WEEKDAYS, Calendar, Confidence

__all__ = ["Facts", "NotALimit", "Span", "Step", "StepKind", "Term", "compute"]

_ONE_DAY = timedelta(days=1)


class NotALimit(Unanswerable):
    """The rule is a quota for each week or month and has no due date."""

    code: ClassVar[str] = "not_a_limit"


class StepKind(StrEnum):
    RULE = "rule"
    NOTE = "note"
    TRIGGER = "trigger"
    COUNTED = "counted"
    SKIPPED = "skipped"  # not a working day, in a limit of working days
    STOPPED = "stopped"  # suspension, expertise or obstacle
    WITHOUT_EFFECT = "without_effect"  # a fact that was stated and changes nothing
    SHIFTED = "shifted"  # the last day was off
    DUE = "due"
    EFFECTIVE = "effective"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step of the count: a day or span, whether it counted, why, and a Vietnamese sentence."""

    kind: StepKind
    sentence: str
    since: date | None = None  # first day of the span
    until: date | None = None  # its last day
    days: int = 0  # counted, or left out; in the unit of the rule
    cause: str | None = None  # Vietnamese

    @property
    def is_counted(self) -> bool:
        return self.kind is StepKind.COUNTED

    def as_data(self) -> dict[str, str | int | bool | None]:
        """The step in plain JSON values."""
        return {
            "kind": str(self.kind),
            "from": self.since.isoformat() if self.since else None,
            "to": self.until.isoformat() if self.until else None,
            "counted": self.is_counted,
            "days": self.days,
            "cause": self.cause,
            "sentence": self.sentence,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """When a limit ends, by which rule, and why."""

    kind: str
    stage: str
    trigger: date
    due: date
    effective_on: date | None  # first day of legal effect; only for the stages of legal effect
    rule: Rule
    explanation: tuple[Step, ...]
    is_provisional: bool  # rests on a day off that is only estimated so far
    calendar_version: str
    rules_version: str

    @property
    def stopped_days(self) -> int:
        """Days left out of the limit by suspension, expertise or an obstacle."""
        return sum(step.days for step in self.explanation if step.kind is StepKind.STOPPED)

    def is_missed(self, on: date) -> bool:
        """Whether the limit is over on the day `on`, as it is from the day after the due date."""
        return on > self.due

    def sentences(self) -> tuple[str, ...]:
        """The explanation in Vietnamese, one sentence for each step."""
        return tuple(step.sentence for step in self.explanation)

    def as_data(self) -> dict[str, object]:
        """The answer in plain JSON values, dates as YYYY-MM-DD."""
        return {
            "due": self.due.isoformat(),
            "rule": self.rule.id,
            "explanation": [step.as_data() for step in self.explanation],
            "kind": self.kind,
            "stage": self.stage,
            "trigger": self.trigger.isoformat(),
            "effective_on": self.effective_on.isoformat() if self.effective_on else None,
            "name": self.rule.name,
            "source": self.rule.source,
            "citation": self.rule.citation,
            "confidence": str(self.rule.confidence),
            "internal": self.rule.is_internal,
            "provisional": self.is_provisional,
            "calendar": self.calendar_version,
            "law": self.rules_version,
        }


def compute(
    kind: str,
    stage: str,
    trigger: date,
    facts: Facts,
    calendar: Calendar,
    rules: RuleTable,
    *,
    as_of: date | None = None,
) -> Term:
    """When the limit of a stage ends that counts from the day `trigger`.

    With `as_of`, by the law in force on that day: a later one is not known yet, and an earlier one
    governs what began under it. A fact without effect on this limit never moves the date; a step
    of the explanation says so.

    Raises:
        UnknownKind, UnknownStage, NoRuleInForce, ExtensionNotAllowed: see `RuleTable.choose`.
        NotALimit: the rule is a quota, such as the days of reception in a month.
        OutsideCalendar: a date is in a year that the calendar does not cover.
    """
    rule = rules.choose(kind, stage, min(trigger, as_of or trigger), facts)
    if rule.unit is Unit.PER_PERIOD:
        raise NotALimit(
            f"{rule.name}: quy tắc này là số buổi tối thiểu mỗi kỳ ({rule.trigger_name}),"
            " không phải thời hạn"
        )
    calendar.special_day(trigger)  # refuses a trigger outside the calendar, whatever the unit
    amount = rule.amount_for(facts)
    stops, ineffective = _stops(rule, facts)
    if rule.unit is Unit.WORKING_DAYS:
        nominal, counting = _count_working_days(amount, rule.direction, trigger, calendar)
    elif rule.direction is Direction.BACK:
        nominal = trigger - timedelta(days=amount)
        counting = _counted(nominal, trigger - _ONE_DAY, amount)
    else:
        nominal, counting = _count_days(amount, rule.shift, trigger, stops, calendar)
    due = _shift(nominal, rule.shift, calendar)
    effective_on = due + _ONE_DAY if rule.is_legal_effect else None
    steps = (*counting, *ineffective, *_shifted(nominal, due, calendar))
    is_provisional = _rests_on_estimate(steps, calendar)
    return Term(
        kind=kind,
        stage=stage,
        trigger=trigger,
        due=due,
        effective_on=effective_on,
        rule=rule,
        explanation=(
            *_opening(rule, amount, trigger, as_of),
            *steps,
            *_closing(rule, due, effective_on, is_provisional),
        ),
        is_provisional=is_provisional,
        calendar_version=calendar.version,
        rules_version=rules.version,
    )


# Counting


@dataclass(frozen=True, kw_only=True, slots=True)
class _Stop:
    """Time left out of a limit: days after `after`, up to and including `until`."""

    starts: date  # the limit must still run on this day
    after: date  # the last day before it that counts
    until: date
    span: Span
    name: str


_STOP_NAMES = {
    Stopper.PAUSE: "tạm đình chỉ",
    Stopper.EXPERTISE: "giám định",
    Stopper.OBSTACLE: "trở ngại khách quan",
}


def _stops(rule: Rule, facts: Facts) -> tuple[list[_Stop], list[Step]]:
    """What stops the limit, in the order of time, and steps for what was stated and does not."""
    stops: list[_Stop] = []
    ineffective: list[Step] = []
    stated = (
        (Stopper.PAUSE, facts.pauses),
        (Stopper.EXPERTISE, facts.expertise),
        (Stopper.OBSTACLE, facts.obstacles),
    )
    for stopper, spans in stated:
        name, possible_since = _STOP_NAMES[stopper], rule.stopped_since(stopper)
        for span in spans:
            if possible_since is None:
                why = "pháp luật không trừ thời gian này vào thời hạn đang tính"
                ineffective.append(_without_effect(name, span, why))
            elif span.since < possible_since:
                why = f"trước ngày {day_text(possible_since)} chưa có quy định {name}"
                ineffective.append(_without_effect(name, span, why))
            else:
                # An obstacle is told by its days, the other two by the days of two decisions.
                after = span.since - _ONE_DAY if stopper is Stopper.OBSTACLE else span.since
                stops.append(
                    _Stop(starts=span.since, after=after, until=span.until, span=span, name=name)
                )
    return sorted(stops, key=lambda stop: (stop.after, stop.until)), ineffective


def _count_days(
    amount: int, shift: Shift, trigger: date, stops: Iterable[_Stop], calendar: Calendar
) -> tuple[date, list[Step]]:
    """Count `amount` days after the trigger, leaving out the stops; the last day is not shifted.

    A stop must begin while the limit runs. It still runs on the day to which it would shift; a stop
    that begins between the two leaves nothing to count after it, so the limit ends when it does.
    """
    nominal = trigger + timedelta(days=amount)
    told = trigger  # all days up to this one are in a step
    steps: list[Step] = []
    for stop in stops:
        if stop.until <= told:
            why = "nằm ngoài thời gian đang tính hoặc đã được trừ"
            steps.append(_without_effect(stop.name, stop.span, why))
        elif stop.starts > _shift(nominal, shift, calendar):
            why = "bắt đầu sau khi thời hạn đã hết"
            steps.append(_without_effect(stop.name, stop.span, why))
        else:
            calendar.special_day(stop.until)  # refuses an end outside the calendar
            last_counted = min(max(stop.after, told), nominal)
            steps += _counted(told + _ONE_DAY, last_counted, (last_counted - told).days)
            left_out = stop.until - last_counted
            steps.append(_stopped(last_counted + _ONE_DAY, stop, left_out.days))
            nominal += left_out
            told = stop.until
    return nominal, [*steps, *_counted(told + _ONE_DAY, nominal, (nominal - told).days)]


def _count_working_days(
    amount: int, direction: Direction, trigger: date, calendar: Calendar
) -> tuple[date, list[Step]]:
    one_day = _ONE_DAY if direction is Direction.FORWARD else -_ONE_DAY
    end = calendar.add_working_days(trigger, amount if direction is Direction.FORWARD else -amount)
    walked = (trigger + one_day * ahead for ahead in range(1, abs((end - trigger).days) + 1))
    steps: list[Step] = []
    counted = 0
    for (works, cause), days in _runs(walked, calendar):
        if works:
            steps.append(_counted_working(days, counted, cause))
            counted += len(days)
        else:
            sentence = f"{_span_text(days)}: {cause}, không phải ngày làm việc, không tính."
            steps.append(_step(StepKind.SKIPPED, days, sentence, cause))
    return end, steps


def _shift(day: date, shift: Shift, calendar: Calendar) -> date:
    if shift is Shift.NONE or calendar.is_working_day(day):
        return day
    if shift is Shift.NEXT:
        return calendar.next_working_day(day)
    return calendar.previous_working_day(day)


def _what_day(day: date, calendar: Calendar) -> tuple[bool, str | None]:
    """Whether offices work on the day, and the cause where that is not plain."""
    why_off = calendar.why_off(day)
    if why_off is not None:
        return False, why_off
    special = calendar.special_day(day)
    return True, special.name if special else None


def _runs(
    walked: Iterable[date], calendar: Calendar
) -> Iterator[tuple[tuple[bool, str | None], list[date]]]:
    """The days in runs of the same kind and cause, in the order walked."""
    for what, run in groupby(walked, key=lambda day: _what_day(day, calendar)):
        yield what, list(run)


def _rests_on_estimate(steps: Iterable[Step], calendar: Calendar) -> bool:
    for step in steps:
        if step.kind in (StepKind.SKIPPED, StepKind.SHIFTED) and step.since and step.until:
            length = (step.until - step.since).days + 1
            for special in (calendar.special_day(step.since + _ONE_DAY * n) for n in range(length)):
                if special is not None and special.is_provisional:
                    return True
    return False


# Saying it


def limit_in_words(rule: Rule, amount: int) -> str:
    """The limit in Vietnamese: `07 ngày làm việc kể từ ngày nhận được khiếu nại`."""
    unit = "ngày làm việc" if rule.unit is Unit.WORKING_DAYS else "ngày"
    if rule.unit is Unit.PER_PERIOD:
        return f"ít nhất {amount:02d} ngày mỗi {rule.trigger_name}"
    if amount == 0:
        return f"phải làm ngay trong {rule.trigger_name}"
    if rule.direction is Direction.BACK:
        return f"chậm nhất {amount:02d} {unit} trước {rule.trigger_name}"
    return f"{amount:02d} {unit} kể từ {rule.trigger_name}"


def _opening(rule: Rule, amount: int, trigger: date, as_of: date | None) -> Iterator[Step]:
    yield Step(
        kind=StepKind.RULE,
        sentence=f"{rule.name}: {limit_in_words(rule, amount)}"
        f" (quy tắc {rule.id}; căn cứ: {rule.citation}).",
        cause=rule.id,
    )
    if as_of is not None:
        yield Step(
            kind=StepKind.NOTE,
            since=as_of,
            until=as_of,
            sentence=f"Tính theo pháp luật có hiệu lực đến ngày {day_text(as_of)}.",
        )
    if rule.is_internal:
        yield Step(
            kind=StepKind.NOTE,
            sentence="Đây là SLA nội bộ của phường, không phải thời hạn do pháp luật quy định.",
        )
    elif rule.confidence is Confidence.C:
        yield Step(
            kind=StepKind.NOTE,
            sentence="Căn cứ của quy tắc này chưa chắc chắn (mức C), phường cần xác nhận.",
        )
    if amount:
        sentence = (
            f"{_weekday_text(trigger)} là {rule.trigger_name}; ngày này không tính vào thời hạn."
        )
    else:
        sentence = f"{_weekday_text(trigger)} là {rule.trigger_name}."
    yield Step(
        kind=StepKind.TRIGGER,
        since=trigger,
        until=trigger,
        cause=rule.trigger_name,
        sentence=sentence,
    )


def _counted(since: date, until: date, days: int) -> list[Step]:
    if not days:
        return []
    sentence = f"{_span_text([since, until])}: tính {days} ngày, kể cả ngày nghỉ."
    return [Step(kind=StepKind.COUNTED, since=since, until=until, days=days, sentence=sentence)]


def _counted_working(days: list[date], before: int, cause: str | None) -> Step:
    first, last = before + 1, before + len(days)
    which = (
        f"ngày làm việc thứ {first}" if first == last else f"các ngày làm việc thứ {first}-{last}"
    )
    because = f" ({cause})" if cause else ""
    return _step(StepKind.COUNTED, days, f"{_span_text(days)}: tính {which}{because}.", cause)


def _stopped(since: date, stop: _Stop, days: int) -> Step:
    return Step(
        kind=StepKind.STOPPED,
        since=since,
        until=stop.until,
        days=days,
        cause=stop.name,
        sentence=f"{_span_text([since, stop.until])}: {stop.name}, không tính {days} ngày.",
    )


def _without_effect(name: str, span: Span, why: str) -> Step:
    return Step(
        kind=StepKind.WITHOUT_EFFECT,
        since=span.since,
        until=span.until,
        cause=why,
        sentence=f"{_span_text([span.since, span.until])}: {name}, không làm đổi thời hạn: {why}.",
    )


def _shifted(nominal: date, due: date, calendar: Calendar) -> list[Step]:
    one_day = _ONE_DAY if due > nominal else -_ONE_DAY
    walked = (nominal + one_day * ahead for ahead in range(abs((due - nominal).days)))
    where = "chuyển sang ngày làm việc tiếp theo" if due > nominal else "lùi về ngày làm việc trước"
    return [
        _step(
            StepKind.SHIFTED,
            days,
            f"{_span_text(days)}: ngày cuối của thời hạn gặp ngày nghỉ ({cause}), {where}.",
            cause,
        )
        for (_, cause), days in _runs(walked, calendar)
    ]


def _closing(
    rule: Rule, due: date, effective_on: date | None, is_provisional: bool
) -> Iterator[Step]:
    yield Step(
        kind=StepKind.DUE,
        since=due,
        until=due,
        sentence=f"Thời hạn kết thúc lúc 24 giờ, {_weekday_text(due)}.",
    )
    if effective_on is not None:
        yield Step(
            kind=StepKind.EFFECTIVE,
            since=effective_on,
            until=effective_on,
            sentence=f"Quyết định có hiệu lực pháp luật từ {_weekday_text(effective_on)}.",
        )
    if is_provisional:
        yield Step(
            kind=StepKind.NOTE,
            sentence="Kết quả dựa trên ngày nghỉ dự kiến hoặc chưa đối chiếu với thông báo chính"
            " thức, nên có thể đổi.",
        )


def _step(kind: StepKind, days: list[date], sentence: str, cause: str | None) -> Step:
    return Step(
        kind=kind,
        since=min(days),
        until=max(days),
        days=len(days),
        sentence=sentence,
        cause=cause,
    )


def _span_text(days: list[date]) -> str:
    first, last = min(days), max(days)
    if first == last:
        return f"Ngày {day_text(first)}"
    return f"Từ {day_text(first)} đến {day_text(last)}"


def _weekday_text(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} ngày {day_text(day)}"
