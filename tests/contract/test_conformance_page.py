"""docs/conformance.md names every case once, and no test that does not exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = re.findall(
    r"^\| (\d+) \| (.+?) \| (.+) \|$", (ROOT / "docs/conformance.md").read_text("utf-8"), re.M
)
CASES = 72


def test_every_case_has_one_row():
    assert [int(number) for number, _, _ in ROWS] == list(range(1, CASES + 1))


@pytest.mark.parametrize(("number", "asked_by"), [(row[0], row[2]) for row in ROWS])
def test_a_case_is_asked_by_tests_that_exist_or_does_not_apply(number, asked_by):
    tests = re.findall(r"`([\w/]+\.py)(?:::(\w+))?`", asked_by)
    assert tests or asked_by.startswith("does not apply: ")
    for path, name in tests:
        assert (ROOT / path).is_file(), path
        assert not name or name in _names(path), f"{path}::{name}"


def test_a_test_that_is_named_after_a_case_stands_in_its_row():
    rows = {number: asked_by for number, _, asked_by in ROWS}
    named = [name for name in _names("tests/contract/test_conformance.py") if "_case_" in name]
    assert named
    for name in named:
        assert name in rows[str(int(name.split("_")[2]))], name


@cache
def _names(path):
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
