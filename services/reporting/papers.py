"""Papers as they are asked for: the ledger or a table read, the paper made, the answer told."""

import base64
from collections.abc import Callable, Iterable
from datetime import date

from services.reporting import queries
from services.reporting.documents import letters, narrative, performance, results
from services.reporting.documents.books import BOOKS, Book, Line, petition_line, turn_line
from services.reporting.documents.chart import Picture
from services.reporting.documents.drafting import draft
from services.reporting.documents.letters import LETTERS, Letter, Status, Subject, Value
from services.reporting.forms.reports import tables
from services.reporting.forms.units import issuer, place
from services.reporting.forms.windows import Window
from services.reporting.queries import Rows
from services.reporting.refusals import refuse
from services.reporting.schemas import DraftLetter, DraftReport, Register
from services.reporting.statutory import (
    Hidden,
    nothing_hidden,
    read_ledger,
    told_window,
    window_called,
)
from shared.directory import Directory
from shared.ledger import Log, Recorded, flatten
from shared.projection import Row


def letter(
    log: Log,
    authority: str,
    asked: DraftLetter,
    directory: Directory,
    of_session: Callable[[list[Recorded]], list[Recorded]] = list,
) -> Row:
    """The letter about one file or session as DOCX, and where each field comes from.

    `of_session`: what its reader may know of the events of a session.

    Raises: Refused: unknown_letter, unknown_file, unknown_reception, letter_of_another_kind,
        unknown_letter_event.
    """
    chosen = LETTERS.get(asked.letter)
    if chosen is None:
        refuse("unknown_letter")
    if chosen.of is Subject.RECEPTION:
        events = of_session(queries.events_of_reception(log, authority, asked.file))
    else:
        events = queries.events_of(log, authority, asked.file)
    kind = letters.kind_of(events)
    if chosen.kinds and kind and kind not in chosen.kinds:
        refuse("letter_of_another_kind")
    if asked.event and not any(
        event.id == asked.event and event.type == chosen.about for event in events
    ):
        refuse("unknown_letter_event")
    filled = letters.fill(chosen, asked.file, events, asked.event, directory)
    return told_letter(chosen) | {
        "file": asked.file,
        "docx": encoded(
            draft(
                filled,
                issuer=asked.issuer or issuer(authority),
                place=asked.place or place(authority),
            )
        ),
        "cautions": letters.cautions(events),
        "values": [_told_value(value) for value in filled.values.values()],
        "missing": [value.field.label for value in filled.open if value.status is Status.MISSING],
    }


def all_letters() -> Row:
    """Every model letter, without a file."""
    return {"letters": [told_letter(each) for each in LETTERS.values()]}


def told_letter(chosen: Letter) -> Row:
    return {
        "letter": chosen.id,
        "title": chosen.called,
        "form": chosen.form or None,
        "confidence": chosen.confidence,
        "of": chosen.of.value,
        "kinds": list(chosen.kinds),
        "about": chosen.about,
        "signed_by": list(chosen.signers),
        "fields": [
            {"field": field.name, "label": field.label, "events": list(field.events)}
            | ({"attribute": field.attribute} if field.attribute else {})
            for field in chosen.fields()
        ],
    }


def _told_value(value: Value) -> Row:
    told: Row = {
        "field": value.field.name,
        "label": value.field.label,
        "status": value.status.value,
        "text": value.text,
        "event": value.event,
    }
    if value.status is Status.SEALED:
        part, _, name = value.field.where.partition(".")
        told |= {"part": part, "name": name}
    return told


def encoded(document: bytes) -> str:
    return base64.b64encode(document).decode()


# -- registers


def register(
    log: Log,
    cases: Rows,
    visible: Row,
    receptions: Rows,
    asked: Register,
    directory: Directory,
    may_know: Callable[[str], bool],
) -> Row:
    """One page of a register (sổ), with its columns; without files that are not the caller's.

    Raises: Refused: unknown_register, unknown_period.
    """
    book = BOOKS.get(asked.register)
    if book is None:
        refuse("unknown_register")
    window = window_called(asked.period)
    before = (asked.page - 1) * asked.limit
    if book.id == "don":
        total, lines = _petitions(
            log, cases, visible, window, before, asked.limit, directory, may_know
        )
    else:
        total, lines = _turns(log, cases, visible, receptions, window, before, asked.limit)
    return {
        "register": book.id,
        "title": book.title,
        "form": book.form or None,
        "confidence": book.confidence,
        "period": told_window(window),
        "columns": _told_columns(book),
        "total": total,
        "rows": [_told_line(line) for line in lines],
        "next": asked.page + 1 if before + asked.limit < total else None,
    }


def _petitions(
    log: Log,
    cases: Rows,
    visible: Row,
    window: Window,
    before: int,
    limit: int,
    directory: Directory,
    may_know: Callable[[str], bool],
) -> tuple[int, list[Line]]:
    authority = visible["authority"]
    wanted = {"$and": [visible, {"received_on": _within(window)}]}
    found = cases.find(wanted).sort([("received_on", 1), ("file", 1)]).skip(before).limit(limit)
    cards = [queries.without_others(card, may_know) for card in found]
    received = {
        event.file: event
        for event in _events(log, authority, (f"petition-{card['file']}" for card in cards))
        if event.type == "PetitionReceived"
    }
    lines = [
        petition_line(number, card, received.get(card["file"]), directory)
        for number, card in enumerate(cards, start=before + 1)
    ]
    return cases.count_documents(wanted), lines


