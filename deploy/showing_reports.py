"""The statutory forms as people read them: figures, why they are so, which reports are late."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from deploy.showing import amount, table, vn_day


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
