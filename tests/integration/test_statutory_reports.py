"""Statutory reports asked for over a real broker, from a real ledger."""

import json
from datetime import UTC, datetime

import pika
import pytest
from click.testing import CliRunner
from nameko.standalone.rpc import ClusterRpcProxy
from openpyxl import load_workbook

from deploy.cli import main
from services.reporting.forms.units import wards_of
from services.reporting.service import ReportingService
from shared.clock import SystemClock
from shared.errors import Malformed, Refused
from shared.mongo_log import MongoLog
from shared.queues import events_exchange
from tests.support.counted_ward import COUNTED, events
from tests.support.recording import record

THEN = datetime(2026, 9, 15, tzinfo=UTC)


class WithoutTables(ReportingService):
    """Reads the ledger alone: the tables of cards have no part in reports."""

    catch_up_all = None
    wake = None


@pytest.fixture(scope="module")
def service(run_once):
    run_once(WithoutTables)


@pytest.fixture
def reporting(service, rpc):
    return rpc.reporting


@pytest.fixture
def counted(mongo_client, authority):
    log = MongoLog(mongo_client)
    for stream, event in events():
        record(log, authority, stream, event, at=THEN)
    return log


def test_the_forms_and_why_a_figure_is_so(reporting, counted, authority) -> None:
    told = reporting.statutory_report({"period": "2026-Q3"})
    sums = {table["form"]: tuple(table["sum"]) for table in told["tables"]}
    assert sums == COUNTED
    assert told["authorities"] == [
        {
            "authority": authority,
            "position": counted.head(authority),
            "hash": next(counted.after(authority, counted.head(authority) - 1)).hash,
        }
    ]
    why = reporting.explain_figure({"period": "2026-Q3", "form": "03/GQKN", "column": 13})
    assert [(entry["case"], entry["amount"]) for entry in why["entries"]] == [
        ("k8", 10_000_000),
        ("k10", 5_000_000),
    ]


def test_a_province_has_a_row_for_each_of_its_wards(
    reporting, counted, authority, amqp_uri, token
) -> None:
    asked = {"period": "2026-Q3", "form": "01/TCD", "authorities": [authority, "00001"]}
    with pytest.raises(Refused, match="not_permitted"):
        reporting.statutory_report(asked)
    supervisor = {"token": token("24", "province_supervisor", wards=[authority, "00001"])}
    with ClusterRpcProxy({"AMQP_URI": amqp_uri}, context_data=supervisor, timeout=20) as cluster:
        (table,) = cluster.reporting.statutory_report(asked)["tables"]
    assert [row["authority"] for row in table["rows"]] == [authority, "00001"]
    assert table["sum"] == list(COUNTED["01/TCD"])


def test_a_report_is_frozen_sealed_submitted_and_counted_again(
    reporting, counted, authority
) -> None:
    """The window is over whenever this runs; that nothing happened in it does not matter."""
    frozen = reporting.freeze_report({"period": "2025-Q1", "idempotency_key": "q1"})
    assert reporting.freeze_report({"period": "2025-Q1", "idempotency_key": "q1"}) == frozen
    with pytest.raises(Refused) as again:
        reporting.freeze_report({"period": "2025-Q1"})
    assert again.value.code == "already_frozen"
    today = SystemClock().today().isoformat()
    sent = {"report": frozen["report"], "submitted_on": today, "to": "24", "number": "1/BC-UBND"}
    assert reporting.submit_report(sent)["version"] == 2
    (window,) = reporting.reports({"period": "2025-Q1"})["windows"]
    assert window["is_submitted"]
    assert window["days_late"] > 365
    recounted = reporting.recount_report({"report": frozen["report"]})
    assert (recounted["same_ledger"], recounted["differences"]) == (True, [])


def test_a_frozen_report_is_published_with_its_figures(
    reporting, counted, authority, amqp_uri, relay, eventually
) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    channel = connection.channel()
    queue = channel.queue_declare("", exclusive=True).method.queue
    channel.queue_bind(queue, events_exchange("reporting"), "ReportFrozen")
    frozen = reporting.freeze_report({"period": "2026-Q3"})
    heard = []

    def published():
        _, _, body = channel.basic_get(queue, auto_ack=True)
        heard.extend([json.loads(body)] if body else [])
        return [each for each in heard if each["authority"] == authority]

    (message,) = eventually(published)
    connection.close()
    assert message["stream"] == f"report-{frozen['report']}"
    told = {table["form"]: tuple(table["figures"]) for table in message["data"]["tables"]}
    assert told == COUNTED


