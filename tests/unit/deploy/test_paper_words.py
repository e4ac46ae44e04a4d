"""How letters, registers and figures are told and written on the command line."""

import csv
import json
from datetime import date
from functools import reduce
from io import BytesIO, StringIO

import openpyxl
import pytest
from click.testing import CliRunner
from rich.console import Console

from deploy import showing_work
from deploy.cli import imports, main, papers
from deploy.cli.frame import json_file
from services.reporting import queries
from services.reporting.documents.books import BOOKS
from services.reporting.papers import (
    all_letters,
    letter,
    measured,
    written_report,
)
from services.reporting.projections import RECEPTIONS, TASKS
from services.reporting.schemas import DraftLetter, DraftReport
from shared.directory import Directories
from shared.ledger import flatten
from shared.memory_log import MemoryLog
from tests.support import stories
from tests.support.recording import record

WARD, FILE = "09253", "7f3k9q2mxw4t"
TODAY = date(2026, 11, 30)
UNIT, OFFICER = "Phòng Kinh tế, Hạ tầng và Đô thị", "mã cb-dia-chinh-1"
DIRECTORY = Directories.from_environment().of(WARD)


@pytest.fixture
def log():
    log = MemoryLog()
    for category, event in stories.SETTLED:
        record(log, WARD, f"{category}-{FILE}", event)
    return log


def text(*made) -> str:
    out = Console(file=StringIO(), width=300)
    for each in made:
        out.print(each)
    return out.file.getvalue()


def test_the_letters_are_listed_with_form_and_confidence() -> None:
    told = text(papers._letters_told(all_letters()))
    assert "quyet_dinh_giai_quyet_khieu_nai" in told
    assert "Mẫu số 15, Nghị định 124/2020/NĐ-CP" in told


def test_a_letter_tells_what_is_known_and_what_is_missing(log) -> None:
    asked = DraftLetter(file=FILE, letter="quyet_dinh_giai_quyet_khieu_nai")
    told = text(papers._letter_told(letter(log, WARD, asked, DIRECTORY)))
    assert "12/QĐ-UBND" in told
    assert "[thiếu: kết quả xác minh]" in told


def test_figures_are_told_a_table_for_each_question(log) -> None:
    answer = measured(log, WARD, "2026-10-01..2026-11-30", TODAY, DIRECTORY)
    told = text(*showing_work.performance(answer))
    for word in ("KN.SETTLE1", "đất đai", UNIT, OFFICER, "75.0", "2026-11"):
        assert word in told
    of_units = text(showing_work._units(answer))
    assert of_units.split(UNIT)[1].split() == ["1", "1", "1", "0", "1", "1", "0", "0", "0"]


def test_who_is_in_no_directory_is_told_by_their_code() -> None:
    answer = {"open": 1, "overdue": 0, "unassigned": 0}
    answer["units"] = [{"unit": "cu", "open": 1, "overdue": 0, "officers": []}]
    assert "cu" in text(showing_work.workload("", answer))
    answer["units"][0]["unit_name"] = "Phòng Cũ"
    assert "Phòng Cũ" in text(showing_work.workload("", answer))


def test_tasks_are_told_by_what_they_are_about_how_far_they_are_and_who_knows() -> None:
    def told(events, day):
        log = MemoryLog()
        for category, event in stories.TASK_WITH_CLOCK[:events]:
            record(log, WARD, f"{category}-t1", event)
        row = reduce(TASKS.fold, flatten(list(log.after(WARD, 0))), {})
        task = queries.task(row, day)
        return text(showing_work.tasks("", [task | queries.names(task, DIRECTORY)]))

    for word in ("t1", "tuyên truyền pháp luật", "30/10/2026", "đang làm"):
        assert word in told(1, date(2026, 10, 29))
    assert "Văn phòng HĐND và UBND phường" in told(1, date(2026, 10, 29))
    assert "mã cb-van-phong-1" in told(1, date(2026, 10, 29))
    assert "trễ" not in told(1, date(2026, 10, 29))
    assert "đang làm, trễ 1 ngày" in told(1, date(2026, 10, 31))
    assert "xong 02/11/2026, trễ 3 ngày" in told(6, TODAY)
    assert "người được giao" not in told(1, TODAY)
    assert "người được giao" in told(6, TODAY)


def test_sessions_are_told_with_their_turns_and_refusals() -> None:
    log = MemoryLog()
    for category, event in stories.RECEPTION:
        record(log, WARD, f"{category}-r1", event)
    row = reduce(RECEPTIONS.fold, flatten(list(log.after(WARD, 0))), {})
    told = text(showing_work.receptions("", [queries.reception(row, TODAY)]))
    for word in ("r1", "12/11/2026", "định kỳ", "trực tiếp", "Chủ tịch", "52/TB-UBND"):
        assert word in told
    assert told.split("Chủ tịch")[1].split()[:3] == ["2", "7", "1"]


def test_a_picture_is_not_drawn_as_what_nobody_shows() -> None:
    asked = ["performance", "--period", "2026-Q4", "--picture", "hinh.pdf"]
    refused = CliRunner().invoke(main, asked)
    assert refused.exit_code == 2
    assert ".svg, .png" in refused.output


@pytest.mark.parametrize(
    "asked", [("letter", FILE, "giay_bien_nhan"), ("narrative", "--period", "2026")]
)
def test_a_paper_is_not_written_as_what_it_is_not(asked) -> None:
    refused = CliRunner().invoke(main, [*asked, "-o", "van_ban.pdf"])
    assert refused.exit_code == 2
    assert ".docx" in refused.output


def test_the_written_report_names_what_it_is_compared_with(log) -> None:
    told = written_report(log, WARD, DraftReport(period="2026-Q4"), TODAY, DIRECTORY)
    assert told["compared_with"] == ["2026-Q3", "2025-Q4"]


def test_a_register_is_written_in_three_ways() -> None:
    book = BOOKS["tiep_cong_dan"]
    cells = [f"ô {column.number}" for column in book.columns]
    answer = {
        "register": book.id,
        "period": {"name": "2026-Q3"},
        "columns": [{"heading": column.heading} for column in book.columns],
        "rows": [{"cells": cells}],
    }
    page = openpyxl.load_workbook(BytesIO(papers._xlsx(answer, None, WARD))).active
    assert [cell.value for cell in page[7]] == cells
    lines = list(csv.reader(StringIO(papers._csv(answer, None, WARD).decode("utf-8-sig"))))
    assert lines == [[column.heading for column in book.columns], cells]
    assert json.loads(json_file(answer)) == answer


def test_a_register_is_not_written_as_what_nobody_reads() -> None:
    asked = ["register", "don", "--period", "2026", "-o", "so.pdf"]
    refused = CliRunner().invoke(main, asked)
    assert refused.exit_code == 2
    assert ".xlsx, .csv, .json" in refused.output


def test_a_pdf_without_libreoffice_is_told_before_anybody_is_asked(monkeypatch) -> None:
    monkeypatch.setattr(papers.shutil, "which", lambda name: None)
    asked = ["narrative", "--period", "2026", "-o", "bao-cao.docx", "--pdf"]
    refused = CliRunner().invoke(main, asked)
    assert refused.exit_code == 2
    assert "LibreOffice" in refused.output


def test_what_was_imported_is_told_with_its_old_number() -> None:
    answer = {
        "files": [{"row": 2, "old_number": "12/2025", "file": FILE}],
        "differing": [{"row": 3, "old_number": "13/2025"}],
    }
    told = text(imports._imported_told(answer))
    assert FILE in told
    assert "giữ bản trước" in told
