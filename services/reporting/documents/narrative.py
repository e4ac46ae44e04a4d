"""The written report that goes with the forms (Mẫu số 02, Thông tư 06/2025/TT-TTCP); pure.

`narrative.toml` declares the sections. Figures are those of the six forms, each compared with the
window before and the same window of the year before, as the form's note asks. What people have to
judge is left to them: `[người lập báo cáo viết: …]`.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from services.reporting.documents.chart import Picture
from services.reporting.documents.paper import Foot, Head, Paper, Piece
from services.reporting.forms.declaration import FORMS
from services.reporting.forms.reports import Tables
from services.reporting.forms.windows import Window
from services.reporting.words import dotted

_MILLION = 1_000_000
_PLACE = re.compile(
    r"\{(?P<form>\d\d/[A-Z]+)\.(?P<column>\d+)"
    r"(?: (?P<compared>so)| / (?P<whole>\d\d/[A-Z]+)\.(?P<of>\d+))?\}"
    r"|\{(?P<other>\w+)\}|<(?P<written>[^>]+)>"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """What is told in the report."""

    window: Window
    now: Tables
    before: Tables  # of the window before
    year_before: Tables
    chair_days: int  # held in the whole weeks and months of the window
    chair_duty: int  # asked for by the law in them
    picture: Picture


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    heading: str
    lines: tuple[str, ...]
    caption: str = ""  # of the picture that stands at its end


def document(counted: Counted, *, issuer: str | None, place: str | None) -> bytes:
    """The report as DOCX, for people to complete, number and sign."""
    window = counted.window
    paper = Paper(
        Head(
            issuer=issuer,
            symbol="BC-UBND",
            place=place,
            title="BÁO CÁO",
            subject="Kết quả công tác tiếp công dân, giải quyết khiếu nại, tố cáo"
            f" ({window.title[0].lower()}{window.title[1:]})",
            form="Mẫu số 02, Thông tư 06/2025/TT-TTCP",
        )
    )
    paper.line([(f"Số liệu tính {window.days}.", False)])
    for section in SECTIONS:
        paper.section(section.heading)
        for line in section.lines:
            paper.line(list(told(line, counted)))
        if section.caption:
            picture = counted.picture
            paper.picture(picture.drawn("png"), section.caption, picture.described())
    recipients: list[list[Piece]] = [[("Cơ quan cấp trên", False)], [("Lưu: VT, hồ sơ", False)]]
    signers = ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]
    return paper.signed(Foot(signers=signers, recipients=recipients))


def told(line: str, counted: Counted) -> Iterator[Piece]:
    """The line with its figures, and for each piece whether people still have to write it."""
    end = 0
    for place in _PLACE.finditer(line):
        if text := line[end : place.start()]:
            yield text, False
        if written := place["written"]:
            yield f"[người lập báo cáo viết: {written}]", True
        else:
            yield _figure(place, counted), False
        end = place.end()
    if rest := line[end:]:
        yield rest, False


def _figure(place: re.Match[str], counted: Counted) -> str:
    match place["other"]:
        case "chair_days":
            return str(counted.chair_days)
        case "chair_duty":
            return str(counted.chair_duty)
    form, number = place["form"], int(place["column"])
    now = _of(counted.now, form, number)
    if place["whole"]:
        return share(now, _of(counted.now, place["whole"], int(place["of"])))
    unit = FORMS[form].columns[number - 1].unit
    shown = amount(now, unit)
    if not place["compared"]:
        return shown
    before, year = (_of(each, form, number) for each in (counted.before, counted.year_before))
    return (
        f"{shown}, {change(now, before, unit)} so với kỳ trước ({amount(before, unit)}),"
        f" {change(now, year, unit)} so với cùng kỳ năm trước ({amount(year, unit)})"
    )


def _of(tables: Tables, form: str, number: int) -> int:
    return tables[form].figures[number - 1]


def amount(figure: int, unit: str) -> str:
    """A figure as people read it: money in triệu đồng, land in m²."""
    if unit == "dong":
        whole, rest = divmod(figure, _MILLION)
        decimals = f"{rest:06}".rstrip("0")
        return f"{dotted(whole)}{',' + decimals if decimals else ''} triệu đồng"
    return f"{dotted(figure)} m²" if unit == "m2" else dotted(figure)


def share(part: int, whole: int) -> str:
    """Percent with one decimal; nothing can be said of a part of nothing."""
    return f"{100 * part / whole:.1f}%".replace(".", ",") if whole else "không tính tỷ lệ"


def change(now: int, then: int, unit: str = "one") -> str:
    """How a figure changed, in words; in percent too where there was something before."""
    if now == then:
        return "không đổi"
    percent = f" ({share(abs(now - then), then)})" if then else ""
    return f"{'tăng' if now > then else 'giảm'} {amount(abs(now - then), unit)}{percent}"


def _read() -> tuple[Section, ...]:
    path = Path(__file__).with_name("narrative.toml")
    declared: Mapping[str, list[dict[str, Any]]] = tomllib.loads(path.read_text("utf-8"))
    return tuple(Section(**each | {"lines": tuple(each["lines"])}) for each in declared["section"])


SECTIONS: Final = _read()
