"""Whoever is complained about finds the file nowhere: not by asking wrongly, not by its neighbours.

The same of a file that is not one's own. What the law counts is counted for everybody, and what is
behind a figure is told to those who may read it.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from nameko.exceptions import RemoteError

from services.assignment.service import AssignmentService
from services.deadlines.service import DeadlinesService
from services.intake.service import IntakeService
from services.reporting import rebuild
from services.reporting.service import ReportingService
from shared.calling import _Called
from shared.clock import SystemClock, instant_text
from shared.errors import Malformed, Refused
from shared.mongo_log import MongoLog
from shared.projecting import Projector
from tests.support.recording import record
from tests.support.stories import DECIDED

SERVICES = (IntakeService, AssignmentService, DeadlinesService, ReportingService)
MISSING = "0123456789ab"
ACCUSED = "officer:cb-dia-chinh-1"
QUARTER = "2026-Q4"


@pytest.fixture(autouse=True)
def _services(run_service: Callable[[type], Any]) -> None:
    for service in SERVICES:
        run_service(service)


@pytest.fixture
def acting(acting: Callable[..., Any]) -> Callable[..., Any]:
    """Called by the accused, unless told otherwise."""
    return partial(acting, actor=ACCUSED)


@pytest.fixture
def register(rpc: Any, relay: Any, eventually: Any) -> Callable[..., str]:
    def petition(kind: str = "khieu_nai", officers: tuple[str, ...] = (), **more: Any) -> str:
        file = receive(rpc, kind, **more)
        classify(rpc, file, kind, officers)
        eventually(lambda: rpc.reporting.case({"file": file})["kind"] == kind)
        return file

    return petition


def receive(rpc: Any, kind: str, **more: Any) -> str:
    received = {
        "channel": "tiep_cong_dan",
        "received_on": "2026-11-02",
        "claimed_kind": kind,
        "petitioners": [{"name": "Đặng Thị Thử", "id_number": "001199000778"}],
        "subject": "Về việc cấp giấy chứng nhận",
        "content": "Tôi đề nghị xem xét việc cấp giấy chứng nhận quyền sử dụng đất.",
    }
    file: str = rpc.intake.register_petition(received | more)["file"]
    return file


def classify(rpc: Any, file: str, kind: str, officers: tuple[str, ...] = ()) -> None:
    judged = {
        "file": file,
        "classified_on": "2026-11-03",
        "kind": kind,
        "field": "dat_dai",
        "is_competent": True,
        "meets_conditions": True,
        "respondent_officers": list(officers),
    }
    rpc.intake.classify(judged)


def outcome(method: Any, payload: dict[str, Any]) -> tuple[str, Any]:
    try:
        return "answered", method(payload)
    except Refused as refusal:
        return refusal.code, refusal.reason
    except Malformed as malformed:
        return "malformed", malformed.errors
    except RemoteError as fault:
        return fault.exc_type, ""


def commands() -> list[tuple[str, str]]:
    return [
        (service.name, name)
        for service in SERVICES
        for name in dir(service)
        if any(
            isinstance(each, _Called)
            for each in getattr(getattr(service, name), "nameko_entrypoints", ())
        )
    ]


def test_whatever_is_asked_of_a_hidden_file_is_answered_as_of_none(
    acting: Any, register: Any
) -> None:
    hidden, other = register("to_cao", ("cb-dia-chinh-1",)), register("kien_nghi")

    def ways(file: str) -> list[dict[str, Any]]:
        return [
            {"file": file},
            {"file": file, "lạ": 1},
            {"file": file, "purpose": "không có", "letter": "không có", "request": 7},
            {"file": other, "to": file, "relation": "lien_quan"},
            {"file": other, "to": file, "lạ": 1},
        ]

    assert len(commands()) > 80
    with acting("chair", "petition_officer", "reporting_officer", "reception_clerk") as ward:
        for service, name in commands():
            method = getattr(getattr(ward, service), name)
            for asked, of_none in zip(ways(hidden), ways(MISSING), strict=True):
                told = outcome(method, asked)
                assert told == outcome(method, of_none), (service, name, asked)
                assert hidden not in str(told)


def test_a_file_that_is_linked_to_a_hidden_one_does_not_tell(
    acting: Any, register: Any, rpc: Any, eventually: Any
) -> None:
    hidden = register("to_cao", ("cb-dia-chinh-1",))
    beside = register("kien_nghi")
    linked = register("khieu_nai", repeats=hidden)
    for to in (hidden, beside):
        rpc.intake.link({"file": linked, "to": to, "relation": "lien_quan"})
    eventually(lambda: len(rpc.reporting.case({"file": linked})["links"]) == 2)
    asked: list[tuple[str, dict[str, Any]]] = [
        ("case", {"file": linked}),
        ("history", {"file": linked}),
        ("timeline", {"file": linked}),
        ("replay", {"file": linked, "as_of": "2026-11-23"}),
        ("compare", {"file": linked, "first": {"as_of": "2026-11-01"}, "second": {}}),
        ("cases", {}),
        ("cases_as_of", {"as_of": "2026-11-23"}),
        ("backlog", {"min_days": 1}),
        ("overdue", {}),
        ("register", {"register": "don", "period": QUARTER}),
        ("explain_figure", {"form": "02/XLD", "column": 1, "period": QUARTER}),
    ]
    with acting("chair", "petition_officer") as ward:
        for method, payload in asked:
            told = str(getattr(ward.reporting, method)(payload))
            assert hidden not in told, method
        assert beside in str(ward.reporting.history({"file": linked}))
        assert beside in str(ward.reporting.case({"file": linked}))
    assert hidden in str(rpc.reporting.history({"file": linked}))  # others see all of it


def test_a_figure_counts_what_its_reader_may_not_see_and_says_how_many(
    acting: Any, register: Any, rpc: Any
) -> None:
    hidden, seen = register("to_cao", ("cb-dia-chinh-1",)), register("to_cao")
    turn = {"received_on": "2026-11-02", "content": "Nộp đơn", "person": {"name": "Đặng Thị Thử"}}
    for file in (hidden, seen):
        rpc.intake.record_reception(turn | {"file": file})
    asked = {"period": QUARTER}

    def columns(ward: Any, form: str) -> Iterator[tuple[dict[str, Any], int]]:
        (table,) = ward.reporting.statutory_report(asked | {"form": form})["tables"]
        for number, figure in enumerate(table["sum"], start=1):
            why = ward.reporting.explain_figure(asked | {"form": form, "column": number})
            yield why, figure

    with acting("chair") as accused:
        kept_back, shown = 0, ""
        for form in ("01/TCD", "02/XLD", "04/GQTC"):
            for (why, figure), (whole, total) in zip(
                columns(accused, form), columns(rpc, form), strict=True
            ):
                assert figure == total == why["figure"] == whole["figure"]
                assert whole["not_shown"] == 0
                assert len(why["entries"]) + why["not_shown"] == len(whole["entries"])
                assert hidden not in str(why)
                kept_back += why["not_shown"]
                shown += str(why["entries"])
        assert kept_back >= 2  # the petition, and the turn at which it was handed in
        assert seen in shown
        for told in (
            accused.reporting.statutory_report(asked),
            accused.reporting.performance(asked),
            accused.reporting.workload({}),
        ):
            assert hidden not in str(told)


def outdated(mongo_client: Any, _monkeypatch: pytest.MonkeyPatch) -> None:
    """As after an upgrade, until the rebuild is done."""
    mongo_client[rebuild.DATABASE]["tables"].update_many({}, {"$set": {"version": 0}})


def not_followed(_mongo_client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a fold fails at something in the ward."""
    monkeypatch.setattr(Projector, "_apply", lambda *_: 1 / 0)


