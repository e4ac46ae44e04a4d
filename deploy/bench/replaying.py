"""Reading the whole ledger in order, and folding it into the cards of the cases.

The reference is a bare cursor over the same documents in the same order, which checks nothing and
makes nothing of them. The fold keeps every card in memory; storing them is `rebuild`'s part.
"""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import count
from typing import Any

from pymongo import MongoClient

from deploy.bench import material
from deploy.bench.appending import LEDGER
from deploy.bench.driving import timed
from deploy.bench.measuring import Floor, Round, Table, alternate, compare
from services.reporting.projections import CASES
from shared import rebuilding
from shared.ledger import GENESIS, link
from shared.mongo_log import MongoLog, connect, create_indexes, document_of
from shared.projecting import Projector
from shared.projection import Row
from shared.rebuilding import seldom_collected

WARDS = 4
FILES_AT_ONCE = 500  # of each ward
TABLES = "donthu_bench_tables"
BATCH = 2000  # documents a bare cursor asks for at once


def measure(mongo_uri: str, rounds: int, events: int) -> Table:
    """Writes about so many events to a ledger of its own, which is dropped at the end."""
    client = connect(mongo_uri)
    create_indexes(client, LEDGER)
    total = sum(_fill(client, ward, events // WARDS) for ward in range(WARDS))
    log = MongoLog(client, LEDGER)
    commits = client[LEDGER]["commits"]
    wards = log.authorities()

    def scan() -> int:
        found = commits.find(batch_size=BATCH).sort("_id")
        return sum(len(each["events"]) for each in found)

    def read() -> int:
        return sum(len(commit.proposal.events) for ward in wards for commit in log.after(ward, 0))

    def fold() -> int:
        with seldom_collected():  # as in a rebuild
            return folded(log, wards)

    def stored() -> int:
        with seldom_collected():
            Projector(client, TABLES, log, CASES, page=rebuilding.PAGE).rebuild()
        return total

    def one(work: Callable[[], int]) -> Round:
        done = timed(work)
        assert done.done == total, f"{done.done} of {total} events"
        return done

    try:
        bare, reading, folding, storing = alternate(
            rounds, *(partial(one, work) for work in (scan, read, fold, stored))
        )
    finally:
        for database in (LEDGER, TABLES):
            client.drop_database(database)
        client.close()
    return Table(
        title="Replay",
        unit="events/s",
        ours=f"one process, {total:,} events of {WARDS} authorities, 20 for each file",
        reference="a bare cursor over the same documents in the same order",
        rows=(
            compare("read in order, holes checked", reading, bare),
            compare("… and folded into the cards of the cases", folding, bare, Floor(rate=60_000)),
            compare("… and stored as a new table (`donthu rebuild`)", storing, bare),
        ),
    )


def folded(log: MongoLog, wards: Iterable[str]) -> int:
    """Fold every card in memory, event by event; how many events that took."""
    done = 0
    for ward in wards:
        rows: dict[str, Row] = {}
        for commit in log.after(ward, 0):
            for event in commit.recorded():
                done += 1
                if (key := CASES.key(event)) is not None:
                    rows[key] = CASES.fold(rows.get(key) or {}, event)
    return done


def _fill(client: "MongoClient[Any]", ward: int, events: int) -> int:
    """A ward's ledger of about so many events, many files under way at a time, in bulk."""
    authority, written, position, previous = material.authority(ward), 0, 0, GENESIS
    numbers = count()
    under_way = [material.life(f"{next(numbers):012d}") for _ in range(FILES_AT_ONCE)]
    documents: list[dict[str, Any]] = []
    while written < events:
        for place, life in enumerate(under_way):
            proposal = next(life, None)
            if proposal is None:
                under_way[place] = material.life(f"{next(numbers):012d}")
                continue
            position += 1
            commit = link(authority, position, previous, proposal)
            previous, written = commit.hash, written + len(proposal.events)
            documents.append(document_of(commit))
        if len(documents) >= BATCH:
            client[LEDGER]["commits"].insert_many(documents)
            documents = []
    if documents:
        client[LEDGER]["commits"].insert_many(documents)
    return written
