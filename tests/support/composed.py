"""What compose.yaml tells each container, read as Docker would read it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parents[2] / "deploy" / "compose.yaml"
SECRETS = "/run/secrets/"
_VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


class NotSet(Exception):
    """A variable that must be set is not."""


def composed(given: Mapping[str, str]) -> dict[str, Any]:
    """The file with every variable in its place.

    Raises: NotSet: `given`, which stands for deploy/.env, lacks one.
    """

    def value(found: re.Match[str]) -> str:
        name, kind, default = found.groups()
        if name in given:
            return given[name]
        if kind != "-":
            raise NotSet(name)
        return str(default)

    told: dict[str, Any] = yaml.safe_load(_VARIABLE.sub(value, FILE.read_text("utf-8")))
    return told


def mounted(told: Any, folder: Path) -> Any:
    """The same with the files of secrets where they lie in this folder."""
    match told:
        case dict():
            return {name: mounted(each, folder) for name, each in told.items()}
        case list():
            return [mounted(each, folder) for each in told]
        case str():
            return told.replace(SECRETS, f"{folder}/")
        case _:
            return told
