"""Who is heard, and who sees what, over the real broker: roles, files, and who denounced."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from nameko.standalone.rpc import ClusterRpcProxy

from services.assignment.service import AssignmentService
from services.intake.service import IntakeService
from services.reporting.service import ReportingService
from shared.access.gate import Gate
from shared.access.permissions import ROLES, policies
from shared.access.relations import Matter
from shared.access.tokens import Caller
from shared.errors import Refused
from shared.ledger import flatten
from shared.mongo_log import MongoLog
from shared.personal import ERASED
from shared.vault import Vault

DENOUNCER = {
    "name": "Đặng Thị Thử Lộ",
    "address": "Ngõ 12 phố Kiểm Thử",
    "id_number": "001199000777",
}


@pytest.fixture(scope="module", autouse=True)
def _services(run_once: Callable[[type], Any]) -> None:
    for service in (IntakeService, AssignmentService, ReportingService):
        run_once(service)


def refusal(method: Any, payload: dict[str, Any]) -> str:
    with pytest.raises(Refused) as told:
        method(payload)
    return str(told.value.code)


@pytest.fixture
def register(rpc: Any, relay: Any) -> Callable[..., str]:
    def petition(kind: str, **classified: Any) -> str:
        received = {
            "channel": "tiep_cong_dan",
            "received_on": "2026-11-02",
            "claimed_kind": kind,
            "petitioners": [DENOUNCER],
            "subject": "Về việc của cán bộ địa chính",
            "content": "Tôi là Đặng Thị Thử Lộ. Cán bộ nhận tiền của tôi.",
        }
        file: str = rpc.intake.register_petition(received)["file"]
        judged = {
            "file": file,
            "classified_on": "2026-11-03",
            "kind": kind,
            "field": "cong_vu",
            "is_competent": True,
            "meets_conditions": True,
        }
        rpc.intake.classify(judged | classified)
        return file

    return petition


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"valid": timedelta(minutes=-5)}, "token_expired"),
        ({"audience": "another-system"}, "wrong_audience"),
        ({"ward": "99998"}, "wrong_ward"),
    ],
)
def test_whoever_cannot_say_who_they_are_is_not_heard(
    claims: dict[str, Any], code: str, acting: Any
) -> None:
    with acting("chair", **claims) as ward:
        # Before the payload is looked at: it is not even an object.
        assert refusal(ward.reporting.cases, "no payload") == code  # type: ignore[arg-type]


def test_without_a_token_nobody_is_heard(amqp_uri: str) -> None:
    said = {"authority": "09253", "actor": "officer:chu-tich"}
    with ClusterRpcProxy({"AMQP_URI": amqp_uri}, context_data=said, timeout=20) as cluster:
        assert refusal(cluster.reporting.cases, {}) == "token_missing"


def test_a_role_does_its_own_work_and_no_other(acting: Any) -> None:
    with acting("administrator") as ward:
        assert refusal(ward.reporting.cases, {}) == "not_permitted"
    with acting("auditor") as ward:
        assert ward.reporting.cases({})["cases"] == []
        assert refusal(ward.intake.classify, {"file": "0"}) == "not_permitted"


def test_a_supervisor_of_the_province_reads_in_a_ward_of_theirs(
    acting: Any, authority: str
) -> None:
    with acting("province_supervisor", ward="24", wards=[authority]) as ward:
        assert ward.reporting.cases({})["cases"] == []
        assert refusal(ward.assignment.set_task, {}) == "not_permitted"


def test_who_is_complained_about_finds_the_file_nowhere(
    acting: Any, register: Any, rpc: Any, eventually: Any
) -> None:
    file = register("to_cao", respondent_officers=["cb-dia-chinh-1"])
    other = register("kien_nghi")

    def files(ward: Any) -> set[str]:
        return {card["file"] for card in ward.reporting.cases({})["cases"]}

    turn = {"received_on": "2026-11-02", "person": DENOUNCER, "content": "Nộp đơn", "file": file}
    session = rpc.intake.record_reception(turn)["reception"]
    eventually(lambda: {file, other} <= files(rpc))
    eventually(lambda: rpc.reporting.receptions({})["receptions"])
    assert file in str(rpc.reporting.reception({"reception": session}))
    accused = {"actor": "officer:cb-dia-chinh-1"}
    with acting("chair", "petition_officer", **accused) as ward:
        assert files(ward) == {other}
        assert ward.reporting.workload({})["open"] == 1
        assert file not in str(ward.reporting.receptions({}))
        assert file not in str(ward.reporting.reception({"reception": session}))
        for method in ("case", "history", "timeline", "replay", "identity_trail"):
            assert refusal(getattr(ward.reporting, method), {"file": file}) == "unknown_file"
        for method in ("petition", "texts", "request_identity", "suggest_duplicates"):
            assert refusal(getattr(ward.intake, method), {"file": file}) == "unknown_file"
        found = ward.intake.suggest_duplicates({"file": other})
        assert file not in [each["file"] for each in found["candidates"]]
        answers = []
        for number in (file, "0123456789ab"):
            with pytest.raises(Refused) as told:
                ward.reporting.case({"file": number})
            answers.append((told.value.code, told.value.reason))
        assert answers[0] == answers[1]  # nor does the answer say that it is there


def test_a_verifier_sees_their_own_files_and_no_others(
    acting: Any, register: Any, accept: Any, rpc: Any, eventually: Any
) -> None:
    file = register("kien_nghi", field="dat_dai")
    register("kien_nghi")
    accept(file, "2026-11-04")
    given = {"unit": "kinh-te-ha-tang", "officer": "cb-xay-dung-1", "assigned_on": "2026-11-05"}
    rpc.assignment.assign({"file": file, **given})
    eventually(lambda: rpc.reporting.case({"file": file})["officer"] == "cb-xay-dung-1")
    with acting("verifier", actor="officer:cb-xay-dung-1") as ward:
        assert [card["file"] for card in ward.reporting.cases({})["cases"]] == [file]
    with acting("verifier", actor="officer:cb-moi-truong-1") as ward:
        assert ward.reporting.cases({})["cases"] == []
        # Nothing tells a file that is not theirs from one that is not there.
        for method in (ward.reporting.case, ward.assignment.report_verification):
            answers = []
            for number in (file, "0123456789ab"):
                with pytest.raises(Refused) as told:
                    method({"file": number})
                answers.append((told.value.code, told.value.reason))
            assert answers[0] == answers[1]
            assert answers[0][0] == "unknown_file"


def test_a_complaint_is_read_with_its_sender_and_a_denunciation_without(
    register: Any, rpc: Any
) -> None:
    reading = {"purpose": "xu_ly_don"}
    complaint = rpc.intake.petition({"file": register("khieu_nai"), **reading})
    assert complaint["people"]["p1"]["name"] == DENOUNCER["name"]
    file = register("to_cao")
    told = rpc.intake.petition({"file": file, **reading})
    assert told["people"] == {}
    assert "[đã lược]" in told["text"]["content"]
    assert DENOUNCER["name"] not in str(told)
    # Calling it something else afterwards opens nothing.
    rpc.intake.classify(
        {
            "file": file,
            "classified_on": "2026-11-04",
            "kind": "kien_nghi",
            "field": "khac",
            "is_competent": True,
            "meets_conditions": True,
        }
    )
    assert rpc.intake.petition({"file": file, **reading})["people"] == {}


def test_who_denounced_is_asked_by_one_allowed_by_another_and_all_attempts_stay(
    acting: Any, register: Any, rpc: Any, mongo_client: Any, authority: str
) -> None:
    file = register("to_cao")
    asking = {"file": file, "purpose": "lam_viec_voi_nguoi_to_cao", "reason": "Hẹn làm việc"}
    with acting("petition_officer", actor="officer:hoa") as hoa:
        request = hoa.intake.request_identity(asking)["request"]
        of_it = {"file": file, "request": request}
        assert refusal(hoa.intake.view_identity, of_it) == "release_not_approved"
        assert refusal(hoa.intake.approve_identity_release, of_it) == "not_permitted"
    with acting("reception_clerk", actor="officer:lan") as lan:
        assert refusal(lan.intake.request_identity, asking) == "not_permitted"
    with acting("chair", actor="officer:hoa") as same_person:
        assert refusal(same_person.intake.approve_identity_release, of_it) == "own_request"
    with acting("chair", actor="officer:chu-tich") as chair:
        chair.intake.approve_identity_release(of_it)
        assert refusal(chair.intake.view_identity, of_it) == "not_your_request"
    with acting("petition_officer", actor="officer:hoa") as hoa:
        for _ in range(2):  # the same request again is another look, judged and kept by itself
            seen = hoa.intake.view_identity(of_it | {"idempotency_key": "look"})
            assert seen["people"]["p1"]["name"] == DENOUNCER["name"]
    with acting("auditor") as auditor:
        trail = auditor.reporting.identity_trail({"file": file})["entries"]
    assert [entry["type"] for entry in trail] == [
        "IdentityRequested",
        "IdentityAccessDenied",
        "IdentityAccessDenied",
        "IdentityAccessDenied",
        "IdentityAccessDenied",
        "IdentityReleaseApproved",
        "IdentityAccessDenied",
        "IdentityViewed",
        "IdentityViewed",
    ]
    assert DENOUNCER["name"] not in str(trail)
    stored = flatten(MongoLog(mongo_client).read(authority, f"identity-{file}"))
    denied = [event.data for event in stored if event.type == "IdentityAccessDenied"]
    assert [(each["denied_to"], each["code"]) for each in denied] == [
        ("officer:hoa", "release_not_approved"),
        ("officer:hoa", "not_permitted"),
        ("officer:lan", "not_permitted"),
        ("officer:hoa", "own_request"),
        ("officer:chu-tich", "not_your_request"),
    ]


def test_why_somebody_asks_is_read_by_who_decides_and_goes_with_the_sender(
    acting: Any, register: Any, rpc: Any, mongo_client: Any, authority: str
) -> None:
    file = register("to_cao", is_competent=False)
    asking = {"file": file, "purpose": "bao_ve"}
    told = []
    for officer in ("hoa", "mai"):
        with acting("petition_officer", actor=f"officer:{officer}") as asker:
            asker.intake.request_identity(asking | {"reason": f"Bảo vệ, {officer}"})
            answer = asker.intake.identity_requests({"file": file})
            told.append([(each["by"], each["reason"]) for each in answer["requests"]])
    assert told == [[("officer:hoa", "Bảo vệ, hoa")], [("officer:mai", "Bảo vệ, mai")]]
    with acting("chair", actor="officer:chu-tich") as chair:
        read = chair.intake.identity_requests({"file": file})["requests"]
    assert [(each["reason"], each["state"]) for each in read] == [
        ("Bảo vệ, hoa", "cho_quyet_dinh"),
        ("Bảo vệ, mai", "cho_quyet_dinh"),
    ]
    with acting("reception_clerk", actor="officer:lan") as lan:
        assert refusal(lan.intake.identity_requests, {"file": file}) == "not_permitted"
    stored = flatten(MongoLog(mongo_client).read(authority, f"identity-{file}"))
    looks = [each.data for each in stored if each.type == "IdentityReasonsRead"]
    assert looks[-1]["read_by"] == "officer:chu-tich"
    assert looks[-1]["requests"] == [each["request"] for each in read]
    assert stored[-1].data["attempt"] == "identity_requests"

    forwarded = {"file": file, "forwarded_on": "2026-11-04"}
    rpc.intake.forward(forwarded | {"competent_authority": "Thanh tra tỉnh"})
    erasing = {"file": file, "erased_on": "2026-11-20", "part": "p1", "document": "12/QĐ-UBND"}
    rpc.intake.erase_person(erasing | {"ground": "theo_luat"})
    with acting("chair") as chair:
        read = chair.intake.identity_requests({"file": file})["requests"]
    assert [each["reason"] for each in read] == ["[đã xóa]", "[đã xóa]"]


def test_an_attempt_in_another_spelling_of_the_file_is_kept_as_well(
    acting: Any, register: Any, mongo_client: Any, authority: str
) -> None:
    file = register("to_cao")
    asking = {"purpose": "bao_ve", "reason": "Xem thử"}
    with acting("reception_clerk", actor="officer:lan") as lan:
        for spelt in (file, f" {file}", f"{file}\n"):
            assert refusal(lan.intake.request_identity, {"file": spelt} | asking) == "not_permitted"
    stored = flatten(MongoLog(mongo_client).read(authority, f"identity-{file}"))
    assert [event.data["denied_to"] for event in stored] == ["officer:lan"] * 3


def test_an_erased_person_is_unreadable_at_once_and_the_chain_still_holds(
    register: Any, rpc: Any
) -> None:
    file = register("khieu_nai", is_competent=False)
    guided = {"file": file, "guided_on": "2026-11-04", "competent_authority": "Tòa án nhân dân"}
    rpc.intake.guide(guided | {"guidance": "Đề nghị gửi đơn đến Tòa án."})
    erasing = {
        "file": file,
        "erased_on": "2026-11-20",
        "part": "p1",
        "ground": "theo_quyet_dinh",
        "document": "12/QĐ-UBND ngày 19/11/2026",
    }
    for _ in range(2):  # the second time changes nothing
        rpc.intake.erase_person(erasing)
    told = rpc.intake.petition({"file": file, "purpose": "xu_ly_don"})
    assert told["people"] == {"p1": "[đã xóa]"}
    assert rpc.reporting.verify({})["ok"]
    types = [event["type"] for event in rpc.reporting.history({"file": file})["events"]]
    assert types.count("PersonErased") == 1


def test_who_was_erased_is_found_by_nobody_any_more(
    register: Any, rpc: Any, mongo_client: Any, stack: Any, authority: str
) -> None:
    gone, other = register("kien_nghi", is_competent=False), register("kien_nghi")

    def reasons() -> set[str]:
        found = rpc.intake.suggest_duplicates({"file": other})["candidates"]
        return {why["code"] for each in found if each["file"] == gone for why in each["reasons"]}

    assert "cung_nguoi" in reasons()
    forwarded = {
        "file": gone,
        "forwarded_on": "2026-11-04",
        "competent_authority": "Thanh tra tỉnh",
    }
    rpc.intake.forward(forwarded)
    another_process = Vault(mongo_client, Path(stack.environment()["DONTHU_KEYS"]))
    stream = f"petition-{gone}"
    sealed = MongoLog(mongo_client).read(authority, stream)[0].proposal.events[0].sealed
    assert another_process.open(authority, stream, sealed)["p1"] == DENOUNCER
    erasing = {"file": gone, "erased_on": "2026-11-20", "part": "p1", "document": "12/QĐ-UBND"}
    rpc.intake.erase_person(erasing | {"ground": "theo_luat"})
    assert another_process.open(authority, stream, sealed)["p1"] is ERASED
    assert not {"cung_nguoi", "cung_ho_ten"} & reasons()
    assert another_process.files_of(authority, DENOUNCER["id_number"]) == [other]
    assert mongo_client["donthu_vault"]["people"].find_one({"file": gone}) is None
    another_process.close()


def test_who_denounced_is_not_learnt_by_comparing_with_what_somebody_entered(
    acting: Any, register: Any
) -> None:
    """Neither by another petition of the same person, nor by one made up in a suspect's name."""
    denounced, complained = register("to_cao"), register("khieu_nai")
    again = register("to_cao")

    def told(ward: Any, file: str) -> dict[str, set[str]]:
        found = ward.intake.suggest_duplicates({"file": file})["candidates"]
        return {each["file"]: {why["code"] for why in each["reasons"]} for each in found}

    person = {"cung_nguoi", "cung_ho_ten"}
    with acting("petition_officer", actor="officer:hoa") as hoa:
        # Of two denunciations that others took in, an officer may know that they are of one person.
        assert person & told(hoa, again)[denounced]
        assert not person & told(hoa, denounced)[complained]
        # Calling it something else opens nothing here either.
        judged = {"classified_on": "2026-11-04", "kind": "kien_nghi", "field": "khac"}
        told_so = {"is_competent": True, "meets_conditions": True}
        hoa.intake.classify({"file": denounced} | judged | told_so)
        assert not person & told(hoa, denounced)[complained]
        assert not person & told(hoa, complained)[denounced]
        bait = {
            "channel": "tiep_cong_dan",
            "received_on": "2026-11-05",
            "petitioners": [DENOUNCER],
            "subject": "Về việc khác",
            "content": "Tôi là Đặng Thị Thử Lộ. Cán bộ nhận tiền của tôi.",
        }
        for kind in ("to_cao", "khieu_nai", None):
            claimed = {"claimed_kind": kind} if kind else {}
            own = hoa.intake.register_petition(bait | claimed)["file"]
            for asked, other in ((own, again), (again, own)):
                assert not person & told(hoa, asked).get(other, set()), kind


