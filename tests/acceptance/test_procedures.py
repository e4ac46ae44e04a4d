"""Each procedure of the law from petition to closed file, as officers carry it out.

All five processes run. Days are counted back from today, far enough after 2026-07-01 that the law
in force since then governs every step.
"""

from collections.abc import Callable
from typing import Any

import pytest

from shared.errors import Refused
from shared.ledger import Recorded
from tests.acceptance.world import Portal, ago, competent, complaint, types_of


@pytest.fixture(autouse=True)
def _running(system: Any) -> None:
    pass


@pytest.fixture
def refused() -> Callable[..., str]:
    """Ask for something that the law forbids; answers the code of the refusal."""

    def ask(method: Any, payload: dict[str, Any]) -> str:
        with pytest.raises(Refused) as told:
            method(payload)
        assert told.value.reason
        return str(told.value.code)

    return ask


@pytest.fixture
def card(
    system: Any, rpc: Any, log: Any, authority: str, eventually: Any
) -> Callable[[str], dict[str, Any]]:
    """The file in reporting, once its clocks have followed and the table has it all."""

    def read(file: str) -> dict[str, Any]:
        system.await_quiet()
        streams = [f"{category}-{file}" for category in ("petition", "case", "clock")]

        def found() -> Any:
            row = rpc.reporting.case({"file": file})
            last = log.read(authority, *streams)[-1].position
            return row if row["position"] >= last else None

        row: dict[str, Any] = eventually(found)
        return row

    return read


@pytest.fixture
def opened(rpc: Any, wait_for: Any) -> Callable[..., str]:
    """A petition that was received, classified, accepted, and became a case; answers its file."""

    def open_case(received: dict[str, Any], classified: dict[str, Any], accepted_on: str) -> str:
        file: str = rpc.intake.register_petition(received)["file"]
        rpc.intake.classify(competent(file) | classified)
        rpc.intake.accept({"file": file, "accepted_on": accepted_on})
        wait_for(file, "CaseOpened")
        return file

    return open_case


@pytest.fixture
def assign(rpc: Any) -> Callable[[str, str], str]:
    """Give the case to whom the system suggests; answers the officer."""

    def to_the_suggested(file: str, on: str) -> str:
        told = rpc.assignment.suggest_assignee({"file": file})
        chosen = {"unit": told["unit"], "officer": told["officer"]}
        rpc.assignment.assign({"file": file, "assigned_on": on, **chosen})
        return str(told["officer"])

    return to_the_suggested


def data_of(events: list[Recorded], type: str) -> list[dict[str, Any]]:
    return [event.data for event in events if event.type == type]


def sentences(rpc: Any, file: str) -> str:
    entries = rpc.reporting.timeline({"file": file})["entries"]
    return "\n".join(entry["sentence"] for entry in entries)


