"""What may be sent about a petition that comes in, by whomever, and the command made of it.

The payload has a record of its own, which prints nothing of what is in it; a pure function turns
it into the command, with everything personal in `Personal`. `schemas` has what comes after.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from marshmallow import fields as ma
from marshmallow import validate

from services.intake import domain
from shared.contracts.petitions import (
    Attestation,
    Capacity,
    Channel,
    Field,
    Kind,
    OutsideOutcome,
    Party,
    Proxy,
    Role,
    Source,
)
from shared.errors import Malformed
from shared.personal import Personal
from shared.wire import SHORT, Count, Text, read, schema

SUBJECT, CONTENT = 500, 20_000  # characters
NAME, AUTHORITY_NAME = 200, 200  # characters
MAX_PARTIES = 50  # on each side; who else signed is counted in `people`
MAX_BATCH = 200  # petitions of a backlog in one call

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
class Person:
    """Who somebody is (người, cơ quan, tổ chức)."""

    name: str
    address: str | None = None
    phone: str | None = None
    id_number: str | None = None  # số định danh cá nhân, căn cước, CMND
    contact: str | None = None  # any other way to reach them

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
class Petitioner(Person):
    """A person or organisation that petitions (người gửi đơn, người đại diện)."""

    is_organisation: bool = False
    role: PetitionerRole = PetitionerRole.PETITIONER


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class NamedProxy(Person):
    """Who acts for a petitioner, and by what paper (người được ủy quyền, người đại diện)."""

    acts_for: str = "p1"
    capacity: Capacity
    document_on: date | None = None
    attestation: Attestation = Attestation.NONE
    content: int = 0  # which content they were given; 0: all

    def proxy(self, number: int) -> Proxy:
        return Proxy(
            ref=f"a{number}",
            acts_for=self.acts_for,
            capacity=self.capacity,
            document_on=self.document_on,
            attestation=self.attestation,
            content=self.content,
        )


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Heir(Person):
    """An heir of a complainant, and the day of the paper that proves it (người thừa kế)."""

    document_on: date | None = None


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
    proxies: tuple[NamedProxy, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class OwnRegistration(Registration):
    """A petition that the ward itself took in, also on paper from another authority."""

    channel: Channel
    received_on: date
    transferred_by: str | None = None  # the authority that handed it over, never a person
    first_received_on: date | None = None  # by that authority; our clocks run from our own receipt


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
    outcome: OutsideOutcome
    decided_on: date


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Backlog:
    """`import_backlog`: petitions that were there before this system (hồ sơ tồn đọng)."""

    batch: str
    petitions: tuple[OwnRegistration, ...]


def matching(pattern: str, error: str) -> Text:
    # `\Z`, since `$` would let a line break at the end pass.
    return Text(validate=validate.Regexp(rf"(?:{pattern})\Z", error=error))


def list_of(record: type, most: int, least: int = 0, **narrowed: ma.Field[Any]) -> ma.List[Any]:
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


def identity_fields() -> dict[str, ma.Field[Any]]:
    return {
        "name": Text(max=NAME),
        "address": Text(max=SHORT),
        "phone": matching(r"(?=(?:\D*[0-9]){8,15}\D*\Z)[0-9+\-. ()]{8,30}", _NO_PHONE),
        "id_number": matching(r"[0-9]{9}|[0-9]{12}", _NO_ID_NUMBER),
        "contact": Text(max=NAME),
    }


def person_field(record: type = Petitioner) -> ma.Nested:
    wrong: dict[str, Any] = {"type": "wrong_type: Phải là một đối tượng JSON."}
    return ma.Nested(schema(record, **identity_fields()), error_messages=wrong)


def file_field() -> Text:
    return matching(r"[0-9a-z]{12}", _NO_FILE)


def code_field() -> Text:
    return matching(r"[A-Za-z0-9._-]{1,40}", _NO_CODE)


def _registration() -> dict[str, ma.Field[Any]]:
    """The narrowed fields of everything that registers."""
    return {
        "petitioners": list_of(Petitioner, MAX_PARTIES, 0, **identity_fields()),
        "respondents": list_of(
            Respondent,
            MAX_PARTIES,
            name=Text(max=NAME),
            position=Text(max=NAME),
            organisation=Text(max=NAME),
        ),
        "proxies": proxies_field(),
        "subject": Text(max=SUBJECT),
        "content": Text(max=CONTENT),
        "people": Count(min=1, max=100_000),
        "originals": Count(max=1_000),
        # Both stand in clear in the ledger, so nobody can put a name there.
        "neighbourhood": code_field(),
        "repeats": file_field(),
    }


def proxies_field(least: int = 0) -> ma.List[Any]:
    fields = identity_fields() | {"acts_for": Text(max=3), "content": Count(max=MAX_PARTIES)}
    return list_of(NamedProxy, MAX_PARTIES, least, **fields)


def _authority() -> Text:
    return matching(r"[0-9]{5}", _NO_AUTHORITY)


_OWN: Final = _registration() | {"transferred_by": Text(max=AUTHORITY_NAME)}
REGISTER: Final = schema(OwnRegistration, **_OWN)
BACKLOG: Final = schema(
    Backlog,
    batch=code_field(),
    petitions=list_of(OwnRegistration, MAX_BATCH, 1, **_OWN),
)
AGENCY_PETITION: Final = schema(AgencyPetition, authority=_authority(), **_registration())
TRANSFER: Final = schema(Transfer, authority=_authority(), **_OWN)
OUTSIDE_DECISION: Final = schema(
    OutsideDecision,
    authority=_authority(),
    decided_by=Text(max=AUTHORITY_NAME),
    number=Text(max=100),
)


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
    """The command; identities in parts `p1` …, `r1` …, `a1` …, the petition's words in `text`.

    Raises:
        Malformed: fewer people than are named, or somebody acts for nobody; the field's name gets
            `path` before it.
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
    petitioners = {f"p{number}" for number in range(1, len(said.petitioners) + 1)}
    if any(proxy.acts_for not in petitioners for proxy in said.proxies):
        told = "unknown_party: Phải là p1, p2 … theo thứ tự của người gửi đơn."
        raise Malformed({f"{path}proxies": [told]})
    acting, who = numbered(said.proxies)
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
        proxies=acting,
        personal=Personal(
            identities | who | {"text": {"subject": said.subject, "content": said.content}}
        ),
    )


def own_registration(
    said: OwnRegistration, *, file: str, path: str = ""
) -> domain.RegisterPetition:
    """`registration` of what the ward itself took in.

    Raises:
        Malformed: as `registration`; or another authority had it later than we, or is not named.
    """
    first = said.first_received_on
    if first is not None and (said.transferred_by is None or first > said.received_on):
        told = (
            "out_of_range: Ngày cơ quan chuyển nhận đơn cần có tên cơ quan và không sau ngày nhận."
        )
        raise Malformed({f"{path}first_received_on": [told]})
    return registration(
        said,
        file=file,
        channel=said.channel,
        received_on=said.received_on,
        transferred_by=said.transferred_by,
        first_received_on=first,
        path=path,
    )


def numbered(
    named: tuple[NamedProxy, ...],
) -> tuple[tuple[Proxy, ...], dict[str, dict[str, str]]]:
    """Them without their identities, and their identities by ref."""
    acting = tuple(each.proxy(number) for number, each in enumerate(named, start=1))
    who = {proxy.ref: person.identity() for proxy, person in zip(acting, named, strict=True)}
    return acting, who


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
