"""Events that the intake service records about petitions (đơn), stream `petition-<file>`.

The first date of each event is the one that the law counts. Personal parts (`personal`) are
sealed before they are stored: `p1`, `p2` … a petitioner's identity (`name`, `address`, `phone`,
`id_number`, `contact`), `r1` … that of a person complained about or denounced, `a1` … that of
somebody who acts for a petitioner, `text` free text.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from operator import itemgetter
from typing import TypeVar

from shared.personal import Personal

Day = TypeVar("Day", date, str)  # text in ISO 8601, which sorts as days do


class Kind(StrEnum):
    """Kind of petition (loại đơn); the ids of the procedures in the rule table."""

    COMPLAINT = "khieu_nai"  # khiếu nại
    DENUNCIATION = "to_cao"  # tố cáo
    RECOMMENDATION = "kien_nghi"  # kiến nghị
    FEEDBACK = "phan_anh"  # phản ánh


class Field(StrEnum):
    """Field (lĩnh vực), fine enough to choose a unit; the statutory reports group them."""

    LAND = "dat_dai"  # đất đai
    CONSTRUCTION = "trat_tu_xay_dung"  # trật tự xây dựng
    COMPENSATION = "boi_thuong_gpmb"  # bồi thường, giải phóng mặt bằng
    SOCIAL_POLICY = "chinh_sach_xa_hoi"  # chế độ, chính sách xã hội
    ENVIRONMENT = "moi_truong"  # môi trường, vệ sinh đô thị
    CIVIL_STATUS = "ho_tich"  # hộ tịch, chứng thực
    PUBLIC_DUTY = "cong_vu"  # công chức, công vụ
    CORRUPTION = "tham_nhung"  # tham nhũng, tiêu cực
    PUBLIC_ORDER = "an_ninh_trat_tu"  # an ninh, trật tự
    OTHER = "khac"  # khác


class Channel(StrEnum):
    """How the petition came in (nguồn đơn)."""

    RECEPTION = "tiep_cong_dan"  # reception desk (tiếp công dân)
    POST = "buu_chinh"  # post (dịch vụ bưu chính)
    PORTAL = "cong_dich_vu"  # public service portal (cổng dịch vụ công)
    AGENCY = "co_quan_chuyen"  # forwarded by another authority (cơ quan khác chuyển)
    NEIGHBOURHOOD = "to_dan_pho"  # neighbourhood group (tổ dân phố)
    BACKLOG = "ton_dong"  # import of the backlog (hồ sơ tồn đọng)


class Role(StrEnum):
    """What a party is to the petition."""

    PETITIONER = "nguoi_gui"  # người gửi đơn
    REPRESENTATIVE = "nguoi_dai_dien"  # người đại diện
    RESPONDENT = "nguoi_bi_khieu_to"  # người bị khiếu nại, bị tố cáo


class Flag(StrEnum):
    """Signs that a file needs a second look (plan II.5)."""

    GROUP = "dong_nguoi"  # 5 people or more (đông người)
    TENSE = "gay_gat"  # tense, drawn out (phức tạp, gay gắt, kéo dài)
    CROSS_LEVEL = "vuot_cap"  # taken past the ward (vượt cấp)


class RespondentPost(StrEnum):
    """Whom the petition is about, as far as it decides who is competent (Đ.12, 13, 21 LTC)."""

    CHAIR = "chu_tich"  # chair of the ward's people's committee
    VICE_CHAIR = "pho_chu_tich"
    COMMITTEE = "ubnd_phuong"  # the committee as a body
    UNIT_HEAD = "thu_truong_don_vi"  # head or deputy of a unit under it
    OFFICIAL = "can_bo_cong_chuc"  # cán bộ, công chức, viên chức the chair manages
    NEIGHBOURHOOD = "to_dan_pho"  # no civil servant, given public tasks
    OTHER = "khac"


class ForwardPurpose(StrEnum):
    """Why a petition goes to somebody else."""

    COMPETENCE = "dung_tham_quyen"  # to the competent authority (chuyển đơn)
    MEDIATION = "hoa_giai"  # land dispute, to mediation (hòa giải tranh chấp đất đai)
    CRIME = "to_giac_toi_pham"  # signs of a crime, to the police at once (tố giác tội phạm)
    INSPECTION = "thanh_tra_kiem_tra"  # information worth a check (Đ.25 LTC)


class WithdrawalForm(StrEnum):
    """How a petition is withdrawn."""

    LETTER = "don"  # đơn rút
    RECORD = "bien_ban"  # biên bản; lawful since 2026-07-01


class Relation(StrEnum):
    """How two petitions belong together."""

    DUPLICATE = "don_trung"  # the same petition sent again (đơn trùng)
    REPEAT = "don_lap"  # the same matter raised again (đơn lặp lại)
    RELATED = "lien_quan"  # another person, the same matter (vụ việc liên quan)


class Capacity(StrEnum):
    """By what right somebody acts in another's place (Luật Khiếu nại Đ.12.1)."""

    AUTHORISED = "duoc_uy_quyen"  # by authorisation (người được ủy quyền)
    LAWYER = "luat_su"  # likewise, as a lawyer or legal aid officer (luật sư, trợ giúp viên)
    LAWFUL = "dai_dien_theo_phap_luat"  # lawful representative of somebody without capacity
    HEIR = "thua_ke"  # heir of somebody who died (người thừa kế)


