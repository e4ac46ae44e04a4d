"""Taking a petition in: what becomes of the payload, and repetition."""

from dataclasses import replace
from datetime import date

import pytest

from services.intake import domain, registration_schemas
from services.intake.domain import RegisterPetition, register_petition
from shared import contracts
from shared.contracts.petitions import Channel, Kind, Party, PetitionReceived, Role
from shared.errors import Malformed
from shared.personal import Personal
from shared.wire import read
from tests.unit.intake.given import FILE, MONDAY, petition, received

command = RegisterPetition(
    file=FILE,
    received_on=MONDAY,
    channel=Channel.POST,
    parties=received.parties,
    personal=Personal({"p1": {"name": "Lê Thị Mơ"}}),
)
PAYLOAD = {
    "channel": "tiep_cong_dan",
    "received_on": "2026-10-05",
    "claimed_kind": "to_cao",
    "petitioners": [
        {"name": "Lê Thị Mơ", "address": "Số 3, phường Nhân Hòa", "id_number": "027000000021"},
        {"name": "Vũ Văn Mận", "role": "nguoi_dai_dien", "contact": "man@example.vn"},
    ],
    "respondents": [{"name": "Đỗ Văn Đào", "position": "Công chức địa chính"}],
    "subject": "Tố cáo nhận tiền",
    "content": "Ngày 01/10/2026 ông Đào nhận tiền để làm nhanh hồ sơ.",
}


def registered(**changes: object) -> RegisterPetition:
    said = read(registration_schemas.REGISTER, PAYLOAD | changes)
    return registration_schemas.own_registration(said, file=FILE)


def test_what_came_on_paper_from_another_authority_says_from_whom_and_since_when() -> None:
    told = {
        "channel": "co_quan_chuyen",
        "transferred_by": "Ban Thường trực Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh",
        "first_received_on": "2026-09-28",
    }
    [event] = register_petition(registered(**told), domain.Petition())
    assert event.transferred_by == told["transferred_by"]
    assert event.first_received_on == date(2026, 9, 28)
    assert event.received_on == MONDAY  # the ward's clocks run from its own receipt


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"first_received_on": "2026-09-28"}, id="nobody handed it over"),
        pytest.param(
            {"transferred_by": "Thanh tra tỉnh", "first_received_on": "2026-10-06"},
            id="after we had it",
        ),
    ],
)
def test_another_authority_had_it_first_and_has_a_name(told: dict[str, str]) -> None:
    with pytest.raises(Malformed) as malformed:
        registered(**told)
    assert list(malformed.value.errors) == ["first_received_on"]


def test_a_petition_is_taken_in() -> None:
    expected = replace(received, personal=Personal({"p1": {"name": "Lê Thị Mơ"}}))
    petition.given().when(register_petition, command).then(expected)


def test_taking_the_same_petition_in_twice_changes_nothing() -> None:
    petition.given(received).when(register_petition, command).then_nothing()


def test_a_file_number_is_not_used_for_another_petition() -> None:
    other = replace(command, received_on=date(2026, 10, 6))
    petition.given(received).when(register_petition, other).then_refused("already_registered")


def test_who_the_people_are_is_only_in_the_personal_parts() -> None:
    made = registered()
    assert made.parties == (
        Party(ref="p1", role=Role.PETITIONER),
        Party(ref="p2", role=Role.REPRESENTATIVE, is_identified=False),
        Party(ref="r1", role=Role.RESPONDENT),
    )
    assert dict(made.personal) == {
        "p1": {
            "name": "Lê Thị Mơ",
            "address": "Số 3, phường Nhân Hòa",
            "id_number": "027000000021",
        },
        "p2": {"name": "Vũ Văn Mận", "contact": "man@example.vn"},
        "r1": {"name": "Đỗ Văn Đào", "position": "Công chức địa chính"},
        "text": {"subject": PAYLOAD["subject"], "content": PAYLOAD["content"]},
    }


def test_nothing_personal_is_printed_with_payload_or_command() -> None:
    said = read(registration_schemas.REGISTER, PAYLOAD)
    printed = f"{said!r} {said.petitioners!r} {registered()!r}"
    for secret in ("Mơ", "Mận", "Đào", "027000000021", "nhận tiền"):
        assert secret not in printed


def test_only_those_with_an_id_number_are_remembered() -> None:
    [received] = domain.register_petition(registered(), domain.Petition())
    assert contracts.id_numbers(received) == {"p1": "027000000021"}


def test_as_many_people_stand_behind_it_as_are_named_unless_told() -> None:
    assert registered().people == 2
    assert registered(people=40).people == 40
    assert registered(petitioners=[]).people == 1


def test_fewer_people_than_are_named_is_a_mistake() -> None:
    with pytest.raises(Malformed) as malformed:
        registered(people=1)
    assert list(malformed.value.errors) == ["people"]


def test_a_petition_may_be_anonymous() -> None:
    made = registered(petitioners=[], respondents=[])
    assert made.parties == ()
    [event] = domain.register_petition(made, domain.Petition())
    assert isinstance(event, PetitionReceived)
    assert event.claimed_kind is Kind.DENUNCIATION


def test_text_composed_of_letters_and_marks_is_the_same_text() -> None:
    decomposed = "To\u0302\u0301 ca\u0301o nha\u0323\u0302n tie\u0302\u0300n"
    assert decomposed != PAYLOAD["subject"]
    assert registered(subject=decomposed).personal == registered().personal


def test_a_batch_of_the_backlog_says_of_each_petition_that_it_is_old() -> None:
    old = PAYLOAD | {"channel": "ton_dong", "received_on": "2019-03-04"}
    assert (
        len(registration_schemas.backlog({"batch": "dot-1", "petitions": [old, old]}).petitions)
        == 2
    )
    with pytest.raises(Malformed) as malformed:
        registration_schemas.backlog({"batch": "dot-1", "petitions": [old, PAYLOAD]})
    assert list(malformed.value.errors) == ["petitions.1.channel"]
