"""What only the settlement of denunciations (tố cáo) knows: extension, handling the conclusion."""

from dataclasses import dataclass
from datetime import date

from services.assignment.case import Case, require_decided, require_open, require_undecided
from services.assignment.law import MEASURES
from services.assignment.refusals import refuse
from shared.contracts.cases import CaseEvent, CaseExtended, ConclusionHandled, Measure
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
    if command.extended_on < opened.opened_on:
        refuse("date_before_opening")
    if case.extended and command.extended_on < case.extended[-1].extended_on:
        refuse("date_before_previous_step")
    return [CaseExtended(extended_on=command.extended_on, number=command.number, ordinal=ordinal)]


def handle_conclusion(command: HandleConclusion, case: Case) -> list[CaseEvent]:
    """Record one measure; there may be several, the same one on the same day is one.

    Raises: Refused: unknown_file, case_not_open, only_for_denunciations, not_decided,
        date_before_decision, measure_not_for_outcome.
    """
    event = ConclusionHandled(handled_on=command.handled_on, measure=command.measure)
    _denunciation(case)
    _, decision = require_decided(case, command.handled_on)
    if event in case.handled:
        return []
    if command.measure not in MEASURES[decision.outcome]:
        refuse("measure_not_for_outcome")
    return [event]


def _denunciation(case: Case) -> None:
    if require_open(case).kind is not Kind.DENUNCIATION:
        refuse("only_for_denunciations")
