"""What happens to a petition or in a session of reception, day by day, and the clocks of it. Pure.

A story is one of a few courses begun on some day at some pace. Its clocks are those that the
deadlines service records: the same functions decide them, asked whenever something happens and on
the days on which the sweep would find something. Names and texts are not told, only their lengths.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from services.deadlines import domain, policies
from services.deadlines.alarms import Alarms
from services.deadlines.calling import Law
from services.deadlines.rules import RuleTable
from shared import contracts
from shared.contracts.cases import (
    AcceptanceNotified,
    CaseAssigned,
    CaseClosed,
    CaseOpened,
    ClosingGround,
    DecisionIssued,
    DecisionPublished,
    DecisionReceivedByParty,
    DecisionSent,
    DialogueAnnounced,
    DialogueHeld,
    Outcome,
    PublicationForm,
    Recipient,
    VerificationReported,
)
from shared.contracts.petitions import (
    AcceptanceRefused,
    Channel,
    Field,
    Kind,
    Party,
    PetitionAccepted,
    PetitionClassified,
    PetitionerGuided,
    PetitionFiledAway,
    PetitionForwarded,
    PetitionReceived,
    Role,
)
from shared.contracts.receptions import (
    CitizenReceived,
    Host,
    ReceptionKind,
    ReceptionMode,
    ReceptionResultNotified,
)
from shared.working_days import Calendar

YEAR = 2026
FIRST_DAY, LAST_DAY = date(YEAR, 1, 1), date(YEAR, 12, 31)
CALENDAR = Calendar.load()
RULES = RuleTable.load()
ALARMS = Alarms.from_environment()
CHAIR = "officer:chu-tich"

#: Events that have sealed parts: part -> length of the text in it, in bytes of UTF-8.
SEALED: Mapping[str, Mapping[str, int]] = {
    "PetitionReceived": {"p1": 260, "text": 1400},
    "AcceptanceRefused": {"text": 450},
    "PetitionerGuided": {"text": 400},
    "VerificationReported": {"text": 1200},
    "DialogueHeld": {"text": 1600},
    "DecisionIssued": {"text": 900},
    "CitizenReceived": {"p1": 260, "text": 500},
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One event as it is stored, without its sealed parts."""

    type: str
    schema: int
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """What one decision records, on one stream."""

    on: date
    category: str
    actor: str
    happenings: tuple[Happening, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """One of the ways in which a file can go; `share` of all that begin as it does."""

    name: str
    share: float
    events: Callable[["Days"], Iterable[Any]]
    category: str = "petition"


@dataclass(frozen=True, slots=True)
class Days:
    """The days of one story, by working days after the first at pace 1."""

    first: date
    pace: float

    def __call__(self, number: int) -> date:
        if not number:
            return self.first
        return CALENDAR.add_working_days(self.first, max(1, round(number * self.pace)))


#: How fast files go: pace and the share of files that go so.
PACES = ((0.6, 0.35), (1.0, 0.5), (2.3, 0.15))


@cache
def story(course: Course, first: date, pace: float) -> tuple[Step, ...]:
    """The steps of a file up to the end of the year; the same for the same arguments."""
    coming = [each for each in course.events(Days(first, pace)) if _day(each) <= LAST_DAY]
    teller = _Teller(course.category)
    for event in coming:
        teller.sweep_until(_day(event))
        teller.tell(event)
    teller.sweep_until(LAST_DAY)
    return tuple(teller.steps)


class _Teller:
    def __init__(self, category: str) -> None:
        self.steps: list[Step] = []
        self._clock = "reception_clock" if category == "reception" else "clock"
        self._category = category
        self._history: list[Any] = []
        self._clocks = domain.Clocks()
        self._today = FIRST_DAY

    def tell(self, event: Any) -> None:
        """Record the event, then what the clocks make of it."""
        is_of_case = type(event).__name__ in _OF_CASE
        category = "case" if is_of_case else self._category
        self._today = _day(event)
        self._history.append(event)
        self._record(category, _ACTORS.get(category, "officer:cb-tiep-dan-1"), [event])
        self._follow(records_misses=False)

    def sweep_until(self, end: date) -> None:
        """Record what the sweep would have found on the days before `end`."""
        while (day := self._next_look()) is not None and day < end:
            self._today = day
            self._follow(records_misses=True)

    def _next_look(self) -> date | None:
        """The next day on which a clock can be near, missed, or to be escalated."""
        days: set[date] = set()
        for clock in self._clocks.by_name.values():
            if clock.is_running and clock.due_on:
                days |= _looks(clock.due_on)
        return min((day for day in days if day > self._today), default=None)

    def _follow(self, records_misses: bool) -> None:
        called = policies.limits_called_for(
            self._history, Law(calendar=CALENDAR, rules=RULES, today=self._today)
        )
        command = domain.FollowFile(
            limits=tuple(called.limits),
            latest_on=_day(self._history[-1]),
            today=self._today,
            near=_near(self._today),
            steps=ALARMS.steps(policies.assignee(self._history), self._today, CALENDAR),
            uncounted=tuple(called.uncounted),
            unanswered=frozenset(called.unanswered),
            records_misses=records_misses,
        )
        if events := domain.follow_file(command, self._clocks):
            for event in events:
                self._clocks = domain.evolve(self._clocks, event)
            self._record(self._clock, "service:deadlines", events)

    def _record(self, category: str, actor: str, events: Iterable[Any]) -> None:
        happenings = tuple(
            Happening(type(event).__name__, contracts.schema_version(type(event)), data)
            for event in events
            for data, _ in [contracts.dump(event)]
        )
        self.steps.append(Step(self._today, category, actor, happenings))


_ACTORS = {"petition": "officer:cb-tiep-dan-1", "case": "officer:cb-dia-chinh-1"}
_OF_CASE = frozenset(event.__name__ for event in contracts.OWNED["assignment"])


@cache
def _near(today: date) -> Mapping[int, date]:
    return ALARMS.near(today, CALENDAR)


@cache
def _looks(due: date) -> frozenset[date]:
    late = due + timedelta(days=1)
    steps = {step.working_days for step in (*ALARMS.assigned, *ALARMS.unassigned)}
    return frozenset(
        {CALENDAR.add_working_days(due, -distance) for distance in ALARMS.approaching}
        | {late}
        | {CALENDAR.add_working_days(late, number) for number in steps if number}
    )


def _day(event: Any) -> date:
    first: date = contracts.legal_date(type(event).__name__, contracts.dump(event)[0])
    return first


# -- the courses


def _received(days: Days, kind: Kind, channel: Channel) -> PetitionReceived:
    has_respondent = kind in (Kind.COMPLAINT, Kind.DENUNCIATION)
    respondent = (Party(ref="r1", role=Role.RESPONDENT),) if has_respondent else ()
    return PetitionReceived(
        received_on=days(0),
        channel=channel,
        parties=(Party(ref="p1", role=Role.PETITIONER), *respondent),
        claimed_kind=kind,
    )


def _classified(
    days: Days, kind: Kind, field: Field, *, is_competent: bool = True, fits: bool = True
) -> PetitionClassified:
    return PetitionClassified(
        classified_on=days(1),
        kind=kind,
        field=field,
        is_competent=is_competent,
        meets_conditions=fits,
    )


def _opened(
    days: Days, kind: Kind, field: Field, on: int, unit: str, officer: str
) -> Iterator[Any]:
    yield PetitionAccepted(accepted_on=days(on), kind=kind, field=field, received_on=days(0))
    yield CaseOpened(opened_on=days(on), kind=kind, field=field)
    yield CaseAssigned(
        assigned_on=days(on + 1),
        unit=unit,
        officer=officer,
        assigned_by=CHAIR,
        reasons=("dung_linh_vuc", "it_viec_nhat"),
    )


def _complaint_settled(days: Days) -> Iterator[Any]:
    kind, field = Kind.COMPLAINT, Field.LAND
    yield _received(days, kind, Channel.RECEPTION)
    yield _classified(days, kind, field)
    yield from _opened(days, kind, field, 4, "kinh-te-ha-tang", "cb-dia-chinh-1")
    yield AcceptanceNotified(notified_on=days(5), recipients=(Recipient.COMPLAINANT,))
    yield VerificationReported(
        reported_on=days(12), officer="cb-dia-chinh-1", differs_from_request=True
    )
    yield DialogueAnnounced(announced_on=days(13), held_on=days(17))
    yield DialogueHeld(held_on=days(17), complainant_attended=True, led_by_chair=True)
    yield _decision(days, 20, Outcome.PARTLY_JUSTIFIED)
    yield DecisionSent(
        sent_on=days(21), recipients=(Recipient.COMPLAINANT, Recipient.COMPLAINED_OF)
    )
    yield DecisionReceivedByParty(received_on=days(23), ref="p1")
    yield _published(days, 25)
    yield CaseClosed(closed_on=days(48), ground=ClosingGround.SETTLED)


def _denunciation_settled(days: Days) -> Iterator[Any]:
    kind, field = Kind.DENUNCIATION, Field.PUBLIC_DUTY
    yield _received(days, kind, Channel.POST)
    yield _classified(days, kind, field)
    yield from _opened(days, kind, field, 5, "van-phong", "cb-van-phong-1")
    yield AcceptanceNotified(
        notified_on=days(7), recipients=(Recipient.DENOUNCER, Recipient.DENOUNCED)
    )
    yield VerificationReported(
        reported_on=days(17), officer="cb-van-phong-1", differs_from_request=False
    )
    yield _decision(days, 20, Outcome.UNJUSTIFIED)
    yield DecisionSent(
        sent_on=days(22),
        recipients=(Recipient.DENOUNCER, Recipient.DENOUNCED, Recipient.MANAGING_BODY),
    )
    yield _published(days, 23)
    yield CaseClosed(closed_on=days(30), ground=ClosingGround.SETTLED)


def _answered(kind: Kind, field: Field, unit: str, officer: str) -> Callable[[Days], Iterator[Any]]:
    def events(days: Days) -> Iterator[Any]:
        yield _received(days, kind, Channel.PORTAL)
        yield _classified(days, kind, field)
        yield from _opened(days, kind, field, 2, unit, officer)
        yield _decision(days, 8, Outcome.ANSWERED)
        yield DecisionSent(sent_on=days(8), recipients=(Recipient.SENDER,))
        yield CaseClosed(closed_on=days(9), ground=ClosingGround.ANSWERED)

    return events


def _guided(days: Days) -> Iterator[Any]:
    yield _received(days, Kind.COMPLAINT, Channel.RECEPTION)
    yield _classified(days, Kind.COMPLAINT, Field.COMPENSATION, is_competent=False)
    yield PetitionerGuided(guided_on=days(3), competent_authority="Chủ tịch UBND tỉnh")


def _refused(days: Days) -> Iterator[Any]:
    yield _received(days, Kind.COMPLAINT, Channel.POST)
    yield _classified(days, Kind.COMPLAINT, Field.LAND, fits=False)
    yield AcceptanceRefused(refused_on=days(4), ground="kn_het_thoi_hieu")


def _forwarded(kind: Kind, field: Field, to: str) -> Callable[[Days], Iterator[Any]]:
    def events(days: Days) -> Iterator[Any]:
        yield _received(days, kind, Channel.POST)
        yield _classified(days, kind, field, is_competent=False)
        yield PetitionForwarded(forwarded_on=days(3), competent_authority=to)

    return events


def _filed_away(days: Days) -> Iterator[Any]:
    yield _received(days, Kind.RECOMMENDATION, Channel.POST)
    yield _classified(days, Kind.RECOMMENDATION, Field.OTHER, fits=False)
    yield PetitionFiledAway(filed_on=days(2), ground="gui_nhieu_noi")


def _decision(days: Days, on: int, outcome: Outcome) -> DecisionIssued:
    return DecisionIssued(
        decided_on=days(on), number="00/QĐ-UBND", outcome=outcome, decided_by=CHAIR
    )


def _published(days: Days, on: int) -> DecisionPublished:
    return DecisionPublished(published_on=days(on), forms=(PublicationForm.POSTING,))


def _session(host: Host, kind: ReceptionKind, turns: int) -> Callable[[Days], Iterator[Any]]:
    def events(days: Days) -> Iterator[Any]:
        for turn in range(1, turns + 1):
            yield CitizenReceived(
                received_on=days(0),
                kind=kind,
                mode=ReceptionMode.IN_PERSON,
                host=host,
                turn=turn,
                matter=Kind.RECOMMENDATION,
            )
        for turn in range(1, turns + 1):
            yield ReceptionResultNotified(notified_on=days(7), turn=turn)

    return events


#: Of all petitions: 11.6 % complaints and 6.1 % denunciations, of which 42 % within competence, and
#: 77 % of everything fit for handling (the nation's figures of 2024). The rest is assumed.
PETITIONS = (
    Course("complaint settled", 0.049, _complaint_settled),
    Course("complaint guided", 0.047, _guided),
    Course("complaint refused", 0.020, _refused),
    Course("denunciation settled", 0.020, _denunciation_settled),
    Course(
        "denunciation forwarded",
        0.041,
        _forwarded(Kind.DENUNCIATION, Field.CORRUPTION, "Thanh tra tỉnh"),
    ),
    Course(
        "recommendation answered",
        0.250,
        _answered(Kind.RECOMMENDATION, Field.ENVIRONMENT, "kinh-te-ha-tang", "cb-xay-dung-1"),
    ),
    Course(
        "feedback answered",
        0.250,
        _answered(Kind.FEEDBACK, Field.SOCIAL_POLICY, "van-hoa-xa-hoi", "cb-xa-hoi-1"),
    ),
    Course(
        "recommendation forwarded",
        0.120,
        _forwarded(Kind.RECOMMENDATION, Field.CONSTRUCTION, "Sở Xây dựng"),
    ),
    Course("filed away", 0.203, _filed_away),
)
#: By sessions: 1.5 turns in each on the whole.
RECEPTIONS = (
    Course("one turn", 0.6, _session(Host.OFFICER, ReceptionKind.REGULAR, 1), category="reception"),
    Course("two turns", 0.3, _session(Host.CHAIR, ReceptionKind.PERIODIC, 2), category="reception"),
    Course(
        "three turns", 0.1, _session(Host.CHAIR, ReceptionKind.PERIODIC, 3), category="reception"
    ),
)
