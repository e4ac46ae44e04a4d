"""The published language: every event, its owner, and how it is read and written.

Events are for ever. Add optional fields (with a default); never rename, retype or remove one. A new
meaning is a new event. `tests/contract/recorded/` keeps one example of every version ever released.
"""

import dataclasses
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, get_type_hints

import msgspec

from shared.contracts import cases, clocks, identities, petitions, receptions, reports
from shared.personal import Personal

#: Service -> the events that it alone records; also the exchange `<service>.events` they go to.
OWNED: dict[str, tuple[type, ...]] = {
    "intake": (*petitions.EVENTS, *receptions.EVENTS, *identities.EVENTS),
    "assignment": cases.EVENTS,
    "deadlines": clocks.EVENTS,
    "reporting": reports.EVENTS,
}
#: Event type on the wire -> its class.
EVENT_CLASSES: dict[str, type] = {
    event.__name__: event for events in OWNED.values() for event in events
}
#: Event type -> service that records it.
OWNER: dict[str, str] = {
    event.__name__: service for service, events in OWNED.items() for event in events
}
#: Stream categories that make up one file (hồ sơ).
CATEGORIES = ("petition", "case", "clock")  # `identity` is kept apart


class UnknownEvent(Exception):
    """A type that this release does not know: written by a newer one, or by no service of ours."""


def streams_of(file: str) -> tuple[str, ...]:
    """Every stream that the file with this number can have."""
    return tuple(f"{category}-{file}" for category in CATEGORIES)


def load(type_name: str, data: Mapping[str, Any]) -> Any:
    """The event as its dataclass; fields that this release does not know are passed over.

    Personal parts are not among `data`, so `personal` comes back empty. Trusts what is in the
    ledger: shapes were checked when the event was written.
    """
    try:
        return msgspec.convert(data, EVENT_CLASSES[type_name])
    except KeyError:
        raise UnknownEvent(type_name) from None


def dump(event: Any) -> tuple[dict[str, Any], Personal]:
    """The event as plain data, and what must be sealed before it is stored."""
    data = {
        field.name: msgspec.to_builtins(value)
        for field in dataclasses.fields(event)
        if field.name != "personal" and (value := getattr(event, field.name)) is not None
    }
    return data, getattr(event, "personal", Personal.nothing())


def id_numbers(event: Any) -> dict[str, str]:
    """Sealed part -> ID number (số định danh) of each party of a petition who gave one."""
    if not isinstance(event, petitions.PetitionReceived):
        return {}
    parties = {party.ref: event.personal[party.ref] for party in event.parties}
    return {ref: told["id_number"] for ref, told in parties.items() if "id_number" in told}


def keys_of(file: str, event: Any) -> str:
    """Under whose keys the event's parts are sealed: the file's, but each turn of a session has its
    own, since those who come on one day have nothing to do with each other.
    """
    if isinstance(event, receptions.CitizenReceived):
        return f"{file}.{event.turn}"
    return file


def schema_version(event: type) -> int:
    """Version of the event's format; 1 unless the class says otherwise."""
    return getattr(event, "SCHEMA", 1)


def legal_date(type_name: str, data: Mapping[str, Any]) -> date:
    """The day that the law counts for this event, which may lie long before it was recorded."""
    return date.fromisoformat(data[_legal_date_field(EVENT_CLASSES[type_name])])


@cache
def _legal_date_field(event: type) -> str:
    """The first field of the event that is a date; by convention the one the law counts."""
    return next(name for name, kind in get_type_hints(event).items() if kind is date)
