"""Citizen reception: schedule, turns, refusals, results, the chair's days; and mediation."""

from dataclasses import replace
from datetime import date

import pytest

from services.intake import mediations, reception_schemas, registration_schemas
from services.intake.receptions import (
    GROUNDS,
    ConcludeReception,
    NotifyResult,
    PostponeReception,
    Reception,
    RecordOnlineTest,
    RecordReception,
    RefusalToReceive,
    RefuseReception,
    ScheduleReception,
    SendRefusalNotice,
    conclude_reception,
    evolve,
    latest_posting,
    notify_result,
    postpone_reception,
    record_online_test,
    record_reception,
    refuse_reception,
    schedule_reception,
    send_refusal_notice,
)
from shared.chair_days import Session, chair_days
from shared.contracts.petitions import Capacity, Kind
from shared.contracts.receptions import (
    CitizenReceived,
    Host,
    LineTest,
    MediationOutcome,
    MediationRecorded,
    OnlineLineTested,
    ReceptionConcluded,
    ReceptionKind,
    ReceptionMode,
    ReceptionRefused,
    ReceptionResultNotified,
    ReceptionScheduled,
    RefusalNoticeSent,
)
from shared.errors import Malformed
from shared.personal import Personal
from shared.working_days import Calendar
from tests.support.given_when_then import Specification

ID = "9m2k4x7q3p5t"
CALENDAR = Calendar.load()
THURSDAY = date(2026, 10, 15)
reception = Specification(initial=Reception(), evolve=evolve)

schedule = ScheduleReception(
    reception=ID,
    posted_on=date(2026, 10, 8),
    held_on=THURSDAY,
    kind=ReceptionKind.PERIODIC,
    mode=ReceptionMode.IN_PERSON,
    host=Host.CHAIR,
    calendar=CALENDAR,
)
scheduled = ReceptionScheduled(
    posted_on=date(2026, 10, 8),
    held_on=THURSDAY,
    kind=ReceptionKind.PERIODIC,
    mode=ReceptionMode.IN_PERSON,
    host=Host.CHAIR,
)

# The schedule


def test_a_session_is_put_on_the_schedule() -> None:
    reception.given().when(schedule_reception, schedule).then(scheduled)


def test_scheduling_twice_changes_nothing() -> None:
    reception.given(scheduled).when(schedule_reception, schedule).then_nothing()


def test_worked_case_40_the_schedule_of_5_may_is_posted_by_23_april() -> None:
    assert latest_posting(date(2026, 5, 5), CALENDAR) == date(2026, 4, 23)
    spring = replace(schedule, held_on=date(2026, 5, 5), posted_on=date(2026, 4, 23))
    reception.given().when(schedule_reception, spring).then(
        replace(scheduled, held_on=date(2026, 5, 5), posted_on=date(2026, 4, 23))
    )
    reception.given().when(
        schedule_reception, replace(spring, posted_on=date(2026, 4, 24))
    ).then_refused("posted_too_late")


def test_an_unscheduled_session_needs_no_five_days_unless_it_is_online() -> None:
    urgent = replace(schedule, kind=ReceptionKind.UNSCHEDULED, posted_on=THURSDAY)
    reception.given().when(schedule_reception, urgent).then(
        replace(scheduled, kind=ReceptionKind.UNSCHEDULED, posted_on=THURSDAY)
    )
    reception.given().when(
        schedule_reception, replace(urgent, mode=ReceptionMode.ONLINE)
    ).then_refused("online_notice_too_late")


def test_the_chair_delegated_under_the_old_law_only() -> None:
    delegated = replace(
        schedule, host=Host.DELEGATE, held_on=date(2026, 6, 30), posted_on=date(2026, 6, 1)
    )
    reception.given().when(schedule_reception, delegated).then(
        replace(
            scheduled, host=Host.DELEGATE, held_on=date(2026, 6, 30), posted_on=date(2026, 6, 1)
        )
    )


