"""What people read of a file: one Vietnamese sentence for every event."""

import re
import unicodedata
from dataclasses import replace
from datetime import date

import pytest

from services.reporting.replay import legal_day
from services.reporting.timeline import history, timeline
from shared import contracts
from shared.contracts.cases import DecisionIssued, Outcome
from shared.contracts.petitions import Kind, PetitionClassified
from shared.directory import Directories, Directory
from shared.ledger import Recorded, flatten
from shared.memory_log import MemoryLog
from tests.support import stories
from tests.support.recording import record, recorded_stories

WARD, FILE = "09253", "7f3k9q2mxw4t"


def told(*events, sealed=None):
    log = MemoryLog()
    for category, event in events:
        record(log, WARD, f"{category}-{FILE}", event, sealed=sealed)
    return flatten(log.read(WARD, *contracts.streams_of(FILE)))


def other_told(*events):
    """Of streams that are not of a file: each in the log under its own category."""
    return recorded_stories(WARD, **{FILE: events})


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
    entries = history(other_told(*stories.EVERY_EVENT, *stories.OUTSIDE_FILES))
    assert {entry["type"] for entry in entries} == set(contracts.EVENT_CLASSES)
    for entry in entries:
        assert entry["sentence"] == unicodedata.normalize("NFC", entry["sentence"])
        assert "Sự kiện" not in entry["sentence"]


def test_no_sentence_shows_a_code_in_place_of_a_word() -> None:
    entries = history(other_told(*stories.EVERY_EVENT, *stories.OUTSIDE_FILES))
    shown = [
        entry["sentence"] for entry in entries if re.search("[a-z]+_[a-z]+", entry["sentence"])
    ]
    assert shown == []


def test_with_a_directory_a_sentence_names_who_is_in_it_and_whom_it_does_not_know() -> None:
    named = Directories.from_environment().of(WARD)
    story = told(*stories.COMPLAINT)
    sentences = [entry["sentence"] for entry in timeline(story, named)]
    assert (
        "Ngày 11/09/2026: Giao đơn vị Phòng Kinh tế, Hạ tầng và Đô thị, cán bộ [họ tên – mã"
        " cb-xay-dung-1], Công chức xây dựng và đô thị giải quyết."
    ) in sentences
    assert not [sentence for sentence in sentences if "kinh-te-ha-tang" in sentence]
    elsewhere = Directory(units=())
    assert "đơn vị [kinh-te-ha-tang (chưa có trong danh bạ)]" in str(timeline(story, elsewhere))
    brought = timeline(other_told(*stories.RECOMMENDATION), named)
    assert "đơn vị (Phòng Kinh tế, Hạ tầng và Đô thị) về thời hạn" in str(brought)


def spoken(story):
    return [entry["sentence"] for entry in timeline(told(*story))]


