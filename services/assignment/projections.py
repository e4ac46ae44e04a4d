"""The table that tells how many open cases each officer has; one row for each file."""

from shared.ledger import Recorded
from shared.projection import Projection, Row


def _key(event: Recorded) -> str | None:
    return event.file if event.category == "case" else None


def _fold(row: Row, event: Recorded) -> Row:
    row = {"file": event.file, "unit": None, "officer": None, "open": True} | row
    match event.type:
        case "CaseAssigned":
            return row | {"unit": event.data["unit"], "officer": event.data["officer"]}
        case "OfficerRecused" if event.data["officer"] == row["officer"]:
            return row | {"officer": None}  # nobody's, until somebody else gets it
        case "CaseClosed":
            return row | {"open": False}
        case _:
            return row


LOADS = Projection(
    table="loads",
    version=2,
    categories=frozenset({"case"}),
    key=_key,
    fold=_fold,
    indexes=((("authority", 1), ("open", 1), ("officer", 1)),),
)
