"""The units of each authority, the fields they are competent for, and their officers.

Read from `directory.csv`, or the file that DONTHU_DIRECTORY names: a row without `officer` is a
unit, a row with one is a post in it. Events hold ids alone; `person`, who has the post, is read
where a paper is made and goes into no event. Rows of authority `*` hold for every authority that
has none of its own.
"""

import csv
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.contracts.petitions import Field

DEFAULT = "*"  # stands for every authority without rows of its own
ADVISES = "tham_muu"  # duty of the unit assigned to advise the chair (đơn vị được giao tham mưu)
COLUMNS = ["authority", "unit", "officer", "name", "fields", "duty", "source"]
SHIPPED = Path(__file__).with_name("directory.csv")
PERSON = "person"  # full name of who has the post; the column may be left out


class DirectoryError(ValueError):
    """The directory cannot be used; the message gives the line or the authority."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Officer:
    id: str
    title: str  # Vietnamese, of the post
    person: str = ""  # full name, where the ward entered it


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """A unit (phòng, ban, đơn vị) that cases can be given to."""

    id: str
    name: str  # Vietnamese
    fields: frozenset[Field]
    is_advising: bool  # advises the chair on complaints and denunciations
    officers: tuple[Officer, ...]

    def has(self, officer: str) -> bool:
        return any(post.id == officer for post in self.officers)


@dataclass(frozen=True, kw_only=True, slots=True)
class Directory:
    """The units of one authority; exactly one of them advises, each has an officer at least."""

    units: tuple[Unit, ...]

    def unit(self, id: str) -> Unit | None:
        return next((unit for unit in self.units if unit.id == id), None)

    def has(self, officer: str) -> bool:
        return self.officer(officer) is not None

    def officer(self, id: str) -> Officer | None:
        posts = (post for unit in self.units for post in unit.officers)
        return next((post for post in posts if post.id == id), None)

    @property
    def advising(self) -> Unit:
        return next(unit for unit in self.units if unit.is_advising)

    def competent_for(self, field: Field) -> tuple[Unit, ...]:
        return tuple(unit for unit in self.units if field in unit.fields)


@dataclass(frozen=True, kw_only=True, slots=True)
class Directories:
    """The directory of every authority."""

    own: Mapping[str, Directory]

    def of(self, authority: str) -> Directory:
        return self.own.get(authority) or self.own[DEFAULT]

    @classmethod
    def from_environment(cls) -> "Directories":
        """Read the file that DONTHU_DIRECTORY names, else the one that comes with this package.

        Raises:
            DirectoryError: the file does not hold what it must.
        """
        path = os.environ.get("DONTHU_DIRECTORY") or SHIPPED
        with open(path, encoding="utf-8", newline="") as lines:
            return parse(lines)


def parse(lines: Iterable[str]) -> Directories:
    """The directories that these lines of CSV describe. Raises DirectoryError."""
    rows = csv.DictReader(lines, strict=True)
    if rows.fieldnames not in (COLUMNS, [*COLUMNS, PERSON]):
        raise DirectoryError(f"line 1: the columns are {','.join(COLUMNS)}[,{PERSON}]")
    units: dict[str, dict[str, Mapping[str, str]]] = {}
    officers: dict[tuple[str, str], list[Officer]] = {}
    for row in rows:
        if None in row or None in row.values():
            raise DirectoryError(f"line {rows.line_num}: has not {len(rows.fieldnames)} columns")
        if not row["authority"] or not row["unit"] or not row["name"]:
            raise DirectoryError(f"line {rows.line_num}: authority, unit and name are needed")
        known = units.setdefault(row["authority"], {})
        if row["officer"]:
            if row["unit"] not in known:
                raise DirectoryError(f"line {rows.line_num}: the unit has no row before this one")
            post = Officer(id=row["officer"], title=row["name"], person=row.get(PERSON, "").strip())
            officers.setdefault((row["authority"], row["unit"]), []).append(post)
        elif row["unit"] in known:
            raise DirectoryError(f"line {rows.line_num}: the unit is there twice")
        else:
            known[row["unit"]] = row
    if DEFAULT not in units:
        raise DirectoryError(f"authority {DEFAULT} has no rows")
    return Directories(
        own={
            authority: _directory(
                authority, [_unit(row, officers.get((authority, id), [])) for id, row in rows_of]
            )
            for authority, rows_of in ((name, known.items()) for name, known in units.items())
        }
    )


def _unit(row: Mapping[str, str], officers: list[Officer]) -> Unit:
    place = f"authority {row['authority']} unit {row['unit']}"
    try:
        fields = frozenset(map(Field, row["fields"].split()))
    except ValueError:
        raise DirectoryError(f"{place}: a field is not one of {', '.join(Field)}") from None
    if row["duty"] not in ("", ADVISES):
        raise DirectoryError(f"{place}: the duty is empty or {ADVISES}")
    if not officers:
        raise DirectoryError(f"{place}: has no officer")
    return Unit(
        id=row["unit"],
        name=row["name"],
        fields=fields,
        is_advising=row["duty"] == ADVISES,
        officers=tuple(officers),
    )


def _directory(authority: str, units: list[Unit]) -> Directory:
    if sum(unit.is_advising for unit in units) != 1:
        raise DirectoryError(
            f"authority {authority}: one unit has the duty {ADVISES}, and one only"
        )
    posts = [officer.id for unit in units for officer in unit.officers]
    if len(set(posts)) != len(posts):
        raise DirectoryError(f"authority {authority}: an officer is there twice")
    return Directory(units=tuple(units))
