"""Everything that may come in wrong has a defined answer, over RPC and over the agencies exchange.

The rules behind the codes are tested in tests/unit; here is what a caller gets from the running
system.
"""

import json
import unicodedata
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pika
import pytest
from nameko.standalone.rpc import ClusterRpcProxy

from shared.errors import Malformed, Refused
from shared.vault import Vault
from tests.acceptance.world import ago, competent, complaint, from_portal

NAME = "Nguyễn Thị Ước Lượng"  # has letters that NFC and NFD write differently
FIVE_MB = "ơ" * 2_500_000

#: What is wrong -> the change that makes a petition so, the field and the code that is answered.
WRONG_FIELDS = {
    "unknown field": ({"colour": "red"}, "colour", "unknown_field"),
    "wrong type": ({"people": "three"}, "people", "wrong_type"),
    "wrong type inside a list": (
        {"petitioners": [{"name": 7}]},
        "petitioners.0.name",
        "wrong_type",
    ),
    "impossible date": ({"received_on": "2026-02-30"}, "received_on", "invalid_date"),
    "date in the future": ({"received_on": "2999-01-01"}, "received_on", "date_in_future"),
    "empty text": ({"subject": " \n "}, "subject", "empty"),
    "missing field": ({"content": None}, "content", "null"),
    "half a surrogate pair": ({"subject": "Đơn \ud83d"}, "subject", "control_character"),
    "kind that the law does not know": (
        {"claimed_kind": "than_phien"},
        "claimed_kind",
        "not_in_list",
    ),
}


@pytest.fixture(autouse=True)
def _running(system: Any) -> None:
    pass


def codes(errors: dict[str, list[str]]) -> dict[str, str]:
    return {field: told.split(":")[0] for field, (told, *_) in errors.items()}


def reasons(answer: dict[str, Any]) -> dict[str, str]:
    assert answer["type"] == "PetitionRejected"
    assert answer["data"]["reference"]
    return {reason["field"]: reason["code"] for reason in answer["data"]["reasons"]}


@pytest.mark.parametrize("wrong", WRONG_FIELDS)
def test_a_caller_is_told_the_field_and_a_stable_code(
    wrong: str, rpc: Any, log: Any, authority: str
) -> None:
    change, field, code = WRONG_FIELDS[wrong]
    with pytest.raises(Malformed) as malformed:
        rpc.intake.register_petition(complaint(**change))
    assert codes(malformed.value.errors) == {field: code}
    assert log.head(authority) == 0


@pytest.mark.parametrize("wrong", WRONG_FIELDS)
def test_an_agency_is_told_the_same(wrong: str, portal: Any, log: Any, authority: str) -> None:
    change, field, code = WRONG_FIELDS[wrong]
    event = portal.event(portal.new_id(authority), from_portal(authority, **change))
    # As JSON writes it in ASCII, since half a surrogate pair has no UTF-8.
    portal.send(json.dumps(event).encode())
    assert reasons(portal.answer(event["id"])) == {f"data.{field}": code}
    assert log.head(authority) == 0


def test_all_faults_are_told_at_once(rpc: Any) -> None:
    with pytest.raises(Malformed) as malformed:
        rpc.intake.register_petition(complaint(received_on="2026-13-01", subject="", colour="red"))
    assert codes(malformed.value.errors) == {
        "received_on": "invalid_date",
        "subject": "empty",
        "colour": "unknown_field",
    }


@pytest.mark.parametrize(
    ("content", "told"),
    [(FIVE_MB, {"payload": "too_large"}), (FIVE_MB[:100_000], {"content": "too_long"})],
    ids=["5 MB", "200 kB"],
)
def test_a_text_that_is_too_long_is_refused_and_beyond_4_mb_not_even_read(
    content: str, told: dict[str, str], rpc: Any, log: Any, authority: str
) -> None:
    with pytest.raises(Malformed) as malformed:
        rpc.intake.register_petition(complaint(content=content))
    assert codes(malformed.value.errors) == told
    assert log.head(authority) == 0


