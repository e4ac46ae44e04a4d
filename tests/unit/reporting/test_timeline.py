"""What people read of a file: one Vietnamese sentence for every event."""

import unicodedata
from datetime import date

import pytest

from services.reporting.replay import legal_day
from services.reporting.timeline import history, timeline
from shared import contracts
from shared.contracts.cases import DecisionIssued, Outcome
from shared.contracts.petitions import Kind, PetitionClassified
from shared.ledger import Recorded, flatten
from shared.memory_log import MemoryLog
from tests.support import stories
from tests.support.recording import record

WARD, FILE = "09253", "7f3k9q2mxw4t"


def told(*events, sealed=None):
    log = MemoryLog()
    for category, event in events:
        record(log, WARD, f"{category}-{FILE}", event, sealed=sealed)
    return flatten(log.read(WARD, *contracts.streams_of(FILE)))


def sentence(*events):
    return history(told(*events))[-1]["sentence"]


@pytest.mark.parametrize(
    ("category", "event", "expected"),
    [
        (
            "petition",
            stories.RECEIVED,
            "Ngày 02/10/2026: Tiếp nhận đơn qua cổng dịch vụ công, người gửi ghi là khiếu nại,"
            " 7 người cùng đứng đơn, nội dung lặp lại hồ sơ 3d5k9q2mxw4t.",
        ),
        (
            "petition",
            stories.CLASSIFIED,
            "Ngày 05/10/2026: Phân loại là khiếu nại, lĩnh vực đất đai, thuộc thẩm quyền,"
            " đủ điều kiện xử lý, lưu ý: đông người; phức tạp, gay gắt, kéo dài.",
        ),
        ("petition", stories.ACCEPTED, "Ngày 08/10/2026: Thụ lý khiếu nại, lĩnh vực đất đai."),
        (
            "petition",
            stories.REFUSED,
            "Ngày 08/10/2026: Không thụ lý, lý do: hết thời hiệu, thời hạn mà không có lý do"
            " chính đáng.",
        ),
        (
            "petition",
            stories.GUIDED,
            "Ngày 07/10/2026: Hướng dẫn người gửi đơn đến UBND tỉnh Bắc Ninh.",
        ),
        (
            "petition",
            stories.FORWARDED,
            "Ngày 07/10/2026: Chuyển đơn đến Công an tỉnh Bắc Ninh và báo cho người gửi đơn.",
        ),
        (
            "petition",
            stories.FILED_AWAY,
            "Ngày 06/10/2026: Lưu đơn, lý do: đơn không rõ người gửi, không có căn cứ rõ ràng.",
        ),
        (
            "petition",
            stories.DECIDED_OUTSIDE,
            "Ngày 01/12/2026: Chủ tịch UBND tỉnh Bắc Ninh có văn bản số 77/QĐ-UBND về vụ việc,"
            " kết quả: giữ nguyên.",
        ),
        ("case", stories.OPENED, "Ngày 08/10/2026: Mở hồ sơ giải quyết."),
        (
            "case",
            stories.ASSIGNED,
            "Ngày 09/10/2026: Giao đơn vị kinh-te-ha-tang, cán bộ cb-dia-chinh-1 giải quyết.",
        ),
        (
            "case",
            stories.CLOSED,
            "Ngày 20/11/2026: Kết thúc, lưu hồ sơ, lý do: đã giải quyết xong.",
        ),
        (
            "clock",
            stories.ACCEPT_CLOCK,
            "Ngày 02/10/2026: Bắt đầu tính thời hạn thụ lý (quy tắc KN.ACCEPT.2026), hạn cuối"
            " ngày 13/10/2026.",
        ),
        (
            "clock",
            stories.SETTLE_NEAR,
            "Ngày 04/11/2026: Sắp hết thời hạn giải quyết lần đầu: còn 3 ngày làm việc, hạn cuối"
            " ngày 09/11/2026.",
        ),
        (
            "clock",
            stories.SETTLE_MISSED,
            "Ngày 10/11/2026: Quá thời hạn giải quyết lần đầu, hạn cuối là ngày 09/11/2026.",
        ),
        (
            "clock",
            stories.ACCEPT_MET,
            "Ngày 08/10/2026: Hoàn thành việc thuộc thời hạn thụ lý, đúng hạn.",
        ),
        (
            "clock",
            stories.SETTLE_LATE,
            "Ngày 12/11/2026: Hoàn thành việc thuộc thời hạn giải quyết lần đầu, chậm 3 ngày.",
        ),
        (
            "clock",
            stories.SETTLE_MOVED,
            "Ngày 11/11/2026: Hạn cuối của thời hạn giải quyết lần đầu chuyển từ ngày 09/11/2026"
            " sang ngày 23/11/2026, lý do: áp dụng quy định khác.",
        ),
        (
            "clock",
            stories.SETTLE_CANCELLED,
            "Ngày 11/11/2026: Không còn tính thời hạn giải quyết lần đầu.",
        ),
    ],
)
def test_an_event_is_told_in_one_sentence(category, event, expected) -> None:
    assert sentence((category, event)) == expected


