"""Appends that a test asks for, one after another or at once."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from shared.ledger import Event, Proposal

FILED = {"filed_on": "2026-10-08", "ground": "gui_nhieu_noi"}


def proposal(
    stream: str = "thing-a",
    after: int = 0,
    commit_id: str = "c1",
    events: int = 1,
    data: dict[str, Any] | None = None,
    digest: str = "d",
) -> Proposal:
    """An append of as many events, all alike."""
    return Proposal(
        stream=stream,
        after=after,
        commit_id=commit_id,
        digest=digest,
        actor="officer:vera",
        correlation="r1",
        caused_by=None,
        recorded_at=datetime(2026, 11, 23, 5, 12, 3, 123000, tzinfo=UTC),
        events=tuple(
            Event(id=f"{commit_id}-{n}", type="PetitionFiledAway", schema=1, data=data or FILED)
            for n in range(1, events + 1)
        ),
    )


def at_once(count: int, do: Callable[[int], Any]) -> list[Any]:
    """What `do` answers, or raises, for each number below `count`, each in a thread of its own."""
    outcomes: list[Any] = [None] * count

    def run(number: int) -> None:
        try:
            outcomes[number] = do(number)
        except Exception as error:
            outcomes[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
