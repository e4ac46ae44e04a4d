"""Files whose events are ready to be recorded: (stream category, event) in the order of the log."""

from datetime import date
from typing import Any

from shared.contracts.cases import (
    AcceptanceNotified,
    CaseAssigned,
    CaseClosed,
    CaseContinued,
    CaseDeclaredComplex,
    CaseExtended,
    CaseOpened,
    CaseSuspended,
    CaseTerminated,
    ClosingGround,
    ComplexCriterion,
    ConclusionHandled,
    DecisionEnforced,
    DecisionIssued,
    DecisionPublished,
    DecisionReceivedByParty,
    DecisionSent,
    DialogueAnnounced,
    DialogueHeld,
    DocumentsRequested,
    DocumentsSupplied,
    EnforcementOrdered,
    ExpertiseOrdered,
    ExpertiseReceived,
    Figures,
    ForwarderInformed,
    Measure,
    OfficerRecused,
    OrderSent,
    Outcome,
    PoliceAnswered,
    PoliceAsked,
    PolicePurpose,
    PublicationForm,
    Recipient,
    RecusalGround,
    ResettlementAccepted,
    ResettlementGround,
    ResultsReported,
    SecondComplaintAccepted,
    SecondComplaintLodged,
    SecondComplaintRefused,
    SuspensionGround,
    TaskDone,
    TaskSet,
    TaskTopic,
    TerminationGround,
    VerificationReported,
)
from shared.contracts.clocks import (
    CalendarChanged,
    ChangedDay,
    DeadlineApproaching,
    DeadlineCancelled,
    DeadlineMet,
    DeadlineMissed,
    DeadlineMoved,
    DeadlinePaused,
    DeadlineSet,
    Escalated,
    MoveReason,
)
from shared.contracts.identities import (
    IdentityAccessDenied,
    IdentityPurpose,
    IdentityReasonsRead,
    IdentityRefusal,
    IdentityReleaseApproved,
    IdentityReleaseRefused,
    IdentityRequested,
    IdentityViewed,
    ProtectionMeasure,
    ProtectionRecorded,
    ProtectionStatus,
)
from shared.contracts.petitions import (
    AcceptanceRefused,
    Attestation,
    AuthorisationRecorded,
    Capacity,
    Channel,
    CheckOrdered,
    CheckReported,
    CheckResult,
    ComplainantSucceeded,
    ErasureGround,
    Field,
    Flag,
    ForwardPurpose,
    Kind,
    OriginalsReturned,
    OutsideDecisionReceived,
    Party,
    PersonErased,
    PetitionAccepted,
    PetitionClassified,
    PetitionerGuided,
    PetitionFiledAway,
    PetitionForwarded,
    PetitionLinked,
    PetitionReceived,
    PetitionUnlinked,
    PetitionWithdrawn,
    Proxy,
    Relation,
    RespondentPost,
    Role,
    Source,
    WithdrawalForm,
)
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
from shared.contracts.reports import (
    BalanceReason,
    CorrectionReason,
    Difference,
    FrozenTable,
    OpeningBalanceRecorded,
    ReportFrozen,
    ReportSubmitted,
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


def _limit(
    clock: str, rule: str, triggered_on: date, due_on: date, **more: Any
) -> tuple[str, DeadlineSet]:
    kind = {"KN": "khieu_nai", "KL": "khieu_nai_ky_luat", "TC": "to_cao", "PA": "phan_anh"}
    return "clock", DeadlineSet(
        clock=clock,
        kind=kind[rule[:2]],
        rule=rule,
        triggered_on=triggered_on,
        due_on=due_on,
        **_VERSIONS,
        **more,
    )


def _met(clock: str, rule: str, met_on: date, due_on: date) -> tuple[str, DeadlineMet]:
    return "clock", DeadlineMet(clock=clock, rule=rule, met_on=met_on, due_on=due_on)


def _moved(
    clock: str, rule: str, moved_on: date, was: date, due: date, reason: MoveReason, **more: Any
) -> tuple[str, DeadlineMoved]:
    return "clock", DeadlineMoved(
        clock=clock,
        rule=rule,
        moved_on=moved_on,
        was_due_on=was,
        due_on=due,
        reason=reason,
        **_VERSIONS,
        **more,
    )


PETITIONER = Party(ref="p1", role=Role.PETITIONER)
RESPONDENT = Party(ref="r1", role=Role.RESPONDENT)

#: A complaint that became complex: recusal, suspension of 21 days, dialogue, decision, publication,
#: second complaint not made, enforcement. The decision takes effect while the window is still open.
COMPLAINT = (
    (
        "petition",
        PetitionReceived(
            received_on=date(2026, 8, 27),
            channel=Channel.RECEPTION,
            parties=(PETITIONER, RESPONDENT),
            claimed_kind=Kind.COMPLAINT,
            originals=2,
        ),
    ),
    _limit("accept", "KN.ACCEPT.2026", date(2026, 8, 27), date(2026, 9, 10)),
    (
        "petition",
        PetitionClassified(
            classified_on=date(2026, 8, 28),
            kind=Kind.COMPLAINT,
            field=Field.LAND,
            is_competent=True,
            meets_conditions=True,
            respondent=RespondentPost.CHAIR,
        ),
    ),
    (
        "petition",
        PetitionLinked(
            linked_on=date(2026, 8, 28),
            to="3d5k9q2mxw4t",
            relation=Relation.RELATED,
            score=87,
            reasons=("noi_dung_trung",),
        ),
    ),
    (
        "petition",
        PetitionAccepted(
            accepted_on=date(2026, 9, 7),
            kind=Kind.COMPLAINT,
            field=Field.LAND,
            received_on=date(2026, 8, 27),
        ),
    ),
    _met("accept", "KN.ACCEPT.2026", date(2026, 9, 7), date(2026, 9, 10)),
    _limit("settle_1", "KN.SETTLE1", date(2026, 9, 7), date(2026, 10, 7)),
    ("case", CaseOpened(opened_on=date(2026, 9, 7), kind=Kind.COMPLAINT, field=Field.LAND)),
    (
        "case",
        CaseAssigned(
            assigned_on=date(2026, 9, 8),
            unit="kinh-te-ha-tang",
            officer="cb-dia-chinh-1",
            assigned_by="officer:vera",
        ),
    ),
    (
        "case",
        AcceptanceNotified(notified_on=date(2026, 9, 8), recipients=(Recipient.COMPLAINANT,)),
    ),
    (
        "case",
        OfficerRecused(
            recused_on=date(2026, 9, 11), officer="cb-dia-chinh-1", ground=RecusalGround.SIGNED
        ),
    ),
    (
        "case",
        CaseAssigned(
            assigned_on=date(2026, 9, 11),
            unit="kinh-te-ha-tang",
            officer="cb-xay-dung-1",
            assigned_by="officer:vera",
        ),
    ),
    ("case", PoliceAsked(asked_on=date(2026, 9, 14), purpose=PolicePurpose.VERIFICATION)),
    ("case", PoliceAnswered(answered_on=date(2026, 9, 18))),
    (
        "case",
        CaseSuspended(
            suspended_on=date(2026, 9, 21),
            ground=SuspensionGround.OTHER_RESULT,
            number="20/QĐ-UBND",
        ),
    ),
    (
        "case",
        OrderSent(
            sent_on=date(2026, 9, 23), number="20/QĐ-UBND", recipients=(Recipient.COMPLAINANT,)
        ),
    ),
    (
        "clock",
        DeadlinePaused(
            paused_on=date(2026, 9, 21),
            clock="settle_1",
            rule="KN.SETTLE1",
            was_due_on=date(2026, 10, 7),
        ),
    ),
    _limit("suspend_send", "KN.SUSPEND.SEND", date(2026, 9, 21), date(2026, 9, 24)),
    ("case", CaseContinued(continued_on=date(2026, 10, 12), number="24/QĐ-UBND")),
    _moved(
        "settle_1",
        "KN.SETTLE1",
        date(2026, 10, 12),
        date(2026, 10, 7),
        date(2026, 10, 28),
        MoveReason.SUSPENSION,
        triggered_on=date(2026, 9, 7),
        stopped_days=21,
    ),
    _limit("suspend_send.2", "KN.SUSPEND.SEND", date(2026, 10, 12), date(2026, 10, 15)),
    _met("suspend_send.2", "KN.SUSPEND.SEND", date(2026, 10, 13), date(2026, 10, 15)),
    ("case", ExpertiseOrdered(ordered_on=date(2026, 10, 13), number="25/UBND-KTHT")),
    ("case", ExpertiseReceived(received_on=date(2026, 10, 15))),
    (
        "case",
        CaseDeclaredComplex(
            declared_on=date(2026, 10, 15),
            criteria=(ComplexCriterion.CONTENTS, ComplexCriterion.EVIDENCE),
            number="26/UBND-KTHT",
        ),
    ),
    _moved(
        "settle_1",
        "KN.SETTLE1.COMPLEX",
        date(2026, 10, 15),
        date(2026, 10, 28),
        date(2026, 11, 12),
        MoveReason.RULE,
        triggered_on=date(2026, 9, 7),
        stopped_days=21,
    ),
    (
        "case",
        VerificationReported(
            reported_on=date(2026, 10, 16), officer="cb-xay-dung-1", differs_from_request=True
        ),
    ),
    (
        "case",
        DialogueAnnounced(announced_on=date(2026, 10, 19), held_on=date(2026, 10, 26)),
    ),
    (
        "case",
        DialogueHeld(held_on=date(2026, 10, 26), complainant_attended=True, led_by_chair=True),
    ),
    (
        "case",
        DecisionIssued(
            decided_on=date(2026, 10, 30),
            number="31/QĐ-UBND",
            outcome=Outcome.PARTLY_JUSTIFIED,
            decided_by="officer:chair",
        ),
    ),
    _met("settle_1", "KN.SETTLE1.COMPLEX", date(2026, 10, 30), date(2026, 11, 12)),
    _limit("send_decision_1", "KN.SEND1", date(2026, 10, 30), date(2026, 11, 4)),
    _limit(
        "legal_effect_1",
        "KN.EFFECT1",
        date(2026, 10, 30),
        date(2026, 11, 29),
        only_informs=True,
    ),
    (
        "case",
        DecisionSent(
            sent_on=date(2026, 11, 2), recipients=(Recipient.COMPLAINANT, Recipient.SUPERIOR)
        ),
    ),
    _met("send_decision_1", "KN.SEND1", date(2026, 11, 2), date(2026, 11, 4)),
    ("case", DecisionReceivedByParty(received_on=date(2026, 11, 3), ref="p1")),
    _limit("appeal_window", "KN.APPEAL", date(2026, 11, 3), date(2026, 12, 3), only_informs=True),
    (
        "case",
        DecisionPublished(
            published_on=date(2026, 11, 5),
            forms=(PublicationForm.POSTING, PublicationForm.PORTAL),
        ),
    ),
    _met("legal_effect_1", "KN.EFFECT1", date(2026, 11, 29), date(2026, 11, 29)),
    _met("appeal_window", "KN.APPEAL", date(2026, 12, 3), date(2026, 12, 3)),
    (
        "case",
        EnforcementOrdered(
            ordered_on=date(2026, 12, 4),
            unit="kinh-te-ha-tang",
            number="40/UBND-KTHT",
            due_on=date(2026, 12, 25),
        ),
    ),
    ("case", DecisionEnforced(enforced_on=date(2026, 12, 21), is_complete=True)),
    ("petition", OriginalsReturned(returned_on=date(2026, 12, 22), count=2)),
    ("case", CaseClosed(closed_on=date(2026, 12, 22), ground=ClosingGround.SETTLED)),
)

#: A complaint of an official about a disciplinary decision, settled with a dialogue.
DISCIPLINARY = (
    (
        "petition",
        PetitionReceived(
            received_on=date(2026, 10, 2), channel=Channel.POST, parties=(PETITIONER,)
        ),
    ),
    _limit("accept", "KL.ACCEPT.2026", date(2026, 10, 2), date(2026, 10, 13)),
    (
        "petition",
        PetitionClassified(
            classified_on=date(2026, 10, 5),
            kind=Kind.COMPLAINT,
            field=Field.PUBLIC_DUTY,
            is_competent=True,
            meets_conditions=True,
            is_disciplinary=True,
            is_dismissal=True,
        ),
    ),
    (
        "petition",
        PetitionAccepted(
            accepted_on=date(2026, 10, 8),
            kind=Kind.COMPLAINT,
            field=Field.PUBLIC_DUTY,
            received_on=date(2026, 10, 2),
            is_disciplinary=True,
            is_dismissal=True,
        ),
    ),
    _limit("settle", "KL.SETTLE", date(2026, 10, 8), date(2026, 11, 9)),
    (
        "case",
        CaseOpened(
            opened_on=date(2026, 10, 8),
            kind=Kind.COMPLAINT,
            field=Field.PUBLIC_DUTY,
            is_disciplinary=True,
            is_dismissal=True,
        ),
    ),
    (
        "case",
        CaseAssigned(
            assigned_on=date(2026, 10, 9),
            unit="van-phong",
            officer="cb-van-phong-1",
            assigned_by="officer:vera",
        ),
    ),
    (
        "case",
        DialogueHeld(held_on=date(2026, 10, 28), complainant_attended=False, led_by_chair=True),
    ),
    (
        "case",
        DecisionIssued(
            decided_on=date(2026, 11, 5),
            number="33/QĐ-UBND",
            outcome=Outcome.UNJUSTIFIED,
            decided_by="officer:chair",
        ),
    ),
    _met("settle", "KL.SETTLE", date(2026, 11, 5), date(2026, 11, 9)),
    _limit("legal_effect", "KL.EFFECT", date(2026, 11, 5), date(2026, 12, 5), only_informs=True),
    (
        "case",
        SecondComplaintLodged(
            lodged_on=date(2026, 11, 20), authority="Chủ tịch UBND tỉnh Bắc Ninh"
        ),
    ),
    (
        "clock",
        DeadlineCancelled(cancelled_on=date(2026, 11, 20), clock="legal_effect", rule="KL.EFFECT"),
    ),
)

#: A denunciation: expertise, one extension, a withdrawal that does not stop it, conclusion,
#: handling, publication.
DENUNCIATION = (
    (
        "petition",
        PetitionReceived(
            received_on=date(2026, 6, 29),
            channel=Channel.POST,
            parties=(PETITIONER, RESPONDENT),
            claimed_kind=Kind.DENUNCIATION,
        ),
    ),
    _limit("initial_handling", "TC.INITIAL", date(2026, 6, 29), date(2026, 7, 8)),
    (
        "petition",
        PetitionClassified(
            classified_on=date(2026, 7, 1),
            kind=Kind.DENUNCIATION,
            field=Field.PUBLIC_DUTY,
            is_competent=True,
            meets_conditions=True,
            respondent=RespondentPost.OFFICIAL,
        ),
    ),
    (
        "petition",
        PetitionAccepted(
            accepted_on=date(2026, 7, 6),
            kind=Kind.DENUNCIATION,
            field=Field.PUBLIC_DUTY,
            received_on=date(2026, 6, 29),
        ),
    ),
    _met("initial_handling", "TC.INITIAL", date(2026, 7, 6), date(2026, 7, 8)),
    _limit("settle", "TC.SETTLE", date(2026, 7, 6), date(2026, 8, 5)),
    (
        "case",
        CaseOpened(opened_on=date(2026, 7, 6), kind=Kind.DENUNCIATION, field=Field.PUBLIC_DUTY),
    ),
    (
        "case",
        CaseAssigned(
            assigned_on=date(2026, 7, 7),
            unit="van-phong",
            officer="cb-van-phong-1",
            assigned_by="officer:vera",
        ),
    ),
    (
        "case",
        AcceptanceNotified(
            notified_on=date(2026, 7, 8), recipients=(Recipient.DENOUNCER, Recipient.DENOUNCED)
        ),
    ),
    ("case", ExpertiseOrdered(ordered_on=date(2026, 7, 13), number="11/UBND-VP")),
    (
        "clock",
        DeadlinePaused(
            paused_on=date(2026, 7, 13),
            clock="settle",
            rule="TC.SETTLE",
            was_due_on=date(2026, 8, 5),
        ),
    ),
    ("case", ExpertiseReceived(received_on=date(2026, 7, 20))),
    _moved(
        "settle",
        "TC.SETTLE",
        date(2026, 7, 20),
        date(2026, 8, 5),
        date(2026, 8, 12),
        MoveReason.SUSPENSION,
        triggered_on=date(2026, 7, 6),
        stopped_days=7,
    ),
    (
        "case",
        CaseDeclaredComplex(declared_on=date(2026, 8, 10), criteria=(ComplexCriterion.AGENCIES,)),
    ),
    ("case", CaseExtended(extended_on=date(2026, 8, 10), number="16/QĐ-UBND", ordinal=1)),
    _moved(
        "settle",
        "TC.SETTLE.EXT1",
        date(2026, 8, 10),
        date(2026, 8, 12),
        date(2026, 9, 11),
        MoveReason.EXTENSION,
        triggered_on=date(2026, 7, 6),
        stopped_days=7,
    ),
    (
        "petition",
        PetitionWithdrawn(
            withdrawn_on=date(2026, 8, 20),
            is_whole=True,
            form=WithdrawalForm.RECORD,
            by=("p1",),
            signs_of_violation=True,
        ),
    ),
    (
        "case",
        DecisionIssued(
            decided_on=date(2026, 9, 8),
            number="05/KL-UBND",
            outcome=Outcome.JUSTIFIED,
            decided_by="officer:chair",
        ),
    ),
    _met("settle", "TC.SETTLE.EXT1", date(2026, 9, 8), date(2026, 9, 11)),
    _limit("publish", "TC.PUBLISH", date(2026, 9, 8), date(2026, 9, 17)),
    (
        "case",
        DecisionSent(
            sent_on=date(2026, 9, 10),
            recipients=(Recipient.DENOUNCER, Recipient.DENOUNCED, Recipient.MANAGING_BODY),
        ),
    ),
    ("case", ConclusionHandled(handled_on=date(2026, 9, 15), measure=Measure.DISCIPLINE)),
    (
        "case",
        DecisionPublished(published_on=date(2026, 9, 16), forms=(PublicationForm.POSTING,)),
    ),
    _met("publish", "TC.PUBLISH", date(2026, 9, 16), date(2026, 9, 17)),
    ("case", CaseClosed(closed_on=date(2026, 9, 17), ground=ClosingGround.SETTLED)),
)

#: Nameless, but it names the violator and can be verified: a check, not a denunciation.
CHECKED = (
    (
        "petition",
        PetitionReceived(
            received_on=date(2026, 10, 5),
            channel=Channel.POST,
            parties=(RESPONDENT,),
            is_signed=False,
        ),
    ),
    (
        "petition",
        PetitionClassified(
            classified_on=date(2026, 10, 6),
            kind=Kind.DENUNCIATION,
            field=Field.CORRUPTION,
            is_competent=True,
            meets_conditions=True,
            is_verifiable=True,
        ),
    ),
    ("petition", CheckOrdered(ordered_on=date(2026, 10, 8), unit="van-phong")),
    (
        "petition",
        CheckReported(
            reported_on=date(2026, 10, 30),
            result=CheckResult.REFERRED,
            referred_to="Thanh tra tỉnh",
        ),
    ),
)

#: A complaint by somebody without a paper at first, then with one; then the complainant died.
INHERITED = (
    (
        "petition",
        PetitionReceived(
            received_on=date(2026, 10, 5),
            channel=Channel.POST,
            parties=(PETITIONER, Party(ref="p2", role=Role.PETITIONER), RESPONDENT),
            claimed_kind=Kind.COMPLAINT,
            people=2,
            proxies=(Proxy(ref="a1", acts_for="p1", capacity=Capacity.AUTHORISED),),
        ),
    ),
    (
        "petition",
        AuthorisationRecorded(
            recorded_on=date(2026, 10, 7),
            proxies=(
                Proxy(
                    ref="a2",
                    acts_for="p1",
                    capacity=Capacity.LAWYER,
                    document_on=date(2026, 10, 6),
                    attestation=Attestation.CERTIFIED,
                    content=1,
                ),
            ),
        ),
    ),
    (
        "petition",
        ComplainantSucceeded(
            succeeded_on=date(2026, 10, 20),
            of="p1",
            died_on=date(2026, 10, 11),
            heirs=(
                Proxy(
                    ref="a3",
                    acts_for="p1",
                    capacity=Capacity.HEIR,
                    document_on=date(2026, 10, 19),
                ),
            ),
        ),
    ),
)

#: A complaint that all complainants withdrew after it was accepted.
TERMINATED = (
    *DISCIPLINARY[:6],
    (
        "petition",
        PetitionWithdrawn(
            withdrawn_on=date(2026, 10, 20),
            is_whole=True,
            form=WithdrawalForm.LETTER,
            by=("p1",),
            leaves_nothing=True,
        ),
    ),
    (
        "case",
        CaseTerminated(
            terminated_on=date(2026, 10, 21),
            ground=TerminationGround.WITHDRAWN,
            number="29/QĐ-UBND",
        ),
    ),
    (
        "clock",
        DeadlineCancelled(cancelled_on=date(2026, 10, 21), clock="settle", rule="KL.SETTLE"),
    ),
    ("case", CaseClosed(closed_on=date(2026, 10, 23), ground=ClosingGround.TERMINATED)),
)

#: A recommendation that was answered after the unit's head had to be told.
RECOMMENDATION = (
    (
        "petition",
        PetitionReceived(
            received_on=date(2026, 10, 5),
            channel=Channel.NEIGHBOURHOOD,
            parties=(PETITIONER,),
            claimed_kind=Kind.RECOMMENDATION,
            neighbourhood="tdp-4",
        ),
    ),
    (
        "petition",
        PetitionClassified(
            classified_on=date(2026, 10, 6),
            kind=Kind.RECOMMENDATION,
            field=Field.ENVIRONMENT,
            is_competent=True,
            meets_conditions=True,
        ),
    ),
    (
        "petition",
        PetitionAccepted(
            accepted_on=date(2026, 10, 6),
            kind=Kind.RECOMMENDATION,
            field=Field.ENVIRONMENT,
            received_on=date(2026, 10, 5),
        ),
    ),
    _limit("answer", "PA.SLA", date(2026, 10, 5), date(2026, 10, 26)),
    (
        "case",
        CaseOpened(opened_on=date(2026, 10, 6), kind=Kind.RECOMMENDATION, field=Field.ENVIRONMENT),
    ),
    (
        "case",
        CaseAssigned(
            assigned_on=date(2026, 10, 7),
            unit="kinh-te-ha-tang",
            officer="cb-xay-dung-1",
            assigned_by="officer:vera",
        ),
    ),
    (
        "clock",
        Escalated(
            escalated_on=date(2026, 10, 27),
            clock="answer",
            due_on=date(2026, 10, 26),
            level=2,
            to="kinh-te-ha-tang",
        ),
    ),
    (
        "case",
        DecisionIssued(
            decided_on=date(2026, 10, 28),
            number="44/UBND-KTHT",
            outcome=Outcome.ANSWERED,
            decided_by="officer:vera",
        ),
    ),
    ("case", DecisionSent(sent_on=date(2026, 10, 28), recipients=(Recipient.SENDER,))),
    ("case", CaseClosed(closed_on=date(2026, 10, 28), ground=ClosingGround.ANSWERED)),
)

#: Documents, a second complaint that is taken up at its second try, a decision that is cancelled,
#: settled again, and carried out with figures.
SECOND_LEVEL = (
    ("petition", RECEIVED),
    ("petition", CLASSIFIED),
    ("petition", ACCEPTED),
    ("case", OPENED),
    ("case", ASSIGNED),
    ("case", DocumentsRequested(requested_on=date(2026, 10, 12), asked=Recipient.COMPLAINED_OF)),
    ("case", DocumentsRequested(requested_on=date(2026, 10, 12), asked=Recipient.RELATED)),
    ("case", DocumentsSupplied(supplied_on=date(2026, 10, 16), asked=Recipient.RELATED)),
    ("case", DECIDED),
    ("case", ForwarderInformed(informed_on=date(2026, 11, 10))),
    ("case", SecondComplaintLodged(lodged_on=date(2026, 11, 12), authority="UBND tỉnh Bắc Ninh")),
    ("case", SecondComplaintRefused(refused_on=date(2026, 11, 16))),
    ("case", SecondComplaintLodged(lodged_on=date(2026, 11, 18), authority="UBND tỉnh Bắc Ninh")),
    ("case", SecondComplaintAccepted(accepted_on=date(2026, 11, 25), is_complex=True)),
    (
        "petition",
        OutsideDecisionReceived(
            decided_on=date(2026, 12, 21),
            decided_by="Chủ tịch UBND tỉnh Bắc Ninh",
            number="77/QĐ-UBND",
            outcome="huy_bo",
            source=Source(agency="province", message_id="/agencies/province#m-9"),
        ),
    ),
    (
        "case",
        ResettlementAccepted(
            accepted_on=date(2026, 12, 23),
            ground=ResettlementGround.CANCELLED,
            number="80/TB-UBND",
        ),
    ),
    (
        "case",
        DecisionIssued(
            decided_on=date(2027, 1, 12),
            number="3/QĐ-UBND",
            outcome=Outcome.JUSTIFIED,
            decided_by="officer:vera",
            calls_for=Figures(money_returned=45_000_000, land_returned=120, individuals_restored=1),
        ),
    ),
    (
        "case",
        EnforcementOrdered(
            ordered_on=date(2027, 2, 15), unit="kinh-te-ha-tang", number="9/UBND-KTHT"
        ),
    ),
    (
        "case",
        DecisionEnforced(
            enforced_on=date(2027, 2, 20),
            is_complete=False,
            results=Figures(money_returned=45_000_000),
        ),
    ),
    (
        "case",
        DecisionEnforced(
            enforced_on=date(2027, 3, 1),
            is_complete=True,
            results=Figures(land_returned=120, individuals_restored=1),
        ),
    ),
    (
        "case",
        ResultsReported(
            reported_on=date(2027, 4, 1), results=Figures(cases_prosecuted=1, people_prosecuted=2)
        ),
    ),
)

UNLINKED = PetitionUnlinked(unlinked_on=date(2026, 9, 1), to="3d5k9q2mxw4t")
WITHDRAWN_EARLY = PetitionWithdrawn(
    withdrawn_on=date(2026, 10, 6),
    is_whole=True,
    form=WithdrawalForm.LETTER,
    by=("p1",),
    leaves_nothing=True,
)
GUIDED_TO_SPLIT = PetitionerGuided(
    guided_on=date(2026, 10, 7), competent_authority="UBND phường", to_split=True
)
TO_MEDIATION = PetitionForwarded(
    forwarded_on=date(2026, 10, 7),
    competent_authority="Hội đồng hòa giải phường",
    purpose=ForwardPurpose.MEDIATION,
)
TO_THE_POLICE = PetitionForwarded(
    forwarded_on=date(2026, 10, 7),
    competent_authority="Công an phường",
    purpose=ForwardPurpose.CRIME,
)

#: A session of citizen reception: stream categories `reception` and `reception_clock`.
RECEPTION = (
    (
        "reception",
        ReceptionScheduled(
            posted_on=date(2026, 11, 2),
            held_on=date(2026, 11, 12),
            kind=ReceptionKind.PERIODIC,
            mode=ReceptionMode.IN_PERSON,
            host=Host.CHAIR,
        ),
    ),
    (
        "reception",
        CitizenReceived(
            received_on=date(2026, 11, 12),
            kind=ReceptionKind.PERIODIC,
            mode=ReceptionMode.IN_PERSON,
            host=Host.CHAIR,
            turn=1,
            people=6,
            representatives=2,
            file="7f3k9q2mxw4t",
            matter=Kind.COMPLAINT,
        ),
    ),
    (
        "reception_clock",
        DeadlineSet(
            clock="result_notice",
            kind="tiep_cong_dan",
            rule="TCD.RESULT",
            triggered_on=date(2026, 11, 12),
            due_on=date(2026, 11, 27),
            **_VERSIONS,
        ),
    ),
    (
        "reception",
        CitizenReceived(
            received_on=date(2026, 11, 12),
            kind=ReceptionKind.PERIODIC,
            mode=ReceptionMode.IN_PERSON,
            host=Host.CHAIR,
            turn=2,
        ),
    ),
    (
        "reception",
        ReceptionRefused(
            refused_on=date(2026, 11, 12),
            ground="da_giai_quyet_van_keo_dai",
            needs_written_notice=True,
        ),
    ),
    ("reception", RefusalNoticeSent(sent_on=date(2026, 11, 16))),
    (
        "reception",
        ReceptionConcluded(
            concluded_on=date(2026, 11, 13), number="52/TB-UBND", units=("kinh-te-ha-tang",)
        ),
    ),
    ("reception", ReceptionResultNotified(notified_on=date(2026, 11, 20), turn=1)),
)
MEDIATION = (
    (
        "mediation",
        MediationRecorded(
            held_on=date(2026, 11, 9),
            neighbourhood="tdp-4",
            outcome=MediationOutcome.AGREED,
            file="7f3k9q2mxw4t",
        ),
    ),
)
TASK = (
    (
        "task",
        TaskSet(
            set_on=date(2026, 10, 1),
            due_on=date(2026, 10, 30),
            topic=TaskTopic.DISSEMINATION,
            unit="van-phong",
            officer="cb-van-phong-1",
        ),
    ),
    ("task", TaskDone(done_on=date(2026, 11, 2), events=2, people=150)),
)
CALENDAR = (
    (
        "calendar",
        CalendarChanged(
            changed_on=date(2026, 11, 10),
            days=(
                ChangedDay(day=date(2026, 11, 23), kind="swapped_off", name="Nghỉ hoán đổi"),
                ChangedDay(day=date(2026, 11, 28), kind="worked", name="Làm bù"),
            ),
            document="101/TB-BNV ngày 09/11/2026",
            reason="hoan_doi",
        ),
    ),
)

#: A quarter's report, made again because a course came on record late, and sent.
REPORT = (
    (
        "report",
        ReportFrozen(
            frozen_on=date(2026, 9, 16),
            period="2026-Q3",
            first=date(2026, 6, 15),
            last=date(2026, 9, 14),
            tables=(FrozenTable(form="06/QLKNTC", figures=(0,) * 17),),
            position=40,
            hash="0" * 64,
            declaration="TT06-2025.0000000000000000",
            corrects="3d5k9q2mxw4t",
            reason=CorrectionReason.RECORDED_LATE,
            differences=(Difference(form="06/QLKNTC", column=4, was=1, now=0),),
        ),
    ),
    (
        "report",
        ReportSubmitted(submitted_on=date(2026, 9, 17), to="24", number="15/BC-UBND"),
    ),
)

#: What the last report under the old circular left, corrected once.
BALANCE = (
    (
        "balance",
        OpeningBalanceRecorded(
            as_of=date(2025, 12, 14),
            period="2025",
            form="02/XLD",
            column=1,
            amount=7,
            source_number="412/BC-UBND",
            source_dated=date(2025, 12, 16),
            was=9,
            reason=BalanceReason.ENTERED_WRONGLY,
        ),
    ),
)

#: An online session whose line worked at the second test.
ONLINE = (
    (
        "reception",
        ReceptionScheduled(
            posted_on=date(2026, 11, 2),
            held_on=date(2026, 11, 12),
            kind=ReceptionKind.PERIODIC,
            mode=ReceptionMode.ONLINE,
            host=Host.CHAIR,
        ),
    ),
    ("reception", OnlineLineTested(tested_on=date(2026, 11, 10), result=LineTest.FAILED)),
    ("reception", OnlineLineTested(tested_on=date(2026, 11, 11), result=LineTest.OK)),
    (
        "reception",
        CitizenReceived(
            received_on=date(2026, 11, 12),
            kind=ReceptionKind.PERIODIC,
            mode=ReceptionMode.ONLINE,
            host=Host.CHAIR,
            turn=1,
            capacity=Capacity.AUTHORISED,
            document_on=date(2026, 11, 9),
        ),
    ),
)

#: Who may know a denouncer: one looks, another is turned away; protection; the end of keeping.
IDENTITY = (
    (
        "identity",
        IdentityRequested(
            requested_on=date(2026, 10, 5),
            requested_by="officer:cb-van-phong-1",
            request="3d5k9q2mxw4t",
            purpose=IdentityPurpose.WORK_WITH_DENOUNCER,
        ),
    ),
    (
        "identity",
        IdentityReasonsRead(
            read_on=date(2026, 10, 5),
            read_by="officer:chu-tich",
            requests=("3d5k9q2mxw4t",),
        ),
    ),
    (
        "identity",
        IdentityReleaseApproved(
            approved_on=date(2026, 10, 5),
            approved_by="officer:chu-tich",
            request="3d5k9q2mxw4t",
            until="2026-10-06T05:00:00.000Z",
        ),
    ),
    (
        "identity",
        IdentityAccessDenied(
            denied_on=date(2026, 10, 5),
            denied_to="officer:cb-dia-chinh-1",
            attempt="view_identity",
            code="not_your_request",
            request="3d5k9q2mxw4t",
        ),
    ),
    (
        "identity",
        IdentityViewed(
            viewed_on=date(2026, 10, 5),
            viewed_by="officer:cb-van-phong-1",
            request="3d5k9q2mxw4t",
            parts=("p1",),
        ),
    ),
    (
        "identity",
        IdentityReleaseRefused(
            refused_on=date(2026, 10, 6),
            refused_by="officer:chu-tich",
            request="4d5k9q2mxw4t",
            ground=IdentityRefusal.NOT_NEEDED,
        ),
    ),
    (
        "identity",
        ProtectionRecorded(
            recorded_on=date(2026, 10, 6),
            measure=ProtectionMeasure.SAFETY,
            status=ProtectionStatus.PASSED_ON,
            people=3,
        ),
    ),
)
ERASED_PERSON = PersonErased(
    erased_on=date(2036, 11, 24),
    part="p1",
    ground=ErasureGround.RETENTION,
    document="12/QĐ-UBND ngày 20/11/2036",
)

#: Every event that the streams of a file can have.
EVERY_EVENT = (
    *SETTLED,
    ("petition", REFUSED),
    ("petition", GUIDED),
    ("petition", FORWARDED),
    ("petition", FILED_AWAY),
    ("petition", DECIDED_OUTSIDE),
    ("clock", SETTLE_MOVED),
    ("clock", SETTLE_CANCELLED),
    *COMPLAINT,
    *DISCIPLINARY,
    *DENUNCIATION,
    *CHECKED,
    *INHERITED,
    *TERMINATED,
    *RECOMMENDATION,
    *SECOND_LEVEL,
    ("petition", UNLINKED),
    ("petition", ERASED_PERSON),
    ("petition", WITHDRAWN_EARLY),
    ("petition", GUIDED_TO_SPLIT),
    ("petition", TO_THE_POLICE),
    ("petition", TO_MEDIATION),
)
#: And those of other streams.
OUTSIDE_FILES = (*IDENTITY, *RECEPTION, *ONLINE, *MEDIATION, *TASK, *CALENDAR, *REPORT, *BALANCE)
