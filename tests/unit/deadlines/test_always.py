"""What always holds of whole files: repeating, order, pauses with extensions, the maximum."""

from datetime import date, timedelta
from functools import reduce

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.deadlines.alarms import Alarms
from services.deadlines.calling import Law
from services.deadlines.domain import Clocks, FollowFile, evolve, follow_file
from services.deadlines.facts import Facts, Span
from services.deadlines.policies import assignee, limits_called_for
from services.deadlines.rules import RuleTable
from services.deadlines.terms import Term, compute
from shared.contracts.cases import (
    CaseAssigned,
    CaseContinued,
    CaseDeclaredComplex,
    CaseSuspended,
    ComplexCriterion,
    DecisionIssued,
    DecisionReceivedByParty,
    DecisionSent,
    Outcome,
    Recipient,
    SuspensionGround,
)
from shared.contracts.petitions import (
    Channel,
    Field,
    Kind,
    PetitionAccepted,
    PetitionClassified,
    PetitionReceived,
)
from shared.working_days import Calendar

CALENDAR, RULES, ALARMS = Calendar.load(), RuleTable.load(), Alarms.from_environment()
days = st.dates(date(2026, 7, 1), date(2027, 3, 31))


@st.composite
def complaints(draw: st.DrawFn) -> list[object]:
    """A complaint's history up to some step, with gaps of some days between the steps."""
    day = draw(days)

    def after_some_days() -> date:
        nonlocal day
        day += timedelta(days=draw(st.integers(0, 12)))
        return day

    kind, field = draw(st.sampled_from([Kind.COMPLAINT, Kind.DENUNCIATION])), Field.LAND
    steps: list[object] = [
        PetitionReceived(
            received_on=day, channel=Channel.POST, parties=(), claimed_kind=Kind.COMPLAINT
        ),
        PetitionClassified(
            classified_on=after_some_days(),
            kind=kind,
            field=field,
            is_competent=True,
            meets_conditions=True,
        ),
        PetitionAccepted(accepted_on=after_some_days(), kind=kind, field=field, received_on=day),
        CaseAssigned(assigned_on=after_some_days(), unit="u", officer="o", assigned_by="x"),
        CaseSuspended(
            suspended_on=after_some_days(), ground=SuspensionGround.OTHER_RESULT, number="1"
        ),
        CaseContinued(continued_on=after_some_days(), number="2"),
        CaseDeclaredComplex(declared_on=after_some_days(), criteria=(ComplexCriterion.PLACES,)),
        DecisionIssued(
            decided_on=after_some_days(), number="3", outcome=Outcome.UNJUSTIFIED, decided_by="x"
        ),
        DecisionReceivedByParty(received_on=after_some_days(), ref="p1"),
        DecisionSent(sent_on=after_some_days(), recipients=(Recipient.COMPLAINANT,)),
    ]
    return steps[: draw(st.integers(1, len(steps)))]


def news(history: list[object], today: date, *, sweeps: bool = True) -> FollowFile:
    called = limits_called_for(history, Law(calendar=CALENDAR, rules=RULES, today=today))
    return FollowFile(
        limits=tuple(called.limits),
        latest_on=today,
        today=today,
        near=ALARMS.near(today, CALENDAR),
        steps=ALARMS.steps(assignee(history), today, CALENDAR),
        uncounted=tuple(called.uncounted),
        unanswered=frozenset(called.unanswered),
        records_misses=sweeps,
    )


def followed(clocks: Clocks, history: list[object], today: date, *, sweeps: bool = True) -> Clocks:
    return reduce(evolve, follow_file(news(history, today, sweeps=sweeps), clocks), clocks)


@given(history=complaints(), today=days)
@settings(max_examples=60)
def test_counting_again_on_the_same_day_records_nothing(history: list[object], today: date) -> None:
    clocks = followed(Clocks(), history, today)

    assert follow_file(news(history, today), clocks) == []


@given(history=complaints(), today=days)
@settings(max_examples=60)
def test_news_step_by_step_and_all_at_once_come_to_the_same_due_days(
    history: list[object], today: date
) -> None:
    step_by_step = Clocks()
    for number in range(1, len(history) + 1):
        step_by_step = followed(step_by_step, history[:number], today, sweeps=False)
    at_once = followed(Clocks(), history, today, sweeps=False)

    # A limit that a later step did away with is only known to who heard the steps before it.
    cancelled = {n for n, clock in step_by_step.by_name.items() if clock.ended == "cancelled"}
    assert {n: c.due_on for n, c in at_once.by_name.items()} == {
        n: c.due_on for n, c in step_by_step.by_name.items() if n not in cancelled
    }


# -- suspension and extension together (Luật Tố cáo Đ.30, 34.2)


def settled_by(trigger: date, extensions: int, *pauses: Span) -> Term:
    facts = Facts(extensions=extensions, pauses=pauses)
    return compute("to_cao", "settle", trigger, facts, CALENDAR, RULES)


@given(trigger=days, begins=st.integers(0, 29), length=st.integers(0, 60), more=st.integers(1, 2))
@settings(max_examples=80)
def test_a_suspension_and_an_extension_give_the_same_end_whichever_came_first(
    trigger: date, begins: int, length: int, more: int
) -> None:
    since = trigger + timedelta(days=begins)
    pause = Span(since=since, until=since + timedelta(days=length))

    both = settled_by(trigger, more, pause)

    # Nominal ends are compared: each end is moved off a holiday once, by itself.
    plain_end = trigger + timedelta(days=30 * (1 + more))
    assert sum(step.days for step in both.explanation if step.is_counted) == 30 * (1 + more)
    assert both.due >= plain_end + timedelta(days=length)
    assert both.stopped_days == length


@given(trigger=days, begins=st.integers(0, 29), length=st.integers(0, 60))
@settings(max_examples=60)
def test_time_worked_on_a_suspended_case_never_exceeds_the_maximum_of_the_law(
    trigger: date, begins: int, length: int
) -> None:
    since = trigger + timedelta(days=begins)
    term = settled_by(trigger, 2, Span(since=since, until=since + timedelta(days=length)))

    worked = sum(step.days for step in term.explanation if step.is_counted)
    assert worked == term.rule.max_total == 90


@given(day=days, stage=st.sampled_from(["post_schedule", "online_notice", "online_test"]))
@settings(max_examples=60)
def test_counting_back_and_then_forward_again_agree(day: date, stage: str) -> None:
    assume(CALENDAR.is_working_day(day))
    back = compute("tiep_cong_dan", stage, day, Facts(), CALENDAR, RULES)

    assert CALENDAR.add_working_days(back.due, back.rule.amount) == day
