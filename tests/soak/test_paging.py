"""A reader that pages along while four processes write sees every commit once and in order.

`COUNT=1000000 .venv/bin/python -m pytest -s tests/soak/test_paging.py` counts a million of them.
"""

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from shared.ledger import GENESIS, Commit
from shared.mongo_log import MongoLog

ROOT = Path(__file__).parents[2]
COUNT = int(os.environ.get("COUNT", "20000"))
WRITERS = 4
PAGES = (1, 2, 7, 100, 999, 1000, 1001, 2500)


@pytest.fixture
def write(mongo_uri: str, mongo_client: Any) -> Any:
    """Start the writers; tells them, and ends those that still write after the test."""
    running: list[subprocess.Popen[bytes]] = []

    def start(count: int, authorities: list[str]) -> list[subprocess.Popen[bytes]]:
        for writer in range(WRITERS):
            first, end = count * writer // WRITERS, count * (writer + 1) // WRITERS
            words = [mongo_uri, f"{first}", f"{end - first}", *authorities]
            command = [sys.executable, "-m", "tests.soak.writing", *words]
            running.append(subprocess.Popen(command, cwd=ROOT))
        return running

    yield start
    for process in running:
        process.kill()
        process.wait()


class Reader:
    """Follows one ward, with pages of any size."""

    def __init__(self, log: MongoLog, authority: str, seen: bytearray) -> None:
        self.authority, self._log, self._seen = authority, log, seen
        self.position, self.pages, self._hash = 0, 0, GENESIS
        self._sizes = random.Random(authority)

    def read(self) -> int:
        """One page; tells how many commits were in it."""
        size = self._sizes.choice(PAGES)
        page = list(self._log.after(self.authority, self.position, size))
        assert len(page) <= size
        for commit in page:
            self._take(commit)
        self.pages += 1
        return len(page)

    def _take(self, commit: Commit) -> None:
        assert (commit.position, commit.previous) == (self.position + 1, self._hash)
        self.position, self._hash = commit.position, commit.hash
        number = int(commit.proposal.commit_id)
        assert not self._seen[number], f"{number} came twice"
        self._seen[number] = 1


@pytest.mark.timeout(120 + COUNT / 200)
@pytest.mark.parametrize(("count", "wards"), [(COUNT, 1), (COUNT // 4, 8)])
def test_every_commit_is_seen_once_and_in_order_while_four_processes_write(
    mongo_client: Any, write: Any, authority: str, count: int, wards: int
) -> None:
    log, seen, while_writing = MongoLog(mongo_client), bytearray(count), 0
    readers = [Reader(log, f"{authority}-{ward}", seen) for ward in range(wards)]
    started = time.monotonic()
    writers = write(count, [reader.authority for reader in readers])
    while any(process.poll() is None for process in writers):
        while_writing += (news := sum(reader.read() for reader in readers))
        time.sleep(0 if news else 0.01)
    written = time.monotonic() - started
    assert [process.returncode for process in writers] == [0] * len(writers)
    for reader in readers:
        while reader.read():
            pass
    assert all(seen)
    assert sum(reader.position for reader in readers) == count
    assert while_writing, "the reader came too late to prove anything"
    pages = sum(reader.pages for reader in readers)
    print(
        f"\n{count} commits of {len(writers)} processes to {wards} ward(s) in {written:.0f} s"
        f" ({count / written:.0f}/s); read in {pages} pages by {time.monotonic() - started:.0f} s,"
        f" {while_writing} of them while they were written"
    )
