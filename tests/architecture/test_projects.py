"""The projects in which kernel and services are installed alone hold what their folders hold."""

import ast
import re
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ALONE = pytest.mark.parametrize(
    "folder",
    [
        "shared",
        "services/intake",
        "services/assignment",
        "services/deadlines",
        "services/reporting",
    ],
)
#: Packages whose modules are not called as they are.
OF_MODULE = {"bson": "pymongo", "docx": "python-docx", "jwt": "pyjwt"}
#: What the kernel needs and never imports: the zone of Việt Nam, and what `nameko run` imports.
UNSEEN = {"shared": {"tzdata", "setuptools"}}
OURS = {"shared", "services"}


def project(folder: str) -> dict:
    return tomllib.loads((ROOT / folder / "pyproject.toml").read_text("utf-8"))


def sources(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def packages(folder: str) -> dict[str, Path]:
    """By name, the folders with modules."""
    folders = {path.parent for path in sources(folder)}
    return {".".join(path.relative_to(ROOT).parts): path for path in folders}


def imported(source: Path) -> set[str]:
    """The first names of what a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return {name.split(".")[0] for name in names}


@ALONE
def test_every_folder_with_modules_is_a_package(folder: str) -> None:
    told = project(folder)["tool"]["setuptools"]
    assert sorted(told["packages"]) == sorted(packages(folder))
    assert told["package-dir"] == {folder.replace("/", "."): "."}
    for path in packages(folder).values():
        assert (path / "__init__.py").exists()


@ALONE
def test_every_data_file_is_packed_and_every_pattern_finds_one(folder: str) -> None:
    told = project(folder)["tool"]["setuptools"].get("package-data", {})
    places = packages(folder)
    patterns = [
        str(places[package].relative_to(ROOT) / pattern)
        for package, each in told.items()
        for pattern in each
    ]
    files = [
        str(path.relative_to(ROOT))
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
        and path.suffix not in (".py", ".pyc")
        and path.name not in ("README.md", "pyproject.toml")
    ]
    assert [file for file in files if not any(fnmatch(file, each) for each in patterns)] == []
    assert [each for each in patterns if not any(fnmatch(file, each) for file in files)] == []


@ALONE
def test_what_is_imported_is_what_is_demanded_in_the_versions_of_the_whole(folder: str) -> None:
    demanded = project(folder)["project"]["dependencies"]
    modules = set().union(*map(imported, sources(folder))) - set(sys.stdlib_module_names) - OURS
    needed = {OF_MODULE.get(name, name.replace("_", "-")) for name in modules}
    kernel = {"donthu-shared"} - {"donthu-" + folder}
    names = {re.split(r"[^a-z0-9-]", each)[0] for each in demanded}
    assert names == needed | UNSEEN.get(folder, set()) | kernel
    assert set(demanded) - kernel - set(project(".")["project"]["dependencies"]) == set()
