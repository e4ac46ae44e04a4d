"""Every refusal of the assignment service: code, what the caller is told, and its source."""

from collections.abc import Mapping
from typing import Final, NoReturn

from shared.errors import Refused

#: Code -> what the caller is told, and where the law says so.
REFUSALS: Final[Mapping[str, tuple[str, str]]] = {
    # -- any step
    "unknown_file": (
        "Hồ sơ chưa được mở; thử lại sau ít giây nếu đơn vừa thụ lý.",
        "internal",
    ),
    "already_open": (
        "Hồ sơ này đã mở với nội dung khác.",
        "internal",
    ),
    "case_not_open": (
        "Hồ sơ đã kết thúc nên không thể thay đổi nữa.",
        "internal",
    ),
    "case_terminated": (
        "Vụ việc đã đình chỉ giải quyết; chỉ còn việc kết thúc hồ sơ với căn cứ «đình chỉ».",
        "Luật Khiếu nại Đ.11a.2; Luật Tố cáo Đ.34.3",
    ),
    "already_decided": (
        "Vụ việc đã có quyết định, kết luận hoặc văn bản trả lời.",
        "Luật Khiếu nại Đ.31; Luật Tố cáo Đ.35",
    ),
    "not_decided": (
        "Vụ việc chưa có quyết định, kết luận hoặc văn bản trả lời; hãy ban hành trước.",
        "Luật Khiếu nại Đ.31; Luật Tố cáo Đ.35",
    ),
    "only_for_complaints": (
        "Bước này chỉ có trong giải quyết khiếu nại.",
        "Luật Khiếu nại Đ.33, Đ.46; Luật Tố cáo không quy định",
    ),
    "only_for_denunciations": (
        "Bước này chỉ có trong giải quyết tố cáo; khiếu nại phức tạp thì ghi nhận tính chất phức"
        " tạp.",
        "Luật Tố cáo Đ.30, Đ.36; Luật Khiếu nại Đ.28",
    ),
    "step_not_for_kind": (
        "Pháp luật không có bước này đối với kiến nghị, phản ánh.",
        "Luật Tiếp công dân Đ.26.2; Luật Khiếu nại Đ.2; Luật Tố cáo Đ.2",
    ),
    "ground_not_for_kind": (
        "Pháp luật tại ngày này không có căn cứ này cho loại đơn này; hãy chọn căn cứ khác.",
        "Luật Khiếu nại Đ.11a; Luật Tố cáo Đ.34",
    ),
    "recipient_not_for_kind": (
        "Có nơi nhận không hợp với loại đơn; hãy xem lại vai trò của người nhận.",
        "Luật Khiếu nại Đ.27, Đ.32; Luật Tố cáo Đ.29.3, Đ.35.3",
    ),
    "date_before_opening": (
        "Ngày này trước ngày thụ lý; hãy kiểm tra lại.",
        "Luật Khiếu nại Đ.28; Luật Tố cáo Đ.30",
    ),
    "date_before_assignment": (
        "Ngày này trước ngày giao giải quyết; hãy kiểm tra lại.",
        "internal",
    ),
    "date_before_previous_step": (
        "Ngày này trước ngày của bước đi trước nó; hãy kiểm tra lại.",
        "internal",
    ),
    "date_before_decision": (
        "Ngày này trước ngày ban hành quyết định; hãy kiểm tra lại.",
        "internal",
    ),
    "due_before_start": (
        "Hạn hoàn thành trước ngày giao hoặc ngày lập kế hoạch; hãy kiểm tra lại.",
        "internal",
    ),
    # -- who deals with it
    "not_assigned": (
        "Hồ sơ chưa giao cho cán bộ nào; hãy giao giải quyết trước.",
        "Luật Khiếu nại Đ.29; Luật Tố cáo Đ.31",
    ),
    "unknown_unit": (
        "Không có đơn vị mang mã này trong danh mục; hãy xem gợi ý phân công.",
        "internal",
    ),
    "unknown_officer": (
        "Không có cán bộ mang mã này trong danh mục; hãy xem gợi ý phân công.",
        "internal",
    ),
    "officer_not_in_unit": (
        "Cán bộ này không thuộc đơn vị đã chọn; hãy xem gợi ý phân công.",
        "internal",
    ),
    "conflict_of_interest": (
        "Cán bộ này có xung đột lợi ích trong vụ việc (bị khiếu nại, bị tố cáo, đã ký quyết định,"
        " thân thích); hãy giao cho cán bộ khác.",
        "Luật Phòng, chống tham nhũng Đ.23; Luật Khiếu nại Đ.4; Luật Tố cáo Đ.4",
    ),
    "nobody_without_conflict": (
        "Mọi cán bộ trong danh mục đều có xung đột lợi ích; hãy báo cáo Chủ tịch.",
        "internal",
    ),
    "too_many_transfers": (
        "Hồ sơ đã chuyển qua quá nhiều cán bộ; hãy báo cáo Chủ tịch trước khi giao lại.",
        "internal, mức do phường cấu hình",
    ),
    # -- settling it
    "expertise_pending": (
        "Đang chờ kết quả giám định; hãy ghi nhận kết quả trước khi trưng cầu lần nữa.",
        "NĐ 124/2020 Đ.24; NĐ 31/2019 Đ.15",
    ),
    "expertise_not_ordered": (
        "Chưa có trưng cầu giám định nào đang chờ kết quả.",
        "NĐ 124/2020 Đ.24; NĐ 31/2019 Đ.15",
    ),
    "documents_not_requested": (
        "Không có yêu cầu cung cấp tài liệu nào với người này đang chờ.",
        "Luật Khiếu nại Đ.12 đến Đ.15",
    ),
    "criteria_missing": (
        "Phải nêu ít nhất một trong bảy tiêu chí của vụ việc phức tạp và ghi vào hồ sơ.",
        "NĐ 124/2020 Đ.3a (NĐ 155/2026 Đ.2); NĐ 31/2019 Đ.3.2",
    ),
    "suspension_not_in_law": (
        "Pháp luật tại ngày này không cho tạm đình chỉ loại đơn này: khiếu nại chỉ từ 01/07/2026,"
        " kiến nghị, phản ánh thì không.",
        "Luật Khiếu nại Đ.11a.1 (Luật 136/2025); Luật Tố cáo Đ.34.1",
    ),
    "case_suspended": (
        "Vụ việc đang tạm đình chỉ; hãy ra quyết định tiếp tục giải quyết trước.",
        "Luật Khiếu nại Đ.11a; NĐ 124/2020 Đ.28b; Luật Tố cáo Đ.34.2",
    ),
    "unknown_order": (
        "Hồ sơ không có quyết định tạm đình chỉ, tiếp tục hoặc đình chỉ mang số này.",
        "internal",
    ),
    "date_before_order": (
        "Ngày gửi trước ngày ban hành quyết định; hãy kiểm tra lại.",
        "internal",
    ),
    "not_suspended": (
        "Vụ việc không tạm đình chỉ nên không có gì để tiếp tục.",
        "NĐ 124/2020 Đ.28b; Luật Tố cáo Đ.34.2",
    ),
    "not_withdrawn_whole": (
        "Chưa có việc rút toàn bộ của tất cả người gửi đơn; phần còn lại, người còn lại vẫn được"
        " giải quyết tiếp.",
        "Luật Khiếu nại Đ.10.2, NĐ 124/2020 Đ.7a; Luật Tố cáo Đ.33.2",
    ),
    "heirs_go_on": (
        "Người thừa kế đã tiếp tục khiếu nại nên không thể đình chỉ vì người khiếu nại chết.",
        "NĐ 124/2020 Đ.5.4; Luật Khiếu nại Đ.11a.2.b",
    ),
    "withdrawal_does_not_end_it": (
        "Đơn rút do bị ép buộc, đe dọa hoặc có dấu hiệu vi phạm nên vẫn phải giải quyết.",
        "Luật Tố cáo Đ.33.3; Luật Khiếu nại Đ.10.3 (Luật 136/2025)",
    ),
    "not_complex_enough": (
        "Gia hạn lần một cần ít nhất một tiêu chí phức tạp, lần hai cần từ hai tiêu chí; hãy ghi"
        " nhận tiêu chí trước.",
        "Luật Tố cáo Đ.30.2, Đ.30.3; NĐ 31/2019 Đ.3",
    ),
    "no_more_extensions": (
        "Đã gia hạn hai lần; pháp luật không cho gia hạn nữa.",
        "Luật Tố cáo Đ.30.3",
    ),
    # -- dialogue
    "dialogue_notice_too_short": (
        "Phải thông báo đối thoại trước ít nhất 5 ngày; hãy chọn ngày đối thoại khác.",
        "NĐ 124/2020 Đ.28.1 (NĐ 155/2026 Đ.11)",
    ),
    "dialogue_not_announced": (
        "Chưa có thông báo đối thoại cho ngày này; hãy thông báo trước.",
        "Luật Khiếu nại Đ.30; NĐ 124/2020 Đ.28.1",
    ),
    # -- decision
    "outcome_not_for_kind": (
        "Kết quả không hợp với loại đơn: khiếu nại, tố cáo là đúng, đúng một phần hoặc sai;"
        " kiến nghị, phản ánh là đã trả lời.",
        "Luật Khiếu nại Đ.31.2; Luật Tố cáo Đ.35.2",
    ),
    "not_verified": (
        "Chưa có báo cáo kết quả xác minh; chỉ khiếu nại mà qua kiểm tra lại thấy đúng mới được"
        " quyết định ngay.",
        "Luật Khiếu nại Đ.29.1, Đ.31.2; Luật Tố cáo Đ.35.1",
    ),
    "dialogue_due": (
        "Phải đối thoại trước khi quyết định: yêu cầu và kết quả xác minh còn khác nhau, hoặc là"
        " khiếu nại quyết định kỷ luật.",
        "Luật Khiếu nại Đ.30.1, Đ.53.1",
    ),
    "dialogue_not_led_by_chair": (
        "Người giải quyết khiếu nại lần đầu phải trực tiếp đối thoại; hãy tổ chức lại do Chủ tịch"
        " chủ trì.",
        "Luật Khiếu nại Đ.30.1, Đ.53.1; NĐ 124/2020 Đ.28",
    ),
    # -- after the decision
    "recipients_missing": (
        "Thiếu nơi nhận bắt buộc: người khiếu nại và cấp trên trực tiếp; người bị tố cáo và người"
        " tố cáo; hoặc người gửi kiến nghị, phản ánh.",
        "Luật Khiếu nại Đ.32; Luật Tố cáo Đ.35.3",
    ),
    "already_received": (
        "Đã ghi nhận ngày nhận quyết định khác của người này.",
        "Luật Khiếu nại Đ.33.1",
    ),
    "publication_form_missing": (
        "Phải chọn ít nhất một hình thức công khai.",
        "NĐ 124/2020 Đ.29.3; Luật Tố cáo Đ.40.2",
    ),
    "measure_not_for_outcome": (
        "Biện pháp xử lý không hợp với kết luận tố cáo đúng, đúng một phần hay sai.",
        "Luật Tố cáo Đ.36.1, Đ.36.2",
    ),
    "already_lodged": (
        "Đã ghi nhận khiếu nại lần hai của vụ việc này.",
        "Luật Khiếu nại Đ.33",
    ),
    "second_complaint_too_early": (
        "Chưa có quyết định lần đầu và chưa hết thời hạn giải quyết nên chưa thể khiếu nại lần"
        " hai.",
        "Luật Khiếu nại Đ.33.1",
    ),
    "second_complaint_pending": (
        "Đã có khiếu nại lần hai và chưa có quyết định giải quyết lần hai.",
        "Luật Khiếu nại Đ.44.1, Đ.44.2",
    ),
    "decision_not_effective": (
        "Quyết định chưa có hiệu lực pháp luật: 30 ngày (vùng sâu, vùng xa 45 ngày) kể từ ngày"
        " ban hành, hiệu lực từ ngày tiếp theo.",
        "Luật Khiếu nại Đ.44, Đ.57",
    ),
    "enforcement_not_ordered": (
        "Chưa có văn bản tổ chức thi hành; hãy ban hành trước.",
        "NĐ 124/2020 Đ.31",
    ),
    "already_enforced": (
        "Quyết định đã thi hành xong.",
        "Luật Khiếu nại Đ.46; NĐ 124/2020 Đ.32",
    ),
    "second_not_lodged": (
        "Chưa ghi nhận khiếu nại lần hai của vụ việc này.",
        "Luật Khiếu nại Đ.33, Đ.36",
    ),
    "second_already_answered": (
        "Đã ghi nhận việc cấp trên thụ lý hoặc không thụ lý khiếu nại lần hai.",
        "Luật Khiếu nại Đ.36.1",
    ),
    "not_cancelled": (
        "Quyết định lần đầu chưa bị cấp trên hủy; khi đã có quyết định lần hai thì cũng không tự"
        " hủy để giải quyết lại được nữa.",
        "Luật Khiếu nại Đ.11a.2.c (Luật 136/2025); thực tiễn",
    ),
    "not_forwarded": (
        "Đơn này không do cơ quan khác chuyển đến nên không có nơi chuyển đơn để báo.",
        "Luật Tiếp công dân Đ.27.2; Luật Khiếu nại Đ.66.2; Luật Tố cáo Đ.26.2",
    ),
    "figures_inconsistent": (
        "Số cán bộ, công chức, viên chức không thể nhiều hơn tổng số người ở cùng mục.",
        "Thông tư 06/2025, biểu 03 đến 05",
    ),
    # -- closing
    "not_terminated": (
        "Vụ việc chưa đình chỉ giải quyết; hãy ra quyết định đình chỉ trước.",
        "Luật Khiếu nại Đ.11a.2; Luật Tố cáo Đ.34.3",
    ),
    "receipt_unknown": (
        "Chưa ghi nhận ngày người khiếu nại nhận được quyết định nên chưa biết khi nào hết thời"
        " hạn khiếu nại lần hai.",
        "Luật Khiếu nại Đ.33.1",
    ),
    "appeal_window_open": (
        "Quyết định có thể đã có hiệu lực nhưng thời hạn khiếu nại lần hai tính từ ngày nhận"
        " được vẫn còn; chưa kết thúc hồ sơ.",
        "Luật Khiếu nại Đ.33.1, Đ.44.1, Đ.48",
    ),
    "enforcement_unfinished": (
        "Đã tổ chức thi hành nhưng chưa thi hành xong; hãy ghi nhận kết quả trước.",
        "Luật Khiếu nại Đ.46; NĐ 124/2020 Đ.31, Đ.32",
    ),
    "not_published": (
        "Kết luận nội dung tố cáo chưa được công khai.",
        "Luật Tố cáo Đ.40.1; NĐ 31/2019 Đ.6",
    ),
    "conclusion_not_handled": (
        "Kết luận nội dung tố cáo chưa được xử lý.",
        "Luật Tố cáo Đ.36.1",
    ),
    # -- police
    "police_not_asked": (
        "Không có đề nghị nào với công an phường đang chờ trả lời.",
        "internal",
    ),
    # -- tasks
    "unknown_task": (
        "Không có nhiệm vụ mang mã này.",
        "internal",
    ),
    "task_done": (
        "Nhiệm vụ này đã hoàn thành.",
        "internal",
    ),
}


def refuse(code: str) -> NoReturn:
    """Refuse with the sentence of this code."""
    raise Refused(code, REFUSALS[code][0])