def test_who_sent_what_nobody_called_anything_yet_is_not_learnt_by_bait(
    acting: Any, rpc: Any
) -> None:
    received = {
        "channel": "tiep_cong_dan",
        "received_on": "2026-11-02",
        "petitioners": [DENOUNCER],
        "subject": "Về việc của cán bộ địa chính",
        "content": "Cán bộ nhận tiền của tôi.",
    }
    sent = rpc.intake.register_petition(received)["file"]
    with acting("petition_officer", actor="officer:hoa") as hoa:
        bait = hoa.intake.register_petition(received)["file"]
        [found] = hoa.intake.suggest_duplicates({"file": bait})["candidates"]
    assert found["file"] == sent
    assert not {"cung_nguoi", "cung_ho_ten"} & {why["code"] for why in found["reasons"]}


@pytest.mark.parametrize("spelt", [" {} ", "{}\n", "\u2003{}", "{}\t\u00a0"])
def test_a_file_asked_for_in_another_spelling_is_the_same_file(
    spelt: str, acting: Any, register: Any
) -> None:
    file = register("to_cao", respondent_officers=["cb-dia-chinh-1"])
    with acting("petition_officer", actor="officer:cb-dia-chinh-1") as ward:
        asked = {"file": spelt.format(file), "purpose": "xu_ly_don"}
        assert refusal(ward.intake.petition, asked) == "unknown_file"


