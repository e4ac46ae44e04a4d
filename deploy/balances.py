"""Reading opening balances (số dư đầu kỳ) from a table that people filled in: every row is checked.

One row for each column of the forms of today that carries something over. What the guide says of
the old forms is `services/reporting/forms/balances.csv`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from deploy.backlog import Cells, Column, Problem, day_of, plain, text_of
from deploy.backlog import template as empty_table
from services.reporting.forms.declaration import CARRYING, FORMS
from services.reporting.forms.windows import UnknownWindow, window
from services.reporting.schemas import OPENING_BALANCE
from services.reporting.words import BALANCE_REASONS
from shared.errors import Malformed
from shared.wire import MOST, read

PERIOD: Final = Column(
    heading="Kỳ báo cáo cũ",
    path="period",
    help="Kỳ của báo cáo cũ: 2025, 2026-Q1, 2026-6T; số dư là số còn lại hết ngày cuối kỳ.",
    is_required=True,
)
FORM: Final = Column(heading="Biểu", path="form", help="Biểu hiện nay: 05/KQTH.", is_required=True)
COLUMN: Final = Column(
    heading="Cột", path="column", help="Số cột của biểu hiện nay.", is_required=True
)
AMOUNT: Final = Column(
    heading="Số dư",
    path="amount",
    help="Toàn bộ số còn lại của kỳ cũ, kể cả phần đã hoặc sẽ nhập thành hồ sơ: phần đó được tự trừ"
    " ra. Tiền tính bằng triệu đồng. Phần lẻ sau dấu phẩy; ghi 0 nếu không còn; để trống cả dòng"
    " nếu không có số liệu.",
    is_required=True,
)
NUMBER: Final = Column(
    heading="Số báo cáo cũ",
    path="source_number",
    help="Số, ký hiệu của báo cáo cũ, ví dụ 412/BC-UBND.",
    is_required=True,
)
DATED: Final = Column(
    heading="Ngày báo cáo cũ",
    path="source_dated",
    help="Ngày ký báo cáo cũ, dạng 16/12/2025.",
    is_required=True,
)
REASON: Final = Column(
    heading="Lý do sửa",
    path="reason",
    help="Chỉ ghi khi sửa số dư đã nhập.",
    words=BALANCE_REASONS,
)
EXPLANATION: Final = Column(
    heading="Giải thích", path="explanation", help="Chỉ khi sửa; được niêm phong."
)
#: For people to read; what stands in them is not read back.
SHOWN: Final = (
    Column(heading="Nội dung", path="", help="Tiêu đề của cột; không cần sửa."),
    Column(heading="Đơn vị tính", path="", help="Đơn vị của số dư; không cần sửa."),
    Column(
        heading="Theo biểu cũ",
        path="",
        help="Cách tính từ các cột của bộ biểu Thông tư 02/2021/TT-TTCP; không cần sửa.",
    ),
)
COLUMNS: Final = (FORM, COLUMN, *SHOWN, PERIOD, AMOUNT, NUMBER, DATED, REASON, EXPLANATION)
_TYPED: Final = (PERIOD, AMOUNT, NUMBER, DATED, REASON, EXPLANATION)
_UNITS: Final = {"one": "số lượng", "dong": "triệu đồng", "m2": "m²"}
#: 1.250 and 1.250,5 and 0,75: as people write them here.
_FIGURE: Final = re.compile(r"(?P<whole>\d{1,3}(?:\.\d{3})+|\d+)(?:,(?P<part>\d{1,6}))?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One row that can be sent."""

    row: int
    payload: Mapping[str, Any]

    @property
    def place(self) -> tuple[str, str, int]:
        """Day, form and column, of which there is one balance."""
        last = window(self.payload["period"]).last.isoformat()
        return last, self.payload["form"], self.payload["column"]


def template() -> bytes:
    """A table with a row for each column that takes a balance."""
    rows = [
        (
            form,
            number,
            " > ".join(column.heading),
            _UNITS[column.unit],
            column.balance.old or "theo sổ theo dõi của đơn vị",
        )
        for (form, number), column in CARRYING.items()
        if column.balance
    ]
    return empty_table(COLUMNS, rows)


def checked(rows: Iterable[tuple[int, Cells]], today: date) -> tuple[list[Entry], list[Problem]]:
    """Every row as it would be sent, and everything that is wrong in any of them."""
    entries: list[Entry] = []
    problems: list[Problem] = []
    for number, cells in rows:
        if not any(text_of(cells.get(each.heading)) for each in _TYPED):
            continue  # a row of the template that nobody filled in
        payload = _payload(cells)
        if found := list(_wrong(number, cells, payload, today)):
            problems += found
        else:
            entries.append(Entry(row=number, payload=payload))
    problems += [*_repeated(entries), *_without_decision(entries)]
    return entries, sorted(problems, key=lambda each: (each.row, _place(each.column)))


