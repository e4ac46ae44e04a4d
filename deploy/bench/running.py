"""How long each benchmark takes and what it needs running: a private stack, each its own.

Servers and data are in a folder that is gone afterwards; binaries stay in the cache of the stack.
"""

import os
import platform
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from deploy.bench import MEASURED
from deploy.bench.measuring import Table
from deploy.run_folder import cache_folder
from deploy.stack import Say, Stack, prepare_servers


@dataclass(frozen=True, kw_only=True, slots=True)
class Benchmark:
    rounds: int  # unless told otherwise
    measure: Callable[["Bed", int], Table]  # answers for so many rounds
    quick_rounds: int = 2
    whole_stack: bool = False  # relay and services as well


@dataclass(frozen=True, kw_only=True, slots=True)
class Bed:
    """What a benchmark runs on."""

    stack: Stack
    environment: dict[str, str]
    is_quick: bool

    @property
    def mongo_uri(self) -> str:
        return self.environment["MONGO_URI"]


def _append(bed: Bed, rounds: int) -> Table:
    from deploy.bench import appending

    return appending.measure(bed.mongo_uri, rounds, 0.3 if bed.is_quick else 1.0)


def _relay(bed: Bed, rounds: int) -> Table:
    from deploy.bench import relaying

    return relaying.measure(bed.environment, rounds, 5_000 if bed.is_quick else 30_000)


def _replay(bed: Bed, rounds: int) -> Table:
    from deploy.bench import replaying

    return replaying.measure(bed.mongo_uri, rounds, 20_000 if bed.is_quick else 60_000)


def _rpc(bed: Bed, rounds: int) -> Table:
    from deploy.bench import calling

    prepare_servers(bed.mongo_uri, bed.environment["AMQP_URI"])
    seconds = 0.5 if bed.is_quick else 2.0
    return calling.measure(bed.stack.run_dir, bed.environment, rounds, seconds)


def _access(bed: Bed, rounds: int) -> Table:
    from deploy.bench import guarding

    keys = Path(bed.environment["DONTHU_KEYS"])
    seconds = 0.3 if bed.is_quick else 1.0
    return guarding.measure(bed.mongo_uri, bed.stack.issuer(), keys, rounds, seconds)


def _e2e(bed: Bed, rounds: int) -> Table:
    from deploy.bench import following

    seconds = 4.0 if bed.is_quick else 20.0
    return following.measure(bed.stack.run_dir, bed.environment, rounds, seconds)


def _peers(bed: Bed, rounds: int) -> Table:
    from deploy.bench import peers

    seconds, streams = (0.3, 200) if bed.is_quick else (1.0, 1_000)
    return peers.measure(cache_folder(), bed.stack.run_dir, bed.mongo_uri, rounds, seconds, streams)


BENCHMARKS = {
    "append": Benchmark(rounds=5, measure=_append),
    "relay": Benchmark(rounds=5, measure=_relay),
    "replay": Benchmark(rounds=5, measure=_replay),
    "rpc": Benchmark(rounds=5, measure=_rpc),
    "access": Benchmark(rounds=5, measure=_access),
    "e2e": Benchmark(rounds=3, quick_rounds=1, measure=_e2e, whole_stack=True),
    "peers": Benchmark(rounds=5, measure=_peers),
}


def run(name: str, say: Say, *, rounds: int | None = None, is_quick: bool = False) -> Table:
    """Measure one of `BENCHMARKS` on servers of its own."""
    benchmark = BENCHMARKS[name]
    with _bed(benchmark, is_quick, say) as bed:
        count = rounds or (benchmark.quick_rounds if is_quick else benchmark.rounds)
        say(f"measuring {MEASURED[name]}, {count} round{'s' * (count > 1)}")
        return benchmark.measure(bed, count)


@contextmanager
def _bed(benchmark: Benchmark, is_quick: bool, say: Say) -> Iterator[Bed]:
    with tempfile.TemporaryDirectory(prefix="donthu-bench-") as folder:
        stack = Stack(Path(folder), given={})
        try:
            if benchmark.whole_stack:
                stack.up(say)
            else:
                stack.start_servers(say)
            environment = os.environ | stack.environment()
            yield Bed(stack=stack, environment=environment, is_quick=is_quick)
        finally:
            if benchmark.whole_stack:
                stack.down(say)
            else:
                stack.stop_servers()


def circumstances(busy_before: float) -> str:
    """When and on what it was measured; `busy_before` is the load average at the beginning."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores ({_processor()}),"
        f" {memory:.0f} GiB, Python {platform.python_version()}; load average before and after:"
        f" {busy_before:.1f}, {os.getloadavg()[0]:.1f}"
    )


def _processor() -> str:
    try:
        told = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return platform.machine()
    names = [line.split(":", 1)[1] for line in told.splitlines() if line.startswith("model name")]
    return " ".join(names[0].split()) if names else platform.machine()


def put_into(document: str, name: str, figures: str) -> str:
    """The document with the figures between the marks `<!-- name -->` and `<!-- /name -->`.

    Raises ValueError: it has no such marks.
    """
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found, rest = document.partition(begin)
    _, found_end, after = rest.partition(end)
    if not found or not found_end:
        raise ValueError(f"no marks {begin} … {end}")
    return f"{before}{begin}\n{figures}\n{end}{after}"
