"""What the law says of cases, as data with sources, and the arithmetic of legal effect: pure.

Two generations of law: before 2026-07-01 and since (Luật 136/2025/QH15, Nghị định 155 and 156 of
2026). What a step may rely on is chosen by the legal date of that step, also in cases that were
accepted under the older law (Nghị định 155 Đ.22.1, Nghị định 156 Đ.10).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from shared.contracts.cases import (
    CaseOpened,
    Measure,
    Outcome,
    Recipient,
    SuspensionGround,
    TerminationGround,
)
from shared.contracts.petitions import Kind
from shared.working_days import Calendar, OutsideCalendar

LAW_OF_2026: Final = date(2026, 7, 1)
_LAW_OF_2011: Final = date(2012, 7, 1)
_LAW_OF_2018: Final = date(2019, 1, 1)

#: How often a case may change hands before the chair has to look at it; conflict of interest does
#: not count. Confidence C: no law says so, the ward sets it with DONTHU_MAX_TRANSFERS.
MAX_TRANSFERS: Final = 3

#: A dialogue is announced so many calendar days before (Nghị định 124 Đ.28.1, since 2026-07-01).
DIALOGUE_NOTICE_DAYS: Final = 5

#: More than the longest row of days off there ever was (Tết, with weekends on both sides).
_LONGEST_BREAK: Final = timedelta(days=14)


@dataclass(frozen=True, kw_only=True, slots=True)
class LegalGround:
    """A ground that exists for a kind of petition from a day on."""

    kind: Kind
    ground: StrEnum
    since: date
    source: str


#: When settlement may be suspended (tạm đình chỉ).
SUSPENSION: Final = (
    LegalGround(
        kind=Kind.COMPLAINT,
        ground=SuspensionGround.OBSTACLE,
        since=LAW_OF_2026,
        source="Luật Khiếu nại Đ.11a.1.a; NĐ 124 Đ.28a",
    ),
    LegalGround(
        kind=Kind.COMPLAINT,
        ground=SuspensionGround.OTHER_RESULT,
        since=LAW_OF_2026,
        source="Luật Khiếu nại Đ.11a.1.b",
    ),
    LegalGround(
        kind=Kind.DENUNCIATION,
        ground=SuspensionGround.OTHER_RESULT,
        since=_LAW_OF_2018,
        source="Luật Tố cáo Đ.34.1.a",
    ),
    LegalGround(
        kind=Kind.DENUNCIATION,
        ground=SuspensionGround.EXPERTISE,
        since=_LAW_OF_2018,
        source="Luật Tố cáo Đ.34.1.b",
    ),
)

#: When settlement may be terminated (đình chỉ). That a recommendation which was taken back is not
#: answered is the ward's own rule.
TERMINATION: Final = (
    LegalGround(
        kind=Kind.COMPLAINT,
        ground=TerminationGround.WITHDRAWN,
        since=_LAW_OF_2011,
        source="Luật Khiếu nại Đ.10; từ 01/7/2026: Đ.11a.2.a",
    ),
    LegalGround(
        kind=Kind.COMPLAINT,
        ground=TerminationGround.DIED,
        since=LAW_OF_2026,
        source="Luật Khiếu nại Đ.11a.2.b",
    ),
    LegalGround(
        kind=Kind.COMPLAINT,
        ground=TerminationGround.NOTHING_LEFT,
        since=LAW_OF_2026,
        source="Luật Khiếu nại Đ.11a.2.c",
    ),
    LegalGround(
        kind=Kind.COMPLAINT,
        ground=TerminationGround.COURT,
        since=LAW_OF_2026,
        source="Luật Khiếu nại Đ.11a.2.d",
    ),
    LegalGround(
        kind=Kind.DENUNCIATION,
        ground=TerminationGround.WITHDRAWN,
        since=_LAW_OF_2018,
        source="Luật Tố cáo Đ.34.3.a",
    ),
    LegalGround(
        kind=Kind.DENUNCIATION,
        ground=TerminationGround.DENOUNCED_DIED,
        since=_LAW_OF_2018,
        source="Luật Tố cáo Đ.34.3.b",
    ),
    LegalGround(
        kind=Kind.DENUNCIATION,
        ground=TerminationGround.SETTLED_BEFORE,
        since=_LAW_OF_2018,
        source="Luật Tố cáo Đ.34.3.c",
    ),
    *(
        LegalGround(
            kind=kind, ground=TerminationGround.WITHDRAWN, since=_LAW_OF_2011, source="internal"
        )
        for kind in (Kind.RECOMMENDATION, Kind.FEEDBACK)
    ),
)

#: Which outcomes a kind of petition can have (Luật Khiếu nại Đ.31.2, Luật Tố cáo Đ.35.2).
OUTCOMES: Final[Mapping[Kind, frozenset[Outcome]]] = {
    kind: frozenset({Outcome.ANSWERED})
    if kind in (Kind.RECOMMENDATION, Kind.FEEDBACK)
    else frozenset({Outcome.JUSTIFIED, Outcome.PARTLY_JUSTIFIED, Outcome.UNJUSTIFIED})
    for kind in Kind
}

#: Which measures fit which conclusion of a denunciation (Luật Tố cáo Đ.36.1, 36.2).
_AGAINST_WHO_WAS_DENOUNCED: Final = frozenset(
    {
        Measure.DISCIPLINE,
        Measure.PENALTY,
        Measure.RECOMMENDED,
        Measure.INVESTIGATION,
        Measure.PARTY,  # Thông tư 05/2021 Đ.15
        Measure.REMEDY,
    }
)
_FOR_WHO_WAS_DENOUNCED: Final = frozenset(
    {Measure.RIGHTS_RESTORED, Measure.FALSE_DENUNCIATION, Measure.NONE_CALLED_FOR}
)
MEASURES: Final[Mapping[Outcome, frozenset[Measure]]] = {
    Outcome.JUSTIFIED: _AGAINST_WHO_WAS_DENOUNCED,
    Outcome.PARTLY_JUSTIFIED: _AGAINST_WHO_WAS_DENOUNCED | _FOR_WHO_WAS_DENOUNCED,
    Outcome.UNJUSTIFIED: _FOR_WHO_WAS_DENOUNCED,
    Outcome.ANSWERED: frozenset(),
}

_BESIDES: Final = frozenset(
    {Recipient.FORWARDER, Recipient.INSPECTORATE, Recipient.ADVISING_UNIT, Recipient.RELATED}
)


def told_of_acceptance(opened: CaseOpened) -> frozenset[Recipient]:
    """Who may be told of the acceptance (Luật Khiếu nại Đ.27; NĐ 124 Đ.16.2; Luật Tố cáo Đ.29.3).

    Of a complaint about a disciplinary decision only the complainant is told.
    """
    match opened.kind:
        case Kind.COMPLAINT if opened.is_disciplinary:
            return frozenset({Recipient.COMPLAINANT})
        case Kind.COMPLAINT:
            return _BESIDES | {Recipient.COMPLAINANT, Recipient.COMPLAINED_OF}
        case Kind.DENUNCIATION:
            return frozenset({Recipient.DENOUNCER, Recipient.DENOUNCED, Recipient.FORWARDER})
        case _:
            return frozenset({Recipient.SENDER, Recipient.FORWARDER})


def can_be_asked(opened: CaseOpened) -> frozenset[Recipient]:
    """Of whom documents may be asked (Luật Khiếu nại Đ.12 to 15; Luật Tố cáo Đ.31)."""
    if opened.kind is Kind.COMPLAINT:
        return frozenset({Recipient.COMPLAINANT, Recipient.COMPLAINED_OF, Recipient.RELATED})
    return frozenset(
        {Recipient.DENOUNCER, Recipient.DENOUNCED, Recipient.MANAGING_BODY, Recipient.RELATED}
    )


def gets_decision(opened: CaseOpened) -> frozenset[Recipient]:
    """Who may get the decision, conclusion or answer."""
    match opened.kind:
        case Kind.COMPLAINT:
            return _BESIDES | {Recipient.COMPLAINANT, Recipient.COMPLAINED_OF, Recipient.SUPERIOR}
        case Kind.DENUNCIATION:
            return _BESIDES | {
                Recipient.DENOUNCER,
                Recipient.DENOUNCED,
                Recipient.MANAGING_BODY,
                Recipient.SUPERIOR,
            }
        case _:
            return _BESIDES | {Recipient.SENDER, Recipient.SUPERIOR}


def must_get_decision(opened: CaseOpened) -> frozenset[Recipient]:
    """Who must get it in every case (Luật Khiếu nại Đ.32; Luật Tố cáo Đ.35.3).

    Others, such as the forwarding agency, must get it where there is one. Đ.32 does not hold for
    disciplinary decisions (NĐ 124 Đ.29.2.b), of which the complainant is certain.
    """
    match opened.kind:
        case Kind.COMPLAINT if opened.is_disciplinary:
            return frozenset({Recipient.COMPLAINANT})
        case Kind.COMPLAINT:
            return frozenset({Recipient.COMPLAINANT, Recipient.SUPERIOR})
        case Kind.DENUNCIATION:
            return frozenset({Recipient.DENOUNCER, Recipient.DENOUNCED})
        case _:
            return frozenset({Recipient.SENDER})


def grounds_in_force(table: Iterable[LegalGround], kind: Kind, on: date) -> frozenset[StrEnum]:
    """The grounds that the law knows on a day for a kind of petition."""
    return frozenset(row.ground for row in table if row.kind is kind and row.since <= on)


def shortest_settlement_days(opened: CaseOpened, *, is_complex: bool) -> int:
    """Calendar days from acceptance within which a first complaint is settled.

    (Luật Khiếu nại Đ.28; disciplinary decisions Đ.50, which know no remote areas)
    """
    if opened.is_disciplinary or not opened.is_remote:
        return 45 if is_complex else 30
    return 60 if is_complex else 45


def effective_from(opened: CaseOpened, decided_on: date) -> date:
    """The day from which a decision on a complaint has legal effect, unless it was appealed.

    The day after 30 calendar days from issuance, 45 in remote areas, 30 for disciplinary decisions
    (Luật Khiếu nại Đ.44.1, 44.2, 57). Never shifted; counting so is confidence C.
    """
    days = 45 if opened.is_remote and not opened.is_disciplinary else 30
    return decided_on + timedelta(days=days + 1)


def appeal_ends_on(opened: CaseOpened, received_on: date, calendar: Calendar) -> date:
    """The last day for a second complaint, counted from the receipt of the first decision.

    30 calendar days, 45 in remote areas (Luật Khiếu nại Đ.33.1); disciplinary: 10, and 30 for
    dismissal (Đ.48). Moved to the next working day (Bộ luật Dân sự Đ.148.5). Where the calendar
    ends, the longest possible row of days off is added: rather late than too early.
    """
    if opened.is_disciplinary:
        days = 30 if opened.is_dismissal else 10
    else:
        days = 45 if opened.is_remote else 30
    last = received_on + timedelta(days=days)
    try:
        return calendar.next_working_day(last - timedelta(days=1))
    except OutsideCalendar:
        return last + _LONGEST_BREAK