def differing(entries: Iterable[Entry], recorded: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """Rows that say something else than is recorded, without saying why, or why without need."""
    known = {(each["as_of"], each["form"], each["column"]): each for each in recorded}
    return [
        problem
        for entry in entries
        if (problem := _against(entry, known.get(entry.place))) is not None
    ]


def _against(entry: Entry, before: Mapping[str, Any] | None) -> Problem | None:
    if before is None:
        if "reason" not in entry.payload:
            return None
        told = "reason_without_balance: Cột này chưa có số dư cho ngày đó nên không có gì để sửa."
        return Problem(row=entry.row, column=REASON.heading, message=told)
    parts = ("amount", "source_number", "source_dated")
    if "reason" in entry.payload or all(entry.payload[each] == before[each] for each in parts):
        return None
    told = "balance_differs: Đã ghi số dư khác; nếu cần sửa, hãy ghi lý do sửa."
    return Problem(row=entry.row, column=AMOUNT.heading, message=told)


def _payload(cells: Cells) -> dict[str, Any]:
    """As `record_opening_balances` takes it; what is wrong is left for the check."""
    payload: dict[str, Any] = {}
    for column in COLUMNS:
        text = text_of(cells.get(column.heading))
        if not column.path or not text:
            continue
        match column.path:
            case "source_dated":
                payload[column.path] = day_of(text)
            case "column":
                payload[column.path] = int(text) if re.fullmatch(r"\d{1,3}", text) else text
            case "reason":
                codes = {plain(word): code for code, word in BALANCE_REASONS.items()}
                payload[column.path] = codes.get(plain(text), text)
            case _:
                payload[column.path] = text
    declared = CARRYING.get((payload.get("form", ""), payload.get("column", 0)))
    if "amount" in payload:
        payload["amount"] = _amount(cells.get(AMOUNT.heading), declared.unit if declared else "one")
    return payload


def _amount(cell: Any, unit: str) -> int | str:
    """In the column's unit; what is no such amount as it is, to be refused."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        figure = Decimal(str(cell))
    elif found := _FIGURE.fullmatch(text_of(cell)):
        figure = Decimal(f"{found['whole'].replace('.', '')}.{found['part'] or 0}")
    else:
        return text_of(cell)
    figure *= 1_000_000 if unit == "dong" else 1
    return int(figure) if figure == figure.to_integral_value() else text_of(cell)


def _wrong(number: int, cells: Cells, payload: Mapping[str, Any], today: date) -> Iterable[Problem]:
    def problem(column: Column, message: str) -> Problem:
        return Problem(row=number, column=column.heading, message=message)

    try:
        read(OPENING_BALANCE, payload)
    except Malformed as malformed:
        by_path = {column.path: column for column in COLUMNS if column.path}
        for path, messages in malformed.errors.items():
            if path != "amount" or not text_of(cells.get(AMOUNT.heading)):
                yield from (problem(by_path[path], message) for message in messages)
    if "amount" in payload and not (
        isinstance(payload["amount"], int) and 0 <= payload["amount"] <= MOST
    ):
        told = "no_amount: Phải là số không âm; chỉ tiền (triệu đồng) có phần lẻ, sau dấu phẩy."
        yield problem(AMOUNT, told)
    form, column = payload.get("form"), payload.get("column")
    if form is not None and form not in FORMS:
        yield problem(FORM, f"unknown_form: Không có biểu này; các biểu là {', '.join(FORMS)}.")
    elif isinstance(column, int) and (form, column) not in CARRYING:
        columns = ", ".join(str(each) for of, each in CARRYING if of == form) or "không có cột nào"
        told = f"balance_not_carried: Cột này không có số dư; của biểu này: {columns}."
        yield problem(COLUMN, told)
    if "period" in payload:
        try:
            is_over = window(payload["period"]).last < today
        except UnknownWindow:
            yield problem(PERIOD, "unknown_period: Không hiểu kỳ; ví dụ 2025, 2026-Q1, 2026-6T.")
        else:
            if not is_over:
                yield problem(PERIOD, "window_not_over: Kỳ này chưa kết thúc.")


def _repeated(entries: Iterable[Entry]) -> Iterable[Problem]:
    seen: dict[tuple[str, str, int], int] = {}
    for entry in entries:
        if first := seen.get(entry.place):
            told = f"repeated: Cột này của cùng ngày đã có ở dòng {first}."
            yield Problem(row=entry.row, column=COLUMN.heading, message=told)
        seen.setdefault(entry.place, entry.row)


def _without_decision(entries: list[Entry]) -> Iterable[Problem]:
    """Money or land is due only while a decision is still to be carried out."""
    amounts = {entry.place: entry.payload["amount"] for entry in entries}
    for entry in entries:
        day, form, number = entry.place
        column = CARRYING[form, number]
        if column.unit == "one" or not entry.payload["amount"]:
            continue
        counting = next(
            at
            for (of, at), each in CARRYING.items()
            if of == form and each.unit == "one" and each.heading[0] == column.heading[0]
        )
        if not amounts.get((day, form, counting)):
            told = f"without_decision: Cột {counting} cùng kỳ phải lớn hơn 0 khi cột này lớn hơn 0."
            yield Problem(row=entry.row, column=AMOUNT.heading, message=told)


def _place(heading: str) -> int:
    return [column.heading for column in COLUMNS].index(heading)
