"""When a person's data may be erased, and that a denunciation stays one for who may read it."""

from dataclasses import replace
from datetime import date, timedelta
from functools import reduce

from services.intake.domain import Petition, evolve
from services.intake.erasures import ErasePerson, erase_person
from shared.contracts.petitions import (
    AuthorisationRecorded,
    Capacity,
    ErasureGround,
    PersonErased,
    PetitionAccepted,
    PetitionerGuided,
    Proxy,
)
from tests.unit.intake.given import (
    FILE,
    FRIDAY,
    MONDAY,
    complaint,
    denunciation,
    petition,
    received,
)

guided = PetitionerGuided(guided_on=FRIDAY, competent_authority="Tòa án", to_split=False)
accepted = PetitionAccepted(
    accepted_on=FRIDAY, kind=complaint.kind, field=complaint.field, received_on=MONDAY
)
erased = PersonErased(
    erased_on=date(2036, 11, 24),
    part="p1",
    ground=ErasureGround.RETENTION,
    document="12/QĐ-UBND ngày 20/11/2036",
)
erase_it = ErasePerson(
    file=FILE,
    erased_on=erased.erased_on,
    part="p1",
    ground=erased.ground,
    document=erased.document,
)


def test_a_handled_petitions_sender_is_erased_and_again_changes_nothing() -> None:
    handled = petition.given(received, complaint, guided)
    handled.when(erase_person, erase_it).then(erased)
    petition.given(received, complaint, guided, erased).when(erase_person, erase_it).then_nothing()


def test_the_reasons_of_requests_for_the_sender_go_with_the_sender() -> None:
    asked = replace(erase_it, has_reasons=True)
    reason = replace(erased, part="reason")
    handled = petition.given(received, complaint, guided)
    handled.when(erase_person, asked).then(erased, reason)
    petition.given(received, complaint, guided, erased).when(erase_person, asked).then(reason)
    words = replace(asked, part="text")
    handled.when(erase_person, words).then(replace(erased, part="text"))


def test_the_words_are_a_part_of_their_own() -> None:
    words = replace(erase_it, part="text")
    expected = replace(erased, part="text")
    petition.given(received, complaint, guided, erased).when(erase_person, words).then(expected)


def test_who_no_longer_acts_for_somebody_is_erased_too() -> None:
    lawyer = Proxy(ref="a1", acts_for="p1", capacity=Capacity.LAWYER)
    named = replace(received, proxies=(lawyer,))
    another = AuthorisationRecorded(recorded_on=FRIDAY, proxies=(replace(lawyer, ref="a2"),))
    handled = petition.given(named, complaint, another, guided)
    for part in ("a1", "a2"):
        expected = replace(erased, part=part)
        handled.when(erase_person, replace(erase_it, part=part)).then(expected)
    handled.when(erase_person, replace(erase_it, part="a3")).then_refused("unknown_part")


def test_an_accepted_one_must_be_closed_first() -> None:
    open_case = petition.given(received, complaint, accepted)
    open_case.when(erase_person, erase_it).then_refused("file_still_open")
    closed = replace(erase_it, closed_on=FRIDAY)
    open_case.when(erase_person, closed).then(erased)
    petition.given(received).when(erase_person, erase_it).then_refused("file_still_open")


def test_only_what_is_there_is_erased_and_not_before_it_came() -> None:
    handled = petition.given(received, complaint, guided)
    handled.when(erase_person, replace(erase_it, part="p2")).then_refused("unknown_part")
    too_early = replace(erase_it, erased_on=MONDAY - timedelta(days=1))
    handled.when(erase_person, too_early).then_refused("date_before_receipt")
    petition.when(erase_person, erase_it).then_refused("unknown_file")


def test_what_was_ever_called_a_denunciation_stays_apart() -> None:
    history = (received, denunciation, replace(complaint, classified_on=FRIDAY))
    assert reduce(evolve, history, Petition()).was_denunciation
    assert not reduce(evolve, (received, complaint), Petition()).was_denunciation
