"""Letters, registers and figures over a real broker, from a real ledger and its tables."""

import base64
import json
import os
from io import BytesIO

import docx
import openpyxl
import pytest
from click.testing import CliRunner

from deploy.cli import main
from services.intake.service import IntakeService
from services.reporting.service import ReportingService
from shared.errors import Refused
from shared.mongo_log import MongoLog
from shared.personal import Personal
from shared.vault import Vault
from tests.support import stories
from tests.support.recording import record

KEPT, HEARD = "7f3k9q2mxw4t", "5p2d8s6rka3c"
WINDOW = "2026-08-01..2026-12-31"


@pytest.fixture(scope="module")
def services(run_once):
    for each in (ReportingService, IntakeService):
        run_once(each)


@pytest.fixture
def reporting(services, rpc):
    return rpc.reporting


@pytest.fixture
def donthu(services, authority, by_token):
    """The command line, in the name of the test's ward."""

    def run(*words):
        done = CliRunner().invoke(main, [*map(str, words), "--authority", authority])
        assert done.exit_code == 0, done.output
        return done.output

    return run


@pytest.fixture
def sealing(mongo_client, authority, tmp_path):
    """Seals two parts for a stream, as a service does."""
    (tmp_path / "master.key").write_bytes(os.urandom(96))
    (tmp_path / "index.key").write_bytes(os.urandom(32))
    vault = Vault(mongo_client, tmp_path, "vault_test")
    personal = Personal({"p1": {"name": "Người gửi đơn"}, "text": {"content": "Về đất đai"}})
    yield lambda stream, file: vault.seal(authority, file, personal, stream=stream)
    vault.close()
    mongo_client.drop_database("vault_test")


@pytest.fixture
def ward(reporting, mongo_client, authority, sealing, eventually):
    """One complaint from receipt to archive, and the chair's session; both in the tables."""
    log = MongoLog(mongo_client)
    for name, story in ((KEPT, stories.COMPLAINT), (HEARD, stories.RECEPTION)):
        for category, event in story:
            stream = f"{category}-{name}"
            sealed = sealing(stream, name) if hasattr(event, "personal") else None
            record(log, authority, stream, event, sealed=sealed)
    eventually(
        lambda: (
            reporting.cases({})["cases"]
            and reporting.receptions({})["receptions"]
            and reporting.receptions({})["receptions"][0]["position"] == log.head(authority)
        )
    )
    return authority


def test_a_letter_comes_as_a_document_with_its_fields(reporting, ward) -> None:
    asked = {"file": KEPT, "letter": "quyet_dinh_giai_quyet_khieu_nai", "issuer": "UBND phường X"}
    told = reporting.letter(asked)
    made = docx.Document(BytesIO(base64.b64decode(told["docx"])))
    assert "QUYẾT ĐỊNH" in [paragraph.text for paragraph in made.paragraphs]
    values = {value["field"]: value for value in told["values"]}
    number = values["decision_number"]
    assert (number["status"], number["text"]) == ("known", "31/QĐ-UBND")
    assert number["event"] in {event["id"] for event in reporting.history({"file": KEPT})["events"]}
    name = values["complainant"]
    assert (name["status"], name["part"], name["name"]) == ("sealed", "p1", "name")
    assert "số báo cáo kết quả xác minh" in told["missing"]
    listed = {letter["letter"] for letter in reporting.letters({})["letters"]}
    assert told["letter"] in listed


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"letter": "thong_bao"}, "unknown_letter"),
        ({"letter": "quyet_dinh_thu_ly_to_cao"}, "letter_of_another_kind"),
        ({"file": "000000000000"}, "unknown_file"),
        ({"letter": "thong_bao_tu_choi_tiep"}, "unknown_reception"),
        ({"event": "petition-0-1"}, "unknown_letter_event"),
    ],
)
def test_a_letter_that_cannot_be_is_refused(reporting, ward, changes, code) -> None:
    with pytest.raises(Refused) as refused:
        reporting.letter({"file": KEPT, "letter": "quyet_dinh_xac_minh"} | changes)
    assert refused.value.code == code


def test_a_letter_about_a_session(reporting, ward) -> None:
    told = reporting.letter({"file": HEARD, "letter": "thong_bao_ket_luan_tiep"})
    values = {value["field"]: value["text"] for value in told["values"]}
    assert values["conclusion_number"] == "52/TB-UBND"


def test_the_registers_are_told_by_pages(reporting, ward) -> None:
    asked = {"register": "tiep_cong_dan", "period": WINDOW, "limit": 1}
    first = reporting.register(asked)
    second = reporting.register(asked | {"page": first["next"]})
    assert (first["total"], first["next"], second["next"]) == (2, 2, None)
    assert [page["rows"][0]["cells"][0] for page in (first, second)] == ["1", "2"]
    (row,) = first["rows"]
    assert len(row["cells"]) == len(first["columns"]) == 13
    assert row["sealed"] == {"3": "p1", "4": "p1", "5": "text"}
    assert row["stream"] == f"reception-{HEARD}"
    (petition,) = reporting.register({"register": "don", "period": WINDOW})["rows"]
    assert petition["cells"][1] == KEPT
    assert petition["event"] == f"petition-{KEPT}-0-1"
    assert reporting.register({"register": "don", "period": "2025"})["rows"] == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"register": "khac"}, "unknown_register"), ({"period": "tháng 8"}, "unknown_period")],
)
def test_a_register_that_is_not_there_is_refused(reporting, changes, code) -> None:
    with pytest.raises(Refused) as refused:
        reporting.register({"register": "don", "period": WINDOW} | changes)
    assert refused.value.code == code


