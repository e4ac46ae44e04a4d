"""What may happen to a petition (đơn): state, commands and the decision on each, as pure functions.

Every refusal has a code in `REFUSALS` with its sentence and its source in the law. A decision whose
event holds free text is never taken for a repetition by its look, since the text is sealed; a
request that really came twice is known by its idempotency key before that matters.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Final, NoReturn, assert_never

from shared.contracts.petitions import (
    AcceptanceRefused,
    Channel,
    Field,
    Flag,
    Kind,
    OutsideDecisionReceived,
    Party,
    PetitionAccepted,
    PetitionClassified,
    PetitionerGuided,
    PetitionEvent,
    PetitionFiledAway,
    PetitionForwarded,
    PetitionReceived,
    Role,
    Source,
)
from shared.errors import Refused
from shared.personal import Personal

GROUP: Final = 5  # people from whom on representatives are needed (nhiều người)
LARGE_GROUP: Final = 10  # people up to whom 2 representatives are the most
MOST_REPRESENTATIVES: Final = 5
#: Luật 136/2025/QH15: from then on the reception desk may forward a complaint too (Đ.26.1.b).
DESK_FORWARDS_FROM: Final = date(2026, 7, 1)


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


#: Grounds that contradict a classification that found the conditions met.
_LACKING = (FilingGround.CONDITIONS, FilingGround.ANONYMOUS, FilingGround.ILLEGIBLE)


class OutsideOutcome(StrEnum):
    """What a superior authority or a court decided."""

    JUSTIFIED = "dung"
    PARTLY_JUSTIFIED = "dung_mot_phan"
    UNJUSTIFIED = "sai"
    UPHELD = "giu_nguyen"  # the contested decision stands
    AMENDED = "sua_doi"  # it was amended
    CANCELLED = "huy_bo"  # it was cancelled
    TERMINATED = "dinh_chi"  # settlement was terminated
    COURT_ACCEPTED = "toa_an_thu_ly"  # a court took the matter up


#: Code -> what the caller is told, and where the law says so.
REFUSALS: Final[Mapping[str, tuple[str, str]]] = {
    "unknown_file": (
        "Không có hồ sơ đơn mang mã này; hãy kiểm tra lại mã hồ sơ.",
        "internal",
    ),
    "already_registered": (
        "Mã hồ sơ này đã dùng cho một đơn có nội dung khác.",
        "internal",
    ),
    "not_classified": (
        "Đơn chưa được phân loại; hãy phân loại trước khi xử lý.",
        "TT 05/2021 Đ.6",
    ),
    "already_handled": (
        "Đơn đã có kết quả xử lý; không thể xử lý theo hướng khác hoặc phân loại lại.",
        "TT 05/2021",
    ),
    "date_before_receipt": (
        "Ngày này trước ngày tiếp nhận đơn; hãy kiểm tra lại.",
        "Luật Khiếu nại Đ.27; Luật Tố cáo Đ.24.1",
    ),
    "date_before_classification": (
        "Ngày này trước ngày phân loại đơn; hãy kiểm tra lại.",
        "TT 05/2021 Đ.6",
    ),
    "not_competent": (
        "Vụ việc không thuộc thẩm quyền; hãy hướng dẫn hoặc chuyển đơn.",
        "Luật Khiếu nại Đ.17; Luật Tố cáo Đ.13, Đ.24.2; Luật Tiếp công dân Đ.26.2",
    ),
    "is_competent": (
        "Vụ việc thuộc thẩm quyền của phường nên phải giải quyết, không hướng dẫn, không chuyển.",
        "Luật Khiếu nại Đ.17; Luật Tố cáo Đ.13; Luật Tiếp công dân Đ.26",
    ),
    "conditions_not_met": (
        "Đơn chưa đủ điều kiện xử lý; hãy không thụ lý hoặc lưu đơn và nêu căn cứ.",
        "TT 05/2021 Đ.6",
    ),
    "conditions_met": (
        "Đơn đã được xác định là đủ điều kiện xử lý nên không thể lưu theo căn cứ này.",
        "TT 05/2021 Đ.6",
    ),
    "not_signed": (
        "Đơn không có chữ ký hoặc điểm chỉ của người gửi nên không thể thụ lý.",
        "Luật Khiếu nại Đ.8.2, Đ.11.5; Luật Tố cáo Đ.23, Đ.29.1.a",
    ),
    "anonymous_complaint": (
        "Đơn khiếu nại không có họ tên, địa chỉ người khiếu nại nên không thể thụ lý.",
        "Luật Khiếu nại Đ.8.2",
    ),
    "anonymous_denunciation": (
        "Thông tin không rõ họ tên, địa chỉ người tố cáo nên không được thụ lý theo Luật Tố cáo;"
        " nếu rõ người vi phạm và có chứng cứ thì xem xét thanh tra, kiểm tra.",
        "Luật Tố cáo Đ.25",
    ),
    "denouncer_not_individual": (
        "Chỉ cá nhân mới có quyền tố cáo; đơn của cơ quan, tổ chức không thụ lý là tố cáo.",
        "Luật Tố cáo Đ.2.1",
    ),
    "representatives_missing": (
        "Đơn từ 5 người trở lên phải có người đại diện (vai trò nguoi_dai_dien) bằng văn bản.",
        "Luật Tiếp công dân Đ.29; NĐ 124/2020 Đ.6, Đ.16.1; Luật Tố cáo Đ.23",
    ),
    "too_many_representatives": (
        "Quá số người đại diện: từ 5 đến 10 người được cử 1 hoặc 2 người, trên 10 người được cử"
        " nhiều nhất 5 người.",
        "Luật Tiếp công dân Đ.29; NĐ 124/2020 Đ.6",
    ),
    "ground_not_for_kind": (
        "Căn cứ không thụ lý này không áp dụng cho loại đơn đã phân loại.",
        "Luật Khiếu nại Đ.11; Luật Tố cáo Đ.29.1",
    ),
    "longer_check_only_denunciation": (
        "Chỉ đơn tố cáo mới có thời hạn kiểm tra, xác minh kéo dài.",
        "Luật Tố cáo Đ.24.1",
    ),
    "denunciation_is_forwarded": (
        "Đơn tố cáo không thuộc thẩm quyền phải được chuyển đến nơi có thẩm quyền, không hướng"
        " dẫn.",
        "Luật Tố cáo Đ.24.2",
    ),
    "recommendation_is_forwarded": (
        "Kiến nghị, phản ánh không thuộc thẩm quyền phải được chuyển, không hướng dẫn.",
        "Luật Tiếp công dân Đ.26.2",
    ),
    "complaint_is_guided": (
        "Đơn khiếu nại không thuộc thẩm quyền thì hướng dẫn người khiếu nại; chỉ chuyển khi tiếp"
        " nhận tại nơi tiếp công dân, từ ngày 01/7/2026.",
        "TT 05/2021; Luật Tiếp công dân Đ.26.1.b (Luật 136/2025 Đ.1.11)",
    ),
    "outside_decision_differs": (
        "Văn bản này của cơ quan đó đã được ghi nhận với nội dung khác.",
        "internal",
    ),
}

Handled = (
    PetitionAccepted | AcceptanceRefused | PetitionerGuided | PetitionForwarded | PetitionFiledAway
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Petition:
    """What later decisions need to know, in the events that said so (their text stays sealed)."""

    received: PetitionReceived | None = None
    classified: PetitionClassified | None = None
    outcome: Handled | None = None  # final: one excludes the others
    outside: tuple[OutsideDecisionReceived, ...] = ()


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
    personal: Personal  # text: guidance


@dataclass(frozen=True, kw_only=True, slots=True)
class ForwardPetition:
    """Send the petition to the competent authority (chuyển đơn)."""

    file: str
    forwarded_on: date
    competent_authority: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FileAwayPetition:
    """Keep the petition without handling it (lưu đơn)."""

    file: str
    filed_on: date
    ground: FilingGround


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
        personal=command.personal,
    )
    if petition.received is None:
        return [event]
    # A file number is derived from the request, so what is sealed was the same then.
    if petition.received == replace(event, personal=Personal.nothing()):
        return []
    _refuse("already_registered")


def classify_petition(command: ClassifyPetition, petition: Petition) -> list[PetitionEvent]:
    """May be corrected until the petition was handled.

    Raises: Refused: unknown_file, already_handled, date_before_receipt,
        longer_check_only_denunciation.
    """
    received = _received(petition)
    event = PetitionClassified(
        classified_on=command.classified_on,
        kind=command.kind,
        field=command.field,
        is_competent=command.is_competent,
        meets_conditions=command.meets_conditions,
        flags=tuple(sorted(set(command.flags))),
        needs_longer_check=command.needs_longer_check,
    )
    if event == petition.classified:
        return []
    if petition.outcome is not None:
        _refuse("already_handled")
    if command.classified_on < received.received_on:
        _refuse("date_before_receipt")
    if command.needs_longer_check and command.kind is not Kind.DENUNCIATION:
        _refuse("longer_check_only_denunciation")
    return [event]


def accept_petition(command: AcceptPetition, petition: Petition) -> list[PetitionEvent]:
    """Raises: Refused: unknown_file, not_classified, already_handled, date_before_receipt,
    date_before_classification, not_competent, conditions_not_met, not_signed,
    anonymous_complaint, anonymous_denunciation, denouncer_not_individual,
    representatives_missing, too_many_representatives.
    """
    received, classified = _received(petition), _classified(petition)
    event = PetitionAccepted(
        accepted_on=command.accepted_on,
        kind=classified.kind,
        field=classified.field,
        received_on=received.received_on,
        people=received.people,
        is_remote=received.is_remote,
    )
    if _is_repeated(event, petition):
        return []
    _check_dates(command.accepted_on, received, classified)
    if not classified.is_competent:
        _refuse("not_competent")
    if not classified.meets_conditions:
        _refuse("conditions_not_met")
    if classified.kind in (Kind.COMPLAINT, Kind.DENUNCIATION):
        _check_petitioners(received, classified.kind)
    return [event]


def refuse_acceptance(command: RefuseAcceptance, petition: Petition) -> list[PetitionEvent]:
    """Raises: Refused: unknown_file, not_classified, already_handled, date_before_receipt,
    date_before_classification, not_competent, ground_not_for_kind.
    """
    received, classified = _received(petition), _classified(petition)
    event = AcceptanceRefused(
        refused_on=command.refused_on, ground=command.ground, personal=command.personal
    )
    if _is_repeated(event, petition):
        return []
    _check_dates(command.refused_on, received, classified)
    if not classified.is_competent:
        _refuse("not_competent")
    if command.ground.kind is not classified.kind:
        _refuse("ground_not_for_kind")
    return [event]


def guide_petitioner(command: GuidePetitioner, petition: Petition) -> list[PetitionEvent]:
    """Raises: Refused: unknown_file, not_classified, already_handled, date_before_receipt,
    date_before_classification, is_competent, conditions_not_met, denunciation_is_forwarded,
    recommendation_is_forwarded.
    """
    received, classified = _received(petition), _classified(petition)
    event = PetitionerGuided(
        guided_on=command.guided_on,
        competent_authority=command.competent_authority,
        personal=command.personal,
    )
    if _is_repeated(event, petition):
        return []
    _check_dates(command.guided_on, received, classified)
    _check_elsewhere(classified)
    match classified.kind:
        case Kind.COMPLAINT:
            pass
        case Kind.DENUNCIATION:
            # Who denounces in person is told there and then; a written one goes on by itself.
            if received.channel is not Channel.RECEPTION:
                _refuse("denunciation_is_forwarded")
        case Kind.RECOMMENDATION | Kind.FEEDBACK:
            _refuse("recommendation_is_forwarded")
        case _:
            assert_never(classified.kind)
    return [event]


def forward_petition(command: ForwardPetition, petition: Petition) -> list[PetitionEvent]:
    """Raises: Refused: unknown_file, not_classified, already_handled, date_before_receipt,
    date_before_classification, is_competent, conditions_not_met, complaint_is_guided.
    """
    received, classified = _received(petition), _classified(petition)
    event = PetitionForwarded(
        forwarded_on=command.forwarded_on, competent_authority=command.competent_authority
    )
    if _is_repeated(event, petition):
        return []
    _check_dates(command.forwarded_on, received, classified)
    _check_elsewhere(classified)
    at_the_desk = received.channel is Channel.RECEPTION
    if classified.kind is Kind.COMPLAINT and not (
        at_the_desk and command.forwarded_on >= DESK_FORWARDS_FROM
    ):
        _refuse("complaint_is_guided")
    return [event]


def file_away_petition(command: FileAwayPetition, petition: Petition) -> list[PetitionEvent]:
    """Raises: Refused: unknown_file, not_classified, already_handled, date_before_receipt,
    date_before_classification, conditions_met.
    """
    received, classified = _received(petition), _classified(petition)
    event = PetitionFiledAway(filed_on=command.filed_on, ground=command.ground)
    if _is_repeated(event, petition):
        return []
    _check_dates(command.filed_on, received, classified)
    if command.ground in _LACKING and classified.meets_conditions:
        _refuse("conditions_met")
    return [event]


def record_outside_decision(
    command: RecordOutsideDecision, petition: Petition
) -> list[PetitionEvent]:
    """At any time, and it may be older than the petition.

    Raises: Refused: unknown_file, outside_decision_differs.
    """
    _received(petition)
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
            _refuse("outside_decision_differs")
    return [event]


def evolve(petition: Petition, event: PetitionEvent) -> Petition:
    match event:
        case PetitionReceived():
            return replace(petition, received=event)
        case PetitionClassified():
            return replace(petition, classified=event)
        case (
            PetitionAccepted()
            | AcceptanceRefused()
            | PetitionerGuided()
            | PetitionForwarded()
            | PetitionFiledAway()
        ):
            return replace(petition, outcome=event)
        case OutsideDecisionReceived():
            return replace(petition, outside=(*petition.outside, event))
        case _:
            assert_never(event)


def _refuse(code: str) -> NoReturn:
    raise Refused(code, REFUSALS[code][0])


def _received(petition: Petition) -> PetitionReceived:
    if petition.received is None:
        _refuse("unknown_file")
    return petition.received


def _classified(petition: Petition) -> PetitionClassified:
    if petition.classified is None:
        _refuse("not_classified")
    return petition.classified


def _is_repeated(event: Handled, petition: Petition) -> bool:
    if petition.outcome is None:
        return False
    if petition.outcome == event:
        return True
    _refuse("already_handled")


def _check_dates(day: date, received: PetitionReceived, classified: PetitionClassified) -> None:
    if day < received.received_on:
        _refuse("date_before_receipt")
    if day < classified.classified_on:
        _refuse("date_before_classification")


def _check_elsewhere(classified: PetitionClassified) -> None:
    """Only what belongs elsewhere, and is fit to be handled there, is sent there."""
    if classified.is_competent:
        _refuse("is_competent")
    if not classified.meets_conditions:
        _refuse("conditions_not_met")


def _check_petitioners(received: PetitionReceived, kind: Kind) -> None:
    """Whether somebody stands behind it as the law wants; for complaints and denunciations."""
    known = [
        party
        for party in received.parties
        if party.role is not Role.RESPONDENT and party.is_identified
    ]
    if not known:
        _refuse("anonymous_complaint" if kind is Kind.COMPLAINT else "anonymous_denunciation")
    if kind is Kind.DENUNCIATION and all(party.is_organisation for party in known):
        _refuse("denouncer_not_individual")
    if not received.is_signed:
        _refuse("not_signed")
    if received.people < GROUP:
        return
    representatives = sum(party.role is Role.REPRESENTATIVE for party in known)
    if representatives == 0:
        _refuse("representatives_missing")
    if representatives > (2 if received.people <= LARGE_GROUP else MOST_REPRESENTATIVES):
        _refuse("too_many_representatives")
