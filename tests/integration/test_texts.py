"""Every sealed word is read again by those entitled, and by nobody else; over the real broker."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from click.testing import CliRunner
from docx.oxml.ns import qn

from deploy.cli import main
from services.assignment.service import AssignmentService
from services.intake.service import IntakeService
from services.intake.unsealing import WITHHELD
from services.reporting.service import ReportingService
from shared.access.permissions import ROLES
from shared.errors import Malformed, Refused

SENDER = {"name": "Đặng Thị Thử Lộ", "address": "Ngõ 12 phố Kiểm Thử"}
ACCUSED = {"name": "Phạm Bị Tố", "position": "Công chức địa chính"}
VISITOR = {"name": "Trịnh Thị Đến Gặp", "phone": "0907 461 358"}
NOBODYS = "0123456789ab"
ERASING = {"erased_on": "2026-11-20", "ground": "theo_luat", "document": "12/QĐ-UBND"}
READING = {"purpose": "xac_minh"}
ELSEWHERE = {"forwarded_on": "2026-11-04", "competent_authority": "Thanh tra tỉnh"}


@pytest.fixture(scope="module", autouse=True)
def _services(run_once: Callable[[type], Any]) -> None:
    for service in (IntakeService, AssignmentService, ReportingService):
        run_once(service)


@pytest.fixture
def register(rpc: Any, relay: Any) -> Callable[..., str]:
    def petition(kind: str | None, classified: dict[str, Any] | None = None, **more: Any) -> str:
        received = {
            "channel": "tiep_cong_dan",
            "received_on": "2026-11-02",
            "petitioners": [SENDER],
            "respondents": [ACCUSED],
            "subject": "Về việc của cán bộ địa chính",
            "content": "Tôi là Đặng Thị Thử Lộ. Cán bộ nhận tiền của tôi.",
        }
        file: str = rpc.intake.register_petition(received | more)["file"]
        if kind:
            judged = {"file": file, "classified_on": "2026-11-03", "kind": kind, "field": "dat_dai"}
            fits = {"is_competent": True, "meets_conditions": True}
            rpc.intake.classify(judged | fits | (classified or {}))
        return file

    return petition


def refusal(method: Any, payload: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(Refused) as told:
        method(payload)
    return told.value.code, told.value.reason


def told(answer: dict[str, Any]) -> list[tuple[str, str, Any]]:
    return [(each["type"], each["part"], each["words"]) for each in answer["texts"]]


@pytest.fixture
def settle(rpc: Any, accept: Any) -> Callable[[str, str], None]:
    """Accepted, verified, talked over and decided, each with words of its own."""

    def settled(file: str, minutes: str) -> None:
        accept(file, "2026-11-04")
        assigned = {"unit": "kinh-te-ha-tang", "officer": "cb-xay-dung-1"}
        rpc.assignment.assign({"file": file, "assigned_on": "2026-11-05"} | assigned)
        verified = {"reported_on": "2026-11-06", "officer": "cb-xay-dung-1", "findings": minutes}
        rpc.assignment.report_verification({"file": file} | verified)
        decided = {"decided_on": "2026-11-09", "number": "12/QĐ-UBND", "outcome": "dung"}
        words = {"conclusion": minutes, "legal_grounds": "Căn cứ", "measures": "Biện pháp"}
        rpc.assignment.issue_decision({"file": file} | decided | words)

    return settled


def test_all_that_is_sealed_of_a_complaint_is_read_in_its_order(
    register: Any, settle: Any, rpc: Any, eventually: Any, acting: Any, caplog: Any
) -> None:
    file = register("khieu_nai")
    settle(file, "Bà Đặng Thị Thử Lộ nói đúng.")
    met = {"held_on": "2026-11-10", "neighbourhood": "tdp-1", "outcome": "hoa_giai_thanh"}
    rpc.intake.record_mediation(met | {"minutes": "Hai bên thuận tình.", "file": file})
    rpc.intake.record_mediation(met | {"minutes": "Việc khác."})
    answer = rpc.intake.texts({"file": file} | READING)
    assert [(each["type"], each["on"], each["part"]) for each in answer["texts"]] == [
        ("PetitionReceived", "2026-11-02", "p1"),
        ("PetitionReceived", "2026-11-02", "r1"),
        ("PetitionReceived", "2026-11-02", "text"),
        ("VerificationReported", "2026-11-06", "text"),
        ("DecisionIssued", "2026-11-09", "text"),
        ("MediationRecorded", "2026-11-10", "text"),
    ]
    assert answer["file"] == file
    assert answer["is_stripped"] is False
    words = [each["words"] for each in answer["texts"]]
    assert words[0]["name"] == SENDER["name"]
    assert words[3] == {"findings": "Bà Đặng Thị Thử Lộ nói đúng."}
    assert words[4]["measures"] == "Biện pháp"
    assert words[5] == {"minutes": "Hai bên thuận tình."}
    assert answer["texts"][0]["event"] in str(rpc.reporting.history({"file": file}))
    with acting("verifier", actor="officer:cb-xay-dung-1") as theirs:
        assert theirs.intake.texts({"file": file} | READING) == answer
    lines = [text for text in caplog.messages if "sealed_data_read" in text]
    assert "xac_minh" in lines[-1]
    assert "officer:cb-xay-dung-1" in lines[-1]
    assert not [line for line in lines if "Thử Lộ" in line]


def test_no_word_of_a_denunciation_tells_who_sent_it(
    register: Any, settle: Any, rpc: Any, eventually: Any
) -> None:
    file = register("to_cao")
    settle(file, "Đã gặp bà Thử Lộ tại Ngõ 12 phố Kiểm Thử.")
    asked = {"purpose": "bao_ve", "reason": "Gặp bà Đặng Thị Thử Lộ"}
    rpc.intake.request_identity({"file": file} | asked)
    answer = rpc.intake.texts({"file": file} | READING)
    assert answer["is_stripped"] is True
    assert [(kind, part) for kind, part, _ in told(answer)] == [
        ("PetitionReceived", "r1"),
        ("PetitionReceived", "text"),
        ("VerificationReported", "text"),
        ("DecisionIssued", "text"),
    ]
    assert told(answer)[2][2] == {"findings": "Đã gặp bà [đã lược] tại [đã lược]."}
    petition = rpc.intake.petition({"file": file} | READING)
    assert petition["people"] == {"r1": ACCUSED}
    for secret in ("Thử Lộ", "Kiểm Thử"):
        assert secret not in str((answer, petition))


@pytest.mark.parametrize("kind", ["to_cao", None])
def test_a_proxy_who_was_replaced_is_concealed_still(kind: str | None, register: Any, rpc: Any):
    lawyer = {"name": "Lương Văn Kiểm Tra", "capacity": "luat_su", "document_on": "2026-11-01"}
    said = "Đại diện tôi là Lương Văn Kiểm Tra."
    file = register(kind, content=said, proxies=[lawyer])
    another = lawyer | {"name": "Hồ Thị Khác"}
    rpc.intake.record_authorisation(
        {"file": file, "recorded_on": "2026-11-04", "proxies": [another]}
    )
    for method in (rpc.intake.petition, rpc.intake.texts):
        answer = str(method({"file": file} | READING))
        assert "Đại diện tôi là [đã lược]." in answer
        assert "Hồ Thị Khác" not in answer


def test_words_of_a_denunciation_are_withheld_once_its_sender_is_erased(
    register: Any, rpc: Any
) -> None:
    file = register("to_cao", {"is_competent": False})
    rpc.intake.forward({"file": file} | ELSEWHERE)
    rpc.intake.erase_person({"file": file, "part": "p1"} | ERASING)
    petition = rpc.intake.petition({"file": file} | READING)
    assert petition["text"] == WITHHELD
    assert petition["is_stripped"] is True
    answer = rpc.intake.texts({"file": file} | READING)
    assert {words for *_, words in told(answer)} == {WITHHELD}


def test_what_is_erased_of_a_complaint_says_so_and_the_rest_is_read(
    register: Any, rpc: Any
) -> None:
    file = register("khieu_nai", {"is_competent": False})
    guided = {"guided_on": "2026-11-04", "competent_authority": "Tòa án nhân dân"}
    rpc.intake.guide({"file": file} | guided | {"guidance": "Gửi đơn đến Tòa án."})
    rpc.intake.erase_person({"file": file, "part": "p1"} | ERASING)
    answer = told(rpc.intake.texts({"file": file} | READING))
    assert answer[0] == ("PetitionReceived", "p1", "[đã xóa]")
    assert "Đặng Thị Thử Lộ" in str(answer)  # the words themselves were not erased


def test_who_may_not_read_a_file_is_answered_as_if_it_were_not_there(
    acting: Any, register: Any
) -> None:
    denounced = register("to_cao", {"respondent_officers": ["cb-dia-chinh-1"]})
    complaint = register("khieu_nai")
    cases = [
        (("chair", "petition_officer"), "cb-dia-chinh-1", denounced),
        (("reception_clerk",), "lan", denounced),
        (("verifier",), "cb-moi-truong-1", complaint),
        (("unit_head",), "head", complaint),
    ]
    for roles, officer, file in cases:
        with acting(*roles, actor=f"officer:{officer}", unit="van-phong") as ward:
            answers = {
                refusal(method, {"file": number} | READING)
                for number in (file, NOBODYS)
                for method in (ward.intake.petition, ward.intake.texts)
            }
        assert len(answers) == 1, roles
        assert answers.pop()[0] == "unknown_file"
    with acting("reception_clerk") as clerk:
        assert clerk.intake.texts({"file": complaint} | READING)["texts"]
    for role in ("reporting_officer", "province_supervisor", "auditor", "administrator"):
        with acting(role) as ward:
            assert refusal(ward.intake.texts, {"file": complaint} | READING)[0] == "not_permitted"


def test_one_thing_is_asked_for_at_a_time_and_told_by_its_name_if_it_is_not_there(rpc: Any) -> None:
    for asked in ({}, {"reception": NOBODYS, "mediation": NOBODYS}):
        with pytest.raises(Malformed):
            rpc.intake.texts(asked | READING)
    for what, called in (
        ("file", "hồ sơ"),
        ("reception", "buổi tiếp công dân"),
        ("task", "nhiệm vụ"),
        ("mediation", "lần hòa giải"),
    ):
        code, told = refusal(rpc.intake.texts, {what: NOBODYS} | READING)
        assert code == "unknown_file"
        assert told.startswith(f"Không có {called} này; hãy xem lại mã {called},")


def test_a_session_is_read_with_its_people_by_those_who_receive(rpc: Any, acting: Any) -> None:
    turn = {"received_on": "2026-11-02", "person": VISITOR, "content": "Hỏi thủ tục"}
    session = rpc.intake.record_reception(turn | {"matter": "kien_nghi"})["reception"]
    concluded = {"concluded_on": "2026-11-03", "number": "5/TB-UBND", "conclusion": "Đã rõ"}
    rpc.intake.conclude_reception({"reception": session} | concluded)
    of_it = {"reception": session, "purpose": "tiep_cong_dan"}
    for role in ROLES:
        with acting(role) as ward:
            if role in ("reception_clerk", "petition_officer", "chair", "deputy"):
                assert told(ward.intake.texts(of_it)) == [
                    ("CitizenReceived", "p1", VISITOR),
                    ("CitizenReceived", "text", {"content": "Hỏi thủ tục"}),
                    ("ReceptionConcluded", "text", {"conclusion": "Đã rõ"}),
                ]
            else:
                assert refusal(ward.intake.texts, of_it)[0] == "not_permitted", role


def test_who_was_not_received_is_read_with_the_reasons(rpc: Any) -> None:
    said = {"refused_on": "2026-11-02", "ground": "de_doa_xuc_pham", "reasons": "Đe dọa"}
    refused = rpc.intake.refuse_reception(said | {"person": VISITOR})["reception"]
    answer = rpc.intake.texts({"reception": refused} | READING)
    assert told(answer) == [
        ("ReceptionRefused", "p1", VISITOR),
        ("ReceptionRefused", "text", {"reasons": "Đe dọa"}),
    ]


@pytest.mark.parametrize("about", [{"matter": "to_cao"}, {}, {"file": "denounced"}])
def test_who_came_to_denounce_is_concealed_in_the_session(
    about: dict[str, str], rpc: Any, register: Any, acting: Any
) -> None:
    if "file" in about:
        about = {"file": register("to_cao")}
    words = "Tôi là Trịnh Thị Đến Gặp, cùng bà Đặng Thị Thử Lộ."
    turn = {"received_on": "2026-11-02", "person": VISITOR, "content": words}
    session = rpc.intake.record_reception(turn | about)["reception"]
    concluded = {"concluded_on": "2026-11-03", "number": "5/TB-UBND"}
    said = {"conclusion": "Bà Trịnh Thị Đến Gặp đã được giải thích."}
    rpc.intake.conclude_reception({"reception": session} | concluded | said)
    answer = rpc.intake.texts({"reception": session} | READING)
    assert answer["is_stripped"] is True
    assert [part for _, part, _ in told(answer)] == ["text", "text"]
    assert "Đến Gặp" not in str(answer)
    assert ("Thử Lộ" in str(answer)) is ("file" not in about)
    with acting("reception_clerk") as clerk:  # who reads no denunciation
        theirs = clerk.intake.texts({"reception": session} | READING)["texts"]
        assert theirs == ([] if about else answer["texts"])


def test_turns_about_a_file_that_is_kept_from_the_reader_are_left_out(
    rpc: Any, register: Any, acting: Any
) -> None:
    file = register("khieu_nai", {"respondent_officers": ["cb-dia-chinh-1"]})
    turn = {"received_on": "2026-11-02", "person": VISITOR, "content": "Nộp đơn"}
    session = rpc.intake.record_reception(turn | {"file": file})["reception"]
    rpc.intake.record_reception(turn | {"matter": "kien_nghi", "content": "Hỏi thủ tục"})
    concluded = {"concluded_on": "2026-11-03", "number": "5/TB-UBND", "conclusion": "Về địa chính"}
    rpc.intake.conclude_reception({"reception": session} | concluded)
    met = {"held_on": "2026-11-10", "neighbourhood": "tdp-1", "outcome": "hoa_giai_thanh"}
    mediation = rpc.intake.record_mediation(met | {"minutes": "Biên bản", "file": file})
    of_it = {"mediation": mediation["mediation"]} | READING
    assert told(rpc.intake.texts(of_it)) == [("MediationRecorded", "text", {"minutes": "Biên bản"})]
    with acting("chair", actor="officer:cb-dia-chinh-1") as accused:
        answer = accused.intake.texts({"reception": session} | READING)
        assert told(answer) == [
            ("CitizenReceived", "p1", VISITOR),
            ("CitizenReceived", "text", {"content": "Hỏi thủ tục"}),
        ]
        assert refusal(accused.intake.texts, of_it) == refusal(
            accused.intake.texts, {"mediation": NOBODYS} | READING
        )


def test_a_task_is_read_by_who_gave_it_and_by_whom_it_was_given_to(rpc: Any, acting: Any) -> None:
    given = {
        "set_on": "2026-11-02",
        "due_on": "2026-11-30",
        "topic": "tuyen_truyen",
        "unit": "van-hoa-xa-hoi",
        "officer": "cb-xa-hoi-1",
        "instruction": "Tuyên truyền Luật Tố cáo",
    }
    task = rpc.assignment.set_task(given)["task"]
    rpc.assignment.finish_task({"task": task, "done_on": "2026-11-10", "result": "Ba buổi"})
    of_it = {"task": task} | READING
    theirs = [
        (("chair",), {}),
        (("deputy",), {}),
        (("verifier",), {"actor": "officer:cb-xa-hoi-1"}),
        (("unit_head",), {"unit": "van-hoa-xa-hoi"}),
    ]
    for roles, claims in theirs:
        with acting(*roles, **claims) as ward:
            assert told(ward.intake.texts(of_it)) == [
                ("TaskSet", "text", {"instruction": "Tuyên truyền Luật Tố cáo"}),
                ("TaskDone", "text", {"result": "Ba buổi"}),
            ]
    others = [
        (("verifier",), {"actor": "officer:cb-xa-hoi-2"}),
        (("unit_head",), {"unit": "van-phong"}),
        (("petition_officer", "reception_clerk"), {}),
    ]
    for roles, claims in others:
        with acting(*roles, **claims) as ward:
            answers = [
                refusal(ward.intake.texts, {"task": number} | READING) for number in (task, NOBODYS)
            ]
        assert answers[0] == answers[1]
        assert answers[0][0] == "unknown_file"


@pytest.fixture
def donthu(authority: str, by_token: None) -> Callable[..., str]:
    """The command line, in the name of the test's ward."""

    def run(*words: object) -> str:
        done = CliRunner().invoke(main, [*map(str, words), "--authority", authority])
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


