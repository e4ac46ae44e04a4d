"""Messages of other systems: CloudEvents understood, faults told, answers written."""

import json
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.intake import agencies
from services.intake.domain import RecordOutsideDecision, RegisterPetition
from shared.contracts.petitions import Channel, OutsideOutcome, Source
from shared.errors import Refused

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 5, 12, 3, tzinfo=UTC)
EXAMPLE = Path(__file__).parents[3] / "examples" / "portal-petition.json"

PETITION = {
    "authority": "09253",
    "received_on": "2026-11-20",
    "petitioners": [{"name": "Lê Thị Mơ", "address": "Số 3, phường Nhân Hòa"}],
    "subject": "Phản ánh rác thải",
    "content": "Rác ở đầu ngõ 27 không được dọn từ thứ hai.",
}
EVENT = {
    "specversion": "1.0",
    "type": "PetitionReceived",
    "source": "/agencies/portal",
    "id": "a-1",
    "data": PETITION,
}


@dataclass(frozen=True)
class Delivery:
    body: bytes = json.dumps(EVENT).encode()
    headers: dict[str, Any] = field(default_factory=dict)
    content_type: str | None = "application/cloudevents+json"
    content_encoding: str | None = None
    user_id: str | None = None
    routing_key: str = "portal.PetitionReceived"


def delivery(event: Any = EVENT, **how: Any) -> Delivery:
    return Delivery(body=json.dumps(event).encode(), **how)


def binary(prefix: str = "cloudEvents:", event: Any = EVENT, **how: Any) -> Delivery:
    headers = {f"{prefix}{name}": event[name] for name in event if name != "data"}
    body = json.dumps(event["data"]).encode()
    settings = {"headers": headers, "content_type": "application/json", "body": body} | how
    return Delivery(**settings)


def understood(message: Delivery) -> agencies.Letter:
    return agencies.understand(message, TODAY)[0]


def unfit(message: Delivery) -> agencies.Unfit:
    with pytest.raises(agencies.Unfit) as refused:
        agencies.understand(message, TODAY)
    return refused.value


def faults(message: Delivery) -> set[tuple[str, str]]:
    return {(reason.field, reason.code) for reason in unfit(message).reasons}


# What is taken


def test_a_petition_of_the_portal_is_registered_as_such() -> None:
    letter = understood(delivery())
    assert (letter.agency, letter.id, letter.authority) == ("portal", "a-1", "09253")
    assert letter.actor == "agency:portal"
    assert isinstance(letter.command, RegisterPetition)
    assert letter.command.channel is Channel.PORTAL
    assert letter.command.received_on == date(2026, 11, 20)
    assert letter.command.source == Source(agency="portal", message_id="/agencies/portal#a-1")
    assert letter.command.personal["p1"]["name"] == "Lê Thị Mơ"


@pytest.mark.parametrize("prefix", ["cloudEvents:", "cloudEvents_"])
def test_binary_mode_says_the_same_as_structured_mode(prefix) -> None:
    assert understood(binary(prefix)) == understood(delivery())


@pytest.mark.parametrize(
    "content_type",
    ["application/cloudevents+json; charset=UTF-8", "Application/CloudEvents+JSON"],
)
def test_the_content_type_may_be_written_as_clients_write_it(content_type) -> None:
    assert understood(delivery(content_type=content_type)).id == "a-1"


def test_extensions_and_a_time_of_amqp_are_taken() -> None:
    event = EVENT | {"time": datetime(2026, 11, 20, 2, 14), "traceparent": "00-1"}  # noqa: DTZ001 - as the AMQP client gives it
    assert understood(binary(event=event)).id == "a-1"


def test_another_agency_forwards_a_petition() -> None:
    event = EVENT | {"source": "urn:bacninh:cong-an"}
    letter = understood(delivery(event, routing_key="cong-an.PetitionReceived"))
    assert isinstance(letter.command, RegisterPetition)
    assert letter.command.channel is Channel.AGENCY


def test_what_is_handed_over_runs_from_the_wards_own_receipt() -> None:
    data = PETITION | {"transferred_by": "Ban Tiếp công dân tỉnh Bắc Ninh"}
    event = EVENT | {"type": "CaseAssigned", "data": data}
    letter = understood(delivery(event, routing_key="portal.CaseAssigned"))
    assert isinstance(letter.command, RegisterPetition)
    assert letter.command.channel is Channel.AGENCY
    assert letter.command.received_on == TODAY
    assert letter.command.first_received_on == date(2026, 11, 20)
    assert letter.command.transferred_by == "Ban Tiếp công dân tỉnh Bắc Ninh"


def test_a_court_tells_its_decision() -> None:
    data = {
        "authority": "09253",
        "file": "7f3k9q2mxw4t",
        "decided_by": "Tòa án nhân dân khu vực 1 - Bắc Ninh",
        "number": "15/2026/HC-ST",
        "outcome": "huy_bo",
        "decided_on": "2026-11-19",
    }
    event = EVENT | {"type": "DecisionIssued", "source": "/agencies/toa-an", "data": data}
    letter = understood(delivery(event, routing_key="toa-an.DecisionIssued"))
    assert letter.command == RecordOutsideDecision(
        file="7f3k9q2mxw4t",
        decided_on=date(2026, 11, 19),
        decided_by="Tòa án nhân dân khu vực 1 - Bắc Ninh",
        number="15/2026/HC-ST",
        outcome=OutsideOutcome.CANCELLED,
        source=Source(agency="toa-an", message_id="/agencies/toa-an#a-1"),
    )


