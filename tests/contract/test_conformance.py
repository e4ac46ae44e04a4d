"""What event stores are known to get wrong, asked of ours by number: docs/conformance.md.

Here stand the cases that no other test asks; the page says where the others are.
"""

import threading
import time
from collections import Counter
from datetime import timedelta
from functools import reduce

import pytest
from msgspec.structs import replace
from pymongo.monitoring import CommandListener

from shared import lease, mongo_log
from shared.clock import SystemClock
from shared.errors import CommandRepeated, Conflict, LogUnavailable
from shared.event_sourcing import ATTEMPTS, Call, Streams
from shared.ledger import Log, NotStorable, first_fault, flatten
from shared.memory_log import MemoryLog
from shared.mongo_commands import PAGE
from shared.mongo_log import MongoLog, connect
from shared.projecting import Projector
from shared.projection import Projection
from tests.support import stories
from tests.support.proposals import at_once, proposal
from tests.support.wire import Cut, faulty


@pytest.fixture(params=["memory", "mongo"])
def log(request):
    if request.param == "memory":
        return MemoryLog()
    return MongoLog(request.getfixturevalue("mongo_client"))


@pytest.fixture
def other(log):
    """The same log as another process has it; in memory there is but one."""
    return log if isinstance(log, MemoryLog) else MongoLog(log._commits.database.client)


def number(n):
    """One of many appends, each to a stream of its own."""
    return proposal(stream=f"other-{n}", commit_id=f"c{n}", digest=f"d{n}")


def positions(commits):
    return [commit.position for commit in commits]


# -- append and read


def test_case_02_appends_come_back_in_the_order_they_were_acknowledged(log, other, authority):
    acknowledged = [(log, other)[n % 2].append(authority, number(n)) for n in range(12)]
    assert list(log.after(authority, 0)) == acknowledged


@pytest.mark.parametrize("arrived", [0, 1])
def test_case_03_a_fault_leaves_all_events_of_an_append_or_none(
    mongo_client, authority, monkeypatch, arrived
):
    monkeypatch.setattr(mongo_log, "GIVE_UP_S", 0)
    log = MongoLog(mongo_client)
    faulty(log).append(Cut(after=arrived))
    with pytest.raises(LogUnavailable):
        log.append(authority, proposal(events=5))
    assert len(flatten(log.read(authority, "thing-a"))) in (0, 5)
    assert log.head(authority) == arrived


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Nguyễn Thị Ấu – “đơn” 😀 \u200b\0 e\u0301",  # not composed, and stays so
        None,
        True,
        0,
        -(2**53 - 1),
        2**53 - 1,
        "12345678901234567890.000000000000000001",
        "2026-11-23T12:00:00.123456789+07:00",
        [[], [[]], [None, [1, {"a": []}]]],
        {"a": {"b": {"c": ""}}},
    ],
)
def test_case_09_what_is_stored_comes_back_the_same_to_the_byte(log, authority, value):
    said = proposal(data={"value": value})
    log.append(authority, said)
    (commit,) = log.read(authority, "thing-a")
    assert commit.proposal == said
    assert first_fault([commit]) is None


@pytest.mark.parametrize("key", ["a.b", "$a", "", "a\0b", "đơn", 7])
def test_case_10_a_field_name_that_a_database_would_bend_is_refused(log, authority, key):
    with pytest.raises(NotStorable):
        log.append(authority, proposal(data={"x": [{key: 1}]}))
    assert log.head(authority) == 0


def test_case_11_what_is_too_large_or_too_deep_is_refused_before_its_batch_is_sent(log, authority):
    """So that it cannot pull down the appends that wait beside it."""
    deep = reduce(lambda inner, _: {"a": inner}, range(200), {})
    bad = [proposal(data=deep), proposal(events=501), proposal(data={"a": "x" * 1_000_001})]
    outcomes = at_once(12, lambda n: log.append(authority, bad[n] if n < 3 else number(n)))
    assert [type(outcome) for outcome in outcomes[:3]] == [NotStorable] * 3
    assert sorted(positions(outcomes[3:])) == list(range(1, 10))


def test_case_12_the_contract_of_a_log_has_no_way_to_change_or_delete():
    ways = {name for name in vars(Log) if not name.startswith("_")}
    assert ways == {"append", "read", "streams", "after", "find", "head", "authorities", "ahead"}
    for made in (MemoryLog, MongoLog):
        assert {name for name in vars(made) if not name.startswith("_")} == ways


