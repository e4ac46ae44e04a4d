"""Whoever came to the desk, was turned away or stands in minutes or a task is erased: over the real
broker, with the vault's own keys.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
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
from shared import vault as vaults
from shared.contracts.petitions import ErasureGround, Kind, PersonErased
from shared.contracts.receptions import CitizenReceived, Host, ReceptionKind, ReceptionMode
from shared.errors import Refused
from shared.event_sourcing import file_number
from shared.ledger import flatten
from shared.mongo_log import MongoLog
from shared.personal import Personal
from shared.proof import erasures
from shared.vault import Vault, key_of
from tests.support.recording import record

HOA, MAI = {"name": "Trịnh Thị Hòa"}, {"name": "Phan Thị Mai"}
DAY = "2026-11-02"
ERASING = {"erased_on": "2026-11-20", "ground": "theo_luat", "document": "12/QĐ-UBND"}
READING = {"purpose": "tiep_cong_dan"}
GONE = "[đã xóa]"


@pytest.fixture(scope="module", autouse=True)
def _services(run_once: Callable[[type], Any]) -> None:
    for service in (IntakeService, AssignmentService, ReportingService):
        run_once(service)


@pytest.fixture
def received(rpc: Any) -> Callable[..., str]:
    """Somebody is received on the same day as all others; answers the session."""

    def turn(person: dict[str, str], content: str, **more: Any) -> str:
        said = {"received_on": DAY, "person": person, "content": content, "matter": "kien_nghi"}
        return str(rpc.intake.record_reception(said | more)["reception"])

    return turn


@pytest.fixture
def faults(mongo_client: Any, log: MongoLog, authority: str) -> Callable[[], erasures.Faults]:
    """Where keys and ledger do not agree, as `donthu verify --keys` finds it."""

    def ask() -> erasures.Faults:
        have_keys = vaults.have_keys
        commits = log.after(authority, 0)
        return erasures.faults(commits, lambda boxes: have_keys(mongo_client, boxes))

    return ask


@pytest.fixture
def missing(faults: Callable[[], erasures.Faults]) -> Callable[[], list[str]]:
    """What was erased without a record of it, where all that is recorded was erased."""

    def ask() -> list[str]:
        found = faults()
        assert found.undone == []
        return found.unrecorded

    return ask


def words(rpc: Any, **of: str) -> list[tuple[str, Any]]:
    return [(each["part"], each["words"]) for each in rpc.intake.texts(of | READING)["texts"]]


def refusal(method: Any, payload: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(Refused) as told:
        method(payload)
    return told.value.code, told.value.reason


def test_one_turn_of_a_session_is_erased_and_the_others_are_read(
    rpc: Any, received: Any, log: MongoLog, authority: str, missing: Any
) -> None:
    session = received(HOA, "Hỏi thủ tục")
    assert received(MAI, "Hỏi bồi thường") == session
    rpc.intake.conclude_reception(
        {"reception": session, "concluded_on": DAY, "number": "5/TB", "conclusion": "Đã rõ"}
    )
    sealed = [box for each in commits(log, authority, session) for box in each.sealed.values()]
    assert len({key_of(box) for box in sealed}) == len(sealed) == 5

    erasing = ERASING | {"reception": session, "part": "p1", "turns": [1]}
    for _ in range(2):  # the second time changes nothing
        assert rpc.intake.erase_person(erasing)["reception"] == session
    assert words(rpc, reception=session) == [
        ("p1", GONE),
        ("text", {"content": "Hỏi thủ tục"}),
        ("p1", MAI),
        ("text", {"content": "Hỏi bồi thường"}),
        ("text", {"conclusion": "Đã rõ"}),
    ]
    rpc.intake.erase_person(erasing | {"part": "text"})
    rpc.intake.erase_person(ERASING | {"reception": session, "part": "text"})
    assert [told for _, told in words(rpc, reception=session)] == [
        GONE,
        GONE,
        MAI,
        {"content": "Hỏi bồi thường"},
        GONE,
    ]
    told = [each.data for each in commits(log, authority, session) if each.type == "PersonErased"]
    assert [(each.get("turn"), each["part"]) for each in told] == [
        (1, "p1"),
        (1, "text"),
        (None, "text"),
    ]
    assert missing() == []
    assert rpc.reporting.verify({})["ok"]
    entries = str(rpc.reporting.reception({"reception": session})["entries"])
    assert "Xóa dữ liệu cá nhân (p1, lượt tiếp thứ 1)" in entries


def commits(log: MongoLog, authority: str, session: str) -> list[Any]:
    return list(flatten(log.read(authority, f"reception-{session}")))


def test_what_is_said_of_a_session_after_its_words_were_erased_is_read_and_erased_anew(
    rpc: Any, missing: Any
) -> None:
    posted = {"posted_on": "2026-10-01", "held_on": DAY, "kind": "dinh_ky", "mode": "truc_tuyen"}
    session = rpc.intake.schedule_reception(posted)["reception"]
    test = {"reception": session, "tested_on": "2026-10-30", "result": "dat", "done": "Thay dây"}
    rpc.intake.record_online_test(test)
    erasing = ERASING | {"reception": session, "part": "text"}
    rpc.intake.erase_person(erasing | {"idempotency_key": "k-1"})
    rpc.intake.conclude_reception(
        {"reception": session, "concluded_on": DAY, "number": "5/TB", "conclusion": "Đã rõ"}
    )
    rpc.intake.erase_person(erasing | {"idempotency_key": "k-1"})  # the same one come again
    assert words(rpc, reception=session) == [("text", GONE), ("text", {"conclusion": "Đã rõ"})]
    rpc.intake.erase_person(erasing | {"idempotency_key": "k-2"})
    assert words(rpc, reception=session) == [("text", GONE), ("text", GONE)]
    assert missing() == []


@pytest.fixture
def old_session(log: MongoLog, vault: Vault, authority: str) -> str:
    """Two turns as they were sealed before each had keys of its own."""
    day = ("thuong_xuyen", "truc_tiep", "can_bo", DAY)
    session = file_number("reception", authority, *day)
    for turn, person in enumerate((HOA, MAI), start=1):
        event = CitizenReceived(
            received_on=date.fromisoformat(DAY),
            kind=ReceptionKind.REGULAR,
            mode=ReceptionMode.IN_PERSON,
            host=Host.OFFICER,
            turn=turn,
            matter=Kind.RECOMMENDATION,
        )
        said = Personal({"p1": person, "text": {"content": f"Lượt {turn}"}})
        stream = f"reception-{session}"
        sealed = vault.seal(authority, session, said, stream=stream)
        record(log, authority, stream, event, sealed=sealed)
    return session


def test_turns_that_share_their_keys_are_read_and_erased_together(
    rpc: Any, received: Any, old_session: str, missing: Any
) -> None:
    third = {"name": "Lê Thị Ba"}
    assert received(third, "Lượt 3") == old_session
    assert ("p1", HOA) in words(rpc, reception=old_session)
    erasing = ERASING | {"reception": old_session, "part": "p1"}
    code, reason = refusal(rpc.intake.erase_person, erasing | {"turns": [2]})
    assert code == "turns_share_keys"
    assert "các lượt 1, 2" in reason
    assert ("p1", MAI) in words(rpc, reception=old_session)
    rpc.intake.erase_person(erasing | {"turns": [1, 2]})
    assert words(rpc, reception=old_session).count(("p1", GONE)) == 2
    assert ("p1", third) in words(rpc, reception=old_session)
    rpc.intake.erase_person(erasing | {"turns": [3]})
    assert missing() == []


def test_who_was_not_received_is_erased(rpc: Any, donthu: Any, tmp_path: Path) -> None:
    said = {"refused_on": DAY, "ground": "da_tra_loi", "reasons": "Đã trả lời", "person": HOA}
    refused = rpc.intake.refuse_reception(said)["reception"]
    erasing = ERASING | {"reception": refused}
    assert refusal(rpc.intake.erase_person, erasing | {"part": "p2"})[0] == "unknown_part"
    rpc.intake.erase_person(erasing | {"part": "p1"})
    assert words(rpc, reception=refused) == [("p1", GONE), ("text", {"reasons": "Đã trả lời"})]
    notice = tmp_path / "a.docx"
    donthu("letter", refused, "thong_bao_tu_choi_tiep", "--open", "tiep_cong_dan", "-o", notice)
    assert GONE in paper(notice)
    assert "Trịnh Thị Hòa" not in paper(notice)


@pytest.fixture
def donthu(authority: str, by_token: None) -> Callable[..., str]:
    """The command line, in the name of the test's ward."""

    def run(*said: object) -> str:
        done = CliRunner().invoke(main, [*map(str, said), "--authority", authority])
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