def test_lists_show_what_the_policies_permit_to_read_and_nothing_else(
    mongo_client: Any, authority: str
) -> None:
    """The query of lists and the policies are two statements of one rule."""
    rows = mongo_client["access_trial"][authority]
    rows.insert_many(
        {
            "authority": ward,
            "kind": kind,
            "unit": unit,
            "officer": officer,
            "conflicted": conflicted,
        }
        for ward in (authority, "00000")
        for kind in (None, "khieu_nai", "to_cao")
        for unit in (None, "kinh-te", "van-phong")
        for officer in (None, "mai", "hoa")
        for conflicted in ([], ["hoa"], ["mai", "hoa"])
    )
    try:
        for roles in [(role,) for role in ROLES] + [("verifier", "reception_clerk")]:
            for unit in (None, "kinh-te"):
                caller = Caller(
                    actor="officer:mai", authority=authority, roles=frozenset(roles), unit=unit
                )
                gate = Gate(
                    caller=caller,
                    authority=authority,
                    log=MongoLog(mongo_client),
                    policies=policies(),
                )
                listed = {row["_id"] for row in rows.find(gate.filter(0))}
                own = rows.find({"authority": authority})
                assert listed == {row["_id"] for row in own if gate.reads(_matter(row))}, roles
    finally:
        mongo_client.drop_database("access_trial")


def _matter(row: dict[str, Any]) -> Matter:
    return Matter(
        authority=row["authority"],
        kind=row["kind"] or "unclassified",
        unit=row["unit"] or "",
        officer=row["officer"] or "",
        conflicted=frozenset(row["conflicted"]),
    )
