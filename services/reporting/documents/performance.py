"""What a ward's leaders look at: limits kept, time lost, backlog, the chair's days, tasks; pure.

What each officer and each unit did of it is in `results`. Everything is a list with its lineage
(file numbers and event ids), not a score. A limit belongs to the officer who had the file on its
last day, or on the day it was met before, and to the unit of that officer.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final

from services.reporting.clocks import ALARM
from services.reporting.forms.facts import ordered
from services.reporting.forms.windows import Window, between
from services.reporting.replay import legal_day
from shared.chair_days import Session
from shared.chair_days import chair_days as counted_days
from shared.contracts import CATEGORIES
from shared.contracts.receptions import Host, ReceptionKind, ReceptionMode
from shared.ledger import Recorded

_ENDING: Final = frozenset(
    {
        "AcceptanceRefused",
        "PetitionerGuided",
        "PetitionForwarded",
        "PetitionFiledAway",
        "CheckOrdered",
        "CaseClosed",
    }
)
_SETTLING: Final = frozenset({"DecisionIssued", "CaseTerminated"})
#: How an officer came to have a file no more.
GIVEN_AWAY, SETTLED, ENDED = "given_away", "settled", "ended"


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """One limit that ended: met in time or late, or missed and still not met."""

    file: str
    clock: str
    rule: str
    due_on: date
    met_on: date | None
    unit: str | None
    officer: str | None
    about: str | None  # lĩnh vực
    event: str  # by which it ended

    @property
    def is_late(self) -> bool:
        return self.met_on is None or self.met_on > self.due_on


@dataclass(frozen=True, kw_only=True, slots=True)
class Holding:
    """How long one officer had a file."""

    file: str
    unit: str
    officer: str
    first: date
    last: date | None  # None: has it still
    event: str  # by which it was given to them
    end: str | None = None  # how they had it no more: see `GIVEN_AWAY`, `SETTLED`, `ENDED`
    ended_by: str | None = None  # event

    def days(self, today: date) -> int:
        """Calendar days."""
        return max(0, ((self.last or today) - self.first).days)


@dataclass
class File:
    """One file as these figures need it."""

    number: str
    about: str | None = None  # lĩnh vực
    received_on: date | None = None
    ended_on: date | None = None
    ended_by: str | None = None  # event
    settled: tuple[date, str] | None = None
    holdings: list[Holding] = field(default_factory=list)
    clocks: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    ends: list[tuple[str, Mapping[str, Any], date | None, str]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """One directive task (nhiệm vụ)."""

    number: str
    unit: str
    officer: str | None
    set_on: date
    due_on: date
    event: str  # by which it was set
    done_on: date | None = None
    done_by: str | None = None  # event

    def place(self, event: str | None) -> dict[str, Any]:
        return {"task": self.number, "event": event}


Files = Mapping[str, File]


def limits(files: Files, window: Window) -> list[Limit]:
    """Every limit whose last day lies in the window and that was met, or passed without."""
    return [limit for file in files.values() for limit in _limits(file) if window.has(limit.due_on)]


def by_rule(found: Iterable[Limit]) -> list[dict[str, Any]]:
    """Limits kept and not kept for each rule, the worst first."""
    return _rates(found, lambda limit: limit.rule, "rule")


def by_field(found: Iterable[Limit]) -> list[dict[str, Any]]:
    return _rates(found, lambda limit: limit.about or "", "field")


def by_unit(found: Iterable[Limit]) -> list[dict[str, Any]]:
    return _rates(found, lambda limit: limit.unit or "", "unit")


def transfers(files: Files, window: Window, today: date) -> list[dict[str, Any]]:
    """Files that changed hands in the window: how long those had them who gave them away."""
    found = []
    for file in files.values():
        given_away = [
            holding
            for holding in file.holdings
            if holding.end == GIVEN_AWAY and holding.last and window.has(holding.last)
        ]
        if given_away:
            found.append(
                {
                    "file": file.number,
                    "changes": len(given_away),
                    "days_lost": sum(holding.days(today) for holding in given_away),
                    "from": [holding.officer for holding in given_away],
                    "events": [holding.ended_by for holding in given_away],
                }
            )
    return sorted(found, key=lambda each: (-each["days_lost"], each["file"]))


def trend(files: Files, window: Window) -> list[dict[str, Any]]:
    """For each month of the window: files received, settled, ended, and open at its end."""
    every = list(files.values())
    found = []
    for first, last in months(window):
        month = between(first, last)
        kept = [limit for file in every for limit in _limits(file) if month.has(limit.due_on)]
        found.append(
            {
                "month": f"{first:%Y-%m}",
                "received": sum(bool(f.received_on and month.has(f.received_on)) for f in every),
                "settled": sum(bool(f.settled and month.has(f.settled[0])) for f in every),
                "ended": sum(bool(f.ended_on and month.has(f.ended_on)) for f in every),
                "open": sum(_is_open(f, last) for f in every),
                "limits": len(kept),
                "late": sum(limit.is_late for limit in kept),
            }
        )
    return found


def months(window: Window) -> Iterator[tuple[date, date]]:
    """Calendar months, the first and the last as far as they lie in the window."""
    first = window.first
    while first <= window.last:
        follows = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield first, min(window.last, follows - timedelta(days=1))
        first = follows


def tasks(events: Iterable[Recorded], window: Window, today: date) -> list[dict[str, Any]]:
    """Directive tasks (nhiệm vụ) that were due in the window, by unit and officer."""
    groups: dict[tuple[str, str], list[Task]] = defaultdict(list)
    for task in read_tasks(events):
        if window.has(task.due_on):
            groups[task.unit, task.officer or ""].append(task)
    return [
        {
            "unit": unit,
            "officer": officer or None,
            "due": len(group),
            "done": sum(task.done_on is not None for task in group),
            "late": late_tasks(group, today),
        }
        for (unit, officer), group in sorted(groups.items())
    ]


def late_tasks(due: Iterable[Task], today: date) -> list[dict[str, Any]]:
    """Those that were done after their day, or are not done and it is over."""
    return [
        task.place(task.event) | {"days_late": days}
        for task in due
        if (days := ((task.done_on or today) - task.due_on).days) > 0
    ]


#: Open files by age: the last day of each band but the last. Our own bands; 45 days is the alarm of
#: NĐ 154/2026 Đ.41.3.b.
_BANDS: Final = (30, 45, 90)


def ageing(files: Files, today: date) -> list[dict[str, Any]]:
    """Open files by unit, officer and field, and how many are how old, in calendar days."""
    groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for file in files.values():
        if file.received_on and _is_open(file, today):
            held = file.holdings[-1] if file.holdings else None
            unit, officer = (held.unit, held.officer) if held else ("", "")
            groups[unit, officer, file.about or ""].append((today - file.received_on).days)
    return [
        {
            "unit": unit or None,
            "officer": officer or None,
            "field": about or None,
            "open": len(ages),
            "ages": _banded(ages),
            "oldest": max(ages),
        }
        for (unit, officer, about), ages in sorted(groups.items())
    ]


def _banded(ages: Iterable[int]) -> dict[str, int]:
    bands = dict.fromkeys([*(f"<={days}" for days in _BANDS), f">{_BANDS[-1]}"], 0)
    for age in ages:
        band = next((f"<={days}" for days in _BANDS if age <= days), f">{_BANDS[-1]}")
        bands[band] += 1
    return bands


# -- the chair's days of reception


def chair_days(events: Iterable[Recorded], window: Window) -> list[dict[str, Any]]:
    """For each week (old law) or month (new law): days on which the chair received, and the duty.

    The rule is that of `shared.chair_days`; counted are sessions that were held: with a turn or, if
    nobody came to one that was scheduled, with a conclusion.
    """
    held: dict[date, list[str]] = defaultdict(list)
    sessions: list[Session] = []
    scheduled: dict[str, Session] = {}
    for event in ordered(event for event in events if event.category == "reception"):
        match event.type:
            case "ReceptionScheduled":
                scheduled[event.file] = _session(event, event.data["held_on"])
                continue
            case "CitizenReceived":
                session = _session(event, event.data["received_on"])
            case "ReceptionConcluded" if event.file in scheduled:
                session = scheduled[event.file]
            case _:
                continue
        sessions.append(session)
        if session.counts:
            held[session.held_on].append(event.id)
    return [
        {
            "first": period.first.isoformat(),
            "last": period.last.isoformat(),
            "required": period.required,
            "days": [day.isoformat() for day in period.days],
            "events": [id for day in period.days for id in held[day]],
            "rule": period.rule,
            "source": period.source,
        }
        for period in counted_days(sessions, window.first, window.last)
    ]


def _session(event: Recorded, held_on: str) -> Session:
    return Session(
        held_on=date.fromisoformat(held_on),
        kind=ReceptionKind(event.data["kind"]),
        mode=ReceptionMode(event.data["mode"]),
        host=Host(event.data["host"]),
    )


# -- the backlog


def causes(card: Mapping[str, Any]) -> list[str]:
    """Why an open file lingers, as far as it is on record; codes in the order of its course."""
    open_requests = any(not asked.get("supplied_on") for asked in card.get("documents", []))
    tests: Mapping[str, bool] = {
        "chua_phan_loai": not card["classified_on"],
        "chua_phan_cong": bool(card["accepted_on"]) and not card["officer"],
        "tam_dinh_chi": card["state"] == "suspended",
        "cho_giam_dinh": bool(card["expertise_ordered_on"]) and not card["expertise_received_on"],
        "cho_tai_lieu": open_requests,
        "cho_cong_an": any(not asked["answered_on"] for asked in card["police"]),
        "cho_hoa_giai": card["state"] == "mediating",
        "doi_nguoi_giai_quyet": card["transfers"] > 0,
        "phuc_tap": card["is_complex"],
        "khieu_nai_lan_hai": bool(card["second_complaint_on"])
        and not card.get("second_decided_on"),
        "cho_thi_hanh": bool(card["decided_on"]) and not card["enforced_on"],
    }
    return [code for code, holds in tests.items() if holds]


def next_step(card: Mapping[str, Any]) -> dict[str, Any]:
    """What comes next for an open file: who has it, and the limit that ends next or ended first."""
    due = card["next_due_on"] or card["waiting_due_on"]
    return {
        "unit": card["unit"],
        "officer": card["officer"],
        "next_due_on": due,
        "is_complete": bool(card["officer"] and due),
    }


# -- files as they are read


def read(events: Iterable[Recorded]) -> Files:
    """The files of one authority from its events in whatever order."""
    files: dict[str, File] = {}
    for event in ordered(events):
        if event.category in CATEGORIES:
            _note(files.setdefault(event.file, File(event.file)), event)
    return files


def read_tasks(events: Iterable[Recorded]) -> list[Task]:
    """The directive tasks of one authority from its events in whatever order."""
    found: dict[str, Task] = {}
    for event in ordered(event for event in events if event.category == "task"):
        data = event.data
        if event.type == "TaskSet":
            found[event.file] = Task(
                number=event.file,
                unit=data["unit"],
                officer=data.get("officer"),
                set_on=legal_day(event),
                due_on=date.fromisoformat(data["due_on"]),
                event=event.id,
            )
        elif event.type == "TaskDone" and event.file in found:
            found[event.file] = replace(
                found[event.file], done_on=legal_day(event), done_by=event.id
            )
    return list(found.values())


def _note(file: File, event: Recorded) -> None:
    data = event.data
    match event.type:
        case "PetitionReceived":
            file.received_on = legal_day(event)
        case "PetitionClassified":
            file.about = data["field"]
        case "CaseAssigned":
            _assign(file, event)
        case "DeadlineSet" | "DeadlineMoved":
            file.clocks[data["clock"]] = {**file.clocks.get(data["clock"], {}), **data}
            file.ends = [end for end in file.ends if end[0] != data["clock"] or end[2]]
        case "DeadlineMissed":
            file.ends.append((data["clock"], data, None, event.id))
        case "DeadlineMet":
            file.ends = [end for end in file.ends if end[0] != data["clock"] or end[2]]
            file.ends.append((data["clock"], data, legal_day(event), event.id))
        case "DeadlineCancelled":
            file.ends = [end for end in file.ends if end[0] != data["clock"] or end[2]]
    if event.type in _SETTLING:
        file.settled = legal_day(event), event.id
        _close(file, event, SETTLED)
    if event.type in _ENDING:
        file.ended_on, file.ended_by = legal_day(event), event.id
        _close(file, event, ENDED)


def _assign(file: File, event: Recorded) -> None:
    officer = event.data["officer"]
    if file.holdings and (last := file.holdings[-1]).officer == officer and last.last is None:
        return  # told again, or of another unit: the same person has it
    _close(file, event, GIVEN_AWAY)
    file.holdings.append(
        Holding(
            file=file.number,
            unit=event.data["unit"],
            officer=officer,
            first=legal_day(event),
            last=None,
            event=event.id,
        )
    )


def _close(file: File, event: Recorded, end: str) -> None:
    """Who has the file has it no more."""
    if file.holdings and file.holdings[-1].last is None:
        file.holdings[-1] = replace(
            file.holdings[-1], last=legal_day(event), end=end, ended_by=event.id
        )


def _limits(file: File) -> Iterator[Limit]:
    for clock, data, met_on, id in file.ends:
        if clock.partition(".")[0] == ALARM or file.clocks.get(clock, {}).get("only_informs"):
            continue
        due_on = date.fromisoformat(data["due_on"])
        day = min(due_on, met_on or due_on)
        holding = next((held for held in reversed(file.holdings) if held.first <= day), None)
        yield Limit(
            file=file.number,
            clock=clock,
            rule=data["rule"],
            due_on=due_on,
            met_on=met_on,
            unit=holding.unit if holding else None,
            officer=holding.officer if holding else None,
            about=file.about,
            event=id,
        )


def _is_open(file: File, day: date) -> bool:
    came = file.received_on is not None and file.received_on <= day
    return came and (file.ended_on is None or file.ended_on > day)


# -- answers


def _rates(found: Iterable[Limit], key: Callable[[Limit], str], name: str) -> list[dict[str, Any]]:
    groups: dict[str, list[Limit]] = defaultdict(list)
    for limit in found:
        groups[key(limit)].append(limit)
    told = [
        {
            name: value or None,
            "limits": len(group),
            "in_time": sum(not limit.is_late for limit in group),
            "late": sum(limit.is_late for limit in group),
            "rate": round(100 * sum(not limit.is_late for limit in group) / len(group), 1),
            "late_files": sorted({limit.file for limit in group if limit.is_late}),
        }
        for value, group in groups.items()
    ]
    return sorted(told, key=lambda each: (each["rate"], str(each[name])))
