"""One Vietnamese sentence for each kind of event, without its day and its full stop. Pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from services.reporting.forms.declaration import CARRYING
from services.reporting.words import (
    ATTESTATIONS,
    BALANCE_REASONS,
    CALENDAR_DAYS,
    CALENDAR_REASONS,
    CAPACITIES,
    CHANNELS,
    CHECK_RESULTS,
    COMPLEX_CRITERIA,
    CORRECTION_REASONS,
    ERASURE_GROUNDS,
    ESCALATED_TO,
    ESCALATION_LEVELS,
    FIELDS,
    FLAGS,
    FORWARD_PURPOSES,
    GROUNDS,
    HOSTS,
    IDENTITY_ATTEMPTS,
    IDENTITY_PURPOSES,
    IDENTITY_REFUSALS,
    KINDS,
    LINE_TESTS,
    MEASURES,
    MEDIATION_OUTCOMES,
    MOVE_REASONS,
    OUTCOMES,
    POLICE_PURPOSES,
    PROTECTION_MEASURES,
    PROTECTION_STATUSES,
    PUBLICATION_FORMS,
    RECEPTION_KINDS,
    RECEPTION_MODES,
    RECIPIENTS,
    RECUSAL_GROUNDS,
    REFUSALS_TO_RECEIVE,
    RELATIONS,
    RESETTLEMENT_GROUNDS,
    RESPONDENTS,
    SUSPENSION_GROUNDS,
    TERMINATION_GROUNDS,
    TOPICS,
    WITHDRAWAL_FORMS,
    called,
    clock_called,
    dotted,
    figures_called,
)
from shared.clock import day_text

Data = Mapping[str, Any]


# -- intake


def _received(data: Data) -> str:
    told = f"Tiếp nhận đơn {called(CHANNELS, data['channel'])}"
    if sender := data.get("transferred_by"):
        told += f", nơi chuyển: {sender}"
    if claimed := data.get("claimed_kind"):
        told += f", người gửi ghi là {called(KINDS, claimed)}"
    if data.get("people", 1) > 1:
        told += f", {data['people']} người cùng đứng đơn"
    if repeats := data.get("repeats"):
        told += f", nội dung lặp lại hồ sơ {repeats}"
    return "; ".join([told, *map(_proxy, data.get("proxies", ()))])


def _proxy(proxy: Data) -> str:
    told = f"{called(CAPACITIES, proxy['capacity'])} ({proxy['ref']}) thay {proxy['acts_for']}"
    if proxy.get("content"):
        told += f" về nội dung {proxy['content']}"
    if not proxy.get("document_on"):
        return f"{told}, chưa có giấy tờ"
    told += f", giấy tờ ngày {day_text(proxy['document_on'])}"
    if (attested := proxy.get("attestation", "khong")) != "khong":
        told += f", {called(ATTESTATIONS, attested)}"
    return told


def _authorisation_recorded(data: Data) -> str:
    return "Ghi nhận người thay mặt: " + "; ".join(map(_proxy, data["proxies"]))


def _succeeded(data: Data) -> str:
    heirs = "; ".join(map(_proxy, data["heirs"]))
    died = day_text(data["died_on"])
    return f"Người khiếu nại ({data['of']}) chết ngày {died}, người thừa kế tiếp tục: {heirs}"


def _classified(data: Data) -> str:
    told = [f"Phân loại là {_kind(data)}, lĩnh vực {called(FIELDS, data['field'])}"]
    if respondent := data.get("respondent"):
        told.append(f"đối tượng: {called(RESPONDENTS, respondent)}")
    if data.get("about_rules"):
        told.append("về quy định hành chính")
    told.append("thuộc thẩm quyền" if data["is_competent"] else "không thuộc thẩm quyền")
    told.append(
        "đủ điều kiện xử lý" if data["meets_conditions"] else "chưa đủ điều kiện xử lý",
    )
    if data.get("is_verifiable"):
        told.append("rõ người vi phạm, có chứng cứ để kiểm tra")
    if flags := data.get("flags"):
        told.append(f"lưu ý: {_flags(flags)}")
    return ", ".join(told)


def _flags(flags: Iterable[str]) -> str:
    return "; ".join(called(FLAGS, flag) for flag in flags)


def _kind(data: Data) -> str:
    told = called(KINDS, data["kind"])
    if data.get("is_disciplinary"):
        told += " quyết định kỷ luật"
    if data.get("is_dismissal"):
        told += " buộc thôi việc"
    return f"{told} lần hai" if data.get("is_second") else told


def _accepted(data: Data) -> str:
    return f"Thụ lý {_kind(data)}, lĩnh vực {called(FIELDS, data['field'])}"


def _refused(data: Data) -> str:
    return f"Không thụ lý, lý do: {called(GROUNDS, data['ground'])}"


def _guided(data: Data) -> str:
    if data.get("to_split"):
        where = data["competent_authority"]
        return f"Hướng dẫn người gửi đơn tách đơn theo từng nội dung, gửi đến {where}"
    return f"Hướng dẫn người gửi đơn đến {data['competent_authority']}"


def _forwarded(data: Data) -> str:
    told = f"Chuyển đơn đến {data['competent_authority']}"
    if (purpose := data.get("purpose", "dung_tham_quyen")) != "dung_tham_quyen":
        told += f" {called(FORWARD_PURPOSES, purpose)}"
    return f"{told} và báo cho người gửi đơn"


def _filed_away(data: Data) -> str:
    return f"Lưu đơn, lý do: {called(GROUNDS, data['ground'])}"


def _originals_returned(data: Data) -> str:
    return f"Trả lại {data['count']} bản gốc giấy tờ, tài liệu cho người gửi đơn"


def _check_ordered(data: Data) -> str:
    return f"Giao {data['unit']} kiểm tra thông tin có nội dung tố cáo (Điều 25 Luật Tố cáo)"


def _check_reported(data: Data) -> str:
    told = f"Báo cáo kết quả kiểm tra: {called(CHECK_RESULTS, data['result'])}"
    return f"{told}, nơi nhận: {data['referred_to']}" if data.get("referred_to") else told


def _withdrawn(data: Data) -> str:
    what = "toàn bộ" if data["is_whole"] else "một phần"
    told = f"Người gửi đơn rút {what} nội dung đơn bằng {called(WITHDRAWAL_FORMS, data['form'])}"
    if data.get("signs_of_violation"):
        told += ", có dấu hiệu vi phạm pháp luật"
    if data.get("under_pressure"):
        told += ", có dấu hiệu bị đe dọa, ép buộc, mua chuộc"
    return told


def _linked(data: Data) -> str:
    relation, score = called(RELATIONS, data["relation"]), data["score"]
    return f"Gắn với hồ sơ {data['to']}: {relation}, mức giống nhau {score}/100"


def _unlinked(data: Data) -> str:
    return f"Bỏ gắn với hồ sơ {data['to']}"


def _decided_outside(data: Data) -> str:
    return (
        f"{data['decided_by']} có văn bản số {data['number']} về vụ việc, kết quả:"
        f" {called(OUTCOMES, data['outcome'])}"
    )


# -- assignment


def _opened(data: Data) -> str:
    return "Mở hồ sơ giải quyết"


def _assigned(data: Data) -> str:
    return f"Giao đơn vị {data['unit']}, cán bộ {data['officer']} giải quyết"


def _decided(data: Data, kind: str) -> str:
    number, outcome = data["number"], called(OUTCOMES, data["outcome"])
    if data["outcome"] == "da_tra_loi":
        told = f"Ban hành văn bản trả lời số {number}"
    elif kind == "to_cao":
        told = f"Ban hành kết luận nội dung tố cáo số {number}: tố cáo {outcome}"
    else:
        told = f"Ban hành quyết định giải quyết khiếu nại số {number}: khiếu nại {outcome}"
    return told + _figures(data, "calls_for")


def _figures(data: Data, name: str) -> str:
    """What a decision calls for or what was done, as the end of a sentence; often nothing."""
    told = figures_called(data.get(name) or {})
    return f" ({told})" if told else ""


def _closed(data: Data) -> str:
    return f"Kết thúc, lưu hồ sơ, lý do: {called(GROUNDS, data['ground'])}"


def _recused(data: Data) -> str:
    why = called(RECUSAL_GROUNDS, data["ground"])
    return f"Cán bộ {data['officer']} không tham gia xác minh, giải quyết, lý do: {why}"


def _acceptance_notified(data: Data) -> str:
    to = "; ".join(called(RECIPIENTS, each) for each in data.get("recipients", ()))
    return f"Thông báo việc thụ lý đến: {to}" if to else "Thông báo việc thụ lý"


def _verification_reported(data: Data) -> str:
    told = f"Cán bộ {data['officer']} báo cáo kết quả xác minh"
    if data["differs_from_request"]:
        told += ", còn khác với yêu cầu của người gửi đơn"
    return told


def _documents_requested(data: Data) -> str:
    whom = called(RECIPIENTS, data["asked"])
    return f"Yêu cầu {whom} cung cấp thông tin, tài liệu"


def _documents_supplied(data: Data) -> str:
    return f"Nhận thông tin, tài liệu do {called(RECIPIENTS, data['asked'])} cung cấp"


def _expertise_ordered(data: Data) -> str:
    return f"Trưng cầu giám định theo văn bản số {data['number']}"


def _expertise_received(data: Data) -> str:
    return "Nhận kết luận giám định"


def _dialogue_announced(data: Data) -> str:
    return f"Thông báo tổ chức đối thoại vào ngày {day_text(data['held_on'])}"


def _dialogue_held(data: Data) -> str:
    led = "do Chủ tịch chủ trì" if data["led_by_chair"] else "không do Chủ tịch chủ trì"
    came = "có mặt" if data["complainant_attended"] else "vắng mặt"
    return f"Tổ chức đối thoại {led}, người gửi đơn {came}"


def _declared_complex(data: Data) -> str:
    criteria = "; ".join(called(COMPLEX_CRITERIA, each) for each in data["criteria"])
    number = f" (văn bản số {data['number']})" if data.get("number") else ""
    return f"Ghi nhận vụ việc phức tạp{number}: {criteria}"


def _extended(data: Data) -> str:
    ordinal = {1: "nhất", 2: "hai"}.get(data["ordinal"], str(data["ordinal"]))
    return f"Gia hạn giải quyết lần thứ {ordinal} theo quyết định số {data['number']}"


def _suspended(data: Data) -> str:
    why = called(SUSPENSION_GROUNDS, data["ground"])
    return f"Tạm đình chỉ giải quyết theo quyết định số {data['number']}, căn cứ: {why}"


def _continued(data: Data) -> str:
    return f"Tiếp tục giải quyết theo quyết định số {data['number']}"


def _terminated(data: Data) -> str:
    why = called(TERMINATION_GROUNDS, data["ground"])
    return f"Đình chỉ giải quyết theo quyết định số {data['number']}, căn cứ: {why}"


def _sent(data: Data, kind: str) -> str:
    to = "; ".join(called(RECIPIENTS, each) for each in data["recipients"])
    return f"Gửi {_document(kind)} đến: {to}"


def _order_sent(data: Data) -> str:
    to = "; ".join(called(RECIPIENTS, each) for each in data["recipients"])
    return f"Gửi quyết định số {data['number']} đến: {to}"


def _received_by_party(data: Data, kind: str) -> str:
    return f"{_party(data['ref'])} nhận được {_document(kind)}"


def _published(data: Data, kind: str) -> str:
    forms = "; ".join(called(PUBLICATION_FORMS, each) for each in data["forms"])
    return f"Công khai {_document(kind)}: {forms}"


def _handled(data: Data) -> str:
    told = f"Xử lý kết luận nội dung tố cáo: {called(MEASURES, data['measure'])}"
    told += _figures(data, "results")
    return f"{told}; đã thực hiện xong kết luận" if data.get("is_complete") else told


def _forwarder_informed(data: Data) -> str:
    return "Thông báo kết quả cho nơi chuyển đơn"


def _second_complaint(data: Data) -> str:
    return f"Người khiếu nại khiếu nại lần hai đến {data['authority']}"


def _second_accepted(data: Data) -> str:
    told = "Cấp trên thụ lý khiếu nại lần hai"
    return f"{told}, vụ việc phức tạp" if data.get("is_complex") else told


def _second_refused(data: Data) -> str:
    return "Cấp trên không thụ lý khiếu nại lần hai"


def _resettled(data: Data) -> str:
    why = called(RESETTLEMENT_GROUNDS, data["ground"])
    return f"Thụ lý giải quyết lại theo văn bản số {data['number']}, lý do: {why}"


def _enforcement_ordered(data: Data) -> str:
    told = f"Giao đơn vị {data['unit']} thi hành quyết định theo văn bản số {data['number']}"
    if due := data.get("due_on"):
        told += f", hạn thi hành ngày {day_text(due)}"
    return told + _figures(data, "calls_for")


def _enforced(data: Data) -> str:
    told = "Thi hành xong quyết định" if data["is_complete"] else "Thi hành một phần quyết định"
    return told + _figures(data, "results")


def _results_reported(data: Data, kind: str) -> str:
    return f"Báo cáo thêm kết quả thực hiện {_document(kind)}" + _figures(data, "results")


def _police_asked(data: Data) -> str:
    return f"Đề nghị công an phường phối hợp: {called(POLICE_PURPOSES, data['purpose'])}"


def _police_answered(data: Data) -> str:
    return "Công an phường trả lời"


def _settlement_planned(data: Data) -> str:
    last = day_text(data["finish_by"])
    told = f"Lập kế hoạch giải quyết dứt điểm, hoàn thành chậm nhất ngày {last}"
    if unit := data.get("unit"):
        told += f", đơn vị {unit}"
    if officer := data.get("officer"):
        told += f", cán bộ {officer}"
    return told


def _flags_changed(data: Data) -> str:
    flags = data["flags"]
    return f"Thay đổi lưu ý: {_flags(flags)}" if flags else "Bỏ các lưu ý của hồ sơ"


def _task_set(data: Data) -> str:
    who = f"đơn vị {data['unit']}"
    if officer := data.get("officer"):
        who += f", cán bộ {officer}"
    topic, due = called(TOPICS, data["topic"]), day_text(data["due_on"])
    return f"Giao {who} nhiệm vụ {topic}, hạn cuối ngày {due}"


def _task_done(data: Data) -> str:
    told = "Hoàn thành nhiệm vụ"
    if events := data.get("events", 0):
        told += f", {events} cuộc"
    if people := data.get("people", 0):
        told += f", {people} lượt người tham gia"
    for name, what in _TASK_FIGURES:
        if amount := data.get(name, 0):
            told += f", {amount} {what}"
    return told + _figures(data, "figures")


_TASK_FIGURES = (
    ("units", "đơn vị được thanh tra"),
    ("new_documents", "văn bản ban hành mới"),
    ("amended_documents", "văn bản sửa đổi, bổ sung"),
    ("repealed_documents", "văn bản bị hủy bỏ"),
)


def _document(kind: str) -> str:
    match kind:
        case "to_cao":
            return "kết luận nội dung tố cáo"
        case "kien_nghi" | "phan_anh":
            return "văn bản trả lời"
        case _:
            return "quyết định giải quyết"


def _party(ref: str) -> str:
    """`p1` is the first petitioner, `r1` the first person complained about or denounced."""
    what = "Người gửi đơn" if ref.startswith("p") else "Người bị khiếu nại, bị tố cáo"
    return f"{what} ({ref})"


# -- receptions and mediation


def _session(data: Data) -> str:
    kind, mode = called(RECEPTION_KINDS, data["kind"]), called(RECEPTION_MODES, data["mode"])
    return f"công dân {kind}, {mode}, người tiếp: {called(HOSTS, data['host'])}"


def _reception_scheduled(data: Data) -> str:
    return f"Niêm yết lịch tiếp {_session(data)}, ngày tiếp {day_text(data['held_on'])}"


def _line_tested(data: Data) -> str:
    result = called(LINE_TESTS, data["result"])
    return f"Kiểm tra kết nối cho buổi tiếp công dân trực tuyến: {result}"


def _citizen_received(data: Data) -> str:
    told = f"Tiếp {_session(data)}, lượt thứ {data['turn']}"
    if data.get("people", 1) > 1:
        told += f", {data['people']} người"
    if representatives := data.get("representatives", 0):
        told += f", {representatives} người đại diện"
    if capacity := data.get("capacity"):
        told += f", đến thay với tư cách {called(CAPACITIES, capacity)}"
    if file := data.get("file"):
        told += f", hồ sơ {file}"
    return told


def _reception_refused(data: Data) -> str:
    told = f"Từ chối tiếp công dân, lý do: {called(REFUSALS_TO_RECEIVE, data['ground'])}"
    if data["needs_written_notice"]:
        told += "; phải thông báo bằng văn bản"
    return told


def _refusal_notice_sent(data: Data) -> str:
    return "Gửi thông báo từ chối tiếp công dân"


def _reception_concluded(data: Data) -> str:
    told = f"Thông báo kết luận việc tiếp công dân số {data['number']}"
    if units := data.get("units"):
        told += f", gửi: {'; '.join(units)}"
    return told


def _result_notified(data: Data) -> str:
    return f"Thông báo kết quả cho công dân được tiếp ở lượt thứ {data['turn']}"


def _mediation_recorded(data: Data) -> str:
    told = f"Lập biên bản hòa giải tại {data['neighbourhood']}"
    told += f": {called(MEDIATION_OUTCOMES, data['outcome'])}"
    if file := data.get("file"):
        told += f", hồ sơ {file}"
    return told


# -- who may know a denouncer


def _person_erased(data: Data) -> str:
    why = called(ERASURE_GROUNDS, data["ground"])
    turn = data.get("turn")
    what = data["part"] if turn is None else f"{data['part']}, lượt tiếp thứ {turn}"
    return f"Xóa dữ liệu cá nhân ({what}), {why}, văn bản {data['document']}"


def _identity_requested(data: Data) -> str:
    what = called(IDENTITY_PURPOSES, data["purpose"])
    return f"{data['requested_by']} đề nghị xem danh tính người tố cáo để {what}"


def _identity_approved(data: Data) -> str:
    return f"{data['approved_by']} đồng ý cho xem danh tính đến {data['until']}"


def _identity_refused(data: Data) -> str:
    why = called(IDENTITY_REFUSALS, data["ground"])
    return f"{data['refused_by']} không đồng ý cho xem danh tính: {why}"


def _identity_viewed(data: Data) -> str:
    return f"{data['viewed_by']} đã xem danh tính người tố cáo ({', '.join(data['parts'])})"


def _identity_reasons_read(data: Data) -> str:
    return f"{data['read_by']} đã xem lý do đề nghị ({', '.join(data['requests'])})"


def _identity_denied(data: Data) -> str:
    what = called(IDENTITY_ATTEMPTS, data["attempt"])
    return f"Từ chối {what} đối với {data['denied_to']}"


def _protection_recorded(data: Data) -> str:
    what = called(PROTECTION_MEASURES, data["measure"])
    status = called(PROTECTION_STATUSES, data["status"])
    return f"Bảo vệ người tố cáo, {what}: {status}, {data.get('people', 1)} người được bảo vệ"


# -- deadlines


def _limit(data: Data) -> str:
    return f"thời hạn {clock_called(data['clock'])}"


def _deadline_set(data: Data) -> str:
    due = day_text(data["due_on"])
    return f"Bắt đầu tính {_limit(data)} (quy tắc {data['rule']}), hạn cuối ngày {due}"


def _deadline_moved(data: Data) -> str:
    was, due = day_text(data["was_due_on"]), day_text(data["due_on"])
    why = called(MOVE_REASONS, data["reason"])
    return f"Hạn cuối của {_limit(data)} chuyển từ ngày {was} sang ngày {due}, lý do: {why}"


def _deadline_uncounted(data: Data) -> str:
    return (
        f"Bắt đầu tính {_limit(data)} (quy tắc {data['rule']}), chưa tính được hạn cuối vì lịch"
        " làm việc chưa có năm đó"
    )


def _deadline_paused(data: Data) -> str:
    return f"Tạm dừng tính {_limit(data)}, hạn cuối trước đó là ngày {day_text(data['was_due_on'])}"


def _deadline_approaching(data: Data) -> str:
    left, due = data["working_days_left"], day_text(data["due_on"])
    return f"Sắp hết {_limit(data)}: còn {left} ngày làm việc, hạn cuối ngày {due}"


def _deadline_missed(data: Data) -> str:
    return f"Quá {_limit(data)}, hạn cuối là ngày {day_text(data['due_on'])}"


#: Limits that nobody of ours has to meet: time ends them, or the citizen or the province does.
_WINDOWS = frozenset(
    {
        *("appeal_window", "limitation_2", "legal_effect", "legal_effect_1", "legal_effect_2"),
        *("accept_2", "settle_2", "send_decision_2", "supply_documents"),
    }
)


def _deadline_met(data: Data) -> str:
    if data["clock"].partition(".")[0] in _WINDOWS:
        return f"Kết thúc {_limit(data)}"
    if late := data.get("days_late", 0):
        return f"Hoàn thành việc thuộc {_limit(data)}, chậm {late} ngày"
    return f"Hoàn thành việc thuộc {_limit(data)}, đúng hạn"


def _deadline_cancelled(data: Data) -> str:
    return f"Không còn tính {_limit(data)}"


def _escalated(data: Data) -> str:
    to = called(ESCALATED_TO, data["to"])
    level, due = called(ESCALATION_LEVELS, str(data["level"])), day_text(data["due_on"])
    return f"Báo cáo {level} ({to}) về {_limit(data)}, hạn cuối ngày {due}"


def _calendar_changed(data: Data) -> str:
    days = "; ".join(
        f"{day_text(day['day'])} {called(CALENDAR_DAYS, day['kind'])} ({day['name']})"
        for day in data["days"]
    )
    why = called(CALENDAR_REASONS, data["reason"])
    return f"Thay đổi lịch làm việc theo {data['document']}, lý do: {why}: {days}"


# -- reports


def _report_frozen(data: Data) -> str:
    forms = ", ".join(table["form"] for table in data["tables"])
    told = f"Chốt số liệu báo cáo kỳ {data['period']} (biểu {forms})"
    if reason := data.get("reason"):
        told += f", thay báo cáo trước do {called(CORRECTION_REASONS, reason)}"
    return told


def _report_submitted(data: Data) -> str:
    number = f" số {data['number']}" if data.get("number") else ""
    return f"Gửi báo cáo{number} đến cơ quan cấp trên (mã {data['to']})"


def _balance(data: Data, amount: int) -> str:
    """With its unit, dotted as people write it."""
    column = CARRYING.get((data["form"], data["column"]))
    unit = {"dong": " đồng", "m2": " m²"}.get(column.unit, "") if column else ""
    return dotted(amount) + unit


def _opening_balance_recorded(data: Data) -> str:
    source = f"báo cáo số {data['source_number']} ngày {day_text(data['source_dated'])}"
    told = (
        f"Số dư chuyển sang của biểu {data['form']} cột {data['column']} là"
        f" {_balance(data, data['amount'])}, theo {source}"
    )
    if reason := data.get("reason"):
        told += f", thay số {_balance(data, data['was'])} do {called(BALANCE_REASONS, reason)}"
    return told


SENTENCES: Mapping[str, Callable[[Data], str]] = {
    "PetitionReceived": _received,
    "PetitionClassified": _classified,
    "PetitionAccepted": _accepted,
    "AcceptanceRefused": _refused,
    "PetitionerGuided": _guided,
    "PetitionForwarded": _forwarded,
    "PetitionFiledAway": _filed_away,
    "OriginalsReturned": _originals_returned,
    "CheckOrdered": _check_ordered,
    "CheckReported": _check_reported,
    "AuthorisationRecorded": _authorisation_recorded,
    "ComplainantSucceeded": _succeeded,
    "PetitionWithdrawn": _withdrawn,
    "PetitionLinked": _linked,
    "PetitionUnlinked": _unlinked,
    "OutsideDecisionReceived": _decided_outside,
    "PersonErased": _person_erased,
    "IdentityRequested": _identity_requested,
    "IdentityReleaseApproved": _identity_approved,
    "IdentityReleaseRefused": _identity_refused,
    "IdentityViewed": _identity_viewed,
    "IdentityReasonsRead": _identity_reasons_read,
    "IdentityAccessDenied": _identity_denied,
    "ProtectionRecorded": _protection_recorded,
    "ReceptionScheduled": _reception_scheduled,
    "OnlineLineTested": _line_tested,
    "CitizenReceived": _citizen_received,
    "ReceptionRefused": _reception_refused,
    "RefusalNoticeSent": _refusal_notice_sent,
    "ReceptionConcluded": _reception_concluded,
    "ReceptionResultNotified": _result_notified,
    "MediationRecorded": _mediation_recorded,
    "CaseOpened": _opened,
    "CaseAssigned": _assigned,
    "OfficerRecused": _recused,
    "AcceptanceNotified": _acceptance_notified,
    "VerificationReported": _verification_reported,
    "DocumentsRequested": _documents_requested,
    "DocumentsSupplied": _documents_supplied,
    "ExpertiseOrdered": _expertise_ordered,
    "ExpertiseReceived": _expertise_received,
    "DialogueAnnounced": _dialogue_announced,
    "DialogueHeld": _dialogue_held,
    "CaseDeclaredComplex": _declared_complex,
    "CaseExtended": _extended,
    "CaseSuspended": _suspended,
    "CaseContinued": _continued,
    "CaseTerminated": _terminated,
    "OrderSent": _order_sent,
    "ConclusionHandled": _handled,
    "ForwarderInformed": _forwarder_informed,
    "SecondComplaintLodged": _second_complaint,
    "SecondComplaintAccepted": _second_accepted,
    "SecondComplaintRefused": _second_refused,
    "ResettlementAccepted": _resettled,
    "EnforcementOrdered": _enforcement_ordered,
    "DecisionEnforced": _enforced,
    "PoliceAsked": _police_asked,
    "PoliceAnswered": _police_answered,
    "CaseClosed": _closed,
    "SettlementPlanned": _settlement_planned,
    "FlagsChanged": _flags_changed,
    "TaskSet": _task_set,
    "TaskDone": _task_done,
    "DeadlineSet": _deadline_set,
    "DeadlineMoved": _deadline_moved,
    "DeadlineUncounted": _deadline_uncounted,
    "DeadlinePaused": _deadline_paused,
    "DeadlineApproaching": _deadline_approaching,
    "DeadlineMissed": _deadline_missed,
    "DeadlineMet": _deadline_met,
    "DeadlineCancelled": _deadline_cancelled,
    "Escalated": _escalated,
    "CalendarChanged": _calendar_changed,
    "ReportFrozen": _report_frozen,
    "ReportSubmitted": _report_submitted,
    "OpeningBalanceRecorded": _opening_balance_recorded,
}

#: Those that are told by the kind of the file as well (`khieu_nai`, …; empty if unknown).
BY_KIND: Mapping[str, Callable[[Data, str], str]] = {
    "DecisionIssued": _decided,
    "DecisionSent": _sent,
    "DecisionReceivedByParty": _received_by_party,
    "DecisionPublished": _published,
    "ResultsReported": _results_reported,
}
