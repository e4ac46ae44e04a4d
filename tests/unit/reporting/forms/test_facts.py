"""What a petition counts as, in the cases that the circular leaves open; see `columns.csv`."""

from datetime import UTC, date, datetime
from functools import partial

import pytest

from services.reporting.forms.facts import Stage, Standing, known
from services.reporting.forms.reports import tables
from services.reporting.forms.windows import between
from shared.contracts.cases import TaskTopic
from shared.contracts.petitions import (
    CheckOrdered,
    Field,
    ForwardPurpose,
    Kind,
    PetitionFiledAway,
    PetitionForwarded,
    PetitionLinked,
    PetitionUnlinked,
    PetitionWithdrawn,
    Relation,
    WithdrawalForm,
)
from shared.contracts.receptions import Host
from tests.support import recording
from tests.support.counted_ward import (
    KN,
    TC,
    accepted,
    classified,
    day,
    heard,
    received,
    taken,
    task,
)

WARD = "09253"
JUNE, JULY = between(day("06-01"), day("06-30")), between(day("07-01"), day("07-31"))
OTHERS = {"is_competent": False}
UNFIT = {"meets_conditions": False}
recorded = partial(recording.recorded, WARD, at=datetime(2026, 11, 1, tzinfo=UTC))


def facts(*steps):
    return known(recorded(*steps), date(2026, 12, 31))


def column(events, window, number, form="02/XLD"):
    return [entry.subject for entry in tables(events, window)[form].cell(number)]


def forwarded(purpose):
    told = PetitionForwarded(forwarded_on=day("06-10"), competent_authority="X", purpose=purpose)
    return "petition-f", told


def filed(ground):
    return "petition-f", PetitionFiledAway(filed_on=day("06-10"), ground=ground)


CHECK = "petition-f", CheckOrdered(ordered_on=day("06-10"), unit="van-phong")


@pytest.mark.parametrize(
    ("judged", "outcome", "standing"),
    [
        ({}, None, Standing.COMPETENT),
        (OTHERS, None, Standing.UNHANDLED),
        (UNFIT, None, Standing.UNHANDLED),
        ({}, forwarded(ForwardPurpose.MEDIATION), Standing.COMPETENT),
        (OTHERS, forwarded(ForwardPurpose.MEDIATION), Standing.FORWARDED),
        (OTHERS, forwarded(ForwardPurpose.COMPETENCE), Standing.FORWARDED),
        ({}, forwarded(ForwardPurpose.CRIME), Standing.FORWARDED),
        (UNFIT, forwarded(ForwardPurpose.INSPECTION), Standing.INELIGIBLE),
        (UNFIT, CHECK, Standing.INELIGIBLE),
        ({}, filed("da_rut_don"), Standing.COMPETENT),
        (OTHERS, filed("da_rut_don"), Standing.INELIGIBLE),
        ({}, filed("gui_nhieu_noi"), Standing.INELIGIBLE),
        (UNFIT, filed("nac_danh_khong_ro"), Standing.INELIGIBLE),
    ],
)
def test_what_a_petition_counts_as(judged, outcome, standing) -> None:
    steps = [*taken("f", "06-01", "06-05", Kind.FEEDBACK, Field.LAND, **judged)]
    assert facts(*steps, *([outcome] if outcome else [])).files["f"].standing is standing


def test_a_petition_is_handled_once_whatever_becomes_of_it_later() -> None:
    """Ours in June; in July it shows signs of a crime and goes to the police."""
    police = PetitionForwarded(
        forwarded_on=day("07-10"), competent_authority="X", purpose=ForwardPurpose.CRIME
    )
    events = recorded(*taken("f", "06-01", "06-05", KN, Field.LAND), ("petition-f", police))
    assert column(events, JUNE, 2) == column(events, JUNE, 4) == ["f"]
    assert column(events, JULY, 1) == column(events, JULY, 25) == []
    assert column(events, between(day("06-01"), day("07-31")), 25) == ["f"]


def test_a_corrected_classification_leaves_the_day_and_changes_kind_and_field() -> None:
    events = recorded(
        *taken("f", "06-01", "06-05", KN, Field.LAND),
        classified("f", "07-03", TC, Field.CORRUPTION),
    )
    assert column(events, JULY, 2) == []
    assert column(events, between(day("06-01"), day("07-31")), 16) == ["f"]


def test_what_turns_out_not_to_be_ours_is_in_hand_again() -> None:
    events = recorded(
        *taken("f", "06-01", "06-05", KN, Field.LAND),
        classified("f", "07-03", KN, Field.LAND, is_competent=False),
    )
    assert column(events, JUNE, 2) == ["f"]
    assert column(events, JULY, 1) == ["f"]
    assert column(events, JULY, 2) == []


def linked(file, to, relation):
    return f"petition-{file}", PetitionLinked(
        linked_on=day("06-06"), to=to, relation=relation, score=90
    )


