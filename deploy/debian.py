"""Debian packages unpacked into a folder, without root and without touching the system.

apt works here on lists and archives of its own, so that the system's may be stale, empty or locked;
which servers and keys are trusted is still the system's choice. Nothing is installed: no user, no
daemon, no script of a package is run.
"""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path


class PackagesUnavailable(Exception):
    """The packages could not be had; the message names the mend."""


def unpack(package: str, into: Path, *, wanted: str, as_on_an_empty_system: bool) -> list[str]:
    """Put `package` and what it depends on under `into`, all or nothing; answers the names.

    Of the dependencies, only names that match the regular expression `wanted` are taken. What the
    system has already is left out, unless `as_on_an_empty_system`.

    Raises: PackagesUnavailable: no apt here, no network, or no such package.
    """
    if not all(map(shutil.which, ("apt-get", "apt-config", "dpkg"))):
        raise PackagesUnavailable(f"this is not a Debian or Ubuntu machine: install {package}")
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="unpacking-", dir=into.parent) as scratch:
        apt = _Apt(Path(scratch), as_on_an_empty_system=as_on_an_empty_system)
        updated = apt.run("apt-get", "update")  # fails already if one foreign source is broken
        planned = apt.run("apt-get", "--simulate", "install", "--no-install-recommends", package)
        names = [
            name
            for name in re.findall(r"^Inst (\S+)", planned.stdout, re.MULTILINE)
            if re.fullmatch(wanted, name)
        ]
        if not names:
            told = _last_line(planned) or _last_line(updated) or "apt found nothing"
            raise PackagesUnavailable(f"{package} cannot be fetched ({told}): install it yourself")
        fetched = apt.run("apt-get", "download", *names)
        if fetched.returncode:
            raise PackagesUnavailable(
                f"{package} cannot be fetched ({_last_line(fetched)}): is there a network?"
            )
        whole = Path(scratch) / "whole"
        for archive in sorted(apt.folder.glob("*.deb")):
            subprocess.run(["dpkg", "--extract", archive, whole], check=True)
        shutil.rmtree(into, ignore_errors=True)
        whole.rename(into)
    return names


def _last_line(done: "subprocess.CompletedProcess[str]") -> str:
    lines = [line for line in done.stderr.splitlines() if line.startswith("E:")]
    return lines[-1] if lines else ""


class _Apt:
    """apt with the system's sources and keys, and a state and a cache of its own in `folder`."""

    def __init__(self, folder: Path, *, as_on_an_empty_system: bool) -> None:
        self.folder = folder
        for inside in ("state/lists/partial", "cache/archives/partial"):
            (folder / inside).mkdir(parents=True)
        own = {"Dir::State": folder / "state", "Dir::Cache": folder / "cache"}
        if as_on_an_empty_system:
            (folder / "status").touch()
            own["Dir::State::status"] = folder / "status"
        if os.geteuid() == 0:
            # apt would fetch as the user _apt, who may not write in this folder
            own["APT::Sandbox::User"] = Path("root")
        # The system's configuration, but for its hooks: they clean the system's folders.
        system = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=True)
        kept = [
            line
            for line in system.stdout.splitlines()
            if not re.match(
                r"(APT::Update::|DPkg::|Dir::State |Dir::Cache |Dir::Etc::(main|parts) )", line
            )
            and not (line.startswith("Dir::State::status") and as_on_an_empty_system)
        ]
        own |= {"Dir::Etc::main": Path("/dev/null"), "Dir::Etc::parts": Path("/dev/null")}
        settings = folder / "apt.conf"
        settings.write_text("\n".join([*kept, *(f'{k} "{v}";' for k, v in own.items()), ""]))
        self._environment = os.environ | {"APT_CONFIG": str(settings), "LC_ALL": "C"}

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command, cwd=self.folder, env=self._environment, capture_output=True, text=True
        )
