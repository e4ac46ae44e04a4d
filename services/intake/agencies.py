"""What other systems write to us and what we answer: CloudEvents 1.0 in and out, as pure functions.

A message becomes a `Letter` with a command, or `Unfit` with every reason why not. Nothing that is
said about an unfit message repeats what was in it, apart from field names that look like one and
the id by which its sender knows it. Receiving, storing and sending are in `service`.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, NoReturn, Protocol

from cloudevents.core.bindings import amqp
from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from services.intake import domain, registration_schemas
from shared import contracts
from shared.contracts.petitions import Channel, Source
from shared.errors import Malformed, Refused
from shared.event_sourcing import derived_id, file_number
from shared.ledger import Recorded
from shared.wire import read

MAX_BODY = 1_000_000  # bytes; a petition of the greatest length allowed has about half of that
ACCEPTED: Final = ("PetitionReceived", "CaseAssigned", "DecisionIssued")
PORTAL: Final = "portal"  # the agency through which citizens themselves write
OURS: Final = "/donthu/intake"  # source of our answers

_ACTOR = "agency:"  # then its name
_STRUCTURED = "application/cloudevents+json"
_PREFIXES = ("cloudEvents:", "cloudEvents_")  # both are in use; pika and rhea differ
_AGENCY = re.compile(r"[a-z][a-z0-9]{0,30}(-[a-z0-9]+)*")
# Ids and sources are kept in clear, so only what looks like an identifier is taken.
_ID = re.compile(r"[A-Za-z0-9._~:/+=@-]{1,100}")
_SOURCE = re.compile(r"[A-Za-z0-9._~:/?@!$&'()*+,;=%-]{1,200}")
_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

#: Event -> what became of the petition, as its sender is told.
STATUSES: Final[Mapping[str, str]] = {
    "PetitionAccepted": "da_thu_ly",
    "AcceptanceRefused": "khong_thu_ly",
    "PetitionerGuided": "da_huong_dan",
    "PetitionForwarded": "da_chuyen",
    "PetitionFiledAway": "da_luu",
    "CaseTerminated": "da_dinh_chi",
    "DecisionIssued": "da_giai_quyet",
    "CaseClosed": "da_ket_thuc",
}

#: Code -> what the sender is told.
FAULTS: Final[Mapping[str, str]] = {
    "wrong_agency": "Khóa định tuyến, người dùng và source phải cùng nêu tên một cơ quan.",
    "wrong_routing_key": "Khóa định tuyến phải là <cơ quan>.<type của CloudEvent>.",
    "unknown_type": f"type phải là một trong: {', '.join(ACCEPTED)}.",
    "wrong_specversion": "specversion phải là 1.0.",
    "missing": "Thiếu thuộc tính bắt buộc này của CloudEvents.",
    "invalid_attribute": "Thuộc tính CloudEvents sai tên, sai kiểu hoặc không hợp lệ.",
    "invalid_id": "id chỉ gồm chữ không dấu, chữ số và . _ ~ : / + = @ -, nhiều nhất 100 ký tự.",
    "invalid_source": "source phải là URI không dấu, nhiều nhất 200 ký tự.",
    "unsupported_content_type": (
        "Kiểu nội dung phải là application/cloudevents+json hoặc application/json, mã UTF-8."
    ),
    "unsupported_encoding": "Nội dung không được nén hay mã hóa.",
    "not_a_cloudevent": "Thông điệp không phải CloudEvents 1.0.",
    "too_large": f"Thông điệp dài quá {MAX_BODY} byte; hãy gửi tài liệu kèm theo bằng cách khác.",
    "not_utf8": "Nội dung không phải UTF-8.",
    "not_json": "Nội dung không phải JSON đúng chuẩn.",
    "duplicate_key": "Một đối tượng JSON có hai trường cùng tên.",
    "wrong_type": "Phải là một đối tượng JSON.",
}


class Delivery(Protocol):
    """A message as it came over the broker, undecoded."""

    @property
    def body(self) -> bytes: ...
    @property
    def headers(self) -> Mapping[str, Any]: ...
    @property
    def content_type(self) -> str | None: ...
    @property
    def content_encoding(self) -> str | None: ...
    @property
    def user_id(self) -> str | None: ...
    @property
    def routing_key(self) -> str: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """One thing that is wrong: where, a stable code, and a Vietnamese sentence."""

    field: str
    code: str
    message: str


class Unfit(Exception):
    """A message that cannot be taken; `source_id` is its id if that could be read."""

    def __init__(self, reasons: Iterable[Reason], source_id: str | None = None) -> None:
        super().__init__()
        self.reasons, self.source_id = tuple(reasons), source_id

    def __str__(self) -> str:
        return ", ".join(f"{reason.field}: {reason.code}" for reason in self.reasons)


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A message that was understood."""

    agency: str
    id: str
    commit_id: str  # the same when the same source sends the same id again
    authority: str
    command: domain.RegisterPetition | domain.RecordOutsideDecision

    @property
    def actor(self) -> str:
        return f"{_ACTOR}{self.agency}"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Envelope:
    """The CloudEvents attributes that matter here; all checked."""

    agency: str
    source: str
    id: str
    type: str

    @property
    def message_id(self) -> str:
        return f"{self.source}#{self.id}"  # neither has a `#`, so this is unambiguous


