"""What callers and other authorities may send: shapes, limits, and the commands made of them.

Where names or free text come in, the payload has a record of its own, which prints nothing of what
is in it, and a pure function turns it into the command, with everything personal in `Personal`.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from marshmallow import fields as ma
from marshmallow import validate

from services.intake import domain, links, mediations, outcomes, receptions, withdrawals
from services.intake.similarity import Reason
from shared.contracts.petitions import (
    Channel,
    Field,
    Kind,
    Party,
    Relation,
    Role,
    Source,
    WithdrawalForm,
)
from shared.contracts.receptions import Host, MediationOutcome, ReceptionKind, ReceptionMode
from shared.errors import Malformed
from shared.event_sourcing import file_number
from shared.personal import Personal
from shared.wire import LONG, SHORT, Count, Day, Text, read, schema
from shared.working_days import Calendar

SUBJECT, CONTENT = 500, 20_000  # characters
NAME, AUTHORITY_NAME = 200, 200  # characters
MAX_PARTIES = 50  # on each side; who else signed is counted in `people`
MAX_BATCH = 200  # petitions of a backlog in one call
MOST_DAYS = 5 * 366  # that the chair's days are counted for

_NO_AUTHORITY = "unknown_authority: Phải là mã đơn vị hành chính gồm 5 chữ số."
_NO_ID_NUMBER = "invalid_id_number: Số định danh phải gồm 9 hoặc 12 chữ số."
_NO_PHONE = (
    "invalid_phone: Số điện thoại chỉ gồm chữ số, dấu cách và + - . ( ), từ 8 đến 15 chữ số."
)
_NO_FILE = "invalid_file: Mã hồ sơ gồm 12 ký tự chữ thường và số."
_NO_CODE = "invalid_code: Mã chỉ gồm chữ cái không dấu, chữ số và dấu . _ - (nhiều nhất 40 ký tự)."


class PetitionerRole(StrEnum):
    """The roles that a person on the petitioners' side can have."""

    PETITIONER = Role.PETITIONER.value
    REPRESENTATIVE = Role.REPRESENTATIVE.value


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Petitioner:
    """A person or organisation that petitions (người gửi đơn, người đại diện)."""

    name: str
    address: str | None = None
    phone: str | None = None
    id_number: str | None = None  # số định danh cá nhân, căn cước, CMND
    contact: str | None = None  # any other way to reach them
    is_organisation: bool = False
    role: PetitionerRole = PetitionerRole.PETITIONER

    def identity(self) -> dict[str, str]:
        told = {
            "name": self.name,
            "address": self.address,
            "phone": self.phone,
            "id_number": self.id_number,
            "contact": self.contact,
        }
        return {name: value for name, value in told.items() if value is not None}


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Respondent:
    """Who is complained about or denounced (người bị khiếu nại, người bị tố cáo)."""

    name: str
    position: str | None = None
    organisation: str | None = None

    def identity(self) -> dict[str, str]:
        told = {"name": self.name, "position": self.position, "organisation": self.organisation}
        return {name: value for name, value in told.items() if value is not None}


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Registration:
    """What is said about a petition, whichever way it comes in."""

    claimed_kind: Kind | None = None
    claimed_field: Field | None = None
    petitioners: tuple[Petitioner, ...]  # none: anonymous
    respondents: tuple[Respondent, ...] = ()
    subject: str
    content: str
    people: int | None = None  # how many stand behind it; as many as are named unless given
    is_signed: bool = True
    is_remote: bool = False
    originals: int = 0
    neighbourhood: str | None = None
    repeats: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class OwnRegistration(Registration):
    """A petition that the ward itself took in."""

    channel: Channel
    received_on: date


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class AgencyPetition(Registration):
    """Data of a PetitionReceived from another system."""

    authority: str
    received_on: date


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Transfer(Registration):
    """Data of a CaseAssigned: another authority hands a petition over (chuyển đơn đến)."""

    authority: str
    transferred_by: str
    received_on: date | None = None  # by that authority; our clocks run from our own receipt