@pytest.fixture
def tables(mongo_client: Any) -> Iterator[None]:
    """Put back afterwards as they are."""
    known = mongo_client[rebuild.DATABASE]["tables"]
    before = list(known.find())
    yield
    for row in before:
        known.replace_one({"_id": row["_id"]}, row)


@pytest.mark.parametrize("stop", [outdated, not_followed])
def test_a_table_that_stands_still_shows_nobody_what_was_hidden_meanwhile(
    acting: Any,
    register: Any,
    rpc: Any,
    eventually: Any,
    mongo_client: Any,
    tables: None,
    monkeypatch: pytest.MonkeyPatch,
    stop: Callable[[Any, pytest.MonkeyPatch], None],
) -> None:
    old, seen = register("to_cao"), register("to_cao")
    turn = {"received_on": "2026-11-02", "content": "Nộp đơn", "person": {"name": "Đặng Thị Thử"}}
    session = rpc.intake.record_reception(turn | {"file": old})["reception"]
    eventually(lambda: old in str(rpc.reporting.receptions({})))
    stop(mongo_client, monkeypatch)
    classify(rpc, old, "to_cao", ("cb-dia-chinh-1",))
    new = receive(rpc, "to_cao")
    classify(rpc, new, "to_cao", ("cb-dia-chinh-1",))
    rpc.intake.record_reception(turn | {"file": new})
    asked: list[tuple[str, dict[str, Any]]] = [
        ("cases", {}),
        ("backlog", {"min_days": 1}),
        ("overdue", {}),
        ("register", {"register": "don", "period": QUARTER}),
        ("register", {"register": "tiep_cong_dan", "period": QUARTER}),
        ("receptions", {}),
        ("reception", {"reception": session}),
        ("cases_as_of", {"as_of": "2026-11-23"}),
        ("performance", {"period": QUARTER}),
        ("explain_figure", {"period": QUARTER, "form": "02/XLD", "column": 1}),
    ]
    with acting("chair", "petition_officer") as accused:
        for method, payload in asked:
            told = str(getattr(accused.reporting, method)(payload))
            assert old not in told, method
            assert new not in told, method
        assert seen in str(accused.reporting.cases({}))
        assert accused.reporting.workload({})["open"] == 1