def paper(path: Path) -> str:
    body = docx.Document(str(path)).element.body
    return "".join(text.text for text in body.iter(qn("w:t")))


def row_of(rpc: Any, session: str) -> dict[str, Any]:
    """As reporting lists it; empty as long as it has not heard of it."""
    listed = rpc.reporting.receptions({})["receptions"]
    return next((each for each in listed if each["reception"] == session), {})


def test_the_book_of_citizen_reception_says_who_was_erased(
    rpc: Any, received: Any, donthu: Any, tmp_path: Path, eventually: Any
) -> None:
    session = received(HOA, "Hỏi thủ tục")
    received(MAI, "Hỏi bồi thường")
    rpc.intake.erase_person(ERASING | {"reception": session, "part": "p1", "turns": [1]})
    both = [1, 2]
    eventually(lambda: [turn["turn"] for turn in row_of(rpc, session).get("turns", ())] == both)
    book = tmp_path / "book.json"
    asked = ("register", "tiep_cong_dan", "--period", f"{DAY}..{DAY}", "-o", book)
    donthu(*asked, "--open", "tiep_cong_dan")
    first, second = (row["cells"] for row in json.loads(book.read_text("utf-8"))["rows"])
    assert first[2:5] == [GONE, GONE, "Hỏi thủ tục"]
    assert second[2] == "Phan Thị Mai"


