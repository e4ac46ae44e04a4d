"""What `donthu status` says of services that are well: old tables, a calendar that ends."""

from datetime import date

import pytest

from deploy.rabbitmq import told_well
from deploy.stack import is_well

CURRENT = {
    "table": "cases",
    "version": 2,
    "code": 2,
    "is_outdated": False,
    "is_rebuilding": False,
}
OUTDATED = CURRENT | {"version": 1, "is_outdated": True}


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"service": "assignment"}, "ok"),
        ({"tables": [CURRENT]}, "ok"),
        ({"tables": [OUTDATED, CURRENT | {"table": "tasks"}]}, "ok, rebuilding cases 1 to 2"),
        ({"tables": [CURRENT | {"is_rebuilding": True}]}, "ok, rebuilding cases 2 to 2"),
        ({"tables": [CURRENT], "calendar_until": "2027-12-31"}, "ok"),
        ({"calendar_until": "2026-12-31"}, "ok, calendar ends 2026-12-31"),
    ],
)
def test_what_an_operator_should_know_is_told_and_the_service_is_well(answer, told):
    assert told_well(answer, date(2026, 11, 24)) == told
    assert is_well(told)


@pytest.mark.parametrize("health", ["no answer", "InternalFailure", "broker: AMQPError"])
def test_what_does_not_answer_is_not_well(health):
    assert not is_well(health)


def test_what_has_no_health_is_well_if_it_runs():
    assert is_well(None)
