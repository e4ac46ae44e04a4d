"""What only complaints (khiếu nại) know: the second complaint and what follows, enforcement.

Pure. Legal effect counts from issuance, the window for a second complaint from receipt; both are
in `law.py`.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from services.assignment.case import (
    Case,
    legal_effect_from,
    not_before,
    require_consistent,
    require_open,
)
from services.assignment.law import (
    shortest_settlement_days,
)
from services.assignment.petition import Petition
from services.assignment.refusals import refuse
from shared.contracts.cases import (
    CaseEvent,
    CaseOpened,
    DecisionEnforced,
    EnforcementOrdered,
    Figures,
    ResettlementAccepted,
    ResettlementGround,
    SecondComplaintAccepted,
    SecondComplaintLodged,
    SecondComplaintRefused,
)
from shared.contracts.petitions import Kind
from shared.directory import Directory


@dataclass(frozen=True, kw_only=True, slots=True)
class LodgeSecondComplaint:
    """The complainant turned to the next level (khiếu nại lần hai)."""

    file: str
    lodged_on: date
    authority: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordSecondAcceptance:
    """The province took the second complaint up (thụ lý khiếu nại lần hai)."""

    file: str
    accepted_on: date
    is_complex: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordSecondRefusal:
    """The province did not take the second complaint up (không thụ lý khiếu nại lần hai)."""

    file: str
    refused_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class AcceptResettlement:
    """Settle a cancelled first decision's complaint again (thụ lý giải quyết lại)."""

    file: str
    accepted_on: date
    ground: ResettlementGround
    number: str
    petition: Petition = field(default_factory=Petition)


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderEnforcement:
    """Order that the decision in force be carried out (tổ chức thi hành)."""

    file: str
    ordered_on: date
    unit: str
    number: str
    directory: Directory
    due_on: date | None = None
    calls_for: Figures | None = None
    petition: Petition = field(default_factory=Petition)


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordEnforcement:
    """Record how far the decision was carried out (kết quả thi hành)."""

    file: str
    enforced_on: date
    is_complete: bool
    results: Figures | None = None


def lodge_second_complaint(command: LodgeSecondComplaint, case: Case) -> list[CaseEvent]:
    """Record that the complainant went to the province, in time or not: it judges that.

    Without a first decision only once the limit for it is over (Luật Khiếu nại Đ.33.1). What the
    province did not take up may be lodged anew.

    Raises: Refused: unknown_file, case_not_open, only_for_complaints, case_terminated,
        already_lodged, date_before_previous_step, date_before_decision,
        second_complaint_too_early.
    """
    event = SecondComplaintLodged(lodged_on=command.lodged_on, authority=command.authority)
    opened = _complaint(case)
    if case.second_complaint == event:
        return []
    if case.appealed:
        refuse("already_lodged")
    if isinstance(case.second_answer, SecondComplaintRefused):
        not_before(command.lodged_on, case.second_answer.refused_on)
    if case.decision:
        not_before(command.lodged_on, case.decision.decided_on, code="date_before_decision")
    elif case.suspended or command.lodged_on <= _settlement_ends_on(case, opened):
        refuse("second_complaint_too_early")
    return [event]


def record_second_acceptance(command: RecordSecondAcceptance, case: Case) -> list[CaseEvent]:
    """Record what the province told us; its limit to settle counts from it (Đ.36, Đ.37).

    Raises: Refused: unknown_file, case_not_open, only_for_complaints, case_terminated,
        second_not_lodged, second_already_answered, date_before_previous_step.
    """
    event = SecondComplaintAccepted(accepted_on=command.accepted_on, is_complex=command.is_complex)
    return _answer_second(event, command.accepted_on, case)


def record_second_refusal(command: RecordSecondRefusal, case: Case) -> list[CaseEvent]:
    """Record that the first decision stands as if nobody had complained again (Đ.36.1, Đ.44.1).

    Raises: Refused: unknown_file, case_not_open, only_for_complaints, case_terminated,
        second_not_lodged, second_already_answered, date_before_previous_step.
    """
    event = SecondComplaintRefused(refused_on=command.refused_on)
    return _answer_second(event, command.refused_on, case)


