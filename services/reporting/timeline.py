"""What happened to a file, told to people: one Vietnamese sentence for each event. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from services.reporting.replay import legal_day
from services.reporting.words import (
    CHANNELS,
    CLOCKS,
    FIELDS,
    FLAGS,
    GROUNDS,
    KINDS,
    MOVE_REASONS,
    OUTCOMES,
    called,
)
from shared.ledger import Recorded

Data = Mapping[str, Any]


def history(events: Iterable[Recorded]) -> list[dict[str, Any]]:
    """Every event as it is in the ledger, in its order, with its sentence; sealed parts by name."""
    return [
        event.message()
        | {
            "legal_date": legal_day(event).isoformat(),
            "sealed": sorted(event.sealed),
            "sentence": sentence,
        }
        for event, sentence in _told(events)
    ]


def timeline(events: Iterable[Recorded]) -> list[dict[str, Any]]:
    """The same for people: by the day that the law counts, only what they need to read."""
    entries = [
        {
            "on": legal_day(event).isoformat(),
            "sentence": sentence,
            "type": event.type,
            "id": event.id,
            "position": event.position,
        }
        for event, sentence in _told(events)
    ]
    return sorted(entries, key=lambda entry: entry["on"])  # stable: one day keeps the log's order


def _told(events: Iterable[Recorded]) -> Iterator[tuple[Recorded, str]]:
    kind = ""
    for event in events:
        kind = event.data.get("kind", kind) if event.category != "clock" else kind
        tell = _SENTENCES.get(event.type)
        told = tell(event.data, kind) if tell else f"Sự kiện {event.type}"
        yield event, f"Ngày {_day(legal_day(event))}: {told}."


def _day(day: date | str) -> str:
    return (date.fromisoformat(day) if isinstance(day, str) else day).strftime("%d/%m/%Y")


# -- intake


def _received(data: Data, kind: str) -> str:
    told = f"Tiếp nhận đơn {called(CHANNELS, data['channel'])}"
    if sender := data.get("transferred_by"):
        told += f", nơi chuyển: {sender}"
    if claimed := data.get("claimed_kind"):
        told += f", người gửi ghi là {called(KINDS, claimed)}"
    if data.get("people", 1) > 1:
        told += f", {data['people']} người cùng đứng đơn"
    if repeats := data.get("repeats"):
        told += f", nội dung lặp lại hồ sơ {repeats}"
    return told


def _classified(data: Data, kind: str) -> str:
    told = [
        f"Phân loại là {called(KINDS, data['kind'])}, lĩnh vực {called(FIELDS, data['field'])}",
        "thuộc thẩm quyền" if data["is_competent"] else "không thuộc thẩm quyền",
        "đủ điều kiện xử lý" if data["meets_conditions"] else "chưa đủ điều kiện xử lý",
    ]
    if flags := data.get("flags"):
        told.append("lưu ý: " + "; ".join(called(FLAGS, flag) for flag in flags))
    return ", ".join(told)


def _accepted(data: Data, kind: str) -> str:
    return f"Thụ lý {called(KINDS, data['kind'])}, lĩnh vực {called(FIELDS, data['field'])}"


def _refused(data: Data, kind: str) -> str:
    return f"Không thụ lý, lý do: {called(GROUNDS, data['ground'])}"


def _guided(data: Data, kind: str) -> str:
    return f"Hướng dẫn người gửi đơn đến {data['competent_authority']}"


def _forwarded(data: Data, kind: str) -> str:
    return f"Chuyển đơn đến {data['competent_authority']} và báo cho người gửi đơn"


def _filed_away(data: Data, kind: str) -> str:
    return f"Lưu đơn, lý do: {called(GROUNDS, data['ground'])}"


def _decided_outside(data: Data, kind: str) -> str:
    return (
        f"{data['decided_by']} có văn bản số {data['number']} về vụ việc, kết quả:"
        f" {called(OUTCOMES, data['outcome'])}"
    )


# -- assignment


def _opened(data: Data, kind: str) -> str:
    return "Mở hồ sơ giải quyết"


def _assigned(data: Data, kind: str) -> str:
    return f"Giao đơn vị {data['unit']}, cán bộ {data['officer']} giải quyết"


def _decided(data: Data, kind: str) -> str:
    number, outcome = data["number"], called(OUTCOMES, data["outcome"])
    if data["outcome"] == "da_tra_loi":
        return f"Ban hành văn bản trả lời số {number}"
    if kind == "to_cao":
        return f"Ban hành kết luận nội dung tố cáo số {number}: tố cáo {outcome}"
    return f"Ban hành quyết định giải quyết khiếu nại số {number}: khiếu nại {outcome}"


def _closed(data: Data, kind: str) -> str:
    return f"Kết thúc, lưu hồ sơ, lý do: {called(GROUNDS, data['ground'])}"


# -- deadlines


def _limit(data: Data) -> str:
    return f"thời hạn {called(CLOCKS, data['clock'])}"


def _deadline_set(data: Data, kind: str) -> str:
    due = _day(data["due_on"])
    return f"Bắt đầu tính {_limit(data)} (quy tắc {data['rule']}), hạn cuối ngày {due}"


def _deadline_moved(data: Data, kind: str) -> str:
    was, due = _day(data["was_due_on"]), _day(data["due_on"])
    why = called(MOVE_REASONS, data["reason"])
    return f"Hạn cuối của {_limit(data)} chuyển từ ngày {was} sang ngày {due}, lý do: {why}"


def _deadline_approaching(data: Data, kind: str) -> str:
    left, due = data["working_days_left"], _day(data["due_on"])
    return f"Sắp hết {_limit(data)}: còn {left} ngày làm việc, hạn cuối ngày {due}"


def _deadline_missed(data: Data, kind: str) -> str:
    return f"Quá {_limit(data)}, hạn cuối là ngày {_day(data['due_on'])}"


def _deadline_met(data: Data, kind: str) -> str:
    if late := data.get("days_late", 0):
        return f"Hoàn thành việc thuộc {_limit(data)}, chậm {late} ngày"
    return f"Hoàn thành việc thuộc {_limit(data)}, đúng hạn"


def _deadline_cancelled(data: Data, kind: str) -> str:
    return f"Không còn tính {_limit(data)}"


_SENTENCES: Mapping[str, Callable[[Data, str], str]] = {
    "PetitionReceived": _received,
    "PetitionClassified": _classified,
    "PetitionAccepted": _accepted,
    "AcceptanceRefused": _refused,
    "PetitionerGuided": _guided,
    "PetitionForwarded": _forwarded,
    "PetitionFiledAway": _filed_away,
    "OutsideDecisionReceived": _decided_outside,
    "CaseOpened": _opened,
    "CaseAssigned": _assigned,
    "DecisionIssued": _decided,
    "CaseClosed": _closed,
    "DeadlineSet": _deadline_set,
    "DeadlineMoved": _deadline_moved,
    "DeadlineApproaching": _deadline_approaching,
    "DeadlineMissed": _deadline_missed,
    "DeadlineMet": _deadline_met,
    "DeadlineCancelled": _deadline_cancelled,
}
