"""No password and no key stands on a command line or in a log, or is readable by others."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from deploy import processes
from tests.acceptance.world import PROGRAMS


@pytest.fixture
def secrets(stack: Any) -> list[str]:
    """Every password of the stack, and every key: of members, vault, tokens, proof."""
    state = json.loads((stack.run_dir / "stack.json").read_text("utf-8"))
    passwords = [*state["passwords"].values(), *state["database_passwords"].values()]
    member = (stack.run_dir / "data" / "mongod.key").read_text("ascii")
    vault = [file.read_bytes().hex() for file in (stack.run_dir / "keys").glob("*.key")]
    issuer = (stack.run_dir / "keys" / "issuer.pem").read_text("ascii").splitlines()[1]
    assert len(passwords) > 10
    assert len(vault) == 3
    return [*passwords, member, issuer, *vault]


def programs(*folders: Path) -> Iterator[psutil.Process]:
    for folder in folders:
        yield from processes.of_stack(folder)


def test_none_stands_on_a_command_line(system: Any, stack: Any, secrets: list[str]) -> None:
    """Which every user of the machine reads with `ps`."""
    lines = [" ".join(each.cmdline()) for each in programs(stack.run_dir, system.folder)]
    assert len(lines) >= len(PROGRAMS) + len(stack.server_pids())
    assert [line for line in lines if any(secret in line for secret in secrets)] == []


def test_none_is_logged(system: Any, stack: Any, secrets: list[str], portal: Any) -> None:
    portal.send(b"broken")
    portal.answer(lambda told: told["type"] == "PetitionRejected")
    files = [*system.folder.glob("log/*"), *stack.run_dir.glob("log/*")]
    assert len(files) >= len(PROGRAMS) + len(stack.server_pids())
    for file in files:
        told = file.read_text("utf-8", errors="replace")
        assert not any(secret in told for secret in secrets), file


def test_what_holds_one_is_for_its_owner_only(stack: Any, secrets: list[str]) -> None:
    written = [secret.encode() for secret in secrets]
    holding = [
        file
        for file in stack.run_dir.rglob("*")
        if file.is_file() and "mongod/" not in str(file) and _holds(file, written)
    ]
    others = {file.name for file in holding if file.parent != stack.run_dir / "agencies"}
    assert others == {"stack.json", "mongod.key", "issuer.pem"}
    for file in (*holding, *(stack.run_dir / "keys").glob("*.key")):
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file


def _holds(file: Path, secrets: list[bytes]) -> bool:
    content = file.read_bytes()  # the broker's are of many megabytes, and no text
    return any(secret in content for secret in secrets)
