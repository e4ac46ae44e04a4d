"""What each officer and each unit was given and did, and what came late; pure.

Evidence for the yearly ranking (NĐ 335/2025), which is people's to make: figures with their lineage
(file numbers and event ids), no score.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from services.reporting.documents.performance import (
    GIVEN_AWAY,
    SETTLED,
    File,
    Files,
    Holding,
    Limit,
    Task,
    late_tasks,
    limits,
    read_tasks,
)
from services.reporting.forms.windows import Window
from shared.ledger import Recorded

#: What there is to tell of an officer or a unit; who has none of it is left out.
_FIGURES: Final = ("assigned", "held", "settled", "ended", "limits")
#: Whose a file was for a time, or a limit: the officer, or the unit; None: nobody's.
Whose = Callable[[Holding | Limit], str | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """What belongs to one officer or one unit."""

    holdings: list[Holding] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)  # whose last day lies in the window
    ended: list[File] = field(default_factory=list)  # in the window; nobody had them after


def officers(files: Files, window: Window, today: date) -> list[dict[str, Any]]:
    """What each officer was given and did in the window, and what came late, with the lineage.

    `progress_percent` is what the decree leaves of the progress points of each settled file, on
    average; who confirms an objective cause is on no record, so every lateness counts here.
    """
    told = [
        {"officer": name, "units": sorted({held.unit for held in work.holdings})}
        | _results(work, window, today)
        | {"progress_percent": _progress(work, window)}
        for name, work in _works(files, window, lambda its: its.officer).items()
    ]
    return [each for each in told if any(each[name] for name in _FIGURES)]


def units(
    files: Files, events: Iterable[Recorded], window: Window, today: date
) -> list[dict[str, Any]]:
    """The same of each unit, and its directive tasks; with the lineage.

    A file that goes from hand to hand within a unit was assigned to it once and never given away.
    """
    works = _works(files, window, lambda its: its.unit)
    given: dict[str, list[Task]] = defaultdict(list)
    for task in read_tasks(events):
        given[task.unit].append(task)
    found = []
    for name in sorted(works.keys() | given.keys()):
        of_files = _results(works.get(name, Work()), window, today)
        of_tasks = _results_of_tasks(given[name], window, today)
        lineage = of_files["lineage"] | of_tasks["lineage"]
        told = {"unit": name} | of_files | of_tasks | {"lineage": lineage}
        if any(told[figure] for figure in (*_FIGURES, *of_tasks["lineage"])):
            found.append(told)
    return found


# -- whose is what


def _works(files: Files, window: Window, whose: Whose) -> dict[str, Work]:
    """What belongs to each officer, or to each unit, by name."""
    works: dict[str, Work] = defaultdict(Work)
    for file in files.values():
        holdings = list(_held(file, whose))
        for held in holdings:
            works[whose(held) or ""].holdings.append(held)
        if holdings and file.ended_on and window.has(file.ended_on):
            works[whose(holdings[-1]) or ""].ended.append(file)
    for limit in limits(files, window):
        if name := whose(limit):
            works[name].limits.append(limit)
    return dict(sorted(works.items()))


def _held(file: File, whose: Whose) -> Iterator[Holding]:
    """Who had the file; what one gave away to the same (as within a unit) they had throughout."""
    before: Holding | None = None
    for held in file.holdings:
        if before and before.end == GIVEN_AWAY and whose(before) == whose(held):
            before = replace(held, first=before.first, event=before.event)
            continue
        if before:
            yield before
        before = held
    if before:
        yield before


# -- answers


def _results(work: Work, window: Window, today: date) -> dict[str, Any]:
    """What is told of every officer and of every unit alike."""
    assigned = [held for held in work.holdings if window.has(held.first)]
    settled, late = _settled(work, window), _late(work)
    return {
        "assigned": len(assigned),
        "held": sum(held.last is None for held in work.holdings),
        "settled": len(settled),
        "ended": len(work.ended),
        "limits": len(work.limits),
        "late": len(late),
        "gave_away": sum(held.end == GIVEN_AWAY for held in work.holdings),
        "lineage": {
            "assigned": [_place(held.file, held.event) for held in assigned],
            "settled": [_place(held.file, held.ended_by) for held in settled],
            "ended": [_place(file.number, file.ended_by) for file in work.ended],
            "late": [
                _place(limit.file, limit.event)
                | {
                    "rule": limit.rule,
                    "due_on": limit.due_on.isoformat(),
                    "days_late": ((limit.met_on or today) - limit.due_on).days,
                }
                for limit in late
            ],
        },
    }


def _progress(work: Work, window: Window) -> float | None:
    """What is left of the progress points, on average; None where nothing was settled."""
    late = [limit.file for limit in _late(work)]
    lateness = {held.file: late.count(held.file) for held in _settled(work, window)}
    left = [max(0, 100 - LATENESS.percent * count) for count in lateness.values()]
    return round(sum(left) / len(left), 1) if left else None


def _settled(work: Work, window: Window) -> list[Holding]:
    return [
        held
        for held in work.holdings
        if held.end == SETTLED and held.last and window.has(held.last)
    ]


def _late(work: Work) -> list[Limit]:
    return [limit for limit in work.limits if limit.is_late]


def _results_of_tasks(given: Iterable[Task], window: Window, today: date) -> dict[str, Any]:
    """Tasks that were set in the window, done in it, or due in it and late."""
    tasks = list(given)
    told = {
        "tasks_set": [task.place(task.event) for task in tasks if window.has(task.set_on)],
        "tasks_done": [
            task.place(task.done_by)
            for task in tasks
            if task.done_on is not None and window.has(task.done_on)
        ],
        "tasks_late": late_tasks((task for task in tasks if window.has(task.due_on)), today),
    }
    return {name: len(entries) for name, entries in told.items()} | {"lineage": told}


def _place(file: str, event: str | None) -> dict[str, Any]:
    return {"file": file, "event": event}


# -- what a lateness costs


@dataclass(frozen=True, kw_only=True, slots=True)
class Penalty:
    """What a lateness costs of the points of one product (sản phẩm, công việc)."""

    percent: int
    source: str
    confidence: str
    note: str


def _penalty() -> Penalty:
    with Path(__file__).with_name("evaluation.csv").open(encoding="utf-8", newline="") as rows:
        (row,) = csv.DictReader(rows)
    return Penalty(
        percent=int(row["percent"]),
        source=row["source"],
        confidence=row["confidence"],
        note=row["note"],
    )


LATENESS: Final = _penalty()
