"""What those who write and those who lead ask: model letters, registers, figures, the report."""

import base64
import csv
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from deploy.cli.frame import CASE, NO, USAGE, Caller, Failure, asking, json_file, main
from deploy.cli.texts import OPEN, opened, opened_rows

if TYPE_CHECKING:
    from rich.table import Table

PERIOD = click.option(
    "--period",
    required=True,
    help="2026-Q1 to 2026-Q4, 2026-6T, 2026-9T, 2026, QH-2026, or 2026-01-01..2026-03-31.",
)
PRINTING_S = 110.0  # for LibreOffice to start and write
_PAGE = 200  # lines of a register asked for at once

ISSUER = click.option("--issuer", help="The body that issues it, as printed.")
PLACE = click.option("--place", help="Where it is signed, as printed.")


OUTPUT = click.option(
    *("-o", "--output"),
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Where to write it.",
)


@main.command()
@asking
def letters(caller: Caller) -> None:
    """The model letters: id, title, form and how sure the form is (A, B, C)."""
    answer = caller.ask("reporting", "letters", {})
    caller.show(answer, lambda: _letters_told(answer))


def _letters_told(answer: Mapping[str, Any]) -> "Table":
    """The model letters."""
    from deploy.showing import table

    return table(
        "Mẫu văn bản",
        ("Mã", "Tên", "Mẫu số", "Độ tin cậy"),
        (
            (told["letter"], told["title"], told["form"] or "–", told["confidence"])
            for told in answer["letters"]
        ),
    )


@main.command()
@CASE
@click.argument("letter", metavar="LETTER")
@OUTPUT
@click.option("--event", help="The event that it is about, where there are several of its kind.")
@ISSUER
@PLACE
@OPEN
@asking
def letter(caller: Caller, output: Path, purpose: str | None, **asked: Any) -> None:
    """Write a model letter about a case as .docx; what is open stands in it in brackets.

    CASE is the session of a letter about citizen reception.
    """
    from deploy import opening

    caller.must_write_one_of(_PAPERS, output, "output")
    answer = caller.ask("reporting", "letter", asked)
    docx = base64.b64decode(answer.pop("docx"))
    if purpose:
        words = opened(caller, answer["of"], asked["file"], purpose)
        answer, docx = opening.filled_letter(answer, docx, words)
    output.write_bytes(docx)
    caller.say(f"donthu: đã ghi {output}")
    caller.show(answer, lambda: _letter_told(answer))
    for caution in answer["cautions"]:
        caller.say(f"donthu: lưu ý: {caution}")


_FIELD_STATES: Mapping[str, str] = {
    "known": "có trong hồ sơ",
    "sealed": "đã niêm phong",
    "erased": "đã xóa",
    "code": "mã, phải ghi tên",
    "missing": "thiếu",
}


def _letter_told(answer: Mapping[str, Any]) -> "Table":
    """The fields of one letter: what stands in it and from which event."""
    from deploy.showing import table

    return table(
        answer["title"],
        ("Nội dung", "Tình trạng", "Trong văn bản", "Sự kiện"),
        (
            (told["label"], _FIELD_STATES[told["status"]], told["text"], told["event"] or "–")
            for told in answer["values"]
        ),
    )


@main.command()
@click.argument("book", metavar="REGISTER", type=click.Choice(["tiep_cong_dan", "don"]))
@PERIOD
@OUTPUT
@ISSUER
@OPEN
@asking
def register(
    caller: Caller,
    book: str,
    period: str,
    output: Path,
    issuer: str | None,
    purpose: str | None,
) -> None:
    """Write a register of any window as .xlsx, .csv or .json: tiep_cong_dan (03/TCD) or don."""
    caller.must_write_one_of(_REGISTERS, output, "output")
    asked = {"register": book, "period": period, "limit": _PAGE}
    answer = caller.ask("reporting", "register", asked)
    page = answer
    while page["next"]:
        page = caller.ask("reporting", "register", asked | {"page": page["next"]})
        answer["rows"] += page["rows"]
    if purpose:
        from deploy import opening

        words = opened_rows(caller, answer["rows"], purpose)
        answer["rows"] = opening.filled_rows(book, answer["rows"], words)
    output.write_bytes(_REGISTERS[output.suffix](answer, issuer, caller.authority))
    caller.say(f"donthu: đã ghi {output}, {len(answer['rows'])} dòng")


