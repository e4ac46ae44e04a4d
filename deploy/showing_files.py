"""Case files as people read them: lists, cards, clocks, what happened and what differs."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.table import Table

from deploy.showing import named, said, table, vn_day, vn_instant
from services.reporting.words import (
    CAPACITIES,
    CARD_FIELDS,
    CHANNEL_NAMES,
    CHECK_RESULTS,
    CLOCK_STATES,
    COMPLEX_CRITERIA,
    ESCALATED_TO,
    ESCALATION_LEVELS,
    FIELDS,
    FLAGS,
    FORWARD_PURPOSES,
    GROUNDS,
    KINDS,
    MEASURES,
    OUTCOMES,
    POLICE_PURPOSES,
    PUBLICATION_FORMS,
    RECIPIENTS,
    RECUSAL_GROUNDS,
    RELATIONS,
    RESETTLEMENT_GROUNDS,
    RESPONDENTS,
    STATES,
    SUSPENSION_GROUNDS,
    TERMINATION_GROUNDS,
    clock_called,
    field_called,
    figures_called,
)

_WORDS = {
    "claimed_kind": KINDS,
    "claimed_field": FIELDS,
    "state": STATES,
    "kind": KINDS,
    "field": FIELDS,
    "channel": CHANNEL_NAMES,
    "outcome": OUTCOMES,
    "ground": {**GROUNDS, **RECUSAL_GROUNDS, **RESETTLEMENT_GROUNDS, **SUSPENSION_GROUNDS},
    "flags": FLAGS,
    "respondent": RESPONDENTS,
    "complex_criteria": COMPLEX_CRITERIA,
    "termination_ground": TERMINATION_GROUNDS,
    "sent_to": RECIPIENTS,
    "published_by": PUBLICATION_FORMS,
    "forward_purpose": FORWARD_PURPOSES,
    "second_outcome": OUTCOMES,
    "was_outcome": OUTCOMES,
    "check_result": CHECK_RESULTS,
    "capacity": CAPACITIES,
    "relation": RELATIONS,
    "asked": RECIPIENTS,
    "purpose": POLICE_PURPOSES,
    "measure": MEASURES,
    "level": ESCALATION_LEVELS,
    "to": ESCALATED_TO,
}


def cases(title: str, rows: Iterable[Mapping[str, Any]]) -> Table:
    """A list of cases, a line for each."""
    return table(
        title,
        ("Mã hồ sơ", "Tiếp nhận", "Loại", "Lĩnh vực", "Nguồn", "Tình trạng", "Giải quyết", "Hạn"),
        (
            (
                row["file"],
                vn_day(row.get("received_on")),
                said(KINDS, row.get("kind") or row.get("claimed_kind")),
                said(FIELDS, row.get("field") or row.get("claimed_field")),
                said(CHANNEL_NAMES, row.get("channel")),
                said(STATES, row.get("state")),
                named(row, "officer"),
                vn_day(row.get("waiting_due_on")),
            )
            for row in rows
        ),
    )


def lingering(title: str, rows: Iterable[Mapping[str, Any]]) -> Table:
    """Cases that linger, a line for each: how long, why, and how they are to be finished."""
    return table(
        title,
        ("Mã hồ sơ", "Số ngày", "Loại", "Tình trạng", "Giải quyết", "Vì", "Quá hạn", "Kế hoạch"),
        (
            (
                row["file"],
                row["age_days"],
                said(KINDS, row.get("kind") or row.get("claimed_kind")),
                said(STATES, row.get("state")),
                named(row, "officer"),
                "; ".join(each["name"] for each in row["causes"]),
                "; ".join(f"{each['name']} {vn_day(each['due_on'])}" for each in row["missed"]),
                _plan(row),
            )
            for row in rows
        ),
        numbers=(1,),
    )


def _plan(row: Mapping[str, Any]) -> str:
    """Until when the file is to be finished, who sees to it, and whether that day has passed."""
    plan = row.get("plan")
    if not plan:
        return "chưa có"
    who = [named(plan, name, "") for name in ("officer", "unit")]
    late = " (đã quá)" if row.get("is_plan_overdue") else ""
    return ", ".join(filter(None, [f"đến {vn_day(plan['finish_by'])}{late}", *who]))


def card(title: str, row: Mapping[str, Any]) -> Table:
    """One file, and under it its clocks."""
    row = _named(row)
    lines = [
        (label, _plan(row) if name == "plan" else shown(name, row[name]))
        for name, label in CARD_FIELDS.items()
        if _told(row, name)
    ]
    for stop in row.get("suspensions") or ():
        until = vn_day(stop["continued_on"]) if stop["continued_on"] else "nay"
        lines.append(("Tạm đình chỉ", f"từ {vn_day(stop['suspended_on'])} đến {until}"))
    lines += [
        ("Gắn với hồ sơ", f"{link['to']}, {said(RELATIONS, link['relation'])}")
        for link in row.get("links") or ()
    ]
    for name, clock in (row.get("clocks") or {}).items():
        lines.append((f"Hạn {clock_called(name)}", _clock(clock)))
    return table(title, ("", ""), lines)


def _clock(clock: Mapping[str, Any]) -> str:
    state = said(CLOCK_STATES, clock.get("state"))
    late = f" ({clock['days_late']} ngày)" if clock.get("days_late") else ""
    return f"{vn_day(clock.get('due_on'))}, {state}{late}"


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    """With what a code is called in its place, where the answer tells that beside it."""
    names = {f"{name}_name" for name in row}
    return {
        name: row.get(f"{name}_name") or value for name, value in row.items() if name not in names
    }


def _told(row: Mapping[str, Any], name: str) -> bool:
    return row.get(name) not in (None, [], "")


def shown(name: str, value: object) -> str:
    """A field of a card in words."""
    if isinstance(value, bool):
        return "có" if value else "không"
    if name == "received_by" and isinstance(value, Mapping):
        return "; ".join(f"{party}: {vn_day(day)}" for party, day in value.items())
    if name in ("calls_for", "results") and isinstance(value, Mapping):
        return figures_called(value) or "–"
    if isinstance(value, Mapping):
        told = _named(value)
        return ", ".join(shown(key, each) for key, each in told.items() if each is not None)
    if isinstance(value, list):
        if any(isinstance(each, Mapping) for each in value):
            return "\n".join(shown("", each) for each in value)
        return "; ".join(said(_WORDS.get(name, {}), each) for each in value)
    if name in _WORDS:
        return said(_WORDS[name], value)
    if name == "clock":
        return clock_called(str(value))
    return vn_day(value) if name.endswith(("_on", "_until", "_announced_for")) else str(value)


def differences(told: Mapping[str, Any]) -> Table:
    """What a case was at two moments, where that differs, event by event as these were recorded."""
    rows: list[Sequence[object]] = []
    for _, changes in groupby(sorted(told["changes"], key=_recorded), _recorded):
        for number, change in enumerate(changes):
            name, change = change["field"], _named(change)
            then = (_at(name, change[moment]) for moment in ("before", "after"))
            why = _cause(change["cause"]) if not number else ("", "", "")
            rows.append((field_called(name), *then, *why))
    moments = (_moment(told[name]) for name in ("first", "second"))
    columns = ("", *moments, "Vì", "Vị trí", "Mã sự kiện")
    return table(f"Hồ sơ {told['file']}", columns, rows, numbers=(4,))


def _recorded(change: Mapping[str, Any]) -> tuple[int, str]:
    """The place of the event that made the difference; first what only days have changed."""
    cause = change["cause"]
    return (cause["position"], cause["id"]) if cause else (0, "")


def _at(field: str, value: Any) -> str:
    if value in (None, [], {}, ""):
        return "–"
    if field == "plan":
        return _plan({"plan": value})
    return _clock(value) if field.startswith("clocks.") else shown(field, value)


def _cause(entry: Mapping[str, Any] | None) -> tuple[object, ...]:
    if entry is None:
        return "Chỉ do thời gian trôi qua.", "", ""
    return entry["sentence"], entry["position"], entry["id"][:16]


def _moment(told: Mapping[str, Any]) -> str:
    known = f", biết lúc {vn_instant(told['known_at'])}" if told["known_at"] else ""
    return f"{vn_day(told['as_of'])}{known}"


def history(title: str, events: Iterable[Mapping[str, Any]]) -> Table:
    """The events of one file: place in the ledger, what, the day that the law counts, who, id."""
    return table(
        title,
        ("Vị trí", "Dòng sự kiện", "Sự kiện", "Ngày pháp lý", "Ghi lúc", "Ai", "Mã sự kiện"),
        (
            (
                event["position"],
                f"{event['stream'].split('-', 1)[0]} {event['version']}",
                event["type"],
                vn_day(event["legal_date"]),
                vn_instant(event["recorded_at"]),
                event["actor"],
                event["id"][:16],
            )
            for event in events
        ),
        numbers=(0,),
    )


def timeline(title: str, entries: Iterable[Mapping[str, Any]]) -> Table:
    """What happened, in sentences, by the day that the law counts."""
    return table(
        title,
        ("Vị trí", "Diễn biến"),
        ((entry["position"], entry["sentence"]) for entry in entries),
        numbers=(0,),
    )


def term(name: str, due: object, sentences: Iterable[str]) -> Table:
    """A legal limit, the day on which it ends, and how that was counted."""
    return table(
        f"{name}: {vn_day(due)}",
        ("", "Cách tính"),
        enumerate(sentences, start=1),
        numbers=(0,),
    )