def _answer_second(
    event: SecondComplaintAccepted | SecondComplaintRefused, on: date, case: Case
) -> list[CaseEvent]:
    _complaint(case)
    if case.second_answer == event:
        return []
    if case.second_complaint is None:
        refuse("second_not_lodged")
    if case.second_answer:
        refuse("second_already_answered")
    not_before(on, case.second_complaint.lodged_on)
    return [event]


def accept_resettlement(command: AcceptResettlement, case: Case) -> list[CaseEvent]:
    """Take the complaint up anew: every step before the decision is due again, in full limits.

    Because the province cancelled the decision, or because its author did so while the province
    had not decided, which ends the second complaint (Đ.11a.2.c). That the limit counts from the new
    acceptance is practice (confidence C).

    Raises: Refused: unknown_file, case_not_open, only_for_complaints, case_terminated,
        not_decided, second_not_lodged, not_cancelled, date_before_previous_step.
    """
    event = ResettlementAccepted(
        accepted_on=command.accepted_on, ground=command.ground, number=command.number
    )
    _complaint(case)
    if case.resettled == event:
        return []
    if case.decision is None:
        refuse("not_decided")
    if case.appealed is None:
        refuse("second_not_lodged")
    lodged_on = case.appealed.lodged_on
    cancelled_on = command.petition.cancelled_outside_after(lodged_on)
    is_decided = command.petition.decided_outside_after(lodged_on) is not None
    if (cancelled_on is None) if command.ground is ResettlementGround.CANCELLED else is_decided:
        refuse("not_cancelled")
    not_before(command.accepted_on, lodged_on, cancelled_on)
    return [event]


def order_enforcement(command: OrderEnforcement, case: Case) -> list[CaseEvent]:
    """Order enforcement of a decision that has legal effect; a later order takes its place.

    After a second complaint it is the second decision that is carried out.

    Raises: Refused: unknown_file, case_not_open, only_for_complaints, case_terminated,
        not_decided, unknown_unit, second_complaint_pending, decision_not_effective,
        already_enforced, due_before_start, figures_inconsistent.
    """
    event = EnforcementOrdered(
        ordered_on=command.ordered_on,
        unit=command.unit,
        number=command.number,
        due_on=command.due_on,
        calls_for=command.calls_for,
    )
    opened = _complaint(case)
    if case.enforcement == event:
        return []
    if case.decision is None and case.appealed is None:
        refuse("not_decided")
    if command.directory.unit(command.unit) is None:
        refuse("unknown_unit")
    if case.enforced and case.enforced.is_complete:
        refuse("already_enforced")
    effect = legal_effect_from(case, opened, command.petition)
    if effect is None:
        refuse("second_complaint_pending")
    not_before(command.ordered_on, effect, code="decision_not_effective")
    if command.due_on and command.due_on < command.ordered_on:
        refuse("due_before_start")
    require_consistent(command.calls_for)
    return [event]


def record_enforcement(command: RecordEnforcement, case: Case) -> list[CaseEvent]:
    """Record that the decision was carried out, in part or completely.

    Raises: Refused: unknown_file, case_not_open, only_for_complaints, case_terminated,
        enforcement_not_ordered, already_enforced, date_before_previous_step, figures_inconsistent.
    """
    event = DecisionEnforced(
        enforced_on=command.enforced_on, is_complete=command.is_complete, results=command.results
    )
    _complaint(case)
    if case.enforced == event:
        return []
    if case.enforcement is None:
        refuse("enforcement_not_ordered")
    if case.enforced and case.enforced.is_complete:
        refuse("already_enforced")
    not_before(command.enforced_on, case.enforcement.ordered_on)
    require_consistent(command.results)
    return [event]


def _complaint(case: Case) -> CaseOpened:
    opened = require_open(case)
    if opened.kind is not Kind.COMPLAINT:
        refuse("only_for_complaints")
    if case.terminated:
        refuse("case_terminated")
    return opened


def _settlement_ends_on(case: Case, opened: CaseOpened) -> date:
    """The earliest day on which the limit can end; a day off at its end is not looked at."""
    days = shortest_settlement_days(opened, is_complex=case.is_complex)
    return opened.opened_on + timedelta(days=days + case.days_suspended)
