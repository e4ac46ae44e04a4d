"""The README names every code that a caller can get, with the source that the code names."""

import re
from pathlib import Path

from services.intake import agencies, receptions, refusals

README = (Path(__file__).parents[3] / "services" / "intake" / "README.md").read_text("utf-8")


def test_every_refusal_is_documented_with_its_source() -> None:
    rows = dict(re.findall(r"^\| `([a-z_]+)` \| ([^|]+) \|$", README, flags=re.MULTILINE))
    sources = {code: source for code, (_, source) in refusals.REFUSALS.items()}
    assert rows == {
        code: "own rule" if source == "internal" else source for code, source in sources.items()
    }


def test_every_refusal_has_a_test_of_its_own() -> None:
    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert not [code for code in refusals.REFUSALS if f'"{code}"' not in tests]


def test_every_ground_for_not_receiving_somebody_is_documented_with_its_source() -> None:
    rows = dict(re.findall(r"^\| `([a-z_]+)` \| .+ \| (.+) \|$", README, flags=re.MULTILINE))
    sources = {ground.value: said.source for ground, said in receptions.GROUNDS.items()}
    assert rows == sources


def test_every_fault_of_a_message_is_documented() -> None:
    missing = [code for code in agencies.FAULTS if f"`{code}`" not in README]
    assert not missing
