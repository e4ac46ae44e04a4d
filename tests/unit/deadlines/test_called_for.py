"""Which limits each procedure calls for: stage, rule, due day, and by what each is done."""

from dataclasses import replace
from datetime import date

import pytest

from services.deadlines.calling import Law
from services.deadlines.policies import Assignee, assignee, limits_called_for
from services.deadlines.rules import RuleTable
from shared.contracts.cases import (
    AcceptanceNotified,
    CaseClosed,
    CaseContinued,
    CaseDeclaredComplex,
    CaseSuspended,
    CaseTerminated,
    ClosingGround,
    ComplexCriterion,
    ConclusionHandled,
    DecisionEnforced,
    DecisionIssued,
    DecisionPublished,
    DecisionReceivedByParty,
    DecisionSent,
    DialogueAnnounced,
    DocumentsRequested,
    DocumentsSupplied,
    EnforcementOrdered,
    ExpertiseOrdered,
    ExpertiseReceived,
    ForwarderInformed,
    Measure,
    OrderSent,
    Outcome,
    PublicationForm,
    Recipient,
    ResettlementAccepted,
    ResettlementGround,
    SecondComplaintAccepted,
    SecondComplaintLodged,
    SecondComplaintRefused,
    SuspensionGround,
    TaskDone,
    TaskSet,
    TaskTopic,
    TerminationGround,
)
from shared.contracts.petitions import (
    AcceptanceRefused,
    Channel,
    CheckOrdered,
    Field,
    ForwardPurpose,
    Kind,
    OutsideDecisionReceived,
    Party,
    PetitionAccepted,
    PetitionClassified,
    PetitionFiledAway,
    PetitionForwarded,
    PetitionReceived,
    PetitionWithdrawn,
    Role,
    Source,
    WithdrawalForm,
)
from shared.contracts.receptions import (
    CitizenReceived,
    Host,
    LineTest,
    MediationOutcome,
    MediationRecorded,
    OnlineLineTested,
    ReceptionKind,
    ReceptionMode,
    ReceptionRefused,
    ReceptionResultNotified,
    ReceptionScheduled,
    RefusalNoticeSent,
)
from shared.working_days import Calendar

CALENDAR, RULES = Calendar.load(), RuleTable.load()

received = PetitionReceived(
    received_on=date(2026, 7, 1),
    channel=Channel.POST,
    parties=(Party(ref="p1", role=Role.PETITIONER), Party(ref="r1", role=Role.RESPONDENT)),
    claimed_kind=Kind.COMPLAINT,
)
classified = PetitionClassified(
    classified_on=date(2026, 7, 2),
    kind=Kind.COMPLAINT,
    field=Field.LAND,
    is_competent=True,
    meets_conditions=True,
)
accepted = PetitionAccepted(
    accepted_on=date(2026, 7, 6),
    kind=Kind.COMPLAINT,
    field=Field.LAND,
    received_on=date(2026, 7, 1),
)
decided = DecisionIssued(
    decided_on=date(2026, 8, 3), number="12/QĐ-UBND", outcome=Outcome.UNJUSTIFIED, decided_by="x"
)
COMPLAINT = (received, classified, accepted, decided)
denounced = replace(classified, kind=Kind.DENUNCIATION)
taken_up = replace(accepted, kind=Kind.DENUNCIATION)
DENUNCIATION = (received, denounced, taken_up)


def called(*history, today=date(2026, 8, 4)):
    law = Law(calendar=CALENDAR, rules=RULES, today=today)
    return {limit.name: limit for limit in limits_called_for(history, law).limits}


def told(limit):
    return limit.term.rule.id, limit.term.due, limit.done_on


# -- petition handling


