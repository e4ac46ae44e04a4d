"""Refusing, guiding, forwarding, filing away, and decisions made elsewhere."""

from dataclasses import replace
from datetime import date

import pytest

from services.intake.domain import (
    Petition,
    RecordOutsideDecision,
    record_outside_decision,
)
from services.intake.outcomes import (
    FileAwayPetition,
    FilingGround,
    ForwardPetition,
    GuidePetitioner,
    OrderCheck,
    RecordCheckResult,
    RefusalGround,
    RefuseAcceptance,
    answered_on,
    file_away_petition,
    forward_petition,
    guide_petitioner,
    order_check,
    record_check_result,
    refuse_acceptance,
)
from shared.contracts.petitions import (
    AcceptanceRefused,
    CheckOrdered,
    CheckReported,
    CheckResult,
    Field,
    ForwardPurpose,
    Kind,
    OutsideDecisionReceived,
    OutsideOutcome,
    PetitionAccepted,
    PetitionerGuided,
    PetitionFiledAway,
    PetitionForwarded,
    PetitionLinked,
    PetitionWithdrawn,
    Relation,
    Source,
    WithdrawalForm,
)
from shared.personal import Personal
from tests.unit.intake.given import (
    FILE,
    FRIDAY,
    MONDAY,
    TUESDAY,
    anonymous,
    at_the_desk,
    complaint,
    denunciation,
    elsewhere,
    feedback,
    lacking,
    petition,
    received,
    recommendation,
    verifiable,
)

PROVINCE = "Ủy ban nhân dân tỉnh Bắc Ninh"
reasons = Personal({"text": {"reasons": "Quá 90 ngày kể từ ngày nhận quyết định."}})
advice = Personal({"text": {"guidance": "Đề nghị gửi đơn đến Chủ tịch UBND tỉnh."}})

refuse = RefuseAcceptance(
    file=FILE, refused_on=FRIDAY, ground=RefusalGround.EXPIRED, personal=reasons
)
guide = GuidePetitioner(file=FILE, guided_on=FRIDAY, competent_authority=PROVINCE, personal=advice)
forward = ForwardPetition(file=FILE, forwarded_on=FRIDAY, competent_authority=PROVINCE)
check = OrderCheck(file=FILE, ordered_on=FRIDAY, unit="van-phong")
file_away = FileAwayPetition(file=FILE, filed_on=FRIDAY, ground=FilingGround.SENT_WIDELY)

accepted = PetitionAccepted(
    accepted_on=FRIDAY, kind=complaint.kind, field=complaint.field, received_on=MONDAY
)
guided = PetitionerGuided(guided_on=FRIDAY, competent_authority=PROVINCE, personal=advice)
forwarded = PetitionForwarded(forwarded_on=FRIDAY, competent_authority=PROVINCE)
filed_away = PetitionFiledAway(filed_on=FRIDAY, ground="gui_nhieu_noi")

EVERY_OUTCOME = [
    pytest.param(refuse_acceptance, refuse, "refused_on", id="refuse"),
    pytest.param(guide_petitioner, guide, "guided_on", id="guide"),
    pytest.param(forward_petition, forward, "forwarded_on", id="forward"),
    pytest.param(order_check, check, "ordered_on", id="order a check"),
    pytest.param(file_away_petition, file_away, "filed_on", id="file away"),
]


@pytest.mark.parametrize(("decide", "command", "day"), EVERY_OUTCOME)
def test_no_outcome_without_a_petition(decide, command, day) -> None:
    petition.given().when(decide, command).then_refused("unknown_file")


@pytest.mark.parametrize(("decide", "command", "day"), EVERY_OUTCOME)
def test_no_outcome_without_a_classification(decide, command, day) -> None:
    petition.given(received).when(decide, command).then_refused("not_classified")


@pytest.mark.parametrize(("decide", "command", "day"), EVERY_OUTCOME)
def test_one_outcome_excludes_every_other(decide, command, day) -> None:
    petition.given(received, complaint, accepted).when(decide, command).then_refused(
        "already_handled"
    )


