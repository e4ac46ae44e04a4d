"""The written report: every figure is that of the form, compared in words; the rest left open."""

import re
from io import BytesIO

import docx
import pytest

from services.reporting.documents.chart import Picture
from services.reporting.documents.narrative import (
    SECTIONS,
    Counted,
    amount,
    change,
    document,
    share,
    told,
)
from services.reporting.forms.declaration import FORMS
from services.reporting.forms.reports import tables
from services.reporting.forms.windows import window
from shared.memory_log import MemoryLog
from tests.support.counted_ward import COUNTED, events
from tests.support.recording import record

WARD = "09253"
Q3 = window("2026-Q3")


@pytest.fixture(scope="module")
def counted() -> Counted:
    log = MemoryLog()
    for stream, event in events():
        record(log, WARD, stream, event)
    known = [event for commit in log.after(WARD, 0) for event in commit.recorded()]
    return Counted(
        window=Q3,
        now=tables(known, Q3),
        before=tables(known, Q3.before()),
        year_before=tables(known, Q3.year_before()),
        chair_days=3,
        chair_duty=4,
        picture=Picture(title=Q3.title, as_of=Q3.last, trend=[], ageing=[], units=[]),
    )


def written(line, counted) -> str:
    return "".join(text for text, _ in told(line, counted))


def test_the_sections_are_those_of_the_form() -> None:
    assert [section.heading.partition(".")[0] for section in SECTIONS] == [
        *("I", "II", "III", "IV", "V", "VI")
    ]


def test_every_figure_named_is_a_column_and_every_form_is_told() -> None:
    named = [
        (form, int(column))
        for section in SECTIONS
        for line in section.lines
        for form, column in re.findall(r"(\d\d/[A-Z]+)\.(\d+)", line)
    ]
    assert {form for form, _ in named} == set(FORMS)
    assert [each for each in named if not 1 <= each[1] <= len(FORMS[each[0]].columns)] == []


def test_a_figure_is_that_of_the_form_and_is_compared(counted) -> None:
    figure = COUNTED["02/XLD"][0]
    before = counted.before["02/XLD"].figures[0]
    assert figure != before
    expected = (
        f"{figure}, {change(figure, before)} so với kỳ trước ({before}),"
        f" tăng {figure} so với cùng kỳ năm trước (0)"
    )
    assert written("{02/XLD.1 so}", counted) == expected
    assert written("{02/XLD.6}", counted) == str(COUNTED["02/XLD"][5])
    part, whole = COUNTED["02/XLD"][1], COUNTED["02/XLD"][0]
    assert written("{02/XLD.2 / 02/XLD.1}", counted) == share(part, whole)
    assert written("{chair_days}/{chair_duty}", counted) == "3/4"


@pytest.mark.parametrize(
    ("now", "then", "words"),
    [
        (5, 4, "tăng 1 (25,0%)"),
        (3, 4, "giảm 1 (25,0%)"),
        (4, 4, "không đổi"),
        (4, 0, "tăng 4"),
        (0, 4, "giảm 4 (100,0%)"),
    ],
)
def test_a_change_is_told_in_words(now, then, words) -> None:
    assert change(now, then) == words


def test_shares_and_amounts_are_told_as_people_write_them() -> None:
    assert share(1, 3) == "33,3%"
    assert share(0, 0) == "không tính tỷ lệ"
    assert amount(12_500_000, "dong") == "12,5 triệu đồng"
    assert amount(1_234_000_000, "dong") == "1.234 triệu đồng"
    assert amount(50_000, "dong") == "0,05 triệu đồng"
    assert amount(1500, "m2") == "1.500 m²"
    assert amount(1500, "one") == "1.500"


def test_the_document_has_every_section_and_marks_what_people_write(counted) -> None:
    made = docx.Document(BytesIO(document(counted, issuer="UBND phường X", place="X")))
    lines = [paragraph.text for paragraph in made.paragraphs]
    assert "BÁO CÁO" in lines
    assert [section.heading for section in SECTIONS if section.heading not in lines] == []
    text = "\n".join(lines)
    assert "Số liệu tính từ ngày 15/06/2026 đến ngày 14/09/2026." in lines
    assert not re.search(r"[{}<>]", text)
    open_places = [
        run.text
        for paragraph in made.paragraphs
        for run in paragraph.runs
        if run.font.highlight_color
    ]
    asked = sum(line.count("<") for section in SECTIONS for line in section.lines)
    assert len(open_places) == asked
    assert all(each.startswith("[người lập báo cáo viết: ") for each in open_places)


def test_the_document_has_one_picture_with_caption_and_words(counted) -> None:
    made = docx.Document(BytesIO(document(counted, issuer=None, place=None)))
    (shown,) = made.inline_shapes
    page = made.sections[0]
    room = page.page_width - page.left_margin - page.right_margin
    assert 0.99 * room < shown.width <= room
    assert 0 < shown.height < page.page_height / 2
    assert shown._inline.docPr.get("descr") == counted.picture.described()
    (place,) = (n for n, each in enumerate(made.paragraphs) if each._p.xpath(".//pic:pic"))
    assert made.paragraphs[place].paragraph_format.keep_with_next
    assert made.paragraphs[place + 1].text.startswith("Hình 1. Đơn tiếp nhận, giải quyết")
    (part,) = (each for each in made.part.related_parts.values() if "image" in each.content_type)
    assert part.blob == counted.picture.drawn("png")
