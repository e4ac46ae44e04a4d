"""Tells what the demo did: what came in, one petition step by step, and what can be asked.

It shows what officers' lists show. Names, addresses and texts of petitions are sealed and not
opened here, but for the words of one denunciation, as an officer reads them: without who sent it.
"""

import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from rich.console import Console
from rich.rule import Rule

from deploy import showing, showing_files, showing_work
from deploy.demo.petitions import Course, Plan, Way
from deploy.demo.play import Demo, Moved, Played
from services.reporting import words
from shared.contracts import OWNER
from shared.contracts.petitions import Channel, Kind

Ask = Callable[[str, str, Mapping[str, Any]], dict[str, Any]]

COURSES = {
    Course.IN_TIME: "thụ lý, giải quyết đúng hạn",
    Course.LATE: "thụ lý, giải quyết trễ hạn",
    Course.OVERDUE: "thụ lý, đang quá hạn",
    Course.APPROACHING: "thụ lý, sắp đến hạn",
    Course.RUNNING: "thụ lý, trong hạn",
    Course.NEW: "mới tiếp nhận",
    Course.REFUSED: "không thụ lý",
    Course.GUIDED: "hướng dẫn",
    Course.FORWARDED: "chuyển đơn",
    Course.FILED: "lưu đơn: nặc danh, không rõ",
    Course.REPEATED: "lưu đơn: gửi lại đơn cũ",
}
LONGEST_LIST = 10  # rows of a list in the story


def facts(demo: Demo, played: Played) -> dict[str, Any]:
    """The story in figures, plain data."""
    story = demo.story
    return {
        "petitions": len(demo.plans),
        "as_of": demo.today.isoformat(),
        "ways": dict(Counter(plan.way.value for plan in demo.plans)),
        "courses": dict(Counter(plan.course.value for plan in demo.plans)),
        "story": played.files[story.number],
        "over_tet": [played.files[plan.number] for plan in demo.plans if plan.over_tet],
        "suspended": [played.files[plan.number] for plan in demo.plans if plan.is_suspended],
        "denounced": played.denounced,
        "calendar_change": dict(demo.change),
        "moved": [_told(moved) for moved in played.moved],
        "middle": middle(story).isoformat(),
        "rejected": [dict(reason) for reason in played.broken.reasons],
        "appended": played.appended,
        "position": played.position_after,
        "seconds": round(played.seconds, 1),
    }


def _told(moved: Moved) -> dict[str, str]:
    return {
        "file": moved.file,
        "clock": moved.clock,
        "was_due_on": moved.was_due_on.isoformat(),
        "due_on": moved.due_on.isoformat(),
    }


def middle(plan: Plan) -> date:
    """A day on which the story's case was assigned and not yet decided."""
    days = {step.method: step.on for step in plan.steps}
    return days["assign"] + (days["issue_decision"] - days["assign"]) / 2


def tell(console: Console, demo: Demo, played: Played, ask: Ask, chain: str) -> None:
    """The whole story; `chain` is what verifying the ledger said."""
    story, file = demo.story, played.files[demo.story.number]
    _chapter(console, "1. What came in")
    _what_came_in(console, demo, played)
    _chapter(console, "2. One petition, step by step")
    _one_petition(console, ask, file)
    _chapter(console, "3. The same file as a clerk reads it")
    entries = ask("reporting", "timeline", {"file": file})["entries"]
    console.print(showing_files.timeline("", entries))
    _chapter(console, "4. A limit that runs over Tết")
    _over_tet(console, demo, played, ask)
    _chapter(console, "5. A settlement that was suspended and continued")
    _suspended(console, demo, played, ask)
    _chapter(console, "6. The ward changes its working calendar")
    _calendar(console, demo, played, ask)
    _chapter(console, "7. What is overdue today")
    overdue = ask("reporting", "overdue", {"limit": LONGEST_LIST})
    console.print(showing_files.cases("", overdue["cases"]))
    console.print("Of those that linger, somebody planned how this one is to be finished:")
    planned = ask("reporting", "backlog", {"unplanned": False})
    console.print(showing_files.lingering("", planned["cases"]))
    _chapter(console, "8. Who has how much to do")
    console.print(showing_work.workload("", ask("reporting", "workload", {})))
    _chapter(console, "9. The file as it stood on an earlier day")
    _as_of(console, ask, file, middle(story))
    _chapter(console, "10. A broken message from the portal")
    _broken(console, played)
    _chapter(console, "11. Who denounced, and who may know")
    _who_denounced(console, played, ask)
    _chapter(console, "12. Is the ledger whole?")
    console.print(chain)
    _chapter(console, "Try next")
    for arguments in (
        "cases --overdue",
        "backlog --unplanned",
        f"replay {file} --as-of {middle(story)} --json",
        "deadline khieu_nai accept --from 2026-10-02",
    ):
        console.print(f"  {sys.argv[0]} {arguments}")  # as it was called, so that it can be pasted