@pytest.mark.parametrize(("decide", "command", "day"), EVERY_OUTCOME)
def test_no_outcome_before_the_petition_came_in(decide, command, day) -> None:
    late = replace(received, received_on=FRIDAY)
    early = replace(command, **{day: TUESDAY})
    petition.given(late, complaint).when(decide, early).then_refused("date_before_receipt")


@pytest.mark.parametrize(("decide", "command", "day"), EVERY_OUTCOME)
def test_no_outcome_before_the_classification(decide, command, day) -> None:
    early = replace(command, **{day: MONDAY})
    petition.given(received, complaint).when(decide, early).then_refused(
        "date_before_classification"
    )


# Refusing


def test_acceptance_is_refused_on_a_ground_of_the_law() -> None:
    petition.given(received, complaint).when(refuse_acceptance, refuse).then(
        AcceptanceRefused(refused_on=FRIDAY, ground="kn_het_thoi_hieu", personal=reasons)
    )


def test_the_grounds_are_the_nine_for_complaints_and_four_for_denunciations() -> None:
    kinds = [ground.kind for ground in RefusalGround]
    assert kinds.count(Kind.COMPLAINT) == 9
    assert kinds.count(Kind.DENUNCIATION) == 4


@pytest.mark.parametrize("classified", [denunciation, recommendation, feedback])
def test_a_ground_for_complaints_refuses_nothing_else(classified) -> None:
    petition.given(received, classified).when(refuse_acceptance, refuse).then_refused(
        "ground_not_for_kind"
    )


def test_a_denunciation_is_refused_on_its_own_grounds_even_if_unfit() -> None:
    vague = replace(refuse, ground=RefusalGround.NO_BASIS)
    petition.given(received, lacking(denunciation)).when(refuse_acceptance, vague).then(
        AcceptanceRefused(refused_on=FRIDAY, ground="tc_khong_co_co_so", personal=reasons)
    )


def test_what_belongs_elsewhere_is_not_refused_but_sent_there() -> None:
    petition.given(received, elsewhere(complaint)).when(refuse_acceptance, refuse).then_refused(
        "not_competent"
    )


def test_reasons_are_sealed_so_a_second_refusal_is_never_taken_for_the_first() -> None:
    stored = AcceptanceRefused(refused_on=FRIDAY, ground="kn_het_thoi_hieu")
    petition.given(received, complaint, stored).when(refuse_acceptance, refuse).then_refused(
        "already_handled"
    )


# Guiding and forwarding


def test_who_complains_to_the_wrong_authority_is_guided() -> None:
    petition.given(received, elsewhere(complaint)).when(guide_petitioner, guide).then(guided)


def test_a_written_denunciation_is_forwarded_and_not_guided() -> None:
    wrong = elsewhere(denunciation)
    petition.given(received, wrong).when(guide_petitioner, guide).then_refused(
        "denunciation_is_forwarded"
    )
    petition.given(received, wrong).when(forward_petition, forward).then(forwarded)


def test_who_denounces_in_person_is_guided_there_and_then() -> None:
    petition.given(at_the_desk, elsewhere(denunciation)).when(guide_petitioner, guide).then(guided)


@pytest.mark.parametrize("classified", [recommendation, feedback])
def test_recommendations_and_feedback_are_forwarded(classified) -> None:
    wrong = elsewhere(classified)
    petition.given(received, wrong).when(guide_petitioner, guide).then_refused(
        "recommendation_is_forwarded"
    )
    petition.given(anonymous, wrong).when(forward_petition, forward).then(forwarded)


def test_a_complaint_by_post_is_not_forwarded() -> None:
    petition.given(received, elsewhere(complaint)).when(forward_petition, forward).then_refused(
        "complaint_is_guided"
    )


@pytest.mark.parametrize(
    ("day", "is_forwarded"), [(date(2026, 6, 30), False), (date(2026, 7, 1), True)]
)
def test_the_desk_forwards_complaints_since_1_july_2026(day, is_forwarded) -> None:
    spring = date(2026, 6, 1)
    past = (
        replace(at_the_desk, received_on=spring),
        replace(elsewhere(complaint), classified_on=spring),
    )
    asked = petition.given(*past).when(forward_petition, replace(forward, forwarded_on=day))
    if is_forwarded:
        asked.then(replace(forwarded, forwarded_on=day))
    else:
        asked.then_refused("complaint_is_guided")


