"""The arithmetic of the legal clock: ends, shifts, stops, explanations, and what always holds."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.deadlines.facts import Facts, Span
from services.deadlines.rules import Direction, Rule, RuleTable, Shift, Stopper, Unit
from services.deadlines.terms import NotALimit, StepKind, Term, compute
from shared.working_days import Calendar, DayKind, OutsideCalendar, SpecialDay

CALENDAR = Calendar.load()
RULES = RuleTable.load()
LIMITS = [rule for rule in RULES.rules if rule.unit is not Unit.PER_PERIOD]


def term(kind: str, stage: str, trigger: str, facts: Facts | None = None) -> Term:
    return compute(kind, stage, date.fromisoformat(trigger), facts or Facts(), CALENDAR, RULES)


def due(kind: str, stage: str, trigger: str, facts: Facts | None = None) -> str:
    return term(kind, stage, trigger, facts).due.isoformat()


def span(since: str, until: str) -> Span:
    return Span(since=date.fromisoformat(since), until=date.fromisoformat(until))


def paused(*spans: Span) -> Facts:
    return Facts(pauses=spans)


# Ends


def test_a_limit_in_days_that_ends_on_a_swapped_day_off_moves_on() -> None:
    assert due("khieu_nai", "settle_1", "2026-08-01") == "2026-09-03"  # nominal: Mon 31 August


def test_a_limit_in_days_that_ends_on_a_worked_saturday_ends_there() -> None:
    assert due("khieu_nai", "settle_1", "2026-07-23") == "2026-08-22"


def test_holidays_inside_a_limit_in_days_do_not_lengthen_it() -> None:
    assert due("to_cao", "settle", "2026-02-02") == "2026-03-04"  # Tết lies inside


def test_legal_effect_is_never_shifted() -> None:
    effect = term("khieu_nai", "legal_effect_1", "2026-10-08")  # nominal: Sat 7 November

    assert (effect.due, effect.effective_on) == (date(2026, 11, 7), date(2026, 11, 8))


def test_only_legal_effect_has_a_first_day_of_effect() -> None:
    assert term("khieu_nai", "settle_1", "2026-10-08").effective_on is None


def test_what_must_be_done_at_once_is_due_on_the_day_itself() -> None:
    assert due("khieu_nai", "suspend", "2026-10-03") == "2026-10-03"  # a Saturday


def test_a_limit_received_on_a_day_off_counts_from_the_next_working_day() -> None:
    assert due("to_cao", "forward_and_notify", "2026-10-10") == "2026-10-16"


def test_a_limit_is_over_the_day_after_its_last_one() -> None:
    answer = term("khieu_nai", "accept", "2026-10-02")

    assert not answer.is_missed(on=date(2026, 10, 13))
    assert answer.is_missed(on=date(2026, 10, 14))


# Stops


def test_two_suspensions_are_both_left_out_and_the_end_moves_once() -> None:
    facts = paused(span("2026-09-21", "2026-10-12"), span("2026-10-20", "2026-10-23"))

    assert due("khieu_nai", "settle_1", "2026-09-07", facts) == "2026-11-02"  # Sat 31 October


def test_time_suspended_and_under_expertise_at_once_is_left_out_once() -> None:
    facts = Facts(
        pauses=(span("2026-07-13", "2026-07-20"),), expertise=(span("2026-07-15", "2026-07-22"),)
    )

    assert due("to_cao", "settle", "2026-07-06", facts) == "2026-08-14"  # 9 days after 5 August


def test_expertise_stops_a_denunciation_and_not_a_complaint() -> None:
    facts = Facts(expertise=(span("2026-07-13", "2026-07-20"),))

    assert due("to_cao", "settle", "2026-07-06", facts) == "2026-08-12"
    complaint = term("khieu_nai", "settle_1", "2026-07-06", facts)
    assert complaint.due == date(2026, 8, 5)
    assert StepKind.WITHOUT_EFFECT in [step.kind for step in complaint.explanation]


def test_a_complaint_could_not_be_suspended_before_july_2026() -> None:
    old = paused(span("2026-06-22", "2026-06-29"))
    new = paused(span("2026-07-01", "2026-07-08"))

    assert due("khieu_nai", "settle_1", "2026-06-15", old) == "2026-07-15"
    assert due("khieu_nai", "settle_1", "2026-06-15", new) == "2026-07-22"
    assert due("to_cao", "settle", "2026-06-15", old) == "2026-07-22"


def test_a_suspension_after_the_end_does_not_revive_the_limit() -> None:
    late = paused(span("2026-10-08", "2026-10-20"))  # the limit ended on 7 October

    assert due("khieu_nai", "settle_1", "2026-09-07", late) == "2026-10-07"


def test_a_suspension_on_the_last_day_ends_the_limit_with_the_suspension() -> None:
    last = paused(span("2026-10-07", "2026-10-20"))

    assert due("khieu_nai", "settle_1", "2026-09-07", last) == "2026-10-20"


def test_a_suspension_on_the_day_the_end_was_shifted_to_is_still_in_time() -> None:
    shifted = paused(span("2026-11-09", "2026-11-11"))  # nominal: Sat 7 November

    assert due("khieu_nai", "settle_1", "2026-10-08", shifted) == "2026-11-11"


def test_a_suspension_counts_from_the_trigger_at_the_earliest() -> None:
    early = paused(span("2026-09-01", "2026-09-10"))

    assert due("khieu_nai", "settle_1", "2026-09-07", early) == "2026-10-12"  # 7 + 3 = Sat 10


def test_a_suspension_inside_an_extension_is_left_out_too() -> None:
    facts = Facts(extensions=1, pauses=(span("2026-08-10", "2026-08-20"),))

    assert due("to_cao", "settle", "2026-07-06", facts) == "2026-09-14"  # 60 days: 4 September
    unextended = paused(span("2026-08-10", "2026-08-20"))
    assert due("to_cao", "settle", "2026-07-06", unextended) == "2026-08-05"


def test_days_of_an_obstacle_are_left_out_of_the_limitation_first_and_last_included() -> None:
    ill = Facts(obstacles=(span("2026-05-10", "2026-05-21"),))

    assert due("khieu_nai", "limitation", "2026-04-20", ill) == "2026-07-31"  # 19 July + 12


def test_an_obstacle_before_the_trigger_or_after_the_end_changes_nothing() -> None:
    elsewhere = Facts(
        obstacles=(span("2026-04-01", "2026-04-20"), span("2026-07-21", "2026-08-01"))
    )

    answer = term("khieu_nai", "limitation", "2026-04-20", elsewhere)

    assert answer.due == date(2026, 7, 20)
    ineffective = [s for s in answer.explanation if s.kind is StepKind.WITHOUT_EFFECT]
    assert len(ineffective) == 2


def test_an_obstacle_does_not_stop_the_settlement() -> None:
    ill = Facts(obstacles=(span("2026-10-10", "2026-10-21"),))

    assert due("khieu_nai", "settle_1", "2026-10-05", ill) == "2026-11-04"


# Explanations and refusals


def test_the_explanation_names_rule_source_trigger_and_every_day() -> None:
    answer = term("khieu_nai", "accept", "2026-02-09")

    assert [(s.kind, s.since, s.until, s.days, s.cause) for s in answer.explanation] == [
        (StepKind.RULE, None, None, 0, "KN.ACCEPT.2011"),
        (
            StepKind.TRIGGER,
            date(2026, 2, 9),
            date(2026, 2, 9),
            0,
            "ngày nhận được khiếu nại",
        ),
        (StepKind.COUNTED, date(2026, 2, 10), date(2026, 2, 19), 10, None),
        (StepKind.SHIFTED, date(2026, 2, 19), date(2026, 2, 20), 2, "Tết Bính Ngọ"),
        (StepKind.SHIFTED, date(2026, 2, 21), date(2026, 2, 21), 1, "Thứ Bảy"),
        (StepKind.SHIFTED, date(2026, 2, 22), date(2026, 2, 22), 1, "Chủ nhật"),
        (StepKind.DUE, date(2026, 2, 23), date(2026, 2, 23), 0, None),
    ]
    assert "Điều 27 Luật Khiếu nại" in answer.sentences()[0]
    assert answer.sentences()[-1] == "Thời hạn kết thúc lúc 24 giờ, Thứ Hai ngày 23/02/2026."


def test_working_days_are_explained_run_by_run() -> None:
    assert term("khieu_nai", "accept", "2026-08-20").sentences()[2:6] == (
        "Ngày 21/08/2026: tính ngày làm việc thứ 1.",
        "Ngày 22/08/2026: tính ngày làm việc thứ 2 (Làm việc thay ngày 31/08/2026).",
        "Ngày 23/08/2026: Chủ nhật, không phải ngày làm việc, không tính.",
        "Từ 24/08/2026 đến 28/08/2026: tính các ngày làm việc thứ 3-7.",
    )


def test_a_suspension_is_explained_by_the_days_left_out() -> None:
    facts = paused(span("2026-09-21", "2026-10-12"))

    assert term("khieu_nai", "settle_1", "2026-09-07", facts).sentences()[3] == (
        "Từ 22/09/2026 đến 12/10/2026: tạm đình chỉ, không tính 21 ngày."
    )


@pytest.mark.parametrize("kind", ["phan_anh", "kien_nghi"])
def test_an_internal_target_is_never_told_as_a_legal_limit(kind: str) -> None:
    answer = term(kind, "answer", "2026-10-02")

    assert (answer.rule.id, answer.due) == ("PA.SLA", date(2026, 10, 23))
    assert answer.as_data()["internal"] is True
    assert any("SLA nội bộ của phường" in sentence for sentence in answer.sentences())


def test_a_date_that_rests_on_an_estimated_tet_says_so() -> None:
    over_tet = term("khieu_nai", "accept", "2027-02-02")

    assert over_tet.is_provisional
    assert "ngày nghỉ dự kiến" in over_tet.sentences()[-1]
    assert not term("khieu_nai", "accept", "2026-10-02").is_provisional


def test_the_answer_as_data_is_plain_json() -> None:
    data = term("khieu_nai", "legal_effect_1", "2026-05-04").as_data()

    assert json.loads(json.dumps(data)) == data
    assert (data["due"], data["rule"]) == ("2026-06-03", "KN.EFFECT1")
    assert data["effective_on"] == "2026-06-04"
    assert (data["calendar"], data["law"]) == (CALENDAR.version, RULES.version)


def test_the_days_of_reception_in_a_month_are_no_limit() -> None:
    with pytest.raises(NotALimit, match="số buổi tối thiểu") as refused:
        term("tiep_cong_dan", "chair_reception", "2026-10-02")

    assert refused.value.code == "not_a_limit"


@pytest.mark.parametrize("trigger", ["2027-12-20", "2028-01-03"])
def test_a_limit_outside_the_calendar_is_refused(trigger: str) -> None:
    with pytest.raises(OutsideCalendar, match="hãy nhập trọn năm"):
        term("khieu_nai", "settle_1", trigger)


def test_a_suspension_that_ends_outside_the_calendar_is_refused() -> None:
    with pytest.raises(OutsideCalendar):
        term("to_cao", "settle", "2026-07-06", paused(span("2026-07-13", "9999-12-31")))


# What always holds

triggers = st.dates(date(2024, 2, 1), date(2027, 5, 31))
limits = st.sampled_from(LIMITS)
pausable = st.sampled_from(
    [rule for rule in LIMITS if rule.stopped_since(Stopper.PAUSE) is not None]
)


def facts_for(rule: Rule) -> Facts:
    """The fewest facts under which the rule governs."""
    claims = [min(group) for group in rule.requires]
    stated = (claim.partition("=") for claim in claims)
    return Facts.parse((name, value or "true") for name, _, value in stated)


def ask(
    rule: Rule, trigger: date, calendar: Calendar = CALENDAR, pauses: tuple[Span, ...] = ()
) -> Term:
    facts = replace(facts_for(rule), pauses=pauses)
    answer = compute(rule.kind, rule.stage, trigger, facts, calendar, RULES)
    assert answer.rule == rule
    return answer


def nominal_span(answer: Term) -> int:
    """How many days the rule's own count covers, in its unit."""
    return sum(step.days for step in answer.explanation if step.is_counted)


