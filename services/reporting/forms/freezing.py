"""Fixing a report's figures, correcting and submitting it: commands and decisions, pure.

Stream `report-<id>`. A frozen report never changes: a correction is a report of its own that names
the one it takes the place of, why, and every figure that differs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never

from services.reporting.forms.declaration import VERSION
from services.reporting.forms.reports import Figures, Tables, differences, failures
from services.reporting.forms.windows import Window
from services.reporting.refusals import refuse
from shared.contracts.reports import (
    CorrectionReason,
    Difference,
    FrozenTable,
    ReportEvent,
    ReportFrozen,
    ReportSubmitted,
)
from shared.event_sourcing import file_number
from shared.personal import Personal


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """A report, as far as it has come."""

    frozen: ReportFrozen | None = None
    submitted: ReportSubmitted | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Predecessor:
    """The report of the same window that counts so far."""

    id: str
    figures: Mapping[str, Figures]


@dataclass(frozen=True, kw_only=True, slots=True)
class FreezeReport:
    """Fix the figures of a window (chốt số liệu)."""

    report: str
    frozen_on: date
    window: Window
    tables: Tables
    position: int  # of the last commit counted
    hash: str
    before: Predecessor | None = None
    corrects: str | None = None
    reason: CorrectionReason | None = None
    personal: Personal = field(default_factory=Personal.nothing)  # text: explanation


@dataclass(frozen=True, kw_only=True, slots=True)
class SubmitReport:
    """Record that the signed report went to the level above (gửi báo cáo)."""

    report: str
    submitted_on: date
    to: str
    number: str | None = None


def report_id(authority: str, period: str, ordinal: int) -> str:
    """The report's number: the first of its window is 1, each correction one more."""
    return file_number("report", authority, period, str(ordinal))


def freeze_report(command: FreezeReport, report: Report) -> list[ReportEvent]:
    """One report is frozen once: of two clerks who do it at once the second is told so.

    Raises: Refused: window_not_over, already_frozen, not_the_last_report, reason_missing,
    reason_without_correction, nothing_to_correct.
    """
    if report.frozen is not None:
        refuse("already_frozen")
    if command.frozen_on <= command.window.last:
        refuse("window_not_over")
    now = {form: table.figures for form, table in command.tables.items()}
    changed = _changes(command, now)
    return [
        ReportFrozen(
            frozen_on=command.frozen_on,
            period=command.window.name,
            first=command.window.first,
            last=command.window.last,
            tables=tuple(FrozenTable(form=form, figures=row) for form, row in now.items()),
            position=command.position,
            hash=command.hash,
            declaration=VERSION,
            broken=tuple(
                f"{failure.check.form} {failure.check.relation}"
                for failure in failures(command.tables)
            ),
            corrects=command.corrects,
            reason=command.reason,
            differences=changed,
            personal=command.personal,
        )
    ]


def submit_report(command: SubmitReport, report: Report) -> list[ReportEvent]:
    """Raises: Refused: unknown_report, already_submitted, date_before_freezing."""
    if report.frozen is None:
        refuse("unknown_report")
    event = ReportSubmitted(submitted_on=command.submitted_on, to=command.to, number=command.number)
    if report.submitted == event:
        return []
    if report.submitted is not None:
        refuse("already_submitted")
    if command.submitted_on < report.frozen.frozen_on:
        refuse("date_before_freezing")
    return [event]


def evolve(report: Report, event: ReportEvent) -> Report:
    match event:
        case ReportFrozen():
            return replace(report, frozen=event)
        case ReportSubmitted():
            return replace(report, submitted=event)
        case _:
            assert_never(event)


def _changes(command: FreezeReport, now: Mapping[str, Figures]) -> tuple[Difference, ...]:
    """What differs from the report before; nothing for the first one of a window."""
    if command.before is None and command.corrects is None:
        if command.reason is not None:
            refuse("reason_without_correction")
        return ()
    if command.before is not None and command.corrects is None:
        refuse("already_frozen")
    if command.before is None or command.corrects != command.before.id:
        refuse("not_the_last_report")
    if command.reason is None:
        refuse("reason_missing")
    found = tuple(
        Difference(form=form, column=column, was=was, now=is_)
        for form, column, was, is_ in differences(command.before.figures, now)
    )
    if not found:
        refuse("nothing_to_correct")
    return found
