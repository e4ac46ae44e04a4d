"""What a ward brings along from the reports of before, and that nothing of it counts twice."""

from dataclasses import replace
from datetime import date

import pytest

from services.reporting import statutory
from services.reporting.forms.declaration import CARRYING, FORMS
from services.reporting.forms.freezing import Report, freeze_report
from services.reporting.forms.reports import tables
from services.reporting.forms.taking_over import (
    OpeningBalance,
    RecordOpeningBalances,
    evolve,
    record_opening_balances,
)
from services.reporting.forms.windows import between, window
from services.reporting.replay import legal_day
from services.reporting.timeline import timeline
from shared.contracts.cases import Figures, Outcome
from shared.contracts.petitions import (
    Channel,
    Field,
    Party,
    PetitionClassified,
    PetitionReceived,
    Role,
)
from shared.contracts.reports import BalanceReason, OpeningBalanceRecorded
from shared.errors import Refused
from shared.ledger import flatten
from shared.memory_log import MemoryLog
from tests.support.counted_ward import KN, accepted, decided, events, taken
from tests.support.given_when_then import Specification
from tests.support.recording import record

WARD, OLD, FIRST, SECOND = "09253", window("2026-Q1"), window("2026-Q2"), window("2026-Q3")
STREAM = f"balance-{WARD}"
#: Q1 ends on 14 March 2026.
SEVEN = OpeningBalance(
    window=OLD,
    form="02/XLD",
    column=1,
    amount=7,
    source_number="41/BC-UBND",
    source_dated=date(2026, 3, 16),
)
RECORDED = OpeningBalanceRecorded(
    as_of=date(2026, 3, 14),
    period="2026-Q1",
    form="02/XLD",
    column=1,
    amount=7,
    source_number="41/BC-UBND",
    source_dated=date(2026, 3, 16),
)
balances = Specification(initial={}, evolve=evolve)


def asked(*rows):
    return RecordOpeningBalances(recorded_on=date(2026, 4, 1), balances=rows)


def figure(log, form, column, of=FIRST):
    return tables(flatten(list(log.after(WARD, 0))), of)[form].figures[column - 1]


def backlog(number, day):
    party = (Party(ref="p1", role=Role.PETITIONER),)
    received = PetitionReceived(received_on=day, channel=Channel.BACKLOG, parties=party)
    return f"petition-{number}", received


@pytest.fixture
def log():
    log = MemoryLog()
    record(log, WARD, STREAM, RECORDED)
    return log


# -- recording


def test_balances_are_recorded_together_and_once() -> None:
    money = replace(SEVEN, form="05/KQTH", column=3, amount=12_500_000)
    of_money = replace(RECORDED, form="05/KQTH", column=3, amount=12_500_000)
    both = asked(SEVEN, money)
    balances.given().when(record_opening_balances, both).then(RECORDED, of_money)
    balances.given(RECORDED, of_money).when(record_opening_balances, both).then()
    balances.given(RECORDED).when(record_opening_balances, both).then(of_money)


def test_a_correction_says_why_and_what_it_replaces() -> None:
    six = replace(SEVEN, amount=6, reason=BalanceReason.ENTERED_WRONGLY)
    corrected = replace(RECORDED, amount=6, was=7, reason=BalanceReason.ENTERED_WRONGLY)
    balances.given(RECORDED).when(record_opening_balances, asked(six)).then(corrected)
    balances.given(RECORDED, corrected).when(record_opening_balances, asked(six)).then()


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([replace(SEVEN, column=2)], "balance_not_carried"),
        ([SEVEN, replace(SEVEN, amount=9)], "balance_twice"),
        ([replace(SEVEN, amount=9)], "balance_differs"),
        ([replace(SEVEN, source_number="42/BC-UBND")], "balance_differs"),
        ([replace(SEVEN, column=1, window=SECOND)], "window_not_over"),
        (
            [replace(SEVEN, form="05/KQTH", reason=BalanceReason.ENTERED_WRONGLY)],
            "reason_without_balance",
        ),
    ],
)
def test_what_is_refused_leaves_nothing(rows, code) -> None:
    balances.given(RECORDED).when(record_opening_balances, asked(*rows)).then_refused(code)


