"""Every refusal about reports and papers: code, what the caller is told, and its source."""

from collections.abc import Mapping
from typing import Final, NoReturn

from shared.errors import Refused

#: Code -> what the caller is told, and where the law says so.
REFUSALS: Final[Mapping[str, tuple[str, str]]] = {
    "unknown_form": (
        "Không có biểu này; các biểu là 01/TCD, 02/XLD, 03/GQKN, 04/GQTC, 05/KQTH, 06/QLKNTC.",
        "Thông tư 06/2025/TT-TTCP Đ.4.1.b",
    ),
    "unknown_column": ("Biểu này không có cột đó.", "Thông tư 06/2025/TT-TTCP, phụ lục"),
    "unknown_period": (
        "Không hiểu kỳ báo cáo; hãy viết 2026-Q1 đến 2026-Q4, 2026-6T, 2026-9T, 2026, QH-2026 hoặc"
        " 2026-01-01..2026-03-31.",
        "Thông tư 06/2025/TT-TTCP Đ.7",
    ),
    "unknown_report": ("Không có báo cáo này; hãy xem lại mã báo cáo.", "internal"),
    "window_not_over": (
        "Kỳ báo cáo chưa kết thúc nên chưa thể chốt số liệu; vẫn có thể xem số liệu tạm tính.",
        "Thông tư 06/2025/TT-TTCP Đ.7",
    ),
    "already_frozen": (
        "Kỳ này đã có báo cáo chốt số liệu; nếu số liệu thay đổi, hãy lập báo cáo thay thế và nêu"
        " lý do.",
        "internal",
    ),
    "not_the_last_report": (
        "Báo cáo được thay phải là báo cáo mới nhất của đúng kỳ này.",
        "internal",
    ),
    "reason_missing": ("Báo cáo thay thế phải nêu lý do.", "internal"),
    "reason_without_correction": (
        "Chỉ báo cáo thay thế mới có lý do; hãy nêu báo cáo được thay hoặc bỏ lý do.",
        "internal",
    ),
    "nothing_to_correct": (
        "Số liệu không khác báo cáo trước nên không cần báo cáo thay thế.",
        "internal",
    ),
    "already_submitted": (
        "Báo cáo này đã được ghi nhận là đã gửi, với ngày hoặc nơi nhận khác.",
        "internal",
    ),
    "date_before_freezing": (
        "Ngày gửi trước ngày chốt số liệu; hãy kiểm tra lại.",
        "internal",
    ),
    "balance_not_carried": (
        "Cột này không chuyển số liệu từ kỳ trước sang nên không có số dư đầu kỳ.",
        "Thông tư 06/2025/TT-TTCP, phụ lục",
    ),
    "balance_twice": ("Một cột có hai số dư cho cùng một ngày; hãy giữ một.", "internal"),
    "balance_differs": (
        "Cột này đã có số dư khác cho cùng ngày; nếu cần sửa, hãy nêu lý do.",
        "internal",
    ),
    "reason_without_balance": (
        "Chỉ khi sửa số dư đã ghi mới nêu lý do; cột này chưa có số dư cho ngày đó.",
        "internal",
    ),
    "unknown_register": ("Không có sổ này; các sổ là tiep_cong_dan và don.", "internal"),
    "unknown_letter": ("Không có mẫu văn bản này; hãy xem danh sách mẫu.", "internal"),
    "letter_of_another_kind": (
        "Mẫu văn bản này không dùng cho loại đơn của hồ sơ; hãy chọn mẫu khác.",
        "internal",
    ),
    "unknown_letter_event": (
        "Hồ sơ không có sự kiện này, hoặc mẫu văn bản không nói về sự kiện loại đó.",
        "internal",
    ),
}


def refuse(code: str) -> NoReturn:
    raise Refused(code, REFUSALS[code][0])