@pytest.mark.parametrize(
    ("decide", "command"), [(guide_petitioner, guide), (forward_petition, forward)]
)
def test_what_the_ward_must_settle_is_not_sent_away(decide, command) -> None:
    petition.given(received, denunciation).when(decide, command).then_refused("is_competent")


@pytest.mark.parametrize(
    ("decide", "command"), [(guide_petitioner, guide), (forward_petition, forward)]
)
def test_what_is_unfit_is_not_sent_elsewhere(decide, command) -> None:
    petition.given(received, elsewhere(lacking(complaint))).when(decide, command).then_refused(
        "conditions_not_met"
    )


def test_forwarding_twice_changes_nothing() -> None:
    petition.given(received, elsewhere(feedback), forwarded).when(
        forward_petition, forward
    ).then_nothing()


def test_it_is_not_forwarded_a_second_time_to_somebody_else() -> None:
    other = replace(forward, competent_authority="Công an tỉnh Bắc Ninh")
    petition.given(received, elsewhere(feedback), forwarded).when(
        forward_petition, other
    ).then_refused("already_handled")


def test_who_mixes_matters_is_guided_to_write_of_each_alone() -> None:
    split = replace(guide, to_split=True)
    for classified in (complaint, elsewhere(denunciation), recommendation):
        petition.given(received, classified).when(guide_petitioner, split).then(
            replace(guided, to_split=True)
        )
    petition.given(received, lacking(complaint)).when(guide_petitioner, split).then_refused(
        "conditions_not_met"
    )


to_police = replace(
    forward, competent_authority="Công an phường Nhân Hòa", purpose=ForwardPurpose.CRIME
)


def test_signs_of_a_crime_go_to_the_police_at_once_classified_or_not() -> None:
    for past in ((received,), (received, complaint), (anonymous, lacking(denunciation))):
        petition.given(*past).when(forward_petition, to_police).then(
            replace(
                forwarded,
                competent_authority="Công an phường Nhân Hòa",
                purpose=ForwardPurpose.CRIME,
            )
        )
    petition.given(replace(received, received_on=FRIDAY)).when(
        forward_petition, replace(to_police, forwarded_on=MONDAY)
    ).then_refused("date_before_receipt")


to_mediation = replace(forward, purpose=ForwardPurpose.MEDIATION)


def test_a_land_dispute_goes_to_mediation_even_if_the_ward_holds_it() -> None:
    dispute = replace(recommendation, field=Field.LAND)
    petition.given(received, dispute).when(forward_petition, to_mediation).then(
        replace(forwarded, purpose=ForwardPurpose.MEDIATION)
    )
    petition.given(received, lacking(dispute)).when(forward_petition, to_mediation).then_refused(
        "conditions_not_met"
    )


@pytest.mark.parametrize("classified", [complaint, denunciation, recommendation])
def test_nothing_but_a_land_dispute_goes_to_mediation(classified) -> None:
    petition.given(received, classified).when(forward_petition, to_mediation).then_refused(
        "mediation_only_land"
    )


# Checking what is no lawful denunciation


def test_worked_case_50_anonymous_with_photos_and_invoices_is_checked_and_not_filed() -> None:
    petition.given(anonymous, verifiable).when(order_check, check).then(
        CheckOrdered(ordered_on=FRIDAY, unit="van-phong")
    )
    petition.given(anonymous, verifiable).when(
        file_away_petition, replace(file_away, ground=FilingGround.ANONYMOUS)
    ).then_refused("check_is_due")


def test_a_borrowed_name_is_checked_although_it_looks_regular() -> None:
    petition.given(received, lacking(verifiable)).when(order_check, check).then(
        CheckOrdered(ordered_on=FRIDAY, unit="van-phong")
    )


def test_ordering_a_check_twice_changes_nothing() -> None:
    ordered = CheckOrdered(ordered_on=FRIDAY, unit="van-phong")
    petition.given(anonymous, verifiable, ordered).when(order_check, check).then_nothing()


to_inspectors = replace(forward, purpose=ForwardPurpose.INSPECTION)


