"""An authority's working calendar: the national table and its own recorded changes; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from shared.contracts.clocks import CalendarChanged, ChangedDay
from shared.errors import Refused
from shared.working_days import Calendar, CalendarError, DayKind, SpecialDay


class ChangedKind(StrEnum):
    """What a day becomes; `NORMAL` takes an entry back."""

    HOLIDAY = "holiday"  # nghỉ lễ, tết
    MADE_UP = "made_up"  # nghỉ bù
    SWAPPED_OFF = "swapped_off"  # nghỉ hoán đổi
    WORKED = "worked"  # làm bù
    NORMAL = "normal"  # trở lại ngày thường


class ChangeReason(StrEnum):
    NOTICE = "thong_bao_nghi_le"  # notice of the year's holidays
    SWAP = "hoan_doi"  # a working day swapped against a day off
    CORRECTION = "dinh_chinh"  # the table was wrong


#: Refusal code -> Vietnamese sentence. Sources: Bộ luật Lao động Đ.111-112 (days off), and what a
#: calendar must be so that limits can be counted by it.
REFUSALS: Mapping[str, str] = MappingProxyType(
    {
        "calendar_no_days": "Chưa nêu ngày nào được đổi; hãy nêu ít nhất một ngày.",
        "calendar_day_twice": "Một ngày được nêu hai lần; mỗi lần đổi lịch chỉ nêu mỗi ngày một"
        " lần.",
        "calendar_day_unnamed": "Ngày nghỉ, ngày làm bù phải có tên để giải thích thời hạn.",
        "calendar_day_not_special": "Ngày này vốn là ngày thường trong lịch nên không bỏ được.",
        "calendar_year_incomplete": "Năm này chưa có trong lịch; hãy nhập trọn năm, đủ các ngày lễ"
        " cố định, trong một lần đổi lịch.",
        "calendar_day_impossible": "Ngày làm bù phải là Thứ Bảy hoặc Chủ nhật; ngày nghỉ bù, nghỉ"
        " hoán đổi phải là ngày trong tuần; ngày lễ cố định không bỏ được.",
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeCalendar:
    changed_on: date
    days: tuple[ChangedDay, ...]
    document: str  # number and date of the document that says so
    reason: ChangeReason


@dataclass(frozen=True, kw_only=True, slots=True)
class WardCalendar:
    """The calendar now, and every one that was used before, by version."""

    now: Calendar
    by_version: Mapping[str, Calendar]
    changes: int = 0

    @classmethod
    def of(cls, calendar: Calendar) -> "WardCalendar":
        return cls(now=calendar, by_version=MappingProxyType({calendar.version: calendar}))


def change_calendar(command: ChangeCalendar, ward: WardCalendar) -> list[CalendarChanged]:
    """The change, unless the calendar says all of it already; refuses what cannot be a calendar."""
    if not command.days:
        raise _refused("calendar_no_days")
    if len({changed.day for changed in command.days}) < len(command.days):
        raise _refused("calendar_day_twice")
    known = {special.day: special for special in ward.now.special_days}
    for changed in command.days:
        if changed.kind != ChangedKind.NORMAL and not changed.name.strip():
            raise _refused("calendar_day_unnamed")
        if changed.kind == ChangedKind.NORMAL and changed.day not in known:
            raise _refused("calendar_day_not_special")
    event = CalendarChanged(
        changed_on=command.changed_on,
        days=command.days,
        document=command.document,
        reason=command.reason,
    )
    try:
        changed_calendar = _with(ward.now, event)
    except CalendarError:
        is_new_year = any(changed.day.year not in ward.now.years for changed in command.days)
        code = "calendar_year_incomplete" if is_new_year else "calendar_day_impossible"
        raise _refused(code) from None
    return [] if _content(changed_calendar) == _content(ward.now) else [event]


def evolve(ward: WardCalendar, event: CalendarChanged) -> WardCalendar:
    """The calendar after the change. A day that the table has lost since needs no taking back."""
    now = _with(ward.now, event)
    return WardCalendar(
        now=now,
        by_version=MappingProxyType({**ward.by_version, now.version: now}),
        changes=ward.changes + 1,
    )


def _with(calendar: Calendar, event: CalendarChanged) -> Calendar:
    known = {special.day for special in calendar.special_days}
    return calendar.with_changes(
        [
            SpecialDay(
                day=changed.day,
                kind=DayKind(changed.kind),
                name=changed.name,
                source=event.document,
            )
            for changed in event.days
            if changed.kind != ChangedKind.NORMAL
        ],
        dropped=[
            changed.day
            for changed in event.days
            if changed.kind == ChangedKind.NORMAL and changed.day in known
        ],
    )


def _content(calendar: Calendar) -> list[tuple[date, str, str]]:
    return [(special.day, special.kind, special.name) for special in calendar.special_days]


def _refused(code: str) -> Refused:
    return Refused(code, REFUSALS[code])
