"""Whether a person's key was destroyed without a word of it in the ledger; pure."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from shared.ledger import Commit

#: In the stream of a petition (for its whole file), of a session of reception or a mediation; its
#: data names the `part` and, of a session, the `turn`.
PERSON_ERASED = "PersonErased"
_AT_ONCE = 1000  # ciphertexts asked about


def unrecorded(
    commits: Iterable[Commit], have_keys: Callable[[Sequence[bytes]], Sequence[bool]]
) -> list[str]:
    """Parts, as `<file>/<part>` (of a turn of reception `<session>.<turn>/<part>`), that nobody can
    open any more though no event says so.

    `have_keys` tells of each ciphertext whether its key still lives.
    """
    recorded: set[str] = set()
    lost: set[str] = set()
    waiting: list[tuple[str, bytes]] = []

    def ask() -> None:
        living = have_keys([box for _, box in waiting])
        lost.update(name for (name, _), lives in zip(waiting, living, strict=True) if not lives)
        waiting.clear()

    for commit in commits:
        file = commit.proposal.stream.partition("-")[2]
        for event in commit.proposal.events:
            whose = _whose(file, event.data)
            if event.type == PERSON_ERASED:
                recorded.add(f"{whose}/{event.data['part']}")
            waiting += [(f"{whose}/{part}", box) for part, box in event.sealed.items()]
        if len(waiting) >= _AT_ONCE:
            ask()
    ask()
    return sorted(lost - recorded)


def _whose(file: str, data: dict[str, Any]) -> str:
    turn = data.get("turn")
    return file if turn is None else f"{file}.{turn}"
