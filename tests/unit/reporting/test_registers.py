"""The registers: sessions of citizen reception with their turns, and directive tasks."""

from datetime import date
from functools import reduce

import pytest

from services.reporting.projections import CASES, RECEPTIONS, TASKS
from services.reporting.queries import reception, task
from services.reporting.registers import BLANK_RECEPTION, BLANK_TASK
from shared.contracts.receptions import ReceptionRefused, RefusalNoticeSent
from shared.memory_log import MemoryLog
from tests.support import stories
from tests.support.recording import record, recorded_stories

WARD, ID = "09253", "7f3k9q2mxw4t"


def folded(projection, story):
    events = recorded_stories(WARD, **{ID: story})
    assert {projection.key(event) for event in events} == {ID}
    return reduce(projection.fold, events, {})


def test_a_session_tells_its_schedule_its_turns_and_its_refusals() -> None:
    row = folded(RECEPTIONS, stories.RECEPTION)
    told = {
        "reception": ID,
        "posted_on": "2026-11-02",
        "held_on": "2026-11-12",
        "kind": "dinh_ky",
        "mode": "truc_tiep",
        "host": "chu_tich",
        "people": 7,
        "concluded_on": "2026-11-13",
        "conclusion_number": "52/TB-UBND",
        "units": ["kinh-te-ha-tang"],
        "next_due_on": "2026-11-27",
        "events": 8,
        "position": 8,
    }
    assert row | told == row
    assert row["turns"] == [
        {
            "turn": 1,
            "received_on": "2026-11-12",
            "people": 6,
            "representatives": 2,
            "capacity": None,
            "matter": "khieu_nai",
            "file": ID,
            "notified_on": "2026-11-20",
        },
        {
            "turn": 2,
            "received_on": "2026-11-12",
            "people": 1,
            "representatives": 0,
            "capacity": None,
            "matter": None,
            "file": None,
            "notified_on": None,
        },
    ]
    assert row["refusals"] == [
        {
            "refused_on": "2026-11-12",
            "ground": "da_giai_quyet_van_keo_dai",
            "needs_written_notice": True,
            "notice_sent_on": "2026-11-16",
        }
    ]


def test_an_online_session_tells_its_tests_and_who_came_for_somebody_else() -> None:
    row = folded(RECEPTIONS, stories.ONLINE)
    assert row["line_tests"] == [
        {"tested_on": "2026-11-10", "result": "khong_dat"},
        {"tested_on": "2026-11-11", "result": "dat"},
    ]
    assert row["turns"][0]["capacity"] == "duoc_uy_quyen"


def test_a_session_is_read_in_vietnamese_and_judged_on_the_day() -> None:
    told = reception(folded(RECEPTIONS, stories.RECEPTION), date(2026, 11, 28))
    assert (told["kind_name"], told["mode_name"], told["host_name"]) == (
        "định kỳ",
        "trực tiếp",
        "Chủ tịch",
    )
    assert told["clocks"]["result_notice"]["is_overdue"] is True


def test_a_refusal_alone_has_its_day_and_no_session() -> None:
    refused = ReceptionRefused(
        refused_on=date(2026, 11, 12), ground="mang_vu_khi", needs_written_notice=False
    )
    row = folded(RECEPTIONS, [("reception", refused)])
    assert (row["held_on"], row["kind"], row["turns"]) == ("2026-11-12", None, [])
    assert reception(row, date(2026, 11, 13))["kind_name"] is None


def test_a_notice_is_about_a_refusal_that_needs_one() -> None:
    told = [
        ReceptionRefused(refused_on=date(2026, 11, 12), ground=ground, needs_written_notice=needed)
        for ground, needed in (("mang_vu_khi", False), ("da_tra_loi", True), ("da_tra_loi", True))
    ]
    row = folded(
        RECEPTIONS,
        [
            *(("reception", event) for event in told),
            ("reception", RefusalNoticeSent(sent_on=date(2026, 11, 16))),
        ],
    )
    sent = [refusal["notice_sent_on"] for refusal in row["refusals"]]
    assert sent == [None, "2026-11-16", None]


def test_a_task_tells_what_was_set_and_done() -> None:
    row = folded(TASKS, stories.TASK)
    told = {
        "task": ID,
        "set_on": "2026-10-01",
        "due_on": "2026-10-30",
        "topic": "tuyen_truyen",
        "unit": "van-phong",
        "officer": "cb-van-phong-1",
        "is_open": False,
        "done_on": "2026-11-02",
        "held": 2,
        "people": 150,
        "events": 2,
        "position": 2,
    }
    assert row | told == row


@pytest.mark.parametrize(
    ("events", "day", "is_overdue", "days_late"),
    [
        (1, date(2026, 10, 30), False, 0),
        (1, date(2026, 11, 1), True, 2),
        (2, date(2026, 12, 1), False, 3),
    ],
)
def test_a_task_is_overdue_until_it_is_done_and_late_after(
    events, day, is_overdue, days_late
) -> None:
    told = task(folded(TASKS, stories.TASK[:events]), day)
    assert (told["is_overdue"], told["days_late"]) == (is_overdue, days_late)
    assert told["topic_name"] == "tuyên truyền pháp luật"


def test_a_task_tells_its_clock_and_to_whom_a_late_one_was_brought() -> None:
    waits = folded(TASKS, stories.TASK_WITH_CLOCK[:4])
    assert (waits["waiting_due_on"], waits["clocks"]["task"]["state"]) == ("2026-10-30", "missed")
    told = task(folded(TASKS, stories.TASK_WITH_CLOCK), date(2026, 12, 1))
    clock = told["clocks"]["task"]
    assert (clock["state"], clock["days_late"], clock["is_overdue"]) == ("late", 3, False)
    assert clock["name"] == "hoàn thành nhiệm vụ được giao"
    assert [each["to"] for each in told["escalations"]] == ["cb-van-phong-1"]


def test_every_row_has_every_field() -> None:
    assert set(folded(RECEPTIONS, stories.RECEPTION[:1])) == set(BLANK_RECEPTION)
    assert set(folded(TASKS, stories.TASK[:1])) == set(BLANK_TASK)


def test_the_tables_share_no_stream() -> None:
    log = MemoryLog()
    for category, event in (*stories.EVERY_EVENT[:2], *stories.OUTSIDE_FILES):
        record(log, WARD, f"{category}-{ID}", event)
    for commit in log.after(WARD, 0):
        for event in commit.recorded():
            tables = [each.table for each in (CASES, RECEPTIONS, TASKS) if each.key(event)]
            assert len(tables) == (
                0
                if event.category in ("mediation", "calendar", "report", "balance", "identity")
                else 1
            )