@pytest.mark.parametrize(
    ("past", "changes", "code"),
    [
        pytest.param(
            (scheduled,), {"kind": ReceptionKind.REGULAR}, "already_scheduled", id="otherwise"
        ),
        pytest.param(
            (), {"posted_on": date(2026, 10, 16)}, "posted_after_session", id="posted too late"
        ),
        pytest.param((), {"host": Host.DELEGATE}, "chair_cannot_delegate", id="by a delegate"),
        pytest.param((), {"host": Host.OFFICER}, "chair_cannot_delegate", id="by an officer"),
        pytest.param(
            (),
            {
                "mode": ReceptionMode.ONLINE,
                "held_on": date(2026, 6, 30),
                "posted_on": date(2026, 6, 1),
            },
            "online_not_yet_lawful",
            id="online in June",
        ),
        pytest.param(
            (),
            {"held_on": date(2031, 1, 6), "posted_on": date(2026, 11, 2)},
            "outside_calendar",
            id="a year without calendar",
        ),
    ],
)
def test_what_stands_against_a_schedule(past, changes, code) -> None:
    reception.given(*past).when(schedule_reception, replace(schedule, **changes)).then_refused(code)


postpone = PostponeReception(reception=ID, posted_on=THURSDAY, held_on=date(2026, 10, 16))


def test_a_session_is_postponed_with_notice_of_the_new_day() -> None:
    reception.given(scheduled).when(postpone_reception, postpone).then(
        replace(scheduled, posted_on=THURSDAY, held_on=date(2026, 10, 16))
    )


@pytest.mark.parametrize(
    ("past", "changes", "code"),
    [
        pytest.param((), {}, "unknown_reception", id="never scheduled"),
        pytest.param((scheduled,), {"held_on": date(2026, 10, 14)}, "not_postponed", id="earlier"),
        pytest.param(
            (scheduled,),
            {"held_on": date(2026, 10, 20), "posted_on": date(2026, 10, 16)},
            "not_postponed",
            id="told afterwards",
        ),
        pytest.param(
            (scheduled, ReceptionConcluded(concluded_on=THURSDAY, number="1/TB")),
            {},
            "session_under_way",
            id="held",
        ),
    ],
)
def test_what_stands_against_postponing(past, changes, code) -> None:
    reception.given(*past).when(postpone_reception, replace(postpone, **changes)).then_refused(code)


# The line of an online session

online = replace(scheduled, mode=ReceptionMode.ONLINE)
seen = Personal({"text": {"done": "Thay dây mạng, thử lại."}})
line_test = RecordOnlineTest(
    reception=ID, tested_on=date(2026, 10, 14), result=LineTest.OK, personal=seen
)
tested = OnlineLineTested(tested_on=date(2026, 10, 14), result=LineTest.OK, personal=seen)


def test_the_line_of_an_online_session_is_tested_until_it_works() -> None:
    failed = replace(tested, tested_on=date(2026, 10, 13), result=LineTest.FAILED)
    reception.given(online, failed).when(record_online_test, line_test).then(tested)


@pytest.mark.parametrize(
    ("past", "changes", "code"),
    [
        pytest.param((), {}, "unknown_reception", id="never scheduled"),
        pytest.param((scheduled,), {}, "test_only_online", id="in person"),
        pytest.param(
            (online,), {"tested_on": date(2026, 10, 16)}, "tested_after_session", id="too late"
        ),
    ],
)
def test_what_stands_against_a_test_of_the_line(past, changes, code) -> None:
    asked = replace(line_test, **changes)
    reception.given(*past).when(record_online_test, asked).then_refused(code)


# The reception book

who = Personal({"p1": {"name": "Lê Thị Mơ"}, "text": {"content": "Hỏi về bồi thường."}})
record = RecordReception(
    reception=ID,
    is_scheduled=True,
    received_on=THURSDAY,
    kind=ReceptionKind.REGULAR,
    mode=ReceptionMode.IN_PERSON,
    host=Host.OFFICER,
    matter=Kind.COMPLAINT,
    personal=who,
)
heard = CitizenReceived(
    received_on=THURSDAY,
    kind=ReceptionKind.PERIODIC,
    mode=ReceptionMode.IN_PERSON,
    host=Host.CHAIR,
    turn=1,
    matter=Kind.COMPLAINT,
    personal=who,
)
walk_in = replace(record, is_scheduled=False)


