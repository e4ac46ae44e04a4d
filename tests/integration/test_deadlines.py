"""The deadlines service over the real broker and database: clocks set, met, missed once, swept."""

import functools
import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from nameko.standalone.rpc import ClusterRpcProxy

from services.assignment.service import AssignmentService
from services.deadlines import domain
from services.deadlines.alarms import Alarms
from services.deadlines.following import Follower
from services.deadlines.projections import CLOCKS, FILES
from services.deadlines.recounts import Recounts
from services.deadlines.rules import RuleTable
from services.deadlines.service import DeadlinesService
from services.reporting.service import ReportingService
from shared.calendars import Calendars
from shared.clock import SystemClock
from shared.contracts.cases import TaskDone, TaskSet, TaskTopic
from shared.contracts.clocks import CalendarChanged, ChangedDay, DeadlineMissed
from shared.contracts.petitions import (
    Channel,
    ErasureGround,
    Field,
    Kind,
    PersonErased,
    PetitionAccepted,
    PetitionReceived,
)
from shared.contracts.receptions import CitizenReceived, Host, ReceptionKind, ReceptionMode
from shared.errors import Malformed, Refused
from shared.event_sourcing import Call, Streams
from shared.ledger import flatten
from shared.projecting import Projector
from shared.working_days import FIXED_HOLIDAYS, Calendar, DayKind, SpecialDay
from tests.support.recording import record

TODAY = datetime.now(UTC).date()


def received(days_ago, kind=Kind.COMPLAINT):
    day = TODAY - timedelta(days=days_ago)
    return PetitionReceived(received_on=day, channel=Channel.POST, parties=(), claimed_kind=kind)


def accepted(days_ago):
    return PetitionAccepted(
        accepted_on=TODAY - timedelta(days=days_ago),
        kind=Kind.COMPLAINT,
        field=Field.LAND,
        received_on=TODAY - timedelta(days=days_ago + 3),
    )


NEVER_SET = DeadlineMissed(missed_on=TODAY, clock="settle", rule="KN.SETTLE1", due_on=TODAY)


def days_off(first, last):
    """Every day from `first` to `last` off, as a ward might say of a flood."""
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return CalendarChanged(
        changed_on=TODAY,
        days=tuple(ChangedDay(day=day, kind="holiday", name="Nghỉ lũ") for day in days),
        document="1/TB-UBND",
        reason="thong_bao_nghi_le",
    )


@pytest.fixture
def tell(log, authority):
    """Put events in the ward's ledger as if they had happened."""
    return functools.partial(record, log, authority)


def types(log, authority, file, clock="accept"):
    """What was recorded of one clock of the file."""
    events = flatten(log.read(authority, f"clock-{file}"))
    return [event.type for event in events if event.data["clock"] == clock]


def due_of(log, authority, file, clock="accept"):
    """The day that was first set for this clock of the file."""
    events = flatten(log.read(authority, f"clock-{file}"))
    days = [event.data["due_on"] for event in events if event.data["clock"] == clock]
    return date.fromisoformat(days[0])


@pytest.fixture
def deadlines(run_service, rpc):
    run_service(DeadlinesService)
    return rpc.deadlines


def test_news_from_the_relay_sets_and_meets_clocks(
    deadlines, tell, log, authority, relay, eventually
):
    tell("petition-a1", received(10), accepted(7))
    eventually(lambda: "DeadlineMet" in types(log, authority, "a1"))
    told = deadlines.of_case({"file": "a1"})["clocks"]
    assert {(clock["clock"], clock["state"]) for clock in told} == {
        ("accept", "met"),
        ("discipline_alarm", "met"),
        ("settle_1", "running"),
    }
    settle = next(clock for clock in told if clock["clock"] == "settle_1")
    assert settle["rule"] == "KN.SETTLE1"
    assert settle["explanation"][0]


