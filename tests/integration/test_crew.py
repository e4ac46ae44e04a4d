"""Several instances of one service: each ward is followed by one of them, and by none in vain."""

import os
import secrets
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.reporting.projections import CASES
from services.reporting.service import ReportingService
from shared.crew import Crew
from shared.mongo_log import MongoLog
from shared.projecting import Projector
from tests.support.proposals import proposal

WARDS = [f"{number:05}" for number in range(1, 201)]


@pytest.fixture
def crew(mongo_client: Any) -> Iterator[Any]:
    """A database of the test's own, in which crews are made by name."""
    database = f"test_crew_{secrets.token_hex(4)}"
    yield lambda name: Crew(mongo_client, database, name)
    mongo_client.drop_database(database)


def shares(*crews: Crew) -> Counter[str]:
    """How many wards each takes for its own; every ward is someone's."""
    taken = [[crew.name for crew in crews if crew.has(ward)] for ward in WARDS]
    assert {len(names) for names in taken} == {1}
    return Counter(name for names in taken for name in names)


def meet(*crews: Crew) -> None:
    for _ in range(2):  # the first did not know of the others yet
        for crew in crews:
            crew.beat()


def test_each_ward_is_of_one_instance_and_all_have_about_as_many(crew: Any) -> None:
    crews = [crew(name) for name in ("reporting", "reporting-2", "reporting-3")]
    meet(*crews)
    assert min(shares(*crews).values()) > len(WARDS) / 5


def test_when_one_leaves_only_its_own_wards_move(crew: Any) -> None:
    first, second, third = (crew(name) for name in ("a", "b", "c"))
    meet(first, second, third)
    before = {ward: first.has(ward) for ward in WARDS if not third.has(ward)}
    first.take_change()
    assert not first.take_change()
    third.leave()
    for each in (first, second):
        each.beat()
    assert first.take_change()
    assert {ward: first.has(ward) for ward in before} == before
    assert shares(first, second).total() == len(WARDS)


def test_who_gives_no_sign_of_life_loses_its_wards(crew: Any) -> None:
    alive, dead = crew("alive"), crew("dead")
    meet(alive, dead)
    assert shares(alive, dead)["dead"]
    # As if it had been killed eleven seconds ago.
    long_ago = datetime.now(UTC) - timedelta(seconds=11)
    dead._signs.update_one({"_id": "dead"}, {"$set": {"seen": long_ago}})
    alive.beat()
    assert all(map(alive.has, WARDS))


def test_who_is_started_again_under_its_name_takes_its_wards_up_at_once(crew: Any) -> None:
    other, killed = crew("other"), crew("killed")
    meet(other, killed)
    again = crew("killed")
    again.beat()
    assert shares(other, again) == shares(other, killed)


def test_two_instances_of_reporting_fold_each_commit_once_and_in_order(
    run_service: Any,
    mongo_client: Any,
    relay: Any,
    eventually: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Messages go to either of them; the wards are divided all the same."""
    folded: list[tuple[int, str, int]] = []  # by which projector, authority, position
    apply = Projector._apply

    def counted(self: Projector, table: str, mark: Any, commits: Any) -> bool:
        if self.projection is CASES:
            folded.extend((id(self), commit.authority, commit.position) for commit in commits)
        return apply(self, table, mark, commits)

    monkeypatch.setattr(Projector, "_apply", counted)
    known: dict[str, int] = {}  # how many each instance takes to be living
    beat = Crew.beat

    def told(self: Crew) -> None:
        beat(self)
        known[self.name] = len(self)

    monkeypatch.setattr(Crew, "beat", told)
    for name in ("reporting", "reporting-2"):
        monkeypatch.setitem(os.environ, "DONTHU_INSTANCE", name)
        run_service(ReportingService)
    eventually(lambda: known == {"reporting": 2, "reporting-2": 2})
    log = MongoLog(mongo_client)
    wards = [f"crew-{secrets.token_hex(3)}" for _ in range(12)]
    for number in range(10):
        for ward in wards:
            log.append(ward, proposal(stream=f"petition-{number}", commit_id=f"{ward}/{number}"))
    marks = mongo_client["donthu_reporting"]["checkpoints"]
    wanted = {"_id.authority": {"$in": wards}, "_id.table": {"$regex": "^cases"}, "position": 10}
    eventually(lambda: marks.count_documents(wanted) == len(wards))
    mine = [each for each in folded if each[1] in wards]
    for ward in wards:
        assert [position for _, of, position in mine if of == ward] == list(range(1, 11))
    by_ward = {ward: {who for who, of, _ in mine if of == ward} for ward in wards}
    assert {len(who) for who in by_ward.values()} == {1}
    assert len(set.union(*by_ward.values())) == 2  # both had something to do


def test_a_service_whose_loop_turns_says_so_in_a_file(
    run_service: Any, eventually: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(os.environ, "DONTHU_ALIVE", str(tmp_path / "alive"))
    run_service(ReportingService)
    eventually((tmp_path / "alive").exists)
    first = (tmp_path / "alive").stat().st_mtime
    eventually(lambda: (tmp_path / "alive").stat().st_mtime > first)
