"""How a case goes its way: opened, assigned, settled, decided, carried out, closed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.assignment import asking, delivery, dialogues, domain, settling
from services.assignment import complaints as of_complaints
from services.assignment import denunciations as of_denunciations
from services.assignment.case import Case, evolve, voluntary_transfers
from services.assignment.law import appeal_ends_on, effective_from
from services.assignment.policies import when_petition_accepted_then_open_case
from services.deadlines.facts import Facts
from services.deadlines.rules import RuleTable
from services.deadlines.terms import compute
from shared.contracts.cases import (
    AcceptanceNotified,
    ClosingGround,
    ComplexCriterion,
    DecisionSent,
    DialogueAnnounced,
    Figures,
    Measure,
    OrderSent,
    Outcome,
    PublicationForm,
    Recipient,
    ResettlementGround,
    SuspensionGround,
    TerminationGround,
)
from shared.contracts.petitions import Field, Kind, PetitionAccepted
from shared.personal import Personal
from tests.unit.assignment.given import (
    CALENDAR,
    FILE,
    MAI,
    NAM,
    VIET,
    accept_second,
    announce_it,
    announced,
    answer_it,
    answered,
    ask_it,
    asked,
    assign_it,
    assigned,
    cancelled_by_province,
    case,
    close_it,
    closed,
    complex_once,
    complex_twice,
    continue_it,
    continued,
    decided,
    decided_by_province,
    declare_it,
    denounced,
    dialogue,
    differing,
    disciplinary,
    enforce_it,
    enforced,
    expertise,
    extend_it,
    extended,
    extended_again,
    forwarded_petition,
    handle_it,
    handled,
    hold_it,
    inform_it,
    informed,
    issue_it,
    lodge_it,
    lodged,
    notified,
    notify_it,
    open_it,
    opened,
    order_expertise_,
    order_it,
    ordered,
    petition,
    publish_it,
    published,
    receive_expertise_,
    receive_it,
    received,
    recommended,
    recuse_it,
    recused,
    refuse_second,
    report_it,
    request_it,
    requested,
    resettle_it,
    resettled,
    second_accepted,
    second_refused,
    send_it,
    send_order,
    sent,
    supplied,
    supply_it,
    suspend_it,
    suspended,
    terminate_it,
    terminated,
    verified,
    withdrawn,
)

STARTED = (opened, assigned)
VERIFIED = (*STARTED, verified)
DECIDED = (*VERIFIED, decided)


def after(*events):
    """The case after these events."""
    state = Case()
    for event in events:
        state = evolve(state, event)
    return state


# -- opened and assigned


def test_a_case_opens_on_the_day_of_acceptance() -> None:
    accepted = PetitionAccepted(
        accepted_on=date(2026, 10, 8),
        kind=Kind.COMPLAINT,
        field=Field.LAND,
        received_on=date(2026, 10, 2),
    )
    command = when_petition_accepted_then_open_case(FILE, accepted)
    case.given().when(domain.open_case, command).then(opened)


def test_the_case_knows_that_a_complaint_is_about_discipline() -> None:
    accepted = PetitionAccepted(
        accepted_on=date(2026, 10, 8),
        kind=Kind.COMPLAINT,
        field=Field.PUBLIC_DUTY,
        received_on=date(2026, 10, 2),
        is_disciplinary=True,
        is_dismissal=True,
    )
    command = when_petition_accepted_then_open_case(FILE, accepted)
    case.given().when(domain.open_case, command).then(replace(disciplinary, is_dismissal=True))


def test_hearing_of_an_acceptance_twice_opens_one_case() -> None:
    case.given(opened).when(domain.open_case, open_it).then_nothing()
    case.given(*DECIDED).when(domain.open_case, open_it).then_nothing()


def test_an_open_case_is_assigned() -> None:
    case.given(opened).when(domain.assign_case, assign_it).then(assigned)


def test_assigning_to_those_who_have_it_changes_nothing() -> None:
    later = replace(assign_it, assigned_on=date(2026, 10, 20), reasons=())
    case.given(*STARTED).when(domain.assign_case, later).then_nothing()


def test_the_unit_need_not_be_competent_for_the_field() -> None:
    elsewhere = replace(assign_it, unit="van-phong", officer="cb-van-phong-1")
    (event,) = domain.assign_case(elsewhere, after(opened))
    assert event.unit == "van-phong"


def test_each_transfer_says_how_long_the_one_before_had_the_case() -> None:
    moved = after(
        *STARTED,
        replace(assigned, officer=NAM, assigned_on=date(2026, 10, 20)),
        replace(assigned, officer=VIET, assigned_on=date(2026, 10, 23)),
    )
    assert [(hop.from_officer, hop.to_officer, hop.days_held) for hop in moved.transfers] == [
        (MAI, NAM, 11),
        (NAM, VIET, 3),
    ]


def test_a_transfer_for_a_conflict_of_interest_does_not_count_against_the_cap() -> None:
    to_nam = replace(assign_it, officer=NAM, assigned_on=date(2026, 10, 13), max_transfers=0)
    (event,) = domain.assign_case(to_nam, after(*STARTED, recused))
    moved = after(*STARTED, recused, event)
    assert voluntary_transfers(moved) == 0
    assert moved.transfers[0].is_forced


def test_who_is_recused_is_recused_once() -> None:
    case.given(*STARTED).when(domain.recuse_officer, recuse_it).then(recused)
    case.given(*STARTED, recused).when(domain.recuse_officer, recuse_it).then_nothing()


def test_what_a_recused_officer_verified_does_not_count() -> None:
    (to_nam,) = domain.assign_case(
        replace(assign_it, officer=NAM, assigned_on=date(2026, 10, 22)),
        after(*VERIFIED, recused),
    )
    case.given(*VERIFIED, recused, to_nam).when(domain.issue_decision, issue_it).then_refused(
        "not_verified"
    )


def test_a_recused_officer_does_not_record_the_decision() -> None:
    other = replace(assigned, officer=NAM)
    command = replace(issue_it, decided_by=f"officer:{MAI}")
    case.given(opened, other, replace(verified, officer=NAM), recused).when(
        domain.issue_decision, command
    ).then_refused("conflict_of_interest")


# -- settled


def test_of_a_denunciation_both_sides_are_told_together_or_one_by_one() -> None:
    both = (Recipient.DENOUNCER, Recipient.DENOUNCED)
    first = AcceptanceNotified(notified_on=date(2026, 10, 12), recipients=both[:1])
    second = replace(first, recipients=both[1:])
    command = replace(notify_it, recipients=both)
    case.given(denounced).when(settling.notify_acceptance, command).then(
        replace(first, recipients=both)
    )
    case.given(denounced, first).when(settling.notify_acceptance, command).then(second)
    case.given(denounced, first, second).when(settling.notify_acceptance, command).then_nothing()


@pytest.mark.parametrize(
    ("past", "decide", "command", "event"),
    [
        ((opened,), settling.notify_acceptance, notify_it, notified),
        (STARTED, settling.report_verification, report_it, verified),
        (STARTED, asking.order_expertise, order_expertise_, expertise),
        (STARTED, dialogues.announce_dialogue, announce_it, announced),
        ((*STARTED, announced), dialogues.hold_dialogue, hold_it, dialogue),
        (STARTED, settling.declare_complex, declare_it, complex_once),
        (STARTED, settling.suspend_case, suspend_it, suspended),
        ((*STARTED, suspended), settling.continue_case, continue_it, continued),
        (STARTED, settling.terminate_case, terminate_it, terminated),
        (VERIFIED, domain.issue_decision, issue_it, decided),
        (DECIDED, delivery.send_decision, send_it, sent),
        (DECIDED, delivery.record_receipt, receive_it, received),
        (DECIDED, delivery.publish_decision, publish_it, published),
        (DECIDED, of_complaints.lodge_second_complaint, lodge_it, lodged),
        (DECIDED, of_complaints.order_enforcement, order_it, ordered),
        ((*DECIDED, ordered), of_complaints.record_enforcement, enforce_it, enforced),
        (STARTED, asking.ask_police, ask_it, asked),
        (STARTED, asking.request_documents, request_it, requested),
        (
            DECIDED,
            delivery.inform_forwarder,
            replace(inform_it, petition=forwarded_petition),
            informed,
        ),
        (
            (*DECIDED, lodged),
            of_complaints.record_second_acceptance,
            accept_second,
            second_accepted,
        ),
        ((*DECIDED, lodged), of_complaints.record_second_refusal, refuse_second, second_refused),
        (
            (*DECIDED, lodged, second_accepted),
            of_complaints.accept_resettlement,
            replace(resettle_it, petition=petition(cancelled_by_province)),
            resettled,
        ),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_step_is_recorded_and_said_again_changes_nothing(past, decide, command, event) -> None:
    case.given(*past).when(decide, command).then(event)
    has_text = getattr(event, "personal", Personal.nothing())
    if not has_text:
        case.given(*past, event).when(decide, command).then_nothing()


def test_an_experts_result_ends_the_waiting() -> None:
    (result,) = asking.receive_expertise(receive_expertise_, after(*STARTED, expertise))
    assert after(*STARTED, expertise, result).expertise is None


def test_documents_are_the_answer_to_the_oldest_request_to_that_role() -> None:
    again = replace(requested, requested_on=date(2026, 10, 14))
    other = replace(requested, asked=Recipient.RELATED)
    past = (*STARTED, other, requested, again)
    case.given(*past).when(asking.record_documents, supply_it).then(supplied)
    assert after(*past, supplied).documents == (other, again)


def test_the_police_answer_the_oldest_question_first() -> None:
    later = replace(asked, asked_on=date(2026, 10, 21))
    (answer,) = asking.record_police_answer(answer_it, after(*STARTED, asked, later))
    assert after(*STARTED, asked, later, answer).police == (later,)


def test_what_the_police_are_asked_in_words_is_never_taken_for_a_repeat() -> None:
    case.given(*STARTED, asked).when(asking.ask_police, ask_it).then_nothing()
    in_words = replace(ask_it, personal=Personal({"text": {"request": "Xác minh nơi cư trú."}}))
    expected = replace(asked, personal=in_words.personal)
    case.given(*STARTED, asked).when(asking.ask_police, in_words).then(expected)


def test_before_july_2026_a_complaint_was_complex_without_listed_criteria() -> None:
    old = replace(opened, opened_on=date(2026, 6, 1))
    command = replace(declare_it, declared_on=date(2026, 6, 30), criteria=())
    assert settling.declare_complex(command, after(old))


def test_before_july_2026_a_dialogue_could_be_announced_two_days_before() -> None:
    old = replace(opened, opened_on=date(2026, 6, 1))
    command = replace(announce_it, announced_on=date(2026, 6, 30), held_on=date(2026, 7, 2))
    assert dialogues.announce_dialogue(command, after(old))


def test_only_about_a_complaint_the_law_says_how_long_before_a_dialogue_is_announced() -> None:
    tomorrow = replace(announce_it, held_on=announce_it.announced_on + timedelta(days=1))
    announced_for = DialogueAnnounced(announced_on=tomorrow.announced_on, held_on=tomorrow.held_on)
    for accepted in (denounced, recommended):
        case = after(accepted, assigned)
        assert dialogues.announce_dialogue(tomorrow, case) == [announced_for]
        held = replace(hold_it, held_on=tomorrow.held_on)
        [minuted] = dialogues.hold_dialogue(held, after(accepted, assigned, announced_for))
        assert minuted == replace(dialogue, held_on=tomorrow.held_on)


def test_a_complaint_accepted_under_the_old_law_is_suspended_under_the_new_one() -> None:
    old = replace(opened, opened_on=date(2026, 6, 15))
    command = replace(suspend_it, suspended_on=date(2026, 7, 1))
    assert settling.suspend_case(command, after(old))


def test_a_denunciation_could_always_be_suspended() -> None:
    old = replace(denounced, opened_on=date(2026, 6, 1))
    command = replace(suspend_it, suspended_on=date(2026, 6, 30), ground=SuspensionGround.EXPERTISE)
    assert settling.suspend_case(command, after(old))


def test_one_criterion_allows_one_extension_and_two_allow_two() -> None:
    again = replace(extend_it, extended_on=date(2026, 11, 20), number="41/QĐ-UBND")
    once = (denounced, assigned, complex_once)
    case.given(*once).when(of_denunciations.extend_case, extend_it).then(extended)
    case.given(*once, extended).when(of_denunciations.extend_case, extend_it).then_nothing()
    case.given(*once, extended, complex_twice).when(of_denunciations.extend_case, again).then(
        extended_again
    )


def test_a_criterion_that_is_on_record_is_not_recorded_again() -> None:
    both = replace(declare_it, criteria=(ComplexCriterion.PLACES, ComplexCriterion.EVIDENCE))
    case.given(opened, complex_once).when(settling.declare_complex, declare_it).then_nothing()
    assert settling.declare_complex(both, after(opened, complex_once))


# -- withdrawn


def test_withdrawal_by_all_backs_the_termination() -> None:
    command = replace(
        terminate_it, ground=TerminationGround.WITHDRAWN, petition=petition(withdrawn)
    )
    (event,) = settling.terminate_case(command, after(*STARTED))
    assert event.ground is TerminationGround.WITHDRAWN


def test_several_complainants_may_withdraw_one_after_the_other() -> None:
    one = replace(withdrawn, by=("p1",), withdrawn_on=date(2026, 10, 27))
    other = replace(withdrawn, by=("p2",), withdrawn_on=date(2026, 10, 31))
    assert petition(one).withdrawn_whole_on is None
    assert petition(one, other).withdrawn_whole_on == date(2026, 10, 31)
    command = replace(
        terminate_it, ground=TerminationGround.WITHDRAWN, petition=petition(one, other)
    )
    case.given(*STARTED).when(settling.terminate_case, command).then_refused(
        "date_before_previous_step"
    )


def test_before_july_2026_withdrawal_under_pressure_still_ended_a_complaint() -> None:
    told = petition(replace(withdrawn, under_pressure=True, withdrawn_on=date(2026, 6, 20)))
    old = replace(opened, opened_on=date(2026, 6, 1))
    command = replace(
        terminate_it,
        terminated_on=date(2026, 6, 30),
        ground=TerminationGround.WITHDRAWN,
        petition=told,
    )
    assert settling.terminate_case(command, after(old))


def test_a_terminated_case_is_closed_as_such() -> None:
    command = replace(close_it, ground=ClosingGround.TERMINATED, closed_on=date(2026, 11, 2))
    (event,) = domain.close_case(command, after(*STARTED, terminated))
    assert event.ground is ClosingGround.TERMINATED


# -- decided


def test_a_complaint_that_is_plainly_right_needs_no_verification() -> None:
    command = replace(issue_it, outcome=Outcome.JUSTIFIED)
    case.given(*STARTED).when(domain.issue_decision, command).then(
        replace(decided, outcome=Outcome.JUSTIFIED)
    )


def test_after_the_dialogue_a_differing_complaint_is_decided() -> None:
    case.given(*STARTED, differing, announced, dialogue).when(domain.issue_decision, issue_it).then(
        decided
    )


def test_a_complainant_who_stays_away_does_not_stop_the_settlement() -> None:
    alone = replace(dialogue, complainant_attended=False)
    case.given(*STARTED, differing, announced, alone).when(domain.issue_decision, issue_it).then(
        decided
    )


def test_a_denunciation_needs_no_dialogue() -> None:
    case.given(denounced, assigned, differing).when(domain.issue_decision, issue_it).then(decided)


def test_a_recommendation_is_answered_without_verification() -> None:
    command = replace(issue_it, outcome=Outcome.ANSWERED)
    case.given(recommended, assigned).when(domain.issue_decision, command).then(answered)


def test_a_decision_read_back_without_its_text_is_not_taken_for_the_same() -> None:
    stored = replace(decided, personal=Personal.nothing())
    case.given(*VERIFIED, stored).when(domain.issue_decision, issue_it).then_refused(
        "already_decided"
    )


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("outcome", list(Outcome))
def test_the_outcome_fits_the_kind(kind, outcome) -> None:
    is_answer = kind in (Kind.RECOMMENDATION, Kind.FEEDBACK)
    asked_for = case.given(replace(opened, kind=kind), assigned, verified).when(
        domain.issue_decision, replace(issue_it, outcome=outcome)
    )
    if (outcome is Outcome.ANSWERED) == is_answer:
        asked_for.then(replace(decided, outcome=outcome))
    else:
        asked_for.then_refused("outcome_not_for_kind")


# -- carried out and closed


def test_a_second_sending_adds_recipients() -> None:
    more = replace(send_it, recipients=(Recipient.FORWARDER,), sent_on=date(2026, 11, 9))
    case.given(*DECIDED, sent).when(delivery.send_decision, more).then(
        DecisionSent(sent_on=date(2026, 11, 9), recipients=(Recipient.FORWARDER,))
    )


def test_a_decision_can_be_published_in_another_form_later() -> None:
    more = replace(publish_it, forms=(PublicationForm.MEETING,), published_on=date(2026, 11, 12))
    assert delivery.publish_decision(more, after(*DECIDED, published))


def test_legal_effect_and_the_window_for_a_second_complaint_are_two_clocks() -> None:
    # Worked cases 15 and 16: received on 5 May, issued on 4 May 2026.
    assert effective_from(opened, date(2026, 5, 4)) == date(2026, 6, 4)
    assert appeal_ends_on(opened, date(2026, 5, 5), CALENDAR) == date(2026, 6, 4)


@pytest.mark.parametrize(
    ("change", "procedure", "effect", "facts"),
    [
        ({}, "khieu_nai", "legal_effect_1", Facts()),
        ({"is_remote": True}, "khieu_nai", "legal_effect_1", Facts(remote=True)),
        ({"is_disciplinary": True}, "khieu_nai_ky_luat", "legal_effect", Facts()),
    ],
)
def test_legal_effect_is_the_day_after_the_limit_of_the_rule_table(
    change, procedure, effect, facts
) -> None:
    rules, day = RuleTable.load(), date(2026, 10, 5)
    term = compute(procedure, effect, day, facts, CALENDAR, rules)
    started = effective_from(replace(opened, **change), day)
    assert started in (term.due, term.due + timedelta(days=1))
    assert (started - day).days == (46 if "is_remote" in change else 31)


@pytest.mark.parametrize(
    ("change", "procedure", "stage", "facts"),
    [
        ({}, "khieu_nai", "appeal_window", Facts()),
        ({"is_remote": True}, "khieu_nai", "appeal_window", Facts(remote=True)),
        ({"is_disciplinary": True}, "khieu_nai_ky_luat", "limitation_2", Facts()),
        (
            {"is_disciplinary": True, "is_dismissal": True},
            "khieu_nai_ky_luat",
            "limitation_2",
            Facts(dismissal=True),
        ),
    ],
)
@pytest.mark.parametrize("day", [date(2026, 1, 19), date(2026, 6, 15), date(2026, 10, 8)])
def test_the_window_ends_when_the_rule_table_says(change, procedure, stage, facts, day) -> None:
    term = compute(procedure, stage, day, facts, CALENDAR, RuleTable.load())
    assert appeal_ends_on(replace(opened, **change), day, CALENDAR) == term.due


def test_where_the_calendar_ends_the_window_is_rather_long() -> None:
    assert appeal_ends_on(opened, date(2011, 8, 1), CALENDAR) == date(2011, 9, 14)


def test_a_complaint_is_closed_once_both_clocks_are_over() -> None:
    case.given(*DECIDED, received).when(domain.close_case, close_it).then(closed)
    case.given(*DECIDED, received, closed).when(domain.close_case, close_it).then_nothing()


def test_the_window_of_the_last_complainant_counts() -> None:
    late = replace(received, ref="p2", received_on=date(2026, 11, 20))
    case.given(*DECIDED, received, late).when(domain.close_case, close_it).then_refused(
        "appeal_window_open"
    )


def test_what_was_carried_out_is_closed_without_waiting() -> None:
    command = replace(close_it, closed_on=date(2026, 12, 9))
    case.given(*DECIDED, ordered, enforced).when(domain.close_case, command).then(
        replace(closed, closed_on=date(2026, 12, 9))
    )


def test_a_complaint_undecided_after_its_limit_goes_to_the_province() -> None:
    command = replace(lodge_it, lodged_on=date(2026, 11, 8))
    assert of_complaints.lodge_second_complaint(command, after(*STARTED))
    complex_one = replace(command, lodged_on=date(2026, 11, 22))
    case.given(*STARTED, complex_once).when(
        of_complaints.lodge_second_complaint, complex_one
    ).then_refused("second_complaint_too_early")


def test_after_the_second_decision_is_in_effect_it_is_enforced_or_closed() -> None:
    told = petition(decided_by_province)  # issued on 21 December, in effect from 21 January
    past = (*DECIDED, received, lodged)
    early = replace(close_it, closed_on=date(2027, 1, 20), petition=told)
    case.given(*past).when(domain.close_case, early).then_refused("decision_not_effective")
    assert domain.close_case(replace(early, closed_on=date(2027, 1, 21)), after(*past))
    order = replace(order_it, ordered_on=date(2027, 1, 21), due_on=None, petition=told)
    assert of_complaints.order_enforcement(order, after(*past))


def test_what_the_province_did_not_take_up_leaves_the_first_decision_in_force() -> None:
    past = (*DECIDED, received, lodged, replace(second_refused, refused_on=date(2026, 12, 14)))
    early = replace(close_it, closed_on=date(2026, 12, 13))
    case.given(*past).when(domain.close_case, early).then_refused("date_before_previous_step")
    assert domain.close_case(replace(early, closed_on=date(2026, 12, 14)), after(*past))
    order = replace(order_it, ordered_on=date(2026, 12, 13))
    case.given(*past).when(of_complaints.order_enforcement, order).then_refused(
        "decision_not_effective"
    )
    assert of_complaints.order_enforcement(
        replace(order, ordered_on=date(2026, 12, 14)), after(*past)
    )
    again = replace(lodge_it, lodged_on=date(2026, 12, 15))
    (lodged_again,) = of_complaints.lodge_second_complaint(again, after(*past))
    assert after(*past, lodged_again).second_answer is None


def test_a_cancelled_decision_is_settled_anew_from_the_new_acceptance() -> None:
    past = (*DECIDED, received, lodged, second_accepted, resettled)
    anew = after(*past)
    assert (anew.decision, anew.verified, anew.appealed) == (None, None, None)
    assert (anew.assigned, anew.recused) == (assigned, frozenset())
    decide = replace(issue_it, decided_on=date(2027, 1, 12), number="3/QĐ-UBND")
    case.given(*past).when(domain.issue_decision, decide).then_refused("not_verified")
    report = replace(report_it, reported_on=date(2026, 12, 22))
    case.given(*past).when(settling.report_verification, report).then_refused("date_before_opening")
    report = replace(report, reported_on=date(2026, 12, 30))
    (found,) = settling.report_verification(report, anew)
    (decision,) = domain.issue_decision(decide, after(*past, found))
    # The province's decision about the first one is not taken for one about the second.
    told = petition(cancelled_by_province)
    close = replace(close_it, closed_on=date(2027, 2, 10), petition=told)
    case.given(*past, found, decision).when(domain.close_case, close).then_refused(
        "decision_not_effective"
    )


def test_who_decided_may_cancel_it_while_the_province_has_not_decided() -> None:
    command = replace(
        resettle_it, ground=ResettlementGround.SELF_CANCELLED, accepted_on=date(2026, 12, 4)
    )
    assert of_complaints.accept_resettlement(command, after(*DECIDED, lodged, second_accepted))


def test_a_prosecution_is_reported_though_the_file_is_closed() -> None:
    figures = Figures(cases_prosecuted=1, people_prosecuted=2, officials_prosecuted=1)
    command = delivery.ReportResults(file=FILE, reported_on=date(2027, 3, 1), results=figures)
    past = (*DECIDED, received, closed)
    (reported,) = delivery.report_results(command, after(*past))
    assert reported.results == figures
    case.given(*past, reported).when(delivery.report_results, command).then_nothing()


def test_a_decision_says_what_it_calls_for_and_the_enforcement_what_was_done() -> None:
    figures = Figures(money_returned=45_000_000, people_handled=2, officials_handled=2)
    decide = replace(issue_it, calls_for=figures)
    case.given(*VERIFIED).when(domain.issue_decision, decide).then(
        replace(decided, calls_for=figures)
    )
    carry_out = replace(enforce_it, results=figures)
    case.given(*DECIDED, ordered).when(of_complaints.record_enforcement, carry_out).then(
        replace(enforced, results=figures)
    )
    to_the_party = replace(
        handle_it, measure=Measure.PARTY, results=Figures(party_members=1), is_complete=True
    )
    (handed_over,) = of_denunciations.handle_conclusion(
        to_the_party, after(denounced, assigned, verified, decided)
    )
    assert handed_over.results.party_members == 1
    assert handed_over.is_complete


def test_a_court_that_took_the_case_has_not_decided_the_second_complaint() -> None:
    court = replace(decided_by_province, outcome="toa_an_thu_ly")
    assert petition(court).decided_outside_after(lodged.lodged_on) is None
    later = replace(court, decided_on=date(2026, 12, 28))
    told = petition(decided_by_province, later)
    assert told.decided_outside_after(lodged.lodged_on) == decided_by_province.decided_on


def test_a_later_decision_on_the_second_complaint_takes_the_place_of_an_earlier_one() -> None:
    later = replace(cancelled_by_province, decided_on=date(2026, 12, 28))
    told = petition(later, decided_by_province)  # the older one was recorded later
    assert told.decided_outside_after(lodged.lodged_on) == later.decided_on
    assert told.cancelled_outside_after(lodged.lodged_on) == later.decided_on


def test_of_two_decisions_of_one_day_the_one_recorded_last_stands() -> None:
    told = petition(decided_by_province, cancelled_by_province)
    assert told.cancelled_outside_after(lodged.lodged_on) == cancelled_by_province.decided_on
    told = petition(cancelled_by_province, decided_by_province)
    assert told.cancelled_outside_after(lodged.lodged_on) is None


def test_a_handled_and_published_denunciation_is_closed() -> None:
    concluded = (denounced, assigned, verified, decided)
    case.given(*concluded).when(of_denunciations.handle_conclusion, handle_it).then(handled)
    case.given(*concluded, handled).when(
        of_denunciations.handle_conclusion, handle_it
    ).then_nothing()
    command = replace(close_it, closed_on=date(2026, 11, 13))
    assert domain.close_case(command, after(*concluded, handled, published))


def test_who_was_denounced_wrongly_has_their_rights_restored() -> None:
    cleared = replace(decided, outcome=Outcome.UNJUSTIFIED)
    command = replace(handle_it, measure=Measure.RIGHTS_RESTORED)
    assert of_denunciations.handle_conclusion(
        command, after(denounced, assigned, verified, cleared)
    )


def test_an_answered_recommendation_is_closed_as_answered() -> None:
    command = replace(close_it, ground=ClosingGround.ANSWERED, closed_on=date(2026, 11, 6))
    case.given(recommended, assigned, answered).when(domain.close_case, command).then(
        replace(closed, ground=ClosingGround.ANSWERED, closed_on=date(2026, 11, 6))
    )


def test_the_order_that_was_issued_is_sent_once_and_known_by_its_number() -> None:
    sent = OrderSent(
        sent_on=send_order.sent_on, number="28/QĐ-UBND", recipients=(Recipient.COMPLAINANT,)
    )
    case.given(*STARTED, suspended).when(delivery.send_order, send_order).then(sent)
    case.given(*STARTED, suspended, sent).when(delivery.send_order, send_order).then_nothing()