def test_a_file_is_hidden_from_the_moment_that_this_is_recorded(acting: Any, rpc: Any) -> None:
    def told(ward: Any, **more: Any) -> str:
        asked = {"period": QUARTER, "form": "02/XLD"} | more
        return str([ward.reporting.explain_figure(asked | {"column": n}) for n in (1, 2, 3)])

    with (
        acting("chair") as accused,
        acting("unit_head", actor="officer:truong-phong", unit="kinh-te-ha-tang") as head,
    ):
        for _ in range(5):
            hidden = receive(rpc, "to_cao")
            assert hidden not in told(head)
            assert hidden in told(accused)
            before = instant_text(SystemClock().now())
            classify(rpc, hidden, "to_cao", ("cb-dia-chinh-1",))
            assert hidden not in told(accused)
            assert hidden not in told(accused, known_at=before)
            for method, payload in (("cases", {}), ("performance", {"period": QUARTER})):
                assert hidden not in str(getattr(accused.reporting, method)(payload))


def test_a_clerk_is_not_told_which_denunciation_somebody_came_about(
    acting: Any, register: Any, rpc: Any, eventually: Any
) -> None:
    denunciation, complaint = register("to_cao"), register("khieu_nai")
    turn = {"received_on": "2026-11-02", "content": "Nộp đơn", "person": {"name": "Đặng Thị Thử"}}
    for file in (denunciation, complaint):
        session = rpc.intake.record_reception(turn | {"file": file})["reception"]
    eventually(lambda: complaint in str(rpc.reporting.receptions({})))
    letters = [each for each in rpc.reporting.letters({})["letters"] if each["of"] == "reception"]
    with acting("reception_clerk") as clerk:
        (shown,) = clerk.reporting.receptions({})["receptions"]
        assert [turn["file"] for turn in shown["turns"]] == [None, complaint]
        entries = clerk.reporting.reception({"reception": session})["entries"]
        assert len(entries) == 2
        assert complaint in str(entries)
        assert denunciation not in str(entries)
        for each in letters:
            asked = {"file": session, "letter": each["letter"]}
            assert denunciation not in str(outcome(clerk.reporting.letter, asked))


def test_a_letter_about_a_session_does_not_name_a_hidden_file(
    acting: Any, register: Any, rpc: Any
) -> None:
    hidden = register("to_cao", ("cb-dia-chinh-1",))
    turn = {"received_on": "2026-11-02", "content": "Nộp đơn", "person": {"name": "Đặng Thị Thử"}}
    session = rpc.intake.record_reception(turn | {"file": hidden})["reception"]
    letters = rpc.reporting.letters({})["letters"]
    asked = [
        {"file": session, "letter": each["letter"]} for each in letters if each["of"] == "reception"
    ]
    told = [outcome(rpc.reporting.letter, each)[1] for each in asked]
    assert hidden in str(told)
    with acting("chair") as accused:
        assert hidden not in str([outcome(accused.reporting.letter, each) for each in asked])


def test_a_head_of_a_unit_is_not_told_the_files_behind_a_figure_of_the_ward(
    acting: Any, register: Any, rpc: Any
) -> None:
    file = register("kien_nghi")
    with acting("unit_head", actor="officer:truong-phong", unit="kinh-te-ha-tang") as head:
        for number in range(1, 10):
            asked = {"period": QUARTER, "form": "02/XLD", "column": number}
            told, whole = (each.reporting.explain_figure(asked) for each in (head, rpc))
            assert told["figure"] == whole["figure"]
            assert (told["entries"], told["not_shown"]) == ([], len(whole["entries"]))
        for told in (
            head.reporting.performance({"period": QUARTER}),
            head.reporting.statutory_report({"period": QUARTER}),
        ):
            assert file not in str(told)


