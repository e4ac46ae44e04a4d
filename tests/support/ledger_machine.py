"""A ledger under whatever may come, beside a model of what it ought to be.

Several processes append for two wards, alone and at once; answers get lost, processes crash,
requests come again, and a relay that may crash before it notes how far it came reads along.
"""

from collections import deque
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from msgspec.structs import replace

from shared.errors import CommandRepeated, Conflict, LogUnavailable
from shared.ledger import Commit, Log, Proposal, first_fault
from tests.support.proposals import at_once, proposal
from tests.support.wire import Cut

PLACES = st.sampled_from([(0, "other-a"), (0, "other-ab"), (0, "thing-a"), (1, "other-a")])
WHICH = st.integers(0, 1)  # of two processes


@dataclass
class Process:
    """A log as one process has it, and the cuts that its next writes will meet."""

    log: Log
    cuts: deque[Cut] = field(default_factory=deque)


@dataclass
class Ward:
    """The model: what is stored, by commit id, and what was published."""

    authority: str
    stored: dict[str, Commit] = field(default_factory=dict)
    published: list[int] = field(default_factory=list)
    relayed: int = 0

    def version(self, stream: str) -> int:
        mine = (commit for commit in self.stored.values() if commit.proposal.stream == stream)
        return max((commit.version for commit in mine), default=0)


class LedgerMachine(RuleBasedStateMachine):
    """Give it `open`, and it finds out whether that is a ledger."""

    def open(self) -> Process:
        """The ledger as a process that has just started has it."""
        raise NotImplementedError

    def __init__(self) -> None:
        super().__init__()
        self.processes = [self.open(), self.open()]
        self.wards = [Ward(uuid4().hex[:12]) for _ in range(2)]
        self.unanswered: list[tuple[Ward, Proposal]] = []  # nobody knows what became of them
        self.count = 0

    # -- what callers do

    @rule(place=PLACES, events=st.integers(1, 3), which=WHICH)
    def append(self, place: tuple[int, str], events: int, which: int) -> None:
        ward, said = self.proposed(place, events)
        commit = self.ask(which, ward, said)
        assert (commit.position, commit.proposal) == (len(ward.stored) + 1, said)
        ward.stored[said.commit_id] = commit

    @rule(place=PLACES, off=st.sampled_from([-2, -1, 1, 2]), which=WHICH)
    def build_on_another_version(self, place: tuple[int, str], off: int, which: int) -> None:
        ward, said = self.proposed(place)
        if said.after + off >= 0:
            with pytest.raises(Conflict):
                self.ask(which, ward, replace(said, after=said.after + off))

    # Which of two at once wins is not ours to say, so what is drawn must not depend on it.
    @rule(pick=st.integers(0, 99), which=WHICH, after=st.integers(0, 5))
    def repeat(self, pick: int, which: int, after: int) -> None:
        there = [(ward, commit) for ward in self.wards for commit in ward.stored.values()]
        if not there:
            return
        ward, commit = there[pick % len(there)]
        again = replace(commit.proposal, after=after)  # the caller may have read anew meanwhile
        assert self.ask(which, ward, again) == commit
        with pytest.raises(CommandRepeated):
            self.ask(which, ward, replace(again, digest="another"))

    @rule(place=PLACES, events=st.integers(1, 3), which=WHICH, arrives=st.booleans())
    def lose_the_answer(
        self, place: tuple[int, str], events: int, which: int, arrives: bool
    ) -> None:
        ward, said = self.proposed(place, events)
        self.processes[which].cuts.append(Cut(after=int(arrives)))
        with pytest.raises(LogUnavailable):
            self.ask(which, ward, said)
        self.unanswered.append((ward, said))
        landed = self.found(ward, said)
        assert arrives or landed is None
        if landed:
            ward.stored[said.commit_id] = landed

    @rule(which=WHICH)
    def ask_again(self, which: int) -> None:
        if not self.unanswered:
            return
        ward, said = self.unanswered.pop()
        if first := ward.stored.get(said.commit_id):
            assert self.ask(which, ward, said) == first
        elif said.after == ward.version(said.stream):
            ward.stored[said.commit_id] = self.ask(which, ward, said)
        else:
            with pytest.raises(Conflict):
                self.ask(which, ward, said)

    @rule(
        places=st.lists(PLACES, min_size=2, max_size=6),
        processes=st.lists(WHICH, min_size=6, max_size=6),
        arrived=st.lists(st.integers(0, 4), max_size=2),
    )
    def append_at_once(
        self, places: list[tuple[int, str]], processes: list[int], arrived: list[int]
    ) -> None:
        asked = [self.proposed(place) for place in places]
        self.processes[processes[0]].cuts.extend(Cut(after=count) for count in arrived)
        outcomes = at_once(len(asked), lambda n: self.ask(processes[n], *asked[n]))
        for process in self.processes:
            process.cuts.clear()
        won = 0
        for (ward, said), outcome in zip(asked, outcomes, strict=True):
            if isinstance(outcome, LogUnavailable):
                self.unanswered.append((ward, said))
                outcome = self.found(ward, said)
            if isinstance(outcome, Commit):
                assert outcome.proposal == said
                ward.stored[said.commit_id] = outcome
                won += 1
            else:
                assert outcome is None or isinstance(outcome, Conflict)
        if not arrived:  # all have their answer, so each stream has exactly one winner
            assert won == len(set(places))

    # -- what happens to processes

    @rule(which=WHICH)
    def crash(self, which: int) -> None:
        self.processes[which] = self.open()

    @rule(ward=st.integers(0, 1), which=WHICH, limit=st.integers(1, 5), crashes=st.booleans())
    def relay(self, ward: int, which: int, limit: int, crashes: bool) -> None:
        read, log = self.wards[ward], self.processes[which].log
        news = [commit.position for commit in log.after(read.authority, read.relayed, limit)]
        read.published += news
        if news and not crashes:
            read.relayed = news[-1]

    # -- what must hold all the time

    @invariant()
    def each_log_holds_what_was_stored_and_nothing_else(self) -> None:
        for ward in self.wards:
            log = list(self.processes[0].log.after(ward.authority, 0))
            assert log == sorted(ward.stored.values(), key=lambda commit: commit.position)
            assert [commit.position for commit in log] == list(range(1, len(log) + 1))
            assert first_fault(log) is None
            versions: dict[str, int] = {}
            for commit in log:
                assert commit.proposal.after == versions.get(commit.proposal.stream, 0)
                versions[commit.proposal.stream] = commit.version

    @invariant()
    def everything_is_published_in_order_and_nothing_left_out(self) -> None:
        for ward in self.wards:
            first_times = list(dict.fromkeys(ward.published))
            assert first_times == list(range(1, len(first_times) + 1))

    # -- how

    def ask(self, which: int, ward: Ward, said: Proposal) -> Commit:
        return self.processes[which].log.append(ward.authority, said)

    def proposed(self, place: tuple[int, str], events: int = 1) -> tuple[Ward, Proposal]:
        self.count += 1
        ward, stream = self.wards[place[0]], place[1]
        return ward, proposal(stream, ward.version(stream), f"c{self.count}", events)

    def found(self, ward: Ward, said: Proposal) -> Commit | None:
        return self.processes[0].log.find(ward.authority, said.commit_id)
