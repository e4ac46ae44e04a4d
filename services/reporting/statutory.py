"""Statutory reports as they are asked for: the ledger read, the forms folded, the answer made.

A ward's whole ledger is read each time, which keeps every figure explainable as of any moment and
needs no table.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from itertools import chain
from typing import Any

from services.reporting import timeline
from services.reporting.forms.declaration import FORMS, VERSION, Column, Form
from services.reporting.forms.facts import CATEGORIES
from services.reporting.forms.figures import Entry
from services.reporting.forms.freezing import FreezeReport, Predecessor, report_id
from services.reporting.forms.reports import (
    Failure,
    Table,
    Tables,
    added,
    differences,
    failures,
    parts,
    tables,
)
from services.reporting.forms.taking_over import OpeningBalance, RecordOpeningBalances
from services.reporting.forms.windows import UnknownWindow, Window, due_by, window
from services.reporting.refusals import refuse
from services.reporting.replay import vietnamese_day
from services.reporting.schemas import OpeningBalances
from shared.contracts.reports import CorrectionReason
from shared.directory import Directory
from shared.ledger import GENESIS, Commit, Log, Recorded
from shared.personal import Personal
from shared.projection import Row


@dataclass(frozen=True, kw_only=True, slots=True)
class Ledger:
    """What was read of one authority's ledger, and up to where."""

    authority: str
    events: list[Recorded]
    later: list[Recorded]  # not yet on record at the instant: who may read a file they tell too
    position: int
    hash: str


#: Of the files that these events of a ward tell of, those to be counted and not named.
Hidden = Callable[[str, Iterable[Recorded]], frozenset[str]]


def nothing_hidden(_authority: str, _events: Iterable[Recorded]) -> frozenset[str]:
    """For who asks in nobody's name."""
    return frozenset()


def read_ledger(
    log: Log, authority: str, *, known_at: str | None = None, upto: int | None = None
) -> Ledger:
    """The events that forms count: all, those on record at an instant, or up to a position."""
    events: list[Recorded] = []
    later: list[Recorded] = []
    last: Commit | None = None
    for commit in log.after(authority, 0, upto):
        is_later = known_at is not None and _recorded_at(commit) > known_at
        if not is_later:
            last = commit
        if commit.proposal.stream.partition("-")[0] in CATEGORIES:
            (later if is_later else events).extend(commit.recorded())
    return Ledger(
        authority=authority,
        events=events,
        later=later,
        position=last.position if last else 0,
        hash=last.hash if last else GENESIS,
    )


def _recorded_at(commit: Commit) -> str:
    return next(commit.recorded()).recorded_at


def window_called(period: str) -> Window:
    """Raises: Refused: unknown_period."""
    try:
        return window(period)
    except UnknownWindow:
        refuse("unknown_period")


def forms_called(form: str | None) -> list[Form]:
    """Raises: Refused: unknown_form."""
    if form is None:
        return list(FORMS.values())
    if form not in FORMS:
        refuse("unknown_form")
    return [FORMS[form]]


def column_called(form: Form, number: int) -> Column:
    """Raises: Refused: unknown_column."""
    if not 1 <= number <= len(form.columns):
        refuse("unknown_column")
    return form.columns[number - 1]


def statutory_report(
    log: Log,
    authorities: Iterable[str],
    period: str,
    form: str | None,
    known_at: str | None,
    hidden: Hidden = nothing_hidden,
) -> Row:
    """The rows of the forms, their sum, what does not agree, and the windows to compare with.

    Raises: Refused: unknown_period, unknown_form.
    """
    asked, wanted = window_called(period), forms_called(form)
    compared = {"before": asked.before(), "year_before": asked.year_before()}
    found: dict[str, Tables] = {}
    broken: list[Row] = []
    signed: dict[str, Row] = {}
    earlier: dict[str, list[Tables]] = {name: [] for name in compared}
    read: list[Row] = []
    for authority in authorities:
        ledger = read_ledger(log, authority, known_at=known_at)
        found[authority] = tables(ledger.events, asked)
        if failed := failures(found[authority]):
            kept = _hidden(ledger, hidden)
            broken.extend(_told_failure(authority, failure, kept) for failure in failed)
        if frozen := reports_of(log, authority, asked.name, known_at):
            signed[authority] = frozen[-1]
        for name, other in compared.items():
            earlier[name].append(tables(ledger.events, other))
        read.append({"authority": authority, "position": ledger.position, "hash": ledger.hash})
    return {
        "period": told_window(asked),
        "known_at": known_at,
        "declaration": VERSION,
        "authorities": read,
        "tables": [
            _told_form(each, found)
            | {
                name: {
                    "period": compared[name].name,
                    "sum": added(one[each.code].figures for one in others),
                }
                for name, others in earlier.items()
            }
            | {"reported": _told_reported(each.code, found, signed)}
            for each in wanted
        ],
        "broken": broken,
    }


def _hidden(ledger: Ledger, hidden: Hidden) -> frozenset[str]:
    return hidden(ledger.authority, chain(ledger.events, ledger.later))


