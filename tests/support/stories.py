"""Files whose events are ready to be recorded: (stream category, event) in the order of the log."""

from datetime import date

from shared.contracts.cases import (
    CaseAssigned,
    CaseClosed,
    CaseOpened,
    ClosingGround,
    DecisionIssued,
    Outcome,
)
from shared.contracts.clocks import (
    DeadlineApproaching,
    DeadlineCancelled,
    DeadlineMet,
    DeadlineMissed,
    DeadlineMoved,
    DeadlineSet,
    MoveReason,
)
from shared.contracts.petitions import (
    AcceptanceRefused,
    Channel,
    Field,
    Flag,
    Kind,
    OutsideDecisionReceived,
    Party,
    PetitionAccepted,
    PetitionClassified,
    PetitionerGuided,
    PetitionFiledAway,
    PetitionForwarded,
    PetitionReceived,
    Role,
    Source,
)

_VERSIONS = {"law": "2026-07-01", "calendar": "2026"}

RECEIVED = PetitionReceived(
    received_on=date(2026, 10, 2),
    channel=Channel.PORTAL,
    parties=(Party(ref="p1", role=Role.PETITIONER), Party(ref="r1", role=Role.RESPONDENT)),
    claimed_kind=Kind.COMPLAINT,
    people=7,
    repeats="3d5k9q2mxw4t",
    source=Source(agency="portal", message_id="m-1"),
)
ACCEPT_CLOCK = DeadlineSet(
    triggered_on=date(2026, 10, 2),
    clock="accept",
    kind="khieu_nai",
    rule="KN.ACCEPT.2026",
    due_on=date(2026, 10, 13),
    **_VERSIONS,
)
CLASSIFIED = PetitionClassified(
    classified_on=date(2026, 10, 5),
    kind=Kind.COMPLAINT,
    field=Field.LAND,
    is_competent=True,
    meets_conditions=True,
    flags=(Flag.GROUP, Flag.TENSE),
)
ACCEPTED = PetitionAccepted(
    accepted_on=date(2026, 10, 8),
    kind=Kind.COMPLAINT,
    field=Field.LAND,
    received_on=date(2026, 10, 2),
    people=7,
)
ACCEPT_MET = DeadlineMet(
    met_on=date(2026, 10, 8), clock="accept", rule="KN.ACCEPT.2026", due_on=date(2026, 10, 13)
)
SETTLE_CLOCK = DeadlineSet(
    triggered_on=date(2026, 10, 8),
    clock="settle_1",
    kind="khieu_nai",
    rule="KN.SETTLE1",
    due_on=date(2026, 11, 9),
    **_VERSIONS,
)
OPENED = CaseOpened(opened_on=date(2026, 10, 8), kind=Kind.COMPLAINT, field=Field.LAND)
ASSIGNED = CaseAssigned(
    assigned_on=date(2026, 10, 9),
    unit="kinh-te-ha-tang",
    officer="cb-dia-chinh-1",
    assigned_by="officer:vera",
    reasons=("dung_linh_vuc",),
)
SETTLE_NEAR = DeadlineApproaching(
    noticed_on=date(2026, 11, 4), clock="settle_1", due_on=date(2026, 11, 9), working_days_left=3
)
SETTLE_MISSED = DeadlineMissed(
    missed_on=date(2026, 11, 10), clock="settle_1", rule="KN.SETTLE1", due_on=date(2026, 11, 9)
)
DECIDED = DecisionIssued(
    decided_on=date(2026, 11, 12),
    number="12/QĐ-UBND",
    outcome=Outcome.PARTLY_JUSTIFIED,
    decided_by="officer:vera",
)
SETTLE_LATE = DeadlineMet(
    met_on=date(2026, 11, 12),
    clock="settle_1",
    rule="KN.SETTLE1",
    due_on=date(2026, 11, 9),
    days_late=3,
)
CLOSED = CaseClosed(closed_on=date(2026, 11, 20), ground=ClosingGround.SETTLED)

#: A complaint of seven people, accepted in time, decided three days late, closed.
SETTLED = (
    ("petition", RECEIVED),
    ("clock", ACCEPT_CLOCK),
    ("petition", CLASSIFIED),
    ("petition", ACCEPTED),
    ("clock", ACCEPT_MET),
    ("clock", SETTLE_CLOCK),
    ("case", OPENED),
    ("case", ASSIGNED),
    ("clock", SETTLE_NEAR),
    ("clock", SETTLE_MISSED),
    ("case", DECIDED),
    ("clock", SETTLE_LATE),
    ("case", CLOSED),
)

#: What else can happen to a petition, each of which ends it, or adds to it from outside.
REFUSED = AcceptanceRefused(refused_on=date(2026, 10, 8), ground="kn_het_thoi_hieu")
GUIDED = PetitionerGuided(guided_on=date(2026, 10, 7), competent_authority="UBND tỉnh Bắc Ninh")
FORWARDED = PetitionForwarded(
    forwarded_on=date(2026, 10, 7), competent_authority="Công an tỉnh Bắc Ninh"
)
FILED_AWAY = PetitionFiledAway(filed_on=date(2026, 10, 6), ground="nac_danh_khong_ro")
DECIDED_OUTSIDE = OutsideDecisionReceived(
    decided_on=date(2026, 12, 1),
    decided_by="Chủ tịch UBND tỉnh Bắc Ninh",
    number="77/QĐ-UBND",
    outcome="giu_nguyen",
    source=Source(agency="province", message_id="m-9"),
)
SETTLE_MOVED = DeadlineMoved(
    moved_on=date(2026, 11, 11),
    clock="settle_1",
    rule="KN.SETTLE1.COMPLEX",
    triggered_on=date(2026, 10, 8),
    was_due_on=date(2026, 11, 9),
    due_on=date(2026, 11, 23),
    reason=MoveReason.RULE,
    **_VERSIONS,
)
SETTLE_CANCELLED = DeadlineCancelled(
    cancelled_on=date(2026, 11, 11), clock="settle_1", rule="KN.SETTLE1"
)

EVERY_EVENT = (
    *SETTLED,
    ("petition", REFUSED),
    ("petition", GUIDED),
    ("petition", FORWARDED),
    ("petition", FILED_AWAY),
    ("petition", DECIDED_OUTSIDE),
    ("clock", SETTLE_MOVED),
    ("clock", SETTLE_CANCELLED),
)