def test_a_complaint_is_suspended_talked_over_decided_and_carried_out(
    rpc: Any,
    wait_for: Any,
    opened: Any,
    assign: Any,
    refused: Any,
    card: Any,
) -> None:
    file = opened(
        complaint(received_on=ago(130), originals=2),
        {"classified_on": ago(129), "respondent": "chu_tich"},
        ago(127),
    )
    # Thụ lý, thông báo; người đã ký quyết định bị khiếu nại không được xác minh.
    first = assign(file, ago(126))
    rpc.assignment.notify_acceptance(
        {"file": file, "notified_on": ago(126), "recipients": ["nguoi_khieu_nai"]}
    )
    rpc.assignment.recuse(
        {"file": file, "recused_on": ago(126), "officer": first, "ground": "ky_quyet_dinh"}
    )
    again = {"file": file, "assigned_on": ago(126), "unit": "kinh-te-ha-tang", "officer": first}
    assert refused(rpc.assignment.assign, again) == "conflict_of_interest"
    second = assign(file, ago(126))
    assert second != first

    # Tạm đình chỉ: thời gian không tính; phải tiếp tục trước khi quyết định.
    order = {"file": file, "suspended_on": ago(125), "number": "20/QĐ-UBND"}
    assert refused(rpc.assignment.suspend, order | {"ground": "giam_dinh"}) == "ground_not_for_kind"
    rpc.assignment.suspend(order | {"ground": "cho_ket_qua"})
    events = wait_for(file, "DeadlinePaused")
    assert data_of(events, "DeadlinePaused")[0]["clock"] == "settle_1"
    suspended = card(file)
    assert (suspended["state"], suspended["clocks"]["settle_1"]["state"]) == (
        "suspended",
        "paused",
    )
    decision = {
        "file": file,
        "decided_on": ago(95),
        "number": "31/QĐ-UBND",
        "outcome": "dung_mot_phan",
        "conclusion": "Khiếu nại đúng một phần; đo đạc lại ranh giới thửa đất.",
    }
    assert refused(rpc.assignment.issue_decision, decision) == "case_suspended"
    notice = {"file": file, "sent_on": ago(124), "recipients": ["nguoi_khieu_nai"]}
    assert refused(rpc.assignment.send_order, notice | {"number": "21/QĐ-UBND"}) == "unknown_order"
    rpc.assignment.send_order(notice | {"number": "20/QĐ-UBND"})
    rpc.assignment.continue_case({"file": file, "continued_on": ago(115), "number": "24/QĐ-UBND"})
    rpc.assignment.send_order(notice | {"number": "24/QĐ-UBND", "sent_on": ago(115)})
    events = wait_for(file, "DeadlineMoved")
    moved = data_of(events, "DeadlineMoved")[0]
    assert (moved["reason"], moved["stopped_days"]) == ("tam_dinh_chi", 10)

    # Xác minh; kết quả còn khác với yêu cầu thì phải đối thoại, báo trước ít nhất 5 ngày.
    assert refused(rpc.assignment.issue_decision, decision) == "not_verified"
    rpc.assignment.report_verification(
        {
            "file": file,
            "reported_on": ago(114),
            "officer": second,
            "findings": "Ranh giới thửa đất trên bản đồ và trên thực địa lệch nhau.",
            "differs_from_request": True,
        }
    )
    assert refused(rpc.assignment.issue_decision, decision) == "dialogue_due"
    late = {"file": file, "announced_on": ago(100), "held_on": ago(97)}
    assert refused(rpc.assignment.announce_dialogue, late) == "dialogue_notice_too_short"
    rpc.assignment.announce_dialogue(late | {"announced_on": ago(113)})
    held = {
        "file": file,
        "held_on": ago(97),
        "minutes": "Hai bên thống nhất đo đạc lại.",
        "complainant_attended": True,
    }
    rpc.assignment.hold_dialogue(held | {"led_by_chair": False})
    assert refused(rpc.assignment.issue_decision, decision) == "dialogue_not_led_by_chair"
    rpc.assignment.hold_dialogue(held | {"led_by_chair": True})

    # Quyết định; gửi cho người khiếu nại và cấp trên; công khai.
    rpc.assignment.issue_decision(decision)
    sent = {"file": file, "sent_on": ago(94), "recipients": ["nguoi_khieu_nai"]}
    assert refused(rpc.assignment.send_decision, sent) == "recipients_missing"
    rpc.assignment.send_decision(sent | {"recipients": ["nguoi_khieu_nai", "cap_tren"]})
    rpc.assignment.record_receipt({"file": file, "received_on": ago(92), "ref": "p1"})
    rpc.assignment.publish_decision(
        {"file": file, "published_on": ago(90), "forms": ["niem_yet", "cong_thong_tin"]}
    )

    # Hiệu lực tính từ ngày ban hành, thời hạn khiếu nại lần hai từ ngày nhận: chưa đóng hồ sơ.
    close = {"file": file, "closed_on": ago(70), "ground": "da_giai_quyet"}
    assert refused(rpc.assignment.close, close) == "decision_not_effective"
    assert refused(rpc.assignment.close, close | {"closed_on": ago(63)}) == "appeal_window_open"

    # Thi hành quyết định đã có hiệu lực; trả bản gốc; kết thúc hồ sơ.
    enforcement = {
        "file": file,
        "ordered_on": ago(70),
        "unit": "kinh-te-ha-tang",
        "number": "40/UBND-KTHT",
    }
    assert refused(rpc.assignment.order_enforcement, enforcement) == "decision_not_effective"
    rpc.assignment.order_enforcement(enforcement | {"ordered_on": ago(62)})
    unfinished = close | {"closed_on": ago(30)}
    assert refused(rpc.assignment.close, unfinished) == "enforcement_unfinished"
    rpc.assignment.record_enforcement({"file": file, "enforced_on": ago(40), "is_complete": True})
    rpc.intake.return_originals({"file": file, "returned_on": ago(40), "count": 2})
    rpc.assignment.close(close | {"closed_on": ago(30)})
    wait_for(file, "CaseClosed", "OriginalsReturned")

    done = card(file)
    assert (done["state"], done["is_open"], done["outcome"]) == ("closed", False, "dung_mot_phan")
    assert (done["transfers"], done["days_lost"]) == (1, 0)
    assert [each["officer"] for each in done["recused"]] == [first]
    assert done["suspensions"] == [
        {"suspended_on": ago(125), "ground": "cho_ket_qua", "continued_on": ago(115)}
    ]
    assert (done["dialogue_held_on"], done["published_on"]) == (ago(97), ago(90))
    assert done["legal_effect_on"] == ago(64)
    assert done["appeal_until"] >= ago(62)
    assert done["appeal_outlasts_effect"] is True
    assert done["is_enforced_whole"] is True
    assert (done["originals"], done["originals_returned"]) == (2, 2)
    states = {name: clock["state"] for name, clock in done["clocks"].items()}
    for clock in (
        *("accept", "settle_1", "suspend_send", "suspend_send.2", "dialogue_notice"),
        *("send_decision_1", "publish_decision"),
    ):
        assert states[clock] == "met", (clock, states)
    told = sentences(rpc, file)
    for words in (
        "Thụ lý khiếu nại, lĩnh vực đất đai",
        f"mã {first}], Công chức địa chính không tham gia xác minh, giải quyết",
        "Tạm đình chỉ giải quyết theo quyết định số 20/QĐ-UBND",
        "Tiếp tục giải quyết theo quyết định số 24/QĐ-UBND",
        "Tổ chức đối thoại do Chủ tịch chủ trì, người gửi đơn có mặt",
        "Ban hành quyết định giải quyết khiếu nại số 31/QĐ-UBND: khiếu nại đúng một phần",
        "Công khai quyết định giải quyết: niêm yết tại trụ sở, nơi tiếp công dân",
        "Thi hành xong quyết định",
        "Kết thúc, lưu hồ sơ, lý do: đã giải quyết xong",
    ):
        assert words in told


