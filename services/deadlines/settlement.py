"""The limits of an accepted complaint or denunciation, from acceptance to enforcement; pure.

Those of the province (second level) and of who was asked for documents only inform: no officer of
ours misses them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from services.deadlines.calling import DISCIPLINARY, Called, every, first_after, last, numbered
from services.deadlines.domain import Limit
from services.deadlines.facts import Facts, Span
from services.deadlines.rules import Stopper
from shared.contracts.cases import (
    AcceptanceNotified,
    CaseClosed,
    CaseContinued,
    CaseDeclaredComplex,
    CaseExtended,
    CaseSuspended,
    CaseTerminated,
    ConclusionHandled,
    DecisionEnforced,
    DecisionIssued,
    DecisionPublished,
    DecisionReceivedByParty,
    DecisionSent,
    DialogueAnnounced,
    DocumentsRequested,
    DocumentsSupplied,
    EnforcementOrdered,
    ExpertiseOrdered,
    ExpertiseReceived,
    OrderSent,
    Recipient,
    ResettlementAccepted,
    SecondComplaintAccepted,
    SecondComplaintLodged,
    SecondComplaintRefused,
)
from shared.contracts.petitions import (
    OutsideDecisionReceived,
    PetitionAccepted,
    second_decisions,
)

# -- complaints (khiếu nại)


def complaint(called: Called, events: Sequence[Any], accepted: PetitionAccepted) -> None:
    """Once, and again from the new acceptance of each re-settlement (giải quyết lại)."""
    before = len(called.limits)
    for number, (accepted_then, happened) in enumerate(_times_settled(events, accepted), start=1):
        # What was not done before the complaint was taken up anew is due no more.
        called.limits[before:] = [limit for limit in called.limits[before:] if limit.done_on]
        suffix = f".r{number}" if number > 1 else ""
        _settled(replace(called, suffix=suffix), happened, accepted_then)


def _times_settled(
    events: Sequence[Any], accepted: PetitionAccepted
) -> Iterator[tuple[PetitionAccepted, Sequence[Any]]]:
    """Each acceptance with the events up to the next one."""
    start = 0
    for place, event in enumerate(events):
        if isinstance(event, ResettlementAccepted):
            yield accepted, events[start:place]
            accepted = replace(accepted, accepted_on=event.accepted_on)
            start = place
    yield accepted, events[start:]


def _settled(called: Called, events: Sequence[Any], accepted: PetitionAccepted) -> None:
    """From acceptance to the first decision and on (giải quyết khiếu nại lần đầu)."""
    disciplinary = accepted.is_disciplinary
    kind = DISCIPLINARY if disciplinary else "khieu_nai"
    decided = last(events, DecisionIssued)
    if decided is not None or last(events, CaseTerminated) is None:
        facts, open_stops = _stops(
            events,
            # Remoteness lengthens nothing in a complaint about discipline (Đ.50 LKN).
            Facts(
                remote=accepted.is_remote and not disciplinary,
                complex=last(events, CaseDeclaredComplex) is not None,
            ),
        )
        settle = called.call(
            *(kind, "settle" if disciplinary else "settle_1", accepted.accepted_on),
            decided.decided_on if decided else None,
            facts=facts,
            open_stops=open_stops,
        )
        if settle is not None and not disciplinary:
            _window_of_the_unsettled(called, events, settle, accepted.is_remote)
    if not disciplinary:
        for number, announced in enumerate(every(events, DialogueAnnounced), start=1):
            called.call(
                *(kind, "dialogue_notice", announced.held_on, announced.announced_on),
                name=numbered("dialogue_notice", number),
            )
    _suspension_notices(called, events, "khieu_nai")
    _documents(called, events)
    if decided is not None:
        _after_decision(called, events, accepted, decided)
    _second_level(called, events, accepted)
    _carrying_out(called, events)


def _after_decision(
    called: Called, events: Sequence[Any], accepted: PetitionAccepted, decided: DecisionIssued
) -> None:
    """Sending, publishing, legal effect, the window of the complainant, enforcement."""
    day, disciplinary = decided.decided_on, accepted.is_disciplinary
    kind = DISCIPLINARY if disciplinary else "khieu_nai"
    remote = Facts(remote=accepted.is_remote and not disciplinary)
    second = last(events, SecondComplaintLodged)
    lodged_on = second.lodged_on if second else None
    refused = first_after(events, second, SecondComplaintRefused) if second else None
    sent = first_after(events, decided, DecisionSent)
    called.call(kind, "send_decision_1", day, sent.sent_on if sent else None)
    if not disciplinary:
        published = first_after(events, decided, DecisionPublished)
        on = published.published_on if published else None
        called.call(kind, "publish_decision", day, on)
    _windows(called, events, accepted, lodged_on)
    effect = called.call(
        *(kind, "legal_effect" if disciplinary else "legal_effect_1", day),
        facts=remote,
        only_informs=True,
    )
    if effect is None:
        return
    if refused is None and lodged_on is not None and lodged_on <= effect.term.due:
        called.limits.remove(effect)  # a second complaint in time: this decision has no effect
        return
    effective_on = effect.term.effective_on
    ordered = last(events, EnforcementOrdered)
    is_over = last(events, CaseClosed) is not None and ordered is None
    if disciplinary or is_over or effective_on is None:
        return  # the table has no such limit for a decision about discipline
    if refused is not None:  # until then nobody could know that it has effect
        effective_on = max(effective_on, refused.refused_on)
    if effective_on <= called.law.today:
        on = ordered.ordered_on if ordered else None
        called.call(*("khieu_nai", "enforcement_order", effective_on, on), comes_by_time=on is None)


def _carrying_out(called: Called, events: Sequence[Any]) -> None:
    """Until when the order says that the decision is carried out, whoever decided it."""
    ordered = last(events, EnforcementOrdered)
    if ordered is None or ordered.due_on is None:
        return
    done = [each.enforced_on for each in every(events, DecisionEnforced) if each.is_complete]
    called.call("khieu_nai", "enforcement", ordered.due_on, min(done, default=None))


def _windows(
    called: Called, events: Sequence[Any], accepted: PetitionAccepted, lodged_on: date | None
) -> None:
    """The window for a second complaint, from receipt, for each complainant by itself."""
    receipts: dict[str, date] = {}
    for event in every(events, DecisionReceivedByParty):
        if not event.ref.startswith("r"):  # the other side has no such window
            receipts[event.ref] = event.received_on
    disciplinary = accepted.is_disciplinary
    kind, stage = (DISCIPLINARY, "limitation_2") if disciplinary else ("khieu_nai", "appeal_window")
    facts = Facts(
        remote=accepted.is_remote and not disciplinary,
        dismissal=accepted.is_dismissal and disciplinary,
    )
    for number, received_on in enumerate(receipts.values(), start=1):
        window = called.call(
            *(kind, stage, received_on, lodged_on),
            facts=facts,
            name=numbered(stage, number),
            only_informs=True,
        )
        _let_time_end(called, window)


def _window_of_the_unsettled(
    called: Called, events: Sequence[Any], settle: Limit, is_remote: bool
) -> None:
    """Whoever is not answered in time may turn to the next level from then on (Đ.33.1 LKN)."""
    due, today = settle.term.due, called.law.today
    is_late = settle.done_on > due if settle.done_on else today > due
    if settle.paused_since is not None or not is_late:
        return
    second = last(events, SecondComplaintLodged)
    window = called.call(
        *("khieu_nai", "appeal_window", due, second.lodged_on if second else None),
        facts=Facts(unsettled=True, remote=is_remote),
        name="appeal_window.unsettled",
        only_informs=True,
        comes_by_time=settle.done_on is None,
    )
    _let_time_end(called, window)


def _second_level(called: Called, events: Sequence[Any], accepted: PetitionAccepted) -> None:
    """What the province has to do, and when its decision takes effect (Đ.36, 37, 41, 44.2 LKN).

    For disciplinary decisions the limits of Đ.50 and Đ.57 hold at each level. Its first decision
    settled the complaint; the one that stands is sent and takes effect.
    """
    lodged = last(events, SecondComplaintLodged)
    if lodged is None:
        return
    taken_up = first_after(events, lodged, SecondComplaintAccepted)
    refused = first_after(events, lodged, SecondComplaintRefused)
    told = ((event.decided_on, event.outcome) for event in every(events, OutsideDecisionReceived))
    decisions = [day for day, _ in second_decisions(told, lodged.lodged_on)]
    settled_on = decisions[0] if decisions else None
    kind, stages = (
        (DISCIPLINARY, ("accept", "settle", "send_decision_2", "legal_effect"))
        if accepted.is_disciplinary
        else ("khieu_nai", ("accept_2", "settle_2", "send_decision_2", "legal_effect_2"))
    )
    accept, settle, send, effect = stages
    remote = accepted.is_remote and not accepted.is_disciplinary
    answered_on = refused.refused_on if refused else settled_on
    if taken_up is not None:
        answered_on = taken_up.accepted_on
    window = called.call(
        *(kind, accept, lodged.lodged_on, answered_on), name="accept_2", only_informs=True
    )
    _let_time_end(called, window)
    if taken_up is not None:
        facts = Facts(remote=remote, complex=taken_up.is_complex)
        window = called.call(
            *(kind, settle, taken_up.accepted_on, settled_on),
            facts=facts,
            name="settle_2",
            only_informs=True,
        )
        _let_time_end(called, window)
    if decisions and refused is None:
        called.call(kind, send, decisions[-1], only_informs=True)
        called.call(
            *(kind, effect, decisions[-1]),
            facts=Facts(remote=remote),
            name="legal_effect_2",
            only_informs=True,
        )


def _documents(called: Called, events: Sequence[Any]) -> None:
    """Who was asked for documents has seven days (Đ.12 to 15 LKN); it lengthens no limit."""
    supplied = {
        role: iter([event for event in every(events, DocumentsSupplied) if event.asked is role])
        for role in Recipient
    }
    for number, request in enumerate(every(events, DocumentsRequested), start=1):
        answer = next(supplied[request.asked], None)
        window = called.call(
            *("khieu_nai", "supply_documents", request.requested_on),
            answer.supplied_on if answer else None,
            name=numbered("supply_documents", number),
            only_informs=True,
        )
        _let_time_end(called, window)


def _let_time_end(called: Called, window: Limit | None) -> None:
    """What is done after such a limit does not use it: then time has ended it."""
    if window is not None and window.done_on is not None and window.done_on > window.term.due:
        called.limits.remove(window)
        called.limits.append(replace(window, done_on=None))


# -- denunciations (tố cáo)


def denunciation(called: Called, events: Sequence[Any], accepted: PetitionAccepted) -> None:
    """From acceptance to the conclusion, its handling and publication."""
    day = accepted.accepted_on
    called.call("to_cao", "notify_acceptance", day, _both_notified_on(events))
    decided = last(events, DecisionIssued)
    if decided is not None or last(events, CaseTerminated) is None:
        extended = [event.ordinal for event in every(events, CaseExtended)]
        facts, open_stops = _stops(events, Facts(extensions=max(extended, default=0)))
        done = decided.decided_on if decided else None
        called.call("to_cao", "settle", day, done, facts=facts, open_stops=open_stops)
    _suspension_notices(called, events, "to_cao")
    if decided is None:
        return
    sent = first_after(events, decided, DecisionSent)
    called.call("to_cao", "send_conclusion", decided.decided_on, sent.sent_on if sent else None)
    handled = first_after(events, decided, ConclusionHandled)
    on = handled.handled_on if handled else None
    called.call("to_cao", "handle_conclusion", decided.decided_on, on)
    published = first_after(events, decided, DecisionPublished)
    on = published.published_on if published else None
    called.call("to_cao", "publish", decided.decided_on, on)


def _both_notified_on(events: Sequence[Any]) -> date | None:
    """When denouncer and denounced had their notices; a notice that names nobody is both."""
    missing = {Recipient.DENOUNCER, Recipient.DENOUNCED}
    for event in every(events, AcceptanceNotified):
        missing -= set(event.recipients) if event.recipients else missing
        if not missing:
            return event.notified_on
    return None


# -- what complaints and denunciations share


def _stops(events: Sequence[Any], facts: Facts) -> tuple[Facts, list[tuple[Stopper, date]]]:
    """The facts with all suspensions and expertises that are over, and those that are not.

    A decision on the matter ends them if nothing did before.
    """
    spans: dict[Stopper, list[Span]] = {Stopper.PAUSE: [], Stopper.EXPERTISE: []}
    running: dict[Stopper, date] = {}
    for event in events:
        match event:
            case CaseSuspended(suspended_on=day):
                running.setdefault(Stopper.PAUSE, day)
            case ExpertiseOrdered(ordered_on=day):
                running.setdefault(Stopper.EXPERTISE, day)
            case CaseContinued(continued_on=day):
                _end(running, spans, day, Stopper.PAUSE)
            case ExpertiseReceived(received_on=day):
                _end(running, spans, day, Stopper.EXPERTISE)
            case DecisionIssued(decided_on=day):
                _end(running, spans, day, Stopper.PAUSE, Stopper.EXPERTISE)
    stopped = Facts(
        remote=facts.remote,
        complex=facts.complex,
        extensions=facts.extensions,
        pauses=tuple(spans[Stopper.PAUSE]),
        expertise=tuple(spans[Stopper.EXPERTISE]),
    )
    return stopped, list(running.items())


def _end(
    running: dict[Stopper, date], spans: dict[Stopper, list[Span]], day: date, *stoppers: Stopper
) -> None:
    for stopper in stoppers:
        since = running.pop(stopper, None)
        if since is not None:
            spans[stopper].append(Span(since=since, until=max(since, day)))


def _suspension_notices(called: Called, events: Sequence[Any], kind: str) -> None:
    """Each decision to suspend, go on or terminate must be sent (gửi quyết định)."""
    number = 0
    for event in events:
        match event:
            case (
                CaseSuspended(suspended_on=day, number=order)
                | CaseContinued(continued_on=day, number=order)
                | CaseTerminated(terminated_on=day, number=order)
            ):
                number += 1
                sent = (s.sent_on for s in every(events, OrderSent) if s.number == order)
                name = numbered("suspend_send", number)
                called.call(kind, "suspend_send", day, next(sent, None), name=name)
