"""Mediation by the neighbourhood's group (hòa giải ở cơ sở), one stream each; pure functions."""

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from services.intake.refusals import refuse
from shared.contracts.petitions import PersonErased
from shared.contracts.receptions import MediationOutcome, MediationRecorded
from shared.personal import Personal


@dataclass(frozen=True, kw_only=True, slots=True)
class Mediation:
    recorded: MediationRecorded | None = None
    erased: frozenset[str] = frozenset()  # parts


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordMediation:
    """Keep the record of a mediation (biên bản hòa giải)."""

    mediation: str
    held_on: date
    neighbourhood: str
    outcome: MediationOutcome
    petition: str | None = None
    is_petition_known: bool = True
    personal: Personal  # text: minutes


def record_mediation(command: RecordMediation, mediation: Mediation) -> list[MediationRecorded]:
    """Raises: Refused: unknown_file."""
    if mediation.recorded is not None:
        # The stream is named by the request, so this is the same one come again.
        return []
    if not command.is_petition_known:
        refuse("unknown_file")
    event = MediationRecorded(
        held_on=command.held_on,
        neighbourhood=command.neighbourhood,
        outcome=command.outcome,
        file=command.petition,
        personal=command.personal,
    )
    return [event]


def evolve(mediation: Mediation, event: MediationRecorded | PersonErased) -> Mediation:
    match event:
        case MediationRecorded():
            return replace(mediation, recorded=event)
        case PersonErased():
            return replace(mediation, erased=mediation.erased | {event.part})
        case _:
            assert_never(event)
