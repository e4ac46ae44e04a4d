"""What a table folded from events is: key, fold, indexes; pure. `projecting` keeps it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shared.ledger import Recorded

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Projection:
    """What is folded, by functions without effects, but that `fold` may change the row it is given.

    Rows have what `fold` adds, and `_id`, `authority` and `position` (of the last event in it).
    """

    table: str
    version: int  # raise it when the fold changes; a service that starts then rebuilds
    key: Callable[[Recorded], str | None]  # the row an event belongs to; None: of no interest here
    fold: Callable[[Row, Recorded], Row]  # the row after it; a new one starts as {}
    indexes: tuple[tuple[tuple[str, int], ...], ...] = ()
    categories: frozenset[str] | None = None  # of streams that can have a key at all; None: any
