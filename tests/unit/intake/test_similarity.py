"""How alike two petitions are: however they were typed, and not merely of the same kind."""

import unicodedata
from dataclasses import replace
from datetime import date

import pytest

from services.intake.similarity import (
    SENTENCES,
    Likeness,
    Reason,
    Text,
    best,
    likeness_of_texts,
    match,
    may_compare_people,
    plain,
    without_accents,
)
from shared.contracts.petitions import Field, Kind, Relation

LAND = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM. Độc lập - Tự do - Hạnh phúc. ĐƠN KHIẾU NẠI. Kính gửi:"
    " Chủ tịch UBND phường Nhân Hòa. Tôi tên là Lê Thị Mơ. Ngày 12/8/2026 UBND phường ban hành"
    " quyết định số 45/QĐ-UBND thu hồi 120 m2 đất vườn của gia đình tôi tại thửa 17 tờ bản đồ 5"
    " mà không bồi thường. Tôi đề nghị hủy quyết định này và bồi thường theo giá đất nông nghiệp."
)
#: The same matter told again without accents, in other words and another order.
LAND_AGAIN = (
    "Le Thi Mo khieu nai: Uy ban nhan dan phuong Nhan Hoa ngay 12/8/2026 ra quyet dinh so"
    " 45/QD-UBND thu hoi 120 m2 dat vuon cua gia dinh toi, thua 17 to ban do 5, khong boi thuong."
    " Toi de nghi huy quyet dinh, boi thuong theo gia dat nong nghiep."
)
#: Of the same kind, but another decision about another parcel of somebody else.
OTHER_LAND = (
    "Kính gửi: Chủ tịch UBND phường Nhân Hòa. Tôi là Ngô Văn Ba. Ngày 20/7/2026 UBND phường ban"
    " hành quyết định số 31/QĐ-UBND thu hồi 80 m2 đất ở của gia đình tôi tại thửa 9 tờ bản đồ 11,"
    " giá bồi thường quá thấp. Tôi đề nghị xem xét lại giá bồi thường."
)
NOISE = (
    "Kính gửi: UBND phường Nhân Hòa. Tôi tên là Trần Văn Bình. Từ tháng 5/2026 quán karaoke ở ngõ"
    " 3 mở nhạc to đến 1 giờ sáng, gia đình tôi không ngủ được. Tôi đề nghị UBND phường kiểm tra,"
    " xử lý theo quy định. Tôi xin chân thành cảm ơn."
)


def alike(one: str, other: str) -> float:
    return likeness_of_texts(Text.of(one), Text.of(other))


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(LAND, id="as it is"),
        pytest.param(unicodedata.normalize("NFD", LAND), id="in NFD"),
        pytest.param(without_accents(LAND), id="without accents"),
        pytest.param(LAND.upper(), id="in capitals"),
        pytest.param(LAND.replace("UBND", "Ủy ban nhân dân"), id="spelt out"),
        pytest.param(LAND.replace("Hòa", "Hoà").replace(".", " ;"), id="old tone, other signs"),
    ],
)
def test_the_same_text_is_the_same_however_it_was_typed(typed) -> None:
    assert alike(LAND, typed) == 1.0


def test_words_in_another_order_are_nearly_the_same() -> None:
    swapped = LAND.replace(
        "thu hồi 120 m2 đất vườn của gia đình tôi", "đất vườn của gia đình tôi bị thu hồi 120 m2"
    )
    assert 0.85 < alike(LAND, swapped) < 1.0


def test_the_same_matter_in_other_words_is_closer_than_another_matter_of_its_kind() -> None:
    assert alike(LAND, LAND_AGAIN) >= 0.75
    assert alike(LAND, OTHER_LAND) < 0.5
    assert alike(LAND, NOISE) < 0.3


def test_likeness_has_no_direction() -> None:
    assert alike(LAND, OTHER_LAND) == alike(OTHER_LAND, LAND)


def test_what_is_sent_again_with_many_more_pages_is_still_alike() -> None:
    long = " ".join(f"đoạn {number} về thửa {number * 7} phía đông" for number in range(60))
    more = " ".join(f"bổ sung {number} chứng cứ mới hộ {number * 3}" for number in range(200))
    assert alike(long, f"{long} {more}") >= 0.8


def test_set_phrases_make_nothing_alike() -> None:
    form = "Cộng hòa xã hội chủ nghĩa Việt Nam. Độc lập - Tự do - Hạnh phúc. Kính gửi: "
    assert plain(form) == ""
    assert alike(form + "mất nước ba ngày", form + "đèn đường hỏng") == 0.0


@pytest.mark.parametrize("text", ["", "   ", "…"])
def test_an_empty_text_is_like_nothing(text) -> None:
    assert alike(text, LAND) == 0.0
    assert alike(text, text) == 0.0


# Scores

new = Likeness(
    file="7f3k9q2mxw4t",
    received_on=date(2026, 10, 5),
    kind=Kind.COMPLAINT,
    field=Field.LAND,
    neighbourhood="TDP-05",
    repeats=None,
    people=frozenset({("le thi mo", "so 3 phuong nhan hoa")}),
    respondents=frozenset({"do van dao"}),
    subject=Text.of("Khiếu nại quyết định thu hồi đất vườn"),
    content=Text.of(LAND),
)
old = replace(new, file="3d5k9q2mxw4t", received_on=date(2026, 9, 20))
stranger = replace(
    old, people=frozenset({("ngo van ba", "so 8 phuong nhan hoa")}), respondents=frozenset()
)
noise = replace(
    stranger,
    field=Field.ENVIRONMENT,
    neighbourhood="TDP-01",
    subject=Text.of("Phản ánh tiếng ồn quán karaoke"),
    content=Text.of(NOISE),
)


