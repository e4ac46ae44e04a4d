"""The head of a printed form: which cells are merged over and under which; pure."""

from collections.abc import Iterator
from typing import NamedTuple

from services.reporting.forms.declaration import Column, Form


class Cell(NamedTuple):
    """A heading with the rows and numbered columns that it covers, all from 1 and inclusive."""

    text: str
    top: int
    bottom: int
    left: int
    right: int


def depth(form: Form) -> int:
    """Rows of the head, without the row of numbers."""
    return max(len(column.heading) for column in form.columns)


def headings(form: Form) -> list[Cell]:
    """Every heading once; a heading without parts goes down to the row of numbers."""
    return list(_under(form.columns, 1, depth(form)))


def _under(columns: tuple[Column, ...], level: int, bottom: int) -> Iterator[Cell]:
    while columns:
        text = columns[0].heading[level - 1]
        if len(columns[0].heading) == level:
            yield Cell(text, level, bottom, columns[0].number, columns[0].number)
            columns = columns[1:]
            continue
        covered = tuple(_beside(columns, level, text))
        yield Cell(text, level, level, covered[0].number, covered[-1].number)
        yield from _under(covered, level + 1, bottom)
        columns = columns[len(covered) :]


def _beside(columns: tuple[Column, ...], level: int, text: str) -> Iterator[Column]:
    for column in columns:
        if len(column.heading) <= level or column.heading[level - 1] != text:
            return
        yield column


def numbered(column: Column) -> str:
    """What stands in the row of numbers: "1=5+11+17"."""
    return f"{column.number}={column.formula}" if column.formula else f"{column.number}"
