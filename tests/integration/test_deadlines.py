"""The deadlines service over the real broker and database: clocks set, met, missed once, swept."""

import functools
import threading
from datetime import UTC, datetime, timedelta

import pytest
from nameko.standalone.rpc import ClusterRpcProxy

from services.deadlines.service import DeadlinesService
from shared.contracts.petitions import (
    Channel,
    Field,
    Kind,
    PetitionAccepted,
    PetitionReceived,
)
from shared.errors import Malformed, Refused
from shared.ledger import flatten
from shared.mongo_log import MongoLog
from tests.support.recording import record

TODAY = datetime.now(UTC).date()


def received(days_ago, kind=Kind.COMPLAINT):
    day = TODAY - timedelta(days=days_ago)
    return PetitionReceived(received_on=day, channel=Channel.POST, parties=(), claimed_kind=kind)


def accepted(days_ago):
    return PetitionAccepted(
        accepted_on=TODAY - timedelta(days=days_ago),
        kind=Kind.COMPLAINT,
        field=Field.LAND,
        received_on=TODAY - timedelta(days=days_ago + 3),
    )


@pytest.fixture
def log(mongo_client):
    return MongoLog(mongo_client)


@pytest.fixture
def tell(log, authority):
    """Put events in the ward's ledger as if they had happened."""
    return functools.partial(record, log, authority)


def types(log, authority, file):
    return [event.type for event in flatten(log.read(authority, f"clock-{file}"))]


@pytest.fixture
def deadlines(run_service, rpc):
    run_service(DeadlinesService)
    return rpc.deadlines


def test_news_from_the_relay_sets_and_meets_clocks(
    deadlines, tell, log, authority, relay, eventually
):
    tell("petition-a1", received(10), accepted(7))
    eventually(lambda: "DeadlineMet" in types(log, authority, "a1"))
    told = deadlines.of_case({"file": "a1"})["clocks"]
    assert {(clock["clock"], clock["is_running"]) for clock in told} == {
        ("accept", False),
        ("settle_1", True),
    }
    settle = next(clock for clock in told if clock["clock"] == "settle_1")
    assert settle["rule"] == "KN.SETTLE1"
    assert settle["explanation"][0]


def test_two_instances_that_sweep_at_once_record_each_miss_once(
    deadlines, run_service, rpc, amqp_uri, tell, log, authority, relay, eventually
):
    files = [f"b{number}" for number in range(8)]
    for file in files:
        tell(f"petition-{file}", received(60))
    eventually(lambda: all(types(log, authority, file) for file in files))
    run_service(DeadlinesService)  # the second instance
    context = {"authority": authority, "actor": "officer:otto"}

    def sweep():
        with ClusterRpcProxy({"AMQP_URI": amqp_uri}, context_data=context, timeout=20) as other:
            other.deadlines.sweep({})

    sweeps = [threading.Thread(target=sweep) for _ in range(4)]
    for one in sweeps:
        one.start()
    for one in sweeps:
        one.join()
    for file in files:
        assert types(log, authority, file) == ["DeadlineSet", "DeadlineMissed"]
    overdue = deadlines.overdue({"limit": 5})
    assert len(overdue["clocks"]) == 5
    rest = deadlines.overdue({"limit": 5, "after": overdue["next"]})
    assert {clock["file"] for clock in overdue["clocks"] + rest["clocks"]} == set(files)
    assert rest["next"] is None


def test_a_clock_that_ends_soon_is_told_as_near_and_listed_as_upcoming(
    deadlines, tell, log, authority, relay, eventually
):
    tell("petition-c1", received(5, kind=Kind.COMPLAINT))
    eventually(lambda: types(log, authority, "c1"))
    deadlines.sweep({})
    assert [clock["file"] for clock in deadlines.upcoming({"days": 30})["clocks"]] == ["c1"]


def test_compute_answers_with_the_due_day_and_why(deadlines):
    answer = deadlines.compute(
        {"kind": "khieu_nai", "stage": "accept", "trigger_on": "2026-10-02", "facts": {}}
    )
    assert (answer["due"], answer["rule"]) == ("2026-10-13", "KN.ACCEPT.2026")
    assert answer["explanation"]


def test_compute_refuses_what_no_rule_knows_and_names_what_exists(deadlines):
    with pytest.raises(Refused) as refused:
        deadlines.compute({"kind": "khieu_nai", "stage": "nope", "trigger_on": "2026-10-02"})
    assert refused.value.code == "unknown_stage"
    assert "accept" in refused.value.reason
    with pytest.raises(Refused) as refused:
        deadlines.compute(
            {
                "kind": "khieu_nai",
                "stage": "accept",
                "trigger_on": "2026-10-02",
                "facts": {"mood": "x"},
            }
        )
    assert refused.value.code == "unknown_fact"


def test_an_impossible_date_and_an_unknown_field_are_told_together(deadlines):
    with pytest.raises(Malformed) as malformed:
        deadlines.compute(
            {"kind": "khieu_nai", "stage": "accept", "trigger_on": "2026-02-30", "x": 1}
        )
    assert set(malformed.value.errors) == {"trigger_on", "x"}


def test_an_unknown_file_is_refused(deadlines):
    with pytest.raises(Refused) as refused:
        deadlines.of_case({"file": "nobody"})
    assert refused.value.code == "unknown_file"
