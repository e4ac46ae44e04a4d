"""Withdrawing a petition, whole or in part, alone or one of several; original papers given back."""

from dataclasses import replace
from datetime import date

import pytest

from services.intake.withdrawals import (
    ReturnOriginals,
    WithdrawPetition,
    return_originals,
    withdraw_petition,
)
from shared.contracts.petitions import (
    Kind,
    OriginalsReturned,
    Party,
    PetitionAccepted,
    PetitionFiledAway,
    PetitionWithdrawn,
    Role,
    WithdrawalForm,
)
from shared.personal import Personal
from tests.unit.intake.given import (
    FILE,
    FRIDAY,
    MONDAY,
    TUESDAY,
    citizen,
    complaint,
    denunciation,
    feedback,
    petition,
    received,
)

NEXT_MONDAY = date(2026, 10, 12)
accepted = PetitionAccepted(
    accepted_on=FRIDAY, kind=complaint.kind, field=complaint.field, received_on=MONDAY
)
two = replace(received, parties=(citizen, replace(citizen, ref="p2")), people=2)
the_part = Personal({"text": {"withdrawn": "Nội dung về thửa đất số 9."}})

withdraw = WithdrawPetition(
    file=FILE,
    withdrawn_on=NEXT_MONDAY,
    is_whole=True,
    form=WithdrawalForm.LETTER,
    by=("p1",),
    personal=Personal.nothing(),
)
withdrawn = PetitionWithdrawn(
    withdrawn_on=NEXT_MONDAY,
    is_whole=True,
    form=WithdrawalForm.LETTER,
    by=("p1",),
    leaves_nothing=True,
)


@pytest.mark.parametrize(
    "past", [(received,), (received, complaint), (received, complaint, accepted)]
)
def test_a_petition_is_withdrawn_before_or_after_it_was_accepted(past) -> None:
    petition.given(*past).when(withdraw_petition, withdraw).then(withdrawn)


def test_a_part_is_withdrawn_and_the_rest_goes_on() -> None:
    part = replace(withdraw, is_whole=False, personal=the_part)
    petition.given(received, complaint, accepted).when(withdraw_petition, part).then(
        replace(withdrawn, is_whole=False, leaves_nothing=False, personal=the_part)
    )


def test_one_of_two_withdraws_and_the_other_goes_on() -> None:
    first = replace(withdrawn, leaves_nothing=False)
    petition.given(two, complaint, accepted).when(withdraw_petition, withdraw).then(first)
    petition.given(two, complaint, accepted, first).when(
        withdraw_petition, replace(withdraw, by=("p2",))
    ).then(replace(withdrawn, by=("p2",)))


def test_a_record_will_do_since_1_july_2026() -> None:
    petition.given(received, complaint, accepted).when(
        withdraw_petition, replace(withdraw, form=WithdrawalForm.RECORD, is_signed=False)
    ).then(replace(withdrawn, form=WithdrawalForm.RECORD))


@pytest.mark.parametrize("grave", [{"signs_of_violation": True}, {"under_pressure": True}])
def test_a_denunciation_may_be_settled_although_it_was_withdrawn(grave) -> None:
    past = (received, denunciation, replace(accepted, kind=Kind.DENUNCIATION))
    petition.given(*past).when(withdraw_petition, replace(withdraw, **grave)).then(
        replace(withdrawn, leaves_nothing=False, **grave)
    )


def test_a_complaint_withdrawn_under_threat_is_settled_since_1_july_2026() -> None:
    threatened = replace(withdraw, under_pressure=True)
    petition.given(received, complaint).when(withdraw_petition, threatened).then(
        replace(withdrawn, under_pressure=True, leaves_nothing=False)
    )
    june = date(2026, 6, 30)
    petition.given(replace(received, received_on=june)).when(
        withdraw_petition, replace(threatened, withdrawn_on=june)
    ).then(replace(withdrawn, withdrawn_on=june, under_pressure=True))