def test_the_story_of_a_complaint_is_told_in_the_words_of_the_law() -> None:
    assert [line for line in spoken(stories.COMPLAINT) if "thời hạn" not in line] == [
        "Ngày 27/08/2026: Tiếp nhận đơn tại nơi tiếp công dân, người gửi ghi là khiếu nại.",
        "Ngày 28/08/2026: Phân loại là khiếu nại, lĩnh vực đất đai, đối tượng: Chủ tịch UBND"
        " phường, thuộc thẩm quyền, đủ điều kiện xử lý.",
        "Ngày 28/08/2026: Gắn với hồ sơ 3d5k9q2mxw4t: vụ việc liên quan, mức giống nhau 87/100.",
        "Ngày 07/09/2026: Thụ lý khiếu nại, lĩnh vực đất đai.",
        "Ngày 07/09/2026: Mở hồ sơ giải quyết.",
        "Ngày 08/09/2026: Giao đơn vị kinh-te-ha-tang, cán bộ cb-dia-chinh-1 giải quyết.",
        "Ngày 08/09/2026: Thông báo việc thụ lý đến: người khiếu nại.",
        "Ngày 11/09/2026: Cán bộ cb-dia-chinh-1 không tham gia xác minh, giải quyết, lý do: là"
        " người đã ký quyết định bị khiếu nại.",
        "Ngày 11/09/2026: Giao đơn vị kinh-te-ha-tang, cán bộ cb-xay-dung-1 giải quyết.",
        "Ngày 14/09/2026: Đề nghị công an phường phối hợp: xác minh.",
        "Ngày 18/09/2026: Công an phường trả lời.",
        "Ngày 18/09/2026: Thay đổi lưu ý: phức tạp, gay gắt, kéo dài; vượt cấp.",
        "Ngày 18/09/2026: Lập kế hoạch giải quyết dứt điểm, hoàn thành chậm nhất ngày 30/10/2026,"
        " đơn vị kinh-te-ha-tang, cán bộ cb-xay-dung-1.",
        "Ngày 21/09/2026: Tạm đình chỉ giải quyết theo quyết định số 20/QĐ-UBND, căn cứ: phải chờ"
        " kết quả giải quyết của cơ quan khác.",
        "Ngày 23/09/2026: Gửi quyết định số 20/QĐ-UBND đến: người khiếu nại.",
        "Ngày 12/10/2026: Tiếp tục giải quyết theo quyết định số 24/QĐ-UBND.",
        "Ngày 13/10/2026: Trưng cầu giám định theo văn bản số 25/UBND-KTHT.",
        "Ngày 15/10/2026: Nhận kết luận giám định.",
        "Ngày 15/10/2026: Ghi nhận vụ việc phức tạp (văn bản số 26/UBND-KTHT): có từ hai nội dung"
        " phải xác minh; chứng cứ mâu thuẫn, cần ý kiến chuyên môn.",
        "Ngày 16/10/2026: Cán bộ cb-xay-dung-1 báo cáo kết quả xác minh, còn khác với yêu cầu của"
        " người gửi đơn.",
        "Ngày 19/10/2026: Thông báo tổ chức đối thoại vào ngày 26/10/2026.",
        "Ngày 26/10/2026: Tổ chức đối thoại do Chủ tịch chủ trì, người gửi đơn có mặt.",
        "Ngày 30/10/2026: Ban hành quyết định giải quyết khiếu nại số 31/QĐ-UBND: khiếu nại đúng"
        " một phần.",
        "Ngày 02/11/2026: Gửi quyết định giải quyết đến: người khiếu nại; cấp trên trực tiếp.",
        "Ngày 03/11/2026: Người gửi đơn (p1) nhận được quyết định giải quyết.",
        "Ngày 05/11/2026: Công khai quyết định giải quyết: niêm yết tại trụ sở, nơi tiếp công"
        " dân; đăng trên cổng thông tin điện tử.",
        "Ngày 04/12/2026: Giao đơn vị kinh-te-ha-tang thi hành quyết định theo văn bản số"
        " 40/UBND-KTHT, hạn thi hành ngày 25/12/2026.",
        "Ngày 21/12/2026: Thi hành xong quyết định.",
        "Ngày 22/12/2026: Trả lại 2 bản gốc giấy tờ, tài liệu cho người gửi đơn.",
        "Ngày 22/12/2026: Kết thúc, lưu hồ sơ, lý do: đã giải quyết xong.",
    ]


def test_its_clocks_are_told_with_what_stopped_and_moved_them() -> None:
    lines = [line for line in spoken(stories.COMPLAINT) if "thời hạn" in line]
    assert [line for line in lines if "lần đầu" in line][1:4] == [
        "Ngày 21/09/2026: Tạm dừng tính thời hạn giải quyết lần đầu, hạn cuối trước đó là ngày"
        " 07/10/2026.",
        "Ngày 12/10/2026: Hạn cuối của thời hạn giải quyết lần đầu chuyển từ ngày 07/10/2026 sang"
        " ngày 28/10/2026, lý do: thời gian tạm đình chỉ không tính vào thời hạn.",
        "Ngày 15/10/2026: Hạn cuối của thời hạn giải quyết lần đầu chuyển từ ngày 28/10/2026 sang"
        " ngày 12/11/2026, lý do: áp dụng quy định khác.",
    ]
    assert (
        "Ngày 13/10/2026: Hoàn thành việc thuộc thời hạn gửi quyết định tạm đình chỉ, đình chỉ"
        " hoặc tiếp tục giải quyết (lần 2), đúng hạn." in lines
    )
    assert "Ngày 03/12/2026: Kết thúc thời hạn khiếu nại lần hai hoặc khởi kiện." in lines


