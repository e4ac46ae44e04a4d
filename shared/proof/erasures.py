"""Whether the keys that were destroyed are those that the ledger says are erased; pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from shared.ledger import Commit

#: In the stream of a petition (for its whole file), of a session of reception or a mediation, or
#: in one beside a task's; its data names the `part` and, of a session, the `turn`.
PERSON_ERASED = "PersonErased"
_AT_ONCE = 1000  # ciphertexts asked about


@dataclass(frozen=True, kw_only=True, slots=True)
class Faults:
    """Parts, as `<file>/<part>` (of a turn of reception `<session>.<turn>/<part>`).

    An event says of what was recorded before it that it is erased, and of nothing else.
    """

    unrecorded: list[str]  # that nobody can open any more though no event says so
    undone: list[str]  # that can be opened though an event says that they are erased


def faults(
    commits: Iterable[Commit], have_keys: Callable[[Sequence[bytes]], Sequence[bool]]
) -> Faults:
    """Where keys and ledger do not agree on what is erased.

    `have_keys` tells of each ciphertext whether its key still lives.
    """
    erased: dict[str, int] = {}  # position of the last event that says so
    lost: dict[str, int] = {}  # position of the last ciphertext that nobody opens
    living: dict[str, int] = {}  # position of the first one that can be opened
    waiting: list[tuple[str, int, bytes]] = []

    def ask() -> None:
        answers = have_keys([box for *_, box in waiting])
        for (name, position, _), lives in zip(waiting, answers, strict=True):
            if lives:
                living.setdefault(name, position)
            else:
                lost[name] = position
        waiting.clear()

    for commit in commits:
        file = commit.proposal.stream.partition("-")[2]
        for event in commit.proposal.events:
            whose = _whose(file, event.data)
            if event.type == PERSON_ERASED:
                erased[f"{whose}/{event.data['part']}"] = commit.position
            for part, box in event.sealed.items():
                waiting.append((f"{whose}/{part}", commit.position, box))
        if len(waiting) >= _AT_ONCE:
            ask()
    ask()
    return Faults(
        unrecorded=sorted(name for name, last in lost.items() if last > erased.get(name, 0)),
        undone=sorted(name for name, last in erased.items() if living.get(name, last) < last),
    )


def _whose(file: str, data: dict[str, Any]) -> str:
    turn = data.get("turn")
    return file if turn is None else f"{file}.{turn}"