def test_who_withdrew_under_threat_can_still_withdraw_freely() -> None:
    before = replace(withdrawn, under_pressure=True, leaves_nothing=False)
    petition.given(received, complaint, before).when(withdraw_petition, withdraw).then(withdrawn)


def test_feedback_is_withdrawn_in_any_form() -> None:
    petition.given(received, feedback).when(
        withdraw_petition, replace(withdraw, is_signed=False)
    ).then(withdrawn)


filed = PetitionFiledAway(filed_on=FRIDAY, ground="gui_nhieu_noi")
JUNE = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("past", "changes", "code"),
    [
        pytest.param((), {}, "unknown_file", id="never came in"),
        pytest.param((received,), {"by": ("p7",)}, "unknown_party", id="not in the petition"),
        pytest.param((received,), {"by": ()}, "unknown_party", id="nobody"),
        pytest.param(
            (replace(received, parties=(citizen, Party(ref="r1", role=Role.RESPONDENT))),),
            {"by": ("r1",)},
            "unknown_party",
            id="the other side",
        ),
        pytest.param(
            (received,), {"withdrawn_on": date(2026, 10, 4)}, "date_before_receipt", id="too early"
        ),
        pytest.param(
            (received, complaint), {"is_signed": False}, "withdrawal_not_signed", id="unsigned"
        ),
        pytest.param(
            (replace(received, received_on=JUNE),),
            {"withdrawn_on": date(2026, 6, 30), "form": WithdrawalForm.RECORD},
            "record_not_yet_lawful",
            id="by record in June",
        ),
        pytest.param(
            (replace(received, received_on=JUNE, claimed_kind=Kind.COMPLAINT),),
            {"withdrawn_on": date(2026, 6, 30), "is_whole": False, "personal": the_part},
            "part_not_yet_lawful",
            id="a part in June",
        ),
        pytest.param((received, complaint), {"is_whole": False}, "part_not_named", id="some part"),
        pytest.param(
            (received, denunciation, accepted),
            {"concluded_on": NEXT_MONDAY},
            "already_concluded",
            id="after the conclusion",
        ),
        pytest.param((received, complaint, filed), {}, "nothing_to_withdraw", id="filed away"),
        pytest.param((received, complaint, withdrawn), {}, "nothing_to_withdraw", id="twice"),
        pytest.param(
            (two, complaint, replace(withdrawn, leaves_nothing=False)),
            {},
            "nothing_to_withdraw",
            id="the same one of two",
        ),
    ],
)
def test_what_stands_against_a_withdrawal(past, changes, code) -> None:
    petition.given(*past).when(withdraw_petition, replace(withdraw, **changes)).then_refused(code)


def test_a_complaint_is_withdrawn_although_it_was_decided() -> None:
    petition.given(received, complaint, accepted).when(
        withdraw_petition, replace(withdraw, concluded_on=FRIDAY)
    ).then(withdrawn)


# Original papers

with_papers = replace(received, originals=3)
give_back = ReturnOriginals(file=FILE, returned_on=FRIDAY, count=2)
given_back = OriginalsReturned(returned_on=FRIDAY, count=2)


def test_original_papers_are_given_back() -> None:
    petition.given(with_papers).when(return_originals, give_back).then(given_back)


def test_giving_back_twice_alike_changes_nothing() -> None:
    petition.given(with_papers, given_back).when(return_originals, give_back).then_nothing()


def test_no_more_papers_are_given_back_than_there_are() -> None:
    petition.given(with_papers, given_back).when(
        return_originals, replace(give_back, returned_on=NEXT_MONDAY)
    ).then_refused("originals_not_held")


def test_no_papers_are_given_back_before_they_came() -> None:
    petition.given(replace(with_papers, received_on=FRIDAY)).when(
        return_originals, replace(give_back, returned_on=TUESDAY)
    ).then_refused("date_before_receipt")
