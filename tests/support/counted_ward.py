"""A small ward whose third quarter of 2026 (15 June to 14 September) was counted by hand.

Names of files: k complaint, t denunciation, r recommendation or feedback, g guided, f forwarded,
a neither eligible, u not handled. The figures that follow are worked out in the comments.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from shared.contracts.cases import (
    CaseClosed,
    CaseTerminated,
    ClosingGround,
    ConclusionHandled,
    DecisionEnforced,
    DecisionIssued,
    Figures,
    Measure,
    Outcome,
    TaskDone,
    TaskSet,
    TaskTopic,
    TerminationGround,
)
from shared.contracts.petitions import (
    AcceptanceRefused,
    Channel,
    CheckOrdered,
    Field,
    ForwardPurpose,
    Kind,
    Party,
    PetitionAccepted,
    PetitionClassified,
    PetitionerGuided,
    PetitionFiledAway,
    PetitionForwarded,
    PetitionLinked,
    PetitionReceived,
    Relation,
    Role,
)
from shared.contracts.receptions import (
    CitizenReceived,
    Host,
    ReceptionKind,
    ReceptionMode,
    ReceptionScheduled,
)

KN, TC, RECOMMENDED, FEEDBACK = (
    Kind.COMPLAINT,
    Kind.DENUNCIATION,
    Kind.RECOMMENDATION,
    Kind.FEEDBACK,
)
Story = Iterator[tuple[str, Any]]  # (stream, event) in the order of the ledger


def day(text: str) -> date:
    """`07-15` of 2026."""
    return date.fromisoformat(f"2026-{text}")


def received(file: str, on: str) -> tuple[str, Any]:
    return f"petition-{file}", PetitionReceived(
        received_on=day(on),
        channel=Channel.POST,
        parties=(Party(ref="p1", role=Role.PETITIONER),),
    )


def classified(file: str, on: str, kind: Kind, about: Field, **more: Any) -> tuple[str, Any]:
    told = {"is_competent": True, "meets_conditions": True} | more
    return f"petition-{file}", PetitionClassified(
        classified_on=day(on), kind=kind, field=about, **told
    )


def taken(file: str, come: str, judged: str, kind: Kind, about: Field, **more: Any) -> Story:
    yield received(file, come)
    yield classified(file, judged, kind, about, **more)


def accepted(file: str, on: str, kind: Kind) -> tuple[str, Any]:
    return f"petition-{file}", PetitionAccepted(
        accepted_on=day(on), kind=kind, field=Field.OTHER, received_on=day("01-01")
    )


def decided(
    file: str, on: str, outcome: Outcome, calls_for: Figures | None = None
) -> tuple[str, Any]:
    return f"case-{file}", DecisionIssued(
        decided_on=day(on),
        number="1/QĐ-UBND",
        outcome=outcome,
        decided_by="officer:vera",
        calls_for=calls_for,
    )


def settled(
    file: str,
    on: str,
    kind: Kind,
    outcome: Outcome,
    calls_for: Figures | None = None,
    *,
    come: str = "04-01",
    about: Field = Field.LAND,
    **more: Any,
) -> Story:
    """A petition received, reviewed and accepted within a week of `come`, and decided."""
    judged = day(come).replace(day=day(come).day + 2).isoformat()[5:]
    yield from taken(file, come, judged, kind, about, **more)
    yield accepted(file, day(come).replace(day=day(come).day + 5).isoformat()[5:], kind)
    yield decided(file, on, outcome, calls_for)


def closed(file: str, on: str) -> tuple[str, Any]:
    return f"case-{file}", CaseClosed(closed_on=day(on), ground=ClosingGround.SETTLED)


def scheduled(session: str, on: str, host: Host) -> tuple[str, Any]:
    return f"reception-{session}", ReceptionScheduled(
        posted_on=day("05-30"),
        held_on=day(on),
        kind=ReceptionKind.PERIODIC,
        mode=ReceptionMode.IN_PERSON,
        host=host,
    )


def heard(
    session: str, on: str, host: Host, turn: int, people: int = 1, file: str | None = None
) -> tuple[str, Any]:
    kind = ReceptionKind.REGULAR if host is Host.OFFICER else ReceptionKind.PERIODIC
    return f"reception-{session}", CitizenReceived(
        received_on=day(on),
        kind=kind,
        mode=ReceptionMode.IN_PERSON,
        host=host,
        turn=turn,
        people=people,
        file=file,
    )


def task(
    name: str, topic: TaskTopic, set_on: str, done_on: str | None = None, **done: Any
) -> Story:
    yield (
        f"task-{name}",
        TaskSet(set_on=day(set_on), due_on=day("12-31"), topic=topic, unit="van-phong"),
    )
    if done_on:
        yield f"task-{name}", TaskDone(done_on=day(done_on), **done)


def receptions() -> Story:
    yield heard("s1", "07-01", Host.OFFICER, 1, 2, file="k1")  # k1 is heard by the delegate too
    yield heard("s1", "07-01", Host.OFFICER, 2, 6)
    yield heard("s1", "07-01", Host.OFFICER, 3, 1, file="k2")  # k2 is heard by the chair too
    yield scheduled("s2", "07-10", Host.CHAIR)
    yield heard("s2", "07-10", Host.CHAIR, 1, 1, file="k2")
    yield heard("s2", "07-10", Host.CHAIR, 2, 7)
    yield scheduled("s3", "08-10", Host.CHAIR)  # announced; nobody came
    yield scheduled("s4", "07-20", Host.DELEGATE)
    yield heard("s4", "07-20", Host.DELEGATE, 1, 1, file="k1")
    yield heard("s4", "07-20", Host.DELEGATE, 2, 5)
    yield heard("s4", "07-20", Host.DELEGATE, 3, 1)
    yield scheduled("s5", "06-10", Host.CHAIR)  # before the quarter
    yield heard("s5", "06-10", Host.CHAIR, 1, 9)


def complaints() -> Story:
    yield from taken("k1", "06-20", "06-22", KN, Field.LAND)
    yield accepted("k1", "07-01", KN)
    yield from taken("k2", "07-01", "07-03", KN, Field.SOCIAL_POLICY)  # acceptance considered
    yield from taken("k3", "07-10", "07-12", KN, Field.OTHER)
    yield (
        "petition-k3",
        AcceptanceRefused(refused_on=day("07-15"), ground="kn_het_thoi_hieu"),
    )
    yield from taken("k4", "07-10", "07-12", KN, Field.COMPENSATION)
    yield accepted("k4", "07-20", KN)
    yield (
        "case-k4",
        CaseTerminated(
            terminated_on=day("08-01"), ground=TerminationGround.WITHDRAWN, number="2/QĐ-UBND"
        ),
    )
    yield from taken("k5", "06-25", "06-26", KN, Field.LAND)  # sent again: one case with k1
    yield (
        "petition-k5",
        PetitionLinked(linked_on=day("06-26"), to="k1", relation=Relation.DUPLICATE, score=100),
    )
    again = {"is_second": True, "come": "08-01"}
    yield from settled("k6", "08-20", KN, Outcome.UNJUSTIFIED, about=Field.CONSTRUCTION, **again)
    yield from settled("k7", "08-25", KN, Outcome.JUSTIFIED, **again)
    called = Figures(
        money_to_state=10_000_000,
        land_to_state=100,
        money_returned=20_000_000,
        land_returned=200,
        organisations_restored=1,
        individuals_restored=3,
        people_handled=4,
        officials_handled=2,
        cases_investigated=1,
        people_investigated=2,
        officials_investigated=1,
    )
    yield from settled("k8", "06-16", KN, Outcome.JUSTIFIED, called)
    yield from settled("k9", "07-02", KN, Outcome.UNJUSTIFIED)
    yield closed("k9", "08-30")  # nothing to carry out
    yield from settled(
        "k10", "07-03", KN, Outcome.PARTLY_JUSTIFIED, Figures(money_to_state=5_000_000)
    )
    before = Figures(
        money_to_state=8_000_000, land_to_state=50, money_returned=4_000_000, land_returned=60
    )
    yield from settled("k11", "05-10", KN, Outcome.JUSTIFIED, before)
    yield (
        "case-k11",
        DecisionEnforced(
            enforced_on=day("06-01"), is_complete=False, results=Figures(money_to_state=3_000_000)
        ),
    )
    yield (
        "case-k11",
        DecisionEnforced(
            enforced_on=day("07-15"),
            is_complete=True,
            results=Figures(
                money_to_state=5_000_000,
                land_to_state=50,
                money_returned=4_000_000,
                land_returned=60,
                people_handled=3,
                officials_handled=1,
                cases_prosecuted=1,
                people_prosecuted=2,
                officials_prosecuted=1,
            ),
        ),
    )
    yield from settled("k12", "04-20", KN, Outcome.JUSTIFIED)
    yield closed("k12", "06-01")  # finished before the quarter


def denunciations() -> Story:
    called = Figures(
        money_to_state=1_000_000,
        land_to_state=10,
        money_returned=2_000_000,
        land_returned=20,
        organisations_restored=2,
        individuals_restored=1,
        organisations_handled=1,
        people_handled=5,
        officials_handled=3,
        cases_investigated=1,
        people_investigated=3,
        officials_investigated=2,
    )
    yield from settled(
        "t1", "09-01", TC, Outcome.JUSTIFIED, called, come="06-20", about=Field.PUBLIC_DUTY
    )
    yield from taken("t2", "07-01", "07-02", TC, Field.CORRUPTION)
    yield from taken("t3", "07-01", "07-02", TC, Field.OTHER)
    yield "petition-t3", AcceptanceRefused(refused_on=day("07-06"), ground="tc_khong_co_co_so")
    yield from taken("t4", "07-01", "07-02", TC, Field.PUBLIC_ORDER)
    yield "petition-t4", PetitionFiledAway(filed_on=day("07-07"), ground="da_rut_don")
    again = {"is_second": True, "come": "08-01"}
    yield from settled("t5", "09-02", TC, Outcome.JUSTIFIED, **again)
    yield from settled("t6", "09-03", TC, Outcome.UNJUSTIFIED, **again)
    yield from settled("t7", "09-04", TC, Outcome.PARTLY_JUSTIFIED, **again)
    yield from settled("t8", "07-05", TC, Outcome.UNJUSTIFIED)
    yield from settled("t9", "07-06", TC, Outcome.PARTLY_JUSTIFIED)
    before = Figures(
        money_to_state=7_000_000, land_to_state=70, money_returned=6_000_000, land_returned=30
    )
    yield from settled("t10", "05-20", TC, Outcome.JUSTIFIED, before)
    yield (
        "case-t10",
        ConclusionHandled(
            handled_on=day("07-20"),
            measure=Measure.REMEDY,
            is_complete=True,
            results=Figures(
                money_to_state=7_000_000,
                land_to_state=70,
                money_returned=6_000_000,
                land_returned=30,
                organisations_handled=1,
                people_handled=2,
                officials_handled=1,
                cases_prosecuted=1,
                people_prosecuted=3,
                officials_prosecuted=2,
            ),
        ),
    )


def other_petitions() -> Story:
    yield from taken("r1", "06-10", "06-20", RECOMMENDED, Field.SOCIAL_POLICY)  # carried over
    yield from taken("r2", "07-01", "07-02", FEEDBACK, Field.LAND)
    yield (
        "petition-r2",  # the ward itself sees to the mediation
        PetitionForwarded(
            forwarded_on=day("07-03"),
            competent_authority="Tổ hòa giải",
            purpose=ForwardPurpose.MEDIATION,
        ),
    )
    yield from taken("r3", "07-01", "07-02", FEEDBACK, Field.ENVIRONMENT)
    yield from taken("g1", "07-15", "07-16", KN, Field.LAND, is_competent=False)
    yield (
        "petition-g1",
        PetitionerGuided(guided_on=day("07-20"), competent_authority="UBND tỉnh"),
    )
    yield from taken("f1", "07-15", "07-16", TC, Field.CORRUPTION, is_competent=False)
    yield (
        "petition-f1",
        PetitionForwarded(forwarded_on=day("07-21"), competent_authority="UBND tỉnh"),
    )
    yield received("f2", "07-15")  # signs of a crime: to the police at once
    yield (
        "petition-f2",
        PetitionForwarded(
            forwarded_on=day("07-15"),
            competent_authority="Công an tỉnh",
            purpose=ForwardPurpose.CRIME,
        ),
    )
    yield from taken("a1", "07-15", "07-16", KN, Field.LAND, meets_conditions=False)
    yield (
        "petition-a1",
        PetitionFiledAway(filed_on=day("07-22"), ground="nac_danh_khong_ro"),
    )
    yield from taken("a2", "07-15", "07-16", TC, Field.CORRUPTION, meets_conditions=False)
    yield "petition-a2", CheckOrdered(ordered_on=day("07-22"), unit="van-phong")
    yield received("u1", "09-10")
    yield received("u2", "05-05")
    yield from taken("u3", "06-01", "06-05", KN, Field.LAND, is_competent=False)
    yield (
        "petition-u3",  # only after the quarter
        PetitionerGuided(guided_on=day("09-16"), competent_authority="UBND tỉnh"),
    )


def tasks() -> Story:
    yield from task(
        "d1",
        TaskTopic.DOCUMENTS,
        "06-01",
        "07-01",
        new_documents=2,
        amended_documents=1,
        repealed_documents=3,
    )
    yield from task("c1", TaskTopic.TRAINING, "06-01", "07-02", events=2, people=80)
    yield from task("c2", TaskTopic.DISSEMINATION, "06-01", "07-03", events=1, people=40)
    yield from task("c3", TaskTopic.OTHER, "06-01", "07-03", events=7, people=70)  # no column
    yield from task(
        "i1",
        TaskTopic.RESPONSIBILITY,
        "05-01",
        "07-10",
        units=2,
        figures=Figures(
            organisations_handled=1,
            people_handled=2,
            organisations_investigated=1,
            people_investigated=3,
        ),
    )
    yield from task("i2", TaskTopic.RESPONSIBILITY, "08-01")
    yield from task("i3", TaskTopic.RESPONSIBILITY, "04-01", "05-01", units=9)
    yield from task(
        "w1",
        TaskTopic.FOLLOW_UP,
        "06-01",
        "08-01",
        figures=Figures(
            organisations_handled=1, people_handled=4, cases_prosecuted=1, people_prosecuted=2
        ),
    )
    yield from task("w2", TaskTopic.FOLLOW_UP, "07-01")


def events() -> Story:
    yield from receptions()
    yield from complaints()
    yield from denunciations()
    yield from other_petitions()
    yield from tasks()


M = 1_000_000

#: Form -> figures counted by hand, from column 1 on.
COUNTED = {
    "01/TCD": (
        *(8, 24, 6, 3),  # 3+2+3 turns; 9+8+7 people; 1+2+3 cases; 1+1+1 groups
        *(3, 9, 1, 1, 6),  # s1: of k1, k2 and the group only the group is a case of its own here
        *(2, 2, 8, 2, 1, 7),  # s2 and s3 announced; s2: k2 and the group of 7
        *(1, 3, 7, 3, 1, 5),  # s4: k1, the group of 5, one more
    ),
    "02/XLD": (
        25,  # k1-k7, t1-t7, r1-r3, g1, f1, f2, a1, a2, u1, u2, u3
        22,  # without u1-u3
        20,  # without a1, a2
        17,  # without g1, f1, f2
        16,  # k5 is one case with k1
        *(7, 5, 2, 4, 1, 2),  # second k6 k7; land k1 k4 k5 k7; policy k2; other k3 k6
        *(7, 4, 3, 4, 1, 0, 2),  # continued t5-t7; administrative t1 t5-t7; t2; none; t3 t4
        *(3, 1, 1, 1),  # r1; r2; r3
        *(3, 1, 2),  # g1; f1 f2
    ),
    "03/GQKN": (
        *(7, 6, 1, 3, 1, 1),  # k2 considered; k1 k6 k7 accepted; k3 refused; k4 stopped
        *(5, 1, 1, 1, 1, 1),  # k8; k9; k10; k6; k7
        *(15 * M, 100, 20 * M, 200),  # k8 and, of the money to the State, k10
        *(1, 3, 4, 2, 1, 2, 1),  # k8
    ),
    "04/GQTC": (
        *(7, 7, 1, 4, 1, 1),  # t2; t1 t5-t7; t3; t4
        *(6, 1, 1, 1, 1, 1, 1),  # t1; t8; t9; t5; t6; t7
        *(1 * M, 10, 2 * M, 20, 2, 1, 1, 5, 3, 1, 3, 2),  # t1
    ),
    "05/KQTH": (
        *(6, 2),  # k6-k10 and k11 from before; k11 and k9 finished
        *(20 * M, 150, 5 * M, 50),  # k8 10, k10 5, k11 8 less 3 got before; k11 paid 5
        *(24 * M, 260, 4 * M, 60),  # k8 20, k11 4
        *(3, 1, 1, 2, 1),  # k11
        *(7, 1),  # t1 t5-t9 and t10 from before; t10 finished
        *(8 * M, 80, 7 * M, 70),  # t1 1, t10 7
        *(8 * M, 50, 6 * M, 30),  # t1 2, t10 6
        *(1, 2, 1, 1, 3, 2),  # t10
    ),
    "06/QLKNTC": (
        *(2, 1, 3),  # d1
        *(3, 120),  # c1, c2
        *(2, 2, 1, 1, 2, 1, 3),  # i1 from before and i2; i1 concluded
        *(2, 1, 4, 1, 2),  # w1 from before and w2; w1 done
    ),
}
