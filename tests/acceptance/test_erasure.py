"""Who is erased by one process is unreadable in every other, at once and for good.

Of the services only intake opens what is sealed; a test below holds the others to that.
"""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.world import System, ago, complaint

BOUND_S = 60.0  # as promised; libmongocrypt itself keeps a key for as long
WATCHED_S = 5.0  # each answer of this time is looked at
ROOT = Path(__file__).parents[2]


@pytest.fixture
def both(system: System, stack: Any, tmp_path: Path) -> Iterator[tuple[System, System]]:
    """Two running systems, of which the second has but one more process of intake."""
    second = System(stack, tmp_path)
    second.start("intake")
    yield system, second
    second.stop()


def reads(of: System, file: str) -> int:
    """How often this process of intake has opened the file, by its own log."""
    lines = [json.loads(line) for line in of.logs("intake").splitlines() if file in line]
    return sum(line["event"] == "sealed_data_read" and line["file"] == file for line in lines)


@pytest.mark.parametrize("part", ["p1", "text"])
def test_what_one_process_erased_another_that_had_it_open_shows_no_more(
    part: str, both: tuple[System, System], rpc: Any, eventually: Any
) -> None:
    said = complaint()
    file = rpc.intake.register_petition(said)["file"]
    of_file = {"file": file}
    judged = {"classified_on": ago(8), "kind": "khieu_nai", "field": "dat_dai"}
    rpc.intake.classify(of_file | judged | {"is_competent": False, "meets_conditions": True})
    guided = {"guided_on": ago(7), "competent_authority": "Tòa án nhân dân"}
    rpc.intake.guide(of_file | guided | {"guidance": "Đề nghị gửi đơn đến Tòa án."})

    def look() -> str:
        told = rpc.intake.petition(of_file | {"purpose": "xu_ly_don"})
        return str(told["people"]["p1"] if part == "p1" else told["text"])

    def all_read(times: list[int]) -> bool:
        assert look()
        return all(reads(each, file) >= least for each, least in zip(both, times, strict=True))

    clear = look()
    assert clear != "[đã xóa]"
    eventually(lambda: all_read([3, 3]), 40)  # both have opened it, again and again
    assert look() == clear
    erasing = {"erased_on": ago(1), "part": part, "ground": "theo_luat"}
    rpc.intake.erase_person(of_file | erasing | {"document": "12/QĐ-UBND ngày 19/11/2026"})
    began = time.monotonic()
    before = [reads(each, file) for each in both]
    last_clear_s, looked = 0.0, 0
    while time.monotonic() - began < BOUND_S and (
        time.monotonic() - began - last_clear_s < WATCHED_S
        or not all_read([count + 20 for count in before])
    ):
        looked += 1
        if look() != "[đã xóa]":
            last_clear_s = time.monotonic() - began
    assert all_read([count + 20 for count in before])  # each was asked often enough
    print(f"last readable {last_clear_s:.3f} s after the erasure was answered, of {looked} answers")
    assert last_clear_s == 0.0 < BOUND_S
    assert rpc.reporting.verify({})["ok"]


def test_no_other_service_opens_what_is_sealed() -> None:
    opening = re.compile(r"vault\.(open|open_bytes)\b")
    found = {
        path.relative_to(ROOT / "services").parts[0]
        for path in (ROOT / "services").glob("**/*.py")
        if opening.search(path.read_text("utf-8"))
    }
    assert found == {"intake"}
