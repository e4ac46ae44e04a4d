"""The reporting service on a real broker and a real ledger: woken, late, rebuilt, and asked."""

import json
import threading
from dataclasses import replace
from datetime import date, timedelta

import pika
import pytest
from click.testing import CliRunner
from nameko.standalone.rpc import ClusterRpcProxy

from deploy.cli import main
from services.reporting import rebuild as rebuilding
from services.reporting.projections import CASES, RECEPTIONS, TASKS
from services.reporting.replay import replay
from services.reporting.service import ReportingService
from shared.contracts import streams_of
from shared.contracts.clocks import Escalated
from shared.contracts.petitions import Channel, Kind
from shared.errors import Malformed, Refused
from shared.ledger import flatten
from shared.projecting import Projector
from tests.support import stories
from tests.support.recording import AT, record


@pytest.fixture
def tell(log, authority):
    """Record a file's events, one commit each, a minute apart."""

    def put(file, told=stories.SETTLED):
        for number, (category, event) in enumerate(told):
            record(
                log,
                authority,
                f"{category}-{file}",
                event,
                at=AT + timedelta(minutes=number),
            )
        return log.head(authority)

    return put


class WithoutTimer(ReportingService):
    """Follows by messages alone, so that a test of them proves something."""

    catch_up_all = None


@pytest.fixture(scope="module")
def service(run_once):
    """One for all tests of this file, since each has a ward of its own."""
    run_once(WithoutTimer)


@pytest.fixture
def reporting(service, rpc):
    return rpc.reporting


def received(file, day, **changes):
    return file, (("petition", replace(stories.RECEIVED, received_on=day, **changes)),)


def test_a_message_wakes_it(reporting, tell, authority, log, amqp_uri, eventually):
    position = tell("f1")
    (last,) = log.read(authority, "case-f1")[-1].recorded()
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    channel = connection.channel()
    channel.confirm_delivery()
    channel.basic_publish(
        "assignment.events",
        last.type,
        json.dumps(last.message()).encode(),
        pika.BasicProperties(content_type="application/json", delivery_mode=2),
        mandatory=True,
    )
    connection.close()
    assert eventually(lambda: reporting.cases({})["cases"])[0]["position"] == position


def test_without_any_message_the_timer_catches_up(run_service, reporting, tell, eventually):
    run_service(ReportingService)
    tell("f1")
    found = eventually(lambda: reporting.cases({})["cases"])
    assert [card["file"] for card in found] == ["f1"]


def test_a_card_that_was_asked_for_too_early_is_folded_at_once(reporting, tell):
    position = tell("f1")
    card = reporting.case({"file": "f1"})
    assert (card["position"], card["state"], card["outcome"]) == (
        position,
        "closed",
        "dung_mot_phan",
    )
    assert card["clocks"]["settle_1"]["state"] == "late"


def test_an_unknown_file_is_refused_everywhere(reporting):
    for method in ("case", "history", "timeline", "replay"):
        with pytest.raises(Refused, match="unknown_file"):
            getattr(reporting, method)({"file": "khong-co"})
    with pytest.raises(Refused, match="unknown_file"):
        reporting.compare({"file": "khong-co", "first": {}})


def test_another_ward_sees_nothing(reporting, tell, amqp_uri, token):
    tell("f1")
    reporting.case({"file": "f1"})
    other = {"token": token("99999", actor="officer:mai")}
    with ClusterRpcProxy({"AMQP_URI": amqp_uri}, context_data=other) as cluster:
        assert cluster.reporting.cases({})["cases"] == []
        assert cluster.reporting.workload({})["open"] == 0
        for method in ("case", "history", "timeline", "replay"):
            with pytest.raises(Refused, match="unknown_file"):
                getattr(cluster.reporting, method)({"file": "f1"})


def test_live_rebuilt_and_replayed_every_card_is_the_same(
    tell, reporting, mongo_client, log, authority, rpc
):
    """The fold in pieces, the fold in one go and the fold of one file alone."""
    live = Projector(mongo_client, rebuilding.DATABASE, log, CASES)
    for file, until in (("f1", 5), ("f2", 13), ("f1", 13), ("f3", 2)):
        done = sum(len(commit.proposal.events) for commit in log.read(authority, *streams_of(file)))
        tell(file, stories.SETTLED[done:until])
        live.catch_up(authority)
    tell("f4", (stories.EVERY_EVENT[0], *stories.EVERY_EVENT[13:]))
    live.catch_up(authority)
    before = {row["file"]: row for row in live.rows().find({"authority": authority})}
    table = live.rows().name
    rpc.reporting.rebuild({"table": "cases"})
    assert live.rows().name != table
    after = {row["file"]: row for row in live.rows().find({"authority": authority})}
    assert set(after) == {"f1", "f2", "f3", "f4"}
    assert after == before
    for file, row in after.items():
        own = replay(flatten(log.read(authority, *streams_of(file))))
        assert own | {"_id": f"{authority}/{file}", "authority": authority} == row


