"""A citizen's petition on its way through all four services, as officers and auditors see it."""

from typing import Any

import pytest

from shared.errors import Refused
from shared.ledger import first_fault
from tests.acceptance.world import ago, competent, complaint, from_portal, types_of


@pytest.fixture(autouse=True)
def _running(system: Any) -> None:
    pass


@pytest.fixture
def settled(rpc: Any, portal: Any, authority: str, wait_for: Any) -> str:
    """File number of a complaint from the portal that went the whole way."""
    id = portal.new_id(authority)
    answer = portal.ask(portal.event(id, from_portal(authority, received_on=ago(90))))
    assert answer["type"] == "PetitionAcknowledged"
    file = answer["data"]["file"]
    rpc.intake.classify(competent(file, classified_on=ago(88)))
    rpc.intake.accept({"file": file, "accepted_on": ago(85)})
    wait_for(file, "CaseOpened")
    suggested = rpc.assignment.suggest_assignee({"file": file})
    assert suggested["unit_name"]
    rpc.assignment.assign(
        {
            "file": file,
            "assigned_on": ago(84),
            "unit": suggested["unit"],
            "officer": suggested["officer"],
            "reasons": [reason["code"] for reason in suggested["reasons"]],
        }
    )
    rpc.assignment.report_verification(
        {
            "file": file,
            "reported_on": ago(75),
            "officer": suggested["officer"],
            "findings": "Ranh giới thửa đất đo thiếu ở phía đông.",
        }
    )
    rpc.assignment.issue_decision(
        {
            "file": file,
            "decided_on": ago(60),
            "number": "15/QĐ-UBND",
            "outcome": "dung_mot_phan",
            "conclusion": "Khiếu nại đúng một phần; đo đạc lại ranh giới thửa đất.",
        }
    )
    rpc.assignment.send_decision(
        {"file": file, "sent_on": ago(59), "recipients": ["nguoi_khieu_nai", "cap_tren"]}
    )
    rpc.assignment.publish_decision({"file": file, "published_on": ago(58), "forms": ["niem_yet"]})
    rpc.assignment.record_receipt({"file": file, "received_on": ago(58), "ref": "p1"})
    rpc.assignment.close({"file": file, "closed_on": ago(1), "ground": "da_giai_quyet"})
    wait_for(file, "CaseClosed")
    return file


def reported(rpc: Any, eventually: Any, file: str, position: int) -> dict[str, Any]:
    """The card of the file once reporting has read the ledger up to a position."""

    def card() -> Any:
        try:
            found = rpc.reporting.case({"file": file})
        except Refused as refused:
            if refused.code != "unknown_file":
                raise
            return None
        return found if found["position"] >= position else None

    return eventually(card)


def test_a_complaint_from_the_portal_is_settled_and_every_clock_is_met(
    settled: str, rpc: Any, log: Any, authority: str, eventually: Any
) -> None:
    card = reported(rpc, eventually, settled, log.head(authority))
    assert (card["state"], card["kind"], card["channel"]) == (
        "closed",
        "khieu_nai",
        "cong_dich_vu",
    )
    assert (card["outcome"], card["decision_number"]) == ("dung_mot_phan", "15/QĐ-UBND")
    assert card["agency"] == "portal"
    assert not card["is_open"]
    assert not card["is_overdue"]
    rpc.deadlines.sweep({})  # what time alone ends is recorded by the sweep
    states = eventually(lambda: clocks_at_rest(rpc, settled))
    # Recorded after its days were over: in between, what follows a late decision was called for.
    assert {name: state for name, state in states.items() if state != "cancelled"} == {
        "accept": "met",
        "discipline_alarm": "met",
        "settle_1": "met",
        "send_decision_1": "met",
        "publish_decision": "met",
        "legal_effect_1": "met",
        "appeal_window": "met",
    }


