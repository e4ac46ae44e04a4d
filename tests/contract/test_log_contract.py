"""What every ledger must do, asked of the one in MongoDB and the one in memory alike."""

import os
import socket
from functools import reduce

import eventlet
import psutil
import pytest
from msgspec.structs import replace

from shared import mongo_commands, mongo_log
from shared.errors import CommandRepeated, Conflict, HoleInLog, LogUnavailable
from shared.ledger import Commit, NotStorable, first_fault, flatten
from shared.memory_log import MemoryLog
from shared.mongo_log import MAX_BATCH_BYTES, MongoLog, _Pending, _Writer, connect
from tests.support.proposals import at_once, proposal


@pytest.fixture(params=["memory", "mongo"])
def log(request):
    if request.param == "memory":
        return MemoryLog()
    return MongoLog(request.getfixturevalue("mongo_client"))


def test_the_first_commit_is_at_position_one_and_reads_back_the_same(log, authority):
    data = {
        "chữ".encode().hex(): "Đơn khiếu nại – số 1",
        "empty": "",
        "none": None,
        "list": [1, {}],
    }
    said = proposal(data=data)
    commit = log.append(authority, said)
    assert (commit.position, commit.version) == (1, 1)
    assert log.read(authority, "thing-a") == [commit]
    assert log.read(authority, "thing-a")[0].proposal == said


def test_events_of_one_append_keep_their_order_and_count_on(log, authority):
    log.append(authority, proposal(events=3))
    log.append(authority, proposal(after=3, commit_id="c2", events=2))
    events = flatten(log.read(authority, "thing-a"))
    assert [event.version for event in events] == [1, 2, 3, 4, 5]
    assert [event.position for event in events] == [1, 1, 1, 2, 2]


def test_an_append_without_events_is_refused(log, authority):
    with pytest.raises(NotStorable):
        log.append(authority, proposal(events=0))
    assert log.head(authority) == 0


def test_streams_do_not_leak_into_each_other_even_if_one_name_begins_another(log, authority):
    log.append(authority, proposal(stream="thing-a"))
    log.append(authority, proposal(stream="thing-ab", commit_id="c2"))
    assert [c.proposal.stream for c in log.read(authority, "thing-a")] == ["thing-a"]


def test_reading_a_stream_that_never_was_is_empty(log, authority):
    assert log.read(authority, "thing-nobody") == []


def test_several_streams_are_read_in_the_order_of_the_log(log, authority):
    log.append(authority, proposal(stream="thing-a"))
    log.append(authority, proposal(stream="other-a", commit_id="c2"))
    log.append(authority, proposal(stream="thing-a", commit_id="c3", after=1))
    commits = log.read(authority, "other-a", "thing-a")
    assert [commit.position for commit in commits] == [1, 2, 3]


@pytest.mark.parametrize("after", [0, 1, 3, 7])
def test_only_the_version_that_the_stream_is_at_can_be_built_on(log, authority, after):
    log.append(authority, proposal(events=2))
    with pytest.raises(Conflict):
        log.append(authority, proposal(after=after, commit_id="c2"))
    assert log.head(authority) == 1


def test_the_same_request_again_is_answered_as_the_first_time(log, authority):
    first = log.append(authority, proposal())
    log.append(authority, proposal(after=1, commit_id="c2"))
    assert log.append(authority, proposal()) == first
    assert log.append(authority, proposal(after=2)) == first
    assert log.head(authority) == 2


def test_the_same_id_with_another_content_is_refused(log, authority):
    log.append(authority, proposal())
    with pytest.raises(CommandRepeated):
        log.append(authority, proposal(after=1, digest="another"))
    assert log.head(authority) == 1


def test_what_was_stored_is_found_by_its_commit_id(log, authority):
    commit = log.append(authority, proposal())
    assert log.find(authority, "c1") == commit
    assert log.find(authority, "c2") is None