@pytest.mark.parametrize(
    ("story", "kind", "expected"),
    [
        (
            stories.DISCIPLINARY,
            "PetitionAccepted",
            "Thụ lý khiếu nại quyết định kỷ luật buộc thôi việc, lĩnh vực công chức, công vụ.",
        ),
        (
            stories.DISCIPLINARY,
            "SecondComplaintLodged",
            "Người khiếu nại khiếu nại lần hai đến Chủ tịch UBND tỉnh Bắc Ninh.",
        ),
        (
            stories.DENUNCIATION,
            "AcceptanceNotified",
            "Thông báo việc thụ lý đến: người tố cáo; người bị tố cáo.",
        ),
        (
            stories.DENUNCIATION,
            "CaseExtended",
            "Gia hạn giải quyết lần thứ nhất theo quyết định số 16/QĐ-UBND.",
        ),
        (
            stories.DENUNCIATION,
            "PetitionWithdrawn",
            "Người gửi đơn rút toàn bộ nội dung đơn bằng biên bản, có dấu hiệu vi phạm pháp luật.",
        ),
        (
            stories.DENUNCIATION,
            "DecisionSent",
            "Gửi kết luận nội dung tố cáo đến: người tố cáo; người bị tố cáo; cơ quan quản lý"
            " người bị tố cáo.",
        ),
        (
            stories.DENUNCIATION,
            "ConclusionHandled",
            "Xử lý kết luận nội dung tố cáo: xử lý kỷ luật.",
        ),
        (
            stories.CHECKED,
            "CheckOrdered",
            "Giao van-phong kiểm tra thông tin có nội dung tố cáo (Điều 25 Luật Tố cáo).",
        ),
        (
            stories.CHECKED,
            "CheckReported",
            "Báo cáo kết quả kiểm tra: chuyển cơ quan khác xem xét, nơi nhận: Thanh tra tỉnh.",
        ),
        (
            stories.INHERITED,
            "PetitionReceived",
            "Tiếp nhận đơn qua dịch vụ bưu chính, người gửi ghi là khiếu nại, 2 người cùng đứng"
            " đơn; người được ủy quyền (a1) thay p1, chưa có giấy tờ.",
        ),
        (
            stories.INHERITED,
            "AuthorisationRecorded",
            "Ghi nhận người thay mặt: luật sư, trợ giúp viên pháp lý được ủy quyền (a2) thay p1 về"
            " nội dung 1, giấy tờ ngày 06/10/2026, chứng thực.",
        ),
        (
            stories.INHERITED,
            "ComplainantSucceeded",
            "Người khiếu nại (p1) chết ngày 11/10/2026, người thừa kế tiếp tục: người thừa kế (a3)"
            " thay p1, giấy tờ ngày 19/10/2026.",
        ),
        (
            stories.ONLINE,
            "OnlineLineTested",
            "Kiểm tra kết nối cho buổi tiếp công dân trực tuyến: không đạt.",
        ),
        (
            stories.ONLINE,
            "CitizenReceived",
            "Tiếp công dân định kỳ, trực tuyến, người tiếp: Chủ tịch, lượt thứ 1, đến thay với tư"
            " cách người được ủy quyền.",
        ),
        (
            stories.TERMINATED,
            "CaseTerminated",
            "Đình chỉ giải quyết theo quyết định số 29/QĐ-UBND, căn cứ: đã rút toàn bộ nội dung.",
        ),
        (
            stories.RECOMMENDATION,
            "Escalated",
            "Báo cáo người đứng đầu đơn vị (kinh-te-ha-tang) về thời hạn trả lời kiến nghị, phản"
            " ánh, hạn cuối ngày 26/10/2026.",
        ),
        *(
            (stories.SECOND_LEVEL, kind, told)
            for kind, told in (
                ("DocumentsRequested", "Yêu cầu người bị khiếu nại cung cấp thông tin, tài liệu."),
                (
                    "DocumentsSupplied",
                    "Nhận thông tin, tài liệu do người có quyền, nghĩa vụ liên quan cung cấp.",
                ),
                ("ForwarderInformed", "Thông báo kết quả cho nơi chuyển đơn."),
                ("SecondComplaintRefused", "Cấp trên không thụ lý khiếu nại lần hai."),
                (
                    "SecondComplaintAccepted",
                    "Cấp trên thụ lý khiếu nại lần hai, vụ việc phức tạp.",
                ),
                (
                    "ResettlementAccepted",
                    "Thụ lý giải quyết lại theo văn bản số 80/TB-UBND, lý do: cấp trên hủy quyết"
                    " định giải quyết lần đầu.",
                ),
                (
                    "DecisionEnforced",
                    "Thi hành một phần quyết định (45.000.000 đồng trả lại tổ chức, cá nhân).",
                ),
                (
                    "ResultsReported",
                    "Báo cáo thêm kết quả thực hiện quyết định giải quyết (1 vụ đã khởi tố;"
                    " 2 người đã khởi tố).",
                ),
            )
        ),
        (
            stories.RECOMMENDATION,
            "DecisionSent",
            "Gửi văn bản trả lời đến: người kiến nghị, phản ánh.",
        ),
        (
            stories.RECEPTION,
            "ReceptionScheduled",
            "Niêm yết lịch tiếp công dân định kỳ, trực tiếp, người tiếp: Chủ tịch, ngày tiếp"
            " 12/11/2026.",
        ),
        (
            stories.RECEPTION,
            "CitizenReceived",
            "Tiếp công dân định kỳ, trực tiếp, người tiếp: Chủ tịch, lượt thứ 1, 6 người, 2 người"
            " đại diện, hồ sơ 7f3k9q2mxw4t.",
        ),
        (
            stories.RECEPTION,
            "ReceptionRefused",
            "Từ chối tiếp công dân, lý do: vụ việc đã giải quyết đúng, đã rà soát, thông báo mà"
            " vẫn kéo dài; phải thông báo bằng văn bản.",
        ),
        (
            stories.MEDIATION,
            "MediationRecorded",
            "Lập biên bản hòa giải tại tdp-4: hòa giải thành, hồ sơ 7f3k9q2mxw4t.",
        ),
        (
            stories.TASK,
            "TaskSet",
            "Giao đơn vị van-phong, cán bộ cb-van-phong-1 nhiệm vụ tuyên truyền pháp luật, hạn"
            " cuối ngày 30/10/2026.",
        ),
        (
            (("reception", replace(stories.ERASED_PERSON, turn=3)),),
            "PersonErased",
            "Xóa dữ liệu cá nhân (p1, lượt tiếp thứ 3), hết thời hạn lưu trữ, văn bản 12/QĐ-UBND"
            " ngày 20/11/2036.",
        ),
        (stories.TASK, "TaskDone", "Hoàn thành nhiệm vụ, 2 cuộc, 150 lượt người tham gia."),
        (
            stories.CALENDAR,
            "CalendarChanged",
            "Thay đổi lịch làm việc theo 101/TB-BNV ngày 09/11/2026, lý do: hoán đổi ngày làm"
            " việc: 23/11/2026 nghỉ hoán đổi (Nghỉ hoán đổi); 28/11/2026 làm bù (Làm bù).",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isalpha() else "",
)
def test_the_steps_of_the_other_procedures_are_told_in_their_words(story, kind, expected) -> None:
    entries = history(other_told(*story))
    said = next(entry["sentence"] for entry in entries if entry["type"] == kind)
    assert said.partition(": ")[2] == expected


def test_an_event_of_a_newer_release_is_told_by_its_name_and_the_day_it_came() -> None:
    newer = Recorded(
        authority=WARD,
        position=1,
        stream=f"case-{FILE}",
        version=1,
        id="e-1",
        type="PetitionSplit",
        schema=1,
        data={"split_on": "2026-10-20"},
        actor="officer:vera",
        correlation="r",
        caused_by=None,
        recorded_at="2026-10-20T18:00:00.000Z",  # already the 21st in Vietnam
    )
    assert legal_day(newer) == date(2026, 10, 21)
    assert history([newer])[0]["sentence"] == "Ngày 21/10/2026: Sự kiện PetitionSplit."


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