def _chapter(console: Console, title: str) -> None:
    console.print()
    console.print(Rule(title, align="left", style="bold"))


def _what_came_in(console: Console, demo: Demo, played: Played) -> None:
    ways = Counter(plan.way for plan in demo.plans)
    console.print(
        f"{len(demo.plans)} petitions of phường Nhân Hòa up to {demo.today:%d/%m/%Y}: "
        f"{ways[Way.PORTAL]} published by the portal (CloudEvents), {ways[Way.DESK]} registered by"
        f" clerks (RPC), {ways[Way.BACKLOG]} imported from the backlog."
    )
    if played.appended:
        console.print(
            f"{played.appended} commits were appended to the ward's ledger in"
            f" {played.seconds:.0f} s; it stands at position {played.position_after}."
        )
    else:
        console.print(
            "All of it was here before: every request was answered as the first time and nothing"
            f" was appended; the ledger stays at position {played.position_after}."
        )
    console.print(_by_channel(demo.plans))
    courses = Counter(plan.course for plan in demo.plans)
    console.print(
        showing.table(
            "Hướng xử lý",
            ("", "Số đơn"),
            [(told, courses[course]) for course, told in COURSES.items()],
            numbers=(1,),
        )
    )


def _by_channel(plans: Sequence[Plan]) -> Any:
    counted = Counter((_channel(plan), plan.kind.value) for plan in plans)
    kinds = [kind.value for kind in Kind]
    rows: list[Sequence[object]] = []
    for channel in Channel:
        row = [counted[channel.value, kind] for kind in kinds]
        rows.append((showing.said(words.CHANNEL_NAMES, channel.value), *row, sum(row)))
    totals = [sum(counted[channel.value, kind] for channel in Channel) for kind in kinds]
    rows.append(("cộng", *totals, sum(totals)))
    columns = ("Nguồn đơn", *(showing.said(words.KINDS, kind) for kind in kinds), "cộng")
    return showing.table("Đơn tiếp nhận", columns, rows, numbers=range(1, len(columns)))


def _channel(plan: Plan) -> str:
    return str(plan.payload.get("channel", Channel.PORTAL.value))


def _one_petition(console: Console, ask: Ask, file: str) -> None:
    console.print(
        f"File {file} came through the portal. Each line is an event in the ledger: its position,"
        " the service that recorded it, and the position of the event that caused it."
    )
    events = ask("reporting", "history", {"file": file})["events"]
    positions = {event["id"]: event["position"] for event in events}
    console.print(
        showing.table(
            "",
            ("Vị trí", "Dịch vụ", "Sự kiện", "Ngày pháp lý", "Ai", "Mã sự kiện", "Do sự kiện"),
            [
                (
                    event["position"],
                    OWNER.get(event["type"], "?"),
                    event["type"],
                    showing.vn_day(event["legal_date"]),
                    event["actor"],
                    event["id"][:16],
                    positions.get(event.get("caused_by"), ""),
                )
                for event in events
            ],
            numbers=(0, 6),
        )
    )


def _over_tet(console: Console, demo: Demo, played: Played, ask: Ask) -> None:
    if demo.over_tet:
        file = played.files[demo.over_tet.number]
        console.print(
            f"The first limit of file {file}, every day counted or skipped with its cause:"
        )
        console.print(_explained(_clock(ask, file, "accept")))
    else:
        console.print("No petition of this year came so late before Tết; the limit would be:")
        asked = {"kind": "xu_ly_don", "stage": "handle_petition"}
        console.print(_computed(ask, asked | {"trigger_on": demo.before_new_year.isoformat()}))


