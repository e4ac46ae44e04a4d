"""Model letters: every field has its event, every letter says what is on record and what is not."""

import dataclasses
import types
from io import BytesIO
from typing import Union, get_args, get_origin, get_type_hints

import docx
import pytest
from docx.shared import Mm, Pt

from services.reporting.documents.drafting import draft
from services.reporting.documents.letters import (
    FIELDS,
    LETTERS,
    Status,
    Subject,
    cautions,
    fill,
    kind_of,
)
from services.reporting.documents.paper import COUNTRY, MOTTO
from shared.contracts import EVENT_CLASSES
from shared.directory import Directories, parse
from shared.memory_log import MemoryLog
from shared.personal import Personal
from tests.support import stories
from tests.support.recording import record

WARD, FILE = "09253", "7f3k9q2mxw4t"
SEALED = {"p1": b"?", "r1": b"?", "text": b"?"}
#: A story in which each kind of letter has its event.
STORIES = {
    "khieu_nai": stories.COMPLAINT,
    "to_cao": stories.DENUNCIATION,
    "kien_nghi": stories.RECOMMENDATION,
}


def events_of(*told, sealed=SEALED):
    log = MemoryLog()
    for category, event in told:
        has_personal = any(field.name == "personal" for field in dataclasses.fields(event))
        record(log, WARD, f"{category}-{FILE}", event, sealed=sealed if has_personal else None)
    return [event for commit in log.after(WARD, 0) for event in commit.recorded()]


def story_for(letter):
    """Events of a petition of its kind, ending with the event that the letter is about."""
    if letter.of is Subject.RECEPTION:
        return stories.RECEPTION
    story = STORIES[letter.kinds[0] if letter.kinds else "khieu_nai"]
    types = {type(event).__name__ for _, event in story}
    more = [
        told
        for told in (*stories.TERMINATED, *stories.EVERY_EVENT)
        if type(told[1]).__name__ == letter.about and letter.about not in types
    ]
    return (*story, *more[:1])


def lines_of(document: bytes) -> list[str]:
    made = docx.Document(BytesIO(document))
    cells = [cell for table in made.tables for row in table.rows for cell in row.cells]
    return [
        paragraph.text for part in (made, *cells) for paragraph in part.paragraphs if paragraph.text
    ]


def attribute(event: type, path: str) -> object:
    """The type that the event's field has."""
    found: object = event
    for name in path.split("."):
        if get_origin(found) in (Union, types.UnionType):
            found = next(each for each in get_args(found) if each is not type(None))
        found = get_type_hints(found)[name]
    return found


@pytest.mark.parametrize("field", FIELDS.values(), ids=lambda field: field.name)
def test_every_field_names_what_an_event_has_or_says_that_none_has_it(field) -> None:
    assert field.label
    if field.shown == "desk":
        assert (field.events, field.attribute, field.where) == ((), "", "")
        return
    assert field.events
    if field.name == "file":
        return
    for event in field.events:
        found = attribute(EVENT_CLASSES[event], field.attribute)
        assert (found is Personal) is field.is_sealed
        if "=" in field.where:
            assert attribute(EVENT_CLASSES[event], field.where.partition("=")[0]) is str


def test_every_field_stands_in_a_letter() -> None:
    assert {field.name for letter in LETTERS.values() for field in letter.fields()} == set(FIELDS)


@pytest.mark.parametrize("letter", LETTERS.values(), ids=lambda letter: letter.id)
def test_every_letter_is_made_from_a_recorded_story(letter) -> None:
    events = events_of(*story_for(letter))
    assert any(event.type == letter.about for event in events)
    filled = fill(letter, FILE, events)
    document = draft(filled, issuer="Ủy ban nhân dân phường Nhân Hòa", place="Nhân Hòa")
    lines = lines_of(document)
    text = "\n".join(lines)
    assert COUNTRY in lines
    assert MOTTO in lines
    assert "ỦY BAN NHÂN DÂN PHƯỜNG NHÂN HÒA" in lines
    assert (letter.title or letter.subject) in lines
    assert "{" not in text
    for signer in letter.signers:
        assert signer in lines
    in_text = [
        value
        for value in filled.values.values()
        if f"{{{value.field.name}}}" in "".join((letter.body, letter.addressee, *letter.recipients))
    ]
    assert [value.field.name for value in in_text if value.text not in text] == []
    if letter.dated:
        day = filled.dated()
        assert f"ngày {day.day:02} tháng {day.month}" in text
    if letter.number:
        assert f"Số: {filled.number()}" in lines
    elif letter.symbol:
        assert f"Số:        /{letter.symbol}" in lines


