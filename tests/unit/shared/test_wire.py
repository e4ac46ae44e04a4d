"""What is read of a payload: only what is meant, and never for long."""

import time
from dataclasses import dataclass
from typing import Any

import pytest

from services.intake.registration_schemas import REGISTER
from shared.errors import Malformed
from shared.wire import MAX_ITEMS, MAX_PARTS, MOST_FAULTS, check_size, read, schema


@dataclass(frozen=True, kw_only=True)
class Listed:
    names: tuple[str, ...] = ()


LISTED = schema(Listed)


def test_as_much_as_is_meant_is_read() -> None:
    assert len(read(LISTED, {"names": ["x"] * MAX_ITEMS}).names) == MAX_ITEMS


@pytest.mark.parametrize(
    "bloated",
    [
        {"petitioners": [{}] * 1_000_000},
        {"petitioners": [{}] * (MAX_ITEMS + 1)},
        {f"k{number}": 1 for number in range(200_000)},
        {"petitioners": [{f"k{number}": 1 for number in range(MAX_ITEMS)}] * MAX_ITEMS},
        {"petitioners": [[[[1] * 50] * 50] * 50] * 50},
    ],
    ids=["a million", "one too many", "fields", "fields of many", "nested"],
)
def test_what_would_keep_others_waiting_is_refused_at_once(bloated: dict[str, Any]) -> None:
    began = time.process_time()
    with pytest.raises(Malformed) as told:
        read(REGISTER, bloated)
    assert list(told.value.errors) == ["payload"]
    assert told.value.errors["payload"][0].startswith("too_many: ")
    assert time.process_time() - began < 0.5  # 42 s for the first, before


def test_the_worst_that_passes_is_read_soon_and_its_faults_are_not_all_told() -> None:
    worst = {"petitioners": [{f"k{number}": 1 for number in range(98)}] * MAX_ITEMS}
    check_size(worst)
    assert MAX_PARTS - 1000 < MAX_ITEMS * 99
    began = time.process_time()
    with pytest.raises(Malformed) as told:
        read(REGISTER, worst)
    assert len(told.value.errors) == MOST_FAULTS
    assert time.process_time() - began < 3
