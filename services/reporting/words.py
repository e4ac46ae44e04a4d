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
    "suspended": "Tạm đình chỉ giải quyết",
    "terminated": "Đình chỉ giải quyết",
    "decided": "Đã có kết quả giải quyết",
    "closed": "Đã kết thúc",
    "refused": "Không thụ lý",
    "guided": "Đã hướng dẫn",
    "forwarded": "Đã chuyển đơn",
    "filed_away": "Lưu đơn",
    "checking": "Kiểm tra thông tin có nội dung tố cáo",
    "checked": "Đã có kết quả kiểm tra",
    "mediating": "Chuyển hòa giải",
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

#: What a denouncer's identity is asked for.
IDENTITY_PURPOSES: Final[Mapping[str, str]] = {
    "xac_minh_danh_tinh": "xác minh danh tính người tố cáo",
    "lam_viec_voi_nguoi_to_cao": "làm việc với người tố cáo",
    "thong_bao": "gửi thông báo, kết luận cho người tố cáo",
    "bao_ve": "áp dụng biện pháp bảo vệ",
    "co_quan_dieu_tra": "theo yêu cầu của cơ quan điều tra",
}

IDENTITY_REFUSALS: Final[Mapping[str, str]] = {
    "khong_can_thiet": "không cần thiết",
    "xung_dot_loi_ich": "có xung đột lợi ích",
    "muc_dich_khong_ro": "mục đích không rõ",
}

#: What was tried, as the end of "Từ chối …".
IDENTITY_ATTEMPTS: Final[Mapping[str, str]] = {
    "request_identity": "đề nghị xem danh tính",
    "approve_identity_release": "việc đồng ý cho xem danh tính",
    "refuse_identity_release": "việc không đồng ý cho xem danh tính",
    "view_identity": "việc xem danh tính",
    "identity_requests": "việc xem các đề nghị xem danh tính",
}

PROTECTION_MEASURES: Final[Mapping[str, str]] = {
    "bi_mat_thong_tin": "bảo vệ bí mật thông tin",
    "vi_tri_cong_tac_viec_lam": "bảo vệ vị trí công tác, việc làm",
    "tinh_mang_suc_khoe_tai_san": "bảo vệ tính mạng, sức khỏe, tài sản, danh dự, nhân phẩm",
}

PROTECTION_STATUSES: Final[Mapping[str, str]] = {
    "de_nghi": "có đề nghị",
    "ap_dung": "quyết định áp dụng",
    "tu_choi": "không áp dụng",
    "chuyen_co_quan_co_tham_quyen": "chuyển cơ quan có thẩm quyền",
    "cham_dut": "chấm dứt",
}

