"""The demo's petitions keep the law and the proportions, and name nobody who could exist."""

import unicodedata
from collections import Counter
from datetime import date, timedelta
from functools import reduce
from typing import Any

import pytest

from deploy.demo import play, year
from deploy.demo.petitions import (
    ACCEPTED,
    FEWEST,
    OPEN,
    Course,
    Plan,
    Way,
    before_new_year,
    broken_petition,
    calendar_change,
    divide,
    generate,
)
from deploy.demo.texts import TEMPLATES
from services.assignment import (
    complaints,
    delivery,
    denunciations,
    dialogues,
    planning,
    policies,
    settling,
)
from services.assignment import domain as assignment
from services.assignment import schemas as assignment_schemas
from services.assignment.petition import Petition
from services.assignment.routing import suggest
from services.deadlines import schemas as deadlines_schemas
from services.deadlines.calendars import change_calendar
from services.deadlines.calling import Law
from services.deadlines.domain import Limit
from services.deadlines.facts import Facts
from services.deadlines.policies import limits_called_for
from services.deadlines.rules import RuleTable
from services.deadlines.terms import StepKind, Term, compute
from services.intake import domain as intake
from services.intake import outcomes as intake_outcomes
from services.intake import registration_schemas
from services.intake import schemas as intake_schemas
from shared.calendars import WardCalendar, evolve
from shared.chair_days import Session, chair_days
from shared.clock import SystemClock
from shared.contracts.petitions import Channel, Kind, PetitionAccepted
from shared.contracts.receptions import Host, ReceptionKind, ReceptionMode
from shared.directory import Directories
from shared.errors import Malformed
from shared.wire import read
from shared.working_days import Calendar

TODAY = date(2026, 11, 23)
NHAN_HOA = "09253"
FILE = "7f3k9q2mxw4t"
CALENDAR = Calendar.load()
RULES = RuleTable.load()
DIRECTORY = Directories.from_environment().of(NHAN_HOA)

COMMANDS = {
    "classify": (intake.classify_petition, lambda said: read(intake_schemas.CLASSIFY, said)),
    "accept": (intake_outcomes.accept_petition, lambda said: read(intake_schemas.ACCEPT, said)),
    "refuse": (intake_outcomes.refuse_acceptance, intake_schemas.refusal),
    "guide": (intake_outcomes.guide_petitioner, intake_schemas.guidance),
    "forward": (intake_outcomes.forward_petition, lambda said: read(intake_schemas.FORWARD, said)),
    "file_away": (
        intake_outcomes.file_away_petition,
        lambda said: intake_schemas.filing(read(intake_schemas.FILE_AWAY, said), {}),
    ),
}


@pytest.fixture(scope="module", autouse=True)
def on_the_day(request: Any) -> Any:
    """Schemas refuse the future as of the day of the demo, not of the test run."""
    patch = pytest.MonkeyPatch()
    patch.setattr(SystemClock, "today", lambda self: TODAY)
    yield
    patch.undo()


@pytest.fixture(scope="module")
def plans() -> list[Plan]:
    return generate(TODAY, calendar=CALENDAR)


_HISTORIES: dict[int, tuple[Plan, list[Any]]] = {}  # by the plan's identity, which is kept alive


def history(plan: Plan) -> list[Any]:
    """The events that the services' own rules make of a plan; made once."""
    if id(plan) not in _HISTORIES:
        _HISTORIES[id(plan)] = plan, _history(plan)
    return _HISTORIES[id(plan)][1]


