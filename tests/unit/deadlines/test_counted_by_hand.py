"""Limits counted by hand with a wall calendar: Tết, swaps, worked Saturdays, stops, both laws."""

import csv
from datetime import date
from pathlib import Path

import pytest

from services.deadlines.facts import Facts
from services.deadlines.rules import RuleTable
from services.deadlines.terms import compute
from shared.working_days import Calendar

CALENDAR, RULES = Calendar.load(), RuleTable.load()

with Path(__file__).with_name("counted_by_hand.csv").open(encoding="utf-8", newline="") as file:
    COUNTED = list(csv.DictReader(file, strict=True))


@pytest.mark.parametrize("row", COUNTED, ids=lambda row: f"{row['rule']}-{row['trigger']}")
def test_it_ends_on_the_day_counted_by_hand(row: dict[str, str]) -> None:
    stated = [tuple(fact.split("=")) for fact in row["facts"].split("; ") if fact]
    trigger = date.fromisoformat(row["trigger"])
    term = compute(row["kind"], row["stage"], trigger, Facts.parse(stated), CALENDAR, RULES)
    assert (term.rule.id, term.due.isoformat()) == (row["rule"], row["due"])
