"""Following a file: which limits its history calls for, and what is recorded of them."""

from dataclasses import replace
from datetime import date

import pytest

from services.deadlines.domain import APPROACHING, Clocks, FollowFile, Limit, evolve, follow_file
from services.deadlines.facts import Facts
from services.deadlines.policies import limits_called_for
from services.deadlines.rules import RuleTable
from services.deadlines.terms import compute
from shared.contracts.cases import CaseOpened, DecisionIssued, Outcome
from shared.contracts.clocks import (
    DeadlineApproaching,
    DeadlineCancelled,
    DeadlineMet,
    DeadlineMissed,
    DeadlineMoved,
    DeadlineSet,
    MoveReason,
)
from shared.contracts.petitions import (
    AcceptanceRefused,
    Channel,
    Field,
    Kind,
    PetitionAccepted,
    PetitionClassified,
    PetitionForwarded,
    PetitionReceived,
)
from shared.working_days import Calendar, DayKind, SpecialDay
from tests.support.given_when_then import Specification

CALENDAR, RULES = Calendar.load(), RuleTable.load()
file = Specification(initial=Clocks(), evolve=evolve)

received = PetitionReceived(
    received_on=date(2026, 10, 2), channel=Channel.POST, parties=(), claimed_kind=Kind.COMPLAINT
)
classified = PetitionClassified(
    classified_on=date(2026, 10, 5),
    kind=Kind.COMPLAINT,
    field=Field.LAND,
    is_competent=True,
    meets_conditions=True,
)
accepted = PetitionAccepted(
    accepted_on=date(2026, 10, 8),
    kind=Kind.COMPLAINT,
    field=Field.LAND,
    received_on=date(2026, 10, 2),
)
opened = CaseOpened(opened_on=date(2026, 10, 8), kind=Kind.COMPLAINT, field=Field.LAND)
decided = DecisionIssued(
    decided_on=date(2026, 11, 9), number="12/QĐ-UBND", outcome=Outcome.UNJUSTIFIED, decided_by="x"
)


def news(*history, today, calendar=CALENDAR, records_misses=True):
    limits = []
    for called in limits_called_for(history):
        term = compute(called.kind, called.stage, called.trigger, called.facts, calendar, RULES)
        limits.append(Limit(name=called.stage, term=term, done_on=called.done_on))
    return FollowFile(
        limits=tuple(limits),
        latest_on=date(2026, 10, 20),
        today=today,
        near={n: calendar.add_working_days(today, n) for n in APPROACHING},
        records_misses=records_misses,
    )


def deadline_set(clock, rule, triggered_on, due_on, kind="khieu_nai"):
    return DeadlineSet(
        triggered_on=triggered_on,
        clock=clock,
        kind=kind,
        rule=rule,
        due_on=due_on,
        law=RULES.version,
        calendar=CALENDAR.version,
    )


accept_set = deadline_set("accept", "KN.ACCEPT.2026", date(2026, 10, 2), date(2026, 10, 13))
settle_set = deadline_set("settle_1", "KN.SETTLE1", date(2026, 10, 8), date(2026, 11, 9))
accept_met = DeadlineMet(
    met_on=date(2026, 10, 8), clock="accept", rule="KN.ACCEPT.2026", due_on=date(2026, 10, 13)
)
missed = DeadlineMissed(
    missed_on=date(2026, 10, 14), clock="accept", rule="KN.ACCEPT.2026", due_on=date(2026, 10, 13)
)


def test_a_complaint_that_came_in_has_seven_working_days_to_be_taken_up():
    file.given().when(follow_file, news(received, today=date(2026, 10, 2))).then(accept_set)


def test_news_that_comes_twice_changes_nothing():
    command = news(received, today=date(2026, 10, 2))
    file.given(accept_set).when(follow_file, command).then_nothing()


def test_acceptance_meets_the_first_limit_and_starts_the_second():
    command = news(received, classified, accepted, today=date(2026, 10, 8))
    file.given(accept_set).when(follow_file, command).then(accept_met, settle_set)


def test_news_that_skipped_a_step_still_ends_at_the_same_clocks():
    command = news(received, classified, accepted, today=date(2026, 10, 8))
    file.given().when(follow_file, command).then(accept_set, accept_met, settle_set)


def test_a_decision_on_the_last_day_meets_the_limit():
    command = news(received, classified, accepted, opened, decided, today=date(2026, 11, 9))
    met = DeadlineMet(
        met_on=date(2026, 11, 9), clock="settle_1", rule="KN.SETTLE1", due_on=date(2026, 11, 9)
    )
    file.given(accept_set, accept_met, settle_set).when(follow_file, command).then(met)


def test_a_decision_a_day_late_is_a_miss_and_then_met_late():
    late = replace(decided, decided_on=date(2026, 11, 10))
    command = news(received, classified, accepted, opened, late, today=date(2026, 11, 10))
    file.given(accept_set, accept_met, settle_set).when(follow_file, command).then(
        DeadlineMissed(
            missed_on=date(2026, 11, 10),
            clock="settle_1",
            rule="KN.SETTLE1",
            due_on=date(2026, 11, 9),
        ),
        DeadlineMet(
            met_on=date(2026, 11, 10),
            clock="settle_1",
            rule="KN.SETTLE1",
            due_on=date(2026, 11, 9),
            days_late=1,
        ),
    )


def test_the_day_after_the_limit_is_a_miss_and_the_limit_itself_is_not():
    on_time = news(received, today=date(2026, 10, 13))
    approaching = DeadlineApproaching(
        noticed_on=date(2026, 10, 13),
        clock="accept",
        due_on=date(2026, 10, 13),
        working_days_left=1,
    )
    file.given(accept_set).when(follow_file, on_time).then(approaching)
    file.given(accept_set).when(follow_file, news(received, today=date(2026, 10, 14))).then(missed)


