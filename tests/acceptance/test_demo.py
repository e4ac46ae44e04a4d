"""The demo on the running system: every plan is carried out, and again it changes nothing."""

import io
import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.progress import Progress

from deploy.demo import play, story
from deploy.demo.petitions import FEWEST, Course
from shared.clock import SystemClock
from shared.ledger import first_fault
from shared.working_days import Calendar

ROOT = Path(__file__).parents[2]
STATES = {
    Course.IN_TIME: ("decided", "closed"),
    Course.LATE: ("decided", "closed"),
    Course.OVERDUE: ("assigned",),
    Course.APPROACHING: ("assigned",),
    Course.RUNNING: ("received", "classified", "accepted", "assigned"),
    Course.NEW: ("received",),
    Course.REFUSED: ("refused",),
    Course.GUIDED: ("guided",),
    Course.FORWARDED: ("forwarded",),
    Course.FILED: ("filed_away",),
    Course.REPEATED: ("filed_away",),
}


@pytest.fixture
def ward(
    system: Any,
    stack: Any,
    by_token: None,
    authority: str,
    log: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> dict[str, Any]:
    """What both `prepare` and `play` need to know of the running system and the test's ward."""
    monkeypatch.setenv("DONTHU_AGENCY_URI", stack.agency_uri("portal"))
    return {"authority": authority, "log": log}


def prepared(ward: dict[str, Any], days_later: int = 0) -> play.Demo:
    today = SystemClock().today() + timedelta(days=days_later)
    return play.prepare(**ward, today=today, seed=7, cases=FEWEST, calendar=Calendar.load())


def played(demo: play.Demo, ward: dict[str, Any], amqp_uri: str, issuer: Any) -> play.Played:
    with Progress(disable=True) as progress:
        return play.play(demo, amqp_uri=amqp_uri, issuer=issuer, progress=progress, **ward)


def donthu(authority: str, *words: str) -> tuple[int, Any]:
    """The command line as a process of its own; exit code and what it says in JSON."""
    done = subprocess.run(
        [sys.executable, "-m", "deploy.cli", *words, "--json"],
        cwd=ROOT, capture_output=True, text=True, timeout=60,
        env=os.environ | {"DONTHU_AUTHORITY": authority},
    )  # fmt: skip
    return done.returncode, json.loads(done.stdout)


def test_every_plan_ends_as_planned_and_a_second_run_on_a_later_day_changes_nothing(
    ward: dict[str, Any], amqp_uri: str, stack: Any, rpc: Any
) -> None:
    demo = prepared(ward)
    first = played(demo, ward, amqp_uri, stack.issuer())
    for plan in demo.plans:
        card = rpc.reporting.case({"file": first.files[plan.number]})
        assert card["state"] in STATES[plan.course], plan
        assert card["is_overdue"] == (plan.course is Course.OVERDUE), plan
    assert [reason["field"] for reason in first.broken.reasons if reason["code"] == "missing"] == [
        "data.content"
    ]
    assert first_fault(ward["log"].after(ward["authority"], 0)) is None
    assert first.moved
    assert all(moved.due_on > moved.was_due_on > demo.today for moved in first.moved)

    again = prepared(ward, days_later=1)
    assert again == demo
    second = played(again, ward, amqp_uri, stack.issuer())
    assert second.files == first.files
    assert (second.appended, second.moved) == (0, first.moved)

    _the_story_names_nobody(demo, second, rpc)
    _the_command_line_tells_the_same(ward["authority"], demo, second)


def _the_story_names_nobody(demo: play.Demo, done: play.Played, rpc: Any) -> None:
    console = Console(width=200, record=True, file=io.StringIO())
    story.tell(console, demo, done, lambda s, m, p: getattr(rpc[s], m)(p), "chain: whole")
    text = console.export_text()
    assert done.files[demo.story.number] in text
    assert "All of it was here before" in text
    assert "Ban hành quyết định giải quyết khiếu nại" in text
    assert re.search(r"(: |\()Tết ", text)  # a day that is skipped says why
    assert "tạm đình chỉ, không tính 21 ngày" in text
    assert demo.change["days"][0]["name"] in text
    lingering = [
        done.files[plan.number]
        for plan in demo.plans
        if any(step.method == "plan_settlement" for step in plan.steps)
    ]
    _, _, after = text.partition("somebody planned how this one is to be finished")
    assert lingering
    assert lingering[0] in after.partition("Who has how much to do")[0]
    assert done.moved[0].file in text
    for plan in demo.plans:
        for person in (*plan.payload["petitioners"], *plan.payload.get("respondents", ())):
            assert person["name"] not in text
        # The words of one denunciation are shown as an officer reads them.
        is_shown = done.files[plan.number] == done.denounced
        assert plan.payload["content"] not in text or is_shown


def _the_command_line_tells_the_same(authority: str, demo: play.Demo, done: play.Played) -> None:
    file = done.files[demo.story.number]
    code, told = donthu(authority, "history", file)
    assert (code, told["events"][0]["type"]) == (0, "PetitionReceived")
    assert [event["position"] for event in told["events"]] == sorted(
        event["position"] for event in told["events"]
    )
    middle = story.middle(demo.story).isoformat()
    code, told = donthu(authority, "replay", file, "--as-of", middle)
    assert (code, told["case"]["state"]) == (0, "assigned")
    code, told = donthu(authority, "replay", file, "--as-of", "2020-01-01")
    assert (code, told["case"]) == (1, None)
    code, told = donthu(authority, "verify")
    assert (code, told["authorities"][0]["fault"]) == (0, None)
    assert told["authorities"][0]["commits"] == done.position_after
    code, told = donthu(authority, "case", "000000000000")
    assert (code, told["error"]["code"]) == (1, "unknown_file")


def test_publish_tells_the_file_number_or_why_not_and_exits_accordingly(
    ward: dict[str, Any], portal: Any, tmp_path: Path
) -> None:
    authority = ward["authority"]
    sound = {
        "authority": authority,
        "received_on": SystemClock().today().isoformat(),
        "petitioners": [],
        "subject": "Phản ánh đèn đường hỏng",
        "content": "Đèn đường hỏng từ tuần trước.",
    }
    good = portal.event(portal.new_id(authority), sound)
    bad = portal.event(portal.new_id(authority), {"authority": authority})
    path = tmp_path / "events.json"

    path.write_text(json.dumps(good), encoding="utf-8")
    code, told = donthu(authority, "publish", str(path))
    assert (code, told["events"][0]["status"]) == (0, "acknowledged")
    file = told["events"][0]["file"]
    assert donthu(authority, "history", file)[0] == 0

    path.write_text(json.dumps([good, bad]), encoding="utf-8")
    code, told = donthu(authority, "publish", str(path))
    assert code == 1
    assert told["events"][0]["file"] == file
    assert told["events"][1]["status"] == "rejected"
    assert {reason["code"] for reason in told["events"][1]["reasons"]} == {"missing"}