def _told_form(form: Form, found: Mapping[str, Tables]) -> Row:
    figures = {authority: one[form.code].figures for authority, one in found.items()}
    return {
        "form": form.code,
        "title": form.title,
        "rows": [{"authority": each, "figures": row} for each, row in figures.items()],
        "sum": added(figures.values()),
    }


def _told_reported(form: str, found: Mapping[str, Tables], signed: Mapping[str, Row]) -> Row:
    """What the authorities answer for, against what their ledgers say: the line of a province."""
    figures = {authority: _figures(report)[form] for authority, report in signed.items()}
    return {
        "sum": added(figures.values()),
        "missing": [authority for authority in found if authority not in figures],
        "differences": [
            {"authority": authority, "column": column, "was": was, "now": now}
            for authority, row in figures.items()
            for _, column, was, now in differences(
                {form: row}, {form: found[authority][form].figures}
            )
        ],
    }


def _told_failure(authority: str, failure: Failure, hidden: frozenset[str]) -> Row:
    check = failure.check
    shown = [case for case in failure.cases if case not in hidden]
    return {
        "authority": authority,
        "form": check.form,
        "relation": check.relation,
        "severity": check.severity,
        "source": check.source,
        "left": failure.left,
        "right": failure.right,
        "cases": shown,
        "not_shown": len(failure.cases) - len(shown),
    }


def told_window(asked: Window) -> Row:
    return {
        "name": asked.name,
        "title": asked.title,
        "first": asked.first.isoformat(),
        "last": asked.last.isoformat(),
        "due_on": asked.due_on.isoformat() if asked.due_on else None,
    }


def explain_figure(
    log: Log,
    authority: str,
    form: str,
    number: int,
    period: str,
    known_at: str | None,
    hidden: Hidden = nothing_hidden,
    directory: Directory | None = None,
) -> Row:
    """The cases and events behind one figure; of a formula, the columns that it adds up.

    The figure counts the `hidden` files too; of these only the number is told.

    Raises: Refused: unknown_period, unknown_form, unknown_column.
    """
    asked, (chosen,) = window_called(period), forms_called(form)
    column = column_called(chosen, number)
    ledger = read_ledger(log, authority, known_at=known_at)
    found = tables(ledger.events, asked, [form])
    table: Table = found[form]
    return {
        "form": form,
        "column": number,
        "heading": list(column.heading),
        "meaning": column.meaning,
        "unit": column.unit,
        "counts": column.counts,
        "reading": column.reading,
        "balance": asdict(column.balance) if column.balance else None,
        "period": told_window(asked),
        "known_at": known_at,
        "position": ledger.position,
        "figure": table.figures[number - 1],
        "formula": column.formula,
        "parts": [
            {
                "column": part,
                "heading": list(chosen.columns[part - 1].heading),
                "figure": figure,
            }
            for part, figure in parts(found, form, number)
        ],
    } | _told_entries(table.cell(number), ledger.events, _hidden(ledger, hidden), directory)


def _told_entries(
    entries: Iterable[Entry],
    events: Iterable[Recorded],
    hidden: frozenset[str],
    directory: Directory | None,
) -> Row:
    by_file: dict[str, list[Recorded]] = {}
    file_of: dict[str, str] = {}
    balances: dict[str, Recorded] = {}
    about_hidden: set[str] = set()  # ids of events, such as a turn of reception, about such a file
    for event in events:
        by_file.setdefault(event.file, []).append(event)
        file_of[event.id] = event.file
        if event.category == "balance":
            balances[event.id] = event
        if hidden & {event.file, event.data.get("file")}:
            about_hidden.add(event.id)

    def lines_of(file: str) -> list[Row]:
        seen = timeline.without_others(by_file[file], lambda other: other not in hidden)
        return timeline.timeline(seen, directory)

    told: list[Row] = []
    not_shown = 0
    for entry in entries:
        if entry.subject in hidden or not about_hidden.isdisjoint(entry.events):
            not_shown += 1
            continue
        files = dict.fromkeys(file_of[id] for id in entry.events)
        lines = [line for file in files for line in lines_of(file)]
        balance = balances.get(entry.events[0])
        told.append(
            {
                "case": entry.subject if balance is None else None,
                "amount": entry.amount,
                "balance": balance and _told_balance(balance, entry.amount),
                "events": [line for line in lines if line["id"] in entry.events],
            }
        )
    return {"entries": told, "not_shown": not_shown}


def _told_balance(event: Recorded, rest: int) -> Row:
    """The old report that stands behind that part of a figure, and what of it is in files."""
    data = event.data
    names = ("as_of", "period", "amount", "source_number", "source_dated")
    return {name: data[name] for name in names} | {"entered": data["amount"] - rest}


# -- opening balances


def taking_over(asked: OpeningBalances, today: date) -> RecordOpeningBalances:
    """The command, with the windows of the old reports.

    Raises: Refused: unknown_period.
    """
    return RecordOpeningBalances(
        recorded_on=today,
        balances=tuple(
            OpeningBalance(
                window=window_called(each.period),
                form=each.form,
                column=each.column,
                amount=each.amount,
                source_number=each.source_number,
                source_dated=each.source_dated,
                reason=each.reason,
                personal=Personal({"text": each.explanation})
                if each.explanation
                else Personal.nothing(),
            )
            for each in asked.balances
        ),
    )


