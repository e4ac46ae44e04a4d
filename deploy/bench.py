"""Measures the ledger beside the thing it is compared with, in one run: `make bench`.

Rounds of both are interleaved, so that whatever else the machine does meets both; told are medians
and the ratio. A run on a shared machine says something about the ratio and little about the rates.
"""

import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

from deploy.stack import Stack
from shared.ledger import Event, Proposal
from shared.mongo_log import MongoLog, connect, create_indexes

ROUNDS = 5
ROUND_S = 1.0
_TEXT = "Khiếu nại quyết định thu hồi đất số 12/QĐ-UBND về bồi thường, hỗ trợ tái định cư. " * 5


def main() -> None:
    """Print the table (or JSON, with `--json`), on a private mongod that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder))
        print("starting a private mongod", file=sys.stderr)
        try:
            rows = append(stack.start_servers()["MONGO_URI"])
        finally:
            stack.stop_servers()
    if "--json" in sys.argv:
        print(json.dumps(rows))
        return
    print("durable append of one event, w=majority, j=true, one authority, one process")
    print(f"{'callers':>8} {'append/s':>9} {'insert_one/s':>13} {'ratio':>6}  (min to max)")
    for row in rows:
        print(
            f"{row['callers']:>8} {row['append_per_s']:>9} {row['plain_per_s']:>13}"
            f" {row['ratio']:>6}  ({row['ratio_min']} to {row['ratio_max']})"
        )


def append(mongo_uri: str, callers: tuple[int, ...] = (1, 8, 32)) -> list[dict[str, Any]]:
    """Durable appends of one event to one authority, beside a plain durable `insert_one`.

    One row for each number of callers: rates per second (medians) and their ratio. Writes to a
    database of its own, which is dropped at the end.
    """
    client = connect(mongo_uri)
    scratch = client["donthu_bench"]["plain"]
    create_indexes(client, "donthu_bench_ledger")
    log = MongoLog(client, "donthu_bench_ledger")
    authority = "00000"
    try:
        return [
            _compare(
                count,
                plain=lambda: scratch.insert_one({"_id": uuid4().hex, "events": [_data()]}),
                ours=lambda: log.append(authority, _proposal()),
            )
            for count in callers
        ]
    finally:
        client.drop_database("donthu_bench")
        client.drop_database("donthu_bench_ledger")
        client.close()


def _compare(count: int, plain: Callable[[], Any], ours: Callable[[], Any]) -> dict[str, Any]:
    rates: dict[str, list[float]] = {"plain": [], "ours": []}
    for _ in range(ROUNDS):
        rates["plain"].append(_rate(count, plain))
        rates["ours"].append(_rate(count, ours))
    reference, measured = median(rates["plain"]), median(rates["ours"])
    ratios = [ours / plain for ours, plain in zip(rates["ours"], rates["plain"], strict=True)]
    return {
        "callers": count,
        "plain_per_s": round(reference),
        "append_per_s": round(measured),
        "ratio": round(median(ratios), 2),
        "ratio_min": round(min(ratios), 2),
        "ratio_max": round(max(ratios), 2),
    }


def _rate(count: int, work: Callable[[], Any]) -> float:
    """Calls a second that this many threads make for one round."""
    done = [0] * count
    started = time.perf_counter()

    def run(number: int) -> None:
        while time.perf_counter() - started < ROUND_S:
            work()
            done[number] += 1

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - started)


def _data() -> dict[str, Any]:
    return {"received_on": "2026-10-02", "channel": "buu_chinh", "note": _TEXT}


def _proposal() -> Proposal:
    id = uuid4().hex
    return Proposal(
        stream=f"petition-{id}",
        after=0,
        commit_id=id,
        digest="",
        actor="bench",
        correlation=id,
        caused_by=None,
        recorded_at=datetime.now(UTC).replace(microsecond=0),
        events=(Event(id=f"{id}-1", type="PetitionReceived", schema=1, data=_data()),),
    )


if __name__ == "__main__":
    main()
