"""How case files are told on the command line: cards, differences, days and codes."""

from datetime import date, datetime, timedelta

from deploy import showing, showing_files
from services.reporting import words
from services.reporting.comparing import differences
from services.reporting.queries import card
from services.reporting.replay import Moment
from shared.ledger import flatten
from shared.memory_log import MemoryLog
from tests.support import stories
from tests.support.recording import AT, record

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


def test_days_are_told_as_people_write_them_and_a_list_of_steps_in_one_line() -> None:
    steps = [{"number": "12/QĐ", "sent_on": "2026-10-09", "ground": None}]
    assert showing_files.shown("orders_sent", steps) == "12/QĐ, 09/10/2026"
    assert showing_files.shown("dialogue_announced_for", "2026-08-25") == "25/08/2026"
    assert showing_files.shown("received_by", {"p1": "2026-10-09"}) == "p1: 09/10/2026"
