"""Calling something over and over from threads and processes, and timing each call."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from typing import Any

from deploy.bench.measuring import Round, merged

_TOGETHER_S = 0.05  # until when all processes have their task and begin at once


def timed(work: Callable[[], int]) -> Round:
    """Do it once; it answers how much was done."""
    cpu, started = time.process_time(), time.perf_counter()
    done = work()
    return Round(
        done=done,
        seconds=time.perf_counter() - started,
        cpu_s=time.process_time() - cpu,
    )


def hammered(work: Callable[[], Any], callers: int, seconds: float) -> Round:
    """So many threads call it, each again as soon as it is answered."""
    latencies: list[list[float]] = [[] for _ in range(callers)]
    failures: list[BaseException] = []
    cpu, started = time.process_time(), time.perf_counter()
    end = started + seconds

    def run(mine: list[float]) -> None:
        try:
            before = time.perf_counter()
            while before < end:
                work()
                after = time.perf_counter()
                mine.append((after - before) * 1000)
                before = after
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(mine,)) for mine in latencies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    told = tuple(ms for mine in latencies for ms in mine)
    return Round(
        done=len(told),
        seconds=time.perf_counter() - started,
        latencies_ms=told,
        cpu_s=time.process_time() - cpu,
    )


class Processes:
    """Processes of their own that do the same at the same time; each keeps what it has opened."""

    def __init__(self, pools: list[ProcessPoolExecutor]) -> None:
        self._pools = pools

    def at_once(self, count: int, task: Callable[..., Round], *said: Any) -> Round:
        """`task(start_at, *said)` in the first `count` of them."""
        start_at = time.time() + _TOGETHER_S
        running = [pool.submit(task, start_at, *said) for pool in self._pools[:count]]
        return merged([each.result() for each in running])


@contextmanager
def processes(count: int, prepare: Callable[..., None], *said: Any) -> Iterator[Processes]:
    """Start so many, each with `prepare(*said)`; they end with the block."""
    with ExitStack() as stack:
        pools = [
            stack.enter_context(
                ProcessPoolExecutor(1, get_context("spawn"), initializer=prepare, initargs=said)
            )
            for _ in range(count)
        ]
        for ready in [pool.submit(time.time) for pool in pools]:
            ready.result()
        yield Processes(pools)


def wait_until(start_at: float) -> None:
    time.sleep(max(0.0, start_at - time.time()))
