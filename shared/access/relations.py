"""What a file or a task is to whoever asks for it: folded from its own events; pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from shared.ledger import Recorded

#: Streams whose events tell what a file is.
CATEGORIES: Final = ("petition", "case")
TASK: Final = "task"


@dataclass(frozen=True, kw_only=True, slots=True)
class Matter:
    """What a request is about: a file, a task, or (`kind` empty) a ward's work as a whole."""

    authority: str
    #: Of the petition, such as to_cao; what was claimed until it is classified; or `TASK`.
    kind: str = ""
    unit: str = ""
    officer: str = ""
    conflicted: frozenset[str] = frozenset()  # officers complained about, or kept away from it


def matter(authority: str, events: Iterable[Recorded]) -> Matter:
    """The matter that these events describe, of one file's petition and case or of one task, in
    ledger order.
    """
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
            case "TaskSet":
                officer = data.get("officer") or ""
                told = replace(told, kind=TASK, unit=data["unit"], officer=officer)
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
