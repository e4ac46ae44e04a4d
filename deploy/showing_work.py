"""What there is to do, who has how much and how well it is done: a table for each question."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.table import Table

from deploy.showing import named, said, table, vn_day
from services.reporting.words import ESCALATION_LEVELS, FIELDS

_BAR = 24  # characters of the longest bar
#: What is told of an officer and of a unit, and what of a unit besides.
_RESULTS = {
    "assigned": "Được giao",
    "settled": "Đã giải quyết",
    "ended": "Kết thúc",
    "held": "Đang giữ",
    "limits": "Thời hạn",
    "late": "Quá hạn",
}
_RESULTS_OF_TASKS = {
    "tasks_set": "Nhiệm vụ giao",
    "tasks_done": "Đã xong",
    "tasks_late": "Trễ hạn",
}


def workload(title: str, told: Mapping[str, Any]) -> Table:
    """Open and overdue files by unit and officer."""
    rows: list[Sequence[object]] = []
    for unit in told["units"]:
        rows.append((named(unit, "unit"), "", unit["open"], unit["overdue"]))
        rows += [
            ("", named(each, "officer"), each["open"], each["overdue"]) for each in unit["officers"]
        ]
    rows.append(("chưa giao", "", told["unassigned"], ""))
    rows.append(("cộng", "", told["open"], told["overdue"]))
    columns = ("Đơn vị", "Người giải quyết", "Đang mở", "Quá hạn")
    return table(title, columns, rows, numbers=(2, 3))


def tasks(title: str, rows: Iterable[Mapping[str, Any]]) -> Table:
    """Directive tasks, a line for each."""
    return table(
        title,
        ("Mã nhiệm vụ", "Nội dung", "Đơn vị", "Người", "Giao", "Hạn", "Tình trạng", "Đã báo cáo"),
        (
            (
                row["task"],
                row["topic_name"],
                named(row, "unit"),
                named(row, "officer"),
                vn_day(row["set_on"]),
                vn_day(row["due_on"]),
                _how_far(row),
                ", ".join(said(ESCALATION_LEVELS, each["level"]) for each in row["escalations"])
                or "–",
            )
            for row in rows
        ),
    )


def _how_far(row: Mapping[str, Any]) -> str:
    late = f", trễ {row['days_late']} ngày" if row["days_late"] else ""
    return f"đang làm{late}" if row["is_open"] else f"xong {vn_day(row['done_on'])}{late}"


def receptions(title: str, rows: Iterable[Mapping[str, Any]]) -> Table:
    """Sessions of citizen reception, a line for each."""
    return table(
        title,
        (
            *("Mã phiên", "Ngày", "Loại", "Người tiếp"),
            *("Lượt", "Người", "Từ chối", "Kết luận", "Hạn"),
        ),
        (
            (
                row["reception"],
                vn_day(row["held_on"]),
                ", ".join(filter(None, (row["kind_name"], row["mode_name"]))) or "–",
                row["host_name"] or "–",
                len(row["turns"]),
                row["people"],
                len(row["refusals"]),
                row["conclusion_number"] or "–",
                vn_day(row["waiting_due_on"]),
            )
            for row in rows
        ),
        numbers=(4, 5, 6),
    )


def performance(answer: Mapping[str, Any]) -> list[Table]:
    """The figures of one window."""
    return [
        _in_time(answer, "rules", "rule", "quy tắc"),
        _in_time(answer, "fields", "field", "lĩnh vực"),
        _in_time(answer, "units", "unit", "đơn vị"),
        _ageing(answer),
        _officers(answer),
        _units(answer),
        _tasks(answer),
        _transfers(answer),
        _chair_days(answer),
        _trend(answer),
    ]


def _in_time(answer: Mapping[str, Any], key: str, name: str, what: str) -> Table:
    return table(
        f"{answer['period']['title']}: đúng hạn theo {what}",
        (what.capitalize(), "Số thời hạn", "Đúng hạn", "Quá hạn", "Tỷ lệ %"),
        (
            (
                said(FIELDS, told[name]) if name == "field" else named(told, name),
                told["limits"],
                told["in_time"],
                told["late"],
                told["rate"],
            )
            for told in answer[key]
        ),
        numbers=(1, 2, 3, 4),
    )


def _ageing(answer: Mapping[str, Any]) -> Table:
    bands: Mapping[str, int] = next((told["ages"] for told in answer["ageing"]), {})
    return table(
        "Hồ sơ đang mở theo số ngày",
        ("Đơn vị", "Người giải quyết", "Lĩnh vực", *bands, "Lâu nhất"),
        (
            (
                named(told, "unit", "chưa giao"),
                named(told, "officer"),
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
        ("Người", *_RESULTS.values(), "Tiến độ %"),
        (
            (
                named(told, "officer"),
                *(told[name] for name in _RESULTS),
                "–" if told["progress_percent"] is None else told["progress_percent"],
            )
            for told in answer["officers"]
        ),
        numbers=range(1, 2 + len(_RESULTS)),
    )


def _units(answer: Mapping[str, Any]) -> Table:
    columns = _RESULTS | _RESULTS_OF_TASKS
    return table(
        "Theo đơn vị: khối lượng và kết quả",
        ("Đơn vị", *columns.values()),
        (
            (named(told, "unit"), *(told[name] for name in columns))
            for told in answer["unit_results"]
        ),
        numbers=range(1, 1 + len(columns)),
    )


def _tasks(answer: Mapping[str, Any]) -> Table:
    return table(
        "Nhiệm vụ chỉ đạo đến hạn",
        ("Đơn vị", "Người", "Đến hạn", "Đã xong", "Trễ"),
        (
            (
                named(told, "unit"),
                named(told, "officer"),
                told["due"],
                told["done"],
                len(told["late"]),
            )
            for told in answer["tasks"]
        ),
        numbers=(2, 3, 4),
    )


def _transfers(answer: Mapping[str, Any]) -> Table:
    return table(
        "Thời gian mất do đổi người giải quyết",
        ("Hồ sơ", "Số lần đổi", "Số ngày"),
        ((told["file"], told["changes"], told["days_lost"]) for told in answer["transfers"]),
        numbers=(1, 2),
    )


def _chair_days(answer: Mapping[str, Any]) -> Table:
    return table(
        "Ngày Chủ tịch tiếp công dân định kỳ",
        ("Từ ngày", "Đến ngày", "Phải tiếp", "Đã tiếp"),
        (
            (vn_day(told["first"]), vn_day(told["last"]), told["required"], len(told["days"]))
            for told in answer["chair_days"]
        ),
        numbers=(2, 3),
    )


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