@pytest.mark.parametrize(
    ("kind", "is_competent", "stage", "rule"),
    [
        (Kind.COMPLAINT, True, "accept", "KN.ACCEPT.2026"),
        (Kind.COMPLAINT, False, "handle_petition", "XLD.HANDLE"),
        (Kind.DENUNCIATION, True, "initial_handling", "TC.INITIAL"),
        (Kind.DENUNCIATION, False, "forward_and_notify", "TC.FORWARD"),
        (Kind.RECOMMENDATION, True, "answer", "PA.SLA"),
        (Kind.FEEDBACK, True, "answer", "PA.SLA"),
        (Kind.FEEDBACK, False, "handle_petition", "XLD.HANDLE"),
    ],
)
def test_the_first_limit_follows_from_kind_and_competence(kind, is_competent, stage, rule):
    limits = called(received, replace(classified, kind=kind, is_competent=is_competent))
    assert set(limits) == {stage, "discipline_alarm"}
    assert limits[stage].term.rule.id == rule
    assert limits[stage].term.trigger == date(2026, 7, 1)


def test_a_denunciation_that_is_checked_in_several_places_has_ten_days():
    limits = called(received, replace(denounced, needs_longer_check=True))
    assert limits["initial_handling"].term.rule.id == "TC.INITIAL.EXT"


def test_a_complaint_about_discipline_has_rules_of_its_own():
    history = (
        received,
        replace(classified, is_disciplinary=True),
        replace(accepted, is_disciplinary=True, is_dismissal=True),
        decided,
        DecisionReceivedByParty(received_on=date(2026, 8, 5), ref="p1"),
    )
    rules = {name: limit.term.rule.id for name, limit in called(*history).items()}
    assert rules == {
        "accept": "KL.ACCEPT.2026",
        "discipline_alarm": "XLD.RED45",
        "settle": "KL.SETTLE",
        "send_decision_1": "KL.SEND1",
        "limitation_2": "KL.LIMIT2.DISMISSAL",
        "legal_effect": "KL.EFFECT",
    }


def test_feedback_on_administrative_rules_that_is_not_ours_goes_on_within_five_working_days():
    about_rules = replace(classified, kind=Kind.FEEDBACK, is_competent=False, about_rules=True)
    limits = called(received, about_rules)
    assert told(limits["forward"]) == ("PA.FORWARD.TTHC", date(2026, 7, 8), None)
    assert "handle_petition" not in limits


@pytest.mark.parametrize(
    "outcome",
    [
        AcceptanceRefused(refused_on=date(2026, 7, 7), ground="g"),
        PetitionForwarded(forwarded_on=date(2026, 7, 7), competent_authority="24"),
        PetitionFiledAway(filed_on=date(2026, 7, 7), ground="g"),
        CheckOrdered(ordered_on=date(2026, 7, 7), unit="van-phong"),
    ],
)
def test_every_outcome_ends_the_first_limit_and_the_red_alarm(outcome):
    limits = called(received, classified, outcome)
    assert limits["accept"].done_on == limits["discipline_alarm"].done_on == date(2026, 7, 7)


def test_forty_five_days_without_any_step_are_a_red_alarm_since_july_2026():
    assert told(called(received)["discipline_alarm"]) == ("XLD.RED45", date(2026, 8, 17), None)
    before = replace(received, received_on=date(2026, 6, 30))
    assert "discipline_alarm" not in called(before)


def test_an_accepted_recommendation_is_done_only_when_it_is_answered():
    asked = replace(classified, kind=Kind.RECOMMENDATION)
    taken = replace(accepted, kind=Kind.RECOMMENDATION)
    assert called(received, asked, taken)["answer"].done_on is None
    assert called(received, asked, taken, decided)["answer"].done_on == date(2026, 8, 3)


@pytest.mark.parametrize(
    ("received_on", "due"),
    [
        (date(2012, 10, 1), date(2012, 10, 11)),
        (date(2019, 1, 28), date(2019, 2, 11)),  # Tết Kỷ Hợi
        (date(2023, 12, 27), date(2024, 1, 8)),
    ],
)
def test_the_oldest_of_a_backlog_have_limits_too(received_on, due):
    old = replace(received, received_on=received_on)
    limit = called(old, today=date(2026, 11, 24))["accept"]
    assert told(limit) == ("KN.ACCEPT.2011", due, None)
    assert limit.term.is_provisional is (received_on.year == 2019)


