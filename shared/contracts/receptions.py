"""Events that the intake service records about citizen reception and mediation.

Streams `reception-<id>` (one session of one day) and `mediation-<id>`. The first date of each event
is the one that the law counts.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from shared.contracts.petitions import Capacity, Kind
from shared.personal import Personal


class ReceptionKind(StrEnum):
    """Kind of session (Luật Tiếp công dân Đ.2.1)."""

    REGULAR = "thuong_xuyen"  # tiếp thường xuyên
    PERIODIC = "dinh_ky"  # tiếp định kỳ, by the chair
    UNSCHEDULED = "dot_xuat"  # tiếp đột xuất


class ReceptionMode(StrEnum):
    """In person, or online since 2026-07-01."""

    IN_PERSON = "truc_tiep"
    ONLINE = "truc_tuyen"


class Host(StrEnum):
    """Who receives."""

    CHAIR = "chu_tich"  # the chair in person
    DELEGATE = "uy_quyen"  # somebody the chair delegated
    OFFICER = "can_bo"  # reception officer


class LineTest(StrEnum):
    """What a test of the connection for an online session showed."""

    OK = "dat"
    FAILED = "khong_dat"


class MediationOutcome(StrEnum):
    AGREED = "hoa_giai_thanh"  # hòa giải thành
    FAILED = "hoa_giai_khong_thanh"  # hòa giải không thành


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceptionScheduled:
    """A session was put on the schedule and posted (niêm yết lịch tiếp công dân)."""

    posted_on: date
    held_on: date
    kind: ReceptionKind
    mode: ReceptionMode
    host: Host


@dataclass(frozen=True, kw_only=True, slots=True)
class OnlineLineTested:
    """The connection was tested before an online session (kiểm tra kết nối)."""

    tested_on: date
    result: LineTest
    personal: Personal = field(default_factory=Personal.nothing)  # text: what was done


@dataclass(frozen=True, kw_only=True, slots=True)
class CitizenReceived:
    """Somebody was heard (một lượt tiếp), in a scheduled session or without one."""

    received_on: date
    kind: ReceptionKind
    mode: ReceptionMode
    host: Host
    turn: int  # number within the session
    people: int = 1
    representatives: int = 0  # for a group of 5 and more
    file: str | None = None  # the petition that came of it
    matter: Kind | None = None  # what it was about (loại đơn, Mẫu 03/TCD)
    capacity: Capacity | None = None  # by what right they came for somebody else
    document_on: date | None = None  # day of the paper that proves it
    personal: Personal = field(default_factory=Personal.nothing)  # p1: who, p2: for whom; text


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceptionRefused:
    """Somebody was not received (từ chối tiếp), with the ground told on the spot."""

    refused_on: date
    ground: str  # code of the ground
    needs_written_notice: bool  # Mẫu 01/TCD within 3 working days
    personal: Personal = field(default_factory=Personal.nothing)


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusalNoticeSent:
    """The written notice of a refusal went out (thông báo từ chối tiếp)."""

    sent_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceptionConcluded:
    """The chair's conclusion went to the units (thông báo kết luận việc tiếp công dân)."""

    concluded_on: date
    number: str
    units: tuple[str, ...] = ()
    personal: Personal = field(default_factory=Personal.nothing)  # text: conclusion


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceptionResultNotified:
    """The citizen was told what became of it (thông báo kết quả, Đ.28.1)."""

    notified_on: date
    turn: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MediationRecorded:
    """A mediation group tried to settle a dispute (biên bản hòa giải)."""

    held_on: date
    neighbourhood: str
    outcome: MediationOutcome
    file: str | None = None
    personal: Personal = field(default_factory=Personal.nothing)


def turn_of_clock(clock: str) -> int | None:
    """The turn whose result this clock of a session waits for; None: it is of the whole."""
    stage, _, number = clock.partition(".")
    return int(number or 1) if stage == "result_notice" else None


ReceptionEvent = (
    ReceptionScheduled
    | OnlineLineTested
    | CitizenReceived
    | ReceptionRefused
    | RefusalNoticeSent
    | ReceptionConcluded
    | ReceptionResultNotified
)
EVENTS: tuple[type, ...] = (*ReceptionEvent.__args__, MediationRecorded)
