"""Opening balances: what a ward's last reports of before leave to carry over; pure.

Stream `balance-<authority>`. All balances of one request are recorded together or none is. The same
ones again change nothing; another amount or source for the same day and column says why.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from services.reporting.forms.declaration import CARRYING
from services.reporting.forms.windows import Window
from services.reporting.refusals import refuse
from shared.contracts.reports import BalanceReason, OpeningBalanceRecorded
from shared.personal import Personal

Place = tuple[date, str, int]  # day, form, column
Balances = Mapping[Place, OpeningBalanceRecorded]


@dataclass(frozen=True, kw_only=True, slots=True)
class OpeningBalance:
    """One column of the old report, as it is to be carried over (số dư đầu kỳ)."""

    window: Window  # of the old report
    form: str
    column: int
    amount: int
    source_number: str
    source_dated: date
    reason: BalanceReason | None = None
    personal: Personal = field(default_factory=Personal.nothing)  # text: explanation

    @property
    def place(self) -> Place:
        return self.window.last, self.form, self.column


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordOpeningBalances:
    """Take over what the old reports leave (ghi nhận số dư đầu kỳ)."""

    recorded_on: date
    balances: tuple[OpeningBalance, ...]


def record_opening_balances(
    command: RecordOpeningBalances, known: Balances
) -> list[OpeningBalanceRecorded]:
    """Raises: Refused: balance_not_carried, balance_twice, balance_differs, window_not_over,
    reason_without_balance.
    """
    places = [balance.place for balance in command.balances]
    if len(set(places)) < len(places):
        refuse("balance_twice")
    return [
        event
        for balance in command.balances
        if (event := _recorded(balance, known.get(balance.place), command.recorded_on))
    ]


def _recorded(
    balance: OpeningBalance, before: OpeningBalanceRecorded | None, today: date
) -> OpeningBalanceRecorded | None:
    if (balance.form, balance.column) not in CARRYING:
        refuse("balance_not_carried")
    if balance.window.last >= today:
        refuse("window_not_over")
    if before is None and balance.reason is not None:
        refuse("reason_without_balance")
    if before is not None and says_the_same(balance, before):
        return None
    if before is not None and balance.reason is None:
        refuse("balance_differs")
    return OpeningBalanceRecorded(
        as_of=balance.window.last,
        period=balance.window.name,
        form=balance.form,
        column=balance.column,
        amount=balance.amount,
        source_number=balance.source_number,
        source_dated=balance.source_dated,
        was=before.amount if before else None,
        reason=balance.reason,
        personal=balance.personal,
    )


def says_the_same(balance: OpeningBalance, before: OpeningBalanceRecorded) -> bool:
    return (balance.amount, balance.source_number, balance.source_dated) == (
        before.amount,
        before.source_number,
        before.source_dated,
    )


def evolve(known: Balances, event: OpeningBalanceRecorded) -> Balances:
    return {**known, (event.as_of, event.form, event.column): event}
