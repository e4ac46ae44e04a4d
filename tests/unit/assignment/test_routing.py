"""Whom the system suggests for a case, and on what directory it relies."""

from datetime import date

import pytest

from services.assignment.projections import LOADS
from services.assignment.routing import SENTENCES, Reason, suggest
from shared.contracts.cases import (
    CaseAssigned,
    CaseClosed,
    CaseOpened,
    ClosingGround,
    OfficerRecused,
    RecusalGround,
)
from shared.contracts.petitions import Field, Kind
from shared.directory import COLUMNS, Directories, DirectoryError, parse
from shared.memory_log import MemoryLog
from tests.support.recording import record

NHAN_HOA = Directories.from_environment().of("09253")


def suggested(kind, field, **loads):
    return suggest(NHAN_HOA, kind, field, {name.replace("_", "-"): n for name, n in loads.items()})


def test_the_unit_follows_from_the_field() -> None:
    land = suggested(Kind.COMPLAINT, Field.LAND)
    assert (land.unit.id, land.reasons[0]) == ("kinh-te-ha-tang", Reason.FIELD)
    assert suggested(Kind.RECOMMENDATION, Field.SOCIAL_POLICY).unit.id == "van-hoa-xa-hoi"


@pytest.mark.parametrize("field", [Field.PUBLIC_DUTY, Field.CORRUPTION])
def test_a_denunciation_about_public_duty_goes_to_the_advising_unit(field) -> None:
    suggestion = suggested(Kind.DENUNCIATION, field)
    assert suggestion.unit.is_advising
    assert suggestion.reasons[0] is Reason.PUBLIC_DUTY


def test_a_denunciation_in_another_field_goes_to_the_unit_of_the_field() -> None:
    assert suggested(Kind.DENUNCIATION, Field.LAND).unit.id == "kinh-te-ha-tang"


def test_a_field_that_nobody_is_named_for_goes_to_the_advising_unit() -> None:
    directory = parse([",".join(COLUMNS), "*,a,,A,dat_dai,tham_muu,x", "*,a,o,O,,,"]).of("09253")
    suggestion = suggest(directory, Kind.FEEDBACK, Field.ENVIRONMENT, {})
    assert (suggestion.unit.id, suggestion.reasons[0]) == ("a", Reason.NO_UNIT_FOR_FIELD)


def test_the_officer_with_the_fewest_open_cases_comes_first() -> None:
    suggestion = suggested(
        Kind.COMPLAINT, Field.LAND, cb_dia_chinh_1=3, cb_dia_chinh_2=1, cb_xay_dung_1=2,
        cb_moi_truong_1=2,
    )  # fmt: skip
    assert [(c.officer, c.open) for c in suggestion.candidates] == [
        ("cb-dia-chinh-2", 1),
        ("cb-moi-truong-1", 2),
        ("cb-xay-dung-1", 2),
        ("cb-dia-chinh-1", 3),
    ]
    assert suggestion.officer == "cb-dia-chinh-2"
    assert suggestion.reasons[1] is Reason.LEAST_BUSY


def test_between_equals_the_id_decides_and_the_reason_says_so() -> None:
    suggestion = suggested(Kind.RECOMMENDATION, Field.SOCIAL_POLICY)
    assert suggestion.officer == "cb-xa-hoi-1"
    assert suggestion.reasons[1] is Reason.EQUALLY_BUSY


def test_a_unit_with_one_officer_says_so() -> None:
    assert suggested(Kind.FEEDBACK, Field.PUBLIC_ORDER).reasons[1] is Reason.ONLY_OFFICER


def test_two_units_for_one_field_compete_by_load() -> None:
    lines = [",".join(COLUMNS), "*,a,,A,ho_tich,tham_muu,x", "*,a,o-1,O,,,", "*,b,,B,ho_tich,,x"]
    directory = parse([*lines, "*,b,o-2,O,,,"]).of("09253")
    suggestion = suggest(directory, Kind.FEEDBACK, Field.CIVIL_STATUS, {"o-1": 1})
    assert (suggestion.unit.id, suggestion.officer) == ("b", "o-2")


