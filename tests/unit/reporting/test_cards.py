"""The card of a file: what each event changes, and how it is judged on a day."""

from copy import deepcopy
from dataclasses import replace
from datetime import date

import msgspec
import pytest

from services.reporting.cards import BLANK, fold, folded_into
from services.reporting.projections import CASES
from services.reporting.queries import card, lingering, names
from shared import contracts
from shared.contracts.cases import (
    CaseAssigned,
    CaseContinued,
    CaseTerminated,
    DecisionReceivedByParty,
    Figures,
    FlagsChanged,
    OfficerRecused,
    PoliceAnswered,
    PoliceAsked,
    PolicePurpose,
    RecusalGround,
    ResettlementAccepted,
    ResultsReported,
)
from shared.contracts.clocks import DeadlineMet, DeadlineMoved, DeadlinePaused, DeadlineSet
from shared.contracts.petitions import (
    AuthorisationRecorded,
    Channel,
    CheckOrdered,
    Kind,
    OutsideDecisionReceived,
    Party,
    PetitionLinked,
    PetitionReceived,
    Role,
)
from shared.directory import Directories
from shared.ledger import Recorded
from shared.memory_log import MemoryLog
from tests.support import stories
from tests.support.recording import record

WARD, FILE = "09253", "7f3k9q2mxw4t"
DIRECTORY = Directories.from_environment().of(WARD)


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