@pytest.mark.parametrize(
    "data",
    [
        {"a": 1.5},
        {"a.b": 1},
        {"$a": 1},
        {"a": 2**53},
        {"a": "\ud800"},
        {"a": b"x"},
        {"đ": 1},
        {"a\0": 1},
        {"a": reduce(lambda inner, _: [inner], range(60), 1)},
    ],
    ids=["float", "dot", "dollar", "big", "surrogate", "bytes", "not-ascii", "nul", "deep"],
)
def test_what_would_not_come_back_the_same_is_refused_before_writing(log, authority, data):
    with pytest.raises(NotStorable):
        log.append(authority, proposal(data=data))
    assert log.head(authority) == 0


@pytest.mark.parametrize("change", [{"tzinfo": None}, {"microsecond": 123001}])
def test_an_instant_without_zone_or_finer_than_a_millisecond_is_refused(log, authority, change):
    instant = proposal().recorded_at.replace(**change)
    with pytest.raises(NotStorable, match="recorded_at"):
        log.append(authority, replace(proposal(), recorded_at=instant))
    assert log.head(authority) == 0


def test_a_commit_beyond_the_limits_is_refused(log, authority):
    with pytest.raises(NotStorable, match="501 events"):
        log.append(authority, proposal(events=501))
    with pytest.raises(NotStorable, match="at most 1000000"):
        log.append(authority, proposal(data={"text": "x" * 1_000_001}))


def test_an_event_id_twice_in_one_append_is_refused(log, authority):
    said = proposal(events=2)
    twice = tuple(replace(event, id="same") for event in said.events)
    with pytest.raises(NotStorable, match="same id"):
        log.append(authority, replace(said, events=twice))


def test_reading_behind_a_position_gives_every_commit_once_at_any_page_size(log, authority):
    for n in range(1, 8):
        log.append(authority, proposal(stream=f"thing-{n}", commit_id=f"c{n}"))
    for size in (1, 2, 3, 7, 100):
        seen, position = [], 0
        while page := list(log.after(authority, position, size)):
            seen += [commit.position for commit in page]
            position = page[-1].position
        assert seen == [1, 2, 3, 4, 5, 6, 7]
    assert [commit.position for commit in log.after(authority, 5)] == [6, 7]
    assert list(log.after(authority, 7)) == list(log.after(authority, 99)) == []
    assert list(log.after(authority, 0, 0)) == list(log.after(authority, 3, -2)) == []
    assert [commit.position for commit in log.after(authority, -3, 2)] == [1, 2]


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_the_streams_of_a_category_are_named_in_pages_and_each_once(log, authority, size):
    for number, name in enumerate(["thing-b", "thing-a", "other-a", "petitions-a", "thing-ab"]):
        log.append(authority, proposal(stream=name, commit_id=f"c{number}"))
    log.append(authority, proposal(stream="thing-a", after=1, commit_id="c9"))
    log.append(authority + "9", proposal(stream="thing-z"))
    seen, behind = [], ""
    while page := log.streams(authority, "thing", behind, size):
        assert len(page) <= size
        seen, behind = [*seen, *page], page[-1]
    assert seen == ["thing-a", "thing-ab", "thing-b"]
    assert log.streams(authority, "clock", "", size) == []


def test_one_ward_never_sees_what_another_has(log, authority):
    other = authority + "9"
    log.append(authority, proposal())
    log.append(other, proposal())
    assert [c.authority for c in log.after(authority, 0)] == [authority]
    assert log.head(other) == 1
    assert {authority, other} <= set(log.authorities())


def test_the_chain_is_whole_and_a_changed_word_is_found(log, authority):
    for n in range(3):
        log.append(authority, proposal(after=n, commit_id=f"c{n}"))
    commits = list(log.after(authority, 0))
    assert first_fault(commits) is None
    forged = replace(commits[1], proposal=replace(commits[1].proposal, actor="officer:otto"))
    assert "position 2" in first_fault([commits[0], forged, commits[2]])
    assert "position 2" in first_fault([commits[0], commits[2]])


