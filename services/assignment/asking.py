"""Questions to others between acceptance and decision, and their answers. Pure.

Documents from the parties, expert opinion, the ward police. An answer is to the oldest question.
"""

from dataclasses import dataclass, field, replace
from datetime import date

from services.assignment.case import (
    Case,
    complaint_or_denunciation,
    not_before,
    not_before_opening,
    require_open,
    require_undecided,
)
from services.assignment.law import can_be_asked
from services.assignment.refusals import refuse
from shared.contracts.cases import (
    CaseEvent,
    DocumentsRequested,
    DocumentsSupplied,
    ExpertiseOrdered,
    ExpertiseReceived,
    PoliceAnswered,
    PoliceAsked,
    PolicePurpose,
    Recipient,
)
from shared.personal import Personal


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestDocuments:
    """Ask somebody for information and documents (yêu cầu cung cấp thông tin, tài liệu)."""

    file: str
    requested_on: date
    asked: Recipient


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordDocuments:
    """Take in what was asked for (giao nhận thông tin, tài liệu)."""

    file: str
    supplied_on: date
    asked: Recipient


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
class AskPolice:
    """Ask the ward police to work with us (phối hợp công an phường)."""

    file: str
    asked_on: date
    purpose: PolicePurpose
    personal: Personal = field(default_factory=Personal.nothing)  # text: request


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordPoliceAnswer:
    """Record the answer of the ward police."""

    file: str
    answered_on: date
    personal: Personal = field(default_factory=Personal.nothing)  # text: answer


def request_documents(command: RequestDocuments, case: Case) -> list[CaseEvent]:
    """Ask for documents; waiting for them lengthens no limit. Asked twice on a day is asked once.

    Raises: Refused: unknown_file, case_not_open, case_terminated, already_decided,
        step_not_for_kind, recipient_not_for_kind, date_before_opening.
    """
    event = DocumentsRequested(requested_on=command.requested_on, asked=command.asked)
    opened = require_undecided(case)
    if event in case.documents:
        return []
    complaint_or_denunciation(opened)
    if command.asked not in can_be_asked(opened):
        refuse("recipient_not_for_kind")
    not_before_opening(command.requested_on, opened)
    return [event]


def record_documents(command: RecordDocuments, case: Case) -> list[CaseEvent]:
    """Record what came in, also after the decision; it answers the oldest request to them.

    Raises: Refused: unknown_file, case_not_open, documents_not_requested,
        date_before_previous_step.
    """
    require_open(case)
    asked_on = (event.requested_on for event in case.documents if event.asked is command.asked)
    _require_asked(next(asked_on, None), command.supplied_on, "documents_not_requested")
    return [DocumentsSupplied(supplied_on=command.supplied_on, asked=command.asked)]


def order_expertise(command: OrderExpertise, case: Case) -> list[CaseEvent]:
    """Ask for expert opinion; its time is not counted for a denunciation, but for a complaint.

    Raises: Refused: unknown_file, case_not_open, case_terminated, already_decided,
        step_not_for_kind, expertise_pending, date_before_opening.
    """
    event = ExpertiseOrdered(ordered_on=command.ordered_on, number=command.number)
    opened = require_undecided(case)
    if case.expertise == event:
        return []
    complaint_or_denunciation(opened)
    if case.expertise:
        refuse("expertise_pending")
    not_before_opening(command.ordered_on, opened)
    return [event]


def receive_expertise(command: ReceiveExpertise, case: Case) -> list[CaseEvent]:
    """Record the expert's result.

    Raises: Refused: unknown_file, case_not_open, expertise_not_ordered, date_before_previous_step.
    """
    require_open(case)
    asked_on = case.expertise.ordered_on if case.expertise else None
    _require_asked(asked_on, command.received_on, "expertise_not_ordered")
    return [ExpertiseReceived(received_on=command.received_on)]


def ask_police(command: AskPolice, case: Case) -> list[CaseEvent]:
    """Ask the ward police; the same question on the same day is asked once, unless it has words,
    which are sealed and may be others.

    Raises: Refused: unknown_file, case_not_open, date_before_opening.
    """
    event = PoliceAsked(asked_on=command.asked_on, purpose=command.purpose)
    opened = require_open(case)
    if event in case.police and not command.personal:
        return []
    not_before_opening(command.asked_on, opened)
    return [replace(event, personal=command.personal)]


def record_police_answer(command: RecordPoliceAnswer, case: Case) -> list[CaseEvent]:
    """Record the answer to the oldest open question.

    Raises: Refused: unknown_file, case_not_open, police_not_asked, date_before_previous_step.
    """
    require_open(case)
    asked_on = case.police[0].asked_on if case.police else None
    _require_asked(asked_on, command.answered_on, "police_not_asked")
    return [PoliceAnswered(answered_on=command.answered_on, personal=command.personal)]


def _require_asked(asked_on: date | None, answered_on: date, code: str) -> None:
    """Refuse with `code` an answer to nothing, and one from before its question."""
    if asked_on is None:
        refuse(code)
    not_before(answered_on, asked_on)