def test_5_mb_of_text_is_too_large_for_an_agency_and_is_answered_without_its_id(
    portal: Any, log: Any, authority: str, mongo_client: Any
) -> None:
    """What is too large is not read, so the answer can only name what we keep it under."""
    rejected = mongo_client["donthu_intake"]["rejected"]
    known = set(rejected.distinct("_id"))
    portal.send(portal.event(portal.new_id(authority), from_portal(authority, content=FIVE_MB)))
    answer = portal.answer(lambda told: told["data"].get("reference") not in {None, *known})
    assert reasons(answer) == {"payload": "too_large"}
    assert answer["data"]["source_id"] is None
    kept = rejected.find_one({"_id": answer["data"]["reference"]})
    assert kept["agency"] == "portal"
    assert log.head(authority) == 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"specversion": "1.0", "id": "\xc3\x28"}', "not_utf8"),
        (b'{"specversion": "1.0", "id": ', "not_json"),
        (b"[]", "wrong_type"),
        (b"", "not_json"),
        (b'{"id": "a", "id": "b"}', "duplicate_key"),
    ],
)
def test_bytes_that_are_no_event_are_answered_and_kept(
    body: bytes, code: str, portal: Any, mongo_client: Any
) -> None:
    rejected = mongo_client["donthu_intake"]["rejected"]
    times = {row["_id"]: row["times"] for row in rejected.find()}
    portal.send(body)
    answer = portal.answer(lambda told: told["type"] == "PetitionRejected")
    assert reasons(answer) == {"payload": code}
    reference = answer["data"]["reference"]
    assert rejected.find_one({"_id": reference})["times"] == times.get(reference, 0) + 1


def test_bytes_that_are_no_event_come_in_binary_mode_with_their_id(portal: Any) -> None:
    headers = {
        "cloudEvents:specversion": "1.0",
        "cloudEvents:id": "dvc-binary-1",
        "cloudEvents:source": "/agencies/portal",
        "cloudEvents:type": "PetitionReceived",
    }
    portal.send(b"\xff\xfe", content_type="application/json", headers=headers)
    answer = portal.answer("dvc-binary-1")
    assert reasons(answer) == {"payload": "not_utf8"}


@pytest.fixture
def raw_call(amqp_uri: str) -> Iterator[Callable[..., dict[str, Any] | None]]:
    """Call a method with bytes and properties of one's own; None if no answer comes."""
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    channel = connection.channel()
    reply_to = uuid.uuid4().hex
    # nameko's callers wait in such a queue, bound to the same exchange
    channel.queue_declare(
        reply_to, exclusive=True, auto_delete=True, arguments={"x-queue-type": "classic"}
    )
    channel.queue_bind(reply_to, "nameko-rpc", reply_to)

    def call(body: bytes, within_s: float = 5.0, **properties: Any) -> dict[str, Any] | None:
        sent = {"reply_to": reply_to, "correlation_id": uuid.uuid4().hex} | properties
        channel.basic_publish(
            "nameko-rpc", "intake.register_petition", body, pika.BasicProperties(**sent)
        )
        for _, _, answer in channel.consume(reply_to, auto_ack=True, inactivity_timeout=within_s):
            told: dict[str, Any] | None = answer and json.loads(answer)["error"]
            break
        channel.cancel()
        return told

    yield call
    connection.close()


JSON = {"content_type": "application/json", "content_encoding": "utf-8"}


@pytest.mark.parametrize(
    ("body", "properties"),
    [
        (f'{{"args": [{{"subject": "{NAME}'.encode() + b"\xff\xfe", JSON),  # not UTF-8
        (f'{{"args": ["{NAME}'.encode(), JSON),  # not JSON
        (NAME.encode(), {"content_type": "application/x-python-serialize"}),
        (NAME.encode(), {"content_type": "text/plain", "content_encoding": "utf-8"}),
        (NAME.encode(), {}),  # says nothing of itself
        (json.dumps([NAME]).encode(), JSON),  # not a call
        (b'{"kwargs": {}, "args": [{"subject": ' + b"[" * 400 + b"]" * 400 + b"}]}", JSON),
    ],
)
def test_a_call_that_cannot_be_read_is_answered_and_neither_logged_nor_deadly(
    body: bytes, properties: dict[str, str], raw_call: Any, system: Any, rpc: Any
) -> None:
    before = len(system.logs("intake"))
    answer = raw_call(body, **properties)
    assert answer is not None
    # What can be read is refused for want of a token, before anybody looks at what it says.
    assert answer["exc_type"] in ("Malformed", "MalformedRequest", "Refused")
    logged = system.logs("intake")[before:]
    assert NAME not in logged
    assert NAME.encode("unicode_escape").decode() not in logged
    assert repr(NAME.encode())[2:-1] not in logged
    assert rpc.intake.health()["service"] == "intake"
    system.check_all_run()


