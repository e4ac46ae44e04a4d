"""Answers of the services as people read them: Vietnamese words, tables, timelines.

What has no Vietnamese word here is shown as it is: a newer service may say more than this release
knows.
"""

import dataclasses
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from services.deadlines.terms import Term
from services.reporting.words import (
    COMPLEX_CRITERIA,
    FIELDS,
    FLAGS,
    FORWARD_PURPOSES,
    GROUNDS,
    KINDS,
    OUTCOMES,
    PUBLICATION_FORMS,
    RECIPIENTS,
    RELATIONS,
    RESPONDENTS,
    STATES,
    TERMINATION_GROUNDS,
    clock_called,
)
from shared.clock import VIETNAM

PLAIN_WIDTH = 140  # columns where nobody's terminal says how wide it is

CHANNELS = {
    "tiep_cong_dan": "tiếp công dân",
    "buu_chinh": "bưu chính",
    "cong_dich_vu": "cổng dịch vụ công",
    "co_quan_chuyen": "cơ quan khác chuyển",
    "to_dan_pho": "tổ dân phố",
    "ton_dong": "hồ sơ tồn đọng",
}
CLOCK_STATES = {
    "running": "đang chạy",
    "paused": "tạm dừng",
    "missed": "quá hạn",
    "met": "đúng hạn",
    "late": "xong, trễ hạn",
    "cancelled": "không còn áp dụng",
}
#: What a card says and in which words; what is empty is left out.
_CARD = {
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
_DIFFERENCES = _CARD | {
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
    "complainant_attended": "Người khiếu nại có mặt",
    "extensions": "Số lần gia hạn",
    "suspensions": "Tạm đình chỉ",
    "orders_sent": "Quyết định đã gửi",
    "police": "Hỏi cơ quan công an",
    "received_by": "Ngày bên liên quan nhận",
    "measures": "Biện pháp xử lý",
    "second_complaint_to": "Khiếu nại lần hai đến",
    "appeal_until": "Còn khiếu nại được đến",
    "enforcement_unit": "Đơn vị thi hành",
    "enforcement_due_on": "Hạn thi hành",
    "is_enforced_whole": "Đã thi hành toàn bộ",
    "closed_on": "Ngày kết thúc hồ sơ",
    "outside_decisions": "Quyết định của cơ quan khác",
    "escalations": "Báo cáo lên",
    "is_overdue": "Đang quá hạn",
    "days_overdue": "Số ngày quá hạn",
    "is_alarmed": "Quá 45 ngày chưa xử lý",
    "appeal_outlasts_effect": "Có hiệu lực mà còn khiếu nại được",
}
_WORDS = {
    "claimed_kind": KINDS,
    "claimed_field": FIELDS,
    "state": STATES,
    "kind": KINDS,
    "field": FIELDS,
    "channel": CHANNELS,
    "outcome": OUTCOMES,
    "ground": GROUNDS,
    "flags": FLAGS,
    "respondent": RESPONDENTS,
    "complex_criteria": COMPLEX_CRITERIA,
    "termination_ground": TERMINATION_GROUNDS,
    "sent_to": RECIPIENTS,
    "published_by": PUBLICATION_FORMS,
    "forward_purpose": FORWARD_PURPOSES,
}


def console(*, to_stderr: bool = False) -> Console:
    """Made at the moment of use, since stdout may be somebody else's by then."""
    stream = sys.stderr if to_stderr else sys.stdout
    width = None if stream.isatty() else PLAIN_WIDTH
    return Console(file=stream, width=width, highlight=False, soft_wrap=False)


def said(words: Mapping[str, str], code: object) -> str:
    """The Vietnamese word for a code, or the code; a dash for nothing."""
    return "–" if code is None else words.get(str(code), str(code))


def vn_day(day: object) -> str:
    """`2026-11-23` as `23/11/2026`; a dash for nothing."""
    if not day:
        return "–"
    return f"{date.fromisoformat(str(day)):%d/%m/%Y}"


def vn_instant(instant: object) -> str:
    """An RFC 3339 instant as the clock on the wall shows it in Vietnam."""
    return f"{datetime.fromisoformat(str(instant)).astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}"


def table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    numbers: Sequence[int] = (),
) -> Table:
    """A table; `numbers` are the columns to align right."""
    made = Table(
        title=title or None,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        box=box.SIMPLE_HEAD,
        show_header=any(columns),
    )
    for place, column in enumerate(columns):
        made.add_column(column, justify="right" if place in numbers else "left", overflow="fold")
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else Text(str(cell)) for cell in row))
    return made


