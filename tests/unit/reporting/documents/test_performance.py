"""What leaders look at: counted from recorded stories whose figures are worked out by hand."""

import itertools
from datetime import date
from functools import partial, reduce

import pytest

from services.reporting.cards import BLANK
from services.reporting.documents import performance, results
from services.reporting.forms.reports import tables
from services.reporting.forms.windows import between
from services.reporting.projections import CASES
from services.reporting.words import BACKLOG_CAUSES
from shared.contracts.receptions import CitizenReceived, Host, ReceptionKind, ReceptionMode
from tests.support import stories
from tests.support.recording import recorded_stories

WARD = "09253"
YEAR = between(date(2026, 1, 1), date(2026, 12, 31))
TODAY = date(2026, 12, 31)
recorded = partial(recorded_stories, WARD)


def read(**told):
    return performance.read(recorded(**told))


def test_limits_are_counted_once_each_as_kept_or_late() -> None:
    found = performance.limits(read(s=stories.SETTLED), YEAR)
    assert [(limit.clock, limit.is_late, limit.officer) for limit in found] == [
        ("accept", False, None),  # met before anybody had the case
        ("settle_1", True, "cb-dia-chinh-1"),
    ]
    (late,) = [each for each in performance.by_rule(found) if each["late"]]
    assert late == {
        "rule": "KN.SETTLE1",
        "limits": 1,
        "in_time": 0,
        "late": 1,
        "rate": 0.0,
        "late_files": ["s"],
    }
    assert [(each["field"], each["rate"]) for each in performance.by_field(found)] == [
        ("dat_dai", 50.0)
    ]
    assert [(each["unit"], each["late"]) for each in performance.by_unit(found)] == [
        ("kinh-te-ha-tang", 1),
        (None, 0),
    ]


def test_a_limit_missed_and_not_met_yet_is_late() -> None:
    upto = stories.SETTLED.index(("case", stories.DECIDED))
    found = performance.limits(read(s=stories.SETTLED[:upto]), YEAR)
    (missed,) = [limit for limit in found if limit.is_late]
    assert (missed.clock, missed.met_on) == ("settle_1", None)


def test_a_limit_that_was_moved_after_its_miss_is_not_late() -> None:
    upto = stories.SETTLED.index(("case", stories.DECIDED))
    story = (*stories.SETTLED[:upto], ("clock", stories.SETTLE_MOVED))
    assert not any(limit.is_late for limit in performance.limits(read(s=story), YEAR))


def test_what_only_informs_is_nobody_s_limit() -> None:
    found = performance.limits(read(k=stories.COMPLAINT), YEAR)
    assert {"legal_effect_1", "appeal_window"}.isdisjoint(limit.clock for limit in found)


def test_a_limit_counts_in_the_window_in_which_it_ends() -> None:
    october = between(date(2026, 10, 1), date(2026, 10, 31))
    found = performance.limits(read(s=stories.SETTLED), october)
    assert [limit.clock for limit in found] == ["accept"]


def test_time_lost_in_a_transfer_is_that_of_who_gave_it_away() -> None:
    events = recorded(k=stories.COMPLAINT)
    (told,) = performance.transfers(performance.read(events), YEAR, TODAY)
    assert (told["file"], told["changes"], told["days_lost"]) == ("k", 1, 3)
    assert told["from"] == ["cb-dia-chinh-1"]
    card = reduce(CASES.fold, events, {})
    assert (card["transfers"], card["days_lost"]) == (told["changes"], told["days_lost"])


def test_directive_tasks_are_told_by_who_had_to_do_them() -> None:
    done = {"unit": "van-phong", "officer": "cb-van-phong-1", "due": 1, "done": 1}
    late = {"task": "t", "event": "task-t-0-1", "days_late": 3}
    assert performance.tasks(recorded(t=stories.TASK), YEAR, TODAY) == [done | {"late": [late]}]
    (open_,) = performance.tasks(recorded(t=stories.TASK[:1]), YEAR, TODAY)
    assert (open_["done"], open_["late"][0]["days_late"]) == (0, 62)
    (waits,) = performance.tasks(recorded(t=stories.TASK[:1]), YEAR, date(2026, 10, 30))
    assert waits["late"] == []


def test_the_clock_of_a_task_is_in_no_figure_about_limits_and_in_no_form() -> None:
    told, plain = (
        recorded(s=stories.SETTLED, t=story) for story in (stories.TASK_WITH_CLOCK, stories.TASK)
    )
    assert len(told) > len(plain)
    for count in (performance.limits, performance.trend):
        assert count(performance.read(told), YEAR) == count(performance.read(plain), YEAR)
    for count in (results.officers, performance.transfers):
        files = performance.read(told), performance.read(plain)
        assert count(files[0], YEAR, TODAY) == count(files[1], YEAR, TODAY)
    assert performance.tasks(told, YEAR, TODAY) == performance.tasks(plain, YEAR, TODAY)
    assert tables(told, YEAR) == tables(plain, YEAR)
    assert any(entries for table in tables(told, YEAR).values() for entries in table.cells)


