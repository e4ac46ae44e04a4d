"""The backbone of a case: opened, assigned, recused, decided, closed. Pure functions only.

A decision function takes a command and the case as it stands (`case.py`) and answers with the
events that follow. Every refusal has a code in `refusals.py`. What happens in between stands in
`settling.py` and `asking.py`, who gets the decision in `delivery.py`, what only one procedure knows
in `complaints.py` and `denunciations.py`. A decision holds sealed text, so it is never taken for a
repetition by its look; a request that came twice is known by its idempotency key.
"""

from dataclasses import dataclass, field
from datetime import date

from services.assignment.case import Case as Case
from services.assignment.case import evolve as evolve
from services.assignment.case import (
    legal_effect_from,
    not_before,
    require_assignee,
    require_consistent,
    require_no_conflict,
    require_undecided,
    voluntary_transfers,
)
from services.assignment.case import require_open as require_open
from services.assignment.law import (
    MAX_TRANSFERS,
    OUTCOMES,
    appeal_ends_on,
)
from services.assignment.petition import Petition
from services.assignment.refusals import REFUSALS as REFUSALS
from services.assignment.refusals import refuse
from services.assignment.routing import Reason
from shared.contracts.cases import (
    CaseAssigned,
    CaseClosed,
    CaseEvent,
    CaseOpened,
    ClosingGround,
    DecisionIssued,
    Figures,
    OfficerRecused,
    Outcome,
    RecusalGround,
    SecondComplaintLodged,
    SecondComplaintRefused,
)
from shared.contracts.petitions import Field, Kind
from shared.directory import Directory
from shared.personal import Personal
from shared.working_days import Calendar


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenCase:
    """Open the case of an accepted petition (mở hồ sơ giải quyết)."""

    file: str
    opened_on: date
    kind: Kind
    field: Field
    is_remote: bool = False
    is_disciplinary: bool = False
    is_dismissal: bool = False
    respondent_officers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class AssignCase:
    """Make a unit and an officer answerable for the case (giao giải quyết, phân công)."""

    file: str
    assigned_on: date
    unit: str
    officer: str
    assigned_by: str
    directory: Directory  # of the authority, as it is now
    reasons: tuple[Reason, ...] = ()
    max_transfers: int = MAX_TRANSFERS


@dataclass(frozen=True, kw_only=True, slots=True)
class RecuseOfficer:
    """Keep an officer with a conflict of interest away from the case (từ chối, thay đổi)."""

    file: str
    recused_on: date
    officer: str
    ground: RecusalGround
    directory: Directory


@dataclass(frozen=True, kw_only=True, slots=True)
class IssueDecision:
    """Issue the settlement decision, the conclusion or the answer.

    (quyết định giải quyết khiếu nại, kết luận nội dung tố cáo, văn bản trả lời)
    """

    file: str
    decided_on: date
    number: str
    outcome: Outcome
    decided_by: str  # who records it; the chair signs
    calls_for: Figures | None = None
    personal: Personal = field(default_factory=Personal.nothing)  # text: conclusion


@dataclass(frozen=True, kw_only=True, slots=True)
class CloseCase:
    """Close a case in which nothing is left to do (kết thúc, lưu hồ sơ)."""

    file: str
    closed_on: date
    ground: ClosingGround
    calendar: Calendar
    petition: Petition = field(default_factory=Petition)


def open_case(command: OpenCase, case: Case) -> list[CaseEvent]:
    """Open the case; opening it again in the same way changes nothing.

    Raises: Refused: already_open.
    """
    event = CaseOpened(
        opened_on=command.opened_on,
        kind=command.kind,
        field=command.field,
        is_remote=command.is_remote,
        is_disciplinary=command.is_disciplinary,
        is_dismissal=command.is_dismissal,
        respondent_officers=command.respondent_officers,
    )
    if case.opened == event:
        return []
    if case.opened is not None:
        refuse("already_open")
    return [event]