def _history(plan: Plan) -> list[Any]:
    received = intake.register_petition(_registration(plan), intake.Petition())
    petition = reduce(intake.evolve, received, intake.Petition())
    events: list[Any] = list(received)
    case = assignment.Case()
    for step in plan.steps:
        said = {**step.payload, "file": FILE}
        if step.service == "intake":
            decide, command = COMMANDS[step.method]
            made: list[Any] = decide(command(said), petition)
            petition = reduce(intake.evolve, made, petition)
            for event in made:
                if isinstance(event, PetitionAccepted):
                    opening = policies.when_petition_accepted_then_open_case(FILE, event)
                    made = [*made, *assignment.open_case(opening, case)]
                    case = reduce(assignment.evolve, made[1:], case)
        else:
            made = _on_case(step.method, said, case)
            case = reduce(assignment.evolve, made, case)
        assert made, f"{step.method} of petition {plan.number} decides nothing"
        events += made
    return events


def _registration(plan: Plan) -> intake.RegisterPetition:
    if plan.way is Way.PORTAL:
        said = read(registration_schemas.AGENCY_PETITION, plan.payload)
        channel = Channel.PORTAL
    else:
        said = read(registration_schemas.REGISTER, plan.payload)
        channel = said.channel
    return registration_schemas.registration(
        said, file=FILE, channel=channel, received_on=said.received_on
    )


#: Commands on a case whose payload is the command itself.
CASE_STEPS: dict[str, tuple[Any, Any]] = {
    "notify_acceptance": (settling.notify_acceptance, assignment_schemas.NOTIFY_ACCEPTANCE),
    "suspend": (settling.suspend_case, assignment_schemas.SUSPEND),
    "continue_case": (settling.continue_case, assignment_schemas.CONTINUE_CASE),
    "send_order": (delivery.send_order, assignment_schemas.SEND_ORDER),
    "announce_dialogue": (dialogues.announce_dialogue, assignment_schemas.ANNOUNCE_DIALOGUE),
    "send_decision": (delivery.send_decision, assignment_schemas.SEND_DECISION),
    "record_receipt": (delivery.record_receipt, assignment_schemas.RECORD_RECEIPT),
    "publish_decision": (delivery.publish_decision, assignment_schemas.PUBLISH_DECISION),
    "handle_conclusion": (denunciations.handle_conclusion, assignment_schemas.HANDLE_CONCLUSION),
    "record_enforcement": (complaints.record_enforcement, assignment_schemas.RECORD_ENFORCEMENT),
}


def _on_case(method: str, said: dict[str, Any], case: assignment.Case) -> list[Any]:
    if method in CASE_STEPS:
        decide, schema = CASE_STEPS[method]
        return list(decide(read(schema, said), case))
    match method:
        case "assign":
            opened = assignment.require_open(case)
            suggested = suggest(DIRECTORY, opened.kind, opened.field, {})
            assert suggested is not None
            said = said | {"unit": suggested.unit.id, "officer": suggested.officer}
            assign = read(assignment_schemas.ASSIGN, said)
            command = assign.command(assigned_by="officer:demo", directory=DIRECTORY)
            return list(assignment.assign_case(command, case))
        case "report_verification":
            assert case.assigned is not None
            said = said | {"officer": case.assigned.officer}
            report = read(assignment_schemas.REPORT_VERIFICATION, said)
            verified = report.command(reported_by="officer:demo", directory=DIRECTORY)
            return list(settling.report_verification(verified, case))
        case "hold_dialogue":
            hold = read(assignment_schemas.HOLD_DIALOGUE, said)
            return list(dialogues.hold_dialogue(hold.command(), case))
        case "issue_decision":
            issue = read(assignment_schemas.ISSUE_DECISION, said)
            return list(assignment.issue_decision(issue.command(decided_by="officer:demo"), case))
        case "order_enforcement":
            order = read(assignment_schemas.ORDER_ENFORCEMENT, said)
            ordered = order.command(directory=DIRECTORY, petition=Petition())
            return list(complaints.order_enforcement(ordered, case))
        case "plan_settlement":
            plan = read(assignment_schemas.PLAN_SETTLEMENT, said)
            planned = plan.command(planned_by="officer:demo", directory=DIRECTORY)
            return list(planning.plan_settlement(planned, case))
        case "close":
            close = read(assignment_schemas.CLOSE, said)
            closing = close.command(calendar=CALENDAR, petition=Petition())
            return list(assignment.close_case(closing, case))
        case _:
            raise AssertionError(f"no rule is known for {method}")


