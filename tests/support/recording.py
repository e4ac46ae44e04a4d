"""Puts events in a log as if they had happened; asks no rule for permission."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from shared import contracts
from shared.ledger import Commit, Event, Log, Proposal, Recorded, flatten
from shared.memory_log import MemoryLog

AT = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def record(
    log: Log,
    authority: str,
    stream: str,
    *events: Any,
    at: datetime = AT,
    sealed: Mapping[str, bytes] | None = None,
) -> Commit:
    """Append the events in one commit to the end of the stream; `sealed` goes to each of them."""
    before = log.read(authority, stream)
    after = before[-1].version if before else 0
    commit_id = f"{stream}-{after}"
    return log.append(
        authority,
        Proposal(
            stream=stream,
            after=after,
            commit_id=commit_id,
            digest="d",
            actor="officer:vera",
            correlation=f"r-{commit_id}",
            caused_by=None,
            recorded_at=at,
            events=tuple(
                Event(
                    id=f"{commit_id}-{number}",
                    type=type(event).__name__,
                    schema=contracts.schema_version(type(event)),
                    data=contracts.dump(event)[0],
                    sealed=sealed or {},
                )
                for number, event in enumerate(events, start=1)
            ),
        ),
    )


def recorded(authority: str, *steps: tuple[str, Any], at: datetime = AT) -> list[Recorded]:
    """These steps, stream and event each, as they come out of a log of their own."""
    log = MemoryLog()
    for stream, event in steps:
        record(log, authority, stream, event, at=at)
    return flatten(list(log.after(authority, 0)))


def recorded_stories(authority: str, **told: Iterable[tuple[str, Any]]) -> list[Recorded]:
    """Stories, of category and event each, one after another as the file with its name."""
    steps = ((f"{of}-{file}", event) for file, story in told.items() for of, event in story)
    return recorded(authority, *steps)