@pytest.mark.parametrize(
    ("relation", "cases"), [(Relation.DUPLICATE, 1), (Relation.REPEAT, 1), (Relation.RELATED, 2)]
)
def test_duplicates_and_repeats_are_one_case_and_related_people_have_each_their_own(
    relation, cases
) -> None:
    events = recorded(
        *taken("f1", "06-01", "06-05", KN, Field.LAND),
        *taken("f2", "06-02", "06-05", KN, Field.LAND),
        linked("f2", "f1", relation),
    )
    assert len(column(events, JUNE, 5)) == cases


def test_a_link_that_was_a_mistake_counts_no_more_and_chains_are_one_case() -> None:
    three = [
        step
        for number in (1, 2, 3)
        for step in taken(f"f{number}", f"06-0{number}", "06-05", KN, Field.LAND)
    ]
    chain = [linked("f2", "f1", Relation.REPEAT), linked("f3", "f2", Relation.REPEAT)]
    assert facts(*three, *chain).cases == {"f1": "f1", "f2": "f1", "f3": "f1"}
    undone = "petition-f2", PetitionUnlinked(unlinked_on=day("06-07"), to="f1")
    assert facts(*three, *chain, undone).cases == {"f1": "f1", "f2": "f2", "f3": "f2"}


def test_one_case_of_a_complaint_and_a_denunciation_counts_in_both_forms() -> None:
    events = recorded(
        *taken("f1", "06-01", "06-05", KN, Field.LAND),
        *taken("f2", "06-02", "06-05", TC, Field.LAND),
        linked("f2", "f1", Relation.REPEAT),
    )
    assert len(column(events, JUNE, 5)) == 2
    assert column(events, JUNE, 2, "03/GQKN") == ["f1"]
    assert column(events, JUNE, 2, "04/GQTC") == ["f2"]


def test_of_one_case_the_petition_counts_that_has_come_farthest() -> None:
    events = recorded(
        *taken("f1", "06-01", "06-05", KN, Field.LAND),
        *taken("f2", "06-02", "06-05", KN, Field.LAND),
        linked("f2", "f1", Relation.DUPLICATE),
        accepted("f2", "06-09", KN),
    )
    assert column(events, JUNE, 4, "03/GQKN") == ["f2"]
    assert column(events, JUNE, 3, "03/GQKN") == []


def test_a_withdrawal_in_part_changes_no_stage() -> None:
    part = PetitionWithdrawn(
        withdrawn_on=day("06-20"), is_whole=False, form=WithdrawalForm.LETTER, by=("p1",)
    )
    steps = [*taken("f", "06-01", "06-05", KN, Field.LAND), accepted("f", "06-09", KN)]
    stage, _ = facts(*steps, ("petition-f", part)).files["f"].stage
    assert stage is Stage.ACCEPTED


def test_a_case_that_the_chair_hears_too_is_entered_once_under_the_chair() -> None:
    """Also where the two petitions are duplicates of each other."""
    events = recorded(
        received("f1", "06-01"),
        received("f2", "06-02"),
        linked("f2", "f1", Relation.DUPLICATE),
        heard("s1", "06-03", Host.OFFICER, 1, file="f1"),
        heard("s2", "06-10", Host.CHAIR, 1, file="f2"),
    )
    assert column(events, JUNE, 7, "01/TCD") == []
    assert column(events, JUNE, 13, "01/TCD") == ["f1"]
    assert len(column(events, JUNE, 1, "01/TCD")) == 2


def test_four_people_are_no_group_and_five_are() -> None:
    events = recorded(
        heard("s1", "06-03", Host.OFFICER, 1, 4), heard("s1", "06-03", Host.OFFICER, 2, 5)
    )
    assert column(events, JUNE, 4, "01/TCD") == ["s1/2"]


def test_both_days_of_a_window_belong_to_it() -> None:
    events = recorded(received("f1", "06-01"), received("f2", "06-30"), received("f3", "07-01"))
    assert column(events, JUNE, 1) == ["f1", "f2"]


def test_what_is_handled_on_the_first_day_was_still_in_hand_when_it_began() -> None:
    events = recorded(*taken("f", "06-20", "07-01", KN, Field.LAND))
    assert column(events, JULY, 1) == column(events, JULY, 2) == ["f"]
    assert column(events, JUNE, 2) == []


def test_an_inspection_concluded_on_the_first_day_belongs_to_both_of_its_columns() -> None:
    events = recorded(*task("i1", TaskTopic.RESPONSIBILITY, "06-01", "07-01", units=1))
    assert column(events, JULY, 6, "06/QLKNTC") == column(events, JULY, 8, "06/QLKNTC") == ["i1"]


def test_a_case_heard_by_chair_and_delegate_is_the_chairs() -> None:
    events = recorded(
        heard("s1", "06-03", Host.DELEGATE, 1, file="f1"),
        heard("s2", "06-10", Host.CHAIR, 1, file="f1"),
        heard("s3", "06-11", Host.OFFICER, 1, file="f1"),
    )
    assert column(events, JUNE, 13, "01/TCD") == ["f1"]
    assert column(events, JUNE, 19, "01/TCD") == column(events, JUNE, 7, "01/TCD") == []
