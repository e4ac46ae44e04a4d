"""The table of opening balances: every row checked, all errors at once, with row and column."""

import csv
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from click.testing import CliRunner

from deploy import balances
from deploy.backlog import table_of
from deploy.balances import COLUMNS, checked, differing, template
from deploy.cli import main
from services.reporting.forms.declaration import CARRYING

TODAY = date(2026, 4, 1)
GOOD = {
    "Biểu": "02/XLD",
    "Cột": 1,
    "Kỳ báo cáo cũ": "2025",
    "Số dư": "1.250",
    "Số báo cáo cũ": "412/BC-UBND",
    "Ngày báo cáo cũ": "16/12/2025",
}
SENT = {
    "form": "02/XLD",
    "column": 1,
    "period": "2025",
    "amount": 1250,
    "source_number": "412/BC-UBND",
    "source_dated": "2025-12-16",
}


def read(*rows):
    entries, problems = checked(enumerate(rows, start=2), TODAY)
    return [dict(each.payload) for each in entries], [
        (each.row, each.column, each.message.partition(":")[0]) for each in problems
    ]


def test_the_template_has_a_row_for_each_column_that_carries_over(tmp_path) -> None:
    path = tmp_path / "so-du.xlsx"
    path.write_bytes(template())
    rows = table_of(path, COLUMNS)
    assert [(cells["Biểu"], cells["Cột"]) for _, cells in rows] == [
        (form, number) for form, number in CARRYING
    ]
    assert rows[0][1]["Theo biểu cũ"] == "01/XLD [1]-[8]"
    assert checked(rows, TODAY) == ([], [])  # as it is, nobody has filled anything in


def test_a_filled_in_template_and_a_csv_say_the_same(tmp_path) -> None:
    book = openpyxl.load_workbook(BytesIO(template()))
    headings = [column.heading for column in COLUMNS]
    for heading, value in GOOD.items():
        book.worksheets[0].cell(2, headings.index(heading) + 1, value)
    book.save(tmp_path / "a.xlsx")
    with (tmp_path / "a.csv").open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file, delimiter=";")
        lines.writerow(headings)
        lines.writerow([GOOD.get(heading, "") for heading in headings])
    for name in ("a.xlsx", "a.csv"):
        entries, problems = checked(table_of(tmp_path / name, COLUMNS), TODAY)
        assert ([dict(each.payload) for each in entries], problems) == ([SENT], [])


@pytest.mark.parametrize(
    ("typed", "dong"),
    [
        ("12,5", 12_500_000),
        ("1.250,000001", 1_250_000_001),
        (12.5, 12_500_000),
        (3, 3_000_000),
        ("0", 0),
    ],
)
def test_money_is_typed_in_million_dong_as_people_write_it(typed, dong) -> None:
    decision = GOOD | {"Biểu": "05/KQTH", "Cột": 1, "Số dư": 1}
    entries, problems = read(decision, GOOD | {"Biểu": "05/KQTH", "Cột": 3, "Số dư": typed})
    assert (entries[1]["amount"], problems) == (dong, [])


def test_all_that_is_wrong_is_told_at_once() -> None:
    later = GOOD | {"Kỳ báo cáo cũ": "2026-Q1"}
    _, problems = read(
        GOOD,
        GOOD,
        later | {"Số dư": "12.5"},
        later | {"Số dư": "-1", "Biểu": "07/XX"},
        later | {"Cột": 2, "Ngày báo cáo cũ": "31/02/2026"},
        later | {"Kỳ báo cáo cũ": "2026", "Số dư": "1,5"},
        later | {"Kỳ báo cáo cũ": "quý 1", "Lý do sửa": "nhầm"},
        {"Biểu": "05/KQTH", "Cột": 3, "Số dư": 5},
        later | {"Biểu": "05/KQTH", "Cột": 18, "Số dư": 5},
    )
    assert problems == [
        (3, "Cột", "repeated"),
        (4, "Số dư", "no_amount"),
        (5, "Biểu", "unknown_form"),
        (5, "Số dư", "no_amount"),
        (6, "Cột", "balance_not_carried"),
        (6, "Ngày báo cáo cũ", "invalid_date"),
        (7, "Kỳ báo cáo cũ", "window_not_over"),
        (7, "Số dư", "no_amount"),
        (8, "Kỳ báo cáo cũ", "unknown_period"),
        (8, "Lý do sửa", "not_in_list"),
        (9, "Kỳ báo cáo cũ", "missing"),
        (9, "Số báo cáo cũ", "missing"),
        (9, "Ngày báo cáo cũ", "missing"),
        (10, "Số dư", "without_decision"),
    ]


def test_what_is_recorded_already_is_changed_only_with_a_reason() -> None:
    recorded = [SENT | {"as_of": "2025-12-14"}]

    def against(known, **typed):
        entries, problems = checked([(2, GOOD | typed)], TODAY)
        assert problems == []
        return [(each.column, each.message.partition(":")[0]) for each in differing(entries, known)]

    assert against(recorded) == []
    assert against(recorded, **{"Số dư": 3}) == [("Số dư", "balance_differs")]
    assert against(recorded, **{"Số dư": 3, "Lý do sửa": "Đã ghi sai"}) == []
    assert against([], **{"Lý do sửa": "đã ghi sai"}) == [("Lý do sửa", "reason_without_balance")]


def test_the_command_checks_without_a_stack_and_the_backlog_keeps_its_name(tmp_path) -> None:
    path = tmp_path / "so-du.xlsx"
    run = CliRunner().invoke
    assert run(main, ["import", "opening-balances", "--template", str(path)]).exit_code == 0
    told = run(main, ["import", "opening-balances", "--check", str(path)])
    assert (told.exit_code, "0 dòng" in told.output) == (0, True)
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["G2"] = "nhiều"
    book.save(path)
    told = run(main, ["import", "opening-balances", "--check", "--json", str(path)])
    assert told.exit_code == 1
    assert "no_amount" in told.output
    backlog = tmp_path / "ton-dong.xlsx"
    assert run(main, ["import", "--template", str(backlog)]).exit_code == 0
    assert run(main, ["import", "backlog", "--check", str(backlog)]).exit_code == 0
    assert balances.AMOUNT.heading not in [
        cell.value for cell in openpyxl.load_workbook(backlog)["Danh sách"][1]
    ]
