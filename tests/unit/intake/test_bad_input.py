"""What a caller gets for a wrong payload: a code for each field, and nothing of the payload."""

import pytest

from services.intake import registration_schemas, schemas
from shared.errors import Malformed
from shared.wire import read

GOOD = {
    "channel": "buu_chinh",
    "received_on": "2026-10-05",
    "petitioners": [{"name": "Lê Thị Mơ", "address": "Số 3, phường Nhân Hòa"}],
    "subject": "Khiếu nại thu hồi đất",
    "content": "Tôi không đồng ý với quyết định thu hồi đất.",
}
PETITIONER = GOOD["petitioners"][0]


def codes(payload, shape=registration_schemas.REGISTER):
    with pytest.raises(Malformed) as malformed:
        read(shape, payload)
    errors = malformed.value.errors
    return {field: [told.split(": ")[0] for told in errors[field]] for field in errors}


def test_the_payload_that_the_others_start_from_is_good() -> None:
    assert read(registration_schemas.REGISTER, GOOD).subject == "Khiếu nại thu hồi đất"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"subjekt": "x"}, {"subjekt": ["unknown_field"]}, id="unknown field"),
        pytest.param({"subject": 7}, {"subject": ["wrong_type"]}, id="number for text"),
        pytest.param({"is_signed": "yes"}, {"is_signed": ["wrong_type"]}, id="text for true"),
        pytest.param({"people": "2"}, {"people": ["wrong_type"]}, id="text for number"),
        pytest.param({"people": True}, {"people": ["wrong_type"]}, id="true for number"),
        pytest.param({"people": 0}, {"people": ["out_of_range"]}, id="nobody"),
        pytest.param({"originals": -1}, {"originals": ["out_of_range"]}, id="less than nothing"),
        pytest.param({"petitioners": {}}, {"petitioners": ["wrong_type"]}, id="object for list"),
        pytest.param({"petitioners": ["Mơ"]}, {"petitioners.0": ["wrong_type"]}, id="bare name"),
        pytest.param({"received_on": "2026-02-30"}, {"received_on": ["invalid_date"]}, id="30 Feb"),
        pytest.param({"received_on": "05/10/2026"}, {"received_on": ["invalid_date"]}, id="d/m/y"),
        pytest.param({"received_on": "2999-01-01"}, {"received_on": ["date_in_future"]}, id="2999"),
        pytest.param({"received_on": "1889-01-01"}, {"received_on": ["date_too_old"]}, id="1889"),
        pytest.param({"subject": " \n "}, {"subject": ["empty"]}, id="blank subject"),
        pytest.param({"content": ""}, {"content": ["empty"]}, id="empty content"),
        pytest.param({"content": None}, {"content": ["null"]}, id="null content"),
        pytest.param({"content": "a" * 5_000_000}, {"content": ["too_long"]}, id="5 MB"),
        pytest.param({"subject": "a" * 501}, {"subject": ["too_long"]}, id="subject of 501"),
        pytest.param({"content": "a\x00b"}, {"content": ["control_character"]}, id="NUL"),
        pytest.param({"content": "\ud800"}, {"content": ["control_character"]}, id="surrogate"),
        pytest.param({"channel": "fax"}, {"channel": ["not_in_list"]}, id="unknown channel"),
        pytest.param({"claimed_kind": "x"}, {"claimed_kind": ["not_in_list"]}, id="unknown kind"),
        pytest.param({"neighbourhood": "Lê Mơ"}, {"neighbourhood": ["invalid_code"]}, id="name"),
        pytest.param({"repeats": "1234"}, {"repeats": ["invalid_file"]}, id="no file number"),
        pytest.param(
            {"petitioners": [PETITIONER] * 51}, {"petitioners": ["wrong_count"]}, id="51 named"
        ),
        pytest.param(
            {"petitioners": [PETITIONER | {"role": "nguoi_bi_khieu_to"}]},
            {"petitioners.0.role": ["not_in_list"]},
            id="respondent among petitioners",
        ),
        pytest.param(
            {"petitioners": [PETITIONER | {"name": ""}, {}]},
            {"petitioners.0.name": ["empty"], "petitioners.1.name": ["missing"]},
            id="no name",
        ),
    ],
)
def test_each_mistake_has_its_code(changes, expected) -> None:
    assert codes(GOOD | changes) == expected


def test_all_mistakes_are_told_at_once() -> None:
    found = codes({"channel": "fax", "received_on": "?", "petitioners": [], "subject": ""})
    assert set(found) == {"channel", "received_on", "subject", "content"}


@pytest.mark.parametrize("payload", [None, [], "text", 3])
def test_a_payload_is_an_object(payload) -> None:
    assert codes(payload) == {"payload": ["wrong_type"]}


@pytest.mark.parametrize("number", ["012345678", "027000000021"])
def test_an_id_number_has_9_or_12_digits(number) -> None:
    petitioners = [PETITIONER | {"id_number": number}]
    assert (
        read(registration_schemas.REGISTER, GOOD | {"petitioners": petitioners})
        .petitioners[0]
        .id_number
    )


@pytest.mark.parametrize("number", ["12345", "0270000000211", "02700000002A", "٠٢٧٠٠٠٠٠٠٠٢١"])
def test_other_id_numbers_are_refused_and_not_repeated(number) -> None:
    with pytest.raises(Malformed) as malformed:
        read(
            registration_schemas.REGISTER,
            GOOD | {"petitioners": [PETITIONER | {"id_number": number}]},
        )
    assert list(malformed.value.errors) == ["petitioners.0.id_number"]
    assert number not in str(malformed.value)


@pytest.mark.parametrize("phone", ["0912 345 678", "+84 (0) 222-3.821.331", "19001000"])
def test_a_phone_number_may_be_written_as_people_write_it(phone) -> None:
    assert read(
        registration_schemas.REGISTER, GOOD | {"petitioners": [PETITIONER | {"phone": phone}]}
    )


@pytest.mark.parametrize("phone", ["113", "gọi bà Mơ", "0912345678901234567", "09123456\n7x"])
def test_other_phone_numbers_are_refused(phone) -> None:
    found = codes(GOOD | {"petitioners": [PETITIONER | {"phone": phone}]})
    assert found == {"petitioners.0.phone": ["invalid_phone"]}


@pytest.mark.parametrize(
    ("shape", "payload", "expected"),
    [
        (schemas.CLASSIFY, {"kind": "thu_moi"}, "kind"),
        (schemas.ACCEPT, {"accepted_on": "2999-01-01"}, "accepted_on"),
        (schemas.REFUSE, {"ground": "kn_khong_thich"}, "ground"),
        (schemas.GUIDE, {"guidance": ""}, "guidance"),
        (schemas.FORWARD, {"competent_authority": "a" * 201}, "competent_authority"),
        (schemas.FILE_AWAY, {"ground": ""}, "ground"),
    ],
)
def test_every_other_command_has_a_shape_too(shape, payload, expected) -> None:
    found = codes({"file": "7f3k9q2mxw4t"} | payload, shape)
    assert found[expected] != ["missing"]
    assert "file" not in found