def test_a_correction_of_something_else_gives_the_accused_nothing_back(
    acting: Any, register: Any, rpc: Any
) -> None:
    file = register("to_cao", officers=("cb-dia-chinh-1",))
    judged = {"file": file, "classified_on": "2026-11-03", "kind": "to_cao", "field": "dat_dai"}
    rpc.intake.classify(judged | {"is_competent": True, "meets_conditions": True})
    with acting("petition_officer") as ward:
        told = outcome(ward.intake.petition, {"file": file, "purpose": "xu_ly_don"})
    assert told[0] == "unknown_file"


def test_filing_away_does_not_tell_of_a_hidden_file_that_was_answered(
    acting: Any, register: Any, rpc: Any, mongo_client: Any, authority: str
) -> None:
    hidden = register("kien_nghi", ("cb-dia-chinh-1",))
    linked, alone = register("kien_nghi"), register("kien_nghi")
    rpc.intake.link({"file": linked, "to": hidden, "relation": "don_trung"})
    rpc.intake.accept({"file": hidden, "accepted_on": "2026-11-04"})
    record(MongoLog(mongo_client), authority, f"case-{hidden}", DECIDED)
    away = {"filed_on": "2026-11-20", "ground": "da_huong_dan_tra_loi"}
    with acting("petition_officer") as ward:
        told = [outcome(ward.intake.file_away, {"file": file} | away) for file in (linked, alone)]
    assert told[0] == told[1]
    assert told[0][0] == "not_answered_before"
    rpc.intake.file_away({"file": linked} | away)


def test_no_clock_tells_of_a_turn_about_a_hidden_file(
    acting: Any, register: Any, rpc: Any, eventually: Any
) -> None:
    hidden = register("to_cao", ("cb-dia-chinh-1",))
    turn = {"received_on": "2026-11-02", "content": "Nộp đơn", "person": {"name": "Đặng Thị Thử"}}
    session = rpc.intake.record_reception(turn)["reception"]
    rpc.intake.record_reception(turn | {"file": hidden})
    theirs = rpc.intake.record_reception(turn | {"kind": "dot_xuat", "file": hidden})["reception"]
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("deadlines", "of_case", {"file": session}),
        ("deadlines", "of_case", {"file": theirs}),
        ("deadlines", "upcoming", {"days": 60}),
        ("deadlines", "overdue", {}),
        ("reporting", "receptions", {}),
        ("reporting", "reception", {"reception": session}),
    ]

    def told(ward: Any) -> list[str]:
        return [str(outcome(getattr(getattr(ward, of), name), each)) for of, name, each in asked]

    def row(ward: Any) -> Any:
        sessions = ward.reporting.receptions({})["receptions"]
        found = [each for each in sessions if each["reception"] == session]
        return found[0] if found else {"clocks": {}}

    eventually(lambda: len(row(rpc)["clocks"]) == 2 and "result_notice" in told(rpc)[1])
    rpc.deadlines.sweep({})
    eventually(
        lambda: {each["clock"] for each in row(rpc)["escalations"]} == set(row(rpc)["clocks"])
    )
    assert all("result_notice.2" in told(rpc)[place] for place in (0, 3, 4))
    with acting("chair", "petition_officer") as accused:
        of_accused = told(accused)
        assert "result_notice" in of_accused[0]
        assert "result_notice.2" not in str(of_accused)
        assert of_accused[1] == str(outcome(accused.deadlines.of_case, {"file": MISSING}))
        shown = row(accused)
        assert (len(shown["turns"]), shown["people"]) == (1, 1)
        assert list(shown["clocks"]) == ["result_notice"]
        (alone,) = (
            each for each in accused.reporting.receptions({"kind": "dot_xuat"})["receptions"]
        )
        assert (alone["next_due_on"], alone["waiting_due_on"], alone["escalations"]) == (
            None,
            None,
            [],
        )
        notice = {"reception": session, "notified_on": "2026-11-05"}
        of_theirs, of_none = (
            outcome(accused.intake.notify_result, notice | {"turn": turn}) for turn in (2, 9)
        )
        assert of_theirs == of_none
    with acting("reception_clerk", actor="officer:cb-khac") as clerk:
        assert "result_notice.2" in told(clerk)[0]  # kept from nobody else
        assert outcome(clerk.intake.notify_result, notice | {"turn": 2})[0] == "answered"
