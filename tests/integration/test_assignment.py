"""The assignment service on a real broker and a real ledger: what comes in, what comes out."""

import json
from dataclasses import replace
from datetime import date

import pika
import pytest

from services.assignment.service import AssignmentService
from shared.contracts.petitions import (
    Channel,
    Field,
    Kind,
    Party,
    PetitionAccepted,
    PetitionReceived,
    PetitionWithdrawn,
    Role,
    WithdrawalForm,
)
from shared.errors import Malformed, Refused
from shared.ledger import flatten
from tests.support.recording import record

LAND = PetitionAccepted(
    accepted_on=date(2025, 10, 8),
    kind=Kind.COMPLAINT,
    field=Field.LAND,
    received_on=date(2025, 10, 2),
)
RECEIVED = PetitionReceived(
    received_on=date(2025, 10, 2),
    channel=Channel.POST,
    parties=(Party(ref="p1", role=Role.PETITIONER), Party(ref="r1", role=Role.RESPONDENT)),
)
WITHDRAWN = PetitionWithdrawn(
    withdrawn_on=date(2025, 10, 17), is_whole=True, form=WithdrawalForm.LETTER, by=("p1",)
)
ASSIGN = {"assigned_on": "2025-10-09", "unit": "kinh-te-ha-tang", "officer": "cb-dia-chinh-1"}
DECIDE = {"decided_on": "2025-11-05", "number": "12/QĐ-UBND", "outcome": "dung_mot_phan"}
VERIFY = {
    "reported_on": "2025-10-28",
    "officer": "cb-dia-chinh-1",
    "findings": "Ranh giới lệch 12 cm; bà Trịnh Thị Bích Hợp có mặt.",
}
CONCLUSION = "Khiếu nại của bà Trịnh Thị Bích Hợp đúng một phần."


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
def service(run_once):
    """One for all tests of this file, since each has a ward of its own."""
    run_once(AssignmentService)


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
        "is_disciplinary": False,
        "is_dismissal": False,
        "respondent_officers": [],
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
    assignment.report_verification({"file": "f1"} | VERIFY)
    assignment.issue_decision({"file": "f1", "conclusion": CONCLUSION} | DECIDE)
    recipients = ["nguoi_khieu_nai", "cap_tren"]
    assignment.send_decision({"file": "f1", "sent_on": "2025-11-06", "recipients": recipients})
    assignment.record_receipt({"file": "f1", "received_on": "2025-11-07", "ref": "p1"})
    close = {"file": "f1", "ground": "da_giai_quyet"}
    with pytest.raises(Refused, match="decision_not_effective"):
        assignment.close(close | {"closed_on": "2025-12-05"})
    with pytest.raises(Refused, match="appeal_window_open"):  # 7 December is a Sunday
        assignment.close(close | {"closed_on": "2025-12-08"})
    closed = assignment.close(close | {"closed_on": "2025-12-09"})
    assert closed["version"] == 7
    assert types(log, authority, "f1") == [
        "CaseOpened",
        "CaseAssigned",
        "VerificationReported",
        "DecisionIssued",
        "DecisionSent",
        "DecisionReceivedByParty",
        "CaseClosed",
    ]
    given = log.read(authority, "case-f1")[1].proposal.events[0].data
    assert (given["assigned_by"], list(given["reasons"])) == ("officer:vera", codes)


def test_the_conclusion_stands_nowhere_in_clear(assignment, open_case, log, authority):
    open_case("f2")
    assignment.assign({"file": "f2"} | ASSIGN)
    assignment.report_verification({"file": "f2"} | VERIFY)
    assignment.issue_decision({"file": "f2", "conclusion": CONCLUSION} | DECIDE)
    for commit in log.read(authority, "case-f2")[-2:]:
        (event,) = commit.proposal.events
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


def test_every_fault_of_a_payload_is_told_at_once(assignment, open_case):
    open_case("f8")
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
    assignment.report_verification({"file": "f9"} | VERIFY)
    request = {"file": "f9", "conclusion": CONCLUSION, "idempotency_key": "k-1"} | DECIDE
    first = assignment.issue_decision(request)
    assert assignment.issue_decision(request) == first
    with pytest.raises(Refused, match="command_repeated"):
        assignment.issue_decision(request | {"number": "13/QĐ-UBND"})
    with pytest.raises(Refused, match="already_decided"):
        assignment.issue_decision(request | {"idempotency_key": "k-2"})
    assert types(log, authority, "f9").count("DecisionIssued") == 1


def test_a_complaint_with_dialogue_is_carried_out_and_closed(assignment, open_case, log, authority):
    open_case("g1")
    assignment.assign({"file": "g1"} | ASSIGN)
    assignment.report_verification({"file": "g1", "differs_from_request": True} | VERIFY)
    decide = {"file": "g1", "conclusion": CONCLUSION} | DECIDE
    with pytest.raises(Refused, match="dialogue_due"):
        assignment.issue_decision(decide)
    assignment.announce_dialogue(
        {"file": "g1", "announced_on": "2025-10-28", "held_on": "2025-11-03"}
    )
    assignment.hold_dialogue(
        {
            "file": "g1",
            "held_on": "2025-11-03",
            "minutes": "Bà Trịnh Thị Bích Hợp giữ nguyên yêu cầu.",
            "complainant_attended": True,
            "led_by_chair": True,
        }
    )
    assignment.issue_decision(decide)
    order = {"file": "g1", "unit": "kinh-te-ha-tang", "number": "52/QĐ-UBND"}
    with pytest.raises(Refused, match="decision_not_effective"):
        assignment.order_enforcement(order | {"ordered_on": "2025-12-05"})
    assignment.order_enforcement(order | {"ordered_on": "2025-12-08", "due_on": "2099-01-01"})
    assignment.record_enforcement({"file": "g1", "enforced_on": "2026-01-05", "is_complete": True})
    assignment.close({"file": "g1", "closed_on": "2026-01-06", "ground": "da_giai_quyet"})
    assert types(log, authority, "g1")[-3:] == [
        "EnforcementOrdered",
        "DecisionEnforced",
        "CaseClosed",
    ]


