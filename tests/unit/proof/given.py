"""A ward with a short log, and who signs for it."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from shared.clock import FixedClock
from shared.contracts import streams_of
from shared.ledger import Commit
from shared.memory_log import MemoryLog
from shared.proof.publishing import Publisher
from tests.support import stories
from tests.support.recording import AT, record

WARD = "09253"
FILE = "7f3k9q2mxw4t"
ORIGIN = "donthu.example"
PRIVATE = bytes(range(32))


@dataclass
class Ward:
    """A ledger and its proofs, as `folder` keeps them."""

    log: MemoryLog
    folder: Path

    @property
    def publisher(self) -> Publisher:
        at = AT + timedelta(hours=self.log.head(WARD))
        return Publisher(self.log, self.folder, PRIVATE, FixedClock(at), ORIGIN)

    def tell(self, file: str = FILE, told=stories.SETTLED) -> None:
        """Record a file's events, one commit each, a minute apart."""
        for number, (category, event) in enumerate(told):
            sealed = {"p1": bytes([2, number]) * 20} if number == 0 else None
            at = AT + timedelta(minutes=number)
            record(self.log, WARD, f"{category}-{file}", event, at=at, sealed=sealed)

    def sign(self) -> str:
        return self.publisher.checkpoint(WARD)

    def export(self, file: str = FILE):
        return self.publisher.export(WARD, file, (*streams_of(file), f"calendar-{WARD}"))

    def commits(self) -> list[Commit]:
        """The stored commits themselves, for those who tamper with them."""
        return self.log._commits[WARD]

    @property
    def key(self):
        return self.publisher.key(WARD).public


def ward(folder: Path) -> Ward:
    return Ward(MemoryLog(), folder)