def test_a_petition_that_all_withdrew_before_anybody_took_it_up_has_no_limit():
    withdrawn = PetitionWithdrawn(
        withdrawn_on=date(2026, 7, 3), is_whole=True, form=WithdrawalForm.LETTER, by=("p1",)
    )
    assert called(received, classified, withdrawn) == {}
    assert "accept" in called(received, classified, replace(withdrawn, is_whole=False))
    two = replace(received, parties=(*received.parties, Party(ref="p2", role=Role.PETITIONER)))
    assert "accept" in called(two, classified, withdrawn)


def test_a_land_dispute_has_thirty_days_from_receipt_for_its_mediation():
    sent = PetitionForwarded(
        forwarded_on=date(2026, 7, 3),
        competent_authority="Tổ hòa giải",
        purpose=ForwardPurpose.MEDIATION,
    )
    tried = MediationRecorded(
        held_on=date(2026, 7, 20), neighbourhood="tdp-1", outcome=MediationOutcome.AGREED
    )
    assert told(called(received, sent)["mediation"]) == ("DD.MEDIATE", date(2026, 7, 31), None)
    assert called(received, sent, tried)["mediation"].done_on == date(2026, 7, 20)


def test_a_history_without_a_petition_calls_for_nothing():
    assert called(decided) == {}


# -- complaints


def test_a_remote_and_complex_complaint_has_sixty_days():
    complex_ = CaseDeclaredComplex(
        declared_on=date(2026, 7, 20), criteria=(ComplexCriterion.PLACES,)
    )
    history = (received, classified, replace(accepted, is_remote=True), complex_)
    assert told(called(*history)["settle_1"])[:2] == (
        "KN.SETTLE1.REMOTE_COMPLEX",
        date(2026, 9, 4),
    )


def test_each_dialogue_must_be_announced_five_days_ahead():
    first = DialogueAnnounced(announced_on=date(2026, 7, 15), held_on=date(2026, 7, 20))
    second = DialogueAnnounced(announced_on=date(2026, 7, 21), held_on=date(2026, 7, 30))
    limits = called(received, classified, accepted, first, second)
    assert told(limits["dialogue_notice"]) == (
        "KN.DIALOGUE.NOTICE",
        date(2026, 7, 15),
        date(2026, 7, 15),
    )
    # The 25th is a Saturday: the limit that counts back ends on the Friday before.
    assert told(limits["dialogue_notice.2"])[1:] == (date(2026, 7, 24), date(2026, 7, 21))


def test_after_the_decision_it_must_be_sent_and_published():
    sent = DecisionSent(sent_on=date(2026, 8, 5), recipients=(Recipient.COMPLAINANT,))
    published = DecisionPublished(published_on=date(2026, 8, 10), forms=(PublicationForm.POSTING,))
    limits = called(*COMPLAINT, sent, published)
    assert told(limits["send_decision_1"]) == (
        "KN.SEND1",
        date(2026, 8, 6),
        date(2026, 8, 5),
    )
    assert told(limits["publish_decision"]) == (
        "KN.PUBLISH1",
        date(2026, 8, 18),
        date(2026, 8, 10),
    )


def test_the_window_runs_from_receipt_and_the_effect_from_issuance_side_by_side():
    got = DecisionReceivedByParty(received_on=date(2026, 8, 7), ref="p1")
    limits = called(*COMPLAINT, got)
    window, effect = limits["appeal_window"], limits["legal_effect_1"]
    assert told(window)[:2] == ("KN.APPEAL", date(2026, 9, 7))  # nominal: Sun 6 September
    assert told(effect)[:2] == ("KN.EFFECT1", date(2026, 9, 2))  # a holiday, and not shifted
    assert effect.term.effective_on == date(2026, 9, 3)
    assert window.only_informs
    assert effect.only_informs


def test_each_complainant_has_a_window_of_its_own_and_the_other_side_none():
    receipts = [
        DecisionReceivedByParty(received_on=date(2026, 8, 4 + number), ref=ref)
        for number, ref in enumerate(("p1", "r1", "p2"))
    ]
    windows = {name for name in called(*COMPLAINT, *receipts) if name.startswith("appeal")}
    assert windows == {"appeal_window", "appeal_window.2"}