def is_agency(actor: str) -> bool:
    """Whether this actor is an agency, for which anybody may have written."""
    return actor.startswith(_ACTOR)


def agency_of(delivery: Delivery) -> str | None:
    """The agency in the routing key, which the broker lets nobody else write; None: no name."""
    agency = delivery.routing_key.split(".", 1)[0]
    return agency if _AGENCY.fullmatch(agency) else None


def understand(delivery: Delivery, today: date) -> tuple[Letter, dict[str, Any]]:
    """The letter in a message, and what tells it from another one under the same id.

    `today` is the ward's own day of receipt of what another authority hands over.

    Raises:
        Unfit: with every reason that could be found.
    """
    attributes, data = _opened(delivery)
    envelope = _envelope(delivery, attributes)
    if not isinstance(data, dict):
        raise Unfit([_reason("data", "wrong_type")], envelope.id)
    try:
        authority, command = _command(envelope, data, today)
    except Malformed as malformed:
        reasons = [
            _of_message(f"data.{field}", message)
            for field, messages in malformed.errors.items()
            for message in messages
        ]
    else:
        letter = Letter(
            agency=envelope.agency,
            id=envelope.id,
            commit_id=derived_id("letter", envelope.agency, envelope.source, envelope.id),
            authority=authority,
            command=command,
        )
        return letter, {"type": envelope.type, "data": data}
    raise Unfit(reasons, envelope.id)  # out here, so that it does not hold the other one


def refused(letter: Letter, refusal: Refused) -> Unfit:
    """The letter was understood and a rule said no."""
    field = "id" if refusal.code == "command_repeated" else "data"
    return Unfit([Reason(field=field, code=refusal.code, message=refusal.reason)], letter.id)


def acknowledgement(letter: Letter, answer: Mapping[str, Any], now: datetime) -> bytes:
    """PetitionAcknowledged for the sender; repeated, it has the same id and says the same."""
    data = {"source_id": letter.id, "file": answer["file"], "position": answer["position"]}
    return _cloud_event("PetitionAcknowledged", letter.commit_id, data, now)


def rejection(unfit: Unfit, reference: str, now: datetime) -> bytes:
    """PetitionRejected for the sender; `reference` is under what we keep their message."""
    data = {
        "source_id": unfit.source_id,
        "reasons": told(unfit.reasons),
        "reference": reference,
    }
    return _cloud_event("PetitionRejected", reference, data, now)


