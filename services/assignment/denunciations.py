"""What only the settlement of denunciations (tố cáo) knows: extension, handling the conclusion."""

from dataclasses import dataclass
from datetime import date

from services.assignment.case import (
    Case,
    not_before,
    require_consistent,
    require_decided,
    require_open,
    require_undecided,
)
from services.assignment.law import MEASURES
from services.assignment.refusals import refuse
from shared.contracts.cases import CaseEvent, CaseExtended, ConclusionHandled, Figures, Measure
from shared.contracts.petitions import Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class ExtendCase:
    """Extend the settlement limit by a decision (gia hạn giải quyết tố cáo)."""

    file: str
    extended_on: date
    number: str


@dataclass(frozen=True, kw_only=True, slots=True)
class HandleConclusion:
    """Do what the conclusion calls for (xử lý kết luận nội dung tố cáo)."""

    file: str
    handled_on: date
    measure: Measure
    results: Figures | None = None
    is_complete: bool = False


def extend_case(command: ExtendCase, case: Case) -> list[CaseEvent]:
    """Extend: once where one criterion of complexity is on record, twice where two are.

    Raises: Refused: unknown_file, case_not_open, only_for_denunciations, case_terminated,
        already_decided, no_more_extensions, not_complex_enough, date_before_opening,
        date_before_previous_step.
    """
    _denunciation(case)
    opened = require_undecided(case)
    if any(
        (event.extended_on, event.number) == (command.extended_on, command.number)
        for event in case.extended
    ):
        return []
    ordinal = len(case.extended) + 1
    if ordinal > 2:
        refuse("no_more_extensions")
    if len(case.criteria) < ordinal:
        refuse("not_complex_enough")
    not_before(command.extended_on, opened.opened_on, code="date_before_opening")
    not_before(command.extended_on, *(event.extended_on for event in case.extended))
    return [CaseExtended(extended_on=command.extended_on, number=command.number, ordinal=ordinal)]


def handle_conclusion(command: HandleConclusion, case: Case) -> list[CaseEvent]:
    """Record one measure; there may be several, the same one on the same day is one.

    Raises: Refused: unknown_file, case_not_open, only_for_denunciations, not_decided,
        date_before_decision, measure_not_for_outcome, figures_inconsistent.
    """
    event = ConclusionHandled(
        handled_on=command.handled_on,
        measure=command.measure,
        results=command.results,
        is_complete=command.is_complete,
    )
    _denunciation(case)
    _, decision = require_decided(case, command.handled_on)
    if event in case.handled:
        return []
    if command.measure not in MEASURES[decision.outcome]:
        refuse("measure_not_for_outcome")
    require_consistent(command.results)
    return [event]


def _denunciation(case: Case) -> None:
    if require_open(case).kind is not Kind.DENUNCIATION:
        refuse("only_for_denunciations")
