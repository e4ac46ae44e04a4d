"""Who gets what was decided, and when: orders, decisions, the answer to the forwarder. Pure.

And what came of a decision later on.
"""

from dataclasses import dataclass, field
from datetime import date

from services.assignment.case import (
    Case,
    not_before,
    not_before_opening,
    recipients_among,
    require_consistent,
    require_decided,
    require_open,
)
from services.assignment.law import (
    gets_decision,
    must_get_decision,
)
from services.assignment.petition import Petition
from services.assignment.refusals import refuse
from shared.contracts.cases import (
    CaseEvent,
    DecisionPublished,
    DecisionReceivedByParty,
    DecisionSent,
    Figures,
    ForwarderInformed,
    OrderSent,
    PublicationForm,
    Recipient,
    ResultsReported,
)


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
class InformForwarder:
    """Tell the result to who had handed the petition over (báo cho nơi chuyển đơn)."""

    file: str
    informed_on: date
    petition: Petition = field(default_factory=Petition)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportResults:
    """Add to what was done of a decision (kết quả thực hiện)."""

    file: str
    reported_on: date
    results: Figures


def send_order(command: SendOrder, case: Case) -> list[CaseEvent]:
    """Record that a decision to suspend, go on or terminate was sent.

    Raises: Refused: unknown_file, case_not_open, unknown_order, date_before_order,
        recipient_not_for_kind.
    """
    opened = require_open(case)
    issued_on = case.orders.get(command.number)
    if issued_on is None:
        refuse("unknown_order")
    not_before(command.sent_on, issued_on, code="date_before_order")
    recipients = recipients_among(command.recipients, gets_decision(opened))
    event = OrderSent(sent_on=command.sent_on, number=command.number, recipients=recipients)
    return [] if event in case.orders_sent else [event]


def send_decision(command: SendDecision, case: Case) -> list[CaseEvent]:
    """Record the sending; the first one reaches everybody who must get it, later ones add others.

    Raises: Refused: unknown_file, case_not_open, not_decided, date_before_decision,
        recipient_not_for_kind, recipients_missing.
    """
    opened, _ = require_decided(case, command.sent_on)
    recipients = recipients_among(command.recipients, gets_decision(opened))
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


def inform_forwarder(command: InformForwarder, case: Case) -> list[CaseEvent]:
    """Record the answer to the authority, press or Front that had handed the petition over.

    Raises: Refused: unknown_file, case_not_open, not_forwarded, date_before_opening.
    """
    event = ForwarderInformed(informed_on=command.informed_on)
    opened = require_open(case)
    if case.informed == event:
        return []
    if not command.petition.is_forwarded:
        refuse("not_forwarded")
    not_before_opening(command.informed_on, opened)
    return [event]


def report_results(command: ReportResults, case: Case) -> list[CaseEvent]:
    """Record figures that neither enforcement nor a measure told; the file may be closed by then.

    Raises: Refused: unknown_file, not_decided, date_before_decision, figures_inconsistent.
    """
    event = ResultsReported(reported_on=command.reported_on, results=command.results)
    if case.opened is None:
        refuse("unknown_file")
    if case.decision is None:
        refuse("not_decided")
    if case.reported == event:
        return []
    not_before(command.reported_on, case.decision.decided_on, code="date_before_decision")
    require_consistent(command.results)
    return [event]
