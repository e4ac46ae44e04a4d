"""What a year of so many wards costs: loading, verifying, rebuilding, sweeping, asking; disk, memory.

One run for each scale, on a private mongod that is gone afterwards. All is done by the code that
the services and the command line use. Rates say something about this machine only; how they change
from one scale to the next says something about the system.
"""

import math
import multiprocessing
import resource
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import psutil
from pymongo import MongoClient

from deploy import mongodb, processes
from deploy.nation import generating, stories
from deploy.nation.generating import Ward
from deploy.stack import cache_folder
from services.deadlines import domain
from services.deadlines.alarms import Alarms
from services.deadlines.following import Follower
from services.deadlines.projections import CLOCKS, FILES
from services.deadlines.rules import RuleTable
from services.reporting import queries
from services.reporting.projections import CASES
from services.reporting.rebuild import DATABASE as REPORTING
from services.reporting.rebuild import TABLES
from services.reporting.schemas import CaseFilter
from shared.clock import FixedClock
from shared.event_sourcing import Call, Streams
from shared.ledger import first_fault
from shared.mongo_log import DATABASE, MongoLog, connect, create_indexes
from shared.news import News
from shared.projecting import Projector
from shared.rebuilding import Target, rebuild
from shared.working_days import Calendar

DEADLINES = "donthu_deadlines"
ASKED = 60  # times each question is put
AT = datetime(2026, 12, 31, 3, 0, tzinfo=UTC)

Say = Callable[[str], None]
Figures = dict[str, Any]


def measure(
    scale: float, *, seed: int, workers: int, memory_gb: float, folder: Path, say: Say
) -> Figures:
    """All figures of one scale; `folder` is made for the database, and deleted at the end.

    Raises:
        StackError: no mongod comes up.
        RuntimeError: a chain is broken or a table does not hold every file: no figures then.
    """
    wards = generating.wards(scale, seed)
    with _database(folder, memory_gb) as (uri, pid), connect(uri) as client:
        create_indexes(client)
        figures: Figures = {"scale": scale, "wards": len(wards), "workers": workers}
        say(f"writing a year of {len(wards)} wards")
        figures |= _loaded(uri, wards, seed, workers)
        say(f"verifying {figures['commits']} commits")
        figures |= _verified(uri, wards, figures["events"], workers)
        figures |= _disk(client, figures["events"])
        say("folding the tables of reporting and deadlines")
        figures |= _rebuilt(uri, figures["events"], workers)
        figures |= _complete(client, wards)
        say("sweeping")
        figures |= _swept(client)
        say("asking")
        figures |= _idle(client)
        figures |= _asked(client, wards)
        figures["mongod_mb"] = _mb(psutil.Process(pid).memory_info().rss)
        return figures


def growth(sizes: Sequence[float], costs: Sequence[float]) -> float | None:
    """The power of its size with which a cost grows, fitted to all: 0 not at all, 1 in proportion.

    None where there is too little to tell.
    """
    points = [
        (math.log(size), math.log(cost)) for size, cost in zip(sizes, costs, strict=True) if cost
    ]
    if len({x for x, _ in points}) < 2:
        return None
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread


@contextmanager
def _database(folder: Path, memory_gb: float) -> Iterator[tuple[str, int]]:
    data, port = folder / "data", processes.free_port()
    shutil.rmtree(folder, ignore_errors=True)
    data.mkdir(parents=True)
    (folder / "log").mkdir()
    program = mongodb.program(data=data, port=port, cache=cache_folder(), memory_gb=memory_gb)
    child = processes.start_child(program, folder, {})
    try:
        if not mongodb.form_replica_set(port, 60):
            raise processes.StackError(f"mongod does not answer: see {folder / 'log'}")
        yield mongodb.uri(port), child.pid
    finally:
        processes.stop_child(child, program.stop_within_s)
        shutil.rmtree(folder, ignore_errors=True)


def _loaded(uri: str, wards: Sequence[Ward], seed: int, workers: int) -> Figures:
    started = time.perf_counter()
    with _among(workers) as pool:
        written = list(pool(partial(_load, uri, seed), wards))
    seconds = time.perf_counter() - started
    events = sum(each[1] for each in written)
    return {
        "petitions": sum(ward.petitions for ward in wards),
        "commits": sum(each[0] for each in written),
        "events": events,
        "load_s": seconds,
        "load_events_per_s": events / seconds,
    }


