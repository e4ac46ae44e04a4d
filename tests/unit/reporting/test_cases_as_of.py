"""The list of a ward's cases as they were at a moment, folded from the ledger alone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.reporting import queries, schemas
from shared.access.relations import Matter
from shared.memory_log import MemoryLog
from shared.wire import read
from tests.support import stories
from tests.support.recording import AT, record

WARD = "09253"
TODAY = date(2026, 12, 1)


@pytest.fixture
def log() -> MemoryLog:
    """Seven files, a day apart by the law and an hour apart by the record."""
    log = MemoryLog()
    for number in range(1, 8):
        day, at = date(2026, 10, number), AT + timedelta(hours=number)
        received = replace(stories.RECEIVED, received_on=day)
        classified = replace(stories.CLASSIFIED, classified_on=day + timedelta(days=3))
        record(log, WARD, f"petition-f{number}", received, at=at)
        record(log, WARD, f"petition-f{number}", classified, at=at + timedelta(minutes=30))
    return log


def asked(
    log: MemoryLog,
    authority: str = WARD,
    may_read: Callable[[Matter], bool] = lambda matter: True,
    **payload: Any,
) -> dict[str, Any]:
    return queries.cases_as_of(log, authority, read(schemas.CASES_AS_OF, payload), TODAY, may_read)


def states(answer: dict[str, Any]) -> dict[str, str]:
    return {card["file"]: card["state"] for card in answer["cases"]}


def test_as_of_a_day_each_file_is_what_the_law_says_it_was_by_then(log) -> None:
    answer = asked(log, as_of="2026-10-05")
    assert states(answer) == {
        "f1": "classified",
        "f2": "classified",
        "f3": "received",
        "f4": "received",
        "f5": "received",
    }
    assert (answer["as_of"], answer["known_at"], answer["next"]) == ("2026-10-05", None, None)


def test_as_known_at_an_instant_each_file_is_what_was_on_record(log) -> None:
    answer = asked(log, known_at="2026-11-23T14:10:00+07:00")  # two hours and ten minutes after AT
    assert states(answer) == {"f1": "classified", "f2": "received"}
    assert answer["as_of"] == "2026-11-23"
    both = asked(log, as_of="2026-10-01", known_at="2026-11-23T14:10:00+07:00")
    assert states(both) == {"f1": "received"}


def test_limits_are_judged_on_that_day(log) -> None:
    record(log, WARD, "clock-f1", replace(stories.ACCEPT_CLOCK, due_on=date(2026, 10, 12)))
    assert states(asked(log, as_of="2026-10-12", overdue=True)) == {}
    assert states(asked(log, as_of="2026-10-13", overdue=True)) == {"f1": "classified"}


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
@pytest.mark.parametrize("at_once", [1, 3, 100])
def test_pages_go_through_all_files_once_whatever_their_size(log, monkeypatch, limit, at_once):
    monkeypatch.setattr(queries, "FILES_AT_ONCE", at_once)
    seen, after, pages = [], {}, 0
    while after is not None:
        answer = asked(log, limit=limit, **after)
        seen += states(answer)
        after, pages = answer["next"] and {"after": answer["next"]}, pages + 1
    assert seen == [f"f{number}" for number in range(1, 8)]
    assert pages == -(-7 // limit)


def test_one_request_folds_so_many_files_and_says_where_to_go_on(log, monkeypatch) -> None:
    monkeypatch.setattr(queries, "FILES_A_REQUEST", 3)
    first = asked(log, received_from="2026-10-05")
    assert first["cases"] == []
    second = asked(log, received_from="2026-10-05", after=first["next"])
    assert list(states(second)) == ["f5", "f6"]
    assert list(states(asked(log, received_from="2026-10-05", after=second["next"]))) == ["f7"]


def test_another_ward_has_none_of_them(log) -> None:
    assert asked(log, "10000") == {
        "as_of": "2026-12-01",
        "known_at": None,
        "cases": [],
        "next": None,
    }


def test_a_file_that_is_not_the_callers_is_not_listed(log) -> None:
    named = replace(stories.CLASSIFIED, respondent_officers=("mai",))
    record(log, WARD, "petition-f2", named, at=AT + timedelta(days=40))

    def may_read(matter: Matter) -> bool:
        return "mai" not in matter.conflicted

    others = {f"f{number}" for number in (1, 3, 4, 5, 6, 7)}
    assert set(states(asked(log, may_read=may_read))) == others
    assert set(states(asked(log, may_read=may_read, as_of="2026-10-08"))) == others
    before = (AT + timedelta(days=1)).isoformat()
    assert set(states(asked(log, may_read=may_read, known_at=before))) == others
