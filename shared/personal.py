"""Personal data on its way from a caller to the vault: a value that nothing can print by mistake.

What a person told us about themselves travels through commands and events as a `Personal`: parts
(`p1` the first petitioner, `text` the petition's own words) with plain JSON values. To look inside,
code has to ask for a part by name. Printing, logging, formatting and copying show only which parts
there are; pickling and every serialiser known here refuse. Encrypting is in `vault`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, Final, NoReturn

#: Encrypted parts as an event keeps them: part -> ciphertext.
Sealed = Mapping[str, bytes]

#: A part's name. It stands in clear in events and logs, so it says nothing about the person.
PART_PATTERN: Final = "^[a-z][a-z0-9_]{0,31}$"

_MASK = "•••"


class NotPlain(ValueError):
    """A value that JSON cannot carry exactly; the message never repeats it."""


class Erased(Enum):
    """What stands in place of a part whose key was destroyed (dữ liệu cá nhân đã xóa)."""

    ERASED = "[đã xóa]"

    def __str__(self) -> str:
        return self.value


ERASED: Final = Erased.ERASED


class Personal:
    """Parts of personal data, immutable, equal by value, masked wherever it is shown.

    Reads like a mapping but is not registered as a `Mapping`: the BSON encoder takes any `Mapping`
    and would write it to the database in clear. `personal["p1"]` answers with a fresh plain value;
    `dict(personal)` takes everything out, on purpose.

    Raises:
        NotPlain: a part has a bad name, or its value is not plain JSON (text, whole and finite
            numbers, booleans, null, lists, objects with text as keys).
    """

    __slots__ = ("_parts",)

    _parts: dict[str, bytes]  # canonical JSON of each part: one form to compare, nothing to alias

    def __init__(self, parts: Mapping[str, Any] | None = None) -> None:
        kept: dict[str, bytes] = {}
        for name, value in (parts or {}).items():
            if not isinstance(name, str) or not re.fullmatch(PART_PATTERN, name):
                raise NotPlain(
                    "a part's name is lower-case ASCII letters, digits and _, at most 32"
                )
            kept[name] = canonical(value)
        object.__setattr__(self, "_parts", kept)

    @classmethod
    def nothing(cls) -> "Personal":
        """No personal data at all; false in a condition."""
        return cls()

    def __getitem__(self, part: str) -> Any:
        return json.loads(self._parts[part])

    def get(self, part: str, default: Any = None) -> Any:
        return self[part] if part in self._parts else default

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)

    def __contains__(self, part: object) -> bool:
        return part in self._parts

    def keys(self) -> list[str]:
        return list(self._parts)

    def values(self) -> list[Any]:
        return [self[part] for part in self._parts]

    def items(self) -> list[tuple[str, Any]]:
        return [(part, self[part]) for part in self._parts]

    def __eq__(self, other: object) -> bool:
        return self._parts == other._parts if isinstance(other, Personal) else NotImplemented

    def __hash__(self) -> int:
        return hash(frozenset(self._parts.items()))

    def __repr__(self) -> str:
        return f"Personal({', '.join(f'{part}={_MASK}' for part in self._parts)})"

    __str__ = __repr__

    def __format__(self, how: str) -> str:
        return repr(self)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("personal data is immutable")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("personal data is immutable")

    # Copies are the value itself, so that `dataclasses.asdict` of a command stays masked.
    def __copy__(self) -> "Personal":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "Personal":
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("personal data is not pickled: seal it first")

    def __getstate__(self) -> NoReturn:
        raise TypeError("personal data is not pickled: seal it first")


def canonical(value: object) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces: one value, one form. Takes `Personal` inside.

    Raises:
        NotPlain: the value is not plain JSON.
    """
    try:
        return json.dumps(
            _plain(value),
            allow_nan=False,
            ensure_ascii=False,
            separators=(",", ":"),
            sort_keys=True,
        ).encode()
    except (RecursionError, UnicodeEncodeError):
        pass  # refused below, outside this handler: a UnicodeEncodeError holds the whole text
    raise NotPlain("too deeply nested, or text with half a surrogate pair")


def _plain(value: object) -> object:
    match value:
        case None | bool() | str() | int():
            return value
        case float() if value - value == 0:  # neither infinite nor not-a-number
            return value
        case list() | tuple():
            return [_plain(item) for item in value]
        case Mapping() | Personal():
            if not all(isinstance(key, str) for key in value):
                raise NotPlain("the keys of an object are text")
            return {key: _plain(item) for key, item in value.items()}
        case float():
            raise NotPlain("a number is finite")
        case _:
            raise NotPlain(f"{type(value).__name__} is not plain JSON: store it as text")
