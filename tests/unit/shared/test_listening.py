"""What is read as an event, and what the headers of a message tell of its past."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.listening import NotReadable, decoded
from shared.queues import Family, past, without_past

EVENT = {
    "id": "e-1",
    "type": "PetitionReceived",
    "schema": 1,
    "authority": "09253",
    "position": 17,
    "stream": "petition-7f3k9q2mxw4t",
    "version": 1,
    "recorded_at": "2026-03-02T01:30:00.000Z",
    "actor": "officer:vera",
    "correlation": "c-1",
    "caused_by": None,
    "data": {"received_on": "2026-03-02"},
}
FAILED_AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def body(**changed: Any) -> bytes:
    return json.dumps(EVENT | changed).encode()


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "application/json",
        "application/JSON",
        "text/json",
        "application/json; charset=utf-8",
        "application/cloudevents+json",
        'application/vnd.ward+json;charset="UTF-8"; version=2',
    ],
)
def test_json_is_read_under_whatever_name_it_comes(content_type: str | None) -> None:
    assert decoded(body(), content_type).id == "e-1"


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-python-serialize", "application/json; charset=utf-16", "json"],
)
def test_what_is_not_called_json_is_not_read(content_type: str) -> None:
    with pytest.raises(NotReadable) as unread:
        decoded(body(), content_type)
    assert unread.value.code == "content_type"


@pytest.mark.parametrize("content", [b"", b"{", b'{"id": "\xff"}', b'{"id": NaN}', b"{}{}"])
def test_broken_json_is_not_read_and_the_fault_holds_nothing_of_it(content: bytes) -> None:
    with pytest.raises(NotReadable) as unread:
        decoded(content, "application/json")
    assert unread.value.code == "not_json"
    assert unread.value.__suppress_context__


@pytest.mark.parametrize(
    "content",
    [
        b"[]",
        b"null",
        b'"PetitionReceived"',
        b'{"id": "e-1"}',
        body(position="17"),
        body(data=[]),
        body(caused_by=5),
        body(stream="petition"),
    ],
)
def test_json_that_is_no_event_is_not_read(content: bytes) -> None:
    with pytest.raises(NotReadable) as unread:
        decoded(content, "application/json")
    assert unread.value.code == "wrong_shape"


def test_fields_of_a_newer_release_are_passed_over_and_sealed_parts_are_not_taken_from_messages(
) -> None:  # fmt: skip
    event = decoded(body(sealed={"p1": "AAAA"}, weather="rain"), "application/json")
    assert event.sealed == {}


def rejected(queue: str, count: int, routing_key: str) -> dict[str, Any]:
    return {
        "queue": queue,
        "reason": "rejected",
        "count": count,
        "time": FAILED_AT.replace(tzinfo=None),  # as both clients give it
        "exchange": "agencies",
        "routing-keys": [routing_key],
    }


def test_a_first_delivery_has_no_past() -> None:
    told = past("q", "agencies", "portal.PetitionReceived", "agency_portal", {"subject": "x"})
    assert (told.attempts, told.deliveries, told.is_forged) == (0, 0, False)
    assert (told.routing_key, told.user_id) == ("portal.PetitionReceived", "agency_portal")


def test_attempts_are_counted_for_this_queue_alone() -> None:
    deaths = [
        {"queue": "q.retry", "reason": "expired", "count": 3, "routing-keys": ["q.retry"]},
        rejected("q", 3, "portal.PetitionReceived"),
        rejected("another", 9, "police.CaseAssigned"),
    ]
    told = past("q", "", "q", None, {"x-death": deaths, "x-delivery-count": 2})
    assert (told.attempts, told.deliveries) == (3, 2)
    assert told.first_failed_at == FAILED_AT
    assert told.routing_key == "portal.PetitionReceived"


def test_a_message_sent_round_again_starts_anew_under_its_old_routing_key_and_publisher() -> None:
    again = {"routing_key": "portal.PetitionReceived", "user_id": "agency_portal"}
    told = past("q", "", "q", None, {"retried": again, "x-death": [rejected("q", 1, "q")]})
    assert told.attempts == 1
    assert (told.routing_key, told.user_id) == ("portal.PetitionReceived", "agency_portal")


@pytest.mark.parametrize("name", ["x-death", "retried", "parked", "sealed"])
def test_headers_of_ours_that_come_from_outside_are_forged(name: str) -> None:
    told = past("q", "agencies", "portal.PetitionReceived", "agency_portal", {name: "anything"})
    assert told.is_forged
    assert (told.routing_key, told.attempts) == ("portal.PetitionReceived", 0)


def test_headers_of_the_publisher_are_kept_and_those_of_the_broker_are_not() -> None:
    headers = {"x-death": [], "x-first-death-queue": "q", "x-delivery-count": 1, "subject": "x"}
    assert without_past(headers) == {"subject": "x"}


def test_a_failed_message_waits_and_returns_and_no_queue_of_the_family_can_lose_it() -> None:
    parked, retry, main = Family(name="q", bindings=(), retry_delay_ms=500).queues()
    assert (parked.name, retry.name, main.name) == ("q.parked", "q.retry", "q")
    assert main.arguments["x-dead-letter-routing-key"] == "q.retry"
    assert retry.arguments["x-dead-letter-routing-key"] == "q"
    assert retry.arguments["x-message-ttl"] == 500
    for queue in (parked, retry, main):
        assert queue.arguments["x-queue-type"] == "quorum"
    for queue in (retry, main):
        assert queue.arguments["x-dead-letter-strategy"] == "at-least-once"
        assert queue.arguments["x-overflow"] == "reject-publish"
    assert "x-single-active-consumer" not in main.arguments
