"""Rebuilding on a real ledger: interrupted, divided, during writes, and seen by readers."""

import itertools
import json
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta

import psutil
import pytest
from pymongo import MongoClient

from services.reporting import rebuild as reporting
from services.reporting.projections import CASES, RECEPTIONS
from shared import rebuilding
from shared.news import News
from shared.projecting import Projector
from tests.support import stories
from tests.support.recording import AT, record


@pytest.fixture
def database(mongo_client, authority):
    """Tables of the test's own, over the ledger that all tests share."""
    name = f"rebuilding_{authority}"
    yield name
    mongo_client.drop_database(name)


@pytest.fixture
def cases(mongo_client, database, log):
    return Projector(mongo_client, database, log, CASES)


@pytest.fixture
def tell(log, authority):
    def put(file, told=stories.SETTLED):
        for number, (category, event) in enumerate(told):
            at = AT + timedelta(minutes=number)
            record(log, authority, f"{category}-{file}", event, at=at)

    return put


def rows_of(projector, authority):
    return {row["file"]: row for row in projector.rows().find({"authority": authority})}


class Interrupted(Exception):
    pass


def test_an_interrupted_rebuild_goes_on_where_it_stopped(
    mongo_uri, mongo_client, database, cases, log, tell, authority
):
    tell("f1")
    log_of_two = [authority, f"{authority}-2"]
    record(log, log_of_two[1], "petition-g1", stories.RECEIVED)
    cases.catch_up_all()
    told = []

    def stop(done, total):
        told.append((done, total))
        if done:
            raise Interrupted

    targets = [rebuilding.Target(database, CASES), rebuilding.Target(database, RECEPTIONS)]
    with pytest.raises(Interrupted):
        rebuilding.rebuild(mongo_uri, targets, progress=stop)
    left = mongo_client[database]["tables"].find_one({"_id": "cases"})["next"]["table"]
    assert told[0][0] == 0
    (_, total), (before, _) = told
    told.clear()
    folded = rebuilding.rebuild(mongo_uri, targets, progress=lambda *each: told.append(each))
    assert told[0] == (0, total - before)
    assert sum(folded) == total - before
    assert cases.rows().name == left
    assert set(rows_of(cases, authority)) == {"f1"}
    assert set(rows_of(cases, log_of_two[1])) == {"g1"}


def test_by_several_processes_the_same_rows_come_about(
    mongo_client, amqp_uri, log, tell, authority
):
    for number in range(3):
        tell(f"f{number}")
    live = Projector(mongo_client, reporting.DATABASE, log, CASES)
    live.catch_up(authority)
    before, table = rows_of(live, authority), live.rows().name
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "deploy.cli", "rebuild", "--workers=2", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    folded = json.loads(done.stdout)["tables"]
    assert set(folded) == set(reporting.TABLES)
    assert folded["cases"] >= 39
    assert live.rows().name != table
    assert rows_of(live, authority) == before
    indexes = live.rows().index_information()
    assert len(indexes) == len(CASES.indexes) + 1


def test_a_killed_worker_ends_the_command_with_what_to_do_and_the_next_one_goes_on(
    mongo_client, amqp_uri, log, tell, authority, eventually
):
    tell("f1")
    record(log, f"{authority}-2", "petition-g1", stories.RECEIVED)
    command = [sys.executable, "-W", "ignore", "-m", "deploy.cli", "rebuild", "cases"]

    begun = subprocess.Popen([*command, "--workers=2"], stderr=subprocess.PIPE, text=True)

    def workers():
        children = psutil.Process(begun.pid).children()
        lines = {each: " ".join(each.cmdline()) for each in children}
        return [each for each, line in lines.items() if "spawn_main" in line]

    try:
        eventually(workers, within_s=60)[0].kill()  # as early as it can be seen
        told, code = begun.communicate(timeout=60)[1], begun.returncode
    finally:
        begun.kill()
    assert (code, told.count("\n")) == (3, 1)
    assert "it goes on where it stopped" in told
    tables = mongo_client[reporting.DATABASE]["tables"]
    left = tables.find_one({"_id": "cases"})["next"]["table"]
    assert subprocess.run([*command, "--workers=1"], check=False).returncode == 0
    live = Projector(mongo_client, reporting.DATABASE, log, CASES)
    assert live.rows().name == left
    assert set(rows_of(live, authority)) == {"f1"}


