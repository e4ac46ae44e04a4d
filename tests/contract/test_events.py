"""The published events: every version ever released still loads, and what is written reads back."""

import json
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import contracts
from shared.personal import Personal
from shared.wire import tolerant_schema

RECORDED = Path(__file__).parent / "recorded"
EXAMPLES = sorted(RECORDED.glob("*.json"))
CLASSES = sorted(contracts.EVENT_CLASSES.values(), key=lambda event: event.__name__)


for kind, chosen in (
    (str, st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=30)),
    (date, st.dates(date(1990, 1, 1), date(2099, 12, 31))),
    (int, st.integers(0, 1000)),
    (Personal, st.just(Personal())),
):
    st.register_type_strategy(kind, chosen)


def name_of(event):
    return event.__name__


@pytest.mark.parametrize("event", CLASSES, ids=name_of)
def test_every_version_of_every_event_has_a_recorded_example(event):
    for version in range(1, contracts.schema_version(event) + 1):
        assert (RECORDED / f"{event.__name__}.v{version}.json").exists()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_a_recorded_event_still_loads_to_the_same_meaning(example):
    stored = json.loads(example.read_text("utf-8"))
    event = contracts.load(stored["type"], stored["data"])
    data, _ = contracts.dump(event)
    assert json.loads(json.dumps(data)) | stored["data"] == json.loads(json.dumps(data))
    assert tolerant_schema(type(event)).validate(stored["data"]) == {}
    assert contracts.legal_date(stored["type"], stored["data"])


@pytest.mark.parametrize("event", CLASSES, ids=name_of)
def test_a_reader_passes_over_fields_that_a_newer_writer_added(event):
    stored = json.loads((RECORDED / f"{event.__name__}.v1.json").read_text("utf-8"))
    newer = stored["data"] | {"added_later": {"x": 1}}
    assert contracts.load(stored["type"], newer) == contracts.load(stored["type"], stored["data"])
    assert tolerant_schema(event).validate(newer) == {}


@pytest.mark.parametrize("event", CLASSES, ids=name_of)
def test_whatever_is_written_reads_back_the_same(event):
    hints = get_type_hints(event)
    made = st.builds(event, **{f.name: st.from_type(hints[f.name]) for f in fields(event)})

    @given(made)
    def check(original):
        data, _ = contracts.dump(original)
        assert contracts.load(event.__name__, json.loads(json.dumps(data))) == original

    check()


def test_an_event_of_no_service_of_ours_is_named_as_unknown():
    with pytest.raises(contracts.UnknownEvent):
        contracts.load("Nonsense", {})


def test_every_event_belongs_to_one_service_and_keeps_the_four_promised_names():
    assert {"PetitionReceived", "CaseAssigned", "DeadlineMissed", "DecisionIssued"} <= set(
        contracts.OWNER
    )
    assert len(contracts.OWNER) == sum(len(events) for events in contracts.OWNED.values())


def test_each_event_has_a_legal_date():
    for event in CLASSES:
        assert date in get_type_hints(event).values(), event
