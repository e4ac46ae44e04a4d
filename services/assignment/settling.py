"""Steps between acceptance and decision that more than one procedure has, and what follows it.

Notices, verification, expertise, complexity, suspension, termination, the police; sending, receipt
and publication of the decision. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from services.assignment.case import (
    Case,
    require_assignee,
    require_decided,
    require_no_conflict,
    require_open,
    require_undecided,
)
from services.assignment.directory import Directory
from services.assignment.law import (
    LAW_OF_2026,
    SUSPENSION,
    TERMINATION,
    gets_decision,
    grounds_in_force,
    must_get_decision,
    told_of_acceptance,
)
from services.assignment.petition import Petition
from services.assignment.refusals import refuse
from shared.contracts.cases import (
    AcceptanceNotified,
    CaseContinued,
    CaseDeclaredComplex,
    CaseEvent,
    CaseOpened,
    CaseSuspended,
    CaseTerminated,
    ComplexCriterion,
    DecisionPublished,
    DecisionReceivedByParty,
    DecisionSent,
    ExpertiseOrdered,
    ExpertiseReceived,
    OrderSent,
    PoliceAnswered,
    PoliceAsked,
    PolicePurpose,
    PublicationForm,
    Recipient,
    SuspensionGround,
    TerminationGround,
    VerificationReported,
)
from shared.contracts.petitions import Kind
from shared.personal import Personal


@dataclass(frozen=True, kw_only=True, slots=True)
class NotifyAcceptance:
    """Tell those concerned that the petition was accepted (thông báo thụ lý)."""

    file: str
    notified_on: date
    recipients: tuple[Recipient, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportVerification:
    """Report what was found (báo cáo kết quả xác minh)."""

    file: str
    reported_on: date
    officer: str  # who verified
    reported_by: str  # who records it
    differs_from_request: bool  # complaint: the complainant asks for something else
    directory: Directory
    personal: Personal = field(default_factory=Personal.nothing)  # text: findings


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderExpertise:
    """Ask for expert opinion (trưng cầu giám định)."""

    file: str
    ordered_on: date
    number: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiveExpertise:
    """Take the expert's result in (nhận kết luận giám định)."""

    file: str
    received_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class DeclareComplex:
    """State in writing why the case is complex (ghi nhận vụ việc phức tạp)."""

    file: str
    declared_on: date
    criteria: tuple[ComplexCriterion, ...] = ()
    number: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SuspendCase:
    """Suspend settlement (tạm đình chỉ)."""

    file: str
    suspended_on: date
    ground: SuspensionGround
    number: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ContinueCase:
    """Go on with a suspended case (tiếp tục giải quyết)."""

    file: str
    continued_on: date
    number: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TerminateCase:
    """End settlement without a decision on the matter (đình chỉ giải quyết)."""

    file: str
    terminated_on: date
    ground: TerminationGround
    number: str
    petition: Petition = field(default_factory=Petition)


