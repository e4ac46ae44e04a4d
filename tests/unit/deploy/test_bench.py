"""The pure parts of the benchmarks: percentiles, ratios, verdicts and tables."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from deploy.bench import MEASURED, material
from deploy.bench.measuring import (
    Added,
    Ceiling,
    Floor,
    Round,
    Table,
    alternate,
    as_markdown,
    compare,
    merged,
    percentile,
)
from deploy.bench.running import BENCHMARKS, put_into
from services.reporting.projections import CASES
from shared.ledger import GENESIS, check_storable, link

ROOT = Path(__file__).parents[3]


def of_rate(*rates):
    return [Round(done=rate, seconds=1.0, cpu_s=rate / 1e4) for rate in rates]


def of_latency(*latencies):
    return [Round(done=1, seconds=1.0, latencies_ms=(ms,)) for ms in latencies]


def test_a_percentile_is_a_value_that_was_measured():
    hundred = list(range(1, 101))
    random.Random(1).shuffle(hundred)
    assert percentile(hundred, 50) == 50
    assert percentile(hundred, 99) == 99
    assert percentile(hundred, 100) == 100
    assert percentile([7.0], 99) == 7.0
    assert percentile([1.0, 9.0], 50) == 1.0


def test_there_is_no_percentile_of_nothing():
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)


@given(some.lists(some.floats(0, 1e6), min_size=1), some.integers(1, 100))
def test_so_many_percent_do_not_exceed_the_percentile(values, rank):
    limit = percentile(values, rank)
    assert 100 * sum(value <= limit for value in values) >= len(values) * rank
    assert 100 * sum(value < limit for value in values) < len(values) * rank


def test_the_ratio_is_taken_round_by_round():
    # The machine was three times slower in the second round, for both sides.
    row = compare("append", of_rate(1000, 300, 1200), of_rate(500, 150, 400))
    assert (row.ratio, row.ratio_min, row.ratio_max) == (2.0, 2.0, 3.0)
    assert row.ours.rate == 1000
    assert row.ours.cpu_us == pytest.approx(100)


def test_latencies_are_compared_by_their_medians():
    row = compare("rpc", of_latency(3.0, 4.0), of_latency(2.0, 2.0), Ceiling(times=1.5))
    assert (row.ratio, row.is_met) == (1.75, False)


@pytest.mark.parametrize(
    ("target", "told", "is_met"),
    [
        (Floor(times=1.1), "≥ 1.1×", True),
        (Floor(times=2.3), "≥ 2.3×", False),
        (Floor(rate=60_000), "≥ 60,000/s", False),
        (Floor(rate=900), "≥ 900/s", True),
        (None, None, None),
    ],
)
def test_a_target_for_rates_is_judged_by_ratio_or_by_rate(target, told, is_met):
    row = compare("append", of_rate(1000), of_rate(500), target)
    assert (row.target, row.is_met) == (told, is_met)


@pytest.mark.parametrize(("ours", "is_met"), [(3.5, True), (3.6, False), (0.5, True)])
def test_a_target_for_what_is_added_is_judged_by_the_difference_of_medians(ours, is_met):
    row = compare("access", of_latency(ours), of_latency(1.5), Added(p50_ms=2))
    assert (row.target, row.is_met) == ("p50 ≤ +2 ms", is_met)


@pytest.mark.parametrize(("limit", "is_met"), [(250, True), (249, False)])
def test_a_target_for_the_slowest_is_judged_by_the_99th_percentile(limit, is_met):
    row = compare("e2e", of_latency(250.0), of_latency(10.0), Ceiling(p99_ms=limit))
    assert (row.target, row.is_met) == (f"p99 ≤ {limit} ms", is_met)


def test_what_several_processes_did_at_once_is_one_round():
    both = merged(
        [
            Round(done=10, seconds=1.0, latencies_ms=(1.0,), cpu_s=0.1),
            Round(done=30, seconds=2.0, latencies_ms=(3.0,), cpu_s=0.2),
        ]
    )
    assert both.rate == 20
    assert both.latencies_ms == (1.0, 3.0)
    assert both.cpu_s == pytest.approx(0.3)


def test_both_sides_take_turns_and_take_turns_in_going_first():
    went = []

    def side(name):
        def measure():
            went.append(name)
            return Round(done=1, seconds=1.0)

        return measure

    ours, theirs = alternate(4, side("ours"), side("theirs"))
    assert (len(ours), len(theirs)) == (4, 4)
    assert went[:4] in (["ours", "theirs", "theirs", "ours"], ["theirs", "ours", "ours", "theirs"])


def test_a_table_tells_medians_spread_and_verdict():
    row = compare("8 callers", of_rate(2000, 2200), of_rate(1000, 1000), Floor(times=2.3))
    told = as_markdown(Table(title="T", unit="append/s", ours="o", reference="r", rows=(row,)))
    assert told.splitlines()[-1] == (
        "| 8 callers | 2,100 | 1,000 | 2.10 (2.00–2.20) |  |  | 100 / 100 | ≥ 2.3× **not met** |"
    )


def test_figures_are_put_between_their_marks():
    document = "a\n<!-- rpc -->\nold\n<!-- /rpc -->\nb"
    assert put_into(document, "rpc", "new") == "a\n<!-- rpc -->\nnew\n<!-- /rpc -->\nb"
    with pytest.raises(ValueError, match="no marks"):
        put_into(document, "append", "new")


def test_the_document_has_a_place_for_the_figures_of_every_benchmark():
    document = (ROOT / "docs/benchmarks.md").read_text("utf-8")
    assert list(MEASURED) == list(BENCHMARKS)
    for name in MEASURED:
        assert "new figures" in put_into(document, name, "new figures")
        assert f"donthu bench {name}" in document


def test_the_life_that_is_replayed_is_one_that_the_ledger_takes_and_the_card_understands():
    row, versions, previous = {}, {}, GENESIS
    for position, proposal in enumerate(material.life("0a1b2c3d4e5f"), start=1):
        check_storable(proposal)
        assert proposal.after == versions.get(proposal.stream, 0)
        commit = link("90000", position, previous, proposal)
        previous, versions[proposal.stream] = commit.hash, commit.version
        for event in commit.recorded():
            row = CASES.fold(row, event)
    assert (row["state"], row["events"], row["is_open"]) == ("closed", 20, False)
    assert {clock["state"] for clock in row["clocks"].values()} == {"met", "running"}
