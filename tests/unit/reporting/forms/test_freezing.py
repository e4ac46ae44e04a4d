"""Fixing, correcting and submitting a report, and asking for it, on a ledger in memory."""

import inspect
import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.reporting import statutory
from services.reporting.forms import freezing
from services.reporting.forms.declaration import FORMS, VERSION
from services.reporting.forms.freezing import (
    FreezeReport,
    Predecessor,
    Report,
    SubmitReport,
    evolve,
    freeze_report,
    report_id,
    submit_report,
)
from services.reporting.forms.reports import tables
from services.reporting.forms.windows import window
from services.reporting.refusals import REFUSALS
from shared.contracts.cases import Outcome
from shared.contracts.reports import (
    CorrectionReason,
    Difference,
    FrozenTable,
    ReportFrozen,
    ReportSubmitted,
)
from shared.errors import Refused
from shared.memory_log import MemoryLog
from shared.personal import Personal
from tests.support.counted_ward import COUNTED, decided, events
from tests.support.given_when_then import Specification
from tests.support.recording import record

WARD, QUARTER, TODAY = "09253", window("2026-Q3"), date(2026, 9, 16)
report = Specification(initial=Report(), evolve=evolve)
EMPTY = tables((), QUARTER)
NOTHING = {form: table.figures for form, table in EMPTY.items()}
FREEZE = FreezeReport(
    report="r1", frozen_on=TODAY, window=QUARTER, tables=EMPTY, position=40, hash="a" * 64
)
FROZEN = ReportFrozen(
    frozen_on=TODAY,
    period="2026-Q3",
    first=date(2026, 6, 15),
    last=date(2026, 9, 14),
    tables=tuple(FrozenTable(form=form, figures=row) for form, row in NOTHING.items()),
    position=40,
    hash="a" * 64,
    declaration=VERSION,
)
SUBMIT = SubmitReport(report="r1", submitted_on=date(2026, 9, 17), to="24", number="15/BC-UBND")
SUBMITTED = ReportSubmitted(submitted_on=date(2026, 9, 17), to="24", number="15/BC-UBND")
#: One course of 80 people more than in the report before.
BEFORE = Predecessor(id="r0", figures=NOTHING | {"06/QLKNTC": (0, 0, 0, 1, 80, *(0,) * 12)})
CORRECTION = replace(FREEZE, before=BEFORE, corrects="r0", reason=CorrectionReason.RECORDED_WRONGLY)


def test_a_report_is_frozen_with_what_it_was_counted_from() -> None:
    report.given().when(freeze_report, FREEZE).then(FROZEN)


def test_a_correction_tells_every_figure_that_differs_and_why() -> None:
    report.given().when(freeze_report, CORRECTION).then(
        replace(
            FROZEN,
            corrects="r0",
            reason=CorrectionReason.RECORDED_WRONGLY,
            differences=(
                Difference(form="06/QLKNTC", column=4, was=1, now=0),
                Difference(form="06/QLKNTC", column=5, was=80, now=0),
            ),
        )
    )


def test_a_frozen_report_is_submitted_once() -> None:
    report.given(FROZEN).when(submit_report, SUBMIT).then(SUBMITTED)
    report.given(FROZEN, SUBMITTED).when(submit_report, SUBMIT).then_nothing()


REFUSED = [
    ("window_not_over", (), freeze_report, replace(FREEZE, frozen_on=QUARTER.last)),
    ("already_frozen", (FROZEN,), freeze_report, FREEZE),
    ("already_frozen", (), freeze_report, replace(FREEZE, before=BEFORE)),
    ("not_the_last_report", (), freeze_report, replace(CORRECTION, corrects="r9")),
    ("not_the_last_report", (), freeze_report, replace(CORRECTION, before=None)),
    ("reason_missing", (), freeze_report, replace(CORRECTION, reason=None)),
    (
        "reason_without_correction",
        (),
        freeze_report,
        replace(FREEZE, reason=CorrectionReason.RECORDED_LATE),
    ),
    (
        "nothing_to_correct",
        (),
        freeze_report,
        replace(CORRECTION, before=Predecessor(id="r0", figures=NOTHING)),
    ),
    ("unknown_report", (), submit_report, SUBMIT),
    ("already_submitted", (FROZEN, SUBMITTED), submit_report, replace(SUBMIT, to="01")),
    (
        "date_before_freezing",
        (FROZEN,),
        submit_report,
        replace(SUBMIT, submitted_on=date(2026, 9, 15)),
    ),
]


