"""What happened to a file, told to people: one Vietnamese sentence for each event. Pure.

With a directory, sentences name units and officers; without one they tell the codes of the events.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from services.reporting.documents import staff
from services.reporting.replay import legal_day
from services.reporting.sentences import BY_KIND, SENTENCES
from shared.clock import day_text
from shared.directory import Directory
from shared.ledger import Recorded


def without_others(events: Iterable[Recorded], may_know: Callable[[str], bool]) -> list[Recorded]:
    """A file's events for who may know of some files only: to another no link was ever made."""
    told: list[Recorded] = []
    for event in events:
        match event.type:
            case "PetitionLinked" | "PetitionUnlinked" if not may_know(event.data["to"]):
                continue
            case "PetitionReceived" if (to := event.data.get("repeats")) and not may_know(to):
                told.append(msgspec.structs.replace(event, data=event.data | {"repeats": None}))
            case _:
                told.append(event)
    return told


def history(events: Iterable[Recorded], directory: Directory | None = None) -> list[dict[str, Any]]:
    """Every event as it is in the ledger, in its order, with its sentence; sealed parts by name."""
    return [
        event.message()
        | {
            "legal_date": legal_day(event).isoformat(),
            "sealed": sorted(event.sealed),
            "sentence": sentence,
        }
        for event, sentence in _told(events, directory)
    ]


def timeline(
    events: Iterable[Recorded], directory: Directory | None = None
) -> list[dict[str, Any]]:
    """The same for people: by the day that the law counts, only what they need to read."""
    entries = [
        {
            "on": legal_day(event).isoformat(),
            "sentence": sentence,
            "type": event.type,
            "id": event.id,
            "position": event.position,
        }
        for event, sentence in _told(events, directory)
    ]
    return sorted(entries, key=lambda entry: entry["on"])  # stable: one day keeps the log's order


def _told(
    events: Iterable[Recorded], directory: Directory | None
) -> Iterator[tuple[Recorded, str]]:
    kind = ""
    for event in events:
        kind = event.data.get("kind", kind) if event.category != "clock" else kind
        yield event, f"Ngày {day_text(legal_day(event))}: {_sentence(event, kind, directory)}."


def _sentence(event: Recorded, kind: str, directory: Directory | None) -> str:
    data = event.data | staff.written(event.data, directory) if directory else event.data
    if tell_by_kind := BY_KIND.get(event.type):
        return tell_by_kind(data, kind)
    tell = SENTENCES.get(event.type)
    return tell(data) if tell else f"Sự kiện {event.type}"