def test_a_complaint_about_discipline_has_its_dialogue_always_and_limits_of_its_own(
    rpc: Any, wait_for: Any, opened: Any, assign: Any, refused: Any, card: Any
) -> None:
    file = opened(
        complaint(
            channel="buu_chinh",
            received_on=ago(100),
            subject="Khiếu nại quyết định kỷ luật",
            content="Tôi không đồng ý với quyết định kỷ luật cảnh cáo đối với tôi.",
        ),
        {"classified_on": ago(99), "field": "cong_vu", "is_disciplinary": True},
        ago(97),
    )
    officer = assign(file, ago(96))
    more = {"notified_on": ago(96), "recipients": ["nguoi_khieu_nai", "co_quan_thanh_tra"]}
    assert refused(rpc.assignment.notify_acceptance, more | {"file": file}) == (
        "recipient_not_for_kind"
    )
    rpc.assignment.report_verification(
        {
            "file": file,
            "reported_on": ago(90),
            "officer": officer,
            "findings": "Việc kỷ luật đúng trình tự, thẩm quyền.",
        }
    )
    decision = {
        "file": file,
        "decided_on": ago(75),
        "number": "33/QĐ-UBND",
        "outcome": "sai",
        "conclusion": "Giữ nguyên quyết định kỷ luật.",
    }
    assert refused(rpc.assignment.issue_decision, decision) == "dialogue_due"
    rpc.assignment.announce_dialogue({"file": file, "announced_on": ago(90), "held_on": ago(80)})
    rpc.assignment.hold_dialogue(
        {
            "file": file,
            "held_on": ago(80),
            "minutes": "Người khiếu nại vắng mặt không có lý do; buổi đối thoại vẫn tiến hành.",
            "complainant_attended": False,
            "led_by_chair": True,
        }
    )
    rpc.assignment.issue_decision(decision)
    rpc.assignment.send_decision(
        {"file": file, "sent_on": ago(74), "recipients": ["nguoi_khieu_nai"]}
    )
    close = {"file": file, "closed_on": ago(20), "ground": "da_giai_quyet"}
    assert refused(rpc.assignment.close, close) == "receipt_unknown"
    rpc.assignment.record_receipt({"file": file, "received_on": ago(72), "ref": "p1"})
    too_soon = close | {"closed_on": ago(45)}
    assert refused(rpc.assignment.close, too_soon) == "decision_not_effective"
    rpc.assignment.close(close)
    wait_for(file, "CaseClosed")

    done = card(file)
    assert (done["state"], done["outcome"], done["is_disciplinary"]) == ("closed", "sai", True)
    assert done["complainant_attended"] is False
    rules = {name: clock["rule"] for name, clock in done["clocks"].items()}
    assert (rules["accept"], rules["settle"]) == ("KL.ACCEPT.2026", "KL.SETTLE")
    assert rules["limitation_2"] == "KL.LIMIT2"  # 10 ngày, vì không phải buộc thôi việc
    assert done["legal_effect_on"] == ago(44)
    assert "publish_decision" not in rules
    assert "Thụ lý khiếu nại quyết định kỷ luật, lĩnh vực công chức, công vụ" in sentences(
        rpc, file
    )


@pytest.fixture
def province(stack: Any, authority: str) -> Portal:
    """The province as an agency with a user of its own, for this ward's files alone."""
    name = f"tinh-{authority}"
    stack.add_agency(name)
    return Portal(stack.agency_uri(name), name)


