"""Files whose events are ready to be recorded: (stream category, event) in the order of the log."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from shared.contracts import identities
from shared.contracts.cases import (
    AcceptanceNotified,
    CaseAssigned,
    CaseClosed,
    CaseContinued,
    CaseDeclaredComplex,
    CaseEvent,
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
    FlagsChanged,
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
    SettlementPlanned,
    SuspensionGround,
    TaskDone,
    TaskEvent,
    TaskSet,
    TaskTopic,
    TerminationGround,
    VerificationReported,
)
from shared.contracts.clocks import (
    CalendarChanged,
    ChangedDay,
    ClockEvent,
    DeadlineApproaching,
    DeadlineCancelled,
    DeadlineMet,
    DeadlineMissed,
    DeadlineMoved,
    DeadlinePaused,
    DeadlineSet,
    DeadlineUncounted,
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
    PetitionEvent,
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
    ReceptionEvent,
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

#: Event -> category of its streams. The clocks of a session have one of their own.
_CATEGORY: dict[type, str] = {
    event: category
    for category, events in (
        ("petition", PetitionEvent.__args__),
        ("case", CaseEvent.__args__),
        ("clock", ClockEvent.__args__),
        ("identity", identities.EVENTS),
        ("reception", ReceptionEvent.__args__),
        ("mediation", (MediationRecorded,)),
        ("task", TaskEvent.__args__),
        ("calendar", (CalendarChanged,)),
        ("report", (ReportFrozen, ReportSubmitted)),
        ("balance", (OpeningBalanceRecorded,)),
    )
    for event in events
}


def _told(*events: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((_CATEGORY[type(event)], event) for event in events)


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
SETTLED = _told(
    RECEIVED,
    ACCEPT_CLOCK,
    CLASSIFIED,
    ACCEPTED,
    ACCEPT_MET,
    SETTLE_CLOCK,
    OPENED,
    ASSIGNED,
    SETTLE_NEAR,
    SETTLE_MISSED,
    DECIDED,
    SETTLE_LATE,
    CLOSED,
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
UNCOUNTED = DeadlineUncounted(
    triggered_on=date(2027, 12, 27),
    clock="legal_effect_1",
    kind="khieu_nai",
    rule="KN.EFFECT1",
    only_informs=True,
    **_VERSIONS,
)
SETTLE_CANCELLED = DeadlineCancelled(
    cancelled_on=date(2026, 11, 11), clock="settle_1", rule="KN.SETTLE1"
)


def _limit(clock: str, rule: str, triggered_on: date, due_on: date, **more: Any) -> DeadlineSet:
    kind = {"KN": "khieu_nai", "KL": "khieu_nai_ky_luat", "TC": "to_cao", "PA": "phan_anh"}
    return DeadlineSet(
        clock=clock,
        kind=kind[rule[:2]],
        rule=rule,
        triggered_on=triggered_on,
        due_on=due_on,
        **_VERSIONS,
        **more,
    )


def _met(clock: str, rule: str, met_on: date, due_on: date) -> DeadlineMet:
    return DeadlineMet(clock=clock, rule=rule, met_on=met_on, due_on=due_on)


def _moved(
    clock: str, rule: str, moved_on: date, was: date, due: date, reason: MoveReason, **more: Any
) -> DeadlineMoved:
    return DeadlineMoved(
        clock=clock,
        rule=rule,
        moved_on=moved_on,
        was_due_on=was,
        due_on=due,
        reason=reason,
        **_VERSIONS,
        **more,
    )


def _classified(on: date, kind: Kind, about: Field, **more: Any) -> PetitionClassified:
    return PetitionClassified(
        classified_on=on, kind=kind, field=about, is_competent=True, meets_conditions=True, **more
    )


def _taken_up(
    kind: Kind,
    about: Field,
    received_on: date,
    accepted_on: date,
    *clocks: DeadlineSet | DeadlineMet,
    officer: str,
    **more: Any,
) -> Iterator[Any]:
    """Accepted, and a case that the officer has from the next day."""
    told = {"kind": kind, "field": about} | more
    yield PetitionAccepted(accepted_on=accepted_on, received_on=received_on, **told)
    yield from clocks
    yield CaseOpened(opened_on=accepted_on, **told)
    yield _assigned(accepted_on + timedelta(days=1), officer)


def _assigned(on: date, officer: str) -> CaseAssigned:
    unit = "van-phong" if officer == "cb-van-phong-1" else "kinh-te-ha-tang"
    return CaseAssigned(assigned_on=on, unit=unit, officer=officer, assigned_by="officer:vera")


PETITIONER = Party(ref="p1", role=Role.PETITIONER)
RESPONDENT = Party(ref="r1", role=Role.RESPONDENT)

#: The complaint that follows was classified without a flag.
FLAGGED = FlagsChanged(changed_on=date(2026, 9, 18), flags=(Flag.TENSE, Flag.CROSS_LEVEL))
PLANNED = SettlementPlanned(
    planned_on=date(2026, 9, 18),
    finish_by=date(2026, 10, 30),
    planned_by="officer:chair",
    unit="kinh-te-ha-tang",
    officer="cb-xay-dung-1",
)
#: A complaint that became complex: recusal, suspension of 21 days, dialogue, decision, publication,
#: second complaint not made, enforcement. The decision takes effect while the window is still open.
COMPLAINT = _told(
    PetitionReceived(
        received_on=date(2026, 8, 27),
        channel=Channel.RECEPTION,
        parties=(PETITIONER, RESPONDENT),
        claimed_kind=Kind.COMPLAINT,
        originals=2,
    ),
    _limit("accept", "KN.ACCEPT.2026", date(2026, 8, 27), date(2026, 9, 10)),
    _classified(date(2026, 8, 28), Kind.COMPLAINT, Field.LAND, respondent=RespondentPost.CHAIR),
    PetitionLinked(
        linked_on=date(2026, 8, 28),
        to="3d5k9q2mxw4t",
        relation=Relation.RELATED,
        score=87,
        reasons=("noi_dung_trung",),
    ),
    *_taken_up(
        Kind.COMPLAINT,
        Field.LAND,
        date(2026, 8, 27),
        date(2026, 9, 7),
        _met("accept", "KN.ACCEPT.2026", date(2026, 9, 7), date(2026, 9, 10)),
        _limit("settle_1", "KN.SETTLE1", date(2026, 9, 7), date(2026, 10, 7)),
        officer="cb-dia-chinh-1",
    ),
    AcceptanceNotified(notified_on=date(2026, 9, 8), recipients=(Recipient.COMPLAINANT,)),
    OfficerRecused(
        recused_on=date(2026, 9, 11), officer="cb-dia-chinh-1", ground=RecusalGround.SIGNED
    ),
    _assigned(date(2026, 9, 11), "cb-xay-dung-1"),
    PoliceAsked(asked_on=date(2026, 9, 14), purpose=PolicePurpose.VERIFICATION),
    PoliceAnswered(answered_on=date(2026, 9, 18)),
    FLAGGED,
    PLANNED,
    CaseSuspended(
        suspended_on=date(2026, 9, 21), ground=SuspensionGround.OTHER_RESULT, number="20/QĐ-UBND"
    ),
    OrderSent(sent_on=date(2026, 9, 23), number="20/QĐ-UBND", recipients=(Recipient.COMPLAINANT,)),
    DeadlinePaused(
        paused_on=date(2026, 9, 21),
        clock="settle_1",
        rule="KN.SETTLE1",
        was_due_on=date(2026, 10, 7),
    ),
    _limit("suspend_send", "KN.SUSPEND.SEND", date(2026, 9, 21), date(2026, 9, 24)),
    CaseContinued(continued_on=date(2026, 10, 12), number="24/QĐ-UBND"),
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
    ExpertiseOrdered(ordered_on=date(2026, 10, 13), number="25/UBND-KTHT"),
    ExpertiseReceived(received_on=date(2026, 10, 15)),
    CaseDeclaredComplex(
        declared_on=date(2026, 10, 15),
        criteria=(ComplexCriterion.CONTENTS, ComplexCriterion.EVIDENCE),
        number="26/UBND-KTHT",
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
    VerificationReported(
        reported_on=date(2026, 10, 16), officer="cb-xay-dung-1", differs_from_request=True
    ),
    DialogueAnnounced(announced_on=date(2026, 10, 19), held_on=date(2026, 10, 26)),
    DialogueHeld(held_on=date(2026, 10, 26), complainant_attended=True, led_by_chair=True),
    DecisionIssued(
        decided_on=date(2026, 10, 30),
        number="31/QĐ-UBND",
        outcome=Outcome.PARTLY_JUSTIFIED,
        decided_by="officer:chair",
    ),
    _met("settle_1", "KN.SETTLE1.COMPLEX", date(2026, 10, 30), date(2026, 11, 12)),
    _limit("send_decision_1", "KN.SEND1", date(2026, 10, 30), date(2026, 11, 4)),
    _limit(
        "legal_effect_1", "KN.EFFECT1", date(2026, 10, 30), date(2026, 11, 29), only_informs=True
    ),
    DecisionSent(sent_on=date(2026, 11, 2), recipients=(Recipient.COMPLAINANT, Recipient.SUPERIOR)),
    _met("send_decision_1", "KN.SEND1", date(2026, 11, 2), date(2026, 11, 4)),
    DecisionReceivedByParty(received_on=date(2026, 11, 3), ref="p1"),
    _limit("appeal_window", "KN.APPEAL", date(2026, 11, 3), date(2026, 12, 3), only_informs=True),
    DecisionPublished(
        published_on=date(2026, 11, 5), forms=(PublicationForm.POSTING, PublicationForm.PORTAL)
    ),
    _met("legal_effect_1", "KN.EFFECT1", date(2026, 11, 29), date(2026, 11, 29)),
    _met("appeal_window", "KN.APPEAL", date(2026, 12, 3), date(2026, 12, 3)),
    EnforcementOrdered(
        ordered_on=date(2026, 12, 4),
        unit="kinh-te-ha-tang",
        number="40/UBND-KTHT",
        due_on=date(2026, 12, 25),
    ),
    DecisionEnforced(enforced_on=date(2026, 12, 21), is_complete=True),
    OriginalsReturned(returned_on=date(2026, 12, 22), count=2),
    CaseClosed(closed_on=date(2026, 12, 22), ground=ClosingGround.SETTLED),
)

#: A complaint of an official about a disciplinary decision, settled with a dialogue.
DISCIPLINARY = _told(
    PetitionReceived(received_on=date(2026, 10, 2), channel=Channel.POST, parties=(PETITIONER,)),
    _limit("accept", "KL.ACCEPT.2026", date(2026, 10, 2), date(2026, 10, 13)),
    _classified(
        date(2026, 10, 5),
        Kind.COMPLAINT,
        Field.PUBLIC_DUTY,
        is_disciplinary=True,
        is_dismissal=True,
    ),
    *_taken_up(
        Kind.COMPLAINT,
        Field.PUBLIC_DUTY,
        date(2026, 10, 2),
        date(2026, 10, 8),
        _limit("settle", "KL.SETTLE", date(2026, 10, 8), date(2026, 11, 9)),
        officer="cb-van-phong-1",
        is_disciplinary=True,
        is_dismissal=True,
    ),
    DialogueHeld(held_on=date(2026, 10, 28), complainant_attended=False, led_by_chair=True),
    DecisionIssued(
        decided_on=date(2026, 11, 5),
        number="33/QĐ-UBND",
        outcome=Outcome.UNJUSTIFIED,
        decided_by="officer:chair",
    ),
    _met("settle", "KL.SETTLE", date(2026, 11, 5), date(2026, 11, 9)),
    _limit("legal_effect", "KL.EFFECT", date(2026, 11, 5), date(2026, 12, 5), only_informs=True),
    SecondComplaintLodged(lodged_on=date(2026, 11, 20), authority="Chủ tịch UBND tỉnh Bắc Ninh"),
    DeadlineCancelled(cancelled_on=date(2026, 11, 20), clock="legal_effect", rule="KL.EFFECT"),
)

#: A denunciation: expertise, one extension, a withdrawal that does not stop it, conclusion,
#: handling, publication.
DENUNCIATION = _told(
    PetitionReceived(
        received_on=date(2026, 6, 29),
        channel=Channel.POST,
        parties=(PETITIONER, RESPONDENT),
        claimed_kind=Kind.DENUNCIATION,
    ),
    _limit("initial_handling", "TC.INITIAL", date(2026, 6, 29), date(2026, 7, 8)),
    _classified(
        date(2026, 7, 1), Kind.DENUNCIATION, Field.PUBLIC_DUTY, respondent=RespondentPost.OFFICIAL
    ),
    *_taken_up(
        Kind.DENUNCIATION,
        Field.PUBLIC_DUTY,
        date(2026, 6, 29),
        date(2026, 7, 6),
        _met("initial_handling", "TC.INITIAL", date(2026, 7, 6), date(2026, 7, 8)),
        _limit("settle", "TC.SETTLE", date(2026, 7, 6), date(2026, 8, 5)),
        officer="cb-van-phong-1",
    ),
    AcceptanceNotified(
        notified_on=date(2026, 7, 8), recipients=(Recipient.DENOUNCER, Recipient.DENOUNCED)
    ),
    ExpertiseOrdered(ordered_on=date(2026, 7, 13), number="11/UBND-VP"),
    DeadlinePaused(
        paused_on=date(2026, 7, 13), clock="settle", rule="TC.SETTLE", was_due_on=date(2026, 8, 5)
    ),
    ExpertiseReceived(received_on=date(2026, 7, 20)),
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
    CaseDeclaredComplex(declared_on=date(2026, 8, 10), criteria=(ComplexCriterion.AGENCIES,)),
    CaseExtended(extended_on=date(2026, 8, 10), number="16/QĐ-UBND", ordinal=1),
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
    PetitionWithdrawn(
        withdrawn_on=date(2026, 8, 20),
        is_whole=True,
        form=WithdrawalForm.RECORD,
        by=("p1",),
        signs_of_violation=True,
    ),
    DecisionIssued(
        decided_on=date(2026, 9, 8),
        number="05/KL-UBND",
        outcome=Outcome.JUSTIFIED,
        decided_by="officer:chair",
    ),
    _met("settle", "TC.SETTLE.EXT1", date(2026, 9, 8), date(2026, 9, 11)),
    _limit("publish", "TC.PUBLISH", date(2026, 9, 8), date(2026, 9, 17)),
    DecisionSent(
        sent_on=date(2026, 9, 10),
        recipients=(Recipient.DENOUNCER, Recipient.DENOUNCED, Recipient.MANAGING_BODY),
    ),
    ConclusionHandled(handled_on=date(2026, 9, 15), measure=Measure.DISCIPLINE),
    DecisionPublished(published_on=date(2026, 9, 16), forms=(PublicationForm.POSTING,)),
    _met("publish", "TC.PUBLISH", date(2026, 9, 16), date(2026, 9, 17)),
    CaseClosed(closed_on=date(2026, 9, 17), ground=ClosingGround.SETTLED),
)

#: Nameless, but it names the violator and can be verified: a check, not a denunciation.
CHECKED = _told(
    PetitionReceived(
        received_on=date(2026, 10, 5), channel=Channel.POST, parties=(RESPONDENT,), is_signed=False
    ),
    _classified(date(2026, 10, 6), Kind.DENUNCIATION, Field.CORRUPTION, is_verifiable=True),
    CheckOrdered(ordered_on=date(2026, 10, 8), unit="van-phong"),
    CheckReported(
        reported_on=date(2026, 10, 30), result=CheckResult.REFERRED, referred_to="Thanh tra tỉnh"
    ),
)

#: A complaint by somebody without a paper at first, then with one; then the complainant died.
INHERITED = _told(
    PetitionReceived(
        received_on=date(2026, 10, 5),
        channel=Channel.POST,
        parties=(PETITIONER, Party(ref="p2", role=Role.PETITIONER), RESPONDENT),
        claimed_kind=Kind.COMPLAINT,
        people=2,
        proxies=(Proxy(ref="a1", acts_for="p1", capacity=Capacity.AUTHORISED),),
    ),
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
    ComplainantSucceeded(
        succeeded_on=date(2026, 10, 20),
        of="p1",
        died_on=date(2026, 10, 11),
        heirs=(
            Proxy(ref="a3", acts_for="p1", capacity=Capacity.HEIR, document_on=date(2026, 10, 19)),
        ),
    ),
)

#: A complaint that all complainants withdrew after it was accepted.
TERMINATED = (
    *DISCIPLINARY[:6],
    *_told(
        PetitionWithdrawn(
            withdrawn_on=date(2026, 10, 20),
            is_whole=True,
            form=WithdrawalForm.LETTER,
            by=("p1",),
            leaves_nothing=True,
        ),
        CaseTerminated(
            terminated_on=date(2026, 10, 21),
            ground=TerminationGround.WITHDRAWN,
            number="29/QĐ-UBND",
        ),
        DeadlineCancelled(cancelled_on=date(2026, 10, 21), clock="settle", rule="KL.SETTLE"),
        CaseClosed(closed_on=date(2026, 10, 23), ground=ClosingGround.TERMINATED),
    ),
)

#: A recommendation that was answered after the unit's head had to be told.
RECOMMENDATION = _told(
    PetitionReceived(
        received_on=date(2026, 10, 5),
        channel=Channel.NEIGHBOURHOOD,
        parties=(PETITIONER,),
        claimed_kind=Kind.RECOMMENDATION,
        neighbourhood="tdp-4",
    ),
    _classified(date(2026, 10, 6), Kind.RECOMMENDATION, Field.ENVIRONMENT),
    *_taken_up(
        Kind.RECOMMENDATION,
        Field.ENVIRONMENT,
        date(2026, 10, 5),
        date(2026, 10, 6),
        _limit("answer", "PA.SLA", date(2026, 10, 5), date(2026, 10, 26)),
        officer="cb-xay-dung-1",
    ),
    Escalated(
        escalated_on=date(2026, 10, 27),
        clock="answer",
        due_on=date(2026, 10, 26),
        level=2,
        to="kinh-te-ha-tang",
    ),
    DecisionIssued(
        decided_on=date(2026, 10, 28),
        number="44/UBND-KTHT",
        outcome=Outcome.ANSWERED,
        decided_by="officer:vera",
    ),
    DecisionSent(sent_on=date(2026, 10, 28), recipients=(Recipient.SENDER,)),
    CaseClosed(closed_on=date(2026, 10, 28), ground=ClosingGround.ANSWERED),
)

#: Documents, a second complaint that is taken up at its second try, a decision that is cancelled,
#: settled again, and carried out with figures.
SECOND_LEVEL = _told(
    RECEIVED,
    CLASSIFIED,
    ACCEPTED,
    OPENED,
    ASSIGNED,
    DocumentsRequested(requested_on=date(2026, 10, 12), asked=Recipient.COMPLAINED_OF),
    DocumentsRequested(requested_on=date(2026, 10, 12), asked=Recipient.RELATED),
    DocumentsSupplied(supplied_on=date(2026, 10, 16), asked=Recipient.RELATED),
    DECIDED,
    ForwarderInformed(informed_on=date(2026, 11, 10)),
    SecondComplaintLodged(lodged_on=date(2026, 11, 12), authority="UBND tỉnh Bắc Ninh"),
    SecondComplaintRefused(refused_on=date(2026, 11, 16)),
    SecondComplaintLodged(lodged_on=date(2026, 11, 18), authority="UBND tỉnh Bắc Ninh"),
    SecondComplaintAccepted(accepted_on=date(2026, 11, 25), is_complex=True),
    OutsideDecisionReceived(
        decided_on=date(2026, 12, 21),
        decided_by="Chủ tịch UBND tỉnh Bắc Ninh",
        number="77/QĐ-UBND",
        outcome="huy_bo",
        source=Source(agency="province", message_id="/agencies/province#m-9"),
    ),
    ResettlementAccepted(
        accepted_on=date(2026, 12, 23), ground=ResettlementGround.CANCELLED, number="80/TB-UBND"
    ),
    DecisionIssued(
        decided_on=date(2027, 1, 12),
        number="3/QĐ-UBND",
        outcome=Outcome.JUSTIFIED,
        decided_by="officer:vera",
        calls_for=Figures(money_returned=45_000_000, land_returned=120, individuals_restored=1),
    ),
    EnforcementOrdered(ordered_on=date(2027, 2, 15), unit="kinh-te-ha-tang", number="9/UBND-KTHT"),
    DecisionEnforced(
        enforced_on=date(2027, 2, 20), is_complete=False, results=Figures(money_returned=45_000_000)
    ),
    DecisionEnforced(
        enforced_on=date(2027, 3, 1),
        is_complete=True,
        results=Figures(land_returned=120, individuals_restored=1),
    ),
    ResultsReported(
        reported_on=date(2027, 4, 1), results=Figures(cases_prosecuted=1, people_prosecuted=2)
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
    *_told(
        ReceptionScheduled(
            posted_on=date(2026, 11, 2),
            held_on=date(2026, 11, 12),
            kind=ReceptionKind.PERIODIC,
            mode=ReceptionMode.IN_PERSON,
            host=Host.CHAIR,
        ),
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
    *_told(
        CitizenReceived(
            received_on=date(2026, 11, 12),
            kind=ReceptionKind.PERIODIC,
            mode=ReceptionMode.IN_PERSON,
            host=Host.CHAIR,
            turn=2,
        ),
        ReceptionRefused(
            refused_on=date(2026, 11, 12),
            ground="da_giai_quyet_van_keo_dai",
            needs_written_notice=True,
        ),
        RefusalNoticeSent(sent_on=date(2026, 11, 16)),
        ReceptionConcluded(
            concluded_on=date(2026, 11, 13), number="52/TB-UBND", units=("kinh-te-ha-tang",)
        ),
        ReceptionResultNotified(notified_on=date(2026, 11, 20), turn=1),
    ),
)
MEDIATION = _told(
    MediationRecorded(
        held_on=date(2026, 11, 9),
        neighbourhood="tdp-4",
        outcome=MediationOutcome.AGREED,
        file="7f3k9q2mxw4t",
    )
)
TASK = _told(
    TaskSet(
        set_on=date(2026, 10, 1),
        due_on=date(2026, 10, 30),
        topic=TaskTopic.DISSEMINATION,
        unit="van-phong",
        officer="cb-van-phong-1",
    ),
    TaskDone(done_on=date(2026, 11, 2), events=2, people=150),
)
_TASK_DUE = {"clock": "task", "due_on": date(2026, 10, 30)}
#: The same with what was said of its clock.
TASK_WITH_CLOCK = (
    TASK[0],
    *(
        ("task_clock", event)
        for event in (
            DeadlineSet(
                kind="nhiem_vu",
                rule="NV.TASK",
                triggered_on=date(2026, 10, 30),
                **_TASK_DUE,
                **_VERSIONS,
            ),
            DeadlineMissed(missed_on=date(2026, 10, 31), rule="NV.TASK", **_TASK_DUE),
            Escalated(escalated_on=date(2026, 10, 31), level=1, to="cb-van-phong-1", **_TASK_DUE),
        )
    ),
    TASK[1],
    (
        "task_clock",
        DeadlineMet(met_on=date(2026, 11, 2), rule="NV.TASK", days_late=3, **_TASK_DUE),
    ),
)
CALENDAR = _told(
    CalendarChanged(
        changed_on=date(2026, 11, 10),
        days=(
            ChangedDay(day=date(2026, 11, 23), kind="swapped_off", name="Nghỉ hoán đổi"),
            ChangedDay(day=date(2026, 11, 28), kind="worked", name="Làm bù"),
        ),
        document="101/TB-BNV ngày 09/11/2026",
        reason="hoan_doi",
    )
)

#: A quarter's report, made again because a course came on record late, and sent.
REPORT = _told(
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
    ReportSubmitted(submitted_on=date(2026, 9, 17), to="24", number="15/BC-UBND"),
)

#: What the last report under the old circular left, corrected once.
BALANCE = _told(
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
    )
)

#: An online session whose line worked at the second test.
ONLINE = _told(
    ReceptionScheduled(
        posted_on=date(2026, 11, 2),
        held_on=date(2026, 11, 12),
        kind=ReceptionKind.PERIODIC,
        mode=ReceptionMode.ONLINE,
        host=Host.CHAIR,
    ),
    OnlineLineTested(tested_on=date(2026, 11, 10), result=LineTest.FAILED),
    OnlineLineTested(tested_on=date(2026, 11, 11), result=LineTest.OK),
    CitizenReceived(
        received_on=date(2026, 11, 12),
        kind=ReceptionKind.PERIODIC,
        mode=ReceptionMode.ONLINE,
        host=Host.CHAIR,
        turn=1,
        capacity=Capacity.AUTHORISED,
        document_on=date(2026, 11, 9),
    ),
)

#: Who may know a denouncer: one looks, another is turned away; protection; the end of keeping.
IDENTITY = _told(
    IdentityRequested(
        requested_on=date(2026, 10, 5),
        requested_by="officer:cb-van-phong-1",
        request="3d5k9q2mxw4t",
        purpose=IdentityPurpose.WORK_WITH_DENOUNCER,
    ),
    IdentityReasonsRead(
        read_on=date(2026, 10, 5),
        read_by="officer:chu-tich",
        requests=("3d5k9q2mxw4t",),
    ),
    IdentityReleaseApproved(
        approved_on=date(2026, 10, 5),
        approved_by="officer:chu-tich",
        request="3d5k9q2mxw4t",
        until="2026-10-06T05:00:00.000Z",
    ),
    IdentityAccessDenied(
        denied_on=date(2026, 10, 5),
        denied_to="officer:cb-dia-chinh-1",
        attempt="view_identity",
        code="not_your_request",
        request="3d5k9q2mxw4t",
    ),
    IdentityViewed(
        viewed_on=date(2026, 10, 5),
        viewed_by="officer:cb-van-phong-1",
        request="3d5k9q2mxw4t",
        parts=("p1",),
    ),
    IdentityReleaseRefused(
        refused_on=date(2026, 10, 6),
        refused_by="officer:chu-tich",
        request="4d5k9q2mxw4t",
        ground=IdentityRefusal.NOT_NEEDED,
    ),
    ProtectionRecorded(
        recorded_on=date(2026, 10, 6),
        measure=ProtectionMeasure.SAFETY,
        status=ProtectionStatus.PASSED_ON,
        people=3,
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
    *_told(REFUSED, GUIDED, FORWARDED, FILED_AWAY, DECIDED_OUTSIDE),
    *_told(SETTLE_MOVED, UNCOUNTED, SETTLE_CANCELLED),
    *COMPLAINT,
    *DISCIPLINARY,
    *DENUNCIATION,
    *CHECKED,
    *INHERITED,
    *TERMINATED,
    *RECOMMENDATION,
    *SECOND_LEVEL,
    *_told(UNLINKED, ERASED_PERSON, WITHDRAWN_EARLY, GUIDED_TO_SPLIT, TO_THE_POLICE, TO_MEDIATION),
)
#: And those of other streams.
OUTSIDE_FILES = (*IDENTITY, *RECEPTION, *ONLINE, *MEDIATION, *TASK, *CALENDAR, *REPORT, *BALANCE)