def test_a_rebuild_by_plain_python_tells_how_much_it_folded(mongo_client, log, tell):
    tell("f1")
    assert rebuilding.rebuild(mongo_client, log, "cases")["cases"] >= 13


def test_two_rebuilds_at_once_end_in_one_live_table_with_every_card(
    mongo_client, log, tell, authority
):
    tell("f1")
    tell("f2")
    builders = [
        threading.Thread(target=rebuilding.rebuild, args=(mongo_client, log, "cases"))
        for _ in range(2)
    ]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join()
    live = Projector(mongo_client, rebuilding.DATABASE, log, CASES)
    assert {row["file"] for row in live.rows().find({"authority": authority})} == {"f1", "f2"}
    tables = mongo_client[rebuilding.DATABASE].list_collection_names(
        filter={"name": {"$regex": r"^cases\."}}
    )
    assert len(tables) <= 2  # the live one and the one before it


def test_a_table_folded_by_older_code_is_rebuilt_when_the_service_starts(
    run_service, tell, reporting, mongo_client, eventually
):
    tell("f1")
    reporting.case({"file": "f1"})
    tables = mongo_client[rebuilding.DATABASE]["tables"]
    before = tables.find_one_and_update({"_id": "cases"}, {"$set": {"version": 0}})
    run_service(ReportingService)
    rebuilt = eventually(lambda: tables.find_one({"_id": "cases", "version": CASES.version}))
    assert rebuilt["generation"] > before["generation"]
    assert reporting.case({"file": "f1"})["state"] == "closed"


def test_pages_go_through_all_cases_once_however_small(reporting, tell):
    days = [date(2025, 3, 1), date(2025, 3, 1), date(2025, 3, 1), date(2025, 2, 1)]
    for number, day in enumerate([*days, date(2025, 4, 1)]):
        tell(*received(f"f{number}", day))
    reporting.case({"file": "f4"})
    seen, after, pages = [], None, 0
    while True:
        page = reporting.cases({"limit": 2} | ({"after": after} if after else {}))
        seen += [card["file"] for card in page["cases"]]
        after, pages = page["next"], pages + 1
        if after is None:
            break
    assert seen == ["f4", "f0", "f1", "f2", "f3"]
    assert pages == 3


def test_a_case_that_comes_in_between_two_pages_moves_nothing(reporting, tell):
    for number in range(3):
        tell(*received(f"f{number}", date(2025, 3, 1)))
    reporting.case({"file": "f2"})
    first = reporting.cases({"limit": 2})
    tell(*received("f-new", date(2025, 3, 9)))
    reporting.case({"file": "f-new"})
    second = reporting.cases({"limit": 2, "after": first["next"]})
    assert [card["file"] for card in first["cases"] + second["cases"]] == ["f0", "f1", "f2"]


@pytest.mark.parametrize(
    ("filters", "files"),
    [
        ({}, ["post", "missed", "settled"]),
        ({"kind": "khieu_nai"}, ["missed", "settled"]),
        ({"field": "dat_dai", "state": "closed"}, ["settled"]),
        ({"state": "received"}, ["post"]),
        ({"channel": "buu_chinh"}, ["post"]),
        ({"officer": "cb-dia-chinh-1"}, ["missed", "settled"]),
        ({"unit": "van-phong"}, []),
        ({"flags": ["dong_nguoi"]}, ["missed", "settled"]),
        ({"flags": ["dong_nguoi", "vuot_cap"]}, []),
        ({"unassigned": True}, ["post"]),
        ({"unassigned": False}, ["missed", "settled"]),
        ({"escalated_to": "chu_tich"}, ["missed"]),
        ({"overdue": True}, ["missed"]),
        ({"overdue": False}, ["post", "settled"]),
        ({"received_from": "2026-10-03"}, ["post"]),
        ({"received_to": "2026-10-02"}, ["missed", "settled"]),
        ({"received_from": "2026-10-02", "received_to": "2026-10-02", "limit": 1}, ["missed"]),
    ],
)
def test_filters_narrow_the_list(reporting, tell, filters, files):
    tell("settled")
    late = {"clock": "settle", "due_on": date(2026, 11, 6), "level": 3, "to": "chu_tich"}
    escalated = Escalated(escalated_on=date(2026, 11, 11), **late)
    tell("missed", (*stories.SETTLED[:10], ("clock", escalated)))
    tell(*received("post", date(2026, 10, 20), channel=Channel.POST, claimed_kind=Kind.FEEDBACK))
    reporting.case({"file": "post"})
    # Received last first; two files of one day in the order of their numbers.
    assert [card["file"] for card in reporting.cases(filters)["cases"]] == files
    from_the_ledger = reporting.cases_as_of(filters)["cases"]
    assert [card["file"] for card in from_the_ledger] == sorted(files)
    for card in from_the_ledger:
        assert card == reporting.case({"file": card["file"]})


