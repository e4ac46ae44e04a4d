"""What a case must know of its petition: who stands behind it, withdrawals, decisions elsewhere.

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
    OutsideDecisionReceived,
    PetitionReceived,
    PetitionWithdrawn,
    Role,
)

#: What a court's notice of acceptance is called in `OutsideDecisionReceived`; it decides nothing.
_COURT_ACCEPTED = "toa_an_thu_ly"
_CANCELLED = "huy_bo"


@dataclass(frozen=True, kw_only=True, slots=True)
class Petition:
    """The petition of a case, as far as the case depends on it."""

    petitioners: frozenset[str] = frozenset()  # refs
    withdrawals: tuple[PetitionWithdrawn, ...] = ()
    outside: tuple[OutsideDecisionReceived, ...] = ()
    is_forwarded: bool = False  # another authority handed it over
    is_inherited: bool = False  # heirs go on with it (NĐ 124 Đ.5.4)

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
        """When another authority decided on the second complaint lodged on `day`."""
        decision = self._outside_after(day)
        return decision.decided_on if decision else None

    def cancelled_outside_after(self, day: date) -> date | None:
        """When it cancelled the first decision, if that is what it decided."""
        decision = self._outside_after(day)
        return decision.decided_on if decision and decision.outcome == _CANCELLED else None

    def _outside_after(self, day: date) -> OutsideDecisionReceived | None:
        known = (
            event
            for event in self.outside
            if event.decided_on >= day and event.outcome != _COURT_ACCEPTED
        )
        return max(known, key=lambda event: event.decided_on, default=None)


def petition_of(events: Iterable[Any]) -> Petition:
    """The petition with these events, in the order of its stream."""
    petitioners: frozenset[str] = frozenset()
    withdrawals: list[PetitionWithdrawn] = []
    outside: list[OutsideDecisionReceived] = []
    is_forwarded = is_inherited = False
    for event in events:
        match event:
            case PetitionReceived():
                petitioners = frozenset(
                    party.ref for party in event.parties if party.role is not Role.RESPONDENT
                )
                is_forwarded = event.transferred_by is not None
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
    )
