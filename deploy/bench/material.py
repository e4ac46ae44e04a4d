"""What the benchmarks write: a petition's life as events, with texts of Vietnamese length. Pure.

Nobody in here exists. The texts stand where production has ciphertext of about the same size, since
these benchmarks measure the log and not the vault.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from shared import contracts
from shared.contracts.cases import (
    AcceptanceNotified,
    CaseAssigned,
    CaseClosed,
    CaseOpened,
    ClosingGround,
    DecisionIssued,
    DecisionSent,
    DialogueHeld,
    Outcome,
    Recipient,
    VerificationReported,
)
from shared.contracts.clocks import DeadlineMet, DeadlineSet
from shared.contracts.petitions import (
    Channel,
    Field,
    Kind,
    Party,
    PetitionAccepted,
    PetitionClassified,
    PetitionReceived,
    Role,
)
from shared.ledger import Event, Proposal

#: About 600 bytes of UTF-8, of a petition such as a ward receives.
TEXT: Final = (
    "Kính gửi Ủy ban nhân dân phường, tôi đề nghị xem xét lại quyết định thu hồi đất số 12/QĐ-UBND"
    " đối với thửa đất số 45, tờ bản đồ số 7, tổ dân phố số 4. Diện tích bồi thường được tính thiếu"
    " so với giấy chứng nhận quyền sử dụng đất, phần nhà và cây trồng chưa được kiểm đếm, và phương"
    " án tái định cư chưa được niêm yết công khai. Tôi gửi kèm bản sao giấy chứng nhận và biên bản"
    " kiểm kê, mong sớm nhận được văn bản trả lời theo quy định."
)
RECEIVED_ON: Final = date(2026, 3, 2)
_NOW: Final = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def authority(number: int) -> str:
    """The code of one of the wards that the benchmarks write for."""
    return f"{90_000 + number}"


def data() -> dict[str, Any]:
    """One event's data, about 700 bytes as BSON."""
    return {"received_on": "2026-03-02", "channel": "buu_chinh", "note": TEXT}


def proposal(events: int = 1) -> Proposal:
    """The first append to a new stream."""
    id = uuid4().hex
    return Proposal(
        stream=f"petition-{id}",
        after=0,
        commit_id=id,
        digest="",
        actor="bench",
        correlation=id,
        caused_by=None,
        recorded_at=_NOW,
        events=tuple(
            Event(id=f"{id}-{number}", type="PetitionReceived", schema=1, data=data())
            for number in range(1, events + 1)
        ),
    )


def life(file: str) -> Iterator[Proposal]:
    """Every append of one complaint from receipt to archive: 12 commits, 20 events.

    That is a little above the 16 events that a petition has on average over all kinds.
    """
    versions = dict.fromkeys(contracts.CATEGORIES, 0)
    for number, (category, events) in enumerate(_course(), start=1):
        commit_id = f"{file}-{number}"
        yield Proposal(
            stream=f"{category}-{file}",
            after=versions[category],
            commit_id=commit_id,
            digest="0" * 64,
            actor="officer:vera",
            correlation=file,
            caused_by=None,
            recorded_at=_NOW + timedelta(hours=number),
            events=tuple(
                Event(
                    id=f"{commit_id}-{place}",
                    type=type(event).__name__,
                    schema=contracts.schema_version(type(event)),
                    data=contracts.dump(event)[0],
                )
                for place, event in enumerate(events, start=1)
            ),
        )
        versions[category] += len(events)


def _day(after: int) -> date:
    return RECEIVED_ON + timedelta(days=after)


def received() -> PetitionReceived:
    return PetitionReceived(
        received_on=RECEIVED_ON,
        channel=Channel.POST,
        parties=(Party(ref="p1", role=Role.PETITIONER), Party(ref="r1", role=Role.RESPONDENT)),
        claimed_kind=Kind.COMPLAINT,
    )


def classified() -> PetitionClassified:
    return PetitionClassified(
        classified_on=_day(1),
        kind=Kind.COMPLAINT,
        field=Field.LAND,
        is_competent=True,
        meets_conditions=True,
    )


def _course() -> list[tuple[str, list[Any]]]:
    kind, field = Kind.COMPLAINT, Field.LAND
    return [
        ("petition", [received()]),
        ("clock", [_set("initial_handling", 0, 10)]),
        ("petition", [classified()]),
        (
            "petition",
            [
                PetitionAccepted(
                    accepted_on=_day(3), kind=kind, field=field, received_on=RECEIVED_ON
                )
            ],
        ),
        (
            "clock",
            [_met("initial_handling", 3, 10), _set("notify", 3, 13), _set("settle_1", 3, 33)],
        ),
        ("case", [CaseOpened(opened_on=_day(3), kind=kind, field=field)]),
        (
            "case",
            [
                CaseAssigned(
                    assigned_on=_day(4),
                    unit="kinh_te_ha_tang",
                    officer="officer:vera",
                    assigned_by="officer:mai",
                    reasons=("linh_vuc", "tai_viec"),
                )
            ],
        ),
        ("case", [AcceptanceNotified(notified_on=_day(6), recipients=(Recipient.COMPLAINANT,))]),
        ("clock", [_met("notify", 6, 13), _set("dialogue", 6, 26)]),
        (
            "case",
            [
                VerificationReported(
                    reported_on=_day(18), officer="officer:vera", differs_from_request=True
                ),
                DialogueHeld(held_on=_day(22), complainant_attended=True, led_by_chair=True),
                DecisionIssued(
                    decided_on=_day(28),
                    number="31/QĐ-UBND",
                    outcome=Outcome.PARTLY_JUSTIFIED,
                    decided_by="chair:an",
                ),
            ],
        ),
        ("clock", [_met("dialogue", 22, 26), _met("settle_1", 28, 33), _set("send", 28, 31)]),
        (
            "case",
            [
                DecisionSent(sent_on=_day(29), recipients=(Recipient.COMPLAINANT,)),
                CaseClosed(closed_on=_day(60), ground=ClosingGround.SETTLED),
            ],
        ),
    ]


def _set(clock: str, triggered: int, due: int) -> DeadlineSet:
    return DeadlineSet(
        triggered_on=_day(triggered),
        clock=clock,
        kind=Kind.COMPLAINT.value,
        rule=f"KN.{clock.upper()}.2026",
        due_on=_day(due),
        law="law1",
        calendar="cal1",
    )


def _met(clock: str, met: int, due: int) -> DeadlineMet:
    return DeadlineMet(
        met_on=_day(met), clock=clock, rule=f"KN.{clock.upper()}.2026", due_on=_day(due)
    )