class Attestation(StrEnum):
    """How the paper is attested that somebody acts by."""

    NONE = "khong"
    NOTARISED = "cong_chung"  # công chứng
    CERTIFIED = "chung_thuc"  # chứng thực


class CheckResult(StrEnum):
    """What a check under Luật Tố cáo Đ.25 came to."""

    VIOLATION = "co_vi_pham"  # the violation was found
    NONE = "khong_vi_pham"  # it was not
    REFERRED = "chuyen_co_quan_khac"  # it is for another authority to go on with


class OutsideOutcome(StrEnum):
    """What a superior authority or a court decided."""

    JUSTIFIED = "dung"
    PARTLY_JUSTIFIED = "dung_mot_phan"
    UNJUSTIFIED = "sai"
    UPHELD = "giu_nguyen"  # the contested decision stands
    AMENDED = "sua_doi"  # it was amended
    CANCELLED = "huy_bo"  # it was cancelled
    TERMINATED = "dinh_chi"  # settlement was terminated
    COURT_ACCEPTED = "toa_an_thu_ly"  # a court took the matter up, and has decided nothing yet


class ErasureGround(StrEnum):
    """Why somebody's data may not be kept."""

    RETENTION = "het_thoi_han_luu_tru"  # the time of keeping is over
    ORDERED = "theo_quyet_dinh"  # a competent body decided so
    BY_LAW = "theo_luat"  # the law on personal data


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """A person in the file without their identity, which is sealed under `ref`."""

    ref: str  # "p1", "p2", … or "r1", …: the name of the sealed part
    role: Role
    is_organisation: bool = False
    is_identified: bool = True  # False: anonymous, or no name and address given