def test_a_key_from_nowhere_is_malformed(reporting):
    with pytest.raises(Malformed) as malformed:
        reporting.cases({"after": "trang-2"})
    assert set(malformed.value.errors) == {"after"}


@pytest.mark.parametrize(
    ("method", "name", "listed"),
    [
        ("cases", "unit", "van-phong, kinh-te-ha-tang, "),
        ("cases", "officer", "cb-van-phong-1, cb-"),
        ("cases", "escalated_to", "don_vi_tham_muu, chu_tich, van-phong, "),
        ("tasks", "officer", "cb-van-phong-1, cb-"),
    ],
)
def test_a_unit_or_an_officer_whom_nobody_knows_is_answered_with_those_there_are(
    reporting, method, name, listed
):
    with pytest.raises(Malformed) as malformed:
        getattr(reporting, method)({name: "nobody"})
    assert f"not_in_list: Phải là một trong: {listed}" in malformed.value.errors[name][0]


def test_who_left_the_directory_is_still_found_by_their_code(reporting, tell):
    gone = replace(stories.ASSIGNED, unit="phong-cu", officer="cb-cu-1")
    tell("f1", (*stories.SETTLED[:7], ("case", gone)))
    reporting.case({"file": "f1"})
    for asked in ({"unit": "phong-cu"}, {"officer": "cb-cu-1"}):
        assert [card["file"] for card in reporting.cases(asked)["cases"]] == ["f1"]
        assert reporting.cases(asked | {"state": "closed"})["cases"] == []


def test_overdue_tells_who_waits_longest_first_and_pages(reporting, tell):
    late = replace(stories.ACCEPT_CLOCK, due_on=date(2025, 2, 3))
    later = replace(stories.ACCEPT_CLOCK, due_on=date(2025, 1, 20))
    ahead = replace(stories.ACCEPT_CLOCK, due_on=date(2099, 1, 1))
    for file, clock in (("f1", late), ("f2", later), ("f3", ahead), ("f4", late)):
        tell(file, (("petition", stories.RECEIVED), ("clock", clock)))
    reporting.case({"file": "f4"})
    first = reporting.overdue({"limit": 2})
    second = reporting.overdue({"limit": 2, "after": first["next"]})
    assert [card["file"] for card in first["cases"] + second["cases"]] == ["f2", "f1", "f4"]
    assert second["next"] is None
    assert all(card["is_overdue"] and card["days_overdue"] > 0 for card in first["cases"])


def test_the_backlog_is_what_is_overdue_or_old_with_its_age_and_missed_limits(reporting, tell):
    today = date.today()  # noqa: DTZ011 - the service judges by today, whatever day that is
    late = replace(stories.ACCEPT_CLOCK, due_on=date(2025, 2, 3))
    tell("old", received("old", date(2025, 1, 10))[1])
    tell("late", (*received("late", date(2025, 1, 20))[1], ("clock", late)))
    tell("new", received("new", today - timedelta(days=2))[1])
    tell("closed")
    reporting.case({"file": "closed"})
    first = reporting.backlog({"limit": 1})
    rest = reporting.backlog({"after": first["next"]})
    assert [card["file"] for card in first["cases"] + rest["cases"]] == ["old", "late"]
    assert first["cases"][0]["missed"] == []
    assert first["cases"][0]["age_days"] > 365
    (missed,) = rest["cases"][0]["missed"]
    assert (missed["clock"], missed["due_on"]) == ("accept", "2025-02-03")
    young = reporting.backlog({"min_days": 0})["cases"]
    assert [card["file"] for card in young] == ["old", "late", "new"]


