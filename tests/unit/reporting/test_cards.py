"""The card of a file: what each event changes, and how it is judged on a day."""

from datetime import date

import pytest

from services.reporting.projections import BLANK, CASES, State, fold
from services.reporting.queries import card
from services.reporting.words import CLOCKS, FIELDS, KINDS, STATES
from shared import contracts
from shared.contracts.petitions import Channel, Field, Kind, Party, PetitionReceived, Role
from shared.ledger import Recorded
from shared.memory_log import MemoryLog
from tests.support import stories
from tests.support.recording import record

WARD, FILE = "09253", "7f3k9q2mxw4t"


def folded(*told, until=None):
    log, row = MemoryLog(), {}
    for category, event in told:
        record(log, WARD, f"{category}-{FILE}", event)
        if event is until:
            break
    for commit in log.after(WARD, 0):
        for event in commit.recorded():
            row = fold(row, event)
    return row


def petition(*events):
    return folded(("petition", stories.RECEIVED), *(("petition", event) for event in events))


@pytest.mark.parametrize(
    ("until", "state"),
    [
        (stories.RECEIVED, "received"),
        (stories.CLASSIFIED, "classified"),
        (stories.ACCEPTED, "accepted"),
        (stories.OPENED, "accepted"),
        (stories.ASSIGNED, "assigned"),
        (stories.DECIDED, "decided"),
        (stories.CLOSED, "closed"),
    ],
)
def test_a_file_comes_as_far_as_its_latest_event(until, state) -> None:
    assert folded(*stories.SETTLED, until=until)["state"] == state


def test_the_card_of_a_settled_file_tells_its_whole_way() -> None:
    row = folded(*stories.SETTLED)
    assert (
        row
        | {
            "file": FILE,
            "is_open": False,
            "kind": "khieu_nai",
            "field": "dat_dai",
            "claimed_kind": "khieu_nai",
            "channel": "cong_dich_vu",
            "received_on": "2026-10-02",
            "people": 7,
            "is_anonymous": False,
            "agency": "portal",
            "repeats": "3d5k9q2mxw4t",
            "flags": ["dong_nguoi", "gay_gat"],
            "is_competent": True,
            "meets_conditions": True,
            "classified_on": "2026-10-05",
            "accepted_on": "2026-10-08",
            "unit": "kinh-te-ha-tang",
            "officer": "cb-dia-chinh-1",
            "assigned_on": "2026-10-09",
            "decided_on": "2026-11-12",
            "decision_number": "12/QĐ-UBND",
            "outcome": "dung_mot_phan",
            "closed_on": "2026-11-20",
            "ended_on": "2026-11-20",
            "ground": "da_giai_quyet",
            "next_due_on": None,
            "waiting_due_on": None,
            "events": 13,
            "position": 13,
            "last_recorded_at": "2026-11-23T05:00:00.000Z",
        }
        == row
    )
    assert row["clocks"] == {
        "accept": {
            "kind": "khieu_nai",
            "rule": "KN.ACCEPT.2026",
            "triggered_on": "2026-10-02",
            "due_on": "2026-10-13",
            "state": "met",
            "met_on": "2026-10-08",
            "days_late": 0,
        },
        "settle_1": {
            "kind": "khieu_nai",
            "rule": "KN.SETTLE1",
            "triggered_on": "2026-10-08",
            "due_on": "2026-11-09",
            "state": "late",
            "met_on": "2026-11-12",
            "days_late": 3,
        },
    }


@pytest.mark.parametrize(
    ("event", "state", "ended_on", "why"),
    [
        (stories.REFUSED, "refused", "2026-10-08", {"ground": "kn_het_thoi_hieu"}),
        (
            stories.GUIDED,
            "guided",
            "2026-10-07",
            {"competent_authority": "UBND tỉnh Bắc Ninh"},
        ),
        (
            stories.FORWARDED,
            "forwarded",
            "2026-10-07",
            {"competent_authority": "Công an tỉnh Bắc Ninh"},
        ),
        (stories.FILED_AWAY, "filed_away", "2026-10-06", {"ground": "nac_danh_khong_ro"}),
    ],
)
def test_a_petition_that_is_not_settled_here_ends(event, state, ended_on, why) -> None:
    row = petition(stories.CLASSIFIED, event)
    ended = {"state": state, "is_open": False, "ended_on": ended_on} | why
    assert row | ended == row


def test_a_decision_from_outside_is_added_and_leaves_the_state_as_it_is() -> None:
    row = petition(stories.DECIDED_OUTSIDE)
    assert row["state"] == "received"
    assert row["outside_decisions"] == [
        {
            "decided_on": "2026-12-01",
            "decided_by": "Chủ tịch UBND tỉnh Bắc Ninh",
            "number": "77/QĐ-UBND",
            "outcome": "giu_nguyen",
        }
    ]


def test_a_petition_without_any_identified_sender_is_anonymous() -> None:
    nobody = PetitionReceived(
        received_on=date(2026, 10, 2), channel=Channel.POST, parties=(), claimed_kind=None
    )
    unnamed = PetitionReceived(
        received_on=date(2026, 10, 2),
        channel=Channel.POST,
        parties=(
            Party(ref="p1", role=Role.PETITIONER, is_identified=False),
            Party(ref="r1", role=Role.RESPONDENT),
        ),
    )
    for event in (nobody, unnamed):
        assert folded(("petition", event))["is_anonymous"] is True