@dataclass(frozen=True, kw_only=True, slots=True)
class OutsideDecision:
    """Data of a DecisionIssued: a superior authority or a court decided."""

    authority: str
    file: str
    decided_by: str  # the authority or court, never a person
    number: str
    outcome: domain.OutsideOutcome
    decided_on: date


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Refusal:
    """`refuse`: the command before its reasons are put away."""

    file: str
    refused_on: date
    ground: outcomes.RefusalGround
    reasons: str


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Guidance:
    """`guide`: the command before its guidance is put away."""

    file: str
    guided_on: date
    competent_authority: str
    guidance: str
    to_split: bool = False


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Withdrawal:
    """`withdraw`: the command before what was withdrawn is put away."""

    file: str
    withdrawn_on: date
    is_whole: bool
    form: WithdrawalForm
    by: tuple[str, ...]
    is_signed: bool = True
    signs_of_violation: bool = False
    under_pressure: bool = False
    content: str | None = None  # what is withdrawn, if it is a part


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """`suggest_duplicates`."""

    file: str
    limit: int = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """`link`, without the other petition."""

    file: str
    to: str
    relation: Relation
    linked_on: date | None = None  # today
    score: int = 100
    reasons: tuple[Reason, ...] = (Reason.CHOSEN,)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unlink:
    """`unlink`."""

    file: str
    to: str
    unlinked_on: date | None = None  # today


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
    person: Petitioner
    content: str
    reception: str | None = None  # a scheduled session; kind, mode and host are then its own
    kind: ReceptionKind = ReceptionKind.REGULAR
    mode: ReceptionMode = ReceptionMode.IN_PERSON
    host: Host = Host.OFFICER
    people: int = 1
    representatives: int = 0
    matter: Kind | None = None
    file: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class TurnedAway:
    """`refuse_reception`: the command before person and reasons are put away."""

    refused_on: date
    ground: receptions.RefusalToReceive
    reasons: str
    person: Petitioner | None = None


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
class Backlog:
    """`import_backlog`: petitions that were there before this system (hồ sơ tồn đọng)."""

    batch: str
    petitions: tuple[OwnRegistration, ...]


def _matching(pattern: str, error: str, *, max: int = SHORT) -> Text:
    # `\Z`, since `$` would let a line break at the end pass.
    return Text(max=max, validate=validate.Regexp(rf"(?:{pattern})\Z", error=error))


def _list_of(record: type, most: int, least: int = 0, **narrowed: ma.Field[Any]) -> ma.List[Any]:
    limit = validate.Length(
        min=least, max=most, error=f"wrong_count: Phải có từ {least} đến {most} mục."
    )
    nested = ma.Nested(
        schema(record, **narrowed),
        error_messages={"type": "wrong_type: Phải là một đối tượng JSON."},
    )
    return ma.List(
        nested,
        validate=limit,
        error_messages={"invalid": "wrong_type: Phải là một danh sách."},
    )


def _petitioner() -> dict[str, ma.Field[Any]]:
    return {
        "name": Text(max=NAME),
        "address": Text(max=SHORT),
        "phone": _matching(r"(?=(?:\D*[0-9]){8,15}\D*\Z)[0-9+\-. ()]{8,30}", _NO_PHONE),
        "id_number": _matching(r"[0-9]{9}|[0-9]{12}", _NO_ID_NUMBER),
        "contact": Text(max=NAME),
    }


def _person() -> ma.Nested:
    wrong: dict[str, Any] = {"type": "wrong_type: Phải là một đối tượng JSON."}
    return ma.Nested(schema(Petitioner, **_petitioner()), error_messages=wrong)


def _file() -> Text:
    return _matching(r"[0-9a-z]{12}", _NO_FILE)


def _code() -> Text:
    return _matching(r"[A-Za-z0-9._-]{1,40}", _NO_CODE)


