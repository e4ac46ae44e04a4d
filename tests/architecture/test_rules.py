"""Rules of this repository that import-linter cannot see."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import shared

ROOT = Path(__file__).resolve().parent.parent.parent
SERVICES = ("intake", "assignment", "deadlines", "reporting")


def sources(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))


def imported(tree: ast.Module) -> set[str]:
    """Modules, and names from modules, that a source imports anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def uses_bare_handler(tree: ast.Module) -> bool:
    """nameko's own listeners lose an event whose handler raises: `listen` and `inbox` do not."""
    listeners = {"nameko.events", "nameko.messaging.consume", "nameko.messaging.Consumer"}
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return bool(imported(tree) & listeners or (names | attributes) & {"event_handler", "consume"})


def test_no_service_listens_with_a_handler_that_loses_events() -> None:
    assert [path for path, tree in sources("services") if uses_bare_handler(tree)] == []


@pytest.mark.parametrize(
    "source",
    [
        "from nameko.events import event_handler",
        "import nameko.events",
        "from nameko import events\n@events.event_handler('a', 'B')\ndef f(): ...",
        "from nameko.messaging import consume",
    ],
)
def test_the_rule_on_handlers_sees_every_way_to_break_it(source: str) -> None:
    assert uses_bare_handler(ast.parse(source))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_deployable_alone(service: str, tmp_path: Path) -> None:
    """All that it needs of this repository are its own folder and shared/."""
    skip = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "shared", tmp_path / "shared", ignore=skip)
    folder = tmp_path / "services" / service
    shutil.copytree(ROOT / "services" / service, folder, ignore=skip)
    paths = (path.relative_to(tmp_path).with_suffix("") for path in folder.rglob("*.py"))
    modules = sorted(".".join(path.parts).removesuffix(".__init__") for path in paths)
    script = (
        f"import importlib, sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
        "import services, shared\n"
        "print(shared.__file__, *services.__path__, *sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-I", "-W", "ignore", "-c", script],
        cwd=tmp_path,
        env={},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    place, folders, *loaded = ran.stdout.split()
    assert place == str(tmp_path / "shared" / "__init__.py")
    assert folders == str(tmp_path / "services")
    assert f"services.{service}.service" in loaded
    others = {f"services.{name}" for name in SERVICES if name != service} | {"deploy", "tests"}
    assert others.isdisjoint(loaded)


def test_the_kernel_that_is_tested_is_the_one_of_this_repository() -> None:
    assert shared.__file__ == str(ROOT / "shared" / "__init__.py")


def test_nothing_here_points_outside_of_the_repository() -> None:
    """A clone has to work where the machine it was written on is not."""
    outside = ("/".join(("", "work", "")), "/".join(("..", "shared", "")))
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    assert ROOT / "pyproject.toml" in paths
    pointing = [
        f"{path.relative_to(ROOT)}: {place}"
        for path in paths
        if path.is_file()
        for place in outside
        if place.encode() in path.read_bytes()
    ]
    assert pointing == []


def test_every_way_in_has_a_policy_and_no_policy_is_about_nothing() -> None:
    """Whatever takes a caller is an action of the schema, in one group of work."""
    asked = {
        f"{path.split('/')[1]}.{method.name}"
        for path, tree in sources("services")
        for method in ast.walk(tree)
        if isinstance(method, ast.FunctionDef)
        and any(isinstance(by, ast.Name) and by.id == "command" for by in method.decorator_list)
    }
    schema = (ROOT / "shared" / "access" / "donthu.cedarschema").read_text("utf-8")
    declared = re.findall(r'"([a-z]+\.[a-z_]+)"', re.sub(r"//.*", "", schema))
    assert len(declared) == len(set(declared))
    assert asked == set(declared)
