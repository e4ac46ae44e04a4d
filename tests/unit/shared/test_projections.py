"""Every table of every service: what it passes over unread has no row in it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.assignment import projections as assignment
from services.deadlines import projections as deadlines
from services.intake import projections as intake
from services.reporting import projections as reporting
from shared.contracts import cases, clocks, petitions, receptions
from shared.ledger import Recorded
from shared.projection import Projection

RECORDED = Path(__file__).parents[2] / "contract" / "recorded"
#: Which events stand in streams of which categories.
CATEGORIES = (
    ("petition", petitions.EVENTS),
    ("case", cases.CaseEvent.__args__),
    ("task", cases.TaskEvent.__args__),
    ("task_erasure", (petitions.PersonErased,)),
    ("clock", clocks.ClockEvent.__args__),
    ("reception_clock", clocks.ClockEvent.__args__),
    ("task_clock", clocks.ClockEvent.__args__),
    ("calendar", (clocks.CalendarChanged,)),
    ("reception", (*receptions.ReceptionEvent.__args__, petitions.PersonErased)),
    ("mediation", (receptions.MediationRecorded, petitions.PersonErased)),
)
TABLES = [
    (service.__name__.split(".")[1], table)
    for service in (assignment, deadlines, intake, reporting)
    for table in vars(service).values()
    if isinstance(table, Projection)
]


def everything() -> Iterator[Recorded]:
    for category, types in CATEGORIES:
        for kind in types:
            example = json.loads((RECORDED / f"{kind.__name__}.v1.json").read_text("utf-8"))
            yield Recorded(
                authority="09253",
                position=1,
                stream=f"{category}-f1",
                version=1,
                id="c-1",
                type=kind.__name__,
                schema=1,
                data=example["data"],
                actor="officer:vera",
                correlation="r",
                caused_by=None,
                recorded_at="2026-11-23T05:12:03.123Z",
            )


def test_no_table_is_left_out() -> None:
    assert len(TABLES) >= 8


@pytest.mark.parametrize(
    ("service", "table"), TABLES, ids=lambda each: getattr(each, "table", each)
)
def test_what_a_table_passes_over_unread_belongs_to_none_of_its_rows(
    service: str, table: Projection
) -> None:
    wanted = {event.category for event in everything() if table.key(event) is not None}
    assert wanted
    assert table.categories is None or wanted == table.categories