# -- counting


def test_it_counts_from_the_window_that_begins_after_it_until_a_later_one() -> None:
    log = MemoryLog()
    record(log, WARD, STREAM, RECORDED)
    assert [figure(log, "02/XLD", 1, of) for of in (OLD, FIRST, SECOND)] == [0, 7, 7]
    assert figure(log, "02/XLD", 1, window("2026")) == 0  # the year began before
    later = replace(RECORDED, as_of=date(2026, 6, 14), period="2026-Q2", amount=2)
    record(log, WARD, STREAM, later)
    assert [figure(log, "02/XLD", 1, of) for of in (FIRST, SECOND)] == [7, 2]
    record(log, WARD, STREAM, replace(RECORDED, amount=5, was=7))  # the earlier one, corrected
    assert [figure(log, "02/XLD", 1, of) for of in (FIRST, SECOND)] == [5, 2]


def test_what_is_entered_as_a_backlog_counts_as_files_and_not_twice(log) -> None:
    for number in range(3):
        record(log, WARD, *backlog(f"b{number}", date(2026, 2, 1 + number)))
        assert figure(log, "02/XLD", 1) == 7
    record(log, WARD, *backlog("new", date(2026, 4, 1)))  # received after the day of the balance
    assert figure(log, "02/XLD", 1) == 8
    # One of the three is handled in the first window: it is no longer carried into the second.
    handled = PetitionClassified(
        classified_on=date(2026, 5, 4),
        kind=KN,
        field=Field.LAND,
        is_competent=True,
        meets_conditions=True,
    )
    record(log, WARD, "petition-b0", handled)
    assert [figure(log, "02/XLD", 1, of) for of in (FIRST, SECOND)] == [8, 7]
    for number in range(3, 9):  # in the end two more than the old report knew of
        record(log, WARD, *backlog(f"b{number}", date(2026, 2, 20)))
    assert figure(log, "02/XLD", 1) == 10


def test_money_of_old_decisions_that_are_entered_is_counted_off() -> None:
    """Left of the old report: 30 million. One decision is entered: 20 called for, 5 recovered."""
    log = MemoryLog()
    money = replace(RECORDED, form="05/KQTH", column=3, amount=30_000_000)
    record(log, WARD, STREAM, money, replace(money, column=1, amount=2))
    for stream, event in taken("k1", "01-05", "01-06", KN, Field.LAND):
        record(log, WARD, stream, event)
    stream, event = accepted("k1", "01-08", KN)
    record(log, WARD, stream, event)
    called = replace(
        decided("k1", "02-10", Outcome.JUSTIFIED)[1], calls_for=Figures(money_to_state=20_000_000)
    )
    record(log, WARD, "case-k1", called)
    assert figure(log, "05/KQTH", 1) == 2
    assert figure(log, "05/KQTH", 3) == 30_000_000


# -- lineage


def test_the_balance_itself_explains_its_part_of_a_figure(log) -> None:
    record(log, WARD, *backlog("b1", date(2026, 2, 1)))
    told = statutory.explain_figure(log, WARD, "02/XLD", 1, "2026-Q2", None)
    assert told["figure"] == 7
    of_file, of_balance = told["entries"]
    assert (of_file["case"], of_file["amount"], of_file["balance"]) == ("b1", 1, None)
    assert (of_balance["case"], of_balance["amount"]) == (None, 6)
    assert of_balance["balance"] == {
        "as_of": "2026-03-14",
        "period": "2026-Q1",
        "amount": 7,
        "entered": 1,
        "source_number": "41/BC-UBND",
        "source_dated": "2026-03-16",
    }
    (line,) = of_balance["events"]
    assert line["type"] == "OpeningBalanceRecorded"
    assert "41/BC-UBND" in line["sentence"]
    assert told["balance"]["old"] == "01/XLD [1]-[8]"


