"""Which petitions belong together (đơn trùng, đơn lặp lại, vụ việc liên quan); pure functions.

An officer decides; what is suggested to them is in `similarity`. The later petition points to the
earlier one, and nothing is merged, so that a mistake is undone by taking the link away.
"""

from dataclasses import dataclass
from datetime import date

from services.intake.domain import Petition, received_of
from services.intake.refusals import refuse
from services.intake.similarity import Reason
from shared.contracts.petitions import PetitionEvent, PetitionLinked, PetitionUnlinked, Relation


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkPetition:
    """Say that this petition belongs to an earlier one (ghép đơn)."""

    file: str
    linked_on: date
    to: str
    relation: Relation
    score: int = 100  # 0 to 100, as it was suggested
    reasons: tuple[Reason, ...] = ()
    other: Petition  # what the other one has come to


@dataclass(frozen=True, kw_only=True, slots=True)
class UnlinkPetition:
    """Take a link away (bỏ ghép)."""

    file: str
    unlinked_on: date
    to: str


def link_petition(command: LinkPetition, petition: Petition) -> list[PetitionEvent]:
    """Raises: Refused: unknown_file, linked_to_itself, other_came_later,
    date_before_receipt, already_linked.
    """
    received = received_of(petition)
    if command.to == command.file:
        refuse("linked_to_itself")
    if command.other.received is None:
        refuse("unknown_file")
    for link in petition.links:
        if link.to == command.to:
            if link.relation is command.relation:
                return []
            refuse("already_linked")
    came_later = command.other.received.received_on > received.received_on
    # Of two that came on the same day either may be the first, but not both.
    if came_later or any(link.to == command.file for link in command.other.links):
        refuse("other_came_later")
    if command.linked_on < received.received_on:
        refuse("date_before_receipt")
    event = PetitionLinked(
        linked_on=command.linked_on,
        to=command.to,
        relation=command.relation,
        score=command.score,
        reasons=tuple(reason.value for reason in dict.fromkeys(command.reasons)),
    )
    return [event]


def unlink_petition(command: UnlinkPetition, petition: Petition) -> list[PetitionEvent]:
    """Raises: Refused: unknown_file, not_linked, date_before_receipt."""
    received = received_of(petition)
    if all(link.to != command.to for link in petition.links):
        refuse("not_linked")
    if command.unlinked_on < received.received_on:
        refuse("date_before_receipt")
    return [PetitionUnlinked(unlinked_on=command.unlinked_on, to=command.to)]