def test_a_mediation_is_erased_once_the_file_is_settled(rpc: Any, relay: Any, missing: Any) -> None:
    file = petition(rpc)
    met = {"held_on": DAY, "neighbourhood": "tdp-1", "outcome": "hoa_giai_thanh"}
    minutes = {"minutes": "Bà Trịnh Thị Hòa thuận tình.", "file": file}
    mediation = rpc.intake.record_mediation(met | minutes)["mediation"]
    turn = {"received_on": DAY, "person": HOA, "content": "Nộp đơn", "file": file}
    session = rpc.intake.record_reception(turn)["reception"]
    asked = [
        ERASING | {"mediation": mediation, "part": "text"},
        ERASING | {"reception": session, "part": "p1", "turns": [1]},
    ]
    for erasing in asked:
        assert refusal(rpc.intake.erase_person, erasing)[0] == "file_still_open"
    guided = {"file": file, "guided_on": "2026-11-04", "competent_authority": "Tòa án nhân dân"}
    rpc.intake.guide(guided | {"guidance": "Gửi đơn đến Tòa án."})
    for erasing in asked * 2:
        rpc.intake.erase_person(erasing)
    assert words(rpc, mediation=mediation) == [("text", GONE)]
    assert words(rpc, reception=session)[0] == ("p1", GONE)
    assert ("text", GONE) in words(rpc, file=file)
    assert missing() == []


