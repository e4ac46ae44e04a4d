"""One fold: replayed, rebuilt in one go or followed live in pieces, a file gives the same card."""

from datetime import date, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.cards import fold
from services.reporting.projections import CASES
from services.reporting.replay import replay
from shared.ledger import Recorded, flatten
from shared.memory_log import MemoryLog
from tests.support import stories
from tests.support.recording import AT, record

WARD = "09253"


def events(*told: tuple[str, Any], file: str = "f1", log: MemoryLog | None = None):
    log = log or MemoryLog()
    for number, (category, event) in enumerate(told):
        record(log, WARD, f"{category}-{file}", event, at=AT + timedelta(minutes=number))
    return flatten(log.read(WARD, *(f"{c}-{file}" for c in ("petition", "case", "clock"))))


SETTLED = events(*stories.SETTLED)


@pytest.mark.parametrize(
    ("day", "state", "next_due_on"),
    [
        (date(2026, 10, 2), "received", "2026-10-13"),
        (date(2026, 10, 7), "classified", "2026-10-13"),
        (date(2026, 10, 8), "accepted", "2026-11-09"),
        (date(2026, 11, 9), "assigned", "2026-11-09"),
        (date(2026, 11, 10), "assigned", None),
        (date(2026, 11, 12), "decided", None),
        (date(2026, 11, 20), "closed", None),
    ],
)
def test_as_of_a_day_counts_what_the_law_dates_to_that_day(day, state, next_due_on) -> None:
    row = replay(SETTLED, as_of=day)
    assert (row["state"], row["next_due_on"]) == (state, next_due_on)


def test_before_it_came_in_there_was_no_file() -> None:
    assert replay(SETTLED, as_of=date(2026, 10, 1)) is None
    assert replay(SETTLED, known_at=AT - timedelta(seconds=1)) is None


def test_as_known_at_an_instant_counts_what_was_on_record() -> None:
    assert replay(SETTLED, known_at=AT)["state"] == "received"
    assert replay(SETTLED, known_at=AT + timedelta(minutes=2))["state"] == "classified"
    in_hanoi = datetime.fromisoformat("2026-11-23T12:02:00+07:00")
    assert replay(SETTLED, known_at=in_hanoi)["state"] == "classified"


def test_both_times_together_are_what_was_known_then_about_that_day() -> None:
    known_at = AT + timedelta(minutes=7)  # up to the assignment
    assert replay(SETTLED, as_of=date(2026, 10, 8), known_at=known_at)["state"] == "accepted"
    assert replay(SETTLED, as_of=date(2026, 11, 30), known_at=known_at)["state"] == "assigned"


def test_a_move_recorded_later_does_not_change_what_was_due_before() -> None:
    told = [*stories.SETTLED[:8], ("clock", stories.SETTLE_MOVED)]
    row = replay(events(*told), as_of=date(2026, 10, 20))
    assert row["clocks"]["settle_1"]["due_on"] == "2026-11-09"


def test_what_was_done_after_a_move_is_held_against_the_day_it_was_due() -> None:
    met = stories.SETTLE_LATE
    told = [*stories.SETTLED[:8], ("clock", stories.SETTLE_MOVED), ("clock", met)]
    assert replay(events(*told), as_of=date(2026, 11, 12))["clocks"]["settle_1"] == {
        "kind": "khieu_nai",
        "rule": met.rule,
        "triggered_on": "2026-10-08",
        "due_on": "2026-11-09",
        "state": "late",
        "met_on": "2026-11-12",
        "days_late": 3,
        "stopped_days": 0,
        "only_informs": False,
    }


def test_what_happened_to_a_clock_that_was_not_set_by_then_is_left_out() -> None:
    assert (
        replay(events(("petition", stories.RECEIVED), ("clock", stories.SETTLE_MISSED)))["clocks"]
        == {}
    )


def stored(row: dict[str, Any]) -> dict[str, Any]:
    """The row as it comes back from a database: text, numbers, lists, objects and nothing else."""
    return orjson.loads(orjson.dumps(row))


@settings(max_examples=60)
@given(
    told=st.lists(
        st.tuples(st.sampled_from(["f1", "f2", "f3"]), st.sampled_from(stories.EVERY_EVENT)),
        max_size=30,
    ),
    pieces=st.lists(st.integers(min_value=1, max_value=7), min_size=30, max_size=30),
)
def test_followed_in_pieces_rebuilt_and_replayed_every_file_gives_the_same_row(
    told: list[tuple[str, tuple[str, Any]]], pieces: list[int]
) -> None:
    log = MemoryLog()
    for file, (category, event) in told:
        record(log, WARD, f"{category}-{file}", event)
    live = _followed(flatten(list(log.after(WARD, 0))), pieces)
    rebuilt = _followed(flatten(list(log.after(WARD, 0))), [len(told) or 1])
    assert live == rebuilt
    for file, row in live.items():
        own = flatten(log.read(WARD, *(f"{c}-{file}" for c in ("petition", "case", "clock"))))
        if row["state"]:
            assert stored(replay(own)) == row
        else:
            assert replay(own) is None


def _followed(log: list[Recorded], pieces: list[int]) -> dict[str, Any]:
    """As a projector does it: fold a piece, store the rows, read them back, fold the next."""
    rows: dict[str, Any] = {}
    left = list(log)
    for size in [*pieces, len(log)]:
        piece, left = left[:size], left[size:]
        for event in piece:
            rows[CASES.key(event)] = fold(rows.get(CASES.key(event), {}), event)
        rows = {file: stored(row) for file, row in rows.items()}
    return rows


def test_folding_leaves_the_row_it_was_given_as_it_was() -> None:
    row: dict[str, Any] = {}
    for event in SETTLED:
        before = orjson.dumps(row)
        after = fold(row, event)
        assert orjson.dumps(row) == before
        row = after
