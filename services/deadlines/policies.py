"""From what happened to a file to the limits that the law sets for it: pure.

When a petition is received, the limit for taking it up runs; when it is accepted, that for settling
it. A file whose kind nobody has named yet has the general limit for handling a petition.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from services.deadlines.facts import Facts
from shared.contracts.cases import DecisionIssued
from shared.contracts.petitions import (
    AcceptanceRefused,
    Kind,
    PetitionAccepted,
    PetitionClassified,
    PetitionerGuided,
    PetitionFiledAway,
    PetitionForwarded,
    PetitionReceived,
)

Event = TypeVar("Event")


@dataclass(frozen=True, kw_only=True, slots=True)
class Called:
    """A limit that the history calls for: its kind and stage in the rule table, and its facts."""

    kind: str
    stage: str
    trigger: date
    facts: Facts
    done_on: date | None


def limits_called_for(history: Iterable[Any]) -> tuple[Called, ...]:
    """The limits of a file with these events (petition and case, in the order of the log)."""
    events = list(history)
    received = _last(events, PetitionReceived)
    if received is None:
        return ()
    return tuple(_handling(events, received)) + tuple(_settlement(events))


def _handling(events: Sequence[Any], received: PetitionReceived) -> Iterator[Called]:
    """What must happen to a petition that came in (thời hạn xử lý, thụ lý)."""
    classified = _last(events, PetitionClassified)
    kind = classified.kind if classified else received.claimed_kind
    is_competent = classified is None or classified.is_competent
    longer = classified is not None and classified.needs_longer_check
    if kind is Kind.DENUNCIATION:
        stage = "initial_handling" if is_competent else "forward_and_notify"
        procedure, facts = "to_cao", Facts(several_places=longer and is_competent)
    elif kind is Kind.COMPLAINT and is_competent:
        procedure, stage, facts = "khieu_nai", "accept", Facts()
    elif kind in (Kind.RECOMMENDATION, Kind.FEEDBACK) and is_competent:
        yield Called(
            kind=str(kind),
            stage="answer",
            trigger=received.received_on,
            facts=Facts(),
            done_on=_answered_on(events),
        )
        return
    else:  # guide or forward (hướng dẫn, chuyển đơn), or not classified yet
        procedure, stage, facts = "xu_ly_don", "handle_petition", Facts()
    yield Called(
        kind=procedure,
        stage=stage,
        trigger=received.received_on,
        facts=facts,
        done_on=_handled_on(events),
    )


def _settlement(events: Sequence[Any]) -> Iterator[Called]:
    """What must happen to a petition that was accepted (thời hạn giải quyết)."""
    accepted = _last(events, PetitionAccepted)
    if accepted is None or accepted.kind not in (Kind.COMPLAINT, Kind.DENUNCIATION):
        return
    is_complaint = accepted.kind is Kind.COMPLAINT
    decided = _last(events, DecisionIssued)
    yield Called(
        kind=str(accepted.kind),
        stage="settle_1" if is_complaint else "settle",
        trigger=accepted.accepted_on,
        facts=Facts(remote=accepted.is_remote and is_complaint),
        done_on=decided.decided_on if decided else None,
    )


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
    return None


def _answered_on(events: Sequence[Any]) -> date | None:
    """When a recommendation was answered, or left our hands without being accepted."""
    decided = _last(events, DecisionIssued)
    if decided is not None:
        return decided.decided_on
    return _handled_on(events) if _last(events, PetitionAccepted) is None else None


def _last(events: Sequence[Any], kind: type[Event]) -> Event | None:
    return next((event for event in reversed(events) if isinstance(event, kind)), None)