def test_a_call_that_wants_no_answer_is_not_deadly(raw_call: Any, system: Any, rpc: Any) -> None:
    assert raw_call(b'{"args": [{}], "kwargs": {}}', 0.5, reply_to=None, **JSON) is None
    assert rpc.intake.health()["service"] == "intake"
    system.check_all_run()


def test_nfd_is_taken_for_the_same_text_and_stored_as_nfc(
    rpc: Any, portal: Any, log: Any, authority: str, mongo_client: Any, stack: Any
) -> None:
    decomposed = unicodedata.normalize("NFD", NAME)
    assert decomposed != NAME
    petitioners = [{"name": decomposed, "address": unicodedata.normalize("NFD", "Tổ 5")}]
    by_rpc = rpc.intake.register_petition(complaint(petitioners=petitioners))
    id = portal.new_id(authority)
    by_portal = portal.ask(portal.event(id, from_portal(authority, petitioners=petitioners)))
    vault = Vault(mongo_client, Path(stack.environment()["DONTHU_KEYS"]))
    for file in (by_rpc["file"], by_portal["data"]["file"]):
        stream = f"petition-{file}"
        (commit,) = log.read(authority, stream)
        opened = vault.open(authority, stream, commit.proposal.events[0].sealed)
        assert opened["p1"] == {"name": NAME, "address": "Tổ 5"}


def test_an_event_that_comes_twice_is_acknowledged_twice_and_stored_once(
    portal: Any, log: Any, authority: str
) -> None:
    event = portal.event(portal.new_id(authority), from_portal(authority))
    first, second = portal.ask(event), portal.ask(event)
    assert (first["type"], first["data"]) == ("PetitionAcknowledged", second["data"])
    assert len(log.read(authority, f"petition-{first['data']['file']}")) == 1


def test_another_event_under_a_known_id_is_rejected(portal: Any, log: Any, authority: str) -> None:
    event = portal.event(portal.new_id(authority), from_portal(authority))
    file = portal.ask(event)["data"]["file"]
    other = portal.event(event["id"], from_portal(authority, subject="Một đơn khác"))
    assert reasons(portal.ask(other)) == {"id": "command_repeated"}
    assert len(log.read(authority, f"petition-{file}")) == 1


def test_a_command_that_comes_twice_is_carried_out_once_and_another_under_its_key_is_refused(
    rpc: Any, log: Any, authority: str
) -> None:
    payload = complaint(idempotency_key="quầy-1/117")
    first = rpc.intake.register_petition(payload)
    assert rpc.intake.register_petition(payload) == first
    with pytest.raises(Refused) as refused:
        rpc.intake.register_petition(payload | {"subject": "Một đơn khác"})
    assert refused.value.code == "command_repeated"
    assert len(log.read(authority, f"petition-{first['file']}")) == 1


def test_a_command_that_is_past_its_expiry_is_not_carried_out(
    rpc: Any, log: Any, authority: str
) -> None:
    with pytest.raises(Refused) as refused:
        rpc.intake.register_petition(complaint(expires_at="2026-01-01T00:00:00Z"))
    assert refused.value.code == "command_expired"
    assert log.head(authority) == 0


UNKNOWN = "zzzzzzzzzzzz"
ON_UNKNOWN_FILE: list[tuple[str, str, dict[str, Any]]] = [
    ("intake", "classify", competent(UNKNOWN)),
    ("intake", "accept", {"accepted_on": ago(1)}),
    (
        "intake",
        "refuse",
        {"refused_on": ago(1), "ground": "kn_het_thoi_hieu", "reasons": "Hết thời hiệu."},
    ),
    ("intake", "forward", {"forwarded_on": ago(1), "competent_authority": "Thanh tra tỉnh"}),
    ("intake", "file_away", {"filed_on": ago(1), "ground": "gui_nhieu_noi"}),
    (
        "assignment",
        "assign",
        {"assigned_on": ago(1), "unit": "van-phong", "officer": "cb-van-phong-1"},
    ),
    ("assignment", "suggest_assignee", {}),
    (
        "assignment",
        "issue_decision",
        {"decided_on": ago(1), "number": "1/QĐ", "outcome": "sai", "conclusion": "Khiếu nại sai."},
    ),
    ("assignment", "close", {"closed_on": ago(1), "ground": "da_giai_quyet"}),
    ("deadlines", "of_case", {}),
    ("reporting", "case", {}),
    ("reporting", "history", {}),
    ("reporting", "timeline", {}),
    ("reporting", "replay", {}),
]


