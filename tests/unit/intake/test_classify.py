"""Judging kind, field, competence and conditions."""

from dataclasses import replace
from datetime import date

import pytest

from services.intake.domain import ClassifyPetition, classify_petition
from shared.contracts.petitions import Field, Flag, Kind, PetitionAccepted, RespondentPost
from tests.unit.intake.given import FILE, FRIDAY, MONDAY, TUESDAY, complaint, petition, received

command = ClassifyPetition(
    file=FILE,
    classified_on=TUESDAY,
    kind=Kind.COMPLAINT,
    field=Field.LAND,
    is_competent=True,
    meets_conditions=True,
)
accepted = PetitionAccepted(
    accepted_on=FRIDAY, kind=Kind.COMPLAINT, field=Field.LAND, received_on=MONDAY
)


def test_a_petition_is_classified() -> None:
    petition.given(received).when(classify_petition, command).then(complaint)


def test_classifying_twice_alike_changes_nothing() -> None:
    petition.given(received, complaint).when(classify_petition, command).then_nothing()


def test_a_correction_of_something_else_gives_the_accused_nothing_back() -> None:
    named = replace(complaint, respondent_officers=("cb-1",))
    corrected = replace(command, kind=Kind.RECOMMENDATION)
    past = petition.given(received, named)
    past.when(classify_petition, corrected).then(replace(named, kind=Kind.RECOMMENDATION))
    past.when(classify_petition, command).then_nothing()
    cleared = replace(command, respondent_officers=())
    past.when(classify_petition, cleared).then(replace(named, respondent_officers=()))


def test_a_classification_is_corrected_as_long_as_nothing_was_done() -> None:
    corrected = replace(command, kind=Kind.RECOMMENDATION)
    petition.given(received, complaint).when(classify_petition, corrected).then(
        replace(complaint, kind=Kind.RECOMMENDATION)
    )


def test_a_classification_stands_once_the_petition_was_handled() -> None:
    corrected = replace(command, kind=Kind.RECOMMENDATION)
    petition.given(received, complaint, accepted).when(classify_petition, corrected).then_refused(
        "already_handled"
    )


def test_the_order_of_flags_means_nothing() -> None:
    flags = (Flag.TENSE, Flag.GROUP, Flag.TENSE)
    petition.given(received).when(classify_petition, replace(command, flags=flags)).then(
        replace(complaint, flags=(Flag.GROUP, Flag.TENSE))
    )


def test_nothing_is_classified_that_did_not_come_in() -> None:
    petition.given().when(classify_petition, command).then_refused("unknown_file")


def test_nothing_is_classified_before_it_came_in() -> None:
    early = replace(command, classified_on=date(2026, 10, 4))
    petition.given(received).when(classify_petition, early).then_refused("date_before_receipt")


def test_only_a_denunciation_can_need_a_longer_check() -> None:
    longer = replace(command, needs_longer_check=True)
    petition.given(received).when(classify_petition, longer).then_refused(
        "longer_check_only_denunciation"
    )
    petition.given(received).when(classify_petition, replace(longer, kind=Kind.DENUNCIATION)).then(
        replace(complaint, kind=Kind.DENUNCIATION, needs_longer_check=True)
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"is_verifiable": True}, "verifiable_only_denunciation", id="Đ.25 LTC"),
        pytest.param(
            {"kind": Kind.DENUNCIATION, "is_disciplinary": True},
            "disciplinary_only_complaint",
            id="denounced discipline",
        ),
        pytest.param(
            {"is_dismissal": True}, "disciplinary_only_complaint", id="dismissal is discipline"
        ),
        pytest.param(
            {"kind": Kind.FEEDBACK, "is_second": True},
            "second_only_complaint",
            id="second feedback",
        ),
        pytest.param({"is_second": True}, "second_level_is_province", id="second level"),
        pytest.param({"about_rules": True}, "rules_only_recommendation", id="rules complained of"),
    ],
)
def test_what_does_not_go_together(changes, code) -> None:
    petition.given(received).when(classify_petition, replace(command, **changes)).then_refused(code)


@pytest.mark.parametrize("kind", [Kind.RECOMMENDATION, Kind.FEEDBACK])
def test_what_is_told_of_administrative_rules_is_classified_as_that(kind) -> None:
    about = replace(command, kind=kind, about_rules=True)
    petition.given(received).when(classify_petition, about).then(
        replace(complaint, kind=kind, about_rules=True)
    )


def test_a_second_complaint_is_classified_as_not_ours() -> None:
    second = replace(command, is_second=True, is_competent=False)
    petition.given(received).when(classify_petition, second).then(
        replace(complaint, is_second=True, is_competent=False)
    )


@pytest.mark.parametrize(
    "respondent", [RespondentPost.CHAIR, RespondentPost.VICE_CHAIR, RespondentPost.COMMITTEE]
)
def test_who_denounces_the_chairs_is_heard_by_the_province(respondent) -> None:
    denounced = replace(command, kind=Kind.DENUNCIATION, respondent=respondent)
    petition.given(received).when(classify_petition, denounced).then_refused(
        "province_is_competent"
    )
    elsewhere = replace(denounced, is_competent=False)
    petition.given(received).when(classify_petition, elsewhere).then(
        replace(complaint, kind=Kind.DENUNCIATION, is_competent=False, respondent=respondent)
    )


def test_the_chair_settles_complaints_about_himself_first() -> None:
    own = replace(command, respondent=RespondentPost.CHAIR)
    petition.given(received).when(classify_petition, own).then(
        replace(complaint, respondent=RespondentPost.CHAIR)
    )
