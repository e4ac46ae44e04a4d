"""Events of the intake service about who may know a denouncer, and about their protection.

Stream `identity-<file>`, kept for ever, apart from the petition. Every attempt to learn who
denounced is here, granted or not (Luật Tố cáo Đ.8, Đ.47-58). The first date of each event is the
one that the law counts; instants are RFC 3339, UTC.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from shared.personal import Personal


class IdentityPurpose(StrEnum):
    """What the identity is needed for."""

    CHECK_IDENTITY = "xac_minh_danh_tinh"  # whether the denouncer is who they say (Đ.24.1)
    WORK_WITH_DENOUNCER = "lam_viec_voi_nguoi_to_cao"  # ask them, hear them (Đ.31)
    NOTIFY = "thong_bao"  # send a notice or the conclusion to them
    PROTECT = "bao_ve"  # carry out a protection measure (Đ.52-58)
    INVESTIGATORS = "co_quan_dieu_tra"  # asked for by the investigating body


class IdentityRefusal(StrEnum):
    """Why a request was turned down."""

    NOT_NEEDED = "khong_can_thiet"
    CONFLICT = "xung_dot_loi_ich"
    UNCLEAR = "muc_dich_khong_ro"


class ProtectionMeasure(StrEnum):
    """What is protected (biện pháp bảo vệ)."""

    SECRECY = "bi_mat_thong_tin"  # Đ.56
    WORK = "vi_tri_cong_tac_viec_lam"  # Đ.57
    SAFETY = "tinh_mang_suc_khoe_tai_san"  # Đ.58; life, health, property, honour


class ProtectionStatus(StrEnum):
    """How far a protection has come."""

    REQUESTED = "de_nghi"
    GRANTED = "ap_dung"
    REFUSED = "tu_choi"
    PASSED_ON = "chuyen_co_quan_co_tham_quyen"
    ENDED = "cham_dut"


@dataclass(frozen=True, kw_only=True, slots=True)
class IdentityRequested:
    """Somebody asked to learn who denounced (đề nghị xem danh tính người tố cáo)."""

    requested_on: date
    requested_by: str
    request: str  # number of the request
    purpose: IdentityPurpose
    personal: Personal = field(default_factory=Personal.nothing)  # reason: in their own words


@dataclass(frozen=True, kw_only=True, slots=True)
class IdentityReleaseApproved:
    """Somebody else allowed it, for a limited time (đồng ý cho xem danh tính)."""

    approved_on: date
    approved_by: str
    request: str
    until: str  # instant


@dataclass(frozen=True, kw_only=True, slots=True)
class IdentityReleaseRefused:
    """The request was turned down (không đồng ý cho xem danh tính)."""

    refused_on: date
    refused_by: str
    request: str
    ground: IdentityRefusal


@dataclass(frozen=True, kw_only=True, slots=True)
class IdentityViewed:
    """Whoever had asked was shown the identity (đã xem danh tính)."""

    viewed_on: date
    viewed_by: str
    request: str
    parts: tuple[str, ...]  # names of the sealed parts that were opened


@dataclass(frozen=True, kw_only=True, slots=True)
class IdentityReasonsRead:
    """Somebody was shown why the identity is asked for (đã xem lý do đề nghị xem danh tính)."""

    read_on: date
    read_by: str
    requests: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class IdentityAccessDenied:
    """An attempt that was not allowed (truy cập danh tính bị từ chối)."""

    denied_on: date
    denied_to: str
    attempt: str  # the method that was called
    code: str  # of the refusal
    request: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProtectionRecorded:
    """A protection was asked for, decided, passed on or ended (bảo vệ người tố cáo)."""

    recorded_on: date
    measure: ProtectionMeasure
    status: ProtectionStatus
    people: int = 1  # protected: the denouncer, spouse, parents, children (Đ.47.1)
    personal: Personal = field(default_factory=Personal.nothing)  # text: request or decision


IdentityEvent = (
    IdentityRequested
    | IdentityReleaseApproved
    | IdentityReleaseRefused
    | IdentityViewed
    | IdentityReasonsRead
    | IdentityAccessDenied
    | ProtectionRecorded
)
EVENTS: tuple[type, ...] = IdentityEvent.__args__