def _paper(path: Path) -> str:
    body = docx.Document(str(path)).element.body
    return "".join(text.text for text in body.iter(qn("w:t")))


def test_the_command_line_reads_what_is_sealed(donthu: Any, register: Any, rpc: Any) -> None:
    file = register("khieu_nai")
    told = donthu("texts", file, "--purpose", "xu_ly_don")
    assert "02/11/2026  Tiếp nhận đơn (p1)" in told
    assert "họ tên: Đặng Thị Thử Lộ" in told
    turn = {"received_on": "2026-11-02", "person": VISITOR, "content": "Hỏi", "matter": "kien_nghi"}
    session = rpc.intake.record_reception(turn)["reception"]
    asked = ("texts", session, "--of", "reception", "--purpose", "tiep_cong_dan", "--json")
    assert json.loads(donthu(*asked))["texts"][0]["words"] == VISITOR


def test_papers_are_filled_with_what_the_caller_may_read(
    donthu: Any, register: Any, rpc: Any, tmp_path: Path, eventually: Any
) -> None:
    file, denounced = register("khieu_nai"), register("to_cao")
    eventually(lambda: len(rpc.reporting.cases({})["cases"]) == 2)
    letter, notice, book = (tmp_path / name for name in ("a.docx", "b.docx", "c.json"))
    opening = ("--open", "giai_quyet", "-o")
    donthu("letter", file, "quyet_dinh_giai_quyet_khieu_nai", "-o", letter)
    assert "Đặng Thị Thử Lộ" not in _paper(letter)
    donthu("letter", file, "quyet_dinh_giai_quyet_khieu_nai", *opening, letter)
    assert "Đặng Thị Thử Lộ" in _paper(letter)
    donthu("letter", denounced, "quyet_dinh_thu_ly_to_cao", *opening, notice)
    assert "Phạm Bị Tố" in _paper(notice)
    assert "Thử Lộ" not in _paper(notice)
    donthu("letter", denounced, "thong_bao_thu_ly_to_cao", *opening, notice)
    assert "[họ tên người tố cáo – mở tại quầy]" in _paper(notice)
    donthu("register", "don", "--period", "2026-11-01..2026-11-30", *opening, book)
    cells = {row["stream"]: row["cells"] for row in json.loads(book.read_text("utf-8"))["rows"]}
    assert "Đặng Thị Thử Lộ, Ngõ 12 phố Kiểm Thử" in cells[f"petition-{file}"]
    assert "[đã niêm phong]" in cells[f"petition-{denounced}"]
    assert "Phạm Bị Tố, Công chức địa chính" in cells[f"petition-{denounced}"]
