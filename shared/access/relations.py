"""What a file is to whoever asks for it: folded from the file's own events; pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from shared.ledger import Recorded

#: Streams whose events tell what a file is.
CATEGORIES: Final = ("petition", "case")


@dataclass(frozen=True, kw_only=True, slots=True)
class Matter:
    """What a request is about: a file, or (`kind` empty) a ward's work as a whole."""

    authority: str
    kind: str = ""  # of the petition, such as to_cao; what was claimed until it is classified
    unit: str = ""
    officer: str = ""
    conflicted: frozenset[str] = frozenset()  # officers complained about, or kept away from it


def matter(authority: str, events: Iterable[Recorded]) -> Matter:
    """The matter that these events of one file's petition and case describe, in ledger order."""
    told = Matter(authority=authority)
    respondents, recused = frozenset[str](), frozenset[str]()
    for event in events:
        data = event.data
        match event.type:
            case "PetitionReceived":
                told = replace(told, kind=data.get("claimed_kind") or "unclassified")
            case "PetitionClassified":
                respondents = frozenset(data.get("respondent_officers") or ())
                told = replace(told, kind=data["kind"])
            case "CaseAssigned":
                told = replace(told, unit=data["unit"], officer=data["officer"])
            case "OfficerRecused":
                recused |= {data["officer"]}
    return replace(told, conflicted=respondents | recused)


def matters(authority: str, events: Iterable[Recorded]) -> dict[str, Matter]:
    """The matter of each file that these events of one ward tell of, by its number."""
    of_file: dict[str, list[Recorded]] = defaultdict(list)
    for event in events:
        category, _, file = event.stream.partition("-")
        if category in CATEGORIES:
            of_file[file].append(event)
    return {file: matter(authority, told) for file, told in of_file.items()}
