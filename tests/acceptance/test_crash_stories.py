"""Whatever is killed in the middle of work: nothing acknowledged is lost and nothing is doubled.

Clerks and the portal do what good clients do: they ask again under the same key until they are
answered. kill -9 leaves what the kernel holds of the disk, so loss of power is not shown here.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import amqp.exceptions
import kombu.exceptions
import orjson
import pika
import pika.exceptions
import pytest
from nameko.exceptions import ReplyQueueExpiredWithPendingReplies, RpcTimeout, UnknownService
from nameko.standalone.rpc import ClusterRpcProxy

from services.assignment.projections import LOADS
from services.deadlines.projections import CLOCKS
from services.reporting.projections import CASES
from shared import contracts
from shared.calling import InternalFailure
from shared.errors import Conflict, LogUnavailable, Refused
from shared.ledger import Log, Recorded, first_fault, flatten
from shared.projecting import Projector
from shared.projection import Projection
from shared.queues import events_exchange
from tests.acceptance.world import SERVICES, ago, competent, complaint, from_portal

CLERKS, EACH, FROM_PORTAL = 4, 8, 8  # petitions: 4 clerks with 8 each, and 8 from the portal
PATIENCE_S = 60.0  # for one answer, over every outage
ASK_AGAIN_S = 4.0

#: A good client takes all of these for "perhaps": it asks again under the same key.
PERHAPS = (
    RpcTimeout,
    ReplyQueueExpiredWithPendingReplies,
    UnknownService,
    LogUnavailable,
    InternalFailure,
    Conflict,
    OSError,
    amqp.exceptions.AMQPError,
    kombu.exceptions.OperationalError,
    pika.exceptions.AMQPError,
)
TABLES: tuple[tuple[str, Projection], ...] = (
    ("assignment", LOADS),
    ("deadlines", CLOCKS),
    ("reporting", CASES),
)


class Clerk:
    """Works recommendations off by RPC; `acknowledged` has method and answer of each command."""

    def __init__(self, amqp_uri: str, token: str, name: str) -> None:
        self._amqp_uri, self._name = amqp_uri, name
        self._context = {"token": token}
        self._proxy: Any = None
        self.acknowledged: list[tuple[str, dict[str, Any]]] = []

    def settle(self, number: int) -> None:
        """Take a petition in and bring it to its end."""
        payload = complaint(received_on=ago(3), claimed_kind="kien_nghi")
        file = self.command("intake", "register_petition", payload, number)["file"]
        classified = competent(file, "kien_nghi", classified_on=ago(2))
        self.command("intake", "classify", classified, number)
        self.command("intake", "accept", {"file": file, "accepted_on": ago(2)}, number)
        assigned = {
            "file": file,
            "assigned_on": ago(1),
            "unit": "kinh-te-ha-tang",
            "officer": "cb-dia-chinh-1",
        }
        self.command("assignment", "assign", assigned, number)
        decision = {
            "file": file,
            "decided_on": ago(1),
            "number": f"{number}/UBND-VP",
            "outcome": "da_tra_loi",
            "conclusion": "Đã đo đạc lại và thông báo kết quả.",
        }
        self.command("assignment", "issue_decision", decision, number)
        closing = {"file": file, "closed_on": ago(0), "ground": "da_tra_loi"}
        self.command("assignment", "close", closing, number)

    def command(
        self, service: str, method: str, payload: dict[str, Any], number: int
    ) -> dict[str, Any]:
        sent = payload | {"idempotency_key": f"{self._name}/{number}/{method}"}
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                answer: dict[str, Any] = getattr(getattr(self.connect(), service), method)(sent)
            except PERHAPS:
                self.close()
            except Refused as refused:
                if refused.code != "unknown_file":  # assignment has not heard of it yet
                    raise
            else:
                self.acknowledged.append((method, answer))
                return answer
            if time.monotonic() > deadline:
                raise TimeoutError(f"{service}.{method} was not answered in {PATIENCE_S} s")
            time.sleep(0.1)

    def close(self) -> None:
        """The connection may be dead already."""
        proxy, self._proxy = self._proxy, None
        if proxy is not None:
            try:
                proxy.stop()
            except PERHAPS:
                return

    def connect(self) -> Any:
        """The services, over a connection that is kept until `close`."""
        if self._proxy is None:
            proxy = ClusterRpcProxy(
                {"AMQP_URI": self._amqp_uri}, timeout=ASK_AGAIN_S, context_data=self._context
            )
            services = proxy.start()
            self._proxy = proxy
            return services
        return self._proxy._proxy


class Work:
    """A stream of petitions by several clients at once, each in a thread of its own."""

    def __init__(self, amqp_uri: str, token: str, portal: Any, authority: str, log: Log) -> None:
        self.clerks = [Clerk(amqp_uri, token, f"clerk-{n}") for n in range(CLERKS)]
        self.sent: list[str] = []  # ids of the portal's events
        self._portal, self._authority, self._log = portal, authority, log
        self._faults: list[BaseException] = []
        self._threads = [
            threading.Thread(target=self._watched, args=(self._settle, clerk))
            for clerk in self.clerks
        ]
        self._threads.append(threading.Thread(target=self._watched, args=(self._publish,)))

    def start(self) -> None:
        for clerk in self.clerks:
            clerk.connect()
        for thread in self._threads:
            thread.start()

    def await_commits(self, commits: int) -> None:
        """Wait until the ward's ledger has so many: the work is midway."""
        while self._log.head(self._authority) < commits and not self._faults:
            time.sleep(0.02)

    def finish(self) -> None:
        """Wait for everyone; raises what one of them raised."""
        for thread in self._threads:
            thread.join()
        if self._faults:
            raise self._faults[0]

    def _watched(self, work: Callable[..., None], *given: Any) -> None:
        try:
            work(*given)
        except BaseException as fault:
            self._faults.append(fault)

    def _settle(self, clerk: Clerk) -> None:
        for number in range(EACH):
            clerk.settle(number)
        clerk.close()

    def _publish(self) -> None:
        for number in range(FROM_PORTAL):
            id = f"crash-{self._authority}-{number}"
            data = from_portal(self._authority, received_on=ago(3))
            self._until_confirmed(self._portal.event(id, data))
            self.sent.append(id)
            time.sleep(0.2)

    def _until_confirmed(self, event: dict[str, Any]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                self._portal.send(event)
            except PERHAPS:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
            else:
                return


@pytest.fixture
def work(system: Any, amqp_uri: str, token: Any, portal: Any, authority: str, log: Log) -> Work:
    return Work(amqp_uri, token(authority), portal, authority, log)


@pytest.fixture
def all_is_well(
    system: Any, log: Log, authority: str, portal: Any, mongo_client: Any, eventually: Any
) -> Callable[[Work], None]:
    """Check everything that has to hold when all the work is done."""

    def check(work: Work) -> None:
        answers = [portal.answer(id, 40.0) for id in work.sent]
        assert {answer["type"] for answer in answers} == {"PetitionAcknowledged"}
        system.await_quiet()
        events = flatten(list(log.after(authority, 0)))
        acknowledged = [told for clerk in work.clerks for told in clerk.acknowledged]
        check_nothing_is_lost(log, authority, acknowledged, answers)
        check_nothing_is_doubled(events, settled=CLERKS * EACH, received=len(work.sent))
        assert first_fault(log.after(authority, 0)) is None
        check_tables(mongo_client, log, authority, eventually)

    return check


def check_nothing_is_lost(
    log: Log,
    authority: str,
    acknowledged: Iterable[tuple[str, dict[str, Any]]],
    answers: Iterable[dict[str, Any]],
) -> None:
    """Every acknowledgement names a commit that is there, of that file, and at that version."""
    commits = {commit.position: commit for commit in log.after(authority, 0)}
    told = list(acknowledged)
    assert len(told) == CLERKS * EACH * 6
    for method, answer in told:
        category = "petition" if method in ("register_petition", "classify", "accept") else "case"
        commit = commits[answer["position"]]
        assert commit.proposal.stream == f"{category}-{answer['file']}", method
        assert commit.version == answer["version"], method
    for answer in answers:
        data = answer["data"]
        commit = commits[data["position"]]
        assert commit.proposal.stream == f"petition-{data['file']}"
        source = commit.proposal.events[0].data["source"]
        assert source["message_id"].endswith(f"#{data['source_id']}")


def check_nothing_is_doubled(events: list[Recorded], *, settled: int, received: int) -> None:
    """Each thing happened once to each file, and to each of its clocks."""
    happened = Counter(
        (event.stream, event.type, event.data.get("clock"), event.data.get("working_days_left"))
        for event in events
    )
    assert [what for what, times in happened.items() if times > 1] == []
    counted = Counter(
        event.type if event.category != "clock" else f"{event.type}/{event.data['clock']}"
        for event in events
    )
    once_each = (
        *("PetitionClassified", "PetitionAccepted"),
        *("CaseOpened", "CaseAssigned", "DecisionIssued", "CaseClosed"),
        *("DeadlineSet/answer", "DeadlineMet/answer", "DeadlineMet/discipline_alarm"),
    )
    assert counted["PetitionReceived"] == settled + received
    assert counted["DeadlineSet/accept"] == received  # complaints that nobody has looked at
    assert counted["DeadlineSet/discipline_alarm"] == settled + received
    assert {name: counted[name] for name in once_each} == dict.fromkeys(once_each, settled)


def check_tables(client: Any, log: Log, authority: str, eventually: Any) -> None:
    """Every table is what a fold of the ledger from its beginning gives."""
    for service, projection in TABLES:
        projector = Projector(client, f"donthu_{service}", log, projection)
        if service == "reporting":  # follows by itself; the others do when they are asked
            mark = {"_id.authority": authority}
            positions = client["donthu_reporting"]["checkpoints"]
            head = log.head(authority)
            eventually(lambda at=positions: at.find_one(mark)["position"] == head)  # noqa: B023
        else:
            projector.catch_up(authority)
        rows = {row.pop("_id"): row for row in projector.rows().find({"authority": authority})}
        assert rows == folded(projection, log, authority)


def folded(projection: Projection, log: Log, authority: str) -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for event in flatten(list(log.after(authority, 0))):
        if (key := projection.key(event)) is not None:
            id = f"{authority}/{key}"
            row = projection.fold(rows.get(id, {}), event)
            rows[id] = {**row, "authority": authority, "position": event.position}
    return rows


@pytest.mark.parametrize(
    ("victim", "moments"),
    # A killed relay's lease has to run out first, so that one is killed once.
    [*((service, (30, 120)) for service in SERVICES), ("relay", (60,))],
)
def test_a_killed_process_loses_and_doubles_nothing(
    victim: str,
    moments: tuple[int, ...],
    system: Any,
    work: Work,
    all_is_well: Callable[[Work], None],
) -> None:
    work.start()
    for commits in moments:
        work.await_commits(commits)
        system.kill(victim)
        system.start(victim)
    work.finish()
    all_is_well(work)


@pytest.mark.parametrize("server", ["rabbitmq", "mongod"])
def test_a_killed_server_loses_and_doubles_nothing(
    server: str,
    stack: Any,
    system: Any,
    log: Log,
    authority: str,
    work: Work,
    all_is_well: Callable[[Work], None],
) -> None:
    work.start()
    work.await_commits(60)
    killed_at = log.head(authority)
    stack.signal_server(server)
    stack.restart_server(server)
    work.finish()
    all_is_well(work)
    assert log.head(authority) > killed_at, "it was not in the middle of the work"
    system.check_all_run()


@pytest.fixture
def publish(amqp_uri: str) -> Iterator[Callable[[Iterable[Recorded]], None]]:
    """Publish events as the relay does."""
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    channel = connection.channel()
    channel.confirm_delivery()

    def send(events: Iterable[Recorded]) -> None:
        for event in events:
            channel.basic_publish(
                events_exchange(contracts.OWNER[event.type]),
                event.type,
                orjson.dumps(event.message()),
                pika.BasicProperties(
                    content_type="application/json",
                    content_encoding="utf-8",
                    delivery_mode=2,
                    message_id=event.id,
                ),
                mandatory=True,
            )

    yield send
    connection.close()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_everything_published_twice_more_and_out_of_order_changes_nothing(
    seed: int,
    system: Any,
    amqp_uri: str,
    token: Callable[..., str],
    authority: str,
    log: Log,
    publish: Callable[[Iterable[Recorded]], None],
    mongo_client: Any,
    eventually: Any,
) -> None:
    clerk = Clerk(amqp_uri, token(authority), "clerk")
    for number in range(4):
        clerk.settle(number)
    clerk.close()
    system.await_quiet()
    head, before = log.head(authority), folded(CASES, log, authority)
    parked = system.waiting()

    events = flatten(list(log.after(authority, 0))) * 2
    random.Random(seed).shuffle(events)
    publish(events)
    system.await_quiet()

    assert log.head(authority) == head
    assert first_fault(log.after(authority, 0)) is None
    check_tables(mongo_client, log, authority, eventually)
    assert folded(CASES, log, authority) == before
    assert system.waiting() == parked


def test_news_that_come_backwards_and_twice_before_the_relay_are_followed_once(
    system: Any,
    rpc: Any,
    authority: str,
    log: Log,
    publish: Callable[[Iterable[Recorded]], None],
    mongo_client: Any,
    eventually: Any,
) -> None:
    system.kill("relay")
    files = [rpc.intake.register_petition(complaint())["file"] for _ in range(5)]
    for file in files:
        rpc.intake.classify(competent(file))
        rpc.intake.accept({"file": file, "accepted_on": ago(7)})
    news = flatten(list(log.after(authority, 0)))
    assert {event.category for event in news} == {"petition"}
    publish(reversed(news))
    publish(reversed(news))
    system.await_quiet()
    system.start("relay")
    eventually(lambda: log.head(authority) > len(news))
    system.await_quiet()
    events = flatten(list(log.after(authority, 0)))
    for file in files:
        happened = Counter(
            (event.type, event.data.get("clock"))
            for event in events
            if event.file == file and event.category != "petition"
        )
        assert happened[("CaseOpened", None)] == 1
        assert happened[("DeadlineSet", "accept")] == 1
        assert happened[("DeadlineMet", "accept")] == 1
        assert happened[("DeadlineSet", "settle_1")] == 1
    assert first_fault(log.after(authority, 0)) is None
    check_tables(mongo_client, log, authority, eventually)