def test_a_task_is_erased_once_it_is_done(
    rpc: Any, log: MongoLog, authority: str, donthu: Any, missing: Any, eventually: Any
) -> None:
    task, another = given(rpc), finished(rpc)
    erasing = ERASING | {"task": task, "part": "text"}
    assert refusal(rpc.intake.erase_person, erasing)[0] == "task_still_open"
    finish(rpc, task)
    for _ in range(2):  # the second time changes nothing
        assert rpc.intake.erase_person(erasing)["task"] == task
    assert words(rpc, task=task) == [("text", GONE), ("text", GONE)]
    assert ("text", {"result": "Đã gặp bà Hòa"}) in words(rpc, task=another)
    read = donthu("texts", task, "--of", "task", "--purpose", "xac_minh")
    assert read.count(GONE) == 2
    kept = {
        category: [each.type for each in flatten(log.read(authority, f"{category}-{task}"))]
        for category in ("task", "task_erasure")
    }
    assert kept == {"task": ["TaskSet", "TaskDone"], "task_erasure": ["PersonErased"]}
    assert missing() == []
    assert rpc.reporting.verify({})["ok"]
    listed = rpc.reporting.tasks
    eventually(lambda: {each["task"] for each in listed({})["tasks"]} >= {task, another})


def given(rpc: Any) -> str:
    task = {"set_on": DAY, "due_on": "2026-11-30", "topic": "tuyen_truyen", "unit": "van-phong"}
    who = {"officer": "cb-van-phong-1", "instruction": "Gặp bà Trịnh Thị Hòa"}
    return str(rpc.assignment.set_task(task | who)["task"])


def finish(rpc: Any, task: str) -> None:
    done = {"task": task, "done_on": "2026-11-10", "result": "Đã gặp bà Hòa"}
    rpc.assignment.finish_task(done)


def finished(rpc: Any) -> str:
    task = given(rpc)
    finish(rpc, task)
    return task


def test_a_task_is_erased_by_the_chair_alone(
    rpc: Any, acting: Any, received: Any, missing: Any
) -> None:
    task, session = finished(rpc), received(HOA, "Hỏi thủ tục")
    erasing = ERASING | {"part": "text"}
    for roles in (("deputy",), ("verifier", "petition_officer"), ("unit_head",)):
        with acting(*roles, actor="officer:cb-van-phong-1", unit="van-phong") as others:
            code, _ = refusal(others.intake.erase_person, erasing | {"task": task})
            assert code == "not_permitted"
    with acting("chair") as chair:
        of_none = refusal(chair.intake.erase_person, erasing | {"task": "0123456789ab"})
        of_session = refusal(chair.intake.erase_person, erasing | {"task": session})
        assert of_none[0] == of_session[0] == "unknown_file"
        assert words(rpc, task=task)[0] == ("text", {"instruction": "Gặp bà Trịnh Thị Hòa"})
        chair.intake.erase_person(erasing | {"task": task})
    assert words(rpc, task=task) == [("text", GONE)] * 2
    assert missing() == []


def petition(rpc: Any, *accused: str) -> str:
    received = {
        "channel": "tiep_cong_dan",
        "received_on": DAY,
        "petitioners": [HOA],
        "subject": "Về đất đai",
        "content": "Tranh chấp ranh giới.",
    }
    file: str = rpc.intake.register_petition(received)["file"]
    judged = {"kind": "khieu_nai", "field": "dat_dai", "is_competent": False}
    classified = {"file": file, "classified_on": DAY, "meets_conditions": True}
    rpc.intake.classify(classified | judged | {"respondent_officers": list(accused)})
    return file


