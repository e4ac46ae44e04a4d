"""Every column of the six forms against a small ward that was counted by hand."""

from datetime import date

import pytest

from services.reporting.forms.declaration import FORMS
from services.reporting.forms.figures import FIGURES
from services.reporting.forms.reports import failures, tables
from services.reporting.forms.windows import window
from shared.contracts.cases import FlagsChanged, SettlementPlanned
from shared.contracts.petitions import Flag
from tests.support import recording
from tests.support.counted_ward import COUNTED, events

WARD, QUARTER = "09253", window("2026-Q3")
#: A ward handles no judicial matter, and none of its fields says one.
NEVER = {("02/XLD", 17)}


@pytest.fixture(scope="module")
def recorded():
    return recording.recorded(WARD, *events())


@pytest.mark.parametrize("form", FORMS)
def test_the_form_says_what_was_counted_by_hand(recorded, form):
    assert tables(recorded, QUARTER)[form].figures == COUNTED[form]


def test_no_form_counts_flags_or_plans():
    """Groups of form 01 are those received (`people` of a turn), not the files flagged as such."""
    day = date(2026, 8, 3)
    told = list(events())
    files = {stream.partition("-")[2] for stream, _ in told if stream.startswith("petition-")}
    flagged = FlagsChanged(changed_on=day, flags=tuple(Flag))
    plan = SettlementPlanned(planned_on=day, finish_by=day, planned_by="officer:chair")
    watched = [(f"case-{file}", event) for file in sorted(files) for event in (flagged, plan)]
    counted = tables(recording.recorded(WARD, *told, *watched), QUARTER)
    assert {form: counted[form].figures for form in FORMS} == COUNTED


def test_the_six_forms_have_142_columns_and_the_counted_ward_uses_all():
    assert [len(form.columns) for form in FORMS.values()] == [21, 25, 23, 25, 31, 17]
    assert {form: len(figures) for form, figures in FIGURES.items()} == {
        code: len(form.columns) for code, form in FORMS.items()
    }
    zero = {
        (form, number)
        for form, figures in COUNTED.items()
        for number, figure in enumerate(figures, start=1)
        if not figure
    }
    assert zero == NEVER


def test_of_each_column_it_is_told_what_counts():
    for form in FORMS.values():
        assert [column.number for column in form.columns] == [*range(1, form.note_line)]
        for column in form.columns:
            assert column.meaning
            assert column.counts
            assert column.unit in {"one", "people", "things", "dong", "m2"}


def test_only_what_a_ward_should_not_do_is_remarked(recorded):
    """The counted ward has second complaints, a delegate and an inspectorate."""
    found = failures(tables(recorded, QUARTER))
    assert {(each.check.severity, each.check.relation) for each in found} == {
        ("warning", "8=0"),
        ("warning", "11+12=0"),
        ("warning", "17=0"),
        ("warning", "6+13=0"),
    }
    assert next(each for each in found if each.check.relation == "8=0").cases == ("k6", "k7")


def test_each_figure_is_the_sum_of_its_entries_and_each_entry_names_its_events(recorded):
    ids = {event.id for event in recorded}
    for form, table in tables(recorded, QUARTER).items():
        for column, cell, figure in zip(
            FORMS[form].columns, table.cells, table.figures, strict=True
        ):
            assert figure == sum(entry.amount for entry in cell)
            if column.unit == "one":
                assert figure == len(cell)
            for entry in cell:
                assert entry.events
                assert set(entry.events) <= ids