def test_decomposed_vietnamese_is_composed() -> None:
    data = PETITION | {"subject": unicodedata.normalize("NFD", "Phản ánh rác thải")}
    assert understood(delivery(EVENT | {"data": data})) == understood(delivery())


def test_the_example_that_is_handed_out_is_taken() -> None:
    letter = understood(Delivery(body=EXAMPLE.read_bytes()))
    assert letter.authority == "09253"


# Repetition


def test_the_same_message_has_the_same_file_and_commit() -> None:
    first, again = understood(delivery()), understood(delivery())
    assert (first.command.file, first.commit_id) == (again.command.file, again.commit_id)


def test_a_new_time_of_sending_makes_no_other_content() -> None:
    later = delivery(EVENT | {"time": "2026-11-21T08:00:00+07:00"})
    assert agencies.understand(later, TODAY)[1] == agencies.understand(delivery(), TODAY)[1]


@pytest.mark.parametrize("changes", [{"id": "a-2"}, {"source": "/agencies/portal/mobile"}])
def test_another_id_or_source_is_another_petition(changes) -> None:
    first, other = understood(delivery()), understood(delivery(EVENT | changes))
    assert first.command.file != other.command.file
    assert first.commit_id != other.commit_id


def test_another_content_under_the_same_id_is_told_apart() -> None:
    other = delivery(EVENT | {"data": PETITION | {"content": "Đã dọn."}})
    (first, said), (second, otherwise) = (
        agencies.understand(message, TODAY) for message in (delivery(), other)
    )
    assert first.commit_id == second.commit_id
    assert said != otherwise


# What is not taken


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        pytest.param(Delivery(body=b""), {("payload", "not_json")}, id="empty"),
        pytest.param(Delivery(body=b"{"), {("payload", "not_json")}, id="half an object"),
        pytest.param(Delivery(body=b"[1]"), {("payload", "wrong_type")}, id="list"),
        pytest.param(Delivery(body=b'{"a":NaN}'), {("payload", "not_json")}, id="NaN"),
        pytest.param(
            Delivery(body=b'{"id":"a","id":"b"}'), {("payload", "duplicate_key")}, id="same field"
        ),
        pytest.param(Delivery(body="Mơ".encode("utf-16")), {("payload", "not_utf8")}, id="UTF-16"),
        pytest.param(Delivery(body=b"\xff\xfe{}"), {("payload", "not_utf8")}, id="no UTF-8"),
        pytest.param(
            Delivery(body=b"[" * 200_000), {("payload", "not_json")}, id="200,000 brackets"
        ),
        pytest.param(
            delivery(EVENT | {"data": PETITION | {"content": "a" * 5_000_000}}),
            {("payload", "too_large")},
            id="5 MB",
        ),
        pytest.param(
            delivery(EVENT | {"data": PETITION | {"content": "a" * 20_001}}),
            {("data.content", "too_long")},
            id="20,001 characters",
        ),
        pytest.param(
            delivery(content_type="text/plain"), {("payload", "not_a_cloudevent")}, id="text"
        ),
        pytest.param(
            delivery(content_type="application/cloudevents-batch+json"),
            {("payload", "not_a_cloudevent")},
            id="batch",
        ),
        pytest.param(
            delivery(content_type=None), {("payload", "not_a_cloudevent")}, id="no content type"
        ),
        pytest.param(
            binary(content_type="application/xml"),
            {("payload", "unsupported_content_type")},
            id="XML",
        ),
        pytest.param(
            delivery(content_type="application/cloudevents+json; charset=utf-16"),
            {("payload", "unsupported_content_type")},
            id="other charset",
        ),
        pytest.param(
            delivery(content_encoding="gzip"), {("payload", "unsupported_encoding")}, id="gzip"
        ),
        pytest.param(
            delivery({"data": PETITION}),
            {(name, "missing") for name in ("specversion", "id", "source", "type")},
            id="no attributes",
        ),
        pytest.param(
            delivery(EVENT | {"specversion": "0.3"}),
            {("specversion", "wrong_specversion")},
            id="version 0.3",
        ),
        pytest.param(
            delivery(EVENT | {"id": "Lê Thị Mơ"}), {("id", "invalid_id")}, id="a name for an id"
        ),
        pytest.param(delivery(EVENT | {"id": 7}), {("id", "invalid_id")}, id="number for an id"),
        pytest.param(
            delivery(EVENT | {"source": "/agencies/portal cũ"}),
            {("source", "invalid_source"), ("source", "wrong_agency")},
            id="source is no URI",
        ),
        pytest.param(
            delivery(EVENT | {"time": "hôm qua"}), {("time", "invalid_attribute")}, id="time"
        ),
        pytest.param(
            delivery(EVENT | {"data_base64": "e30="}),
            {("data_base64", "invalid_attribute")},
            id="base64",
        ),
        pytest.param(
            delivery(EVENT | {"type": "PetitionWithdrawn"}, routing_key="portal.PetitionWithdrawn"),
            {("type", "unknown_type")},
            id="unknown type",
        ),
        pytest.param(
            delivery(routing_key="portal.DecisionIssued"),
            {("type", "wrong_routing_key")},
            id="routing key of another type",
        ),
        pytest.param(
            delivery(routing_key="cong-an.PetitionReceived"),
            {("source", "wrong_agency")},
            id="source of another agency",
        ),
        pytest.param(
            delivery(user_id="agency_cong-an"), {("source", "wrong_agency")}, id="another's user"
        ),
        pytest.param(
            delivery(routing_key="PORTAL.PetitionReceived"),
            {("source", "wrong_agency"), ("type", "wrong_routing_key")},
            id="no name of an agency",
        ),
        pytest.param(delivery(EVENT | {"data": None}), {("data", "wrong_type")}, id="no data"),
        pytest.param(
            delivery(EVENT | {"data": PETITION | {"authority": "9253"}}),
            {("data.authority", "unknown_authority")},
            id="unknown authority",
        ),
        pytest.param(
            delivery(EVENT | {"data": PETITION | {"channel": "buu_chinh"}}),
            {("data.channel", "unknown_field")},
            id="unknown field",
        ),
        pytest.param(
            delivery(EVENT | {"data": PETITION | {"received_on": "2026-02-30"}}),
            {("data.received_on", "invalid_date")},
            id="30 February",
        ),
        pytest.param(
            delivery(EVENT | {"data": PETITION | {"people": 0, "subject": ""}}),
            {("data.people", "out_of_range"), ("data.subject", "empty")},
            id="two faults",
        ),
    ],
)
def test_each_fault_has_its_code(message, expected) -> None:
    assert faults(message) == expected