def test_a_second_complaint_is_settled_by_the_province_and_carried_out_by_the_ward(
    rpc: Any,
    authority: str,
    province: Portal,
    wait_for: Any,
    opened: Any,
    assign: Any,
    refused: Any,
    card: Any,
) -> None:
    file = opened(
        complaint(received_on=ago(125), channel="buu_chinh"), {"classified_on": ago(124)}, ago(123)
    )
    officer = assign(file, ago(122))

    # Yêu cầu người khiếu nại cung cấp tài liệu trong 7 ngày; thời gian chờ không kéo dài thời hạn.
    asked = {"file": file, "requested_on": ago(121), "asked": "nguoi_khieu_nai"}
    rpc.assignment.request_documents(asked)
    supplied = {"file": file, "supplied_on": ago(118), "asked": "nguoi_bi_khieu_nai"}
    assert refused(rpc.assignment.record_documents, supplied) == "documents_not_requested"
    rpc.assignment.record_documents(supplied | {"asked": "nguoi_khieu_nai"})

    # Quyết định lần đầu.
    rpc.assignment.report_verification(
        {
            "file": file,
            "reported_on": ago(110),
            "officer": officer,
            "findings": "Việc thu hồi đất đúng trình tự; diện tích bồi thường tính thiếu.",
        }
    )
    rpc.assignment.issue_decision(
        {
            "file": file,
            "decided_on": ago(105),
            "number": "61/QĐ-UBND",
            "outcome": "sai",
            "conclusion": "Giữ nguyên quyết định thu hồi đất.",
        }
    )
    rpc.assignment.send_decision(
        {"file": file, "sent_on": ago(104), "recipients": ["nguoi_khieu_nai", "cap_tren"]}
    )
    rpc.assignment.record_receipt({"file": file, "received_on": ago(103), "ref": "p1"})

    # Khiếu nại lần hai đến Chủ tịch UBND tỉnh: quyết định lần đầu chưa có hiệu lực.
    taken_up = {"file": file, "accepted_on": ago(90)}
    assert refused(rpc.assignment.record_second_acceptance, taken_up) == "second_not_lodged"
    rpc.assignment.lodge_second_complaint(
        {"file": file, "lodged_on": ago(95), "authority": "UBND tỉnh Bắc Ninh"}
    )
    rpc.assignment.record_second_acceptance(taken_up)
    again = {"file": file, "refused_on": ago(89)}
    assert refused(rpc.assignment.record_second_refusal, again) == "second_already_answered"
    order = {
        "file": file,
        "ordered_on": ago(60),
        "unit": "kinh-te-ha-tang",
        "number": "70/UBND-KTHT",
    }
    assert refused(rpc.assignment.order_enforcement, order) == "second_complaint_pending"
    watched = card(file)
    assert watched["legal_effect_on"] is None
    assert watched["clocks"]["settle_2"]["only_informs"] is True
    close = {"file": file, "closed_on": ago(10), "ground": "da_giai_quyet"}
    assert refused(rpc.assignment.close, close) == "second_complaint_pending"

    # Tỉnh gửi quyết định giải quyết lần hai qua trục tích hợp: sửa quyết định lần đầu.
    decision = {
        "authority": authority,
        "file": file,
        "decided_by": "Chủ tịch UBND tỉnh Bắc Ninh",
        "number": "177/QĐ-UBND",
        "outcome": "sua_doi",
        "decided_on": ago(60),
    }
    event = province.event(province.new_id(authority), decision, type="DecisionIssued")
    answer = province.ask(event, key=f"tinh-{authority}.DecisionIssued")
    assert (answer["type"], answer["data"]["file"]) == ("PetitionAcknowledged", file)
    wait_for(file, "OutsideDecisionReceived")
    resettlement = {"file": file, "accepted_on": ago(50), "number": "80/TB-UBND"}
    assert (
        refused(rpc.assignment.accept_resettlement, resettlement | {"ground": "cap_tren_huy"})
        == "not_cancelled"
    )

    # Hiệu lực sau 30 ngày kể từ ngày ban hành quyết định lần hai; thi hành; kết thúc hồ sơ.
    early = order | {"ordered_on": ago(30)}
    assert refused(rpc.assignment.order_enforcement, early) == "decision_not_effective"
    figures = {"money_returned": 45_000_000, "land_returned": 120, "individuals_restored": 1}
    order |= {"ordered_on": ago(29), "calls_for": figures}
    wrong = order | {"calls_for": {"people_handled": 1, "officials_handled": 2}}
    assert refused(rpc.assignment.order_enforcement, wrong) == "figures_inconsistent"
    rpc.assignment.order_enforcement(order)
    rpc.assignment.record_enforcement(
        {"file": file, "enforced_on": ago(15), "is_complete": True, "results": figures}
    )
    rpc.assignment.close(close)
    wait_for(file, "CaseClosed")

    done = card(file)
    assert (done["state"], done["is_open"]) == ("closed", False)
    assert (done["second_accepted_on"], done["second_decided_on"]) == (ago(90), ago(60))
    assert (done["second_outcome"], done["legal_effect_on"]) == ("sua_doi", ago(29))
    assert done["results"]["money_returned"] == 45_000_000
    states = {name: clock["state"] for name, clock in done["clocks"].items()}
    for clock in ("supply_documents", "accept_2", "settle_2"):
        assert states[clock] == "met", (clock, states)
    for clock in ("accept_2", "settle_2", "send_decision_2", "legal_effect_2"):
        assert done["clocks"][clock]["only_informs"] is True
        assert states[clock] != "missed"
    told = sentences(rpc, file)
    for words in (
        "Yêu cầu người khiếu nại cung cấp thông tin, tài liệu",
        "Người khiếu nại khiếu nại lần hai đến UBND tỉnh Bắc Ninh",
        "Cấp trên thụ lý khiếu nại lần hai",
        "Chủ tịch UBND tỉnh Bắc Ninh có văn bản số 177/QĐ-UBND về vụ việc, kết quả: sửa đổi",
        "Thi hành xong quyết định (45.000.000 đồng trả lại tổ chức, cá nhân; 120 m² đất trả lại",
        "Kết thúc, lưu hồ sơ, lý do: đã giải quyết xong",
    ):
        assert words in told


