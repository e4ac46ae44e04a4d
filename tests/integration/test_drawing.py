"""What is drawn and printed by others' programs: the picture of a window, the report as PDF."""

import base64
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from datetime import date
from hashlib import sha256
from io import BytesIO

import docx
import pytest
from docx.shared import Pt

from deploy.cli.papers import printed
from services.reporting.documents import performance
from services.reporting.documents.chart import AGES, Picture
from services.reporting.documents.narrative import SECTIONS
from services.reporting.papers import measured, written_report
from services.reporting.schemas import DraftReport
from shared.directory import Directories
from shared.memory_log import MemoryLog
from tests.support import stories
from tests.support.counted_ward import COUNTED, events
from tests.support.recording import record

pytestmark = pytest.mark.filterwarnings("error:Glyph")  # matplotlib warns of letters a font lacks

WARD, WINDOW = "09253", "2026-10-01..2026-12-31"
TODAY = date(2026, 11, 30)
DIRECTORY = Directories.from_environment().of(WARD)


def picture(*story) -> Picture:
    log = MemoryLog()
    for category, event in story:
        record(log, WARD, f"{category}-f1", event)
    return Picture.of(measured(log, WARD, WINDOW, TODAY, DIRECTORY))


def words(svg: bytes) -> set[str]:
    return {
        text.strip()
        for each in ET.parse(BytesIO(svg)).iter("{http://www.w3.org/2000/svg}text")
        for text in each.itertext()
    }


def test_the_svg_tells_months_units_and_ages_in_words() -> None:
    told = words(picture(*stories.SETTLED[:10]).drawn("svg"))
    assert {"tiếp nhận", "giải quyết", "quá hạn", "còn mở cuối tháng"} <= told
    assert {"10/2026", "11/2026", "12/2026"} <= told
    assert {"Hồ sơ đang mở đến 30/11/2026", *AGES.values()} <= told
    assert {"Phòng Kinh tế, Hạ tầng", "và Đô thị", "0/1", "chưa giao", "1/1"} <= told


def test_the_png_is_as_wide_as_a_page_needs() -> None:
    made = picture(*stories.SETTLED).drawn("png")
    assert made.startswith(b"\x89PNG\r\n\x1a\n")
    wide, high = (int.from_bytes(made[place : place + 4]) for place in (16, 20))
    assert (wide, high) == (1300, 1120)


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_the_same_figures_give_the_same_bytes_and_others_do_not(kind) -> None:
    made = picture(*stories.SETTLED).drawn(kind)
    assert picture(*stories.SETTLED).drawn(kind) == made
    assert picture(*stories.SETTLED[:10]).drawn(kind) != made
    alone = "import sys; from hashlib import sha256; from tests.integration.test_drawing"
    alone += " import picture, stories; made = picture(*stories.SETTLED).drawn(sys.argv[1])"
    alone += "; print(sha256(made).hexdigest())"
    told = subprocess.run([sys.executable, "-c", alone, kind], capture_output=True, check=True)
    assert told.stdout.decode().strip() == sha256(made).hexdigest()


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_nothing_and_many_years_are_drawn_too(kind) -> None:
    empty = picture()
    assert (empty.units, set(empty.ages().values())) == ([], {0})
    month = {"received": 3, "settled": 1, "late": 0, "open": 2}
    months = [{"month": f"{2020 + n // 12}-{n % 12 + 1:02}", **month} for n in range(84)]
    long = Picture(title="a < b $x$", as_of=TODAY, trend=months, ageing=[], units=[])
    assert len({each.drawn(kind) for each in (empty, long)}) == 2
    assert "không có thời hạn nào" in words(empty.drawn("svg"))
    assert "a < b $x$" in words(long.drawn("svg"))


def test_the_figures_are_told_to_those_who_do_not_see_them() -> None:
    told = picture(*stories.SETTLED[:10]).described()
    assert "10/2026: tiếp nhận 1, giải quyết 0, quá hạn 0, còn mở cuối tháng 1;" in told
    assert "hồ sơ đang mở đến ngày 30/11/2026: đến 30 ngày 0," in told
    assert "Phòng Kinh tế, Hạ tầng và Đô thị 0/1, chưa giao 1/1." in told


def test_every_band_of_ages_has_its_name() -> None:
    assert list(performance._banded([])) == list(AGES)


def test_what_draws_is_loaded_only_where_something_is_drawn() -> None:
    loaded = "import sys, services.reporting.papers; sys.exit('matplotlib' in sys.modules)"
    subprocess.run([sys.executable, "-c", loaded], check=True)


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice (soffice) is not installed")
def test_the_written_report_becomes_a_pdf_with_its_headings_and_figures(tmp_path) -> None:
    log = MemoryLog()
    for stream, event in events():
        record(log, WARD, stream, event)
    answer = written_report(log, WARD, DraftReport(period="2026-Q3"), TODAY, DIRECTORY)
    paper = tmp_path / "bao-cao.docx"
    paper.write_bytes(base64.b64decode(answer["docx"]))
    style = docx.Document(str(paper)).styles["Normal"]
    assert (style.font.name, style.font.size) == ("Times New Roman", Pt(14))
    assert printed(str(shutil.which("soffice")), paper)
    made = paper.with_suffix(".pdf")
    assert made.read_bytes().startswith(b"%PDF-")
    assert made.stat().st_size > 20_000
    if reader := shutil.which("pdftotext"):
        read = subprocess.run([reader, "-layout", made, "-"], capture_output=True, check=True)
        text = " ".join(read.stdout.decode().split())
        for section in SECTIONS:
            assert " ".join(section.heading.split()[1:3]) in text
        assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
        assert "từ ngày 15/06/2026 đến ngày 14/09/2026" in text
        assert f"Tổng số đơn: {COUNTED['02/XLD'][0]}," in text
    assert not printed(str(shutil.which("soffice")), tmp_path / "missing.docx")