def test_its_history_has_every_event_with_its_position_and_what_caused_it(
    settled: str, rpc: Any, log: Any, authority: str
) -> None:
    events = rpc.reporting.history({"file": settled})["events"]
    assert [event["type"] for event in events if event["stream"].startswith("petition-")] == [
        "PetitionReceived",
        "PetitionClassified",
        "PetitionAccepted",
    ]
    assert [event["type"] for event in events if event["stream"].startswith("case-")] == [
        "CaseOpened",
        "CaseAssigned",
        "VerificationReported",
        "DecisionIssued",
        "DecisionSent",
        "DecisionPublished",
        "DecisionReceivedByParty",
        "CaseClosed",
    ]
    positions = [event["position"] for event in events]
    assert positions == sorted(positions)
    assert positions[0] == 1
    by_type = {event["type"]: event for event in events}
    assert by_type["PetitionReceived"]["actor"] == "agency:portal"
    assert by_type["CaseOpened"]["caused_by"] == by_type["PetitionAccepted"]["id"]
    assert by_type["CaseOpened"]["correlation"] == by_type["PetitionAccepted"]["correlation"]
    assert by_type["PetitionReceived"]["sealed"] == ["p1", "text"]
    assert by_type["DecisionIssued"]["sealed"] == ["text"]
    told = rpc.reporting.verify({})
    assert (told["ok"], told["commits"]) == (True, log.head(authority))
    assert first_fault(log.after(authority, 0)) is None


def test_a_replay_shows_the_state_of_that_day_and_nothing_later(settled: str, rpc: Any) -> None:
    def state(days_ago: int) -> Any:
        case = rpc.reporting.replay({"file": settled, "as_of": ago(days_ago)})["case"]
        return case and case["state"]

    assert state(91) is None
    assert state(90) == "received"
    assert state(87) == "classified"
    assert state(85) == "accepted"
    assert state(80) == "assigned"
    assert state(59) == "decided"
    assert state(0) == "closed"
    in_the_middle = rpc.reporting.replay({"file": settled, "as_of": ago(80)})["case"]
    assert in_the_middle["outcome"] is None
    assert in_the_middle["clocks"]["settle_1"]["state"] == "running"
    assert in_the_middle["clocks"]["accept"]["state"] == "met"


def test_a_replay_as_known_before_it_was_recorded_shows_nothing(settled: str, rpc: Any) -> None:
    events = rpc.reporting.history({"file": settled})["events"]
    assigned = next(event for event in events if event["type"] == "CaseAssigned")
    known = rpc.reporting.replay({"file": settled, "known_at": assigned["recorded_at"]})["case"]
    assert known["state"] == "assigned"
    earlier = "2026-01-01T00:00:00+07:00"
    assert rpc.reporting.replay({"file": settled, "known_at": earlier})["case"] is None


def test_a_denunciation_that_is_not_ours_is_forwarded_and_no_settlement_clock_runs(
    rpc: Any, wait_for: Any, eventually: Any
) -> None:
    payload = complaint(
        claimed_kind="to_cao",
        petitioners=[{"name": "Đỗ Văn Thử", "id_number": "001190000001"}],
        respondents=[{"name": "Phạm Văn Mẫu", "position": "Công chức địa chính"}],
    )
    file = rpc.intake.register_petition(payload)["file"]
    rpc.intake.classify(competent(file, "to_cao", is_competent=False))
    done = rpc.intake.forward(
        {
            "file": file,
            "forwarded_on": ago(6),
            "competent_authority": "Thanh tra tỉnh Bắc Ninh",
        }
    )
    events = wait_for(file, "PetitionForwarded", "DeadlineMet")
    assert "CaseOpened" not in types_of(events)
    card = reported(rpc, eventually, file, done["position"])
    assert (card["state"], card["ended_on"]) == ("forwarded", ago(6))
    assert card["competent_authority"] == "Thanh tra tỉnh Bắc Ninh"
    settled = eventually(lambda: clocks_at_rest(rpc, file))
    assert "settle" not in settled


def clocks_at_rest(rpc: Any, file: str) -> dict[str, str] | None:
    """State of each clock in reporting, once none of them runs."""
    clocks = rpc.reporting.case({"file": file})["clocks"]
    states = {name: clock["state"] for name, clock in clocks.items()}
    return states if states and "running" not in states.values() else None