def test_a_denunciation_is_extended_outlives_its_withdrawal_and_is_published(
    rpc: Any, wait_for: Any, opened: Any, assign: Any, refused: Any, card: Any
) -> None:
    file = opened(
        complaint(
            channel="buu_chinh",
            received_on=ago(80),
            claimed_kind="to_cao",
            petitioners=[{"name": "Đỗ Văn Thử", "id_number": "001190000001"}],
            respondents=[{"name": "Phạm Văn Mẫu", "position": "Công chức địa chính"}],
            subject="Tố cáo nhận tiền trái quy định",
            content="Công chức nhận tiền khi làm hồ sơ đất đai.",
        ),
        {
            "classified_on": ago(79),
            "kind": "to_cao",
            "field": "cong_vu",
            "respondent": "can_bo_cong_chuc",
        },
        ago(78),
    )
    officer = assign(file, ago(77))
    for recipient in ("nguoi_to_cao", "nguoi_bi_to_cao"):
        rpc.assignment.notify_acceptance(
            {"file": file, "notified_on": ago(77), "recipients": [recipient]}
        )

    # Gia hạn phải có tiêu chí phức tạp; lần hai cần từ hai tiêu chí.
    extension = {"file": file, "extended_on": ago(60), "number": "16/QĐ-UBND"}
    assert refused(rpc.assignment.extend, extension) == "not_complex_enough"
    rpc.assignment.declare_complex(
        {"file": file, "declared_on": ago(61), "criteria": ["nhieu_co_quan"]}
    )
    rpc.assignment.extend(extension)
    events = wait_for(file, "DeadlineMoved")
    assert (data_of(events, "DeadlineMoved")[-1]["rule"]) == "TC.SETTLE.EXT1"
    again = {"file": file, "extended_on": ago(55), "number": "17/QĐ-UBND"}
    assert refused(rpc.assignment.extend, again) == "not_complex_enough"

    # Rút tố cáo nhưng có dấu hiệu vi phạm: vẫn phải giải quyết.
    rpc.intake.withdraw(
        {
            "file": file,
            "withdrawn_on": ago(50),
            "is_whole": True,
            "form": "bien_ban",
            "by": ["p1"],
            "signs_of_violation": True,
        }
    )
    ending = {
        "file": file,
        "terminated_on": ago(49),
        "ground": "rut_toan_bo",
        "number": "18/QĐ-UBND",
    }
    assert refused(rpc.assignment.terminate, ending) == "withdrawal_does_not_end_it"

    # Kết luận phải dựa trên xác minh; sau đó gửi, xử lý, công khai.
    conclusion = {
        "file": file,
        "decided_on": ago(30),
        "number": "05/KL-UBND",
        "outcome": "dung",
        "conclusion": "Nội dung tố cáo đúng.",
    }
    assert refused(rpc.assignment.issue_decision, conclusion) == "not_verified"
    rpc.assignment.report_verification(
        {
            "file": file,
            "reported_on": ago(40),
            "officer": officer,
            "findings": "Có việc nhận tiền trái quy định.",
        }
    )
    rpc.assignment.issue_decision(conclusion)
    rpc.assignment.send_decision(
        {
            "file": file,
            "sent_on": ago(29),
            "recipients": ["nguoi_to_cao", "nguoi_bi_to_cao", "co_quan_quan_ly"],
        }
    )
    close = {"file": file, "closed_on": ago(20), "ground": "da_giai_quyet"}
    assert refused(rpc.assignment.close, close) == "conclusion_not_handled"
    measure = {"file": file, "handled_on": ago(29), "measure": "khoi_phuc_quyen_loi"}
    assert refused(rpc.assignment.handle_conclusion, measure) == "measure_not_for_outcome"
    rpc.assignment.handle_conclusion(measure | {"measure": "ky_luat"})
    assert refused(rpc.assignment.close, close) == "not_published"
    rpc.assignment.publish_decision({"file": file, "published_on": ago(28), "forms": ["niem_yet"]})
    rpc.assignment.close(close)
    wait_for(file, "CaseClosed")

    done = card(file)
    assert (done["state"], done["outcome"], done["extensions"]) == ("closed", "dung", 1)
    assert (done["is_withdrawn_whole"], done["leaves_nothing"]) == (True, False)
    states = {name: clock["state"] for name, clock in done["clocks"].items()}
    for clock in (
        *("initial_handling", "notify_acceptance", "settle", "send_conclusion"),
        *("handle_conclusion", "publish"),
    ):
        assert states[clock] == "met", (clock, states)
    told = sentences(rpc, file)
    for words in (
        "Gia hạn giải quyết lần thứ nhất theo quyết định số 16/QĐ-UBND",
        "Người gửi đơn rút toàn bộ nội dung đơn bằng biên bản, có dấu hiệu vi phạm pháp luật",
        "Ban hành kết luận nội dung tố cáo số 05/KL-UBND: tố cáo đúng",
        "Xử lý kết luận nội dung tố cáo: xử lý kỷ luật",
        "Công khai kết luận nội dung tố cáo",
    ):
        assert words in told
    assert "Phạm Văn Mẫu" not in told


