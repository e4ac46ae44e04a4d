"""What a case must know of its petition: who is behind it, withdrawals, flags, what others decided.

Pure. The events belong to intake; they are read from the petition's stream in the ledger at the
moment of a decision and not copied into the case by a listener. So the chair who has the letter of
withdrawal in hand need not wait for a message, there is one record of it and not two, and since no
event takes a withdrawal back, reading a moment too early costs a refusal and a second try.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.contracts.petitions import (
    ComplainantSucceeded,
    Flag,
    OutsideDecisionReceived,
    OutsideOutcome,
    PetitionClassified,
    PetitionReceived,
    PetitionWithdrawn,
    Role,
    second_decisions,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Petition:
    """The petition of a case, as far as the case depends on it."""

    petitioners: frozenset[str] = frozenset()  # refs
    withdrawals: tuple[PetitionWithdrawn, ...] = ()
    outside: tuple[OutsideDecisionReceived, ...] = ()
    is_forwarded: bool = False  # another authority handed it over
    is_inherited: bool = False  # heirs go on with it (NĐ 124 Đ.5.4)
    flags: frozenset[Flag] = frozenset()  # as classified

    @property
    def withdrawn_whole_on(self) -> date | None:
        """When the last of all petitioners had withdrawn everything; None as long as one has not.

        One of several who withdraws does not stop the others (NĐ 124 Đ.7a; Luật Tố cáo Đ.33.2).
        """
        withdrawn: set[str] = set()
        for withdrawal in sorted(self.withdrawals, key=lambda event: event.withdrawn_on):
            if withdrawal.is_whole:
                withdrawn.update(withdrawal.by)
            if self.petitioners and self.petitioners <= withdrawn:
                return withdrawal.withdrawn_on
        return None

    @property
    def is_withdrawn_under_pressure(self) -> bool:
        return any(withdrawal.under_pressure for withdrawal in self.withdrawals)

    @property
    def shows_violation(self) -> bool:
        """Whether a withdrawn denunciation shows signs of a violation all the same."""
        return any(withdrawal.signs_of_violation for withdrawal in self.withdrawals)

    def decided_outside_after(self, day: date) -> date | None:
        """When the decision fell that stands on the second complaint lodged on `day`."""
        decided_on, _ = self._outside_after(day)
        return decided_on

    def cancelled_outside_after(self, day: date) -> date | None:
        """The same day, if that decision cancelled the first one."""
        decided_on, outcome = self._outside_after(day)
        return decided_on if outcome == OutsideOutcome.CANCELLED else None

    def _outside_after(self, day: date) -> tuple[date, str] | tuple[None, None]:
        told = ((event.decided_on, event.outcome) for event in self.outside)
        decisions = second_decisions(told, day)
        return decisions[-1] if decisions else (None, None)


def petition_of(events: Iterable[Any]) -> Petition:
    """The petition with these events, in the order of its stream."""
    petitioners: frozenset[str] = frozenset()
    withdrawals: list[PetitionWithdrawn] = []
    outside: list[OutsideDecisionReceived] = []
    is_forwarded = is_inherited = False
    flags: frozenset[Flag] = frozenset()
    for event in events:
        match event:
            case PetitionReceived():
                petitioners = frozenset(
                    party.ref for party in event.parties if party.role is not Role.RESPONDENT
                )
                is_forwarded = event.transferred_by is not None
            case PetitionClassified():
                flags = frozenset(event.flags)
            case ComplainantSucceeded():
                is_inherited = True
            case PetitionWithdrawn():
                withdrawals.append(event)
            case OutsideDecisionReceived():
                outside.append(event)
    return Petition(
        petitioners=petitioners,
        withdrawals=tuple(withdrawals),
        outside=tuple(outside),
        is_forwarded=is_forwarded,
        is_inherited=is_inherited,
        flags=flags,
    )
