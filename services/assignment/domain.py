"""What may happen to a case (vụ việc) and what follows from it: pure functions only.

A decision function takes a command and the case as it stands and answers with the events that
follow. Every refusal has a code in `REFUSALS`. A decision holds sealed text, so it is never taken
for a repetition by its look; a request that came twice is known by its idempotency key.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, NoReturn, assert_never

from services.assignment.directory import Directory
from services.assignment.routing import Reason
from shared.contracts.cases import (
    CaseAssigned,
    CaseClosed,
    CaseEvent,
    CaseOpened,
    ClosingGround,
    DecisionIssued,
    Outcome,
)
from shared.contracts.petitions import Field, Kind
from shared.errors import Refused
from shared.personal import Personal

#: Code -> what the caller is told, and where the law says so.
REFUSALS: Final[Mapping[str, tuple[str, str]]] = {
    "unknown_file": (
        "Hồ sơ chưa được mở; thử lại sau ít giây nếu đơn vừa thụ lý.",
        "internal",
    ),
    "already_open": (
        "Hồ sơ này đã mở với nội dung khác.",
        "internal",
    ),
    "case_not_open": (
        "Hồ sơ đã kết thúc nên không thể thay đổi nữa.",
        "internal",
    ),
    "already_decided": (
        "Vụ việc đã có quyết định, kết luận hoặc văn bản trả lời.",
        "Luật Khiếu nại Đ.31; Luật Tố cáo Đ.35",
    ),
    "not_assigned": (
        "Hồ sơ chưa giao cho cán bộ nào; hãy giao giải quyết trước.",
        "Luật Khiếu nại Đ.29; Luật Tố cáo Đ.31",
    ),
    "not_decided": (
        "Vụ việc chưa có quyết định, kết luận hoặc văn bản trả lời nên chưa thể kết thúc.",
        "Luật Khiếu nại Đ.31; Luật Tố cáo Đ.35",
    ),
    "unknown_unit": (
        "Không có đơn vị mang mã này trong danh mục; hãy xem gợi ý phân công.",
        "internal",
    ),
    "officer_not_in_unit": (
        "Cán bộ này không thuộc đơn vị đã chọn; hãy xem gợi ý phân công.",
        "internal",
    ),
    "outcome_not_for_kind": (
        "Kết quả không hợp với loại đơn: khiếu nại, tố cáo là đúng, đúng một phần hoặc sai;"
        " kiến nghị, phản ánh là đã trả lời.",
        "Luật Khiếu nại Đ.31.2; Luật Tố cáo Đ.35.2",
    ),
    "ground_not_for_kind": (
        "Căn cứ kết thúc «đã trả lời» chỉ dùng cho kiến nghị, phản ánh.",
        "internal",
    ),
    "date_before_opening": (
        "Ngày này trước ngày thụ lý; hãy kiểm tra lại.",
        "Luật Khiếu nại Đ.28; Luật Tố cáo Đ.30",
    ),
    "date_before_assignment": (
        "Ngày này trước ngày giao giải quyết; hãy kiểm tra lại.",
        "internal",
    ),
    "date_before_decision": (
        "Ngày này trước ngày ban hành quyết định; hãy kiểm tra lại.",
        "internal",
    ),
}

#: Which outcomes a kind of petition can have.
OUTCOMES: Final[Mapping[Kind, frozenset[Outcome]]] = {
    kind: frozenset({Outcome.ANSWERED})
    if kind in (Kind.RECOMMENDATION, Kind.FEEDBACK)
    else frozenset({Outcome.JUSTIFIED, Outcome.PARTLY_JUSTIFIED, Outcome.UNJUSTIFIED})
    for kind in Kind
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """How far the case has come: the last event of each sort, and no more."""

    opened: CaseOpened | None = None
    assigned: CaseAssigned | None = None
    decision: DecisionIssued | None = None
    closed: CaseClosed | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenCase:
    """Open the case of an accepted petition (mở hồ sơ giải quyết)."""

    file: str
    opened_on: date
    kind: Kind
    field: Field
    is_remote: bool = False


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
    personal: Personal = field(default_factory=Personal.nothing)  # text: conclusion


@dataclass(frozen=True, kw_only=True, slots=True)
class CloseCase:
    """Close a case in which nothing is left to do (kết thúc, lưu hồ sơ)."""

    file: str
    closed_on: date
    ground: ClosingGround


def open_case(command: OpenCase, case: Case) -> list[CaseEvent]:
    """Open the case; opening it again in the same way changes nothing.

    Raises: Refused: already_open.
    """
    event = CaseOpened(
        opened_on=command.opened_on,
        kind=command.kind,
        field=command.field,
        is_remote=command.is_remote,
    )
    if case.opened == event:
        return []
    if case.opened is not None:
        _refuse("already_open")
    return [event]


def assign_case(command: AssignCase, case: Case) -> list[CaseEvent]:
    """Assign or reassign; giving it to those who have it already changes nothing.

    The unit need not be competent for the field: that is for the chair to judge.

    Raises: Refused: unknown_file, case_not_open, already_decided, unknown_unit,
        officer_not_in_unit, date_before_opening, date_before_assignment.
    """
    opened = require_open(case)
    unit = command.directory.unit(command.unit)
    if unit is None:
        _refuse("unknown_unit")
    if not unit.has(command.officer):
        _refuse("officer_not_in_unit")
    before = case.assigned
    if before and (before.unit, before.officer) == (command.unit, command.officer):
        return []
    if case.decision:
        _refuse("already_decided")
    if command.assigned_on < opened.opened_on:
        _refuse("date_before_opening")
    if before and command.assigned_on < before.assigned_on:
        _refuse("date_before_assignment")
    return [
        CaseAssigned(
            assigned_on=command.assigned_on,
            unit=command.unit,
            officer=command.officer,
            assigned_by=command.assigned_by,
            reasons=command.reasons,
        )
    ]


def issue_decision(command: IssueDecision, case: Case) -> list[CaseEvent]:
    """Decide a case that somebody answers for.

    Raises: Refused: unknown_file, case_not_open, already_decided, not_assigned,
        outcome_not_for_kind, date_before_opening, date_before_assignment.
    """
    event = DecisionIssued(
        decided_on=command.decided_on,
        number=command.number,
        outcome=command.outcome,
        decided_by=command.decided_by,
        personal=command.personal,
    )
    if case.decision == event:
        return []
    opened = require_open(case)
    if case.decision:
        _refuse("already_decided")
    if case.assigned is None:
        _refuse("not_assigned")
    if command.outcome not in OUTCOMES[opened.kind]:
        _refuse("outcome_not_for_kind")
    if command.decided_on < opened.opened_on:
        _refuse("date_before_opening")
    if command.decided_on < case.assigned.assigned_on:
        _refuse("date_before_assignment")
    return [event]


def close_case(command: CloseCase, case: Case) -> list[CaseEvent]:
    """Close a decided case; closing it again in the same way changes nothing.

    Raises: Refused: unknown_file, case_not_open, not_decided, ground_not_for_kind,
        date_before_decision.
    """
    event = CaseClosed(closed_on=command.closed_on, ground=command.ground)
    if case.closed == event:
        return []
    opened = require_open(case)
    if case.decision is None:
        _refuse("not_decided")
    answered = Outcome.ANSWERED in OUTCOMES[opened.kind]
    if command.ground is ClosingGround.ANSWERED and not answered:
        _refuse("ground_not_for_kind")
    if command.closed_on < case.decision.decided_on:
        _refuse("date_before_decision")
    return [event]


def require_open(case: Case) -> CaseOpened:
    """How the case was opened. Raises: Refused: unknown_file, case_not_open."""
    if case.opened is None:
        _refuse("unknown_file")
    if case.closed is not None:
        _refuse("case_not_open")
    return case.opened


def evolve(case: Case, event: CaseEvent) -> Case:
    """The case after `event`. Never refuses: what is in the log has happened."""
    match event:
        case CaseOpened():
            return replace(case, opened=event)
        case CaseAssigned():
            return replace(case, assigned=event)
        case DecisionIssued():
            return replace(case, decision=event)
        case CaseClosed():
            return replace(case, closed=event)
        case _:
            assert_never(event)


def _refuse(code: str) -> NoReturn:
    raise Refused(code, REFUSALS[code][0])