def _load(uri: str, seed: int, ward: Ward) -> tuple[int, int]:
    return generating.load(_client(uri), ward, seed)


def _verified(uri: str, wards: Sequence[Ward], events: int, workers: int) -> Figures:
    started = time.perf_counter()
    with _among(workers) as pool:
        faults = [fault for fault in pool(partial(_verify, uri), wards) if fault]
    if faults:
        raise RuntimeError(f"the ledger is not whole: {faults[0]}")
    seconds = time.perf_counter() - started
    return {"verify_s": seconds, "verify_events_per_s": events / seconds}


def _verify(uri: str, ward: Ward) -> str | None:
    return first_fault(MongoLog(_client(uri)).after(ward.code, 0))


def _rebuilt(uri: str, events: int, workers: int) -> Figures:
    figures: Figures = {}
    for service, targets in (
        ("reporting", [Target(REPORTING, table) for table in TABLES.values()]),
        ("deadlines", [Target(DEADLINES, table) for table in (CLOCKS, FILES)]),
    ):
        started = time.perf_counter()
        rebuild(uri, targets, workers)
        seconds = time.perf_counter() - started
        figures[f"rebuild_{service}_s"] = seconds
        figures[f"rebuild_{service}_events_per_s"] = events / seconds
    # Of processes that have ended the workers are the largest.
    who = resource.RUSAGE_SELF if workers == 1 else resource.RUSAGE_CHILDREN
    return figures | {"worker_peak_mb": resource.getrusage(who).ru_maxrss / 1024}


def _complete(client: "MongoClient[Any]", wards: Sequence[Ward]) -> Figures:
    """How many files there are, and that there are all."""
    projector = Projector(client, REPORTING, MongoLog(client), CASES)
    rows = projector.rows()
    files = rows.count_documents({"received_on": {"$ne": None}})
    if files != sum(ward.petitions for ward in wards):
        raise RuntimeError(f"the table of cases holds {files} files")
    return {"card_bytes": client[REPORTING].command("collStats", rows.name)["avgObjSize"]}


def _swept(client: "MongoClient[Any]") -> Figures:
    """Two sweeps on the last day of the year: the second finds done what the first has done."""
    log, clock = MongoLog(client), FixedClock(AT)
    follower = Follower(
        log=log,
        clock=clock,
        table=Projector(client, DEADLINES, log, CLOCKS),
        files=Projector(client, DEADLINES, log, FILES),
        rules=RuleTable.load(),
        national=Calendar.load(),
        alarms=Alarms.from_environment(),
    )

    def streams_for(call: Call) -> Streams[Any]:
        return Streams(
            category="clock",
            initial=domain.Clocks(),
            evolve=domain.evolve,
            log=log,
            vault=_NothingToSeal(),
            clock=clock,
            call=call,
        )

    figures: Figures = {}
    for name in ("sweep_first", "sweep"):
        started = time.perf_counter()
        swept = follower.sweep(streams_for)
        figures |= {
            f"{name}_s": time.perf_counter() - started,
            f"{name}_looked_at": swept.looked_at,
            f"{name}_followed": swept.followed,
        }
    return figures


class _NothingToSeal:
    """Clocks hold nothing personal."""

    def seal(self, authority: str, file: str, personal: Any, *, stream: str) -> dict[str, Any]:
        raise RuntimeError("an event of a clock holds nothing to seal")


def _idle(client: "MongoClient[Any]") -> Figures:
    """What following costs while nothing happens: asking for news, and looking at all wards."""
    log, news = MongoLog(client), News(client)
    table = Projector(client, REPORTING, log, CASES)
    table.catch_up_all()
    news.take()

    def ask() -> None:
        table.catch_up_all(news.take() or {})

    return {"idle_news_ms": _median_ms(ask), "idle_look_ms": _median_ms(table.catch_up_all, 10)}


