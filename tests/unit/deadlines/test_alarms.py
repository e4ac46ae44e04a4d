"""The ward's configuration of alarms, and what the sweep finds worth a look."""

from datetime import date

import pytest

from services.deadlines.alarms import COLUMNS, Alarms, AlarmsError, parse
from services.deadlines.following import Look
from services.deadlines.policies import Assignee
from shared.working_days import Calendar

CALENDAR, ALARMS = Calendar.load(), Alarms.from_environment()
TODAY = date(2026, 10, 16)  # a Friday
HEAD = ",".join(COLUMNS)


def test_the_configuration_that_comes_with_the_service():
    assert ALARMS.approaching == (1, 3)
    assert [(step.working_days, step.level) for step in ALARMS.assigned] == [(0, 1), (3, 2), (5, 3)]
    assert [(step.working_days, step.level) for step in ALARMS.unassigned] == [(0, 2), (0, 3)]


def test_a_ward_can_have_its_own(monkeypatch, tmp_path):
    own = tmp_path / "alarms.csv"
    own.write_text(f"{HEAD}\napproaching,5,,,,config,C\nescalated,1,3,chu_tich,assigned,config,C\n")
    monkeypatch.setenv("DONTHU_ALARMS", str(own))
    alarms = Alarms.from_environment()
    assert (alarms.approaching, alarms.unassigned) == ((5,), ())
    (step,) = alarms.steps(Assignee(unit="u", officer="o"), TODAY, CALENDAR)
    assert (step.level, step.to, step.before) == (3, "chu_tich", TODAY)


def test_steps_name_the_officer_and_the_unit_of_the_case():
    steps = ALARMS.steps(Assignee(unit="kinh-te", officer="cb-1"), TODAY, CALENDAR)
    assert [step.to for step in steps] == ["cb-1", "kinh-te", "chu_tich"]
    # Three working days ended on Friday: what was due on the 13th has had 14, 15, 16.
    assert [step.before for step in steps] == [TODAY, date(2026, 10, 14), date(2026, 10, 12)]


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("wrong,columns\n", "line 1"),
        (f"{HEAD}\napproaching,3\n", "columns"),
        (f"{HEAD}\napproaching,3,,,,,C\n", "no source"),
        (f"{HEAD}\napproaching,soon,,,,config,C\n", "whole number"),
        (f"{HEAD}\nescalated,1,4,chu_tich,assigned,config,C\n", "level"),
        (f"{HEAD}\nescalated,1,1,officer,unassigned,config,C\n", "nobody"),
        (f"{HEAD}\nescalated,1,1,officer,sometimes,config,C\n", "assigned or unassigned"),
        (f"{HEAD}\n" + "escalated,1,1,officer,assigned,config,C\n" * 2, "twice"),
    ],
)
def test_a_configuration_that_cannot_be_used_is_refused_with_its_line(lines, problem):
    with pytest.raises(AlarmsError, match=problem):
        parse(lines.splitlines(keepends=True))


# -- what a sweep looks for

LOOK = Look(
    today=TODAY,
    near=ALARMS.near(TODAY, CALENDAR),
    steps={
        True: ALARMS.steps(Assignee(unit="u", officer="o"), TODAY, CALENDAR),
        False: ALARMS.steps(None, TODAY, CALENDAR),
    },
    calendar="cal2",
    changed_at=100,
)
ROW = {
    "due_on": "2026-10-30",
    "is_missed": False,
    "only_informs": False,
    "approached": None,
    "escalated": {},
    "calendar": "cal2",
    "counted_at": 50,
}


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({}, False),
        ({"due_on": "2026-10-21"}, True),  # three working days left
        ({"due_on": "2026-10-21", "approached": 3}, False),
        ({"due_on": "2026-10-19", "approached": 3}, True),  # one left
        ({"due_on": "2026-10-19", "only_informs": True}, False),
        ({"due_on": "2026-10-15"}, True),  # missed, and nobody wrote it down
        ({"due_on": "2026-10-15", "only_informs": True}, True),
        ({"due_on": "2026-10-15", "is_missed": True}, True),  # the officer was not told
        ({"due_on": "2026-10-15", "is_missed": True, "escalated": {"2026-10-15": [1]}}, False),
        ({"due_on": "2026-10-13", "is_missed": True, "escalated": {"2026-10-13": [1]}}, True),
        ({"calendar": "cal1", "counted_at": 50}, False),  # did not move with the change
        ({"calendar": "cal1", "counted_at": 101}, True),  # was set while it was recorded
    ],
)
def test_a_clock_is_looked_at_only_when_something_is_to_be_recorded(row, found):
    assert LOOK.finds([ROW | row], is_assigned=True) is found


def test_what_nobody_has_is_looked_at_until_the_chair_knows():
    row = ROW | {"due_on": "2026-10-15", "is_missed": True, "escalated": {"2026-10-15": [2]}}
    assert LOOK.finds([row], is_assigned=False)
    assert not LOOK.finds([row | {"escalated": {"2026-10-15": [2, 3]}}], is_assigned=False)


def test_what_lies_beyond_the_calendar_waits_and_stops_nothing():
    days = [each for each in CALENDAR.special_days if each.day.year <= 2026]
    to_2026, nobody = Calendar(special_days=days), None
    assert set(ALARMS.near(date(2026, 12, 30), to_2026)) == {1}
    new_year = date(2027, 1, 8)
    assert ALARMS.near(new_year, to_2026) == {}
    somebody = Assignee(unit="u", officer="o")
    assert [step.level for step in ALARMS.steps(somebody, new_year, to_2026)] == [1]
    assert len(ALARMS.steps(nobody, new_year, to_2026)) == 2
