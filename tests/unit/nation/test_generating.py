"""The made-up year: the same again from the same seed, and such as every reader accepts."""

from collections import defaultdict
from itertools import islice

import bson
import pytest
from bson.binary import Binary
from click.testing import CliRunner

from deploy.cli import main
from deploy.nation import generating, stories
from deploy.nation.measuring import growth
from services.deadlines import domain
from services.reporting import cards
from shared import contracts
from shared.ledger import check_storable, first_fault
from shared.mongo_log import document_of
from shared.projection import Row
from shared.wire import tolerant_schema

WARD = generating.Ward(code="09253", province="24", petitions=60, sessions=15)


@pytest.fixture(scope="module")
def year():
    return list(generating.commits(WARD))


@pytest.fixture(scope="module")
def events(year):
    return [event for commit in year for event in commit.recorded()]


def test_the_same_seed_writes_the_same_bytes(year):
    assert list(generating.commits(WARD)) == year
    assert next(generating.commits(WARD, seed=2)).hash != year[0].hash


def test_the_chain_is_whole_and_every_commit_may_be_stored(year):
    assert first_fault(year) is None
    for commit in year:
        check_storable(commit.proposal)


def test_streams_count_on_and_begin_at_nothing(year):
    versions = defaultdict(int)
    for commit in year:
        assert commit.proposal.after == versions[commit.proposal.stream]
        versions[commit.proposal.stream] = commit.version
    assert len({commit.proposal.commit_id for commit in year}) == len(year)


def test_every_event_is_read_by_its_contract(events):
    for event in events:
        assert tolerant_schema(contracts.EVENT_CLASSES[event.type]).validate(event.data) == {}
        assert contracts.load(event.type, event.data) is not None
    assert len({event.type for event in events}) >= 15


def test_commits_are_in_the_order_of_their_days(year, events):
    instants = [commit.proposal.recorded_at for commit in year]
    assert instants == sorted(instants)
    assert instants[0].year == instants[-1].year == stories.YEAR


def test_every_file_folds_to_a_card_that_says_how_it_stands(events):
    rows: dict[str, Row] = {}
    for event in events:
        if event.category in contracts.CATEGORIES:
            rows[event.file] = cards.fold(rows.get(event.file, {}), event)
    assert len(rows) == WARD.petitions
    assert {row["received_on"][:4] for row in rows.values()} == {str(stories.YEAR)}
    ended = [row for row in rows.values() if not row["is_open"]]
    assert len(ended) > WARD.petitions / 2


def test_clocks_are_those_that_the_service_sets(events):
    """Of every file: each that runs on the last day is called for, and each called for was set."""
    files = defaultdict(list)
    for event in events:
        files[event.file].append(event)
    for told in files.values():
        clocks = domain.Clocks()
        for event in told:
            if event.category in ("clock", "reception_clock"):
                clocks = domain.evolve(clocks, contracts.load(event.type, event.data))
        history = [
            contracts.load(event.type, event.data)
            for event in told
            if event.category in ("petition", "case", "reception")
        ]
        law = stories.Law(calendar=stories.CALENDAR, rules=stories.RULES, today=stories.LAST_DAY)
        limits = {each.name for each in stories.policies.limits_called_for(history, law).limits}
        running = {name for name, clock in clocks.by_name.items() if clock.is_running}
        assert running <= limits <= set(clocks.by_name)


def test_sealed_parts_have_the_shape_of_the_vaults(year):
    boxes = [
        box
        for commit in year
        for event in document_of(commit)["events"]
        for box in event.get("sealed", {}).values()
    ]
    assert boxes
    for box in boxes:
        assert isinstance(box, Binary)
        assert (box.subtype, box[0], (len(box) - 66) % 16) == (6, 2, 0)
    assert all(bson.encode(document_of(commit)) for commit in islice(year, 20))


def test_a_larger_part_of_the_nation_holds_the_smaller():
    few, more, all_wards = (generating.wards(scale) for scale in (0.001, 0.01, 1.0))
    assert (len(few), len(more), len(all_wards)) == (3, 33, 3321)
    assert more[:3] == few
    assert len({ward.code for ward in all_wards}) == 3321
    assert len({ward.province for ward in all_wards}) == 34
    petitions = sum(ward.petitions for ward in all_wards)
    assert abs(petitions - generating.PETITIONS) < 3321 / 2
    assert max(ward.petitions for ward in all_wards) > 5 * petitions / 3321


def test_growth_is_the_power_of_the_size():
    assert growth([1, 10, 100], [5, 50, 500]) == pytest.approx(1.0)
    assert growth([1, 10, 100], [5, 5, 5]) == pytest.approx(0.0)
    assert growth([1, 10, 100], [1, 100, 10_000]) == pytest.approx(2.0)
    assert growth([10], [5]) is None


@pytest.mark.parametrize("scale", ["0", "1.5", "-1"])
def test_no_more_than_the_nation_and_no_less_than_nothing_is_measured(scale):
    done = CliRunner().invoke(main, ["bench", "nation", f"--scale={scale}"])
    assert (done.exit_code, done.stdout) == (2, "")