def test_of_many_that_build_on_one_version_exactly_one_wins(log, authority):
    outcomes = at_once(
        8, lambda n: log.append(authority, proposal(commit_id=f"c{n}", digest=f"{n}"))
    )
    assert sum(not isinstance(outcome, Exception) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 7
    assert log.head(authority) == 1


def test_appends_at_once_to_many_streams_all_land_without_a_gap(log, authority):
    outcomes = at_once(
        40, lambda n: log.append(authority, proposal(stream=f"other-{n}", commit_id=f"c{n}"))
    )
    assert sorted(commit.position for commit in outcomes) == list(range(1, 41))
    assert first_fault(log.after(authority, 0)) is None


def test_a_loser_in_a_batch_does_not_pull_the_others_down(log, authority):
    log.append(authority, proposal(stream="other-0", commit_id="first"))
    outcomes = at_once(
        20,
        lambda n: log.append(
            authority, proposal(stream="other-0" if n % 2 else f"other-{n + 1}", commit_id=f"c{n}")
        ),
    )
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 10
    assert log.head(authority) == 11
    assert first_fault(log.after(authority, 0)) is None


def test_the_same_request_twice_at_once_is_stored_once_and_answered_alike(log, authority):
    first, second = at_once(2, lambda n: log.append(authority, proposal()))
    assert first == second
    assert log.head(authority) == 1


def test_a_hole_stops_the_reader(mongo_client, authority):
    log = MongoLog(mongo_client)
    for n in range(3):
        log.append(authority, proposal(after=n, commit_id=f"c{n}"))
    commits = mongo_client["donthu_ledger"]["commits"]
    commits.delete_one({"_id": {"authority": authority, "position": 2}})
    try:
        seen = []
        with pytest.raises(HoleInLog, match="position 2 is missing"):
            seen.extend(commit.position for commit in log.after(authority, 0))
        with pytest.raises(HoleInLog):
            list(log.after(authority, 1))
    finally:  # other tests follow every ward
        commits.delete_many({"_id.authority": authority})


def test_a_stream_that_does_not_fit_into_one_answer_is_read_whole(
    mongo_client, authority, monkeypatch
):
    monkeypatch.setattr(mongo_commands, "PAGE", 3)
    log = MongoLog(mongo_client)
    said = [log.append(authority, proposal(after=n, commit_id=f"c{n}")) for n in range(8)]
    assert log.read(authority, "thing-a") == said


def test_a_connection_that_breaks_under_a_read_is_not_noticed(mongo_uri, mongo_client, authority):
    said = MongoLog(mongo_client).append(authority, proposal())
    others = {each.fd for each in _connections()}
    with connect(mongo_uri) as client:
        log = MongoLog(client)
        assert log.head(authority) == 1
        mine = [each.fd for each in _connections() if each.fd not in others]
        for cut in [socket.socket(fileno=os.dup(fd)) for fd in mine]:  # before any is given up
            cut.shutdown(socket.SHUT_RDWR)
            cut.close()
        assert log.read(authority, "thing-a") == [said]


def _connections():
    return [each for each in psutil.Process().net_connections() if each.status == "ESTABLISHED"]


def test_two_writers_with_a_head_of_their_own_leave_no_gap(mongo_client, authority):
    logs = [MongoLog(mongo_client), MongoLog(mongo_client)]
    at_once(
        60,
        lambda n: logs[n % 2].append(authority, proposal(stream=f"other-{n}", commit_id=f"c{n}")),
    )
    assert [c.position for c in logs[0].after(authority, 0)] == list(range(1, 61))
    assert first_fault(logs[1].after(authority, 0)) is None


def test_who_clashed_with_another_process_looks_before_it_writes(
    mongo_client, authority, monkeypatch
):
    monkeypatch.setattr(mongo_log, "BELIEVED_S", 0.0)
    log, other = MongoLog(mongo_client), MongoLog(mongo_client)
    sent, insert = [], log._insert
    log._insert = lambda documents: sent.append(len(documents)) or insert(documents)
    for turn in range(5):
        for number, writer in enumerate((log, other)):
            name = f"{turn}-{number}"
            writer.append(authority, proposal(stream=f"other-{name}", commit_id=f"c{name}"))
    assert len(sent) == 6  # the one clash that told it
    assert first_fault(log.after(authority, 0)) is None


def test_who_is_ended_while_waiting_for_a_batch_does_not_stop_the_others(mongo_client, authority):
    log = MongoLog(mongo_client)

    def append(number):
        return log.append(authority, proposal(stream=f"other-{number}", commit_id=f"c{number}"))

    waiting = [eventlet.spawn(append, number) for number in range(20)]
    eventlet.sleep(0)  # the first one leads and is with the database, the others wait
    for number in (1, 2, 7, 19):
        waiting[number].kill()
    left = [number for number in range(20) if number not in (1, 2, 7, 19)]
    with eventlet.Timeout(10):
        positions = [waiting[number].wait().position for number in left]
    assert len(set(positions)) == 16
    assert append(20).position == log.head(authority)
    assert first_fault(log.after(authority, 0)) is None


def test_who_is_ended_when_asked_to_lead_passes_the_lead_on(mongo_client, authority):
    writer = _Writer(MongoLog(mongo_client))
    writer._busy = True  # somebody leads
    first, second = (
        eventlet.spawn(
            writer.append, authority, proposal(stream=f"other-{n}", commit_id=f"c{n}"), 1
        )
        for n in (1, 2)
    )
    eventlet.sleep(0)
    with writer._door:
        writer._pass_on()
    first.kill()
    with eventlet.Timeout(10):
        assert second.wait().position == 1


def test_who_is_ended_while_gathering_others_passes_the_lead_on(mongo_client, authority):
    writer = _Writer(MongoLog(mongo_client))
    writer._crowd = 20  # so that whoever leads waits for the others of a moment ago
    first, second = (
        eventlet.spawn(
            writer.append, authority, proposal(stream=f"other-{n}", commit_id=f"c{n}"), 1
        )
        for n in (1, 2)
    )
    eventlet.sleep(0)
    first.kill()
    with eventlet.Timeout(10):
        assert second.wait().position == 1


def test_one_batch_takes_appends_of_several_wards_and_stops_at_none_of_them(
    mongo_client, authority
):
    log, wards = MongoLog(mongo_client), [authority, f"{authority}-b", f"{authority}-c"]
    log.append(wards[1], proposal(stream="other-1", commit_id="taken"))

    def append(n):
        return log.append(wards[n % 3], proposal(stream="other-1", commit_id=f"c{n}"))

    log._writer._crowd = 30
    ended = at_once(3, append)
    assert [type(each) for each in ended] == [Commit, Conflict, Commit]
    for ward in wards:
        assert log.head(ward) == 1
        assert first_fault(log.after(ward, 0)) is None


def test_a_batch_is_no_larger_than_the_wire_takes_and_never_empty(mongo_client, authority):
    writer = _Writer(MongoLog(mongo_client))
    sizes = [MAX_BATCH_BYTES, 1, MAX_BATCH_BYTES - 1, MAX_BATCH_BYTES + 1, 5]
    writer._waiting.extend(_Pending(authority, proposal(), size) for size in sizes)
    taken = [[pending.size for pending in writer._take()] for _ in range(4)]
    assert taken == [sizes[:1], sizes[1:3], sizes[3:4], sizes[4:]]


def test_who_is_ahead_of_positions_is_told_of_all_at_once(log, authority):
    other = f"{authority}-b"
    log.append(authority, proposal())
    log.append(authority, proposal(stream="thing-b", commit_id="c2"))
    log.append(other, proposal())
    assert {authority, other} <= set(log.ahead({}))
    assert {authority, other} & set(log.ahead({authority: 2})) == {other}
    assert {authority, other} & set(log.ahead({authority: 1, other: 1})) == {authority}


def test_what_the_database_refuses_pulls_down_nobody_else_in_its_batch(mongo_client, authority):
    log, wards = MongoLog(mongo_client), [f"{authority}-{n}" for n in range(3)]
    clear = proposal(commit_id="clear")
    clear = replace(clear, events=(replace(clear.events[0], sealed={"p1": b"in clear"}),))
    log._writer._crowd = 3
    said = [proposal(), clear, proposal()]
    ended = at_once(3, lambda n: log.append(wards[n], said[n]))
    assert [type(each) for each in ended] == [Commit, LogUnavailable, Commit]
    assert log.head(wards[1]) == 0
