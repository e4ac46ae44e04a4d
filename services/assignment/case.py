"""The case (vụ việc): what is kept of its events, and what every step asks of it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import assert_never

from services.assignment.law import effective_from
from services.assignment.petition import Petition
from services.assignment.refusals import refuse
from shared.contracts.cases import (
    AcceptanceNotified,
    CaseAssigned,
    CaseClosed,
    CaseContinued,
    CaseDeclaredComplex,
    CaseEvent,
    CaseExtended,
    CaseOpened,
    CaseSuspended,
    CaseTerminated,
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
    ExpertiseReceived,
    Figures,
    FlagsChanged,
    ForwarderInformed,
    OfficerRecused,
    OrderSent,
    PoliceAnswered,
    PoliceAsked,
    Recipient,
    ResettlementAccepted,
    ResultsReported,
    SecondComplaintAccepted,
    SecondComplaintLodged,
    SecondComplaintRefused,
    SettlementPlanned,
    VerificationReported,
)
from shared.contracts.petitions import Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Transfer:
    """The case changed hands (chuyển hồ sơ giữa cán bộ)."""

    on: date
    from_officer: str
    to_officer: str
    days_held: int  # calendar days that the one before had it: what the hop may have lost
    is_forced: bool  # the one before had a conflict of interest


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """How far the case has come: of each step what later steps depend on, and no more."""

    opened: CaseOpened | None = None
    assigned: CaseAssigned | None = None
    transfers: tuple[Transfer, ...] = ()
    recused: frozenset[str] = frozenset()  # officers
    notified: frozenset[Recipient] = frozenset()
    verified: VerificationReported | None = None
    documents: tuple[DocumentsRequested, ...] = ()  # requests not yet answered, the oldest first
    expertise: ExpertiseOrdered | None = None  # whose result is awaited
    announced: DialogueAnnounced | None = None
    dialogue: DialogueHeld | None = None
    is_complex: bool = False
    criteria: frozenset[ComplexCriterion] = frozenset()
    extended: tuple[CaseExtended, ...] = ()
    suspended: CaseSuspended | None = None  # and not continued
    continued: CaseContinued | None = None
    days_suspended: int = 0  # in suspensions that have ended
    terminated: CaseTerminated | None = None
    #: Decisions to suspend, go on or terminate: number -> day.
    orders: Mapping[str, date] = field(default_factory=lambda: MappingProxyType({}))
    orders_sent: tuple[OrderSent, ...] = ()
    decision: DecisionIssued | None = None
    sent: tuple[DecisionSent, ...] = ()
    received: tuple[DecisionReceivedByParty, ...] = ()
    published: DecisionPublished | None = None
    handled: tuple[ConclusionHandled, ...] = ()
    informed: ForwarderInformed | None = None
    second_complaint: SecondComplaintLodged | None = None
    second_answer: SecondComplaintAccepted | SecondComplaintRefused | None = None
    resettled: ResettlementAccepted | None = None
    enforcement: EnforcementOrdered | None = None
    enforced: DecisionEnforced | None = None
    reported: ResultsReported | None = None
    police: tuple[PoliceAsked, ...] = ()  # requests not yet answered, the oldest first
    planned: SettlementPlanned | None = None  # the plan that stands
    flagged: FlagsChanged | None = None  # None: as classified
    closed: CaseClosed | None = None

    @property
    def appealed(self) -> SecondComplaintLodged | None:
        """The second complaint, unless the province did not take it up."""
        is_refused = isinstance(self.second_answer, SecondComplaintRefused)
        return None if is_refused else self.second_complaint


def not_before(day: date, *steps: date | None, code: str = "date_before_previous_step") -> None:
    """Refuse with `code` if `day` lies before any of these steps; None: not taken."""
    if any(step is not None and day < step for step in steps):
        refuse(code)


def not_before_opening(day: date, opened: CaseOpened) -> None:
    """Raises: Refused: date_before_opening."""
    not_before(day, opened.opened_on, code="date_before_opening")


def complaint_or_denunciation(opened: CaseOpened) -> None:
    """Raises: Refused: step_not_for_kind."""
    if opened.kind not in (Kind.COMPLAINT, Kind.DENUNCIATION):
        refuse("step_not_for_kind")


def recipients_among(
    named: Iterable[Recipient], allowed: frozenset[Recipient]
) -> tuple[Recipient, ...]:
    """Each once, in the order named.

    Raises: Refused: recipients_missing, recipient_not_for_kind.
    """
    recipients = tuple(dict.fromkeys(named))
    if not recipients:
        refuse("recipients_missing")
    if not allowed.issuperset(recipients):
        refuse("recipient_not_for_kind")
    return recipients


def require_open(case: Case) -> CaseOpened:
    """How the case was opened, or opened anew to be settled again.

    Raises: Refused: unknown_file, case_not_open.
    """
    if case.opened is None:
        refuse("unknown_file")
    if case.closed is not None:
        refuse("case_not_open")
    if case.resettled is None:
        return case.opened
    return replace(case.opened, opened_on=case.resettled.accepted_on)


def require_undecided(case: Case) -> CaseOpened:
    """`require_open`, and neither terminated nor decided.

    Raises: Refused: unknown_file, case_not_open, case_terminated, already_decided.
    """
    opened = require_open(case)
    if case.terminated:
        refuse("case_terminated")
    if case.decision:
        refuse("already_decided")
    return opened


def require_decided(case: Case, on: date) -> tuple[CaseOpened, DecisionIssued]:
    """How it was opened and decided, where `on` is not before the decision.

    Raises: Refused: unknown_file, case_not_open, not_decided, date_before_decision.
    """
    opened = require_open(case)
    if case.decision is None:
        refuse("not_decided")
    not_before(on, case.decision.decided_on, code="date_before_decision")
    return opened, case.decision


def require_assignee(case: Case) -> CaseAssigned:
    """Who has the case and may deal with it. Raises: Refused: not_assigned, conflict_of_interest.

    The one who has it may have been recused and not yet replaced.
    """
    if case.assigned is None:
        refuse("not_assigned")
    require_no_conflict(case, case.assigned.officer)
    return case.assigned


def require_no_conflict(case: Case, who: str) -> None:
    """`who`: an officer's id, or an actor such as `officer:cb-dia-chinh-1`.

    Raises: Refused: conflict_of_interest.
    """
    if who.removeprefix("officer:") in case.recused:
        refuse("conflict_of_interest")


def voluntary_transfers(case: Case) -> int:
    """How often the case changed hands for another reason than a conflict of interest."""
    return sum(not transfer.is_forced for transfer in case.transfers)


def require_consistent(figures: Figures | None) -> None:
    """Officials are among the people (checks of forms 03 to 05, Thông tư 06/2025).

    Raises: Refused: figures_inconsistent.
    """
    if figures and (
        figures.officials_handled > figures.people_handled
        or figures.officials_investigated > figures.people_investigated
        or figures.officials_prosecuted > figures.people_prosecuted
    ):
        refuse("figures_inconsistent")


def legal_effect_from(case: Case, opened: CaseOpened, petition: Petition) -> date | None:
    """From when the decision on a complaint is in force, the second where there is one.

    None as long as there is no decision, or the second level has not decided. A second complaint
    that was not taken up takes nothing from the first decision, but that is known only then.
    """
    if case.appealed:
        decided_on = petition.decided_outside_after(case.appealed.lodged_on)
    else:
        decided_on = case.decision.decided_on if case.decision else None
    if decided_on is None:
        return None
    effect = effective_from(opened, decided_on)
    match case.second_answer:
        case SecondComplaintRefused(refused_on=day):
            return max(effect, day)
        case _:
            return effect


def evolve(case: Case, event: CaseEvent) -> Case:
    """The case after `event`. Never refuses: what is in the log has happened."""
    match event:
        case CaseOpened():
            return replace(case, opened=event, recused=frozenset(event.respondent_officers))
        case CaseAssigned():
            return replace(
                case, assigned=event, transfers=(*case.transfers, *_transfer(case, event))
            )
        case OfficerRecused():
            verified = case.verified
            if verified and verified.officer == event.officer:
                verified = None
            return replace(case, recused=case.recused | {event.officer}, verified=verified)
        case AcceptanceNotified():
            return replace(case, notified=case.notified | set(event.recipients))
        case VerificationReported():
            return replace(case, verified=event)
        case DocumentsRequested():
            return replace(case, documents=(*case.documents, event))
        case DocumentsSupplied():
            return replace(case, documents=_without_oldest(case.documents, event.asked))
        case ExpertiseOrdered():
            return replace(case, expertise=event)
        case ExpertiseReceived():
            return replace(case, expertise=None)
        case DialogueAnnounced():
            return replace(case, announced=event)
        case DialogueHeld():
            return replace(case, dialogue=event)
        case CaseDeclaredComplex():
            return replace(case, is_complex=True, criteria=case.criteria | set(event.criteria))
        case CaseExtended():
            return replace(case, extended=(*case.extended, event))
        case CaseSuspended():
            return replace(_ordered(case, event.number, event.suspended_on), suspended=event)
        case CaseContinued():
            since = case.suspended.suspended_on if case.suspended else event.continued_on
            days = case.days_suspended + (event.continued_on - since).days
            case = _ordered(case, event.number, event.continued_on)
            return replace(case, suspended=None, continued=event, days_suspended=days)
        case CaseTerminated():
            return replace(_ordered(case, event.number, event.terminated_on), terminated=event)
        case OrderSent():
            return replace(case, orders_sent=(*case.orders_sent, event))
        case DecisionIssued():
            return replace(case, decision=event)
        case DecisionSent():
            return replace(case, sent=(*case.sent, event))
        case DecisionReceivedByParty():
            return replace(case, received=(*case.received, event))
        case DecisionPublished():
            return replace(case, published=event)
        case ConclusionHandled():
            return replace(case, handled=(*case.handled, event))
        case ForwarderInformed():
            return replace(case, informed=event)
        case SecondComplaintLodged():
            return replace(case, second_complaint=event, second_answer=None)
        case SecondComplaintAccepted() | SecondComplaintRefused():
            return replace(case, second_answer=event)
        case ResettlementAccepted():
            return Case(
                opened=case.opened,
                assigned=case.assigned,
                transfers=case.transfers,
                recused=case.recused,
                police=case.police,
                flagged=case.flagged,
                resettled=event,
            )
        case EnforcementOrdered():
            return replace(case, enforcement=event)
        case DecisionEnforced():
            return replace(case, enforced=event)
        case ResultsReported():
            return replace(case, reported=event)
        case PoliceAsked():
            return replace(case, police=(*case.police, event))
        case PoliceAnswered():
            return replace(case, police=case.police[1:])
        case SettlementPlanned():
            return replace(case, planned=event)
        case FlagsChanged():
            return replace(case, flagged=event)
        case CaseClosed():
            return replace(case, closed=event)
        case _:
            assert_never(event)


def _transfer(case: Case, event: CaseAssigned) -> tuple[Transfer, ...]:
    before = case.assigned
    if before is None:
        return ()
    return (
        Transfer(
            on=event.assigned_on,
            from_officer=before.officer,
            to_officer=event.officer,
            days_held=(event.assigned_on - before.assigned_on).days,
            is_forced=before.officer in case.recused,
        ),
    )


def _without_oldest(
    asked: tuple[DocumentsRequested, ...], whom: Recipient
) -> tuple[DocumentsRequested, ...]:
    answered = next((request for request in asked if request.asked is whom), None)
    return tuple(request for request in asked if request is not answered)


def _ordered(case: Case, number: str, on: date) -> Case:
    """The case with one more decision to suspend, go on or terminate."""
    return replace(case, orders=MappingProxyType({**case.orders, number: on}))
