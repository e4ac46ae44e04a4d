"""What may be sent about citizen reception and mediation: shapes, limits, and the commands made.

Made as `schemas` makes those about petitions.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from services.intake import mediations, receptions, registration_schemas
from shared.contracts.petitions import Capacity, Kind
from shared.contracts.receptions import (
    Host,
    LineTest,
    MediationOutcome,
    ReceptionKind,
    ReceptionMode,
)
from shared.errors import Malformed
from shared.event_sourcing import file_number
from shared.personal import Personal
from shared.wire import LONG, Count, Day, Text, read, schema
from shared.working_days import Calendar

MOST_DAYS: Final = 5 * 366  # that the chair's days are counted for


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """`schedule_reception`, without a name for the session."""

    posted_on: date
    held_on: date
    kind: ReceptionKind
    mode: ReceptionMode = ReceptionMode.IN_PERSON
    host: Host = Host.CHAIR


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Turn:
    """`record_reception`: a turn before the person is put away."""

    received_on: date
    person: registration_schemas.Petitioner
    content: str
    reception: str | None = None  # a scheduled session; kind, mode and host are then its own
    kind: ReceptionKind = ReceptionKind.REGULAR
    mode: ReceptionMode = ReceptionMode.IN_PERSON
    host: Host = Host.OFFICER
    people: int = 1
    representatives: int = 0
    matter: Kind | None = None
    file: str | None = None
    represented: registration_schemas.Person | None = (
        None  # for whom they come, if not for themselves
    )
    capacity: Capacity | None = None
    document_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class TurnedAway:
    """`refuse_reception`: the command before person and reasons are put away."""

    refused_on: date
    ground: receptions.RefusalToReceive
    reasons: str
    person: registration_schemas.Petitioner | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Conclusion:
    """`conclude_reception`: the command before its text is put away."""

    reception: str
    concluded_on: date
    number: str
    conclusion: str
    units: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Days:
    """`chair_reception_days`."""

    since: date
    until: date


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Minutes:
    """`record_mediation`: the command before its minutes are put away."""

    held_on: date
    neighbourhood: str
    outcome: MediationOutcome
    minutes: str
    file: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Test:
    """`record_online_test`: the command before what was done is put away."""

    reception: str
    tested_on: date
    result: LineTest
    done: str | None = None


SCHEDULE: Final = schema(Schedule, held_on=Day(future=True))
POSTPONE: Final = schema(receptions.PostponeReception, held_on=Day(future=True))
ONLINE_TEST: Final = schema(Test, done=Text(max=LONG))
TURN: Final = schema(
    Turn,
    person=registration_schemas.person_field(),
    content=Text(max=registration_schemas.CONTENT),
    represented=registration_schemas.person_field(registration_schemas.Person),
    reception=registration_schemas.file_field(),
    people=Count(min=1, max=100_000),
    file=registration_schemas.file_field(),
)
TURNED_AWAY: Final = schema(
    TurnedAway, person=registration_schemas.person_field(), reasons=Text(max=LONG)
)
REFUSAL_NOTICE: Final = schema(receptions.SendRefusalNotice)
CONCLUDE: Final = schema(Conclusion, number=Text(max=100), conclusion=Text(max=LONG))
NOTIFY: Final = schema(receptions.NotifyResult)
CHAIR_DAYS: Final = schema(
    Days, since=Day(future=True, data_key="from"), until=Day(future=True, data_key="to")
)
MEDIATION: Final = schema(
    Minutes,
    neighbourhood=registration_schemas.code_field(),
    minutes=Text(max=LONG),
    file=registration_schemas.file_field(),
)


def scheduling(payload: object, reception: str, calendar: Calendar) -> receptions.ScheduleReception:
    """Raises: Malformed."""
    said: Schedule = read(SCHEDULE, payload)
    return receptions.ScheduleReception(
        reception=reception,
        posted_on=said.posted_on,
        held_on=said.held_on,
        kind=said.kind,
        mode=said.mode,
        host=said.host,
        calendar=calendar,
    )


def online_test(payload: object) -> receptions.RecordOnlineTest:
    """Raises: Malformed."""
    said: Test = read(ONLINE_TEST, payload)
    return receptions.RecordOnlineTest(
        reception=said.reception,
        tested_on=said.tested_on,
        result=said.result,
        personal=Personal({} if said.done is None else {"text": {"done": said.done}}),
    )


def turn(said: Turn, authority: str, *, is_petition_known: bool) -> receptions.RecordReception:
    """Who comes outside the schedule belongs to the day's session of that kind, mode and host.

    Raises:
        Malformed: somebody is represented and nobody says by what right, or the other way round.
    """
    if (said.represented is None) != (said.capacity is None):
        told = "missing: Đến thay người khác thì nêu cả người đó (represented) và tư cách."
        raise Malformed({"capacity": [told]})
    represented = {} if said.represented is None else {"p2": said.represented.identity()}
    who = {"p1": said.person.identity()} | represented
    day = (said.kind, said.mode, said.host, said.received_on.isoformat())
    return receptions.RecordReception(
        reception=said.reception or file_number("reception", authority, *day),
        is_scheduled=said.reception is not None,
        received_on=said.received_on,
        kind=said.kind,
        mode=said.mode,
        host=said.host,
        people=said.people,
        representatives=said.representatives,
        matter=said.matter,
        petition=said.file,
        is_petition_known=is_petition_known,
        capacity=said.capacity,
        document_on=said.document_on,
        personal=Personal(who | {"text": {"content": said.content}}),
    )


def turned_away(payload: object, reception: str) -> receptions.RefuseReception:
    """Raises: Malformed."""
    said: TurnedAway = read(TURNED_AWAY, payload)
    person = {} if said.person is None else {"p1": said.person.identity()}
    return receptions.RefuseReception(
        reception=reception,
        refused_on=said.refused_on,
        ground=said.ground,
        personal=Personal(person | {"text": {"reasons": said.reasons}}),
    )


def conclusion(payload: object) -> receptions.ConcludeReception:
    """Raises: Malformed."""
    said: Conclusion = read(CONCLUDE, payload)
    return receptions.ConcludeReception(
        reception=said.reception,
        concluded_on=said.concluded_on,
        number=said.number,
        units=said.units,
        personal=Personal({"text": {"conclusion": said.conclusion}}),
    )


def chair_days(payload: object) -> Days:
    """Raises: Malformed: also if the time ends before it begins or is longer than five years."""
    said: Days = read(CHAIR_DAYS, payload)
    if not 0 <= (said.until - said.since).days <= MOST_DAYS:
        told = "out_of_range: Phải từ ngày `from` trở đi, nhiều nhất năm năm."
        raise Malformed({"to": [told]})
    return said


def mediation(
    said: Minutes, mediation: str, *, is_petition_known: bool
) -> mediations.RecordMediation:
    return mediations.RecordMediation(
        mediation=mediation,
        held_on=said.held_on,
        neighbourhood=said.neighbourhood,
        outcome=said.outcome,
        petition=said.file,
        is_petition_known=is_petition_known,
        personal=Personal({"text": {"minutes": said.minutes}}),
    )
