"""What the authorities are called, and which wards a province has; pure.

(Quyết định 19/2025/QĐ-TTg: 34 provinces, 3,321 communes, wards and special zones since 2025-07-01.
Codes and names of `units.csv` are those of the package vietnamadminunits 1.0.4 (MIT); confidence B:
17 spellings differ from the statistics office's, so everything goes by code.)
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    code: str  # 2 digits of a province, 5 of a ward
    name: str  # with its type: "Phường Nhân Hòa"
    province: str  # code; empty for a province itself

    @property
    def committee(self) -> str:
        """Its people's committee, as reports name it."""
        return f"UBND {self._within_a_line}"

    @property
    def issuer(self) -> str:
        """The same, as papers name it."""
        return f"Ủy ban nhân dân {self._within_a_line}"

    @property
    def place(self) -> str:
        """Its name without its type, as it stands before the date of a paper."""
        kinds = ("Phường ", "Xã ", "Đặc khu ", "Tỉnh ", "Thành phố ")
        kind = next((kind for kind in kinds if self.name.startswith(kind)), "")
        return self.name.removeprefix(kind)

    @property
    def _within_a_line(self) -> str:
        return self.name[0].lower() + self.name[1:]


@cache
def units() -> dict[str, Unit]:
    """Every unit by its code."""
    with Path(__file__).with_name("units.csv").open(encoding="utf-8", newline="") as rows:
        return {row["code"]: Unit(**row) for row in csv.DictReader(rows)}


def called(code: str) -> str:
    """The unit's name; the code where it is not known."""
    unit = units().get(code)
    return unit.name if unit else code


def committee(code: str) -> str:
    """Its people's committee; the code where it is not known."""
    unit = units().get(code)
    return unit.committee if unit else code


def issuer(code: str) -> str | None:
    """Its people's committee as papers name it; None where the code is not known."""
    unit = units().get(code)
    return unit.issuer if unit else None


def place(code: str) -> str | None:
    """Its name without its type; None where the code is not known."""
    unit = units().get(code)
    return unit.place if unit else None


def wards_of(province: str) -> list[str]:
    """Codes of the province's wards, in order; none if there is no such province."""
    return sorted(code for code, unit in units().items() if unit.province == province)
