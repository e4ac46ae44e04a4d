"""What the codes of the events are called in Vietnamese, for people who read cards and timelines.

A code that is not here is shown as it is: a newer release, or a list of another service, may know
more codes than this one.
"""

from collections.abc import Mapping
from typing import Final

STATES: Final[Mapping[str, str]] = {
    "received": "Mới tiếp nhận",
    "classified": "Đã phân loại",
    "accepted": "Đã thụ lý",
    "assigned": "Đang giải quyết",
    "decided": "Đã có kết quả giải quyết",
    "closed": "Đã kết thúc",
    "refused": "Không thụ lý",
    "guided": "Đã hướng dẫn",
    "forwarded": "Đã chuyển đơn",
    "filed_away": "Lưu đơn",
}

KINDS: Final[Mapping[str, str]] = {
    "khieu_nai": "khiếu nại",
    "to_cao": "tố cáo",
    "kien_nghi": "kiến nghị",
    "phan_anh": "phản ánh",
}

FIELDS: Final[Mapping[str, str]] = {
    "dat_dai": "đất đai",
    "trat_tu_xay_dung": "trật tự xây dựng",
    "boi_thuong_gpmb": "bồi thường, giải phóng mặt bằng",
    "chinh_sach_xa_hoi": "chế độ, chính sách xã hội",
    "moi_truong": "môi trường, vệ sinh đô thị",
    "ho_tich": "hộ tịch, chứng thực",
    "cong_vu": "công chức, công vụ",
    "tham_nhung": "tham nhũng, tiêu cực",
    "an_ninh_trat_tu": "an ninh, trật tự",
    "khac": "lĩnh vực khác",
}

#: How it came in, as the end of "Tiếp nhận đơn …".
CHANNELS: Final[Mapping[str, str]] = {
    "tiep_cong_dan": "tại nơi tiếp công dân",
    "buu_chinh": "qua dịch vụ bưu chính",
    "cong_dich_vu": "qua cổng dịch vụ công",
    "co_quan_chuyen": "do cơ quan khác chuyển đến",
    "to_dan_pho": "qua tổ dân phố",
    "ton_dong": "từ danh sách hồ sơ tồn đọng",
}

FLAGS: Final[Mapping[str, str]] = {
    "dong_nguoi": "đông người",
    "gay_gat": "phức tạp, gay gắt, kéo dài",
    "vuot_cap": "vượt cấp",
}

OUTCOMES: Final[Mapping[str, str]] = {
    "dung": "đúng",
    "dung_mot_phan": "đúng một phần",
    "sai": "sai",
    "da_tra_loi": "đã trả lời",
    "giu_nguyen": "giữ nguyên",
    "sua_doi": "sửa đổi",
    "huy_bo": "hủy bỏ",
    "dinh_chi": "đình chỉ",
    "toa_an_thu_ly": "Tòa án đã thụ lý",
}

GROUNDS: Final[Mapping[str, str]] = {
    "kn_noi_bo": "quyết định, hành vi mang tính nội bộ hoặc không thuộc đối tượng khiếu nại",
    "kn_khong_lien_quan_truc_tiep": "không liên quan trực tiếp đến người khiếu nại",
    "kn_khong_du_nang_luc": "người khiếu nại không đủ năng lực, không có người đại diện hợp pháp",
    "kn_dai_dien_khong_hop_phap": "người đại diện không hợp pháp",
    "kn_khong_chu_ky": "đơn không có chữ ký hoặc điểm chỉ",
    "kn_het_thoi_hieu": "hết thời hiệu, thời hạn mà không có lý do chính đáng",
    "kn_da_giai_quyet_lan_hai": "đã có quyết định giải quyết lần hai",
    "kn_da_dinh_chi": "đã đình chỉ và không tiếp tục khiếu nại trong thời hạn",
    "kn_toa_an_da_thu_ly": "Tòa án đã thụ lý hoặc đã giải quyết",
    "tc_sai_hinh_thuc": "không đúng hình thức tố cáo theo luật",
    "tc_khong_du_nang_luc": "người tố cáo không đủ năng lực, không có người đại diện hợp pháp",
    "tc_khong_co_co_so": "không có cơ sở xác định người vi phạm, hành vi vi phạm",
    "tc_khieu_nai_khong_tinh_tiet_moi": "vụ việc khiếu nại đã giải quyết, không có tình tiết mới",
    "khong_du_dieu_kien": "đơn không đủ điều kiện xử lý",
    "nac_danh_khong_ro": "đơn không rõ người gửi, không có căn cứ rõ ràng",
    "rach_nat_khong_doc_duoc": "đơn rách nát, không đọc được",
    "gui_nhieu_noi": "đơn gửi nhiều nơi, trong đó có nơi có thẩm quyền",
    "da_huong_dan_tra_loi": "đã hướng dẫn, trả lời về cùng nội dung",
    "da_giai_quyet_het_tham_quyen": "đã giải quyết hết thẩm quyền, không có tình tiết mới",
    "het_thoi_hieu": "hết thời hiệu mà không có lý do chính đáng",
    "da_giai_quyet": "đã giải quyết xong",
    "da_tra_loi": "đã trả lời",
}

#: Names of clocks, as they follow "thời hạn".
CLOCKS: Final[Mapping[str, str]] = {
    "accept": "thụ lý",
    "settle_1": "giải quyết lần đầu",
    "initial_handling": "xử lý ban đầu tố cáo",
    "forward_and_notify": "chuyển tố cáo và báo người tố cáo",
    "settle": "giải quyết",
    "answer": "trả lời kiến nghị, phản ánh",
    "handle_petition": "xử lý đơn",
}

MOVE_REASONS: Final[Mapping[str, str]] = {
    "moc_tinh": "mốc tính thời hạn được đính chính",
    "quy_tac": "áp dụng quy định khác",
    "gia_han": "gia hạn",
    "tam_dinh_chi": "thời gian tạm đình chỉ không tính vào thời hạn",
    "lich_lam_viec": "lịch làm việc thay đổi",
}


def called(names: Mapping[str, str], code: str) -> str:
    """What the code is called, or the code itself."""
    return names.get(code, code)