# -- optimistic concurrency


def test_case_13_a_conflict_tells_the_stream_and_stores_nothing(log, authority):
    log.append(authority, proposal(events=2))
    for after in (0, 1, 3):
        with pytest.raises(Conflict, match="thing-a"):
            log.append(authority, proposal(after=after, commit_id="c2"))
    assert log.append(authority, proposal(after=2, commit_id="c2")).version == 3


def test_case_14_a_version_that_lies_ahead_makes_no_hole_in_the_stream(log, other, authority):
    """Nor when the process has heard of that version in another stream or another ward."""
    log.append(authority, proposal(stream="other-b", events=3))
    log.append(authority + "9", proposal(events=3))
    for each in (log, other):
        with pytest.raises(Conflict):
            each.append(authority, proposal(after=3, commit_id="c9"))
    assert log.read(authority, "thing-a") == []


def test_case_17_commands_on_one_file_at_once_all_land_once(log, authority):
    """The log takes exact versions only; `transact` decides again when it lost the race."""

    def withdraw(n):
        call = Call(
            authority=authority, actor="a", correlation="r", commit_id=f"c{n}", digest=f"{n}"
        )
        streams = Streams("thing", 0, lambda seen, _: seen + 1, log, None, SystemClock(), call)
        return streams.transact("f1", lambda *_: [stories.FILED_AWAY], None)

    outcomes = at_once(ATTEMPTS, withdraw)
    assert sorted(outcome["version"] for outcome in outcomes) == [1, 2, 3, 4, 5]
    events = flatten(log.read(authority, "thing-f1"))
    assert [event.version for event in events] == [1, 2, 3, 4, 5]


def test_case_19_a_stream_that_is_in_one_batch_twice_keeps_its_order(log, authority):
    """Ten streams, each asked for three commits that build on each other, all at the same time."""

    def append(n):
        stream, after = f"other-{n % 10}", n // 10
        while True:
            try:
                said = proposal(stream=stream, after=after, commit_id=f"c{n}")
                return log.append(authority, said)
            except Conflict:  # the one before it is not there yet
                time.sleep(0)

    at_once(30, append)
    assert log.head(authority) == 30
    for n in range(10):
        versions = [event.version for event in flatten(log.read(authority, f"other-{n}"))]
        assert versions == [1, 2, 3]
    assert first_fault(log.after(authority, 0)) is None


# -- idempotency


def test_case_24_one_request_at_two_processes_at_once_is_stored_once(log, other, authority):
    outcomes = at_once(8, lambda n: (log, other)[n % 2].append(authority, proposal()))
    assert outcomes == [outcomes[0]] * 8
    assert log.head(authority) == 1


@pytest.mark.parametrize("arrived", [1, 0], ids=["case_25", "case_26"])
def test_an_answer_that_was_lost_is_given_when_the_request_comes_again(
    mongo_client, authority, monkeypatch, arrived
):
    log, other = MongoLog(mongo_client), MongoLog(mongo_client)
    faulty(log).append(Cut(after=arrived))
    commit = log.append(authority, proposal())  # the writer itself sends it again
    monkeypatch.setattr(mongo_log, "GIVE_UP_S", 0)
    faulty(log).append(Cut(after=arrived))
    second = proposal(after=1, commit_id="c2")
    with pytest.raises(LogUnavailable):
        log.append(authority, second)
    for each in (log, other, log):
        assert each.append(authority, second).position == 2
    with pytest.raises(CommandRepeated):
        other.append(authority, replace(second, digest="another"))
    assert list(log.after(authority, 0)) == [commit, log.find(authority, "c2")]


class Heard(CommandListener):
    """The commands as they went over the wire."""

    def __init__(self):
        self.commands = []

    def started(self, event):
        self.commands.append(event.command)

    def succeeded(self, event):
        pass

    def failed(self, event):
        pass


@pytest.fixture
def heard(mongo_uri, mongo_client, monkeypatch):
    """A log of its own and what it says to the database."""
    heard = Heard()
    monkeypatch.setattr(mongo_log, "MongoClient", _listened_to(heard))
    client = connect(mongo_uri)
    yield MongoLog(client), heard
    client.close()


def _listened_to(heard):
    made = mongo_log.MongoClient
    return lambda *words, **options: made(*words, **options, event_listeners=[heard])


