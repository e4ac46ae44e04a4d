"""The assignment service on a real broker and a real ledger: what comes in, what comes out."""

import json
from datetime import date

import pika
import pytest
from nameko.containers import ServiceContainer

from services.assignment.service import AssignmentService
from shared.contracts.petitions import Field, Kind, PetitionAccepted
from shared.errors import Malformed, Refused
from shared.mongo_log import MongoLog
from tests.support.recording import record

LAND = PetitionAccepted(
    accepted_on=date(2025, 10, 8),
    kind=Kind.COMPLAINT,
    field=Field.LAND,
    received_on=date(2025, 10, 2),
)
ASSIGN = {"assigned_on": "2025-10-09", "unit": "kinh-te-ha-tang", "officer": "cb-dia-chinh-1"}
DECIDE = {"decided_on": "2025-11-05", "number": "12/QĐ-UBND", "outcome": "dung_mot_phan"}
CONCLUSION = "Khiếu nại của bà Trịnh Thị Bích Hợp đúng một phần."


@pytest.fixture
def log(mongo_client):
    return MongoLog(mongo_client)


@pytest.fixture
def publish(amqp_uri):
    """Send an event as the relay does."""
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    channel = connection.channel()
    channel.confirm_delivery()

    def send(event):
        channel.basic_publish(
            "intake.events",
            event.type,
            json.dumps(event.message()).encode(),
            pika.BasicProperties(content_type="application/json", delivery_mode=2),
            mandatory=True,
        )

    yield send
    connection.close()


@pytest.fixture(scope="module")
def service(amqp_uri, mongo_client):
    """One for all tests of this file, since each has a ward of its own."""
    container = ServiceContainer(AssignmentService, {"AMQP_URI": amqp_uri, "max_workers": 10})
    container.start()
    yield
    container.stop()


@pytest.fixture
def assignment(service, rpc):
    return rpc.assignment


@pytest.fixture
def open_case(assignment, log, authority, publish, eventually):
    """Have a petition accepted and wait for its case."""

    def accept(file, event=LAND):
        commit = record(log, authority, f"petition-{file}", event)
        (accepted,) = commit.recorded()
        publish(accepted)
        return eventually(lambda: log.read(authority, f"case-{file}"))[0]

    return accept


def types(log, authority, file):
    return [
        event.type
        for commit in log.read(authority, f"case-{file}")
        for event in commit.proposal.events
    ]


def test_an_accepted_petition_is_assigned_decided_and_closed(assignment, open_case, log, authority):
    opened = open_case("f1")
    assert opened.proposal.events[0].data == {
        "opened_on": "2025-10-08",
        "kind": "khieu_nai",
        "field": "dat_dai",
        "is_remote": False,
    }
    assert opened.proposal.caused_by == "petition-f1-0-1"
    assert opened.proposal.actor == "service:assignment"

    suggested = assignment.suggest_assignee({"file": "f1"})
    assert (suggested["unit"], suggested["officer"]) == ("kinh-te-ha-tang", "cb-dia-chinh-1")
    assert suggested["unit_name"] == "Phòng Kinh tế, Hạ tầng và Đô thị"
    assert [reason["code"] for reason in suggested["reasons"]] == ["dung_linh_vuc", "bang_viec"]

    codes = [reason["code"] for reason in suggested["reasons"]]
    assigned = assignment.assign({"file": "f1", "reasons": codes} | ASSIGN)
    assert assigned == {"file": "f1", "version": 2, "position": assigned["position"]}
    assignment.issue_decision({"file": "f1", "conclusion": CONCLUSION} | DECIDE)
    closed = assignment.close({"file": "f1", "closed_on": "2025-11-20", "ground": "da_giai_quyet"})
    assert closed["version"] == 4
    assert types(log, authority, "f1") == [
        "CaseOpened",
        "CaseAssigned",
        "DecisionIssued",
        "CaseClosed",
    ]
    given = log.read(authority, "case-f1")[1].proposal.events[0].data
    assert (given["assigned_by"], list(given["reasons"])) == ("officer:vera", codes)


