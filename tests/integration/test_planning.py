"""Plans to finish what lingers, and flags that change; over the real broker."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from deploy.cli import main
from services.assignment.service import AssignmentService
from services.intake.service import IntakeService
from services.reporting.service import ReportingService
from shared.errors import Refused

STEPS = "Gặp bà Đặng Thị Thử Lộ, đo đạc lại, ra quyết định."
REASON = "Nhóm của bà Đặng Thị Thử Lộ kéo đến trụ sở."
HEAD = {"actor": "officer:truong-phong", "unit": "kinh-te-ha-tang"}


@pytest.fixture(scope="module", autouse=True)
def _services(run_once: Callable[[type], Any]) -> None:
    for service in (IntakeService, AssignmentService, ReportingService):
        run_once(service)


@pytest.fixture
def lingering(rpc: Any, relay: Any, accept: Any) -> Callable[..., str]:
    """A complaint of 2025 that has its case."""

    def put(**classified: Any) -> str:
        received = {"channel": "tiep_cong_dan", "received_on": "2025-11-03"}
        words = {"subject": "Về việc thu hồi đất", "content": "Tôi là Đặng Thị Thử Lộ."}
        people = {"petitioners": [{"name": "Đặng Thị Thử Lộ", "address": "Ngõ 12"}]}
        file: str = rpc.intake.register_petition(received | words | people)["file"]
        judged = {"file": file, "classified_on": "2025-11-04", "kind": "khieu_nai"}
        fits = {"field": "dat_dai", "is_competent": True, "meets_conditions": True}
        rpc.intake.classify(judged | fits | classified)
        accept(file, "2025-11-05")
        given = {"unit": "kinh-te-ha-tang", "officer": "cb-dia-chinh-1"}
        rpc.assignment.assign({"file": file, "assigned_on": "2025-11-06"} | given)
        return file

    return put


def of(file: str, **said: Any) -> dict[str, Any]:
    return {"file": file, **said}


def plan(file: str, finish_by: str = "2026-01-30", **more: Any) -> dict[str, Any]:
    return of(file, planned_on="2025-12-22", finish_by=finish_by, steps=STEPS) | more


def test_a_plan_takes_a_file_off_the_list_of_those_without_one(
    lingering: Any, rpc: Any, acting: Any, by_token: None, authority: str, eventually: Any
) -> None:
    planned, other = lingering(), lingering()

    def listed(**asked: Any) -> list[str]:
        return [card["file"] for card in rpc.reporting.backlog(asked)["cases"]]

    eventually(lambda: sorted(listed(unplanned=True)) == sorted([planned, other]))
    with acting("unit_head", **HEAD) as head:
        first = plan(planned, idempotency_key=str(uuid.uuid4()))
        assert head.assignment.plan_settlement(first) == head.assignment.plan_settlement(first)
        head.assignment.plan_settlement(
            plan(planned, "2026-02-27", planned_on="2026-01-30", officer="cb-xay-dung-1")
        )
    eventually(lambda: listed(unplanned=True) == [other])
    assert listed(unplanned=False) == [planned]
    assert sorted(listed()) == sorted([planned, other])

    def replanned() -> Any:
        (card,) = rpc.reporting.backlog({"unplanned": False})["cases"]
        return card["plan"]["finish_by"] == "2026-02-27" and card

    card = eventually(replanned)
    assert (card["plan"]["planned_on"], card["plan"]["unit"]) == ("2026-01-30", None)
    assert card["plan"]["planned_by"] == "officer:truong-phong"
    assert "cb-xay-dung-1" in card["plan"]["officer_name"]
    assert (card["is_plan_overdue"], card["next_step"]["officer"]) == (True, "cb-dia-chinh-1")
    kinds = [event["type"] for event in rpc.reporting.history({"file": planned})["events"]]
    assert kinds.count("SettlementPlanned") == 2

    def donthu(*words: str) -> str:
        done = CliRunner().invoke(main, ["backlog", *words, "--authority", authority])
        assert done.exit_code == 0, done.output
        return done.stdout

    shown = " ".join(donthu("--planned").split())
    assert planned in shown
    assert other not in shown
    assert "27/02/2026" in shown
    (told,) = json.loads(donthu("--unplanned", "--json"))["cases"]
    assert (told["file"], told["plan"]) == (other, None)
    assert json.loads(donthu("--min-days", "36500", "--json"))["cases"] == []


def test_flags_in_force_are_those_that_were_told_last(
    lingering: Any, rpc: Any, acting: Any, eventually: Any
) -> None:
    file, other = lingering(flags=["dong_nguoi"]), lingering(flags=["dong_nguoi"])
    same = of(file, changed_on="2025-12-01", flags=["dong_nguoi"], reason=REASON)
    version = rpc.assignment.change_flags(same)["version"]
    tense = same | {"flags": ["gay_gat", "dong_nguoi"]}
    with acting("verifier", actor="officer:cb-dia-chinh-1") as theirs:
        assert theirs.assignment.change_flags(tense)["version"] == version + 1
    with (
        acting("verifier", actor="officer:cb-xay-dung-1") as of_others,
        pytest.raises(Refused, match="unknown_file"),
    ):
        of_others.assignment.change_flags(tense | {"file": other})

    def listed(*flags: str) -> list[str]:
        return [card["file"] for card in rpc.reporting.cases({"flags": list(flags)})["cases"]]

    eventually(lambda: listed("gay_gat", "dong_nguoi") == [file])
    rpc.assignment.change_flags(tense | {"changed_on": "2025-12-15", "flags": []})
    eventually(lambda: listed("dong_nguoi") == [other])
    then = rpc.reporting.cases_as_of({"as_of": "2025-12-10", "flags": ["gay_gat"]})["cases"]
    assert [card["file"] for card in then] == [file]
    told = [entry["sentence"] for entry in rpc.reporting.timeline({"file": file})["entries"]]
    assert "Ngày 15/12/2025: Bỏ các lưu ý của hồ sơ." in told


def test_what_they_say_is_read_by_those_entitled_and_masked_for_all_others(
    lingering: Any, rpc: Any, acting: Any, eventually: Any, caplog: Any
) -> None:
    file = lingering()
    rpc.assignment.plan_settlement(plan(file))
    rpc.assignment.change_flags(of(file, changed_on="2025-12-22", flags=["gay_gat"], reason=REASON))
    answer = rpc.intake.texts(of(file, purpose="giai_quyet"))
    assert [(each["type"], each["words"]) for each in answer["texts"][-2:]] == [
        ("SettlementPlanned", {"steps": STEPS}),
        ("FlagsChanged", {"reason": REASON}),
    ]
    eventually(lambda: rpc.reporting.case({"file": file})["flags"])
    open_to_many = [
        rpc.reporting.history({"file": file}),
        rpc.reporting.timeline({"file": file}),
        rpc.reporting.case({"file": file}),
        rpc.reporting.backlog({}),
    ]
    assert "Thử Lộ" not in str((open_to_many, caplog.messages))
    events = {event["type"]: event for event in open_to_many[0]["events"]}
    assert [events[name]["sealed"] for name in ("SettlementPlanned", "FlagsChanged")] == [
        ["text"],
        ["text"],
    ]
    with acting("auditor") as auditor, pytest.raises(Refused, match="not_permitted"):
        auditor.intake.texts(of(file, purpose="giai_quyet"))
    for role in ("verifier", "reporting_officer"):
        with acting(role, actor="officer:cb-dia-chinh-1") as theirs, pytest.raises(Refused):
            theirs.assignment.plan_settlement(plan(file, "2026-03-31"))


def test_a_closed_file_or_one_without_a_case_is_not_planned(lingering: Any, rpc: Any) -> None:
    file = lingering(kind="kien_nghi")
    answer = {"decided_on": "2025-12-01", "number": "3/UBND-VP", "outcome": "da_tra_loi"}
    rpc.assignment.issue_decision(of(file, conclusion="Đã trả lời.") | answer)
    rpc.assignment.close(of(file, closed_on="2025-12-02", ground="da_tra_loi"))
    flags = of(file, changed_on="2025-12-22", flags=["gay_gat"], reason=REASON)
    for number, code in ((file, "case_not_open"), ("000000000000", "unknown_file")):
        with pytest.raises(Refused, match=code):
            rpc.assignment.plan_settlement(plan(number))
        with pytest.raises(Refused, match=code):
            rpc.assignment.change_flags(flags | {"file": number})
