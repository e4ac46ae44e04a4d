"""What becomes of a petition (xử lý đơn): commands and the decision on each, as pure functions.

Taken up, refused, guided, forwarded, checked or filed away: one excludes the others. Here too: what
a check came to. Withdrawal is in `withdrawals`, what comes before an outcome in `domain`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import assert_never

from services.intake.domain import (
    Handled,
    Petition,
    classified_of,
    is_left_with_nothing,
    received_of,
)
from services.intake.law import GROUP, LAW_2026, check_representatives
from services.intake.proxies import check_proxies
from services.intake.refusals import refuse
from shared.contracts.petitions import (
    AcceptanceRefused,
    Channel,
    CheckOrdered,
    CheckReported,
    CheckResult,
    Field,
    ForwardPurpose,
    Kind,
    Party,
    PetitionAccepted,
    PetitionClassified,
    PetitionerGuided,
    PetitionEvent,
    PetitionFiledAway,
    PetitionForwarded,
    PetitionReceived,
    Relation,
    Role,
)
from shared.personal import Personal


class RefusalGround(StrEnum):
    """Why a petition is not taken up (căn cứ không thụ lý): closed lists of the two laws."""

    # Luật Khiếu nại Đ.11, in its order
    INTERNAL = "kn_noi_bo"  # 1 internal, hierarchical, normative document, state secret
    NOT_AFFECTED = "kn_khong_lien_quan_truc_tiep"  # 2 own rights not directly affected
    NO_CAPACITY = "kn_khong_du_nang_luc"  # 3 no full capacity, no lawful representative
    UNLAWFUL_REPRESENTATIVE = "kn_dai_dien_khong_hop_phap"  # 4
    UNSIGNED = "kn_khong_chu_ky"  # 5 neither signature nor fingerprint
    EXPIRED = "kn_het_thoi_hieu"  # 6 limitation or time limit over, no good reason
    SECOND_DECISION = "kn_da_giai_quyet_lan_hai"  # 7 second settlement decision issued
    TERMINATED = "kn_da_dinh_chi"  # 8 terminated and not continued within 30 days
    COURT = "kn_toa_an_da_thu_ly"  # 9 a court has accepted or decided it
    # Luật Tố cáo Đ.29.1; what is not within competence is forwarded instead
    WRONG_FORM = "tc_sai_hinh_thuc"  # a: not as Đ.23 wants it
    DENOUNCER_NO_CAPACITY = "tc_khong_du_nang_luc"  # b: no capacity, no lawful representative
    NO_BASIS = "tc_khong_co_co_so"  # d: neither violator nor act can be made out
    NOTHING_NEW = "tc_khieu_nai_khong_tinh_tiet_moi"  # grew from a settled complaint, nothing new

    @property
    def kind(self) -> Kind:
        return Kind.COMPLAINT if self.value.startswith("kn_") else Kind.DENUNCIATION


class FilingGround(StrEnum):
    """Why a petition is kept without handling (căn cứ lưu đơn)."""

    CONDITIONS = "khong_du_dieu_kien"  # lacks date, name, address, signature, content
    ANONYMOUS = "nac_danh_khong_ro"  # no or borrowed name, no clear violator or evidence
    ILLEGIBLE = "rach_nat_khong_doc_duoc"  # torn, illegible
    SENT_WIDELY = "gui_nhieu_noi"  # sent to several bodies, the competent one among them
    ANSWERED_BEFORE = "da_huong_dan_tra_loi"  # guided or answered before on the same content
    FINAL = "da_giai_quyet_het_tham_quyen"  # settled for good, nothing new
    EXPIRED = "het_thoi_hieu"  # limitation over, no good reason
    WITHDRAWN = "da_rut_don"  # withdrawn as a whole before it was taken up


#: Grounds that contradict a classification that found the conditions met.
_LACKING = (FilingGround.CONDITIONS, FilingGround.ANONYMOUS, FilingGround.ILLEGIBLE)


@dataclass(frozen=True, kw_only=True, slots=True)
class AcceptPetition:
    """Take the petition up for settlement (thụ lý)."""

    file: str
    accepted_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class RefuseAcceptance:
    """Do not take it up, and say why (không thụ lý)."""

    file: str
    refused_on: date
    ground: RefusalGround
    personal: Personal  # text: reasons


@dataclass(frozen=True, kw_only=True, slots=True)
class GuidePetitioner:
    """Tell the petitioner whom to turn to (hướng dẫn)."""

    file: str
    guided_on: date
    competent_authority: str
    to_split: bool = False  # mixed content (hướng dẫn tách đơn)
    personal: Personal  # text: guidance


@dataclass(frozen=True, kw_only=True, slots=True)
class ForwardPetition:
    """Send the petition to the competent authority (chuyển đơn)."""

    file: str
    forwarded_on: date
    competent_authority: str
    purpose: ForwardPurpose = ForwardPurpose.COMPETENCE


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderCheck:
    """Have information checked that cannot be handled as a denunciation (kiểm tra, Đ.25.2)."""

    file: str
    ordered_on: date
    unit: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordCheckResult:
    """Note what a check came to (kết quả thanh tra, kiểm tra)."""

    file: str
    reported_on: date
    result: CheckResult
    referred_to: str | None = None
    personal: Personal  # text: findings


@dataclass(frozen=True, kw_only=True, slots=True)
class FileAwayPetition:
    """Keep the petition without handling it (lưu đơn)."""

    file: str
    filed_on: date
    ground: FilingGround
    #: Files that this one is linked to -> when their petitioner was guided or answered.
    answered: Mapping[str, date] = field(default_factory=dict)


def accept_petition(command: AcceptPetition, petition: Petition) -> list[PetitionEvent]:
    """Raises: Refused: unknown_file, not_classified, already_handled, date_before_receipt,
    date_before_classification, not_competent, conditions_not_met, not_signed,
    anonymous_complaint, anonymous_denunciation, denouncer_not_individual, withdrawn,
    representatives_missing, too_many_representatives, appointment_missing,
    authorisation_missing, authorisation_not_certified, several_authorised.
    """
    received, classified = received_of(petition), classified_of(petition)
    event = PetitionAccepted(
        accepted_on=command.accepted_on,
        kind=classified.kind,
        field=classified.field,
        received_on=received.received_on,
        people=received.people,
        is_remote=received.is_remote,
        is_disciplinary=classified.is_disciplinary,
        is_dismissal=classified.is_dismissal,
        respondent_officers=classified.respondent_officers,
    )
    if _is_repeated(event, petition):
        return []
    _check_dates(command.accepted_on, received, classified)
    if not classified.is_competent:
        refuse("not_competent")
    if not classified.meets_conditions:
        refuse("conditions_not_met")
    if is_left_with_nothing(petition):
        refuse("withdrawn")
    if classified.kind in (Kind.COMPLAINT, Kind.DENUNCIATION):
        _check_petitioners(received, classified, command.accepted_on)
    if classified.kind is Kind.COMPLAINT:
        check_proxies(petition.proxies, received)
    return [event]


def refuse_acceptance(command: RefuseAcceptance, petition: Petition) -> list[PetitionEvent]:
    """Raises: Refused: unknown_file, not_classified, already_handled, date_before_receipt,
    date_before_classification, not_competent, ground_not_for_kind.
    """
    received, classified = received_of(petition), classified_of(petition)
    event = AcceptanceRefused(
        refused_on=command.refused_on, ground=command.ground, personal=command.personal
    )
    if _is_repeated(event, petition):
        return []
    _check_dates(command.refused_on, received, classified)
    if not classified.is_competent:
        refuse("not_competent")
    if command.ground.kind is not classified.kind:
        refuse("ground_not_for_kind")
    return [event]


def guide_petitioner(command: GuidePetitioner, petition: Petition) -> list[PetitionEvent]:
    """Raises: Refused: unknown_file, not_classified, already_handled, date_before_receipt,
    date_before_classification, is_competent, conditions_not_met, denunciation_is_forwarded,
    recommendation_is_forwarded.
    """
    received, classified = received_of(petition), classified_of(petition)
    event = PetitionerGuided(
        guided_on=command.guided_on,
        competent_authority=command.competent_authority,
        to_split=command.to_split,
        personal=command.personal,
    )
    if _is_repeated(event, petition):
        return []
    _check_dates(command.guided_on, received, classified)
    if not classified.meets_conditions:
        refuse("conditions_not_met")
    if command.to_split:
        # Of mixed content each part has its own kind and competence once it is a petition.
        return [event]
    if classified.is_competent:
        refuse("is_competent")
    match classified.kind:
        case Kind.COMPLAINT:
            pass
        case Kind.DENUNCIATION:
            # Who denounces in person is told there and then; a written one goes on by itself.
            if received.channel is not Channel.RECEPTION:
                refuse("denunciation_is_forwarded")
        case Kind.RECOMMENDATION | Kind.FEEDBACK:
            refuse("recommendation_is_forwarded")
        case _:
            assert_never(classified.kind)
    return [event]


def forward_petition(command: ForwardPetition, petition: Petition) -> list[PetitionEvent]:
    """Signs of a crime go to the police at once, classified or not.

    Raises: Refused: unknown_file, not_classified, already_handled, date_before_receipt,
        date_before_classification, is_competent, conditions_not_met, complaint_is_guided,
        mediation_only_land, check_only_denunciation, not_verifiable, denunciation_is_regular.
    """
    received = received_of(petition)
    event = PetitionForwarded(
        forwarded_on=command.forwarded_on,
        competent_authority=command.competent_authority,
        purpose=command.purpose,
    )
    if _is_repeated(event, petition):
        return []
    if command.purpose is ForwardPurpose.CRIME:
        if command.forwarded_on < received.received_on:
            refuse("date_before_receipt")
        return [event]
    classified = classified_of(petition)
    _check_dates(command.forwarded_on, received, classified)
    match command.purpose:
        case ForwardPurpose.COMPETENCE:
            _check_elsewhere(classified)
            at_the_desk = received.channel is Channel.RECEPTION
            # Since Luật 136/2025 the desk may forward a complaint too (Đ.26.1.b).
            if classified.kind is Kind.COMPLAINT and not (
                at_the_desk and command.forwarded_on >= LAW_2026
            ):
                refuse("complaint_is_guided")
        case ForwardPurpose.MEDIATION:
            is_claim = classified.kind in (Kind.COMPLAINT, Kind.DENUNCIATION)
            if is_claim or classified.field is not Field.LAND:
                refuse("mediation_only_land")
            if not classified.meets_conditions:
                refuse("conditions_not_met")
        case ForwardPurpose.INSPECTION:
            _check_worth_checking(received, classified)
        case _:
            assert_never(command.purpose)
    return [event]


def order_check(command: OrderCheck, petition: Petition) -> list[PetitionEvent]:
    """An outcome of its own: not taken up as a denunciation, and not filed away either.

    Raises: Refused: unknown_file, not_classified, already_handled, date_before_receipt,
        date_before_classification, not_competent, check_only_denunciation, not_verifiable,
        denunciation_is_regular.
    """
    received, classified = received_of(petition), classified_of(petition)
    event = CheckOrdered(ordered_on=command.ordered_on, unit=command.unit)
    if _is_repeated(event, petition):
        return []
    _check_dates(command.ordered_on, received, classified)
    _check_worth_checking(received, classified)
    if not classified.is_competent:
        refuse("not_competent")
    return [event]


def record_check_result(command: RecordCheckResult, petition: Petition) -> list[PetitionEvent]:
    """With it the file ends; a violation is dealt with outside of the law on denunciations.

    Raises: Refused: unknown_file, check_not_ordered, check_already_reported, date_before_check,
        referral_not_named.
    """
    received_of(petition)
    if not isinstance(petition.outcome, CheckOrdered):
        refuse("check_not_ordered")
    if petition.checked is not None:
        refuse("check_already_reported")
    if command.reported_on < petition.outcome.ordered_on:
        refuse("date_before_check")
    if (command.result is CheckResult.REFERRED) != (command.referred_to is not None):
        refuse("referral_not_named")
    event = CheckReported(
        reported_on=command.reported_on,
        result=command.result,
        referred_to=command.referred_to,
        personal=command.personal,
    )
    return [event]


def answered_on(petition: Petition, decided_on: date | None) -> date | None:
    """When the petitioner was guided or answered about this content; None if not yet.

    `decided_on` is when the case was decided, if it was. A denunciation that was sent on is told
    to its sender, a refusal of acceptance says why: we count both as an answer (C).
    """
    match petition.outcome:
        case PetitionAccepted():
            return decided_on
        case PetitionerGuided(guided_on=day):
            return day
        case PetitionForwarded(forwarded_on=day, purpose=ForwardPurpose.COMPETENCE):
            return day
        case AcceptanceRefused(refused_on=day):
            return day
        case PetitionFiledAway(filed_on=day, ground=FilingGround.ANSWERED_BEFORE):
            return day
        case _:
            return None


def same_content(petition: Petition) -> list[str]:
    """The files that this petition says again, as an officer found."""
    again = (Relation.DUPLICATE, Relation.REPEAT)
    return [link.to for link in petition.links if link.relation in again]


def file_away_petition(command: FileAwayPetition, petition: Petition) -> list[PetitionEvent]:
    """Guidance and answers are given once for each content (TT 05/2021).

    Raises: Refused: unknown_file, not_classified, already_handled, date_before_receipt,
        date_before_classification, check_is_due, conditions_met, not_withdrawn,
        not_answered_before.
    """
    received, classified = received_of(petition), classified_of(petition)
    event = PetitionFiledAway(filed_on=command.filed_on, ground=command.ground)
    if _is_repeated(event, petition):
        return []
    _check_dates(command.filed_on, received, classified)
    if command.ground in _LACKING and classified.is_verifiable:
        refuse("check_is_due")
    if command.ground in _LACKING and classified.meets_conditions:
        refuse("conditions_met")
    if command.ground is FilingGround.WITHDRAWN and not is_left_with_nothing(petition):
        refuse("not_withdrawn")
    if command.ground is FilingGround.ANSWERED_BEFORE:
        days = [command.answered[to] for to in same_content(petition) if to in command.answered]
        if min(days, default=date.max) > command.filed_on:
            refuse("not_answered_before")
    return [event]


def _is_repeated(event: Handled, petition: Petition) -> bool:
    if petition.outcome is None:
        return False
    if petition.outcome == event:
        return True
    refuse("already_handled")


def _check_dates(day: date, received: PetitionReceived, classified: PetitionClassified) -> None:
    if day < received.received_on:
        refuse("date_before_receipt")
    if day < classified.classified_on:
        refuse("date_before_classification")


def _check_elsewhere(classified: PetitionClassified) -> None:
    """Only what belongs elsewhere, and is fit to be handled there, is sent there."""
    if classified.is_competent:
        refuse("is_competent")
    if not classified.meets_conditions:
        refuse("conditions_not_met")


def _check_worth_checking(received: PetitionReceived, classified: PetitionClassified) -> None:
    """Whether it is information for a check under Luật Tố cáo Đ.25.2."""
    if classified.kind is not Kind.DENUNCIATION:
        refuse("check_only_denunciation")
    if not classified.is_verifiable:
        refuse("not_verifiable")
    # What looks regular may still bear a borrowed name: then the conditions are not met.
    is_individual = any(not party.is_organisation for party in _known(received))
    if is_individual and received.is_signed and classified.meets_conditions:
        refuse("denunciation_is_regular")


def _known(received: PetitionReceived) -> list[Party]:
    return [
        party
        for party in received.parties
        if party.role is not Role.RESPONDENT and party.is_identified
    ]


def _check_petitioners(
    received: PetitionReceived, classified: PetitionClassified, day: date
) -> None:
    """Whether somebody stands behind it as the law wants; for complaints and denunciations."""
    known, is_complaint = _known(received), classified.kind is Kind.COMPLAINT
    if not known:
        refuse("anonymous_complaint" if is_complaint else "anonymous_denunciation")
    if not is_complaint and all(party.is_organisation for party in known):
        refuse("denouncer_not_individual")
    if not received.is_signed:
        refuse("not_signed")
    representatives = sum(party.role is Role.REPRESENTATIVE for party in known)
    check_representatives(received.people, representatives)
    needs_appointment = is_complaint and received.people >= GROUP and day >= LAW_2026
    if needs_appointment and not classified.has_appointment:
        refuse("appointment_missing")
