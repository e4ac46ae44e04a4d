"""The tables that reporting folds from the ledger: keys, folds and indexes.

`cases` is the card of every file (`cards`), `receptions` every session of citizen reception and
`tasks` every directive task (`registers`).
"""

from services.reporting import cards, registers
from shared.contracts import CATEGORIES
from shared.ledger import Recorded
from shared.projection import Projection

#: Stream categories that make up one session of citizen reception.
RECEPTION_CATEGORIES = ("reception", "reception_clock")
#: Those that make up one directive task.
TASK_CATEGORIES = ("task", "task_clock")

# Raise the `version` of a table whenever its fold changes: the service then rebuilds it itself.


def _of_file(event: Recorded) -> str | None:
    category, _, file = event.stream.partition("-")
    return file if category in CATEGORIES else None


def _of_reception(event: Recorded) -> str | None:
    return event.file if event.category in RECEPTION_CATEGORIES else None


def _of_task(event: Recorded) -> str | None:
    return event.file if event.category in TASK_CATEGORIES else None


CASES = Projection(
    table="cases",
    version=6,
    categories=frozenset(CATEGORIES),
    key=_of_file,
    fold=cards.folded_into,
    indexes=(
        (("authority", 1), ("received_on", -1), ("file", 1)),
        (("authority", 1), ("is_open", 1), ("waiting_due_on", 1), ("file", 1)),
        (("authority", 1), ("is_open", 1), ("received_on", 1), ("file", 1)),
        (("authority", 1), ("officer", 1), ("received_on", -1), ("file", 1)),
    ),
)
RECEPTIONS = Projection(
    table="receptions",
    version=2,
    categories=frozenset(RECEPTION_CATEGORIES),
    key=_of_reception,
    fold=registers.fold_reception,
    indexes=((("authority", 1), ("held_on", -1), ("reception", 1)),),
)
TASKS = Projection(
    table="tasks",
    version=3,
    categories=frozenset(TASK_CATEGORIES),
    key=_of_task,
    fold=registers.fold_task,
    indexes=((("authority", 1), ("due_on", 1), ("task", 1)),),
)