def test_what_another_authority_must_check_is_forwarded_for_that() -> None:
    petition.given(anonymous, elsewhere(verifiable)).when(forward_petition, to_inspectors).then(
        replace(forwarded, purpose=ForwardPurpose.INSPECTION)
    )
    petition.given(anonymous, elsewhere(verifiable)).when(order_check, check).then_refused(
        "not_competent"
    )


@pytest.mark.parametrize(
    ("past", "code"),
    [
        pytest.param((received, complaint), "check_only_denunciation", id="a complaint"),
        pytest.param((anonymous, denunciation), "not_verifiable", id="nothing to go by"),
        pytest.param((received, verifiable), "denunciation_is_regular", id="a regular one"),
    ],
)
def test_what_is_not_checked_under_article_25(past, code) -> None:
    petition.given(*past).when(order_check, check).then_refused(code)
    petition.given(*past).when(forward_petition, to_inspectors).then_refused(code)


found = Personal({"text": {"findings": "Không có việc nhận tiền."}})
report = RecordCheckResult(file=FILE, reported_on=FRIDAY, result=CheckResult.NONE, personal=found)
ordered = CheckOrdered(ordered_on=TUESDAY, unit="van-phong")
reported = CheckReported(reported_on=FRIDAY, result=CheckResult.NONE, personal=found)


def test_a_check_comes_to_a_result() -> None:
    past = (anonymous, verifiable, ordered)
    petition.given(*past).when(record_check_result, report).then(reported)
    referred = {"result": CheckResult.REFERRED, "referred_to": PROVINCE}
    petition.given(*past).when(record_check_result, replace(report, **referred)).then(
        replace(reported, **referred)
    )


@pytest.mark.parametrize(
    ("past", "changes", "code"),
    [
        pytest.param((), {}, "unknown_file", id="never came in"),
        pytest.param((received, verifiable), {}, "check_not_ordered", id="no check"),
        pytest.param(
            (anonymous, verifiable, ordered, reported), {}, "check_already_reported", id="twice"
        ),
        pytest.param(
            (anonymous, verifiable, ordered),
            {"reported_on": MONDAY},
            "date_before_check",
            id="too early",
        ),
        pytest.param(
            (anonymous, verifiable, ordered),
            {"result": CheckResult.REFERRED},
            "referral_not_named",
            id="to nobody",
        ),
        pytest.param(
            (anonymous, verifiable, ordered),
            {"referred_to": PROVINCE},
            "referral_not_named",
            id="sent on though nothing was found",
        ),
    ],
)
def test_what_stands_against_a_result(past, changes, code) -> None:
    petition.given(*past).when(record_check_result, replace(report, **changes)).then_refused(code)


# Filing away


def test_what_was_withdrawn_before_it_was_taken_up_is_filed_away() -> None:
    asked = replace(file_away, ground=FilingGround.WITHDRAWN)
    withdrawn = PetitionWithdrawn(
        withdrawn_on=FRIDAY,
        is_whole=True,
        form=WithdrawalForm.LETTER,
        by=("p1",),
        leaves_nothing=True,
    )
    petition.given(received, complaint).when(file_away_petition, asked).then_refused(
        "not_withdrawn"
    )
    petition.given(received, complaint, withdrawn).when(file_away_petition, asked).then(
        replace(filed_away, ground="da_rut_don")
    )


def test_a_petition_sent_to_many_is_filed_away() -> None:
    petition.given(received, complaint).when(file_away_petition, file_away).then(filed_away)


def test_filing_away_twice_changes_nothing() -> None:
    petition.given(received, complaint, filed_away).when(
        file_away_petition, file_away
    ).then_nothing()


@pytest.mark.parametrize(
    "ground", [FilingGround.CONDITIONS, FilingGround.ANONYMOUS, FilingGround.ILLEGIBLE]
)
def test_what_was_found_fit_is_not_filed_away_as_unfit(ground) -> None:
    asked = replace(file_away, ground=ground)
    petition.given(received, complaint).when(file_away_petition, asked).then_refused(
        "conditions_met"
    )
    petition.given(received, lacking(complaint)).when(file_away_petition, asked).then(
        replace(filed_away, ground=ground)
    )