def test_a_second_complaint_uses_the_window_and_takes_the_effect_away():
    got = DecisionReceivedByParty(received_on=date(2026, 8, 7), ref="p1")
    lodged = SecondComplaintLodged(lodged_on=date(2026, 8, 20), authority="24")
    limits = called(*COMPLAINT, got, lodged)
    assert limits["appeal_window"].done_on == date(2026, 8, 20)
    assert "legal_effect_1" not in limits


def test_a_second_complaint_after_the_window_does_not_use_it():
    got = DecisionReceivedByParty(received_on=date(2026, 8, 7), ref="p1")
    lodged = SecondComplaintLodged(lodged_on=date(2026, 10, 1), authority="24")
    limits = called(*COMPLAINT, got, lodged, today=date(2026, 10, 2))
    assert limits["appeal_window"].done_on is None
    assert "legal_effect_1" in limits


def test_enforcement_is_ordered_within_five_working_days_of_the_effect():
    day_before, day = date(2026, 9, 2), date(2026, 9, 3)
    assert "enforcement_order" not in called(*COMPLAINT, today=day_before)
    assert told(called(*COMPLAINT, today=day)["enforcement_order"]) == (
        "KN.ENFORCE",
        date(2026, 9, 10),
        None,
    )
    ordered = EnforcementOrdered(ordered_on=day, unit="kinh-te-ha-tang", number="20/KH-UBND")
    assert called(*COMPLAINT, ordered, today=day)["enforcement_order"].done_on == day


def test_a_decision_is_carried_out_by_the_day_that_the_order_names():
    day, due = date(2026, 9, 3), date(2026, 10, 1)
    told_to = EnforcementOrdered(ordered_on=day, unit="kinh-te-ha-tang", number="20/KH-UBND")
    ordered = replace(told_to, due_on=due)
    partly, wholly = (
        DecisionEnforced(enforced_on=date(2026, 9, number), is_complete=number == 30)
        for number in (15, 30)
    )
    assert "enforcement" not in called(*COMPLAINT, told_to, today=day)
    late = called(*COMPLAINT, ordered, partly, today=date(2026, 11, 24))["enforcement"]
    assert told(late) == ("KN.ENFORCE.DONE", due, None)
    assert called(*COMPLAINT, ordered, partly, wholly)["enforcement"].done_on == date(2026, 9, 30)


def test_a_closed_file_with_nothing_to_carry_out_waits_for_no_enforcement():
    closed = CaseClosed(closed_on=date(2026, 9, 4), ground=ClosingGround.SETTLED)
    assert "enforcement_order" not in called(*COMPLAINT, closed, today=date(2026, 9, 4))


def test_who_is_not_answered_in_time_has_a_window_from_the_end_of_the_limit():
    waiting = (received, classified, accepted)
    on_the_last_day = called(*waiting, today=date(2026, 8, 5))
    assert "appeal_window.unsettled" not in on_the_last_day
    window = called(*waiting, today=date(2026, 8, 6))["appeal_window.unsettled"]
    assert told(window) == ("KN.APPEAL.UNSETTLED", date(2026, 9, 4), None)
    assert window.only_informs


def test_each_order_to_suspend_continue_or_terminate_must_be_sent_within_three_working_days():
    suspended = CaseSuspended(
        suspended_on=date(2026, 7, 13), ground=SuspensionGround.OBSTACLE, number="1"
    )
    sent = OrderSent(sent_on=date(2026, 7, 14), number="1", recipients=(Recipient.COMPLAINANT,))
    continued = CaseContinued(continued_on=date(2026, 7, 20), number="2")
    limits = called(received, classified, accepted, suspended, sent, continued)
    assert told(limits["suspend_send"]) == (
        "KN.SUSPEND.SEND",
        date(2026, 7, 16),
        date(2026, 7, 14),
    )
    assert told(limits["suspend_send.2"]) == ("KN.SUSPEND.SEND", date(2026, 7, 23), None)


def test_the_sending_of_the_decision_does_not_count_for_an_order_before_it():
    continued = CaseContinued(continued_on=date(2026, 7, 20), number="2")
    sent = DecisionSent(sent_on=date(2026, 8, 4), recipients=(Recipient.COMPLAINANT,))
    limits = called(received, classified, accepted, continued, decided, sent)
    assert limits["suspend_send"].done_on is None
    assert limits["send_decision_1"].done_on == date(2026, 8, 4)


