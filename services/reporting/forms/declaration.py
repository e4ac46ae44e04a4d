"""The six forms as the circular prints them, and our readings of it, from data; pure.

(Thông tư 06/2025/TT-TTCP, in force since 2025-09-30; the windows are in `periods.csv`.)
"""

import csv
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

HERE = Path(__file__).parent
_COUNTING = (
    *("columns.csv", "balances.csv", "checks.csv", "periods.csv"),
    *("facts.py", "figures.py", "windows.py"),
)
_TERM = re.compile(r"(?:\[(?P<form>[^]]+)])?(?P<number>\d+)")
_SIGN = re.compile(r"<=|>=|=")


@dataclass(frozen=True, kw_only=True, slots=True)
class Balance:
    """How a column that carries over takes what a ward brings along from the time before."""

    old: str  # columns of the set of Thông tư 02/2021/TT-TTCP that leave it; empty: none had it
    confidence: str
    reading: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One numbered column of a form."""

    number: int
    heading: tuple[str, ...]  # from the widest heading above it down to its own
    meaning: str
    unit: str  # one, people, things, dong, m2: what an amount behind the figure counts
    formula: str  # as printed: "1" is 5+11+17; of two, "6" is 7+8=9+10+11, the first opens it
    counts: str  # which events count
    reading: str  # how we read the circular where it is unclear
    balance: Balance | None = None  # None: it carries nothing over and takes no opening balance

    @property
    def parts(self) -> tuple["Term", ...]:
        """The columns that the printed formula adds up; empty if it has none."""
        return terms(self.formula.split("=")[0]) if self.formula else ()


@dataclass(frozen=True, kw_only=True)
class Form:
    code: str
    title: str
    notes: str
    columns: tuple[Column, ...]

    @cached_property
    def note_line(self) -> int:
        """The number of the row of remarks (Ghi chú)."""
        return len(self.columns) + 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """One column in a relation; column 0 is the number nought."""

    form: str | None  # None: of the form that the relation stands on
    number: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """A relation that the figures must keep."""

    form: str
    relation: str  # "1=5+11+17", "1>=[03/GQKN]7"
    severity: str  # error; warning: lawful, but worth a look
    confidence: str
    source: str

    @property
    def sign(self) -> str:
        (sign,) = _SIGN.findall(self.relation)
        return str(sign)

    @property
    def sides(self) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
        left, right = _SIGN.split(self.relation)
        return terms(left), terms(right)


def terms(text: str) -> tuple[Term, ...]:
    return tuple(
        Term(form=found["form"], number=int(found["number"])) for found in _TERM.finditer(text)
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as rows:
        yield from csv.DictReader(rows)


def _forms() -> dict[str, Form]:
    columns = list(_rows("columns.csv"))
    balances = {(row.pop("form"), row.pop("column")): row for row in _rows("balances.csv")}
    return {
        row["form"]: Form(
            code=row["form"],
            title=row["title"],
            notes=row["notes"],
            columns=tuple(
                Column(
                    number=int(each["column"]),
                    heading=tuple(each["heading"].split(" > ")),
                    meaning=each["meaning"],
                    unit=each["unit"],
                    formula=each["formula"],
                    counts=each["counts"],
                    reading=each["reading"],
                    balance=Balance(**balances[key])
                    if (key := (each["form"], each["column"])) in balances
                    else None,
                )
                for each in columns
                if each["form"] == row["form"]
            ),
        )
        for row in _rows("forms.csv")
    }


#: Code -> form, in the circular's order.
FORMS = _forms()
#: Form and column -> the column, of those that take an opening balance.
CARRYING = {
    (form.code, column.number): column
    for form in FORMS.values()
    for column in form.columns
    if column.balance
}
CHECKS = tuple(Check(**row) for row in _rows("checks.csv"))
#: Changes with whatever decides what a figure is, so that a frozen report names what made it.
VERSION = (
    "TT06-2025."
    + hashlib.sha256(b"".join((HERE / name).read_bytes() for name in _COUNTING)).hexdigest()[:16]
)