def test_the_same_petition_by_the_same_person_scores_100() -> None:
    found = match(new, old, same_people={old.file})
    assert found.score == 100
    assert found.relation is Relation.DUPLICATE
    assert found.reasons == (
        Reason.SAME_PERSON,
        Reason.SAME_TEXT,
        Reason.SIMILAR_SUBJECT,
        Reason.SAME_RESPONDENT,
        Reason.SAME_FIELD,
        Reason.SAME_PLACE,
        Reason.NEAR_IN_TIME,
    )


def test_the_same_text_by_another_person_is_related_and_scores_high() -> None:
    found = match(new, stranger)
    assert found.score == 85
    assert found.relation is Relation.RELATED
    assert Reason.SAME_TEXT in found.reasons


def test_the_same_text_by_nobody_is_the_same_petition() -> None:
    found = match(new, replace(stranger, people=frozenset(), is_anonymous=True))
    assert found.relation is Relation.DUPLICATE


def test_the_same_person_with_another_matter_raises_it_again_at_most() -> None:
    found = match(new, noise, same_people={noise.file})
    assert found.relation is Relation.REPEAT
    assert found.score < 40


def test_name_and_address_count_less_than_a_number() -> None:
    by_name = match(new, replace(noise, people=new.people))
    by_number = match(new, noise, same_people={noise.file})
    assert Reason.SAME_NAME in by_name.reasons
    assert by_name.score < by_number.score


def test_what_the_sender_calls_a_repetition_is_shown_first() -> None:
    found = match(replace(new, repeats=noise.file), noise)
    assert found.score >= 90
    assert found.reasons[0] is Reason.SAID_TO_REPEAT


def test_nobody_is_told_that_a_complainant_denounced_somebody() -> None:
    denounced = replace(old, kind=Kind.DENUNCIATION)
    for one, other in ((new, denounced), (denounced, new)):
        found = match(one, other, same_people={other.file})
        assert Reason.SAME_PERSON not in found.reasons
        assert Reason.SAME_NAME not in found.reasons
        assert found.score == match(one, replace(other, people=frozenset())).score


def test_two_denunciations_by_one_person_are_recognised() -> None:
    found = match(
        replace(new, kind=Kind.DENUNCIATION),
        replace(old, kind=Kind.DENUNCIATION),
        same_people={old.file},
    )
    assert Reason.SAME_PERSON in found.reasons


def test_erased_texts_are_not_compared() -> None:
    found = match(new, replace(old, subject=None, content=None), same_people={old.file})
    assert Reason.SAME_TEXT not in found.reasons
    assert found.score == 35


def test_the_likest_come_first_and_what_is_like_nothing_does_not_come() -> None:
    others = [
        replace(noise, file="000000000001"),
        replace(stranger, file="000000000002"),
        replace(old, file="000000000003"),
        replace(noise, file="000000000004"),
        new,
    ]
    found = best(new, others, {"000000000003", "000000000004"}, limit=10)
    assert [one.file for one in found] == ["000000000003", "000000000002", "000000000004"]
    assert best(new, others, set(), limit=1)[0].file == "000000000003"


def test_every_reason_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Reason)


def test_what_is_compared_prints_nothing() -> None:
    assert "mo" not in repr(new).replace("module", "")


BY_AGENCY = {"entered_by": "agency:portal"}


@pytest.mark.parametrize(
    ("one", "other", "asker", "may"),
    [
        ({}, {}, "officer:hoa", True),
        ({"kind": Kind.DENUNCIATION}, {}, "officer:hoa", False),
        ({}, {"kind": None}, "officer:hoa", False),
        ({"was_denunciation": True}, {}, "officer:hoa", False),
        ({"was_denunciation": True}, {"kind": Kind.DENUNCIATION}, "officer:hoa", True),
        ({"kind": Kind.DENUNCIATION}, {"kind": Kind.DENUNCIATION}, "officer:lan", False),
        ({"kind": None}, {"kind": Kind.DENUNCIATION}, "officer:hoa", False),
        ({"kind": None}, {"kind": None}, "officer:hoa", True),
        ({"kind": None}, {"kind": None}, "officer:lan", False),
        ({"kind": None}, {"kind": None} | BY_AGENCY, "officer:hoa", False),
        ({"kind": Kind.DENUNCIATION}, {"was_denunciation": True} | BY_AGENCY, "officer:hoa", False),
        ({}, BY_AGENCY, "officer:lan", True),
        ({}, {}, "officer:lan", True),
    ],
)
def test_people_are_compared_only_where_nobody_learns_who_denounced(one, other, asker, may):
    """`officer:lan` entered the first."""
    first, second = replace(new, entered_by="officer:lan", **one), replace(old, **other)
    for pair in ((first, second), (second, first)):
        assert may_compare_people(*pair, asker) is may
        reasons = match(*pair, same_people=[each.file for each in pair], asker=asker).reasons
        assert (Reason.SAME_PERSON in reasons) is may