def test_folding_changes_neither_the_row_before_nor_the_blank_one() -> None:
    blank, row, into, log = deepcopy(BLANK), {}, {}, MemoryLog()
    for category, event in stories.COMPLAINT:
        record(log, WARD, f"{category}-{FILE}", event)
    for commit in log.after(WARD, 0):
        for event in commit.recorded():
            before, kept = row, deepcopy(row)
            row, into = fold(row, event), folded_into(into, event)
            assert (before, BLANK) == (kept, blank)
            assert row == into


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
            "stopped_days": 0,
            "only_informs": False,
        },
        "settle_1": {
            "kind": "khieu_nai",
            "rule": "KN.SETTLE1",
            "triggered_on": "2026-10-08",
            "due_on": "2026-11-09",
            "state": "late",
            "met_on": "2026-11-12",
            "days_late": 3,
            "stopped_days": 0,
            "only_informs": False,
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


def through(story, kind):
    """The story up to and with its first event of this type."""
    first = next(place for place, (_, event) in enumerate(story) if isinstance(event, kind))
    return folded(*story[: first + 1])


def test_the_card_of_a_complaint_tells_what_was_done_in_it() -> None:
    row = folded(*stories.COMPLAINT)
    told = {
        "state": "closed",
        "respondent": "chu_tich",
        "originals": 2,
        "originals_returned": 2,
        "notified_on": "2026-09-08",
        "officer": "cb-xay-dung-1",
        "transfers": 1,
        "days_lost": 3,
        "recused": [
            {"officer": "cb-dia-chinh-1", "ground": "ky_quyet_dinh", "recused_on": "2026-09-11"}
        ],
        "police": [{"asked_on": "2026-09-14", "purpose": "xac_minh", "answered_on": "2026-09-18"}],
        "suspensions": [
            {
                "suspended_on": "2026-09-21",
                "ground": "cho_ket_qua",
                "continued_on": "2026-10-12",
            }
        ],
        "orders_sent": [{"number": "20/QĐ-UBND", "sent_on": "2026-09-23"}],
        "is_complex": True,
        "complex_criteria": ["nhieu_noi_dung", "chung_cu_mau_thuan"],
        "declared_complex_on": "2026-10-15",
        "expertise_ordered_on": "2026-10-13",
        "expertise_received_on": "2026-10-15",
        "verified_on": "2026-10-16",
        "verified_by": "cb-xay-dung-1",
        "differs_from_request": True,
        "dialogue_announced_on": "2026-10-19",
        "dialogue_announced_for": "2026-10-26",
        "dialogue_held_on": "2026-10-26",
        "complainant_attended": True,
        "sent_on": "2026-11-02",
        "sent_to": ["nguoi_khieu_nai", "cap_tren"],
        "received_by": {"p1": "2026-11-03"},
        "published_on": "2026-11-05",
        "published_by": ["niem_yet", "cong_thong_tin"],
        "legal_effect_on": "2026-11-30",
        "appeal_until": "2026-12-03",
        "enforcement_ordered_on": "2026-12-04",
        "enforcement_unit": "kinh-te-ha-tang",
        "enforcement_due_on": "2026-12-25",
        "enforced_on": "2026-12-21",
        "is_enforced_whole": True,
    }
    assert row | told == row
    assert row["links"] == [
        {
            "to": "3d5k9q2mxw4t",
            "relation": "lien_quan",
            "score": 87,
            "linked_on": "2026-08-28",
        }
    ]
    settle = row["clocks"]["settle_1"]
    assert (settle["rule"], settle["due_on"]) == ("KN.SETTLE1.COMPLEX", "2026-11-12")
    assert settle["stopped_days"] == 21


def test_the_card_of_a_denunciation_tells_extension_withdrawal_and_handling() -> None:
    row = folded(*stories.DENUNCIATION)
    told = {
        "state": "closed",
        "extensions": 1,
        "extended_on": "2026-08-10",
        "withdrawn_on": "2026-08-20",
        "is_withdrawn_whole": True,
        "leaves_nothing": False,
        "outcome": "dung",
        "measures": [{"measure": "ky_luat", "handled_on": "2026-09-15"}],
        "published_on": "2026-09-16",
    }
    assert row | told == row


def test_a_suspended_case_says_so_and_its_limit_stands_still() -> None:
    row = through(stories.COMPLAINT, DeadlinePaused)
    assert (row["state"], row["clocks"]["settle_1"]["state"]) == ("suspended", "paused")
    assert (row["next_due_on"], row["waiting_due_on"]) == (None, None)
    assert card(row, date(2026, 12, 31))["is_overdue"] is False


def test_a_continued_case_is_as_it_was_and_its_limit_runs_to_another_day() -> None:
    row = through(stories.COMPLAINT, DeadlineMoved)
    assert (row["state"], row["next_due_on"]) == ("assigned", "2026-09-24")
    settle = row["clocks"]["settle_1"]
    assert (settle["state"], settle["due_on"]) == ("running", "2026-10-28")


def test_a_case_that_was_suspended_before_anybody_had_it_goes_on_as_accepted() -> None:
    told = [told for told in stories.COMPLAINT if not isinstance(told[1], CaseAssigned)]
    assert through(told, CaseContinued)["state"] == "accepted"


def test_a_terminated_case_is_open_until_it_is_closed() -> None:
    row = through(stories.TERMINATED, CaseTerminated)
    told = ("terminated", True, "rut_toan_bo", True)
    asked = ("state", "is_open", "termination_ground", "leaves_nothing")
    assert tuple(row[name] for name in asked) == told
    row = folded(*stories.TERMINATED)
    assert (row["state"], row["is_open"], row["ground"]) == ("closed", False, "dinh_chi")


def test_information_that_is_checked_is_open_until_the_check_is_reported() -> None:
    row = through(stories.CHECKED, CheckOrdered)
    told = {
        "state": "checking",
        "is_open": True,
        "ended_on": None,
        "check_unit": "van-phong",
        "is_anonymous": True,
        "is_verifiable": True,
    }
    assert row | told == row
    row = folded(*stories.CHECKED)
    told = {
        "state": "checked",
        "is_open": False,
        "ended_on": "2026-10-30",
        "check_result": "chuyen_co_quan_khac",
        "check_referred_to": "Thanh tra tỉnh",
    }
    assert row | told == row


def test_the_card_tells_who_acts_for_whom_now() -> None:
    row = through(stories.INHERITED, PetitionReceived)
    first = {"ref": "a1", "acts_for": "p1", "capacity": "duoc_uy_quyen", "document_on": None}
    assert row["proxies"] == [first]
    lawyer = first | {"ref": "a2", "capacity": "luat_su", "document_on": "2026-10-06"}
    assert through(stories.INHERITED, AuthorisationRecorded)["proxies"] == [lawyer]
    row = folded(*stories.INHERITED)
    heir = first | {"ref": "a3", "capacity": "thua_ke", "document_on": "2026-10-19"}
    assert row["proxies"] == [heir]
    assert row["successions"] == [
        {"of": "p1", "died_on": "2026-10-11", "succeeded_on": "2026-10-20"}
    ]
    [_, authorised, _] = stories.INHERITED
    assert [each["ref"] for each in folded(*stories.INHERITED, authorised)["proxies"]] == [
        "a3",
        "a2",
    ]


def test_the_card_tells_that_it_is_about_administrative_rules() -> None:
    about = replace(stories.CLASSIFIED, kind=Kind.FEEDBACK, about_rules=True)
    assert petition(about)["about_rules"] is True


def test_a_land_dispute_in_mediation_is_open_until_the_mediation_is_recorded() -> None:
    row = petition(stories.CLASSIFIED, stories.TO_MEDIATION)
    assert (row["state"], row["is_open"], row["ended_on"]) == ("mediating", True, None)
    limit = {"clock": "mediation", "rule": "DD.MEDIATE"}
    due = DeadlineSet(
        **limit,
        kind="tranh_chap_dat_dai",
        triggered_on=date(2026, 10, 2),
        due_on=date(2026, 11, 2),
        law="1",
        calendar="1",
    )
    met = DeadlineMet(**limit, met_on=date(2026, 10, 30), due_on=date(2026, 11, 2))
    row = folded(
        ("petition", stories.RECEIVED),
        ("petition", stories.TO_MEDIATION),
        ("clock", due),
        ("clock", met),
    )
    assert (row["state"], row["is_open"], row["ended_on"]) == ("mediating", False, "2026-10-30")


def test_signs_of_a_crime_go_to_the_police_and_the_file_ends() -> None:
    row = petition(stories.TO_THE_POLICE)
    told = ("forwarded", "to_giac_toi_pham", False)
    assert (row["state"], row["forward_purpose"], row["is_open"]) == told


def test_mixed_content_is_guided_to_be_split() -> None:
    assert petition(stories.GUIDED_TO_SPLIT)["is_to_split"] is True


def test_a_link_that_was_a_mistake_is_gone() -> None:
    linked = next(event for _, event in stories.COMPLAINT if isinstance(event, PetitionLinked))
    assert petition(linked, stories.UNLINKED)["links"] == []
    assert len(petition(linked, linked)["links"]) == 1


def test_what_a_recused_officer_verified_no_longer_counts() -> None:
    told = [event for event in stories.COMPLAINT if not isinstance(event[1], OfficerRecused)]
    recused = OfficerRecused(
        recused_on=date(2026, 10, 17), officer="cb-xay-dung-1", ground=RecusalGround.RELATIVE
    )
    row = through([*told, ("case", recused)], OfficerRecused)
    assert (row["verified_on"], row["differs_from_request"]) == (None, None)


def test_an_answer_of_the_police_is_to_the_oldest_open_question() -> None:
    asked = [
        PoliceAsked(asked_on=date(2026, 9, day), purpose=PolicePurpose.ORDER) for day in (14, 15)
    ]
    row = folded(
        ("petition", stories.RECEIVED),
        *(("case", each) for each in asked),
        ("case", PoliceAnswered(answered_on=date(2026, 9, 18))),
    )
    assert [each["answered_on"] for each in row["police"]] == ["2026-09-18", None]


def test_a_window_that_time_closes_makes_no_file_overdue() -> None:
    row = through(stories.COMPLAINT, DecisionReceivedByParty)
    window = next(told for told in stories.COMPLAINT if _is_window(told[1]))
    told = card(_followed_by(row, window), date(2027, 1, 20))
    assert told["clocks"]["appeal_window"]["state"] == "running"
    assert told["clocks"]["appeal_window"]["is_overdue"] is False
    assert told["clocks"]["legal_effect_1"]["is_overdue"] is False


def _is_window(event):
    return isinstance(event, DeadlineSet) and event.clock == "appeal_window"


def _followed_by(row, told):
    category, event = told
    (recorded,) = record(MemoryLog(), WARD, f"{category}-{FILE}", event).recorded()
    return fold(row, recorded)


def test_a_decision_in_force_that_may_still_be_appealed_is_marked() -> None:
    assert card(folded(*stories.COMPLAINT), date(2026, 12, 1))["appeal_outlasts_effect"] is True
    row = folded(*stories.COMPLAINT)
    sooner = row | {"appeal_until": "2026-11-29"}
    assert card(sooner, date(2026, 12, 1))["appeal_outlasts_effect"] is False


def test_after_a_second_complaint_the_first_decision_has_no_legal_effect() -> None:
    row = folded(*stories.DISCIPLINARY)
    assert (row["legal_effect_on"], row["second_complaint_on"]) == (None, "2026-11-20")
    assert (row["is_disciplinary"], row["is_dismissal"]) == (True, True)
    assert (row["complainant_attended"], row["dialogue_held_on"]) == (False, "2026-10-28")


def test_the_card_of_a_second_complaint_tells_what_the_province_did() -> None:
    row = folded(*stories.SECOND_LEVEL[:15])
    told = {
        "state": "decided",
        "second_complaint_on": "2026-11-18",
        "second_refused_on": None,  # that was the first try
        "second_accepted_on": "2026-11-25",
        "second_decided_on": "2026-12-21",
        "second_outcome": "huy_bo",
        "forwarder_informed_on": "2026-11-10",
        "documents": [
            {
                "asked": "nguoi_bi_khieu_nai",
                "requested_on": "2026-10-12",
                "supplied_on": None,
            },
            {
                "asked": "nguoi_lien_quan",
                "requested_on": "2026-10-12",
                "supplied_on": "2026-10-16",
            },
        ],
    }
    assert row | told == row


def test_a_later_decision_of_the_province_stands_whatever_is_recorded_after_it() -> None:
    first = next(
        event for _, event in stories.SECOND_LEVEL if isinstance(event, OutsideDecisionReceived)
    )
    later = replace(first, decided_on=date(2026, 12, 28), number="79/QĐ-UBND", outcome="sua_doi")
    court = replace(later, decided_on=date(2026, 12, 30), number="9/TB", outcome="toa_an_thu_ly")
    for told in ((first, later, court), (court, later, first)):
        row = folded(*stories.SECOND_LEVEL[:14], *(("petition", event) for event in told))
        assert (row["second_decided_on"], row["second_outcome"]) == ("2026-12-28", "sua_doi")
        assert len(row["outside_decisions"]) == 3


def test_a_decision_of_the_province_recorded_before_the_second_complaint_settles_it() -> None:
    lodged, _, decided = stories.SECOND_LEVEL[12:15]
    row = folded(*stories.SECOND_LEVEL[:10], decided, lodged)
    assert (row["second_decided_on"], row["second_outcome"]) == ("2026-12-21", "huy_bo")


def test_a_complaint_that_is_settled_again_is_as_undecided_and_keeps_what_was() -> None:
    row = folded(*stories.SECOND_LEVEL[:16])
    told = {
        "state": "assigned",
        "officer": stories.ASSIGNED.officer,
        "decided_on": None,
        "outcome": None,
        "documents": [],
        "second_complaint_on": None,
        "second_outcome": None,
        "resettlements": [
            {
                "accepted_on": "2026-12-23",
                "ground": "cap_tren_huy",
                "was_decided_on": stories.DECIDED.decided_on.isoformat(),
                "was_number": stories.DECIDED.number,
                "was_outcome": str(stories.DECIDED.outcome),
            }
        ],
    }
    assert row | told == row


def test_what_was_done_of_a_decision_adds_up() -> None:
    row = folded(*stories.SECOND_LEVEL)
    assert (row["calls_for"]["money_returned"], row["is_enforced_whole"]) == (45_000_000, True)
    assert {name: amount for name, amount in row["results"].items() if amount} == {
        "money_returned": 45_000_000,
        "land_returned": 120,
        "individuals_restored": 1,
        "cases_prosecuted": 1,
        "people_prosecuted": 2,
    }


def test_figures_that_a_later_event_does_not_name_stay_as_they_are() -> None:
    figures = Figures(money_returned=45_000_000, people_handled=2)
    reported = ResultsReported(reported_on=date(2026, 12, 1), results=figures)
    (event,) = record(MemoryLog(), WARD, f"case-{FILE}", reported).recorded()
    fewer = msgspec.structs.replace(event, data=event.data | {"results": {"people_handled": 1}})
    results = fold(fold({}, event), fewer)["results"]
    assert (results["money_returned"], results["people_handled"]) == (45_000_000, 3)


def test_of_several_windows_the_last_to_close_counts() -> None:
    late = DeadlineSet(
        clock="appeal_window.2",
        kind="khieu_nai",
        rule="KN.APPEAL",
        triggered_on=date(2026, 11, 10),
        due_on=date(2026, 12, 10),
        law="1",
        calendar="1",
        only_informs=True,
    )
    assert folded(*stories.COMPLAINT, ("clock", late))["appeal_until"] == "2026-12-10"


def test_the_alarm_is_shown_but_makes_no_file_overdue() -> None:
    alarm = DeadlineSet(
        clock="discipline_alarm",
        kind="xu_ly_don",
        rule="XLD.RED45",
        triggered_on=date(2026, 10, 2),
        due_on=date(2026, 11, 16),
        law="1",
        calendar="1",
    )
    row = folded(("petition", stories.RECEIVED), ("clock", alarm))
    assert row["waiting_due_on"] is None
    before, after = card(row, date(2026, 11, 16)), card(row, date(2026, 11, 17))
    assert (before["is_alarmed"], after["is_alarmed"]) == (False, True)
    assert after["is_overdue"] is False


def test_each_escalation_is_on_the_card() -> None:
    assert folded(*stories.RECOMMENDATION)["escalations"] == [
        {"clock": "answer", "level": 2, "to": "kinh-te-ha-tang", "escalated_on": "2026-10-27"}
    ]


def test_a_lingering_file_tells_its_age_and_which_limits_it_misses() -> None:
    row = folded(*stories.SETTLED, until=stories.SETTLE_MISSED)
    told = lingering(row, date(2026, 11, 12))
    assert told["age_days"] == 41
    assert told["missed"] == [
        {
            "clock": "settle_1",
            "name": "giải quyết lần đầu",
            "rule": "KN.SETTLE1",
            "due_on": "2026-11-09",
            "days_overdue": 3,
        }
    ]


def test_a_plan_stands_until_another_takes_its_place_and_its_day_passes() -> None:
    begun = [*stories.SETTLED[:8], ("case", stories.PLANNED)]
    row = folded(*begun)
    assert row["plan"] == {
        "planned_on": "2026-09-18",
        "finish_by": "2026-10-30",
        "planned_by": "officer:chair",
        "unit": "kinh-te-ha-tang",
        "officer": "cb-xay-dung-1",
    }
    last_day, after = date(2026, 10, 30), date(2026, 10, 31)
    assert [card(row, day)["is_plan_overdue"] for day in (last_day, after)] == [False, True]
    later = replace(stories.PLANNED, finish_by=date(2026, 11, 10), unit=None, officer=None)
    row = folded(*begun, ("case", later))
    assert (row["plan"]["finish_by"], row["plan"]["officer"]) == ("2026-11-10", None)
    assert card(row, after)["is_plan_overdue"] is False
    assert lingering(row, after)["plan"] == row["plan"]


def test_no_plan_of_a_file_that_has_ended_or_has_none_is_overdue() -> None:
    day = date(2027, 1, 20)
    assert folded(*stories.COMPLAINT)["plan"]["finish_by"] == "2026-10-30"
    assert card(folded(*stories.COMPLAINT), day)["is_plan_overdue"] is False
    assert card(folded(*stories.SETTLED[:8]), day)["is_plan_overdue"] is False
    of_a_table_before = {name: told for name, told in BLANK.items() if name != "plan"}
    assert card(of_a_table_before, day)["is_plan_overdue"] is False


def test_who_is_to_finish_a_file_is_named_beside_who_has_it() -> None:
    row = folded(*stories.SETTLED[:8], ("case", stories.PLANNED))
    named = names(row, DIRECTORY)
    assert named["officer_name"].endswith("cb-dia-chinh-1], Công chức địa chính")
    assert "cb-xay-dung-1" in named["plan"]["officer_name"]
    assert named["plan"]["unit_name"] == named["unit_name"]
    assert "plan" not in names(row | {"plan": None}, DIRECTORY)


def test_whoever_a_card_tells_of_is_named_and_nobody_stays_nobody() -> None:
    row = folded(*stories.COMPLAINT[:20])
    named = names(row, DIRECTORY)
    assert (named["check_unit_name"], named["verified_by_name"]) == (None, None)
    [kept_away] = named["conflicted_name"]
    assert kept_away == named["recused"][0]["officer_name"]
    assert kept_away.endswith("cb-dia-chinh-1], Công chức địa chính")
    [brought] = names({"escalations": [{"to": "kinh-te-ha-tang"}]}, DIRECTORY)["escalations"]
    assert brought["to_name"] == "Phòng Kinh tế, Hạ tầng và Đô thị"
    assert names({"escalations": [{"to": "chu_tich"}]}, DIRECTORY)["escalations"] == [
        {"to": "chu_tich", "to_name": "chu_tich"}
    ]


def test_the_flags_last_told_are_in_force() -> None:
    assert folded(*stories.COMPLAINT)["flags"] == ["gay_gat", "vuot_cap"]
    none = FlagsChanged(changed_on=date(2026, 10, 12), flags=())
    assert folded(*stories.SETTLED[:8])["flags"] == ["dong_nguoi", "gay_gat"]
    assert folded(*stories.SETTLED[:8], ("case", none))["flags"] == []


def test_a_complaint_that_is_settled_anew_keeps_its_flags_and_needs_a_plan_anew() -> None:
    told = [*stories.SETTLED[:8], ("case", stories.FLAGGED), ("case", stories.PLANNED)]
    anew = next(e for _, e in stories.SECOND_LEVEL if isinstance(e, ResettlementAccepted))
    row = folded(*told, ("case", anew))
    assert (row["flags"], row["plan"]) == (["gay_gat", "vuot_cap"], None)


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
        type="PetitionSplit",
        schema=1,
        data={"split_on": "2026-10-20"},
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
    return msgspec.structs.replace(event, stream=stream)


def test_every_row_has_every_field() -> None:
    for told in (stories.EVERY_EVENT, stories.EVERY_EVENT[:1]):
        assert set(folded(*told)) == set(BLANK)
