"""What a year of so many wards costs: to load, verify, rebuild, sweep and ask; disk and memory.

One run for each scale, on a private mongod that is gone afterwards. All is done by the code that
the services and the command line use. Rates say something about this machine only, and about what
else it did; the seconds of processor (of workers and mongod) and how they change from one scale to
the next say something about the system.
"""

import math
import multiprocessing
import resource
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
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
from deploy.run_folder import cache_folder
from services.deadlines import domain
from services.deadlines.alarms import Alarms
from services.deadlines.following import Follower
from services.deadlines.projections import CLOCKS, FILES
from services.deadlines.rules import RuleTable
from services.reporting import queries, statutory
from services.reporting.projections import CASES
from services.reporting.rebuild import DATABASE as REPORTING
from services.reporting.rebuild import TABLES
from services.reporting.schemas import CaseFilter
from shared.calendars import Calendars
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

REBUILT = {
    "reporting": [Target(REPORTING, table) for table in TABLES.values()],
    "deadlines": [Target(DEADLINES, table) for table in (CLOCKS, FILES)],
}

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
        meter = _Meter(pid)
        figures |= _loaded(uri, wards, seed, workers)
        events = figures["events"]
        figures |= _told(meter.read("load", events), say)
        say(f"verifying {figures['commits']} commits")
        _verify_all(uri, wards, workers)
        figures |= _told(meter.read("verify", events) | _disk(client, events), say)
        say("folding the tables of reporting and deadlines")
        for service, targets in REBUILT.items():
            meter = _Meter(pid)
            rebuild(uri, targets, workers, meter.look_at_workers)
            figures |= _told(meter.read(f"rebuild_{service}", events), say)
            figures[f"rebuild_{service}_worker_mb"] = meter.largest_mb
        figures |= _complete(client, wards)
        say("sweeping")
        figures |= _told(_swept(client), say)
        say("asking")
        figures |= _idle(client)
        figures |= _asked(client, wards)
        figures["mongod_mb"] = _mb(psutil.Process(pid).memory_info().rss)
        return figures


def _told(figures: Figures, say: Say) -> Figures:
    """A run takes long: who ends it early keeps what was measured by then."""
    say(", ".join(f"{name} {value:,.4g}" for name, value in figures.items()))
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
        if not mongodb.form_replica_set([port], 60):
            raise processes.StackError(f"mongod does not answer: see {folder / 'log'}")
        yield mongodb.uri([port]), child.pid
    finally:
        processes.stop_child(child, program.stop_within_s)
        shutil.rmtree(folder, ignore_errors=True)


class _Meter:
    """What a part of the work takes of time, processor and memory, from when it was last read."""

    def __init__(self, mongod: int) -> None:
        self._mongod = psutil.Process(mongod)
        self._started, self._cpu = time.perf_counter(), self._cpu_s()
        self._next_look = 0.0
        self.largest_mb = 0.0  # of the processes that `look_at_workers` saw

    def read(self, name: str, events: int) -> Figures:
        seconds, cpu = time.perf_counter() - self._started, self._cpu_s() - self._cpu
        self._started, self._cpu = time.perf_counter(), self._cpu_s()
        return {
            f"{name}_s": seconds,
            f"{name}_events_per_s": events / seconds,
            f"{name}_cpu_us": cpu / events * 1e6,
        }

    def look_at_workers(self, *_: int) -> None:
        if (now := time.perf_counter()) < self._next_look:
            return
        self._next_look = now + 0.5
        for process in (psutil.Process(), *psutil.Process().children(recursive=True)):
            if process != self._mongod:
                with suppress(psutil.NoSuchProcess):
                    self.largest_mb = max(self.largest_mb, _mb(process.memory_info().rss))

    def _cpu_s(self) -> float:
        """Of this process, of those that it has started and that have ended, and of mongod."""
        ours = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        theirs = self._mongod.cpu_times()
        return sum(each.ru_utime + each.ru_stime for each in ours) + theirs.user + theirs.system


def _loaded(uri: str, wards: Sequence[Ward], seed: int, workers: int) -> Figures:
    with _among(workers) as pool:
        written = list(pool(partial(_load, uri, seed), wards))
    return {
        "petitions": sum(ward.petitions for ward in wards),
        "commits": sum(each[0] for each in written),
        "events": sum(each[1] for each in written),
    }


