"""Citizen reception (tiếp công dân): sessions, turns, refusals; pure functions.

One stream is one session of one day, or one refusal to receive, so that its written notice needs no
further name. Who was received and what they said is sealed. How long a notice may take is counted
by deadlines. Not here: the recording of an online session.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final, assert_never

from services.intake.law import LAW_2026, check_representatives
from services.intake.refusals import refuse
from shared.clock import day_text
from shared.contracts.petitions import Capacity, Kind, PersonErased
from shared.contracts.receptions import (
    CitizenReceived,
    Host,
    LineTest,
    OnlineLineTested,
    ReceptionConcluded,
    ReceptionEvent,
    ReceptionKind,
    ReceptionMode,
    ReceptionRefused,
    ReceptionResultNotified,
    ReceptionScheduled,
    RefusalNoticeSent,
)
from shared.personal import Personal
from shared.working_days import Calendar, OutsideCalendar

POSTING: Final = 5  # working days before the session, for the schedule and for an online session


class RefusalToReceive(StrEnum):
    """Why somebody is not received (từ chối tiếp công dân): a closed list of the law."""

    UNAWARE = "mat_nhan_thuc"
    THREATENING = "de_doa_xuc_pham"
    PERSISTING = "da_giai_quyet_van_keo_dai"
    WEAPONS = "mang_vu_khi"
    NO_SECURITY_CHECK = "khong_kiem_tra_an_ninh"
    RECORDING = "ghi_am_ghi_hinh"
    INCITING = "kich_dong_gay_roi"
    NO_CAPACITY = "khong_du_nang_luc"
    NO_PROOF = "khong_giay_to_dai_dien"
    OUT_OF_SCOPE = "ngoai_pham_vi"
    ANSWERED = "da_tra_loi"
    FINAL_JUDGMENT = "ban_an_co_hieu_luc"
    ELSEWHERE = "co_quan_khac_giai_quyet"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """What a ground says, and where."""

    sentence: str
    source: str
    since: date = date(2014, 7, 1)  # Luật Tiếp công dân in force
    needs_notice: bool = False  # in writing, Mẫu 01/TCD, within 3 working days, since LAW_2026


def _new(sentence: str, point: str, *, needs_notice: bool = False) -> Ground:
    source = f"Luật Tiếp công dân Đ.9.4; NĐ 154/2026 Đ.4.1.{point}"
    return Ground(sentence=sentence, source=source, since=LAW_2026, needs_notice=needs_notice)


#: Three of the Law, ten of the decree.
GROUNDS: Final[Mapping[RefusalToReceive, Ground]] = {
    RefusalToReceive.UNAWARE: Ground(
        sentence="Say do dùng chất kích thích, hoặc mắc bệnh làm mất khả năng nhận thức.",
        source="Luật Tiếp công dân Đ.9.1",
    ),
    RefusalToReceive.THREATENING: Ground(
        sentence="Đe dọa, xúc phạm cơ quan, người tiếp công dân, hoặc vi phạm nội quy.",
        source="Luật Tiếp công dân Đ.9.2",
    ),
    RefusalToReceive.PERSISTING: Ground(
        sentence="Vụ việc đã giải quyết đúng, đã được rà soát, thông báo bằng văn bản mà vẫn cố"
        " tình kéo dài.",
        source="Luật Tiếp công dân Đ.9.3; NĐ 154/2026 Đ.4.3",
        needs_notice=True,
    ),
    RefusalToReceive.WEAPONS: _new("Mang theo vũ khí hoặc vật nguy hiểm.", "a"),
    RefusalToReceive.NO_SECURITY_CHECK: _new("Không chấp hành kiểm tra an ninh.", "b"),
    RefusalToReceive.RECORDING: _new(
        "Ghi âm, ghi hình, phát trực tiếp khi không được đồng ý, gây ảnh hưởng buổi tiếp.", "c"
    ),
    RefusalToReceive.INCITING: _new("Kích động, lôi kéo người khác gây rối trật tự.", "d"),
    RefusalToReceive.NO_CAPACITY: _new(
        "Không đủ năng lực hành vi dân sự mà không có người đại diện.", "đ"
    ),
    RefusalToReceive.NO_PROOF: _new(
        "Không có giấy tờ chứng minh việc đại diện, ủy quyền hợp pháp.", "e"
    ),
    RefusalToReceive.OUT_OF_SCOPE: _new(
        "Nội dung không phải khiếu nại, tố cáo, kiến nghị, phản ánh.", "g"
    ),
    RefusalToReceive.ANSWERED: _new(
        "Kiến nghị, phản ánh đã được trả lời mà không có tình tiết mới.", "h", needs_notice=True
    ),
    RefusalToReceive.FINAL_JUDGMENT: _new("Vụ việc đã có bản án có hiệu lực pháp luật.", "i"),
    RefusalToReceive.ELSEWHERE: _new(
        "Vụ việc đang được cơ quan có thẩm quyền khác giải quyết.", "k"
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Reception:
    """What later decisions need to know of a session or a refusal."""

    scheduled: ReceptionScheduled | None = None
    tests: tuple[OnlineLineTested, ...] = ()
    turns: tuple[CitizenReceived, ...] = ()
    refused: ReceptionRefused | None = None
    notice: RefusalNoticeSent | None = None
    concluded: ReceptionConcluded | None = None
    results: tuple[ReceptionResultNotified, ...] = ()
    erased: frozenset[tuple[int | None, str]] = frozenset()  # turn (None: of the whole) and part

    @property
    def held_on(self) -> date | None:
        """The day of the session; None for a refusal and for nothing."""
        if self.scheduled is not None:
            return self.scheduled.held_on
        return self.turns[0].received_on if self.turns else None


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduleReception:
    """Put a session on the schedule and post it (niêm yết lịch tiếp công dân)."""

    reception: str
    posted_on: date
    held_on: date
    kind: ReceptionKind
    mode: ReceptionMode
    host: Host
    calendar: Calendar


@dataclass(frozen=True, kw_only=True, slots=True)
class PostponeReception:
    """Hold it on a later day and tell so (hoãn, dời lịch tiếp công dân)."""

    reception: str
    posted_on: date
    held_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordOnlineTest:
    """Note a test of the connection for an online session (kiểm tra kết nối)."""

    reception: str
    tested_on: date
    result: LineTest
    personal: Personal  # text: what was done


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordReception:
    """Enter a turn in the reception book (vào sổ tiếp công dân, Mẫu 03/TCD)."""

    reception: str
    is_scheduled: bool  # the caller named a session that was scheduled
    received_on: date
    kind: ReceptionKind  # kind, mode and host are those of the schedule where there is one
    mode: ReceptionMode
    host: Host
    people: int = 1
    representatives: int = 0
    matter: Kind | None = None
    petition: str | None = None
    is_petition_known: bool = True
    capacity: Capacity | None = None  # by what right they come for somebody else
    document_on: date | None = None  # day of the paper that proves it
    personal: Personal  # p1: who; p2: for whom; text: content


@dataclass(frozen=True, kw_only=True, slots=True)
class RefuseReception:
    """Do not receive somebody, and say why on the spot (từ chối tiếp)."""

    reception: str
    refused_on: date
    ground: RefusalToReceive
    personal: Personal  # p1: who, if known; text: reasons


@dataclass(frozen=True, kw_only=True, slots=True)
class SendRefusalNotice:
    """Send the written notice of a refusal (thông báo từ chối, Mẫu 01/TCD)."""

    reception: str
    sent_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class ConcludeReception:
    """Send the conclusion of a session to the units (thông báo kết luận việc tiếp công dân)."""

    reception: str
    concluded_on: date
    number: str
    units: tuple[str, ...] = ()
    personal: Personal  # text: conclusion


@dataclass(frozen=True, kw_only=True, slots=True)
class NotifyResult:
    """Tell who was received what became of it (thông báo kết quả, Đ.28.1)."""

    reception: str
    turn: int
    notified_on: date


def schedule_reception(command: ScheduleReception, reception: Reception) -> list[ReceptionEvent]:
    """An unscheduled session (đột xuất) is posted when it can be, unless it is online.

    Raises: Refused: already_scheduled, online_not_yet_lawful, chair_cannot_delegate,
        posted_after_session, posted_too_late, online_notice_too_late, outside_calendar.
    """
    event = ReceptionScheduled(
        posted_on=command.posted_on,
        held_on=command.held_on,
        kind=command.kind,
        mode=command.mode,
        host=command.host,
    )
    if reception.scheduled == event:
        return []
    if reception != Reception():
        refuse("already_scheduled")
    _check_session(command.held_on, command.kind, command.mode, command.host)
    if command.posted_on > command.held_on:
        refuse("posted_after_session")
    is_online = command.mode is ReceptionMode.ONLINE
    if is_online or command.kind is not ReceptionKind.UNSCHEDULED:
        latest = latest_posting(command.held_on, command.calendar)
        if command.posted_on > latest:
            code = "online_notice_too_late" if is_online else "posted_too_late"
            refuse(code, latest=day_text(latest))
    return [event]


def latest_posting(held_on: date, calendar: Calendar) -> date:
    """The last day on which a session of that day may be posted.

    Raises: Refused: outside_calendar.
    """
    try:
        return calendar.add_working_days(held_on, -POSTING)
    except OutsideCalendar as error:
        reason = str(error)
    refuse("outside_calendar", reason=reason)


def postpone_reception(command: PostponeReception, reception: Reception) -> list[ReceptionEvent]:
    """The law wants the new time told, not five days of it.

    Raises: Refused: unknown_reception, session_under_way, not_postponed.
    """
    scheduled = reception.scheduled
    if scheduled is None:
        refuse("unknown_reception")
    event = replace(scheduled, posted_on=command.posted_on, held_on=command.held_on)
    if event == scheduled:
        return []
    if reception.turns or reception.concluded is not None:
        refuse("session_under_way")
    if command.held_on <= scheduled.held_on or command.posted_on > scheduled.held_on:
        refuse("not_postponed")
    return [event]


def record_online_test(command: RecordOnlineTest, reception: Reception) -> list[ReceptionEvent]:
    """One that failed is kept and followed by another; deadlines tells which came too late.

    Raises: Refused: unknown_reception, test_only_online, tested_after_session.
    """
    scheduled = reception.scheduled
    if scheduled is None:
        refuse("unknown_reception")
    if scheduled.mode is not ReceptionMode.ONLINE:
        refuse("test_only_online")
    if command.tested_on > scheduled.held_on:
        refuse("tested_after_session")
    event = OnlineLineTested(
        tested_on=command.tested_on, result=command.result, personal=command.personal
    )
    return [event]


def record_reception(command: RecordReception, reception: Reception) -> list[ReceptionEvent]:
    """Raises: Refused: unknown_reception, not_scheduled, not_on_session_day, unknown_file,
    online_not_yet_lawful, chair_cannot_delegate, representatives_missing,
    too_many_representatives, authority_not_proven.
    """
    kind, mode, host = command.kind, command.mode, command.host
    if scheduled := reception.scheduled:
        kind, mode, host = scheduled.kind, scheduled.mode, scheduled.host
        if command.received_on != scheduled.held_on:
            refuse("not_on_session_day")
    elif command.is_scheduled:
        refuse("unknown_reception")
    elif kind is ReceptionKind.PERIODIC:
        refuse("not_scheduled")
    _check_session(command.received_on, kind, mode, host)
    if not command.is_petition_known:
        refuse("unknown_file")
    check_representatives(command.people, command.representatives)
    if command.capacity is not None and command.document_on is None:
        refuse("authority_not_proven")
    event = CitizenReceived(
        received_on=command.received_on,
        kind=kind,
        mode=mode,
        host=host,
        turn=len(reception.turns) + 1,
        people=command.people,
        representatives=command.representatives,
        file=command.petition,
        matter=command.matter,
        capacity=command.capacity,
        document_on=command.document_on,
        personal=command.personal,
    )
    return [event]


def refuse_reception(command: RefuseReception, reception: Reception) -> list[ReceptionEvent]:
    """Raises: Refused: ground_not_in_force."""
    if reception.refused is not None:
        # The stream is named by the request, so this is the same one come again.
        return []
    ground = GROUNDS[command.ground]
    if command.refused_on < ground.since:
        refuse("ground_not_in_force")
    event = ReceptionRefused(
        refused_on=command.refused_on,
        ground=command.ground.value,
        needs_written_notice=ground.needs_notice and command.refused_on >= LAW_2026,
        personal=command.personal,
    )
    return [event]


def send_refusal_notice(command: SendRefusalNotice, reception: Reception) -> list[ReceptionEvent]:
    """A late one is recorded too; deadlines tells that it was late.

    Raises: Refused: unknown_reception, not_refused, notice_not_needed, date_before_refusal,
        notice_already_sent.
    """
    if reception == Reception():
        refuse("unknown_reception")
    if reception.refused is None:
        refuse("not_refused")
    event = RefusalNoticeSent(sent_on=command.sent_on)
    if reception.notice == event:
        return []
    if reception.notice is not None:
        refuse("notice_already_sent")
    if not reception.refused.needs_written_notice:
        refuse("notice_not_needed")
    if command.sent_on < reception.refused.refused_on:
        refuse("date_before_refusal")
    return [event]


def conclude_reception(command: ConcludeReception, reception: Reception) -> list[ReceptionEvent]:
    """Also proves a session to which nobody came.

    Raises: Refused: unknown_reception, already_concluded_session, date_before_session.
    """
    held_on = reception.held_on
    if held_on is None:
        refuse("unknown_reception")
    if reception.concluded is not None:
        refuse("already_concluded_session")
    if command.concluded_on < held_on:
        refuse("date_before_session")
    event = ReceptionConcluded(
        concluded_on=command.concluded_on,
        number=command.number,
        units=command.units,
        personal=command.personal,
    )
    return [event]


def notify_result(command: NotifyResult, reception: Reception) -> list[ReceptionEvent]:
    """Raises: Refused: unknown_reception, unknown_turn, result_already_notified,
    date_before_session.
    """
    if reception.held_on is None:
        refuse("unknown_reception")
    if not 1 <= command.turn <= len(reception.turns):
        refuse("unknown_turn")
    event = ReceptionResultNotified(notified_on=command.notified_on, turn=command.turn)
    if event in reception.results:
        return []
    if any(result.turn == command.turn for result in reception.results):
        refuse("result_already_notified")
    if command.notified_on < reception.turns[command.turn - 1].received_on:
        refuse("date_before_session")
    return [event]


def evolve(reception: Reception, event: ReceptionEvent | PersonErased) -> Reception:
    match event:
        case ReceptionScheduled():
            return replace(reception, scheduled=event)
        case OnlineLineTested():
            after = replace(reception, tests=(*reception.tests, event))
            return _with_new_words(after)
        case CitizenReceived():
            return replace(reception, turns=(*reception.turns, event))
        case ReceptionRefused():
            return replace(reception, refused=event)
        case RefusalNoticeSent():
            return replace(reception, notice=event)
        case ReceptionConcluded():
            return _with_new_words(replace(reception, concluded=event))
        case ReceptionResultNotified():
            return replace(reception, results=(*reception.results, event))
        case PersonErased():
            return replace(reception, erased=reception.erased | {(event.turn, event.part)})
        case _:
            assert_never(event)


def _with_new_words(reception: Reception) -> Reception:
    """What is said of the whole after such words were erased is there to be erased again."""
    return replace(reception, erased=reception.erased - {(None, "text")})


def _check_session(day: date, kind: ReceptionKind, mode: ReceptionMode, host: Host) -> None:
    if mode is ReceptionMode.ONLINE and day < LAW_2026:
        refuse("online_not_yet_lawful")
    if kind is ReceptionKind.PERIODIC:
        # Days delegated under the old law were held and are told in reports, but do not count.
        was_delegated = host is Host.DELEGATE and day < LAW_2026
        if host is not Host.CHAIR and not was_delegated:
            refuse("chair_cannot_delegate")