def cases(title: str, rows: Iterable[Mapping[str, Any]]) -> Table:
    return table(
        title,
        ("Mã hồ sơ", "Tiếp nhận", "Loại", "Lĩnh vực", "Nguồn", "Tình trạng", "Giải quyết", "Hạn"),
        (
            (
                row["file"],
                vn_day(row.get("received_on")),
                said(KINDS, row.get("kind") or row.get("claimed_kind")),
                said(FIELDS, row.get("field") or row.get("claimed_field")),
                said(CHANNELS, row.get("channel")),
                said(STATES, row.get("state")),
                row.get("officer") or "–",
                vn_day(row.get("waiting_due_on")),
            )
            for row in rows
        ),
    )


def card(title: str, row: Mapping[str, Any]) -> Table:
    """One file, and under it its clocks."""
    named = {
        name: row.get(f"{name}_name") or row[name] for name in ("unit", "officer") if name in row
    }
    row = {**row, **named}
    lines = [(label, shown(name, row[name])) for name, label in _CARD.items() if _told(row, name)]
    for stop in row.get("suspensions") or ():
        until = vn_day(stop["continued_on"]) if stop["continued_on"] else "nay"
        lines.append(("Tạm đình chỉ", f"từ {vn_day(stop['suspended_on'])} đến {until}"))
    lines += [
        ("Gắn với hồ sơ", f"{link['to']}, {said(RELATIONS, link['relation'])}")
        for link in row.get("links") or ()
    ]
    for name, clock in (row.get("clocks") or {}).items():
        lines.append((f"Hạn {clock_called(name)}", _clock(clock)))
    return table(title, ("", ""), lines)


def _clock(clock: Mapping[str, Any]) -> str:
    state = said(CLOCK_STATES, clock.get("state"))
    late = f" ({clock['days_late']} ngày)" if clock.get("days_late") else ""
    return f"{vn_day(clock.get('due_on'))}, {state}{late}"


def _told(row: Mapping[str, Any], name: str) -> bool:
    return row.get(name) not in (None, [], "")


def shown(name: str, value: object) -> str:
    """A field of a card in words."""
    if isinstance(value, bool):
        return "có" if value else "không"
    if name == "received_by" and isinstance(value, Mapping):
        return "; ".join(f"{party}: {vn_day(day)}" for party, day in value.items())
    if isinstance(value, Mapping):
        return ", ".join(shown(key, each) for key, each in value.items() if each is not None)
    if isinstance(value, list):
        words = _WORDS.get(name, {})
        return "; ".join(
            shown("", each) if isinstance(each, Mapping) else said(words, each) for each in value
        )
    if name in _WORDS:
        return said(_WORDS[name], value)
    return vn_day(value) if name.endswith(("_on", "_until")) else str(value)


def comparison(titles: tuple[str, str], before: Mapping[str, Any], now: Mapping[str, Any]) -> Table:
    """Two states of one file beside each other, only what differs."""
    return table(
        "",
        ("", *titles),
        (
            (label, *(shown(name, row[name]) if _told(row, name) else "–" for row in (before, now)))
            for name, label in _CARD.items()
            if before.get(name) != now.get(name)
        ),
    )


