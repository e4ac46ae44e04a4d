"""The ledger in memory, for fast tests; keeps the same contract as the one in MongoDB."""

import threading
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping

from shared.errors import CommandRepeated, Conflict
from shared.ledger import GENESIS, Commit, Proposal, check_storable, in_order, link


class MemoryLog:
    def __init__(self) -> None:
        self._commits: dict[str, list[Commit]] = defaultdict(list)
        self._lock = threading.Lock()

    def append(self, authority: str, proposal: Proposal) -> Commit:
        check_storable(proposal)
        with self._lock:
            log = self._commits[authority]
            if done := self.find(authority, proposal.commit_id):
                if done.proposal.digest != proposal.digest:
                    raise CommandRepeated(proposal.commit_id)
                return done
            before = [commit for commit in log if commit.proposal.stream == proposal.stream]
            version = before[-1].version if before else 0
            if version != proposal.after:
                raise Conflict(f"{proposal.stream} is at version {version}")
            commit = link(authority, len(log) + 1, log[-1].hash if log else GENESIS, proposal)
            log.append(commit)
            return commit

    def read(self, authority: str, *streams: str) -> list[Commit]:
        return [commit for commit in self._commits[authority] if commit.proposal.stream in streams]

    def streams(self, authority: str, category: str, behind: str, limit: int) -> list[str]:
        names = {commit.proposal.stream for commit in self._commits[authority]}
        return sorted(n for n in names if n.startswith(f"{category}-") and n > behind)[:limit]

    def after(self, authority: str, position: int, limit: int | None = None) -> Iterator[Commit]:
        log = self._commits[authority]
        position = max(position, 0)
        start = bisect_right(log, position, key=lambda commit: commit.position)
        end = None if limit is None else start + max(limit, 0)
        return in_order(iter(log[start:end]), position)

    def find(self, authority: str, commit_id: str) -> Commit | None:
        for commit in self._commits[authority]:
            if commit.proposal.commit_id == commit_id:
                return commit
        return None

    def head(self, authority: str) -> int:
        return len(self._commits[authority])

    def authorities(self) -> list[str]:
        return sorted(authority for authority, log in self._commits.items() if log)

    def ahead(self, positions: Mapping[str, int]) -> list[str]:
        return [each for each in self.authorities() if self.head(each) > positions.get(each, 0)]