def test_what_explains_a_correction_is_sealed(reporting, counted, authority, mongo_client) -> None:
    first = reporting.freeze_report({"period": "2026-Q3"})["report"]
    for stream, event in events():
        if stream == "task-c1":
            record(counted, authority, "task-c9", event, at=THEN)
    second = reporting.freeze_report(
        {
            "period": "2026-Q3",
            "corrects": first,
            "reason": "ghi_nhan_muon",
            "explanation": "Ghi sót một lớp tập huấn.",
        }
    )["report"]
    (commit,) = counted.read(authority, f"report-{second}")
    (event,) = commit.recorded()
    assert set(event.sealed) == {"text"}
    assert "tập huấn" not in str(event.data)
    assert {(each["form"], each["column"], each["now"]) for each in event.data["differences"]} == {
        ("06/QLKNTC", 4, 5),
        ("06/QLKNTC", 5, 200),
    }


BALANCE = {
    "period": "2026-Q2",
    "form": "02/XLD",
    "column": 1,
    "amount": 900,
    "source_number": "77/BC-UBND",
    "source_dated": "2026-06-16",
}


def test_a_balance_is_taken_over_by_the_reporting_officer_and_explains_itself(
    reporting, counted, authority, amqp_uri, token
) -> None:
    before = reporting.statutory_report({"period": "2026-Q3", "form": "02/XLD"})
    by_chair = {"token": token(authority, "chair")}
    with ClusterRpcProxy({"AMQP_URI": amqp_uri}, context_data=by_chair, timeout=20) as cluster:
        with pytest.raises(Refused, match="not_permitted"):
            cluster.reporting.record_opening_balances({"balances": [BALANCE]})
        assert cluster.reporting.opening_balances({}) == {"balances": []}
    wrong = BALANCE | {"form": "03/GQKN"}
    with pytest.raises(Refused, match="balance_not_carried"):
        reporting.record_opening_balances({"balances": [BALANCE, wrong]})
    assert reporting.opening_balances({}) == {"balances": []}  # nothing of it was stored
    with pytest.raises(Malformed) as malformed:
        reporting.record_opening_balances({"balances": [BALANCE | {"amount": -1}]})
    assert "balances.0.amount" in malformed.value.errors
    recorded = reporting.record_opening_balances({"balances": [BALANCE]})
    assert reporting.record_opening_balances({"balances": [BALANCE]}) == recorded
    (balance,) = reporting.opening_balances({})["balances"]
    after = reporting.statutory_report({"period": "2026-Q3", "form": "02/XLD"})
    told = reporting.explain_figure({"period": "2026-Q3", "form": "02/XLD", "column": 1})
    (brought,) = [entry for entry in told["entries"] if entry["case"] is None]
    assert [event["id"] for event in brought["events"]] == [balance["event"]]
    assert brought["amount"] + brought["balance"]["entered"] == 900
    sums = [each["tables"][0]["sum"][0] for each in (before, after)]
    assert sums[1] - sums[0] == brought["amount"] > 800
    changed = BALANCE | {"amount": 901}
    with pytest.raises(Refused, match="balance_differs"):
        reporting.record_opening_balances({"balances": [changed]})
    why = changed | {"reason": "ghi_sai", "explanation": "Chép thiếu một đơn."}
    reporting.record_opening_balances({"balances": [why]})
    (commit,) = list(counted.read(authority, f"balance-{authority}"))[1:]
    (event,) = commit.recorded()
    assert (event.data["was"], set(event.sealed)) == (900, {"text"})


