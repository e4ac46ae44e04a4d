"""Reading a backlog (hồ sơ tồn đọng) from a table that people filled in: every row is checked.

A row is known by its old number: sent again it is found and stored once, in whatever order or
company it comes. What a row says of people stays in memory and in the request; no message holds it.
"""

import csv
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from deploy.errors import BadInput
from services.intake.registration_schemas import REGISTER
from services.reporting.words import FIELDS, KINDS
from shared.contracts.petitions import Channel
from shared.errors import Malformed
from shared.wire import read

MOST_ROWS: Final = 10_000
_HEAD = 1  # the row with the headings


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column of the template."""

    heading: str
    path: str  # of the field of `register_petition` that it fills
    help: str
    is_required: bool = False
    words: Mapping[str, str] | None = None  # code -> what people write


OLD_NUMBER: Final = Column(
    heading="Số cũ",
    path="old_number",
    help="Số của hồ sơ trong sổ cũ; mỗi hồ sơ một số, để nhập lại không bị trùng.",
    is_required=True,
)
COLUMNS: Final = (
    OLD_NUMBER,
    Column(
        heading="Ngày nhận",
        path="received_on",
        help="Ngày nhận đơn trước đây, dạng 31/12/2025; thời hạn tính từ ngày này.",
        is_required=True,
    ),
    Column(
        heading="Cơ quan chuyển",
        path="transferred_by",
        help="Cơ quan đã chuyển đơn đến, không ghi tên người; để trống nếu người dân gửi thẳng.",
    ),
    Column(
        heading="Cơ quan chuyển nhận ngày",
        path="first_received_on",
        help="Ngày cơ quan đó nhận đơn; thời hạn của phường, xã không tính từ ngày này.",
    ),
    Column(heading="Người gửi", path="petitioners.0.name", help="Để trống nếu nặc danh."),
    Column(heading="Địa chỉ", path="petitioners.0.address", help="Địa chỉ người gửi."),
    Column(heading="Số định danh", path="petitioners.0.id_number", help="9 hoặc 12 chữ số."),
    Column(heading="Điện thoại", path="petitioners.0.phone", help="Điện thoại người gửi."),
    Column(heading="Số người", path="people", help="Số người đứng đơn; để trống là một."),
    Column(
        heading="Người bị khiếu nại, tố cáo",
        path="respondents.0.name",
        help="Người, cơ quan bị khiếu nại, tố cáo.",
    ),
    Column(heading="Loại đơn", path="claimed_kind", help="Theo người gửi.", words=KINDS),
    Column(heading="Lĩnh vực", path="claimed_field", help="Theo người gửi.", words=FIELDS),
    Column(
        heading="Tóm tắt",
        path="subject",
        help="Một câu về nội dung đơn.",
        is_required=True,
    ),
    Column(heading="Nội dung", path="content", help="Để trống thì lấy phần tóm tắt."),
    Column(heading="Tổ dân phố", path="neighbourhood", help="Mã tổ dân phố, ví dụ tdp-4."),
    Column(heading="Số bản gốc", path="originals", help="Số bản gốc giấy tờ kèm theo đơn."),
)
_DAYS = ("received_on", "first_received_on")
_NUMBERS = ("people", "originals")


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """What is wrong in one cell; never what stands in it."""

    row: int  # as the table numbers them, from 1
    column: str  # heading
    message: str  # "code: câu tiếng Việt"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Entry:
    """One row that can be sent."""

    row: int
    old_number: str
    payload: Mapping[str, Any]

    @property
    def batch(self) -> str:
        """The name under which intake knows it, made of the old number alone."""
        return f"so-cu.{hashlib.sha256(plain(self.old_number).encode()).hexdigest()[:32]}"


Cells = Mapping[str, Any]  # heading -> what stands in the cell


def table_of(path: Path, columns: Sequence[Column] = COLUMNS) -> list[tuple[int, Cells]]:
    """The rows that are not empty, with their numbers.

    Raises: BadInput: no table that can be read, or headings that are missing or unknown.
    """
    match path.suffix.lower():
        case ".xlsx":
            lines = _of_workbook(path)
        case ".csv":
            lines = _of_csv(path)
        case _:
            raise BadInput(f"{path.name}: hãy dùng tệp .xlsx hoặc .csv")
    headings = [_heading(cell) for cell in lines[0]] if lines else []
    known = {column.heading for column in columns}
    missing = [each.heading for each in columns if each.heading not in headings]
    unknown = [each for each in headings if each and each not in known]
    twice = {each for each in headings if each and headings.count(each) > 1}
    if missing or unknown or twice:
        told = [f"thiếu cột {each}" for each in missing]
        told += [f"không có cột {each} trong mẫu" for each in unknown]
        told += [f"cột {each} có hai lần" for each in sorted(twice)]
        raise BadInput(f"{path.name}: {'; '.join(told)}")
    if len(lines) - 1 > MOST_ROWS:
        raise BadInput(f"{path.name}: nhiều hơn {MOST_ROWS} dòng; hãy chia thành nhiều tệp")
    rows = [
        (number, dict(zip(headings, line, strict=False)))
        for number, line in enumerate(lines[1:], start=_HEAD + 1)
    ]
    return [(number, cells) for number, cells in rows if any(map(text_of, cells.values()))]


def checked(rows: Iterable[tuple[int, Cells]]) -> tuple[list[Entry], list[Problem]]:
    """Every row as it would be sent, and everything that is wrong in any of them."""
    entries: list[Entry] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for number, cells in rows:
        payload = _payload(cells)
        old_number = payload.pop(OLD_NUMBER.path, None)
        problems += _wrong(number, cells, payload)
        if old_number is None:
            told = "missing: Thiếu số cũ."
            problems.append(Problem(row=number, column=OLD_NUMBER.heading, message=told))
            continue
        if first := seen.get(plain(old_number)):
            told = f"repeated: Số cũ này đã có ở dòng {first}."
            problems.append(Problem(row=number, column=OLD_NUMBER.heading, message=told))
        seen.setdefault(plain(old_number), number)
        entries.append(Entry(row=number, old_number=old_number, payload=payload))
    return entries, sorted(problems, key=lambda each: (each.row, _place(each.column)))


def _wrong(number: int, cells: Cells, payload: Mapping[str, Any]) -> list[Problem]:
    try:
        read(REGISTER, payload)
    except Malformed as malformed:
        return [
            Problem(row=number, column=_column(path), message=message)
            for path, messages in malformed.errors.items()
            for message in messages
            if path != "content" or text_of(cells.get("Nội dung"))  # else told of the summary
        ]
    return []


def _payload(cells: Cells) -> dict[str, Any]:
    """As `register_petition` takes it, with `old_number`; what is wrong is left for the check."""
    payload: dict[str, Any] = {
        "channel": Channel.BACKLOG.value,
        "petitioners": [],
        "respondents": [],
    }
    for column in COLUMNS:
        if (value := _value(column, cells.get(column.heading))) is None:
            continue
        name, _, part = column.path.partition(".0.")
        if not part:
            payload[name] = value
        elif payload[name]:
            payload[name][0][part] = value
        else:
            payload[name].append({part: value})
    content = payload.get("content") or payload.get("subject")
    if content is not None:
        payload["content"] = f"{content}\n(Số cũ: {payload.get(OLD_NUMBER.path)})"
    return payload


def _value(column: Column, cell: Any) -> Any:
    text = text_of(cell)
    if not text:
        return None
    if column.path in _DAYS:
        return day_of(text)
    if column.path in _NUMBERS:
        return int(text) if re.fullmatch(r"\d{1,9}", text) else text
    if column.words:
        codes = {plain(word): code for code, word in column.words.items()}
        return codes.get(plain(text), text)
    return text


def text_of(cell: Any) -> str:
    """What people see in the cell."""
    match cell:
        case None:
            return ""
        case datetime() | date():
            return f"{cell:%d/%m/%Y}"
        case float() if cell.is_integer():
            return str(int(cell))
    return unicodedata.normalize("NFC", str(cell)).strip()


def day_of(text: str) -> str:
    """`31/12/2025` as `2025-12-31`; anything else as it is, to be refused."""
    if found := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text):
        day, month, year = found.groups()
        return f"{year}-{month:0>2}-{day:0>2}"
    return text


def plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _heading(cell: Any) -> str:
    return text_of(cell).removesuffix("*").strip()


def _column(path: str) -> str:
    """The heading of the column that fills this field."""
    exact = next((each.heading for each in COLUMNS if each.path == path), None)
    side = path.split(".")[0]
    return exact or next((c.heading for c in COLUMNS if c.path.startswith(side)), path)


def _place(heading: str) -> int:
    headings = [column.heading for column in COLUMNS]
    return headings.index(heading) if heading in headings else len(headings)


def _of_workbook(path: Path) -> list[Sequence[Any]]:
    try:
        book = load_workbook(path, read_only=True, data_only=True)
        rows = islice(book.worksheets[0].iter_rows(values_only=True), MOST_ROWS + 2)
        return [tuple(row) for row in rows]
    except (BadZipFile, InvalidFileException, OSError, KeyError, ValueError) as error:
        raise BadInput(f"{path.name}: không đọc được tệp Excel") from error


def _of_csv(path: Path) -> list[Sequence[Any]]:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path.name}: không đọc được tệp; hãy lưu dạng CSV UTF-8") from error
    first = text.partition("\n")[0]
    mark = ";" if first.count(";") > first.count(",") else ","
    return list(islice(csv.reader(text.splitlines(), delimiter=mark), MOST_ROWS + 2))


# -- the template


def template(columns: Sequence[Column] = COLUMNS, rows: Iterable[Sequence[object]] = ()) -> bytes:
    """A table with its headings, lists of words and first rows, and a sheet that explains them."""
    book = Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    page.title = "Danh sách"
    guide = book.create_sheet("Hướng dẫn")
    for number, column in enumerate(columns, start=1):
        letter = get_column_letter(number)
        cell = page.cell(
            _HEAD, number, f"{column.heading} *" * column.is_required or column.heading
        )
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDEBF7")
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        page.column_dimensions[letter].width = 22
        # Text, so that Excel keeps the zeros at the beginning of a number.
        page.column_dimensions[letter].number_format = "@"
        if column.words:
            _offer(page, guide, letter, number, list(column.words.values()))
        words = f" Ghi một trong: {'; '.join(column.words.values())}." if column.words else ""
        must = "Bắt buộc. " if column.is_required else ""
        guide.cell(number, 1, column.heading)
        guide.cell(number, 2, f"{must}{column.help}{words}")
    for row in rows:
        page.append(list(row))
    guide.column_dimensions["A"].width, guide.column_dimensions["B"].width = 28, 100
    page.freeze_panes = "A2"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _offer(
    page: Worksheet, guide: Worksheet, letter: str, number: int, words: Sequence[str]
) -> None:
    """A list to choose from; kept in the guide, since Excel splits a written one at commas."""
    place = get_column_letter(number + 3)
    for row, word in enumerate(words, start=1):
        guide[f"{place}{row}"] = word
    source = f"'Hướng dẫn'!${place}$1:${place}${len(words)}"
    offered = DataValidation(type="list", formula1=source, allow_blank=True)
    offered.add(f"{letter}{_HEAD + 1}:{letter}{MOST_ROWS}")
    page.add_data_validation(offered)
