"""What callers may send to the assignment service."""

import pytest

from services.assignment import schemas
from shared.directory import Directories
from shared.errors import Malformed
from shared.wire import read

ASSIGN = {
    "file": "7f3k9q2mxw4t",
    "assigned_on": "2025-10-09",
    "unit": "kinh-te-ha-tang",
    "officer": "cb-dia-chinh-1",
    "reasons": ["dung_linh_vuc"],
}
DECIDE = {
    "file": "7f3k9q2mxw4t",
    "decided_on": "2025-11-05",
    "number": "12/QĐ-UBND",
    "outcome": "dung",
    "conclusion": "Khiếu nại là đúng.",
}
RECEIVED = {"file": "7f3k9q2mxw4t", "received_on": "2025-11-10", "ref": "p1"}
SENT = {"file": "7f3k9q2mxw4t", "sent_on": "2025-11-06", "recipients": ["nguoi_khieu_nai"]}
TASK = {
    "set_on": "2025-10-01",
    "due_on": "2099-12-31",
    "topic": "tap_huan",
    "unit": "van-phong",
    "instruction": "Tập huấn tiếp công dân cho tổ trưởng tổ dân phố.",
}


def test_a_task_is_due_in_the_future_and_its_text_is_personal() -> None:
    asked = read(schemas.SET_TASK, TASK)
    command = asked.command(task="0a1b2c3d4e5f", directory=Directories.from_environment().of("*"))
    assert command.personal["text"] == {"instruction": TASK["instruction"]}
    assert "Tập huấn" not in repr(command)


def test_a_dialogue_and_an_enforcement_may_lie_ahead() -> None:
    dialogue = {"file": "f", "announced_on": "2025-10-20", "held_on": "2099-10-28"}
    assert read(schemas.ANNOUNCE_DIALOGUE, dialogue).held_on.year == 2099
    order = {"file": "f", "ordered_on": "2025-10-20", "unit": "u", "number": "1/QĐ-UBND"}
    assert read(schemas.ORDER_ENFORCEMENT, order | {"due_on": "2099-10-28"}).due_on.year == 2099
    assert read(schemas.ORDER_ENFORCEMENT, order).due_on is None


def test_complexity_may_be_declared_without_a_number() -> None:
    said = {"file": "f", "declared_on": "2025-10-20", "criteria": ["nhieu_noi_dung"]}
    assert read(schemas.DECLARE_COMPLEX, said).number is None


def test_figures_are_whole_numbers_and_money_is_counted_in_dong() -> None:
    told = {"money_returned": 45_000_000_000, "people_handled": 2}
    figures = read(schemas.ISSUE_DECISION, DECIDE | {"calls_for": told}).calls_for
    assert (figures.money_returned, figures.people_handled, figures.land_returned) == (
        45_000_000_000,
        2,
        0,
    )
    wrong = {"money_returned": 1.5, "people_handled": -1, "bribes": 3}
    with pytest.raises(Malformed) as malformed:
        read(schemas.ISSUE_DECISION, DECIDE | {"calls_for": wrong})
    assert set(malformed.value.errors) == {f"calls_for.{name}" for name in wrong}


def test_who_decides_comes_from_the_call_and_the_text_is_personal() -> None:
    command = read(schemas.ISSUE_DECISION, DECIDE).command(decided_by="officer:vera")
    assert command.decided_by == "officer:vera"
    assert command.personal["text"] == {"conclusion": "Khiếu nại là đúng."}
    assert "đúng" not in repr(command)


@pytest.mark.parametrize("number", ["12/QĐ-UBND", "05/KL-UBND", "31/2026/UBND-VP"])
def test_numbers_of_documents_are_taken(number) -> None:
    assert read(schemas.ISSUE_DECISION, DECIDE | {"number": number}).number == number


@pytest.mark.parametrize(
    ("shape", "payload", "field", "code"),
    [
        (schemas.ASSIGN, ASSIGN | {"assigned_by": "officer:mai"}, "assigned_by", "unknown_field"),
        (schemas.ASSIGN, ASSIGN | {"assigned_on": "2026-02-30"}, "assigned_on", "invalid_date"),
        (schemas.ASSIGN, ASSIGN | {"assigned_on": "9999-01-01"}, "assigned_on", "date_in_future"),
        (schemas.ASSIGN, ASSIGN | {"reasons": ["vì ông A nhờ"]}, "reasons.0", "not_in_list"),
        (schemas.ASSIGN, ASSIGN | {"unit": "  "}, "unit", "empty"),
        (schemas.ASSIGN, {"file": "f"}, "officer", "missing"),
        (schemas.ISSUE_DECISION, DECIDE | {"conclusion": ""}, "conclusion", "empty"),
        (schemas.ISSUE_DECISION, DECIDE | {"conclusion": "x" * 20_001}, "conclusion", "too_long"),
        (schemas.ISSUE_DECISION, DECIDE | {"outcome": "hòa"}, "outcome", "not_in_list"),
        (schemas.ISSUE_DECISION, DECIDE | {"number": "số 12"}, "number", "invalid_number"),
        (schemas.ISSUE_DECISION, DECIDE | {"number": "12 Nguyễn A"}, "number", "invalid_number"),
        (schemas.CLOSE, {"file": "f", "closed_on": None, "ground": "x"}, "closed_on", "null"),
        (schemas.RECORD_RECEIPT, RECEIVED | {"ref": "bà Hợp"}, "ref", "invalid_ref"),
        (schemas.SEND_DECISION, SENT | {"recipients": ["bà Hợp"]}, "recipients.0", "not_in_list"),
        (schemas.REPORT_VERIFICATION, {"file": "f"}, "findings", "missing"),
        (schemas.SET_TASK, TASK | {"topic": "họp"}, "topic", "not_in_list"),
        (schemas.FINISH_TASK, {"task": "t", "events": -1}, "events", "out_of_range"),
        (schemas.OF_FILE, {"file": 7}, "file", "wrong_type"),
        (schemas.OF_FILE, [], "payload", "wrong_type"),
    ],
)
def test_a_payload_of_the_wrong_shape_is_refused_by_field_and_code(
    shape, payload, field, code
) -> None:
    with pytest.raises(Malformed) as malformed:
        read(shape, payload)
    assert malformed.value.errors[field][0].startswith(f"{code}: ")
