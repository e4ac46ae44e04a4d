"""Taking a petition up for settlement (thụ lý)."""

from dataclasses import replace
from datetime import date

import pytest

from services.intake.outcomes import AcceptPetition, accept_petition
from shared.contracts.petitions import (
    Party,
    PetitionAccepted,
    PetitionFiledAway,
    PetitionWithdrawn,
    Role,
    WithdrawalForm,
)
from tests.unit.intake.given import (
    FILE,
    FRIDAY,
    MONDAY,
    TUESDAY,
    anonymous,
    citizen,
    complaint,
    denunciation,
    elsewhere,
    feedback,
    group,
    lacking,
    petition,
    received,
    recommendation,
    unsigned,
    verifiable,
)

accept = AcceptPetition(file=FILE, accepted_on=FRIDAY)
accepted = PetitionAccepted(
    accepted_on=FRIDAY, kind=complaint.kind, field=complaint.field, received_on=MONDAY
)


@pytest.mark.parametrize("classified", [complaint, denunciation, recommendation, feedback])
def test_every_kind_is_accepted_when_it_is_fit_and_within_competence(classified) -> None:
    petition.given(received, classified).when(accept_petition, accept).then(
        replace(accepted, kind=classified.kind, field=classified.field)
    )


def test_acceptance_carries_what_the_clocks_need() -> None:
    remote = replace(group(12, 5), is_remote=True)
    petition.given(remote, complaint).when(accept_petition, accept).then(
        replace(accepted, people=12, is_remote=True)
    )


def test_a_petition_may_be_accepted_on_the_day_it_was_classified() -> None:
    petition.given(received, complaint).when(
        accept_petition, replace(accept, accepted_on=TUESDAY)
    ).then(replace(accepted, accepted_on=TUESDAY))


def test_accepting_twice_changes_nothing() -> None:
    petition.given(received, complaint, accepted).when(accept_petition, accept).then_nothing()


@pytest.mark.parametrize(
    ("past", "code"),
    [
        pytest.param((), "unknown_file", id="never came in"),
        pytest.param((received,), "not_classified", id="not classified"),
        pytest.param(
            (received, complaint, PetitionFiledAway(filed_on=FRIDAY, ground="gui_nhieu_noi")),
            "already_handled",
            id="filed away before",
        ),
        pytest.param((received, elsewhere(complaint)), "not_competent", id="belongs elsewhere"),
        pytest.param((received, lacking(complaint)), "conditions_not_met", id="lacks something"),
        pytest.param((unsigned, complaint), "not_signed", id="complaint without signature"),
        pytest.param((unsigned, denunciation), "not_signed", id="denunciation without signature"),
        pytest.param((anonymous, complaint), "anonymous_complaint", id="complaint by nobody"),
        pytest.param(
            (anonymous, denunciation), "anonymous_denunciation", id="denunciation by nobody"
        ),
        pytest.param(
            (replace(received, parties=(replace(citizen, is_identified=False),)), denunciation),
            "anonymous_denunciation",
            id="name without address",
        ),
        pytest.param(
            (replace(received, parties=(Party(ref="r1", role=Role.RESPONDENT),)), denunciation),
            "anonymous_denunciation",
            id="only the denounced is named",
        ),
        pytest.param(
            (replace(received, parties=(replace(citizen, is_organisation=True),)), denunciation),
            "denouncer_not_individual",
            id="denounced by an organisation",
        ),
        pytest.param((group(5, 0), complaint), "representatives_missing", id="five, none chosen"),
        pytest.param((group(10, 3), complaint), "too_many_representatives", id="ten, three"),
        pytest.param((group(11, 6), complaint), "too_many_representatives", id="eleven, six"),
        pytest.param((group(5, 0), denunciation), "representatives_missing", id="five denounce"),
    ],
)
def test_what_stands_against_acceptance(past, code) -> None:
    petition.given(*past).when(accept_petition, accept).then_refused(code)


@pytest.mark.parametrize(
    ("people", "representatives"), [(4, 0), (5, 1), (10, 2), (11, 1), (11, 5), (300, 5)]
)
def test_groups_are_accepted_with_as_many_representatives_as_the_law_allows(
    people, representatives
) -> None:
    petition.given(group(people, representatives), complaint).when(accept_petition, accept).then(
        replace(accepted, people=people)
    )


def test_worked_case_48_ten_complainants_do_not_send_three_representatives() -> None:
    petition.given(group(10, 3), complaint).when(accept_petition, accept).then_refused(
        "too_many_representatives"
    )


def test_worked_case_49_eleven_complainants_do_not_send_six_representatives() -> None:
    petition.given(group(11, 6), complaint).when(accept_petition, accept).then_refused(
        "too_many_representatives"
    )


def test_worked_case_50_anonymous_information_is_not_taken_up_as_a_denunciation() -> None:
    petition.given(anonymous, verifiable).when(accept_petition, accept).then_refused(
        "anonymous_denunciation"
    )


def test_a_group_must_enclose_the_appointment_since_1_july_2026() -> None:
    without = replace(complaint, has_appointment=False)
    petition.given(group(7, 2), without).when(accept_petition, accept).then_refused(
        "appointment_missing"
    )
    june = date(2026, 6, 2)
    old_group = replace(group(7, 2), received_on=june)
    petition.given(old_group, replace(without, classified_on=june)).when(
        accept_petition, replace(accept, accepted_on=date(2026, 6, 30))
    ).then(replace(accepted, accepted_on=date(2026, 6, 30), received_on=june, people=7))


def test_nobody_takes_up_what_everybody_withdrew() -> None:
    withdrawn = PetitionWithdrawn(
        withdrawn_on=TUESDAY,
        is_whole=True,
        form=WithdrawalForm.LETTER,
        by=("p1",),
        leaves_nothing=True,
    )
    petition.given(received, complaint, withdrawn).when(accept_petition, accept).then_refused(
        "withdrawn"
    )


def test_acceptance_tells_that_a_complaint_is_about_a_dismissal() -> None:
    dismissed = replace(complaint, is_disciplinary=True, is_dismissal=True)
    petition.given(received, dismissed).when(accept_petition, accept).then(
        replace(accepted, is_disciplinary=True, is_dismissal=True)
    )


@pytest.mark.parametrize("past", [anonymous, unsigned, group(40, 0)])
def test_feedback_is_accepted_from_whoever_gives_it(past) -> None:
    petition.given(past, feedback).when(accept_petition, accept).then(
        replace(accepted, kind=feedback.kind, field=feedback.field, people=past.people)
    )


def test_nothing_is_accepted_before_it_came_in() -> None:
    late = replace(received, received_on=FRIDAY)
    petition.given(late, complaint).when(
        accept_petition, replace(accept, accepted_on=TUESDAY)
    ).then_refused("date_before_receipt")


def test_nothing_is_accepted_before_it_was_classified() -> None:
    petition.given(received, complaint).when(
        accept_petition, replace(accept, accepted_on=MONDAY)
    ).then_refused("date_before_classification")