def duties(plan: Plan, calendar: Calendar = CALENDAR) -> list[Limit]:
    """The limits that the ward must keep for the plan's petition, as of today."""
    law = Law(calendar=calendar, rules=RULES, today=TODAY)
    called = limits_called_for(history(plan), law)
    return [
        limit
        for limit in called.limits
        if not limit.only_informs and limit.name != "discipline_alarm"
    ]


def clocks(plan: Plan) -> list[tuple[Term, date | None]]:
    """The same, each with when it was kept."""
    return [(limit.term, limit.done_on) for limit in duties(plan)]


def is_late(plan: Plan) -> bool:
    return any(done_on is not None and done_on > term.due for term, done_on in clocks(plan))


def running(plan: Plan) -> list[Term]:
    return [term for term, done_on in clocks(plan) if done_on is None]


def test_the_same_seed_gives_the_same_petitions_and_another_gives_others(plans: list[Plan]) -> None:
    assert generate(TODAY, calendar=CALENDAR) == plans
    assert generate(TODAY, calendar=CALENDAR, seed=2) != plans


def test_the_services_rules_take_every_step_of_every_plan(plans: list[Plan]) -> None:
    for plan in plans:
        history(plan)


@pytest.mark.parametrize(
    "today", [date(2026, 1, 3), date(2026, 3, 1), date(2026, 11, 24), date(2027, 3, 1)]
)
def test_it_works_on_a_holiday_at_new_year_and_on_any_other_day(
    today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SystemClock, "today", lambda self: today)
    for plan in generate(today, calendar=CALENDAR, cases=FEWEST):
        history(plan)


def test_dates_follow_one_another_and_none_lies_in_the_future(plans: list[Plan]) -> None:
    for plan in plans:
        days = [plan.received_on, *(step.on for step in plan.steps)]
        assert days == sorted(days)
        assert days[-1] <= TODAY


def test_new_petitions_are_of_the_past_year_and_the_backlog_is_older(plans: list[Plan]) -> None:
    a_year_ago = TODAY - timedelta(
        days=375
    )  # the year, and back to a working day over the holidays
    for plan in plans:
        assert (plan.received_on < a_year_ago) == (plan.way is Way.BACKLOG)


def test_what_lingers_since_before_the_year_has_a_plan_to_finish_it(plans: list[Plan]) -> None:
    lingering = [
        plan for plan in plans if plan.way is Way.BACKLOG and plan.course is Course.OVERDUE
    ]
    assert lingering
    assert lingering == [
        plan for plan in plans if any(step.method == "plan_settlement" for step in plan.steps)
    ]


def test_what_is_settled_in_time_keeps_every_limit_and_what_is_late_breaks_one(
    plans: list[Plan],
) -> None:
    assert [plan.number for plan in plans if is_late(plan)] == [
        plan.number for plan in plans if plan.course is Course.LATE
    ]


def test_overdue_ones_are_past_their_limit_and_approaching_ones_within_eight_days(
    plans: list[Plan],
) -> None:
    for plan in plans:
        if plan.course is Course.OVERDUE:
            assert [term.is_missed(TODAY) for term in running(plan)] == [True]
        elif plan.course in (Course.APPROACHING, Course.RUNNING, Course.NEW):
            assert [term.is_missed(TODAY) for term in running(plan)] == [False]
            if plan.course is Course.APPROACHING:
                assert running(plan)[0].due <= TODAY + timedelta(days=8)
        else:
            assert running(plan) == []


def test_one_first_limit_would_end_in_the_new_year_holidays_and_is_moved_behind_them(
    plans: list[Plan],
) -> None:
    (plan,) = (plan for plan in plans if plan.over_tet)
    first, kept_on = clocks(plan)[0]
    assert (plan.received_on, first.due, kept_on) == (
        date(2026, 2, 6),
        date(2026, 2, 23),
        date(2026, 2, 23),
    )


