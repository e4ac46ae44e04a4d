"""How an open case is to be finished, and what it is to be watched for. Pure.

Both are the ward's own (its plan, II.3 and II.5), no steps of a procedure: they move no limit.
"""

from dataclasses import dataclass, field
from datetime import date

from services.assignment.case import (
    Case,
    not_before,
    not_before_opening,
    require_no_conflict,
    require_open,
)
from services.assignment.petition import Petition
from services.assignment.refusals import refuse
from shared.contracts.cases import CaseEvent, FlagsChanged, SettlementPlanned
from shared.contracts.petitions import Flag
from shared.directory import Directory
from shared.personal import Personal


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanSettlement:
    """Lay down how a case is to be finished, and by when (kế hoạch giải quyết dứt điểm)."""

    file: str
    planned_on: date
    finish_by: date
    planned_by: str
    directory: Directory
    unit: str | None = None  # who sees to it; None: whoever has the case
    officer: str | None = None
    personal: Personal = field(default_factory=Personal.nothing)  # text: steps


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeFlags:
    """Say what the file is to be watched for from now on (đông người, gay gắt, vượt cấp)."""

    file: str
    changed_on: date
    flags: tuple[Flag, ...]  # all of them
    petition: Petition = field(default_factory=Petition)
    personal: Personal = field(default_factory=Personal.nothing)  # text: reason


def plan_settlement(command: PlanSettlement, case: Case) -> list[CaseEvent]:
    """Plan, or plan anew in the place of what was planned before.

    Sealed words cannot be compared, so what looks the same may say something else and is recorded.

    Raises: Refused: unknown_file, case_not_open, unknown_unit, officer_not_in_unit,
        unknown_officer, conflict_of_interest, due_before_start, date_before_opening,
        date_before_previous_step.
    """
    opened = require_open(case)
    _require_known(command)
    if command.officer is not None:
        require_no_conflict(case, command.officer)
    if command.finish_by < command.planned_on:
        refuse("due_before_start")
    not_before_opening(command.planned_on, opened)
    not_before(command.planned_on, case.planned.planned_on if case.planned else None)
    return [
        SettlementPlanned(
            planned_on=command.planned_on,
            finish_by=command.finish_by,
            planned_by=command.planned_by,
            unit=command.unit,
            officer=command.officer,
            personal=command.personal,
        )
    ]


def change_flags(command: ChangeFlags, case: Case) -> list[CaseEvent]:
    """Put these flags in the place of those in force; the same ones change nothing.

    Raises: Refused: unknown_file, case_not_open, date_before_opening, date_before_previous_step.
    """
    opened = require_open(case)
    flags = tuple(sorted(set(command.flags)))
    in_force = case.flagged.flags if case.flagged else command.petition.flags
    if set(flags) == set(in_force):
        return []
    not_before_opening(command.changed_on, opened)
    not_before(command.changed_on, case.flagged.changed_on if case.flagged else None)
    return [FlagsChanged(changed_on=command.changed_on, flags=flags, personal=command.personal)]


def _require_known(command: PlanSettlement) -> None:
    """Raises: Refused: unknown_unit, officer_not_in_unit, unknown_officer."""
    directory, officer = command.directory, command.officer
    if command.unit is None:
        if officer is not None and not directory.has(officer):
            refuse("unknown_officer")
        return
    unit = directory.unit(command.unit)
    if unit is None:
        refuse("unknown_unit")
    if officer is not None and not unit.has(officer):
        refuse("officer_not_in_unit")