def test_a_table_of_balances_is_imported_as_a_whole_and_again_without_harm(
    service, authority, by_token, tmp_path
) -> None:
    path = tmp_path / "so-du.xlsx"

    def donthu(*words):
        return CliRunner().invoke(main, [*words, "--authority", authority])

    def typed(**cells):
        for heading, value in cells.items():
            page.cell(2, headings.index(heading.replace("_", " ")) + 1, value)
        book.save(path)

    assert donthu("import", "opening-balances", "--template", str(path)).exit_code == 0
    book = load_workbook(path)
    page = book.worksheets[0]
    headings = [cell.value.removesuffix(" *") for cell in page[1]]
    typed(Kỳ_báo_cáo_cũ="2025", Số_dư="x", Số_báo_cáo_cũ="4/BC", Ngày_báo_cáo_cũ="16/12/2025")
    refused = donthu("import", "opening-balances", str(path))
    assert (refused.exit_code, "Số dư" in refused.stdout) == (1, True)
    typed(Số_dư=12)
    for _ in range(2):
        done = donthu("import", "opening-balances", str(path))
        assert (done.exit_code, "4/BC ngày 16/12/2025" in done.stdout) == (0, True)
    typed(Số_dư=13)
    assert "lý do" in donthu("import", "opening-balances", str(path)).stdout
    typed(Lý_do_sửa="đã ghi sai")
    assert donthu("import", "opening-balances", str(path)).exit_code == 0
    why = donthu("report", "02/XLD", "--period", "2026-Q1", "--explain", "1").stdout
    assert "số dư, hết 14/12/2025" in why
    assert "13" in why


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"period": "2026-Q3", "form": "01/TCD", "column": 0}, "column"),
        ({"period": "2026-Q3", "form": "01/TCD"}, "column"),
        ({"form": "01/TCD", "column": 1}, "period"),
    ],
)
def test_what_has_the_wrong_shape_is_malformed(reporting, payload, field) -> None:
    with pytest.raises(Malformed) as refused:
        reporting.explain_figure(payload)
    assert field in refused.value.errors


def test_the_command_line_prints_explains_and_writes_the_forms(
    service, counted, authority, by_token, token, monkeypatch, tmp_path
) -> None:
    def donthu(*words):
        done = CliRunner().invoke(main, [*words, "--authority", authority])
        assert done.exit_code == 0, done.output
        return done

    shown = donthu("report", "02/XLD", "--period", "2026-Q3").stdout
    assert "Quý III năm 2026: từ 15/06/2026 đến 14/09/2026" in shown
    why = donthu("report", "03/GQKN", "--period", "2026-Q3", "--explain", "13").stdout
    assert "k10" in why
    assert "15" in why
    for name in ("six.xlsx", "six.csv", "six.json"):
        path = tmp_path / name
        donthu("report", "all", "--period", "2026-Q3", "-o", str(path))
        assert path.stat().st_size > 1000
    assert load_workbook(tmp_path / "six.xlsx").sheetnames[0] == "01-TCD"
    path = tmp_path / "province.xlsx"
    monkeypatch.setenv("DONTHU_TOKEN", token(authority, wards=wards_of("24")))
    donthu("report", "01/TCD", "--period", "2026-Q3", "--province", "24", "-o", str(path))
    page = load_workbook(path)["01-TCD"]
    names = [page.cell(row, 1).value for row in range(10, 115)]
    assert names.index("Tổng cộng") - names.index("Phường Nhân Hòa") > 0
    assert page.cell(1, 1).value == "UBND TỈNH BẮC NINH"
    lines = (tmp_path / "six.csv").read_text("utf-8-sig").splitlines()
    assert len(lines) == 1 + 142
    late = donthu("reports", "--province", "24", "--period", "2026-Q2").stdout
    assert "99, của 99 trong 99 đơn vị" in late
    then = ("--known-at", "2026-09-01T00:00:00+07:00", "--json")
    before = json.loads(donthu("report", "01/TCD", "--period", "2026-Q3", *then).stdout)
    assert set(before["tables"][0]["sum"]) == {0}  # all came on record on 15 September
    report = json.loads(donthu("freeze", "--period", "2026-Q3", "--json").stdout)["report"]
    today = SystemClock().today().isoformat()
    donthu("submit", report, "--on", today, "--to", "24", "--number", "15/BC-UBND")
    assert report in donthu("reports", "--period", "2026-Q3").stdout
    assert "giống hệt" in donthu("recount", report).stdout
