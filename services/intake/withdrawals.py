"""Withdrawing a petition (rút đơn) and giving original papers back; pure functions.

A withdrawal is possible before and after acceptance. What follows for an accepted case, the
decision to terminate settlement (đình chỉ), is not here but with assignment, which hears of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from services.intake.domain import Petition, is_left_with_nothing, received_of
from services.intake.law import LAW_2026
from services.intake.refusals import refuse
from shared.contracts.petitions import (
    Kind,
    OriginalsReturned,
    PetitionAccepted,
    PetitionEvent,
    PetitionReceived,
    PetitionWithdrawn,
    Role,
    WithdrawalForm,
)
from shared.personal import Personal


@dataclass(frozen=True, kw_only=True, slots=True)
class WithdrawPetition:
    """Take the petition back, whole or in part (rút đơn)."""

    file: str
    withdrawn_on: date
    is_whole: bool
    form: WithdrawalForm
    by: tuple[str, ...]  # parts of those who withdraw
    is_signed: bool = True
    signs_of_violation: bool = False  # denunciation: it is settled all the same (Đ.33.3 LTC)
    under_pressure: bool = False  # threat, coercion, bribery
    concluded_on: date | None = None  # when the case was decided, if it was
    personal: Personal  # text: what was withdrawn


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnOriginals:
    """Give original papers back (trả lại giấy tờ, tài liệu gốc)."""

    file: str
    returned_on: date
    count: int


def withdraw_petition(command: WithdrawPetition, petition: Petition) -> list[PetitionEvent]:
    """Who withdraws something leaves the others' petition as it is (NĐ 124 Đ.7a, LTC Đ.33.2).

    The form is free for recommendations and feedback, of which no law says anything.

    Raises: Refused: unknown_file, unknown_party, date_before_receipt, withdrawal_not_signed,
        record_not_yet_lawful, part_not_yet_lawful, part_not_named, already_concluded,
        nothing_to_withdraw.
    """
    received = received_of(petition)
    if not command.by or not set(command.by) <= _petitioners(received):
        refuse("unknown_party")
    if command.withdrawn_on < received.received_on:
        refuse("date_before_receipt")
    kind = petition.classified.kind if petition.classified else received.claimed_kind
    if kind not in (Kind.RECOMMENDATION, Kind.FEEDBACK):
        _check_form(command, kind)
    if kind is Kind.DENUNCIATION and _is_concluded(command):
        refuse("already_concluded")
    if not command.is_whole and not command.personal:
        refuse("part_not_named")
    has_ended = petition.outcome is not None and not isinstance(petition.outcome, PetitionAccepted)
    gone = set(command.by) <= _who_left(petition.withdrawals, kind)
    if has_ended or is_left_with_nothing(petition) or gone:
        refuse("nothing_to_withdraw")
    event = PetitionWithdrawn(
        withdrawn_on=command.withdrawn_on,
        is_whole=command.is_whole,
        form=command.form,
        by=tuple(sorted(set(command.by))),
        signs_of_violation=command.signs_of_violation,
        under_pressure=command.under_pressure,
        personal=command.personal,
    )
    left = _who_left((*petition.withdrawals, event), kind)
    return [replace(event, leaves_nothing=_petitioners(received) <= left)]


def return_originals(command: ReturnOriginals, petition: Petition) -> list[PetitionEvent]:
    """Two returns of as many papers on one day are taken for one that was told twice.

    Raises: Refused: unknown_file, date_before_receipt, originals_not_held.
    """
    received = received_of(petition)
    event = OriginalsReturned(returned_on=command.returned_on, count=command.count)
    if event in petition.returns:
        return []
    if command.returned_on < received.received_on:
        refuse("date_before_receipt")
    held = received.originals - sum(done.count for done in petition.returns)
    if command.count > held:
        refuse("originals_not_held")
    return [event]


def _petitioners(received: PetitionReceived) -> set[str]:
    return {party.ref for party in received.parties if party.role is not Role.RESPONDENT}


def _check_form(command: WithdrawPetition, kind: Kind | None) -> None:
    if command.form is WithdrawalForm.LETTER and not command.is_signed:
        refuse("withdrawal_not_signed")
    if command.withdrawn_on >= LAW_2026:
        return
    if command.form is WithdrawalForm.RECORD:
        refuse("record_not_yet_lawful")
    if kind is Kind.COMPLAINT and not command.is_whole:
        refuse("part_not_yet_lawful")


def _is_concluded(command: WithdrawPetition) -> bool:
    return command.concluded_on is not None and command.withdrawn_on >= command.concluded_on


def _who_left(withdrawals: Iterable[PetitionWithdrawn], kind: Kind | None) -> set[str]:
    """Who has withdrawn everything, and with effect."""
    return {
        ref
        for done in withdrawals
        if done.is_whole and not _is_settled_all_the_same(done, kind)
        for ref in done.by
    }


def _is_settled_all_the_same(done: PetitionWithdrawn, kind: Kind | None) -> bool:
    """Whether the law wants it settled although it was withdrawn."""
    if kind is Kind.DENUNCIATION:  # Luật Tố cáo Đ.33.3
        return done.signs_of_violation or done.under_pressure
    # Luật Khiếu nại Đ.10.3, in force since Luật 136/2025.
    return done.under_pressure and done.withdrawn_on >= LAW_2026