@main.command()
@PERIOD
@click.option(
    "--picture",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write trend, backlog and limits kept as a picture here: .svg or .png.",
)
@asking
def performance(caller: Caller, period: str, picture: Path | None) -> None:
    """Limits kept, ageing, officers, time lost and the chair's days, in any window."""
    from deploy import showing_work

    if picture:
        caller.must_write_one_of(_PICTURES, picture, "picture")
    answer = caller.ask("reporting", "performance", {"period": period})
    if picture:
        from services.reporting.documents.chart import Picture

        picture.write_bytes(Picture.of(answer).drawn(_PICTURES[picture.suffix]))
        caller.say(f"donthu: đã ghi {picture}")
    caller.show(answer, *(lambda made=made: made for made in showing_work.performance(answer)))


@main.command()
@PERIOD
@OUTPUT
@click.option("--pdf", is_flag=True, help="Also as .pdf; needs LibreOffice (soffice).")
@ISSUER
@PLACE
@asking
def narrative(caller: Caller, output: Path, pdf: bool, **asked: Any) -> None:
    """Write the narrative report (Mẫu số 02) of any window as .docx, for people to complete."""
    caller.must_write_one_of(_PAPERS, output, "output")
    office = shutil.which("soffice")
    if pdf and not office:
        raise Failure("no soffice here: install LibreOffice", USAGE, "pdf", caller.as_json)
    answer = caller.ask("reporting", "written_report", asked)
    output.write_bytes(base64.b64decode(answer["docx"]))
    caller.say(f"donthu: đã ghi {output}")
    if pdf and office:
        if not printed(office, output):
            raise Failure(f"soffice could not convert {output}", NO, "pdf", caller.as_json)
        caller.say(f"donthu: đã ghi {output.with_suffix('.pdf')}")


def printed(office: str, paper: Path) -> bool:
    """Write the paper as PDF beside it, by LibreOffice; whether that worked.

    With a profile of its own: beside another soffice of the same user it does nothing and says 0.
    """
    made = paper.with_suffix(".pdf")
    made.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        convert = [office, f"-env:UserInstallation={Path(profile).as_uri()}", "--headless"]
        convert += ["--convert-to", "pdf", "--outdir", str(paper.parent), str(paper)]
        subprocess.run(convert, capture_output=True, check=False, timeout=PRINTING_S)
    return made.exists()


def _xlsx(answer: Mapping[str, Any], issuer: str | None, authority: str) -> bytes:
    from services.reporting.documents.books import BOOKS
    from services.reporting.documents.books_xlsx import workbook
    from services.reporting.forms.units import committee
    from services.reporting.forms.windows import window

    return workbook(
        BOOKS[answer["register"]],
        window(answer["period"]["name"]),
        issuer or committee(authority),
        [row["cells"] for row in answer["rows"]],
    )


def _csv(answer: Mapping[str, Any], issuer: str | None, authority: str) -> bytes:
    out = StringIO(newline="")
    lines = csv.writer(out)
    lines.writerow([column["heading"] for column in answer["columns"]])
    lines.writerows(map(_no_formula, row["cells"]) for row in answer["rows"])
    return out.getvalue().encode("utf-8-sig")  # so that Excel reads the diacritics


def _no_formula(cell: str) -> str:
    """What a citizen wrote is never computed by who opens the register in Excel."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell


_PICTURES: Mapping[str, Literal["svg", "png"]] = {".svg": "svg", ".png": "png"}
_PAPERS = (".docx",)
_REGISTERS = {".xlsx": _xlsx, ".csv": _csv, ".json": json_file}