def _load(uri: str, seed: int, ward: Ward) -> tuple[int, int]:
    return generating.load(_client(uri), ward, seed)


def _verify_all(uri: str, wards: Sequence[Ward], workers: int) -> None:
    with _among(workers) as pool:
        faults = [fault for fault in pool(partial(_verify, uri), wards) if fault]
    if faults:
        raise RuntimeError(f"the ledger is not whole: {faults[0]}")


def _verify(uri: str, ward: Ward) -> str | None:
    return first_fault(MongoLog(_client(uri)).after(ward.code, 0))


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
    figures: Figures = {}
    log, clock = MongoLog(client), FixedClock(AT)
    follower = Follower(
        log=log,
        clock=clock,
        table=Projector(client, DEADLINES, log, CLOCKS),
        files=Projector(client, DEADLINES, log, FILES),
        rules=RuleTable.load(),
        calendars=Calendars(log, Calendar.load()),
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

    for name in ("sweep_first", "sweep"):
        for table in (follower.table, follower.files):
            table.catch_up_all()  # with what the first recorded
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

    def seal(self, authority: str, file: str, personal: Any, **how: Any) -> dict[str, Any]:
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
    log = MongoLog(client)
    rows = Projector(client, REPORTING, log, CASES).rows()
    ward = sorted(wards, key=lambda each: each.petitions)[len(wards) // 2]
    files = [row["file"] for row in rows.find({"authority": ward.code}, {"file": 1}).limit(ASKED)]
    asked = iter(files * ASKED)
    page, everything = CaseFilter(limit=50), {"authority": ward.code}
    province = [each.code for each in wards if each.province == ward.province]
    return {
        "ward_petitions": ward.petitions,
        "province_wards": len(province),
        "case_ms": _median_ms(lambda: queries.case(rows, ward.code, next(asked))),
        "page_ms": _median_ms(
            lambda: queries.cases(rows, everything, page, FixedClock(AT).today())
        ),
        "count_ward_ms": _median_ms(lambda: list(rows.aggregate(_statutory([ward.code])))),
        "count_province_ms": _median_ms(lambda: list(rows.aggregate(_statutory(province))), 5),
        "forms_ward_ms": _median_ms(lambda: _six_forms(log, [ward.code]), 5),
        "forms_province_s": _median_ms(lambda: _six_forms(log, province), 1) / 1000,
    }


def _six_forms(log: MongoLog, authorities: Sequence[str]) -> None:
    """The year's six forms, compared with the year before, folded from every event of the wards."""
    statutory.statutory_report(log, authorities, str(AT.year), form=None, known_at=None)


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
    "load_s": ("load", "s"),
    "load_events_per_s": ("", "events/s"),
    "load_cpu_us": ("", "CPU µs/event"),
    "verify_s": ("verify all chains", "s"),
    "verify_events_per_s": ("", "events/s"),
    "verify_cpu_us": ("", "CPU µs/event"),
    "rebuild_reporting_s": ("rebuild reporting, 3 tables", "s"),
    "rebuild_reporting_events_per_s": ("", "events/s"),
    "rebuild_reporting_cpu_us": ("", "CPU µs/event"),
    "rebuild_reporting_worker_mb": ("its largest process", "MB"),
    "rebuild_deadlines_s": ("rebuild deadlines, 2 tables", "s"),
    "rebuild_deadlines_events_per_s": ("", "events/s"),
    "rebuild_deadlines_cpu_us": ("", "CPU µs/event"),
    "rebuild_deadlines_worker_mb": ("its largest process", "MB"),
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
    "forms_ward_ms": ("its six forms of the year", "ms"),
    "forms_province_s": ("six forms of the province", "s"),
    "commit_bytes": ("a commit, uncompressed", "bytes"),
    "card_bytes": ("a card, uncompressed", "bytes"),
    "ledger_mb": ("ledger on disk", "MB"),
    "index_mb": ("its indexes", "MB"),
    "disk_bytes_per_event": ("disk for each event", "bytes"),
}