@pytest.mark.parametrize("user_id", [None, "portal", "agency_portal"])
def test_the_brokers_own_name_for_the_agency_is_right(user_id) -> None:
    assert understood(delivery(user_id=user_id)).agency == "portal"


def test_a_sender_learns_which_of_its_messages_it_was() -> None:
    assert unfit(delivery(EVENT | {"data": {}})).source_id == "a-1"
    assert unfit(replace(binary(), body=b"{")).source_id == "a-1"
    assert unfit(delivery(EVENT | {"id": "Lê Thị Mơ"})).source_id is None


def test_nothing_that_was_sent_is_told_about_a_fault() -> None:
    secret = "Bạch Ngọc Trinh Nguyên 027099887766"
    data = PETITION | {
        "subject": {secret: secret},
        secret: secret,
        "petitioners": [{"name": secret, "id_number": secret, "phone": secret, secret: 1}],
    }
    message = delivery(EVENT | {"id": secret, "subject": "", secret: secret, "data": data})
    for found in (unfit(message), unfit(delivery(EVENT | {"data": data}))):
        said = json.dumps(agencies.told(found.reasons), ensure_ascii=False) + f"{found} {found!r}"
        assert "Trinh" not in said
        assert "027099887766" not in said
        assert found.__cause__ is None
        assert found.__context__ is None


# What is answered


def test_the_sender_is_told_file_and_position() -> None:
    letter = understood(delivery())
    answer = {"file": letter.command.file, "version": 1, "position": 17}
    event = json.loads(agencies.acknowledgement(letter, answer, NOW))
    assert event["type"] == "PetitionAcknowledged"
    assert event["specversion"] == "1.0"
    assert event["data"] == {"source_id": "a-1", "file": letter.command.file, "position": 17}
    again = json.loads(agencies.acknowledgement(letter, answer, NOW.replace(hour=6)))
    assert (again["id"], again["data"]) == (event["id"], event["data"])


def test_the_sender_is_told_why_not() -> None:
    found = unfit(delivery(EVENT | {"data": PETITION | {"subject": ""}}))
    event = json.loads(agencies.rejection(found, "ref-1", NOW))
    assert event["type"] == "PetitionRejected"
    assert event["data"] == {
        "source_id": "a-1",
        "reasons": [{"field": "data.subject", "code": "empty", "message": "Không được để trống."}],
        "reference": "ref-1",
    }


def test_a_refusal_of_the_rules_is_a_reason_too() -> None:
    letter = understood(delivery())
    repeated = agencies.refused(letter, Refused("command_repeated", "Đã dùng."))
    assert str(repeated) == "id: command_repeated"
    assert repeated.source_id == "a-1"
    unknown = agencies.refused(letter, Refused("unknown_file", "Không có."))
    assert str(unknown) == "data: unknown_file"


def test_answers_are_cloudevents_that_we_could_read_ourselves() -> None:
    letter = understood(delivery())
    body = agencies.acknowledgement(letter, {"file": "x", "position": 1}, NOW)
    found = unfit(Delivery(body=body))
    assert {(reason.field, reason.code) for reason in found.reasons} == {
        ("source", "wrong_agency"),
        ("type", "unknown_type"),
    }