def test_a_terminated_complaint_has_no_limit_for_settling_but_one_for_sending_the_order():
    terminated = CaseTerminated(
        terminated_on=date(2026, 7, 20), ground=TerminationGround.WITHDRAWN, number="3"
    )
    limits = called(received, classified, accepted, terminated)
    assert "settle_1" not in limits
    assert limits["suspend_send"].term.due == date(2026, 7, 23)


def test_the_front_that_forwarded_a_complaint_is_told_the_result_within_seven_days():
    forwarded = replace(received, transferred_by="Ủy ban Mặt trận Tổ quốc Việt Nam phường")
    told_front = DecisionSent(
        sent_on=date(2026, 8, 6), recipients=(Recipient.COMPLAINANT, Recipient.FORWARDER)
    )
    limits = called(forwarded, classified, accepted, decided, told_front)
    assert told(limits["reply_forwarder"]) == (
        "KN.FRONT.REPLY",
        date(2026, 8, 10),
        date(2026, 8, 6),
    )
    other = replace(received, transferred_by="Ban Tiếp công dân tỉnh Bắc Ninh")
    assert "reply_forwarder" not in called(other, classified, accepted, decided)


@pytest.mark.parametrize(
    "forwarder",
    ["Đoàn đại biểu Quốc hội tỉnh Bắc Ninh", "Thường trực HĐND phường", "Ban Tiếp công dân tỉnh"],
)
def test_deputies_and_reception_boards_hear_the_result_within_seven_working_days(forwarder):
    forwarded = (replace(received, transferred_by=forwarder), classified, accepted)
    told_early = ForwarderInformed(informed_on=date(2026, 7, 20))  # that it was accepted
    assert "report_to_forwarder" not in called(*forwarded, told_early)
    waiting = called(*forwarded, told_early, decided)["report_to_forwarder"]
    assert told(waiting) == ("TCD.FORWARDED.RESULT", date(2026, 8, 12), None)
    result = ForwarderInformed(informed_on=date(2026, 8, 6))
    done = called(*forwarded, told_early, decided, result)["report_to_forwarder"]
    assert done.done_on == date(2026, 8, 6)
    by_agency = replace(received, transferred_by="Công an tỉnh Bắc Ninh")
    assert "report_to_forwarder" not in called(by_agency, classified, accepted, decided)


# -- documents, the second level, settling again


def test_who_is_asked_for_documents_has_seven_days_and_the_ward_misses_nothing():
    asked = DocumentsRequested(requested_on=date(2026, 7, 8), asked=Recipient.COMPLAINANT)
    other = DocumentsRequested(requested_on=date(2026, 7, 9), asked=Recipient.RELATED)
    came = DocumentsSupplied(supplied_on=date(2026, 7, 14), asked=Recipient.RELATED)
    limits = called(received, classified, accepted, asked, other, came)
    assert told(limits["supply_documents"]) == ("KN.DOCS", date(2026, 7, 15), None)
    assert told(limits["supply_documents.2"]) == (
        "KN.DOCS",
        date(2026, 7, 16),
        date(2026, 7, 14),
    )
    assert all(limits[name].only_informs for name in limits if name.startswith("supply"))


lodged = SecondComplaintLodged(lodged_on=date(2026, 8, 20), authority="24")
taken_up = SecondComplaintAccepted(accepted_on=date(2026, 8, 27))
by_province = OutsideDecisionReceived(
    decided_on=date(2026, 10, 1),
    decided_by="Chủ tịch UBND tỉnh Bắc Ninh",
    number="77/QĐ-UBND",
    outcome="giu_nguyen",
    source=Source(agency="province", message_id="m-9"),
)


