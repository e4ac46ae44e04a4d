"""The printed forms: heads, numbers, figures in the printed unit, and the page."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from services.reporting.forms.declaration import FORMS
from services.reporting.forms.layout import Cell, depth, headings, numbered
from services.reporting.forms.windows import window
from services.reporting.forms.xlsx import Line, Sheet, printed, workbook
from tests.support.counted_ward import COUNTED


def printed_book(*codes, units=("Phường Nhân Hòa",)):
    sheets = [
        Sheet(
            form=FORMS[code],
            window=window("2026-Q3"),
            issuer="UBND phường Nhân Hòa",
            lines=tuple(Line(unit=unit, figures=COUNTED[code]) for unit in units),
            number="15/BC-UBND",
            dated=date(2026, 9, 17),
        )
        for code in codes
    ]
    return load_workbook(BytesIO(workbook(sheets)))


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.code)
def test_the_head_covers_every_cell_over_the_numbers_once(form) -> None:
    covered = [
        (row, column)
        for cell in headings(form)
        for row in range(cell.top, cell.bottom + 1)
        for column in range(cell.left, cell.right + 1)
    ]
    every = [
        (row, column)
        for row in range(1, depth(form) + 1)
        for column in range(1, len(form.columns) + 1)
    ]
    assert sorted(covered) == every


def test_headings_are_merged_as_the_circular_prints_them() -> None:
    told = headings(FORMS["02/XLD"])
    assert Cell("Tổng số đơn", 1, 4, 1, 1) in told
    assert Cell("Số đơn thuộc thẩm quyền", 1, 4, 4, 4) in told
    assert Cell("Số đơn thuộc thẩm quyền", 1, 1, 6, 22) in told
    assert Cell("Tố cáo", 2, 2, 12, 18) in told
    assert Cell("Phân loại theo lĩnh vực", 3, 3, 15, 18) in told
    assert Cell("Tham nhũng", 4, 4, 16, 16) in told


def test_the_row_of_numbers_has_the_formulas() -> None:
    assert [numbered(column) for column in FORMS["01/TCD"].columns[:5]] == [
        "1=5+11+17",
        "2=6+12+18",
        "3=7+13+19",
        "4=8+14+20",
        "5",
    ]
    assert numbered(FORMS["02/XLD"].columns[5]) == "6=7+8=9+10+11"


@pytest.mark.parametrize("code", FORMS)
def test_a_printed_form_reads_as_the_circular_has_it(code) -> None:
    form, (page,) = FORMS[code], printed_book(code).worksheets
    values = [str(cell.value) for row in page.iter_rows() for cell in row if cell.value is not None]
    assert f"Biểu số: {code}" in values
    assert form.title in values
    assert "Số liệu tính từ ngày 15/06/2026 đến ngày 14/09/2026" in values
    told = "(Kèm theo Báo cáo số: 15/BC-UBND ngày 17 tháng 09 năm 2026 của UBND phường Nhân Hòa)"
    assert told in values
    assert f"{form.note_line}. Ghi chú:" in values
    assert "MS" in values
    assert "THỦ TRƯỞNG CƠ QUAN, ĐƠN VỊ" in values
    assert page.page_setup.orientation == "landscape"
    fonts = {cell.font.name for row in page.iter_rows() for cell in row if cell.value is not None}
    assert fonts == {"Times New Roman"}
    row = 6 + depth(form) + 1
    assert page.cell(row, 1).value == "Phường Nhân Hòa"
    shown = [page.cell(row, column.number + 1).value for column in form.columns]
    assert shown == [
        printed(column, figure) for column, figure in zip(form.columns, COUNTED[code], strict=True)
    ]


def test_money_is_printed_in_million_dong_and_keeps_its_dong() -> None:
    column = FORMS["03/GQKN"].columns[12]
    assert (column.unit, printed(column, 15_000_000)) == ("dong", 15)
    assert printed(column, 1_250_500) == 1.2505
    assert printed(FORMS["03/GQKN"].columns[13], 1_250_500) == 1_250_500


def test_all_six_forms_go_into_one_book_and_many_wards_are_added_up() -> None:
    book = printed_book(*FORMS, units=("Phường A", "Phường B"))
    assert book.sheetnames == [code.replace("/", "-") for code in FORMS]
    page, row = book["01-TCD"], 6 + depth(FORMS["01/TCD"]) + 1
    assert [page.cell(row + step, 1).value for step in range(3)] == [
        "Phường A",
        "Phường B",
        "Tổng cộng",
    ]
    assert page.cell(row + 2, 2).value == 2 * COUNTED["01/TCD"][0]
