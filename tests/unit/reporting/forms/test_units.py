"""Names of the authorities that report."""

import unicodedata

from services.reporting.forms.units import called, committee, issuer, place, units, wards_of


def test_there_are_34_provinces_and_3321_wards_each_with_a_province() -> None:
    provinces = [unit for unit in units().values() if not unit.province]
    assert len(provinces) == 34
    assert len(units()) == 34 + 3321
    assert {unit.province for unit in units().values() if unit.province} == {
        unit.code for unit in provinces
    }
    for unit in units().values():
        assert unit.name == unicodedata.normalize("NFC", unit.name).strip()
        assert len(unit.code) == (5 if unit.province else 2)


def test_bac_ninh_has_66_communes_and_33_wards() -> None:
    names = [called(code) for code in wards_of("24")]
    assert len(names) == 99
    assert sum(name.startswith("Phường ") for name in names) == 33
    assert wards_of("09253") == wards_of("00") == []


def test_a_unit_and_its_committee_are_called_by_their_names() -> None:
    assert called("09253") == "Phường Nhân Hòa"
    assert committee("09253") == "UBND phường Nhân Hòa"
    assert committee("24") == "UBND tỉnh Bắc Ninh"
    assert (called("x"), committee("x")) == ("x", "x")


def test_who_issues_is_known_by_its_code_or_left_open() -> None:
    assert issuer("09253") == "Ủy ban nhân dân phường Nhân Hòa"
    assert place("09253") == "Nhân Hòa"
    assert (issuer("00000"), place("00000")) == (None, None)
