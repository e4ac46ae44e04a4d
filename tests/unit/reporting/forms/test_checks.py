"""The relations of the circular: a figure that breaks one is found, with its cases."""

from dataclasses import replace

import pytest

from services.reporting.forms.declaration import CHECKS, FORMS, Term, terms
from services.reporting.forms.figures import Entry
from services.reporting.forms.reports import Table, differences, failures, parts

NOTHING = {code: Table(code, ((),) * len(form.columns)) for code, form in FORMS.items()}


def with_cell(form, number, *entries, of=NOTHING):
    cells = list(of[form].cells)
    cells[number - 1] = entries
    return dict(of) | {form: replace(of[form], cells=tuple(cells))}


def test_where_nothing_happened_everything_agrees() -> None:
    assert failures(NOTHING) == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: f"{check.form} {check.relation}")
def test_each_relation_is_found_broken_and_the_case_named(check) -> None:
    """One thing too many on the side that must not be larger."""
    left, right = check.sides
    side = right if check.sign == ">=" else left
    term = next(term for term in side if term.number)
    found = failures(with_cell(term.form or check.form, term.number, Entry("k1", ("e1",))))
    assert (check.relation, ("k1",)) in [
        (each.check.relation, each.cases) for each in found if each.check.form == check.form
    ]


def test_of_many_cases_only_those_that_break_the_relation_are_named() -> None:
    """02/XLD: 6=7+8. k1 is in both, k2 in no part."""
    tables = with_cell("02/XLD", 6, Entry("k1", ("a",)), Entry("k2", ("b",)))
    tables = with_cell("02/XLD", 7, Entry("k1", ("a",)), of=tables)
    (failure,) = [each for each in failures(tables) if each.check.relation == "6=7+8"]
    assert (failure.left, failure.right, failure.cases) == (2, 1, ("k2",))


def test_the_printed_relations_are_all_there() -> None:
    printed = [check for check in CHECKS if check.confidence == "A"]
    assert len(printed) == 37
    assert all(check.severity == "error" and check.source for check in printed)
    across = {(check.form, check.relation) for check in printed if "[" in check.relation}
    assert across == {
        ("03/GQKN", "1=[02/XLD]6"),
        ("04/GQTC", "1=[02/XLD]12"),
        ("05/KQTH", "1>=[03/GQKN]7"),
        ("05/KQTH", "16>=[04/GQTC]7"),
    }


def test_every_printed_formula_is_also_checked() -> None:
    checked = {(check.form, check.relation) for check in CHECKS}
    for form in FORMS.values():
        for column in form.columns:
            for formula in filter(None, column.formula.split("=")):
                assert (form.code, f"{column.number}={formula}") in checked


def test_a_relation_names_columns_of_its_own_and_of_other_forms() -> None:
    assert terms("[03/GQKN]2+[04/GQTC]12+5") == (
        Term(form="03/GQKN", number=2),
        Term(form="04/GQTC", number=12),
        Term(form=None, number=5),
    )


def test_a_formula_opens_to_its_parts() -> None:
    tables = with_cell("02/XLD", 7, Entry("k1", ("a",)), Entry("k2", ("b",)))
    assert parts(tables, "02/XLD", 6) == [(7, 2), (8, 0)]
    assert parts(tables, "02/XLD", 7) == []


def test_two_reports_differ_in_the_figures_that_differ() -> None:
    was = {code: table.figures for code, table in NOTHING.items()}
    now = with_cell("05/KQTH", 31, Entry("k1", ("a",), 3))
    told = differences(was, {code: table.figures for code, table in now.items()})
    assert told == [("05/KQTH", 31, 0, 3)]
