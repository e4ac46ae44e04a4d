"""What happened before, in the words of these tests: one case of each procedure, step by step."""

from dataclasses import replace
from datetime import date

from services.assignment.asking import (
    AskPolice,
    OrderExpertise,
    ReceiveExpertise,
    RecordDocuments,
    RecordPoliceAnswer,
    RequestDocuments,
)
from services.assignment.case import Case, evolve
from services.assignment.complaints import (
    AcceptResettlement,
    LodgeSecondComplaint,
    OrderEnforcement,
    RecordEnforcement,
    RecordSecondAcceptance,
    RecordSecondRefusal,
)
from services.assignment.delivery import (
    InformForwarder,
    PublishDecision,
    RecordReceipt,
    SendDecision,
    SendOrder,
)
from services.assignment.denunciations import ExtendCase, HandleConclusion
from services.assignment.dialogues import AnnounceDialogue, HoldDialogue
from services.assignment.domain import (
    AssignCase,
    CloseCase,
    IssueDecision,
    OpenCase,
    RecuseOfficer,
)
from services.assignment.petition import petition_of
from services.assignment.planning import ChangeFlags, PlanSettlement
from services.assignment.routing import Reason
from services.assignment.settling import (
    ContinueCase,
    DeclareComplex,
    NotifyAcceptance,
    ReportVerification,
    SuspendCase,
    TerminateCase,
)
from shared.contracts.cases import (
    AcceptanceNotified,
    CaseAssigned,
    CaseClosed,
    CaseContinued,
    CaseDeclaredComplex,
    CaseExtended,
    CaseOpened,
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
    DialogueHeld,
    DocumentsRequested,
    DocumentsSupplied,
    EnforcementOrdered,
    ExpertiseOrdered,
    Figures,
    FlagsChanged,
    ForwarderInformed,
    Measure,
    OfficerRecused,
    Outcome,
    PoliceAsked,
    PolicePurpose,
    PublicationForm,
    Recipient,
    RecusalGround,
    ResettlementAccepted,
    ResettlementGround,
    SecondComplaintAccepted,
    SecondComplaintLodged,
    SecondComplaintRefused,
    SettlementPlanned,
    SuspensionGround,
    TerminationGround,
    VerificationReported,
)
from shared.contracts.petitions import (
    Channel,
    ComplainantSucceeded,
    Field,
    Flag,
    Kind,
    OutsideDecisionReceived,
    Party,
    PetitionClassified,
    PetitionReceived,
    PetitionWithdrawn,
    Role,
    Source,
    WithdrawalForm,
)
from shared.directory import Directories
from shared.personal import Personal
from shared.working_days import Calendar
from tests.support.given_when_then import Specification

case = Specification(initial=Case(), evolve=evolve)

FILE = "7f3k9q2mxw4t"
NHAN_HOA = Directories.from_environment().of("09253")
CALENDAR = Calendar.load()
MAI, NAM, VIET = "cb-dia-chinh-1", "cb-dia-chinh-2", "cb-xay-dung-1"

# -- what happened: a complaint accepted on Thursday 8 October 2026