def differences(told: Mapping[str, Any]) -> Table:
    """What a case was at two moments, where that differs, event by event as these were recorded."""
    rows: list[Sequence[object]] = []
    for _, changes in groupby(sorted(told["changes"], key=_recorded), _recorded):
        for number, change in enumerate(changes):
            name = change["field"]
            then = (_at(name, change[moment]) for moment in ("before", "after"))
            why = _cause(change["cause"]) if not number else ("", "", "")
            rows.append((field_called(name), *then, *why))
    moments = (_moment(told[name]) for name in ("first", "second"))
    columns = ("", *moments, "Vì", "Vị trí", "Mã sự kiện")
    return table(f"Hồ sơ {told['file']}", columns, rows, numbers=(4,))


def _recorded(change: Mapping[str, Any]) -> tuple[int, str]:
    """The place of the event that made the difference; first what only days have changed."""
    cause = change["cause"]
    return (cause["position"], cause["id"]) if cause else (0, "")


def field_called(field: str) -> str:
    """What a field of a card, or one of its clocks, is called."""
    name, _, clock = field.partition(".")
    return f"Hạn {clock_called(clock)}" if name == "clocks" else said(_DIFFERENCES, field)


def _at(field: str, value: Any) -> str:
    if value in (None, [], {}, ""):
        return "–"
    return _clock(value) if field.startswith("clocks.") else shown(field, value)


def _cause(entry: Mapping[str, Any] | None) -> tuple[object, ...]:
    if entry is None:
        return "Chỉ do thời gian trôi qua.", "", ""
    return entry["sentence"], entry["position"], entry["id"][:16]


def _moment(told: Mapping[str, Any]) -> str:
    known = f", biết lúc {vn_instant(told['known_at'])}" if told["known_at"] else ""
    return f"{vn_day(told['as_of'])}{known}"


def history(title: str, events: Iterable[Mapping[str, Any]]) -> Table:
    """The events of one file: place in the ledger, what, the day that the law counts, who, id."""
    return table(
        title,
        ("Vị trí", "Dòng sự kiện", "Sự kiện", "Ngày pháp lý", "Ghi lúc", "Ai", "Mã sự kiện"),
        (
            (
                event["position"],
                f"{event['stream'].split('-', 1)[0]} {event['version']}",
                event["type"],
                vn_day(event["legal_date"]),
                vn_instant(event["recorded_at"]),
                event["actor"],
                event["id"][:16],
            )
            for event in events
        ),
        numbers=(0,),
    )


def timeline(title: str, entries: Iterable[Mapping[str, Any]]) -> Table:
    """What happened, in sentences, by the day that the law counts."""
    return table(
        title,
        ("Vị trí", "Diễn biến"),
        ((entry["position"], entry["sentence"]) for entry in entries),
        numbers=(0,),
    )


def _named(told: Mapping[str, Any], what: str, nobody: str = "–") -> str:
    """What a unit or an officer is called in the ward, or the code."""
    return told.get(f"{what}_name") or told[what] or nobody


def workload(title: str, told: Mapping[str, Any]) -> Table:
    """Open and overdue files by unit and officer."""
    rows: list[Sequence[object]] = []
    for unit in told["units"]:
        rows.append((_named(unit, "unit"), "", unit["open"], unit["overdue"]))
        rows += [
            ("", _named(each, "officer"), each["open"], each["overdue"])
            for each in unit["officers"]
        ]
    rows.append(("chưa giao", "", told["unassigned"], ""))
    rows.append(("cộng", "", told["open"], told["overdue"]))
    columns = ("Đơn vị", "Người giải quyết", "Đang mở", "Quá hạn")
    return table(title, columns, rows, numbers=(2, 3))


def parked(title: str, messages: Iterable[Any]) -> Table:
    """Messages that wait for a person; their content is not shown."""
    return table(
        title,
        ("Id", "Queue", "Routing key", "Reason", "Attempts", "Last failed"),
        (
            (
                message.id,
                message.queue,
                message.routing_key,
                f"{message.reason} ({message.code})",
                message.attempts,
                vn_instant(message.last_failed_at),
            )
            for message in messages
        ),
        numbers=(4,),
    )


