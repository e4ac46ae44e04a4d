"""A command from a caller to the ledger and back, beside bare nameko with one durable insert.

One caller, one service: what is measured is the way in, the decision and the append, without relay
and listeners, which work after the answer and would only take the processor from both sides.
"""

import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from deploy.bench.driving import hammered
from deploy.bench.measuring import Ceiling, Round, Table, alternate, compare
from deploy.bench.serving import (
    BARE,
    WARD,
    acceptance,
    classified_files,
    registration,
    services,
    token,
)
from deploy.client import Services
from shared.mongo_log import MongoLog, connect

MODULES = {"services.intake.service": ("intake",), BARE: ("bench_bare", "bench_bare_view")}
AT_MOST_A_SECOND = 700  # commands that one caller may get done


def measure(run_dir: Path, environment: Mapping[str, str], rounds: int, seconds: float) -> Table:
    """Needs prepared servers on which no service runs."""
    enough = int((rounds + 1) * seconds * AT_MOST_A_SECOND)
    with connect(environment["MONGO_URI"]) as client:
        files = iter(classified_files(MongoLog(client), enough))
    with (
        services(run_dir, environment, MODULES),
        Services(environment["AMQP_URI"], authority=WARD, token=token(run_dir)) as called,
    ):

        def accept() -> Any:
            return called.call("intake", "accept", acceptance(next(files)))

        def register() -> Any:
            return called.call("intake", "register_petition", registration())

        def bare() -> Any:
            return called.call("bench_bare", "insert", registration())

        def bare_little() -> Any:
            return called.call("bench_bare", "insert", acceptance("0" * 12))

        def one(work: Callable[[], Any]) -> Round:
            return hammered(work, 1, seconds)

        for work in (accept, register, bare, bare_little):  # connections, caches, queues
            work()
        time.sleep(0.5)
        accepting, inserting_little, registering, inserting = alternate(
            rounds, *(partial(one, work) for work in (accept, bare_little, register, bare))
        )
    target = Ceiling(times=1.5)
    return Table(
        title="RPC: command, durable, answer",
        unit="calls/s",
        ours="the intake service, one caller",
        reference="bare nameko with one durable `insert_one` of the payload",
        rows=(
            compare("`accept`: load, decide, append", accepting, inserting_little, target),
            compare(
                "`register_petition`: two keys made, two parts sealed, a person indexed",
                registering,
                inserting,
                target,
            ),
        ),
    )