def test_two_instances_that_sweep_at_once_record_each_miss_once(
    deadlines, run_service, rpc, amqp_uri, token, tell, log, authority, relay, eventually
):
    files = [f"b{number}" for number in range(8)]
    for file in files:
        tell(f"petition-{file}", received(60))
    eventually(lambda: all(types(log, authority, file) for file in files))
    run_service(DeadlinesService)  # the second instance
    context = {"token": token(authority, actor="officer:otto")}

    def sweep():
        with ClusterRpcProxy({"AMQP_URI": amqp_uri}, context_data=context, timeout=20) as other:
            other.deadlines.sweep({})

    sweeps = [threading.Thread(target=sweep) for _ in range(4)]
    for one in sweeps:
        one.start()
    for one in sweeps:
        one.join()
    for file in files:
        # Nobody has these files, so the advising unit and the chair are told at once.
        once = ["DeadlineSet", "DeadlineMissed", "Escalated", "Escalated"]
        assert types(log, authority, file) == once
        assert types(log, authority, file, "discipline_alarm") == once
    overdue = deadlines.overdue({"limit": 10})
    assert len(overdue["clocks"]) == 10
    rest = deadlines.overdue({"limit": 10, "after": overdue["next"]})
    assert {clock["file"] for clock in overdue["clocks"] + rest["clocks"]} == set(files)
    assert rest["next"] is None


def test_a_clock_that_ends_soon_is_told_as_near_and_listed_as_upcoming(
    deadlines, tell, log, authority, relay, eventually
):
    tell("petition-c1", received(5, kind=Kind.COMPLAINT))
    eventually(lambda: types(log, authority, "c1"))
    deadlines.sweep({})
    (near,) = deadlines.upcoming({"days": 30})["clocks"]
    assert (near["file"], near["clock"], near["internal"]) == ("c1", "accept", False)


def test_compute_answers_with_the_due_day_and_why(deadlines):
    answer = deadlines.compute(
        {"kind": "khieu_nai", "stage": "accept", "trigger_on": "2026-10-02", "facts": {}}
    )
    assert (answer["due"], answer["rule"]) == ("2026-10-13", "KN.ACCEPT.2026")
    assert answer["explanation"]


def test_compute_refuses_what_no_rule_knows_and_names_what_exists(deadlines):
    with pytest.raises(Refused) as refused:
        deadlines.compute({"kind": "khieu_nai", "stage": "nope", "trigger_on": "2026-10-02"})
    assert refused.value.code == "unknown_stage"
    assert "accept" in refused.value.reason
    with pytest.raises(Refused) as refused:
        deadlines.compute(
            {
                "kind": "khieu_nai",
                "stage": "accept",
                "trigger_on": "2026-10-02",
                "facts": {"mood": "x"},
            }
        )
    assert refused.value.code == "unknown_fact"


def test_an_impossible_date_and_an_unknown_field_are_told_together(deadlines):
    with pytest.raises(Malformed) as malformed:
        deadlines.compute(
            {"kind": "khieu_nai", "stage": "accept", "trigger_on": "2026-02-30", "x": 1}
        )
    assert set(malformed.value.errors) == {"trigger_on", "x"}


def test_an_unknown_file_is_refused(deadlines):
    with pytest.raises(Refused) as refused:
        deadlines.of_case({"file": "nobody"})
    assert refused.value.code == "unknown_file"


def test_a_new_holiday_moves_the_open_clocks_of_the_ward_and_no_closed_one(
    deadlines, tell, log, authority, relay, eventually
):
    tell("petition-d1", received(1))
    tell("petition-d2", received(10), accepted(1))
    eventually(lambda: types(log, authority, "d1") and types(log, authority, "d2")[1:])
    calendar = Calendar.load()
    # A plain working day inside the limit of d1, and after all that d2 has behind it.
    day = calendar.next_working_day(TODAY)
    while calendar.special_day(day) is not None:
        day = calendar.next_working_day(day)
    off = {"day": day.isoformat(), "kind": "holiday", "name": "Ngày nghỉ của phường"}
    change = {"days": [off], "document": "12/TB-UBND", "reason": "thong_bao_nghi_le"}
    assert deadlines.change_calendar(change)["authority"] == authority
    eventually(lambda: "DeadlineMoved" in types(log, authority, "d1"))
    (moved,) = [
        event.data
        for event in flatten(log.read(authority, "clock-d1"))
        if event.type == "DeadlineMoved"
    ]
    assert (moved["clock"], moved["reason"]) == ("accept", "lich_lam_viec")
    assert moved["due_on"] > moved["was_due_on"]
    assert types(log, authority, "d2") == ["DeadlineSet", "DeadlineMet"]
    told = deadlines.of_case({"file": "d2"})["clocks"]
    assert all(clock["explanation"] for clock in told)  # closed ones by the calendar they had
    question = {"kind": "khieu_nai", "stage": "accept", "trigger_on": TODAY.isoformat()}
    answer = deadlines.compute(question)
    assert "Ngày nghỉ của phường" in str(answer["explanation"])
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    before = deadlines.compute(question | {"as_of": yesterday})
    assert "Ngày nghỉ của phường" not in str(before["explanation"])


