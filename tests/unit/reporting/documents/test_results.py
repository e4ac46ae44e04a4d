"""What officers and units were given and did, from recorded stories counted by hand."""

from datetime import date
from functools import partial

import pytest

from services.reporting.documents import performance, results
from services.reporting.documents.results import LATENESS
from services.reporting.forms.windows import between
from shared.contracts.cases import CaseAssigned
from tests.support import stories
from tests.support.recording import recorded_stories

WARD = "09253"
YEAR = between(date(2026, 1, 1), date(2026, 12, 31))
TODAY = date(2026, 12, 31)
recorded = partial(recorded_stories, WARD)


def units(events, window=YEAR, today=TODAY):
    return results.units(performance.read(events), events, window, today)


def figures(told):
    names = ("assigned", "held", "settled", "ended", "limits", "late", "gave_away")
    return {name: told[name] for name in names if told[name]}


def test_an_officer_s_figures_have_their_lineage() -> None:
    events = recorded(s=stories.SETTLED)
    (told,) = results.officers(performance.read(events), YEAR, TODAY)
    assert (
        told
        | {
            "officer": "cb-dia-chinh-1",
            "assigned": 1,
            "settled": 1,
            "held": 0,
            "late": 1,
            "gave_away": 0,
            "progress_percent": 75.0,
        }
        == told
    )
    by_id = {event.id: event.type for event in events}
    (late,) = told["lineage"]["late"]
    assert (late["rule"], late["days_late"], by_id[late["event"]]) == (
        "KN.SETTLE1",
        3,
        "DeadlineMet",
    )
    assert [by_id[each["event"]] for each in told["lineage"]["assigned"]] == ["CaseAssigned"]
    assert [by_id[each["event"]] for each in told["lineage"]["settled"]] == ["DecisionIssued"]


def test_what_a_lateness_costs_is_data_with_a_source() -> None:
    assert (LATENESS.percent, LATENESS.confidence) == (25, "B")
    assert "335/2025" in LATENESS.source


def test_who_gave_a_file_away_did_not_settle_it() -> None:
    events = recorded(k=stories.COMPLAINT)
    gave, took = results.officers(performance.read(events), YEAR, TODAY)
    assert (gave["gave_away"], gave["settled"], gave["ended"]) == (1, 0, 0)
    assert (took["gave_away"], took["settled"], took["ended"]) == (0, 1, 1)


def test_who_only_settled_in_the_window_is_among_those_who_did_something() -> None:
    """Assigned before it; the limit ends after it."""
    window = between(date(2026, 10, 20), date(2026, 10, 31))
    (told,) = results.officers(performance.read(recorded(k=stories.COMPLAINT)), window, TODAY)
    assert (told["officer"], told["assigned"], told["settled"]) == ("cb-xay-dung-1", 0, 1)


# -- units


def test_a_file_that_changes_hands_within_a_unit_stays_there() -> None:
    """`k` was two officers' of one unit, `s` one's: each counts once."""
    events = recorded(k=stories.COMPLAINT, s=stories.SETTLED)
    (told,) = units(events)
    assert told["unit"] == "kinh-te-ha-tang"
    assert figures(told) == {"assigned": 2, "settled": 2, "ended": 2, "limits": 4, "late": 1}
    by_id = {event.id: event.type for event in events}
    types = {
        name: [by_id[entry["event"]] for entry in entries]
        for name, entries in told["lineage"].items()
    }
    assert types == {
        "assigned": ["CaseAssigned"] * 2,
        "settled": ["DecisionIssued"] * 2,
        "ended": ["CaseClosed"] * 2,
        "late": ["DeadlineMet"],
        **{name: [] for name in ("tasks_set", "tasks_done", "tasks_late")},
    }
    first = next(event for event in events if event.type == "CaseAssigned" and event.file == "k")
    assert told["lineage"]["assigned"][0] == {"file": "k", "event": first.id}


def test_a_file_that_goes_to_another_unit_was_given_away_by_the_first() -> None:
    upto = stories.SETTLED.index(("case", stories.DECIDED))
    elsewhere = CaseAssigned(
        assigned_on=date(2026, 11, 1),
        unit="van-phong",
        officer="cb-van-phong-1",
        assigned_by="officer:vera",
    )
    events = recorded(s=(*stories.SETTLED[:upto], ("case", elsewhere), *stories.SETTLED[upto:]))
    gave, took = units(events)
    assert (gave["unit"], figures(gave)) == ("kinh-te-ha-tang", {"assigned": 1, "gave_away": 1})
    assert took["unit"] == "van-phong"
    assert figures(took) == {"assigned": 1, "settled": 1, "ended": 1, "limits": 1, "late": 1}


def test_limits_of_a_unit_are_those_of_its_rate() -> None:
    events = recorded(k=stories.COMPLAINT, s=stories.SETTLED)
    rates = performance.by_unit(performance.limits(performance.read(events), YEAR))
    told = {each["unit"]: (each["limits"], each["late"]) for each in rates if each["unit"]}
    assert {each["unit"]: (each["limits"], each["late"]) for each in units(events)} == told


@pytest.mark.parametrize(
    ("events", "today", "counted"),
    [
        (2, TODAY, (1, 1, 1)),  # done on 2 November, due on 30 October
        (1, TODAY, (1, 0, 1)),
        (1, date(2026, 10, 30), (1, 0, 0)),
    ],
)
def test_the_tasks_of_a_unit_are_set_done_or_late(events, today, counted) -> None:
    (told,) = units(recorded(t=stories.TASK[:events]), today=today)
    assert told["unit"] == "van-phong"
    assert (told["tasks_set"], told["tasks_done"], told["tasks_late"]) == counted
    assert figures(told) == {}
    late = {"task": "t", "event": "task-t-0-1", "days_late": 3 if events == 2 else 62}
    assert told["lineage"]["tasks_late"] == [late] * counted[2]


def test_a_task_counts_in_the_window_of_what_happened_to_it() -> None:
    events = recorded(t=stories.TASK)
    november = between(date(2026, 11, 1), date(2026, 11, 30))
    (told,) = units(events, november)
    assert (told["tasks_set"], told["tasks_done"], told["tasks_late"]) == (0, 1, 0)
    assert told["lineage"]["tasks_done"] == [{"task": "t", "event": "task-t-1-1"}]
    assert units(events, between(date(2026, 12, 1), date(2026, 12, 31))) == []


def test_the_clock_of_a_task_is_no_limit_of_its_unit() -> None:
    assert units(recorded(t=stories.TASK_WITH_CLOCK)) == units(recorded(t=stories.TASK))