def term(computed: Term) -> Table:
    """A legal limit and how it was counted."""
    return table(
        f"{computed.rule.name}: {vn_day(computed.due)}",
        ("", "Cách tính"),
        enumerate(computed.sentences(), start=1),
        numbers=(0,),
    )


def forms(answer: Mapping[str, Any]) -> Table:
    """The forms with a line for each column, beside the windows that they are compared with."""
    from services.reporting.forms.declaration import FORMS

    rows: list[Sequence[object]] = []
    for told in answer["tables"]:
        before, year_before = told["before"]["sum"], told["year_before"]["sum"]
        for column in FORMS[told["form"]].columns:
            place = column.number - 1
            rows.append(
                (
                    told["form"] if not place else "",
                    column.number,
                    " > ".join(column.heading),
                    amount(told["sum"][place], column.unit),
                    amount(before[place], column.unit),
                    amount(year_before[place], column.unit),
                )
            )
    period = answer["period"]
    first = answer["tables"][0]
    return table(
        f"{period['title']}: từ {vn_day(period['first'])} đến {vn_day(period['last'])}",
        (
            *("Biểu", "Cột", "Nội dung", "Kỳ này"),
            *(first["before"]["period"], first["year_before"]["period"]),
        ),
        rows,
        numbers=(1, 3, 4, 5),
    )


def figure(told: Mapping[str, Any]) -> Table:
    """Why a figure is so: the columns that it adds up, the cases and their events."""
    rows: list[Sequence[object]] = [
        (f"cột {part['column']}", amount(part["figure"], told["unit"]), " > ".join(part["heading"]))
        for part in told["parts"]
    ]
    rows += [
        (
            entry["case"] or f"số dư, hết {vn_day(entry['balance']['as_of'])}",
            amount(entry["amount"], told["unit"]),
            "\n".join(event["sentence"] for event in entry["events"]),
        )
        for entry in told["entries"]
    ]
    if told["not_shown"]:
        rows.append(
            (f"{told['not_shown']} mục khác", "", "Đã tính vào số này; không hiển thị với bạn")
        )
    heading, number = " > ".join(told["heading"]), amount(told["figure"], told["unit"])
    return table(
        f"{told['form']} cột {told['column']}, {heading}: {number}",
        ("Hồ sơ", "Số lượng", "Vì sao được tính"),
        rows,
        numbers=(1,),
    )


def broken(told: Mapping[str, Any]) -> str:
    """One line on a relation of the forms that does not hold."""
    what = "sai" if told["severity"] == "error" else "cần xem lại"
    cases = f"; hồ sơ {', '.join(told['cases'])}" if told["cases"] else ""
    if told["not_shown"]:
        cases += f"; {told['not_shown']} hồ sơ không hiển thị với bạn"
    return (
        f"{what}: đơn vị {told['authority']}, biểu {told['form']}, {told['relation']}"
        f" ({told['left']} và {told['right']}){cases}"
    )


def reports(answer: Mapping[str, Any]) -> Table:
    """The windows that had to be reported on, and how far the report is."""
    return table(
        f"Báo cáo thống kê đến {vn_day(answer['as_of'])}",
        ("Kỳ", "Từ ngày", "Đến ngày", "Hạn gửi", "Tình trạng", "Mã báo cáo"),
        (
            (
                told["title"],
                vn_day(told["first"]),
                vn_day(told["last"]),
                vn_day(told["due_on"]),
                _report_state(told),
                ", ".join(report["report"] for report in told["reports"]),
            )
            for told in answer["windows"]
        ),
    )


