"""What a petition (đơn) is, how it comes in and how it is classified; pure functions.

What becomes of it is in `outcomes`, its withdrawal in `withdrawals`, links to others in `links`;
`evolve` folds the events of all. Every refusal has a code in `refusals` with its sentence and its
source in the law. A decision whose event holds free text is never taken for a repetition by its
look, since the text is sealed; a request that really came twice is known by its idempotency key
before that matters.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never

from services.intake.law import LAW_2026
from services.intake.refusals import refuse
from shared.contracts.petitions import (
    AcceptanceRefused,
    AuthorisationRecorded,
    Capacity,
    Channel,
    CheckOrdered,
    CheckReported,
    ComplainantSucceeded,
    Field,
    Flag,
    Kind,
    OriginalsReturned,
    OutsideDecisionReceived,
    OutsideOutcome,
    Party,
    PersonErased,
    PetitionAccepted,
    PetitionClassified,
    PetitionerGuided,
    PetitionEvent,
    PetitionFiledAway,
    PetitionForwarded,
    PetitionLinked,
    PetitionReceived,
    PetitionUnlinked,
    PetitionWithdrawn,
    Proxy,
    RespondentPost,
    Source,
)
from shared.personal import Personal

#: Whom the ward never judges upon a denunciation (Luật Tố cáo Đ.12.6, Đ.13.4.a).
_JUDGED_BY_PROVINCE = (
    RespondentPost.CHAIR,
    RespondentPost.VICE_CHAIR,
    RespondentPost.COMMITTEE,
)


Handled = (
    PetitionAccepted
    | AcceptanceRefused
    | PetitionerGuided
    | PetitionForwarded
    | PetitionFiledAway
    | CheckOrdered
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Petition:
    """What later decisions need to know, in the events that said so (their text stays sealed)."""

    received: PetitionReceived | None = None
    classified: PetitionClassified | None = None
    outcome: Handled | None = None  # final: one excludes the others
    checked: CheckReported | None = None
    proxies: tuple[Proxy, ...] = ()  # who acts for petitioners now
    proxies_named: int = 0  # how many there ever were, to number the next
    deaths: tuple[ComplainantSucceeded, ...] = ()
    outside: tuple[OutsideDecisionReceived, ...] = ()
    withdrawals: tuple[PetitionWithdrawn, ...] = ()
    returns: tuple[OriginalsReturned, ...] = ()
    links: tuple[PetitionLinked, ...] = ()  # those that stand
    erased: frozenset[str] = frozenset()  # parts
    was_denunciation: bool = False  # at any time: then who sent it stays apart


@dataclass(frozen=True, kw_only=True, slots=True)
class RegisterPetition:
    """Take a petition in under a new file number (tiếp nhận, vào sổ)."""

    file: str
    received_on: date
    channel: Channel
    parties: tuple[Party, ...]  # none: anonymous
    claimed_kind: Kind | None = None
    claimed_field: Field | None = None
    people: int = 1
    is_signed: bool = True
    is_remote: bool = False
    originals: int = 0
    neighbourhood: str | None = None
    repeats: str | None = None
    transferred_by: str | None = None
    first_received_on: date | None = None
    source: Source | None = None
    proxies: tuple[Proxy, ...] = ()
    personal: Personal = field(default_factory=Personal.nothing)


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassifyPetition:
    """Judge kind, field, competence and conditions, or correct that judgement (phân loại)."""

    file: str
    classified_on: date
    kind: Kind
    field: Field
    is_competent: bool
    meets_conditions: bool
    flags: tuple[Flag, ...] = ()
    needs_longer_check: bool = False
    is_disciplinary: bool = False
    is_dismissal: bool = False
    about_rules: bool = False
    is_second: bool = False
    is_verifiable: bool = False
    has_appointment: bool = True
    respondent: RespondentPost | None = None
    respondent_officers: tuple[str, ...] | None = None  # none told: those named before


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordOutsideDecision:
    """Note what a superior authority or a court decided on this file."""

    file: str
    decided_on: date
    decided_by: str
    number: str
    outcome: OutsideOutcome
    source: Source


def register_petition(command: RegisterPetition, petition: Petition) -> list[PetitionEvent]:
    """Raises: Refused: already_registered."""
    event = PetitionReceived(
        received_on=command.received_on,
        channel=command.channel,
        parties=command.parties,
        claimed_kind=command.claimed_kind,
        claimed_field=command.claimed_field,
        people=command.people,
        is_signed=command.is_signed,
        is_remote=command.is_remote,
        originals=command.originals,
        neighbourhood=command.neighbourhood,
        repeats=command.repeats,
        transferred_by=command.transferred_by,
        first_received_on=command.first_received_on,
        source=command.source,
        proxies=command.proxies,
        personal=command.personal,
    )
    if petition.received is None:
        return [event]
    # A file number is derived from the request, so what is sealed was the same then.
    if petition.received == replace(event, personal=Personal.nothing()):
        return []
    refuse("already_registered")


def classify_petition(command: ClassifyPetition, petition: Petition) -> list[PetitionEvent]:
    """May be corrected until the petition was handled.

    Raises: Refused: unknown_file, already_handled, date_before_receipt,
        longer_check_only_denunciation, verifiable_only_denunciation,
        disciplinary_only_complaint, second_only_complaint, rules_only_recommendation,
        second_level_is_province, province_is_competent.
    """
    received = received_of(petition)
    named = command.respondent_officers
    if named is None:  # a correction of something else gives nobody the file back
        named = petition.classified.respondent_officers if petition.classified else ()
    event = PetitionClassified(
        classified_on=command.classified_on,
        kind=command.kind,
        field=command.field,
        is_competent=command.is_competent,
        meets_conditions=command.meets_conditions,
        flags=tuple(sorted(set(command.flags))),
        needs_longer_check=command.needs_longer_check,
        is_disciplinary=command.is_disciplinary,
        is_dismissal=command.is_dismissal,
        about_rules=command.about_rules,
        is_second=command.is_second,
        is_verifiable=command.is_verifiable,
        has_appointment=command.has_appointment,
        respondent=command.respondent,
        respondent_officers=tuple(sorted(set(named))),
    )
    if event == petition.classified:
        return []
    if petition.outcome is not None:
        refuse("already_handled")
    if command.classified_on < received.received_on:
        refuse("date_before_receipt")
    _check_kind(event)
    if event.is_competent:
        _check_level(event)
    return [event]


def record_outside_decision(
    command: RecordOutsideDecision, petition: Petition
) -> list[PetitionEvent]:
    """At any time, and it may be older than the petition.

    Raises: Refused: unknown_file, outside_decision_differs.
    """
    received_of(petition)
    event = OutsideDecisionReceived(
        decided_on=command.decided_on,
        decided_by=command.decided_by,
        number=command.number,
        outcome=command.outcome,
        source=command.source,
    )
    for known in petition.outside:
        if (known.decided_by, known.number) == (event.decided_by, event.number):
            if replace(known, source=event.source) == event:
                return []
            refuse("outside_decision_differs")
    return [event]


def evolve(petition: Petition, event: PetitionEvent) -> Petition:
    match event:
        case PetitionReceived():
            named = len(event.proxies)
            return replace(
                petition,
                received=event,
                proxies=event.proxies,
                proxies_named=named,
                was_denunciation=event.claimed_kind is Kind.DENUNCIATION,
            )
        case PetitionClassified():
            was = petition.was_denunciation or event.kind is Kind.DENUNCIATION
            return replace(petition, classified=event, was_denunciation=was)
        case PersonErased():
            return replace(petition, erased=petition.erased | {event.part})
        case (
            PetitionAccepted()
            | AcceptanceRefused()
            | PetitionerGuided()
            | PetitionForwarded()
            | PetitionFiledAway()
            | CheckOrdered()
        ):
            return replace(petition, outcome=event)
        case CheckReported():
            return replace(petition, checked=event)
        case AuthorisationRecorded():
            return _with_proxies(petition, event.proxies)
        case ComplainantSucceeded():
            # An authorisation ends with who gave it (Bộ luật Dân sự Đ.140.3.đ).
            left = tuple(each for each in petition.proxies if each.acts_for != event.of)
            after = replace(petition, proxies=left, deaths=(*petition.deaths, event))
            return _with_proxies(after, event.heirs)
        case OutsideDecisionReceived():
            return replace(petition, outside=(*petition.outside, event))
        case PetitionWithdrawn():
            return replace(petition, withdrawals=(*petition.withdrawals, event))
        case OriginalsReturned():
            return replace(petition, returns=(*petition.returns, event))
        case PetitionLinked():
            return replace(petition, links=(*petition.links, event))
        case PetitionUnlinked():
            links = tuple(link for link in petition.links if link.to != event.to)
            return replace(petition, links=links)
        case _:
            assert_never(event)


def received_of(petition: Petition) -> PetitionReceived:
    """Raises: Refused: unknown_file."""
    if petition.received is None:
        refuse("unknown_file")
    return petition.received


def classified_of(petition: Petition) -> PetitionClassified:
    """Raises: Refused: not_classified."""
    if petition.classified is None:
        refuse("not_classified")
    return petition.classified


def is_left_with_nothing(petition: Petition) -> bool:
    """Whether everybody withdrew everything, so that there is nothing to settle (đã rút đơn)."""
    return any(withdrawal.leaves_nothing for withdrawal in petition.withdrawals)


def _with_proxies(petition: Petition, new: tuple[Proxy, ...]) -> Petition:
    """Who is named takes the place of whom the same petitioner had named; heirs stay."""
    again = {proxy.acts_for for proxy in new}
    kept = tuple(
        proxy
        for proxy in petition.proxies
        if proxy.acts_for not in again or proxy.capacity is Capacity.HEIR
    )
    named = petition.proxies_named + len(new)
    return replace(petition, proxies=(*kept, *new), proxies_named=named)


def _check_kind(classified: PetitionClassified) -> None:
    """What can be said of one kind only."""
    if classified.kind is not Kind.DENUNCIATION:
        if classified.needs_longer_check:
            refuse("longer_check_only_denunciation")
        if classified.is_verifiable:
            refuse("verifiable_only_denunciation")
    is_complaint = classified.kind is Kind.COMPLAINT
    if classified.is_disciplinary and not is_complaint:
        refuse("disciplinary_only_complaint")
    if classified.is_dismissal and not classified.is_disciplinary:
        refuse("disciplinary_only_complaint")
    if classified.is_second and not is_complaint:
        refuse("second_only_complaint")
    if classified.about_rules and classified.kind not in (Kind.RECOMMENDATION, Kind.FEEDBACK):
        refuse("rules_only_recommendation")


def _check_level(classified: PetitionClassified) -> None:
    """What the province settles is not within the ward's competence."""
    # From 2025-07-01 to 2026-06-30 the text (NĐ 141/2025) could not be read: not refused then.
    if classified.is_second and classified.classified_on >= LAW_2026:
        refuse("second_level_is_province")
    if classified.kind is Kind.DENUNCIATION and classified.respondent in _JUDGED_BY_PROVINCE:
        refuse("province_is_competent")