def test_readers_never_see_less_while_it_is_written_and_rebuilt(
    mongo_uri, mongo_client, database, cases, log, tell, authority
):
    """Live rows go on; the switch takes nobody back; what results is what a rebuild after makes."""
    tell("f1", stories.SETTLED[:1])
    cases.catch_up(authority)
    is_enough, is_over = threading.Event(), threading.Event()
    seen, faults = [], []

    def write(file):
        for category, event in stories.COMPLAINT[2:]:
            record(log, authority, f"{category}-{file}", event)
            cases.catch_up(authority)
            row = cases.rows().find_one({"_id": f"{authority}/{file}"})
            if row is None or row["position"] != log.head(authority):
                faults.append(row)

    def follow():
        write("f2")
        for number in itertools.count(3):  # however long a rebuild takes
            if is_enough.is_set():
                break
            write(f"f{number}")
        is_over.set()

    def read():
        while not is_over.is_set():
            row = cases.rows().find_one({"_id": f"{authority}/f1"})
            newest = cases.rows().find_one({"_id": f"{authority}/f2"}) or {"position": 0}
            if row is None or (seen and newest["position"] < seen[-1]):
                faults.append((row, newest))
            seen.append(newest["position"])

    work = [threading.Thread(target=each) for each in (follow, read)]
    for thread in work:
        thread.start()
    tables = set()
    while len(tables) < 2:
        rebuilding.rebuild(mongo_uri, [rebuilding.Target(database, CASES)])
        tables.add(cases.rows().name)
    is_enough.set()
    for thread in work:
        thread.join()
    assert faults == []
    during = rows_of(cases, authority)
    assert max(row["position"] for row in during.values()) == log.head(authority)
    rebuilding.rebuild(mongo_uri, [rebuilding.Target(database, CASES)])
    assert rows_of(cases, authority) == during


def test_rows_that_a_crash_left_without_their_checkpoint_are_passed_over(
    mongo_uri, mongo_client, database, cases, tell, authority
):
    tell("f1")
    cases.catch_up(authority)
    before = rows_of(cases, authority)
    table = cases.begin()
    cases.fill(table, authority)
    mongo_client[database]["checkpoints"].delete_many({"_id.table": table})
    rebuilding.rebuild(mongo_uri, [rebuilding.Target(database, CASES)])
    assert cases.rows().name == table
    assert rows_of(cases, authority) == before


def test_a_table_of_older_code_says_so_answers_and_is_replaced(
    mongo_client, database, cases, log, tell, authority
):
    tell("f1")
    cases.catch_up(authority)
    old = cases.rows().name
    newer = Projector(mongo_client, database, log, replace(CASES, version=CASES.version + 1))
    assert not cases.standing()["is_outdated"]
    assert newer.standing() == {
        "table": "cases",
        "version": CASES.version,
        "code": CASES.version + 1,
        "is_outdated": True,
        "is_rebuilding": False,
    }
    given_up = cases.begin()  # by the older code, which is then stopped
    tell("f2")
    assert newer.catch_up(authority) == 0
    table = newer.begin()
    assert newer.standing()["is_rebuilding"]
    assert given_up not in mongo_client[database].list_collection_names()
    newer.fill(table, authority)
    assert set(rows_of(newer, authority)) == {"f1"}  # still what the old code folded
    newer.finish(table)
    assert set(rows_of(newer, authority)) == {"f1", "f2"}
    assert newer.rows().name == table != old
    assert (newer.standing()["is_outdated"], newer.standing()["is_rebuilding"]) == (False, False)
    assert cases.standing()["is_outdated"]


def test_who_finishes_second_leaves_the_first_ones_table(cases, tell, authority):
    tell("f1")
    table = cases.begin()
    cases.fill(table, authority)
    cases.finish(table)
    assert cases.rows().name == table
    cases.finish(table)
    assert cases.rows().name == table
    assert set(rows_of(cases, authority)) == {"f1"}


def test_news_tell_who_has_moved_and_how_far(mongo_client, log, tell, authority, eventually):
    news = News(mongo_client)
    assert news.take() is None  # nothing is known yet: look at all
    tell("f1")
    told = {}
    eventually(lambda: told.update(news.take() or {}) or told.get(authority) == 13)
    assert (news.take() or {}).get(authority) is None


def test_after_a_fault_and_once_a_while_one_looks_at_all(mongo_uri, monkeypatch):
    with MongoClient(mongo_uri, serverSelectionTimeoutMS=300) as client:
        news = News(client)
        assert news.take() is None
        assert news.take() is not None
        monkeypatch.setattr("shared.news.LOOK_S", 0.0)
        eager = News(client)
        assert [eager.take(), eager.take()] == [None, None]
    assert news.take() is None  # the connection is gone
