"""Steps between acceptance and decision that more than one procedure has. Pure.

The notice of acceptance, verification, complexity, suspension and termination.
"""

from dataclasses import dataclass, field
from datetime import date

from services.assignment.case import (
    Case,
    complaint_or_denunciation,
    not_before,
    not_before_opening,
    recipients_among,
    require_assignee,
    require_no_conflict,
    require_open,
    require_undecided,
)
from services.assignment.law import (
    LAW_OF_2026,
    SUSPENSION,
    TERMINATION,
    grounds_in_force,
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
    Recipient,
    SuspensionGround,
    TerminationGround,
    VerificationReported,
)
from shared.contracts.petitions import Kind
from shared.directory import Directory
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


def notify_acceptance(command: NotifyAcceptance, case: Case) -> list[CaseEvent]:
    """Record the notices; who was told already is not told again.

    Of a denunciation there are two, to the denouncer and to the denounced (Luật Tố cáo Đ.29.3).

    Raises: Refused: unknown_file, case_not_open, recipients_missing, recipient_not_for_kind,
        date_before_opening.
    """
    opened = require_open(case)
    told = recipients_among(command.recipients, told_of_acceptance(opened))
    new = tuple(recipient for recipient in told if recipient not in case.notified)
    if not new:
        return []
    not_before_opening(command.notified_on, opened)
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
    not_before_opening(command.reported_on, opened)
    if not case.transfers:
        not_before(command.reported_on, assigned.assigned_on, code="date_before_assignment")
    return [
        VerificationReported(
            reported_on=command.reported_on,
            officer=command.officer,
            differs_from_request=command.differs_from_request,
            personal=command.personal,
        )
    ]


def declare_complex(command: DeclareComplex, case: Case) -> list[CaseEvent]:
    """Put complexity on record; criteria add up, known ones change nothing.

    Before 2026-07-01 no list of criteria bound the settlement of complaints.

    Raises: Refused: unknown_file, case_not_open, case_terminated, already_decided,
        step_not_for_kind, criteria_missing, date_before_opening.
    """
    opened = require_undecided(case)
    complaint_or_denunciation(opened)
    needs_criteria = opened.kind is Kind.DENUNCIATION or command.declared_on >= LAW_OF_2026
    if needs_criteria and not command.criteria:
        refuse("criteria_missing")
    not_before_opening(command.declared_on, opened)
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
    not_before_opening(command.suspended_on, opened)
    not_before(command.suspended_on, case.continued.continued_on if case.continued else None)
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
    not_before(command.continued_on, case.suspended.suspended_on)
    return [event]


def terminate_case(command: TerminateCase, case: Case) -> list[CaseEvent]:
    """End settlement on a ground that the law knows on that day.

    Withdrawal as the ground must be that of everything by everybody, as the petition records it.

    Raises: Refused: unknown_file, case_not_open, case_terminated, already_decided,
        ground_not_for_kind, not_withdrawn_whole, withdrawal_does_not_end_it, heirs_go_on,
        date_before_opening, date_before_previous_step.
    """
    event = CaseTerminated(
        terminated_on=command.terminated_on, ground=command.ground, number=command.number
    )
    if case.terminated == event and not case.closed:
        return []
    opened = require_undecided(case)
    if command.ground not in grounds_in_force(TERMINATION, opened.kind, command.terminated_on):
        refuse("ground_not_for_kind")
    not_before_opening(command.terminated_on, opened)
    if command.ground is TerminationGround.WITHDRAWN:
        _require_withdrawn(command, opened)
    if command.ground is TerminationGround.DIED and command.petition.is_inherited:
        refuse("heirs_go_on")
    not_before(command.terminated_on, case.suspended.suspended_on if case.suspended else None)
    return [event]


def _require_withdrawn(command: TerminateCase, opened: CaseOpened) -> None:
    withdrawn_on = command.petition.withdrawn_whole_on
    if withdrawn_on is None:
        refuse("not_withdrawn_whole")
    not_before(command.terminated_on, withdrawn_on)
    is_denunciation = opened.kind is Kind.DENUNCIATION
    if is_denunciation and command.petition.shows_violation:
        refuse("withdrawal_does_not_end_it")
    if command.petition.is_withdrawn_under_pressure and (
        is_denunciation or (opened.kind is Kind.COMPLAINT and command.terminated_on >= LAW_OF_2026)
    ):
        refuse("withdrawal_does_not_end_it")