def test_feedback_is_answered_and_its_clock_is_met(
    rpc: Any, wait_for: Any, eventually: Any
) -> None:
    payload = complaint(
        claimed_kind="phan_anh",
        received_on=ago(5),
        subject="Phản ánh rác thải",
        content="Điểm tập kết rác ở đầu ngõ 3 quá tải đã một tuần.",
    )
    file = rpc.intake.register_petition(payload)["file"]
    rpc.intake.classify(competent(file, "phan_anh", field="moi_truong", classified_on=ago(5)))
    rpc.intake.accept({"file": file, "accepted_on": ago(4)})
    wait_for(file, "CaseOpened")
    suggested = rpc.assignment.suggest_assignee({"file": file})
    chosen = {"unit": suggested["unit"], "officer": suggested["officer"]}
    rpc.assignment.assign({"file": file, "assigned_on": ago(4), **chosen})
    rpc.assignment.issue_decision(
        {
            "file": file,
            "decided_on": ago(2),
            "number": "40/UBND-VP",
            "outcome": "da_tra_loi",
            "conclusion": "Đơn vị thu gom đã tăng thêm một chuyến mỗi ngày.",
        }
    )
    done = rpc.assignment.close({"file": file, "closed_on": ago(2), "ground": "da_tra_loi"})
    wait_for(file, "CaseClosed", "DeadlineMet")
    assert reported(rpc, eventually, file, done["position"])["state"] == "closed"
    assert eventually(lambda: clocks_at_rest(rpc, file)) == {
        "answer": "met",
        "discipline_alarm": "met",
    }


def test_a_complaint_is_refused_with_its_ground_and_stays_refused(
    rpc: Any, wait_for: Any, eventually: Any
) -> None:
    file = rpc.intake.register_petition(complaint())["file"]
    rpc.intake.classify(competent(file))
    refusal = {
        "file": file,
        "refused_on": ago(7),
        "ground": "kn_het_thoi_hieu",
        "reasons": "Quyết định đã nhận từ năm 2024, quá 90 ngày, không có lý do chính đáng.",
    }
    done = rpc.intake.refuse(refusal)
    wait_for(file, "AcceptanceRefused", "DeadlineMet")
    card = reported(rpc, eventually, file, done["position"])
    assert (card["state"], card["ground"]) == ("refused", "kn_het_thoi_hieu")
    with pytest.raises(Refused) as refused:
        rpc.intake.accept({"file": file, "accepted_on": ago(6)})
    assert refused.value.code == "already_handled"
    with pytest.raises(Refused) as refused:
        rpc.assignment.suggest_assignee({"file": file})
    assert refused.value.code == "unknown_file"


def test_an_overdue_complaint_is_missed_once_however_often_one_sweeps(
    rpc: Any, wait_for: Any, eventually: Any
) -> None:
    file = rpc.intake.register_petition(complaint(received_on=ago(60)))["file"]
    wait_for(file, "DeadlineSet")
    told = rpc.deadlines.overdue({})["clocks"]
    assert {clock["is_missed"] for clock in told} == {False}
    for _ in range(3):
        rpc.deadlines.sweep({})
    events = wait_for(file, "DeadlineMissed")
    missed, alarmed = (event for event in events if event.type == "DeadlineMissed")
    assert [missed.data["clock"], alarmed.data["clock"]] == ["accept", "discipline_alarm"]
    reported(rpc, eventually, file, missed.position)
    (late,) = rpc.reporting.overdue({})["cases"]
    assert late["file"] == file
    assert late["clocks"]["accept"]["state"] == "missed"
    assert late["days_overdue"] > 30
    assert late["is_alarmed"] is True
    clocks = rpc.deadlines.overdue({})["clocks"]
    assert [(clock["file"], clock["clock"], clock["is_missed"]) for clock in clocks] == [
        (file, "accept", True),
        (file, "discipline_alarm", True),
    ]
    assert rpc.reporting.cases({"overdue": True})["cases"][0]["file"] == file
