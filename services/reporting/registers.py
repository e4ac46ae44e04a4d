"""The registers of citizen reception and of directive tasks: one row for each. Pure.

A row of a reception is one session (phiên tiếp công dân) with its turns; a row of a task is one
task (nhiệm vụ). Neither holds personal data.
"""

from collections.abc import Callable, Mapping
from typing import Any

from services.reporting import clocks
from shared.ledger import Recorded
from shared.projection import Row

Data = Mapping[str, Any]
Change = Callable[[Row, Data], Row]

BLANK_RECEPTION: Row = {
    "reception": None,
    "posted_on": None,  # None: not on the schedule
    "line_tests": [],  # tested_on, result: of the connection for an online session
    "held_on": None,
    "kind": None,
    "mode": None,
    "host": None,
    "turns": [],  # turn, received_on, people, representatives, capacity, matter, file, notified_on
    "people": 0,
    "refusals": [],  # refused_on, ground, needs_written_notice, notice_sent_on
    "concluded_on": None,
    "conclusion_number": None,
    "units": [],
    **clocks.BLANK,
    "events": 0,
    "position": 0,
    "last_recorded_at": None,
}

#: What form 06/QLKNTC asks of a task that is done, beside what was held and who took part.
TASK_FIGURES = ("units", "new_documents", "amended_documents", "repealed_documents", "figures")

BLANK_TASK: Row = {
    "task": None,
    "set_on": None,
    "due_on": None,
    "topic": None,
    "unit": None,
    "officer": None,
    "is_open": True,
    "done_on": None,
    "held": None,  # sessions, courses or inspections
    **dict.fromkeys(TASK_FIGURES),
    "people": None,  # who took part
    **clocks.BLANK,
    "events": 0,
    "position": 0,
    "last_recorded_at": None,
}


def fold_reception(row: Row, event: Recorded) -> Row:
    """The session's row after the event; an event of a newer release only moves the position."""
    return _fold(BLANK_RECEPTION | row, event, _RECEPTION_CHANGES, {"reception": event.file})


def fold_task(row: Row, event: Recorded) -> Row:
    """The task's row after the event; an event of a newer release only moves the position."""
    return _fold(BLANK_TASK | row, event, _TASK_CHANGES, {"task": event.file})


def _fold(row: Row, event: Recorded, changes: Mapping[str, Change], name: Row) -> Row:
    change = changes.get(event.type)
    return (
        row
        | (change(row, event.data) if change else {})
        | name
        | {
            "events": row["events"] + 1,
            "position": event.position,
            "last_recorded_at": event.recorded_at,
        }
    )


# -- receptions


def _scheduled(row: Row, data: Data) -> Row:
    return {name: data[name] for name in ("posted_on", "held_on", "kind", "mode", "host")}


def _line_tested(row: Row, data: Data) -> Row:
    test = {name: data[name] for name in ("tested_on", "result")}
    return {"line_tests": [*row["line_tests"], test]}


def _received(row: Row, data: Data) -> Row:
    turn = {
        "turn": data["turn"],
        "received_on": data["received_on"],
        "people": data.get("people", 1),
        "representatives": data.get("representatives", 0),
        "capacity": data.get("capacity"),
        "matter": data.get("matter"),
        "file": data.get("file"),
        "notified_on": None,
    }
    return {
        "held_on": data["received_on"],
        "kind": data["kind"],
        "mode": data["mode"],
        "host": data["host"],
        "turns": [*row["turns"], turn],
        "people": row["people"] + turn["people"],
    }


def _refused(row: Row, data: Data) -> Row:
    refusal = {name: data[name] for name in ("refused_on", "ground", "needs_written_notice")}
    told: Row = {"refusals": [*row["refusals"], refusal | {"notice_sent_on": None}]}
    return told if row["held_on"] else told | {"held_on": data["refused_on"]}


def _notice_sent(row: Row, data: Data) -> Row:
    """A notice is about the oldest refusal that needs one and has none."""
    waiting = [
        place
        for place, refusal in enumerate(row["refusals"])
        if refusal["needs_written_notice"] and not refusal["notice_sent_on"]
    ]
    return {
        "refusals": [
            refusal | {"notice_sent_on": data["sent_on"]} if place in waiting[:1] else refusal
            for place, refusal in enumerate(row["refusals"])
        ]
    }


def _concluded(row: Row, data: Data) -> Row:
    return {
        "concluded_on": data["concluded_on"],
        "conclusion_number": data["number"],
        "units": list(data.get("units", ())),
    }


def _result_notified(row: Row, data: Data) -> Row:
    return {
        "turns": [
            turn | {"notified_on": data["notified_on"]} if turn["turn"] == data["turn"] else turn
            for turn in row["turns"]
        ]
    }


_RECEPTION_CHANGES: Mapping[str, Change] = {
    "ReceptionScheduled": _scheduled,
    "OnlineLineTested": _line_tested,
    "CitizenReceived": _received,
    "ReceptionRefused": _refused,
    "RefusalNoticeSent": _notice_sent,
    "ReceptionConcluded": _concluded,
    "ReceptionResultNotified": _result_notified,
    **clocks.CHANGES,
}


# -- tasks


def _set(row: Row, data: Data) -> Row:
    told = {name: data[name] for name in ("set_on", "due_on", "topic", "unit")}
    return told | {"officer": data.get("officer")}


def _done(row: Row, data: Data) -> Row:
    return {
        "is_open": False,
        "done_on": data["done_on"],
        "held": data.get("events", 0),
        "people": data.get("people", 0),
        **{name: data.get(name) for name in TASK_FIGURES},
    }


_TASK_CHANGES: Mapping[str, Change] = {"TaskSet": _set, "TaskDone": _done, **clocks.CHANGES}