@pytest.mark.parametrize("letter", LETTERS.values(), ids=lambda letter: letter.id)
def test_a_letter_about_nothing_names_everything_that_is_missing(letter) -> None:
    filled = fill(letter, FILE, [])
    text = "\n".join(lines_of(draft(filled, issuer=None, place=None)))
    open_fields = [value for value in filled.open if value.field.name in letter.body]
    assert [value.text for value in open_fields if value.text not in text] == []
    assert {value.status for value in filled.open} <= {Status.MISSING}
    assert "[thiếu: tên cơ quan]" in text
    assert "[thiếu: địa danh], ngày … tháng … năm …" in text


def test_what_is_sealed_is_left_to_the_desk_and_what_was_never_told_is_missing() -> None:
    letter = LETTERS["thong_bao_thu_ly_khieu_nai"]
    filled = fill(letter, FILE, events_of(*stories.COMPLAINT))
    name = filled.values["complainant"]
    assert (name.status, name.text) == (
        Status.SEALED,
        "[họ tên người khiếu nại – mở tại quầy]",
    )
    unsealed = fill(letter, FILE, events_of(*stories.COMPLAINT, sealed={}))
    assert unsealed.values["complainant"].text == "[thiếu: họ tên người khiếu nại]"


def test_each_value_tells_its_event() -> None:
    events = events_of(*stories.COMPLAINT)
    values = fill(LETTERS["quyet_dinh_giai_quyet_khieu_nai"], FILE, events).values
    by_id = {event.id: event for event in events}
    assert by_id[values["decision_number"].event].type == "DecisionIssued"
    assert values["decision_number"].text == "31/QĐ-UBND"
    assert values["decided_on"].text == "30/10/2026"
    assert values["outcome"].text == "đúng một phần"
    assert values["money_to_state"].text == "[thiếu: số tiền phải thu hồi cho Nhà nước]"


def test_the_due_day_is_the_one_that_the_clock_has_now() -> None:
    values = fill(LETTERS["quyet_dinh_tiep_tuc"], FILE, events_of(*stories.COMPLAINT)).values
    assert values["settle_due_on"].text == "12/11/2026"


def test_a_letter_can_be_about_an_earlier_event_of_its_kind() -> None:
    events = events_of(*stories.COMPLAINT)
    first, last = (event for event in events if event.type == "CaseAssigned")
    letter = LETTERS["quyet_dinh_xac_minh"]
    assert fill(letter, FILE, events).values["officer"].event == last.id
    earlier = fill(letter, FILE, events, first.id).values["officer"]
    assert (earlier.event, earlier.status) == (first.id, Status.CODE)
    assert earlier.text == "[cb-dia-chinh-1 (chưa có trong danh bạ)]"


DIRECTORY = parse(
    [
        "authority,unit,officer,name,fields,duty,source,person",
        "*,kinh-te-ha-tang,,Phòng Kinh tế,dat_dai,tham_muu,,",
        "*,kinh-te-ha-tang,cb-dia-chinh-1,Công chức địa chính,,,,Nguyễn Văn Một",
        "*,kinh-te-ha-tang,cb-xay-dung-1,Công chức xây dựng,,,,",
    ]
).of("09253")


def test_a_letter_names_units_and_officers_by_the_directory() -> None:
    """The first officer is named there, of the second only the post is known."""
    events = events_of(*stories.COMPLAINT)
    first = next(event for event in events if event.type == "CaseAssigned")
    letter = LETTERS["quyet_dinh_xac_minh"]
    filled = fill(letter, FILE, events, first.id, DIRECTORY)
    values = filled.values
    assert (values["officer"].status, values["officer"].text) == (
        Status.KNOWN,
        "Nguyễn Văn Một, Công chức địa chính",
    )
    assert (values["unit"].status, values["unit"].text) == (Status.KNOWN, "Phòng Kinh tế")
    later = fill(letter, FILE, events, None, DIRECTORY)
    assert later.values["officer"].status is Status.CODE
    assert later.values["officer"].text == "[họ tên – mã cb-xay-dung-1], Công chức xây dựng"
    assert later.values["officer"] in later.open
    printed = docx.Document(BytesIO(draft(filled, issuer=None, place=None)))
    text = "\n".join(paragraph.text for paragraph in printed.paragraphs)
    assert "Giao Phòng Kinh tế, người phụ trách Nguyễn Văn Một, Công chức địa chính," in text
    assert "cb-dia-chinh-1" not in text