@pytest.mark.parametrize(
    ("service", "method", "payload"),
    ON_UNKNOWN_FILE,
    ids=[f"{service}.{method}" for service, method, _ in ON_UNKNOWN_FILE],
)
def test_every_method_refuses_an_unknown_file(
    service: str, method: str, payload: dict[str, Any], rpc: Any, log: Any, authority: str
) -> None:
    with pytest.raises(Refused) as refused:
        getattr(getattr(rpc, service), method)(payload | {"file": UNKNOWN})
    assert refused.value.code == "unknown_file"
    assert log.head(authority) == 0


def test_a_file_of_another_ward_is_unknown(rpc: Any, portal: Any, authority: str) -> None:
    other = f"{int(authority) + 40000}"
    file = portal.ask(portal.event(portal.new_id(other), from_portal(other)))["data"]["file"]
    for ask in (rpc.reporting.case, rpc.reporting.history, rpc.deadlines.of_case):
        with pytest.raises(Refused) as refused:
            ask({"file": file})
        assert refused.value.code == "unknown_file"


def test_a_decision_of_an_agency_on_an_unknown_file_is_rejected(
    portal: Any, authority: str
) -> None:
    data = {
        "authority": authority,
        "file": UNKNOWN,
        "decided_by": "Tòa án nhân dân khu vực 1",
        "number": "12/2026/HC-ST",
        "outcome": "giu_nguyen",
        "decided_on": ago(1),
    }
    event = portal.event(portal.new_id(authority), data, type="DecisionIssued")
    answer = portal.ask(event, key="portal.DecisionIssued")
    assert reasons(answer) == {"data": "unknown_file"}


def test_commands_out_of_order_are_refused_and_change_nothing(
    rpc: Any, log: Any, authority: str, wait_for: Any
) -> None:
    def refused(ask: Any, payload: dict[str, Any]) -> str:
        def decided() -> list[str]:  # clocks follow in their own time
            return [event.id for event in wait_for(file) if event.category != "clock"]

        before = decided()
        with pytest.raises(Refused) as refusal:
            ask(payload)
        assert decided() == before
        code: str = refusal.value.code
        return code

    file = rpc.intake.register_petition(complaint())["file"]
    wait_for(file, "DeadlineSet")
    acceptance = {"file": file, "accepted_on": ago(7)}
    closing = {"file": file, "closed_on": ago(1), "ground": "da_giai_quyet"}
    decision = {
        "file": file,
        "decided_on": ago(2),
        "number": "9/QĐ-UBND",
        "outcome": "da_tra_loi",
        "conclusion": "Đã tiếp thu kiến nghị.",
    }
    assignment = {
        "file": file,
        "assigned_on": ago(6),
        "unit": "kinh-te-ha-tang",
        "officer": "cb-dia-chinh-1",
    }
    assert refused(rpc.intake.accept, acceptance) == "not_classified"
    assert refused(rpc.assignment.assign, assignment) == "unknown_file"
    rpc.intake.classify(competent(file, "kien_nghi"))
    assert refused(rpc.intake.accept, acceptance | {"accepted_on": ago(12)}) == (
        "date_before_receipt"
    )
    rpc.intake.accept(acceptance)
    wait_for(file, "CaseOpened", "DeadlineSet", "DeadlineSet")
    assert refused(rpc.intake.classify, competent(file, "to_cao")) == "already_handled"
    assert refused(rpc.assignment.issue_decision, decision) == "not_assigned"
    assert refused(rpc.assignment.close, closing) == "not_decided"
    rpc.assignment.assign(assignment)
    assert refused(rpc.assignment.close, closing) == "not_decided"
    rpc.assignment.issue_decision(decision)
    wait_for(file, "DeadlineMet")
    again = decision | {"number": "10/QĐ-UBND"}
    assert refused(rpc.assignment.issue_decision, again) == "already_decided"
    rpc.assignment.close(closing)
    assert refused(rpc.assignment.assign, assignment) == "case_not_open"


def test_a_caller_who_says_not_who_they_are_is_not_heard(amqp_uri: str) -> None:
    with (
        ClusterRpcProxy({"AMQP_URI": amqp_uri}, timeout=15) as nobody,
        pytest.raises(Refused) as refusal,
    ):
        nobody.intake.register_petition(complaint())
    assert refusal.value.code == "token_missing"
