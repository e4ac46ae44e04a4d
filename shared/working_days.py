"""Which days the offices of an authority work, why not, and walking over them; pure.

A `Calendar` holds every day that differs from plain Monday to Friday: public holidays, made-up days
(nghỉ bù), days off swapped against a Saturday (hoán đổi), and the Saturdays worked for them. The
national table is data, `shared/calendar/vn.csv`; an authority's own changes are laid over it with
`Calendar.with_changes`. Legal limits are not here: see services/deadlines/terms.py.

It knows whole days only, and only the years that the table covers. Outside them it refuses, since
the days of Tết and the swaps of a year are decided one year ahead and cannot be computed.
"""

import csv
import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Final, Self

NATIONAL_TABLE: Final = Path(__file__).with_name("calendar") / "vn.csv"

COLUMNS: Final = ("date", "kind", "name", "source", "confidence")

#: Public holidays with a fixed date in every year. A year that lacks one of them is not covered:
#: its table has been begun and not finished.
FIXED_HOLIDAYS: Final = ((1, 1), (4, 30), (5, 1), (9, 2))

WEEKDAYS: Final = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")

_SATURDAY: Final = 5
_ONE_DAY: Final = timedelta(days=1)


class CalendarError(ValueError):
    """A calendar's data cannot be used; a Vietnamese sentence says where and what to mend."""


class OutsideCalendar(ValueError):
    """A day was asked about that no table covers; a Vietnamese sentence says how to add it."""

    code: Final = "outside_calendar"


class DayKind(StrEnum):
    """Why a day differs from plain Monday to Friday."""

    HOLIDAY = "holiday"  # nghỉ lễ, tết; may fall on a weekend, then it only names the day
    MADE_UP = "made_up"  # nghỉ bù
    SWAPPED_OFF = "swapped_off"  # nghỉ hoán đổi
    WORKED = "worked"  # làm bù: a Saturday or Sunday on which offices work


class Confidence(StrEnum):
    """How well a row is known: read in its source (A), remembered (B), estimated or open (C)."""

    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True, kw_only=True, slots=True)