ERASURE_GROUNDS: Final[Mapping[str, str]] = {
    "het_thoi_han_luu_tru": "hết thời hạn lưu trữ",
    "theo_quyet_dinh": "theo quyết định của cơ quan có thẩm quyền",
    "theo_luat": "theo pháp luật về bảo vệ dữ liệu cá nhân",
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

#: Where it came from, as a noun.
CHANNEL_NAMES: Final[Mapping[str, str]] = {
    "tiep_cong_dan": "tiếp công dân",
    "buu_chinh": "bưu chính",
    "cong_dich_vu": "cổng dịch vụ công",
    "co_quan_chuyen": "cơ quan khác chuyển",
    "to_dan_pho": "tổ dân phố",
    "ton_dong": "hồ sơ tồn đọng",
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
    "da_rut_don": "đã rút toàn bộ đơn trước khi thụ lý",
    "da_giai_quyet": "đã giải quyết xong",
    "da_tra_loi": "đã trả lời",
    "dinh_chi": "đã đình chỉ giải quyết",
}

#: Names of clocks, as they follow "thời hạn".
CLOCKS: Final[Mapping[str, str]] = {
    "limitation": "khiếu nại lần đầu (thời hiệu)",
    "accept": "thụ lý",
    "settle_1": "giải quyết lần đầu",
    "supply_documents": "cung cấp thông tin, tài liệu",
    "dialogue_notice": "thông báo đối thoại",
    "send_decision_1": "gửi quyết định giải quyết lần đầu",
    "publish_decision": "công khai quyết định giải quyết",
    "appeal_window": "khiếu nại lần hai hoặc khởi kiện",
    "legal_effect_1": "để quyết định giải quyết lần đầu có hiệu lực pháp luật",
    "enforcement_order": "chỉ đạo, tổ chức thi hành quyết định",
    "enforcement": "thi hành xong quyết định",
    "accept_2": "thụ lý lần hai",
    "settle_2": "giải quyết lần hai",
    "send_decision_2": "gửi quyết định giải quyết lần hai",
    "legal_effect_2": "để quyết định giải quyết lần hai có hiệu lực pháp luật",
    "suspend": "ra quyết định tạm đình chỉ",
    "suspend_send": "gửi quyết định tạm đình chỉ, đình chỉ hoặc tiếp tục giải quyết",
    "reply_forwarder": "thông báo kết quả cho nơi chuyển đơn",
    "limitation_1": "khiếu nại quyết định kỷ luật lần đầu (thời hiệu)",
    "limitation_2": "khiếu nại quyết định kỷ luật lần hai (thời hiệu)",
    "settle": "giải quyết",
    "legal_effect": "để quyết định giải quyết có hiệu lực pháp luật",
    "initial_handling": "xử lý ban đầu tố cáo",
    "forward_and_notify": "chuyển tố cáo và báo người tố cáo",
    "notify_acceptance": "thông báo việc thụ lý tố cáo",
    "send_conclusion": "gửi kết luận nội dung tố cáo",
    "handle_conclusion": "xử lý kết luận nội dung tố cáo",
    "report_result": "báo cáo kết quả xử lý kiến nghị trong kết luận",
    "publish": "công khai kết luận nội dung tố cáo",
    "review_continued": "xem xét tố cáo tiếp",
    "demand_report": "yêu cầu báo cáo tố cáo quá thời hạn",
    "report_delay": "báo cáo tố cáo quá thời hạn",
    "result_notice": "thông báo kết quả cho công dân đã được tiếp",
    "post_schedule": "niêm yết lịch tiếp công dân",
    "chair_reception": "Chủ tịch tiếp công dân",
    "refusal_notice": "thông báo từ chối tiếp công dân",
    "report_to_forwarder": "báo kết quả cho nơi chuyển đơn",
    "online_notice": "thông báo tiếp công dân trực tuyến",
    "online_test": "kiểm tra kết nối tiếp công dân trực tuyến",
    "handle_petition": "xử lý đơn",
    "discipline_alarm": "cảnh báo 45 ngày chưa xử lý đơn",
    "forward": "chuyển phản ánh về quy định hành chính",
    "answer": "trả lời kiến nghị, phản ánh",
    "report_to_province": "báo cáo tỉnh",
    "mediation": "hòa giải tranh chấp đất đai",
    "task": "hoàn thành nhiệm vụ được giao",
}

#: How a clock stands.
CLOCK_STATES: Final[Mapping[str, str]] = {
    "running": "đang chạy",
    "uncounted": "chưa tính được ngày hết hạn",
    "paused": "tạm dừng",
    "missed": "quá hạn",
    "met": "đúng hạn",
    "late": "xong, trễ hạn",
    "cancelled": "không còn áp dụng",
}

MOVE_REASONS: Final[Mapping[str, str]] = {
    "moc_tinh": "mốc tính thời hạn được đính chính",
    "quy_tac": "áp dụng quy định khác",
    "gia_han": "gia hạn",
    "tam_dinh_chi": "thời gian tạm đình chỉ không tính vào thời hạn",
    "lich_lam_viec": "lịch làm việc thay đổi",
}


ROLES: Final[Mapping[str, str]] = {
    "nguoi_gui": "người gửi đơn",
    "nguoi_dai_dien": "người đại diện",
    "nguoi_bi_khieu_to": "người bị khiếu nại, bị tố cáo",
}

#: Why it was forwarded, as it follows "Chuyển đơn đến …".
FORWARD_PURPOSES: Final[Mapping[str, str]] = {
    "dung_tham_quyen": "đúng thẩm quyền",
    "hoa_giai": "để hòa giải tranh chấp đất đai",
    "to_giac_toi_pham": "vì có dấu hiệu tội phạm",
    "thanh_tra_kiem_tra": "để thanh tra, kiểm tra",
}

WITHDRAWAL_FORMS: Final[Mapping[str, str]] = {
    "don": "đơn rút",
    "bien_ban": "biên bản",
}

#: By what right somebody acts for a petitioner.
CAPACITIES: Final[Mapping[str, str]] = {
    "duoc_uy_quyen": "người được ủy quyền",
    "luat_su": "luật sư, trợ giúp viên pháp lý được ủy quyền",
    "dai_dien_theo_phap_luat": "người đại diện theo pháp luật",
    "thua_ke": "người thừa kế",
}

ATTESTATIONS: Final[Mapping[str, str]] = {
    "khong": "không công chứng, chứng thực",
    "cong_chung": "công chứng",
    "chung_thuc": "chứng thực",
}

CHECK_RESULTS: Final[Mapping[str, str]] = {
    "co_vi_pham": "có vi phạm",
    "khong_vi_pham": "không có vi phạm",
    "chuyen_co_quan_khac": "chuyển cơ quan khác xem xét",
}

RELATIONS: Final[Mapping[str, str]] = {
    "don_trung": "đơn trùng",
    "don_lap": "đơn lặp lại",
    "lien_quan": "vụ việc liên quan",
}

COMPLEX_CRITERIA: Final[Mapping[str, str]] = {
    "nhieu_dia_diem": "phải xác minh ở từ hai địa điểm trở lên",
    "nhieu_noi_dung": "có từ hai nội dung phải xác minh",
    "nhieu_nguoi": "nhiều người cùng đứng đơn hoặc liên quan quyền lợi của nhiều người",
    "yeu_to_nuoc_ngoai": "có yếu tố nước ngoài",
    "nhieu_co_quan": "thuộc trách nhiệm của nhiều cơ quan",
    "y_kien_khac_nhau": "các cơ quan còn ý kiến khác nhau",
    "chung_cu_mau_thuan": "chứng cứ mâu thuẫn, cần ý kiến chuyên môn",
}

SUSPENSION_GROUNDS: Final[Mapping[str, str]] = {
    "bat_kha_khang": "sự kiện bất khả kháng hoặc trở ngại khách quan",
    "cho_ket_qua": "phải chờ kết quả giải quyết của cơ quan khác",
    "giam_dinh": "phải giám định bổ sung, giám định lại",
}

TERMINATION_GROUNDS: Final[Mapping[str, str]] = {
    "rut_toan_bo": "đã rút toàn bộ nội dung",
    "chet_khong_thua_ke": "đã chết hoặc chấm dứt tồn tại, không có người thừa kế quyền, nghĩa vụ",
    "khong_con_doi_tuong": "không còn đối tượng, nội dung để giải quyết",
    "toa_an_thu_ly": "Tòa án đã thụ lý hoặc đã giải quyết",
    "nguoi_bi_to_cao_chet": "người bị tố cáo đã chết và nội dung chỉ liên quan đến người đó",
    "da_co_quyet_dinh_hieu_luc": "đã có bản án, quyết định có hiệu lực pháp luật",
}

PUBLICATION_FORMS: Final[Mapping[str, str]] = {
    "hop": "công bố tại cuộc họp",
    "niem_yet": "niêm yết tại trụ sở, nơi tiếp công dân",
    "phuong_tien_thong_tin": "thông báo trên phương tiện thông tin đại chúng",
    "cong_thong_tin": "đăng trên cổng thông tin điện tử",
}

RECUSAL_GROUNDS: Final[Mapping[str, str]] = {
    "bi_khieu_to": "là người bị khiếu nại, bị tố cáo",
    "ky_quyet_dinh": "là người đã ký quyết định bị khiếu nại",
    "than_thich": "là người thân thích của một bên",
    "khac": "lý do khác ghi trong hồ sơ",
}

POLICE_PURPOSES: Final[Mapping[str, str]] = {
    "xac_minh": "xác minh",
    "bao_ve_trat_tu": "bảo vệ trật tự",
    "dau_hieu_toi_pham": "xem xét dấu hiệu tội phạm",
}

TOPICS: Final[Mapping[str, str]] = {
    "tuyen_truyen": "tuyên truyền pháp luật",
    "tap_huan": "tập huấn",
    "kiem_tra": "kiểm tra",
    "van_ban": "ban hành văn bản quản lý, chỉ đạo",
    "thanh_tra_trach_nhiem": "thanh tra trách nhiệm",
    "thuc_hien_ket_luan": "thực hiện kết luận thanh tra trách nhiệm",
    "khac": "theo chỉ đạo khác",
}

RESETTLEMENT_GROUNDS: Final[Mapping[str, str]] = {
    "cap_tren_huy": "cấp trên hủy quyết định giải quyết lần đầu",
    "tu_huy": "người giải quyết tự hủy quyết định của mình",
}

#: What decisions call for and what was done, as "<number> <words>".
FIGURES: Final[Mapping[str, str]] = {
    "money_to_state": "đồng thu hồi cho Nhà nước",
    "land_to_state": "m² đất thu hồi cho Nhà nước",
    "money_returned": "đồng trả lại tổ chức, cá nhân",
    "land_returned": "m² đất trả lại tổ chức, cá nhân",
    "organisations_restored": "tổ chức được trả lại quyền lợi",
    "individuals_restored": "cá nhân được trả lại quyền lợi",
    "organisations_handled": "tổ chức bị xử lý hành chính",
    "people_handled": "người bị xử lý hành chính",
    "officials_handled": "cán bộ, công chức, viên chức bị xử lý hành chính",
    "party_members": "đảng viên chuyển tổ chức đảng xem xét",
    "cases_investigated": "vụ chuyển cơ quan điều tra",
    "organisations_investigated": "tổ chức chuyển cơ quan điều tra",
    "people_investigated": "người chuyển cơ quan điều tra",
    "officials_investigated": "cán bộ, công chức, viên chức chuyển cơ quan điều tra",
    "cases_prosecuted": "vụ đã khởi tố",
    "people_prosecuted": "người đã khởi tố",
    "officials_prosecuted": "cán bộ, công chức, viên chức đã khởi tố",
}

ESCALATION_LEVELS: Final[Mapping[str, str]] = {
    "1": "người được giao",
    "2": "người đứng đầu đơn vị",
    "3": "Chủ tịch",
}

CALENDAR_REASONS: Final[Mapping[str, str]] = {
    "thong_bao_nghi_le": "thông báo nghỉ lễ",
    "hoan_doi": "hoán đổi ngày làm việc",
    "dinh_chinh": "đính chính",
}

CALENDAR_DAYS: Final[Mapping[str, str]] = {
    "holiday": "nghỉ lễ",
    "made_up": "nghỉ bù",
    "swapped_off": "nghỉ hoán đổi",
    "worked": "làm bù",
    "normal": "trở lại như ngày thường",
}

RECEPTION_KINDS: Final[Mapping[str, str]] = {
    "thuong_xuyen": "thường xuyên",
    "dinh_ky": "định kỳ",
    "dot_xuat": "đột xuất",
}

RECEPTION_MODES: Final[Mapping[str, str]] = {
    "truc_tiep": "trực tiếp",
    "truc_tuyen": "trực tuyến",
}

HOSTS: Final[Mapping[str, str]] = {
    "chu_tich": "Chủ tịch",
    "uy_quyen": "người được Chủ tịch ủy quyền",
    "can_bo": "cán bộ tiếp công dân",
}

LINE_TESTS: Final[Mapping[str, str]] = {
    "dat": "đạt",
    "khong_dat": "không đạt",
}

MEDIATION_OUTCOMES: Final[Mapping[str, str]] = {
    "hoa_giai_thanh": "hòa giải thành",
    "hoa_giai_khong_thanh": "hòa giải không thành",
}

#: Why a report was made again, as the end of "thay báo cáo trước do …".
CORRECTION_REASONS: Final[Mapping[str, str]] = {
    "ghi_nhan_muon": "có việc ghi nhận muộn",
    "ghi_nhan_sai": "sửa việc đã ghi nhận sai",
    "doi_cach_tinh": "thay đổi cách tính",
    "cap_tren_yeu_cau": "cấp trên yêu cầu",
}


#: Why an opening balance was corrected, as the end of "thay số … do …".
BALANCE_REASONS: Final[Mapping[str, str]] = {
    "ghi_sai": "đã ghi sai",
    "bao_cao_cu_dieu_chinh": "báo cáo cũ được điều chỉnh",
}


RECIPIENTS: Final[Mapping[str, str]] = {
    "nguoi_khieu_nai": "người khiếu nại",
    "nguoi_bi_khieu_nai": "người bị khiếu nại",
    "nguoi_to_cao": "người tố cáo",
    "nguoi_bi_to_cao": "người bị tố cáo",
    "nguoi_kien_nghi_phan_anh": "người kiến nghị, phản ánh",
    "cap_tren": "cấp trên trực tiếp",
    "co_quan_quan_ly": "cơ quan quản lý người bị tố cáo",
    "nguoi_lien_quan": "người có quyền, nghĩa vụ liên quan",
    "co_quan_chuyen_don": "cơ quan chuyển đơn",
    "co_quan_thanh_tra": "cơ quan thanh tra",
    "don_vi_tham_muu": "đơn vị được giao tham mưu",
}

MEASURES: Final[Mapping[str, str]] = {
    "ky_luat": "xử lý kỷ luật",
    "xu_phat_hanh_chinh": "xử phạt vi phạm hành chính",
    "kien_nghi_xu_ly": "kiến nghị cơ quan có thẩm quyền xử lý",
    "chuyen_to_chuc_dang": "chuyển tổ chức đảng xem xét, xử lý",
    "chuyen_co_quan_dieu_tra": "chuyển hồ sơ đến cơ quan điều tra",
    "khac_phuc_hau_qua": "khắc phục hậu quả",
    "khoi_phuc_quyen_loi": "khôi phục quyền, lợi ích của người bị tố cáo sai",
    "xu_ly_to_cao_sai_su_that": "xử lý người cố ý tố cáo sai sự thật",
    "khong_phai_xu_ly": "không có nội dung phải xử lý",
}

#: Whom the petition is about.
RESPONDENTS: Final[Mapping[str, str]] = {
    "chu_tich": "Chủ tịch UBND phường",
    "pho_chu_tich": "Phó Chủ tịch UBND phường",
    "ubnd_phuong": "UBND phường",
    "thu_truong_don_vi": "người đứng đầu, cấp phó của đơn vị thuộc UBND phường",
    "can_bo_cong_chuc": "cán bộ, công chức, viên chức của phường",
    "to_dan_pho": "người được giao nhiệm vụ ở tổ dân phố",
    "khac": "đối tượng khác",
}

#: Why somebody was not received (Luật Tiếp công dân Đ.9, NĐ 154/2026 Đ.4).
REFUSALS_TO_RECEIVE: Final[Mapping[str, str]] = {
    "mat_nhan_thuc": "người đến không làm chủ được nhận thức",
    "de_doa_xuc_pham": "đe dọa, xúc phạm hoặc vi phạm nội quy tiếp công dân",
    "da_giai_quyet_van_keo_dai": "vụ việc đã giải quyết đúng, đã rà soát, thông báo mà vẫn kéo dài",
    "mang_vu_khi": "mang theo vũ khí, vật nguy hiểm",
    "khong_kiem_tra_an_ninh": "không chấp hành kiểm tra an ninh",
    "ghi_am_ghi_hinh": "ghi âm, ghi hình, phát trực tiếp khi không được đồng ý",
    "kich_dong_gay_roi": "kích động, lôi kéo gây rối trật tự",
    "khong_du_nang_luc": "không đủ năng lực hành vi mà không có người đại diện",
    "khong_giay_to_dai_dien": "không có giấy tờ chứng minh việc đại diện",
    "ngoai_pham_vi": "nội dung không phải khiếu nại, tố cáo, kiến nghị, phản ánh",
    "da_tra_loi": "kiến nghị, phản ánh đã được trả lời, không có tình tiết mới",
    "ban_an_co_hieu_luc": "vụ việc đã có bản án có hiệu lực pháp luật",
    "co_quan_khac_giai_quyet": "cơ quan có thẩm quyền khác đang giải quyết",
}


#: Why an open file lingers, as far as it is on record.
BACKLOG_CAUSES: Final[Mapping[str, str]] = {
    "chua_phan_loai": "chưa phân loại",
    "chua_phan_cong": "chưa phân công người giải quyết",
    "tam_dinh_chi": "đang tạm đình chỉ",
    "cho_giam_dinh": "chờ kết luận giám định",
    "cho_tai_lieu": "chờ thông tin, tài liệu đã yêu cầu",
    "cho_cong_an": "chờ công an phường trả lời",
    "cho_hoa_giai": "chờ hòa giải",
    "doi_nguoi_giai_quyet": "đã đổi người giải quyết",
    "phuc_tap": "vụ việc phức tạp",
    "khieu_nai_lan_hai": "chờ giải quyết khiếu nại lần hai",
    "cho_thi_hanh": "chờ thi hành",
}

#: Whom a limit is brought to where no unit or officer is named.
ESCALATED_TO: Final[Mapping[str, str]] = {
    "don_vi_tham_muu": "đơn vị được giao tham mưu",
    "chu_tich": "Chủ tịch UBND phường",
}

#: What a card says and in which words; what is empty is left out.
CARD_FIELDS: Final[Mapping[str, str]] = {
    "file": "Mã hồ sơ",
    "state": "Tình trạng",
    "kind": "Loại đơn",
    "field": "Lĩnh vực",
    "channel": "Nguồn đơn",
    "received_on": "Ngày tiếp nhận",
    "people": "Số người",
    "neighbourhood": "Tổ dân phố",
    "repeats": "Gửi lại đơn",
    "respondent": "Đối tượng",
    "flags": "Lưu ý",
    "classified_on": "Ngày phân loại",
    "accepted_on": "Ngày thụ lý",
    "notified_on": "Thông báo thụ lý",
    "unit": "Đơn vị",
    "officer": "Người giải quyết",
    "assigned_on": "Ngày giao",
    "plan": "Kế hoạch giải quyết dứt điểm",
    "complex_criteria": "Phức tạp vì",
    "verified_on": "Báo cáo xác minh",
    "dialogue_held_on": "Ngày đối thoại",
    "extended_on": "Gia hạn lần cuối",
    "withdrawn_on": "Ngày rút đơn",
    "terminated_on": "Ngày đình chỉ",
    "termination_ground": "Căn cứ đình chỉ",
    "decision_number": "Số văn bản",
    "decided_on": "Ngày ban hành",
    "outcome": "Kết quả",
    "sent_on": "Ngày gửi",
    "sent_to": "Nơi nhận",
    "published_on": "Ngày công khai",
    "published_by": "Hình thức công khai",
    "legal_effect_on": "Có hiệu lực từ",
    "appeal_until": "Khiếu nại lần hai đến",
    "second_complaint_on": "Ngày khiếu nại lần hai",
    "enforcement_ordered_on": "Chỉ đạo thi hành",
    "enforced_on": "Ngày thi hành",
    "check_unit": "Đơn vị kiểm tra",
    "forward_purpose": "Mục đích chuyển",
    "competent_authority": "Nơi có thẩm quyền",
    "ground": "Căn cứ",
    "ended_on": "Ngày kết thúc",
    "next_due_on": "Thời hạn gần nhất",
    "events": "Số sự kiện",
    "position": "Vị trí trong sổ",
}
#: What a card tells only where two of them differ.
COMPARED_FIELDS: Final[Mapping[str, str]] = {
    **CARD_FIELDS,
    "is_open": "Đang mở",
    "claimed_kind": "Loại đơn như người gửi ghi",
    "claimed_field": "Lĩnh vực như người gửi ghi",
    "is_remote": "Vùng sâu, vùng xa",
    "is_anonymous": "Không rõ người gửi",
    "transferred_by": "Cơ quan chuyển đến",
    "first_received_on": "Cơ quan chuyển tiếp nhận ngày",
    "agency": "Hệ thống gửi",
    "is_disciplinary": "Về quyết định kỷ luật",
    "is_dismissal": "Về buộc thôi việc",
    "is_second": "Khiếu nại lần hai",
    "is_verifiable": "Có cơ sở để kiểm tra",
    "is_competent": "Thuộc thẩm quyền",
    "meets_conditions": "Đủ điều kiện thụ lý",
    "is_to_split": "Phải tách đơn",
    "check_ordered_on": "Ngày giao kiểm tra",
    "originals": "Bản gốc kèm theo",
    "originals_returned": "Bản gốc đã trả",
    "originals_returned_on": "Ngày trả bản gốc",
    "is_withdrawn_whole": "Rút toàn bộ",
    "leaves_nothing": "Không còn nội dung phải giải quyết",
    "links": "Gắn với hồ sơ",
    "transfers": "Số lần đổi người giải quyết",
    "days_lost": "Số ngày ở người trước",
    "recused": "Từ chối, thay đổi người",
    "about_rules": "Về quy định hành chính",
    "respondent_officers": "Cán bộ bị khiếu nại, tố cáo",
    "conflicted": "Không được tham gia",
    "calls_for": "Số liệu phải thực hiện",
    "results": "Số liệu đã thực hiện",
    "is_handled_whole": "Đã xử lý xong kết luận",
    "check_referred_to": "Kết quả kiểm tra chuyển đến",
    "check_reported_on": "Ngày báo cáo kết quả kiểm tra",
    "check_result": "Kết quả kiểm tra",
    "documents": "Thông tin, tài liệu yêu cầu",
    "forwarder_informed_on": "Ngày báo kết quả cho nơi chuyển đơn",
    "proxies": "Người thay mặt",
    "successions": "Thừa kế quyền khiếu nại",
    "resettlements": "Giải quyết lại",
    "second_accepted_on": "Ngày thụ lý lần hai",
    "second_decided_on": "Ngày quyết định lần hai",
    "second_outcome": "Kết quả lần hai",
    "second_refused_on": "Ngày không thụ lý lần hai",
    "is_complex": "Vụ việc phức tạp",
    "declared_complex_on": "Ngày xác định phức tạp",
    "verified_by": "Người xác minh",
    "differs_from_request": "Kết quả khác yêu cầu",
    "expertise_ordered_on": "Ngày trưng cầu giám định",
    "expertise_received_on": "Ngày nhận kết quả giám định",
    "dialogue_announced_on": "Ngày mời đối thoại",
    "dialogue_announced_for": "Mời đối thoại vào ngày",
    "complainant_attended": "Người gửi đơn có mặt",
    "extensions": "Số lần gia hạn",
    "suspensions": "Tạm đình chỉ",
    "orders_sent": "Quyết định đã gửi",
    "police": "Hỏi cơ quan công an",
    "received_by": "Ngày bên liên quan nhận",
    "measures": "Biện pháp xử lý",
    "second_complaint_to": "Khiếu nại lần hai đến",
    "appeal_until": "Còn khiếu nại được đến",  # a card does not tell `second_complaint_to`
    "enforcement_unit": "Đơn vị thi hành",
    "enforcement_due_on": "Hạn thi hành",
    "is_enforced_whole": "Đã thi hành toàn bộ",
    "closed_on": "Ngày kết thúc hồ sơ",
    "outside_decisions": "Quyết định của cơ quan khác",
    "escalations": "Báo cáo lên",
    "is_overdue": "Đang quá hạn",
    "days_overdue": "Số ngày quá hạn",
    "is_alarmed": "Quá 45 ngày chưa xử lý",
    "is_plan_overdue": "Quá ngày của kế hoạch",
    "appeal_outlasts_effect": "Có hiệu lực mà còn khiếu nại được",
}


def called(names: Mapping[str, str], code: str) -> str:
    """What the code is called, or the code itself."""
    return names.get(code, code)


def clock_called(name: str) -> str:
    """What a clock is called: by its stage, its number where that comes again, the re-settlement.

    `suspend_send.2`, `settle_1.r2` (giải quyết lại), `suspend_send.2.r2`.
    """
    stage, *more = name.split(".")
    told = called(CLOCKS, stage)
    for which in more:
        if which == "unsettled":
            told += " khi quá hạn chưa được giải quyết"
        elif which == "r2":
            told += " (giải quyết lại)"
        elif which.startswith("r"):
            told += f" (giải quyết lại lần {int(which[1:]) - 1})"
        else:
            told += f" (lần {which})"
    return told


def dotted(figure: int) -> str:
    """As people write it: `45.000.000`."""
    return f"{figure:,}".replace(",", ".")


def figures_called(figures: Mapping[str, int]) -> str:
    """Those that are not nought, as people read them: `120 m² đất trả lại tổ chức, cá nhân`."""
    told = [f"{dotted(count)} {called(FIGURES, name)}" for name, count in figures.items() if count]
    return "; ".join(told)


def field_called(field: str) -> str:
    """What a field of a card, or one of its clocks (`clocks.settle_1`), is called."""
    name, _, clock = field.partition(".")
    return f"Hạn {clock_called(clock)}" if name == "clocks" else called(COMPARED_FIELDS, field)