def test_anonymous_information_that_can_be_verified_is_checked_and_not_filed_away(
    rpc: Any, wait_for: Any, refused: Any, card: Any
) -> None:
    file = rpc.intake.register_petition(
        complaint(
            channel="buu_chinh",
            received_on=ago(8),
            claimed_kind="to_cao",
            petitioners=[],
            respondents=[{"name": "Phạm Văn Mẫu", "position": "Công chức địa chính"}],
            subject="Phản ánh việc nhận tiền",
            content="Ngày 01 nhận 5 triệu đồng tại bàn số 2; kèm ảnh chụp biên nhận.",
            is_signed=False,
        )
    )["file"]
    rpc.intake.classify(
        competent(file, "to_cao", classified_on=ago(7), field="tham_nhung")
        | {"is_verifiable": True, "respondent": "can_bo_cong_chuc"}
    )
    accept = {"file": file, "accepted_on": ago(7)}
    assert refused(rpc.intake.accept, accept) == "anonymous_denunciation"
    away = {"file": file, "filed_on": ago(7), "ground": "nac_danh_khong_ro"}
    assert refused(rpc.intake.file_away, away) == "check_is_due"
    rpc.intake.order_check({"file": file, "ordered_on": ago(6), "unit": "van-phong"})
    events = wait_for(file, "CheckOrdered", "DeadlineMet")
    assert "CaseOpened" not in types_of(events)
    assert refused(rpc.intake.file_away, away | {"filed_on": ago(5)}) == "already_handled"

    done = card(file)
    assert (done["state"], done["is_open"], done["check_unit"]) == ("checking", True, "van-phong")
    assert (done["is_anonymous"], done["clocks"]["initial_handling"]["state"]) == (True, "met")
    assert "settle" not in done["clocks"]
    # Kết quả kiểm tra kết thúc hồ sơ.
    result = {"file": file, "reported_on": ago(2), "findings": "Có nhận tiền; chuyển công an."}
    referred = result | {"result": "chuyen_co_quan_khac"}
    assert refused(rpc.intake.record_check_result, referred) == "referral_not_named"
    rpc.intake.record_check_result(referred | {"referred_to": "Công an phường"})
    wait_for(file, "CheckReported")
    done = card(file)
    assert (done["state"], done["is_open"], done["ended_on"]) == ("checked", False, ago(2))
    told = sentences(rpc, file)
    assert "Giao Văn phòng HĐND và UBND kiểm tra thông tin có nội dung tố cáo" in told
    assert "chuyển cơ quan khác xem xét, nơi nhận: Công an phường" in told


def test_a_recommendation_is_answered_within_the_wards_own_target(
    rpc: Any, wait_for: Any, opened: Any, assign: Any, refused: Any, card: Any
) -> None:
    file = opened(
        complaint(
            channel="to_dan_pho",
            neighbourhood="tdp-4",
            received_on=ago(10),
            claimed_kind="kien_nghi",
            subject="Kiến nghị lắp đèn đường",
            content="Ngõ 5 chưa có đèn chiếu sáng, đi lại buổi tối khó khăn.",
        ),
        {"classified_on": ago(9), "kind": "kien_nghi", "field": "moi_truong"},
        ago(9),
    )
    assign(file, ago(8))
    close = {"file": file, "closed_on": ago(2), "ground": "da_tra_loi"}
    assert refused(rpc.assignment.close, close) == "not_decided"
    answer = {
        "file": file,
        "decided_on": ago(4),
        "number": "44/UBND-KTHT",
        "conclusion": "Đã đưa vào kế hoạch lắp đèn quý này.",
    }
    wrong = answer | {"outcome": "dung"}
    assert refused(rpc.assignment.issue_decision, wrong) == "outcome_not_for_kind"
    rpc.assignment.issue_decision(answer | {"outcome": "da_tra_loi"})
    rpc.assignment.send_decision(
        {"file": file, "sent_on": ago(3), "recipients": ["nguoi_kien_nghi_phan_anh"]}
    )
    rpc.assignment.close(close)
    wait_for(file, "CaseClosed", "DeadlineMet")

    done = card(file)
    assert (done["state"], done["ground"], done["neighbourhood"]) == (
        "closed",
        "da_tra_loi",
        "tdp-4",
    )
    assert done["clocks"]["answer"]["state"] == "met"
    clocks = {each["clock"]: each for each in rpc.deadlines.of_case({"file": file})["clocks"]}
    assert clocks["answer"]["internal"] is True  # SLA nội bộ, không phải thời hạn luật định
    assert "Ban hành văn bản trả lời số 44/UBND-KTHT" in sentences(rpc, file)