def _registration() -> dict[str, ma.Field[Any]]:
    """The narrowed fields of everything that registers."""
    return {
        "petitioners": _list_of(Petitioner, MAX_PARTIES, 0, **_petitioner()),
        "respondents": _list_of(
            Respondent,
            MAX_PARTIES,
            name=Text(max=NAME),
            position=Text(max=NAME),
            organisation=Text(max=NAME),
        ),
        "subject": Text(max=SUBJECT),
        "content": Text(max=CONTENT),
        "people": Count(min=1, max=100_000),
        "originals": Count(max=1_000),
        # Both stand in clear in the ledger, so nobody can put a name there.
        "neighbourhood": _code(),
        "repeats": _file(),
    }


def _authority() -> Text:
    return _matching(r"[0-9]{5}", _NO_AUTHORITY)


REGISTER: Final = schema(OwnRegistration, **_registration())
BACKLOG: Final = schema(
    Backlog,
    batch=_code(),
    petitions=_list_of(OwnRegistration, MAX_BATCH, 1, **_registration()),
)
AGENCY_PETITION: Final = schema(AgencyPetition, authority=_authority(), **_registration())
TRANSFER: Final = schema(
    Transfer, authority=_authority(), transferred_by=Text(max=AUTHORITY_NAME), **_registration()
)
OUTSIDE_DECISION: Final = schema(
    OutsideDecision,
    authority=_authority(),
    decided_by=Text(max=AUTHORITY_NAME),
    number=Text(max=100),
)
CLASSIFY: Final = schema(domain.ClassifyPetition)
ACCEPT: Final = schema(outcomes.AcceptPetition)
REFUSE: Final = schema(Refusal, reasons=Text(max=LONG))
GUIDE: Final = schema(
    Guidance, competent_authority=Text(max=AUTHORITY_NAME), guidance=Text(max=LONG)
)
FORWARD: Final = schema(outcomes.ForwardPetition, competent_authority=Text(max=AUTHORITY_NAME))
ORDER_CHECK: Final = schema(outcomes.OrderCheck, unit=_code())
FILE_AWAY: Final = schema(outcomes.FileAwayPetition)
WITHDRAW: Final = schema(Withdrawal, content=Text(max=LONG))
RETURN_ORIGINALS: Final = schema(withdrawals.ReturnOriginals, count=Count(min=1, max=1_000))
SUGGEST: Final = schema(Question, limit=Count(min=1, max=50))
LINK: Final = schema(Link, to=_file(), score=Count(max=100))
UNLINK: Final = schema(Unlink, to=_file())
SCHEDULE: Final = schema(Schedule, held_on=Day(future=True))
POSTPONE: Final = schema(receptions.PostponeReception, held_on=Day(future=True))
TURN: Final = schema(
    Turn,
    person=_person(),
    content=Text(max=CONTENT),
    reception=_file(),
    people=Count(min=1, max=100_000),
    file=_file(),
)
TURNED_AWAY: Final = schema(TurnedAway, person=_person(), reasons=Text(max=LONG))
REFUSAL_NOTICE: Final = schema(receptions.SendRefusalNotice)
CONCLUDE: Final = schema(Conclusion, number=Text(max=100), conclusion=Text(max=LONG))
NOTIFY: Final = schema(receptions.NotifyResult)
CHAIR_DAYS: Final = schema(
    Days, since=Day(future=True, data_key="from"), until=Day(future=True, data_key="to")
)
MEDIATION: Final = schema(Minutes, neighbourhood=_code(), minutes=Text(max=LONG), file=_file())