def late_wards(answer: Mapping[str, Any]) -> Table:
    """The reports that wards have not sent, or sent late; those who are quiet are in time."""
    from services.reporting.forms.units import called

    late = [
        (ward["authority"], told)
        for ward in answer["wards"]
        for told in ward["windows"]
        if told["is_missing"] or told["days_late"]
    ]
    return table(
        f"Báo cáo thiếu hoặc trễ đến {vn_day(answer['as_of'])}: {len(late)},"
        f" của {len({ward for ward, _ in late})} trong {len(answer['wards'])} đơn vị",
        ("Mã", "Đơn vị", "Kỳ", "Hạn gửi", "Tình trạng"),
        (
            (ward, called(ward), told["title"], vn_day(told["due_on"]), _report_state(told))
            for ward, told in late
        ),
    )


def _report_state(told: Mapping[str, Any]) -> str:
    late = f", trễ {told['days_late']} ngày" if told["days_late"] else ""
    if told["is_submitted"]:
        return f"đã gửi{late}"
    if told["is_frozen"]:
        return f"đã chốt, chưa gửi{late}"
    return f"chưa có{late}"


def amount(figure: int, unit: str) -> str:
    """A figure as the forms print it: money in triệu đồng, thousands apart."""
    shown: int | float = figure
    if unit == "dong":
        shown = figure // 1_000_000 if figure % 1_000_000 == 0 else figure / 1_000_000
    return f"{shown:,}".replace(",", " ").replace(".", ",").replace(" ", ".")


_FIELD_STATES = {
    "known": "có trong hồ sơ",
    "sealed": "đã niêm phong",
    "code": "mã, phải ghi tên",
    "missing": "thiếu",
}


def letters(answer: Mapping[str, Any]) -> Table:
    """The model letters."""
    return table(
        "Mẫu văn bản",
        ("Mã", "Tên", "Mẫu số", "Độ tin cậy"),
        (
            (told["letter"], told["title"], told["form"] or "–", told["confidence"])
            for told in answer["letters"]
        ),
    )


def letter(answer: Mapping[str, Any]) -> Table:
    """The fields of one letter: what stands in it and from which event."""
    return table(
        answer["title"],
        ("Nội dung", "Tình trạng", "Trong văn bản", "Sự kiện"),
        (
            (told["label"], _FIELD_STATES[told["status"]], told["text"], told["event"] or "–")
            for told in answer["values"]
        ),
    )


def performance(answer: Mapping[str, Any]) -> list[Table]:
    """The figures of one window, a table for each question."""
    title = answer["period"]["title"]
    kept = ("Số thời hạn", "Đúng hạn", "Quá hạn", "Tỷ lệ %")
    return [
        *(
            table(
                f"{title}: đúng hạn theo {what}",
                (what.capitalize(), *kept),
                (
                    (
                        _named(told, name) if name == "unit" else said(words, told[name]),
                        told["limits"],
                        told["in_time"],
                        told["late"],
                        told["rate"],
                    )
                    for told in answer[key]
                ),
                numbers=(1, 2, 3, 4),
            )
            for key, name, what, words in (
                ("rules", "rule", "quy tắc", {}),
                ("fields", "field", "lĩnh vực", FIELDS),
                ("units", "unit", "đơn vị", {}),
            )
        ),
        _ageing(answer),
        _officers(answer),
        table(
            "Nhiệm vụ chỉ đạo đến hạn",
            ("Đơn vị", "Người", "Đến hạn", "Đã xong", "Trễ"),
            (
                (
                    _named(told, "unit"),
                    _named(told, "officer"),
                    told["due"],
                    told["done"],
                    len(told["late"]),
                )
                for told in answer["tasks"]
            ),
            numbers=(2, 3, 4),
        ),
        table(
            "Thời gian mất do đổi người giải quyết",
            ("Hồ sơ", "Số lần đổi", "Số ngày"),
            ((told["file"], told["changes"], told["days_lost"]) for told in answer["transfers"]),
            numbers=(1, 2),
        ),
        table(
            "Ngày Chủ tịch tiếp công dân định kỳ",
            ("Từ ngày", "Đến ngày", "Phải tiếp", "Đã tiếp"),
            (
                (vn_day(told["first"]), vn_day(told["last"]), told["required"], len(told["days"]))
                for told in answer["chair_days"]
            ),
            numbers=(2, 3),
        ),
        _trend(answer),
    ]


