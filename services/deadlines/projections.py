"""The table of clocks that the sweep and the queries look at; one row for each clock of a file."""

from shared.ledger import Recorded
from shared.projection import Projection, Row


def _key(event: Recorded) -> str | None:
    return f"{event.file}/{event.data['clock']}" if event.category == "clock" else None


def _fold(row: Row, event: Recorded) -> Row:
    data = event.data
    match event.type:
        case "DeadlineSet":
            return {
                "file": event.file,
                "clock": data["clock"],
                "kind": data["kind"],
                "rule": data["rule"],
                "triggered_on": data["triggered_on"],
                "due_on": data["due_on"],
                "state": "running",
                "is_missed": False,
            }
        case "DeadlineMoved":
            moved = {name: data[name] for name in ("rule", "triggered_on", "due_on")}
            return row | moved | {"is_missed": False}
        case "DeadlineMissed":
            return row | {"is_missed": True}
        case "DeadlineMet":
            return row | {"state": "met", "met_on": data["met_on"], "days_late": data["days_late"]}
        case "DeadlineCancelled":
            return row | {"state": "cancelled"}
        case _:
            return row


CLOCKS = Projection(
    table="clocks",
    version=1,
    key=_key,
    fold=_fold,
    indexes=(
        (("authority", 1), ("state", 1), ("due_on", 1), ("_id", 1)),
        (("authority", 1), ("file", 1)),
    ),
)