@dataclass(frozen=True, kw_only=True, slots=True)
class SendOrder:
    """Send a decision to suspend, go on or terminate (gửi quyết định tạm đình chỉ, …)."""

    file: str
    sent_on: date
    number: str
    recipients: tuple[Recipient, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SendDecision:
    """Send the decision, conclusion or answer (gửi quyết định, kết luận)."""

    file: str
    sent_on: date
    recipients: tuple[Recipient, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordReceipt:
    """Record when a party received the decision (ngày nhận được quyết định)."""

    file: str
    received_on: date
    ref: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishDecision:
    """Make the decision or conclusion public (công khai)."""

    file: str
    published_on: date
    forms: tuple[PublicationForm, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class AskPolice:
    """Ask the ward police to work with us (phối hợp công an phường)."""

    file: str
    asked_on: date
    purpose: PolicePurpose


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordPoliceAnswer:
    """Record the answer of the ward police."""

    file: str
    answered_on: date


def notify_acceptance(command: NotifyAcceptance, case: Case) -> list[CaseEvent]:
    """Record the notices; who was told already is not told again.

    Of a denunciation there are two, to the denouncer and to the denounced (Luật Tố cáo Đ.29.3).

    Raises: Refused: unknown_file, case_not_open, recipients_missing, recipient_not_for_kind,
        date_before_opening.
    """
    opened = require_open(case)
    told = _recipients(command.recipients, told_of_acceptance(opened))
    new = tuple(recipient for recipient in told if recipient not in case.notified)
    if not new:
        return []
    _not_before_opening(command.notified_on, opened)
    return [AcceptanceNotified(notified_on=command.notified_on, recipients=new)]


def report_verification(command: ReportVerification, case: Case) -> list[CaseEvent]:
    """Record the verifier's report; a later one takes its place.

    The verifier need not be the one who has the case, but somebody of the directory.

    Raises: Refused: unknown_file, case_not_open, case_terminated, already_decided, not_assigned,
        unknown_officer, conflict_of_interest, date_before_opening, date_before_assignment.
    """
    opened = require_undecided(case)
    assigned = require_assignee(case)
    if not command.directory.has(command.officer):
        refuse("unknown_officer")
    require_no_conflict(case, command.officer)
    require_no_conflict(case, command.reported_by)
    _not_before_opening(command.reported_on, opened)
    if not case.transfers and command.reported_on < assigned.assigned_on:
        refuse("date_before_assignment")
    return [
        VerificationReported(
            reported_on=command.reported_on,
            officer=command.officer,
            differs_from_request=command.differs_from_request,
            personal=command.personal,
        )
    ]


def order_expertise(command: OrderExpertise, case: Case) -> list[CaseEvent]:
    """Ask for expert opinion; its time is not counted for a denunciation, but for a complaint.

    Raises: Refused: unknown_file, case_not_open, case_terminated, already_decided,
        step_not_for_kind, expertise_pending, date_before_opening.
    """
    event = ExpertiseOrdered(ordered_on=command.ordered_on, number=command.number)
    opened = require_undecided(case)
    if case.expertise == event:
        return []
    _complaint_or_denunciation(opened)
    if case.expertise:
        refuse("expertise_pending")
    _not_before_opening(command.ordered_on, opened)
    return [event]


def receive_expertise(command: ReceiveExpertise, case: Case) -> list[CaseEvent]:
    """Record the expert's result.

    Raises: Refused: unknown_file, case_not_open, expertise_not_ordered, date_before_previous_step.
    """
    require_open(case)
    if case.expertise is None:
        refuse("expertise_not_ordered")
    if command.received_on < case.expertise.ordered_on:
        refuse("date_before_previous_step")
    return [ExpertiseReceived(received_on=command.received_on)]


def declare_complex(command: DeclareComplex, case: Case) -> list[CaseEvent]:
    """Put complexity on record; criteria add up, known ones change nothing.

    Before 2026-07-01 no list of criteria bound the settlement of complaints.

    Raises: Refused: unknown_file, case_not_open, case_terminated, already_decided,
        step_not_for_kind, criteria_missing, date_before_opening.
    """
    opened = require_undecided(case)
    _complaint_or_denunciation(opened)
    needs_criteria = opened.kind is Kind.DENUNCIATION or command.declared_on >= LAW_OF_2026
    if needs_criteria and not command.criteria:
        refuse("criteria_missing")
    _not_before_opening(command.declared_on, opened)
    if case.is_complex and case.criteria >= set(command.criteria):
        return []
    return [
        CaseDeclaredComplex(
            declared_on=command.declared_on,
            criteria=tuple(dict.fromkeys(command.criteria)),
            number=command.number,
        )
    ]


def suspend_case(command: SuspendCase, case: Case) -> list[CaseEvent]:
    """Suspend settlement on a ground that the law knows on that day.

    Complaints only since 2026-07-01, then also those accepted earlier (Nghị định 155 Đ.22.1).

    Raises: Refused: unknown_file, case_not_open, case_terminated, already_decided, case_suspended,
        suspension_not_in_law, ground_not_for_kind, date_before_opening, date_before_previous_step.
    """
    event = CaseSuspended(
        suspended_on=command.suspended_on, ground=command.ground, number=command.number
    )
    opened = require_undecided(case)
    if case.suspended == event:
        return []
    if case.suspended:
        refuse("case_suspended")
    known = grounds_in_force(SUSPENSION, opened.kind, command.suspended_on)
    if not known:
        refuse("suspension_not_in_law")
    if command.ground not in known:
        refuse("ground_not_for_kind")
    _not_before_opening(command.suspended_on, opened)
    if case.continued and command.suspended_on < case.continued.continued_on:
        refuse("date_before_previous_step")
    return [event]


def continue_case(command: ContinueCase, case: Case) -> list[CaseEvent]:
    """Go on; the time since the suspension is not counted.

    Raises: Refused: unknown_file, case_not_open, case_terminated, not_suspended,
        date_before_previous_step.
    """
    event = CaseContinued(continued_on=command.continued_on, number=command.number)
    require_open(case)
    if case.terminated:
        refuse("case_terminated")
    if case.suspended is None:
        if case.continued == event:
            return []
        refuse("not_suspended")
    if command.continued_on < case.suspended.suspended_on:
        refuse("date_before_previous_step")
    return [event]


def terminate_case(command: TerminateCase, case: Case) -> list[CaseEvent]:
    """End settlement on a ground that the law knows on that day.

    Withdrawal as the ground must be that of everything by everybody, as the petition records it.

    Raises: Refused: unknown_file, case_not_open, case_terminated, already_decided,
        ground_not_for_kind, not_withdrawn_whole, withdrawal_does_not_end_it, date_before_opening,
        date_before_previous_step.
    """
    event = CaseTerminated(
        terminated_on=command.terminated_on, ground=command.ground, number=command.number
    )
    if case.terminated == event and not case.closed:
        return []
    opened = require_undecided(case)
    if command.ground not in grounds_in_force(TERMINATION, opened.kind, command.terminated_on):
        refuse("ground_not_for_kind")
    _not_before_opening(command.terminated_on, opened)
    if command.ground is TerminationGround.WITHDRAWN:
        _require_withdrawn(command, opened)
    if case.suspended and command.terminated_on < case.suspended.suspended_on:
        refuse("date_before_previous_step")
    return [event]


def send_order(command: SendOrder, case: Case) -> list[CaseEvent]:
    """Record that a decision to suspend, go on or terminate was sent.

    Raises: Refused: unknown_file, case_not_open, unknown_order, date_before_order,
        recipient_not_for_kind.
    """
    opened = require_open(case)
    issued_on = case.orders.get(command.number)
    if issued_on is None:
        refuse("unknown_order")
    if command.sent_on < issued_on:
        refuse("date_before_order")
    recipients = _recipients(command.recipients, gets_decision(opened))
    event = OrderSent(sent_on=command.sent_on, number=command.number, recipients=recipients)
    return [] if event in case.orders_sent else [event]


def send_decision(command: SendDecision, case: Case) -> list[CaseEvent]:
    """Record the sending; the first one reaches everybody who must get it, later ones add others.

    Raises: Refused: unknown_file, case_not_open, not_decided, date_before_decision,
        recipient_not_for_kind, recipients_missing.
    """
    opened, _ = require_decided(case, command.sent_on)
    recipients = _recipients(command.recipients, gets_decision(opened))
    before = {recipient for event in case.sent for recipient in event.recipients}
    if before >= set(recipients):
        return []
    if not before | set(recipients) >= must_get_decision(opened):
        refuse("recipients_missing")
    return [DecisionSent(sent_on=command.sent_on, recipients=recipients)]


def record_receipt(command: RecordReceipt, case: Case) -> list[CaseEvent]:
    """Record from when a party's window for a second complaint or a lawsuit runs.

    Raises: Refused: unknown_file, case_not_open, not_decided, date_before_decision,
        already_received.
    """
    event = DecisionReceivedByParty(received_on=command.received_on, ref=command.ref)
    require_decided(case, command.received_on)
    if event in case.received:
        return []
    if any(received.ref == command.ref for received in case.received):
        refuse("already_received")
    return [event]


def publish_decision(command: PublishDecision, case: Case) -> list[CaseEvent]:
    """Record the publication; one form is enough, a later one may be recorded too.

    Raises: Refused: unknown_file, case_not_open, not_decided, date_before_decision,
        publication_form_missing.
    """
    forms = tuple(dict.fromkeys(command.forms))
    event = DecisionPublished(published_on=command.published_on, forms=forms)
    require_decided(case, command.published_on)
    if not forms:
        refuse("publication_form_missing")
    return [] if case.published == event else [event]


def ask_police(command: AskPolice, case: Case) -> list[CaseEvent]:
    """Ask the ward police; the same question on the same day is asked once.

    Raises: Refused: unknown_file, case_not_open, date_before_opening.
    """
    event = PoliceAsked(asked_on=command.asked_on, purpose=command.purpose)
    opened = require_open(case)
    if event in case.police:
        return []
    _not_before_opening(command.asked_on, opened)
    return [event]


def record_police_answer(command: RecordPoliceAnswer, case: Case) -> list[CaseEvent]:
    """Record the answer to the oldest open question.

    Raises: Refused: unknown_file, case_not_open, police_not_asked, date_before_previous_step.
    """
    require_open(case)
    if not case.police:
        refuse("police_not_asked")
    if command.answered_on < case.police[0].asked_on:
        refuse("date_before_previous_step")
    return [PoliceAnswered(answered_on=command.answered_on)]


def _require_withdrawn(command: TerminateCase, opened: CaseOpened) -> None:
    withdrawn_on = command.petition.withdrawn_whole_on
    if withdrawn_on is None:
        refuse("not_withdrawn_whole")
    if command.terminated_on < withdrawn_on:
        refuse("date_before_previous_step")
    is_denunciation = opened.kind is Kind.DENUNCIATION
    if is_denunciation and command.petition.shows_violation:
        refuse("withdrawal_does_not_end_it")
    if command.petition.is_withdrawn_under_pressure and (
        is_denunciation or (opened.kind is Kind.COMPLAINT and command.terminated_on >= LAW_OF_2026)
    ):
        refuse("withdrawal_does_not_end_it")


def _recipients(named: Iterable[Recipient], allowed: frozenset[Recipient]) -> tuple[Recipient, ...]:
    recipients = tuple(dict.fromkeys(named))
    if not recipients:
        refuse("recipients_missing")
    if not allowed.issuperset(recipients):
        refuse("recipient_not_for_kind")
    return recipients


def _not_before_opening(day: date, opened: CaseOpened) -> None:
    if day < opened.opened_on:
        refuse("date_before_opening")


def _complaint_or_denunciation(opened: CaseOpened) -> None:
    if opened.kind not in (Kind.COMPLAINT, Kind.DENUNCIATION):
        refuse("step_not_for_kind")
