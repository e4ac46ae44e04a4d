"""Linking a petition to an earlier one, and taking the link away."""

from dataclasses import replace
from datetime import date

import pytest

from services.intake.domain import Petition
from services.intake.links import LinkPetition, UnlinkPetition, link_petition, unlink_petition
from services.intake.similarity import Reason
from shared.contracts.petitions import PetitionLinked, PetitionUnlinked, Relation
from tests.unit.intake.given import FILE, FRIDAY, TUESDAY, petition, received

EARLIER = "3d5k9q2mxw4t"
earlier = Petition(received=replace(received, received_on=date(2026, 9, 1)))

link = LinkPetition(
    file=FILE,
    linked_on=TUESDAY,
    to=EARLIER,
    relation=Relation.REPEAT,
    score=87,
    reasons=(Reason.SAME_PERSON, Reason.SAME_TEXT, Reason.SAME_PERSON),
    other=earlier,
)
linked = PetitionLinked(
    linked_on=TUESDAY,
    to=EARLIER,
    relation=Relation.REPEAT,
    score=87,
    reasons=("cung_nguoi", "noi_dung_trung"),
)
unlink = UnlinkPetition(file=FILE, unlinked_on=FRIDAY, to=EARLIER)
unlinked = PetitionUnlinked(unlinked_on=FRIDAY, to=EARLIER)


def test_a_petition_is_linked_to_an_earlier_one() -> None:
    petition.given(received).when(link_petition, link).then(linked)


def test_linking_twice_changes_nothing() -> None:
    petition.given(received, linked).when(link_petition, replace(link, score=1)).then_nothing()


def test_a_link_is_taken_away_and_may_be_made_anew() -> None:
    petition.given(received, linked).when(unlink_petition, unlink).then(unlinked)
    petition.given(received, linked, unlinked).when(
        link_petition, replace(link, relation=Relation.RELATED)
    ).then(replace(linked, relation=Relation.RELATED))


@pytest.mark.parametrize(
    ("past", "changes", "code"),
    [
        pytest.param((), {}, "unknown_file", id="never came in"),
        pytest.param((received,), {"to": FILE}, "linked_to_itself", id="itself"),
        pytest.param((received,), {"other": Petition()}, "unknown_file", id="no other"),
        pytest.param(
            (received,),
            {"other": Petition(received=replace(received, received_on=FRIDAY))},
            "other_came_later",
            id="the other came later",
        ),
        pytest.param(
            (received,),
            {"other": replace(earlier, links=(replace(linked, to=FILE),))},
            "other_came_later",
            id="in a circle",
        ),
        pytest.param(
            (received, linked), {"relation": Relation.RELATED}, "already_linked", id="otherwise"
        ),
        pytest.param(
            (replace(received, received_on=FRIDAY),), {}, "date_before_receipt", id="too early"
        ),
    ],
)
def test_what_stands_against_a_link(past, changes, code) -> None:
    petition.given(*past).when(link_petition, replace(link, **changes)).then_refused(code)


def test_what_stands_against_taking_it_away() -> None:
    petition.given().when(unlink_petition, unlink).then_refused("unknown_file")
    petition.given(received).when(unlink_petition, unlink).then_refused("not_linked")
    petition.given(received, linked).when(
        unlink_petition, replace(unlink, unlinked_on=date(2026, 10, 4))
    ).then_refused("date_before_receipt")