def test_a_miss_is_recorded_once():
    command = news(received, today=date(2026, 10, 15))
    file.given(accept_set, missed).when(follow_file, command).then_nothing()


def test_while_news_still_comes_in_no_miss_is_recorded():
    command = news(received, today=date(2026, 10, 15), records_misses=False)
    file.given(accept_set).when(follow_file, command).then_nothing()


def test_three_and_one_working_days_before_the_end_a_clock_is_near_and_says_so_once_each():
    three_left = news(received, today=date(2026, 10, 8))
    told = DeadlineApproaching(
        noticed_on=date(2026, 10, 8),
        clock="accept",
        due_on=date(2026, 10, 13),
        working_days_left=3,
    )
    file.given(accept_set).when(follow_file, three_left).then(told)
    file.given(accept_set, told).when(follow_file, three_left).then_nothing()
    one_left = news(received, today=date(2026, 10, 12))
    file.given(accept_set, told).when(follow_file, one_left).then(
        replace(told, noticed_on=date(2026, 10, 12), working_days_left=1)
    )


def test_a_petition_of_no_known_kind_has_the_general_limit_until_it_is_classified():
    unnamed = replace(received, claimed_kind=None)
    general = deadline_set(
        "handle_petition", "XLD.HANDLE", date(2026, 10, 2), date(2026, 10, 16), "xu_ly_don"
    )
    file.given().when(follow_file, news(unnamed, today=date(2026, 10, 2))).then(general)
    command = news(unnamed, classified, today=date(2026, 10, 5))
    cancelled = DeadlineCancelled(
        cancelled_on=date(2026, 10, 20), clock="handle_petition", rule="XLD.HANDLE"
    )
    file.given(general).when(follow_file, command).then(accept_set, cancelled)


def test_a_new_holiday_moves_a_running_clock_and_says_why():
    holiday = SpecialDay(
        day=date(2026, 10, 12), kind=DayKind.HOLIDAY, name="Ngày nghỉ thử", source="Quyết định thử"
    )
    calendar = CALENDAR.with_changes([holiday])
    command = news(received, today=date(2026, 10, 5), calendar=calendar)
    moved = DeadlineMoved(
        moved_on=date(2026, 10, 5),
        clock="accept",
        rule="KN.ACCEPT.2026",
        triggered_on=date(2026, 10, 2),
        was_due_on=date(2026, 10, 13),
        due_on=date(2026, 10, 14),
        reason=MoveReason.CALENDAR,
        law=RULES.version,
        calendar=calendar.version,
    )
    file.given(accept_set).when(follow_file, command).then(moved)
    file.given(accept_set, accept_met).when(follow_file, command).then_nothing()


@pytest.mark.parametrize(
    ("kind", "is_competent", "stage", "rule_kind"),
    [
        (Kind.COMPLAINT, True, "accept", "khieu_nai"),
        (Kind.COMPLAINT, False, "handle_petition", "xu_ly_don"),
        (Kind.DENUNCIATION, True, "initial_handling", "to_cao"),
        (Kind.DENUNCIATION, False, "forward_and_notify", "to_cao"),
        (Kind.RECOMMENDATION, True, "answer", "kien_nghi"),
        (Kind.FEEDBACK, True, "answer", "phan_anh"),
        (Kind.FEEDBACK, False, "handle_petition", "xu_ly_don"),
    ],
)
def test_the_first_limit_follows_from_kind_and_competence(kind, is_competent, stage, rule_kind):
    (called,) = limits_called_for(
        [received, replace(classified, kind=kind, is_competent=is_competent)]
    )
    assert (called.stage, called.kind, called.trigger) == (stage, rule_kind, date(2026, 10, 2))


def test_a_denunciation_that_is_checked_in_several_places_has_ten_days():
    history = [received, replace(classified, kind=Kind.DENUNCIATION, needs_longer_check=True)]
    (called,) = limits_called_for(history)
    assert called.facts == Facts(several_places=True)
    term = compute(called.kind, called.stage, called.trigger, called.facts, CALENDAR, RULES)
    assert term.rule.id == "TC.INITIAL.EXT"


def test_a_remote_complaint_has_forty_five_days_to_be_settled():
    _, settle = limits_called_for([received, classified, replace(accepted, is_remote=True)])
    term = compute(settle.kind, settle.stage, settle.trigger, settle.facts, CALENDAR, RULES)
    assert term.rule.id == "KN.SETTLE1.REMOTE"


@pytest.mark.parametrize(
    "outcome",
    [
        AcceptanceRefused(refused_on=date(2026, 10, 9), ground="g"),
        PetitionForwarded(forwarded_on=date(2026, 10, 9), competent_authority="24"),
    ],
)
def test_every_outcome_ends_the_first_limit(outcome):
    (called,) = limits_called_for([received, classified, outcome])
    assert called.done_on == date(2026, 10, 9)


def test_an_accepted_recommendation_is_done_only_when_it_is_answered():
    asked = replace(classified, kind=Kind.RECOMMENDATION)
    taken = replace(accepted, kind=Kind.RECOMMENDATION)
    (waiting,) = limits_called_for([received, asked, taken])
    assert waiting.done_on is None
    (answered,) = limits_called_for([received, asked, taken, decided])
    assert answered.done_on == date(2026, 11, 9)


def test_a_history_without_a_petition_calls_for_nothing():
    assert limits_called_for([opened]) == ()
