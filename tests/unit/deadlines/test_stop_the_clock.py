"""Cases of another system that stops clocks, counted by ours: where we agree, and where not.

The British ministry of justice answers subject access requests within a calendar month that can be
extended by two and stopped meanwhile. Its deadlines went wrong where a request was both extended
and stopped (ministryofjustice/correspondence_tool_staff, pull requests 2725 and 2818); the figures
of its feature specs and of its spec for the days stopped are restated here. A month becomes the
number of days that it had, so that our arithmetic can be asked.
"""

import csv
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from services.deadlines.calling import Law
from services.deadlines.facts import Facts, Span
from services.deadlines.policies import limits_called_for
from services.deadlines.rules import COLUMNS, RuleTable
from services.deadlines.terms import compute
from shared.contracts.cases import CaseContinued, CaseSuspended, SuspensionGround
from shared.contracts.petitions import Channel, Field, Kind, PetitionAccepted, PetitionReceived
from shared.working_days import FIXED_HOLIDAYS, Calendar, DayKind, SpecialDay

RULES, CALENDAR = RuleTable.load(), Calendar.load()


def british() -> Calendar:
    """England's and Scotland's days off around two new years, with what makes our years whole."""
    days = [date(year, *day) for year in (2022, 2023) for day in FIXED_HOLIDAYS]
    days += [date(2022, 12, 26), date(2022, 12, 27), date(2023, 1, 2), date(2023, 1, 3)]
    return Calendar(
        special_days=tuple(
            SpecialDay(day=day, kind=DayKind.HOLIDAY, name="Bank holiday", source="gov.uk")
            for day in days
        )
    )


@pytest.fixture
def months(tmp_path: Path):
    """A rule table with one limit: so many days, so many with an extension."""

    def table(days: int, extended: int) -> RuleTable:
        plain = dict.fromkeys(COLUMNS, "") | {
            "rule_id": "UK.SAR",
            "kind": "sar",
            "stage": "answer",
            "trigger": "received",
            "amount": f"{days}",
            "unit": "cal",
            "dir": "fwd",
            "shift": "next_wd",
            "settler": "other",
            "legal_source": "UK GDPR art. 12",
            "citation": "UK GDPR art. 12",
            "effective_from": "2018-05-25",
            "conf": "B",
            "stopped_by": "pause",
            "name": "Answer",
            "trigger_name": "receipt",
        }
        longer = {"rule_id": "UK.SAR.EXT", "amount": f"{extended}", "requires": "extensions=1"}
        with (tmp_path / "uk.csv").open("w", newline="", encoding="utf-8") as file:
            rows = csv.DictWriter(file, COLUMNS)
            rows.writeheader()
            rows.writerows([plain, plain | longer])
        return RuleTable.load(tmp_path / "uk.csv")

    return table


def due(table: RuleTable, received: date, extensions: int, *stops: Span) -> date:
    facts = Facts(extensions=extensions, pauses=stops)
    return compute("sar", "answer", received, facts, british(), table).due


STANDARD = date(2022, 9, 29), 30, 91  # received; days in one month, in three
OFFENDER = date(2022, 10, 5), 31, 92


@pytest.mark.parametrize(
    ("request_", "stopped", "plain", "extended", "extended_and_stopped"),
    [
        # Stopped for four days: 2 January is off, as is the 3rd in Scotland.
        (STANDARD, (4, 8), date(2022, 10, 31), date(2022, 12, 29), date(2023, 1, 4)),
        # Stopped for five days.
        (OFFENDER, (10, 15), date(2022, 11, 7), date(2023, 1, 5), date(2023, 1, 10)),
    ],
    ids=["standard", "offender"],
)
def test_an_extension_and_a_stop_give_the_days_that_the_other_system_gives(
    months, request_, stopped, plain, extended, extended_and_stopped
):
    received, month, three_months = request_
    stop = Span(since=received + timedelta(stopped[0]), until=received + timedelta(stopped[1]))
    table = months(month, three_months)
    assert due(table, received, 0) == plain
    assert due(table, received, 1) == extended
    assert due(table, received, 1, stop) == extended_and_stopped


