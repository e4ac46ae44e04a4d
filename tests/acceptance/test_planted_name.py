"""A name, an ID number and a phone number go in by every way, and stand nowhere in clear.

Searched are all documents of all databases, all messages in all queues, all logs, and the files of
the database. What the search of the files can show is limited: MongoDB compresses blocks with
snappy, which leaves most of a text that has not occurred before as it is, but may break it up; so
finding nothing is good news and no proof, while every document is read whole through the database
itself. The files of the broker are not searched: a call and an agency's message pass through a
durable queue, and RabbitMQ deletes the segments of its log, with the clear text in them, only when
they are full. Whoever can read that folder can read what was sent of late, which is why it belongs
on an encrypted disk.
"""

import base64
import itertools
import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import bson
import pika
import pytest
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from click.testing import CliRunner
from nameko.standalone.rpc import ClusterRpcProxy

from deploy.cli import main
from shared.errors import Malformed, Refused
from shared.parking import parked, retry_parked
from shared.vault import Vault
from tests.acceptance.world import VHOST, ago, competent, complaint, from_portal

NAME = "Nghiêm Thị Ngoạn Mục Huyền"
ID_NUMBER = "027194083651"
PHONE = "0907 461 358"
SECRETS = (NAME, ID_NUMBER, PHONE, PHONE.replace(" ", ""))
PERSON = {
    "name": NAME,
    "address": f"Nhà bà {NAME}, Tổ 5",
    "phone": PHONE,
    "id_number": ID_NUMBER,
    "contact": f"nhắn {NAME}",
}

ANOTHER = "Quách Thị Đối Chứng Hường"  # put where the search must find it

SERVERS_OWN = ("admin", "config", "local")
TAKEN = 6  # petitions in which the person stands at the end; erased from another

Place = tuple[str, bytes]  # where something stands, and its bytes
Search = Callable[[Mapping[bytes, str]], list[tuple[str, str]]]


def needles(*secrets: str) -> dict[bytes, str]:
    """Every way in which a secret could be written in clear, and how."""
    found: dict[bytes, str] = {}
    for secret in secrets:
        for form in ("NFC", "NFD"):
            for case in (str, str.upper, str.lower):
                text = unicodedata.normalize(form, case(secret))
                written = {
                    "UTF-8": text.encode(),
                    "UTF-16 little": text.encode("utf-16-le"),
                    "UTF-16 big": text.encode("utf-16-be"),
                    "JSON": json.dumps(text)[1:-1].encode(),
                    "JSON, capitals": _capital_escapes(text).encode(),
                    "Python": text.encode("unicode_escape"),
                    "bytes of Python": repr(text.encode())[2:-1].encode(),
                    "hexadecimal": text.encode().hex().encode(),
                }
                written |= {f"base64 at {n}": _base64_within(text, n) for n in range(3)}
                found |= {needle: f"{form} {how}" for how, needle in written.items()}
    return found


def _capital_escapes(text: str) -> str:
    return "".join(sign if sign.isascii() else f"\\u{ord(sign):04X}" for sign in text)