def test_a_turn_has_the_kind_and_host_of_its_session() -> None:
    reception.given(scheduled).when(record_reception, record).then(heard)
    reception.given(scheduled, heard).when(record_reception, record).then(replace(heard, turn=2))


def test_who_comes_outside_the_schedule_is_heard_too() -> None:
    reception.given().when(record_reception, walk_in).then(
        replace(heard, kind=ReceptionKind.REGULAR, host=Host.OFFICER)
    )


@pytest.mark.parametrize(
    ("past", "changes", "code"),
    [
        pytest.param((), {"is_scheduled": True}, "unknown_reception", id="no such session"),
        pytest.param(
            (), {"kind": ReceptionKind.PERIODIC}, "not_scheduled", id="periodic, unposted"
        ),
        pytest.param(
            (scheduled,), {"received_on": date(2026, 10, 16)}, "not_on_session_day", id="next day"
        ),
        pytest.param((), {"is_petition_known": False}, "unknown_file", id="no such petition"),
        pytest.param(
            (),
            {"received_on": date(2026, 6, 30), "mode": ReceptionMode.ONLINE},
            "online_not_yet_lawful",
            id="online in June",
        ),
        pytest.param((), {"people": 5}, "representatives_missing", id="five, none chosen"),
        pytest.param(
            (), {"people": 10, "representatives": 3}, "too_many_representatives", id="case 48"
        ),
        pytest.param(
            (), {"people": 11, "representatives": 6}, "too_many_representatives", id="case 49"
        ),
        pytest.param(
            (), {"capacity": Capacity.AUTHORISED}, "authority_not_proven", id="without a paper"
        ),
    ],
)
def test_what_stands_against_a_turn(past, changes, code) -> None:
    reception.given(*past).when(record_reception, replace(walk_in, **changes)).then_refused(code)


def test_who_comes_for_somebody_else_shows_the_paper() -> None:
    shown = {"capacity": Capacity.AUTHORISED, "document_on": date(2026, 10, 12)}
    reception.given(scheduled).when(record_reception, replace(record, **shown)).then(
        replace(heard, **shown)
    )


def test_for_whom_somebody_comes_is_sealed_and_told_with_the_right_to_do_so() -> None:
    neighbour = registration_schemas.Petitioner(name="Lê Thị Mơ")
    said = reception_schemas.Turn(
        received_on=THURSDAY,
        person=neighbour,
        content="Hỏi về bồi thường.",
        represented=registration_schemas.Person(name="Đỗ Thị Thử"),
        capacity=Capacity.LAWFUL,
    )
    command = reception_schemas.turn(said, "09253", is_petition_known=True)
    assert command.personal["p2"] == {"name": "Đỗ Thị Thử"}
    for half in (replace(said, capacity=None), replace(said, represented=None)):
        with pytest.raises(Malformed) as malformed:
            reception_schemas.turn(half, "09253", is_petition_known=True)
        assert list(malformed.value.errors) == ["capacity"]


@pytest.mark.parametrize(("people", "representatives"), [(4, 0), (5, 1), (10, 2), (11, 5)])
def test_groups_are_heard_with_as_many_representatives_as_the_law_allows(
    people, representatives
) -> None:
    group = replace(walk_in, people=people, representatives=representatives)
    reception.given().when(record_reception, group).then(
        replace(
            heard,
            kind=ReceptionKind.REGULAR,
            host=Host.OFFICER,
            people=people,
            representatives=representatives,
        )
    )


# Refusing to receive

told = Personal({"text": {"reasons": "Vụ việc đã được rà soát, thông báo ngày 3/8/2026."}})
turn_away = RefuseReception(
    reception=ID, refused_on=THURSDAY, ground=RefusalToReceive.PERSISTING, personal=told
)
turned_away = ReceptionRefused(
    refused_on=THURSDAY,
    ground="da_giai_quyet_van_keo_dai",
    needs_written_notice=True,
    personal=told,
)


def test_the_grounds_are_three_of_the_law_and_ten_of_the_decree() -> None:
    assert set(GROUNDS) == set(RefusalToReceive)
    since = [ground.since for ground in GROUNDS.values()]
    assert since.count(date(2014, 7, 1)) == 3
    assert since.count(date(2026, 7, 1)) == 10