opened = CaseOpened(opened_on=date(2026, 10, 8), kind=Kind.COMPLAINT, field=Field.LAND)
disciplinary = replace(opened, field=Field.PUBLIC_DUTY, is_disciplinary=True)
denounced = replace(opened, kind=Kind.DENUNCIATION)
recommended = replace(opened, kind=Kind.RECOMMENDATION)
assigned = CaseAssigned(
    assigned_on=date(2026, 10, 9),
    unit="kinh-te-ha-tang",
    officer=MAI,
    assigned_by="officer:vera",
    reasons=("dung_linh_vuc",),
)
recused = OfficerRecused(recused_on=date(2026, 10, 12), officer=MAI, ground=RecusalGround.RELATIVE)
notified = AcceptanceNotified(notified_on=date(2026, 10, 12), recipients=(Recipient.COMPLAINANT,))
verified = VerificationReported(
    reported_on=date(2026, 10, 20),
    officer=MAI,
    differs_from_request=False,
    personal=Personal({"text": {"findings": "Ranh giới đo đúng."}}),
)
differing = replace(verified, differs_from_request=True)
expertise = ExpertiseOrdered(ordered_on=date(2026, 10, 12), number="31/QĐ-UBND")
announced = DialogueAnnounced(announced_on=date(2026, 10, 21), held_on=date(2026, 10, 28))
dialogue = DialogueHeld(
    held_on=date(2026, 10, 28),
    complainant_attended=True,
    led_by_chair=True,
    personal=Personal({"text": {"minutes": "Các bên giữ nguyên ý kiến."}}),
)
requested = DocumentsRequested(requested_on=date(2026, 10, 12), asked=Recipient.COMPLAINANT)
supplied = DocumentsSupplied(supplied_on=date(2026, 10, 15), asked=Recipient.COMPLAINANT)
complex_once = CaseDeclaredComplex(
    declared_on=date(2026, 10, 14), criteria=(ComplexCriterion.PLACES,)
)
complex_twice = CaseDeclaredComplex(
    declared_on=date(2026, 10, 15), criteria=(ComplexCriterion.EVIDENCE,)
)
extended = CaseExtended(extended_on=date(2026, 11, 5), number="40/QĐ-UBND", ordinal=1)
extended_again = CaseExtended(extended_on=date(2026, 11, 20), number="41/QĐ-UBND", ordinal=2)
suspended = CaseSuspended(
    suspended_on=date(2026, 10, 15), ground=SuspensionGround.OTHER_RESULT, number="28/QĐ-UBND"
)
continued = CaseContinued(continued_on=date(2026, 10, 26), number="33/QĐ-UBND")
terminated = CaseTerminated(
    terminated_on=date(2026, 10, 30), ground=TerminationGround.NOTHING_LEFT, number="37/QĐ-UBND"
)
decided = DecisionIssued(
    decided_on=date(2026, 11, 5),
    number="12/QĐ-UBND",
    outcome=Outcome.PARTLY_JUSTIFIED,
    decided_by="officer:vera",
    personal=Personal({"text": {"conclusion": "Khiếu nại đúng một phần."}}),
)
answered = replace(decided, outcome=Outcome.ANSWERED)
sent = DecisionSent(
    sent_on=date(2026, 11, 6), recipients=(Recipient.COMPLAINANT, Recipient.SUPERIOR)
)
# Issued on 5 November, so effective from 6 December; received on the 10th, so the window for a
# second complaint ends on 10 December: the two clocks that look alike.
received = DecisionReceivedByParty(received_on=date(2026, 11, 10), ref="p1")
published = DecisionPublished(
    published_on=date(2026, 11, 10), forms=(PublicationForm.POSTING, PublicationForm.PORTAL)
)
handled = ConclusionHandled(handled_on=date(2026, 11, 12), measure=Measure.DISCIPLINE)
lodged = SecondComplaintLodged(lodged_on=date(2026, 11, 25), authority="UBND tỉnh Bắc Ninh")
second_accepted = SecondComplaintAccepted(accepted_on=date(2026, 12, 3))
second_refused = SecondComplaintRefused(refused_on=date(2026, 12, 3))
resettled = ResettlementAccepted(
    accepted_on=date(2026, 12, 23), ground=ResettlementGround.CANCELLED, number="80/TB-UBND"
)
informed = ForwarderInformed(informed_on=date(2026, 11, 12))
#: Two people handled of whom three would be officials.
contradictory = Figures(people_handled=2, officials_handled=3)
ordered = EnforcementOrdered(
    ordered_on=date(2026, 12, 7),
    unit="kinh-te-ha-tang",
    number="52/QĐ-UBND",
    due_on=date(2026, 12, 31),
)
enforced = DecisionEnforced(enforced_on=date(2026, 12, 9), is_complete=True)
asked = PoliceAsked(asked_on=date(2026, 10, 19), purpose=PolicePurpose.VERIFICATION)
planned = SettlementPlanned(
    planned_on=date(2026, 10, 26),
    finish_by=date(2026, 12, 18),
    planned_by="officer:vera",
    unit="kinh-te-ha-tang",
    officer=MAI,
    personal=Personal({"text": {"steps": "Đo đạc lại thửa đất, đối thoại, ra quyết định."}}),
)
flagged = FlagsChanged(
    changed_on=date(2026, 10, 22),
    flags=(Flag.GROUP, Flag.TENSE),
    personal=Personal({"text": {"reason": "Nhiều hộ kéo đến trụ sở."}}),
)
closed = CaseClosed(closed_on=date(2026, 12, 11), ground=ClosingGround.SETTLED)

# -- what is asked