def registration(
    said: Registration,
    *,
    file: str,
    channel: Channel,
    received_on: date,
    transferred_by: str | None = None,
    first_received_on: date | None = None,
    source: Source | None = None,
    path: str = "",
) -> domain.RegisterPetition:
    """The command, with identities in parts `p1` …, `r1` … and the petition's words in `text`.

    Raises:
        Malformed: fewer people than are named; the field's name gets `path` before it.
    """
    people = len(said.petitioners) or 1 if said.people is None else said.people
    if people < len(said.petitioners):
        told = "out_of_range: Số người ít hơn số người gửi đơn đã nêu tên."
        raise Malformed({f"{path}people": [told]})
    parties = [
        Party(
            ref=f"p{number}",
            role=Role(petitioner.role.value),
            is_organisation=petitioner.is_organisation,
            is_identified=bool(petitioner.address or petitioner.id_number),
        )
        for number, petitioner in enumerate(said.petitioners, start=1)
    ] + [
        Party(ref=f"r{number}", role=Role.RESPONDENT)
        for number, _ in enumerate(said.respondents, start=1)
    ]
    named: list[Petitioner | Respondent] = [*said.petitioners, *said.respondents]
    identities = {
        party.ref: person.identity() for party, person in zip(parties, named, strict=True)
    }
    return domain.RegisterPetition(
        file=file,
        received_on=received_on,
        channel=channel,
        parties=tuple(parties),
        claimed_kind=said.claimed_kind,
        claimed_field=said.claimed_field,
        people=people,
        is_signed=said.is_signed,
        is_remote=said.is_remote,
        originals=said.originals,
        neighbourhood=said.neighbourhood,
        repeats=said.repeats,
        transferred_by=transferred_by,
        first_received_on=first_received_on,
        source=source,
        personal=Personal(
            identities | {"text": {"subject": said.subject, "content": said.content}}
        ),
    )


def id_numbers(command: domain.RegisterPetition) -> dict[str, str]:
    """Part -> ID number of each petitioner who gave one."""
    identities = {party.ref: command.personal[party.ref] for party in command.parties}
    return {ref: told["id_number"] for ref, told in identities.items() if "id_number" in told}


def refusal(payload: object) -> outcomes.RefuseAcceptance:
    """Raises: Malformed."""
    said: Refusal = read(REFUSE, payload)
    return outcomes.RefuseAcceptance(
        file=said.file,
        refused_on=said.refused_on,
        ground=said.ground,
        personal=Personal({"text": {"reasons": said.reasons}}),
    )


def guidance(payload: object) -> outcomes.GuidePetitioner:
    """Raises: Malformed."""
    said: Guidance = read(GUIDE, payload)
    return outcomes.GuidePetitioner(
        file=said.file,
        guided_on=said.guided_on,
        competent_authority=said.competent_authority,
        to_split=said.to_split,
        personal=Personal({"text": {"guidance": said.guidance}}),
    )


def withdrawal(said: Withdrawal, concluded_on: date | None) -> withdrawals.WithdrawPetition:
    """`concluded_on`: when the case was decided, if it was."""
    content = {} if said.content is None else {"text": {"withdrawn": said.content}}
    return withdrawals.WithdrawPetition(
        file=said.file,
        withdrawn_on=said.withdrawn_on,
        is_whole=said.is_whole,
        form=said.form,
        by=said.by,
        is_signed=said.is_signed,
        signs_of_violation=said.signs_of_violation,
        under_pressure=said.under_pressure,
        concluded_on=concluded_on,
        personal=Personal(content),
    )


def link(said: Link, other: domain.Petition, today: date) -> links.LinkPetition:
    return links.LinkPetition(
        file=said.file,
        linked_on=said.linked_on or today,
        to=said.to,
        relation=said.relation,
        score=said.score,
        reasons=said.reasons,
        other=other,
    )


def unlink(payload: object, today: date) -> links.UnlinkPetition:
    """Raises: Malformed."""
    said: Unlink = read(UNLINK, payload)
    return links.UnlinkPetition(file=said.file, unlinked_on=said.unlinked_on or today, to=said.to)


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


def turn(said: Turn, authority: str, *, is_petition_known: bool) -> receptions.RecordReception:
    """Who comes outside the schedule belongs to the day's session of that kind, mode and host."""
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
        personal=Personal({"p1": said.person.identity(), "text": {"content": said.content}}),
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


def backlog(payload: object) -> Backlog:
    """A batch in which every petition says that it comes from the backlog.

    Raises:
        Malformed: `petitions.7.channel`: another channel.
    """
    said: Backlog = read(BACKLOG, payload)
    told = f"wrong_channel: Kênh tiếp nhận phải là {Channel.BACKLOG.value}."
    if faults := {
        f"petitions.{number}.channel": [told]
        for number, petition in enumerate(said.petitions)
        if petition.channel is not Channel.BACKLOG
    }:
        raise Malformed(faults)
    return said
