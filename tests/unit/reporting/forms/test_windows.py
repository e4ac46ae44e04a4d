"""The windows of the circular, by name."""

from datetime import date
from itertools import pairwise

import pytest

from services.reporting.forms.windows import PERIODS, UnknownWindow, between, due_by, window


@pytest.mark.parametrize(
    ("name", "first", "last", "due"),
    [
        ("2026-Q1", "2025-12-15", "2026-03-14", "2026-03-17"),
        ("2026-Q2", "2026-03-15", "2026-06-14", "2026-06-17"),
        ("2026-Q3", "2026-06-15", "2026-09-14", "2026-09-17"),
        ("2026-Q4", "2026-09-15", "2026-12-14", "2026-12-17"),
        ("2026-6T", "2025-12-15", "2026-06-14", "2026-06-17"),
        ("2026-9T", "2025-12-15", "2026-09-14", "2026-09-17"),
        ("2026", "2025-12-15", "2026-12-14", "2026-12-17"),
        ("QH-2026", "2025-08-01", "2026-07-31", None),
        ("2026-01-01..2026-03-31", "2026-01-01", "2026-03-31", None),
    ],
)
def test_a_window_begins_ends_and_is_due_as_the_circular_says(name, first, last, due) -> None:
    told = window(name)
    assert (told.first.isoformat(), told.last.isoformat()) == (first, last)
    assert told.due_on == (date.fromisoformat(due) if due else None)
    assert told.name == name


@pytest.mark.parametrize(
    "name",
    ["", "2026-Q5", "Q1-2026", "26", "2026-13", "QH-2026-Q1", "2026-01-01..", "1900", "a..b"],
)
def test_what_names_no_window_is_unknown(name) -> None:
    with pytest.raises(UnknownWindow):
        window(name)


def test_a_window_that_ends_before_it_begins_is_none() -> None:
    with pytest.raises(UnknownWindow):
        between(date(2026, 3, 2), date(2026, 3, 1))


@pytest.mark.parametrize(
    ("name", "before", "year_before"),
    [
        ("2026-Q1", "2025-Q4", "2025-Q1"),
        ("2026-Q3", "2026-Q2", "2025-Q3"),
        ("2026", "2025", "2025"),
        ("QH-2026", "QH-2025", "QH-2025"),
        ("2026-6T", "2025-06-16..2025-12-14", "2025-6T"),
        ("2026-03-01..2026-03-31", "2026-01-29..2026-02-28", "2025-03-01..2025-03-31"),
        ("2024-02-29..2024-02-29", "2024-02-28..2024-02-28", "2023-02-28..2023-02-28"),
    ],
)
def test_a_window_knows_those_it_is_compared_with(name, before, year_before) -> None:
    assert window(name).before().name == before
    assert window(name).year_before().name == year_before


def test_the_quarters_of_a_year_follow_each_other_without_a_gap() -> None:
    year = window("2026")
    quarters = [window(f"2026-Q{number}") for number in range(1, 5)]
    assert (quarters[0].first, quarters[-1].last) == (year.first, year.last)
    for one, other in pairwise(quarters):
        assert (other.first - one.last).days == 1
    assert all(each.before().last.toordinal() + 1 == each.first.toordinal() for each in quarters)


def test_seven_reports_are_due_from_a_ward_every_year() -> None:
    due = [each.name for each in due_by(date(2026, 11, 23))]
    assert sorted(due) == sorted(
        ["2025", "2025-Q4", "2026-6T", "2026-9T", "2026-Q1", "2026-Q2", "2026-Q3"]
    )


def test_a_window_is_due_from_the_day_after_its_last() -> None:
    assert "2026-Q3" not in [each.name for each in due_by(date(2026, 9, 14))]
    assert "2026-Q3" in [each.name for each in due_by(date(2026, 9, 15))]


def test_each_period_has_its_source() -> None:
    assert all(period.source and period.confidence == "A" for period in PERIODS.values())
