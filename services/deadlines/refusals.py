"""Every refusal of a change of the calendar: code, what the caller is told, and its source.

Questions that the rule table has no answer to are refused as `facts.Unanswerable` says.
"""

from collections.abc import Mapping
from typing import Final, NoReturn

from shared.errors import Refused

#: Code -> what the caller is told, and where the law says so.
REFUSALS: Final[Mapping[str, tuple[str, str]]] = {
    "unknown_file": (
        "Không có hồ sơ này hoặc hồ sơ chưa có thời hạn nào.",
        "internal",
    ),
    "calendar_no_days": (
        "Chưa nêu ngày nào được đổi; hãy nêu ít nhất một ngày.",
        "internal",
    ),
    "calendar_day_twice": (
        "Một ngày được nêu hai lần; mỗi lần đổi lịch chỉ nêu mỗi ngày một lần.",
        "internal",
    ),
    "calendar_day_unnamed": (
        "Ngày nghỉ, ngày làm bù phải có tên để giải thích thời hạn.",
        "internal",
    ),
    "calendar_day_not_special": (
        "Ngày này vốn là ngày thường trong lịch nên không bỏ được.",
        "internal",
    ),
    "calendar_year_incomplete": (
        "Năm này chưa có trong lịch; hãy nhập trọn năm, đủ các ngày lễ cố định, trong một lần đổi"
        " lịch.",
        "Bộ luật Lao động Đ.112.1",
    ),
    "calendar_day_impossible": (
        "Ngày làm bù phải là Thứ Bảy hoặc Chủ nhật; ngày nghỉ bù, nghỉ hoán đổi phải là ngày trong"
        " tuần; ngày lễ cố định không bỏ được.",
        "Bộ luật Lao động Đ.111, Đ.112",
    ),
}


def refuse(code: str) -> NoReturn:
    """Refuse with the sentence of this code."""
    raise Refused(code, REFUSALS[code][0])
