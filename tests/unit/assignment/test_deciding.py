"""What may happen to a case, given what has happened to it."""

from dataclasses import replace
from datetime import date

import pytest

from services.assignment.directory import Directories
from services.assignment.domain import (
    REFUSALS,
    AssignCase,
    Case,
    CloseCase,
    IssueDecision,
    OpenCase,
    assign_case,
    close_case,
    evolve,
    issue_decision,
    open_case,
)
from services.assignment.policies import when_petition_accepted_then_open_case
from services.assignment.routing import Reason
from shared.contracts.cases import (
    CaseAssigned,
    CaseClosed,
    CaseOpened,
    ClosingGround,
    DecisionIssued,
    Outcome,
)
from shared.contracts.petitions import Field, Kind, PetitionAccepted
from shared.personal import Personal
from tests.support.given_when_then import Specification

case = Specification(initial=Case(), evolve=evolve)

FILE = "7f3k9q2mxw4t"
opened = CaseOpened(opened_on=date(2026, 10, 8), kind=Kind.COMPLAINT, field=Field.LAND)
assigned = CaseAssigned(
    assigned_on=date(2026, 10, 9),
    unit="kinh-te-ha-tang",
    officer="cb-dia-chinh-1",
    assigned_by="officer:vera",
    reasons=("dung_linh_vuc",),
)
decided = DecisionIssued(
    decided_on=date(2026, 11, 5),
    number="12/QĐ-UBND",
    outcome=Outcome.PARTLY_JUSTIFIED,
    decided_by="officer:vera",
    personal=Personal({"text": {"conclusion": "Khiếu nại đúng một phần."}}),
)
closed = CaseClosed(closed_on=date(2026, 11, 20), ground=ClosingGround.SETTLED)

open_it = OpenCase(file=FILE, opened_on=date(2026, 10, 8), kind=Kind.COMPLAINT, field=Field.LAND)
assign_it = AssignCase(
    file=FILE,
    assigned_on=date(2026, 10, 9),
    unit="kinh-te-ha-tang",
    officer="cb-dia-chinh-1",
    assigned_by="officer:vera",
    directory=Directories.from_environment().of("09253"),
    reasons=(Reason.FIELD,),
)
issue_it = IssueDecision(
    file=FILE,
    decided_on=decided.decided_on,
    number=decided.number,
    outcome=decided.outcome,
    decided_by=decided.decided_by,
    personal=decided.personal,
)
close_it = CloseCase(file=FILE, closed_on=closed.closed_on, ground=closed.ground)


def test_a_case_opens_on_the_day_of_acceptance() -> None:
    accepted = PetitionAccepted(
        accepted_on=date(2026, 10, 8),
        kind=Kind.COMPLAINT,
        field=Field.LAND,
        received_on=date(2026, 10, 2),
    )
    command = when_petition_accepted_then_open_case(FILE, accepted)
    case.given().when(open_case, command).then(opened)


def test_hearing_of_an_acceptance_twice_opens_one_case() -> None:
    case.given(opened).when(open_case, open_it).then_nothing()


def test_hearing_of_it_after_the_decision_changes_nothing() -> None:
    case.given(opened, assigned, decided).when(open_case, open_it).then_nothing()


def test_a_case_does_not_open_twice_in_different_ways() -> None:
    again = replace(open_it, kind=Kind.DENUNCIATION)
    case.given(opened).when(open_case, again).then_refused("already_open")


def test_an_open_case_is_assigned() -> None:
    case.given(opened).when(assign_case, assign_it).then(assigned)


def test_a_case_goes_to_another_officer() -> None:
    other = replace(assign_it, officer="cb-dia-chinh-2", assigned_on=date(2026, 10, 20))
    (event,) = assign_case(other, Case(opened=opened, assigned=assigned))
    assert (event.officer, event.assigned_on) == ("cb-dia-chinh-2", date(2026, 10, 20))


def test_assigning_to_those_who_have_it_changes_nothing() -> None:
    later = replace(assign_it, assigned_on=date(2026, 10, 20), reasons=())
    case.given(opened, assigned).when(assign_case, later).then_nothing()


def test_the_unit_need_not_be_competent_for_the_field() -> None:
    elsewhere = replace(assign_it, unit="van-phong", officer="cb-van-phong-1")
    (event,) = assign_case(elsewhere, Case(opened=opened))
    assert event.unit == "van-phong"


