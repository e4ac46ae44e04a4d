"""What is opened, as it is told to people and put into papers."""

import csv
from io import BytesIO, StringIO
from typing import Any, get_type_hints

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn

from deploy import opening
from deploy.cli import papers
from services.intake.unsealing import WITHHELD
from services.reporting.documents.books import BOOKS
from services.reporting.documents.letters import LETTERS
from services.reporting.documents.paper import Foot, Head, Paper
from shared.contracts import cases, petitions, receptions
from shared.personal import Personal

PLACE = "[họ tên người gửi đơn – mở tại quầy]"


def part(name: str, words: Any, event: str = "e-1") -> dict[str, Any]:
    day = {"event": event, "type": "PetitionReceived", "on": "2026-11-02"}
    return day | {"part": name, "words": words}


def answer(*texts: dict[str, Any], is_stripped: bool = False) -> dict[str, Any]:
    return {"file": "7f3k9q2mxw4t", "texts": list(texts), "is_stripped": is_stripped}


def letter(status: str = "sealed") -> dict[str, Any]:
    value = {"label": "họ tên", "status": status, "text": PLACE, "event": "e-1"}
    return {"values": [value | {"part": "p1", "name": "name"}], "missing": []}


def paper() -> bytes:
    """As the service writes it: what is open is a piece of its own, also in a table."""
    made = Paper(
        Head(
            issuer="UBND",
            number=None,
            symbol="TB",
            place="Nhân Hòa",
            dated=None,
            title="Thông báo",
            subject="",
            heading="",
            form="",
        )
    )
    made.line([("Kính gửi ông (bà) ", False), (PLACE, True), (".", False)])
    return made.signed(Foot(signers=("CHỦ TỊCH",), recipients=[[(PLACE, True)]]))


def test_every_event_with_words_and_every_field_of_a_letter_has_a_vietnamese_name() -> None:
    sealing = {
        event.__name__
        for event in (*petitions.EVENTS, *cases.EVENTS, *receptions.EVENTS)
        if get_type_hints(event).get("personal") is Personal
    }
    assert sealing == set(opening.EVENTS)
    in_letters = {
        field.where.partition(".")[2]
        for letter in LETTERS.values()
        for field in letter.fields()
        if field.is_sealed
    }
    assert in_letters <= set(opening.FIELDS)


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_no_two_sealed_fields_of_a_letter_leave_the_same_place(letter) -> None:
    """Else the words of the one would be written where those of the other belong."""
    labels = [field.label for field in letter.fields() if field.is_sealed]
    assert len(set(labels)) == len(labels)


def test_words_are_told_by_day_and_what_was_stripped_is_said_first() -> None:
    told = opening.texts(answer(part("r1", {"name": "Phạm Bị Tố"}), is_stripped=True)).plain
    assert told.splitlines() == [
        "Đã lược dữ liệu của người gửi; đọc lại trước khi chuyển cho người khác.",
        "",
        "02/11/2026  Tiếp nhận đơn (r1)",
        "    họ tên: Phạm Bị Tố",
    ]
    assert "    [đã xóa]" in opening.texts(answer(part("text", "[đã xóa]"))).plain
    assert opening.texts(answer()).plain == "Không có nội dung niêm phong."


def test_a_letter_is_filled_with_what_was_opened() -> None:
    words = answer(part("p1", {"name": "Đặng Thị Thử Lộ"}))
    filled, document = opening.filled_letter(letter(), paper(), words)
    assert filled["values"][0]["status"] == "known"
    assert filled["values"][0]["text"] == "Đặng Thị Thử Lộ"
    assert PLACE not in _text(document)
    assert _text(document).count("Đặng Thị Thử Lộ") == 2


@pytest.mark.parametrize(
    "texts",
    [
        [],  # as of a denunciation, whose sender is in no answer
        [part("p1", WITHHELD)],
        [part("p1", {"address": "Tổ 5"})],
        [part("p1", {"name": "Người khác"}, event="e-2")],
    ],
)
def test_what_was_not_opened_stays_open_in_the_letter(texts: list[dict[str, Any]]) -> None:
    filled, document = opening.filled_letter(letter(), paper(), answer(*texts))
    assert filled["values"] == letter()["values"]
    assert _text(document).count(PLACE) == 2


def test_what_was_erased_says_so_in_the_letter() -> None:
    filled, document = opening.filled_letter(letter(), paper(), answer(part("p1", "[đã xóa]")))
    assert filled["values"][0] | {"status": "erased", "text": "[đã xóa]"} == filled["values"][0]
    assert papers._FIELD_STATES["erased"]
    assert PLACE not in _text(document)
    assert _text(document).count("[đã xóa]") == 2


def _text(document: bytes) -> str:
    body = docx.Document(BytesIO(document)).element.body
    return "".join(text.text for text in body.iter(qn("w:t")))


def row(book: str, stream: str) -> dict[str, Any]:
    cells = ["[đã niêm phong]"] * len(BOOKS[book].columns)
    sealed = {str(column.number): column.part for column in BOOKS[book].columns if column.part}
    return {"cells": cells, "stream": stream, "event": "e-1", "sealed": sealed}


def test_a_register_is_filled_column_by_column() -> None:
    people = {"name": "Đặng Thị Thử Lộ", "address": "Tổ 5", "id_number": "001199000777"}
    words = {"subject": "Đất đai", "content": "Hỏi thủ tục"}
    opened = answer(part("p1", people), part("r1", {"name": "UBND"}), part("text", words))
    rows = [row("tiep_cong_dan", "reception-1"), row("tiep_cong_dan", "reception-2")]
    filled, closed = opening.filled_rows("tiep_cong_dan", rows, {"reception-1": opened})
    assert filled["cells"][2:5] == ["Đặng Thị Thử Lộ, Tổ 5", "001199000777", "Hỏi thủ tục"]
    assert closed == rows[1]
    [of_file] = opening.filled_rows("don", [row("don", "petition-1")], {"petition-1": opened})
    found = [cell for cell in of_file["cells"] if cell != "[đã niêm phong]"]
    assert found == ["Đặng Thị Thử Lộ, Tổ 5", "UBND", "Đất đai"]


def test_what_was_erased_says_so_in_a_register() -> None:
    opened = answer(part("p1", "[đã xóa]"), part("text", WITHHELD))
    [filled] = opening.filled_rows(
        "tiep_cong_dan", [row("tiep_cong_dan", "reception-1")], {"reception-1": opened}
    )
    assert filled["cells"][2:5] == ["[đã xóa]", "[đã xóa]", "[đã niêm phong]"]


def test_what_a_citizen_wrote_is_no_formula_in_a_register() -> None:
    written = row("don", "petition-1") | {"cells": ["=1+1"] * len(BOOKS["don"].columns)}
    period = {"name": "2026-08-01..2026-12-31"}
    columns = [{"heading": column.heading} for column in BOOKS["don"].columns]
    told = {"register": "don", "rows": [written], "period": period, "columns": columns}
    lines = list(csv.reader(StringIO(papers._csv(told, None, "09253").decode("utf-8-sig"))))
    assert set(lines[1]) == {"'=1+1"}
    book = openpyxl.load_workbook(BytesIO(papers._xlsx(told, None, "09253")))
    kinds = {cell.data_type for line in book.active for cell in line if cell.value == "=1+1"}
    assert kinds == {"s"}