@pytest.mark.parametrize(("code", "past", "decide", "command"), REFUSED)
def test_what_is_refused(code, past, decide, command) -> None:
    report.given(*past).when(decide, command).then_refused(code)


@pytest.mark.parametrize(
    ("code", "ask"),
    [
        (
            "unknown_period",
            lambda log: statutory.statutory_report(log, [WARD], "2026-Q5", None, None),
        ),
        ("unknown_form", lambda log: statutory.statutory_report(log, [WARD], "2026", "1", None)),
        (
            "unknown_column",
            lambda log: statutory.explain_figure(log, WARD, "01/TCD", 22, "2026", None),
        ),
        ("unknown_report", lambda log: statutory.recount(log, WARD, "nothing")),
    ],
)
def test_what_cannot_be_asked(code, ask) -> None:
    with pytest.raises(Refused) as refused:
        ask(MemoryLog())
    assert refused.value.code == code


def test_every_refusal_is_tested() -> None:
    refused = {
        code
        for module in (freezing, statutory)
        for code in re.findall(r'refuse\("([a-z_]+)"\)', inspect.getsource(module))
    }
    asked = {"unknown_period", "unknown_form", "unknown_column"}
    assert {code for code, *_ in REFUSED} | asked == refused
    assert refused <= set(REFUSALS)


# -- on a ledger


@pytest.fixture
def log():
    made = MemoryLog()
    for stream, event in events():
        record(made, WARD, stream, event, at=datetime(2026, 9, 15, tzinfo=UTC))
    return made


def freeze(log, today=TODAY, corrects=None, reason=None):
    command = statutory.freezing_of(
        log, WARD, "2026-Q3", today, corrects=corrects, reason=reason, personal=Personal.nothing()
    )
    (event,) = freeze_report(command, Report())
    record(log, WARD, f"report-{command.report}", event)
    return command.report


def record_late(log):
    """A decision of July that came on record in November."""
    stream, event = decided("k1", "07-30", Outcome.JUSTIFIED)
    record(log, WARD, stream, event, at=datetime(2026, 11, 20, tzinfo=UTC))


def test_the_answer_has_rows_sum_comparison_and_where_it_was_read(log) -> None:
    told = statutory.statutory_report(log, [WARD, "09999"], "2026-Q3", None, None)
    by_form = {table["form"]: table for table in told["tables"]}
    assert {form: table["rows"][0]["figures"] for form, table in by_form.items()} == COUNTED
    assert by_form["02/XLD"]["sum"] == COUNTED["02/XLD"]  # the other ward has done nothing
    assert by_form["02/XLD"]["before"]["period"] == "2026-Q2"
    assert by_form["03/GQKN"]["before"]["sum"][6] == 2  # k11 and k12 were decided in spring
    assert told["authorities"][0]["position"] == log.head(WARD)
    assert {each["severity"] for each in told["broken"]} == {"warning"}


@pytest.mark.parametrize("form", FORMS)
def test_every_figure_is_explained_by_its_cases_and_events(log, form) -> None:
    for number, figure in enumerate(COUNTED[form], start=1):
        told = statutory.explain_figure(log, WARD, form, number, "2026-Q3", None)
        assert told["figure"] == figure == sum(entry["amount"] for entry in told["entries"])
        assert all(entry["events"] for entry in told["entries"])
        if told["parts"]:
            assert sum(part["figure"] for part in told["parts"]) == figure


def test_an_explained_case_tells_its_events_in_sentences(log) -> None:
    told = statutory.explain_figure(log, WARD, "03/GQKN", 8, "2026-Q3", None)
    (entry,) = told["entries"]
    assert entry["case"] == "k8"
    (event,) = entry["events"]
    assert event["type"] == "DecisionIssued"
    assert event["sentence"].startswith("Ngày 16/06/2026: ")


def test_a_late_record_changes_what_is_known_now_but_not_what_was_known_then(log) -> None:
    before = statutory.statutory_report(log, [WARD], "2026-Q3", "03/GQKN", None)
    record_late(log)
    then = statutory.statutory_report(log, [WARD], "2026-Q3", "03/GQKN", "2026-09-17T00:00:00.000Z")
    now = statutory.statutory_report(log, [WARD], "2026-Q3", "03/GQKN", None)
    assert then["tables"] == before["tables"]
    assert then["authorities"] == before["authorities"]
    assert now["tables"][0]["sum"][6] == before["tables"][0]["sum"][6] + 1