@pytest.mark.parametrize(
    ("past", "change", "code"),
    [
        ((), {}, "unknown_file"),
        ((opened,), {"unit": "phong-khong-co"}, "unknown_unit"),
        ((opened,), {"officer": "cb-xa-hoi-1"}, "officer_not_in_unit"),
        ((opened,), {"assigned_on": date(2026, 10, 7)}, "date_before_opening"),
        (
            (opened, replace(assigned, assigned_on=date(2026, 10, 15))),
            {"officer": "cb-dia-chinh-2"},
            "date_before_assignment",
        ),
        ((opened, assigned, decided), {"officer": "cb-dia-chinh-2"}, "already_decided"),
        ((opened, assigned, decided, closed), {"officer": "cb-dia-chinh-2"}, "case_not_open"),
    ],
)
def test_an_assignment_is_refused(past, change, code) -> None:
    case.given(*past).when(assign_case, replace(assign_it, **change)).then_refused(code)


def test_an_assigned_case_is_decided() -> None:
    case.given(opened, assigned).when(issue_decision, issue_it).then(decided)


def test_the_day_of_assignment_can_be_the_day_of_the_decision() -> None:
    at_once = replace(issue_it, decided_on=assigned.assigned_on)
    (event,) = issue_decision(at_once, Case(opened=opened, assigned=assigned))
    assert event.decided_on == assigned.assigned_on


@pytest.mark.parametrize(
    ("past", "change", "code"),
    [
        ((), {}, "unknown_file"),
        ((opened,), {}, "not_assigned"),
        ((opened, assigned), {"outcome": Outcome.ANSWERED}, "outcome_not_for_kind"),
        ((opened, assigned), {"decided_on": date(2026, 10, 7)}, "date_before_opening"),
        ((opened, assigned), {"decided_on": date(2026, 10, 8)}, "date_before_assignment"),
        ((opened, assigned, decided), {"number": "13/QĐ-UBND"}, "already_decided"),
        ((opened, assigned, decided, closed), {"number": "13/QĐ-UBND"}, "case_not_open"),
    ],
)
def test_a_decision_is_refused(past, change, code) -> None:
    case.given(*past).when(issue_decision, replace(issue_it, **change)).then_refused(code)


def test_a_decision_read_back_without_its_text_is_not_taken_for_the_same() -> None:
    stored = replace(decided, personal=Personal.nothing())
    case.given(opened, assigned, stored).when(issue_decision, issue_it).then_refused(
        "already_decided"
    )


@pytest.mark.parametrize(
    ("kind", "outcome", "is_allowed"),
    [
        (Kind.COMPLAINT, Outcome.JUSTIFIED, True),
        (Kind.DENUNCIATION, Outcome.UNJUSTIFIED, True),
        (Kind.DENUNCIATION, Outcome.ANSWERED, False),
        (Kind.RECOMMENDATION, Outcome.ANSWERED, True),
        (Kind.RECOMMENDATION, Outcome.JUSTIFIED, False),
        (Kind.FEEDBACK, Outcome.ANSWERED, True),
        (Kind.FEEDBACK, Outcome.PARTLY_JUSTIFIED, False),
    ],
)
def test_the_outcome_fits_the_kind(kind, outcome, is_allowed) -> None:
    asked = case.given(replace(opened, kind=kind), assigned).when(
        issue_decision, replace(issue_it, outcome=outcome)
    )
    if is_allowed:
        asked.then(replace(decided, outcome=outcome))
    else:
        asked.then_refused("outcome_not_for_kind")


def test_a_decided_case_is_closed() -> None:
    case.given(opened, assigned, decided).when(close_case, close_it).then(closed)


def test_closing_again_changes_nothing() -> None:
    case.given(opened, assigned, decided, closed).when(close_case, close_it).then_nothing()


@pytest.mark.parametrize(
    ("past", "change", "code"),
    [
        ((), {}, "unknown_file"),
        ((opened, assigned), {}, "not_decided"),
        ((opened, assigned, decided), {"ground": ClosingGround.ANSWERED}, "ground_not_for_kind"),
        ((opened, assigned, decided), {"closed_on": date(2026, 11, 4)}, "date_before_decision"),
        (
            (opened, assigned, decided, closed),
            {"closed_on": date(2026, 11, 21)},
            "case_not_open",
        ),
    ],
)
def test_closing_is_refused(past, change, code) -> None:
    case.given(*past).when(close_case, replace(close_it, **change)).then_refused(code)


def test_an_answered_recommendation_is_closed_as_answered() -> None:
    answered = replace(decided, outcome=Outcome.ANSWERED)
    command = replace(close_it, ground=ClosingGround.ANSWERED)
    case.given(replace(opened, kind=Kind.RECOMMENDATION), assigned, answered).when(
        close_case, command
    ).then(replace(closed, ground=ClosingGround.ANSWERED))


def test_every_refusal_says_a_vietnamese_sentence_and_its_source() -> None:
    for code, (sentence, source) in REFUSALS.items():
        assert sentence.endswith("."), code
        assert not sentence.isascii(), code
        assert source, code