def assign_case(command: AssignCase, case: Case) -> list[CaseEvent]:
    """Assign or reassign; giving it to those who have it already changes nothing.

    The unit need not be competent for the field: that is for the chair to judge.

    Raises: Refused: unknown_file, case_not_open, case_terminated, already_decided, unknown_unit,
        officer_not_in_unit, conflict_of_interest, too_many_transfers, date_before_opening,
        date_before_assignment.
    """
    opened = require_open(case)
    unit = command.directory.unit(command.unit)
    if unit is None:
        refuse("unknown_unit")
    if not unit.has(command.officer):
        refuse("officer_not_in_unit")
    require_no_conflict(case, command.officer)
    before = case.assigned
    if before and (before.unit, before.officer) == (command.unit, command.officer):
        return []
    require_undecided(case)
    not_before(command.assigned_on, opened.opened_on, code="date_before_opening")
    if before:
        not_before(command.assigned_on, before.assigned_on, code="date_before_assignment")
    if (
        before
        and before.officer not in case.recused
        and voluntary_transfers(case) >= command.max_transfers
    ):
        refuse("too_many_transfers")
    return [
        CaseAssigned(
            assigned_on=command.assigned_on,
            unit=command.unit,
            officer=command.officer,
            assigned_by=command.assigned_by,
            reasons=command.reasons,
        )
    ]


def recuse_officer(command: RecuseOfficer, case: Case) -> list[CaseEvent]:
    """Record that an officer may not assign, verify or decide; once is enough.

    Who has the case keeps it in name until somebody else gets it, and can do nothing with it. What
    a recused officer verified no longer counts.

    Raises: Refused: unknown_file, case_not_open, unknown_officer, date_before_opening.
    """
    opened = require_open(case)
    if not command.directory.has(command.officer):
        refuse("unknown_officer")
    if command.officer in case.recused:
        return []
    not_before(command.recused_on, opened.opened_on, code="date_before_opening")
    return [
        OfficerRecused(
            recused_on=command.recused_on, officer=command.officer, ground=command.ground
        )
    ]


def issue_decision(command: IssueDecision, case: Case) -> list[CaseEvent]:
    """Decide a case that somebody answers for and that was verified as the law demands.

    A complaint may be decided without verification only where looking at the disputed decision
    again showed that the complaint is right (Luật Khiếu nại Đ.29.1); a denunciation never (Luật
    Tố cáo Đ.35.1).

    Raises: Refused: unknown_file, case_not_open, case_terminated, already_decided, not_assigned,
        conflict_of_interest, case_suspended, outcome_not_for_kind, date_before_opening,
        date_before_assignment, not_verified, dialogue_due, dialogue_not_led_by_chair,
        date_before_previous_step.
    """
    event = DecisionIssued(
        decided_on=command.decided_on,
        number=command.number,
        outcome=command.outcome,
        decided_by=command.decided_by,
        calls_for=command.calls_for,
        personal=command.personal,
    )
    if case.decision == event:
        return []
    opened = require_undecided(case)
    assigned = require_assignee(case)
    require_no_conflict(case, command.decided_by)
    if case.suspended:
        refuse("case_suspended")
    if command.outcome not in OUTCOMES[opened.kind]:
        refuse("outcome_not_for_kind")
    not_before(command.decided_on, opened.opened_on, code="date_before_opening")
    not_before(command.decided_on, assigned.assigned_on, code="date_before_assignment")
    _require_verified(case, opened, command.outcome)
    _require_dialogue(case, opened)
    not_before(
        command.decided_on,
        case.verified.reported_on if case.verified else None,
        case.dialogue.held_on if case.dialogue else None,
        case.continued.continued_on if case.continued else None,
    )
    require_consistent(command.calls_for)
    return [event]