def status_changed(event: Recorded, source: Source) -> bytes:
    """PetitionStatusChanged for who sent the petition; told again, it has the same id."""
    data = {
        "source_id": source.message_id.rpartition("#")[2],
        "file": event.file,
        "status": STATUSES[event.type],
        "on": contracts.legal_date(event.type, event.data).isoformat(),
    }
    told_at = datetime.fromisoformat(event.recorded_at)
    return _cloud_event("PetitionStatusChanged", event.id, data, told_at)


def told(reasons: Iterable[Reason]) -> list[dict[str, str]]:
    """Reasons as plain data."""
    return [
        {"field": reason.field, "code": reason.code, "message": reason.message}
        for reason in reasons
    ]


def _cloud_event(type_name: str, about: str, data: dict[str, Any], now: datetime) -> bytes:
    attributes = {
        "specversion": "1.0",
        "id": derived_id(type_name, about),
        "source": OURS,
        "type": type_name,
        "time": now,
        "datacontenttype": "application/json",
    }
    return amqp.to_structured(CloudEvent(attributes, data), JSONFormat()).application_data


def _command(
    envelope: _Envelope, data: dict[str, Any], today: date
) -> tuple[str, domain.RegisterPetition | domain.RecordOutsideDecision]:
    """The ward that is written to, and what it is asked; raises Malformed."""
    source = Source(agency=envelope.agency, message_id=envelope.message_id)
    if envelope.type == "DecisionIssued":
        decision: registration_schemas.OutsideDecision = read(
            registration_schemas.OUTSIDE_DECISION, data
        )
        return decision.authority, domain.RecordOutsideDecision(
            file=decision.file,
            decided_on=decision.decided_on,
            decided_by=decision.decided_by,
            number=decision.number,
            outcome=decision.outcome,
            source=source,
        )
    if envelope.type == "CaseAssigned":
        transfer: registration_schemas.Transfer = read(registration_schemas.TRANSFER, data)
        return transfer.authority, registration_schemas.registration(
            transfer,
            file=_file(transfer.authority, source),
            channel=Channel.AGENCY,
            received_on=today,
            transferred_by=transfer.transferred_by,
            first_received_on=transfer.received_on,
            source=source,
        )
    petition: registration_schemas.AgencyPetition = read(registration_schemas.AGENCY_PETITION, data)
    return petition.authority, registration_schemas.registration(
        petition,
        file=_file(petition.authority, source),
        channel=Channel.PORTAL if envelope.agency == PORTAL else Channel.AGENCY,
        received_on=petition.received_on,
        source=source,
    )


def _file(authority: str, source: Source) -> str:
    return file_number("petition", authority, source.agency, source.message_id)


def _opened(delivery: Delivery) -> tuple[dict[str, Any], object]:
    """Attributes and data of a CloudEvent in structured or binary mode."""
    if len(delivery.body) > MAX_BODY:
        raise Unfit([_reason("payload", "too_large")])
    if (delivery.content_encoding or "utf-8").lower() not in ("utf-8", "utf8", "binary", "8bit"):
        raise Unfit([_reason("payload", "unsupported_encoding")])
    kind, *parameters = (delivery.content_type or "").lower().replace(" ", "").split(";")
    if any(told.startswith("charset=") and "utf-8" not in told for told in parameters):
        raise Unfit([_reason("payload", "unsupported_content_type")])
    if kind == _STRUCTURED:
        event = _json(delivery.body)
        if not isinstance(event, dict):
            raise Unfit([_reason("payload", "wrong_type")])
        return {name: event[name] for name in event if name != "data"}, event.get("data")
    attributes = {
        name.removeprefix(prefix): value
        for name, value in delivery.headers.items()
        for prefix in _PREFIXES
        if name.startswith(prefix)
    }
    if not attributes:
        raise Unfit([_reason("payload", "not_a_cloudevent")])
    if kind not in ("", "application/json") and not kind.endswith("+json"):
        raise Unfit([_reason("payload", "unsupported_content_type")], _readable_id(attributes))
    try:
        return attributes, _json(delivery.body)
    except Unfit as unfit:
        reasons = unfit.reasons
    raise Unfit(reasons, _readable_id(attributes))


