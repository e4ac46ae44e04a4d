"""Tables folded from intake's own events: petitions, sessions of reception, mediations.

Rows hold no personal data. The first finds petitions worth comparing, the second counts the days on
which the chair received, the third finds the mediations about a file.
"""

from shared.ledger import Recorded
from shared.projection import Projection, Row


def _petition_key(event: Recorded) -> str | None:
    wanted = event.type in ("PetitionReceived", "PetitionClassified")
    return event.file if wanted and event.category == "petition" else None


def _petition(row: Row, event: Recorded) -> Row:
    data = event.data
    if event.type == "PetitionReceived":
        return row | {
            "file": event.file,
            "received_on": data["received_on"],
            "kind": data.get("claimed_kind"),
            "field": data.get("claimed_field"),
            "neighbourhood": data.get("neighbourhood"),
        }
    return row | {"kind": data["kind"], "field": data["field"]}


PETITIONS = Projection(
    table="petitions",
    version=1,
    categories=frozenset({"petition"}),
    key=_petition_key,
    fold=_petition,
    indexes=(
        (("authority", 1), ("field", 1), ("received_on", -1)),
        (("authority", 1), ("neighbourhood", 1), ("received_on", -1)),
        (("authority", 1), ("received_on", -1)),
    ),
)


def _reception_key(event: Recorded) -> str | None:
    return event.file if event.category == "reception" else None


def _reception(row: Row, event: Recorded) -> Row:
    blank: Row = {"reception": event.file, "held_on": None, "is_held": False, "turns": 0}
    row = blank | row
    data = event.data
    session = {name: data.get(name) for name in ("kind", "mode", "host")}
    match event.type:
        case "ReceptionScheduled":
            return row | session | {"held_on": data["held_on"]}
        case "CitizenReceived":
            turns = row["turns"] + 1
            return row | session | {"held_on": data["received_on"], "is_held": True, "turns": turns}
        case "ReceptionConcluded":
            return row | {"is_held": True}
        case _:
            return row


RECEPTIONS = Projection(
    table="receptions",
    version=1,
    categories=frozenset({"reception"}),
    key=_reception_key,
    fold=_reception,
    indexes=((("authority", 1), ("held_on", 1)),),
)


def _mediation_key(event: Recorded) -> str | None:
    is_about_file = event.category == "mediation" and event.data.get("file")
    return event.file if is_about_file else None


def _mediation(row: Row, event: Recorded) -> Row:
    return row | {"mediation": event.file, "file": event.data["file"]}


MEDIATIONS = Projection(
    table="mediations",
    version=1,
    categories=frozenset({"mediation"}),
    key=_mediation_key,
    fold=_mediation,
    indexes=((("authority", 1), ("file", 1)),),
)