def _ageing(answer: Mapping[str, Any]) -> Table:
    bands: Mapping[str, int] = next((told["ages"] for told in answer["ageing"]), {})
    return table(
        "Hồ sơ đang mở theo số ngày",
        ("Đơn vị", "Người giải quyết", "Lĩnh vực", *bands, "Lâu nhất"),
        (
            (
                _named(told, "unit", "chưa giao"),
                _named(told, "officer"),
                said(FIELDS, told["field"]),
                *told["ages"].values(),
                told["oldest"],
            )
            for told in answer["ageing"]
        ),
        numbers=range(3, 4 + len(bands)),
    )


def _officers(answer: Mapping[str, Any]) -> Table:
    return table(
        "Theo người giải quyết (căn cứ để xếp loại, không phải điểm)",
        ("Người", "Được giao", "Đã giải quyết", "Đang giữ", "Thời hạn", "Quá hạn", "Tiến độ %"),
        (
            (
                _named(told, "officer"),
                told["assigned"],
                told["settled"],
                told["held"],
                told["limits"],
                told["late"],
                "–" if told["progress_percent"] is None else told["progress_percent"],
            )
            for told in answer["officers"]
        ),
        numbers=range(1, 7),
    )


_BAR = 24  # characters of the longest bar


def _trend(answer: Mapping[str, Any]) -> Table:
    most = max((told["open"] for told in answer["trend"]), default=0) or 1
    return table(
        "Theo tháng",
        ("Tháng", "Tiếp nhận", "Giải quyết", "Quá hạn", "Còn mở", ""),
        (
            (
                told["month"],
                told["received"],
                told["settled"],
                told["late"],
                told["open"],
                "█" * round(_BAR * told["open"] / most),
            )
            for told in answer["trend"]
        ),
        numbers=(1, 2, 3, 4),
    )


def as_row(record: Any) -> dict[str, Any]:
    """A record as plain data."""
    return dataclasses.asdict(record)


def problems(answer: Mapping[str, Any]) -> Table | str:
    """What is wrong in a table that is to be imported, cell by cell."""
    if not answer["problems"]:
        return f"{answer['rows']} dòng, không có lỗi"  # a table without columns shows no title
    return table(
        f"{len(answer['problems'])} lỗi; chưa nhập dòng nào",
        ("Dòng", "Cột", "Lỗi"),
        (
            (told["row"], told["column"], told["message"].partition(": ")[2])
            for told in answer["problems"]
        ),
        numbers=(0,),
    )


def opening_balances(answer: Mapping[str, Any]) -> Table:
    """What was taken over from the reports of before."""
    from services.reporting.forms.declaration import FORMS

    rows: list[Sequence[object]] = []
    for told in answer["balances"]:
        column = FORMS[told["form"]].columns[told["column"] - 1]
        rows.append(
            (
                vn_day(told["as_of"]),
                told["form"],
                told["column"],
                " > ".join(column.heading),
                amount(told["amount"], column.unit),
                f"{told['source_number']} ngày {vn_day(told['source_dated'])}",
            )
        )
    return table(
        "Số dư đầu kỳ",
        ("Hết ngày", "Biểu", "Cột", "Nội dung", "Số dư", "Theo báo cáo"),
        rows,
        numbers=(2, 4),
    )


def imported(answer: Mapping[str, Any]) -> Table:
    """Under which file numbers the rows are now."""
    rows: list[Sequence[object]] = [
        (told["row"], told["old_number"], told["file"]) for told in answer["files"]
    ]
    rows += [
        (told["row"], told["old_number"], "đã nhập trước với nội dung khác; giữ bản trước")
        for told in answer["differing"]
    ]
    return table("Hồ sơ đã nhập", ("Dòng", "Số cũ", "Mã hồ sơ"), rows, numbers=(0,))
