"""What may be asked of reporting, and what it answers where something is missing or wrong."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from services.reporting import queries, rebuild, schemas
from services.reporting.cards import State
from shared.contracts.petitions import Channel, Field, Kind
from shared.directory import Directories
from shared.errors import Malformed, Refused
from shared.memory_log import MemoryLog
from shared.wire import read
from tests.support import stories
from tests.support.recording import record

WARD = "09253"


def test_all_filters_together_are_read() -> None:
    asked = read(
        schemas.CASES,
        {
            "kind": "to_cao",
            "field": "cong_vu",
            "state": "assigned",
            "unit": "van-phong",
            "officer": "cb-van-phong-1",
            "channel": "buu_chinh",
            "overdue": True,
            "received_from": "2026-01-01",
            "received_to": "2099-12-31",
            "limit": 200,
            "after": "WyJ4IiwgInkiXQ==",
        },
    )
    assert (asked.kind, asked.field, asked.state, asked.channel) == (
        Kind.DENUNCIATION,
        Field.PUBLIC_DUTY,
        State.ASSIGNED,
        Channel.POST,
    )
    assert (asked.overdue, asked.received_to, asked.limit) == (True, date(2099, 12, 31), 200)


def test_nothing_asked_for_is_the_first_fifty_of_all() -> None:
    asked = read(schemas.CASES, {})
    assert (asked.limit, asked.after, asked.kind, asked.overdue) == (50, None, None, None)


@pytest.mark.parametrize(
    ("shape", "payload", "field", "code"),
    [
        (schemas.CASES, {"kind": "don_thu"}, "kind", "not_in_list"),
        (schemas.CASES, {"state": "open"}, "state", "not_in_list"),
        (schemas.CASES, {"limit": 0}, "limit", "out_of_range"),
        (schemas.CASES, {"limit": 201}, "limit", "out_of_range"),
        (schemas.CASES, {"limit": "10"}, "limit", "wrong_type"),
        (schemas.CASES, {"overdue": "yes"}, "overdue", "wrong_type"),
        (schemas.CASES, {"received_from": "2026-02-30"}, "received_from", "invalid_date"),
        (schemas.CASES, {"skip": 10}, "skip", "unknown_field"),
        (schemas.CASES, {"authority": "10000"}, "authority", "unknown_field"),
        (schemas.PAGE, {"limit": 1000}, "limit", "out_of_range"),
        (schemas.REPLAY, {"file": "f", "as_of": "02/10/2026"}, "as_of", "invalid_date"),
        (schemas.REPLAY, {"file": "f", "known_at": "2026-10-02"}, "known_at", "invalid_instant"),
        (schemas.REPLAY, {"file": "f", "known_at": 7}, "known_at", "invalid_instant"),
        (
            schemas.REPLAY,
            {"file": "f", "known_at": "2026-10-02T09:30:00"},
            "known_at",
            "invalid_instant",
        ),
        (schemas.COMPARE, {"file": "f"}, "first", "missing"),
        (schemas.COMPARE, {"file": "f", "first": "2026-10-02"}, "first", "wrong_type"),
        (
            schemas.COMPARE,
            {"file": "f", "first": {"as_of": "02/10/2026"}},
            "first.as_of",
            "invalid_date",
        ),
        (
            schemas.COMPARE,
            {"file": "f", "first": {}, "second": {"known_at": "2026"}},
            "second.known_at",
            "invalid_instant",
        ),
        (schemas.CASES_AS_OF, {"limit": 201}, "limit", "out_of_range"),
        (schemas.CASES_AS_OF, {"known_at": "hôm qua"}, "known_at", "invalid_instant"),
        (schemas.OF_FILE, {}, "file", "missing"),
        (schemas.NOTHING, {"x": 1}, "x", "unknown_field"),
    ],
)
def test_a_question_of_the_wrong_shape_is_refused_by_field_and_code(
    shape, payload, field, code
) -> None:
    with pytest.raises(Malformed) as malformed:
        read(shape, payload)
    assert malformed.value.errors[field][0].startswith(f"{code}: ")


def test_an_instant_is_read_with_its_zone() -> None:
    asked = read(schemas.REPLAY, {"file": "f", "known_at": "2026-10-02T09:30:00+07:00"})
    assert asked.known_at == datetime(2026, 10, 2, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["x", "đ", "WzFd", "eyJhIjogMX0=", "W251bGwsICJhIl0=", "!!!!"])
def test_a_key_that_we_did_not_give_is_refused(text) -> None:
    asked = read(schemas.CASES, {"after": text})
    with pytest.raises(Malformed, match="invalid_key"):
        queries.cases(None, WARD, asked, date(2026, 11, 23))


def test_the_events_of_an_unknown_file_are_refused() -> None:
    with pytest.raises(Refused, match="unknown_file"):
        queries.events_of(MemoryLog(), WARD, "7f3k9q2mxw4t")


def test_the_events_of_another_ward_are_not_found() -> None:
    log = MemoryLog()
    record(log, "10000", "petition-f1", stories.RECEIVED)
    with pytest.raises(Refused, match="unknown_file"):
        queries.events_of(log, WARD, "f1")


def test_a_whole_log_is_found_whole() -> None:
    log = MemoryLog()
    for category, event in stories.SETTLED:
        record(log, WARD, f"{category}-f1", event)
    assert queries.verified(log, WARD) == {
        "authority": WARD,
        "commits": 13,
        "ok": True,
        "fault": None,
    }


def test_a_log_without_commits_is_whole() -> None:
    assert queries.verified(MemoryLog(), WARD)["ok"] is True


def test_a_changed_commit_is_found() -> None:
    log = MemoryLog()
    for category, event in stories.SETTLED:
        record(log, WARD, f"{category}-f1", event)
    altered = log._commits[WARD][4]
    log._commits[WARD][4] = replace(altered, proposal=replace(altered.proposal, actor="officer:x"))
    told = queries.verified(log, WARD)
    assert (told["ok"], told["commits"]) == (False, 5)
    assert "position 5" in told["fault"]


def test_a_missing_commit_is_found() -> None:
    log = MemoryLog()
    for category, event in stories.SETTLED:
        record(log, WARD, f"{category}-f1", event)
    del log._commits[WARD][4]
    told = queries.verified(log, WARD)
    assert (told["ok"], told["commits"]) == (False, 4)
    assert "position 5 is missing" in told["fault"]


def test_workload_is_added_up_by_unit_and_officer() -> None:
    groups = [
        {"_id": {"unit": unit, "officer": officer}, "open": open, "overdue": overdue}
        | {"transfers": transfers, "days_lost": days_lost}
        for unit, officer, open, overdue, transfers, days_lost in (
            ("cong-an", "o-2", 2, 1, 1, 9),
            (None, None, 4, 2, 0, 0),
            ("cong-an", "cb-cong-an-1", 3, 0, 2, 4),
        )
    ]
    assert queries.by_unit(groups, Directories.from_environment().of(WARD)) == {
        "open": 9,
        "overdue": 3,
        "transfers": 3,
        "days_lost": 13,
        "unassigned": 4,
        "units": [
            {
                "unit": "cong-an",
                "unit_name": "Công an phường",
                "open": 5,
                "overdue": 1,
                "transfers": 3,
                "days_lost": 13,
                "officers": [
                    {
                        "officer": "cb-cong-an-1",
                        "officer_name": "[họ tên – mã cb-cong-an-1], Cán bộ Công an phường",
                        "open": 3,
                        "overdue": 0,
                    },
                    {
                        "officer": "o-2",
                        "officer_name": "[o-2 (chưa có trong danh bạ)]",
                        "open": 2,
                        "overdue": 1,
                    },
                ],
            }
        ],
    }


def test_only_a_table_that_exists_is_rebuilt() -> None:
    with pytest.raises(Refused, match="unknown_table"):
        rebuild.rebuild(None, MemoryLog(), "commits")