def test_the_figures_of_a_window(reporting, ward) -> None:
    told = reporting.performance({"period": WINDOW})
    assert {each["officer"] for each in told["officers"]} == {"cb-dia-chinh-1", "cb-xay-dung-1"}
    assert [each["days_lost"] for each in told["transfers"]] == [3]
    november = next(each for each in told["chair_days"] if each["first"] == "2026-11-01")
    assert (november["required"], november["days"]) == (2, ["2026-11-12"])
    officer = next(each for each in told["officers"] if each["officer"] == "cb-dia-chinh-1")
    assert "Công chức địa chính" in officer["officer_name"]
    (unit,) = told["unit_results"]
    assert (unit["unit"], unit["settled"]) == ("kinh-te-ha-tang", 1)
    assert unit["unit_name"].startswith("Phòng Kinh tế")
    assert told["evaluation"]["percent_of_progress_for_each_lateness"] == 25


def test_intake_and_reporting_count_the_same_days_of_the_chair(rpc, reporting) -> None:
    def schedule(held_on: str) -> str:
        posted = {"posted_on": "2026-10-01", "kind": "dinh_ky", "host": "chu_tich"}
        return rpc.intake.schedule_reception(posted | {"held_on": held_on})["reception"]

    nobody_came, _not_held, somebody_came = map(
        schedule, ("2026-10-14", "2026-10-21", "2026-10-28")
    )
    turn = {"received_on": "2026-10-28", "kind": "dinh_ky", "host": "chu_tich"}
    told = {"content": "Hỏi về hồ sơ", "person": {"name": "Đặng Thị Thử"}}
    rpc.intake.record_reception(turn | told | {"reception": somebody_came})
    for session, day in ((nobody_came, "2026-10-14"), (somebody_came, "2026-10-28")):
        ended = {"concluded_on": day, "number": "3/TB", "conclusion": "Như biên bản"}
        rpc.intake.conclude_reception(ended | {"reception": session})
    first, last = "2026-10-01", "2026-10-31"
    (counted,) = rpc.intake.chair_reception_days({"from": first, "to": last})["periods"]
    (shown,) = reporting.performance({"period": f"{first}..{last}"})["chair_days"]
    assert counted["days"] == shown["days"] == ["2026-10-14", "2026-10-28"]
    assert (counted["required"], counted["rule"]) == (shown["required"], shown["rule"])


def test_the_command_line_lists_sessions_and_tasks(
    donthu, ward, reporting, mongo_client, eventually
) -> None:
    for category, event in stories.TASK_WITH_CLOCK[:4]:
        record(MongoLog(mongo_client), ward, f"{category}-t1", event)
    eventually(
        lambda: [each["escalations"] for each in reporting.tasks({})["tasks"]] not in ([], [[]])
    )
    late = donthu("tasks", "--open", "--overdue", "--topic", "tuyen_truyen")
    assert "t1" in late
    assert "cb-van-phong-1" in late
    (told,) = json.loads(donthu("tasks", "--json", "--unit", "van-phong"))["tasks"]
    assert (told["task"], told["clocks"]["task"]["rule"]) == ("t1", "NV.TASK")
    assert told["unit_name"].startswith("Văn phòng")
    assert "cb-van-phong-1" in told["officer_name"]
    assert json.loads(donthu("tasks", "--json", "--done"))["tasks"] == []
    held = donthu("receptions", "--from", "2026-11-12", "--to", "2026-11-12", "--host", "chu_tich")
    assert HEARD in held
    assert "52/TB-UBND" in held
    (session,) = json.loads(donthu("receptions", "--json"))["receptions"]
    assert len(session["turns"]) == 2
    earlier = donthu("receptions", "--json", "--to", "2026-11-11", "--kind", "dinh_ky")
    assert json.loads(earlier)["receptions"] == []


def test_the_command_line_writes_letter_register_report_and_picture(donthu, ward, tmp_path) -> None:
    letter, book, report, picture = (
        tmp_path / name for name in ("qd.docx", "so.xlsx", "bc.docx", "hinh.png")
    )
    donthu("letter", KEPT, "quyet_dinh_dinh_chi", "-o", letter)
    assert "QUYẾT ĐỊNH" in [paragraph.text for paragraph in docx.Document(letter).paragraphs]
    donthu("register", "tiep_cong_dan", "--period", WINDOW, "-o", book)
    assert openpyxl.load_workbook(book).active.max_row == 8
    donthu("narrative", "--period", "2026-Q4", "-o", report)
    assert "BÁO CÁO" in [paragraph.text for paragraph in docx.Document(report).paragraphs]
    assert len(docx.Document(report).inline_shapes) == 1
    shown = donthu("performance", "--period", WINDOW, "--picture", picture)
    assert "cb-xay-dung-1" in shown
    assert "Theo đơn vị: khối lượng và kết quả" in shown
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_table_imported_twice_is_there_once(donthu, reporting, tmp_path, eventually) -> None:
    table = tmp_path / "ton-dong.xlsx"
    donthu("import", "--template", table)
    book = openpyxl.load_workbook(table)
    page = book.worksheets[0]
    heads = [cell.value.removesuffix(" *") for cell in page[1]]
    for number in range(1, 4):
        told = {"Số cũ": f"{number}/2025", "Ngày nhận": "05/11/2025", "Tóm tắt": f"Việc {number}"}
        page.append([told.get(head) for head in heads])
    book.save(table)
    first = json.loads(donthu("import", table, "--json"))
    again = json.loads(donthu("import", table, "--json"))
    assert [each["row"] for each in first["files"]] == [2, 3, 4]
    assert (again, again["differing"]) == (first, [])
    eventually(lambda: len(reporting.cases({})["cases"]) == 3)
    assert {case["received_on"] for case in reporting.cases({})["cases"]} == {"2025-11-05"}
