"""Whatever comes, in any order, the ledger in memory is what its model says."""

from collections import deque

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from shared.errors import LogUnavailable
from shared.ledger import Commit, Proposal
from shared.memory_log import MemoryLog
from tests.support.ledger_machine import LedgerMachine, Process
from tests.support.wire import Cut


class Lossy(MemoryLog):
    """A ledger whose answers can get lost, one for each cut."""

    def __init__(self, memory: MemoryLog, cuts: deque[Cut]) -> None:
        self._commits, self._lock, self._cuts = memory._commits, memory._lock, cuts

    def append(self, authority: str, proposal: Proposal) -> Commit:
        cut = self._cuts.popleft() if self._cuts else None
        if cut is None or cut.after:
            commit = super().append(authority, proposal)
        if cut:
            raise LogUnavailable("connection lost")
        return commit


class InMemory(LedgerMachine):
    def __init__(self, memory: MemoryLog) -> None:
        self.memory = memory
        super().__init__()

    def open(self) -> Process:
        cuts: deque[Cut] = deque()
        return Process(Lossy(self.memory, cuts), cuts)


def test_whatever_comes_the_ledger_in_memory_is_what_its_model_says() -> None:
    run_state_machine_as_test(
        lambda: InMemory(MemoryLog()),
        settings=settings(
            max_examples=30,
            stateful_step_count=30,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
