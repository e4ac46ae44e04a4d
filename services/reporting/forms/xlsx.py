"""A form as a workbook, laid out as the circular prints it.

(Thông tư 06/2025/TT-TTCP, appendix; page and letters by Nghị định 30/2020/NĐ-CP, appendix I: A4
landscape, Times New Roman. The circular prints no paper size: our reading, C.) Money in triệu đồng.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from textwrap import wrap

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from services.reporting.forms.declaration import Column, Form
from services.reporting.forms.layout import depth, headings, numbered
from services.reporting.forms.windows import Window

MILLION = 1_000_000
_LETTERS = "Times New Roman"
_LINE = Side(style="thin")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
_UNIT_WIDTH, _NARROW, _WIDE = 22.0, 7.5, 13.0  # of columns, in characters
_LINE_HEIGHT = 14.0  # points


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One row of figures (Đơn vị)."""

    unit: str
    figures: Sequence[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """What is printed on one form."""

    form: Form
    window: Window
    issuer: str  # the body that reports
    lines: tuple[Line, ...]
    number: str | None = None  # of the report that the table belongs to (Kèm theo Báo cáo số)
    dated: date | None = None
    remarks: str = ""


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """One sheet for each form."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    for number, sheet in enumerate(sheets):
        page = first if number == 0 else book.create_sheet()
        page.title = sheet.form.code.replace("/", "-")
        _print(page, sheet)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def printed(column: Column, figure: int) -> int | float:
    """The figure in the unit of the printed form: money in triệu đồng."""
    if column.unit != "dong":
        return figure
    return figure // MILLION if figure % MILLION == 0 else figure / MILLION


def _print(page: Worksheet, sheet: Sheet) -> None:
    width = len(sheet.form.columns) + 1
    row = _title(page, sheet, width)
    row = _head(page, sheet.form, row)
    row = _rows(page, sheet, row)
    row = _remarks(page, sheet, row, width)
    _signature(page, row + 1, width)
    _page(page, sheet.form, row)


def _title(page: Worksheet, sheet: Sheet, width: int) -> int:
    """The lines above the table; tells the row that follows."""
    dated = sheet.dated
    day = f"ngày {dated:%d} tháng {dated:%m} năm {dated:%Y}" if dated else "ngày … tháng … năm …"
    half = max(2, width // 3)
    _put(page, 1, 1, sheet.issuer.upper(), bold=True, to=half, align=_MIDDLE)
    _put(page, 1, width - half + 1, f"Biểu số: {sheet.form.code}", bold=True, to=width)
    lines = (
        (sheet.form.title, True, False),
        (f"Số liệu tính {sheet.window.days}", False, True),
        (f"(Kèm theo Báo cáo số: {sheet.number or '…'} {day} của {sheet.issuer})", False, True),
    )
    for row, (text, bold, italic) in enumerate(lines, start=2):
        _put(page, row, 1, text, bold=bold, italic=italic, to=width)
    if any(column.unit in ("dong", "m2") for column in sheet.form.columns):
        _put(page, 5, 1, "Đơn vị tính: tiền: triệu đồng (Trđ); đất: m2", italic=True, to=width)
    return 6


def _head(page: Worksheet, form: Form, row: int) -> int:
    deep = depth(form)
    _put(page, row, 1, "Đơn vị", bold=True, down=row + deep - 1, box=True)
    for cell in headings(form):
        _put(
            page,
            row + cell.top - 1,
            cell.left + 1,
            cell.text,
            bold=True,
            to=cell.right + 1,
            down=row + cell.bottom - 1,
            box=True,
        )
    numbers = row + deep
    _put(page, numbers, 1, "MS", italic=True, box=True)
    for column in form.columns:
        _put(page, numbers, column.number + 1, numbered(column), italic=True, box=True)
    return numbers + 1


def _rows(page: Worksheet, sheet: Sheet, row: int) -> int:
    lines = list(sheet.lines)
    if len(lines) > 1:
        total = [sum(pair) for pair in zip(*(line.figures for line in lines), strict=True)]
        lines.append(Line(unit="Tổng cộng", figures=total))
    for line in lines:
        is_total = line is not lines[0] and line is lines[-1]
        _put(page, row, 1, line.unit, bold=is_total, box=True, align=_LEFT)
        for column, figure in zip(sheet.form.columns, line.figures, strict=True):
            value = printed(column, figure)
            _put(page, row, column.number + 1, value, bold=is_total, box=True)
            page.cell(row, column.number + 1).number_format = (
                "#,##0" if isinstance(value, int) else "#,##0.######"
            )
        row += 1
    return row


def _remarks(page: Worksheet, sheet: Sheet, row: int, width: int) -> int:
    text = f"{sheet.form.note_line}. Ghi chú: {sheet.remarks}".rstrip()
    _put(page, row, 1, text, to=width, box=True, align=_LEFT)
    if sheet.form.notes:
        row += 1
        _put(page, row, 1, sheet.form.notes, italic=True, to=width, align=_LEFT)
    return row + 1


def _signature(page: Worksheet, row: int, width: int) -> None:
    half = width // 2
    _put(page, row, half + 1, "…, ngày … tháng … năm …", italic=True, to=width)
    _put(page, row + 1, 1, "NGƯỜI LẬP BIỂU", bold=True, to=half)
    _put(page, row + 1, half + 1, "THỦ TRƯỞNG CƠ QUAN, ĐƠN VỊ", bold=True, to=width)
    _put(page, row + 2, 1, "(Ký, ghi rõ họ tên)", italic=True, to=half)
    _put(page, row + 2, half + 1, "(Ký, đóng dấu, ghi rõ họ tên)", italic=True, to=width)


def _page(page: Worksheet, form: Form, last_row: int) -> None:
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_margins.left, page.page_margins.right = 0.6, 0.6  # inches: 15 mm
    page.page_margins.top = page.page_margins.bottom = 0.8
    page.print_title_rows = f"6:{6 + depth(form)}"
    page.column_dimensions["A"].width = _UNIT_WIDTH
    for column in form.columns:
        page.column_dimensions[get_column_letter(column.number + 1)].width = _width(column)
    for row, height in enumerate(_heights(form), start=6):
        page.row_dimensions[row].height = height
    page.freeze_panes = f"B{7 + depth(form)}"


def _width(column: Column) -> float:
    return _WIDE if column.unit == "dong" else _NARROW


def _heights(form: Form) -> list[float]:
    """Of the rows of the head and of the numbers, in points: so that no heading is cut off."""
    deep = depth(form)
    heights = [_LINE_HEIGHT] * deep
    for cell in sorted(headings(form), key=lambda cell: cell.bottom - cell.top):
        width = sum(_width(column) for column in form.columns[cell.left - 1 : cell.right])
        lacking = _lines(cell.text, width) - sum(heights[cell.top - 1 : cell.bottom])
        heights[cell.bottom - 1] += max(0.0, lacking)
    return [*heights, max(_lines(numbered(column), _width(column)) for column in form.columns)]


def _lines(text: str, width: float) -> float:
    # Bold capitals are wider than the digit in which widths are counted.
    return _LINE_HEIGHT * (len(wrap(text, max(1, int(width * 0.85)))) + 0.3)


def _put(
    page: Worksheet,
    row: int,
    column: int,
    value: str | int | float,
    *,
    bold: bool = False,
    italic: bool = False,
    to: int | None = None,
    down: int | None = None,
    box: bool = False,
    align: Alignment = _MIDDLE,
) -> None:
    """One value, merged as far as column `to` and row `down`."""
    last_column, last_row = to or column, down or row
    cell = page.cell(row, column, value)
    cell.font = Font(name=_LETTERS, size=11, bold=bold, italic=italic)
    cell.alignment = align
    if box:
        for line in page.iter_rows(row, last_row, column, last_column):
            for each in line:
                each.border = _BOX
    if (last_row, last_column) != (row, column):
        page.merge_cells(
            start_row=row, start_column=column, end_row=last_row, end_column=last_column
        )
