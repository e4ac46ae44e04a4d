"""An authority's own calendar: what it may change, what is refused, what the change does."""

from datetime import date

import pytest

from services.deadlines.calendars import (
    ChangeCalendar,
    ChangedKind,
    ChangeReason,
    change_calendar,
)
from services.deadlines.refusals import REFUSALS
from shared.calendars import WardCalendar, evolve
from shared.contracts.clocks import CalendarChanged, ChangedDay
from shared.working_days import Calendar
from tests.support.given_when_then import Specification

NATIONAL = Calendar.load()
ward = Specification(initial=WardCalendar.of(NATIONAL), evolve=evolve)

DOCUMENT = "101/TB-BNV ngày 09/11/2026"
monday_off = ChangedDay(
    day=date(2026, 11, 23), kind=ChangedKind.SWAPPED_OFF, name="Nghỉ hoán đổi với 28/11"
)
saturday_worked = ChangedDay(
    day=date(2026, 11, 28), kind=ChangedKind.WORKED, name="Làm bù cho 23/11"
)
swapped = CalendarChanged(
    changed_on=date(2026, 11, 10),
    days=(monday_off, saturday_worked),
    document=DOCUMENT,
    reason=ChangeReason.SWAP,
)


def change(*days):
    return ChangeCalendar(
        changed_on=date(2026, 11, 10), days=days, document=DOCUMENT, reason=ChangeReason.SWAP
    )


def test_a_swap_is_recorded_with_the_document_that_says_so():
    ward.given().when(change_calendar, change(monday_off, saturday_worked)).then(swapped)


def test_the_swap_makes_monday_a_day_off_and_saturday_a_working_day():
    now = evolve(WardCalendar.of(NATIONAL), swapped).now
    assert not now.is_working_day(date(2026, 11, 23))
    assert now.is_working_day(date(2026, 11, 28))
    assert now.special_day(date(2026, 11, 23)).source == DOCUMENT


def test_a_change_that_the_calendar_has_already_records_nothing():
    ward.given(swapped).when(change_calendar, change(monday_off)).then_nothing()


def test_an_entry_can_be_taken_back():
    back = ChangedDay(day=date(2026, 11, 23), kind=ChangedKind.NORMAL, name="")
    (event,) = change_calendar(change(back), evolve(WardCalendar.of(NATIONAL), swapped))
    twice = evolve(evolve(WardCalendar.of(NATIONAL), swapped), event)
    assert twice.now.is_working_day(date(2026, 11, 23))
    assert set(twice.by_version) >= {NATIONAL.version, twice.now.version}


REFUSED = {
    "calendar_no_days": (),
    "calendar_day_twice": (monday_off, monday_off),
    "calendar_day_unnamed": (
        ChangedDay(day=date(2026, 11, 23), kind=ChangedKind.HOLIDAY, name=" "),
    ),
    "calendar_day_not_special": (
        ChangedDay(day=date(2026, 11, 23), kind=ChangedKind.NORMAL, name=""),
    ),
    "calendar_year_incomplete": (
        ChangedDay(day=date(2028, 1, 1), kind=ChangedKind.HOLIDAY, name="Tết Dương lịch"),
    ),
    "calendar_day_impossible": (
        ChangedDay(day=date(2026, 11, 23), kind=ChangedKind.WORKED, name="Làm bù"),
    ),
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_cannot_be_a_calendar_is_refused(code):
    ward.given().when(change_calendar, change(*REFUSED[code])).then_refused(code)


def test_every_refusal_has_a_case_here():
    assert set(REFUSED) == {code for code in REFUSALS if code.startswith("calendar_")}


def test_a_fixed_holiday_cannot_be_taken_back():
    back = ChangedDay(day=date(2026, 9, 2), kind=ChangedKind.NORMAL, name="")
    ward.given().when(change_calendar, change(back)).then_refused("calendar_day_impossible")


def test_an_entry_that_the_national_table_has_lost_needs_no_taking_back():
    back = ChangedDay(day=date(2026, 11, 23), kind=ChangedKind.NORMAL, name="")
    event = CalendarChanged(
        changed_on=date(2026, 11, 11), days=(back,), document=DOCUMENT, reason="dinh_chinh"
    )
    assert evolve(WardCalendar.of(NATIONAL), event).now == NATIONAL
