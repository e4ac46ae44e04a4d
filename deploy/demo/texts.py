"""Words for the demo: people, places and petitions, all of them invented.

No real person, address or matter is meant. Names are put together from common parts, identity
numbers start with 000, which no province has, telephone numbers with 0000. Data only; how often
what occurs is in `petitions`.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

#: Neighbourhood groups (tổ dân phố) of the invented ward: code and name.
NEIGHBOURHOODS = {
    "tdp-01": "Đồng Gạo",
    "tdp-02": "Cầu Vối",
    "tdp-03": "Gò Mây",
    "tdp-04": "Bến Lở",
    "tdp-05": "Ao Sen",
    "tdp-06": "Cửa Trại",
    "tdp-07": "Đồng Chằm",
    "tdp-08": "Gốc Gạo",
    "tdp-09": "Vườn Dâu",
    "tdp-10": "Lò Ngói",
}
STREETS = (
    "Bờ Đê",
    "Hàng Xoan",
    "Cây Sữa",
    "Bãi Dâu",
    "Cổng Đồng",
    "Lũy Tre",
    "Giếng Cả",
    "Kho Thóc",
)

FAMILY_NAMES = (
    *("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô", "Dương"),
    *("Nguyễn", "Trần", "Lê", "Phạm"),  # the commonest twice
)
MEN = (("Văn", "Đình", "Quang", "Xuân"), ("Bách", "Cẩn", "Duẩn", "Giáp", "Hưởng", "Khuê", "Lãm"))
WOMEN = (
    ("Thị", "Thị Hồng", "Thị Thu"),
    ("Bưởi", "Chắt", "Dậu", "Gấm", "Lụa", "Mận", "Nhài", "Thắm"),
)
ORGANISATIONS = (
    "Hợp tác xã rau sạch {place}",
    "Công ty TNHH gốm sứ {place}",
    "Hội quán người cao tuổi {place}",
)

#: Who is complained about or denounced: position and body.
RESPONDENTS = {
    "khieu_nai": (
        ("Chủ tịch Ủy ban nhân dân phường", "Ủy ban nhân dân phường Nhân Hòa"),
        ("Công chức địa chính - xây dựng", "Ủy ban nhân dân phường Nhân Hòa"),
    ),
    "to_cao": (
        ("Công chức địa chính - xây dựng", "Ủy ban nhân dân phường Nhân Hòa"),
        ("Tổ trưởng tổ dân phố", "tổ dân phố {place}"),
        ("Công chức tư pháp - hộ tịch", "Ủy ban nhân dân phường Nhân Hòa"),
    ),
}


@dataclass(frozen=True, slots=True)
class Template:
    """A petition's subject and content with places to fill: see `petitions.fill`."""

    subject: str
    content: str


def _templates() -> dict[tuple[str, str], tuple[Template, ...]]:
    found: dict[tuple[str, str], tuple[Template, ...]] = {}
    with Path(__file__).with_name("texts.csv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table, strict=True):
            about = row["kind"], row["field"]
            template = Template(row["subject"], row["content"])
            found[about] = (*found.get(about, ()), template)
    return found


#: Kind and field -> what such petitions say.
TEMPLATES = _templates()

#: What is said where a petition was not taken up, sent elsewhere, or answered; none names anybody.
REFUSAL_REASONS = {
    "khieu_nai": "Quyết định bị khiếu nại không liên quan trực tiếp đến quyền, lợi ích hợp pháp của"
    " người khiếu nại, theo Điều 11 Luật Khiếu nại.",
    "to_cao": "Nội dung đơn không có cơ sở để xác định người vi phạm và hành vi vi phạm pháp luật,"
    " theo Điều 29 Luật Tố cáo.",
}
GUIDANCE = (
    "Nội dung không thuộc thẩm quyền của Chủ tịch Ủy ban nhân dân phường. Đề nghị gửi đơn đến"
    " cơ quan nêu trong phiếu này và mang theo bản gốc giấy tờ đã nhận lại."
)
OTHER_AUTHORITIES = (
    "Chủ tịch Ủy ban nhân dân tỉnh Bắc Ninh",
    "Sở Nông nghiệp và Môi trường tỉnh Bắc Ninh",
    "Sở Xây dựng tỉnh Bắc Ninh",
    "Công an tỉnh Bắc Ninh",
    "Bảo hiểm xã hội tỉnh Bắc Ninh",
)
#: What the verifier found, by how the case was then decided.
FINDINGS = {
    "dung": "Hồ sơ và kiểm tra thực tế xác nhận toàn bộ nội dung đơn nêu.",
    "dung_mot_phan": "Hồ sơ và kiểm tra thực tế xác nhận một phần nội dung đơn nêu.",
    "sai": "Hồ sơ và kiểm tra thực tế không xác nhận nội dung đơn nêu.",
}
STEPS = (
    "Đối chiếu lại hồ sơ với đơn vị chuyên môn, làm việc với người gửi đơn, báo cáo Chủ tịch và ban"
    " hành văn bản giải quyết; mỗi tuần kiểm điểm tiến độ một lần."
)
MINUTES = (
    "Các bên đã nghe kết quả xác minh và nêu ý kiến; người khiếu nại giữ nguyên yêu cầu, hai bên"
    " thống nhất nội dung biên bản."
)
CONCLUSIONS = {
    "dung": "Nội dung đơn là đúng; giao đơn vị chuyên môn khôi phục quyền lợi trong 15 ngày.",
    "dung_mot_phan": "Nội dung đơn đúng một phần; phần còn lại không có căn cứ.",
    "sai": "Nội dung đơn không có căn cứ; giữ nguyên quyết định, hành vi hành chính đã thực hiện.",
    "da_tra_loi": "Đã kiểm tra thực tế, giao đơn vị chuyên môn thực hiện và thông báo lịch làm.",
}
