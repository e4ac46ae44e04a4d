"""Every refusal code, in the situation that it is for; a code without a row here fails."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from services.assignment import asking, delivery, dialogues, domain, planning, settling, tasks
from services.assignment import complaints as of_complaints
from services.assignment import denunciations as of_denunciations
from services.assignment.refusals import REFUSALS
from shared.contracts.cases import (
    ClosingGround,
    Figures,
    Measure,
    Outcome,
    Recipient,
    ResettlementGround,
    SuspensionGround,
    TaskSet,
    TaskTopic,
    TerminationGround,
)
from shared.contracts.petitions import Kind
from tests.support.given_when_then import Specification
from tests.unit.assignment.given import (
    MAI,
    NAM,
    NHAN_HOA,
    VIET,
    accept_second,
    announce_it,
    announced,
    answer_it,
    asked,
    assign_it,
    assigned,
    case,
    close_it,
    closed,
    complex_once,
    complex_twice,
    continue_it,
    continued,
    contradictory,
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
    flag_it,
    flagged,
    handle_it,
    handled,
    hold_it,
    inform_it,
    issue_it,
    lodge_it,
    lodged,
    notify_it,
    open_it,
    opened,
    order_expertise_,
    order_it,
    ordered,
    petition,
    plan_it,
    planned,
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
    second_accepted,
    second_refused,
    send_it,
    send_order,
    succeeded,
    supplied,
    supply_it,
    suspend_it,
    suspended,
    terminate_it,
    terminated,
    verified,
    withdrawn,
)

README = (Path(__file__).parents[3] / "services" / "assignment" / "README.md").read_text("utf-8")

STARTED = (opened, assigned)
VERIFIED = (*STARTED, verified)
DECIDED = (*VERIFIED, decided)
TWICE_MOVED = (
    *STARTED,
    replace(assigned, officer=NAM, assigned_on=date(2026, 10, 12)),
    replace(assigned, officer=VIET, assigned_on=date(2026, 10, 14)),
)
before_2026 = date(2026, 6, 30)
old = replace(opened, opened_on=date(2026, 6, 1))

LODGE_AGAIN = (
    of_complaints.lodge_second_complaint,
    replace(lodge_it, lodged_on=date(2026, 12, 4)),
)

REPORT = delivery.ReportResults(
    file="7f3k9q2mxw4t", reported_on=date(2026, 12, 1), results=Figures(cases_prosecuted=1)
)

#: (code, past, decide, command): the code is the answer.
SITUATIONS = [
    ("unknown_file", (), domain.assign_case, assign_it),
    ("already_open", (opened,), domain.open_case, replace(open_it, kind=Kind.DENUNCIATION)),
    ("case_not_open", (*DECIDED, received, closed), asking.record_police_answer, answer_it),
    (
        "case_not_open",
        (*DECIDED, received, closed),
        domain.close_case,
        replace(close_it, closed_on=date(2026, 12, 12)),
    ),
    ("case_terminated", (*STARTED, terminated), domain.issue_decision, issue_it),
    ("case_terminated", (*STARTED, terminated), domain.close_case, close_it),
    ("case_terminated", (*STARTED, terminated), of_complaints.lodge_second_complaint, lodge_it),
    ("already_decided", DECIDED, domain.assign_case, replace(assign_it, officer=NAM)),
    ("already_decided", DECIDED, settling.suspend_case, suspend_it),
    ("not_decided", VERIFIED, domain.close_case, close_it),
    ("not_decided", VERIFIED, delivery.send_decision, send_it),
    ("not_decided", VERIFIED, of_complaints.order_enforcement, order_it),
    ("only_for_complaints", (denounced, assigned), of_complaints.lodge_second_complaint, lodge_it),
    ("only_for_denunciations", (*STARTED, complex_once), of_denunciations.extend_case, extend_it),
    ("only_for_denunciations", DECIDED, of_denunciations.handle_conclusion, handle_it),
    ("step_not_for_kind", (recommended, assigned), settling.declare_complex, declare_it),
    ("step_not_for_kind", (recommended, assigned), asking.order_expertise, order_expertise_),
    (
        "ground_not_for_kind",
        STARTED,
        settling.suspend_case,
        replace(suspend_it, ground=SuspensionGround.EXPERTISE),
    ),
    ("ground_not_for_kind", (denounced, assigned), settling.terminate_case, terminate_it),
    (
        "ground_not_for_kind",
        (old, assigned),
        settling.terminate_case,
        replace(terminate_it, terminated_on=before_2026),
    ),
    (
        "ground_not_for_kind",
        DECIDED,
        domain.close_case,
        replace(close_it, ground=ClosingGround.ANSWERED),
    ),
    (
        "recipient_not_for_kind",
        STARTED,
        settling.notify_acceptance,
        replace(notify_it, recipients=(Recipient.DENOUNCER,)),
    ),
    (
        "recipient_not_for_kind",
        (disciplinary,),
        settling.notify_acceptance,
        replace(notify_it, recipients=(Recipient.FORWARDER,)),
    ),
    (
        "date_before_opening",
        (opened,),
        domain.assign_case,
        replace(assign_it, assigned_on=date(2026, 10, 7)),
    ),
    (
        "date_before_opening",
        (opened,),
        domain.recuse_officer,
        replace(recuse_it, recused_on=date(2026, 10, 7)),
    ),
    (
        "date_before_opening",
        (opened,),
        settling.notify_acceptance,
        replace(notify_it, notified_on=date(2026, 10, 7)),
    ),
    (
        "date_before_assignment",
        VERIFIED,
        domain.issue_decision,
        replace(issue_it, decided_on=date(2026, 10, 8)),
    ),
    (
        "date_before_assignment",
        STARTED,
        settling.report_verification,
        replace(report_it, reported_on=date(2026, 10, 8)),
    ),
    (
        "date_before_previous_step",
        VERIFIED,
        domain.issue_decision,
        replace(issue_it, decided_on=date(2026, 10, 19)),
    ),
    (
        "date_before_previous_step",
        (*STARTED, suspended),
        settling.continue_case,
        replace(continue_it, continued_on=date(2026, 10, 14)),
    ),
    (
        "date_before_previous_step",
        STARTED,
        dialogues.announce_dialogue,
        replace(announce_it, held_on=date(2026, 10, 20)),
    ),
    (
        "date_before_previous_step",
        (*DECIDED, ordered),
        of_complaints.record_enforcement,
        replace(enforce_it, enforced_on=date(2026, 12, 6)),
    ),
    (
        "date_before_decision",
        DECIDED,
        delivery.publish_decision,
        replace(publish_it, published_on=date(2026, 11, 4)),
    ),
    (
        "date_before_decision",
        DECIDED,
        domain.close_case,
        replace(close_it, closed_on=date(2026, 11, 4)),
    ),
    (
        "due_before_start",
        DECIDED,
        of_complaints.order_enforcement,
        replace(order_it, due_on=date(2026, 12, 6)),
    ),
    ("not_assigned", (opened, verified), domain.issue_decision, issue_it),
    ("not_assigned", (opened,), settling.report_verification, report_it),
    (
        "unknown_officer",
        STARTED,
        settling.report_verification,
        replace(report_it, officer="bà Hợp"),
    ),
    ("unknown_unit", (opened,), domain.assign_case, replace(assign_it, unit="phong-khong-co")),
    ("unknown_unit", DECIDED, of_complaints.order_enforcement, replace(order_it, unit="khac")),
    ("unknown_officer", (opened,), domain.recuse_officer, replace(recuse_it, officer="chu-tich")),
    (
        "officer_not_in_unit",
        (opened,),
        domain.assign_case,
        replace(assign_it, officer="cb-xa-hoi-1"),
    ),
    ("conflict_of_interest", (opened, recused), domain.assign_case, assign_it),
    ("conflict_of_interest", (*STARTED, recused), domain.assign_case, assign_it),
    ("conflict_of_interest", (*STARTED, recused), settling.report_verification, report_it),
    ("conflict_of_interest", (*VERIFIED, recused), domain.issue_decision, issue_it),
    (
        "too_many_transfers",
        TWICE_MOVED,
        domain.assign_case,
        replace(assign_it, assigned_on=date(2026, 10, 16), max_transfers=2),
    ),
    (
        "expertise_pending",
        (*STARTED, expertise),
        asking.order_expertise,
        replace(order_expertise_, number="32/QĐ-UBND"),
    ),
    ("expertise_not_ordered", STARTED, asking.receive_expertise, receive_expertise_),
    ("criteria_missing", STARTED, settling.declare_complex, replace(declare_it, criteria=())),
    (
        "criteria_missing",
        (replace(denounced, opened_on=date(2026, 6, 1)),),
        settling.declare_complex,
        replace(declare_it, declared_on=before_2026, criteria=()),
    ),
    (
        "suspension_not_in_law",
        (old, assigned),
        settling.suspend_case,
        replace(suspend_it, suspended_on=before_2026),
    ),
    ("suspension_not_in_law", (recommended,), settling.suspend_case, suspend_it),
    ("case_suspended", (*VERIFIED, suspended), domain.issue_decision, issue_it),
    (
        "case_suspended",
        (*STARTED, suspended),
        settling.suspend_case,
        replace(suspend_it, number="29/QĐ-UBND"),
    ),
    ("unknown_order", STARTED, delivery.send_order, send_order),
    (
        "date_before_order",
        (*STARTED, suspended),
        delivery.send_order,
        replace(send_order, sent_on=date(2026, 10, 14)),
    ),
    ("not_suspended", STARTED, settling.continue_case, continue_it),
    (
        "not_suspended",
        (*STARTED, suspended, continued),
        settling.continue_case,
        replace(continue_it, number="34/QĐ-UBND"),
    ),
    (
        "not_withdrawn_whole",
        STARTED,
        settling.terminate_case,
        replace(
            terminate_it,
            ground=TerminationGround.WITHDRAWN,
            petition=petition(replace(withdrawn, by=("p1",))),
        ),
    ),
    (
        "not_withdrawn_whole",
        STARTED,
        settling.terminate_case,
        replace(
            terminate_it,
            ground=TerminationGround.WITHDRAWN,
            petition=petition(replace(withdrawn, is_whole=False)),
        ),
    ),
    (
        "heirs_go_on",
        STARTED,
        settling.terminate_case,
        replace(terminate_it, ground=TerminationGround.DIED, petition=petition(succeeded)),
    ),
    (
        "withdrawal_does_not_end_it",
        (denounced,),
        settling.terminate_case,
        replace(
            terminate_it,
            ground=TerminationGround.WITHDRAWN,
            petition=petition(replace(withdrawn, signs_of_violation=True)),
        ),
    ),
    (
        "withdrawal_does_not_end_it",
        (denounced,),
        settling.terminate_case,
        replace(
            terminate_it,
            ground=TerminationGround.WITHDRAWN,
            petition=petition(replace(withdrawn, under_pressure=True)),
        ),
    ),
    (
        "withdrawal_does_not_end_it",
        (opened,),
        settling.terminate_case,
        replace(
            terminate_it,
            ground=TerminationGround.WITHDRAWN,
            petition=petition(replace(withdrawn, under_pressure=True)),
        ),
    ),
    ("not_complex_enough", (denounced, assigned), of_denunciations.extend_case, extend_it),
    (
        "not_complex_enough",
        (denounced, complex_once, extended),
        of_denunciations.extend_case,
        replace(extend_it, number="41/QĐ-UBND"),
    ),
    (
        "no_more_extensions",
        (denounced, complex_once, complex_twice, extended, extended_again),
        of_denunciations.extend_case,
        replace(extend_it, number="42/QĐ-UBND"),
    ),
    (
        "dialogue_notice_too_short",
        STARTED,
        dialogues.announce_dialogue,
        replace(announce_it, held_on=date(2026, 10, 25)),
    ),
    ("dialogue_not_announced", STARTED, dialogues.hold_dialogue, hold_it),
    (
        "dialogue_not_announced",
        (*STARTED, announced),
        dialogues.hold_dialogue,
        replace(hold_it, held_on=date(2026, 10, 29)),
    ),
    (
        "outcome_not_for_kind",
        VERIFIED,
        domain.issue_decision,
        replace(issue_it, outcome=Outcome.ANSWERED),
    ),
    ("not_verified", STARTED, domain.issue_decision, issue_it),
    (
        "not_verified",
        (denounced, assigned),
        domain.issue_decision,
        replace(issue_it, outcome=Outcome.JUSTIFIED),
    ),
    ("dialogue_due", (*STARTED, differing), domain.issue_decision, issue_it),
    ("dialogue_due", (disciplinary, assigned, verified), domain.issue_decision, issue_it),
    (
        "dialogue_due",
        (*STARTED, dialogue, replace(differing, reported_on=date(2026, 11, 2))),
        domain.issue_decision,
        issue_it,
    ),
    (
        "dialogue_not_led_by_chair",
        (*STARTED, differing, replace(dialogue, led_by_chair=False)),
        domain.issue_decision,
        issue_it,
    ),
    (
        "recipients_missing",
        DECIDED,
        delivery.send_decision,
        replace(send_it, recipients=(Recipient.COMPLAINANT,)),
    ),
    ("recipients_missing", STARTED, settling.notify_acceptance, replace(notify_it, recipients=())),
    (
        "already_received",
        (*DECIDED, received),
        delivery.record_receipt,
        replace(receive_it, received_on=date(2026, 11, 12)),
    ),
    ("publication_form_missing", DECIDED, delivery.publish_decision, replace(publish_it, forms=())),
    (
        "measure_not_for_outcome",
        (denounced, assigned, verified, replace(decided, outcome=Outcome.UNJUSTIFIED)),
        of_denunciations.handle_conclusion,
        handle_it,
    ),
    (
        "measure_not_for_outcome",
        (denounced, assigned, verified, replace(decided, outcome=Outcome.JUSTIFIED)),
        of_denunciations.handle_conclusion,
        replace(handle_it, measure=Measure.NONE_CALLED_FOR),
    ),
    (
        "already_lodged",
        (*DECIDED, lodged),
        of_complaints.lodge_second_complaint,
        replace(lodge_it, lodged_on=date(2026, 11, 26)),
    ),
    (
        "second_complaint_too_early",
        STARTED,
        of_complaints.lodge_second_complaint,
        replace(lodge_it, lodged_on=date(2026, 11, 7)),
    ),
    ("second_complaint_pending", (*DECIDED, received, lodged), domain.close_case, close_it),
    ("second_complaint_pending", (*DECIDED, lodged), of_complaints.order_enforcement, order_it),
    (
        "decision_not_effective",
        DECIDED,
        of_complaints.order_enforcement,
        replace(order_it, ordered_on=date(2026, 12, 5)),
    ),
    (
        "decision_not_effective",
        (*DECIDED, received),
        domain.close_case,
        replace(close_it, closed_on=date(2026, 12, 5)),
    ),
    ("enforcement_not_ordered", DECIDED, of_complaints.record_enforcement, enforce_it),
    (
        "already_enforced",
        (*DECIDED, ordered, enforced),
        of_complaints.record_enforcement,
        replace(enforce_it, enforced_on=date(2026, 12, 10)),
    ),
    (
        "already_enforced",
        (*DECIDED, ordered, enforced),
        of_complaints.order_enforcement,
        replace(order_it, number="53/QĐ-UBND"),
    ),
    (
        "not_terminated",
        DECIDED,
        domain.close_case,
        replace(close_it, ground=ClosingGround.TERMINATED),
    ),
    ("receipt_unknown", DECIDED, domain.close_case, close_it),
    ("receipt_unknown", (*DECIDED, replace(received, ref="r1")), domain.close_case, close_it),
    (
        "appeal_window_open",
        (*DECIDED, received),
        domain.close_case,
        replace(close_it, closed_on=date(2026, 12, 10)),
    ),
    ("enforcement_unfinished", (*DECIDED, received, ordered), domain.close_case, close_it),
    (
        "enforcement_unfinished",
        (*DECIDED, received, ordered, replace(enforced, is_complete=False)),
        domain.close_case,
        close_it,
    ),
    (
        "not_published",
        (denounced, assigned, verified, decided, handled),
        domain.close_case,
        close_it,
    ),
    (
        "conclusion_not_handled",
        (denounced, assigned, verified, decided, published),
        domain.close_case,
        close_it,
    ),
    (
        "recipient_not_for_kind",
        STARTED,
        asking.request_documents,
        replace(request_it, asked=Recipient.DENOUNCED),
    ),
    ("step_not_for_kind", (recommended, assigned), asking.request_documents, request_it),
    ("documents_not_requested", STARTED, asking.record_documents, supply_it),
    (
        "documents_not_requested",
        (*STARTED, requested, supplied),
        asking.record_documents,
        supply_it,
    ),
    (
        "documents_not_requested",
        (*STARTED, requested),
        asking.record_documents,
        replace(supply_it, asked=Recipient.RELATED),
    ),
    (
        "date_before_previous_step",
        (*STARTED, requested),
        asking.record_documents,
        replace(supply_it, supplied_on=date(2026, 10, 11)),
    ),
    ("second_not_lodged", DECIDED, of_complaints.record_second_acceptance, accept_second),
    ("second_not_lodged", DECIDED, of_complaints.record_second_refusal, refuse_second),
    ("second_not_lodged", DECIDED, of_complaints.accept_resettlement, resettle_it),
    (
        "second_already_answered",
        (*DECIDED, lodged, second_accepted),
        of_complaints.record_second_refusal,
        refuse_second,
    ),
    (
        "date_before_previous_step",
        (*DECIDED, lodged),
        of_complaints.record_second_acceptance,
        replace(accept_second, accepted_on=date(2026, 11, 24)),
    ),
    (
        "date_before_previous_step",
        (*DECIDED, lodged, second_refused),
        of_complaints.lodge_second_complaint,
        replace(lodge_it, lodged_on=date(2026, 12, 2)),
    ),
    ("already_lodged", (*DECIDED, lodged, second_accepted), *LODGE_AGAIN),
    (
        "not_cancelled",
        (*DECIDED, lodged),
        of_complaints.accept_resettlement,
        replace(resettle_it, petition=petition(decided_by_province)),
    ),
    (
        "not_cancelled",
        (*DECIDED, lodged),
        of_complaints.accept_resettlement,
        replace(
            resettle_it,
            ground=ResettlementGround.SELF_CANCELLED,
            petition=petition(decided_by_province),
        ),
    ),
    ("not_decided", (*STARTED, lodged), of_complaints.accept_resettlement, resettle_it),
    (
        "not_decided",
        (*STARTED, lodged, second_refused),
        of_complaints.order_enforcement,
        order_it,
    ),
    (
        "date_before_previous_step",
        (*DECIDED, lodged),
        of_complaints.accept_resettlement,
        replace(
            resettle_it,
            accepted_on=date(2026, 11, 24),
            ground=ResettlementGround.SELF_CANCELLED,
        ),
    ),
    ("not_forwarded", DECIDED, delivery.inform_forwarder, replace(inform_it, petition=petition())),
    ("unknown_file", (), delivery.report_results, REPORT),
    ("not_decided", VERIFIED, delivery.report_results, REPORT),
    (
        "date_before_decision",
        DECIDED,
        delivery.report_results,
        replace(REPORT, reported_on=date(2026, 11, 4)),
    ),
    (
        "figures_inconsistent",
        DECIDED,
        delivery.report_results,
        replace(REPORT, results=contradictory),
    ),
    (
        "figures_inconsistent",
        VERIFIED,
        domain.issue_decision,
        replace(issue_it, calls_for=contradictory),
    ),
    (
        "figures_inconsistent",
        (*DECIDED, ordered),
        of_complaints.record_enforcement,
        replace(enforce_it, results=contradictory),
    ),
    (
        "figures_inconsistent",
        DECIDED,
        of_complaints.order_enforcement,
        replace(order_it, calls_for=contradictory),
    ),
    (
        "figures_inconsistent",
        (denounced, assigned, verified, decided),
        of_denunciations.handle_conclusion,
        replace(handle_it, results=contradictory),
    ),
    ("unknown_file", (), planning.plan_settlement, plan_it),
    ("case_not_open", (*DECIDED, received, closed), planning.plan_settlement, plan_it),
    (
        "unknown_unit",
        STARTED,
        planning.plan_settlement,
        replace(plan_it, unit="phong-khong-co"),
    ),
    ("officer_not_in_unit", STARTED, planning.plan_settlement, replace(plan_it, unit="van-phong")),
    (
        "unknown_officer",
        STARTED,
        planning.plan_settlement,
        replace(plan_it, unit=None, officer="cb-khong-co"),
    ),
    ("conflict_of_interest", (*STARTED, recused), planning.plan_settlement, plan_it),
    (
        "due_before_start",
        STARTED,
        planning.plan_settlement,
        replace(plan_it, finish_by=date(2026, 10, 25)),
    ),
    (
        "date_before_opening",
        STARTED,
        planning.plan_settlement,
        replace(plan_it, planned_on=date(2026, 10, 7)),
    ),
    (
        "date_before_previous_step",
        (*STARTED, planned),
        planning.plan_settlement,
        replace(plan_it, planned_on=date(2026, 10, 25)),
    ),
    ("unknown_file", (), planning.change_flags, flag_it),
    ("case_not_open", (*DECIDED, received, closed), planning.change_flags, flag_it),
    (
        "date_before_opening",
        STARTED,
        planning.change_flags,
        replace(flag_it, changed_on=date(2026, 10, 7)),
    ),
    (
        "date_before_previous_step",
        (*STARTED, flagged),
        planning.change_flags,
        replace(flag_it, changed_on=date(2026, 10, 21), flags=()),
    ),
    ("police_not_asked", STARTED, asking.record_police_answer, answer_it),
    (
        "date_before_previous_step",
        (*STARTED, asked),
        asking.record_police_answer,
        replace(answer_it, answered_on=date(2026, 10, 18)),
    ),
]

task = Specification(initial=tasks.Task(), evolve=tasks.evolve)
set_it = tasks.SetTask(
    task="0a1b2c3d4e5f",
    set_on=date(2026, 10, 1),
    due_on=date(2026, 12, 15),
    topic=TaskTopic.TRAINING,
    unit="van-phong",
    officer="cb-van-phong-1",
    directory=NHAN_HOA,
)
finish_it = tasks.FinishTask(task="0a1b2c3d4e5f", done_on=date(2026, 11, 19), events=2, people=64)
task_set = TaskSet(
    set_on=date(2026, 10, 1),
    due_on=date(2026, 12, 15),
    topic=TaskTopic.TRAINING,
    unit="van-phong",
    officer="cb-van-phong-1",
)
TASK_SITUATIONS = [
    ("unknown_unit", (), tasks.set_task, replace(set_it, unit="phong-khong-co")),
    ("officer_not_in_unit", (), tasks.set_task, replace(set_it, officer=MAI)),
    ("due_before_start", (), tasks.set_task, replace(set_it, due_on=date(2026, 9, 30))),
    ("unknown_task", (), tasks.finish_task, finish_it),
    (
        "date_before_previous_step",
        (task_set,),
        tasks.finish_task,
        replace(finish_it, done_on=date(2026, 9, 30)),
    ),
    (
        "figures_inconsistent",
        (task_set,),
        tasks.finish_task,
        replace(finish_it, figures=contradictory),
    ),
]


def _name(value):
    return value if isinstance(value, str) else getattr(value, "__name__", "")


@pytest.mark.parametrize(("code", "past", "decide", "command"), SITUATIONS, ids=_name)
def test_a_step_is_refused_with_the_code_that_says_why(code, past, decide, command) -> None:
    case.given(*past).when(decide, command).then_refused(code)


@pytest.mark.parametrize(("code", "past", "decide", "command"), TASK_SITUATIONS, ids=_name)
def test_a_task_is_refused_with_the_code_that_says_why(code, past, decide, command) -> None:
    task.given(*past).when(decide, command).then_refused(code)


def test_a_task_is_set_and_done_once() -> None:
    task.given().when(tasks.set_task, set_it).then(task_set)
    task.given(task_set).when(tasks.set_task, set_it).then_nothing()
    (done,) = tasks.finish_task(finish_it, tasks.Task(set=task_set))
    assert (done.events, done.people) == (2, 64)
    task.given(task_set, done).when(tasks.finish_task, finish_it).then_refused("task_done")


def test_every_code_has_a_situation() -> None:
    shown = {code for code, *_ in (*SITUATIONS, *TASK_SITUATIONS)}
    elsewhere = {"task_done", "nobody_without_conflict"}  # above, and in test_routing
    assert shown | elsewhere == set(REFUSALS)


def test_every_refusal_says_a_vietnamese_sentence_and_its_source() -> None:
    for code, (sentence, source) in REFUSALS.items():
        assert sentence.endswith("."), code
        assert not sentence.isascii(), code
        assert source, code


def test_the_readme_has_every_code_with_its_source() -> None:
    rows = dict(re.findall(r"^\| `([a-z_0-9]+)` \| (.+) \|$", README, flags=re.MULTILINE))
    told = {code: rows.get(code) for code in REFUSALS}
    assert told == {
        code: source.replace("internal", "own rule") for code, (_, source) in REFUSALS.items()
    }
