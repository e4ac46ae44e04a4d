"""From what happened to a file to the limits that the law sets for it: pure.

When a petition is received, the limit for taking it up runs; when it is accepted, that for settling
it (`settlement`). A file whose kind nobody has named yet has the general limit for handling a
petition. Sessions of citizen reception have limits of their own; a directive task has the day that
was named for it, which is no law. Each function is one part of a procedure and calls for its limits
by kind and stage of the rule table.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.deadlines import settlement
from services.deadlines.calling import DISCIPLINARY, Called, Law, every, last, numbered
from services.deadlines.facts import Facts
from shared.contracts.cases import (
    AcceptanceNotified,
    CaseAssigned,
    DecisionIssued,
    DecisionSent,
    ForwarderInformed,
    OfficerRecused,
    Recipient,
    TaskDone,
    TaskSet,
)
from shared.contracts.petitions import (
    AcceptanceRefused,
    CheckOrdered,
    ForwardPurpose,
    Kind,
    PetitionAccepted,
    PetitionClassified,
    PetitionerGuided,
    PetitionFiledAway,
    PetitionForwarded,
    PetitionReceived,
    PetitionWithdrawn,
    Role,
)
from shared.contracts.receptions import (
    CitizenReceived,
    LineTest,
    MediationRecorded,
    OnlineLineTested,
    ReceptionMode,
    ReceptionRefused,
    ReceptionResultNotified,
    ReceptionScheduled,
    RefusalNoticeSent,
)

#: How the Fatherland Front and its member bodies are named: who forwarded a complaint and is one of
#: them must be told the result (Luật Khiếu nại Đ.66.2; member bodies: Hiến pháp Đ.9).
FRONT: Final = (
    "mặt trận tổ quốc",
    "công đoàn",
    "hội nông dân",
    "đoàn thanh niên",
    "hội liên hiệp phụ nữ",
    "hội cựu chiến binh",
)

#: How those are named whom Luật Tiếp công dân Đ.27.2 gives the right to hear the result.
ELECTED: Final = (
    "quốc hội",
    "hội đồng nhân dân",
    "hđnd",
    "đại biểu",
    "ban tiếp công dân",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Assignee:
    """Who is answerable for the file or the task."""

    unit: str
    officer: str  # of a task that nobody was named for, its unit


def limits_called_for(history: Iterable[Any], law: Law) -> Called:
    """The limits of a file, a session of reception or a task, its events in the order of the log.

    A file's events are those of its petition, its case, and mediations that are about it.
    """
    events = list(history)
    called = Called(law)
    received = last(events, PetitionReceived)
    if received is not None:
        _handling(called, events, received)
        _forwarder(called, events, received)
        accepted = last(events, PetitionAccepted)
        if accepted is not None and accepted.kind is Kind.COMPLAINT:
            settlement.complaint(called, events, accepted)
        elif accepted is not None and accepted.kind is Kind.DENUNCIATION:
            settlement.denunciation(called, events, accepted)
    _reception(called, events)
    _task(called, events)
    return called


def assignee(history: Iterable[Any]) -> Assignee | None:
    """Who is answerable for the file or the task; None if nobody is, or who was is recused."""
    found: Assignee | None = None
    for event in history:
        match event:
            case CaseAssigned(unit=unit, officer=officer):
                found = Assignee(unit=unit, officer=officer)
            case TaskSet(unit=unit, officer=officer):
                found = Assignee(unit=unit, officer=officer or unit)
            case OfficerRecused(officer=officer) if found and found.officer == officer:
                found = None
    return found


# -- petition handling (xử lý đơn)


def _handling(called: Called, events: Sequence[Any], received: PetitionReceived) -> None:
    """What must happen to a petition that came in (thời hạn xử lý, thụ lý)."""
    if _is_withdrawn_before_acceptance(events, received):
        return
    classified = last(events, PetitionClassified)
    kind = classified.kind if classified else received.claimed_kind
    is_competent = classified is None or classified.is_competent
    longer = classified is not None and classified.needs_longer_check
    day, handled = received.received_on, _handled_on(events)
    if kind is Kind.DENUNCIATION and is_competent:
        facts = Facts(several_places=longer)
        called.call("to_cao", "initial_handling", day, handled, facts=facts)
    elif kind is Kind.DENUNCIATION:
        called.call("to_cao", "forward_and_notify", day, handled)
    elif kind is Kind.COMPLAINT and is_competent:
        is_disciplinary = classified is not None and classified.is_disciplinary
        called.call(DISCIPLINARY if is_disciplinary else "khieu_nai", "accept", day, handled)
    elif kind in (Kind.RECOMMENDATION, Kind.FEEDBACK) and is_competent:
        called.call(str(kind), "answer", day, _answered_on(events))
    elif kind in (Kind.RECOMMENDATION, Kind.FEEDBACK) and classified and classified.about_rules:
        called.call(str(kind), "forward", day, handled)
    else:  # guide or forward (hướng dẫn, chuyển đơn), or not classified yet
        called.call("xu_ly_don", "handle_petition", day, handled)
    called.call("xu_ly_don", "discipline_alarm", day, handled)
    if any(_is_for_mediation(event) for event in events):
        held = last(events, MediationRecorded)
        called.call("tranh_chap_dat_dai", "mediation", day, held.held_on if held else None)


def _forwarder(called: Called, events: Sequence[Any], received: PetitionReceived) -> None:
    """What who handed the petition over must be told (báo, cơ quan, Mặt trận chuyển đơn)."""
    if received.transferred_by is None:
        return
    classified = last(events, PetitionClassified)
    kind = classified.kind if classified else received.claimed_kind
    told = [day for event in events if (day := _forwarder_told_on(event)) is not None]
    if kind is Kind.DENUNCIATION:
        # A petition that left our hands was answered for with the notice of that.
        left = _handled_on(events) if last(events, PetitionAccepted) is None else None
        days = [*told, *([left] if left else [])]
        called.call("to_cao", "reply_forwarder", received.received_on, min(days, default=None))
    decided = last(events, DecisionIssued)
    if decided is None:
        return
    result_told_on = min((day for day in told if day >= decided.decided_on), default=None)
    forwarder = received.transferred_by.casefold()
    if kind is Kind.COMPLAINT and any(name in forwarder for name in FRONT):
        called.call("khieu_nai", "reply_forwarder", decided.decided_on, result_told_on)
    elif any(name in forwarder for name in ELECTED):
        called.call("tiep_cong_dan", "report_to_forwarder", decided.decided_on, result_told_on)


def _is_withdrawn_before_acceptance(events: Sequence[Any], received: PetitionReceived) -> bool:
    """Whether every petitioner withdrew the whole petition before anybody took it up."""
    if last(events, PetitionAccepted) is not None or _handled_on(events) is not None:
        return False
    petitioners = {p.ref for p in received.parties if p.role is not Role.RESPONDENT}
    withdrew: set[str] = set()
    for event in events:
        match event:
            case PetitionWithdrawn(is_whole=True, signs_of_violation=False, under_pressure=False):
                withdrew |= set(event.by)
    return bool(withdrew) and petitioners <= withdrew


def _is_for_mediation(event: Any) -> bool:
    return isinstance(event, PetitionForwarded) and event.purpose is ForwardPurpose.MEDIATION


def _handled_on(events: Sequence[Any]) -> date | None:
    for event in events:
        match event:
            case PetitionAccepted(accepted_on=day):
                return day
            case AcceptanceRefused(refused_on=day):
                return day
            case PetitionerGuided(guided_on=day):
                return day
            case PetitionForwarded(forwarded_on=day):
                return day
            case PetitionFiledAway(filed_on=day):
                return day
            case CheckOrdered(ordered_on=day):
                return day
    return None


def _answered_on(events: Sequence[Any]) -> date | None:
    """When a recommendation was answered, or left our hands without being accepted."""
    decided = last(events, DecisionIssued)
    if decided is not None:
        return decided.decided_on
    return _handled_on(events) if last(events, PetitionAccepted) is None else None


def _forwarder_told_on(event: Any) -> date | None:
    """When this event told who had handed the petition over; None if it did not."""
    match event:
        case ForwarderInformed(informed_on=day):
            return day
        case (
            AcceptanceNotified(notified_on=day, recipients=to)
            | DecisionSent(sent_on=day, recipients=to)
        ) if Recipient.FORWARDER in to:
            return day
        case _:
            return None


# -- citizen reception (tiếp công dân)


def _reception(called: Called, events: Sequence[Any]) -> None:
    """The schedule, the test of the line, the result each citizen must be told, and refusals."""
    kind = "tiep_cong_dan"
    scheduled = last(events, ReceptionScheduled)
    if scheduled is not None:
        called.call(kind, "post_schedule", scheduled.held_on, scheduled.posted_on)
        if scheduled.mode is ReceptionMode.ONLINE:
            called.call(kind, "online_notice", scheduled.held_on, scheduled.posted_on)
            called.call(kind, "online_test", scheduled.held_on, _tested_on(events))
    notified = {event.turn: event.notified_on for event in every(events, ReceptionResultNotified)}
    for heard in every(events, CitizenReceived):
        called.call(
            *(kind, "result_notice", heard.received_on, notified.get(heard.turn)),
            name=numbered("result_notice", heard.turn),
        )
    notices: Iterator[RefusalNoticeSent] = iter(every(events, RefusalNoticeSent))
    written = (event for event in every(events, ReceptionRefused) if event.needs_written_notice)
    for number, refused in enumerate(written, start=1):
        notice = next(notices, None)
        called.call(
            *(kind, "refusal_notice", refused.refused_on, notice.sent_on if notice else None),
            name=numbered("refusal_notice", number),
        )


def _tested_on(events: Sequence[Any]) -> date | None:
    """When the connection was first found to work; a test that failed tests nothing (C)."""
    passed = [test for test in every(events, OnlineLineTested) if test.result is LineTest.OK]
    return min((test.tested_on for test in passed), default=None)


# -- directive tasks (giao nhiệm vụ)


def _task(called: Called, events: Sequence[Any]) -> None:
    """What a unit was told to do by a day: the day is the limit, on a day off as well."""
    given, done = last(events, TaskSet), last(events, TaskDone)
    if given is not None:
        called.call("nhiem_vu", "task", given.due_on, done.done_on if done else None)