def test_a_withdrawn_complaint_is_terminated_and_closed(
    rpc: Any, wait_for: Any, opened: Any, assign: Any, refused: Any, card: Any
) -> None:
    people = [
        {"name": "Đỗ Thị Thử", "address": "Tổ dân phố số 4"},
        {"name": "Lê Văn Mẫu", "address": "Tổ dân phố số 4"},
    ]
    file = opened(
        complaint(received_on=ago(30), petitioners=people), {"classified_on": ago(29)}, ago(28)
    )
    assign(file, ago(27))
    ending = {
        "file": file,
        "terminated_on": ago(18),
        "ground": "rut_toan_bo",
        "number": "29/QĐ-UBND",
    }
    withdrawal = {"file": file, "withdrawn_on": ago(20), "is_whole": True, "form": "don"}
    rpc.intake.withdraw(withdrawal | {"by": ["p1"]})
    assert refused(rpc.assignment.terminate, ending) == "not_withdrawn_whole"
    rpc.intake.withdraw(withdrawal | {"by": ["p2"]})
    rpc.assignment.terminate(ending)
    close = {"file": file, "closed_on": ago(15), "ground": "da_giai_quyet"}
    assert refused(rpc.assignment.close, close) == "case_terminated"
    rpc.assignment.close(close | {"ground": "dinh_chi"})
    wait_for(file, "CaseClosed", "DeadlineCancelled")

    done = card(file)
    assert (done["state"], done["ground"], done["leaves_nothing"]) == ("closed", "dinh_chi", True)
    assert done["clocks"]["settle_1"]["state"] == "cancelled"
    assert "Đình chỉ giải quyết theo quyết định số 29/QĐ-UBND" in sentences(rpc, file)


def test_the_chair_receives_a_group_refuses_one_and_tells_the_result(
    rpc: Any, refused: Any, eventually: Any
) -> None:
    # Niêm yết lịch ít nhất 5 ngày làm việc trước; Chủ tịch tiếp định kỳ không ủy quyền.
    schedule = {"posted_on": ago(7), "held_on": ago(6), "kind": "dinh_ky", "host": "chu_tich"}
    assert refused(rpc.intake.schedule_reception, schedule) == "posted_too_late"
    posted = schedule | {"posted_on": ago(40)}
    delegated = posted | {"host": "uy_quyen"}
    assert refused(rpc.intake.schedule_reception, delegated) == "chair_cannot_delegate"
    session = rpc.intake.schedule_reception(posted)["reception"]

    # Nhiều người cùng nội dung phải cử người đại diện.
    file = rpc.intake.register_petition(complaint(received_on=ago(6)))["file"]
    turn = {
        "reception": session,
        "received_on": ago(6),
        "person": {"name": "Đỗ Thị Thử"},
        "content": "Sáu hộ không đồng ý với phương án bồi thường.",
        "people": 6,
        "matter": "khieu_nai",
        "file": file,
    }
    assert refused(rpc.intake.record_reception, turn) == "representatives_missing"
    crowd = turn | {"representatives": 3}
    assert refused(rpc.intake.record_reception, crowd) == "too_many_representatives"
    first = rpc.intake.record_reception(turn | {"representatives": 2})
    assert first["turn"] == 1

    # Từ chối tiếp vì vụ việc đã giải quyết đúng: phải thông báo bằng văn bản trong 3 ngày làm việc.
    turned_away = rpc.intake.refuse_reception(
        {
            "refused_on": ago(6),
            "ground": "da_giai_quyet_van_keo_dai",
            "reasons": "Vụ việc đã được giải quyết đúng, đã rà soát và thông báo bằng văn bản.",
            "person": {"name": "Lê Văn Mẫu"},
        }
    )["reception"]
    rpc.intake.send_refusal_notice({"reception": turned_away, "sent_on": ago(5)})

    # Thông báo kết luận đến đơn vị, thông báo kết quả cho công dân.
    rpc.intake.conclude_reception(
        {
            "reception": session,
            "concluded_on": ago(5),
            "number": "52/TB-UBND",
            "conclusion": "Giao Phòng Kinh tế kiểm tra lại phương án.",
            "units": ["kinh-te-ha-tang"],
        }
    )
    result = {"reception": session, "turn": 1, "notified_on": ago(3)}
    rpc.intake.notify_result(result)
    assert refused(rpc.intake.notify_result, result | {"turn": 2}) == "unknown_turn"

    def met(reception: str, clock: str) -> Any:
        try:
            clocks = rpc.deadlines.of_case({"file": reception})["clocks"]
        except Refused:
            return None
        return any(each["clock"] == clock and each["state"] == "met" for each in clocks)

    eventually(lambda: met(session, "result_notice"))
    eventually(lambda: met(session, "post_schedule"))
    eventually(lambda: met(turned_away, "refusal_notice"))

    def listed() -> Any:
        rows = {row["reception"]: row for row in rpc.reporting.receptions({})["receptions"]}
        clocks = rows.get(session, {}).get("clocks", {})
        is_done = clocks.get("result_notice", {}).get("state") == "met"
        return rows if is_done and turned_away in rows else None

    rows = eventually(listed)
    assert rows[session]["host_name"] == "Chủ tịch"
    (heard,) = rows[session]["turns"]
    assert (heard["people"], heard["representatives"], heard["file"]) == (6, 2, file)
    assert heard["notified_on"] == ago(3)
    (refusal,) = rows[turned_away]["refusals"]
    assert (refusal["needs_written_notice"], refusal["notice_sent_on"]) == (True, ago(5))
    told = [each["sentence"] for each in rpc.reporting.reception({"reception": session})["entries"]]
    assert any("Thông báo kết luận việc tiếp công dân số 52/TB-UBND" in each for each in told)
    assert not any("Thử" in each for each in told)
    days = rpc.intake.chair_reception_days({"from": ago(31), "to": ago(0)})
    assert days["held"] == 1