@pytest.mark.parametrize(
    ("kind", "outcome", "expected"),
    [
        (
            Kind.COMPLAINT,
            Outcome.UNJUSTIFIED,
            "Ban hành quyết định giải quyết khiếu nại số 12/QĐ-UBND: khiếu nại sai.",
        ),
        (
            Kind.DENUNCIATION,
            Outcome.PARTLY_JUSTIFIED,
            "Ban hành kết luận nội dung tố cáo số 12/QĐ-UBND: tố cáo đúng một phần.",
        ),
        (Kind.FEEDBACK, Outcome.ANSWERED, "Ban hành văn bản trả lời số 12/QĐ-UBND."),
    ],
)
def test_a_decision_is_called_what_the_kind_of_petition_calls_it(kind, outcome, expected) -> None:
    classified = PetitionClassified(
        classified_on=date(2026, 10, 5),
        kind=kind,
        field=stories.CLASSIFIED.field,
        is_competent=True,
        meets_conditions=True,
    )
    decided = DecisionIssued(
        decided_on=date(2026, 11, 12), number="12/QĐ-UBND", outcome=outcome, decided_by="x"
    )
    told = sentence(("petition", classified), ("clock", stories.SETTLE_CLOCK), ("case", decided))
    assert told == f"Ngày 12/11/2026: {expected}"


def test_every_event_type_has_a_sentence_in_composed_vietnamese() -> None:
    entries = history(told(*stories.EVERY_EVENT))
    assert {entry["type"] for entry in entries} | {"DecisionIssued"} == set(contracts.EVENT_CLASSES)
    for entry in entries:
        assert entry["sentence"] == unicodedata.normalize("NFC", entry["sentence"])
        assert "Sự kiện" not in entry["sentence"]


def test_an_event_of_a_newer_release_is_told_by_its_name_and_the_day_it_came() -> None:
    newer = Recorded(
        authority=WARD,
        position=1,
        stream=f"case-{FILE}",
        version=1,
        id="e-1",
        type="DialogueHeld",
        schema=1,
        data={"held_on": "2026-10-20"},
        actor="officer:vera",
        correlation="r",
        caused_by=None,
        recorded_at="2026-10-20T18:00:00.000Z",  # already the 21st in Vietnam
    )
    assert legal_day(newer) == date(2026, 10, 21)
    assert history([newer])[0]["sentence"] == "Ngày 21/10/2026: Sự kiện DialogueHeld."


def test_the_history_is_in_the_order_of_the_ledger_and_names_sealed_parts_only() -> None:
    entries = history(told(*stories.SETTLED, sealed={"text": b"\x01", "p1": b"\x02"}))
    assert [entry["position"] for entry in entries] == list(range(1, 14))
    assert set(entries[0]) == {
        *("id", "type", "schema", "authority", "position", "stream", "version", "recorded_at"),
        *("actor", "correlation", "caused_by", "data", "legal_date", "sealed", "sentence"),
    }
    assert entries[0]["sealed"] == ["p1", "text"]


def test_the_timeline_is_in_the_order_of_the_law() -> None:
    # The clock's miss was recorded after the decision that is dated later.
    backwards = [("petition", stories.RECEIVED), ("case", stories.DECIDED)]
    entries = timeline(told(*backwards, ("clock", stories.SETTLE_MISSED)))
    assert [(entry["on"], entry["type"]) for entry in entries] == [
        ("2026-10-02", "PetitionReceived"),
        ("2026-11-10", "DeadlineMissed"),
        ("2026-11-12", "DecisionIssued"),
    ]