EARLIER = "3d5k9q2mxw4t"
again = PetitionLinked(linked_on=TUESDAY, to=EARLIER, relation=Relation.REPEAT, score=100)
answered_before = replace(
    file_away, ground=FilingGround.ANSWERED_BEFORE, answered={EARLIER: TUESDAY}
)


@pytest.mark.parametrize("relation", [Relation.REPEAT, Relation.DUPLICATE])
def test_guidance_and_answers_are_given_once_for_each_content(relation) -> None:
    link = replace(again, relation=relation)
    petition.given(received, complaint, link).when(file_away_petition, answered_before).then(
        replace(filed_away, ground="da_huong_dan_tra_loi")
    )


@pytest.mark.parametrize(
    ("past", "answered"),
    [
        pytest.param((), {EARLIER: TUESDAY}, id="not linked"),
        pytest.param((again,), {}, id="not answered yet"),
        pytest.param((again,), {EARLIER: date(2026, 10, 10)}, id="answered later"),
        pytest.param(
            (replace(again, relation=Relation.RELATED),), {EARLIER: TUESDAY}, id="other content"
        ),
    ],
)
def test_what_nobody_answered_before_is_not_filed_away_as_answered(past, answered) -> None:
    asked = replace(answered_before, answered=answered)
    petition.given(received, complaint, *past).when(file_away_petition, asked).then_refused(
        "not_answered_before"
    )


@pytest.mark.parametrize(
    ("outcome", "day"),
    [
        pytest.param(None, None, id="nothing yet"),
        pytest.param(guided, FRIDAY, id="guided"),
        pytest.param(forwarded, FRIDAY, id="sent on, and told so"),
        pytest.param(
            AcceptanceRefused(refused_on=FRIDAY, ground="kn_noi_bo"), FRIDAY, id="refused"
        ),
        pytest.param(accepted, MONDAY, id="decided"),
        pytest.param(replace(filed_away, ground="da_huong_dan_tra_loi"), FRIDAY, id="third time"),
        pytest.param(filed_away, None, id="filed away otherwise"),
        pytest.param(ordered, None, id="being checked"),
        pytest.param(
            replace(forwarded, purpose=ForwardPurpose.CRIME), None, id="sent to the police"
        ),
    ],
)
def test_when_a_petition_was_answered(outcome, day) -> None:
    assert answered_on(Petition(outcome=outcome), MONDAY) == day


def test_an_accepted_petition_without_decision_is_not_answered() -> None:
    assert answered_on(Petition(outcome=accepted), None) is None


# Decisions made elsewhere

court = RecordOutsideDecision(
    file=FILE,
    decided_on=FRIDAY,
    decided_by="Tòa án nhân dân khu vực 1 - Bắc Ninh",
    number="15/2026/HC-ST",
    outcome=OutsideOutcome.CANCELLED,
    source=Source(agency="toa-an", message_id="/agencies/toa-an#1"),
)
ruled = OutsideDecisionReceived(
    decided_on=FRIDAY,
    decided_by=court.decided_by,
    number=court.number,
    outcome="huy_bo",
    source=court.source,
)


@pytest.mark.parametrize("past", [(), (complaint,), (complaint, accepted)])
def test_a_court_may_decide_at_any_time(past) -> None:
    petition.given(received, *past).when(record_outside_decision, court).then(ruled)


def test_a_decision_on_a_file_we_do_not_have_is_refused() -> None:
    petition.given().when(record_outside_decision, court).then_refused("unknown_file")


def test_the_same_decision_in_another_message_changes_nothing() -> None:
    again = replace(court, source=Source(agency="toa-an", message_id="/agencies/toa-an#2"))
    petition.given(received, ruled).when(record_outside_decision, again).then_nothing()


def test_one_document_cannot_say_two_things() -> None:
    other = replace(court, outcome=OutsideOutcome.UPHELD)
    petition.given(received, ruled).when(record_outside_decision, other).then_refused(
        "outside_decision_differs"
    )


def test_the_next_decision_is_noted_beside_the_first() -> None:
    appeal = replace(court, number="7/2026/HC-PT", outcome=OutsideOutcome.UPHELD)
    petition.given(received, ruled).when(record_outside_decision, appeal).then(
        replace(ruled, number="7/2026/HC-PT", outcome="giu_nguyen")
    )
