"""The tables that the sweep and the queries look at: clocks, and who is answerable for a file."""

from typing import Final

from shared.ledger import Recorded
from shared.projection import Projection, Row

#: Stream category of clocks -> what they are about.
SUBJECTS: Final = {"clock": "file", "reception_clock": "reception", "task_clock": "task"}


def _key(event: Recorded) -> str | None:
    return f"{event.file}/{event.data['clock']}" if event.category in SUBJECTS else None


def _fold(row: Row, event: Recorded) -> Row:
    data = event.data
    match event.type:
        case "DeadlineSet" | "DeadlineUncounted":
            is_counted = event.type == "DeadlineSet"
            return {
                "file": event.file,
                "subject": SUBJECTS[event.category],
                "clock": data["clock"],
                "kind": data["kind"],
                "rule": data["rule"],
                "triggered_on": data["triggered_on"],
                "due_on": data["due_on"] if is_counted else None,
                "state": "running" if is_counted else "uncounted",
                "is_missed": False,
                "only_informs": data.get("only_informs", False),
                "approached": None,
                "escalated": row.get("escalated", {}),  # due day -> levels told
                "calendar": data["calendar"],
                "counted_at": event.position,
            }
        case "DeadlineMoved":
            moved = {name: data[name] for name in ("rule", "triggered_on", "due_on", "calendar")}
            return (
                row
                | moved
                | {
                    "state": "running",
                    "is_missed": False,
                    "approached": None,
                    "was_due_on": data["was_due_on"],
                    "counted_at": event.position,
                }
            )
        case "DeadlinePaused":
            paused = {"state": "paused", "due_on": None, "was_due_on": data["was_due_on"]}
            return row | paused | {"paused_on": data["paused_on"]}
        case "DeadlineApproaching":
            return row | {"approached": data["working_days_left"]}
        case "DeadlineMissed":
            return row | {"is_missed": True}
        case "Escalated":
            told = row["escalated"].get(data["due_on"], [])
            return row | {"escalated": row["escalated"] | {data["due_on"]: [*told, data["level"]]}}
        case "DeadlineMet":
            met = {"state": "met", "met_on": data["met_on"], "days_late": data.get("days_late", 0)}
            return row | met | {"due_on": data["due_on"]}
        case "DeadlineCancelled":
            return row | {"state": "cancelled"}
        case _:
            return row


CLOCKS = Projection(
    table="clocks",
    version=3,
    categories=frozenset(SUBJECTS),
    key=_key,
    fold=_fold,
    indexes=(
        (("authority", 1), ("state", 1), ("due_on", 1), ("_id", 1)),
        (("state", 1), ("_id", 1), ("due_on", 1)),  # the sweep goes by key over all authorities
        (("authority", 1), ("file", 1)),
    ),
)


#: The row that says when a ward last changed its calendar; no file number has an `l`.
CALENDAR_ROW: Final = "calendar"


def _file_of(event: Recorded) -> str | None:
    match event.type:
        case "CalendarChanged":
            return CALENDAR_ROW
        case "CaseAssigned" | "OfficerRecused":
            return event.file
        case "MediationRecorded":
            return event.data.get("file")
        case _:
            return None


def _fold_file(row: Row, event: Recorded) -> Row:
    data = event.data
    match event.type:
        case "CaseAssigned":
            return row | {"unit": data["unit"], "officer": data["officer"]}
        case "OfficerRecused" if row.get("officer") == data["officer"]:
            return row | {"officer": None}
        case "CalendarChanged":
            return {"calendar_changed_at": event.position}
        case "MediationRecorded":
            return row | {"mediations": [*row.get("mediations", []), event.stream]}
        case _:
            return row


#: Who is answerable for a file, and the mediations that are about it; the wards that changed their
#: calendar, since a sweep over all of them must not ask each.
FILES = Projection(
    table="files",
    version=2,
    categories=frozenset({"case", "mediation", "calendar"}),
    key=_file_of,
    fold=_fold_file,
    indexes=((("calendar_changed_at", 1),),),
)