def test_sessions_of_reception_are_listed_and_told(reporting, log, authority, mongo_client, tell):
    tell("f1")  # of no interest to this table
    for name, days in (("r1", 0), ("r2", 7)):
        for category, event in stories.RECEPTION:
            if category == "reception" and hasattr(event, "held_on"):
                event = replace(event, held_on=event.held_on + timedelta(days=days))
            if hasattr(event, "received_on"):
                event = replace(event, received_on=event.received_on + timedelta(days=days))
            record(log, authority, f"{category}-{name}", event)
    Projector(mongo_client, rebuilding.DATABASE, log, RECEPTIONS).catch_up(authority)
    first = reporting.receptions({"limit": 1})
    rest = reporting.receptions({"limit": 1, "after": first["next"]})
    assert [each["reception"] for each in first["receptions"] + rest["receptions"]] == ["r2", "r1"]
    assert rest["next"] is None
    assert first["receptions"][0]["host_name"] == "Chủ tịch"
    assert reporting.receptions({"host": "can_bo"})["receptions"] == []
    (only,) = reporting.receptions({"held_to": "2026-11-12"})["receptions"]
    assert (only["reception"], only["clocks"]["result_notice"]["rule"]) == ("r1", "TCD.RESULT")
    told = reporting.reception({"reception": "r1"})["entries"]
    assert told[0]["sentence"].startswith("Ngày 02/11/2026: Niêm yết lịch tiếp công dân định kỳ")
    assert len(told) == len(stories.RECEPTION)
    with pytest.raises(Refused, match="unknown_reception"):
        reporting.reception({"reception": "khong-co"})


def test_tasks_are_listed_by_their_due_day_and_narrowed(reporting, log, authority, mongo_client):
    (_, set_), done = stories.TASK[0], stories.TASK[1]
    record(log, authority, "task-t1", set_)
    record(log, authority, done[0] + "-t1", done[1])
    record(log, authority, "task-t2", replace(set_, due_on=date(2025, 1, 31), set_on=set_.set_on))
    record(
        log, authority, "task-t3", replace(set_, due_on=date(2099, 1, 31), unit="van-hoa-xa-hoi")
    )
    Projector(mongo_client, rebuilding.DATABASE, log, TASKS).catch_up(authority)

    def listed(**asked):
        return [task["task"] for task in reporting.tasks(asked)["tasks"]]

    assert listed() == ["t2", "t1", "t3"]
    assert listed(is_open=True) == ["t2", "t3"]
    assert listed(overdue=True) == ["t2"]
    assert listed(overdue=False) == ["t1", "t3"]
    assert listed(unit="van-hoa-xa-hoi", topic="tuyen_truyen") == ["t3"]


def test_workload_counts_open_and_overdue_by_officer(reporting, tell):
    tell("f1", stories.SETTLED[:10])  # assigned, settlement missed
    tell("f2", stories.SETTLED[:8])  # assigned, its day is past or not: judged by today
    tell("f3", stories.SETTLED)  # closed
    tell("f4", stories.SETTLED[:1])  # nobody has it
    reporting.case({"file": "f4"})
    load = reporting.workload({})
    assert (load["open"], load["unassigned"]) == (3, 1)
    (unit,) = load["units"]
    assert (unit["unit"], unit["open"]) == ("kinh-te-ha-tang", 2)
    (officer,) = unit["officers"]
    assert (officer["officer"], officer["open"]) == ("cb-dia-chinh-1", 2)
    assert officer["overdue"] == unit["overdue"]
    assert unit["unit_name"] == "Phòng Kinh tế, Hạ tầng và Đô thị"
    assert "Công chức địa chính" in officer["officer_name"]
    assert load["overdue"] == len(reporting.overdue({})["cases"]) >= 1


