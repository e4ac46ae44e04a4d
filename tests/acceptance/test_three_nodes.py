"""Three nodes of each server: one of them is killed while clerks work, and nobody has to mend it.

The clerks ask again under the same key until they are answered, as in the crash stories. All runs
on one machine, so what a cut network does is not shown here.
"""

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from deploy.cluster import named
from deploy.stack import Stack, prepare_servers
from deploy.users import STAFF
from shared.ledger import first_fault, flatten
from shared.mongo_log import MongoLog, connect
from tests.acceptance.test_crash_stories import Clerk, check_tables
from tests.acceptance.world import PROGRAMS, System, ago, complaint

pytestmark = pytest.mark.timeout(240)

CLERKS = 3
ROLES = ("reception_clerk", "petition_officer", "chair")
WRITES_AGAIN_S = 15.0  # an election takes five, and the machine may be busy
EVENTS_AGAIN_S = 30.0
#: What happens once to a recommendation on its way from the counter to its end.
ONCE_EACH = ("PetitionReceived", "PetitionClassified", "PetitionAccepted", "CaseOpened",
             "CaseAssigned", "DecisionIssued", "CaseClosed", "DeadlineSet/answer")  # fmt: skip


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = Stack(tmp_path_factory.mktemp("three"), given={})
    uris = stack.start_servers(nodes=3)
    try:
        prepare_servers(uris["MONGO_URI"], uris["AMQP_URI"])
        yield stack
    finally:
        stack.stop_servers()


@pytest.fixture(scope="module")
def system(three: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    system = System(three, tmp_path_factory.mktemp("system"))
    try:
        system.start(*PROGRAMS)
        yield system
    finally:
        system.stop()


@pytest.fixture
def client(three: Stack) -> Iterator[Any]:
    with connect(three.environment()["MONGO_URI"]) as client:
        yield client


@dataclass
class Shift:
    """Clerks at work in threads of their own, until the shift ends."""

    clerks: list[Clerk]
    work: Callable[[Clerk, int], None]  # one piece, by its number
    done_at: list[float] = field(default_factory=list)
    _faults: list[BaseException] = field(default_factory=list)
    _is_over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def begin(self) -> None:
        for clerk in self.clerks:
            clerk.connect()
        time.sleep(1.0)  # a queue for answers is safe on the broker's disk after half a second
        self._threads = [threading.Thread(target=self._each, args=(c,)) for c in self.clerks]
        for thread in self._threads:
            thread.start()
        self.await_more(CLERKS, within_s=60)

    def await_more(self, pieces: int, within_s: float) -> None:
        """Wait until so many more pieces of work are done, all of them begun from now on."""
        # What is under way now may have been done in time already.
        wanted, deadline = len(self.done_at) + CLERKS + pieces, time.monotonic() + within_s
        while len(self.done_at) < wanted and not self._faults:
            assert time.monotonic() < deadline, f"too little was done in {within_s} s"
            time.sleep(0.05)

    def end(self) -> list[tuple[str, dict[str, Any]]]:
        """Method and answer of each command that was acknowledged."""
        self._is_over.set()
        for thread in self._threads:
            thread.join()
        if self._faults:
            raise self._faults[0]
        for clerk in self.clerks:
            clerk.close()
        return [told for clerk in self.clerks for told in clerk.acknowledged]

    def longest_pause(self, since: float) -> float:
        """Seconds in which nobody got anything done."""
        moments = [since, *(moment for moment in self.done_at if moment > since)]
        return max(later - sooner for sooner, later in itertools.pairwise(moments))

    def _each(self, clerk: Clerk) -> None:
        number = 0
        while not self._is_over.is_set():
            try:
                self.work(clerk, number)
            except BaseException as fault:
                self._faults.append(fault)
                return
            self.done_at.append(time.monotonic())
            number += 1


@pytest.fixture
def clerks(three: Stack, system: System, authority: str) -> list[Clerk]:
    uri = three.environment(STAFF)["AMQP_URI"]
    token = three.issuer().token("officer:vera", authority, ROLES)
    return [Clerk(uri, token, f"clerk-{number}") for number in range(CLERKS)]


def register(clerk: Clerk, number: int) -> None:
    payload = complaint(received_on=ago(3), claimed_kind="kien_nghi")
    clerk.command("intake", "register_petition", payload, number)


def check_all_is_there(client: Any, authority: str, told: list[tuple[str, dict[str, Any]]]) -> Any:
    """Every acknowledgement names a commit of its file, and the chain holds; answers the events."""
    log = MongoLog(client)
    commits = {commit.position: commit for commit in log.after(authority, 0)}
    assert first_fault(commits.values()) is None
    for method, answer in told:
        commit = commits[answer["position"]]
        assert commit.proposal.stream.endswith(f"-{answer['file']}"), method
        assert commit.version == answer["version"], method
    return flatten(list(commits.values()))


def test_without_its_primary_the_database_takes_writes_again_and_has_lost_none(
    three: Stack, clerks: list[Clerk], client: Any, authority: str
) -> None:
    shift = Shift(clerks, register)
    shift.begin()
    hosts = three.environment()["MONGO_URI"].split("/")[2].split("@")[1].split(",")
    primary = named("mongod", hosts.index("{}:{}".format(*client.primary)) + 1)
    three.signal_server(primary)
    killed_at = time.monotonic()
    shift.await_more(20, within_s=60)
    told = shift.end()
    three.restart_server(primary)
    assert shift.longest_pause(killed_at) < WRITES_AGAIN_S
    events = check_all_is_there(client, authority, told)
    received = Counter(event.file for event in events if event.type == "PetitionReceived")
    assert set(received.values()) == {1}
    assert received.keys() == {answer["file"] for _, answer in told}  # each once, none besides


def test_without_the_broker_node_they_were_connected_to_events_flow_again(
    three: Stack,
    system: System,
    clerks: list[Clerk],
    client: Any,
    authority: str,
    eventually: Any,
) -> None:
    shift = Shift(clerks, lambda clerk, number: clerk.settle(number))
    shift.begin()
    three.signal_server("rabbitmq")  # the first that the address names
    killed_at = time.monotonic()
    shift.await_more(1, within_s=EVENTS_AGAIN_S)  # needs every service, the relay and its events
    back_after = time.monotonic() - killed_at
    told = shift.end()
    three.restart_server("rabbitmq")
    system.await_quiet()
    assert back_after < EVENTS_AGAIN_S
    events = check_all_is_there(client, authority, told)
    settled = {answer["file"] for method, answer in told if method == "close"}
    happened = Counter(
        (event.file, f"{event.type}/{event.data['clock']}" if "clock" in event.data else event.type)
        for event in events
    )
    assert {happened[file, once] for file in settled for once in ONCE_EACH} == {1}
    check_tables(client, MongoLog(client), authority, eventually)
    system.check_all_run()
