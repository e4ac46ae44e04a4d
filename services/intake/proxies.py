"""Who acts for a petitioner (ủy quyền, đại diện), and heirs who go on (thừa kế); pure functions.

What the law asks of the paper it asks of complaints (Luật Khiếu nại Đ.12.1); of denunciations,
recommendations and feedback it says nothing, so whoever acts for others there is only kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from services.intake.domain import Petition, received_of
from services.intake.law import LAW_2026
from services.intake.refusals import refuse
from shared.contracts.petitions import (
    Attestation,
    AuthorisationRecorded,
    Capacity,
    ComplainantSucceeded,
    Kind,
    PetitionAccepted,
    PetitionEvent,
    PetitionReceived,
    Proxy,
    Role,
)
from shared.personal import Personal

#: From this day on an individual's authorisation is certified and not notarised (NĐ 155 Đ.21.2).
CERTIFIED_ONLY: Final = date(2027, 1, 1)

#: By the word of the petitioner, in a paper that names the content.
_BY_AUTHORISATION: Final = (Capacity.AUTHORISED, Capacity.LAWYER)


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordAuthorisation:
    """Note who acts for petitioners from now on (ủy quyền khiếu nại, Mẫu 02)."""

    file: str
    recorded_on: date
    proxies: tuple[Proxy, ...]  # their refs are given anew
    personal: Personal  # under those refs: who


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordSuccession:
    """Note that a complainant died and who goes on in their place (thừa kế)."""

    file: str
    succeeded_on: date
    of: str
    died_on: date
    heirs: tuple[Proxy, ...]  # their refs are given anew
    personal: Personal  # under those refs: who


def record_authorisation(command: RecordAuthorisation, petition: Petition) -> list[PetitionEvent]:
    """Before and after acceptance; heirs come by `record_succession`.

    Raises: Refused: unknown_file, date_before_receipt, unknown_party, heir_by_succession,
        already_handled, authorisation_missing, authorisation_not_certified, several_authorised.
    """
    received = received_of(petition)
    if command.recorded_on < received.received_on:
        refuse("date_before_receipt")
    _check_parties(received, {proxy.acts_for for proxy in command.proxies})
    if any(proxy.capacity is Capacity.HEIR for proxy in command.proxies):
        refuse("heir_by_succession")
    _check_running(petition)
    if _kind(petition) is Kind.COMPLAINT:
        check_proxies(command.proxies, received)
    proxies, personal = _numbered(command.proxies, command.personal, petition)
    return [
        AuthorisationRecorded(recorded_on=command.recorded_on, proxies=proxies, personal=personal)
    ]


def record_succession(command: RecordSuccession, petition: Petition) -> list[PetitionEvent]:
    """The complaint goes on under the same ref, so what concerned the dead now concerns the heirs.

    Raises: Refused: unknown_file, date_before_receipt, unknown_party, succession_only_complaint,
        already_handled, already_succeeded, date_before_death, inheritance_not_proven.
    """
    received = received_of(petition)
    if command.succeeded_on < received.received_on:
        refuse("date_before_receipt")
    _check_parties(received, {command.of})
    if _kind(petition) is not Kind.COMPLAINT:
        refuse("succession_only_complaint")
    _check_running(petition)
    if any(death.of == command.of for death in petition.deaths):
        refuse("already_succeeded")
    if command.succeeded_on < command.died_on:
        refuse("date_before_death")
    if any(heir.document_on is None for heir in command.heirs):
        refuse("inheritance_not_proven")
    heirs, personal = _numbered(command.heirs, command.personal, petition)
    event = ComplainantSucceeded(
        succeeded_on=command.succeeded_on,
        of=command.of,
        died_on=command.died_on,
        heirs=heirs,
        personal=personal,
    )
    return [event]


def check_proxies(proxies: Iterable[Proxy], received: PetitionReceived) -> None:
    """Whether those who act for a complainant may (NĐ 124/2020 Đ.5.3 as NĐ 155/2026 has it).

    Raises: Refused: authorisation_missing, authorisation_not_certified, several_authorised.
    """
    individuals = {party.ref for party in received.parties if not party.is_organisation}
    given: dict[str, list[int]] = {}
    for proxy in proxies:
        if proxy.document_on is None:
            refuse("authorisation_missing")
        if proxy.capacity not in _BY_AUTHORISATION:
            continue
        if proxy.acts_for in individuals and not _is_attested(proxy, proxy.document_on):
            refuse("authorisation_not_certified")
        given.setdefault(proxy.acts_for, []).append(proxy.content)
    for contents in given.values():
        if len(contents) > 1 and (0 in contents or len(set(contents)) < len(contents)):
            refuse("several_authorised")


def _is_attested(proxy: Proxy, document_on: date) -> bool:
    # The wording before NĐ 155 could not be read: an older paper is taken as it is.
    if document_on < LAW_2026 or proxy.attestation is Attestation.CERTIFIED:
        return True
    return proxy.attestation is Attestation.NOTARISED and document_on < CERTIFIED_ONLY


def _check_parties(received: PetitionReceived, refs: set[str]) -> None:
    if not refs <= {party.ref for party in received.parties if party.role is not Role.RESPONDENT}:
        refuse("unknown_party")


def _check_running(petition: Petition) -> None:
    if petition.outcome is not None and not isinstance(petition.outcome, PetitionAccepted):
        refuse("already_handled")


def _kind(petition: Petition) -> Kind | None:
    if petition.classified is not None:
        return petition.classified.kind
    return petition.received.claimed_kind if petition.received else None


def _numbered(
    proxies: tuple[Proxy, ...], personal: Personal, petition: Petition
) -> tuple[tuple[Proxy, ...], Personal]:
    """With refs that nobody in this file has had."""
    first = petition.proxies_named + 1
    numbered = tuple(
        replace(proxy, ref=f"a{number}") for number, proxy in enumerate(proxies, start=first)
    )
    named = zip(proxies, numbered, strict=True)
    return numbered, Personal({after.ref: personal[before.ref] for before, after in named})