@pytest.mark.parametrize("ground", RefusalToReceive)
def test_persisting_and_answered_matters_are_refused_in_writing(ground) -> None:
    needs = ground in (RefusalToReceive.PERSISTING, RefusalToReceive.ANSWERED)
    reception.given().when(refuse_reception, replace(turn_away, ground=ground)).then(
        replace(turned_away, ground=ground.value, needs_written_notice=needs)
    )


def test_before_july_2026_no_notice_was_needed_and_ten_grounds_were_unknown() -> None:
    june = replace(turn_away, refused_on=date(2026, 6, 30))
    reception.given().when(refuse_reception, june).then(
        replace(turned_away, refused_on=date(2026, 6, 30), needs_written_notice=False)
    )
    reception.given().when(
        refuse_reception, replace(june, ground=RefusalToReceive.RECORDING)
    ).then_refused("ground_not_in_force")


def test_the_same_refusal_come_again_changes_nothing() -> None:
    reception.given(turned_away).when(refuse_reception, turn_away).then_nothing()


send = SendRefusalNotice(reception=ID, sent_on=date(2026, 10, 20))
sent = RefusalNoticeSent(sent_on=date(2026, 10, 20))


def test_the_notice_is_sent_once() -> None:
    reception.given(turned_away).when(send_refusal_notice, send).then(sent)
    reception.given(turned_away, sent).when(send_refusal_notice, send).then_nothing()


@pytest.mark.parametrize(
    ("past", "changes", "code"),
    [
        pytest.param((), {}, "unknown_reception", id="nothing there"),
        pytest.param((scheduled,), {}, "not_refused", id="a session"),
        pytest.param(
            (replace(turned_away, needs_written_notice=False),),
            {},
            "notice_not_needed",
            id="spoken",
        ),
        pytest.param(
            (turned_away,), {"sent_on": date(2026, 10, 14)}, "date_before_refusal", id="before"
        ),
        pytest.param(
            (turned_away, sent), {"sent_on": THURSDAY}, "notice_already_sent", id="on another day"
        ),
    ],
)
def test_what_stands_against_a_notice(past, changes, code) -> None:
    reception.given(*past).when(send_refusal_notice, replace(send, **changes)).then_refused(code)


# Conclusion and result

text = Personal({"text": {"conclusion": "Giao Phòng Kinh tế trả lời trước ngày 30/10."}})
conclude = ConcludeReception(
    reception=ID, concluded_on=date(2026, 10, 16), number="12/TB-UBND", personal=text
)
concluded = ReceptionConcluded(concluded_on=date(2026, 10, 16), number="12/TB-UBND", personal=text)


@pytest.mark.parametrize("past", [(scheduled,), (scheduled, heard)])
def test_a_session_is_concluded_even_if_nobody_came(past) -> None:
    reception.given(*past).when(conclude_reception, conclude).then(concluded)


@pytest.mark.parametrize(
    ("past", "changes", "code"),
    [
        pytest.param((), {}, "unknown_reception", id="nothing there"),
        pytest.param((turned_away,), {}, "unknown_reception", id="a refusal"),
        pytest.param((scheduled, concluded), {}, "already_concluded_session", id="twice"),
        pytest.param(
            (scheduled,), {"concluded_on": date(2026, 10, 14)}, "date_before_session", id="before"
        ),
    ],
)
def test_what_stands_against_a_conclusion(past, changes, code) -> None:
    reception.given(*past).when(conclude_reception, replace(conclude, **changes)).then_refused(code)


notify = NotifyResult(reception=ID, turn=1, notified_on=date(2026, 10, 28))
notified = ReceptionResultNotified(notified_on=date(2026, 10, 28), turn=1)


def test_who_was_received_is_told_the_result_once() -> None:
    reception.given(scheduled, heard).when(notify_result, notify).then(notified)
    reception.given(scheduled, heard, notified).when(notify_result, notify).then_nothing()