def test_one_settlement_was_suspended_and_would_have_been_late_without(plans: list[Plan]) -> None:
    (plan,) = (plan for plan in plans if plan.is_suspended)
    (settle,) = (limit for limit in duties(plan) if limit.name == "settle")
    plain = compute("to_cao", "settle", settle.term.trigger, Facts(), CALENDAR, RULES)
    assert settle.done_on is not None
    assert plain.due < settle.done_on <= settle.term.due
    assert StepKind.STOPPED in {step.kind for step in settle.term.explanation}


@pytest.mark.parametrize("today", [TODAY, date(2026, 1, 3), date(2026, 3, 1), date(2027, 3, 1)])
def test_a_limit_runs_over_the_last_new_year_from_the_day_told(today: date) -> None:
    trigger = before_new_year(today, CALENDAR)
    assert trigger > today - timedelta(days=395)
    term = compute("xu_ly_don", "handle_petition", trigger, Facts(), CALENDAR, RULES)
    causes = {step.cause for step in term.explanation if step.kind is StepKind.SKIPPED}
    assert any(cause and cause.startswith("Tết ") for cause in causes)


@pytest.mark.parametrize("cases", [FEWEST, 150])
def test_the_change_of_the_calendar_is_taken_moves_open_clocks_and_is_taken_once(
    cases: int,
) -> None:
    asked = read(deadlines_schemas.CHANGE_CALENDAR, calendar_change(TODAY, CALENDAR))
    change, ward = deadlines_schemas.change_of(asked, TODAY), WardCalendar.of(CALENDAR)
    (changed,) = change_calendar(change, ward)
    ward = evolve(ward, changed)
    assert change_calendar(change, ward) == []
    moved = [
        (before.name, before.term.due, after.term.due)
        for plan in generate(TODAY, calendar=CALENDAR, cases=cases)
        for before, after in zip(duties(plan), duties(plan, ward.now), strict=True)
        if before.done_on is None and before.term.due != after.term.due
    ]
    assert moved
    assert all(TODAY < before < after for _, before, after in moved)


def test_150_petitions_divide_as_the_figures_say(plans: list[Plan]) -> None:
    assert Counter(plan.kind for plan in plans) == {
        Kind.COMPLAINT: 23,
        Kind.DENUNCIATION: 12,
        Kind.RECOMMENDATION: 58,
        Kind.FEEDBACK: 57,
    }
    courses = Counter(plan.course for plan in plans)
    assert courses[Course.FILED] + courses[Course.NEW] == 33
    assert courses[Course.REPEATED] == 23
    assert courses[Course.OVERDUE] == 5
    assert courses[Course.APPROACHING] == courses[Course.RUNNING] == 4
    assert sum(courses[course] for course in ACCEPTED) == 72
    assert Counter(plan.way for plan in plans) == {Way.DESK: 105, Way.PORTAL: 33, Way.BACKLOG: 12}
    assert sum(plan.payload["people"] >= 5 for plan in plans if plan.course in ACCEPTED) == 5


def test_the_fewest_petitions_still_have_a_story_and_every_open_course() -> None:
    plans = generate(TODAY, calendar=CALENDAR, cases=FEWEST)
    assert len(plans) == FEWEST
    assert [plan.way for plan in plans if plan.is_story] == [Way.PORTAL]
    assert set(OPEN) <= {plan.course for plan in plans}


def test_fewer_petitions_than_that_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 30"):
        generate(TODAY, calendar=CALENDAR, cases=FEWEST - 1)


