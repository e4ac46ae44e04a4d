"""From which day to which day a report counts, by name; pure.

A window (kỳ báo cáo) is any two legal dates, both included. Those of the law are rows of
`periods.csv`: `2026-Q1` to `2026-Q4`, `2026-6T`, `2026-9T`, `2026` (the year), `QH-2026` (the
National Assembly's); any other is `2026-01-01..2026-03-31`.
"""

import csv
import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from shared.clock import day_text

_PERIODS = Path(__file__).with_name("periods.csv")
_NAMED = re.compile(r"(?P<year>\d{4})(?:-(?P<part>Q[1-4]|6T|9T))?|QH-(?P<assembly>\d{4})")
_FIRST_YEAR, _LAST_YEAR = 1991, 2099


class UnknownWindow(ValueError):
    """The text names no window."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """A kind of window that the law names, as month and day of any year."""

    name: str
    first: str  # MM-DD
    first_year: int  # -1: of the year before
    last: str
    ward_due: str  # to the province at the latest; empty: no day is named
    province_due: str  # to the Government Inspectorate
    has_narrative: bool  # the written report (Mẫu số 02) goes with the tables
    confidence: str
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """From `first` to `last`, both included; the dates that the law counts."""

    name: str
    first: date
    last: date
    title: str  # as people say it
    due_on: date | None = None  # from the ward to the province
    province_due_on: date | None = None

    @property
    def days(self) -> str:
        """`từ ngày 15/06/2026 đến ngày 14/09/2026`."""
        return f"từ ngày {day_text(self.first)} đến ngày {day_text(self.last)}"

    def has(self, day: date) -> bool:
        return self.first <= day <= self.last

    def before(self) -> "Window":
        """The window before this one: the quarter, the year, or as many days, that ended then."""
        match _NAMED.fullmatch(self.name):
            case re.Match() as named if not named["part"]:
                year = int(named["year"] or named["assembly"]) - 1
                return window(f"QH-{year}" if named["assembly"] else f"{year}")
            case re.Match() as named if named["part"].startswith("Q"):
                year, quarter = int(named["year"]), int(named["part"][1])
                return window(f"{year}-Q{quarter - 1}" if quarter > 1 else f"{year - 1}-Q4")
        days = self.last - self.first
        last = self.first - timedelta(days=1)
        return between(last - days, last)

    def year_before(self) -> "Window":
        """The same window of the year before."""
        if _NAMED.fullmatch(self.name):
            return window(re.sub(r"\d{4}", lambda year: f"{int(year[0]) - 1}", self.name, count=1))
        return between(_year_before(self.first), _year_before(self.last))


def window(name: str) -> Window:
    """The window with this name.

    Raises: UnknownWindow.
    """
    if ".." in name:
        try:
            first, last = map(date.fromisoformat, name.split(".."))
        except ValueError:
            raise UnknownWindow(name) from None
        return between(first, last)
    found = _NAMED.fullmatch(name)
    year = int(found["year"] or found["assembly"]) if found else 0
    if not found or not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise UnknownWindow(name)
    period = PERIODS["QH" if found["assembly"] else found["part"] or "N"]

    def day(text: str, of: int = year) -> date:
        return date.fromisoformat(f"{of}-{text}")

    return Window(
        name=name,
        first=day(period.first, year + period.first_year),
        last=day(period.last),
        title=f"{period.name} {year}",
        due_on=day(period.ward_due) if period.ward_due else None,
        province_due_on=day(period.province_due),
    )


def between(first: date, last: date) -> Window:
    """Raises: UnknownWindow: it would end before it begins."""
    name = f"{first}..{last}"
    if last < first:
        raise UnknownWindow(name)
    title = f"Từ {day_text(first)} đến {day_text(last)}"
    return Window(name=name, first=first, last=last, title=title)


def due_by(day: date) -> list[Window]:
    """The windows of the law that a ward had to report on in the year up to this day."""
    named = [
        window(f"{year}-{part}" if part != "N" else f"{year}")
        for year in (day.year - 1, day.year)
        for part, period in PERIODS.items()
        if period.ward_due
    ]
    year_ago = day - timedelta(days=366)
    ended = [each for each in named if year_ago < each.last < day]
    return sorted(ended, key=lambda each: (each.last, each.first))


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)


def _read() -> dict[str, Period]:
    with _PERIODS.open(encoding="utf-8", newline="") as rows:
        return {
            row.pop("period"): Period(
                has_narrative=row.pop("narrative") == "yes",
                first_year=int(row.pop("first_year")),
                **row,
            )
            for row in csv.DictReader(rows)
        }


PERIODS = _read()