@given(rule=limits, trigger=triggers, later=st.integers(0, 20))
@settings(max_examples=60)
def test_a_later_trigger_never_ends_earlier(rule: Rule, trigger: date, later: int) -> None:
    assume(rule.is_in_force(trigger) and rule.is_in_force(trigger + timedelta(days=later)))

    assert ask(rule, trigger).due <= ask(rule, trigger + timedelta(days=later)).due


@given(rule=limits, trigger=triggers)
@settings(max_examples=60)
def test_exactly_the_days_of_the_law_are_counted_and_the_end_moves_once(
    rule: Rule, trigger: date
) -> None:
    assume(rule.is_in_force(trigger))
    answer = ask(rule, trigger)
    moved = [step for step in answer.explanation if step.kind is StepKind.SHIFTED]

    assert nominal_span(answer) == rule.amount
    if rule.unit is Unit.CALENDAR_DAYS:
        direction = 1 if rule.direction is Direction.FORWARD else -1
        nominal = trigger + timedelta(days=rule.amount * direction)
        assert sum(step.days for step in moved) == abs((answer.due - nominal).days)
    else:
        assert not moved
    if rule.shift is not Shift.NONE:
        assert CALENDAR.is_working_day(answer.due)


@given(trigger=triggers, amounts=st.data())
@settings(max_examples=60)
def test_a_suspension_never_shortens_the_time_left(trigger: date, amounts: st.DataObject) -> None:
    rule = amounts.draw(pausable)
    since_possible = rule.stopped_since(Stopper.PAUSE)
    assert since_possible is not None
    begins = trigger + timedelta(days=amounts.draw(st.integers(0, 100)))
    pause = Span(since=begins, until=begins + timedelta(days=amounts.draw(st.integers(0, 60))))

    without, with_pause = ask(rule, trigger), ask(rule, trigger, pauses=(pause,))

    assert with_pause.due >= without.due
    assert nominal_span(with_pause) == rule.amount
    if since_possible <= pause.since <= without.due and pause.until > pause.since:
        left_before = (without.due - pause.since).days
        left_after = (with_pause.due - pause.until).days
        # The shift over days off may differ at the two ends; the days of the rule do not.
        shifted = sum(s.days for s in without.explanation if s.kind is StepKind.SHIFTED)
        assert left_after >= left_before - shifted
        assert left_after >= 0


