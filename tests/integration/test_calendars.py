"""A ward's own calendar, recorded by deadlines, moves what intake and assignment accept."""

import functools
from datetime import date

import pytest

from services.assignment.service import AssignmentService
from services.deadlines.service import DeadlinesService
from services.intake.service import IntakeService
from shared.contracts.cases import (
    CaseOpened,
    DecisionIssued,
    DecisionReceivedByParty,
    DecisionSent,
    Outcome,
    Recipient,
)
from shared.contracts.petitions import (
    Channel,
    Field,
    Kind,
    Party,
    PetitionAccepted,
    PetitionReceived,
    Role,
)
from shared.errors import Refused
from shared.mongo_log import MongoLog
from tests.support.recording import record


@pytest.fixture
def take_off(run_service, rpc):
    """Have the ward declare a day off."""
    run_service(DeadlinesService)

    def change(day):
        off = {"day": day, "kind": "holiday", "name": "Ngày nghỉ của phường"}
        told = {"days": [off], "document": "12/TB-UBND", "reason": "thong_bao_nghi_le"}
        rpc.deadlines.change_calendar(told)

    return change


def test_a_schedule_must_hang_out_a_day_longer_where_the_ward_has_a_day_off(
    run_service, rpc, take_off
):
    run_service(IntakeService)
    posted = {"posted_on": "2026-10-08", "held_on": "2026-10-15", "kind": "dinh_ky"}
    assert rpc.intake.schedule_reception(posted)["reception"]
    take_off("2026-10-12")
    with pytest.raises(Refused, match="posted_too_late"):
        rpc.intake.schedule_reception(posted)
    assert rpc.intake.schedule_reception(posted | {"posted_on": "2026-10-07"})["reception"]


def test_a_case_stays_open_while_the_wards_days_off_keep_the_appeal_window_open(
    run_service, rpc, take_off, mongo_client, authority
):
    run_service(AssignmentService)
    tell = functools.partial(record, MongoLog(mongo_client), authority)
    tell(
        "petition-f1",
        PetitionReceived(
            received_on=date(2025, 10, 2),
            channel=Channel.POST,
            parties=(Party(ref="p1", role=Role.PETITIONER),),
        ),
        PetitionAccepted(
            accepted_on=date(2025, 10, 8),
            kind=Kind.COMPLAINT,
            field=Field.LAND,
            received_on=date(2025, 10, 2),
        ),
    )
    tell(
        "case-f1",
        CaseOpened(opened_on=date(2025, 10, 8), kind=Kind.COMPLAINT, field=Field.LAND),
        DecisionIssued(
            decided_on=date(2025, 11, 5),
            number="12/QĐ-UBND",
            outcome=Outcome.UNJUSTIFIED,
            decided_by="officer:vera",
        ),
        DecisionSent(sent_on=date(2025, 11, 6), recipients=(Recipient.COMPLAINANT,)),
        # 30 days end on Sunday, 7 December.
        DecisionReceivedByParty(received_on=date(2025, 11, 7), ref="p1"),
    )
    take_off("2025-12-08")
    close = {"file": "f1", "ground": "da_giai_quyet"}
    with pytest.raises(Refused, match="appeal_window_open"):
        rpc.assignment.close(close | {"closed_on": "2025-12-09"})
    assert rpc.assignment.close(close | {"closed_on": "2025-12-10"})["file"] == "f1"
