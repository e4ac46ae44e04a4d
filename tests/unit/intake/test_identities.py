"""Who may learn who denounced: asked by one, allowed by another, seen for a while."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.identities import (
    MASK,
    VALID,
    ApproveIdentityRelease,
    DenyAccess,
    Identity,
    ReadReasons,
    RecordProtection,
    RefuseIdentityRelease,
    RequestIdentity,
    RequestState,
    ViewIdentity,
    approve_identity_release,
    deny_access,
    evolve,
    read_reasons,
    readable,
    record_protection,
    refuse_identity_release,
    request_identity,
    stripped,
    view_identity,
)
from shared.clock import instant_text
from shared.contracts.identities import (
    IdentityAccessDenied,
    IdentityPurpose,
    IdentityReasonsRead,
    IdentityRefusal,
    IdentityReleaseApproved,
    IdentityReleaseRefused,
    IdentityRequested,
    IdentityViewed,
    ProtectionMeasure,
    ProtectionRecorded,
    ProtectionStatus,
)
from shared.personal import Personal
from tests.support.given_when_then import Specification

DAY = date(2026, 10, 5)
NOON = datetime(2026, 10, 5, 5, tzinfo=UTC)
ANN, BEN = "officer:cb-1", "officer:chu-tich"
WHY = Personal({"reason": "Cần làm việc với người tố cáo"})

identity = Specification(initial=Identity(), evolve=evolve)
requested = IdentityRequested(
    requested_on=DAY, requested_by=ANN, request="1", purpose=IdentityPurpose.NOTIFY
)
approved = IdentityReleaseApproved(
    approved_on=DAY, approved_by=BEN, request="1", until=instant_text(NOON + VALID)
)
refused = IdentityReleaseRefused(
    refused_on=DAY, refused_by=BEN, request="1", ground=IdentityRefusal.NOT_NEEDED
)


def ask(is_denunciation: bool = True) -> RequestIdentity:
    return RequestIdentity(
        file="f",
        request="1",
        by=ANN,
        requested_on=DAY,
        purpose=IdentityPurpose.NOTIFY,
        is_denunciation=is_denunciation,
        personal=WHY,
    )


def approve(by: str = BEN) -> ApproveIdentityRelease:
    return ApproveIdentityRelease(file="f", request="1", by=by, at=NOON, approved_on=DAY)


def turn_down(by: str = BEN) -> RefuseIdentityRelease:
    return RefuseIdentityRelease(
        file="f", request="1", by=by, refused_on=DAY, ground=IdentityRefusal.NOT_NEEDED
    )


def look(by: str = ANN, at: datetime = NOON) -> ViewIdentity:
    return ViewIdentity(file="f", request="1", by=by, at=at, viewed_on=DAY, parts=("p1",))


def test_an_officer_asks_with_a_purpose_and_a_reason() -> None:
    asked = IdentityRequested(
        requested_on=DAY,
        requested_by=ANN,
        request="1",
        purpose=IdentityPurpose.NOTIFY,
        personal=WHY,
    )
    identity.when(request_identity, ask()).then(asked)
    identity.given(requested).when(request_identity, ask()).then_nothing()
    identity.when(request_identity, ask(is_denunciation=False)).then_refused("identity_not_sealed")


def test_somebody_else_decides_and_only_once() -> None:
    identity.given(requested).when(approve_identity_release, approve()).then(approved)
    identity.given(requested).when(refuse_identity_release, turn_down()).then(refused)
    for decide, command in (
        (approve_identity_release, approve),
        (refuse_identity_release, turn_down),
    ):
        identity.when(decide, command()).then_refused("unknown_request")
        identity.given(requested).when(decide, command(by=ANN)).then_refused("own_request")
        for decided in (approved, refused):
            past = identity.given(requested, decided)
            past.when(decide, command()).then_refused("request_decided")


def test_who_asked_may_look_until_the_time_is_over() -> None:
    seen = IdentityViewed(viewed_on=DAY, viewed_by=ANN, request="1", parts=("p1",))
    allowed = identity.given(requested, approved)
    allowed.when(view_identity, look()).then(seen)
    allowed.when(view_identity, look(at=NOON + VALID - timedelta(seconds=1))).then(seen)
    allowed.when(view_identity, look(at=NOON + VALID)).then_refused("release_over")
    allowed.when(view_identity, look(by=BEN)).then_refused("not_your_request")
    identity.when(view_identity, look()).then_refused("unknown_request")
    for past in (identity.given(requested), identity.given(requested, refused)):
        past.when(view_identity, look()).then_refused("release_not_approved")


def test_reasons_are_read_by_who_asked_and_who_decides_and_that_is_kept() -> None:
    other = replace(requested, requested_by="officer:cb-2", request="2")
    past = reduce(evolve, (requested, other), Identity())
    assert list(readable(past, ANN, decides=False)) == ["1"]
    assert list(readable(past, BEN, decides=False)) == []
    assert list(readable(past, BEN, decides=True)) == ["1", "2"]
    look = ReadReasons(file="f", by=BEN, read_on=DAY, requests=("1", "2"))
    read = IdentityReasonsRead(read_on=DAY, read_by=BEN, requests=("1", "2"))
    identity.given(requested, other).when(read_reasons, look).then(read)
    identity.given(requested).when(read_reasons, replace(look, requests=())).then_nothing()


@pytest.mark.parametrize(
    ("past", "at", "state"),
    [
        ((), NOON, RequestState.OPEN),
        ((refused,), NOON, RequestState.REFUSED),
        ((approved,), NOON, RequestState.APPROVED),
        ((approved,), NOON + VALID, RequestState.OVER),
    ],
)
def test_a_request_says_how_it_stands(past, at: datetime, state: RequestState) -> None:
    [request] = reduce(evolve, (requested, *past), Identity()).requests.values()
    assert request.state(at) is state


def test_an_attempt_that_was_refused_is_kept() -> None:
    command = DenyAccess(
        file="f", by=ANN, denied_on=DAY, attempt="view_identity", code="release_over", request="1"
    )
    kept = IdentityAccessDenied(
        denied_on=DAY, denied_to=ANN, attempt="view_identity", code="release_over", request="1"
    )
    identity.given(requested).when(deny_access, command).then(kept)


def protect(
    measure: ProtectionMeasure, status: ProtectionStatus, is_denunciation: bool = True
) -> RecordProtection:
    return RecordProtection(
        file="f",
        recorded_on=DAY,
        measure=measure,
        status=status,
        people=2,
        is_denunciation=is_denunciation,
        personal=Personal.nothing(),
    )


def test_protection_is_asked_for_before_it_is_decided_and_secrecy_needs_no_request() -> None:
    safety, secrecy = ProtectionMeasure.SAFETY, ProtectionMeasure.SECRECY

    def recorded(measure: ProtectionMeasure, status: ProtectionStatus) -> ProtectionRecorded:
        return ProtectionRecorded(recorded_on=DAY, measure=measure, status=status, people=2)

    asked = recorded(safety, ProtectionStatus.REQUESTED)
    identity.when(record_protection, protect(safety, ProtectionStatus.REQUESTED)).then(asked)
    granting = protect(safety, ProtectionStatus.GRANTED)
    granted = recorded(safety, ProtectionStatus.GRANTED)
    identity.given(asked).when(record_protection, granting).then(granted)
    identity.when(record_protection, granting).then_refused("protection_not_requested")
    ended = recorded(secrecy, ProtectionStatus.ENDED)
    identity.when(record_protection, protect(secrecy, ProtectionStatus.ENDED)).then(ended)
    of_a_complaint = protect(safety, ProtectionStatus.REQUESTED, is_denunciation=False)
    identity.when(record_protection, of_a_complaint).then_refused("protection_only_denunciation")


DENOUNCER = {
    "name": "Trịnh Thị Thử Nghiệm",
    "address": "Tổ 7, phường Nhân Hòa",
    "id_number": "001099000123",
    "phone": "0900 000 111",
}


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("Tôi là Trịnh Thị Thử Nghiệm, xin tố cáo.", f"Tôi là {MASK}, xin tố cáo."),
        ("TRINH THI THU NGHIEM ky ten", f"{MASK} ky ten"),
        ("Trịnh  Thị\nThử Nghiệm", MASK),
        ("bà Thử Nghiệm ở tổ 7, PHƯỜNG NHÂN HÒA.", f"bà {MASK} ở {MASK}."),
        ("CCCD 001099000123", f"CCCD {MASK}"),
        ("Thử Nghiệmmm không phải tên", "Thử Nghiệmmm không phải tên"),
        ("Ông cán bộ nhận tiền.", "Ông cán bộ nhận tiền."),
    ],
)
def test_words_are_handed_on_without_the_denouncer(words: str, kept: str) -> None:
    assert stripped(words, [DENOUNCER]) == kept


@pytest.mark.parametrize(
    "told",
    [
        "ĐẶNG-THỊ THỬ.LỘ",
        "Đặng  Thị , Thử... Lộ",
        "Đ\u200bặng\u00ad Thị\u2060 Thử Lộ",
        "ĐặngThịThửLộ",
        "Đ ặ n g T h ị T h ử L ộ",
        "Ðặng Thị Thử Lộ",
        "Ｄang Thi Thu Lo",
        "\u0110a\u0323\u0306ng Thi\u0323 Thu\u031b\u0309 Lo\u0302\u0323",
        "001 199 000 777",
        "001.199.000.777",
        "0011-9900-0777",
        "００１１９９０００７７７",
        "0912.345.678",
        "+84 912 345 678",
        "LO.THU @ EXAMPLE.VN",
        "ngo 12 , pho Kiem Thu",
    ],
)
def test_another_way_of_writing_it_down_hides_nobody(told: str) -> None:
    denouncer = {
        "name": "Đặng Thị Thử Lộ",
        "address": "Ngõ 12 phố Kiểm Thử",
        "id_number": "001199000777",
        "phone": "0912345678",
        "email": "lo.thu@example.vn",
    }
    for text in (told, f"({told})", f"Tôi là {told}, ở đây. {told}"):
        left = "".join(sign for sign in stripped(text, [denouncer]) if sign.isalnum())
        assert left in ("đãlược", "Tôilàđãlượcởđâyđãlược")


def test_a_short_name_of_two_words_is_hidden_where_it_is_written_as_two() -> None:
    person = {"name": "Lê Ý", "address": "Số 9"}
    for told in ("Lê Ý", "LE-Y", "Le\u0302 Y\u0301"):
        assert stripped(f"Tôi là {told}, ở đây.", [person]) == f"Tôi là {MASK}, ở đây."
    left = "Ông ley đến ngày lẻ; quyết định số 9."
    assert stripped(left, [person]) == left


def test_a_piece_of_a_longer_number_or_word_stays() -> None:
    person = {"name": "Ngô Bá Y", "phone": "0912345678"}
    text = "Quyết định 10912345678; ngày bảy tháng bảy; ba y tá."
    assert stripped(text, [person]) == text


@given(before=st.text(max_size=30), after=st.text(max_size=30))
def test_no_name_between_spaces_survives(before: str, after: str) -> None:
    told = stripped(f"{before} {DENOUNCER['name']} {after}", [DENOUNCER])
    assert DENOUNCER["name"] not in told


def test_words_without_the_denouncer_stay_as_they_are() -> None:
    text = "Nội dung tố cáo: cán bộ địa chính nhận tiền. " * 20
    assert stripped(text, [DENOUNCER, {"name": "Lê", "address": ""}]) == text