def close_case(command: CloseCase, case: Case) -> list[CaseEvent]:
    """Close a case in which nothing is left to do; closing it again changes nothing.

    A complaint needs the decision in legal effect, which counts from issuance, *and* the window for
    a second complaint over, which counts from receipt, or else the decision carried out. A
    denunciation needs its conclusion handled and published, a recommendation its answer.

    Raises: Refused: unknown_file, case_not_open, case_terminated, not_terminated, not_decided,
        ground_not_for_kind, date_before_decision, date_before_previous_step,
        second_complaint_pending, enforcement_unfinished, decision_not_effective, receipt_unknown,
        appeal_window_open, not_published, conclusion_not_handled.
    """
    event = CaseClosed(closed_on=command.closed_on, ground=command.ground)
    if case.closed == event:
        return []
    opened = require_open(case)
    if case.terminated:
        if command.ground is not ClosingGround.TERMINATED:
            refuse("case_terminated")
        not_before(command.closed_on, case.terminated.terminated_on)
        return [event]
    if command.ground is ClosingGround.TERMINATED:
        refuse("not_terminated")
    answered = Outcome.ANSWERED in OUTCOMES[opened.kind]
    if command.ground is ClosingGround.ANSWERED and not answered:
        refuse("ground_not_for_kind")
    if opened.kind is Kind.COMPLAINT and case.appealed:
        # The province may have taken over a complaint that was never decided here.
        _require_second_level_over(command, case, opened, case.appealed)
        return [event]
    if case.decision is None:
        refuse("not_decided")
    not_before(command.closed_on, case.decision.decided_on, code="date_before_decision")
    if opened.kind is Kind.COMPLAINT:
        _require_complaint_over(command, case, opened)
    elif opened.kind is Kind.DENUNCIATION:
        _require_denunciation_over(command, case)
    return [event]


def _require_verified(case: Case, opened: CaseOpened, outcome: Outcome) -> None:
    if opened.kind not in (Kind.COMPLAINT, Kind.DENUNCIATION) or case.verified:
        return
    if not (opened.kind is Kind.COMPLAINT and outcome is Outcome.JUSTIFIED):
        refuse("not_verified")


def _require_dialogue(case: Case, opened: CaseOpened) -> None:
    """Luật Khiếu nại Đ.30.1: where request and result differ; Đ.53.1: disciplinary, always."""
    if opened.kind is not Kind.COMPLAINT:
        return
    differs = case.verified is not None and case.verified.differs_from_request
    if not (differs or opened.is_disciplinary):
        return
    if case.dialogue is None:
        refuse("dialogue_due")
    if differs and case.verified and case.dialogue.held_on < case.verified.reported_on:
        refuse("dialogue_due")  # it could not yet be about the result
    if not case.dialogue.led_by_chair:
        refuse("dialogue_not_led_by_chair")


def _require_complaint_over(command: CloseCase, case: Case, opened: CaseOpened) -> None:
    if isinstance(case.second_answer, SecondComplaintRefused):
        not_before(command.closed_on, case.second_answer.refused_on)
    if _is_carried_out(command, case):
        return
    effect = legal_effect_from(case, opened, command.petition)
    not_before(command.closed_on, effect, code="decision_not_effective")
    # Each of several complainants has a window of their own; respondents have none.
    received = [event.received_on for event in case.received if event.ref.startswith("p")]
    if not received:
        refuse("receipt_unknown")
    if command.closed_on <= appeal_ends_on(opened, max(received), command.calendar):
        refuse("appeal_window_open")


def _require_second_level_over(
    command: CloseCase, case: Case, opened: CaseOpened, second: SecondComplaintLodged
) -> None:
    effect = legal_effect_from(case, opened, command.petition)
    if effect is None:
        refuse("second_complaint_pending")
    not_before(command.closed_on, second.lodged_on)
    if not _is_carried_out(command, case):
        not_before(command.closed_on, effect, code="decision_not_effective")


def _is_carried_out(command: CloseCase, case: Case) -> bool:
    if case.enforced and case.enforced.is_complete:
        not_before(command.closed_on, case.enforced.enforced_on)
        return True
    if case.enforcement:
        refuse("enforcement_unfinished")
    return False


def _require_denunciation_over(command: CloseCase, case: Case) -> None:
    if not case.handled:
        refuse("conclusion_not_handled")
    if case.published is None:
        refuse("not_published")
    handled = (event.handled_on for event in case.handled)
    not_before(command.closed_on, case.published.published_on, *handled)
