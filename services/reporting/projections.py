"""The table of cases: one row for each file, which is its card and its line in every list.

Rows are plain JSON and hold no personal data. The same fold makes the live table, a rebuilt one and
a replay as of a day. Whether a deadline is overdue depends on the day one asks, so it is not in the
row but in `queries`.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from shared.contracts import CATEGORIES
from shared.ledger import Recorded
from shared.projection import Projection, Row

Data = Mapping[str, Any]


class State(StrEnum):
    """How far a file has come (tình trạng hồ sơ)."""

    RECEIVED = "received"  # mới tiếp nhận
    CLASSIFIED = "classified"  # đã phân loại
    ACCEPTED = "accepted"  # đã thụ lý
    ASSIGNED = "assigned"  # đang giải quyết
    DECIDED = "decided"  # đã có kết quả giải quyết
    CLOSED = "closed"  # đã kết thúc
    REFUSED = "refused"  # không thụ lý
    GUIDED = "guided"  # đã hướng dẫn
    FORWARDED = "forwarded"  # đã chuyển đơn
    FILED_AWAY = "filed_away"  # lưu đơn


class ClockState(StrEnum):
    """How a deadline (thời hạn) stands."""

    RUNNING = "running"
    MISSED = "missed"  # the limit passed and what it waits for is still not done
    MET = "met"
    LATE = "late"  # done, after the limit
    CANCELLED = "cancelled"


#: A row before its first event. Every row has every field, so that readers need not ask.
BLANK: Row = {
    "file": None,
    "state": None,
    "is_open": True,
    "kind": None,  # as classified; what the sender called it is `claimed_kind`
    "field": None,
    "claimed_kind": None,
    "claimed_field": None,
    "channel": None,
    "received_on": None,
    "people": None,
    "is_remote": False,
    "is_anonymous": False,
    "transferred_by": None,  # the authority that handed it over
    "first_received_on": None,  # when that authority had received it
    "neighbourhood": None,
    "agency": None,  # the system that published it
    "repeats": None,
    "flags": [],
    "is_competent": None,
    "meets_conditions": None,
    "classified_on": None,
    "accepted_on": None,
    "ended_on": None,  # when it left our hands, in whatever way
    "ground": None,
    "competent_authority": None,
    "unit": None,
    "officer": None,
    "assigned_on": None,
    "decided_on": None,
    "decision_number": None,
    "outcome": None,
    "closed_on": None,
    "outside_decisions": [],
    "clocks": {},
    "next_due_on": None,  # the earliest of the clocks that run
    "waiting_due_on": None,  # the earliest of the clocks that run or are missed
    "events": 0,
    "position": 0,
    "last_recorded_at": None,
}


def fold(row: Row, event: Recorded) -> Row:
    """The row after the event; an event of a newer release only moves the position."""
    row = BLANK | row
    change = _CHANGES.get(event.type)
    return (
        row
        | (change(row, event.data) if change else {})
        | {
            "file": event.file,
            "events": row["events"] + 1,
            "position": event.position,
            "last_recorded_at": event.recorded_at,
        }
    )


def _key(event: Recorded) -> str | None:
    return event.file if event.category in CATEGORIES else None


#: Raise `version` whenever `fold` or `BLANK` changes: the service then rebuilds the table itself.
CASES = Projection(
    table="cases",
    version=1,
    key=_key,
    fold=fold,
    indexes=(
        (("authority", 1), ("received_on", -1), ("file", 1)),
        (("authority", 1), ("is_open", 1), ("waiting_due_on", 1), ("file", 1)),
        (("authority", 1), ("officer", 1), ("received_on", -1), ("file", 1)),
    ),
)


# -- intake


def _received(row: Row, data: Data) -> Row:
    return {
        "state": State.RECEIVED.value,
        "received_on": data["received_on"],
        "channel": data["channel"],
        "claimed_kind": data.get("claimed_kind"),
        "claimed_field": data.get("claimed_field"),
        "people": data.get("people", 1),
        "is_remote": data.get("is_remote", False),
        "is_anonymous": not any(
            party.get("is_identified", True)
            for party in data["parties"]
            if party["ref"].startswith("p")
        ),
        "transferred_by": data.get("transferred_by"),
        "first_received_on": data.get("first_received_on"),
        "neighbourhood": data.get("neighbourhood"),
        "repeats": data.get("repeats"),
        "agency": data["source"]["agency"] if data.get("source") else None,
    }


def _classified(row: Row, data: Data) -> Row:
    return {
        "state": State.CLASSIFIED.value,
        "classified_on": data["classified_on"],
        "kind": data["kind"],
        "field": data["field"],
        "is_competent": data["is_competent"],
        "meets_conditions": data["meets_conditions"],
        "flags": list(data.get("flags", ())),
    }


def _accepted(row: Row, data: Data) -> Row:
    return {
        "state": State.ACCEPTED.value,
        "accepted_on": data["accepted_on"],
        "kind": data["kind"],
        "field": data["field"],
    }


def _left(state: State, day: str) -> Callable[[Row, Data], Row]:
    """The petition ends without settlement here; `day` is the field with the legal date."""

    def change(row: Row, data: Data) -> Row:
        return {
            "state": state.value,
            "is_open": False,
            "ended_on": data[day],
            "ground": data.get("ground"),
            "competent_authority": data.get("competent_authority"),
        }

    return change


def _decided_outside(row: Row, data: Data) -> Row:
    told = {name: data[name] for name in ("decided_on", "decided_by", "number", "outcome")}
    return {"outside_decisions": [*row["outside_decisions"], told]}


# -- assignment


def _opened(row: Row, data: Data) -> Row:
    return {"kind": data["kind"], "field": data["field"]}


def _assigned(row: Row, data: Data) -> Row:
    return {
        "state": State.ASSIGNED.value,
        "assigned_on": data["assigned_on"],
        "unit": data["unit"],
        "officer": data["officer"],
    }


def _decided(row: Row, data: Data) -> Row:
    return {
        "state": State.DECIDED.value,
        "decided_on": data["decided_on"],
        "decision_number": data["number"],
        "outcome": data["outcome"],
    }


def _closed(row: Row, data: Data) -> Row:
    return {
        "state": State.CLOSED.value,
        "is_open": False,
        "closed_on": data["closed_on"],
        "ended_on": data["closed_on"],
        "ground": data["ground"],
    }


# -- deadlines


def _deadline_set(row: Row, data: Data) -> Row:
    clock = {
        "kind": data["kind"],
        "rule": data["rule"],
        "triggered_on": data["triggered_on"],
        "due_on": data["due_on"],
        "state": ClockState.RUNNING.value,
        "met_on": None,
        "days_late": None,
    }
    return _clocks(row["clocks"] | {data["clock"]: clock})


def _deadline_moved(row: Row, data: Data) -> Row:
    moved = {name: data[name] for name in ("rule", "triggered_on", "due_on")}
    # If the new day has passed as well, the miss of that day is recorded next.
    return _clock(row, data, **moved, state=ClockState.RUNNING.value)


def _deadline_missed(row: Row, data: Data) -> Row:
    return _clock(row, data, **_limit(data), state=ClockState.MISSED.value)


def _deadline_met(row: Row, data: Data) -> Row:
    late = data.get("days_late", 0)
    state = ClockState.LATE if late else ClockState.MET
    told = _limit(data) | {"met_on": data["met_on"], "days_late": late}
    return _clock(row, data, **told, state=state.value)


def _deadline_cancelled(row: Row, data: Data) -> Row:
    return _clock(row, data, state=ClockState.CANCELLED.value)


def _limit(data: Data) -> Row:
    # Told again with each event, since as of a day the news that it moved may not count yet.
    return {"rule": data["rule"], "due_on": data["due_on"]}


def _clock(row: Row, data: Data, **changes: Any) -> Row:
    known = row["clocks"].get(data["clock"])
    if known is None:
        return {}  # as of a day before its trigger
    return _clocks(row["clocks"] | {data["clock"]: known | changes})


def _clocks(clocks: Row) -> Row:
    running, waiting = [], []
    for clock in clocks.values():
        if clock["state"] == "running":
            running.append(clock["due_on"])
            waiting.append(clock["due_on"])
        elif clock["state"] == "missed":
            waiting.append(clock["due_on"])
    return {
        "clocks": clocks,
        "next_due_on": min(running, default=None),
        "waiting_due_on": min(waiting, default=None),
    }


_CHANGES: Mapping[str, Callable[[Row, Data], Row]] = {
    "PetitionReceived": _received,
    "PetitionClassified": _classified,
    "PetitionAccepted": _accepted,
    "AcceptanceRefused": _left(State.REFUSED, "refused_on"),
    "PetitionerGuided": _left(State.GUIDED, "guided_on"),
    "PetitionForwarded": _left(State.FORWARDED, "forwarded_on"),
    "PetitionFiledAway": _left(State.FILED_AWAY, "filed_on"),
    "OutsideDecisionReceived": _decided_outside,
    "CaseOpened": _opened,
    "CaseAssigned": _assigned,
    "DecisionIssued": _decided,
    "CaseClosed": _closed,
    "DeadlineSet": _deadline_set,
    "DeadlineMoved": _deadline_moved,
    "DeadlineMissed": _deadline_missed,
    "DeadlineMet": _deadline_met,
    "DeadlineCancelled": _deadline_cancelled,
}
