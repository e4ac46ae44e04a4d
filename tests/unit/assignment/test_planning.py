"""How a case is to be finished and what it is watched for: planned anew, changed, told once."""

from dataclasses import replace
from datetime import date
from functools import reduce

import pytest

from services.assignment import planning, schemas
from services.assignment.case import Case, evolve
from shared.contracts.petitions import Flag
from shared.errors import Malformed
from shared.personal import Personal
from shared.wire import read
from tests.unit.assignment.given import (
    FILE,
    MAI,
    NAM,
    NHAN_HOA,
    assigned,
    case,
    decided,
    flag_it,
    flagged,
    group_petition,
    opened,
    plan_it,
    planned,
    recused,
    resettled,
    terminated,
    verified,
)

STARTED = (opened, assigned)


def unsealed(event):
    """As it comes back from the ledger: its words stay sealed."""
    return replace(event, personal=Personal.nothing())


def test_a_plan_of_the_same_day_may_say_something_else() -> None:
    case.given(*STARTED).when(planning.plan_settlement, plan_it).then(planned)
    words = Personal({"text": {"steps": "Đo đạc lại."}})
    again, mended = replace(plan_it, personal=words), replace(planned, personal=words)
    case.given(*STARTED, unsealed(planned)).when(planning.plan_settlement, again).then(mended)


@pytest.mark.parametrize(
    "changes",
    [
        {"planned_on": date(2026, 11, 2)},
        {"finish_by": date(2026, 12, 31)},
        {"officer": NAM},
        {"officer": None},
        {"unit": None},
        {"unit": None, "officer": None},
    ],
)
def test_another_plan_takes_its_place_and_the_one_before_stays_on_record(changes) -> None:
    command, event = replace(plan_it, **changes), replace(planned, **changes)
    case.given(*STARTED, planned).when(planning.plan_settlement, command).then(event)
    assert reduce(evolve, (*STARTED, planned, event), Case()).planned == event


def test_what_nobody_has_yet_is_planned_and_what_is_decided_or_terminated_too() -> None:
    for past in ((opened,), (*STARTED, verified, decided), (*STARTED, terminated)):
        case.given(*past).when(planning.plan_settlement, plan_it).then(planned)


def test_who_was_recused_is_not_planned_for_but_what_they_had_is() -> None:
    for_another = replace(plan_it, officer=NAM)
    expected = replace(planned, officer=NAM)
    case.given(*STARTED, recused).when(planning.plan_settlement, for_another).then(expected)
    assert MAI in reduce(evolve, (*STARTED, recused), Case()).recused


def test_of_what_is_settled_anew_the_plan_is_history_and_the_flags_stay() -> None:
    after = reduce(evolve, (*STARTED, planned, flagged, decided, resettled), Case())
    assert (after.planned, after.flagged) == (None, flagged)
    anew = replace(plan_it, planned_on=resettled.accepted_on, finish_by=date(2027, 1, 29))
    expected = replace(planned, planned_on=anew.planned_on, finish_by=anew.finish_by)
    case.given(*STARTED, planned, decided, resettled).when(planning.plan_settlement, anew).then(
        expected
    )


def test_flags_are_a_whole_new_set_in_one_order() -> None:
    turned = replace(flag_it, flags=(Flag.TENSE, Flag.GROUP, Flag.TENSE))
    case.given(opened).when(planning.change_flags, turned).then(flagged)
    none = replace(flag_it, flags=(), changed_on=date(2026, 10, 30))
    case.given(opened, flagged).when(planning.change_flags, none).then(
        replace(flagged, flags=(), changed_on=none.changed_on)
    )


def test_flags_in_force_change_nothing_be_they_of_the_classification_or_later() -> None:
    later = replace(flag_it, changed_on=date(2026, 11, 2))
    case.given(opened, unsealed(flagged)).when(planning.change_flags, later).then_nothing()
    group = replace(flag_it, flags=(Flag.GROUP,), petition=group_petition)
    case.given(opened).when(planning.change_flags, group).then_nothing()
    back = replace(group, changed_on=date(2026, 11, 2))  # to what it was classified as
    case.given(opened, flagged).when(planning.change_flags, back).then(
        replace(flagged, flags=(Flag.GROUP,), changed_on=back.changed_on)
    )
    case.given(opened).when(planning.change_flags, replace(flag_it, flags=())).then_nothing()


def test_a_plan_ends_in_the_future_and_its_words_and_the_reason_are_personal() -> None:
    said = {"file": FILE, "planned_on": "2025-10-20", "finish_by": "2099-12-18", "steps": "Đo đạc."}
    made = read(schemas.PLAN_SETTLEMENT, said).command(planned_by="officer:x", directory=NHAN_HOA)
    assert (made.unit, made.officer, made.finish_by.year) == (None, None, 2099)
    assert made.personal["text"] == {"steps": "Đo đạc."}
    asked = {"file": FILE, "changed_on": "2025-10-20", "flags": ["gay_gat"], "reason": "Đông người"}
    change = read(schemas.CHANGE_FLAGS, asked).command(petition=group_petition)
    assert change.personal["text"] == {"reason": "Đông người"}
    for sealed in (made, change):
        assert "Đo đạc" not in repr(sealed)
        assert "Đông người" not in repr(sealed)


@pytest.mark.parametrize(
    ("shape", "payload", "field", "code"),
    [
        (schemas.PLAN_SETTLEMENT, {"planned_on": "2099-01-01"}, "planned_on", "date_in_future"),
        (schemas.PLAN_SETTLEMENT, {"steps": ""}, "steps", "empty"),
        (schemas.PLAN_SETTLEMENT, {}, "steps", "missing"),
        (schemas.PLAN_SETTLEMENT, {}, "finish_by", "missing"),
        (schemas.CHANGE_FLAGS, {}, "flags", "missing"),
        (schemas.CHANGE_FLAGS, {}, "reason", "missing"),
        (schemas.CHANGE_FLAGS, {"flags": ["dong_vui"]}, "flags.0", "not_in_list"),
    ],
)
def test_what_is_missing_or_wrong_is_told_by_field(shape, payload, field, code) -> None:
    with pytest.raises(Malformed) as malformed:
        read(shape, {"file": FILE} | payload)
    assert malformed.value.errors[field][0].startswith(f"{code}: ")
