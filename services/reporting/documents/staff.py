"""What units and officers are called where people read of them; events hold their codes. Pure.

The directory is that of today: a code is never given to another post, so a letter about an old step
names who has the post now, which whoever signs it sees.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from shared.directory import Directory

UNKNOWN = "chưa có trong danh bạ"


def unit_called(code: str, directory: Directory | None) -> tuple[str, bool]:
    """The unit's name, and whether it is known."""
    unit = directory.unit(code) if directory else None
    return (unit.name, True) if unit else (f"[{code} ({UNKNOWN})]", False)


def officer_called(code: str, directory: Directory | None) -> tuple[str, bool]:
    """Name and post (họ tên, chức danh), and whether both are known."""
    officer = directory.officer(code) if directory else None
    if officer is None:
        return f"[{code} ({UNKNOWN})]", False
    if not officer.person:
        return f"[họ tên – mã {code}], {officer.title}", False
    return f"{officer.person}, {officer.title}", True


def _either_called(code: str, directory: Directory | None) -> tuple[str, bool]:
    """To whom a miss was brought: an officer, a unit, or a role, which has a word of its own."""
    if directory and directory.has(code):
        return officer_called(code, directory)
    is_unit = directory is not None and directory.unit(code) is not None
    return unit_called(code, directory) if is_unit else (code, False)


#: How a field is written, of one code.
TELL: Final[Mapping[str, Callable[[str, Directory | None], tuple[str, bool]]]] = {
    "unit": unit_called,
    "officer": officer_called,
    "either": _either_called,
}

#: Fields of events and of cards that hold codes, and how each is written.
HELD: Final[Mapping[str, str]] = {
    "unit": "unit",
    "officer": "officer",
    "check_unit": "unit",
    "enforcement_unit": "unit",
    "verified_by": "officer",
    "respondent_officers": "officer",
    "conflicted": "officer",
    "to": "either",
}


def named(shown: str, found: Any, directory: Directory | None) -> tuple[str, bool]:
    """One code or several written out, and whether all are known."""
    told = [
        TELL[shown](code, directory) for code in (found if isinstance(found, list) else [found])
    ]
    return "; ".join(text for text, _ in told), all(is_known for _, is_known in told)


def written(told: Mapping[str, Any], directory: Directory | None) -> dict[str, Any]:
    """The fields that hold codes with what these are called in their place; nobody stays nobody."""
    return {
        name: [TELL[shown](code, directory)[0] for code in told[name]]
        if isinstance(told[name], list)
        else told[name] and TELL[shown](told[name], directory)[0]
        for name, shown in HELD.items()
        if name in told
    }