@pytest.mark.parametrize(
    ("past", "changes", "code"),
    [
        pytest.param((), {}, "unknown_reception", id="nothing there"),
        pytest.param((scheduled, heard), {"turn": 2}, "unknown_turn", id="no second turn"),
        pytest.param((scheduled, heard), {"turn": 0}, "unknown_turn", id="turns begin at 1"),
        pytest.param(
            (scheduled, heard, notified),
            {"notified_on": THURSDAY},
            "result_already_notified",
            id="on another day",
        ),
        pytest.param(
            (scheduled, heard),
            {"notified_on": date(2026, 10, 14)},
            "date_before_session",
            id="before",
        ),
    ],
)
def test_what_stands_against_a_result(past, changes, code) -> None:
    reception.given(*past).when(notify_result, replace(notify, **changes)).then_refused(code)


# The chair's days


def session(day: date, **changes: object) -> Session:
    held = Session(
        held_on=day,
        kind=ReceptionKind.PERIODIC,
        mode=ReceptionMode.IN_PERSON,
        host=Host.CHAIR,
    )
    return replace(held, **changes)


def told_of(sessions, first, last):
    return [
        (period.unit, period.first, period.last, period.required, len(period.days), period.missing)
        for period in chair_days(sessions, first, last)
    ]


def test_one_day_a_week_until_june_and_two_a_month_from_july_2026() -> None:
    held = [session(date(2026, 6, 16)), session(date(2026, 7, 7)), session(date(2026, 7, 21))]
    assert told_of(held, date(2026, 6, 15), date(2026, 8, 31)) == [
        ("week", date(2026, 6, 15), date(2026, 6, 21), 1, 1, 0),
        ("week", date(2026, 6, 22), date(2026, 6, 28), 1, 0, 1),
        ("week", date(2026, 6, 29), date(2026, 6, 30), 0, 0, 0),
        ("month", date(2026, 7, 1), date(2026, 7, 31), 2, 2, 0),
        ("month", date(2026, 8, 1), date(2026, 8, 31), 2, 0, 2),
    ]


def test_of_a_part_of_a_month_the_law_says_nothing() -> None:
    assert told_of([session(THURSDAY)], date(2026, 10, 2), date(2026, 11, 10)) == [
        ("month", date(2026, 10, 2), date(2026, 10, 31), 0, 1, 0),
        ("month", date(2026, 11, 1), date(2026, 11, 10), 0, 0, 0),
    ]


def test_two_sessions_on_one_day_are_one_day() -> None:
    [october] = chair_days(
        [session(THURSDAY), session(THURSDAY)], date(2026, 10, 1), date(2026, 10, 31)
    )
    assert october.days == (THURSDAY,)
    assert october.missing == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"host": Host.DELEGATE},
        {"host": Host.OFFICER},
        {"mode": ReceptionMode.ONLINE},
        {"kind": ReceptionKind.UNSCHEDULED},
        {"kind": ReceptionKind.REGULAR},
    ],
)
def test_only_periodic_days_of_the_chair_in_person_count(changes) -> None:
    [october] = chair_days([session(THURSDAY, **changes)], date(2026, 10, 1), date(2026, 10, 31))
    assert october.days == ()


# Mediation

mediation = Specification(initial=mediations.Mediation(), evolve=mediations.evolve)
minutes = Personal({"text": {"minutes": "Hai bên thống nhất ranh giới."}})
keep = mediations.RecordMediation(
    mediation=ID,
    held_on=THURSDAY,
    neighbourhood="TDP-05",
    outcome=MediationOutcome.AGREED,
    petition="7f3k9q2mxw4t",
    personal=minutes,
)
kept = MediationRecorded(
    held_on=THURSDAY,
    neighbourhood="TDP-05",
    outcome=MediationOutcome.AGREED,
    file="7f3k9q2mxw4t",
    personal=minutes,
)


def test_a_mediation_is_recorded_once() -> None:
    mediation.given().when(mediations.record_mediation, keep).then(kept)
    mediation.given(kept).when(mediations.record_mediation, keep).then_nothing()


def test_a_mediation_is_not_recorded_for_a_petition_that_is_not_there() -> None:
    mediation.given().when(
        mediations.record_mediation, replace(keep, is_petition_known=False)
    ).then_refused("unknown_file")
