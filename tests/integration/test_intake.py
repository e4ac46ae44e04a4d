"""The intake service over the real broker and database: by RPC, by message, and what goes wrong."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pika
import pytest

from services.intake import agencies, rejections
from services.intake.service import IntakeService
from shared.errors import Malformed, Refused
from shared.event_sourcing import file_number
from shared.ledger import flatten
from shared.listening import RawMessage
from shared.personal import ERASED, Personal
from shared.queues import replies_queue
from tests.support.recording import record
from tests.support.stories import DECIDED

# A name that stands nowhere else; it must stand nowhere in clear.
SECRET = "Hoàng Thị Bạch Trinh Nguyên"
PETITION = {
    "received_on": "2026-10-05",
    "petitioners": [
        {"name": SECRET, "address": "Số 9, phường Nhân Hòa", "id_number": "027099112233"}
    ],
    "respondents": [{"name": "Tạ Văn Quất"}],
    "subject": "Khiếu nại thu hồi đất",
    "content": f"Tôi là {SECRET}, không đồng ý với quyết định thu hồi đất.",
}
BY_POST = PETITION | {"channel": "buu_chinh"}
CLASSIFICATION = {
    "classified_on": "2026-10-06",
    "kind": "khieu_nai",
    "field": "dat_dai",
    "is_competent": True,
    "meets_conditions": True,
}
FOR_OTHERS = CLASSIFICATION | {"kind": "kien_nghi", "is_competent": False}


@pytest.fixture(scope="module")
def running(run_once):
    return run_once(IntakeService)


@pytest.fixture
def intake(running, rpc):
    return rpc.intake


@pytest.fixture
def portal(amqp_uri, authority, eventually):
    """The portal: sends as any other program would, and reads its answers."""
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    channel = connection.channel()
    channel.confirm_delivery()
    channel.queue_purge(replies_queue("portal"))

    class Portal:
        def event(self, number=1, **changes):
            event = {
                "specversion": "1.0",
                "type": "PetitionReceived",
                "source": "/agencies/portal",
                "id": f"{authority}-{number}",
                "data": PETITION | {"authority": authority},
            }
            return event | changes

        def send(self, event, **how):
            body = event if isinstance(event, bytes) else json.dumps(event).encode()
            key = how.pop("routing_key", "portal.PetitionReceived")
            properties = {"content_type": "application/cloudevents+json"} | how
            channel.basic_publish(
                "agencies", key, body, pika.BasicProperties(**properties), mandatory=True
            )

        def answer(self):
            def read():
                return channel.basic_get(replies_queue("portal"), auto_ack=True)[2]

            return json.loads(eventually(read))

    yield Portal()
    connection.close()


def events(log, authority, file):
    return flatten(log.read(authority, f"petition-{file}"))


# By RPC


def test_a_petition_goes_from_registration_to_acceptance(intake, log, authority) -> None:
    registered = intake.register_petition(BY_POST | {"idempotency_key": "k-1"})
    file = registered["file"]
    assert registered == {"file": file, "version": 1, "position": 1}
    intake.classify({"file": file} | CLASSIFICATION)
    accepted = intake.accept({"file": file, "accepted_on": "2026-10-07"})
    assert accepted == {"file": file, "version": 3, "position": 3}
    stored = events(log, authority, file)
    assert [event.type for event in stored] == [
        "PetitionReceived",
        "PetitionClassified",
        "PetitionAccepted",
    ]
    assert stored[0].actor == "officer:vera"
    assert stored[2].data == {
        "accepted_on": "2026-10-07",
        "kind": "khieu_nai",
        "field": "dat_dai",
        "received_on": "2026-10-05",
        "people": 1,
        "is_remote": False,
        "is_disciplinary": False,
        "is_dismissal": False,
        "respondent_officers": [],
    }


def test_every_other_outcome_is_recorded_with_its_text_sealed(
    intake, log, vault, authority
) -> None:
    def classified(**changes):
        file = intake.register_petition(BY_POST)["file"]
        intake.classify({"file": file} | CLASSIFICATION | changes)
        return file

    refused = classified()
    intake.refuse(
        {
            "file": refused,
            "refused_on": "2026-10-07",
            "ground": "kn_het_thoi_hieu",
            "reasons": f"Bà {SECRET} gửi đơn khi đã hết thời hiệu.",
        }
    )
    last = events(log, authority, refused)[-1]
    assert last.data == {"refused_on": "2026-10-07", "ground": "kn_het_thoi_hieu"}
    opened = vault.open(authority, f"petition-{refused}", last.sealed)
    assert opened == {"text": {"reasons": f"Bà {SECRET} gửi đơn khi đã hết thời hiệu."}}

    guided = classified(is_competent=False)
    province = {"competent_authority": "Ủy ban nhân dân tỉnh Bắc Ninh"}
    intake.guide({"file": guided, "guided_on": "2026-10-07", "guidance": "Gửi tỉnh."} | province)
    forwarded = classified(is_competent=False, kind="phan_anh", about_rules=True)
    intake.forward({"file": forwarded, "forwarded_on": "2026-10-07"} | province)
    filed = classified(meets_conditions=False)
    intake.file_away({"file": filed, "filed_on": "2026-10-07", "ground": "khong_du_dieu_kien"})
    assert [events(log, authority, file)[-1].type for file in (guided, forwarded, filed)] == [
        "PetitionerGuided",
        "PetitionForwarded",
        "PetitionFiledAway",
    ]


def test_withdrawing_checking_splitting_and_returning_are_recorded(
    intake, log, vault, authority
) -> None:
    file = intake.register_petition(BY_POST | {"originals": 2})["file"]
    intake.classify({"file": file} | CLASSIFICATION)
    intake.accept({"file": file, "accepted_on": "2026-10-07"})
    record(log, authority, f"case-{file}", DECIDED)
    withdrawal = {"file": file, "withdrawn_on": "2026-11-20", "form": "bien_ban", "by": ["p1"]}
    part = {"is_whole": False, "content": f"Bà {SECRET} rút phần bồi thường."}
    intake.withdraw(withdrawal | part)
    sealed = events(log, authority, file)[-1].sealed
    assert vault.open(authority, f"petition-{file}", sealed)["text"] == {
        "withdrawn": part["content"]
    }
    intake.withdraw(withdrawal | {"is_whole": True})
    assert events(log, authority, file)[-1].data["leaves_nothing"] is True
    intake.return_originals({"file": file, "returned_on": "2026-11-20", "count": 2})

    denounced = intake.register_petition(BY_POST)["file"]
    intake.classify({"file": denounced} | CLASSIFICATION | {"kind": "to_cao"})
    intake.accept({"file": denounced, "accepted_on": "2026-10-07"})
    record(log, authority, f"case-{denounced}", DECIDED)
    with pytest.raises(Refused) as refused:
        intake.withdraw(withdrawal | {"file": denounced, "is_whole": True})
    assert refused.value.code == "already_concluded"

    unsigned = intake.register_petition(BY_POST | {"petitioners": []})["file"]
    irregular = {"kind": "to_cao", "field": "cong_vu", "is_verifiable": True}
    intake.classify({"file": unsigned} | CLASSIFICATION | irregular)
    intake.order_check({"file": unsigned, "ordered_on": "2026-10-08", "unit": "van-phong"})
    result = {"result": "khong_vi_pham", "findings": f"Bà {SECRET} không có mặt."}
    intake.record_check_result({"file": unsigned, "reported_on": "2026-10-30"} | result)

    mixed = intake.register_petition(BY_POST)["file"]
    intake.classify({"file": mixed} | CLASSIFICATION)
    advice = {"competent_authority": "UBND phường; UBND tỉnh", "guidance": "Viết thành hai đơn."}
    intake.guide({"file": mixed, "guided_on": "2026-10-08", "to_split": True} | advice)

    crime = intake.register_petition(BY_POST)["file"]
    police = {"competent_authority": "Công an phường", "purpose": "to_giac_toi_pham"}
    intake.forward({"file": crime, "forwarded_on": "2026-10-05"} | police)
    last = [events(log, authority, each)[-1].type for each in (file, unsigned, mixed, crime)]
    assert last == ["OriginalsReturned", "CheckReported", "PetitionerGuided", "PetitionForwarded"]
    sealed = events(log, authority, unsigned)[-1].sealed
    opened = vault.open(authority, f"petition-{unsigned}", sealed)
    assert opened == {"text": {"findings": result["findings"]}}


def test_who_acts_for_somebody_and_the_heirs_are_sealed_under_refs_of_their_own(
    intake, log, vault, authority
) -> None:
    neighbour = {"name": "Lê Thị Thay", "capacity": "duoc_uy_quyen"}
    file = intake.register_petition(BY_POST | {"proxies": [neighbour]})["file"]
    intake.classify({"file": file} | CLASSIFICATION)
    accept = {"file": file, "accepted_on": "2026-10-09"}
    with pytest.raises(Refused) as refused:
        intake.accept(accept)
    assert refused.value.code == "authorisation_missing"
    paper = {"document_on": "2026-10-08", "attestation": "chung_thuc"}
    intake.record_authorisation(
        {"file": file, "recorded_on": "2026-10-08", "proxies": [neighbour | paper]}
    )
    intake.accept(accept)
    heirs = [{"name": SECRET, "document_on": "2026-10-19"}]
    died = {"of": "p1", "died_on": "2026-10-11", "heirs": heirs}
    intake.record_succession({"file": file, "succeeded_on": "2026-10-20"} | died)
    stored = events(log, authority, file)
    assert [event.type for event in stored][2:] == [
        "AuthorisationRecorded",
        "PetitionAccepted",
        "ComplainantSucceeded",
    ]
    assert stored[-1].data["heirs"][0]["ref"] == "a3"
    opened = vault.open(authority, f"petition-{file}", stored[-1].sealed)
    assert opened == {"a3": {"name": SECRET}}
    assert SECRET not in json.dumps([event.message() for event in stored], ensure_ascii=False)


def test_what_was_answered_before_is_filed_away_once_it_is_linked(intake, log, authority) -> None:
    first, second, third = (intake.register_petition(BY_POST)["file"] for _ in range(3))
    for file in (first, second, third):
        intake.classify({"file": file} | CLASSIFICATION)
    away = {"file": second, "filed_on": "2026-11-20", "ground": "da_huong_dan_tra_loi"}
    link = {"file": second, "to": first, "relation": "don_lap", "linked_on": "2026-10-07"}
    intake.accept({"file": first, "accepted_on": "2026-10-07"})
    intake.link(link)
    with pytest.raises(Refused) as refused:
        intake.file_away(away)
    assert refused.value.code == "not_answered_before"
    record(log, authority, f"case-{first}", DECIDED)
    intake.file_away(away)
    intake.link(link | {"file": third, "to": second})
    intake.file_away(away | {"file": third})
    assert events(log, authority, third)[-1].data["ground"] == "da_huong_dan_tra_loi"


# Duplicates


def test_the_same_petition_sent_again_is_suggested_linked_and_unlinked(
    intake, log, authority, mongo_client
) -> None:
    complaint = BY_POST | {"claimed_kind": "khieu_nai"}
    first = intake.register_petition(complaint)["file"]
    again = complaint | {
        "received_on": "2026-11-02",
        "content": "Toi la Hoang Thi Bach Trinh Nguyen, khong dong y voi quyet dinh thu hoi dat",
    }
    second = intake.register_petition(again)["file"]
    other = BY_POST | {
        "petitioners": [{"name": "Ngô Văn Ba", "address": "Số 8"}],
        "respondents": [],
        "subject": "Phản ánh tiếng ồn",
        "content": "Quán karaoke mở nhạc to suốt đêm.",
    }
    intake.register_petition(other)
    told = intake.suggest_duplicates({"file": second})
    assert told["compared"] == 2
    [candidate] = told["candidates"]
    assert (candidate["file"], candidate["relation"]) == (first, "don_trung")
    assert candidate["score"] >= 90
    codes = [reason["code"] for reason in candidate["reasons"]]
    assert codes[:2] == ["cung_nguoi", "noi_dung_trung"]
    assert SECRET not in json.dumps(told, ensure_ascii=False)
    for row in mongo_client["donthu_intake"]["tables"].find({"_id": "petitions"}):
        rows = list(mongo_client["donthu_intake"][row["live"]].find({"authority": authority}))
        assert len(rows) == 3
        assert set(rows[0]) == {
            *("_id", "authority", "position", "file"),
            *("received_on", "kind", "field", "neighbourhood"),
        }

    link = {"file": second, "to": first, "score": candidate["score"], "reasons": codes}
    intake.link(link | {"relation": candidate["relation"], "linked_on": "2026-11-03"})
    with pytest.raises(Refused) as refused:
        intake.link({"file": first, "to": second, "relation": "don_trung"})
    assert refused.value.code == "other_came_later"
    intake.unlink({"file": second, "to": first})
    assert [event.type for event in events(log, authority, second)] == [
        "PetitionReceived",
        "PetitionLinked",
        "PetitionUnlinked",
    ]


def test_an_erased_person_and_text_are_no_longer_compared(intake, vault, authority) -> None:
    first = intake.register_petition(BY_POST)["file"]
    second = intake.register_petition(BY_POST)["file"]
    for part in ("p1", "r1", "text"):
        vault.erase(authority, first, part)
    assert intake.suggest_duplicates({"file": second})["candidates"] == []


# Citizen reception and mediation

PERSON = {"name": SECRET, "address": "Số 9, phường Nhân Hòa"}


def test_the_chairs_session_goes_from_its_posting_to_the_result(intake, log, authority) -> None:
    posted = {"posted_on": "2026-10-08", "held_on": "2026-10-15", "kind": "dinh_ky"}
    session = intake.schedule_reception(posted)["reception"]
    file = intake.register_petition(BY_POST)["file"]
    turn = {"reception": session, "received_on": "2026-10-15", "person": PERSON, "content": "Hỏi."}
    heard = intake.record_reception(turn | {"file": file, "idempotency_key": "k-1"})
    assert (heard["reception"], heard["turn"]) == (session, 1)
    assert intake.record_reception(turn)["turn"] == 2
    assert intake.record_reception(turn | {"file": file, "idempotency_key": "k-1"}) == heard
    conclusion = {"number": "12/TB-UBND", "conclusion": f"Trả lời bà {SECRET}."}
    intake.conclude_reception({"reception": session, "concluded_on": "2026-10-16"} | conclusion)
    intake.notify_result({"reception": session, "turn": 1, "notified_on": "2026-10-28"})
    days = intake.chair_reception_days({"from": "2026-10-01", "to": "2026-10-31"})
    assert (days["required"], days["held"], days["missing"]) == (2, 1, 1)
    assert days["periods"][0]["days"] == ["2026-10-15"]
    stored = flatten(log.read(authority, f"reception-{session}"))
    assert [event.type for event in stored] == [
        "ReceptionScheduled",
        "CitizenReceived",
        "CitizenReceived",
        "ReceptionConcluded",
        "ReceptionResultNotified",
    ]
    assert SECRET not in json.dumps([event.message() for event in stored], ensure_ascii=False)


def test_the_line_of_an_online_session_is_tested_and_a_neighbour_comes_for_somebody(
    intake, log, authority
) -> None:
    posted = {"posted_on": "2026-10-08", "held_on": "2026-10-15", "kind": "dinh_ky"}
    session = intake.schedule_reception(posted | {"mode": "truc_tuyen"})["reception"]
    test = {"reception": session, "tested_on": "2026-10-14", "result": "dat"}
    intake.record_online_test(test | {"done": f"Gọi thử với bà {SECRET}."})
    turn = {"reception": session, "received_on": "2026-10-15", "content": "Hỏi."}
    turn |= {"person": {"name": "Lê Thị Thay"}, "represented": PERSON, "capacity": "luat_su"}
    with pytest.raises(Refused) as refused:
        intake.record_reception(turn)
    assert refused.value.code == "authority_not_proven"
    intake.record_reception(turn | {"document_on": "2026-10-12"})
    stored = flatten(log.read(authority, f"reception-{session}"))
    assert [event.type for event in stored][1:] == ["OnlineLineTested", "CitizenReceived"]
    assert [sorted(event.sealed) for event in stored][1:] == [["text"], ["p1", "p2", "text"]]
    assert SECRET not in json.dumps([event.message() for event in stored], ensure_ascii=False)


def test_walk_ins_of_a_day_share_a_session_and_some_are_turned_away(intake, authority) -> None:
    turn = {"received_on": "2026-10-14", "person": PERSON, "content": "Hỏi về hộ tịch."}
    first, second = intake.record_reception(turn), intake.record_reception(turn)
    assert second["reception"] == first["reception"]
    assert (first["turn"], second["turn"]) == (1, 2)
    refusal = {"refused_on": "2026-10-14", "ground": "da_tra_loi", "reasons": "Đã trả lời."}
    turned_away = intake.refuse_reception(refusal | {"person": PERSON})["reception"]
    intake.send_refusal_notice({"reception": turned_away, "sent_on": "2026-10-16"})
    with pytest.raises(Malformed) as malformed:
        intake.chair_reception_days({"from": "2026-10-31", "to": "2026-10-01"})
    assert list(malformed.value.errors) == ["to"]


def test_a_mediation_is_recorded_for_a_petition_that_is_there(intake, log, authority) -> None:
    file = intake.register_petition(BY_POST)["file"]
    minutes = {
        "held_on": "2026-10-12",
        "neighbourhood": "TDP-05",
        "outcome": "hoa_giai_thanh",
        "minutes": f"Bà {SECRET} và ông Quất thống nhất ranh giới.",
    }
    mediation = intake.record_mediation(minutes | {"file": file})["mediation"]
    [stored] = flatten(log.read(authority, f"mediation-{mediation}"))
    assert stored.data["file"] == file
    assert list(stored.sealed) == ["text"]
    with pytest.raises(Refused) as refused:
        intake.record_mediation(minutes | {"file": "0" * 12})
    assert refused.value.code == "unknown_file"


def test_a_request_that_comes_twice_is_answered_twice_and_done_once(intake, log, authority) -> None:
    first = intake.register_petition(BY_POST | {"idempotency_key": "k-1"})
    assert intake.register_petition(BY_POST | {"idempotency_key": "k-1"}) == first
    assert log.head(authority) == 1
    with pytest.raises(Refused) as refused:
        intake.register_petition(BY_POST | {"subject": "Khác", "idempotency_key": "k-1"})
    assert refused.value.code == "command_repeated"


def test_a_refusal_with_reasons_that_comes_twice_is_answered_as_the_first_time(intake) -> None:
    file = intake.register_petition(BY_POST)["file"]
    intake.classify({"file": file} | CLASSIFICATION)
    refusal = {
        "file": file,
        "refused_on": "2026-10-07",
        "ground": "kn_noi_bo",
        "reasons": "Văn bản chỉ đạo nội bộ.",
    }
    first = intake.refuse(refusal | {"idempotency_key": "k-2"})
    assert intake.refuse(refusal | {"idempotency_key": "k-2"}) == first
    with pytest.raises(Refused) as refused:
        intake.refuse(refusal)
    assert refused.value.code == "already_handled"


def test_the_caller_learns_what_is_wrong_and_nothing_is_stored(intake, log, authority) -> None:
    with pytest.raises(Malformed) as malformed:
        intake.register_petition(BY_POST | {"received_on": "2026-02-30", "subject": ""})
    assert set(malformed.value.errors) == {"received_on", "subject"}
    with pytest.raises(Refused) as refused:
        intake.accept({"file": "0" * 12, "accepted_on": "2026-10-07"})
    assert refused.value.code == "unknown_file"
    assert log.head(authority) == 0


def test_a_petition_as_large_as_the_contract_allows_is_stored(intake, log, authority) -> None:
    person = {
        "name": "Ậ" * 200,
        "address": "Ậ" * 500,
        "contact": "Ậ" * 200,
        "id_number": "027099112233",
        "role": "nguoi_dai_dien",
    }
    large = BY_POST | {
        "petitioners": [person] * 50,
        "respondents": [{"name": "Ậ" * 200, "position": "Ậ" * 200, "organisation": "Ậ" * 200}] * 50,
        "subject": "Ậ" * 500,
        "content": "Ậ" * 20_000,
    }
    file = intake.register_petition(large)["file"]
    [stored] = events(log, authority, file)
    assert len(stored.sealed) == 101


# People


def test_a_person_is_found_by_number_and_known_to_nobody_else(
    intake, vault, authority, mongo_client
) -> None:
    file = intake.register_petition(BY_POST | {"idempotency_key": "k-1"})["file"]
    assert vault.files_of(authority, "027099112233") == [file]
    intake.register_petition(BY_POST | {"idempotency_key": "k-1"})
    [note] = mongo_client["donthu_vault"]["people"].find({"authority": authority})
    assert "027099112233" not in json.dumps(note)


def test_a_note_about_whom_a_petition_does_not_have_is_believed_by_nobody(
    intake, vault, authority
) -> None:
    """As after a crash before the append, and a repetition that names somebody else."""
    one, other = (
        intake.register_petition(BY_POST | {"petitioners": [person]})["file"]
        for person in (
            {"name": "Lê Thị Một", "address": "Thôn Đông", "id_number": "027099112233"},
            {"name": "Vũ Văn Hai", "address": "Thôn Tây", "id_number": "027099445566"},
        )
    )
    stray = {"p1": "027099112233"}
    for file in (other, "000000000000"):  # the second came to nothing
        vault.seal(authority, file, Personal({"p1": 1}), stream="s", id_numbers=stray)
    assert other in vault.files_of(authority, "027099112233")
    found = {each["file"]: each for each in intake.suggest_duplicates({"file": one})["candidates"]}
    assert set(found) <= {other}
    assert "cung_nguoi" not in {why["code"] for each in found.values() for why in each["reasons"]}


def test_the_identity_is_sealed_and_can_be_erased(intake, log, vault, authority) -> None:
    file = intake.register_petition(BY_POST)["file"]
    [stored] = events(log, authority, file)
    assert SECRET not in json.dumps(stored.message(), ensure_ascii=False)
    opened = vault.open(authority, stored.stream, stored.sealed)
    assert opened["p1"]["name"] == SECRET
    vault.erase(authority, file, "p1")
    assert vault.open(authority, stored.stream, stored.sealed)["p1"] is ERASED


@pytest.fixture
def erase(intake):
    def person(file):
        intake.classify({"file": file} | FOR_OTHERS)
        competent = {"competent_authority": "Thanh tra tỉnh"}
        intake.forward({"file": file, "forwarded_on": "2026-10-07"} | competent)
        ground = {"ground": "theo_luat", "document": "12/QĐ-UBND"}
        intake.erase_person({"file": file, "erased_on": "2026-11-20", "part": "p1"} | ground)

    return person


def in_the_vault(mongo_client, authority, file):
    """What it has of the first who sent this."""
    vault = mongo_client["donthu_vault"]
    key = vault["keys"].find_one({"keyAltNames": f"{authority}/{file}/p1"})
    return [*vault["people"].find({"authority": authority, "file": file}), *filter(None, [key])]


def test_a_petition_sent_again_brings_nothing_back_of_who_was_erased(
    intake, portal, erase, authority, mongo_client
) -> None:
    said = BY_POST | {"idempotency_key": "k-1"}
    batch = {"batch": "dot-1", "petitions": [PETITION | {"channel": "ton_dong"}]}
    portal.send(portal.event())
    file = portal.answer()["data"]["file"]
    again = {
        intake.register_petition(said)["file"]: lambda: intake.register_petition(said),
        intake.import_backlog(batch)["files"][0]: lambda: intake.import_backlog(batch),
        file: lambda: [portal.send(portal.event()), portal.answer()],
    }
    for file, send in again.items():
        assert len(in_the_vault(mongo_client, authority, file)) == 2
        erase(file)
        send()
        assert in_the_vault(mongo_client, authority, file) == []


def test_somebody_else_under_the_same_idempotency_key_leaves_nothing(
    intake, authority, mongo_client
) -> None:
    said = BY_POST | {"idempotency_key": "k-1"}
    file = intake.register_petition(said)["file"]
    before = in_the_vault(mongo_client, authority, file)
    other = {"name": "Vũ Văn Hai", "address": "Thôn Tây", "id_number": "027099445566"}
    with pytest.raises(Refused) as refused:
        intake.register_petition(said | {"petitioners": [*PETITION["petitioners"], other]})
    assert refused.value.code == "command_repeated"
    assert in_the_vault(mongo_client, authority, file) == before


# The backlog


def test_a_batch_is_imported_once_however_often_it_is_sent(intake, log, authority) -> None:
    old = PETITION | {"channel": "ton_dong", "received_on": "2024-03-04"}
    batch = {"batch": "dot-1", "petitions": [old, old | {"subject": "Đơn thứ hai"}]}
    files = intake.import_backlog(batch)["files"]
    assert len(set(files)) == 2
    assert intake.import_backlog(batch)["files"] == files
    assert log.head(authority) == 2
    assert events(log, authority, files[0])[0].data["received_on"] == "2024-03-04"


def test_a_batch_with_one_bad_petition_stores_none(intake, log, authority) -> None:
    old = PETITION | {"channel": "ton_dong"}
    with pytest.raises(Malformed) as malformed:
        intake.import_backlog({"batch": "dot-1", "petitions": [old, old | {"content": ""}]})
    assert list(malformed.value.errors) == ["petitions.1.content"]
    assert log.head(authority) == 0


# Other systems


def test_an_agency_is_told_file_and_position(intake, portal, log, authority) -> None:
    portal.send(portal.event())
    answer = portal.answer()
    assert answer["type"] == "PetitionAcknowledged"
    file = file_number("petition", authority, "portal", f"/agencies/portal#{authority}-1")
    assert answer["data"] == {"source_id": f"{authority}-1", "file": file, "position": 1}
    [stored] = events(log, authority, file)
    assert stored.actor == "agency:portal"
    assert stored.data["channel"] == "cong_dich_vu"


def test_an_agency_hears_what_becomes_of_its_petition(intake, portal, authority, relay) -> None:
    portal.send(portal.event())
    file = portal.answer()["data"]["file"]
    intake.classify(
        {
            "file": file,
            "classified_on": "2026-10-06",
            "kind": "khieu_nai",
            "field": "dat_dai",
            "is_competent": False,
            "meets_conditions": True,
        }
    )
    intake.guide(
        {
            "file": file,
            "guided_on": "2026-10-07",
            "competent_authority": "Thanh tra tỉnh",
            "guidance": "Gửi đơn đến Thanh tra tỉnh.",
        }
    )
    told = portal.answer()
    assert told["type"] == "PetitionStatusChanged"
    assert told["data"] == {
        "source_id": f"{authority}-1",
        "file": file,
        "status": "da_huong_dan",
        "on": "2026-10-07",
    }


def test_binary_mode_is_understood_and_a_repetition_gets_the_same_answer(
    intake, portal, log, authority
) -> None:
    event = portal.event()
    data = event.pop("data")
    headers = {f"cloudEvents:{name}": event[name] for name in event}
    portal.send(data, content_type="application/json", headers=headers)
    first = portal.answer()
    assert first["type"] == "PetitionAcknowledged"
    portal.send(portal.event())
    again = portal.answer()
    assert (again["id"], again["data"]) == (first["id"], first["data"])
    assert log.head(authority) == 1


def test_another_content_under_the_same_id_is_rejected(intake, portal, log, authority) -> None:
    portal.send(portal.event())
    portal.answer()
    portal.send(portal.event(data=PETITION | {"authority": authority, "subject": "Khác"}))
    answer = portal.answer()
    assert answer["type"] == "PetitionRejected"
    assert [reason["code"] for reason in answer["data"]["reasons"]] == ["command_repeated"]
    assert log.head(authority) == 1


@pytest.mark.parametrize(
    ("make", "codes"),
    [
        pytest.param(lambda event: b"\xff" + event, ["not_utf8"], id="invalid UTF-8"),
        pytest.param(lambda event: event[:-1], ["not_json"], id="cut off"),
        pytest.param(lambda event: event + b" " * 5_000_000, ["too_large"], id="5 MB"),
        pytest.param(
            lambda event: event.replace(b"received_on", b"arrived_on"),
            ["missing", "unknown_field"],
            id="unknown field",
        ),
    ],
)
def test_what_cannot_be_taken_is_answered_kept_sealed_and_announced(
    make, codes, intake, portal, vault, mongo_client, authority, amqp_uri
) -> None:
    broken = make(json.dumps(portal.event(), ensure_ascii=False).encode())
    portal.send(broken)
    answer = portal.answer()
    assert answer["type"] == "PetitionRejected"
    assert sorted(reason["code"] for reason in answer["data"]["reasons"]) == codes
    reference = answer["data"]["reference"]
    assert rejections.body_of(mongo_client, vault, reference) == broken
    kept = mongo_client["donthu_intake"]["rejected"].find_one({"_id": reference})
    assert kept["agency"] == "portal"
    assert SECRET.encode() not in b"".join(
        value if isinstance(value, bytes) else str(value).encode() for value in kept.values()
    )
    assert notice(amqp_uri, reference)["reasons"] == answer["data"]["reasons"]


def notice(amqp_uri, reference):
    """What the queue behind exchange `agencies.rejected` says about this reference."""
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    channel = connection.channel()
    try:
        while True:
            method, properties, body = channel.basic_get("agencies.rejected", auto_ack=True)
            assert method, f"no notice of {reference}"
            if properties.message_id == reference:
                return json.loads(body)
    finally:
        connection.close()


def test_a_message_too_large_for_one_document_is_kept_in_pieces(
    monkeypatch, mongo_client, vault, authority
) -> None:
    monkeypatch.setattr(rejections, "PIECE", 10)
    message = RawMessage(
        body=f"{authority}: {SECRET} viết đơn".encode(),
        headers={"mode": b"\xff"},
        content_type="text/plain",
        content_encoding=None,
        message_id=None,
        correlation_id=None,
        user_id=None,
        routing_key="portal.PetitionReceived",
        reply_to=None,
    )
    reference = rejections.reference_of(message, vault)
    now = datetime(2026, 11, 23, 5, 12, tzinfo=UTC)
    rejections.keep(mongo_client, vault, message, agencies.Unfit([]), reference, now)
    assert rejections.body_of(mongo_client, vault, reference) == message.body
    with pytest.raises(LookupError):
        rejections.body_of(mongo_client, vault, "no such reference")


def test_the_same_broken_message_is_kept_once(intake, portal, mongo_client) -> None:
    broken = portal.event(data={})
    portal.send(broken)
    portal.send(broken)
    first, second = portal.answer(), portal.answer()
    assert first["data"] == second["data"]
    kept = mongo_client["donthu_intake"]["rejected"].find_one({"_id": first["data"]["reference"]})
    assert kept["times"] == 2


def test_an_agency_whose_queue_is_missing_does_not_hold_up_the_others(
    intake, portal, log, authority, eventually
) -> None:
    event = portal.event(source="/agencies/thue")
    portal.send(event, routing_key="thue.PetitionReceived")
    eventually(lambda: log.head(authority) == 1)
    portal.send(portal.event(number=2))
    assert portal.answer()["data"]["source_id"] == f"{authority}-2"


def test_a_superior_authority_tells_its_decision_on_our_file(
    intake, portal, log, authority
) -> None:
    file = intake.register_petition(BY_POST)["file"]
    decision = {
        "authority": authority,
        "file": file,
        "decided_by": "Chủ tịch UBND tỉnh Bắc Ninh",
        "number": "88/QĐ-UBND",
        "outcome": "giu_nguyen",
        "decided_on": "2026-11-02",
    }
    event = portal.event(type="DecisionIssued", data=decision)
    portal.send(event, routing_key="portal.DecisionIssued")
    assert portal.answer()["data"] == {
        "source_id": f"{authority}-1",
        "file": file,
        "position": 2,
    }
    assert events(log, authority, file)[-1].type == "OutsideDecisionReceived"
    unknown = portal.event(2, type="DecisionIssued", data=decision | {"file": "0" * 12})
    portal.send(unknown, routing_key="portal.DecisionIssued")
    assert portal.answer()["data"]["reasons"][0]["code"] == "unknown_file"


def test_what_is_parked_can_be_opened_again(vault) -> None:
    service = IntakeService()
    service.kernel = SimpleNamespace(vault=vault)
    sealed = service.seal_for_parking(SECRET.encode())
    assert SECRET.encode() not in sealed
    assert service.open_parked(sealed) == SECRET.encode()


def test_the_service_says_that_it_is_well(intake) -> None:
    assert intake.health()["service"] == "intake"


def test_rows_of_a_table_imported_again_in_another_order_change_nothing(
    intake, log, authority, tmp_path
) -> None:
    """What `donthu import` sends: a request for each row, named by its old number."""
    from deploy.backlog import COLUMNS, checked, table_of

    def send(*rows):
        table = tmp_path / "ton-dong.csv"
        lines = [[column.heading for column in COLUMNS], *rows]
        table.write_text("\n".join(";".join(line) for line in lines), "utf-8")
        entries, problems = checked(table_of(table))
        assert problems == []
        asked = [{"batch": entry.batch, "petitions": [entry.payload]} for entry in entries]
        return [intake.import_backlog(each)["files"][0] for each in asked]

    def row(number, subject):
        told = {"Số cũ": number, "Ngày nhận": "05/11/2025", "Tóm tắt": subject}
        return [told.get(column.heading, "") for column in COLUMNS]

    one, two, three = row("1", "Rãnh nước"), row("2", "Ngõ 5"), row("3", "Đèn đường")
    first, second = send(one, two)
    assert send(three, two, one)[1:] == [second, first]
    assert log.head(authority) == 3
    with pytest.raises(Refused, match="command_repeated"):
        send(row("1", "Rãnh nước khác"))
    assert log.head(authority) == 3
