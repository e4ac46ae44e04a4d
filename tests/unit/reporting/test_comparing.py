"""What differs between two moments of a file, and the event that made each difference."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.reporting.cards import BLANK
from services.reporting.comparing import differences
from services.reporting.queries import card
from services.reporting.replay import Moment, replay
from services.reporting.words import field_called
from shared.ledger import Recorded, flatten
from shared.memory_log import MemoryLog
from tests.support import stories
from tests.support.recording import AT, record

WARD = "09253"
TODAY = date(2026, 12, 1)


def recorded(*told: tuple[str, Any]) -> list[Recorded]:
    log = MemoryLog()
    for number, (category, event) in enumerate(told):
        record(log, WARD, f"{category}-f1", event, at=AT + timedelta(minutes=number))
    return flatten(list(log.after(WARD, 0)))


SETTLED = recorded(*stories.SETTLED)


def as_of(month: int, day: int) -> Moment:
    return Moment(as_of=date(2026, month, day))


def known(minutes: int) -> Moment:
    return Moment(known_at=AT + timedelta(minutes=minutes))


def compared(events: list[Recorded], first: Moment, second: Moment) -> dict[str, dict[str, Any]]:
    told = differences(events, first, second, TODAY, card)
    return {change["field"]: change for change in told}


def test_each_difference_names_the_event_that_made_it() -> None:
    changes = compared(SETTLED, as_of(10, 8), as_of(11, 12))
    state = changes["state"]
    assert (state["before"], state["after"]) == ("accepted", "decided")
    assert (state["cause"]["type"], state["cause"]["on"]) == ("DecisionIssued", "2026-11-12")
    assert SETTLED[state["cause"]["position"] - 1].id == state["cause"]["id"]
    assert state["cause"]["sentence"].startswith("Ngày 12/11/2026: ")
    assert changes["officer"]["cause"]["type"] == "CaseAssigned"
    assert changes["clocks.settle_1"]["cause"]["type"] == "DeadlineMet"
    assert "received_on" not in changes


def test_a_file_that_was_not_there_yet_differs_in_all_that_it_has() -> None:
    changes = compared(SETTLED, as_of(10, 1), as_of(10, 2))
    assert (changes["state"]["before"], changes["state"]["after"]) == (None, "received")
    assert changes["clocks.accept"]["before"] is None
    assert {change["cause"]["type"] for change in changes.values()} == {
        "PetitionReceived",
        "DeadlineSet",
    }


def test_what_only_days_have_changed_has_no_event() -> None:
    late = recorded(("petition", stories.RECEIVED), ("clock", stories.ACCEPT_CLOCK))
    changes = compared(late, as_of(10, 13), as_of(10, 15))
    assert {name: change["cause"] for name, change in changes.items()} == {
        "is_overdue": None,
        "days_overdue": None,
        "clocks.accept": None,
    }
    assert changes["days_overdue"]["after"] == 2


def test_the_other_way_round_the_event_is_the_one_that_no_longer_counts() -> None:
    there = compared(SETTLED, as_of(10, 8), as_of(11, 12))
    back = compared(SETTLED, as_of(11, 12), as_of(10, 8))
    assert back.keys() == there.keys()
    for name, change in back.items():
        assert (change["before"], change["after"]) == (
            there[name]["after"],
            there[name]["before"],
        )
    assert back["state"]["cause"] == there["state"]["cause"]


def test_the_two_times_can_be_compared_with_each_other() -> None:
    """What the day held as we know today, beside what was on record when it was asked."""
    then = Moment(as_of=date(2026, 11, 12), known_at=AT + timedelta(minutes=7))
    changes = compared(SETTLED, then, as_of(11, 12))
    assert (changes["state"]["before"], changes["state"]["after"]) == ("assigned", "decided")
    assert changes["state"]["cause"]["type"] == "DecisionIssued"


def test_where_all_that_changed_a_field_counts_at_both_the_last_of_them_is_named() -> None:
    """The first officer, recorded first, counts later: only then does the second one follow."""
    first = replace(stories.ASSIGNED, assigned_on=date(2026, 10, 20), officer="cb-dia-chinh-2")
    second = replace(stories.ASSIGNED, assigned_on=date(2026, 10, 12))
    told = recorded(("petition", stories.RECEIVED), ("case", first), ("case", second))
    (change,) = compared(told, as_of(10, 12), as_of(10, 20)).values()
    assert (change["field"], change["before"], change["after"]) == ("transfers", 0, 1)
    assert change["cause"]["id"] == told[2].id


def test_nothing_differs_from_itself() -> None:
    for moment in (Moment(), as_of(10, 20), known(5)):
        assert compared(SETTLED, moment, moment) == {}


MOMENTS = st.builds(
    Moment,
    as_of=st.none() | st.dates(date(2026, 9, 30), date(2026, 12, 31)),
    known_at=st.none() | st.integers(-1, 30).map(lambda n: AT + timedelta(minutes=n)),
)


@given(
    told=st.lists(st.sampled_from(stories.EVERY_EVENT), max_size=20), first=MOMENTS, second=MOMENTS
)
def test_whatever_happened_the_differences_lead_from_one_card_to_the_other(
    told: list[tuple[str, Any]], first: Moment, second: Moment
) -> None:
    events = recorded(*told)
    changes = compared(events, first, second)
    cards = [
        card(replay(events, as_of=each.as_of, known_at=each.known_at) or BLANK, each.day(TODAY))
        for each in (first, second)
    ]
    if all(each["state"] for each in cards):
        for name in BLANK.keys() - {"clocks", "events", "position", "last_recorded_at"}:
            differs = cards[0][name] != cards[1][name] and name not in ("file", "waiting_due_on")
            assert (name in changes) == differs
    ids = [{event.id for event in moment.counted(events)} for moment in (first, second)]
    for change in changes.values():
        if ids[0] == ids[1]:
            assert change["cause"] is None
        elif change["cause"]:
            assert change["cause"]["id"] in ids[0] | ids[1]


def test_every_field_that_can_differ_has_a_name_in_vietnamese() -> None:
    told = differences(recorded(*stories.EVERY_EVENT), as_of(1, 1), Moment(), TODAY, card)
    fields = {change["field"] for change in told}
    assert [field for field in fields if field_called(field) == field] == []