def opening_balances(log: Log, authority: str) -> Row:
    """The balances that count, each with the event that says so; corrected ones are passed over."""
    events = [
        event
        for commit in log.read(authority, f"balance-{authority}")
        for event in commit.recorded()
    ]
    found = {
        (event.data["as_of"], event.data["form"], event.data["column"]): event for event in events
    }
    return {
        "balances": [
            event.data | {"event": event.id, "recorded_at": event.recorded_at}
            for _, event in sorted(found.items())
        ]
    }


# -- frozen reports


def reports_of(log: Log, authority: str, period: str, known_at: str | None = None) -> list[Row]:
    """The report of a window and its corrections, in order; the last one counts."""
    found: list[Row] = []
    while commits := log.read(
        authority, f"report-{(id := report_id(authority, period, len(found) + 1))}"
    ):
        if known_at is not None and _recorded_at(commits[0]) > known_at:
            break
        found.append(_told_report(id, commits))
    return found


def _told_report(id: str, commits: Iterable[Commit]) -> Row:
    told: Row = {"report": id, "submitted_on": None, "to": None, "number": None}
    for event in (event for commit in commits for event in commit.recorded()):
        told |= event.data
    return told


def freezing_of(
    log: Log,
    authority: str,
    period: str,
    today: date,
    *,
    corrects: str | None,
    reason: CorrectionReason | None,
    personal: Personal,
) -> FreezeReport:
    """The command, with the figures as the ledger has them now.

    Raises: Refused: unknown_period.
    """
    asked = window_called(period)
    before = reports_of(log, authority, asked.name)
    ledger = read_ledger(log, authority)
    return FreezeReport(
        report=report_id(authority, asked.name, len(before) + 1),
        frozen_on=today,
        window=asked,
        tables=tables(ledger.events, asked),
        position=ledger.position,
        hash=ledger.hash,
        before=Predecessor(id=before[-1]["report"], figures=_figures(before[-1]))
        if before
        else None,
        corrects=corrects,
        reason=reason,
        personal=personal,
    )


def _figures(report: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    return {table["form"]: tuple(table["figures"]) for table in report["tables"]}


def recount(log: Log, authority: str, report: str) -> Row:
    """Count a frozen report again from the state of the ledger that it names.

    Raises: Refused: unknown_report.
    """
    commits = log.read(authority, f"report-{report}")
    if not commits:
        refuse("unknown_report")
    told = _told_report(report, commits)
    ledger = read_ledger(log, authority, upto=told["position"])
    counted = {
        form: table.figures for form, table in tables(ledger.events, window(told["period"])).items()
    }
    return {
        "report": report,
        "period": told["period"],
        "position": told["position"],
        "same_ledger": ledger.hash == told["hash"],
        "same_declaration": told["declaration"] == VERSION,
        "differences": [
            {"form": form, "column": column, "was": was, "now": now}
            for form, column, was, now in differences(_figures(told), counted)
        ],
    }


def reports(log: Log, authority: str, wards: Iterable[str], period: str | None, today: date) -> Row:
    """The windows that had to be reported on in the last year, with their reports; or one window.

    Those of the authority itself, or of each ward that is named.

    Raises: Refused: unknown_period.
    """
    named = list(wards)
    return {
        "as_of": today.isoformat(),
        "windows": [] if named else _windows(log, authority, period, today),
        "wards": [
            {"authority": ward, "windows": _windows(log, ward, period, today)} for ward in named
        ],
    }


def _windows(log: Log, authority: str, period: str | None, today: date) -> list[Row]:
    """A window that ended before the authority's ledger began is told if it was reported on all
    the same, but not asked for.
    """
    start = next(log.after(authority, 0, 1), None)
    began = vietnamese_day(start.proposal.recorded_at) if start else today
    asked = (
        [window_called(period)]
        if period
        else [
            each
            for each in due_by(today)
            if each.last >= began or reports_of(log, authority, each.name)
        ]
    )
    return [_told_state(log, authority, each, today) for each in asked]


def _told_state(log: Log, authority: str, asked: Window, today: date) -> Row:
    found = reports_of(log, authority, asked.name)
    submitted = [report["submitted_on"] for report in found if report["submitted_on"]]
    due = asked.due_on
    return told_window(asked) | {
        "is_frozen": bool(found),
        "is_submitted": bool(submitted),
        "is_missing": bool(due and not submitted and today > due),
        "days_late": _days_late(due, min(submitted, default=None), today),
        "reports": found,
    }


def _days_late(due: date | None, submitted: str | None, today: date) -> int:
    """Calendar days: no rule moves the deadline of a report off a weekend (TT06 Đ.7)."""
    if due is None:
        return 0
    sent = date.fromisoformat(submitted) if submitted else today
    return max(0, (sent - due).days)
