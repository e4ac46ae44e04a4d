"""The import of a backlog: every row checked, all errors at once, a row known by its old number."""

import csv
from datetime import date, datetime
from io import BytesIO

import openpyxl
import pytest
from click.testing import CliRunner

from deploy import backlog
from deploy.backlog import COLUMNS, checked, table_of, template
from deploy.cli import main
from deploy.errors import BadInput
from services.intake.registration_schemas import REGISTER
from shared.wire import read

HEADINGS = [column.heading for column in COLUMNS]
GOOD = {
    "Số cũ": "12/2025",
    "Ngày nhận": "05/11/2025",
    "Người gửi": "Người Gửi Đơn",
    "Địa chỉ": "Tổ 4",
    "Loại đơn": "Khiếu nại",
    "Lĩnh vực": "đất đai",
    "Tóm tắt": "Về ranh giới thửa đất",
}


def as_csv(path, *rows, headings=HEADINGS, delimiter=","):
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file, delimiter=delimiter)
        lines.writerow(headings)
        lines.writerows([row.get(heading, "") for heading in headings] for row in rows)
    return path


def filled_in(path, *rows):
    """The template with these rows, as people save it."""
    book = openpyxl.load_workbook(BytesIO(template()))
    for row in rows:
        book.worksheets[0].append([row.get(heading) for heading in HEADINGS])
    book.save(path)
    return path


def told(problems):
    return [(each.row, each.column, each.message.partition(":")[0]) for each in problems]


def test_the_template_has_every_column_and_explains_it() -> None:
    book = openpyxl.load_workbook(BytesIO(template()))
    page, guide = book.worksheets
    assert [cell.value.removesuffix(" *") for cell in page[1]] == HEADINGS
    assert [row[0].value for row in guide.iter_rows(max_row=len(HEADINGS))] == HEADINGS
    assert len(page.data_validations.dataValidation) == 2


def test_a_filled_in_template_and_a_csv_make_the_same_petitions(tmp_path) -> None:
    typed = GOOD | {"Ngày nhận": datetime(2025, 11, 5), "Số người": 3}  # noqa: DTZ001 - a cell
    of_excel, wrong = checked(table_of(filled_in(tmp_path / "a.xlsx", typed)))
    assert wrong == []
    written = as_csv(tmp_path / "a.csv", GOOD | {"Số người": "3"}, delimiter=";")
    of_csv, wrong = checked(table_of(written))
    assert wrong == []
    assert of_excel == of_csv
    (entry,) = of_csv
    assert entry.payload == {
        "channel": "ton_dong",
        "received_on": "2025-11-05",
        "petitioners": [{"name": "Người Gửi Đơn", "address": "Tổ 4"}],
        "respondents": [],
        "people": 3,
        "claimed_kind": "khieu_nai",
        "claimed_field": "dat_dai",
        "subject": "Về ranh giới thửa đất",
        "content": "Về ranh giới thửa đất\n(Số cũ: 12/2025)",
    }
    assert read(REGISTER, entry.payload).received_on == date(2025, 11, 5)


def test_all_that_is_wrong_is_told_at_once_with_row_and_column(tmp_path) -> None:
    rows = [
        GOOD,
        GOOD | {"Số cũ": "13", "Ngày nhận": "31/02/2025", "Số định danh": "12345"},
        GOOD | {"Số cũ": "", "Loại đơn": "xin phép", "Tóm tắt": ""},
        GOOD | {"Số cũ": " 12/2025", "Người gửi": "", "Số người": "vài"},
        GOOD | {"Số cũ": "14", "Ngày nhận": "01/01/2999", "Số bản gốc": "99999"},
    ]
    entries, problems = checked(table_of(as_csv(tmp_path / "b.csv", *rows)))
    assert [entry.row for entry in entries] == [2, 3, 5, 6]
    assert told(problems) == [
        (3, "Ngày nhận", "invalid_date"),
        (3, "Số định danh", "invalid_id_number"),
        (4, "Số cũ", "missing"),
        (4, "Loại đơn", "not_in_list"),
        (4, "Tóm tắt", "missing"),
        (5, "Số cũ", "repeated"),
        (5, "Người gửi", "missing"),
        (5, "Số người", "wrong_type"),
        (6, "Ngày nhận", "date_in_future"),
        (6, "Số bản gốc", "out_of_range"),
    ]
    messages = " ".join(problem.message for problem in problems)
    assert "12345" not in messages
    assert "xin phép" not in messages


def test_a_nameless_petition_can_be_imported(tmp_path) -> None:
    nameless = GOOD | {"Người gửi": "", "Địa chỉ": ""}
    (entry,), wrong = checked(table_of(as_csv(tmp_path / "c.csv", nameless)))
    assert wrong == []
    assert entry.payload["petitioners"] == []


def test_a_row_is_known_by_its_old_number_wherever_it_stands(tmp_path) -> None:
    other = GOOD | {"Số cũ": "99"}
    one, _ = checked(table_of(as_csv(tmp_path / "d.csv", GOOD, other)))
    two, _ = checked(table_of(as_csv(tmp_path / "e.csv", other, {}, GOOD | {"Số cũ": "12/2025 "})))
    assert {entry.batch: entry.payload for entry in one} == {
        entry.batch: entry.payload for entry in two
    }
    assert len({entry.batch for entry in one}) == 2
    assert "12/2025" not in one[0].batch


def test_rows_without_anything_are_passed_over(tmp_path) -> None:
    assert [row for row, _ in table_of(as_csv(tmp_path / "f.csv", {}, GOOD, {}))] == [3]


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        (HEADINGS[:-1], "thiếu cột Số bản gốc"),
        ([*HEADINGS, "Ghi chú"], "không có cột Ghi chú"),
        ([*HEADINGS, "Số cũ"], "cột Số cũ có hai lần"),
    ],
)
def test_a_table_that_is_no_template_is_told_so(tmp_path, headings, said) -> None:
    with pytest.raises(BadInput, match=said):
        table_of(as_csv(tmp_path / "g.csv", GOOD, headings=headings))


@pytest.mark.parametrize(
    ("name", "content"),
    [("h.xlsx", b"no workbook"), ("h.csv", b"\xff\xfe\x00"), ("h.ods", b"")],
)
def test_a_file_that_cannot_be_read_is_told_so(tmp_path, name, content) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput, match=name):
        table_of(tmp_path / name)


def test_too_many_rows_are_refused_whole(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(backlog, "MOST_ROWS", 1)
    with pytest.raises(BadInput, match="nhiều hơn 1 dòng"):
        table_of(as_csv(tmp_path / "i.csv", GOOD, GOOD))


def test_the_command_checks_without_a_stack_and_writes_the_template(tmp_path) -> None:
    path = tmp_path / "mau.xlsx"
    assert CliRunner().invoke(main, ["import", "--template", str(path)]).exit_code == 0
    assert openpyxl.load_workbook(path).worksheets[0].max_row == 1
    good = as_csv(tmp_path / "j.csv", GOOD)
    assert CliRunner().invoke(main, ["import", str(good), "--check"]).exit_code == 0
    bad = as_csv(tmp_path / "k.csv", GOOD | {"Ngày nhận": "hôm qua"})
    answer = CliRunner().invoke(main, ["import", str(bad)])
    assert answer.exit_code == 1
    assert "Ngày nhận" in answer.output
    assert "chưa nhập dòng nào" in answer.output