def _base64_within(text: str, offset: int) -> bytes:
    """The base64 of a text inside of something longer, less the signs its neighbours decide."""
    raw = b"\0" * offset + text.encode()
    whole = base64.b64encode(raw[: len(raw) // 3 * 3])
    return whole[4 if offset else 0 :]


NEEDLES = needles(*SECRETS)


def hits(places: Iterable[Place], needles: Mapping[bytes, str] = NEEDLES) -> list[tuple[str, str]]:
    """Where something was found, and how it is written there."""
    return [
        (place, how)
        for place, content in places
        for needle, how in needles.items()
        if needle in content
    ]


def documents(client: Any) -> Iterator[Place]:
    """Every document of every database, the oplog too, as the bytes that are stored."""
    raw: CodecOptions[Any] = CodecOptions(document_class=RawBSONDocument)
    for database in client.list_database_names():
        for collection in client[database].list_collection_names():
            if database in SERVERS_OWN and collection.startswith(("system.", "replset.")):
                continue  # at which nobody may look
            for document in client[database].get_collection(collection, raw).find():
                yield f"{database}.{collection}", document.raw
                # Folded once more, so that mixed capitals and forms are found as well.
                yield f"{database}.{collection}", _texts(bson.decode(document.raw)).encode()


def _texts(value: Any) -> str:
    """All texts in a document, names of fields among them, in small letters and composed."""
    match value:
        case dict():
            return "\n".join(f"{_texts(key)}\n{_texts(item)}" for key, item in value.items())
        case list():
            return "\n".join(map(_texts, value))
        case str():
            return unicodedata.normalize("NFC", value).lower()
        case _:
            return ""


def messages(stack: Any, amqp_uri: str) -> Iterator[Place]:
    """Every message that waits in a queue, parked ones too; each goes back where it was."""
    told = stack.broker_control(
        "list_queues", "--no-table-headers", "-p", VHOST, "name", "exclusive"
    )
    queues = [line.split("\t") for line in told.splitlines() if line.count("\t") == 1]
    for name, exclusive in queues:
        if exclusive == "true":  # a caller's own, gone with the caller
            continue
        yield from _messages_of(name, amqp_uri)


def _messages_of(name: str, amqp_uri: str) -> Iterator[Place]:
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    try:
        channel = connection.channel()
        while True:
            method, properties, body = channel.basic_get(name)
            if method is None:
                break
            yield f"queue {name}", body
            yield f"queue {name}", repr((method, properties)).encode()
            yield f"queue {name}", json.dumps(properties.headers, default=str).encode()
    finally:
        if connection.is_open:
            connection.close()


def logs(*folders: Path) -> Iterator[Place]:
    for folder in folders:
        for path in sorted(folder.rglob("*.log*")):
            yield str(path), path.read_bytes()


def files(folder: Path) -> Iterator[Place]:
    """Every file of the database, in pieces that overlap; what is all zero is left out."""
    piece, overlap = 1 << 20, 1 << 10
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        for start in range(0, len(content), piece):
            part = content[start : start + piece + overlap]
            if part.strip(b"\0"):
                yield str(path), part


@pytest.fixture
def everywhere(stack: Any, system: Any, amqp_uri: str, mongo_client: Any) -> Search:
    """Search all there is; tells where, and in what writing, a secret was found."""

    def search(needles: Mapping[bytes, str]) -> list[tuple[str, str]]:
        mongo_client.admin.command("fsync")
        places = (
            documents(mongo_client),
            messages(stack, amqp_uri),
            logs(system.folder / "log", stack.run_dir / "log"),
            files(stack.run_dir / "data" / "mongod"),
        )
        return hits(itertools.chain(*places), needles)

    return search


def refused(ask: Callable[..., Any], *payload: Any, **more: Any) -> None:
    """What is told is for the sender, and may name the fields that they sent; no more than that."""
    with pytest.raises((Malformed, Refused)) as error:
        ask(*payload, **more)
    told = (
        [message for messages in error.value.errors.values() for message in messages]
        if isinstance(error.value, Malformed)
        else [error.value.code, error.value.reason]
    )
    assert not hits(("error", sentence.encode()) for sentence in told)


def plant_in_calls(rpc: Any, wait_for: Any) -> str:
    """By RPC: what is taken, and everything that is refused; answers a file number."""
    told = f"Bà {NAME}, số {ID_NUMBER}, điện thoại {PHONE}."
    person = complaint(petitioners=[PERSON], respondents=[{"name": NAME}], content=told)
    file: str = rpc.intake.register_petition(person | {"idempotency_key": NAME})["file"]
    other = rpc.intake.register_petition(person | {"subject": told})["file"]
    rpc.intake.import_backlog(
        {"batch": "ton-2026", "petitions": [person | {"channel": "ton_dong"}]}
    )
    for change in (
        {NAME: NAME},
        {"claimed_kind": NAME},
        {"received_on": NAME},
        {"neighbourhood": NAME},
        {"repeats": NAME},
        {"people": NAME},
        {"petitioners": [{"name": NAME, NAME: 1, "id_number": NAME}]},
        {"petitioners": {NAME: NAME}},
        {"idempotency_key": NAME, "subject": f"{NAME} khác"},
        {"expires_at": NAME},
    ):
        refused(rpc.intake.register_petition, person | change)
    refused(rpc.intake.accept, {"file": NAME, "accepted_on": ago(1)})
    refused(rpc.intake.accept, NAME)
    for service, method in (
        ("assignment", "suggest_assignee"),
        ("deadlines", "of_case"),
        ("reporting", "case"),
        ("reporting", "history"),
        ("reporting", "replay"),
    ):
        refused(getattr(getattr(rpc, service), method), {"file": NAME})
    trigger = {"trigger_on": ago(1), "stage": "accept", "kind": "khieu_nai"}
    for change in ({"kind": NAME}, {"stage": NAME}, {"facts": {NAME: NAME}}):
        refused(rpc.deadlines.compute, trigger | change)
    refused(rpc.deadlines.compute, trigger | {"facts": {"complex": NAME}})
    refused(rpc.reporting.cases, {"kind": NAME})
    refused(rpc.reporting.cases, {"after": NAME})
    refused(rpc.reporting.rebuild, {"table": NAME})

    rpc.intake.classify(competent(other))
    refusal = {"file": other, "refused_on": ago(7), "ground": "kn_het_thoi_hieu"}
    refused(rpc.intake.refuse, refusal | {"ground": NAME, "reasons": told})
    rpc.intake.refuse(refusal | {"reasons": told})

    rpc.intake.classify(competent(file))
    lawyer = PERSON | {"capacity": "luat_su", "document_on": ago(8), "attestation": "chung_thuc"}
    authorisation = {"file": file, "recorded_on": ago(7), "proxies": [lawyer]}
    acting_for_nobody = {"proxies": [lawyer | {"acts_for": NAME}]}
    refused(rpc.intake.record_authorisation, authorisation | acting_for_nobody)
    rpc.intake.record_authorisation(authorisation)
    rpc.intake.accept({"file": file, "accepted_on": ago(7)})
    wait_for(file, "CaseOpened")
    heirs = {"of": "p1", "died_on": ago(7), "heirs": [PERSON | {"document_on": ago(6)}]}
    rpc.intake.record_succession({"file": file, "succeeded_on": ago(6)} | heirs)
    assigned = {"file": file, "assigned_on": ago(6), "unit": "kinh-te-ha-tang"}
    for change in ({"officer": NAME}, {"unit": NAME, "officer": NAME}, {"reasons": [NAME]}):
        refused(rpc.assignment.assign, {"officer": "cb-dia-chinh-1"} | assigned | change)
    rpc.assignment.assign(assigned | {"officer": "cb-dia-chinh-1"})
    decision = {"file": file, "decided_on": ago(2), "outcome": "dung", "conclusion": told}
    refused(rpc.assignment.issue_decision, decision | {"number": f"12 {NAME}"})
    rpc.assignment.issue_decision(decision | {"number": "12/QĐ-UBND"})
    for method in (rpc.intake.petition, rpc.intake.texts):  # where those entitled read it
        assert NAME in str(method({"file": file, "purpose": "giai_quyet"}))
    return file


def plant_at_the_identity_desk(rpc: Any, acting: Callable[..., Any]) -> None:
    """Asking who denounced, seeing it, protecting and erasing: what is done, and every refusal."""
    told = f"Tôi là {NAME}, số {ID_NUMBER}, điện thoại {PHONE}."
    sent = complaint(petitioners=[PERSON], content=told, claimed_kind="to_cao")
    file: str = rpc.intake.register_petition(sent)["file"]
    rpc.intake.classify(competent(file, "to_cao", field="cong_vu"))
    reading = {"file": file, "purpose": "xu_ly_don"}
    for method in (rpc.intake.petition, rpc.intake.texts):
        assert not hits([("words", json.dumps(method(reading)).encode())])
        refused(method, reading | {"purpose": NAME})
    for what in ("file", "reception", "task", "mediation"):
        refused(rpc.intake.texts, {what: NAME, "purpose": "xu_ly_don"})
    asking = {"file": file, "purpose": "lam_viec_voi_nguoi_to_cao", "reason": told}
    for change in ({"purpose": NAME}, {"reason": ""}, {NAME: NAME}, {"file": NAME}):
        refused(rpc.intake.request_identity, asking | change)
    key = {"idempotency_key": f"{ID_NUMBER} {NAME}"}
    of_it = {"file": file, "request": rpc.intake.request_identity(asking | key)["request"]}
    [asked] = rpc.intake.identity_requests({"file": file})["requests"]
    assert asked["reason"] == told  # to whoever wrote it
    attempts = ("approve_identity_release", "refuse_identity_release", "view_identity")
    for method in attempts:
        attempt = getattr(rpc.intake, method)
        refused(attempt, of_it)  # their own request, without a ground, not yet allowed
        refused(attempt, of_it | {"request": NAME, "ground": NAME})
        refused(attempt, of_it | {"file": NAME})
    clerk = acting("reception_clerk", actor="officer:lan")
    for method in attempts:
        refused(getattr(clerk.intake, method), of_it | {"request": NAME, "reason": NAME})
    acting("chair", actor="officer:chu-tich").intake.approve_identity_release(of_it)
    seen = rpc.intake.view_identity(of_it)
    assert seen["people"]["p1"]["name"] == NAME  # of a denunciation the only place that says it
    protecting = {"file": file, "recorded_on": ago(1), "measure": "vi_tri_cong_tac_viec_lam"}
    for change in ({"status": NAME}, {"status": "de_nghi", "measure": NAME}, {"people": NAME}):
        refused(rpc.intake.record_protection, protecting | change)
    rpc.intake.record_protection(protecting | {"status": "de_nghi", "text": told})

    closed = rpc.intake.register_petition(complaint(petitioners=[PERSON], content=told))["file"]
    rpc.intake.classify(competent(closed, is_competent=False))
    guided = {"file": closed, "guided_on": ago(7), "competent_authority": "Tòa án nhân dân"}
    rpc.intake.guide(guided | {"guidance": told})
    erasing = {"file": closed, "erased_on": ago(1), "part": "p1", "ground": "theo_quyet_dinh"}
    for change in ({"part": NAME}, {"ground": NAME}, {"erased_on": NAME}, {"document": NAME * 99}):
        refused(rpc.intake.erase_person, erasing | {"document": "12/QĐ-UBND"} | change)
    rpc.intake.erase_person(erasing | {"document": "12/QĐ-UBND"})

    # What a caller says of themselves and of the request, signed or not.
    someone = {"actor": f"officer:{NAME}"}
    for claims in ({"unit": NAME}, {"wards": [NAME]}, {"actor": NAME}, someone, {"ward": NAME}):
        refused(acting(NAME, "reception_clerk", **claims).intake.classify, {"file": file})
    odd = acting("petition_officer", NAME, unit=NAME, correlation=NAME)
    odd.intake.register_petition(complaint())
    for context in ({"authority": NAME}, {"token": NAME}, {"token": f"{NAME}.{NAME}.{NAME}"}):
        refused(acting("chair", **context).intake.classify, {"file": file})


def plant_at_the_reception_desk(rpc: Any) -> None:
    """Who came, who was turned away, what was mediated: entered, refused, erased."""
    told = f"Bà {NAME}, số {ID_NUMBER}, điện thoại {PHONE}."
    turn = {"received_on": ago(3), "person": PERSON, "content": told, "matter": "kien_nghi"}
    for change in ({"matter": NAME}, {"file": NAME}, {"reception": NAME}, {"capacity": NAME}):
        refused(rpc.intake.record_reception, turn | change)
    session = rpc.intake.record_reception(turn)["reception"]
    assert rpc.intake.record_reception(turn | {"content": f"{told} Lần hai."})["turn"] == 2
    concluded = {"reception": session, "concluded_on": ago(2), "number": "5/TB"}
    rpc.intake.conclude_reception(concluded | {"conclusion": told})
    away = {"refused_on": ago(3), "ground": "de_doa_xuc_pham", "reasons": told}
    turned_away = rpc.intake.refuse_reception(away | {"person": PERSON})["reception"]
    met = {"held_on": ago(3), "neighbourhood": "tdp-1", "outcome": "hoa_giai_thanh"}
    mediation = rpc.intake.record_mediation(met | {"minutes": told})["mediation"]
    erasing = {"erased_on": ago(1), "ground": "theo_luat", "document": "12/QĐ-UBND", "part": "p1"}
    of_turn = erasing | {"reception": session, "turns": [1]}
    for change in (
        {"turns": [NAME]},
        {"turns": NAME},
        {"turns": [9]},
        {"part": NAME},
        {"reception": NAME},
        {"mediation": NAME},
        {NAME: NAME},
    ):
        refused(rpc.intake.erase_person, of_turn | change)
    refused(rpc.intake.erase_person, erasing | {"mediation": NAME})
    for erased in (
        of_turn,
        erasing | {"reception": turned_away},
        erasing | {"mediation": mediation, "part": "text"},
    ):
        rpc.intake.erase_person(erased)
    seen = rpc.intake.texts({"reception": session, "purpose": "tiep_cong_dan"})["texts"]
    assert [each["words"] == "[đã xóa]" for each in seen] == [True, False, False, False, False]
    assert NAME in str(seen)


def plant_in_the_list_of_the_rejected(tmp_path: Path) -> None:
    """`donthu rejected`: what it prints, and what reading and erasing leave behind."""

    def donthu(*words: object) -> str:
        done = CliRunner().invoke(main, ["rejected", *map(str, words)])
        assert done.exit_code == 0, done.output
        assert not hits([("printed", done.output.encode())])
        return str(done.stdout)

    donthu()
    every = json.loads(donthu("--json"))["rejected"]
    read = 0
    for number, each in enumerate(every[:15]):  # the last that came
        into = tmp_path / f"letter-{number}"
        donthu(each["reference"], "--into", into, "--reason", "tim_loi_he_thong")
        read += NAME.encode() in into.read_bytes()
    assert read
    donthu(every[0]["reference"], "--erase")


def plant_in_letters(portal: Any, authority: str) -> None:
    """Through the agencies exchange: what is taken, and everything that is rejected."""
    person = from_portal(authority, petitioners=[PERSON], content=f"Bà {NAME} trình bày.")

    def sent(change: dict[str, Any], **attributes: Any) -> str:
        event = portal.event(portal.new_id(authority), person | change) | attributes
        portal.send(event)
        return str(event["id"])

    ids = {
        sent({}): "PetitionAcknowledged",
        sent({"colour": NAME}): "PetitionRejected",
        sent({NAME: NAME}): "PetitionRejected",
        sent({"received_on": NAME}): "PetitionRejected",
        sent({"petitioners": NAME}): "PetitionRejected",
        sent({"authority": NAME}): "PetitionRejected",
        sent({}, time=NAME): "PetitionRejected",
        sent({}, source=f"/agencies/{NAME}"): "PetitionRejected",
        sent({}, type=NAME): "PetitionRejected",
    }
    for id, answered in ids.items():
        assert portal.answer(id)["type"] == answered
    unnamed = [
        f'{{"data": "{NAME}'.encode(),
        NAME.encode(),
        NAME.encode() + b"\xff",
        json.dumps({"id": NAME, "data": PERSON}).encode(),
    ]
    for body in unnamed:
        portal.send(body, headers={"cloudEvents:subject": NAME, "name": NAME})
        portal.answer(lambda told: told["data"].get("source_id") is None)


FAILING = '''
"""An intake in which every message of an agency fails, with what was sent in the exception."""

from services.intake import service


class Failing(service.IntakeService):
    def _record(self, letter, content):
        raise ValueError(f"{content}")
'''


def plant_in_parking(
    system: Any, portal: Any, authority: str, amqp_uri: str, tmp_path: Path, eventually: Any
) -> Any:
    """A message whose handling fails five times, so that it is parked."""
    (tmp_path / "failing_intake.py").write_text(FAILING)
    before = {message.id for message in parked(amqp_uri, "intake.inbox")}
    system.kill("intake")
    system.start("intake", module="failing_intake", path=tmp_path)
    event = portal.event(portal.new_id(authority), from_portal(authority, petitioners=[PERSON]))
    portal.send(event, headers={"x-name": NAME})

    def found() -> Any:
        return [told for told in parked(amqp_uri, "intake.inbox") if told.id not in before]

    (message,) = eventually(found, 40.0)
    system.kill("intake")
    system.start("intake")
    return message


@pytest.fixture
def acting(
    amqp_uri: str, authority: str, token: Callable[..., str]
) -> Iterator[Callable[..., Any]]:
    """The services, called with these roles, claims and context."""
    opened: list[Any] = []

    def call(*roles: str, ward: str | None = None, **said: Any) -> Any:
        context = {name: said.pop(name) for name in ("authority", "correlation") if name in said}
        signed = said.pop("token", None) or token(ward or authority, *roles, **said)
        proxy = ClusterRpcProxy(
            {"AMQP_URI": amqp_uri}, context_data=context | {"token": signed}, timeout=15
        )
        opened.append(proxy)
        return proxy.start()

    yield call
    for proxy in opened:
        proxy.stop()


def test_a_planted_name_is_found_nowhere(
    rpc: Any,
    acting: Callable[..., Any],
    portal: Any,
    authority: str,
    system: Any,
    stack: Any,
    log: Any,
    mongo_client: Any,
    amqp_uri: str,
    wait_for: Any,
    tmp_path: Path,
    eventually: Any,
    everywhere: Search,
) -> None:
    file = plant_in_calls(rpc, wait_for)
    plant_at_the_identity_desk(rpc, acting)
    plant_at_the_reception_desk(rpc)
    plant_in_letters(portal, authority)
    plant_in_the_list_of_the_rejected(tmp_path)
    message = plant_in_parking(system, portal, authority, amqp_uri, tmp_path, eventually)
    assert (message.reason, message.attempts, message.is_sealed) == ("ValueError", 5, True)
    system.await_quiet()
    rpc.reporting.rebuild({})
    found = everywhere(NEEDLES)
    # It was not lost either: whoever has the keys reads it.
    vault = Vault(mongo_client, Path(stack.environment()["DONTHU_KEYS"]))
    stream = f"petition-{file}"
    sealed = log.read(authority, stream)[0].proposal.events[0].sealed
    assert vault.open(authority, stream, sealed)["p1"]["name"] == NAME
    assert file in vault.files_of(authority, ID_NUMBER)
    assert retry_parked(amqp_uri, "intake.inbox", message.id) == 1
    eventually(lambda: len(vault.files_of(authority, ID_NUMBER)) == TAKEN)
    assert found == []


@pytest.mark.parametrize("written", sorted(set(NEEDLES.values())))
def test_the_search_knows_a_name_in_every_writing(written: str) -> None:
    found = [needle for needle, how in NEEDLES.items() if how == written]
    assert {how for _, how in hits([("here", b"before " + found[0] + b" after")])} >= {written}


@pytest.mark.parametrize("before", ["", "a", "ab"])
def test_the_search_knows_a_name_in_the_middle_of_base64(before: str) -> None:
    assert hits([("here", base64.b64encode(f"{before}{NAME}, Tổ 5".encode()))])


def test_the_search_finds_what_was_put_in_a_database_a_queue_and_a_log_on_purpose(
    stack: Any,
    system: Any,
    amqp_uri: str,
    mongo_client: Any,
    everywhere: Search,
) -> None:
    scratch = mongo_client["test_planted"]["scratch"]
    capitals_mixed = f"bà {ANOTHER[:9]}{unicodedata.normalize('NFD', ANOTHER[9:])}"
    scratch.insert_one({"_id": 1, "list": [{"deep": ANOTHER}], "padding": "x" * 100})
    scratch.insert_one({"_id": 2, "mixed": capitals_mixed})
    log = system.folder / "log" / "scratch.log"
    log.write_text(json.dumps({"event": f"sent by {ANOTHER}"}))
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    channel = connection.channel()
    channel.queue_declare("test.planted", durable=True)
    channel.basic_publish("", "test.planted", ANOTHER.upper().encode())
    channel.basic_publish("", "test.planted", b"", pika.BasicProperties(headers={"x": ANOTHER}))
    try:
        places = [place for place, _ in everywhere(needles(ANOTHER))]
        assert places.count("test_planted.scratch") >= 3
        assert places.count("queue test.planted") >= 2
        assert str(log) in places
        data = str(stack.run_dir / "data" / "mongod")
        assert any(place.startswith(data) for place in places)
    finally:
        channel.queue_delete("test.planted")
        connection.close()
        log.unlink()
        mongo_client.drop_database("test_planted")
