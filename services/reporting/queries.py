"""What may be asked of the table of cases and of the ledger, always of one authority.

Lists page by key: `next` says where the page ended, and is to be given back as it is.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Iterator
from datetime import date

from pymongo.collection import Collection

from services.reporting.projections import ClockState
from services.reporting.schemas import CaseFilter, Page
from services.reporting.words import CLOCKS, STATES, called
from shared.contracts import streams_of
from shared.errors import HoleInLog, Malformed, Refused
from shared.ledger import Commit, Log, Recorded, first_fault, flatten
from shared.projection import Row

Rows = Collection[Row]

UNKNOWN_FILE = (
    "Không có hồ sơ này; hãy xem lại mã hồ sơ, hoặc thử lại sau ít giây nếu vừa tiếp nhận."
)


def card(row: Row, today: date) -> Row:
    """The row as its readers get it, judged on that day.

    A clock that runs past its day is overdue at once, though the miss is recorded with the next
    sweep.
    """
    day = today.isoformat()
    clocks = {
        name: clock | {"name": called(CLOCKS, name), "is_overdue": _is_overdue(clock, day)}
        for name, clock in row["clocks"].items()
    }
    overdue = [clock["due_on"] for clock in clocks.values() if clock["is_overdue"]]
    since = min(overdue, default=None) if row["is_open"] else None
    return {name: value for name, value in row.items() if name not in ("_id", "authority")} | {
        "state_name": called(STATES, row["state"]),
        "clocks": clocks,
        "is_overdue": since is not None,
        "days_overdue": (today - date.fromisoformat(since)).days if since else 0,
    }


def _is_overdue(clock: Row, day: str) -> bool:
    waits = clock["state"] in (ClockState.RUNNING, ClockState.MISSED)
    return waits and bool(clock["due_on"] < day)


def case(rows: Rows, authority: str, file: str) -> Row | None:
    """The row of one file."""
    return rows.find_one({"_id": f"{authority}/{file}"})


def cases(rows: Rows, authority: str, asked: CaseFilter, today: date) -> Row:
    """A page of cards, those received last first."""
    names = ("kind", "field", "state", "unit", "officer", "channel")
    told = {name: str(value) for name in names if (value := getattr(asked, name)) is not None}
    wanted: list[Row] = [{"authority": authority} | told]
    if asked.received_from:
        wanted.append({"received_on": {"$gte": asked.received_from.isoformat()}})
    if asked.received_to:
        wanted.append({"received_on": {"$lte": asked.received_to.isoformat()}})
    if asked.overdue is not None:
        wanted.append(_overdue(today) if asked.overdue else {"$nor": [_overdue(today)]})
    return _page(rows, wanted, asked, today, by="received_on", direction=-1)


def overdue(rows: Rows, authority: str, asked: Page, today: date) -> Row:
    """A page of cards of open files with an overdue clock, those that wait longest first."""
    wanted = [{"authority": authority}, _overdue(today)]
    return _page(rows, wanted, asked, today, by="waiting_due_on", direction=1)


def workload(rows: Rows, authority: str, today: date) -> Row:
    """Open and overdue files by unit and officer; what nobody has yet counts as not assigned."""
    is_overdue = {
        "$and": [
            {"$gt": ["$waiting_due_on", None]},
            {"$lt": ["$waiting_due_on", today.isoformat()]},
        ]
    }
    groups = rows.aggregate(
        [
            {"$match": {"authority": authority, "is_open": True}},
            {
                "$group": {
                    "_id": {"unit": "$unit", "officer": "$officer"},
                    "open": {"$sum": 1},
                    "overdue": {"$sum": {"$cond": [is_overdue, 1, 0]}},
                }
            },
        ]
    )
    return {"as_of": today.isoformat()} | by_unit(groups)


def events_of(log: Log, authority: str, file: str) -> list[Recorded]:
    """Every event of the file in the order of the ledger.

    Raises: Refused: unknown_file.
    """
    events = flatten(log.read(authority, *streams_of(file)))
    if not events:
        raise Refused("unknown_file", UNKNOWN_FILE)
    return events


def verified(log: Log, authority: str) -> Row:
    """Whether the authority's log is whole and unaltered; `fault` tells the first bad place.

    `commits` were read until then. An auditor who does not trust this service runs a verifier of
    their own on an export.
    """
    read = 0

    def counted() -> Iterator[Commit]:
        nonlocal read
        for commit in log.after(authority, 0):
            read += 1
            yield commit

    try:
        fault = first_fault(counted())
    except HoleInLog as hole:
        fault = str(hole)
    return {"authority": authority, "commits": read, "ok": fault is None, "fault": fault}


def _overdue(today: date) -> Row:
    return {"is_open": True, "waiting_due_on": {"$lt": today.isoformat()}}


def by_unit(groups: Iterable[Row]) -> Row:
    """Groups of one unit and officer each (`_id`, `open`, `overdue`), added up."""
    units: dict[str, Row] = {}
    total, late, unassigned = 0, 0, 0
    for group in sorted(groups, key=lambda group: str(group["_id"].get("officer"))):
        unit, officer = group["_id"].get("unit"), group["_id"].get("officer")
        open, overdue = group["open"], group["overdue"]
        total, late = total + open, late + overdue
        if unit is None:
            unassigned += open
            continue
        known = units.setdefault(unit, {"unit": unit, "open": 0, "overdue": 0, "officers": []})
        known["open"] += open
        known["overdue"] += overdue
        known["officers"].append({"officer": officer, "open": open, "overdue": overdue})
    return {
        "open": total,
        "overdue": late,
        "unassigned": unassigned,
        "units": [units[unit] for unit in sorted(units)],
    }


def _page(
    rows: Rows,
    wanted: list[Row],
    asked: CaseFilter | Page,
    today: date,
    *,
    by: str,
    direction: int,
) -> Row:
    if asked.after is not None:
        day, file = _read_key(asked.after)
        beyond = "$lt" if direction < 0 else "$gt"
        wanted = [*wanted, {"$or": [{by: {beyond: day}}, {by: day, "file": {"$gt": file}}]}]
    # One more than asked for tells whether there is a next page.
    found = list(
        rows.find({"$and": wanted}).sort([(by, direction), ("file", 1)]).limit(asked.limit + 1)
    )
    page = found[: asked.limit]
    is_last = len(found) == len(page)
    return {
        "as_of": today.isoformat(),
        "cases": [card(row, today) for row in page],
        "next": None if is_last else _key(page[-1][by], page[-1]["file"]),
    }


def _key(day: str, file: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([day, file]).encode()).decode()


def _read_key(text: str) -> tuple[str, str]:
    """Raises: Malformed: the key is none that we gave."""
    try:
        day, file = json.loads(base64.b64decode(text.encode(), altchars=b"-_", validate=True))
    except (ValueError, TypeError, binascii.Error):
        day = file = None
    if not isinstance(day, str) or not isinstance(file, str):
        raise Malformed({"after": ["invalid_key: Phải là giá trị next của trang trước."]})
    return day, file