def test_the_conclusion_stands_nowhere_in_clear(assignment, open_case, log, authority):
    open_case("f2")
    assignment.assign({"file": "f2"} | ASSIGN)
    assignment.issue_decision({"file": "f2", "conclusion": CONCLUSION} | DECIDE)
    (event,) = log.read(authority, "case-f2")[-1].proposal.events
    assert set(event.sealed) == {"text"}
    assert "Bích Hợp" not in json.dumps(event.data, ensure_ascii=False)
    assert "Bích Hợp".encode() not in event.sealed["text"]


def test_hearing_an_event_twice_opens_one_case(
    assignment, open_case, log, authority, publish, eventually
):
    open_case("f3")
    (accepted,) = log.read(authority, "petition-f3")[0].recorded()
    publish(accepted)
    open_case("f4")  # what comes behind it was handled, so it was too
    assert types(log, authority, "f3") == ["CaseOpened"]


def test_a_suggestion_knows_what_was_assigned_a_moment_ago(assignment, open_case):
    for file in ("f5", "f6"):
        open_case(file)
    first = assignment.suggest_assignee({"file": "f5"})["officer"]
    assignment.assign({"file": "f5"} | ASSIGN | {"officer": first})
    second = assignment.suggest_assignee({"file": "f6"})
    assert second["officer"] != first
    assert [reason["code"] for reason in second["reasons"]] == ["dung_linh_vuc", "it_viec_nhat"]
    loads = {told["officer"]: told["open"] for told in second["candidates"]}
    assert loads[first] == 1
    # Its own file does not count against an officer.
    assert assignment.suggest_assignee({"file": "f5"})["officer"] == first


def test_a_case_that_is_not_open_yet_is_refused_with_the_mend(assignment):
    with pytest.raises(Refused) as refused:
        assignment.assign({"file": "chua-mo"} | ASSIGN)
    assert refused.value.code == "unknown_file"
    assert "thử lại sau ít giây" in refused.value.reason
    with pytest.raises(Refused, match="unknown_file"):
        assignment.suggest_assignee({"file": "chua-mo"})


def test_commands_out_of_order_are_refused_and_store_nothing(assignment, open_case, log, authority):
    open_case("f7")
    with pytest.raises(Refused, match="not_assigned"):
        assignment.issue_decision({"file": "f7", "conclusion": CONCLUSION} | DECIDE)
    with pytest.raises(Refused, match="not_decided"):
        assignment.close({"file": "f7", "closed_on": "2025-11-20", "ground": "da_giai_quyet"})
    with pytest.raises(Refused, match="officer_not_in_unit"):
        assignment.assign({"file": "f7"} | ASSIGN | {"officer": "cb-xa-hoi-1"})
    assert types(log, authority, "f7") == ["CaseOpened"]


def test_every_fault_of_a_payload_is_told_at_once(assignment):
    with pytest.raises(Malformed) as malformed:
        assignment.assign({"file": "f8", "assigned_on": "9/10/2025", "unit": "", "ghi_chu": "x"})
    assert {field: told[0].split(":")[0] for field, told in malformed.value.errors.items()} == {
        "assigned_on": "invalid_date",
        "unit": "empty",
        "officer": "missing",
        "ghi_chu": "unknown_field",
    }


def test_a_request_repeated_under_its_key_is_answered_alike_and_stored_once(
    assignment, open_case, log, authority
):
    open_case("f9")
    assignment.assign({"file": "f9"} | ASSIGN)
    request = {"file": "f9", "conclusion": CONCLUSION, "idempotency_key": "k-1"} | DECIDE
    first = assignment.issue_decision(request)
    assert assignment.issue_decision(request) == first
    with pytest.raises(Refused, match="command_repeated"):
        assignment.issue_decision(request | {"number": "13/QĐ-UBND"})
    with pytest.raises(Refused, match="already_decided"):
        assignment.issue_decision(request | {"idempotency_key": "k-2"})
    assert types(log, authority, "f9").count("DecisionIssued") == 1


def test_health_needs_no_caller(assignment):
    assert assignment.health()["service"] == "assignment"
