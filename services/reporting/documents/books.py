"""The registers that the law keeps: sổ tiếp công dân and sổ theo dõi đơn; pure.

`books.csv` declares their columns. The first is Mẫu 03/TCD of Nghị định 154/2026/NĐ-CP (A); no form
of the second is known, its columns are our reading of what Thông tư 06/2025 and 05/2021 ask (C).
What is personal is sealed: such a cell tells that there is something, and where. Whoever is
entitled has it opened by the service that owns the stream; this one cannot.
"""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from services.reporting import words
from services.reporting.cards import State
from services.reporting.documents import staff
from services.reporting.words import called
from shared.clock import day_text
from shared.directory import Directory
from shared.ledger import Recorded
from shared.projection import Row

SEALED: Final = "[đã niêm phong]"
NOT_TOLD: Final = "[chưa ghi nhận]"  # nothing of it is on record

Tell = Callable[[Row], str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    number: int
    heading: str
    field: str  # how it is told: see `_TURN`, `_PETITION`
    part: str  # of the personal data, where the column holds such


@dataclass(frozen=True, kw_only=True, slots=True)
class Book:
    """A register as it is printed."""

    id: str
    title: str
    form: str
    confidence: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of a register: what stands in its columns, and what of it is sealed where."""

    cells: tuple[str, ...]
    sealed: Mapping[int, str]  # column -> part of the event
    event: str | None  # id of the event that has them
    stream: str | None


def turn_line(number: int, turn: Row, card: Row | None, event: Recorded | None) -> Line:
    """A turn of reception (lượt tiếp), with the card of the petition that came of it, if any.

    `turn` is one of `turns` of the session's row, with the session's `host` and `mode`.
    """
    known = {"number": number, "turn": turn, "card": card or {}}
    return _line(BOOKS["tiep_cong_dan"], known, _TURN, event)


def petition_line(
    number: int, card: Row, event: Recorded | None, directory: Directory | None = None
) -> Line:
    """A petition with how it was handled and what became of it."""
    known = {"number": number, "card": card, "directory": directory}
    return _line(BOOKS["don"], known, _PETITION, event)


def _line(book: Book, known: Row, tell: Mapping[str, Tell], event: Recorded | None) -> Line:
    parts = event.sealed if event else {}
    sealed = {column.number: column.part for column in book.columns if column.part in parts}
    return Line(
        cells=tuple(
            tell[column.field](known)
            if not column.part
            else (SEALED if column.number in sealed else NOT_TOLD)
            for column in book.columns
        ),
        sealed=sealed,
        event=event.id if event else None,
        stream=event.stream if event else None,
    )


def _day(day: str | None) -> str:
    return day_text(day) if day else ""


def _joined(*parts: object) -> str:
    return ", ".join(str(part) for part in parts if part)


def _named(names: Mapping[str, str], code: str | None) -> str:
    return called(names, code) if code else ""


# -- a turn of reception


def _guided(known: Row) -> str:
    card = known["card"]
    if card.get("state") != State.GUIDED:
        return ""
    return _joined(card["competent_authority"], _day(card["ended_on"]))


def _accepted_by(known: Row) -> str:
    card = known["card"]
    if card.get("state") in (State.FORWARDED, State.MEDIATING):
        return _joined(card["competent_authority"], _day(card["ended_on"]))
    return f"thụ lý ngày {_day(card['accepted_on'])}" if card.get("accepted_on") else ""


def _settled_by(known: Row) -> str:
    decisions = known["card"].get("outside_decisions", [])
    return "; ".join(
        f"{told['decided_by']}, số {told['number']} ngày {_day(told['decided_on'])}"
        for told in decisions
    )


def _result(known: Row) -> str:
    card, notified = known["card"], known["turn"]["notified_on"]
    told = [_named(words.STATES, card.get("state"))]
    if number := card.get("decision_number"):
        told.append(f"văn bản số {number} ngày {_day(card['decided_on'])}")
    if notified:
        told.append(f"đã thông báo ngày {_day(notified)}")
    return "; ".join(filter(None, told))


def _turn_remarks(known: Row) -> str:
    turn = known["turn"]
    told = [called(words.HOSTS, turn["host"])]
    if turn["mode"] == "truc_tuyen":
        told.append("trực tuyến")
    if turn.get("representatives"):
        told.append(f"{turn['representatives']} người đại diện")
    if turn.get("file"):
        told.append(f"mã hồ sơ {turn['file']}")
    return "; ".join(told)


_TURN: Final[Mapping[str, Tell]] = {
    "number": lambda known: str(known["number"]),
    "received_on": lambda known: _day(known["turn"]["received_on"]),
    "matter": lambda known: _named(words.KINDS, known["turn"].get("matter")),
    "people": lambda known: str(known["turn"]["people"]),
    "settled_by": _settled_by,
    "competent": lambda known: "x" if known["card"].get("is_competent") else "",
    "guided": _guided,
    "accepted_by": _accepted_by,
    "result": _result,
    "remarks": _turn_remarks,
}


# -- a petition


def _of_card(name: str, tell: Callable[[Any], str] = str) -> Tell:
    def told(known: Row) -> str:
        found = known["card"].get(name)
        return "" if found is None else tell(found)

    return told


def _yes_or_no(yes: str, no: str) -> Callable[[Any], str]:
    return lambda found: yes if found else no


def _kind(known: Row) -> str:
    card = known["card"]
    told = _named(words.KINDS, card["kind"])
    return f"{told} lần hai" if card["is_second"] else told


def _handling(known: Row) -> str:
    card = known["card"]
    told = [_named(words.STATES, card["state"]), _day(card["ended_on"] or card["accepted_on"])]
    if card["competent_authority"]:
        told.append(f"nơi nhận: {card['competent_authority']}")
    if card["ground"]:
        told.append(f"lý do: {called(words.GROUNDS, card['ground'])}")
    return _joined(*told)


def _links(known: Row) -> str:
    return "; ".join(
        f"{called(words.RELATIONS, link['relation'])} {link['to']}"
        for link in known["card"]["links"]
    )


def _decision(known: Row) -> str:
    card = known["card"]
    return _joined(card["decision_number"], _day(card["decided_on"]))


def _assigned(known: Row) -> str:
    card, directory = known["card"], known["directory"]
    unit, officer = card["unit"], card["officer"]
    return _joined(
        officer and staff.officer_called(officer, directory)[0],
        unit and staff.unit_called(unit, directory)[0],
    )


def _enforcement(known: Row) -> str:
    card = known["card"]
    if card["enforced_on"]:
        done = "đã thi hành xong" if card["is_enforced_whole"] else "đã thi hành một phần"
        return f"{done} ngày {_day(card['enforced_on'])}"
    ordered = card["enforcement_ordered_on"]
    return f"chỉ đạo thi hành ngày {_day(ordered)}" if ordered else ""


def _petition_remarks(known: Row) -> str:
    card = known["card"]
    told = [called(words.FLAGS, flag) for flag in card["flags"]]
    if card["is_anonymous"]:
        told.append("không rõ người gửi")
    if card["withdrawn_on"]:
        told.append(f"rút đơn ngày {_day(card['withdrawn_on'])}")
    if card["repeats"]:
        told.append(f"gửi lại hồ sơ {card['repeats']}")
    return "; ".join(told)


_PETITION: Final[Mapping[str, Tell]] = {
    "number": lambda known: str(known["number"]),
    "file": _of_card("file"),
    "received_on": _of_card("received_on", _day),
    "channel": _of_card("channel", lambda code: called(words.CHANNELS, code)),
    "transferred_by": _of_card("transferred_by"),
    "people": _of_card("people"),
    "kind": _kind,
    "field": _of_card("field", lambda code: called(words.FIELDS, code)),
    "conditions": _of_card("meets_conditions", _yes_or_no("đủ", "không đủ")),
    "competence": _of_card("is_competent", _yes_or_no("thuộc", "không thuộc")),
    "links": _links,
    "handling": _handling,
    "assigned": _assigned,
    "due": _of_card("next_due_on", _day),
    "decision": _decision,
    "outcome": _of_card("outcome", lambda code: called(words.OUTCOMES, code)),
    "enforcement": _enforcement,
    "closed_on": _of_card("closed_on", _day),
    "remarks": _petition_remarks,
}


def _read(id: str, title: str, form: str, confidence: str) -> Book:
    with Path(__file__).with_name("books.csv").open(encoding="utf-8", newline="") as rows:
        columns = tuple(
            Column(
                number=int(row["number"]),
                heading=row["heading"],
                field=row["field"],
                part=row["part"],
            )
            for row in csv.DictReader(rows)
            if row["book"] == id
        )
    return Book(id=id, title=title, form=form, confidence=confidence, columns=columns)


BOOKS: Final = {
    book.id: book
    for book in (
        _read("tiep_cong_dan", "SỔ TIẾP CÔNG DÂN", "Mẫu số 03/TCD, Nghị định 154/2026/NĐ-CP", "A"),
        _read("don", "SỔ THEO DÕI ĐƠN", "", "C"),
    )
}
