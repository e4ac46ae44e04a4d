"""What whoever moves in asks: backlog and opening balances of before taken over from a table."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deploy.cli.frame import NO, USAGE, Caller, Failure, asking, main, progress_bar
from shared.clock import SystemClock
from shared.errors import Refused

if TYPE_CHECKING:
    from rich.table import Table


class _Imports(click.Group):
    """`donthu import FILE` is the backlog, as it was before there was anything else to import."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        named = not args or args[0] in {*self.commands, *ctx.help_option_names}
        return super().parse_args(ctx, args if named else ["backlog", *args])


@main.group("import", cls=_Imports)
def import_() -> None:
    """Take over what was before: open cases (`backlog`), or what old reports leave."""


_FILE = click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
_CHECK = click.option("--check", is_flag=True, help="Only check every row; needs no running stack.")
_TEMPLATE = click.option(
    "--template",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a table to fill in, and do nothing else.",
)


@import_.command("backlog")
@_FILE
@_CHECK
@_TEMPLATE
@asking
def backlog_(caller: Caller, file: Path | None, check: bool, template: Path | None) -> None:
    """Take over open cases from FILE (.xlsx or .csv) with their old dates.

    Nothing is stored unless every row is right. The same rows imported again change nothing: a case
    is known by its old number.
    """
    from deploy import backlog

    table = _table(caller, file, template, backlog.template)
    if table is None:
        return
    entries, problems = backlog.checked(backlog.table_of(table))
    if _is_told(caller, len(entries), problems, is_all=check):
        return
    answer = _send(caller, entries)
    caller.show(answer, lambda: _imported_told(answer))
    if answer["differing"]:
        raise SystemExit(NO)


@import_.command("opening-balances")
@_FILE
@_CHECK
@_TEMPLATE
@asking
def opening_balances(caller: Caller, file: Path | None, check: bool, template: Path | None) -> None:
    """Take over what the last reports of before leave to carry over, from FILE (.xlsx or .csv).

    All rows are stored together, or none. The same rows again change nothing; a correction says why
    in its row.
    """
    from deploy import backlog, balances

    table = _table(caller, file, template, balances.template)
    if table is None:
        return
    entries, problems = balances.checked(
        backlog.table_of(table, balances.COLUMNS), SystemClock().today()
    )
    if not problems and not check:
        known = caller.ask("reporting", "opening_balances", {})["balances"]
        problems = balances.differing(entries, known)
    if _is_told(caller, len(entries), problems, is_all=check):
        return
    if not entries:
        raise Failure(f"{table.name}: no row is filled in", USAGE, "file", caller.as_json)
    asked = {"balances": [dict(entry.payload) for entry in entries]}
    caller.ask("reporting", "record_opening_balances", asked)
    answer = caller.ask("reporting", "opening_balances", {})
    caller.show(answer, lambda: _balances_told(answer))


def _balances_told(answer: Mapping[str, Any]) -> "Table":
    """What was taken over from the reports of before."""
    from deploy.showing import amount, table, vn_day
    from services.reporting.forms.declaration import FORMS

    rows: list[Sequence[object]] = []
    for told in answer["balances"]:
        column = FORMS[told["form"]].columns[told["column"] - 1]
        rows.append(
            (
                vn_day(told["as_of"]),
                told["form"],
                told["column"],
                " > ".join(column.heading),
                amount(told["amount"], column.unit),
                f"{told['source_number']} ngày {vn_day(told['source_dated'])}",
            )
        )
    return table(
        "Số dư đầu kỳ",
        ("Hết ngày", "Biểu", "Cột", "Nội dung", "Số dư", "Theo báo cáo"),
        rows,
        numbers=(2, 4),
    )


def _send(caller: Caller, entries: list[Any]) -> dict[str, Any]:
    """One request for each row, since intake knows a petition by its place in its batch."""
    files: list[dict[str, Any]] = []
    differing: list[dict[str, Any]] = []
    with caller.services() as services, progress_bar() as progress:
        task = progress.add_task("nhập hồ sơ", total=len(entries))
        for entry in entries:
            told = {"row": entry.row, "old_number": entry.old_number}
            asked = {"batch": entry.batch, "petitions": [entry.payload]}
            try:
                (file,) = services.call("intake", "import_backlog", asked)["files"]
                files.append(told | {"file": file})
            except Refused as refused:
                if refused.code != "command_repeated":
                    raise
                differing.append(told)  # imported before with another content: that one stays
            progress.advance(task)
    return {"files": files, "differing": differing}


def _imported_told(answer: Mapping[str, Any]) -> "Table":
    """Under which file numbers the rows are now."""
    from deploy.showing import table

    rows: list[Sequence[object]] = [
        (told["row"], told["old_number"], told["file"]) for told in answer["files"]
    ]
    rows += [
        (told["row"], told["old_number"], "đã nhập trước với nội dung khác; giữ bản trước")
        for told in answer["differing"]
    ]
    return table("Hồ sơ đã nhập", ("Dòng", "Số cũ", "Mã hồ sơ"), rows, numbers=(0,))


def _table(
    caller: Caller, file: Path | None, template: Path | None, made: Callable[[], bytes]
) -> Path | None:
    """The table to be read; None where a template was asked for, which is written instead."""
    if template:
        template.write_bytes(made())
        caller.say(f"donthu: đã ghi {template}")
        return None
    if file is None:
        raise Failure("name a FILE, or --template", USAGE, "file", caller.as_json)
    return file


def _is_told(caller: Caller, rows: int, problems: Sequence[Any], *, is_all: bool) -> bool:
    """Tell what is wrong, and whether that was all there is to do; with problems it ends here."""
    if not (problems or is_all):
        return False
    told = {"rows": rows, "problems": [dataclasses.asdict(each) for each in problems]}
    caller.show(told, lambda: _problems_told(told))
    if problems:
        raise SystemExit(NO)
    return True


def _problems_told(answer: Mapping[str, Any]) -> "Table | str":
    """What is wrong in a table that is to be imported, cell by cell."""
    from deploy.showing import table

    if not answer["problems"]:
        return f"{answer['rows']} dòng, không có lỗi"  # a table without columns shows no title
    return table(
        f"{len(answer['problems'])} lỗi; chưa nhập dòng nào",
        ("Dòng", "Cột", "Lỗi"),
        (
            (told["row"], told["column"], told["message"].partition(": ")[2])
            for told in answer["problems"]
        ),
        numbers=(0,),
    )