def test_a_limit_in_a_year_that_the_calendar_lacks_is_told_and_counted_when_the_ward_enters_it(
    deadlines, tell, log, authority, relay, eventually
):
    day = date(max(Calendar.load().years) + 1, 3, 1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    tell("task-t1", TaskSet(set_on=TODAY, due_on=day, topic=TaskTopic.INSPECTION, unit="van-phong"))
    eventually(lambda: log.read(authority, "task_clock-t1"))
    (told,) = deadlines.of_case({"file": "t1"})["clocks"]
    assert (told["state"], told["due_on"]) == ("uncounted", None)
    assert "lịch làm việc chưa có" in str(told["explanation"])
    upcoming = deadlines.upcoming({})
    assert upcoming["clocks"] == []
    (waits,) = upcoming["uncounted"]
    assert (waits["file"], waits["clock"], waits["due_on"]) == ("t1", "task", None)
    assert deadlines.overdue({})["clocks"] == []
    deadlines.sweep({})

    year = [
        {"day": f"{day.year}-{month:02}-{number:02}", "kind": "holiday", "name": "Nghỉ lễ"}
        for month, number in FIXED_HOLIDAYS
    ]
    change = {"days": year, "document": "1/TB-BNV", "reason": "thong_bao_nghi_le"}
    deadlines.change_calendar(change)
    eventually(lambda: len(flatten(log.read(authority, "task_clock-t1"))) == 2)
    (told,) = deadlines.of_case({"file": "t1"})["clocks"]
    assert (told["state"], told["due_on"]) == ("running", day.isoformat())
    assert deadlines.upcoming({})["uncounted"] == []


def test_a_change_that_cannot_be_a_calendar_is_refused(deadlines):
    off = {"day": "2026-11-21", "kind": "made_up", "name": "Nghỉ bù"}
    change = {"days": [off], "document": "12/TB-UBND", "reason": "dinh_chinh"}
    with pytest.raises(Refused) as refused:
        deadlines.change_calendar(change)
    assert refused.value.code == "calendar_day_impossible"
    with pytest.raises(Malformed) as malformed:
        deadlines.change_calendar({"days": [off | {"kind": "party"}], "reason": "x"})
    assert {"days.0.kind", "document", "reason"} <= set(malformed.value.errors)


def test_a_session_of_reception_has_its_own_clocks(
    deadlines, tell, log, authority, relay, eventually
):
    heard = CitizenReceived(
        received_on=TODAY,
        kind=ReceptionKind.REGULAR,
        mode=ReceptionMode.IN_PERSON,
        host=Host.OFFICER,
        turn=1,
    )
    tell("reception-e1", heard)
    eventually(lambda: log.read(authority, "reception_clock-e1"))
    (clock,) = deadlines.of_case({"file": "e1"})["clocks"]
    assert (clock["clock"], clock["rule"]) == ("result_notice", "TCD.RESULT")
    assert not log.read(authority, "clock-e1")


def test_a_task_is_watched_from_the_day_that_it_was_set_until_it_is_done(
    deadlines, run_service, rpc, log, authority, relay, eventually
):
    for service in (AssignmentService, ReportingService):
        run_service(service)

    def set_task(due_in):
        given = {
            "set_on": (TODAY - timedelta(days=40)).isoformat(),
            "due_on": (TODAY + timedelta(days=due_in)).isoformat(),
            "topic": "tuyen_truyen",
            "instruction": "Tuyên truyền pháp luật tại tổ dân phố 4",
        }
        who = {"unit": "van-phong", "officer": "cb-van-phong-1"}
        return rpc.assignment.set_task(given | who)["task"]

    def recorded(task):
        return [event.type for event in flatten(log.read(authority, f"task_clock-{task}"))]

    late, waits = set_task(due_in=-20), set_task(due_in=20)
    eventually(lambda: recorded(late) and recorded(waits))
    deadlines.sweep({})
    escalated = ["Escalated"] * 3
    assert recorded(late) == ["DeadlineSet", "DeadlineMissed", *escalated]
    assert recorded(waits) == ["DeadlineSet"]
    (over,) = deadlines.overdue({})["clocks"]
    assert (over["file"], over["subject"], over["clock"]) == (late, "task", "task")
    assert (over["internal"], over["mark"]) == (True, "SLA nội bộ")
    (near,) = deadlines.upcoming({"days": 30})["clocks"]
    assert (near["file"], near["subject"]) == (waits, "task")
    (clock,) = deadlines.of_case({"file": late})["clocks"]
    assert (clock["state"], clock["escalated"]) == ("missed", [1, 2, 3])
    assert "không phải thời hạn do pháp luật quy định" in str(clock["explanation"])

    rpc.assignment.finish_task(
        {"task": late, "done_on": TODAY.isoformat(), "result": "Đã tuyên truyền", "events": 1}
    )
    eventually(lambda: "DeadlineMet" in recorded(late))
    assert deadlines.overdue({})["clocks"] == []

    def told():
        (task,) = (each for each in rpc.reporting.tasks({})["tasks"] if each["task"] == late)
        return task

    eventually(lambda: {each["task"] for each in rpc.reporting.tasks({})["tasks"]} == {late, waits})
    eventually(lambda: told()["clocks"].get("task", {}).get("state") == "late")
    assert told()["days_late"] == 20
    assert [each["to"] for each in told()["escalations"]] == [
        *("cb-van-phong-1", "van-phong", "chu_tich")
    ]


def test_the_erasure_of_a_task_sets_no_clock(deadlines, tell, log, authority, relay, eventually):
    day = TODAY - timedelta(days=20)
    tell("task-t2", TaskSet(set_on=day, due_on=day, topic=TaskTopic.INSPECTION, unit="van-phong"))
    tell("task-t2", TaskDone(done_on=day))
    erased = PersonErased(
        erased_on=TODAY, part="text", ground=ErasureGround.BY_LAW, document="12/QĐ-UBND"
    )
    tell("task_erasure-t2", erased)
    tell("petition-k1", received(2))
    eventually(lambda: log.read(authority, "task_clock-t2") and log.read(authority, "clock-k1"))
    assert not log.read(authority, "clock-t2")


@pytest.mark.parametrize(
    ("roles", "sees_it"),
    [(["petition_officer"], True), (["unit_head", "verifier"], True), (["administrator"], False)],
)
def test_who_reads_the_list_of_tasks_reads_their_clocks_and_nobody_else(
    roles, sees_it, deadlines, run_service, rpc, acting, tell, log, authority, relay, eventually
):
    run_service(ReportingService)
    day = TODAY - timedelta(days=20)
    tell("task-t1", TaskSet(set_on=day, due_on=day, topic=TaskTopic.INSPECTION, unit="van-phong"))
    eventually(lambda: log.read(authority, "task_clock-t1"))
    eventually(lambda: rpc.reporting.tasks({})["tasks"])
    with acting(*roles, actor="officer:cb-xa-hoi-1", unit="van-hoa-xa-hoi") as ward:
        asked = (
            lambda: [each["task"] for each in ward.reporting.tasks({})["tasks"]],
            lambda: [each["file"] for each in ward.deadlines.overdue({})["clocks"]],
            lambda: [ward.deadlines.of_case({"file": "t1"})["file"]],
        )
        for ask in asked:
            if sees_it:
                assert ask() == ["t1"]
            else:
                with pytest.raises(Refused, match="not_permitted"):
                    ask()


# -- a sweep over thousands


@pytest.fixture
def follower(mongo_client, log, amqp_uri):
    """The heart of the service without the framework around it."""
    return Follower(
        log=log,
        clock=SystemClock(),
        table=Projector(mongo_client, "donthu_deadlines", log, CLOCKS),
        files=Projector(mongo_client, "donthu_deadlines", log, FILES),
        rules=RuleTable.load(),
        calendars=Calendars(log, Calendar.load()),
        alarms=Alarms.from_environment(),
    )


def streams_for(log, call):
    return Streams(
        category="clock",
        initial=domain.Clocks(),
        evolve=domain.evolve,
        log=log,
        vault=None,  # clocks hold nothing personal
        clock=SystemClock(),
        call=call,
    )


@pytest.mark.timeout(300)
def test_a_sweep_over_thousands_touches_what_needs_it_once_with_two_at_work(
    follower, tell, log, authority
):
    late, all_files = 40, 1500
    files = [f"f{number}" for number in range(all_files)]
    for number, file in enumerate(files):
        tell(f"petition-{file}", received(20 if number < late else 0))
        call = Call(
            authority=authority, actor="a", correlation="c", commit_id=f"set-{file}", digest="d"
        )
        follower.follow(streams_for(log, call), file, records_misses=False)
    make = functools.partial(streams_for, log)
    swept = []
    sweeps = [
        threading.Thread(target=lambda: swept.append(follower.sweep(make, authority)))
        for _ in range(2)
    ]
    for one in sweeps:
        one.start()
    for one in sweeps:
        one.join()
    recorded = Counter(
        (event.type, event.stream)
        for commit in log.after(authority, 0)
        for event in commit.recorded()
        if event.stream.startswith("clock-") and event.type != "DeadlineSet"
    )
    streams = {f"clock-{file}" for file in files[:late]}
    assert {stream for _, stream in recorded} == streams
    assert all(recorded["DeadlineMissed", stream] == 1 for stream in streams)
    assert all(recorded["Escalated", stream] == 2 for stream in streams)
    assert all(one.followed <= late for one in swept)
    again = follower.sweep(make, authority)
    assert (again.followed, again.looked_at) == (0, late)


def test_instances_that_divide_the_wards_sweep_only_their_own(follower, log, authority):
    make = functools.partial(streams_for, log)
    wards = [f"{authority}-{number}" for number in range(4)]
    for ward in wards:
        record(log, ward, "petition-f1", received(20))
        call = Call(authority=ward, actor="a", correlation="c", commit_id="set-f1", digest="d")
        follower.follow(streams_for(log, call), "f1", records_misses=False)
    first = follower.sweep(make, is_mine=lambda ward: ward in wards[:2])
    assert (first.followed, first.looked_at) == (2, 2)
    assert [ward for ward in wards if "DeadlineMissed" in types(log, ward, "f1")] == wards[:2]
    second = follower.sweep(make, is_mine=lambda ward: ward in wards[2:])
    assert (second.followed, second.looked_at) == (2, 2)
    assert all("DeadlineMissed" in types(log, ward, "f1") for ward in wards)


def test_a_release_with_another_calendar_counts_every_clock_again_once(
    follower, mongo_client, log, authority
):
    ward, make = authority, functools.partial(streams_for, log)
    call = Call(authority=ward, actor="a", correlation="c", commit_id="set", digest="d")
    for file in ("f1", "f2"):
        record(log, ward, f"petition-{file}", received(1))
        follower.follow(streams_for(log, call), file, records_misses=False)
    day = TODAY + timedelta(days=10)
    given = TaskSet(set_on=TODAY, due_on=day, topic=TaskTopic.INSPECTION, unit="van-phong")
    record(log, ward, "task-t1", given)  # set before tasks had clocks

    national = Calendar.load()
    due = due_of(log, ward, "f1")
    off = SpecialDay(day=due, kind=DayKind.HOLIDAY, name="Nghỉ thêm", source="1/TB-BNV")
    released = replace(follower, calendars=Calendars(log, national.with_changes([off])))

    def recount(by, tables):
        recounts = Recounts(mongo_client, tables)
        return by.recount(make, recounts, lambda each: each == ward)

    assert recount(follower, "before") == 1
    assert types(log, ward, "f1") == types(log, ward, "f2") == ["DeadlineSet"]
    assert [each.type for each in flatten(log.read(ward, "task_clock-t1"))] == ["DeadlineSet"]
    assert recount(released, "after") == 1
    for file in ("f1", "f2"):
        assert types(log, ward, file) == ["DeadlineSet", "DeadlineMoved"]
    assert recount(released, "after") == 0


def test_a_sweep_over_all_wards_goes_by_each_wards_calendar_and_past_what_is_broken(
    follower, log, authority
):
    """One file's clocks cannot be read; another ward has the due day off; a third is just late."""
    broken, own, late = (f"{authority}-{name}" for name in ("a", "b", "c"))
    make = functools.partial(streams_for, log)
    days = 20
    for ward in (broken, own, late):
        record(log, ward, "petition-f1", received(days))
        call = Call(authority=ward, actor="a", correlation="c", commit_id="set-f1", digest="d")
        follower.follow(streams_for(log, call), "f1", records_misses=False)
    record(log, broken, "clock-f1", NEVER_SET)
    record(log, own, f"calendar-{own}", days_off(due_of(log, own, "f1"), TODAY))
    follower.sweep(make)
    assert "DeadlineMissed" not in types(log, broken, "f1")
    assert types(log, late, "f1").count("DeadlineMissed") == 1
    assert "DeadlineMissed" not in types(log, own, "f1")
    assert "DeadlineMoved" in types(log, own, "f1")