@pytest.mark.parametrize(
    ("request_", "stopped", "theirs", "ours"),
    [
        # 31 October and 4 days there; here 29 October, a Saturday, and 4 days.
        (STANDARD, (4, 8), date(2022, 11, 4), date(2022, 11, 2)),
        # 7 November and 5 days is a Saturday, so the 14th; here 5 November, a Saturday, and 5 days.
        (OFFENDER, (10, 15), date(2022, 11, 14), date(2022, 11, 10)),
    ],
    ids=["standard", "offender"],
)
def test_without_the_extension_the_stop_is_kept_and_added_to_the_limit_not_to_its_moved_end(
    months, request_, stopped, theirs, ours
):
    """There the end that a weekend moved is moved on; here it moves once (BLDS Đ.148.5)."""
    received, month, three_months = request_
    stop = Span(since=received + timedelta(stopped[0]), until=received + timedelta(stopped[1]))
    table = months(month, three_months)
    moved_end, nominal = due(table, received, 0), received + timedelta(month)
    days = stop.until - stop.since
    assert british().next_working_day(moved_end + days - timedelta(1)) == theirs
    assert due(table, received, 0, stop) == ours == nominal + days


STOPS = (("03-05", "03-10"), ("03-12", "03-15"), ("03-20", "03-29"), ("04-01", "04-05"))


def span(stop: tuple[str, str]) -> Span:
    since, until = (date.fromisoformat(f"2025-{day}") for day in stop)
    return Span(since=since, until=until)


def test_several_stops_add_up_to_their_days():
    """Received on 1 March 2025, stopped five times for 5, 3, 9, 4 and 1 days: 22 in all."""
    stops = (*map(span, STOPS), span(("04-10", "04-11")))
    term = compute("to_cao", "settle", date(2025, 3, 1), Facts(pauses=stops), CALENDAR, RULES)
    assert term.stopped_days == 22
    assert term.due == date(2025, 3, 31) + timedelta(days=22)


def test_a_clock_that_is_stopped_twice_without_going_on_stands_still_since_the_first_time():
    """Recorded as stopped on 9 and 10 April: 22 days there, 23 here; and a last, open stop."""
    accepted_on = date(2025, 3, 1)
    suspended = CaseSuspended(
        suspended_on=accepted_on, ground=SuspensionGround.OTHER_RESULT, number="1"
    )
    steps: list[object] = [
        PetitionReceived(received_on=accepted_on, channel=Channel.POST, parties=()),
        PetitionAccepted(
            accepted_on=accepted_on,
            kind=Kind.DENUNCIATION,
            field=Field.LAND,
            received_on=accepted_on,
        ),
    ]
    for stop in map(span, STOPS):
        steps += [
            replace(suspended, suspended_on=stop.since),
            CaseContinued(continued_on=stop.until, number="2"),
        ]
    for day in (9, 10):
        steps.append(replace(suspended, suspended_on=date(2025, 4, day)))
    went_on = CaseContinued(continued_on=date(2025, 4, 11), number="2")
    steps += [went_on, went_on, replace(suspended, suspended_on=date(2025, 4, 11))]
    law = Law(calendar=CALENDAR, rules=RULES, today=date(2025, 4, 12))
    settle = next(each for each in limits_called_for(steps, law).limits if each.name == "settle")
    assert settle.term.stopped_days == 23
    assert settle.paused_since == date(2025, 4, 11)


def test_a_stop_that_goes_on_the_same_day_adds_nothing(months):
    """There it once added a day: received 1 November 2025, 1 December became the 2nd."""
    day = Span(since=date(2025, 11, 6), until=date(2025, 11, 6))
    facts = Facts(pauses=(day,))
    term = compute("sar", "answer", date(2025, 11, 1), facts, CALENDAR, months(30, 91))
    assert term.due == date(2025, 12, 1)


def test_both_defects_told_with_our_law():
    """A denunciation accepted on 6 July 2026 and stopped for fourteen days."""

    def settled_by(extensions: int, *pauses: Span) -> date:
        facts = Facts(extensions=extensions, pauses=pauses)
        return compute("to_cao", "settle", date(2026, 7, 6), facts, CALENDAR, RULES).due

    stopped = Span(since=date(2026, 7, 16), until=date(2026, 7, 30))
    assert settled_by(0) == date(2026, 8, 5)
    # 2725: the extension forgot the days stopped.
    assert settled_by(1, stopped) == date(2026, 9, 18)  # 4 September and 14 days
    # 2818: so did taking it back.
    assert settled_by(0, stopped) == date(2026, 8, 19)  # 5 August and 14 days
    # The end after both is moved off a Saturday once.
    longer = Span(since=date(2026, 7, 16), until=date(2026, 7, 31))
    assert settled_by(1, longer) == date(2026, 9, 21)
