"""What those who report ask: the statutory forms, why a figure is so, freezing and submitting."""

import csv
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import click

from deploy.cli.frame import USAGE, Caller, Day, Failure, Instant, asking, json_file, main
from shared.contracts.reports import CorrectionReason

_PERIOD = click.option(
    "--period",
    required=True,
    help="2026-Q1 to 2026-Q4, 2026-6T, 2026-9T, 2026, QH-2026, or 2026-01-01..2026-03-31.",
)
ALL = "all"
WARD_S = 1.0  # for a ward of a province; twice what a year of events takes on a slow machine


@main.command()
@click.argument("form")
@_PERIOD
@click.option("--explain", "column", type=click.IntRange(1), help="Why this column is as it is.")
@click.option("--known-at", type=Instant(), help="As it was on record at that instant.")
@click.option("--province", help="All wards of this province, such as 24, and their sum.")
@click.option(
    *("-o", "--output"), type=click.Path(dir_okay=False, path_type=Path), help=".xlsx, .csv, .json"
)
@click.option("--issuer", help="The body that reports, as printed; default: its committee.")
@click.option("--number", help="Number and sign of the report that the tables belong to.")
@click.option("--dated", type=Day(), help="Its date.")
@asking
def report(
    caller: Caller,
    form: str,
    period: str,
    column: int | None,
    known_at: str | None,
    province: str | None,
    output: Path | None,
    **printed: Any,
) -> None:
    """A statutory form (Thông tư 06/2025/TT-TTCP) of any window.

    FORM is 01/TCD, 02/XLD, 03/GQKN, 04/GQTC, 05/KQTH, 06/QLKNTC, or all.
    """
    from deploy import showing_reports
    from services.reporting.forms.units import committee

    wards = _wards_of(province, caller)
    caller = replace(caller, wards=tuple(wards))
    if column is not None:
        asked = {"form": form, "column": column, "period": period, "known_at": known_at}
        told = caller.ask("reporting", "explain_figure", asked)
        caller.show(told, lambda: showing_reports.figure(told))
        return
    if output:
        caller.must_write_one_of(_WRITERS, output, "output")
    answer = caller.ask(
        "reporting",
        "statutory_report",
        {
            "form": None if form == ALL else form,
            "period": period,
            "known_at": known_at,
            "authorities": wards or None,
        },
        timeout_s=15.0 + WARD_S * len(wards),
    )
    if output:
        printed["issuer"] = printed["issuer"] or committee(province or caller.authority)
        output.write_bytes(_WRITERS[output.suffix](answer, printed))
        caller.say(f"donthu: đã ghi {output}")
    else:
        caller.show(answer, lambda: showing_reports.forms(answer))
    for broken in answer["broken"]:
        caller.say(f"donthu: {showing_reports.broken(broken)}")


@main.command()
@_PERIOD
@click.option("--corrects", help="The report that this one takes the place of.")
@click.option("--reason", type=click.Choice([reason.value for reason in CorrectionReason]))
@click.option("--explanation", help="What changed and why; sealed.")
@asking
def freeze(caller: Caller, **asked: Any) -> None:
    """Fix the figures of a window for signing; with --corrects, of a correction."""
    answer = caller.ask("reporting", "freeze_report", asked)
    caller.show(answer, lambda: f"mã báo cáo {answer['report']}")


@main.command()
@click.argument("report_id", metavar="REPORT")
@click.option("--on", "submitted_on", type=Day(), required=True, help="Day it was sent.")
@click.option("--to", required=True, help="Code of the authority that gets it.")
@click.option("--number", help="Number and sign of the report.")
@asking
def submit(caller: Caller, report_id: str, submitted_on: date, **asked: Any) -> None:
    """Record that a frozen and signed report went to the level above."""
    asked |= {"report": report_id, "submitted_on": submitted_on.isoformat()}
    answer = caller.ask("reporting", "submit_report", asked)
    caller.show(answer, lambda: f"đã ghi nhận gửi báo cáo {answer['report']}")


@main.command()
@click.option("--period", help="Only this window; default: those due in the last year.")
@click.option("--province", help="What the wards of this province, such as 24, are late with.")
@asking
def reports(caller: Caller, period: str | None, province: str | None) -> None:
    """Which reports were due, and which are missing, late, frozen or sent."""
    from deploy import showing_reports

    wards = _wards_of(province, caller)
    caller = replace(caller, wards=tuple(wards))
    asked = {"period": period, "authorities": wards or None}
    answer = caller.ask("reporting", "reports", asked, timeout_s=15.0 + WARD_S * len(wards))
    caller.show(
        answer, lambda: (showing_reports.late_wards if wards else showing_reports.reports)(answer)
    )


def _wards_of(province: str | None, caller: Caller) -> list[str]:
    from services.reporting.forms.units import wards_of

    wards = wards_of(province) if province else []
    if province and not wards:
        raise Failure(f"{province} is no province: write 24", USAGE, "province", caller.as_json)
    return wards


@main.command()
@click.argument("report_id", metavar="REPORT")
@asking
def recount(caller: Caller, report_id: str) -> None:
    """Count a frozen report again from the ledger as it was. Exit 1 if a figure differs."""
    answer = caller.ask("reporting", "recount_report", {"report": report_id})
    caller.show(answer, lambda: _told_recount(answer))
    if answer["differences"] or not answer["same_ledger"]:
        raise SystemExit(1)


def _told_recount(answer: Mapping[str, Any]) -> str:
    lines = [
        f"{each['form']} cột {each['column']}: {each['was']} -> {each['now']}"
        for each in answer["differences"]
    ]
    if not answer["same_ledger"]:
        lines.append("sổ tại vị trí này không còn mã băm như khi chốt")
    if not answer["same_declaration"]:
        lines.append("cách tính các cột đã thay đổi từ khi chốt")
    return "\n".join(lines) or "tính lại giống hệt số liệu đã chốt"


def _xlsx(answer: Mapping[str, Any], printed: Mapping[str, Any]) -> bytes:
    from services.reporting.forms.declaration import FORMS
    from services.reporting.forms.units import called
    from services.reporting.forms.windows import window
    from services.reporting.forms.xlsx import Line, Sheet, workbook

    return workbook(
        [
            Sheet(
                form=FORMS[table["form"]],
                window=window(answer["period"]["name"]),
                issuer=printed["issuer"],
                lines=tuple(
                    Line(unit=called(row["authority"]), figures=row["figures"])
                    for row in table["rows"]
                ),
                number=printed["number"],
                dated=printed["dated"],
            )
            for table in answer["tables"]
        ]
    )


def _csv(answer: Mapping[str, Any], printed: Mapping[str, Any]) -> bytes:
    """One line for each figure, since the forms differ in their columns."""
    from services.reporting.forms.declaration import FORMS

    out = StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(["bieu", "ky", "don_vi", "cot", "tieu_de", "don_vi_tinh", "so_lieu"])
    for table in answer["tables"]:
        for row in table["rows"]:
            for column, figure in zip(FORMS[table["form"]].columns, row["figures"], strict=True):
                heading = " > ".join(column.heading)
                of = (table["form"], answer["period"]["name"], row["authority"], column.number)
                rows.writerow([*of, heading, column.unit, figure])
    return out.getvalue().encode("utf-8-sig")  # so that Excel reads the diacritics


_WRITERS = {".xlsx": _xlsx, ".csv": _csv, ".json": json_file}