def test_who_is_complained_about_destroys_nothing_of_what_was_said_of_them(
    rpc: Any, acting: Any, received: Any, missing: Any
) -> None:
    file = petition(rpc, "cb-dia-chinh-1")
    guided = {"file": file, "guided_on": "2026-11-04", "competent_authority": "Tòa án nhân dân"}
    rpc.intake.guide(guided | {"guidance": "Gửi đơn đến Tòa án."})
    session = received(HOA, "Nộp đơn", file=file)
    received(MAI, "Hỏi thủ tục")
    rpc.intake.conclude_reception(
        {"reception": session, "concluded_on": DAY, "number": "5/TB", "conclusion": "Đã rõ"}
    )
    met = {"held_on": DAY, "neighbourhood": "tdp-1", "outcome": "hoa_giai_thanh"}
    mediation = rpc.intake.record_mediation(met | {"minutes": "Biên bản", "file": file})
    of_session = ERASING | {"reception": session, "part": "p1"}
    before = words(rpc, reception=session)
    with acting("chair", actor="officer:cb-dia-chinh-1") as accused:
        erase = accused.intake.erase_person
        of_theirs = refusal(erase, of_session | {"turns": [1]})
        assert of_theirs == refusal(erase, of_session | {"turns": [9]})
        assert refusal(erase, of_session | {"part": "text"})[0] == "unknown_part"
        of_minutes = ERASING | {"part": "text"}
        assert refusal(erase, of_minutes | {"mediation": mediation["mediation"]}) == refusal(
            erase, of_minutes | {"mediation": "0123456789ab"}
        )
        assert words(rpc, reception=session) == before
        erase(of_session | {"turns": [2]})
        told = str(accused.reporting.reception({"reception": session})["entries"])
    assert words(rpc, reception=session)[2] == ("p1", GONE)
    rpc.intake.erase_person(of_session | {"turns": [1]})
    with acting("chair", actor="officer:cb-dia-chinh-1") as accused:
        # What came of a turn that they know nothing of is not told either.
        assert str(accused.reporting.reception({"reception": session})["entries"]) == told
    assert missing() == []


def test_what_is_recorded_as_erased_is_destroyed_by_the_next_request(
    rpc: Any, received: Any, log: MongoLog, authority: str, faults: Any
) -> None:
    """As after a crash between the event and the key."""
    session, task = received(HOA, "Hỏi thủ tục"), finished(rpc)
    event = PersonErased(
        erased_on=date(2026, 11, 20),
        part="p1",
        ground=ErasureGround.BY_LAW,
        document="12/QĐ-UBND",
        turn=1,
    )
    record(log, authority, f"reception-{session}", event)
    record(log, authority, f"task_erasure-{task}", replace(event, part="text", turn=None))
    assert words(rpc, reception=session)[0] == ("p1", HOA)
    assert words(rpc, task=task)[1] == ("text", {"result": "Đã gặp bà Hòa"})
    undone = sorted([f"{session}.1/p1", f"{task}/text"])
    assert faults() == erasures.Faults(unrecorded=[], undone=undone)
    rpc.intake.erase_person(ERASING | {"reception": session, "part": "p1", "turns": [1]})
    rpc.intake.erase_person(ERASING | {"task": task, "part": "text"})
    assert words(rpc, reception=session)[0] == ("p1", GONE)
    assert words(rpc, task=task) == [("text", GONE)] * 2
    assert faults() == erasures.Faults(unrecorded=[], undone=[])


def test_who_came_back_with_an_older_copy_of_the_vault_is_told_and_erased_again(
    rpc: Any, received: Any, mongo_client: Any, faults: Any
) -> None:
    file, session, task = denunciation(rpc), received(HOA, "Hỏi thủ tục"), finished(rpc)
    keys = mongo_client[vaults.DATABASE]["keys"]
    backup = list(keys.find())
    asked = [
        ERASING | {"file": file, "part": "p1"},
        ERASING | {"reception": session, "part": "p1", "turns": [1]},
        ERASING | {"task": task, "part": "text"},
    ]
    for erasing in asked:
        rpc.intake.erase_person(erasing)
    assert faults().undone == []
    there = set(keys.distinct("_id"))
    keys.insert_many([key for key in backup if key["_id"] not in there])
    assert faults().undone == sorted([f"{file}/p1", f"{session}.1/p1", f"{task}/text"])
    for erasing in asked:
        rpc.intake.erase_person(erasing)
    assert faults() == erasures.Faults(unrecorded=[], undone=[])
    assert words(rpc, reception=session)[0] == ("p1", GONE)


def test_a_turn_whose_key_is_gone_without_a_record_of_it_is_told(
    received: Any, log: MongoLog, authority: str, vault: Vault, missing: Any
) -> None:
    session = received(HOA, "Hỏi thủ tục")
    received(MAI, "Hỏi bồi thường")
    assert missing() == []
    [first, _] = commits(log, authority, session)
    vault.erase_sealed([first.sealed["p1"]])
    assert missing() == [f"{session}.1/p1"]