def test_a_repeated_petition_comes_after_the_one_of_the_same_kind_that_it_repeats(
    plans: list[Plan],
) -> None:
    by_number = {plan.number: plan for plan in plans}
    repeated = [plan for plan in plans if plan.repeats]
    assert len(repeated) == 23
    for plan in repeated:
        original = by_number[plan.repeats or 0]
        assert original.received_on < plan.received_on
        assert (original.kind, original.field) == (plan.kind, plan.field)


def test_texts_are_composed_filled_and_varied(plans: list[Plan]) -> None:
    for plan in plans:
        text = f"{plan.payload['subject']} {plan.payload['content']}"
        assert unicodedata.is_normalized("NFC", text)
        assert "{" not in text
    assert len({plan.payload["subject"] for plan in plans}) > 80
    assert sum(map(len, TEMPLATES.values())) >= 45


def test_identity_and_telephone_numbers_cannot_be_anybodys(plans: list[Plan]) -> None:
    people = [person for plan in plans for person in plan.payload["petitioners"]]
    assert len(people) > 100
    for person in people:
        assert person.get("id_number", "000").startswith("000")
        assert person.get("phone", "0000").startswith("0000")


def test_the_broken_petition_is_refused_for_each_of_its_faults() -> None:
    with pytest.raises(Malformed) as malformed:
        read(registration_schemas.AGENCY_PETITION, broken_petition(NHAN_HOA))
    assert sorted(malformed.value.errors) == [
        "content",
        "petitioners.0.id_number",
        "petitioners.0.name",
        "priority",
        "received_on",
    ]


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (10, {"a": 1, "b": 1, "c": 1}, {"a": 4, "b": 3, "c": 3}),
        (3, {"a": 0.9, "b": 0.1}, {"a": 3, "b": 0}),
        (0, {"a": 1}, {"a": 0}),
    ],
)
def test_shares_are_whole_and_add_up(
    total: int, weights: dict[str, float], shares: dict[str, int]
) -> None:
    assert divide(total, weights) == shares


def test_the_demo_names_officers_for_every_post_of_the_ward_and_changes_nothing_else(
    monkeypatch,
) -> None:
    monkeypatch.setenv("DONTHU_DIRECTORY", str(play.DIRECTORY))
    named, shipped = Directories.from_environment(), DIRECTORY
    posts = [post for unit in named.of("09253").units for post in unit.officers]
    assert all(post.person.endswith("(tên giả)") for post in posts)
    assert [(unit.id, unit.name, unit.fields, unit.is_advising) for unit in shipped.units] == [
        (unit.id, unit.name, unit.fields, unit.is_advising) for unit in named.of("09253").units
    ]
    assert [(post.id, post.title) for unit in shipped.units for post in unit.officers] == [
        (post.id, post.title) for post in posts
    ]


def test_the_chair_receives_in_the_demo_as_often_as_the_law_asks_or_nearly() -> None:
    """Announced in time, and never on a day on which offices are closed."""
    held = year.sessions(TODAY, CALENDAR, 1)
    assert held == year.sessions(TODAY, CALENDAR, 1)
    scheduled = [each for each in held if each.schedule]
    assert all(CALENDAR.is_working_day(each.held_on) for each in held)
    for each in scheduled:
        posted = date.fromisoformat(each.schedule["posted_on"])
        assert CALENDAR.add_working_days(posted, 5) < each.held_on
    periods = chair_days(
        [
            Session(
                held_on=each.held_on,
                kind=ReceptionKind(each.schedule["kind"]),
                mode=ReceptionMode.IN_PERSON,
                host=Host(each.schedule["host"]),
            )
            for each in scheduled
        ],
        TODAY - timedelta(days=year.YEAR),
        TODAY,
    )
    owed = sum(each.required for each in periods)
    assert 0 < sum(each.missing for each in periods) < owed / 2
    groups = [turn for each in held for turn in each.turns if turn.payload["people"] >= 5]
    assert groups
    assert all(turn.payload["representatives"] == 2 for turn in groups)
    assert all(turn.payload["person"]["id_number"].startswith("000") for turn in groups)