def test_a_frozen_report_counts_again_to_the_same_whatever_came_later(log) -> None:
    frozen = freeze(log)
    record_late(log)
    told = statutory.recount(log, WARD, frozen)
    assert told["same_ledger"]
    assert told["same_declaration"]
    assert told["differences"] == []


def test_a_correction_follows_the_report_and_names_what_changed(log) -> None:
    first = freeze(log)
    with pytest.raises(Refused) as again:
        freeze(log)
    assert again.value.code == "already_frozen"
    record_late(log)
    second = freeze(log, date(2026, 11, 21), first, CorrectionReason.RECORDED_LATE)
    assert (first, second) == (report_id(WARD, "2026-Q3", 1), report_id(WARD, "2026-Q3", 2))
    _, told = statutory.reports_of(log, WARD, "2026-Q3")
    assert told["corrects"] == first
    changed = {
        (each["form"], each["column"], each["now"] - each["was"]) for each in told["differences"]
    }
    # k1 was decided: one decision more, one more to carry out
    assert changed == {("03/GQKN", 7, 1), ("03/GQKN", 8, 1), ("05/KQTH", 1, 1)}


def test_reports_that_are_missing_late_frozen_or_sent_are_told(log) -> None:
    told = statutory.reports(log, WARD, (), "2026-Q3", date(2026, 9, 20))["windows"][0]
    assert (told["is_frozen"], told["is_missing"], told["days_late"]) == (False, True, 3)
    frozen = freeze(log)
    told = statutory.reports(log, WARD, (), "2026-Q3", date(2026, 9, 17))["windows"][0]
    assert (told["is_frozen"], told["is_missing"], told["days_late"]) == (True, False, 0)
    record(log, WARD, f"report-{frozen}", SUBMITTED)
    told = statutory.reports(log, WARD, (), "2026-Q3", date(2026, 12, 1))["windows"][0]
    assert (told["is_submitted"], told["is_missing"], told["days_late"]) == (True, False, 0)
    assert told["reports"][0]["number"] == "15/BC-UBND"


def test_windows_that_ended_before_the_ledger_began_are_not_asked_for(log) -> None:
    """The ledger begins on 15 September 2026, so the first report is due in December."""
    told = statutory.reports(log, WARD, (), None, date(2027, 1, 4))["windows"]
    assert [each["name"] for each in told] == ["2026", "2026-Q4"]
    assert all(each["is_missing"] for each in told)
    assert statutory.reports(MemoryLog(), WARD, (), None, TODAY)["windows"] == []


def test_a_report_on_a_window_before_the_ledger_began_is_listed_with_the_others(log) -> None:
    freeze(log)
    told = statutory.reports(log, WARD, (), None, date(2027, 1, 4))["windows"]
    assert [each["name"] for each in told] == ["2026-Q3", "2026", "2026-Q4"]
    assert told[0]["is_frozen"]


def test_a_province_is_told_of_each_ward_what_is_missing_or_came_late(log) -> None:
    record(log, WARD, f"report-{freeze(log)}", replace(SUBMITTED, submitted_on=date(2026, 9, 21)))
    told = statutory.reports(log, "24", [WARD, "09999"], "2026-Q3", date(2026, 9, 22))
    assert told["windows"] == []
    states = {
        ward["authority"]: (each["is_missing"], each["days_late"])
        for ward in told["wards"]
        for each in ward["windows"]
    }
    assert states == {WARD: (False, 4), "09999": (True, 5)}


def test_what_wards_answer_for_is_held_against_what_their_ledgers_say_now(log) -> None:
    """The sum of the frozen reports is the province's line."""
    freeze(log)
    record_late(log)
    told = statutory.statutory_report(log, [WARD, "09999"], "2026-Q3", "03/GQKN", None)
    (table,) = told["tables"]
    assert table["reported"]["sum"] == COUNTED["03/GQKN"]
    assert table["reported"]["missing"] == ["09999"]
    assert table["reported"]["differences"] == [
        {"authority": WARD, "column": 7, "was": 5, "now": 6},
        {"authority": WARD, "column": 8, "was": 1, "now": 2},
    ]
