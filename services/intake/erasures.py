"""Erasing a person's data: when it may be done, and the event that says so; pure functions.

The key is destroyed after the event is kept. What that leaves unreadable, and for how long copies
of the key may still lie in backups, is in SECURITY.md.
"""

from dataclasses import dataclass
from datetime import date

from services.intake.domain import Petition, received_of
from services.intake.refusals import refuse
from shared.contracts.petitions import (
    ErasureGround,
    PersonErased,
    PetitionAccepted,
    PetitionEvent,
    Role,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasePerson:
    """Make one sealed part of a file unreadable for ever."""

    file: str
    erased_on: date
    part: str
    ground: ErasureGround
    document: str
    closed_on: date | None = None  # when the case was closed, if it was
    has_reasons: bool = False  # somebody asked who denounced


def erase_person(command: ErasePerson, petition: Petition) -> list[PetitionEvent]:
    """Raises: Refused: unknown_file, unknown_part, file_still_open, date_before_receipt."""
    received = received_of(petition)
    if command.part not in _parts(petition):
        refuse("unknown_part")
    going = [part for part in parts_of(command, petition) if part not in petition.erased]
    if not going:
        return []
    is_accepted = isinstance(petition.outcome, PetitionAccepted)
    if petition.outcome is None or (is_accepted and command.closed_on is None):
        refuse("file_still_open")
    if command.erased_on < received.received_on:
        refuse("date_before_receipt")
    return [
        PersonErased(
            erased_on=command.erased_on,
            part=part,
            ground=command.ground,
            document=command.document,
        )
        for part in going
    ]


def parts_of(command: ErasePerson, petition: Petition) -> list[str]:
    """What is erased: with a sender also the reasons why somebody asked who denounced, which may
    name them."""
    parties = received_of(petition).parties
    others = {party.ref for party in parties if party.role is Role.RESPONDENT} | {"text"}
    is_sender = command.part not in others
    return [command.part, *(["reason"] if is_sender and command.has_reasons else [])]


def _parts(petition: Petition) -> set[str]:
    parties = {party.ref for party in received_of(petition).parties}
    # Who no longer acts for anybody stands in the ledger all the same.
    proxies = {f"a{number}" for number in range(1, petition.proxies_named + 1)}
    return parties | proxies | {"text"}
