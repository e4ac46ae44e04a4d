"""The figures of the forms for one authority and window, why they are so, and whether they agree.

Pure: (events, window) -> tables. A figure's entries name the cases and events behind it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from services.reporting.forms.declaration import CHECKS, FORMS, Check, Term
from services.reporting.forms.facts import known
from services.reporting.forms.figures import FIGURES, Entry, opening_balances
from services.reporting.forms.windows import Window
from shared.ledger import Recorded

Figures = tuple[int, ...]
_SHOWN = 20  # cases named for one failed check


@dataclass(frozen=True)
class Table:
    """One form's row: the entries behind each column, from column 1 on."""

    form: str
    cells: tuple[tuple[Entry, ...], ...]

    @cached_property
    def figures(self) -> Figures:
        return tuple(sum(entry.amount for entry in cell) for cell in self.cells)

    def cell(self, number: int) -> tuple[Entry, ...]:
        return self.cells[number - 1] if number else ()


Tables = Mapping[str, Table]


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """A relation that does not hold, and the cases that break it."""

    check: Check
    left: int
    right: int
    cases: tuple[str, ...]


def tables(
    events: Iterable[Recorded], window: Window, forms: Iterable[str] = tuple(FIGURES)
) -> dict[str, Table]:
    """These forms, or every one, of one authority, from its events in whatever order."""
    events = list(events)
    facts = known(events, window.last)
    cells = {form: [tuple(figure(facts, window)) for figure in FIGURES[form]] for form in forms}
    for form, number, entry in opening_balances(events, facts, window):
        if form in cells:
            cells[form][number - 1] += (entry,)
    return {form: Table(form, tuple(of_form)) for form, of_form in cells.items()}


def added(rows: Iterable[Figures]) -> Figures:
    """The sum of many authorities, column by column; empty if there is none."""
    return tuple(map(sum, zip(*rows, strict=True)))


def failures(found: Tables) -> list[Failure]:
    """Every relation, printed or our own, that the tables break."""
    return [failure for check in CHECKS if (failure := _failure(check, found))]


def parts(found: Tables, form: str, number: int) -> list[tuple[int, int]]:
    """The columns that the printed formula of this one adds up, with their figures."""
    return [
        (term.number, found[form].figures[term.number - 1])
        for term in FORMS[form].columns[number - 1].parts
    ]


def differences(
    was: Mapping[str, Figures], now: Mapping[str, Figures]
) -> list[tuple[str, int, int, int]]:
    """(form, column, was, is) wherever two reports of one window differ."""
    return [
        (form, number, before, after)
        for form in FORMS
        if form in was and form in now
        for number, (before, after) in enumerate(zip(was[form], now[form], strict=True), start=1)
        if before != after
    ]


def _failure(check: Check, found: Tables) -> Failure | None:
    left, right = (_amounts(side, check.form, found) for side in check.sides)
    totals = left.total(), right.total()
    if _holds(check.sign, *totals):
        return None
    names = sorted(left | right)
    breaking = [name for name in names if not _holds(check.sign, left[name], right[name])]
    return Failure(
        check=check,
        left=totals[0],
        right=totals[1],
        cases=tuple((breaking or names)[:_SHOWN]),
    )


def _amounts(side: Sequence[Term], form: str, found: Tables) -> Counter[str]:
    """Case -> its share in the sum of these columns."""
    amounts: Counter[str] = Counter()
    for term in side:
        for entry in found[term.form or form].cell(term.number):
            amounts[entry.subject] += entry.amount
    return amounts


def _holds(sign: str, left: int, right: int) -> bool:
    match sign:
        case "=":
            return left == right
        case "<=":
            return left <= right
        case _:
            return left >= right
