"""What may be asked of the tables and of the ledger, always of one authority.

`visible` is the query that only the caller's files pass (`shared.access.gate`).

Lists page by key: `next` says where the page ended, and is to be given back as it is.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

import msgspec
from pymongo.collection import Collection

from services.reporting.clocks import ALARM, ClockState, summed
from services.reporting.documents import performance, staff
from services.reporting.projections import RECEPTION_CATEGORIES
from services.reporting.replay import Moment, replay
from services.reporting.schemas import (
    Backlog,
    CaseFilter,
    CasesAsOf,
    Page,
    ReceptionFilter,
    TaskFilter,
)
from services.reporting.words import (
    BACKLOG_CAUSES,
    ESCALATED_TO,
    HOSTS,
    RECEPTION_KINDS,
    RECEPTION_MODES,
    STATES,
    TOPICS,
    called,
    clock_called,
)
from shared.access.permissions import unknown
from shared.access.relations import Matter, matter
from shared.contracts import streams_of
from shared.contracts.receptions import turn_of_clock
from shared.directory import Directory
from shared.errors import Malformed, Refused
from shared.ledger import Commit, Log, Recorded, flatten
from shared.projection import Row
from shared.proof.audit import first_fault
from shared.proof.verifier import Checkpoint
from shared.wire import not_in_list

Rows = Collection[Row]

_EQUAL = ("kind", "field", "state", "unit", "officer", "channel")  # filters of cases
_PARTS = ("plan", "recused", "escalations")  # of a row, with units and officers of their own
_UNASSIGNED: Row = {"is_open": True, "officer": None}
FILES_AT_ONCE = 100  # files whose events are in memory together
FILES_A_REQUEST = 1000  # files folded before a page is answered as it is

UNKNOWN_RECEPTION = (
    "Không có phiên tiếp công dân này; hãy xem lại mã phiên, hoặc thử lại sau ít giây."
)


def card(row: Row, today: date) -> Row:
    """The row as its readers get it, judged on that day.

    A clock that runs past its day is overdue at once, though the miss is recorded with the next
    sweep. `is_alarmed` is the 45 days of NĐ 154/2026 Đ.41.3.b, no legal limit; nor is the day of
    the ward's own plan, `is_plan_overdue`. A decision may take effect while the complainant, who
    got it late, may still appeal: `appeal_outlasts_effect`.
    """
    clocks = _clocks(row, today)
    overdue = [
        clock["due_on"] for name, clock in clocks.items() if clock["is_overdue"] and name != ALARM
    ]
    since = min(overdue, default=None) if row["is_open"] else None
    effect, appeal = row["legal_effect_on"], row["appeal_until"]
    plan = row.get("plan")  # a table that is still to be rebuilt has none
    return _shown(row) | {
        "state_name": called(STATES, row["state"]),
        "clocks": clocks,
        "is_overdue": since is not None,
        "days_overdue": (today - date.fromisoformat(since)).days if since else 0,
        "is_alarmed": row["is_open"] and ALARM in clocks and clocks[ALARM]["is_overdue"],
        "is_plan_overdue": bool(row["is_open"] and plan and plan["finish_by"] < today.isoformat()),
        "appeal_outlasts_effect": bool(effect and appeal and appeal >= effect),
    }


def names(row: Row, directory: Directory) -> Row:
    """What the units and the officers of a row are called, where it has them; null for nobody.

    Those of its parts, such as a plan, are told in the part.
    """
    told: Row = {f"{name}_name": called for name, called in staff.written(row, directory).items()}
    for name in _PARTS:
        match row.get(name):
            case dict(part):
                told[name] = part | names(part, directory)
            case list(parts):
                told[name] = [part | names(part, directory) for part in parts]
    return told


def named_change(change: Row, directory: Directory) -> Row:
    """A difference with `before_name` and `after_name`, where its field holds units or officers."""
    field = change["field"]
    return change | {
        name.replace(field, moment, 1): called
        for moment in ("before", "after")
        for name, called in names({field: change[moment]}, directory).items()
    }


def lingering(row: Row, today: date) -> Row:
    """The card with how long the file has been here, why, what is next, and the limits missed.

    What is next is counted by the clocks; what was planned is `plan` of the card.
    """
    told = card(row, today)
    missed = [
        {
            "clock": name,
            "name": clock["name"],
            "rule": clock["rule"],
            "due_on": clock["due_on"],
            "days_overdue": (today - date.fromisoformat(clock["due_on"])).days,
        }
        for name, clock in told["clocks"].items()
        if clock["is_overdue"]
    ]
    return told | {
        "age_days": (today - date.fromisoformat(row["received_on"])).days,
        "causes": [
            {"cause": cause, "name": called(BACKLOG_CAUSES, cause)}
            for cause in performance.causes(row)
        ],
        "next_step": performance.next_step(row),
        "missed": sorted(missed, key=lambda clock: (clock["due_on"], clock["clock"])),
    }


def reception(row: Row, today: date) -> Row:
    """A session as its readers get it, judged on that day."""
    return _shown(row) | {
        "kind_name": _named(RECEPTION_KINDS, row["kind"]),
        "mode_name": _named(RECEPTION_MODES, row["mode"]),
        "host_name": _named(HOSTS, row["host"]),
        "clocks": _clocks(row, today),
    }


def task(row: Row, today: date) -> Row:
    """A directive task as its readers get it, judged on that day."""
    late = today if row["is_open"] else date.fromisoformat(row["done_on"])
    days = (late - date.fromisoformat(row["due_on"])).days
    return _shown(row) | {
        "topic_name": called(TOPICS, row["topic"]),
        "clocks": _clocks(row, today),
        "is_overdue": row["is_open"] and days > 0,
        "days_late": max(0, days),
    }


def _clocks(row: Row, today: date) -> Row:
    day = today.isoformat()
    return {
        name: clock | {"name": clock_called(name), "is_overdue": _is_overdue(clock, day)}
        for name, clock in row["clocks"].items()
    }


def _is_overdue(clock: Row, day: str) -> bool:
    waits = clock["state"] in (ClockState.RUNNING, ClockState.MISSED)
    return waits and not clock["only_informs"] and bool(clock["due_on"] < day)


def _shown(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in ("_id", "authority")}


def _named(names: Mapping[str, str], code: str | None) -> str | None:
    return None if code is None else called(names, code)


def case(rows: Rows, authority: str, file: str) -> Row | None:
    """The row of one file."""
    return rows.find_one({"_id": f"{authority}/{file}"})


def known_among(rows: Rows, visible: Row, files: Iterable[str]) -> frozenset[str]:
    """Those of the files that the reader may read, as far as the table has them."""
    wanted = {"$and": [visible, {"file": {"$in": list(files)}}]}
    return frozenset(rows.distinct("file", wanted))


def cases(rows: Rows, visible: Row, asked: CaseFilter, today: date) -> Row:
    """A page of cards, those received last first."""
    wanted = [
        visible,
        _equal(asked, *_EQUAL),
        *_between("received_on", asked.received_from, asked.received_to),
    ]
    if asked.flags:
        wanted.append({"flags": {"$all": [str(flag) for flag in asked.flags]}})
    if asked.overdue is not None:
        wanted.append(_overdue(today) if asked.overdue else {"$nor": [_overdue(today)]})
    if asked.unassigned is not None:
        wanted.append(_UNASSIGNED if asked.unassigned else {"$nor": [_UNASSIGNED]})
    if asked.escalated_to is not None:
        wanted.append({"escalations.to": asked.escalated_to})
    return _page(rows, wanted, asked, today, _CARDS, by="received_on", direction=-1)


def check_codes(
    rows: Rows, visible: Row, asked: CaseFilter | TaskFilter, directory: Directory
) -> None:
    """Whom a list is asked for is in the directory, or in a row from before they left it.

    Raises: Malformed: neither; with the codes of the directory.
    """
    units = [unit.id for unit in directory.units]
    officers = [officer.id for unit in directory.units for officer in unit.officers]
    for name, path, known in (
        ("unit", "unit", units),
        ("officer", "officer", officers),
        ("escalated_to", "escalations.to", [*ESCALATED_TO, *units, *officers]),
    ):
        code = getattr(asked, name, None)
        if code in (None, *known) or rows.find_one({"$and": [visible, {path: code}]}):
            continue
        raise Malformed({name: [not_in_list(known)]})


def cases_as_of(
    log: Log, authority: str, asked: CasesAsOf, today: date, may_read: Callable[[Matter], bool]
) -> Row:
    """A page of cards as they were at a moment, by file number, folded from the ledger alone.

    It may hold fewer cards than asked for, and even none, before the last page. Who may read a file
    is judged by all that is on record of it now.
    """
    moment = Moment(as_of=asked.as_of, known_at=asked.known_at)
    day, reached = moment.day(today), "" if asked.after is None else _read_key(asked.after)[1]
    files = _files(log, authority, reached)
    found: list[Row] = []
    for file, events in islice(files, FILES_A_REQUEST):
        reached = file
        if not may_read(matter(authority, events)):
            continue
        row = replay(events, as_of=asked.as_of, known_at=asked.known_at)
        if row and _fits(told := card(row, day), asked):
            found.append(told)
            if len(found) == asked.limit:
                break
    is_last = next(files, None) is None
    page = {"cases": found, "next": None if is_last else _key("", reached)}
    return moment.as_data(today) | page


def _files(log: Log, authority: str, behind: str) -> Iterator[tuple[str, list[Recorded]]]:
    """Every petition of the ward behind that file number, with its events; some at a time."""
    stream = f"petition-{behind}"
    while streams := log.streams(authority, "petition", stream, FILES_AT_ONCE):
        files: dict[str, list[Recorded]] = {each.split("-", 1)[1]: [] for each in streams}
        wanted = [each for file in files for each in streams_of(file)]
        for event in flatten(log.read(authority, *wanted)):
            files[event.file].append(event)
        yield from files.items()
        stream = streams[-1]


def _fits(told: Row, asked: CaseFilter) -> bool:
    """Whether a card is among those asked for; the same as the query of `cases`."""
    received = told["received_on"] or ""
    return (
        all(
            told[name] == str(value)
            for name in _EQUAL
            if (value := getattr(asked, name)) is not None
        )
        and set(asked.flags) <= set(told["flags"])
        and asked.overdue in (None, told["is_overdue"])
        and asked.unassigned in (None, told["is_open"] and told["officer"] is None)
        and asked.escalated_to in (None, *(each["to"] for each in told["escalations"]))
        and (asked.received_from is None or asked.received_from.isoformat() <= received)
        and (asked.received_to is None or received <= asked.received_to.isoformat())
    )


def overdue(rows: Rows, visible: Row, asked: Page, today: date) -> Row:
    """A page of cards of open files with an overdue clock, those that wait longest first."""
    wanted = [visible, _overdue(today)]
    return _page(rows, wanted, asked, today, _CARDS, by="waiting_due_on", direction=1)


def backlog(rows: Rows, visible: Row, asked: Backlog, today: date) -> Row:
    """A page of open files that are overdue or have been here for long, the oldest first."""
    since = (today - timedelta(days=asked.min_days)).isoformat()
    wanted: list[Row] = [
        visible,
        {"is_open": True, "received_on": {"$ne": None}},
        {"$or": [_overdue(today), {"received_on": {"$lte": since}}]},
    ]
    if asked.unplanned is not None:
        wanted.append({"plan": None if asked.unplanned else {"$ne": None}})
    return _page(rows, wanted, asked, today, _LINGERING, by="received_on", direction=1)


def receptions(rows: Rows, authority: str, asked: ReceptionFilter, today: date) -> Row:
    """A page of sessions of citizen reception, the latest first."""
    wanted = [
        {"authority": authority},
        _equal(asked, "kind", "mode", "host"),
        {"held_on": {"$ne": None}},
        *_between("held_on", asked.held_from, asked.held_to),
    ]
    return _page(rows, wanted, asked, today, _RECEPTIONS, by="held_on", direction=-1)


def tasks(rows: Rows, authority: str, asked: TaskFilter, today: date) -> Row:
    """A page of directive tasks, those due first."""
    wanted = [
        {"authority": authority},
        _equal(asked, "unit", "officer", "topic"),
        {"due_on": {"$ne": None}},
    ]
    if asked.is_open is not None:
        wanted.append({"is_open": asked.is_open})
    if asked.overdue is not None:
        late: Row = {"is_open": True, "due_on": {"$lt": today.isoformat()}}
        wanted.append(late if asked.overdue else {"$nor": [late]})
    return _page(rows, wanted, asked, today, _TASKS, by="due_on", direction=1)


def workload(rows: Rows, visible: Row, today: date, directory: Directory) -> Row:
    """Open and overdue files by unit and officer; what nobody has yet counts as not assigned.

    `transfers` and `days_lost` are of the open files: how often they changed hands, and the days
    that they lay with officers who then gave them away.
    """
    is_overdue = {
        "$and": [
            {"$gt": ["$waiting_due_on", None]},
            {"$lt": ["$waiting_due_on", today.isoformat()]},
        ]
    }
    groups = rows.aggregate(
        [
            {"$match": {"$and": [visible, {"is_open": True}]}},
            {
                "$group": {
                    "_id": {"unit": "$unit", "officer": "$officer"},
                    "open": {"$sum": 1},
                    "overdue": {"$sum": {"$cond": [is_overdue, 1, 0]}},
                    "transfers": {"$sum": "$transfers"},
                    "days_lost": {"$sum": "$days_lost"},
                }
            },
        ]
    )
    return {"as_of": today.isoformat()} | by_unit(groups, directory)


def events_of(log: Log, authority: str, file: str) -> list[Recorded]:
    """Every event of the file in the order of the ledger.

    Raises: Refused: unknown_file.
    """
    events = flatten(log.read(authority, *streams_of(file)))
    if not events:
        raise unknown()
    return events


def without_others(told: Row, may_know: Callable[[str], bool]) -> Row:
    """A card without the numbers of other files that its reader may not know of."""
    links = [link for link in told["links"] if may_know(link["to"])]
    repeats = told["repeats"] if told["repeats"] and may_know(told["repeats"]) else None
    return told | {"links": links, "repeats": repeats}


def turns_without_others(
    session: Row, may_know: Callable[[str], bool], is_kept_from: Callable[[str], bool]
) -> Row:
    """A session whose turns name a file only where its reader may know of it.

    Of a file that they are kept from there was no turn, as far as they know, nor a clock of one.
    """
    told: list[Row] = []
    left_out: list[Row] = []
    for turn in session["turns"]:
        file = turn["file"]
        if file is None or may_know(file):
            told.append(turn)
        elif is_kept_from(file):
            left_out.append(turn)
        else:
            told.append(turn | {"file": None})
    if not left_out:
        return session | {"turns": told}
    gone = {turn["turn"] for turn in left_out}
    kept = {name: it for name, it in session["clocks"].items() if turn_of_clock(name) not in gone}
    return (
        session
        | summed(kept)
        | {
            "turns": told,
            "people": session["people"] - sum(turn["people"] for turn in left_out),
            "escalations": [each for each in session["escalations"] if each["clock"] in kept],
        }
    )


def session_without_others(
    events: Iterable[Recorded], may_know: Callable[[str], bool], is_kept_from: Callable[[str], bool]
) -> list[Recorded]:
    """The events of a session, likewise; what came of a turn later goes with it."""
    told: list[Recorded] = []
    left_out: set[int] = set()
    for event in events:
        file, turn = event.data.get("file"), event.data.get("turn")
        if (turn_of_clock(event.data.get("clock", "")) or turn) in left_out:
            continue
        if file is None or may_know(file):
            told.append(event)
        elif is_kept_from(file):
            left_out.add(event.data["turn"])
        else:
            told.append(msgspec.structs.replace(event, data=event.data | {"file": None}))
    return told


def events_of_reception(log: Log, authority: str, reception: str) -> list[Recorded]:
    """Every event of the session and of its clocks in the order of the ledger.

    Raises: Refused: unknown_reception.
    """
    streams = [f"{category}-{reception}" for category in RECEPTION_CATEGORIES]
    events = flatten(log.read(authority, *streams))
    if not events:
        raise Refused("unknown_reception", UNKNOWN_RECEPTION)
    return events


def verified(
    log: Log, authority: str, checkpoints: Sequence[Checkpoint] = (), leaves: Sequence[bytes] = ()
) -> Row:
    """Whether the authority's log is whole, unaltered and what the checkpoints were signed over.

    `fault` tells the first bad place, `commits` were read until then; see `shared.proof.audit`.
    """
    read = 0

    def counted() -> Iterator[Commit]:
        nonlocal read
        for commit in log.after(authority, 0):
            read += 1
            yield commit

    fault = first_fault(counted(), checkpoints, leaves)
    return {"authority": authority, "commits": read, "ok": fault is None, "fault": fault}


def _overdue(today: date) -> Row:
    return {"is_open": True, "waiting_due_on": {"$lt": today.isoformat()}}


def by_unit(groups: Iterable[Row], directory: Directory) -> Row:
    """Groups of one unit and officer each (`_id` and what is counted), added up."""
    counted = ("open", "overdue", "transfers", "days_lost")
    units: dict[str, Row] = {}
    total: Row = dict.fromkeys(counted, 0)
    unassigned = 0
    for group in sorted(groups, key=lambda group: str(group["_id"].get("officer"))):
        unit, officer = group["_id"].get("unit"), group["_id"].get("officer")
        sums = [total]
        if unit is None:
            unassigned += group["open"]
        else:
            empty: Row = {"unit": unit, **dict.fromkeys(counted, 0), "officers": []}
            known = units.setdefault(unit, empty | names(empty, directory))
            told = {"officer": officer, "open": group["open"], "overdue": group["overdue"]}
            known["officers"].append(told | names(told, directory))
            sums.append(known)
        for each in sums:
            each.update({name: each[name] + group[name] for name in counted})
    return total | {"unassigned": unassigned, "units": [units[unit] for unit in sorted(units)]}


def _equal(asked: object, *names: str) -> Row:
    return {name: str(value) for name in names if (value := getattr(asked, name)) is not None}


def _between(name: str, first: date | None, last: date | None) -> list[Row]:
    wanted: list[Row] = []
    if first:
        wanted.append({name: {"$gte": first.isoformat()}})
    if last:
        wanted.append({name: {"$lte": last.isoformat()}})
    return wanted


@dataclass(frozen=True, kw_only=True, slots=True)
class _List:
    """How a list is answered."""

    name: str  # of the list in the answer
    id: str  # the field that tells rows of one day apart
    shown: Callable[[Row, date], Row]


_CARDS = _List(name="cases", id="file", shown=card)
_LINGERING = _List(name="cases", id="file", shown=lingering)
_RECEPTIONS = _List(name="receptions", id="reception", shown=reception)
_TASKS = _List(name="tasks", id="task", shown=task)


def _page(
    rows: Rows,
    wanted: list[Row],
    asked: CaseFilter | Page | Backlog | ReceptionFilter | TaskFilter,
    today: date,
    answer: _List,
    *,
    by: str,
    direction: int,
) -> Row:
    if asked.after is not None:
        day, id = _read_key(asked.after)
        beyond = "$lt" if direction < 0 else "$gt"
        wanted = [*wanted, {"$or": [{by: {beyond: day}}, {by: day, answer.id: {"$gt": id}}]}]
    # One more than asked for tells whether there is a next page.
    found = list(
        rows.find({"$and": wanted}).sort([(by, direction), (answer.id, 1)]).limit(asked.limit + 1)
    )
    page = found[: asked.limit]
    is_last = len(found) == len(page)
    return {
        "as_of": today.isoformat(),
        answer.name: [answer.shown(row, today) for row in page],
        "next": None if is_last else _key(page[-1][by], page[-1][answer.id]),
    }


def _key(day: str, id: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([day, id]).encode()).decode()


def _read_key(text: str) -> tuple[str, str]:
    """Raises: Malformed: the key is none that we gave."""
    try:
        day, id = json.loads(base64.b64decode(text.encode(), altchars=b"-_", validate=True))
    except (ValueError, TypeError, binascii.Error):
        day = id = None
    if not isinstance(day, str) or not isinstance(id, str):
        raise Malformed({"after": ["invalid_key: Phải là giá trị next của trang trước."]})
    return day, id