@dataclass(frozen=True, kw_only=True, slots=True)
class Proxy:
    """Who acts in a petitioner's place; who that is is sealed under `ref`."""

    ref: str  # "a1", "a2", …: the name of the sealed part
    acts_for: str  # ref of the petitioner
    capacity: Capacity
    document_on: date | None = None  # day of the paper that proves it; None: none was shown
    attestation: Attestation = Attestation.NONE
    content: int = 0  # which content they were given, by its number in the paper; 0: all


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where a petition from another system came from; unique together."""

    agency: str
    message_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PetitionReceived:
    """A petition came in (tiếp nhận đơn) and has its file number."""

    received_on: date
    channel: Channel
    parties: tuple[Party, ...]
    claimed_kind: Kind | None = None  # what the sender calls it; classification decides
    claimed_field: Field | None = None
    people: int = 1  # how many people stand behind it
    is_signed: bool = True
    is_remote: bool = False  # remote area (vùng sâu, vùng xa): longer limits
    originals: int = 0  # original papers enclosed, to be returned
    neighbourhood: str | None = None  # code of the tổ dân phố
    repeats: str | None = None  # file number of the petition that this one repeats, if known
    transferred_by: str | None = None  # the authority that handed it over (cơ quan chuyển đến)
    first_received_on: date | None = None  # when that authority had it; no clock runs on it
    source: Source | None = None
    proxies: tuple[Proxy, ...] = ()  # who complains for whom (ủy quyền, đại diện)
    personal: Personal = field(default_factory=Personal.nothing)


@dataclass(frozen=True, kw_only=True, slots=True)
class AuthorisationRecorded:
    """Petitioners named who acts for them from now on (ủy quyền), in place of whom they had."""

    recorded_on: date
    proxies: tuple[Proxy, ...]
    personal: Personal = field(default_factory=Personal.nothing)  # a1, a2 …: who


@dataclass(frozen=True, kw_only=True, slots=True)
class ComplainantSucceeded:
    """A complainant died and the heirs go on (thừa kế quyền khiếu nại), under the same ref."""

    succeeded_on: date
    of: str  # ref of the complainant
    died_on: date
    heirs: tuple[Proxy, ...]
    personal: Personal = field(default_factory=Personal.nothing)  # a1, a2 …: who


@dataclass(frozen=True, kw_only=True, slots=True)
class PetitionClassified:
    """Kind, field, conditions and competence were judged (phân loại đơn)."""

    classified_on: date
    kind: Kind
    field: Field
    is_competent: bool  # thuộc thẩm quyền
    meets_conditions: bool  # đủ điều kiện xử lý
    flags: tuple[Flag, ...] = ()
    needs_longer_check: bool = False  # denunciation: several places or a delegated check
    is_disciplinary: bool = False  # complaint about a disciplinary decision (Đ.47-58 LKN)
    is_dismissal: bool = False  # of those, about dismissal (buộc thôi việc)
    about_rules: bool = False  # recommendation or feedback on administrative rules (NĐ 20/2008)
    is_second: bool = False  # second complaint (khiếu nại lần hai): the province settles it
    is_verifiable: bool = False  # denunciation: clear violator, evidence, can be checked (Đ.25.2)
    has_appointment: bool = True  # group: the representatives' appointment is enclosed, signed
    respondent: RespondentPost | None = None
    respondent_officers: tuple[str, ...] = ()  # of the ward: complained about, or who signed it


@dataclass(frozen=True, kw_only=True, slots=True)
class PetitionAccepted:
    """The petition is taken up for settlement (thụ lý); the settlement clock starts."""

    accepted_on: date
    kind: Kind
    field: Field
    received_on: date
    people: int = 1
    is_remote: bool = False
    is_disciplinary: bool = False  # complaint about a disciplinary decision (khiếu nại kỷ luật)
    is_dismissal: bool = False  # of those, about dismissal (buộc thôi việc)
    respondent_officers: tuple[str, ...] = ()  # who may have nothing to do with the case


@dataclass(frozen=True, kw_only=True, slots=True)
class AcceptanceRefused:
    """Not taken up (không thụ lý), with the ground and the notice to the petitioner."""

    refused_on: date
    ground: str  # code of the ground
    personal: Personal = field(default_factory=Personal.nothing)  # text: reasons


@dataclass(frozen=True, kw_only=True, slots=True)
class PetitionerGuided:
    """The petitioner was told in writing whom to turn to (hướng dẫn)."""

    guided_on: date
    competent_authority: str
    to_split: bool = False  # mixed content: write separate petitions (hướng dẫn tách đơn)
    personal: Personal = field(default_factory=Personal.nothing)  # text: guidance


@dataclass(frozen=True, kw_only=True, slots=True)
class PetitionForwarded:
    """The petition went to the competent authority (chuyển đơn) and the sender was told."""

    forwarded_on: date
    competent_authority: str
    purpose: ForwardPurpose = ForwardPurpose.COMPETENCE


@dataclass(frozen=True, kw_only=True, slots=True)
class PetitionFiledAway:
    """Kept without further handling (lưu đơn)."""

    filed_on: date
    ground: str  # code of the ground


@dataclass(frozen=True, kw_only=True, slots=True)
class OriginalsReturned:
    """Original papers went back to the petitioner (trả lại giấy tờ, tài liệu gốc)."""

    returned_on: date
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckOrdered:
    """Information with the content of a denunciation is checked, though not as one (Đ.25 LTC)."""

    ordered_on: date
    unit: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckReported:
    """What the check came to (kết quả thanh tra, kiểm tra); with it the file ends."""

    reported_on: date
    result: CheckResult
    referred_to: str | None = None  # the authority that goes on with it
    personal: Personal = field(default_factory=Personal.nothing)  # text: findings


@dataclass(frozen=True, kw_only=True, slots=True)
class PetitionWithdrawn:
    """The petitioner withdrew the petition, whole or in part (rút đơn)."""

    withdrawn_on: date
    is_whole: bool
    form: WithdrawalForm
    by: tuple[str, ...]  # refs of the petitioners who withdrew
    signs_of_violation: bool = False  # denunciation: it is settled all the same (Đ.33.3 LTC)
    under_pressure: bool = False  # threat, coercion, bribery
    leaves_nothing: bool = False  # all withdrew all, and the law does not settle it all the same
    personal: Personal = field(default_factory=Personal.nothing)  # text: what was withdrawn


@dataclass(frozen=True, kw_only=True, slots=True)
class PetitionLinked:
    """An officer found that this petition belongs to an earlier one; can be undone."""

    linked_on: date
    to: str  # file number of the other petition
    relation: Relation
    score: int  # 0 to 100, as suggested; 100 if the officer needed no suggestion
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PetitionUnlinked:
    """The link was a mistake."""

    unlinked_on: date
    to: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OutsideDecisionReceived:
    """Another authority or a court told us of its decision on this file."""

    decided_on: date
    decided_by: str  # the authority, never a person
    number: str
    outcome: str  # an OutsideOutcome
    source: Source


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonErased:
    """A person's data was made unreadable for ever (xóa dữ liệu cá nhân): the key is destroyed.

    Stands in the stream that the part is in: of a petition, for its whole file; of a session of
    reception or a refusal to receive; of a mediation. Of a task, which is another service's, in
    stream `task_erasure-<id>`.
    """

    erased_on: date
    part: str  # name of the sealed part
    ground: ErasureGround
    document: str  # number and date of what orders it
    turn: int | None = None  # of a session; None: its own words, or it is no session


PetitionEvent = (
    PetitionReceived
    | PetitionClassified
    | PetitionAccepted
    | AcceptanceRefused
    | PetitionerGuided
    | PetitionForwarded
    | PetitionFiledAway
    | OriginalsReturned
    | CheckOrdered
    | CheckReported
    | AuthorisationRecorded
    | ComplainantSucceeded
    | PetitionWithdrawn
    | PetitionLinked
    | PetitionUnlinked
    | OutsideDecisionReceived
    | PersonErased
)
EVENTS: tuple[type, ...] = PetitionEvent.__args__


def second_decisions(outside: Iterable[tuple[Day, str]], lodged_on: Day) -> list[tuple[Day, str]]:
    """Which decisions of others settle the second complaint lodged on that day, oldest first.

    Given and told by day and outcome (`OutsideDecisionReceived`); those given stand in the order of
    recording. The last one told is what stands, since a later decision takes the place of an
    earlier one, and of one day, that recorded last. The first one says when the complaint was
    settled.
    """
    settling = (
        (day, outcome)
        for day, outcome in outside
        if day >= lodged_on and outcome != OutsideOutcome.COURT_ACCEPTED
    )
    return sorted(settling, key=itemgetter(0))