def test_the_trend_counts_each_month() -> None:
    window = between(date(2026, 8, 1), date(2026, 12, 31))
    trend = performance.trend(read(k=stories.COMPLAINT, s=stories.SETTLED), window)
    assert [
        (told["month"], told["received"], told["settled"], told["ended"], told["open"])
        for told in trend
    ] == [
        ("2026-08", 1, 0, 0, 1),
        ("2026-09", 0, 0, 0, 1),
        ("2026-10", 1, 1, 0, 2),
        ("2026-11", 0, 1, 1, 1),
        ("2026-12", 0, 0, 1, 0),
    ]
    assert [told["late"] for told in trend] == [0, 0, 0, 1, 0]


def test_open_files_are_told_by_age() -> None:
    story = stories.SETTLED[:8]  # received 2 October, with an officer, not decided
    (told,) = performance.ageing(read(s=story), date(2026, 11, 30))
    assert told == {
        "unit": "kinh-te-ha-tang",
        "officer": "cb-dia-chinh-1",
        "field": "dat_dai",
        "open": 1,
        "ages": {"<=30": 0, "<=45": 0, "<=90": 1, ">90": 0},
        "oldest": 59,
    }
    assert performance.ageing(read(s=stories.SETTLED), TODAY) == []


def session(on, kind=ReceptionKind.PERIODIC, mode=ReceptionMode.IN_PERSON, host=Host.CHAIR):
    return "reception", CitizenReceived(received_on=on, kind=kind, mode=mode, host=host, turn=1)


def test_the_chair_s_days_are_counted_against_the_law_of_their_time() -> None:
    """Once a week until 30 June 2026, two days a month from July on."""
    june_29, july_7, july_8 = date(2026, 6, 29), date(2026, 7, 7), date(2026, 7, 8)
    held = [
        session(june_29),
        session(july_7),
        session(july_7),
        session(july_8, kind=ReceptionKind.UNSCHEDULED),
        session(july_8, mode=ReceptionMode.ONLINE),
        session(july_8, host=Host.DELEGATE),
    ]
    events = recorded(**{f"r{number}": [each] for number, each in enumerate(held)})
    told = performance.chair_days(events, between(date(2026, 6, 22), date(2026, 7, 31)))
    assert [(each["first"], each["required"], each["days"]) for each in told] == [
        ("2026-06-22", 1, []),
        ("2026-06-29", 0, ["2026-06-29"]),  # the week was cut by the new law
        ("2026-07-01", 2, ["2026-07-07"]),
    ]
    assert len(told[2]["events"]) == 2


@pytest.mark.parametrize(
    ("changes", "causes"),
    [
        ({}, ["chua_phan_loai"]),
        ({"classified_on": "2026-10-02", "accepted_on": "2026-10-08"}, ["chua_phan_cong"]),
        (
            {"classified_on": "2026-10-02", "state": "suspended", "transfers": 1},
            ["tam_dinh_chi", "doi_nguoi_giai_quyet"],
        ),
        (
            {"classified_on": "2026-10-02", "expertise_ordered_on": "2026-10-12"},
            ["cho_giam_dinh"],
        ),
        ({"classified_on": "2026-10-02", "decided_on": "2026-11-12"}, ["cho_thi_hanh"]),
    ],
)
def test_a_lingering_file_tells_why_as_far_as_it_is_on_record(changes, causes) -> None:
    assert performance.causes(BLANK | changes) == causes
    assert set(causes) <= set(BACKLOG_CAUSES)


def test_the_next_step_of_a_file_is_who_has_it_and_what_ends_next() -> None:
    assert not performance.next_step(BLANK)["is_complete"]
    card = reduce(CASES.fold, recorded(s=stories.SETTLED[:8]), {})
    assert performance.next_step(card) == {
        "unit": "kinh-te-ha-tang",
        "officer": "cb-dia-chinh-1",
        "next_due_on": "2026-11-09",
        "is_complete": True,
    }


def test_the_order_of_events_changes_nothing() -> None:
    events = recorded(k=stories.COMPLAINT)
    expected = performance.limits(performance.read(events), YEAR)
    for turned in itertools.islice(itertools.permutations(events[::7]), 5):
        mixed = [*turned, *events]
        assert performance.limits(performance.read(mixed), YEAR) == expected
