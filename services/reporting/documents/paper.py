"""A paper as an administrative document of a ward looks; pure.

(Nghị định 30/2020/NĐ-CP, appendix I; at second hand, B.) A4 upright, margins 20 mm, left 30 mm,
right 15 mm, Times New Roman, black, NFC. What is still open stands in the text in brackets and is
shaded, so that nobody signs it by mistake. The number and the day of signing come from the ward's
document system and are left blank unless they are on record.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_COLOR_INDEX, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import _Cell as Cell
from docx.text.paragraph import Paragraph

COUNTRY = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
_LETTERS = "Times New Roman"
_TEXT = 14  # points
_TEXT_WIDTH = 165  # mm between the margins
_LEAD = re.compile(r"(?:Điều \d+\.|[IVX]+\.)")  # the beginning of a line that is printed bold

Piece = tuple[str, bool]  # text, and whether it is still open


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """What stands above the text."""

    issuer: str | None  # the body that issues it
    number: str | None = None  # "12/QĐ-UBND"
    symbol: str = ""  # of a paper whose number is not known yet; empty: it has none
    place: str | None = None
    dated: date | None = None
    title: str = ""  # "QUYẾT ĐỊNH"; empty: an official letter
    subject: str = ""
    heading: str = ""
    form: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Foot:
    """Who signs and who gets it. Several signers of minutes stand beside each other."""

    signers: Sequence[str]
    recipients: Sequence[Sequence[Piece]] = ()


class Paper:
    """A document in the making: head, lines, tables, foot."""

    def __init__(self, head: Head) -> None:
        self._document: Document = docx.Document()
        self._document.core_properties.title = _nfc(head.title or head.subject)
        self._document.core_properties.subject = _nfc(head.form)
        self._document.core_properties.author = self._document.core_properties.comments = ""
        self._set_up()
        self._head(head)

    def addressed(self, pieces: Iterable[Piece]) -> None:
        """Kính gửi."""
        self._write(self._paragraph(ALIGN.CENTER), [("Kính gửi: ", False), *pieces])

    def line(self, pieces: Iterable[Piece]) -> None:
        """One paragraph of the text; grounds are italic, "Điều 1." and "I." are bold."""
        found = list(pieces)
        text = "".join(piece for piece, _ in found)
        if text.endswith(":") and text.isupper():
            self._write(self._paragraph(ALIGN.CENTER), found, bold=True)
            return
        paragraph = self._paragraph(ALIGN.JUSTIFY)
        paragraph.paragraph_format.first_line_indent = Mm(10)
        if lead := _LEAD.match(found[0][0]):
            self._write(paragraph, [(lead[0], False)], bold=True)
            found[0] = (found[0][0][lead.end() :], False)
        is_ground = text.startswith(("Căn cứ ", "Xét ", "Theo ")) and text.endswith((";", ","))
        self._write(paragraph, found, italic=is_ground)

    def section(self, text: str) -> None:
        """A heading within the text."""
        paragraph = self._paragraph(ALIGN.LEFT)
        paragraph.paragraph_format.keep_with_next = True
        self._write(paragraph, [(text, False)], bold=True)

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A table with lines; every column behind the first holds figures."""
        made = self._document.add_table(rows=1, cols=len(heads), style="Table Grid")
        for cell, head in zip(made.rows[0].cells, heads, strict=True):
            self._write(_in(cell, ALIGN.CENTER), [(head, False)], bold=True, size=12)
        for row in rows:
            for number, (cell, text) in enumerate(zip(made.add_row().cells, row, strict=True)):
                paragraph = _in(cell, ALIGN.RIGHT if number else ALIGN.LEFT)
                self._write(paragraph, [(text, False)], size=12)

    def picture(self, png: bytes, caption: str, described: str) -> None:
        """A picture as wide as the text, its caption under it; `described` for who cannot see."""
        paragraph = self._paragraph(ALIGN.CENTER)
        paragraph.paragraph_format.keep_with_next = True
        shown = paragraph.add_run().add_picture(BytesIO(png), width=Mm(_TEXT_WIDTH))
        shown._inline.docPr.set("descr", _nfc(described))
        self._write(self._paragraph(ALIGN.CENTER), [(caption, False)], italic=True, size=12)

    def signed(self, foot: Foot) -> bytes:
        """The whole document, with who signs and who gets it."""
        if foot.recipients or len(foot.signers) == 1:
            left, right = self._columns(2)
            self._recipients(left, foot.recipients)
            self._signature(right, foot.signers)
        else:
            for place in range(0, len(foot.signers), 3):
                signers = foot.signers[place : place + 3]
                for cell, signer in zip(self._columns(len(signers)), signers, strict=True):
                    self._signature(cell, [signer])
        out = BytesIO()
        self._document.save(out)
        return out.getvalue()

    # -- the parts

    def _set_up(self) -> None:
        page = self._document.sections[0]
        page.page_width, page.page_height = Mm(210), Mm(297)
        page.top_margin = page.bottom_margin = Mm(20)
        page.left_margin, page.right_margin = Mm(30), Mm(15)
        page.different_first_page_header_footer = True  # no page number on the first page
        number = page.header.paragraphs[0]
        number.alignment = ALIGN.CENTER
        _add_page_number(number)
        style: Any = self._document.styles["Normal"]
        style.font.name, style.font.size = _LETTERS, Pt(_TEXT)
        style.element.rPr.rFonts.set(qn("w:eastAsia"), _LETTERS)

    def _head(self, head: Head) -> None:
        left, right = self._columns(2, widths=(65, 100))
        issuer = (head.issuer.upper(), False) if head.issuer else ("[thiếu: tên cơ quan]", True)
        self._write(_in(left, ALIGN.CENTER), [issuer], bold=True, size=12)
        _underline(self._add(left), indent=20)
        if head.number or head.symbol:
            number = head.number or f"       /{head.symbol}"
            self._write(self._add(left), [(f"Số: {number}", False)], size=13)
        if head.subject and not head.title:
            self._write(self._add(left), [(head.subject, False)], size=12)
        self._write(_in(right, ALIGN.CENTER), [(COUNTRY, False)], bold=True, size=12)
        self._write(self._add(right), [(MOTTO, False)], bold=True, size=13)
        _underline(self._add(right), indent=19)
        self._write(self._add(right), _dateline(head), italic=True, size=13)
        if head.title:
            title = self._paragraph(ALIGN.CENTER)
            title.paragraph_format.space_before = Pt(12)
            self._write(title, [(head.title, False)], bold=True)
            if head.subject:
                self._write(self._paragraph(ALIGN.CENTER), [(head.subject, False)], bold=True)
        if head.heading:
            self._write(self._paragraph(ALIGN.CENTER), [(head.heading, False)], bold=True)

    def _recipients(self, cell: Cell, recipients: Sequence[Sequence[Piece]]) -> None:
        if not recipients:
            return
        self._write(_in(cell, ALIGN.LEFT), [("Nơi nhận:", False)], bold=True, italic=True, size=12)
        for number, recipient in enumerate(recipients, start=1):
            end = "." if number == len(recipients) else ";"
            line = [("- ", False), *recipient, (end, False)]
            self._write(self._add(cell, ALIGN.LEFT), line, size=11)

    def _signature(self, cell: Cell, signers: Sequence[str]) -> None:
        for number, signer in enumerate(signers):
            paragraph = self._add(cell) if number else _in(cell, ALIGN.CENTER)
            self._write(paragraph, [(signer, False)], bold=True)
        for _ in range(4):  # room for signature, seal and name
            self._add(cell)

    def _columns(self, count: int, widths: Sequence[int] | None = None) -> list[Cell]:
        """A row of cells without lines; widths in mm."""
        table = self._document.add_table(rows=1, cols=count)
        table.autofit = False
        cells = list(table.rows[0].cells)
        wide = widths or [_TEXT_WIDTH // count] * count
        for column, cell, width in zip(table.columns, cells, wide, strict=True):
            column.width = cell.width = Mm(width)  # Word reads the one, LibreOffice the other
        return cells

    def _paragraph(self, align: ALIGN) -> Paragraph:
        paragraph = self._document.add_paragraph()
        paragraph.alignment = align
        paragraph.paragraph_format.space_after = Pt(6)
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        return paragraph

    def _add(self, cell: Cell, align: ALIGN = ALIGN.CENTER) -> Paragraph:
        paragraph = cell.add_paragraph()
        return _plain(paragraph, align)

    def _write(
        self,
        paragraph: Paragraph,
        pieces: Iterable[Piece],
        *,
        bold: bool = False,
        italic: bool = False,
        size: int = _TEXT,
    ) -> None:
        for text, is_open in pieces:
            run = paragraph.add_run(_nfc(text))
            run.bold, run.italic, run.font.size = bold, italic, Pt(size)
            if is_open:
                run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _dateline(head: Head) -> list[Piece]:
    place = (head.place, False) if head.place else ("[thiếu: địa danh]", True)
    if head.dated is None:
        return [place, (", ngày … tháng … năm …", False)]
    # Days and months under 10 (of months only 1 and 2) get a leading 0.
    day = head.dated
    month = f"{day.month:02}" if day.month < 3 else f"{day.month}"
    return [place, (f", ngày {day.day:02} tháng {month} năm {day.year}", False)]


def _in(cell: Cell, align: ALIGN) -> Paragraph:
    """The paragraph that a new cell already has."""
    return _plain(cell.paragraphs[0], align)


def _plain(paragraph: Paragraph, align: ALIGN) -> Paragraph:
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(0)
    return paragraph


def _underline(paragraph: Paragraph, *, indent: int) -> None:
    """A line under what was written before, that many mm from each side of the cell."""
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm(indent)
    paragraph.paragraph_format.line_spacing = Pt(6)
    lines, line = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        line.set(qn(f"w:{name}"), value)
    lines.append(line)
    # Word asks for the order of the schema: lines come before spacing and indents.
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        lines, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _add_page_number(paragraph: Paragraph) -> None:
    run = paragraph.add_run()
    run.font.size = Pt(13)
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