def test_a_complaint_through_somebody_needs_a_certified_paper_and_heirs_go_on(
    rpc: Any, wait_for: Any, refused: Any, card: Any
) -> None:
    # Ủy quyền bằng văn bản có công chứng, chứng thực; người khiếu nại chết thì người thừa kế tiếp.
    neighbour = {"name": "Lê Thị Thay", "capacity": "duoc_uy_quyen", "document_on": ago(10)}
    received = complaint(received_on=ago(9), proxies=[neighbour])
    file = rpc.intake.register_petition(received)["file"]
    rpc.intake.classify(competent(file))
    accept = {"file": file, "accepted_on": ago(6)}
    assert refused(rpc.intake.accept, accept) == "authorisation_not_certified"
    certified = neighbour | {"document_on": ago(7), "attestation": "chung_thuc"}
    authorisation = {"file": file, "recorded_on": ago(7), "proxies": [certified, certified]}
    assert refused(rpc.intake.record_authorisation, authorisation) == "several_authorised"
    rpc.intake.record_authorisation(authorisation | {"proxies": [certified]})
    rpc.intake.accept(accept)
    wait_for(file, "CaseOpened")
    heir = {"name": "Đỗ Văn Con"}
    died = {"file": file, "succeeded_on": ago(2), "of": "p1", "died_on": ago(4), "heirs": [heir]}
    assert refused(rpc.intake.record_succession, died) == "inheritance_not_proven"
    rpc.intake.record_succession(died | {"heirs": [heir | {"document_on": ago(3)}]})
    wait_for(file, "ComplainantSucceeded")
    done = card(file)
    assert [(each["ref"], each["capacity"]) for each in done["proxies"]] == [("a3", "thua_ke")]
    told = sentences(rpc, file)
    assert "người thừa kế tiếp tục" in told
    assert "Đỗ Văn Con" not in told


def test_an_online_session_is_announced_and_its_line_tested_in_time(
    rpc: Any, refused: Any, eventually: Any
) -> None:
    posted = {"posted_on": ago(40), "held_on": ago(6), "kind": "dinh_ky"}
    session = rpc.intake.schedule_reception(posted | {"mode": "truc_tuyen"})["reception"]
    test = {"reception": session, "tested_on": ago(14), "result": "khong_dat"}
    assert refused(rpc.intake.record_online_test, test | {"tested_on": ago(5)}) == (
        "tested_after_session"
    )
    rpc.intake.record_online_test(test | {"done": "Đổi đường truyền."})
    rpc.intake.record_online_test(test | {"tested_on": ago(13), "result": "dat"})

    def row() -> Any:
        rows = {row["reception"]: row for row in rpc.reporting.receptions({})["receptions"]}
        found = rows.get(session, {})
        is_met = found.get("clocks", {}).get("online_test", {}).get("state") == "met"
        return found if is_met else None

    tests = [(each["tested_on"], each["result"]) for each in eventually(row)["line_tests"]]
    assert tests == [(ago(14), "khong_dat"), (ago(13), "dat")]


def test_a_directive_task_is_set_done_late_and_listed(
    rpc: Any, refused: Any, eventually: Any
) -> None:
    order = {
        "set_on": ago(30),
        "due_on": ago(10),
        "topic": "tuyen_truyen",
        "unit": "van-phong",
        "instruction": "Tuyên truyền Luật Tiếp công dân sửa đổi tại các tổ dân phố.",
    }
    early = order | {"due_on": ago(31)}
    assert refused(rpc.assignment.set_task, early) == "due_before_start"
    task = rpc.assignment.set_task(order)["task"]

    def listed(**asked: Any) -> Any:
        rows = rpc.reporting.tasks(asked)["tasks"]
        return rows if [row["task"] for row in rows] == [task] else None

    (row,) = eventually(lambda: listed(overdue=True))
    assert (row["is_overdue"], row["days_late"]) == (True, 10)
    done = {
        "task": task,
        "done_on": ago(5),
        "result": "Đã tổ chức hai buổi.",
        "events": 2,
        "people": 150,
    }
    rpc.assignment.finish_task(done)
    (row,) = eventually(lambda: listed(is_open=False))
    assert (row["held"], row["people"], row["days_late"]) == (2, 150, 5)
    assert refused(rpc.assignment.finish_task, done | {"done_on": ago(4)}) == "task_done"
