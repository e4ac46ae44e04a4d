"""A register as a workbook, laid out to be printed: A4 landscape, the head on every page; pure."""

import textwrap
from collections.abc import Iterable, Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from services.reporting.documents.books import Book
from services.reporting.forms.windows import Window

_LETTERS = "Times New Roman"
_LINE = Side(style="thin")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LEFT = Alignment(horizontal="left", vertical="top", wrap_text=True)
_HEAD = 5  # row with the headings; under it the numbers
_NARROW, _WIDE = 6.0, 16.0  # of columns, in characters
_TALL, _SIGNS = 15.0, 19  # points of a line of 11; signs on it in a wide column


def workbook(book: Book, window: Window, issuer: str, rows: Iterable[Sequence[str]]) -> bytes:
    """The register with a row for each line."""
    made = Workbook()
    page = made.active
    assert isinstance(page, Worksheet)
    page.title = book.title.capitalize()
    width = len(book.columns)
    _title(page, 1, issuer.upper(), width, bold=True)
    _title(page, 2, book.title, width, bold=True)
    _title(page, 3, window.days.capitalize(), width)
    _title(page, 4, f"({book.form})" if book.form else "", width)
    for column in book.columns:
        _put(page, _HEAD, column.number, column.heading, bold=True, align=_MIDDLE)
        _put(page, _HEAD + 1, column.number, f"({column.number})", align=_MIDDLE)
        letter = get_column_letter(column.number)
        page.column_dimensions[letter].width = _NARROW if column.number == 1 else _WIDE
    for place, row in enumerate(rows, start=_HEAD + 2):
        for number, text in enumerate(row, start=1):
            _put(page, place, number, text)
        page.row_dimensions[place].height = _TALL * max(map(_lines, row), default=1)
    _set_up(page, width)
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def _lines(text: str) -> int:
    """Lines of a wrapped cell; a file without heights is printed with one line a row."""
    wide = (len(textwrap.wrap(part, _SIGNS)) or 1 for part in text.splitlines())
    return max(1, sum(wide))


def _set_up(page: Worksheet, width: int) -> None:
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_title_rows = f"{_HEAD}:{_HEAD + 1}"
    page.print_title_cols = f"A:{get_column_letter(min(width, 2))}"
    page.row_dimensions[_HEAD].height = 64
    page.freeze_panes = f"A{_HEAD + 2}"


def _title(page: Worksheet, row: int, text: str, width: int, *, bold: bool = False) -> None:
    cell = page.cell(row, 1, text)
    cell.font, cell.alignment = Font(name=_LETTERS, size=13, bold=bold), _MIDDLE
    page.merge_cells(start_row=row, start_column=1, end_row=row, end_column=width)


def _put(
    page: Worksheet,
    row: int,
    column: int,
    text: str,
    *,
    bold: bool = False,
    align: Alignment = _LEFT,
) -> None:
    cell = page.cell(row, column, text)
    cell.data_type = "s"  # text that begins with "=" is no formula
    cell.font, cell.alignment, cell.border = (
        Font(name=_LETTERS, size=11, bold=bold),
        align,
        _BOX,
    )
