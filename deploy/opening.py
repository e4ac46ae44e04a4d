"""What is sealed, read by `intake.texts` and put before people: as a list, and into papers.

Services that make papers open nothing. Who denounced is in no answer of `intake.texts`, so no paper
that is filled here can tell it.
"""

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any, Final

from rich.text import Text

from deploy.showing import vn_day

Answer = Mapping[str, Any]

#: What the words were sealed with.
EVENTS: Final[Mapping[str, str]] = {
    "PetitionReceived": "Tiếp nhận đơn",
    "AuthorisationRecorded": "Ủy quyền, đại diện",
    "ComplainantSucceeded": "Thừa kế quyền khiếu nại",
    "AcceptanceRefused": "Không thụ lý",
    "PetitionerGuided": "Hướng dẫn",
    "CheckReported": "Kết quả thanh tra, kiểm tra",
    "PetitionWithdrawn": "Rút đơn",
    "VerificationReported": "Kết quả xác minh",
    "DialogueHeld": "Đối thoại",
    "DecisionIssued": "Quyết định, kết luận, trả lời",
    "MediationRecorded": "Hòa giải",
    "OnlineLineTested": "Kiểm tra kết nối",
    "CitizenReceived": "Lượt tiếp công dân",
    "ReceptionRefused": "Từ chối tiếp công dân",
    "ReceptionConcluded": "Kết luận buổi tiếp công dân",
    "PoliceAsked": "Đề nghị công an phường phối hợp",
    "PoliceAnswered": "Công an phường trả lời",
    "SettlementPlanned": "Kế hoạch giải quyết dứt điểm",
    "FlagsChanged": "Thay đổi lưu ý",
    "TaskSet": "Giao việc",
    "TaskDone": "Hoàn thành việc",
}
FIELDS: Final[Mapping[str, str]] = {
    "name": "họ tên",
    "address": "địa chỉ",
    "phone": "điện thoại",
    "id_number": "số định danh",
    "contact": "liên hệ",
    "position": "chức vụ",
    "organisation": "cơ quan",
    "subject": "trích yếu",
    "content": "nội dung",
    "reasons": "lý do",
    "reason": "lý do",
    "guidance": "hướng dẫn",
    "withdrawn": "nội dung rút",
    "findings": "kết quả",
    "minutes": "biên bản",
    "conclusion": "kết luận",
    "legal_grounds": "căn cứ pháp luật",
    "measures": "biện pháp",
    "responsibility": "trách nhiệm, nguyên nhân, thiệt hại",
    "instruction": "việc phải làm",
    "steps": "các bước",
    "result": "kết quả",
    "done": "đã làm",
    "request": "nội dung đề nghị",
    "answer": "nội dung trả lời",
}
#: Register -> column -> what of the sealed part stands in it.
_COLUMNS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "tiep_cong_dan": {"3": ("name", "address"), "4": ("id_number",), "5": ("content",)},
    "don": {
        "6": ("name", "address"),
        "8": ("name", "position", "organisation"),
        "9": ("subject",),
    },
}


def texts(answer: Answer) -> Text:
    """Every part with its day and what it was sealed with, one field a line."""
    lines: list[str] = []
    if answer["is_stripped"]:
        lines += ["Đã lược dữ liệu của người gửi; đọc lại trước khi chuyển cho người khác.", ""]
    for each in answer["texts"]:
        part = "" if each["part"] == "text" else f" ({each['part']})"
        lines.append(f"{vn_day(each['on'])}  {EVENTS.get(each['type'], each['type'])}{part}")
        words = each["words"]
        told = words if isinstance(words, Mapping) else {"": words}
        lines += [
            f"    {FIELDS.get(name, name)}: {value}" if name else f"    {value}"
            for name, value in told.items()
        ]
    return Text("\n".join(lines) or "Không có nội dung niêm phong.")


def filled_letter(letter: Answer, docx: bytes, opened: Answer) -> tuple[dict[str, Any], bytes]:
    """The letter and its document with what was opened in the place of what stood for it."""
    words = _words(opened)
    put: dict[str, str] = {}
    values = []
    for value in letter["values"]:
        told = words.get((value["event"], value.get("part")), {}).get(value.get("name"))
        if value["status"] == "sealed" and told:
            put[value["text"]] = told
            value = value | {"status": "known", "text": told}
        values.append(value)
    return {**letter, "values": values}, _written(docx, put)


def filled_rows(
    book: str, rows: Iterable[Mapping[str, Any]], opened: Mapping[str, Answer]
) -> list[dict[str, Any]]:
    """Lines of a register with what was opened of each stream; what was not stays sealed."""
    return [dict(row) | {"cells": _cells(_COLUMNS[book], row, opened)} for row in rows]


def _cells(
    columns: Mapping[str, tuple[str, ...]], row: Mapping[str, Any], opened: Mapping[str, Answer]
) -> list[str]:
    cells = list(row["cells"])
    words = _words(opened[row["stream"]]) if row["stream"] in opened else {}
    for column, part in row["sealed"].items():
        told = words.get((row["event"], part), {})
        if found := [told[name] for name in columns[column] if name in told]:
            cells[int(column) - 1] = ", ".join(found)
    return cells


def _words(opened: Answer) -> dict[tuple[str, str], Mapping[str, str]]:
    """Event and part -> its words; none of what was erased or is withheld."""
    return {
        (each["event"], each["part"]): each["words"]
        for each in opened["texts"]
        if isinstance(each["words"], Mapping)
    }


def _written(docx: bytes, put: Mapping[str, str]) -> bytes:
    from docx import Document
    from docx.oxml.ns import qn
    from docx.text.run import Run

    document = Document(BytesIO(docx))
    for element in document.element.body.iter(qn("w:r")):
        run = Run(element, document)
        if run.text in put:
            run.text = put[run.text]
            run.font.highlight_color = None  # it is no longer open
    out = BytesIO()
    document.save(out)
    return out.getvalue()