@pytest.mark.parametrize(
    ("is_remote", "is_complex", "rule", "due"),
    [
        (False, False, "KN.SETTLE2", date(2026, 10, 12)),  # 45 days end on a Sunday
        (False, True, "KN.SETTLE2", date(2026, 10, 26)),
        (True, False, "KN.SETTLE2.REMOTE", date(2026, 10, 26)),
        (True, True, "KN.SETTLE2.REMOTE", date(2026, 11, 5)),
    ],
)
def test_the_province_has_limits_that_the_ward_only_watches(is_remote, is_complex, rule, due):
    history = (
        replace(received, is_remote=is_remote),
        classified,
        replace(accepted, is_remote=is_remote),
        decided,
        lodged,
        replace(taken_up, is_complex=is_complex),
    )
    limits = called(*history)
    assert told(limits["accept_2"]) == (
        "KN.ACCEPT2.2026",
        date(2026, 8, 28),  # Saturday 22 August was worked
        date(2026, 8, 27),
    )
    assert told(limits["settle_2"]) == (rule, due, None)
    assert limits["accept_2"].only_informs
    assert limits["settle_2"].only_informs
    assert "legal_effect_2" not in limits
    assert called(*history, by_province)["settle_2"].done_on == date(2026, 10, 1)


def test_the_second_decision_is_sent_and_takes_effect_as_the_law_says_and_the_court_decides_none():
    limits = called(*COMPLAINT, lodged, taken_up, by_province)
    assert told(limits["send_decision_2"])[:2] == ("KN.SEND2", date(2026, 10, 8))
    effect = limits["legal_effect_2"]
    assert (effect.term.rule.id, effect.term.effective_on) == ("KN.EFFECT2", date(2026, 11, 1))
    assert effect.only_informs
    assert "legal_effect_1" not in limits
    assert "enforcement_order" not in called(  # the province orders it, as the settler (Đ.31)
        *COMPLAINT, lodged, taken_up, by_province, today=date(2026, 11, 20)
    )
    court = replace(by_province, outcome="toa_an_thu_ly")
    assert "legal_effect_2" not in called(*COMPLAINT, lodged, taken_up, court)


@pytest.mark.parametrize("recorded", [1, -1])
def test_the_first_second_decision_settled_in_time_and_the_last_one_is_sent_and_takes_effect(
    recorded,
):
    later = replace(by_province, decided_on=date(2026, 10, 20), outcome="sua_doi")
    court = replace(by_province, decided_on=date(2026, 9, 30), outcome="toa_an_thu_ly")
    told = (court, by_province, later)[::recorded]
    limits = called(*COMPLAINT, lodged, taken_up, *told)
    assert limits["settle_2"].done_on == by_province.decided_on
    assert limits["send_decision_2"].term.trigger == later.decided_on
    assert limits["legal_effect_2"].term.effective_on == date(2026, 11, 20)
    unanswered = called(*COMPLAINT, replace(lodged, lodged_on=date(2026, 9, 25)), *told)
    assert unanswered["accept_2"].done_on == by_province.decided_on


def test_a_complaint_about_discipline_has_the_same_limits_at_the_second_level():
    history = (
        received,
        replace(classified, is_disciplinary=True),
        replace(accepted, is_disciplinary=True),
        decided,
        lodged,
        taken_up,
        by_province,
    )
    rules = {name: limit.term.rule.id for name, limit in called(*history).items()}
    assert rules["accept_2"] == "KL.ACCEPT.2026"
    assert rules["settle_2"] == "KL.SETTLE"
    assert rules["send_decision_2"] == "KL.SEND2"
    assert rules["legal_effect_2"] == "KL.EFFECT"


def test_a_second_complaint_that_was_not_taken_up_gives_the_first_decision_its_effect_back():
    refused = SecondComplaintRefused(refused_on=date(2026, 9, 10))
    limits = called(*COMPLAINT, lodged, refused, today=date(2026, 9, 10))
    assert limits["accept_2"].done_on is None  # too late: time had ended it
    assert "settle_2" not in limits
    assert limits["legal_effect_1"].term.effective_on == date(2026, 9, 3)
    # Nobody could order enforcement before: five working days from the refusal.
    assert told(limits["enforcement_order"])[:2] == ("KN.ENFORCE", date(2026, 9, 17))