class SpecialDay:
    """One day that differs from plain Monday to Friday, with the document that says so.

    Raises:
        CalendarError: an empty or not NFC name or source, a weekday marked as worked, or a weekend
            day marked as made up or swapped off.
    """

    day: date
    kind: DayKind
    name: str
    source: str
    confidence: Confidence = Confidence.A

    def __post_init__(self) -> None:
        for what, text in (("tên ngày", self.name), ("nguồn", self.source)):
            if not text.strip():
                raise CalendarError(f"{self.day}: thiếu {what}")
            if not unicodedata.is_normalized("NFC", text):
                raise CalendarError(f"{self.day}: {what} chưa ở dạng Unicode NFC")
        is_weekend = self.day.weekday() >= _SATURDAY
        if self.kind is DayKind.WORKED and not is_weekend:
            raise CalendarError(f"{self.day}: chỉ Thứ Bảy, Chủ nhật mới có thể là ngày làm bù")
        if self.kind in (DayKind.MADE_UP, DayKind.SWAPPED_OFF) and is_weekend:
            raise CalendarError(f"{self.day}: nghỉ bù, nghỉ hoán đổi phải là ngày trong tuần")

    @property
    def is_provisional(self) -> bool:
        """Whether the day is an estimate that a notice has still to confirm."""
        return self.confidence is Confidence.C


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """The working days of one authority; immutable, equal when its special days are equal.

    `version` is a digest of the content: an event that names it says which calendar was used.
    """

    special_days: tuple[SpecialDay, ...]
    version: str = field(init=False)
    years: frozenset[int] = field(init=False, compare=False)  # covered from 1 January to the end
    _by_day: Mapping[date, SpecialDay] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.special_days, key=lambda special: special.day))
        by_day = {special.day: special for special in ordered}
        if len(by_day) < len(ordered):
            twice = next(a.day for a, b in pairwise(ordered) if a.day == b.day)
            raise CalendarError(f"{twice}: ngày này có hai dòng trong lịch")
        years = frozenset(day.year for day in by_day)
        for year in sorted(years):
            for month, day_of_month in FIXED_HOLIDAYS:
                fixed = by_day.get(date(year, month, day_of_month))
                if fixed is None or fixed.kind is not DayKind.HOLIDAY:
                    raise CalendarError(
                        f"lịch năm {year} chưa đủ: thiếu ngày lễ {day_of_month}/{month};"
                        " phải nhập trọn năm hoặc không nhập năm đó"
                    )
        # A frozen dataclass has no other way to keep what it derives from its fields.
        object.__setattr__(self, "special_days", ordered)
        object.__setattr__(self, "version", _digest(ordered))
        object.__setattr__(self, "years", years)
        object.__setattr__(self, "_by_day", MappingProxyType(by_day))

    @classmethod
    def load(cls, path: Path = NATIONAL_TABLE) -> Self:
        """The calendar written in a table; by default the national one for civil servants.

        Raises:
            CalendarError: with the file and line of what is wrong in the table.
        """
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise CalendarError(f"{path.name}:1: các cột phải là {', '.join(COLUMNS)}")
            days: dict[date, SpecialDay] = {}
            for row in reader:
                try:
                    special = _read_row(row)
                    if special.day in days:
                        raise CalendarError(f"{special.day}: ngày này có hai dòng trong lịch")
                except ValueError as error:
                    raise CalendarError(f"{path.name}:{reader.line_num}: {error}") from error
                days[special.day] = special
        try:
            return cls(special_days=tuple(days.values()))
        except CalendarError as error:
            raise CalendarError(f"{path.name}: {error}") from error

    def with_changes(
        self, changes: Iterable[SpecialDay] = (), *, dropped: Iterable[date] = ()
    ) -> Self:
        """This calendar with an authority's changes laid over it.

        A change takes the place of whatever the day was; a dropped day becomes plain again (a
        working day from Monday to Friday). A whole new year may be added in one set of changes.

        Raises:
            CalendarError: a day dropped that is not special, or the outcome would not be valid.
        """
        merged = dict(self._by_day)
        for day in dropped:
            if merged.pop(day, None) is None:
                raise CalendarError(f"{day}: ngày này không có trong lịch nên không bỏ được")
        seen: set[date] = set()
        for special in changes:
            if special.day in seen:
                raise CalendarError(f"{special.day}: một lần sửa chỉ sửa mỗi ngày một lần")
            seen.add(special.day)
            merged[special.day] = special
        return type(self)(special_days=tuple(merged.values()))

    def special_day(self, day: date) -> SpecialDay | None:
        """What the table says of the day; None for a plain weekday or weekend.

        Raises:
            OutsideCalendar: the table does not cover the day's year.
        """
        if day.year not in self.years:
            raise OutsideCalendar(self._how_to_add(day))
        return self._by_day.get(day)

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on the day. Raises OutsideCalendar as `special_day` does."""
        special = self.special_day(day)
        if special is None:
            return day.weekday() < _SATURDAY
        return special.kind is DayKind.WORKED

    def why_off(self, day: date) -> str | None:
        """Why offices are closed on the day, in Vietnamese; None on a working day.

        An estimated day says so: "Tết Đinh Mùi (dự kiến)".

        Raises:
            OutsideCalendar: the table does not cover the day's year.
        """
        if self.is_working_day(day):
            return None
        special = self.special_day(day)
        if special is None:
            return WEEKDAYS[day.weekday()]
        return f"{special.name} (dự kiến)" if special.is_provisional else special.name

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`, never `day` itself."""
        return self.add_working_days(day, 1)

    def previous_working_day(self, day: date) -> date:
        """The last working day before `day`, never `day` itself."""
        return self.add_working_days(day, -1)

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, or before it where `count` is negative.

        `day` itself is never counted (Bộ luật Dân sự Đ.147.2); 0 gives `day` back, working or not.

        Raises:
            OutsideCalendar: the walk leaves the years that the table covers.
        """
        step = _ONE_DAY if count > 0 else -_ONE_DAY
        left = abs(count)
        while left:
            day += step
            if self.is_working_day(day):
                left -= 1
        return day

    def _how_to_add(self, day: date) -> str:
        covered = ", ".join(str(year) for year in sorted(self.years)) or "không năm nào"
        return (
            f"lịch làm việc chỉ có {covered}, không có ngày {day}; hãy nhập trọn năm {day.year}"
            " theo thông báo nghỉ lễ vào shared/calendar/vn.csv hoặc bằng lệnh đổi lịch của đơn vị"
        )


def _read_row(row: Mapping[str | None, str | None]) -> SpecialDay:
    if None in row or None in row.values():
        raise CalendarError(f"dòng phải có đúng {len(COLUMNS)} cột")
    return SpecialDay(
        day=date.fromisoformat(row["date"] or ""),
        kind=DayKind(row["kind"] or ""),
        name=row["name"] or "",
        source=row["source"] or "",
        confidence=Confidence(row["confidence"] or ""),
    )


def _digest(days: tuple[SpecialDay, ...]) -> str:
    """12 hexadecimal digits of SHA-256 over the days in order, written as JSON rows."""
    rows = [[d.day.isoformat(), d.kind, d.name, d.source, d.confidence] for d in days]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()[:12]