def test_case_27_only_what_a_majority_has_is_acknowledged_or_shown(heard, authority):
    log, told = heard
    log.append(authority, proposal())
    log.append(authority, proposal())  # again
    log.read(authority, "thing-a")
    list(log.after(authority, 0))
    log.head(authority)
    inserts = [said for said in told.commands if "insert" in said]
    finds = [said for said in told.commands if "find" in said]
    assert [dict(said["writeConcern"]) for said in inserts] == [{"w": "majority", "j": True}] * 2
    # The first find is the writer's own look at the head.
    assert [said["readConcern"]["level"] for said in finds] == ["majority"] * 5


# -- global order


def test_case_30_the_order_of_a_stream_is_that_of_the_log(log, other, authority):
    for n in range(12):
        said = proposal(stream=f"other-{n % 3}", after=n // 3, commit_id=f"c{n}")
        (log, other)[n % 2].append(authority, said)
    for name in range(3):
        own = flatten(log.read(authority, f"other-{name}"))
        assert [event.version for event in own] == [1, 2, 3, 4]
        assert [event.position for event in own] == sorted(event.position for event in own)


def test_case_32_a_reader_during_writes_never_sees_a_gap(log, other, authority):
    """Which is also 33 and 42: catch-up goes over into following, each commit once."""
    seen, acknowledged = [], [0]

    def work(n):
        if n:
            for each in range(20):
                commit = (log, other)[n % 2].append(authority, number(n * 100 + each))
                acknowledged.append(commit.position)
            return
        while len(seen) < 160:
            time.sleep(0)  # let the writers write
            known = max(acknowledged)
            seen.extend(log.after(authority, len(seen)))
            assert len(seen) >= known

    assert at_once(9, work) == [None] * 9
    assert positions(seen) == list(range(1, 161))
    assert seen == list(other.after(authority, 0))


def test_case_34_a_writer_that_slept_over_others_overwrites_nothing(mongo_client, authority):
    log, other = MongoLog(mongo_client), MongoLog(mongo_client)
    log.append(authority, number(0))

    def others_write():
        for n in range(1, 4):
            other.append(authority, number(n))

    faulty(log).append(Cut(after=0, meanwhile=others_write))
    assert log.append(authority, number(4)).position == 5
    assert first_fault(log.after(authority, 0)) is None


@pytest.mark.parametrize("arrived", range(5))
def test_case_36_after_a_crash_in_a_batch_the_next_writer_goes_on_from_the_true_end(
    mongo_client, authority, monkeypatch, arrived
):
    monkeypatch.setattr(mongo_log, "GIVE_UP_S", 0)
    crashed = MongoLog(mongo_client)
    crashed.append(authority, number(0))
    gate = threading.Event()
    faulty(crashed).extend([Cut(after=1, meanwhile=gate.wait), Cut(after=arrived)])

    def append(n):
        if n == 5:
            gate.set()  # by now the others wait for their batch
        else:
            crashed.append(authority, number(n + 1))

    at_once(6, append)
    successor = MongoLog(mongo_client)
    head = successor.head(authority)
    assert head == 2 + arrived  # one before, one in the first batch, of the second what arrived
    assert successor.append(authority, number(9)).position == head + 1
    for n in range(1, 6):  # who got no answer asks again
        successor.append(authority, number(n))
    assert successor.head(authority) == 7
    assert first_fault(successor.after(authority, 0)) is None


def test_case_38_clocks_order_nothing(log, other, authority):
    at = proposal().recorded_at
    hours = [0, 1, -1, -24, 30]
    for n, hour in enumerate(hours):
        said = replace(number(n), recorded_at=at + timedelta(hours=hour))
        (log, other)[n % 2].append(authority, said)
    commits = list(log.after(authority, 0))
    assert [commit.proposal.stream for commit in commits] == [f"other-{n}" for n in range(5)]
    assert [commit.proposal.recorded_at - at for commit in commits] == [
        timedelta(hours=hour) for hour in hours
    ]


# -- subscriptions and checkpoints


def test_case_43_reading_begins_at_the_start_at_a_position_or_now(log, authority):
    assert list(log.after(authority, 0)) == list(log.after(authority, log.head(authority))) == []
    for n in range(3):
        log.append(authority, number(n))
    now = log.head(authority)
    assert positions(log.after(authority, 0)) == [1, 2, 3]
    assert positions(log.after(authority, 2)) == [3]
    assert list(log.after(authority, now)) == []
    log.append(authority, number(3))
    assert positions(log.after(authority, now)) == [4]


def counting(authority, **more):
    """A table with the number of events of each file."""
    return Projection(
        **{
            "table": f"counts{authority}",
            "version": 1,
            "key": lambda event: event.file if event.authority == authority else None,
            "fold": lambda row, event: {**row, "events": row.get("events", 0) + 1},
        }
        | more
    )


@pytest.fixture
def follow(mongo_client):
    """A follower of the ledger; with the same table, another one of the same kind."""

    def made(projection):
        return Projector(mongo_client, "donthu_conformance", MongoLog(mongo_client), projection)

    return made


def rows(follower):
    return {row["file"]: row["events"] for row in _with_file(follower)}


def _with_file(follower):
    for row in follower.rows().find():
        yield row | {"file": row["_id"].split("/")[1]}


def test_case_44_a_checkpoint_does_not_pass_what_failed(follow, mongo_client, authority):
    log = MongoLog(mongo_client)
    for n in range(6):
        log.append(authority, number(n))
    broken = {"other-3"}

    def fold(row, event):
        if event.stream in broken:
            raise ZeroDivisionError
        return {**row, "events": row.get("events", 0) + 1}

    follower = follow(counting(authority, fold=fold))
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            follower.catch_up(authority)
    broken.clear()
    log.append(authority, number(6))
    follower.catch_up(authority)
    assert rows(follower) == {f"{n}": 1 for n in range(7)}


def test_case_45_what_was_handled_before_a_crash_is_handled_again_without_a_trace(
    follow, mongo_client, authority
):
    log, projection = MongoLog(mongo_client), counting(authority)
    for n in range(6):
        log.append(authority, proposal(stream=f"other-{n % 2}", after=n // 2, commit_id=f"c{n}"))
    follow(projection).catch_up(authority)
    checkpoints = mongo_client["donthu_conformance"]["checkpoints"]
    for position in (0, 2, 5):  # rows were stored, the checkpoint was not
        checkpoints.update_one({"_id.authority": authority}, {"$set": {"position": position}})
        again = follow(projection)
        again.catch_up(authority)
        assert rows(again) == {"0": 3, "1": 3}
    assert checkpoints.find_one({"_id.authority": authority})["position"] == 6


def test_case_47_the_fence_rises_with_each_new_holder(mongo_client, monkeypatch, authority):
    monkeypatch.setattr(lease, "DATABASE", f"donthu_conformance_{authority}")
    first, second = lease.Lease(mongo_client), lease.Lease(mongo_client)
    fence = first.take()
    assert second.take() is None
    assert first.take() == fence  # prolonged, still the same holder
    first.release()
    taken = second.take()
    assert taken > fence
    assert first.take() is None
    second.release()
    assert first.take() > taken  # also for who had it before


def test_case_48_two_followers_at_once_count_each_event_once(follow, mongo_client, authority):
    log, projection = MongoLog(mongo_client), counting(authority)
    followers = [follow(projection) for _ in range(3)]

    def work(n):
        if n < 3:
            while sum(rows(followers[n]).values()) < 90:
                followers[n].catch_up(authority)
        else:
            for each in range(30):
                said = proposal(stream=f"other-{n}", after=each, commit_id=f"c{n}-{each}")
                log.append(authority, said)

    assert at_once(6, work) == [None] * 6
    assert rows(followers[0]) == {"3": 30, "4": 30, "5": 30}


def test_case_55_what_is_of_no_interest_moves_the_checkpoint_all_the_same(
    follow, mongo_client, authority
):
    log = MongoLog(mongo_client)
    for n in range(4):
        log.append(authority, number(n))
    follower = follow(counting(authority, key=lambda event: None))
    assert follower.catch_up(authority) == 4
    assert follower.catch_up(authority) == 0
    assert rows(follower) == {}


def test_case_56_a_slow_reader_has_one_page_in_memory(heard, mongo_client, authority):
    log, told = heard
    commits = PAGE + 10
    for first in range(0, commits, 101):
        at_once(
            min(101, commits - first),
            lambda n, first=first: log.append(authority, number(first + n)),
        )
    told.commands.clear()
    reader = log.after(authority, 0)
    assert next(reader).position == 1
    asked = Counter(name for said in told.commands for name in ("find", "getMore") if name in said)
    assert sum(said.get("limit", 0) for said in told.commands) == PAGE
    list(reader)
    assert asked["find"] == 1
    assert sum("find" in said for said in told.commands) == 2