open_it = OpenCase(file=FILE, opened_on=opened.opened_on, kind=opened.kind, field=opened.field)
assign_it = AssignCase(
    file=FILE,
    assigned_on=date(2026, 10, 9),
    unit="kinh-te-ha-tang",
    officer=MAI,
    assigned_by="officer:vera",
    directory=NHAN_HOA,
    reasons=(Reason.FIELD,),
)
recuse_it = RecuseOfficer(
    file=FILE,
    recused_on=recused.recused_on,
    officer=MAI,
    ground=recused.ground,
    directory=NHAN_HOA,
)
notify_it = NotifyAcceptance(
    file=FILE, notified_on=notified.notified_on, recipients=notified.recipients
)
report_it = ReportVerification(
    file=FILE,
    reported_on=verified.reported_on,
    officer=MAI,
    reported_by="officer:vera",
    differs_from_request=False,
    directory=NHAN_HOA,
    personal=verified.personal,
)
request_it = RequestDocuments(file=FILE, requested_on=requested.requested_on, asked=requested.asked)
supply_it = RecordDocuments(file=FILE, supplied_on=supplied.supplied_on, asked=supplied.asked)
order_expertise_ = OrderExpertise(
    file=FILE, ordered_on=expertise.ordered_on, number=expertise.number
)
receive_expertise_ = ReceiveExpertise(file=FILE, received_on=date(2026, 10, 23))
announce_it = AnnounceDialogue(
    file=FILE, announced_on=announced.announced_on, held_on=announced.held_on
)
hold_it = HoldDialogue(
    file=FILE,
    held_on=dialogue.held_on,
    complainant_attended=True,
    led_by_chair=True,
    personal=dialogue.personal,
)
declare_it = DeclareComplex(
    file=FILE, declared_on=complex_once.declared_on, criteria=complex_once.criteria
)
extend_it = ExtendCase(file=FILE, extended_on=extended.extended_on, number=extended.number)
suspend_it = SuspendCase(
    file=FILE,
    suspended_on=suspended.suspended_on,
    ground=suspended.ground,
    number=suspended.number,
)
send_order = SendOrder(
    file=FILE,
    sent_on=date(2026, 10, 16),
    number="28/QĐ-UBND",
    recipients=(Recipient.COMPLAINANT,),
)
continue_it = ContinueCase(file=FILE, continued_on=continued.continued_on, number=continued.number)
terminate_it = TerminateCase(
    file=FILE,
    terminated_on=terminated.terminated_on,
    ground=terminated.ground,
    number=terminated.number,
)
issue_it = IssueDecision(
    file=FILE,
    decided_on=decided.decided_on,
    number=decided.number,
    outcome=decided.outcome,
    decided_by=decided.decided_by,
    personal=decided.personal,
)
send_it = SendDecision(file=FILE, sent_on=sent.sent_on, recipients=sent.recipients)
receive_it = RecordReceipt(file=FILE, received_on=received.received_on, ref="p1")
publish_it = PublishDecision(file=FILE, published_on=published.published_on, forms=published.forms)
handle_it = HandleConclusion(file=FILE, handled_on=handled.handled_on, measure=handled.measure)
lodge_it = LodgeSecondComplaint(file=FILE, lodged_on=lodged.lodged_on, authority=lodged.authority)
accept_second = RecordSecondAcceptance(file=FILE, accepted_on=second_accepted.accepted_on)
refuse_second = RecordSecondRefusal(file=FILE, refused_on=second_refused.refused_on)
resettle_it = AcceptResettlement(
    file=FILE,
    accepted_on=resettled.accepted_on,
    ground=resettled.ground,
    number=resettled.number,
)
inform_it = InformForwarder(file=FILE, informed_on=informed.informed_on)
order_it = OrderEnforcement(
    file=FILE,
    ordered_on=ordered.ordered_on,
    unit=ordered.unit,
    number=ordered.number,
    directory=NHAN_HOA,
    due_on=ordered.due_on,
)
enforce_it = RecordEnforcement(file=FILE, enforced_on=enforced.enforced_on, is_complete=True)
ask_it = AskPolice(file=FILE, asked_on=asked.asked_on, purpose=asked.purpose)
answer_it = RecordPoliceAnswer(file=FILE, answered_on=date(2026, 10, 22))
plan_it = PlanSettlement(
    file=FILE,
    planned_on=planned.planned_on,
    finish_by=planned.finish_by,
    planned_by=planned.planned_by,
    directory=NHAN_HOA,
    unit=planned.unit,
    officer=planned.officer,
    personal=planned.personal,
)
flag_it = ChangeFlags(
    file=FILE, changed_on=flagged.changed_on, flags=flagged.flags, personal=flagged.personal
)
close_it = CloseCase(file=FILE, closed_on=closed.closed_on, ground=closed.ground, calendar=CALENDAR)

# -- the petition behind it: two complainants, one respondent

_received = PetitionReceived(
    received_on=date(2026, 10, 2),
    channel=Channel.POST,
    parties=(
        Party(ref="p1", role=Role.PETITIONER),
        Party(ref="p2", role=Role.PETITIONER),
        Party(ref="r1", role=Role.RESPONDENT),
    ),
)
withdrawn = PetitionWithdrawn(
    withdrawn_on=date(2026, 10, 29), is_whole=True, form=WithdrawalForm.LETTER, by=("p1", "p2")
)
succeeded = ComplainantSucceeded(
    succeeded_on=date(2026, 10, 29), of="p1", died_on=date(2026, 10, 20), heirs=()
)
decided_by_province = OutsideDecisionReceived(
    decided_on=date(2026, 12, 21),
    decided_by="Chủ tịch UBND tỉnh Bắc Ninh",
    number="77/QĐ-UBND",
    outcome="giu_nguyen",
    source=Source(agency="province", message_id="m-9"),
)


cancelled_by_province = replace(decided_by_province, outcome="huy_bo")


def petition(*events):
    """The petition of the two complainants after these events."""
    return petition_of((_received, *events))


#: The same, handed over by another authority.
forwarded_petition = petition_of((replace(_received, transferred_by="Ban Tiếp công dân tỉnh"),))
#: The same, classified as a complaint of a group.
group_petition = petition(
    PetitionClassified(
        classified_on=date(2026, 10, 5),
        kind=Kind.COMPLAINT,
        field=Field.LAND,
        is_competent=True,
        meets_conditions=True,
        flags=(Flag.GROUP,),
    )
)