def test_next_due_is_the_earliest_clock_that_runs() -> None:
    row = folded(("petition", stories.RECEIVED), ("clock", stories.SETTLE_CLOCK))
    assert row["next_due_on"] == "2026-11-09"
    row = folded(
        ("petition", stories.RECEIVED),
        ("clock", stories.SETTLE_CLOCK),
        ("clock", stories.ACCEPT_CLOCK),
    )
    assert (row["next_due_on"], row["waiting_due_on"]) == ("2026-10-13", "2026-10-13")


def test_a_missed_clock_waits_on_but_is_not_the_next_one_due() -> None:
    row = folded(*stories.SETTLED, until=stories.SETTLE_MISSED)
    assert row["clocks"]["settle_1"]["state"] == "missed"
    assert (row["next_due_on"], row["waiting_due_on"]) == (None, "2026-11-09")


def test_a_deadline_that_moves_after_it_was_missed_runs_again() -> None:
    told = [told for told in stories.SETTLED if told[1] not in (stories.DECIDED, stories.CLOSED)]
    row = folded(*told[:-1], ("clock", stories.SETTLE_MOVED))
    clock = row["clocks"]["settle_1"]
    assert (clock["state"], clock["due_on"]) == ("running", "2026-11-23")
    assert (clock["rule"], row["next_due_on"]) == ("KN.SETTLE1.COMPLEX", "2026-11-23")


def test_a_cancelled_deadline_waits_for_nothing() -> None:
    row = folded(
        ("petition", stories.RECEIVED),
        ("clock", stories.SETTLE_CLOCK),
        ("clock", stories.SETTLE_CANCELLED),
    )
    assert row["clocks"]["settle_1"]["state"] == "cancelled"
    assert (row["next_due_on"], row["waiting_due_on"]) == (None, None)


@pytest.mark.parametrize(
    ("day", "is_overdue", "days"),
    [
        (date(2026, 11, 9), False, 0),
        (date(2026, 11, 10), True, 1),
        (date(2026, 11, 19), True, 10),
    ],
)
def test_a_running_clock_is_overdue_the_day_after_its_limit_before_any_sweep(
    day, is_overdue, days
) -> None:
    row = folded(*stories.SETTLED, until=stories.SETTLE_NEAR)
    told = card(row, day)
    assert (told["is_overdue"], told["days_overdue"]) == (is_overdue, days)
    assert told["clocks"]["settle_1"]["is_overdue"] is is_overdue
    assert told["clocks"]["accept"]["is_overdue"] is False


def test_a_file_that_left_our_hands_is_not_overdue() -> None:
    row = folded(
        ("petition", stories.RECEIVED),
        ("clock", stories.ACCEPT_CLOCK),
        ("petition", stories.CLASSIFIED),
        ("petition", stories.FORWARDED),
    )
    assert card(row, date(2026, 12, 1))["is_overdue"] is False


def test_a_card_has_vietnamese_names_and_no_key_of_the_store() -> None:
    told = card(folded(*stories.SETTLED) | {"_id": "09253/x", "authority": WARD}, date(2026, 12, 1))
    assert told["state_name"] == "Đã kết thúc"
    assert told["clocks"]["settle_1"]["name"] == "giải quyết lần đầu"
    assert not {"_id", "authority"} & set(told)


def test_an_event_of_a_newer_release_only_moves_the_position() -> None:
    row = petition()
    (last,) = (
        event
        for commit in [record(MemoryLog(), WARD, f"petition-{FILE}", stories.RECEIVED)]
        for event in commit.recorded()
    )
    newer = Recorded(
        **{name: getattr(last, name) for name in ("authority", "stream", "id", "actor")},
        position=9,
        version=2,
        type="MediationRecorded",
        schema=1,
        data={"mediated_on": "2026-10-20"},
        correlation="r",
        caused_by=None,
        recorded_at="2026-11-23T06:00:00.000Z",
    )
    after = fold(row, newer)
    assert after == row | {
        "events": 2,
        "position": 9,
        "last_recorded_at": "2026-11-23T06:00:00.000Z",
    }


def test_every_event_of_a_file_goes_to_its_row_and_no_other_does() -> None:
    (commit,) = [record(MemoryLog(), WARD, f"petition-{FILE}", stories.RECEIVED)]
    (event,) = commit.recorded()
    assert CASES.key(event) == FILE
    for category in contracts.CATEGORIES:
        assert CASES.key(_in_stream(event, f"{category}-{FILE}")) == FILE
    assert CASES.key(_in_stream(event, "reception-2026-10")) is None


def _in_stream(event: Recorded, stream: str) -> Recorded:
    return Recorded.of_message(event.message() | {"stream": stream})


def test_every_row_has_every_field() -> None:
    for told in (stories.EVERY_EVENT, stories.EVERY_EVENT[:1]):
        assert set(folded(*told)) == set(BLANK)


def test_what_people_read_has_a_name() -> None:
    assert set(STATES) == set(State)
    assert set(KINDS) == set(Kind)
    assert set(FIELDS) == set(Field)
    assert {"accept", "settle_1", "settle", "initial_handling", "answer"} <= set(CLOCKS)
