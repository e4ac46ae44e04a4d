"""Given what happened, when someone asks, then this follows: specifications in plain Python.

petition = Specification(initial=Petition(), evolve=evolve)
petition.given(received, classified).when(accept_petition, command).then(accepted)
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import pytest

from shared.errors import Refused


@dataclass(frozen=True)
class Specification:
    initial: Any
    evolve: Callable[[Any, Any], Any]
    past: tuple[Any, ...] = ()
    asked: tuple[Callable[..., Any], Any] | None = field(default=None, repr=False)

    def given(self, *past: Any) -> "Specification":
        return Specification(self.initial, self.evolve, past)

    def when(self, decide: Callable[..., Any], command: Any) -> "Specification":
        return Specification(self.initial, self.evolve, self.past, (decide, command))

    def then(self, *expected: Any) -> None:
        assert self._answer() == list(expected)

    def then_nothing(self) -> None:
        self.then()

    def then_refused(self, code: str) -> None:
        with pytest.raises(Refused) as refused:
            self._answer()
        assert refused.value.code == code

    def _answer(self) -> list[Any]:
        assert self.asked, "say when(...) before then(...)"
        decide, command = self.asked
        return list(decide(command, reduce(self.evolve, self.past, self.initial)))