@pytest.mark.parametrize(
    ("form", "column"), [(f, c.number) for f in FORMS for c in FORMS[f].columns]
)
def test_cases_and_events_told_of_every_cell_add_up_to_its_figure(counted, form, column) -> None:
    told = statutory.explain_figure(counted, WARD, form, column, "2026-Q3", None)
    report = statutory.statutory_report(counted, [WARD], "2026-Q3", form, None)
    assert told["figure"] == report["tables"][0]["sum"][column - 1]
    assert sum(entry["amount"] for entry in told["entries"]) == told["figure"]
    assert all(entry["events"] for entry in told["entries"])
    brought = [entry for entry in told["entries"] if entry["case"] is None]
    assert [entry["amount"] for entry in brought] == ([3] if (form, column) in CARRYING else [])
    if told["unit"] == "one":
        assert (
            len(told["entries"]) - len(brought) + sum(e["amount"] for e in brought)
            == told["figure"]
        )


@pytest.fixture(scope="module")
def counted():
    """The ward that was counted by hand, with 3 brought along in every column that takes it."""
    log = MemoryLog()
    for stream, event in events():
        record(log, WARD, stream, event)
    before = tables(flatten(list(log.after(WARD, 0))), SECOND)
    for form, column in CARRYING:
        upto = statutory.read_ledger(log, WARD)
        entered = _carried(upto.events, form, column)
        balance = replace(
            RECORDED, form=form, column=column, amount=entered + 3, as_of=date(2026, 6, 14)
        )
        record(log, WARD, STREAM, balance)
    now = tables(flatten(list(log.after(WARD, 0))), SECOND)
    for form, column in CARRYING:
        assert now[form].figures[column - 1] == before[form].figures[column - 1] + 3
    return log


def _carried(told, form, column):
    """What the ledger alone carries from 14 to 15 June."""
    day = date(2026, 6, 15)
    return tables([each for each in told if legal_day(each) < day], between(day, day))[
        form
    ].figures[column - 1]


def test_a_frozen_report_is_counted_again_as_it_was_before_the_balance(log) -> None:
    """What is recorded after the checkpoint changes no frozen figure."""
    fresh = MemoryLog()
    record(fresh, WARD, *backlog("b1", date(2026, 5, 1)))
    frozen = statutory.freezing_of(
        fresh, WARD, "2026-Q2", date(2026, 6, 16), corrects=None, reason=None, personal=None
    )
    (event,) = freeze_report(frozen, Report())
    record(fresh, WARD, f"report-{frozen.report}", event)
    record(fresh, WARD, STREAM, RECORDED)
    assert figure(fresh, "02/XLD", 1) == 8
    told = statutory.recount(fresh, WARD, frozen.report)
    assert (told["same_ledger"], told["same_declaration"], told["differences"]) == (True, True, [])


def test_columns_that_take_a_balance_are_those_that_carry_over() -> None:
    named = {place for place in CARRYING if place[0] != "06/QLKNTC"}
    assert named == {
        (form.code, column.number)
        for form in FORMS.values()
        for column in form.columns
        if form.code != "06/QLKNTC"
        and ("before it and not" in column.counts or "before the window" in column.counts)
    }
    with pytest.raises(Refused):
        record_opening_balances(asked(replace(SEVEN, form="03/GQKN")), {})


def test_the_sentence_says_the_unit_and_what_was_corrected() -> None:
    log = MemoryLog()
    money = replace(RECORDED, form="05/KQTH", column=3, amount=12_500_000)
    why = {"was": 15_200_000, "reason": BalanceReason.ENTERED_WRONGLY}
    record(log, WARD, STREAM, replace(money, **why))
    (line,) = timeline(flatten(list(log.after(WARD, 0))))
    assert line["sentence"] == (
        "Ngày 14/03/2026: Số dư chuyển sang của biểu 05/KQTH cột 3 là 12.500.000 đồng, theo báo cáo"
        " số 41/BC-UBND ngày 16/03/2026, thay số 15.200.000 đồng do đã ghi sai."
    )
