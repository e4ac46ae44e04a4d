"""Durable appends to the ledger beside a plain pymongo `insert_one`, both majority and journal.

The reference writes one document with the same events and keeps nothing but its `_id`: no order, no
chain, no versions, no idempotency. It is a floor that no event store on MongoDB can be expected to
reach with one call at a time; with many, group commit goes past it.
"""

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

from deploy.bench import material
from deploy.bench.driving import Processes, hammered, processes, wait_until
from deploy.bench.measuring import Floor, Round, Row, Table, Target, alternate, compare
from shared.mongo_log import MongoLog, connect, create_indexes

LEDGER, PLAIN = "donthu_bench_ledger", "donthu_bench_plain"
MANY = 1000  # authorities


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    callers: int  # of each process
    processes: int = 1
    authorities: int = 1
    events: int = 1
    target: Target | None = None

    @property
    def name(self) -> str:
        parts = [
            f"{self.callers} caller{'s' * (self.callers > 1)}",
            f"in each of {self.processes} processes" if self.processes > 1 else "",
            f"{self.authorities:,} authorities" if self.authorities > 1 else "",
            f"{self.events} events in each append" if self.events > 1 else "",
        ]
        return ", ".join(filter(None, parts))


CASES = (
    Case(callers=1, target=Floor(times=0.9)),
    Case(callers=8, target=Floor(times=1.1)),
    Case(callers=32, target=Floor(times=2.3)),
    Case(callers=1, events=20),
    Case(callers=8, events=20),
    Case(callers=32, events=20),
    Case(callers=8, authorities=MANY),
    Case(callers=32, authorities=MANY),
    Case(callers=8, processes=4),
    Case(callers=8, processes=4, authorities=MANY),
)


def measure(mongo_uri: str, rounds: int, seconds: float, cases: tuple[Case, ...] = CASES) -> Table:
    """Writes to databases of its own on this server, which are dropped at the end."""
    client = connect(mongo_uri)
    create_indexes(client, LEDGER)
    try:
        with processes(max(case.processes for case in cases), _open, mongo_uri) as writers:
            rows = tuple(_row(writers, case, rounds, seconds) for case in cases)
    finally:
        for database in (LEDGER, PLAIN):
            client.drop_database(database)
        client.close()
    return Table(
        title="Durable append",
        unit="append/s",
        ours="`Log.append`, one hot authority unless told otherwise",
        reference="`insert_one` of the same events, w=majority, j=true",
        rows=rows,
    )


def _row(writers: Processes, case: Case, rounds: int, seconds: float) -> Row:
    def one(side: str) -> Round:
        return writers.at_once(case.processes, _write, side, case, seconds)

    ours, plain = alternate(rounds, partial(one, "ours"), partial(one, "plain"))
    return compare(case.name, ours, plain, case.target)


# -- in the writing processes

_opened: dict[str, Any] = {}


def _open(mongo_uri: str) -> None:
    client = connect(mongo_uri)
    _opened["log"] = MongoLog(client, LEDGER)
    _opened["plain"] = client[PLAIN]["events"]


def _write(start_at: float, side: str, case: Case, seconds: float) -> Round:
    work = _ours(case) if side == "ours" else _plain(case)
    wait_until(start_at)
    return hammered(work, case.callers, seconds)


def _ours(case: Case) -> Callable[[], Any]:
    log, wards = _opened["log"], _wards(case)
    return lambda: log.append(next(wards), material.proposal(case.events))


def _plain(case: Case) -> Callable[[], Any]:
    plain = _opened["plain"]

    def insert() -> None:
        id = uuid4().hex
        events = [
            {"id": f"{id}-{number}", "type": "PetitionReceived", "data": material.data()}
            for number in range(case.events)
        ]
        plain.insert_one({"_id": id, "stream": id, "events": events})

    return insert


def _wards(case: Case) -> "itertools.cycle[str]":
    """In another order in each process, as in life."""
    wards = [material.authority(number) for number in range(case.authorities)]
    random.shuffle(wards)
    return itertools.cycle(wards)
