"""The event of the benchmarks as `eventsourcing` wants it: a class that it can find by its name."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from eventsourcing.domain import DomainEvent

from deploy.bench import material


@dataclass(frozen=True)
class PetitionReceived(DomainEvent):
    data: dict[str, Any]
    actor: str


def received(stream: UUID, number: int) -> PetitionReceived:
    return PetitionReceived(
        originator_id=stream,
        originator_version=number,
        timestamp=datetime.now(UTC),
        data=material.data(),
        actor="bench",
    )
