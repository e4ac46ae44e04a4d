"""The chair's duty to receive is what the rule table says, by its legal id."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from shared.chair_days import MONTHLY, MONTHLY_FROM, WEEKLY, Session, chair_days
from shared.contracts.receptions import Host, ReceptionKind, ReceptionMode

ROWS = {
    row["rule_id"]: row
    for row in csv.DictReader(
        (Path(__file__).parents[3] / "services/deadlines/rules.csv").read_text("utf-8").splitlines()
    )
}


@pytest.mark.parametrize(
    ("duty", "first", "last"),
    [
        (WEEKLY, "2014-07-01", (MONTHLY_FROM - timedelta(days=1)).isoformat()),
        (MONTHLY, MONTHLY_FROM.isoformat(), ""),
    ],
)
def test_a_duty_is_that_of_the_rule_table(duty, first, last) -> None:
    row = ROWS[duty.rule]
    assert (duty.unit, str(duty.days)) == (row["trigger"], row["amount"])
    assert (row["effective_from"], row["effective_to"]) == (first, last)
    article = row["legal_source"].split()[1]  # D15.2d
    assert article.removeprefix("D") in duty.source.replace(".2.", ".2")


def test_each_period_names_its_rule() -> None:
    days = [
        Session(
            held_on=date(2026, 6, 22),
            kind=ReceptionKind.PERIODIC,
            mode=ReceptionMode.IN_PERSON,
            host=Host.CHAIR,
        )
    ]
    june, cut, july = chair_days(days, date(2026, 6, 22), date(2026, 7, 31))
    assert [(each.rule, each.required, len(each.days)) for each in (june, cut, july)] == [
        ("TCD.CHAIR.WEEK", 1, 1),
        ("TCD.CHAIR.WEEK", 0, 0),
        ("TCD.CHAIR.MONTH", 2, 0),
    ]