def _turns(
    log: Log,
    cases: Rows,
    visible: Row,
    receptions: Rows,
    window: Window,
    before: int,
    limit: int,
) -> tuple[int, list[Line]]:
    authority = visible["authority"]
    sessions = {"authority": authority, "turns.received_on": _within(window)}
    named = receptions.distinct("turns.file", sessions)
    shown = [None, *queries.known_among(cases, visible, named)]
    within: list[Row] = [
        {"$match": sessions},
        {"$unwind": "$turns"},
        {"$match": {"turns.received_on": _within(window), "turns.file": {"$in": shown}}},
    ]
    order = {"turns.received_on": 1, "reception": 1, "turns.turn": 1}
    page: list[Row] = [{"$sort": order}, {"$skip": before}, {"$limit": limit}]
    found = list(receptions.aggregate([*within, *page]))
    total = next(receptions.aggregate([*within, {"$count": "turns"}]), {"turns": 0})["turns"]
    ids = [f"{authority}/{row['turns']['file']}" for row in found if row["turns"]["file"]]
    cards = {card["file"]: card for card in cases.find({"_id": {"$in": ids}})}
    heard = {
        (event.file, event.data["turn"]): event
        for event in _events(log, authority, {f"reception-{row['reception']}" for row in found})
        if event.type == "CitizenReceived"
    }
    lines = [
        turn_line(
            number,
            row["turns"] | {"host": row["host"], "mode": row["mode"]},
            cards.get(row["turns"]["file"]),
            heard.get((row["reception"], row["turns"]["turn"])),
        )
        for number, row in enumerate(found, start=before + 1)
    ]
    return total, lines


def _within(window: Window) -> Row:
    return {"$gte": window.first.isoformat(), "$lte": window.last.isoformat()}


def _events(log: Log, authority: str, streams: Iterable[str]) -> list[Recorded]:
    wanted = list(streams)
    return flatten(log.read(authority, *wanted)) if wanted else []


def _told_columns(book: Book) -> list[Row]:
    return [
        {"number": column.number, "heading": column.heading, "sealed_part": column.part or None}
        for column in book.columns
    ]


def _told_line(line: Line) -> Row:
    return {
        "cells": list(line.cells),
        "stream": line.stream,
        "event": line.event,
        "sealed": {str(number): part for number, part in line.sealed.items()},
    }


# -- performance


def measured(
    log: Log,
    authority: str,
    period: str,
    today: date,
    directory: Directory,
    hidden: Hidden = nothing_hidden,
) -> Row:
    """What leaders look at, of one window; from the ledger, with the lineage of every officer.

    Nothing is said of the `hidden` files.

    Raises: Refused: unknown_period.
    """
    window = window_called(period)
    every = [event for commit in log.after(authority, 0) for event in commit.recorded()]
    kept_back = hidden(authority, every)
    events = [event for event in every if event.file not in kept_back]
    files = performance.read(events)
    found = performance.limits(files, window)
    lateness = results.LATENESS
    return {
        "period": told_window(window),
        "as_of": today.isoformat(),
        "rules": performance.by_rule(found),
        "fields": performance.by_field(found),
        "units": _named(performance.by_unit(found), directory),
        "ageing": _named(performance.ageing(files, today), directory),
        "officers": _named(results.officers(files, window, today), directory),
        "unit_results": _named(results.units(files, events, window, today), directory),
        "tasks": _named(performance.tasks(events, window, today), directory),
        "transfers": performance.transfers(files, window, today),
        "chair_days": performance.chair_days(events, window),
        "trend": performance.trend(files, window),
        "evaluation": {
            "percent_of_progress_for_each_lateness": lateness.percent,
            "source": lateness.source,
            "confidence": lateness.confidence,
            "note": lateness.note,
        },
    }


def _named(rows: Iterable[Row], directory: Directory) -> list[Row]:
    return [row | queries.names(row, directory) for row in rows]


# -- the written report


def written_report(
    log: Log, authority: str, asked: DraftReport, today: date, directory: Directory
) -> Row:
    """The narrative report of a window (Mẫu số 02) as DOCX, with the figures as they stand.

    The ages in its picture are those of the window's last day, or of today before that.

    Raises: Refused: unknown_period.
    """
    window = window_called(asked.period)
    events = read_ledger(log, authority).events
    files = performance.read(events)
    as_of = min(window.last, today)
    duties = [each for each in performance.chair_days(events, window) if each["required"]]
    counted = narrative.Counted(
        window=window,
        now=tables(events, window),
        before=tables(events, window.before()),
        year_before=tables(events, window.year_before()),
        chair_days=sum(len(each["days"]) for each in duties),
        chair_duty=sum(each["required"] for each in duties),
        picture=Picture(
            title=window.title,
            as_of=as_of,
            trend=performance.trend(files, window),
            ageing=performance.ageing(files, as_of),
            units=_named(performance.by_unit(performance.limits(files, window)), directory),
        ),
    )
    made = narrative.document(
        counted,
        issuer=asked.issuer or issuer(authority),
        place=asked.place or place(authority),
    )
    return {
        "period": told_window(window),
        "compared_with": [window.before().name, window.year_before().name],
        "docx": encoded(made),
    }
