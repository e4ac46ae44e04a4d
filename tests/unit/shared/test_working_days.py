"""The calendar of working days: the national table, an authority's changes, walking over days."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.working_days import (
    Calendar,
    CalendarError,
    Confidence,
    DayKind,
    OutsideCalendar,
    SpecialDay,
)

CALENDAR = Calendar.load()
TABLE_HEAD = "date,kind,name,source,confidence\n"
FIXED_2030 = "".join(
    f"2030-{day},holiday,Ngày lễ,BLLĐ,A\n" for day in ("01-01", "04-30", "05-01", "09-02")
)


def holiday(day: date) -> SpecialDay:
    return SpecialDay(day=day, kind=DayKind.HOLIDAY, name="Ngày lễ", source="thử nghiệm")


def table(tmp_path: Path, rows: str) -> Path:
    path = tmp_path / "lich.csv"
    path.write_text(TABLE_HEAD + rows, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("day", "cause"),
    [
        ("2026-10-10", "Thứ Bảy"),
        ("2026-10-11", "Chủ nhật"),
        ("2026-02-18", "Tết Bính Ngọ"),
        ("2024-02-13", "Nghỉ bù Tết Giáp Thìn"),
        ("2026-08-31", "Nghỉ hoán đổi với ngày 22/08/2026"),
        ("2026-11-24", "Ngày Văn hóa Việt Nam"),
        ("2026-04-26", "Giỗ Tổ Hùng Vương"),  # a Sunday, and the holiday names it
        ("2027-02-05", "Tết Đinh Mùi (dự kiến)"),
        ("2026-11-23", None),  # its swap was proposed and not decided
        ("2026-08-22", None),  # a worked Saturday
        ("2025-04-26", None),
        ("2026-10-12", None),
    ],
)
def test_a_day_off_tells_why(day: str, cause: str | None) -> None:
    asked = date.fromisoformat(day)

    assert CALENDAR.why_off(asked) == cause
    assert CALENDAR.is_working_day(asked) is (cause is None)


def test_the_national_table_covers_2012_to_2027_and_marks_what_is_estimated() -> None:
    provisional = {special.day for special in CALENDAR.special_days if special.is_provisional}

    # From the year in which the law on complaints begins: the oldest of a backlog have limits too.
    assert CALENDAR.years == set(range(2012, 2028))
    assert {day for day in provisional if day.year >= 2024} == {
        *(date(2027, 2, n) for n in range(4, 11)),
        date(2027, 9, 3),
    }
    assert {special.day for special in CALENDAR.special_days if special.day.year < 2024} == {
        day for day in provisional if day.year < 2024
    }


@pytest.mark.parametrize(("year", "by_law"), [(2024, 11), (2025, 11), (2026, 12), (2027, 12)])
def test_a_year_has_the_weekdays_off_that_the_law_gives_and_those_swapped(
    year: int, by_law: int
) -> None:
    of_year = [special for special in CALENDAR.special_days if special.day.year == year]
    off = [special for special in of_year if special.day.weekday() < 5]
    kinds = Counter(special.kind for special in of_year)

    assert kinds[DayKind.SWAPPED_OFF] == kinds[DayKind.WORKED]
    assert len(off) == by_law + kinds[DayKind.SWAPPED_OFF]


@pytest.mark.parametrize(
    ("day", "count", "reached"),
    [
        ("2026-10-02", 7, "2026-10-13"),
        ("2026-08-21", 1, "2026-08-22"),  # the worked Saturday counts
        ("2026-05-05", -5, "2026-04-23"),
        ("2026-02-13", 1, "2026-02-23"),  # over Tết
        ("2026-10-10", 1, "2026-10-12"),
        ("2026-10-10", 0, "2026-10-10"),
    ],
)
def test_working_days_are_added_without_counting_the_first_day(
    day: str, count: int, reached: str
) -> None:
    assert CALENDAR.add_working_days(date.fromisoformat(day), count).isoformat() == reached


def test_the_next_and_previous_working_days_are_never_the_day_itself() -> None:
    monday = date(2026, 10, 12)

    assert CALENDAR.next_working_day(monday) == date(2026, 10, 13)
    assert CALENDAR.previous_working_day(monday) == date(2026, 10, 9)


@pytest.mark.parametrize("day", [date(2011, 12, 31), date(2028, 1, 1)])
def test_a_day_outside_the_table_is_refused_with_the_mend(day: date) -> None:
    with pytest.raises(OutsideCalendar, match=rf"hãy nhập trọn năm {day.year}"):
        CALENDAR.is_working_day(day)


def test_a_walk_out_of_the_table_is_refused_and_never_guessed() -> None:
    with pytest.raises(OutsideCalendar, match="2028"):
        CALENDAR.add_working_days(date(2027, 12, 30), 3)


def test_an_authority_lays_its_changes_over_the_table() -> None:
    made_up = SpecialDay(
        day=date(2026, 10, 12), kind=DayKind.MADE_UP, name="Nghỉ bù", source="TB 12/UBND"
    )
    changed = CALENDAR.with_changes([made_up], dropped=[date(2027, 9, 3)])

    assert changed.why_off(date(2026, 10, 12)) == "Nghỉ bù"
    assert changed.is_working_day(date(2027, 9, 3))
    assert CALENDAR.is_working_day(date(2026, 10, 12)), "the national table stays as it was"


def test_a_change_takes_the_place_of_an_estimated_day() -> None:
    confirmed = SpecialDay(
        day=date(2027, 2, 4), kind=DayKind.HOLIDAY, name="Tết Đinh Mùi", source="thông báo"
    )

    assert CALENDAR.with_changes([confirmed]).why_off(date(2027, 2, 4)) == "Tết Đinh Mùi"


def test_a_new_year_is_added_whole() -> None:
    days = [holiday(date(2028, month, day)) for month, day in ((1, 1), (4, 30), (5, 1), (9, 2))]

    assert CALENDAR.with_changes(days).is_working_day(date(2028, 1, 3))
    with pytest.raises(CalendarError, match="lịch năm 2028 chưa đủ: thiếu ngày lễ 2/9"):
        CALENDAR.with_changes(days[:-1])


def test_a_change_that_cannot_be_made_is_refused() -> None:
    with pytest.raises(CalendarError, match="2026-10-12: ngày này không có trong lịch"):
        CALENDAR.with_changes(dropped=[date(2026, 10, 12)])
    with pytest.raises(CalendarError, match="mỗi ngày một lần"):
        CALENDAR.with_changes([holiday(date(2026, 10, 12)), holiday(date(2026, 10, 12))])
    with pytest.raises(CalendarError, match="lịch năm 2026 chưa đủ: thiếu ngày lễ 30/4"):
        CALENDAR.with_changes(dropped=[date(2026, 4, 30)])


def test_the_version_names_the_content_and_nothing_else() -> None:
    day = holiday(date(2026, 10, 12))
    changed = CALENDAR.with_changes([day])

    assert Calendar(special_days=tuple(reversed(CALENDAR.special_days))) == CALENDAR
    assert changed.version != CALENDAR.version
    assert changed.with_changes(dropped=[day.day]).version == CALENDAR.version
    assert len(CALENDAR.version) == 12


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("2030-10-07,worked,Làm bù,TB,A", "lich.csv:6: 2030-10-07: chỉ Thứ Bảy, Chủ nhật"),
        ("2030-10-05,swapped_off,Nghỉ,TB,A", "lich.csv:6: 2030-10-05: nghỉ bù, nghỉ hoán đổi"),
        ("2030-10-07,holiday,,TB,A", "lich.csv:6: 2030-10-07: thiếu tên ngày"),
        ("2030-10-07,holiday,Lễ,,A", "lich.csv:6: 2030-10-07: thiếu nguồn"),
        ("2030-10-07,holiday,Tê\u0301t,TB,A", "lich.csv:6: 2030-10-07: tên ngày chưa ở dạng"),
        ("2030-09-02,holiday,Lễ,TB,A", "lich.csv:6: 2030-09-02: ngày này có hai dòng"),
        ("2030-13-07,holiday,Lễ,TB,A", "lich.csv:6: "),
        ("2030-10-07,feast,Lễ,TB,A", "lich.csv:6: 'feast'"),
        ("2030-10-07,holiday,Lễ", "lich.csv:6: dòng phải có đúng 5 cột"),
        ("2031-10-07,holiday,Lễ,TB,A", "lich.csv: lịch năm 2031 chưa đủ"),
    ],
)
def test_a_wrong_row_is_refused_with_its_line(tmp_path: Path, row: str, problem: str) -> None:
    with pytest.raises(CalendarError) as refused:
        Calendar.load(table(tmp_path, FIXED_2030 + row + "\n"))

    assert str(refused.value).startswith(problem)


def test_a_table_with_other_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lich.csv"
    path.write_text("day,name\n", encoding="utf-8")

    with pytest.raises(CalendarError, match=r"lich\.csv:1: các cột phải là date, kind"):
        Calendar.load(path)


def test_a_written_confidence_is_kept(tmp_path: Path) -> None:
    loaded = Calendar.load(table(tmp_path, FIXED_2030 + "2030-10-07,holiday,Lễ,TB,C\n"))
    special = loaded.special_day(date(2030, 10, 7))

    assert special is not None
    assert special.confidence is Confidence.C


days = st.dates(date(2024, 3, 1), date(2027, 9, 30))


@given(day=days, count=st.integers(1, 60))
def test_walking_forward_and_back_agree_on_working_days(day: date, count: int) -> None:
    start = CALENDAR.previous_working_day(day)
    reached = CALENDAR.add_working_days(start, count)

    assert CALENDAR.add_working_days(reached, -count) == start
    walked = (start + timedelta(days=ahead) for ahead in range(1, (reached - start).days + 1))
    assert sum(map(CALENDAR.is_working_day, walked)) == count


@given(day=days, later=st.integers(0, 30), count=st.integers(1, 40))
def test_a_later_start_never_ends_earlier(day: date, later: int, count: int) -> None:
    assert CALENDAR.add_working_days(day, count) <= CALENDAR.add_working_days(
        day + timedelta(days=later), count
    )