def _suspended(console: Console, demo: Demo, played: Played, ask: Ask) -> None:
    if demo.suspended:
        file = played.files[demo.suspended.number]
        stage = "settle" if demo.suspended.kind is Kind.DENUNCIATION else "settle_1"
        console.print(f"File {file}: the time between the two decisions is not counted.")
        console.print(_explained(_clock(ask, file, stage)))
    else:
        console.print("No case of this year was suspended; with three weeks it would be:")
        since, until = demo.today - timedelta(days=40), demo.today - timedelta(days=19)
        asked = {
            "kind": "to_cao",
            "stage": "settle",
            "trigger_on": (demo.today - timedelta(days=50)).isoformat(),
            "facts": {"pause": [f"{since}..{until}"]},
        }
        console.print(_computed(ask, asked))


def _calendar(console: Console, demo: Demo, played: Played, ask: Ask) -> None:
    console.print(f"By {demo.change['document']} (made up):")
    for day in demo.change["days"]:
        console.print(f"  {showing.vn_day(day['day'])}: {day['name']}")
    if not played.moved:
        console.print("No open clock ends on another day by it.")
        return
    console.print(
        f"{len(played.moved)} open clocks were moved (DeadlineMoved); those that were closed stay"
        " as they were:"
    )
    console.print(
        showing.table(
            "",
            ("Mã hồ sơ", "Thời hạn", "Hạn cũ", "Hạn mới"),
            [
                (
                    moved.file,
                    words.clock_called(moved.clock),
                    f"{moved.was_due_on:%d/%m/%Y}",
                    f"{moved.due_on:%d/%m/%Y}",
                )
                for moved in played.moved[:LONGEST_LIST]
            ],
        )
    )
    first = played.moved[0]
    console.print(f"Why the first of them, of file {first.file}, now ends when it does:")
    console.print(_explained(_clock(ask, first.file, first.clock)))


def _clock(ask: Ask, file: str, name: str) -> Mapping[str, Any]:
    clocks = ask("deadlines", "of_case", {"file": file})["clocks"]
    found: Mapping[str, Any] = next(clock for clock in clocks if clock["clock"] == name)
    return found


def _explained(clock: Mapping[str, Any]) -> Any:
    # Without an explanation it was counted by rules or facts that no longer hold.
    return showing_files.term(clock["name"], clock["due_on"], clock.get("explanation", ()))


def _computed(ask: Ask, asked: Mapping[str, Any]) -> Any:
    term = ask("deadlines", "compute", asked)
    sentences = [step["sentence"] for step in term["explanation"]]
    return showing_files.term(term["name"], term["due"], sentences)


def _as_of(console: Console, ask: Ask, file: str, day: date) -> None:
    asked = {"file": file, "first": {"as_of": day.isoformat()}}
    console.print(
        "Folded again from the ledger's events, as the law counts. What differs today, and why:"
    )
    console.print(showing_files.differences(ask("reporting", "compare", asked)))


def _who_denounced(console: Console, played: Played, ask: Ask) -> None:
    """What an officer reads of a denunciation, and what happened to whoever wanted to know more."""
    file = played.denounced
    told = ask("intake", "petition", {"file": file, "purpose": "xu_ly_don"})
    console.print(f"Hồ sơ {file}: {told['text']['subject']}", style="bold")
    console.print(told["text"]["content"])
    console.print("Người gửi: được giữ riêng (Luật Tố cáo Đ.56)", style="italic")
    trail = ask("reporting", "identity_trail", {"file": file})["entries"]
    console.print(showing_files.timeline("Ai đã hỏi, ai đã quyết định, ai đã xem", trail))


def _broken(console: Console, played: Played) -> None:
    console.print(
        "intake kept it, answered PetitionRejected to queue agency.portal.replies, and said why:"
    )
    console.print(
        showing.table(
            "",
            ("Trường", "Mã", "Lý do"),
            [
                (reason["field"], reason["code"], reason["message"])
                for reason in played.broken.reasons
            ],
        )
    )
