"""What callers may send to the assignment service."""

import pytest

from services.assignment import schemas
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
