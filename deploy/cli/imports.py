"""What whoever moves in asks: the backlog of the time before taken over from a table."""

from pathlib import Path
from typing import Any

import click

from deploy.cli.frame import NO, USAGE, Caller, Failure, asking, main, progress_bar
from shared.errors import Refused


@main.command("import")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--check", is_flag=True, help="Only check every row; needs no running stack.")
@click.option(
    "--template",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write an empty table to fill in, and do nothing else.",
)
@asking
def import_(caller: Caller, file: Path | None, check: bool, template: Path | None) -> None:
    """Take over open cases from FILE (.xlsx or .csv) with their old dates.

    Nothing is stored unless every row is right. The same rows imported again change nothing: a case
    is known by its old number.
    """
    from deploy import backlog, showing

    if template:
        template.write_bytes(backlog.template())
        caller.say(f"donthu: đã ghi {template}")
        return
    if file is None:
        raise Failure("name a FILE, or --template", USAGE, "file", caller.as_json)
    entries, problems = backlog.checked(backlog.table_of(file))
    if problems or check:
        answer = {"rows": len(entries), "problems": [showing.as_row(each) for each in problems]}
        caller.show(answer, lambda: showing.problems(answer))
        if problems:
            raise SystemExit(NO)
        return
    answer = _send(caller, entries)
    caller.show(answer, lambda: showing.imported(answer))
    if answer["differing"]:
        raise SystemExit(NO)


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