def _asked(client: "MongoClient[Any]", wards: Sequence[Ward]) -> Figures:
    """What those who ask wait for: of a ward of median size, and of its whole province."""
    rows = Projector(client, REPORTING, MongoLog(client), CASES).rows()
    ward = sorted(wards, key=lambda each: each.petitions)[len(wards) // 2]
    files = [row["file"] for row in rows.find({"authority": ward.code}, {"file": 1}).limit(ASKED)]
    asked = iter(files * ASKED)
    page = CaseFilter(limit=50)
    province = [each.code for each in wards if each.province == ward.province]
    return {
        "ward_petitions": ward.petitions,
        "province_wards": len(province),
        "case_ms": _median_ms(lambda: queries.case(rows, ward.code, next(asked))),
        "page_ms": _median_ms(lambda: queries.cases(rows, ward.code, page, FixedClock(AT).today())),
        "count_ward_ms": _median_ms(lambda: list(rows.aggregate(_statutory([ward.code])))),
        "count_province_ms": _median_ms(lambda: list(rows.aggregate(_statutory(province))), 5),
    }


def _statutory(authorities: Sequence[str]) -> list[dict[str, Any]]:
    """Counts as for form 02/XLD: what came in over the year, by kind, field and how it stands."""
    first, last = stories.FIRST_DAY.isoformat(), stories.LAST_DAY.isoformat()
    return [
        {
            "$match": {
                "authority": {"$in": list(authorities)},
                "received_on": {"$gte": first, "$lte": last},
            }
        },
        {
            "$group": {
                "_id": {"kind": "$kind", "field": "$field", "state": "$state"},
                "petitions": {"$sum": 1},
                "people": {"$sum": "$people"},
                "competent": {"$sum": {"$cond": ["$is_competent", 1, 0]}},
            }
        },
    ]


def _disk(client: "MongoClient[Any]", events: int) -> Figures:
    client.admin.command("fsync")
    told = client[DATABASE].command("collStats", "commits")
    return {
        "commit_bytes": told["avgObjSize"],
        "ledger_mb": _mb(told["storageSize"]),
        "index_mb": _mb(told["totalIndexSize"]),
        "disk_bytes_per_event": (told["storageSize"] + told["totalIndexSize"]) / events,
    }


def _median_ms(ask: Callable[[], object], times: int = ASKED) -> float:
    told = []
    for _ in range(times):
        started = time.perf_counter()
        ask()
        told.append((time.perf_counter() - started) * 1000)
    return median(told)


def _mb(count: float) -> float:
    return count / 1_000_000


@contextmanager
def _among(workers: int) -> Iterator[Callable[..., Iterator[Any]]]:
    """`map` over so many processes; one is this one."""
    if workers == 1:
        yield map
        return
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        yield pool.map


_clients: dict[str, "MongoClient[Any]"] = {}  # of a worker


def _client(uri: str) -> "MongoClient[Any]":
    if uri not in _clients:
        _clients[uri] = connect(uri)
    return _clients[uri]


#: Figure -> what it is called, and its unit.
SHOWN: Mapping[str, tuple[str, str]] = {
    "wards": ("wards", ""),
    "petitions": ("petitions", ""),
    "commits": ("commits", ""),
    "events": ("events", ""),
    "load_events_per_s": ("load", "events/s"),
    "load_s": ("load", "s"),
    "verify_events_per_s": ("verify all chains", "events/s"),
    "verify_s": ("verify all chains", "s"),
    "rebuild_reporting_events_per_s": ("rebuild reporting (3 tables)", "events/s"),
    "rebuild_reporting_s": ("rebuild reporting (3 tables)", "s"),
    "rebuild_deadlines_events_per_s": ("rebuild deadlines (2 tables)", "events/s"),
    "rebuild_deadlines_s": ("rebuild deadlines (2 tables)", "s"),
    "worker_peak_mb": ("largest worker", "MB"),
    "mongod_mb": ("mongod", "MB"),
    "sweep_first_s": ("first sweep", "s"),
    "sweep_first_followed": ("files it followed", ""),
    "sweep_s": ("sweep with nothing to tell", "s"),
    "sweep_looked_at": ("clocks it looked at", ""),
    "idle_news_ms": ("idle: asking for news", "ms"),
    "idle_look_ms": ("idle: look at all wards", "ms"),
    "case_ms": ("a case by number", "ms"),
    "page_ms": ("a page of 50 cases", "ms"),
    "ward_petitions": ("petitions of that ward", ""),
    "count_ward_ms": ("statutory count of a ward", "ms"),
    "province_wards": ("wards in its province", ""),
    "count_province_ms": ("statutory count of the province", "ms"),
    "commit_bytes": ("a commit, uncompressed", "bytes"),
    "card_bytes": ("a card, uncompressed", "bytes"),
    "ledger_mb": ("ledger on disk", "MB"),
    "index_mb": ("its indexes", "MB"),
    "disk_bytes_per_event": ("disk for each event", "bytes"),
}