def test_no_letter_shows_a_code_of_somebody_whom_the_directory_names() -> None:
    events = events_of(*stories.COMPLAINT)
    directory = Directories.from_environment().of("09253")
    for letter in LETTERS.values():
        for value in fill(letter, FILE, events, None, directory).values.values():
            if value.field.shown == "unit" and value.event:
                assert value.status is Status.KNOWN
            if value.field.shown == "officer" and value.event:
                assert "chưa có trong danh bạ" not in value.text


@pytest.mark.parametrize(
    "letter",
    [letter for letter in LETTERS.values() if letter.conceals_denouncer],
    ids=lambda letter: letter.id,
)
def test_what_the_denounced_reads_tells_nothing_of_the_denouncer(letter) -> None:
    """Luật Tố cáo, chương VI."""
    assert letter.kinds == ("to_cao",)
    sealed = {field.where.partition(".")[0] for field in letter.fields() if field.is_sealed}
    assert sealed <= {"r1", "text"}
    assert "matter" not in {field.name for field in letter.fields()}


def test_everything_to_the_denounced_and_every_order_on_a_denunciation_conceals() -> None:
    to_denounced = {
        letter.id
        for letter in LETTERS.values()
        if letter.kinds == ("to_cao",)
        and (
            "{denounced}" in letter.addressee
            or letter.title in ("QUYẾT ĐỊNH", "KẾT LUẬN")
            or any("Người bị tố cáo" in each for each in letter.recipients)
        )
    }
    assert to_denounced == {id for id, each in LETTERS.items() if each.conceals_denouncer}


def test_confidence_is_told_and_what_has_no_form_is_not_sure() -> None:
    assert {letter.confidence for letter in LETTERS.values()} == {"A", "B", "C"}
    without = [letter for letter in LETTERS.values() if not letter.form]
    assert without
    assert {letter.confidence for letter in without} == {"C"}


def test_the_page_is_as_the_decree_has_it() -> None:
    filled = fill(LETTERS["quyet_dinh_dinh_chi"], FILE, events_of(*stories.TERMINATED))
    made = docx.Document(BytesIO(draft(filled, issuer="Ủy ban nhân dân phường", place="X")))
    page = made.sections[0]
    sizes = (page.page_width, page.page_height, page.left_margin, page.right_margin)
    expected = (Mm(210), Mm(297), Mm(30), Mm(15))
    assert all(abs(is_ - should) < Mm(1) for is_, should in zip(sizes, expected, strict=True))
    assert made.styles["Normal"].font.name == "Times New Roman"
    bodies = [run for paragraph in made.paragraphs for run in paragraph.runs]
    assert {run.font.size for run in bodies} == {Pt(14)}
    assert page.different_first_page_header_footer
    assert "PAGE" in page.header.paragraphs[0]._p.xml
    shaded = "".join(run.text for run in bodies if run.font.highlight_color)
    assert shaded == "[họ tên người khiếu nại – mở tại quầy][thiếu: đơn vị được giao]"


def test_the_kind_is_the_one_classified_last() -> None:
    assert kind_of(events_of(*stories.DENUNCIATION)) == "to_cao"
    assert kind_of([]) is None


def test_who_stands_in_for_or_beside_the_first_petitioner_is_told() -> None:
    assert cautions(events_of(*stories.INHERITED)) == [
        "Có nhiều người gửi đơn: p1, p2",
        "a1 thay mặt p1: người được ủy quyền",
        "a2 thay mặt p1: luật sư, trợ giúp viên pháp lý được ủy quyền",
        "p1 đã chết; người thừa kế là a3",
    ]
    assert cautions(events_of(*stories.COMPLAINT)) == []
