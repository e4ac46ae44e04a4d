"""Programs of a stack as processes: their description, finding and ending them, free ports.

A process belongs to a stack by one environment variable, `MARK`, which its children inherit.
Process numbers in files are never believed: after a crash they name somebody else.
"""

import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent  # of the project: what programs run in
MARK = "DONTHU_STACK"  # its value is the run folder


class StackError(Exception):
    """The stack cannot do what was asked; the message is one line and names the mend."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_within_s: int  # seconds from SIGTERM to SIGKILL


def clean_environment() -> dict[str, str]:
    """This process's environment without what would steer another RabbitMQ or Erlang."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("RABBITMQ_", "ERL_"))}


def start_child(
    program: Program, run_dir: Path, environment: Mapping[str, str]
) -> "subprocess.Popen[bytes]":
    """Start a process that is killed when the thread that started it ends, however it ends."""
    with (run_dir / "log" / f"{program.name}.log").open("ab") as log:
        return subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *program.command],
            cwd=ROOT,
            env={**clean_environment(), **environment, **program.environment, MARK: str(run_dir)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def signal_child(child: "subprocess.Popen[bytes]", number: int) -> None:
    """Send a signal to a child and all that it started; harmless if it is gone."""
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:
        return


def stop_child(child: "subprocess.Popen[bytes]", within_s: float) -> None:
    """Ask a child to end, then make it."""
    stop_children([child], within_s)


def stop_children(children: "list[subprocess.Popen[bytes]]", within_s: float) -> None:
    """Ask children to end, all at once, then make them."""
    for child in children:
        signal_child(child, signal.SIGTERM)
    until(lambda: all(child.poll() is not None for child in children), within_s)
    for child in children:
        signal_child(child, signal.SIGKILL)  # with it, what it left behind in its group
        child.wait()


def of_stack(run_dir: Path) -> list[psutil.Process]:
    """Every living process that a stack in `run_dir` started, this one and its parents left out."""
    mine = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    found = []
    for process in psutil.process_iter():
        try:
            marked = process.environ().get(MARK) == str(run_dir)
        except (psutil.AccessDenied, psutil.NoSuchProcess):  # another user's, or gone meanwhile
            continue
        if marked and process.pid not in mine and is_alive(process):
            found.append(process)
    return found


def end(processes: Iterable[psutil.Process], within_s: float) -> None:
    """Ask processes to end, all at once; kill those that are still there after `within_s`."""
    asked = list(processes)
    for number in (signal.SIGTERM, signal.SIGKILL):
        for process in filter(is_alive, asked):
            try:
                process.send_signal(number)
            except psutil.NoSuchProcess:
                continue
        if until(lambda: not any(map(is_alive, asked)), within_s):
            return


def is_alive(process: psutil.Process) -> bool:
    """Does it still run? One that only waits for its parent to notice its end does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def until(holds: Callable[[], bool], within_s: float, every_s: float = 0.1) -> bool:
    """Wait for something; answers whether it came true in time. Looks at least once."""
    end_at = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > end_at:
            return False
        time.sleep(every_s)
    return True


def is_free(port: int) -> bool:
    """Can a server listen on this port of 127.0.0.1?"""
    with socket.socket() as trial:
        # as servers do it: connections that linger after a stop are no hindrance
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """A port to keep: below the range from which outgoing connections take theirs."""
    chance = random.SystemRandom()
    for _ in range(200):
        if is_free(port := chance.randrange(20_000, 32_000)):
            return port
    raise StackError("no free port between 20000 and 32000: see `ss -ltn`")
