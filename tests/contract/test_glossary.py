"""The glossary names everything that the published language says."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from shared import contracts
from shared.contracts import cases, clocks, identities, petitions, receptions, reports

GLOSSARY = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text("utf-8")
#: The lines of its tables.
ROWS = [line for line in GLOSSARY.splitlines() if line.startswith("|")]

VALUES = sorted(
    {
        str(value)
        for module in (petitions, cases, clocks, receptions, identities, reports)
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, StrEnum)
        for value in found
    }
)


def told(word: str) -> list[str]:
    return [row for row in ROWS if f"`{word}`" in row]


@pytest.mark.parametrize("event", sorted(contracts.EVENT_CLASSES))
def test_every_event_has_one_row(event) -> None:
    assert len(told(event)) == 1


@pytest.mark.parametrize("value", VALUES)
def test_every_value_of_an_enumeration_has_a_row(value) -> None:
    assert told(value)


def test_no_row_names_an_event_that_does_not_exist() -> None:
    named = set(re.findall(r"`([A-Z][a-z]+(?:[A-Z][A-Za-z]+)+)`", "\n".join(ROWS)))
    types = {
        name
        for module in (petitions, cases, clocks, receptions, identities, reports)
        for name, found in vars(module).items()
        if isinstance(found, type)
    }
    assert named <= types