def test_settling_again_starts_every_limit_anew_and_what_was_not_done_falls_away():
    again = ResettlementAccepted(
        accepted_on=date(2026, 10, 12), ground=ResettlementGround.CANCELLED, number="80/TB-UBND"
    )
    cancelled = replace(by_province, outcome="huy_bo")
    limits = called(*COMPLAINT, lodged, taken_up, cancelled, again, today=date(2026, 10, 12))
    assert limits["settle_1"].done_on == date(2026, 8, 3)
    assert told(limits["settle_1.r2"]) == ("KN.SETTLE1", date(2026, 11, 11), None)
    assert not {"publish_decision", "send_decision_1", "legal_effect_2"} & set(limits)
    anew = replace(decided, decided_on=date(2026, 11, 2), number="90/QĐ-UBND")
    limits = called(*COMPLAINT, lodged, taken_up, cancelled, again, anew)
    assert limits["settle_1.r2"].done_on == date(2026, 11, 2)
    assert limits["legal_effect_1.r2"].term.effective_on == date(2026, 12, 3)


# -- denunciations


def test_denouncer_and_denounced_are_both_told_of_the_acceptance_within_five_working_days():
    to_one = AcceptanceNotified(notified_on=date(2026, 7, 8), recipients=(Recipient.DENOUNCER,))
    to_other = AcceptanceNotified(notified_on=date(2026, 7, 9), recipients=(Recipient.DENOUNCED,))
    waiting = called(*DENUNCIATION, to_one)["notify_acceptance"]
    assert told(waiting) == ("TC.ACCEPT.NOTICE", date(2026, 7, 13), None)
    done = called(*DENUNCIATION, to_one, to_other)["notify_acceptance"]
    assert done.done_on == date(2026, 7, 9)


def test_expertise_stops_a_denunciation_while_it_lasts_and_a_complaint_never():
    ordered = ExpertiseOrdered(ordered_on=date(2026, 7, 13), number="4")
    result = ExpertiseReceived(received_on=date(2026, 7, 23))
    assert called(*DENUNCIATION, ordered)["settle"].paused_since == date(2026, 7, 13)
    assert called(*DENUNCIATION, ordered, result)["settle"].term.due == date(2026, 8, 17)
    complaint = called(received, classified, accepted, ordered)["settle_1"]
    assert complaint.paused_since is None


def test_a_conclusion_while_suspended_ends_the_suspension():
    suspended = CaseSuspended(
        suspended_on=date(2026, 7, 13), ground=SuspensionGround.OTHER_RESULT, number="1"
    )
    settle = called(*DENUNCIATION, suspended, decided)["settle"]
    assert (settle.paused_since, settle.term.stopped_days) == (None, 21)


def test_a_conclusion_must_be_sent_handled_and_published():
    handled = ConclusionHandled(handled_on=date(2026, 8, 7), measure=Measure.DISCIPLINE)
    limits = called(*DENUNCIATION, decided, handled)
    assert told(limits["send_conclusion"]) == ("TC.CONCLUDE.SEND", date(2026, 8, 10), None)
    assert told(limits["handle_conclusion"]) == (
        "TC.HANDLE",
        date(2026, 8, 12),
        date(2026, 8, 7),
    )
    assert told(limits["publish"]) == ("TC.PUBLISH", date(2026, 8, 12), None)


def test_the_press_that_forwarded_a_denunciation_is_answered_within_twenty_days():
    forwarded = replace(received, transferred_by="Báo Bắc Ninh")
    waiting = called(forwarded, denounced, taken_up)["reply_forwarder"]
    assert told(waiting) == ("TC.PRESS", date(2026, 7, 21), None)
    left = PetitionForwarded(forwarded_on=date(2026, 7, 7), competent_authority="24")
    assert called(forwarded, denounced, left)["reply_forwarder"].done_on == date(2026, 7, 7)


def test_an_order_to_suspend_a_denunciation_is_sent_within_five_working_days():
    suspended = CaseSuspended(
        suspended_on=date(2026, 7, 13), ground=SuspensionGround.OTHER_RESULT, number="1"
    )
    assert told(called(*DENUNCIATION, suspended)["suspend_send"])[:2] == (
        "TC.SUSPEND.SEND",
        date(2026, 7, 20),
    )