def test_a_denunciation_is_extended_suspended_concluded_handled_and_closed(
    assignment, open_case, log, authority
):
    open_case("g2", replace(LAND, kind=Kind.DENUNCIATION))
    both = ["nguoi_to_cao", "nguoi_bi_to_cao"]
    steps = [
        ("assign", ASSIGN),
        ("notify_acceptance", {"notified_on": "2025-10-10", "recipients": both}),
        (
            "ask_police",
            {"asked_on": "2025-10-13", "purpose": "xac_minh", "request": "Xác minh nơi cư trú."},
        ),
        ("record_police_answer", {"answered_on": "2025-10-15", "answer": "Đã xác minh."}),
        ("order_expertise", {"ordered_on": "2025-10-15", "number": "31/QĐ-UBND"}),
        ("receive_expertise", {"received_on": "2025-10-24"}),
        ("report_verification", VERIFY),
        ("declare_complex", {"declared_on": "2025-10-29", "criteria": ["nhieu_dia_diem"]}),
        ("extend", {"extended_on": "2025-11-05", "number": "40/QĐ-UBND"}),
        (
            "suspend",
            {"suspended_on": "2025-11-06", "ground": "cho_ket_qua", "number": "41/QĐ-UBND"},
        ),
        ("continue_case", {"continued_on": "2025-11-10", "number": "42/QĐ-UBND"}),
        ("issue_decision", DECIDE | {"decided_on": "2025-11-20", "conclusion": CONCLUSION}),
        ("send_decision", {"sent_on": "2025-11-21", "recipients": both}),
        ("publish_decision", {"published_on": "2025-11-24", "forms": ["niem_yet"]}),
        ("handle_conclusion", {"handled_on": "2025-11-25", "measure": "ky_luat"}),
        ("close", {"closed_on": "2025-11-28", "ground": "da_giai_quyet"}),
    ]
    for version, (method, said) in enumerate(steps, start=2):
        assert getattr(assignment, method)({"file": "g2"} | said)["version"] == version, method
    told = {event.type: event for event in flatten(log.read(authority, "case-g2"))}
    assert told["CaseClosed"].version == len(steps) + 1
    assert all("text" in told[name].sealed for name in ("PoliceAsked", "PoliceAnswered"))


def test_termination_for_withdrawal_reads_it_from_the_petition(
    assignment, open_case, log, authority
):
    open_case("g3")
    record(log, authority, "petition-g3", RECEIVED)
    assignment.assign({"file": "g3"} | ASSIGN)
    end = {
        "file": "g3",
        "terminated_on": "2025-10-20",
        "ground": "rut_toan_bo",
        "number": "37/QĐ-UBND",
    }
    with pytest.raises(Refused, match="not_withdrawn_whole"):
        assignment.terminate(end)
    record(log, authority, "petition-g3", WITHDRAWN)
    assignment.terminate(end)
    assignment.close({"file": "g3", "closed_on": "2025-10-21", "ground": "dinh_chi"})
    assert types(log, authority, "g3")[-2:] == ["CaseTerminated", "CaseClosed"]


def test_a_recused_officer_is_neither_suggested_nor_assigned(assignment, open_case):
    open_case("g4")
    assignment.assign({"file": "g4"} | ASSIGN)
    assignment.recuse(
        {
            "file": "g4",
            "recused_on": "2025-10-10",
            "officer": "cb-dia-chinh-1",
            "ground": "than_thich",
        }
    )
    suggested = assignment.suggest_assignee({"file": "g4"})
    assert "cb-dia-chinh-1" not in {told["officer"] for told in suggested["candidates"]}
    with pytest.raises(Refused, match="conflict_of_interest"):
        assignment.assign({"file": "g4"} | ASSIGN | {"assigned_on": "2025-10-13"})
    assignment.assign(
        {"file": "g4"} | ASSIGN | {"assigned_on": "2025-10-13", "officer": suggested["officer"]}
    )
    after = assignment.suggest_assignee({"file": "g4"})
    assert after["days_in_transfers"] == 4
    assert after["transfers_left"] == 3
    assert after["transfers"] == [
        {
            "on": "2025-10-13",
            "from_officer": "cb-dia-chinh-1",
            "to_officer": suggested["officer"],
            "days_held": 4,
            "is_forced": True,
        }
    ]


def test_a_task_is_set_once_and_done(assignment, log, authority):
    said = {
        "set_on": "2025-10-01",
        "due_on": "2025-12-15",
        "topic": "tap_huan",
        "unit": "van-phong",
        "officer": "cb-van-phong-1",
        "instruction": "Tập huấn tiếp công dân cho tổ trưởng tổ dân phố.",
        "idempotency_key": "k-task",
    }
    first = assignment.set_task(said)
    assert assignment.set_task(said) == first
    done = {"task": first["task"], "done_on": "2025-11-19", "result": "Đã tập huấn."}
    assert assignment.finish_task(done | {"events": 2, "people": 64})["version"] == 2
    events = [
        event
        for commit in log.read(authority, f"task-{first['task']}")
        for event in commit.proposal.events
    ]
    assert [(event.type, set(event.sealed)) for event in events] == [
        ("TaskSet", {"text"}),
        ("TaskDone", {"text"}),
    ]
    with pytest.raises(Refused, match="task_done"):
        assignment.finish_task(done)


def test_health_needs_no_caller(assignment):
    assert assignment.health()["service"] == "assignment"
