"""A few wards of the made-up year in a real database: chain, fold, sweep, and every figure."""

import json
import os
import subprocess
import sys

from deploy.nation.measuring import SHOWN


def test_a_year_of_three_wards_is_whole_folded_and_measured(stack, tmp_path):
    """The command itself refuses to tell figures where a chain is broken or a file is missing."""
    done = subprocess.run(
        [
            *(sys.executable, "-W", "ignore", "-m", "deploy.cli", "bench", "nation"),
            *("--scale=0.001", "--workers=1", "--json"),
        ],
        env=os.environ | {"DONTHU_RUN": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (figures,) = json.loads(done.stdout)["runs"]
    assert set(SHOWN) <= set(figures)
    assert (figures["wards"], figures["petitions"]) == (3, 421)
    assert figures["events"] > figures["commits"] > 10 * figures["petitions"]
    # The clocks are as the service would have set them: but for what the last day brings, nothing
    # is left to record, and the second sweep finds nothing at all.
    assert figures["sweep_first_followed"] <= figures["petitions"] / 50
    assert figures["sweep_followed"] == 0
    assert list(tmp_path.iterdir()) == []
