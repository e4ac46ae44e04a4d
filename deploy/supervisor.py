"""supervisord for one stack: its generated settings, and orders to it over its socket.

Programs do not start with it: the stack starts them in order. Each is started again when it dies,
and killed when it does not stop in its time.
"""

import os
import shlex
import subprocess
import sys
import xmlrpc.client
from collections.abc import Iterable
from http.client import HTTPException
from pathlib import Path
from typing import Any

import psutil
from supervisor.xmlrpc import SupervisorTransport

from deploy.processes import MARK, ROOT, Program, StackError, clean_environment, is_alive, until
from shared import key_files

_LONGEST_SOCKET = (
    100  # bytes of a path that the kernel takes for a socket, less what supervisord adds
)
_ALREADY, _NOT_RUNNING = 60, 70  # codes of supervisord's refusals
Info = dict[str, Any]


class Supervisor:
    """The supervisord of the stack in `run_dir`, running or not."""

    def __init__(self, run_dir: Path) -> None:
        self._run_dir = run_dir
        self._socket = run_dir / "supervisor.sock"

    def launch(self, programs: Iterable[Program]) -> None:
        """Start supervisord in the background, with nothing started under it.

        Raises: StackError: it does not come up.
        """
        if len(os.fsencode(self._socket)) > _LONGEST_SOCKET:
            raise StackError(f"{self._run_dir} is too long a path: set DONTHU_RUN to a shorter one")
        settings = self._run_dir / "supervisord.conf"
        settings.unlink(missing_ok=True)
        key_files.write(settings, self._settings(programs).encode())  # with everybody's passwords
        log = self._run_dir / "log" / "supervisord.log"
        subprocess.run(
            [sys.executable, "-m", "supervisor.supervisord", "-c", settings],
            env={**clean_environment(), MARK: str(self._run_dir)},
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,  # it goes to the background: whether it lives is seen at its socket
        )
        if not until(self.is_running, 15):
            raise StackError(f"supervisord does not start: see {log}")

    def _settings(self, programs: Iterable[Program]) -> str:
        run, log = _quoted(str(self._run_dir)), _quoted(str(self._run_dir / "log"))
        lines = [
            "[supervisord]",
            f"logfile={log}/supervisord.log",
            "logfile_maxbytes=10MB",
            "logfile_backups=3",
            f"pidfile={run}/supervisord.pid",
            f"childlogdir={log}",
            f"directory={_quoted(str(ROOT))}",
            "umask=077",
            *(["user=root"] if os.geteuid() == 0 else []),
            "[unix_http_server]",
            f"file={run}/supervisor.sock",
            "chmod=0700",
            "[rpcinterface:supervisor]",
            "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
        ]
        for program in programs:
            own = ",".join(f'{k}="{_quoted(v)}"' for k, v in program.environment.items())
            lines += [
                f"[program:{program.name}]",
                f"command={_quoted(shlex.join(program.command))}",
                *([f"environment={own}"] if own else []),
                "autostart=false",
                "autorestart=true",
                "startsecs=1",
                "startretries=10",
                "stopsignal=TERM",
                f"stopwaitsecs={program.stop_within_s}",
                "stopasgroup=true",
                "killasgroup=true",
                f"stdout_logfile={log}/{program.name}.log",
                "stdout_logfile_maxbytes=10MB",
                "stdout_logfile_backups=3",
                "redirect_stderr=true",
            ]
        return "\n".join([*lines, ""])

    def is_running(self) -> bool:
        try:
            return bool(self._orders().getState()["statename"] == "RUNNING")
        except (OSError, HTTPException, xmlrpc.client.Error):
            return False

    def programs(self) -> dict[str, Info]:
        """What supervisord knows of each program, by name; empty where it does not run."""
        try:
            return {info["name"]: info for info in self._orders().getAllProcessInfo()}
        except (OSError, HTTPException, xmlrpc.client.Error):
            return {}

    def start(self, name: str) -> None:
        """Start a program and return at once; harmless if it runs."""
        self._order("startProcess", name, _ALREADY)

    def stop(self, names: Iterable[str], within_s: float) -> None:
        """Stop programs, all at the same time, and wait until they are gone."""
        stopping = set(names)
        for name in stopping:
            self._order("stopProcess", name, _NOT_RUNNING)
        until(lambda: not any(self._is_alive(name) for name in stopping), within_s)

    def shut_down(self) -> None:
        """Stop everything that is left, and supervisord."""
        orders = self._orders()
        process = psutil.Process(orders.getPID())
        orders.shutdown()
        until(lambda: not is_alive(process), 30)

    def _is_alive(self, name: str) -> bool:
        return bool(self.programs().get(name, {}).get("pid"))

    def _order(self, method: str, name: str, harmless: int) -> None:
        try:
            getattr(self._orders(), method)(name, False)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode != harmless:
                raise StackError(f"supervisord on {name}: {fault.faultString}") from fault

    def _orders(self) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{self._socket}")
        return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport).supervisor


def _quoted(value: str) -> str:
    return value.replace("%", "%%")
