"""How `donthu report` tells figures, and what it refuses before it asks anybody."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy import showing, showing_reports
from deploy.cli import main


@pytest.mark.parametrize(
    ("figure", "unit", "told"),
    [
        (15_000_000, "dong", "15"),
        (1_234_500_000, "dong", "1.234,5"),
        (12_345, "m2", "12.345"),
        (0, "one", "0"),
    ],
)
def test_figures_are_told_as_vietnamese_forms_print_them(figure, unit, told) -> None:
    assert showing.amount(figure, unit) == told


def test_a_broken_relation_names_its_cases() -> None:
    told = {
        "authority": "09253",
        "form": "02/XLD",
        "relation": "6=7+8",
        "severity": "error",
        "left": 2,
        "right": 1,
        "cases": ["k2"],
        "not_shown": 0,
    }
    line = "sai: đơn vị 09253, biểu 02/XLD, 6=7+8 (2 và 1); hồ sơ k2"
    assert showing_reports.broken(told) == line
    kept_back = showing_reports.broken(told | {"cases": [], "not_shown": 2})
    assert kept_back.endswith("(2 và 1); 2 hồ sơ không hiển thị với bạn")
    assert showing_reports.broken(told | {"severity": "warning", "cases": []}).startswith(
        "cần xem lại: "
    )


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ({"is_submitted": True, "days_late": 0}, "đã gửi"),
        ({"is_frozen": True, "days_late": 2}, "đã chốt, chưa gửi, trễ 2 ngày"),
        ({"days_late": 0}, "chưa có"),
    ],
)
def test_the_state_of_a_report_is_told(state, told) -> None:
    window = {
        "title": "Quý III năm 2026",
        "first": "2026-06-15",
        "last": "2026-09-14",
        "due_on": "2026-09-17",
        "is_frozen": False,
        "is_submitted": False,
        "reports": [],
    }
    console = showing.console()
    with console.capture() as shown:
        console.print(showing_reports.reports({"as_of": "2026-09-19", "windows": [window | state]}))
    assert f" {told} " in shown.get()


def test_only_kinds_of_files_that_can_be_written_are_taken(tmp_path: Path) -> None:
    name = str(tmp_path / "six.pdf")
    done = CliRunner().invoke(main, ["report", "all", "--period", "2026-Q3", "-o", name])
    assert done.exit_code == 2
    assert ".xlsx, .csv, .json" in done.stderr


def test_a_code_that_is_no_province_is_wrong_usage() -> None:
    done = CliRunner().invoke(main, ["report", "all", "--period", "2026-Q3", "--province", "09253"])
    assert done.exit_code == 2
    assert "09253 is no province" in done.stderr


def test_a_figure_tells_how_much_of_it_is_not_shown() -> None:
    told = {
        "form": "02/XLD",
        "column": 1,
        "heading": ["Tổng số"],
        "unit": "one",
        "figure": 3,
        "parts": [],
        "entries": [{"case": "k2", "amount": 1, "events": [{"sentence": "Tiếp nhận"}]}],
        "not_shown": 2,
    }
    console = showing.console()
    with console.capture() as shown:
        console.print(showing_reports.figure(told))
        console.print(showing_reports.figure(told | {"not_shown": 0}))
    assert shown.get().count("2 mục khác") == 1