def test_who_was_recused_is_left_out() -> None:
    suggestion = suggest(
        NHAN_HOA, Kind.COMPLAINT, Field.LAND, {}, frozenset({"cb-dia-chinh-1", "cb-moi-truong-1"})
    )
    assert suggestion.officer == "cb-dia-chinh-2"
    assert len(suggestion.candidates) == 2
    assert suggestion.reasons == (Reason.FIELD, Reason.OTHERS_RECUSED, Reason.EQUALLY_BUSY)


def test_where_the_whole_unit_was_recused_the_advising_unit_stands_in() -> None:
    suggestion = suggest(
        NHAN_HOA, Kind.FEEDBACK, Field.PUBLIC_ORDER, {}, frozenset({"cb-cong-an-1"})
    )
    assert suggestion.unit.is_advising
    assert suggestion.reasons == (Reason.OTHERS_RECUSED, Reason.EQUALLY_BUSY)


def test_where_everybody_was_recused_nobody_is_suggested() -> None:
    everybody = frozenset(post.id for unit in NHAN_HOA.units for post in unit.officers)
    assert suggest(NHAN_HOA, Kind.COMPLAINT, Field.LAND, {}, everybody) is None


def test_every_reason_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Reason)


def test_every_field_has_a_unit_in_every_directory() -> None:
    for directory in (NHAN_HOA, Directories.from_environment().of("10000")):
        assert all(directory.competent_for(field) for field in Field)


def test_an_authority_without_rows_has_those_of_all() -> None:
    assert Directories.from_environment().of("10000").unit("cong-an").name == "Công an phường"


def test_another_file_can_take_the_place_of_the_directory(tmp_path, monkeypatch) -> None:
    path = tmp_path / "directory.csv"
    path.write_text(f"{','.join(COLUMNS)}\n*,a,,Đơn vị A,khac,tham_muu,x\n*,a,o,O,,,\n")
    monkeypatch.setenv("DONTHU_DIRECTORY", str(path))
    assert Directories.from_environment().of("09253").unit("a").name == "Đơn vị A"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["*,a,,A,khac,tham_muu,x"], "no officer"),
        (["*,a,,A,khac,,x", "*,a,o,O,,,"], "duty tham_muu"),
        (["*,a,,A,thue,tham_muu,x", "*,a,o,O,,,"], "a field is not"),
        (["*,a,,A,khac,truong,x", "*,a,o,O,,,"], "the duty is"),
        (["*,a,o,O,,,"], "no row before"),
        (["*,a,,A,khac,tham_muu,x", "*,a,,A,khac,,x"], "twice"),
        (["*,a,,A,khac,tham_muu,x", "*,a,o,O,,,", "*,a,o,O,,,"], "twice"),
        (["*,a,,A"], "columns"),
        (["*,a,,,khac,tham_muu,x"], "are needed"),
        (["09253,a,,A,khac,tham_muu,x", "09253,a,o,O,,,"], "has no rows"),
    ],
)
def test_a_directory_that_cannot_be_right_is_refused(rows, told) -> None:
    with pytest.raises(DirectoryError, match=told):
        parse([",".join(COLUMNS), *rows])


def test_a_directory_with_other_columns_is_refused() -> None:
    with pytest.raises(DirectoryError, match="columns"):
        parse(["unit,name", "a,A"])


def test_a_case_loads_its_latest_officer_until_it_is_closed() -> None:
    log, row, states = MemoryLog(), {}, []
    given = {"assigned_on": date(2026, 10, 9), "unit": "u", "assigned_by": "officer:vera"}
    record(
        log,
        "09253",
        "case-f1",
        CaseOpened(opened_on=date(2026, 10, 8), kind=Kind.COMPLAINT, field=Field.LAND),
        CaseAssigned(officer="o-1", **given),
        OfficerRecused(recused_on=date(2026, 10, 10), officer="o-1", ground=RecusalGround.RELATIVE),
        CaseAssigned(officer="o-2", **given),
        CaseClosed(closed_on=date(2026, 11, 20), ground=ClosingGround.SETTLED),
    )
    for commit in log.after("09253", 0):
        for event in commit.recorded():
            assert LOADS.key(event) == "f1"
            row = LOADS.fold(row, event)
            states.append((row["officer"], row["open"]))
    assert states == [
        (None, True),
        ("o-1", True),
        (None, True),
        ("o-2", True),
        ("o-2", False),
    ]
