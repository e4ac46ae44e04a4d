"""The registers: columns as printed, what is on record told, what is personal left sealed."""

from functools import reduce
from io import BytesIO

import openpyxl
import pytest

from services.reporting.cards import BLANK
from services.reporting.documents.books import BOOKS, NOT_TOLD, SEALED, petition_line, turn_line
from services.reporting.documents.books_xlsx import workbook
from services.reporting.forms.windows import window
from services.reporting.projections import CASES, RECEPTIONS
from shared.directory import Directories
from shared.memory_log import MemoryLog
from tests.support import stories
from tests.support.recording import record

WARD, FILE = "09253", "7f3k9q2mxw4t"


def recorded(story):
    log = MemoryLog()
    for category, event in story:
        sealed = {"p1": b"?", "text": b"?"} if hasattr(event, "personal") else None
        record(log, WARD, f"{category}-{FILE}", event, sealed=sealed)
    return [event for commit in log.after(WARD, 0) for event in commit.recorded()]


def card_of(story):
    return reduce(CASES.fold, recorded(story), {})


def first(story, type_name):
    return next(event for event in recorded(story) if event.type == type_name)


def told(line, book):
    return dict(zip((column.heading for column in BOOKS[book].columns), line.cells, strict=True))


def turns():
    row = reduce(RECEPTIONS.fold, recorded(stories.RECEPTION), {})
    return [turn | {"host": row["host"], "mode": row["mode"]} for turn in row["turns"]]


@pytest.mark.parametrize(("book", "columns"), [("tiep_cong_dan", 13), ("don", 22)])
def test_the_columns_are_numbered_as_printed(book, columns) -> None:
    assert [column.number for column in BOOKS[book].columns] == list(range(1, columns + 1))


def test_only_the_register_of_receptions_has_a_form_in_the_law() -> None:
    assert [(book.id, bool(book.form), book.confidence) for book in BOOKS.values()] == [
        ("tiep_cong_dan", True, "A"),
        ("don", False, "C"),
    ]


def test_a_turn_is_told_with_what_became_of_its_petition() -> None:
    line = turn_line(
        1, turns()[0], card_of(stories.COMPLAINT), first(stories.RECEPTION, "CitizenReceived")
    )
    assert line.cells == (
        "1",
        "12/11/2026",
        SEALED,
        SEALED,
        SEALED,
        "khiếu nại",
        "6",
        "",
        "x",
        "",
        "thụ lý ngày 07/09/2026",
        "Đã kết thúc; văn bản số 31/QĐ-UBND ngày 30/10/2026; đã thông báo ngày 20/11/2026",
        "Chủ tịch; 2 người đại diện; mã hồ sơ 7f3k9q2mxw4t",
    )
    assert line.sealed == {3: "p1", 4: "p1", 5: "text"}
    assert (line.event, line.stream) == (f"reception-{FILE}-1-1", f"reception-{FILE}")


def test_a_turn_without_a_petition_tells_only_itself() -> None:
    line = turn_line(2, turns()[1], None, None)
    assert line.cells[2:5] == (NOT_TOLD,) * 3
    assert line.cells[6:12] == ("1", "", "", "", "", "")
    assert line.sealed == {}


@pytest.mark.parametrize(
    ("outcome", "column", "text"),
    [
        (stories.GUIDED, 10, "UBND tỉnh Bắc Ninh, 07/10/2026"),
        (stories.FORWARDED, 11, "Công an tỉnh Bắc Ninh, 07/10/2026"),
    ],
)
def test_who_was_guided_or_forwarded_is_told_where_to(outcome, column, text) -> None:
    story = (*stories.SETTLED[:1], ("petition", stories.CLASSIFIED), ("petition", outcome))
    line = turn_line(1, turns()[0], card_of(story), None)
    assert line.cells[column - 1] == text


def test_a_petition_is_told_from_receipt_to_enforcement() -> None:
    line = told(
        petition_line(
            3,
            card_of(stories.COMPLAINT),
            first(stories.COMPLAINT, "PetitionReceived"),
            Directories.from_environment().of("09253"),
        ),
        "don",
    )
    expected = {
        "STT": "3",
        "Ngày nhận đơn": "27/08/2026",
        "Họ tên, địa chỉ người gửi đơn": SEALED,
        "Người, cơ quan bị khiếu nại, tố cáo": NOT_TOLD,
        "Loại đơn": "khiếu nại",
        "Lĩnh vực": "đất đai",
        "Đủ điều kiện xử lý": "đủ",
        "Thẩm quyền": "thuộc",
        "Đơn trùng, đơn liên quan": "vụ việc liên quan 3d5k9q2mxw4t",
        "Đơn vị, cán bộ được giao": "[họ tên – mã cb-xay-dung-1], Công chức xây dựng và đô thị,"
        " Phòng Kinh tế, Hạ tầng và Đô thị",
        "Số, ngày văn bản giải quyết": "31/QĐ-UBND, 30/10/2026",
        "Kết quả giải quyết": "đúng một phần",
        "Thi hành": "đã thi hành xong ngày 21/12/2026",
        "Ngày kết thúc hồ sơ": "22/12/2026",
        # It was classified without a flag, and flagged after the acceptance.
        "Ghi chú": "phức tạp, gay gắt, kéo dài; vượt cấp",
    }
    assert line | expected == line


def test_a_petition_of_which_nothing_is_known_yet_has_no_made_up_cell() -> None:
    card = BLANK | {"file": FILE, "state": "received", "received_on": "2026-10-02", "people": 1}
    line = petition_line(1, card, None)
    filled = {text for text in line.cells if text and text != NOT_TOLD}
    assert filled == {"1", FILE, "02/10/2026", "Mới tiếp nhận"}


@pytest.mark.parametrize("book", BOOKS.values(), ids=lambda book: book.id)
def test_the_workbook_is_printed_with_its_head_on_every_page(book) -> None:
    cells = [f"=c{column.number}" for column in book.columns]
    made = workbook(book, window("2026-Q3"), "Ủy ban nhân dân phường Nhân Hòa", [cells, cells])
    page = openpyxl.load_workbook(BytesIO(made)).active
    assert page["A1"].value == "ỦY BAN NHÂN DÂN PHƯỜNG NHÂN HÒA"
    assert page["A2"].value == book.title
    assert page["A3"].value == "Từ ngày 15/06/2026 đến ngày 14/09/2026"
    assert [cell.value for cell in page[5]] == [column.heading for column in book.columns]
    assert [cell.value for cell in page[6]] == [f"({c.number})" for c in book.columns]
    assert page.max_row == 8
    assert {cell.data_type for cell in page[7]} == {"s"}
    assert page.print_title_rows == "$5:$6"
    assert page.page_setup.orientation == "landscape"


def test_a_row_is_as_tall_as_its_longest_cell_needs() -> None:
    """LibreOffice prints rows of a new file one line high, and long words over those below."""
    book = BOOKS["don"]
    short, long = [""] * len(book.columns), ["Công chức tham mưu tiếp công dân và xử lý đơn"]
    rows = [short, long + short[1:]]
    page = openpyxl.load_workbook(BytesIO(workbook(book, window("2026-Q3"), "UBND", rows))).active
    assert [page.row_dimensions[row].height for row in (7, 8)] == [15, 45]
