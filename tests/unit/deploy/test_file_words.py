"""How case files are told on the command line: cards, differences, days and codes."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from rich.console import Console
from rich.table import Table

from deploy import showing, showing_files
from services.reporting import words
from services.reporting.comparing import differences
from services.reporting.queries import card, lingering, named_change
from services.reporting.replay import Moment, replay
from shared.directory import Directories
from shared.ledger import flatten
from shared.memory_log import MemoryLog
from tests.support import stories
from tests.support.recording import AT, record, recorded_stories

WARD = "09253"


def test_a_card_shows_words_and_leaves_out_what_is_empty() -> None:
    console = showing.console()
    with console.capture() as shown:
        console.print(
            showing_files.card(
                "",
                {
                    "file": "7f3k9q2mxw4t",
                    "state": "assigned",
                    "kind": "khieu_nai",
                    "field": "dat_dai",
                    "flags": ["dong_nguoi"],
                    "decided_on": None,
                    "clocks": {
                        "settle_1": {"due_on": "2026-09-21", "state": "late", "days_late": 4}
                    },
                },
            )
        )
    text = shown.get()
    for word in ("khiếu nại", "đất đai", "đông người", "21/09/2026, xong, trễ hạn (4 ngày)"):
        assert word in text
    assert "Ngày ban hành" not in text


def test_a_code_without_a_word_is_shown_as_it_is() -> None:
    assert showing.said(words.CHANNEL_NAMES, "fax") == "fax"
    assert showing.said(words.CHANNEL_NAMES, None) == "–"


def test_instants_are_shown_by_the_clock_in_vietnam() -> None:
    assert showing.vn_instant("2026-11-23T18:30:00.000Z") == "24/11/2026 01:30:00"


def test_people_read_words_in_place_of_fields_and_codes() -> None:
    log, today = MemoryLog(), date(2026, 12, 1)
    for minutes, (category, event) in enumerate(stories.SETTLED):
        record(log, WARD, f"{category}-f1", event, at=AT + timedelta(minutes=minutes))
    first = Moment(as_of=date(2026, 10, 8))
    second = Moment(known_at=datetime.fromisoformat("2026-11-23T05:30:00Z"))
    events = flatten(list(log.after(WARD, 0)))
    told = {
        "file": "f1",
        "first": first.as_data(today),
        "second": second.as_data(today),
        "changes": list(differences(events, first, Moment(as_of=date(2026, 11, 30)), today, card)),
    }
    console = showing.console()
    with console.capture() as shown:
        console.print(showing_files.differences(told))
    text = " ".join(shown.get().split())
    for word in ("Đang mở", "có", "không", "Tình trạng", "Ngày 20/11/2026", "biết lúc"):
        assert word in text
    assert "is_open" not in text
    assert text.count("Ngày 20/11/2026") == 1  # however many fields an event has changed
    assert "23/11/2026 12:30:00" in text


def test_what_differs_is_told_without_a_code() -> None:
    directory = Directories.from_environment().of(WARD)
    first, second, today = Moment(as_of=date(2020, 1, 1)), Moment(), date(2027, 12, 1)
    for story in (stories.EVERY_EVENT, stories.COMPLAINT, stories.DENUNCIATION, stories.CHECKED):
        events = recorded_stories(WARD, f1=story)
        told = {
            "file": "f1",
            "first": first.as_data(today),
            "second": second.as_data(today),
            "changes": [
                named_change(change, directory)
                for change in differences(events, first, second, today, card, directory)
            ],
        }
        without = re.sub(r"mã cb-[a-z]+-[a-z]+-\d\]", "", _said(showing_files.differences(told)))
        assert re.findall(r"\b[a-z]+[_-][a-z]+\b", without) == []


def test_days_are_told_as_people_write_them_and_each_step_in_one_line() -> None:
    steps = [{"number": "12/QĐ", "sent_on": "2026-10-09", "ground": None}]
    assert showing_files.shown("orders_sent", steps) == "12/QĐ, 09/10/2026"
    two = [{"measure": "ky_luat"}, {"measure": "kien_nghi_khac"}]
    assert showing_files.shown("measures", two).splitlines() == ["xử lý kỷ luật", "kien_nghi_khac"]
    assert showing_files.shown("dialogue_announced_for", "2026-08-25") == "25/08/2026"
    assert showing_files.shown("received_by", {"p1": "2026-10-09"}) == "p1: 09/10/2026"


def test_a_file_that_lingers_is_told_with_why_and_how_it_is_to_be_finished() -> None:
    log = MemoryLog()
    for category, event in (*stories.SETTLED[:9], ("case", stories.PLANNED)):
        record(log, WARD, f"{category}-f1", event)
    row = replay(flatten(list(log.after(WARD, 0))))
    assert row
    shown = [
        _said(showing_files.lingering("", [lingering(row | more, date(2026, 11, 12))]))
        for more in ({}, {"plan": None})
    ]
    planned = "đến 30/10/2026 (đã quá), cb-xay-dung-1"
    for words_of_it in ("f1 41", "giải quyết lần đầu 09/11/2026", planned):
        assert words_of_it in shown[0]
    assert "chưa có" in shown[1]
    told = _said(showing_files.card("", card(row, date(2026, 10, 30))))
    assert "Kế hoạch giải quyết dứt điểm đến 30/10/2026, cb-xay-dung-1, kinh-te-ha-tang" in told
    assert "đã quá" not in told


def test_lists_name_who_has_a_file_as_its_card_does() -> None:
    row = {"file": "f1", "state": "assigned", "officer": "cb-dia-chinh-1", "unit": "kinh-te"}
    lists = (showing_files.cases, showing_files.lingering)
    more = {"age_days": 3, "causes": [], "missed": []}
    for made in lists:
        assert "cb-dia-chinh-1" in _said(made("", [row | more]))
        named = _said(made("", [row | more | {"officer_name": "Cán Bộ Ba, Công chức địa chính"}]))
        assert "Cán Bộ Ba, Công chức địa chính" in named
        assert "cb-dia-chinh-1" not in named


def test_a_list_with_nothing_in_it_says_so_in_place_of_its_headers_under_its_title() -> None:
    assert _said(showing_files.cases("", [])) == "Không có mục nào."
    console = Console(width=40, file=StringIO())
    console.print(showing_files.history("Lịch sử của một hồ sơ khá dài", []))
    assert "  Lịch sử của một hồ sơ khá dài  " in console.file.getvalue()


@pytest.mark.parametrize("width", [80, 100])
def test_a_narrow_screen_breaks_words_apart_but_no_day_and_no_file_number(width) -> None:
    row = {
        "file": "7f3k9q2mxw4t",
        "received_on": "2026-09-25",
        "kind": "khieu_nai",
        "field": "boi_thuong_gpmb",
        "channel": "co_quan_chuyen",
        "state": "assigned",
        "officer_name": "[họ tên – mã cb-xay-dung-1], Công chức xây dựng và đô thị",
        "waiting_due_on": "2026-10-16",
    }
    console = Console(width=width, file=StringIO())
    console.print(showing_files.cases("", [row]))
    lines = console.file.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    words_told = {word for line in lines for word in line.split()}
    assert {"7f3k9q2mxw4t", "25/09/2026", "16/10/2026", "cb-xay-dung-1],"} <= words_told


@pytest.mark.parametrize(
    ("room", "widths"),
    [(60, [12, 40]), (40, [12, 28]), (20, [12, 8]), (14, [8, 6]), (1, [1, 1])],
)
def test_a_word_is_broken_where_there_is_no_other_way(room, widths) -> None:
    assert showing.fitted([12, 40], [12, 6], room) == widths


def test_a_cell_of_several_lines_needs_no_more_room_than_its_longest() -> None:
    console = Console(width=60, file=StringIO())
    console.print(showing.table("", ("Hồ sơ", "Vì sao"), [("f1", "\n".join(["Thụ lý đơn."] * 9))]))
    assert "  f1      Thụ lý đơn.  " in console.file.getvalue()


def test_a_plan_that_was_changed_is_told_as_on_the_card() -> None:
    log = MemoryLog()
    later = replace(stories.PLANNED, planned_on=date(2026, 10, 20), finish_by=date(2026, 12, 18))
    for category, event in (*stories.SETTLED[:8], ("case", stories.PLANNED), ("case", later)):
        record(log, WARD, f"{category}-f1", event)
    events, today = flatten(list(log.after(WARD, 0))), date(2026, 12, 1)
    first, second = Moment(as_of=date(2026, 10, 19)), Moment(as_of=today)
    changes = differences(events, first, second, today, card)
    moments = {"first": first.as_data(today), "second": second.as_data(today)}
    told = _said(showing_files.differences({"file": "f1", "changes": changes} | moments))
    assert "đến 30/10/2026" in told
    assert "đến 18/12/2026" in told
    assert "planned_on" not in told


def _said(made: Table) -> str:
    """All words of a table however wide, with one blank between them."""
    console = Console(width=400, file=StringIO())
    console.print(made)
    return " ".join(console.file.getvalue().split())