def _json(body: bytes) -> object:
    """Strict JSON: no NaN, and no second field of the same name that would hide the first."""
    try:
        return json.loads(body.decode(), object_pairs_hook=_unique, parse_constant=_no_constant)
    except UnicodeDecodeError:
        code = "not_utf8"
    except _DuplicateKey:
        code = "duplicate_key"
    except (ValueError, RecursionError):
        code = "not_json"
    raise Unfit([_reason("payload", code)])  # out here: those exceptions hold the whole text


class _DuplicateKey(Exception):
    pass


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _DuplicateKey
    return found


def _no_constant(_name: str) -> NoReturn:
    raise ValueError


def _envelope(delivery: Delivery, attributes: dict[str, Any]) -> _Envelope:
    reasons = _attribute_faults(attributes)
    source, type_name = attributes.get("source"), attributes.get("type")
    agency = agency_of(delivery)
    if isinstance(source, str) and (
        agency is None
        or agency not in re.split(r"[/:@]", source)
        or delivery.user_id not in (None, agency, f"agency_{agency}")
    ):
        reasons.append(_reason("source", "wrong_agency"))
    if isinstance(type_name, str):
        if type_name not in ACCEPTED:
            reasons.append(_reason("type", "unknown_type"))
        elif delivery.routing_key != f"{agency}.{type_name}":
            reasons.append(_reason("type", "wrong_routing_key"))
    if reasons or agency is None:
        raise Unfit(reasons or [_reason("source", "wrong_agency")], _readable_id(attributes))
    return _Envelope(
        agency=agency,
        source=attributes["source"],
        id=attributes["id"],
        type=attributes["type"],
    )


def _attribute_faults(attributes: Mapping[str, Any]) -> list[Reason]:
    """What CloudEvents 1.0 and we find wrong with the attributes."""
    missing = [
        name for name in ("specversion", "id", "source", "type") if attributes.get(name) is None
    ]
    reasons = [_reason(name, "missing") for name in missing]
    told_before = set(missing)
    for name, pattern, code in (
        ("specversion", re.compile(r"1\.0"), "wrong_specversion"),
        ("id", _ID, "invalid_id"),
        ("source", _SOURCE, "invalid_source"),
    ):
        value = attributes.get(name)
        if name not in told_before and not (isinstance(value, str) and pattern.fullmatch(value)):
            reasons.append(_reason(name, code))
            told_before.add(name)
    checked = dict(attributes)
    if "time" in checked:
        checked["time"] = _instant(checked["time"])
    faults: Iterable[str] = ()
    try:
        CloudEvent(checked)  # fills in what is missing, hence the check above
    except CloudEventValidationError as invalid:
        faults = list(invalid.errors)
    return reasons + [
        _reason(name, "invalid_attribute") for name in faults if name not in told_before
    ]


def _instant(value: object) -> object:
    """The instant in RFC 3339 text or an AMQP timestamp; everything else is for the next check."""
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None


def _readable_id(attributes: Mapping[str, Any]) -> str | None:
    id = attributes.get("id")
    return id if isinstance(id, str) and _ID.fullmatch(id) else None


def _reason(field: str, code: str) -> Reason:
    return Reason(field=_shown(field), code=code, message=FAULTS[code])


def _of_message(field: str, message: str) -> Reason:
    code, _, sentence = message.partition(": ")
    return Reason(field=_shown(field), code=code, message=sentence)


def _shown(field: str) -> str:
    """The path of a field; a step that its sender made up is shown only if it looks like a name."""
    steps = field.split(".")
    return ".".join(
        step if step.isdecimal() or _FIELD_NAME.fullmatch(step) else "?" for step in steps
    )
