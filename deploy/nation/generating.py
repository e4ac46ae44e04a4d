"""A year of wards as the services would have written it, straight into the ledger.

The same seed gives the same commits, byte for byte. Streams, versions, commits for each decision,
chain and clocks are as the services make them; people and texts are not: sealed parts are random
bytes of the length that a ciphertext has. They open for nobody, and no key is made for them.
"""

import csv
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bson.binary import Binary
from pymongo import MongoClient
from pymongo.write_concern import WriteConcern

from deploy.nation import stories
from deploy.nation.stories import Course, Happening, Step
from shared.clock import VIETNAM
from shared.event_sourcing import file_number
from shared.ledger import GENESIS, Commit, Event, Proposal, link
from shared.mongo_log import DATABASE, document_of

#: Of the whole nation in 2025: petitions of all kinds, and turns of reception.
PETITIONS, TURNS = 446_285, 261_566
TURNS_IN_SESSION = 1.5
BATCH = 1000  # commits in one insert
_WORKING_DAYS = [
    day
    for number in range(365)
    if stories.CALENDAR.is_working_day(day := stories.FIRST_DAY + timedelta(days=number))
]
_NEIGHBOURHOODS = tuple(f"tdp-{number:02}" for number in range(1, 13))


@dataclass(frozen=True, slots=True)
class Ward:
    """A commune or ward, and how much comes in there in a year."""

    code: str
    province: str
    petitions: int
    sessions: int


def wards(scale: float, seed: int = 1) -> list[Ward]:
    """So large a part of the nation's 3,321 wards, at least one; a larger part holds a smaller one.

    Wards differ: a ward of a town has more than a commune, and some have many times the average.
    """
    with Path(__file__).with_name("units.csv").open(encoding="utf-8", newline="") as table:
        units = list(csv.DictReader(table, strict=True))
    chance = random.Random(f"{seed}/wards")
    weights = [
        chance.lognormvariate(0, 0.7) * (1.6 if unit["name"].startswith("Phường") else 1.0)
        for unit in units
    ]
    all_weights = sum(weights)
    all_wards = [
        Ward(
            code=unit["code"],
            province=unit["province_code"],
            petitions=round(PETITIONS * weight / all_weights),
            sessions=round(TURNS / TURNS_IN_SESSION * weight / all_weights),
        )
        for unit, weight in zip(units, weights, strict=True)
    ]
    chance.shuffle(all_wards)
    return all_wards[: max(1, round(len(all_wards) * scale))]


def commits(ward: Ward, seed: int = 1) -> Iterator[Commit]:
    """The ward's whole log of the year, chained."""
    chance = random.Random(f"{seed}/{ward.code}")
    files = [
        *_files(chance, stories.PETITIONS, ward, ward.petitions),
        *_files(chance, stories.RECEPTIONS, ward, ward.sessions),
    ]
    steps = sorted(
        (
            (_instant(step.on) + timedelta(seconds=start + 90 * number), each, number, step)
            for each, (_, told, start) in enumerate(files)
            for number, step in enumerate(told)
        ),
        key=lambda entry: entry[:3],
    )
    versions: dict[str, int] = defaultdict(int)
    causes: dict[str, tuple[date, str, str]] = {}  # file -> day, event and request of its last news
    previous = GENESIS
    for position, (instant, each, _, step) in enumerate(steps, start=1):
        file = files[each][0]
        proposal = _proposal(chance, file, step, instant, versions, causes)
        commit = link(ward.code, position, previous, proposal)
        previous = commit.hash
        yield commit


def load(client: "MongoClient[Any]", ward: Ward, seed: int = 1) -> tuple[int, int]:
    """Write the ward's log into an empty ledger; tells commits and events.

    Not as durable as the services write: a ledger for measuring can be made again.
    """
    ledger = client[DATABASE].get_collection("commits", write_concern=WriteConcern(w=1, j=False))
    batch: list[dict[str, Any]] = []
    written = events = 0
    for commit in commits(ward, seed):
        batch.append(document_of(commit))
        events += len(commit.proposal.events)
        if len(batch) == BATCH:
            written += len(ledger.insert_many(batch, ordered=False).inserted_ids)
            batch = []
    if batch:
        written += len(ledger.insert_many(batch, ordered=False).inserted_ids)
    return written, events


