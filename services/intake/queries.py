"""What is asked of intake's tables, and petitions opened for comparing.

Texts are sealed, so a comparison opens them, in memory and for as long as it takes. It opens at
most `MOST_OPENED`: every other petition of the same people, then those of the same neighbourhood
and field, of the same field, of the same neighbourhood and of any within a year, the nearest in
time first. What lies outside is not found; nothing derived from a text is stored.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, Final

from pymongo.collection import Collection

from services.intake.similarity import Likeness, Text, plain
from shared import contracts
from shared.chair_days import Session
from shared.contracts.petitions import Field, Kind, PetitionReceived, Role
from shared.contracts.receptions import Host, ReceptionKind, ReceptionMode
from shared.ledger import Log, Recorded, flatten
from shared.projection import Row
from shared.vault import Vault

MOST_OPENED: Final = 200
MOST_PEOPLE: Final = 5  # of each side opened in a petition; ID numbers of all are compared
WITHIN: Final = timedelta(days=365)  # own rule; the same person is found whenever it was


def sessions(rows: "Collection[Row]", authority: str, first: date, last: date) -> list[Session]:
    """The sessions held from one day to another."""
    days = {"$gte": first.isoformat(), "$lte": last.isoformat()}
    wanted = {"authority": authority, "is_held": True, "held_on": days}
    return [
        Session(
            held_on=date.fromisoformat(row["held_on"]),
            kind=ReceptionKind(row["kind"]),
            mode=ReceptionMode(row["mode"]),
            host=Host(row["host"]),
        )
        for row in rows.find(wanted)
    ]


def mediations_of(rows: "Collection[Row]", authority: str, file: str) -> list[str]:
    """The mediations about a file."""
    return [row["mediation"] for row in rows.find({"authority": authority, "file": file})]


class Register:
    """The ward's petitions, opened for comparing; one for each question."""

    def __init__(self, rows: "Collection[Row]", log: Log, vault: Vault, authority: str) -> None:
        self._rows, self._log, self._vault, self._authority = rows, log, vault, authority

    def of(self, files: Iterable[str]) -> list[Likeness]:
        """The petitions with these file numbers; those that are not there are left out."""
        streams = [f"petition-{file}" for file in files]
        received: dict[str, Recorded] = {}
        classified: dict[str, list[dict[str, Any]]] = {}
        for event in flatten(self._log.read(self._authority, *streams)) if streams else ():
            if event.type == "PetitionReceived":
                received[event.file] = event
            elif event.type == "PetitionClassified":
                classified.setdefault(event.file, []).append(event.data)
        return [self._opened(event, classified.get(file, [])) for file, event in received.items()]

    def files_of_people(self, file: str) -> set[str]:
        """Other files in which one of the petitioners stands, known by their ID number."""
        numbers = self._id_numbers(file)
        found = (self._vault.files_of(self._authority, number) for number in numbers)
        others = {other for files in found for other in files} - {file}
        return {other for other in others if numbers & self._id_numbers(other)}

    def near(self, new: Likeness, known: Iterable[str]) -> list[str]:
        """Files worth comparing with the new one: those known already, then the nearest."""
        files = dict.fromkeys(known)
        if new.repeats:
            files[new.repeats] = None
        for file in self._nearest(new):
            if len(files) > MOST_OPENED:
                break
            files[file] = None
        files.pop(new.file, None)
        return list(files)[:MOST_OPENED]

    def _nearest(self, new: Likeness) -> Iterator[str]:
        field = {"field": new.field.value} if new.field else {}
        place = {"neighbourhood": new.neighbourhood} if new.neighbourhood else {}
        day = new.received_on
        before = {"$gte": (day - WITHIN).isoformat(), "$lte": day.isoformat()}
        after = {"$gt": day.isoformat(), "$lte": (day + WITHIN).isoformat()}
        for alike in (field | place, field, place, {}):
            rows: list[Row] = []
            for span, order in ((before, -1), (after, 1)):
                wanted = {"authority": self._authority, "received_on": span} | alike
                rows += self._rows.find(wanted).sort("received_on", order).limit(MOST_OPENED)
            yield from (row["file"] for row in sorted(rows, key=lambda row: _days(new, row)))

    def _opened(self, event: Recorded, classified: list[dict[str, Any]]) -> Likeness:
        received: PetitionReceived = contracts.load(event.type, event.data)
        last = classified[-1] if classified else {}
        kind, field = last.get("kind"), last.get("field")
        kinds = {received.claimed_kind, *(each["kind"] for each in classified)}
        petitioners = _refs(received)[:MOST_PEOPLE]
        others = [party.ref for party in received.parties if party.role is Role.RESPONDENT]
        respondents = others[:MOST_PEOPLE]
        parts = self._open(event, ["text", *petitioners, *respondents])
        text = parts.get("text", {})
        return Likeness(
            file=event.file,
            received_on=received.received_on,
            kind=Kind(kind) if kind else received.claimed_kind,
            field=Field(field) if field else received.claimed_field,
            neighbourhood=received.neighbourhood,
            repeats=received.repeats,
            is_anonymous=not any(
                party.is_identified and party.role is not Role.RESPONDENT
                for party in received.parties
            ),
            people=frozenset(_people(parts.get(ref, {}) for ref in petitioners)),
            respondents=frozenset(
                plain(parts[ref]["name"]) for ref in respondents if "name" in parts.get(ref, {})
            ),
            subject=Text.of(text["subject"]) if "subject" in text else None,
            content=Text.of(text["content"]) if "content" in text else None,
            was_denunciation=Kind.DENUNCIATION in kinds,
            entered_by=event.actor,
        )

    def _id_numbers(self, file: str) -> set[str]:
        """Of the petitioners; nothing where there is no such file."""
        numbers = set()
        for event in flatten(self._log.read(self._authority, f"petition-{file}")):
            if event.type == "PetitionReceived":
                petitioners = self._open(event, _refs(contracts.load(event.type, event.data)))
                numbers |= {one["id_number"] for one in petitioners.values() if "id_number" in one}
        return numbers

    def _open(self, event: Recorded, names: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The parts that are there and not erased."""
        sealed = {name: event.sealed[name] for name in names if name in event.sealed}
        parts = self._vault.open(self._authority, event.stream, sealed)
        return {name: part for name, part in parts.items() if isinstance(part, dict)}


def _refs(received: PetitionReceived) -> list[str]:
    return [party.ref for party in received.parties if party.role is not Role.RESPONDENT]


def _people(petitioners: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for one in petitioners:
        for where in ("address", "phone"):
            if "name" in one and where in one:
                yield plain(one["name"]), plain(one[where])


def _days(new: Likeness, row: Row) -> int:
    return abs((new.received_on - date.fromisoformat(row["received_on"])).days)
