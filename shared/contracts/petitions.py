"""Events that the intake service records about petitions (đơn), stream `petition-<file>`.

The first date of each event is the one that the law counts. Personal parts (`personal`) are
sealed before they are stored: `p1`, `p2` … a petitioner's identity (`name`, `address`, `phone`,
`id_number`, `contact`), `r1` … that of a person complained about or denounced, `text` free text.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from shared.personal import Personal


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """A person in the file without their identity, which is sealed under `ref`."""

    ref: str  # "p1", "p2", … or "r1", …: the name of the sealed part
    role: Role
    is_organisation: bool = False
    is_identified: bool = True  # False: anonymous, or no name and address given


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
    personal: Personal = field(default_factory=Personal.nothing)


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


@dataclass(frozen=True, kw_only=True, slots=True)
class PetitionAccepted:
    """The petition is taken up for settlement (thụ lý); the settlement clock starts."""

    accepted_on: date
    kind: Kind
    field: Field
    received_on: date
    people: int = 1
    is_remote: bool = False


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
    personal: Personal = field(default_factory=Personal.nothing)  # text: guidance


@dataclass(frozen=True, kw_only=True, slots=True)
class PetitionForwarded:
    """The petition went to the competent authority (chuyển đơn) and the sender was told."""

    forwarded_on: date
    competent_authority: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PetitionFiledAway:
    """Kept without further handling (lưu đơn)."""

    filed_on: date
    ground: str  # code of the ground


@dataclass(frozen=True, kw_only=True, slots=True)
class OutsideDecisionReceived:
    """Another authority or a court told us of its decision on this file."""

    decided_on: date
    decided_by: str  # the authority, never a person
    number: str
    outcome: str
    source: Source


PetitionEvent = (
    PetitionReceived
    | PetitionClassified
    | PetitionAccepted
    | AcceptanceRefused
    | PetitionerGuided
    | PetitionForwarded
    | PetitionFiledAway
    | OutsideDecisionReceived
)
EVENTS: tuple[type, ...] = PetitionEvent.__args__