def _files(
    chance: random.Random, courses: Sequence[Course], ward: Ward, count: int
) -> Iterator[tuple[str, tuple[Step, ...], int]]:
    """File number, steps, and the second of the day at which somebody sits down to it."""
    shares = [course.share for course in courses]
    paces, pace_shares = zip(*stories.PACES, strict=True)
    for number in range(count):
        (course,) = chance.choices(courses, shares)
        (pace,) = chance.choices(paces, pace_shares)
        told = stories.story(course, chance.choice(_WORKING_DAYS), pace)
        id = file_number(ward.code, course.category, str(number))
        yield id, told, chance.randrange(7 * 3600)


def _proposal(
    chance: random.Random,
    file: str,
    step: Step,
    instant: datetime,
    versions: dict[str, int],
    causes: dict[str, tuple[date, str, str]],
) -> Proposal:
    stream, commit_id = f"{step.category}-{file}", f"{chance.getrandbits(128):032x}"
    by_service = step.actor.startswith("service:")
    on, cause, correlation = causes.get(file, (None, None, commit_id))
    if not by_service:
        correlation = _request_id(chance)
        causes[file] = step.on, f"{commit_id}-1", correlation
    after = versions[stream]
    versions[stream] += len(step.happenings)
    return Proposal(
        stream=stream,
        after=after,
        commit_id=commit_id,
        digest="" if by_service else f"{chance.getrandbits(256):064x}",
        actor=step.actor,
        correlation=correlation,
        caused_by=cause if by_service and on == step.on else None,
        recorded_at=instant,
        events=tuple(
            Event(
                id=f"{commit_id}-{number}",
                type=each.type,
                schema=each.schema,
                data=_data(chance, each),
                sealed=_sealed(chance, each),
            )
            for number, each in enumerate(step.happenings, start=1)
        ),
    )


def _data(chance: random.Random, told: Happening) -> dict[str, Any]:
    match told.type:
        case "PetitionReceived":
            more: dict[str, Any] = {"neighbourhood": chance.choice(_NEIGHBOURHOODS)}
            if told.data["channel"] == "cong_dich_vu":
                more["source"] = {"agency": "portal", "message_id": _request_id(chance)}
            return told.data | more
        case "DecisionIssued":
            return told.data | {"number": f"{chance.randrange(1, 2000)}/QĐ-UBND"}
        case _:
            return told.data


def _sealed(chance: random.Random, told: Happening) -> dict[str, bytes]:
    lengths = dict(stories.SEALED.get(told.type, {}))
    if len(told.data.get("parties", ())) > 1:
        lengths["r1"] = 220
    return {
        part: ciphertext(chance, round(length * chance.lognormvariate(0, 0.4)))
        for part, length in lengths.items()
    }


def ciphertext(chance: random.Random, length: int) -> Binary:
    """Random bytes as long as the vault makes of a text of `length` bytes, and marked like them.

    Algorithm, key id, BSON type; then initial vector, padded text, HMAC-SHA-512 cut to 256 bits.
    """
    padded = (length + 5) // 16 * 16 + 16
    return Binary(b"\x02" + chance.randbytes(16) + b"\x02" + chance.randbytes(16 + padded + 32), 6)


def _request_id(chance: random.Random) -> str:
    sign = f"{chance.getrandbits(128):032x}"
    return f"{sign[:8]}-{sign[8:12]}-{sign[12:16]}-{sign[16:20]}-{sign[20:]}"


@cache
def _instant(day: date) -> datetime:
    return datetime.combine(day, time(7, 30), VIETNAM).astimezone(UTC)
