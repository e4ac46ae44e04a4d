"""The clocks (thời hạn) of a row, of a file, a session or a task: what each event changes.

Pure. A clock is named by its stage in the rule table, and by a number where the stage comes again
(`suspend_send`, `suspend_send.2`).
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final

from shared.projection import Row

Data = Mapping[str, Any]


class ClockState(StrEnum):
    """How a deadline (thời hạn) stands."""

    RUNNING = "running"
    UNCOUNTED = "uncounted"  # its day lies in a year that the calendar lacks
    PAUSED = "paused"  # not counted: suspended, or waiting for an expert
    MISSED = "missed"  # the limit passed and what it waits for is still not done
    MET = "met"
    LATE = "late"  # done, after the limit
    CANCELLED = "cancelled"


#: Tells that a petition was left lying too long (NĐ 154/2026 Đ.41.3.b). No legal limit, so it makes
#: no file overdue.
ALARM: Final = "discipline_alarm"

#: As rows have them; a replay asks for these once and more for each event.
_RUNNING, _MISSED = ClockState.RUNNING.value, ClockState.MISSED.value
_UNCOUNTED = ClockState.UNCOUNTED.value
_MET, _LATE = ClockState.MET.value, ClockState.LATE.value

#: The fields of a row that these changes keep.
BLANK: Row = {
    "clocks": {},
    "next_due_on": None,  # the earliest of the clocks that run
    "waiting_due_on": None,  # the earliest of the clocks that run or are missed
    "escalations": [],  # clock, level, to, escalated_on
}


def _set(row: Row, data: Data) -> Row:
    due_on = data.get("due_on")  # none of one that is not counted yet
    clock = {
        "kind": data["kind"],
        "rule": data["rule"],
        "triggered_on": data["triggered_on"],
        "due_on": due_on,
        "state": _RUNNING if due_on else _UNCOUNTED,
        "met_on": None,
        "days_late": None,
        "stopped_days": data.get("stopped_days", 0),
        "only_informs": data.get("only_informs", False),
    }
    return summed(row["clocks"] | {data["clock"]: clock})


def _moved(row: Row, data: Data) -> Row:
    moved = {name: data[name] for name in ("rule", "triggered_on", "due_on")}
    moved["stopped_days"] = data.get("stopped_days", 0)
    # If the new day has passed as well, the miss of that day is recorded next.
    return _changed(row, data, moved | {"state": _RUNNING})


def _paused(row: Row, data: Data) -> Row:
    return _changed(row, data, {"rule": data["rule"], "state": ClockState.PAUSED.value})


def _missed(row: Row, data: Data) -> Row:
    return _changed(row, data, _limit(data, _MISSED))


def _met(row: Row, data: Data) -> Row:
    late = data.get("days_late", 0)
    told = _limit(data, _LATE if late else _MET)
    told["met_on"], told["days_late"] = data["met_on"], late
    return _changed(row, data, told)


def _cancelled(row: Row, data: Data) -> Row:
    return _changed(row, data, {"state": ClockState.CANCELLED.value})


def _escalated(row: Row, data: Data) -> Row:
    told = {name: data[name] for name in ("clock", "level", "to", "escalated_on")}
    return {"escalations": [*row["escalations"], told]}


def _limit(data: Data, state: str) -> Row:
    # Told again with each event, since as of a day the news that it moved may not count yet.
    return {"rule": data["rule"], "due_on": data["due_on"], "state": state}


def _changed(row: Row, data: Data, changes: Row) -> Row:
    known = row["clocks"].get(data["clock"])
    if known is None:
        return {}  # as of a day before its trigger
    return summed(row["clocks"] | {data["clock"]: known | changes})


def summed(clocks: Row) -> Row:
    """These clocks with the days that a row tells of all of them."""
    running = waiting = None  # the earliest of each
    for name, clock in clocks.items():
        state = clock["state"]
        if state not in (_RUNNING, _MISSED) or clock["only_informs"] or name == ALARM:
            continue
        due_on = clock["due_on"]
        if state == _RUNNING and (running is None or due_on < running):
            running = due_on
        if waiting is None or due_on < waiting:
            waiting = due_on
    return {"clocks": clocks, "next_due_on": running, "waiting_due_on": waiting}


CHANGES: Final[Mapping[str, Callable[[Row, Data], Row]]] = {
    "DeadlineSet": _set,
    "DeadlineUncounted": _set,
    "DeadlineMoved": _moved,
    "DeadlinePaused": _paused,
    "DeadlineMissed": _missed,
    "DeadlineMet": _met,
    "DeadlineCancelled": _cancelled,
    "Escalated": _escalated,
}
