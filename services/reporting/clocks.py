"""The clocks (thời hạn) of a row, of a file or of a session of reception: what each event changes.

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
    PAUSED = "paused"  # not counted: suspended, or waiting for an expert
    MISSED = "missed"  # the limit passed and what it waits for is still not done
    MET = "met"
    LATE = "late"  # done, after the limit
    CANCELLED = "cancelled"


#: Tells that a petition was left lying too long (NĐ 154/2026 Đ.41.3.b). No legal limit, so it makes
#: no file overdue.
ALARM: Final = "discipline_alarm"

#: The fields of a row that these changes keep.
BLANK: Row = {
    "clocks": {},
    "next_due_on": None,  # the earliest of the clocks that run
    "waiting_due_on": None,  # the earliest of the clocks that run or are missed
    "escalations": [],  # clock, level, to, escalated_on
}


def _set(row: Row, data: Data) -> Row:
    clock = {
        "kind": data["kind"],
        "rule": data["rule"],
        "triggered_on": data["triggered_on"],
        "due_on": data["due_on"],
        "state": ClockState.RUNNING.value,
        "met_on": None,
        "days_late": None,
        "stopped_days": data.get("stopped_days", 0),
        "only_informs": data.get("only_informs", False),
    }
    return _summed(row["clocks"] | {data["clock"]: clock})


def _moved(row: Row, data: Data) -> Row:
    moved = {name: data[name] for name in ("rule", "triggered_on", "due_on")}
    moved["stopped_days"] = data.get("stopped_days", 0)
    # If the new day has passed as well, the miss of that day is recorded next.
    return _changed(row, data, **moved, state=ClockState.RUNNING.value)


def _paused(row: Row, data: Data) -> Row:
    return _changed(row, data, rule=data["rule"], state=ClockState.PAUSED.value)


def _missed(row: Row, data: Data) -> Row:
    return _changed(row, data, **_limit(data), state=ClockState.MISSED.value)


def _met(row: Row, data: Data) -> Row:
    late = data.get("days_late", 0)
    state = ClockState.LATE if late else ClockState.MET
    told = _limit(data) | {"met_on": data["met_on"], "days_late": late}
    return _changed(row, data, **told, state=state.value)


def _cancelled(row: Row, data: Data) -> Row:
    return _changed(row, data, state=ClockState.CANCELLED.value)


def _escalated(row: Row, data: Data) -> Row:
    told = {name: data[name] for name in ("clock", "level", "to", "escalated_on")}
    return {"escalations": [*row["escalations"], told]}


def _limit(data: Data) -> Row:
    # Told again with each event, since as of a day the news that it moved may not count yet.
    return {"rule": data["rule"], "due_on": data["due_on"]}


def _changed(row: Row, data: Data, **changes: Any) -> Row:
    known = row["clocks"].get(data["clock"])
    if known is None:
        return {}  # as of a day before its trigger
    return _summed(row["clocks"] | {data["clock"]: known | changes})


def _summed(clocks: Row) -> Row:
    running = missed = None  # the earliest of each
    for name, clock in clocks.items():
        if clock["only_informs"] or name == ALARM:
            continue
        due_on, state = clock["due_on"], clock["state"]
        if state == ClockState.RUNNING:
            running = min(running or due_on, due_on)
        elif state == ClockState.MISSED:
            missed = min(missed or due_on, due_on)
    waiting = min(filter(None, (running, missed)), default=None)
    return {"clocks": clocks, "next_due_on": running, "waiting_due_on": waiting}


CHANGES: Final[Mapping[str, Callable[[Row, Data], Row]]] = {
    "DeadlineSet": _set,
    "DeadlineMoved": _moved,
    "DeadlinePaused": _paused,
    "DeadlineMissed": _missed,
    "DeadlineMet": _met,
    "DeadlineCancelled": _cancelled,
    "Escalated": _escalated,
}
