"""The calendar of each authority, folded from its own changes and kept while there are no more."""

from datetime import date

import pytest

from shared.calendars import Calendars
from shared.contracts.clocks import CalendarChanged, ChangedDay
from shared.memory_log import MemoryLog
from shared.working_days import Calendar
from tests.support.recording import record

NATIONAL = Calendar.load()
MONDAY = date(2026, 10, 12)


def changed(on: date, kind: str = "holiday") -> CalendarChanged:
    day = ChangedDay(day=MONDAY, kind=kind, name="" if kind == "normal" else "Lễ của phường")
    return CalendarChanged(
        changed_on=on, days=(day,), document="12/TB-UBND", reason="thong_bao_nghi_le"
    )


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


@pytest.fixture
def calendars(log: MemoryLog) -> Calendars:
    return Calendars(log, NATIONAL)


def test_an_authority_that_changed_nothing_has_the_national_calendar(calendars: Calendars) -> None:
    ward = calendars.of("00001")
    assert (ward.now, ward.changed_at) == (NATIONAL, None)


def test_a_change_counts_for_its_own_authority_from_the_next_question_on(
    log: MemoryLog, calendars: Calendars
) -> None:
    assert calendars.of("00001").now.is_working_day(MONDAY)
    commit = record(log, "00001", "calendar-00001", changed(date(2026, 10, 1)))
    ward = calendars.of("00001")
    assert not ward.now.is_working_day(MONDAY)
    assert ward.changed_at == commit.position
    assert set(ward.by_version) == {NATIONAL.version, ward.now.version}
    assert calendars.of("00002").now == NATIONAL


def test_what_was_folded_is_kept_until_there_is_a_further_change(
    log: MemoryLog, calendars: Calendars
) -> None:
    record(log, "00001", "calendar-00001", changed(date(2026, 10, 1)))
    once = calendars.of("00001")
    record(log, "00001", "petition-x", changed(date(2026, 10, 1)))  # another stream
    assert calendars.of("00001") is once
    record(log, "00001", "calendar-00001", changed(date(2026, 10, 2), "normal"))
    assert calendars.of("00001").now == NATIONAL


def test_the_calendar_as_of_a_day_knows_the_changes_up_to_that_day(
    log: MemoryLog, calendars: Calendars
) -> None:
    record(log, "00001", "calendar-00001", changed(date(2026, 10, 1)))
    record(log, "00001", "calendar-00001", changed(date(2026, 10, 5), "normal"))
    days = [date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 4), date(2026, 10, 5)]
    then = [calendars.of("00001", as_of=day).now for day in days]
    assert [calendar.is_working_day(MONDAY) for calendar in then] == [True, False, False, True]
    assert calendars.of("00001").now.is_working_day(MONDAY)
