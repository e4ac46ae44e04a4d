"""What an authority may change of its working calendar; pure. Folding changes: shared.calendars."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.deadlines.refusals import refuse
from shared.calendars import WardCalendar, with_change
from shared.contracts.clocks import CalendarChanged, ChangedDay
from shared.working_days import Calendar, CalendarError


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


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeCalendar:
    changed_on: date
    days: tuple[ChangedDay, ...]
    document: str  # number and date of the document that says so
    reason: ChangeReason


def change_calendar(command: ChangeCalendar, ward: WardCalendar) -> list[CalendarChanged]:
    """The change, unless the calendar says all of it already; refuses what cannot be a calendar."""
    if not command.days:
        refuse("calendar_no_days")
    if len({changed.day for changed in command.days}) < len(command.days):
        refuse("calendar_day_twice")
    known = {special.day for special in ward.now.special_days}
    for changed in command.days:
        if changed.kind != ChangedKind.NORMAL and not changed.name.strip():
            refuse("calendar_day_unnamed")
        if changed.kind == ChangedKind.NORMAL and changed.day not in known:
            refuse("calendar_day_not_special")
    event = CalendarChanged(
        changed_on=command.changed_on,
        days=command.days,
        document=command.document,
        reason=command.reason,
    )
    try:
        changed_calendar = with_change(ward.now, event)
    except CalendarError:
        is_new_year = any(changed.day.year not in ward.now.years for changed in command.days)
        refuse("calendar_year_incomplete" if is_new_year else "calendar_day_impossible")
    return [] if _content(changed_calendar) == _content(ward.now) else [event]


def _content(calendar: Calendar) -> list[tuple[date, str, str]]:
    return [(special.day, special.kind, special.name) for special in calendar.special_days]