def test_what_is_asked_after_an_erasure_is_lost_only_by_one_that_is_on_record(
    rpc: Any, acting: Any, log: MongoLog, authority: str, missing: Any
) -> None:
    file = denunciation(rpc)

    def ask(reason: str) -> None:
        said = {"file": file, "purpose": "bao_ve", "reason": reason}
        with acting("petition_officer", actor="officer:cb-hoi") as officer:
            officer.intake.request_identity(said)

    def reasons() -> list[Any]:
        requests = rpc.intake.identity_requests({"file": file})["requests"]
        return [each["reason"] for each in requests]

    ask("Trước khi xóa")
    erasing = ERASING | {"file": file, "part": "p1"}
    rpc.intake.erase_person(erasing | {"idempotency_key": "k-1"})
    ask("Sau khi xóa")
    rpc.intake.erase_person(erasing | {"idempotency_key": "k-1"})  # the same one come again
    assert reasons() == [GONE, "Sau khi xóa"]
    assert missing() == []
    rpc.intake.erase_person(erasing | {"idempotency_key": "k-2"})
    assert reasons() == [GONE, GONE]
    told = flatten(log.read(authority, f"petition-{file}"))
    gone = [each.data["part"] for each in told if each.type == "PersonErased"]
    assert gone == ["p1", "reason", "reason"]
    assert missing() == []


def denunciation(rpc: Any) -> str:
    received = {
        "channel": "tiep_cong_dan",
        "received_on": DAY,
        "claimed_kind": "to_cao",
        "petitioners": [HOA],
        "subject": "Về đất đai",
        "content": "Nhận tiền khi cấp giấy.",
    }
    file: str = rpc.intake.register_petition(received)["file"]
    judged = {"kind": "to_cao", "field": "dat_dai", "is_competent": False}
    classified = {"file": file, "classified_on": DAY, "meets_conditions": True}
    rpc.intake.classify(classified | judged)
    sent = {"file": file, "forwarded_on": "2026-11-04", "purpose": "dung_tham_quyen"}
    rpc.intake.forward(sent | {"competent_authority": "Thanh tra tỉnh"})
    return file


def test_words_of_a_turn_are_withheld_once_who_came_to_denounce_is_erased(
    rpc: Any, received: Any
) -> None:
    session = received(HOA, "Tôi là Trịnh Thị Hòa.", matter="to_cao")
    assert received(MAI, "Hỏi thủ tục") == session
    rpc.intake.conclude_reception(
        {"reception": session, "concluded_on": DAY, "number": "5/TB", "conclusion": "Bà Hòa về"}
    )
    rpc.intake.erase_person(ERASING | {"reception": session, "part": "p1", "turns": [1]})
    assert words(rpc, reception=session) == [
        ("text", WITHHELD),
        ("p1", MAI),
        ("text", {"content": "Hỏi thủ tục"}),
        ("text", WITHHELD),
    ]


def test_a_key_that_is_lost_after_its_part_was_erased_is_told(
    rpc: Any, received: Any, log: MongoLog, authority: str, vault: Vault, missing: Any
) -> None:
    posted = {"posted_on": "2026-10-01", "held_on": DAY, "kind": "dinh_ky", "mode": "truc_tuyen"}
    session = rpc.intake.schedule_reception(posted)["reception"]
    test = {"reception": session, "tested_on": "2026-10-30", "result": "dat", "done": "Thay dây"}
    rpc.intake.record_online_test(test)
    rpc.intake.erase_person(ERASING | {"reception": session, "part": "text"})
    rpc.intake.conclude_reception(
        {"reception": session, "concluded_on": DAY, "number": "5/TB", "conclusion": "Đã rõ"}
    )
    assert missing() == []
    vault.erase_sealed([commits(log, authority, session)[-1].sealed["text"]])
    assert missing() == [f"{session}/text"]
