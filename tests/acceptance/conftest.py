"""The whole system as in production: the relay and four services, each a process of its own.

They run on the test session's broker and database, write their logs to files, and can be killed and
started again one by one.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shared.ledger import Log, Recorded, flatten
from tests.acceptance.world import PROGRAMS, Portal, System


@pytest.fixture(scope="package")
def running_system(
    stack: Any, amqp_uri: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[System]:
    system = System(stack, tmp_path_factory.mktemp("system"))
    try:
        system.start(*PROGRAMS)
        yield system
    finally:
        system.stop()


@pytest.fixture
def system(running_system: System) -> System:
    """All five processes, running."""
    running_system.ensure()
    return running_system


@pytest.fixture
def portal(stack: Any, amqp_uri: str) -> Portal:
    return Portal(stack.agency_uri("portal"))


@pytest.fixture
def wait_for(log: Log, authority: str, eventually: Any) -> Callable[..., list[Recorded]]:
    """Wait until a file has events of these types, as many as named; answers all it has."""

    def wait(file: str, *types: str) -> list[Recorded]:
        streams = [f"{category}-{file}" for category in ("petition", "case", "clock")]

        def found() -> list[Recorded] | None:
            events = flatten(log.read(authority, *streams))
            return events if Counter(types) <= Counter(event.type for event in events) else None

        events: list[Recorded] = eventually(found)
        return events

    return wait