def test_history_timeline_and_replay_of_a_file(reporting, tell, authority):
    tell("f1")
    events = reporting.history({"file": "f1"})["events"]
    assert [event["type"] for event in events[:2]] == ["PetitionReceived", "DeadlineSet"]
    assert events[0]["authority"] == authority
    assert events[0]["data"]["parties"][0] == {
        "ref": "p1",
        "role": "nguoi_gui",
        "is_organisation": False,
        "is_identified": True,
    }
    entries = reporting.timeline({"file": "f1"})["entries"]
    assert entries[-1]["sentence"] == (
        "Ngày 20/11/2026: Kết thúc, lưu hồ sơ, lý do: đã giải quyết xong."
    )
    assert "Giao đơn vị Phòng Kinh tế, Hạ tầng và Đô thị, cán bộ" in str(entries)
    told = reporting.replay({"file": "f1", "as_of": "2026-10-09"})
    assert (told["as_of"], told["known_at"]) == ("2026-10-09", None)
    assert (told["case"]["state"], told["case"]["outcome"]) == ("assigned", None)
    assert reporting.replay({"file": "f1", "as_of": "2026-10-01"})["case"] is None
    known = reporting.replay({"file": "f1", "known_at": "2026-11-23T12:02:00+07:00"})
    assert (known["as_of"], known["known_at"]) == ("2026-11-23", "2026-11-23T05:02:00.000Z")
    assert known["case"]["state"] == "classified"
    assert reporting.replay({"file": "f1"})["case"] == reporting.case({"file": "f1"})


@pytest.fixture
def donthu(reporting, authority, by_token):
    """A command as it is typed; answers what it shows."""

    def run(*words):
        done = CliRunner().invoke(main, [*words, "--authority", authority])
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


def test_two_moments_of_a_file_are_compared(reporting, tell, donthu):
    tell("f1")
    # The cause stands beside whichever change comes first, so that the two are looked for alone.
    shown = " ".join(donthu("compare", "f1", "2026-10-08", "2026-10-09").split())
    assert "Người giải quyết – [họ tên – mã cb-dia-chinh-1], Công chức địa chính" in shown
    assert "Ngày 09/10/2026: Giao" in shown
    assert "kinh-te-ha-tang" not in shown
    told = reporting.compare(
        {"file": "f1", "first": {"as_of": "2026-10-08"}, "second": {"as_of": "2026-10-09"}}
    )
    assert (told["first"]["as_of"], told["second"]["as_of"]) == ("2026-10-08", "2026-10-09")
    changes = {change["field"]: change for change in told["changes"]}
    assert {name: (change["before"], change["after"]) for name, change in changes.items()} == {
        "state": ("accepted", "assigned"),
        "unit": (None, "kinh-te-ha-tang"),
        "officer": (None, "cb-dia-chinh-1"),
        "assigned_on": (None, "2026-10-09"),
    }
    assert {change["cause"]["position"] for change in changes.values()} == {8}
    known = {"known_at": "2026-11-23T12:02:00+07:00"}
    told = reporting.compare({"file": "f1", "first": known})  # with now
    assert {"field": "outcome", "before": None, "after": "dung_mot_phan"}.items() <= next(
        change for change in told["changes"] if change["field"] == "outcome"
    ).items()


def test_the_cases_of_a_ward_as_of_a_day(reporting, tell, donthu):
    tell("f1")
    tell(*received("f2", date(2026, 10, 20)))
    assert "đang giải quyết" in donthu("cases", "--as-of", "2026-10-09").lower()
    assert "f2" not in donthu("cases", "--as-of", "2026-10-19", "--channel", "tiep_cong_dan")
    flags = "--flag", "dong_nguoi", "--flag", "gay_gat"
    told = donthu("cases", "--as-of", "2026-10-20", *flags)
    assert "f1" in told
    assert "f2" not in told
    assert "f1" not in donthu("cases", "--as-of", "2026-10-20", "--unassigned")
    assert [
        [(card["file"], card["state"]) for card in reporting.cases_as_of({"as_of": day})["cases"]]
        for day in ("2026-10-01", "2026-10-08", "2026-10-20")
    ] == [[], [("f1", "accepted")], [("f1", "assigned"), ("f2", "received")]]


def test_verify_reads_the_whole_ledger_of_the_ward(reporting, tell, authority, mongo_client):
    tell("f1")
    assert reporting.verify({}) == {
        "authority": authority,
        "commits": 13,
        "ok": True,
        "fault": None,
    }
    commits = mongo_client["donthu_ledger"]["commits"]
    place = {"_id": {"authority": authority, "position": 7}}
    commits.update_one(place, {"$set": {"actor": "officer:ai-do"}})
    told = reporting.verify({})
    assert (told["ok"], told["commits"]) == (False, 7)
    assert "position 7" in told["fault"]
    commits.update_one(place, {"$set": {"actor": "officer:vera"}})
    assert reporting.verify({})["ok"] is True