# -- citizen reception

scheduled = ReceptionScheduled(
    posted_on=date(2026, 7, 1),
    held_on=date(2026, 7, 9),
    kind=ReceptionKind.PERIODIC,
    mode=ReceptionMode.IN_PERSON,
    host=Host.CHAIR,
)
heard = CitizenReceived(
    received_on=date(2026, 7, 9),
    kind=ReceptionKind.PERIODIC,
    mode=ReceptionMode.IN_PERSON,
    host=Host.CHAIR,
    turn=1,
)


def test_the_schedule_is_posted_five_working_days_ahead():
    assert told(called(scheduled)["post_schedule"]) == (
        "TCD.POST",
        date(2026, 7, 2),
        date(2026, 7, 1),
    )


def test_an_online_session_is_announced_as_well():
    limits = called(replace(scheduled, mode=ReceptionMode.ONLINE))
    assert limits["online_notice"].term.rule.id == "TCD.ONLINE.NOTICE"


def test_the_line_of_an_online_session_is_tested_a_working_day_before():
    online = replace(scheduled, mode=ReceptionMode.ONLINE)
    failed = OnlineLineTested(tested_on=date(2026, 7, 6), result=LineTest.FAILED)
    worked = OnlineLineTested(tested_on=date(2026, 7, 8), result=LineTest.OK)
    again = replace(worked, tested_on=date(2026, 7, 9))
    assert told(called(online, failed)["online_test"]) == (
        "TCD.ONLINE.TEST",
        date(2026, 7, 8),
        None,
    )
    assert called(online, failed, again, worked)["online_test"].done_on == date(2026, 7, 8)
    assert called(online, again)["online_test"].done_on == date(2026, 7, 9)
    assert "online_test" not in called(scheduled)


def test_each_citizen_heard_is_told_the_result_within_ten_working_days():
    notified = ReceptionResultNotified(notified_on=date(2026, 7, 15), turn=2)
    limits = called(scheduled, heard, replace(heard, turn=2), notified)
    assert told(limits["result_notice"]) == ("TCD.RESULT", date(2026, 7, 23), None)
    assert limits["result_notice.2"].done_on == date(2026, 7, 15)


def test_a_refusal_that_needs_a_notice_has_three_working_days_for_it():
    refused = ReceptionRefused(
        refused_on=date(2026, 7, 9), ground="da_giai_quyet", needs_written_notice=True
    )
    on_the_spot = replace(refused, needs_written_notice=False)
    sent = RefusalNoticeSent(sent_on=date(2026, 7, 13))
    limits = called(on_the_spot, refused, refused, sent)
    assert told(limits["refusal_notice"]) == (
        "TCD.REFUSE.NOTICE",
        date(2026, 7, 14),
        date(2026, 7, 13),
    )
    assert limits["refusal_notice.2"].done_on is None
    assert called(on_the_spot) == {}


# -- directive tasks

task = TaskSet(
    set_on=date(2026, 7, 6),
    due_on=date(2026, 8, 1),  # a Saturday
    topic=TaskTopic.DISSEMINATION,
    unit="van-phong",
    officer="cb-van-phong-1",
)


def test_a_task_has_until_the_day_that_was_named_for_it_by_no_law_even_a_saturday():
    limits = called(task)
    assert list(limits) == ["task"]
    assert told(limits["task"]) == ("NV.TASK", date(2026, 8, 1), None)
    assert limits["task"].term.rule.is_internal
    assert any("không phải thời hạn do pháp luật" in s for s in limits["task"].term.sentences())


def test_a_task_is_over_on_the_day_that_it_was_done():
    done = TaskDone(done_on=date(2026, 8, 4), events=1)
    assert told(called(task, done)["task"]) == ("NV.TASK", date(2026, 8, 1), done.done_on)


def test_a_task_is_its_officer_s_or_where_none_was_named_its_unit_s():
    assert assignee([task]) == Assignee(unit="van-phong", officer="cb-van-phong-1")
    assert assignee([replace(task, officer=None)]) == Assignee(
        unit="van-phong", officer="van-phong"
    )