@given(rule=limits, trigger=triggers, ahead=st.integers(-40, 120))
@settings(max_examples=60)
def test_a_new_holiday_never_brings_an_end_nearer_to_the_trigger(
    rule: Rule, trigger: date, ahead: int
) -> None:
    day = trigger + timedelta(days=ahead)
    assume(rule.is_in_force(trigger) and day.year in CALENDAR.years)
    assume(CALENDAR.special_day(day) is None)
    extra = SpecialDay(day=day, kind=DayKind.HOLIDAY, name="Ngày lễ", source="thử nghiệm")
    before, after = ask(rule, trigger), ask(rule, trigger, CALENDAR.with_changes([extra]))

    if rule.direction is Direction.FORWARD:
        assert after.due >= before.due
    else:
        assert after.due <= before.due


@given(rule=limits, trigger=triggers)
@settings(max_examples=60)
def test_a_limit_without_stops_never_goes_beyond_the_maximum_of_the_law(
    rule: Rule, trigger: date
) -> None:
    assume(rule.is_in_force(trigger) and rule.max_total is not None)
    assert rule.max_total is not None

    assert nominal_span(ask(rule, trigger)) <= rule.max_total


@given(trigger=triggers, first=st.integers(1, 20), gap=st.integers(1, 9), length=st.integers(1, 9))
@settings(max_examples=60)
def test_two_suspensions_give_the_same_end_in_whatever_order_they_are_stated(
    trigger: date, first: int, gap: int, length: int
) -> None:
    begins = trigger + timedelta(days=first)
    one = Span(since=begins, until=begins + timedelta(days=length))
    two = Span(since=one.until + timedelta(days=gap), until=one.until + timedelta(days=gap + 5))
    rule = RULES.rule("TC.SETTLE")

    forward, backward = ask(rule, trigger, pauses=(one, two)), ask(rule, trigger, pauses=(two, one))

    assert forward == backward
