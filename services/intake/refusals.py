"""Every refusal of intake: stable code, sentence for the caller, source in the law; pure."""

from collections.abc import Mapping
from typing import Final, NoReturn

from shared.errors import Refused

#: Code -> what the caller is told, and where the law says so.
REFUSALS: Final[Mapping[str, tuple[str, str]]] = {
    "unknown_file": (
        "Không có hồ sơ đơn mang mã này; hãy kiểm tra lại mã hồ sơ.",
        "internal",
    ),
    "already_registered": (
        "Mã hồ sơ này đã dùng cho một đơn có nội dung khác.",
        "internal",
    ),
    "not_classified": (
        "Đơn chưa được phân loại; hãy phân loại trước khi xử lý.",
        "TT 05/2021 Đ.6",
    ),
    "already_handled": (
        "Đơn đã có kết quả xử lý; không thể xử lý theo hướng khác hoặc phân loại lại.",
        "TT 05/2021",
    ),
    "date_before_receipt": (
        "Ngày này trước ngày tiếp nhận đơn; hãy kiểm tra lại.",
        "Luật Khiếu nại Đ.27; Luật Tố cáo Đ.24.1",
    ),
    "date_before_classification": (
        "Ngày này trước ngày phân loại đơn; hãy kiểm tra lại.",
        "TT 05/2021 Đ.6",
    ),
    "not_competent": (
        "Vụ việc không thuộc thẩm quyền; hãy hướng dẫn hoặc chuyển đơn.",
        "Luật Khiếu nại Đ.17; Luật Tố cáo Đ.13, Đ.24.2; Luật Tiếp công dân Đ.26.2",
    ),
    "is_competent": (
        "Vụ việc thuộc thẩm quyền của phường nên phải giải quyết, không hướng dẫn, không chuyển.",
        "Luật Khiếu nại Đ.17; Luật Tố cáo Đ.13; Luật Tiếp công dân Đ.26",
    ),
    "conditions_not_met": (
        "Đơn chưa đủ điều kiện xử lý; hãy không thụ lý hoặc lưu đơn và nêu căn cứ.",
        "TT 05/2021 Đ.6",
    ),
    "conditions_met": (
        "Đơn đã được xác định là đủ điều kiện xử lý nên không thể lưu theo căn cứ này.",
        "TT 05/2021 Đ.6",
    ),
    "not_signed": (
        "Đơn không có chữ ký hoặc điểm chỉ của người gửi nên không thể thụ lý.",
        "Luật Khiếu nại Đ.8.2, Đ.11.5; Luật Tố cáo Đ.23, Đ.29.1.a",
    ),
    "anonymous_complaint": (
        "Đơn khiếu nại không có họ tên, địa chỉ người khiếu nại nên không thể thụ lý.",
        "Luật Khiếu nại Đ.8.2",
    ),
    "anonymous_denunciation": (
        "Thông tin không rõ họ tên, địa chỉ người tố cáo nên không được thụ lý theo Luật Tố cáo;"
        " nếu rõ người vi phạm và có chứng cứ thì xem xét thanh tra, kiểm tra.",
        "Luật Tố cáo Đ.25",
    ),
    "denouncer_not_individual": (
        "Chỉ cá nhân mới có quyền tố cáo; đơn của cơ quan, tổ chức không thụ lý là tố cáo.",
        "Luật Tố cáo Đ.2.1",
    ),
    "representatives_missing": (
        "Đơn từ 5 người trở lên phải có người đại diện (vai trò nguoi_dai_dien) bằng văn bản.",
        "Luật Tiếp công dân Đ.29; NĐ 124/2020 Đ.6, Đ.16.1; Luật Tố cáo Đ.23",
    ),
    "too_many_representatives": (
        "Quá số người đại diện: từ 5 đến 10 người được cử 1 hoặc 2 người, trên 10 người được cử"
        " nhiều nhất 5 người.",
        "Luật Tiếp công dân Đ.29; NĐ 124/2020 Đ.6",
    ),
    "ground_not_for_kind": (
        "Căn cứ không thụ lý này không áp dụng cho loại đơn đã phân loại.",
        "Luật Khiếu nại Đ.11; Luật Tố cáo Đ.29.1",
    ),
    "longer_check_only_denunciation": (
        "Chỉ đơn tố cáo mới có thời hạn kiểm tra, xác minh kéo dài.",
        "Luật Tố cáo Đ.24.1",
    ),
    "denunciation_is_forwarded": (
        "Đơn tố cáo không thuộc thẩm quyền phải được chuyển đến nơi có thẩm quyền, không hướng"
        " dẫn.",
        "Luật Tố cáo Đ.24.2",
    ),
    "verifiable_only_denunciation": (
        "Chỉ thông tin có nội dung tố cáo mới được đánh giá là đủ căn cứ để thanh tra, kiểm tra.",
        "Luật Tố cáo Đ.25",
    ),
    "disciplinary_only_complaint": (
        "Chỉ đơn khiếu nại mới có thể là khiếu nại quyết định kỷ luật; buộc thôi việc là một hình"
        " thức kỷ luật.",
        "Luật Khiếu nại Đ.2.1, Đ.47, Đ.48",
    ),
    "second_only_complaint": (
        "Chỉ đơn khiếu nại mới có lần hai; tố cáo tiếp do cấp trên xem xét.",
        "Luật Khiếu nại Đ.33; Luật Tố cáo Đ.37",
    ),
    "rules_only_recommendation": (
        "Chỉ kiến nghị, phản ánh mới có thể là về quy định hành chính.",
        "NĐ 20/2008 Đ.1, Đ.9",
    ),
    "second_level_is_province": (
        "Khiếu nại lần hai thuộc thẩm quyền của Chủ tịch UBND tỉnh, không thuộc thẩm quyền của"
        " phường.",
        "Luật Khiếu nại Đ.17, Đ.21.2 (Luật 136/2025 Đ.2.7, Đ.2.8)",
    ),
    "province_is_competent": (
        "Tố cáo Chủ tịch, Phó Chủ tịch UBND phường hoặc UBND phường thuộc thẩm quyền của Chủ tịch"
        " UBND tỉnh; hãy phân loại là không thuộc thẩm quyền và chuyển đơn.",
        "Luật Tố cáo Đ.12.6, Đ.13.4.a (Luật 136/2025 Đ.3.2)",
    ),
    "appointment_missing": (
        "Đơn khiếu nại của nhiều người phải có văn bản cử người đại diện, đủ chữ ký hoặc điểm chỉ"
        " của những người khiếu nại, mới được thụ lý.",
        "NĐ 124/2020 Đ.7, Đ.16.1 (NĐ 155/2026 Đ.10)",
    ),
    "authorisation_missing": (
        "Người khiếu nại thay chưa có văn bản ủy quyền hoặc giấy tờ chứng minh việc đại diện, thừa"
        " kế; hãy yêu cầu bổ sung rồi ghi nhận (record_authorisation).",
        "Luật Khiếu nại Đ.11.3, Đ.11.4, Đ.12.1; NĐ 124/2020 Đ.5.3 (NĐ 155/2026 Đ.3)",
    ),
    "authorisation_not_certified": (
        "Văn bản ủy quyền khiếu nại của cá nhân phải được công chứng hoặc chứng thực; văn bản lập"
        " từ ngày 01/01/2027 phải được chứng thực.",
        "NĐ 124/2020 Đ.5.3 (NĐ 155/2026 Đ.3, Đ.21.2)",
    ),
    "several_authorised": (
        "Không được ủy quyền một nội dung khiếu nại cho nhiều người; mỗi người được ủy quyền phải"
        " có nội dung riêng.",
        "NĐ 124/2020 Đ.5.3 (NĐ 155/2026 Đ.3)",
    ),
    "heir_by_succession": (
        "Người thừa kế tiếp tục khiếu nại được ghi nhận cùng việc người khiếu nại chết"
        " (record_succession), không phải là ủy quyền.",
        "NĐ 124/2020 Đ.5.4",
    ),
    "succession_only_complaint": (
        "Chỉ đơn khiếu nại mới có người thừa kế tiếp tục; hãy phân loại đơn trước.",
        "NĐ 124/2020 Đ.5.4",
    ),
    "already_succeeded": (
        "Người thừa kế của người khiếu nại này đã được ghi nhận.",
        "internal",
    ),
    "date_before_death": (
        "Ngày này trước ngày người khiếu nại chết; hãy kiểm tra lại.",
        "NĐ 124/2020 Đ.5.4",
    ),
    "inheritance_not_proven": (
        "Người thừa kế phải có giấy tờ chứng minh quyền thừa kế mới được tiếp tục khiếu nại.",
        "NĐ 124/2020 Đ.5.4",
    ),
    "withdrawn": (
        "Người gửi đã rút toàn bộ nội dung nên không thụ lý; hãy lưu đơn với căn cứ đã rút đơn.",
        "Luật Khiếu nại Đ.10; Luật Tố cáo Đ.33",
    ),
    "not_withdrawn": (
        "Chưa có việc rút toàn bộ nội dung đơn của tất cả những người gửi nên không thể lưu theo"
        " căn cứ này.",
        "Luật Khiếu nại Đ.10; NĐ 124/2020 Đ.7a; Luật Tố cáo Đ.33",
    ),
    "not_answered_before": (
        "Chưa có hồ sơ trước cùng nội dung đã được hướng dẫn, trả lời; hãy ghép với hồ sơ đó"
        " (don_trung, don_lap) trước khi lưu theo căn cứ này.",
        "TT 05/2021; Luật Tố cáo Đ.24.3",
    ),
    "check_only_denunciation": (
        "Chỉ thông tin có nội dung tố cáo mới được thanh tra, kiểm tra theo hướng này.",
        "Luật Tố cáo Đ.25",
    ),
    "not_verifiable": (
        "Thông tin chưa được đánh giá là nêu rõ người vi phạm, có tài liệu, chứng cứ cụ thể và có"
        " cơ sở để kiểm tra; hãy phân loại lại (is_verifiable) hoặc lưu đơn.",
        "Luật Tố cáo Đ.25.2",
    ),
    "denunciation_is_regular": (
        "Đơn tố cáo đúng hình thức, rõ người tố cáo thì phải xử lý theo Luật Tố cáo, không chuyển"
        " sang thanh tra, kiểm tra.",
        "Luật Tố cáo Đ.24, Đ.25",
    ),
    "check_is_due": (
        "Thông tin nêu rõ người vi phạm, có chứng cứ và kiểm tra được thì phải thanh tra, kiểm tra"
        " hoặc chuyển để thanh tra, kiểm tra; không lưu đơn.",
        "Luật Tố cáo Đ.25.2",
    ),
    "check_not_ordered": (
        "Hồ sơ này không được giao thanh tra, kiểm tra nên không có kết quả để ghi nhận.",
        "Luật Tố cáo Đ.25.2",
    ),
    "check_already_reported": (
        "Kết quả thanh tra, kiểm tra của hồ sơ này đã được ghi nhận.",
        "internal",
    ),
    "date_before_check": (
        "Ngày này trước ngày giao thanh tra, kiểm tra; hãy kiểm tra lại.",
        "Luật Tố cáo Đ.25.2",
    ),
    "referral_not_named": (
        "Nêu cơ quan tiếp nhận (referred_to) khi và chỉ khi kết quả là chuyển cơ quan khác.",
        "Luật Tố cáo Đ.25.2, Đ.27.1",
    ),
    "mediation_only_land": (
        "Chỉ chuyển hòa giải đơn tranh chấp đất đai; khiếu nại, tố cáo được giải quyết theo luật"
        " riêng.",
        "Luật Đất đai 2024 Đ.235",
    ),
    "recommendation_is_forwarded": (
        "Kiến nghị, phản ánh không thuộc thẩm quyền phải được chuyển, không hướng dẫn.",
        "Luật Tiếp công dân Đ.26.2",
    ),
    "complaint_is_guided": (
        "Đơn khiếu nại không thuộc thẩm quyền thì hướng dẫn người khiếu nại; chỉ chuyển khi tiếp"
        " nhận tại nơi tiếp công dân, từ ngày 01/7/2026.",
        "TT 05/2021; Luật Tiếp công dân Đ.26.1.b (Luật 136/2025 Đ.1.11)",
    ),
    "outside_decision_differs": (
        "Văn bản này của cơ quan đó đã được ghi nhận với nội dung khác.",
        "internal",
    ),
    "originals_not_held": (
        "Số giấy tờ gốc trả lại nhiều hơn số còn giữ trong hồ sơ.",
        "internal",
    ),
    "unknown_party": (
        "Trong đơn không có người gửi mang ký hiệu này; hãy dùng p1, p2 … của hồ sơ.",
        "internal",
    ),
    "nothing_to_withdraw": (
        "Đơn không còn nội dung đang được xử lý để người này rút.",
        "Luật Khiếu nại Đ.10; Luật Tố cáo Đ.33",
    ),
    "withdrawal_not_signed": (
        "Đơn rút phải có chữ ký hoặc điểm chỉ của người rút.",
        "Luật Khiếu nại Đ.10.1; Luật Tố cáo Đ.33.1",
    ),
    "record_not_yet_lawful": (
        "Trước ngày 01/7/2026 chỉ rút được bằng đơn, không rút bằng biên bản.",
        "Luật Khiếu nại Đ.10.1 (Luật 136/2025 Đ.2.3); Luật Tố cáo Đ.33.1 (Luật 136/2025 Đ.3.5)",
    ),
    "part_not_yet_lawful": (
        "Trước ngày 01/7/2026 khiếu nại chỉ rút được toàn bộ.",
        "Luật Khiếu nại Đ.2.3, Đ.10 (Luật 136/2025 Đ.2.1, Đ.2.3)",
    ),
    "part_not_named": (
        "Rút một phần thì phải nêu rõ phần nội dung được rút.",
        "Luật Khiếu nại Đ.10.2; Luật Tố cáo Đ.33.1",
    ),
    "already_concluded": (
        "Tố cáo chỉ rút được trước khi người giải quyết ra kết luận nội dung tố cáo.",
        "Luật Tố cáo Đ.33.1",
    ),
    "linked_to_itself": (
        "Không thể ghép một hồ sơ với chính nó.",
        "internal",
    ),
    "other_came_later": (
        "Hồ sơ kia được tiếp nhận sau; hãy ghép từ hồ sơ đến sau về hồ sơ đến trước.",
        "internal",
    ),
    "already_linked": (
        "Hai hồ sơ này đã ghép theo quan hệ khác; hãy bỏ ghép trước.",
        "internal",
    ),
    "not_linked": (
        "Hai hồ sơ này chưa được ghép với nhau.",
        "internal",
    ),
    "unknown_reception": (
        "Không có buổi tiếp công dân hoặc lần từ chối tiếp mang mã này.",
        "internal",
    ),
    "already_scheduled": (
        "Mã buổi tiếp này đã dùng cho một lịch có nội dung khác.",
        "internal",
    ),
    "posted_after_session": (
        "Ngày niêm yết sau ngày tiếp; hãy kiểm tra lại.",
        "internal",
    ),
    "posted_too_late": (
        "Lịch tiếp công dân phải được công bố chậm nhất 5 ngày làm việc trước ngày tiếp,"
        " tức là ngày {latest}.",
        "Luật Tiếp công dân Đ.24.4",
    ),
    "online_notice_too_late": (
        "Tiếp công dân trực tuyến phải được thông báo chậm nhất 5 ngày làm việc trước ngày tiếp,"
        " tức là ngày {latest}.",
        "NĐ 154/2026 Đ.23.1",
    ),
    "online_not_yet_lawful": (
        "Trước ngày 01/7/2026 chưa có hình thức tiếp công dân trực tuyến.",
        "Luật Tiếp công dân Đ.3a (Luật 136/2025 Đ.1)",
    ),
    "outside_calendar": (
        "{reason}",
        "internal",
    ),
    "chair_cannot_delegate": (
        "Tiếp công dân định kỳ do Chủ tịch UBND phường trực tiếp thực hiện, không ủy quyền, không"
        " giao cán bộ tiếp thay.",
        "Luật Tiếp công dân Đ.15.2.c (Luật 136/2025 Đ.1.7)",
    ),
    "not_scheduled": (
        "Buổi tiếp định kỳ phải được lên lịch và niêm yết trước; hãy nêu mã buổi tiếp.",
        "Luật Tiếp công dân Đ.24",
    ),
    "not_on_session_day": (
        "Ngày tiếp không phải ngày của buổi tiếp đã lên lịch.",
        "internal",
    ),
    "authority_not_proven": (
        "Người đến thay người khác phải có giấy tờ chứng minh việc đại diện, ủy quyền; nếu không"
        " có thì hướng dẫn bổ sung hoặc từ chối tiếp với căn cứ khong_giay_to_dai_dien.",
        "Luật Tiếp công dân Đ.7.2.a, Đ.8.2; NĐ 154/2026 Đ.4.1.e",
    ),
    "test_only_online": (
        "Chỉ buổi tiếp công dân trực tuyến mới phải kiểm tra kết nối.",
        "NĐ 154/2026 Đ.23.1",
    ),
    "tested_after_session": (
        "Ngày kiểm tra kết nối sau ngày tiếp; hãy kiểm tra lại.",
        "NĐ 154/2026 Đ.23.1",
    ),
    "session_under_way": (
        "Buổi tiếp đã có người được tiếp hoặc đã kết luận nên không thể dời.",
        "Luật Tiếp công dân Đ.24.4",
    ),
    "not_postponed": (
        "Ngày tiếp mới phải sau ngày cũ, và được thông báo chậm nhất vào ngày tiếp cũ.",
        "Luật Tiếp công dân Đ.24.4",
    ),
    "ground_not_in_force": (
        "Căn cứ từ chối tiếp này chỉ áp dụng từ ngày 01/7/2026.",
        "NĐ 154/2026 Đ.4.1",
    ),
    "not_refused": (
        "Mã này không phải của một lần từ chối tiếp.",
        "internal",
    ),
    "notice_not_needed": (
        "Căn cứ từ chối này không phải thông báo bằng văn bản.",
        "NĐ 154/2026 Đ.4.3",
    ),
    "notice_already_sent": (
        "Thông báo từ chối tiếp này đã gửi vào ngày khác.",
        "internal",
    ),
    "date_before_refusal": (
        "Ngày gửi thông báo trước ngày từ chối tiếp; hãy kiểm tra lại.",
        "NĐ 154/2026 Đ.4.3",
    ),
    "date_before_session": (
        "Ngày này trước ngày tiếp công dân; hãy kiểm tra lại.",
        "Luật Tiếp công dân Đ.28; NĐ 154/2026 Đ.25",
    ),
    "already_concluded_session": (
        "Buổi tiếp công dân này đã có thông báo kết luận.",
        "NĐ 154/2026 Đ.25.2",
    ),
    "unknown_turn": (
        "Buổi tiếp này không có lượt tiếp mang số đó.",
        "internal",
    ),
    "result_already_notified": (
        "Kết quả của lượt tiếp này đã được thông báo vào ngày khác.",
        "Luật Tiếp công dân Đ.28.1",
    ),
    "unknown_part": (
        "Hồ sơ, buổi tiếp, biên bản hoặc nhiệm vụ này không có phần dữ liệu cá nhân mang tên đó.",
        "internal",
    ),
    "file_still_open": (
        "Hồ sơ đang được xử lý, giải quyết nên chưa thể xóa dữ liệu cá nhân.",
        "internal",
    ),
    "task_still_open": (
        "Nhiệm vụ chưa hoàn thành nên chưa thể xóa dữ liệu cá nhân.",
        "internal",
    ),
    "unknown_mediation": (
        "Không có biên bản hòa giải mang mã này.",
        "internal",
    ),
    "turns_share_keys": (
        "Dữ liệu này ghi từ trước khi mỗi lượt tiếp có khóa riêng, nên xóa là xóa cả của các lượt"
        " {turns}, với text là cả lời ghi chung của buổi tiếp; hãy nêu đủ các lượt đó (turns).",
        "internal",
    ),
    "erased_before_event": (
        "Ngày xóa trước ngày tiếp công dân, từ chối tiếp, hòa giải hoặc hoàn thành nhiệm vụ; hãy"
        " kiểm tra lại.",
        "internal",
    ),
    "identity_not_sealed": (
        "Chỉ danh tính người tố cáo mới được giữ riêng; hồ sơ này không phải tố cáo.",
        "Luật Tố cáo Đ.47.2, Đ.56",
    ),
    "unknown_request": (
        "Không có đề nghị xem danh tính mang mã này trong hồ sơ.",
        "internal",
    ),
    "own_request": (
        "Người đề nghị không được tự đồng ý hoặc từ chối; phải do người khác quyết định.",
        "Luật Tố cáo Đ.8.3, Đ.56",
    ),
    "request_decided": (
        "Đề nghị này đã được quyết định; nếu cần, hãy lập đề nghị mới.",
        "internal",
    ),
    "not_your_request": (
        "Danh tính chỉ được cho người đã đề nghị xem.",
        "Luật Tố cáo Đ.8.3, Đ.56",
    ),
    "release_not_approved": (
        "Đề nghị xem danh tính chưa được đồng ý.",
        "Luật Tố cáo Đ.8.3, Đ.56",
    ),
    "release_over": (
        "Đã hết thời gian được xem danh tính; hãy lập đề nghị mới.",
        "internal",
    ),
    "protection_only_denunciation": (
        "Luật chỉ quy định bảo vệ người tố cáo; hồ sơ này không phải tố cáo.",
        "Luật Tố cáo Đ.47",
    ),
    "protection_not_requested": (
        "Chưa ghi nhận đề nghị áp dụng biện pháp bảo vệ này.",
        "Luật Tố cáo Đ.50, Đ.51",
    ),
}


def refuse(code: str, **values: object) -> NoReturn:
    """Refuse with the sentence of this code, `values` filled in."""
    sentence, _ = REFUSALS[code]
    raise Refused(code, sentence.format(**values))
