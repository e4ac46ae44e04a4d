"""Reading what is sealed, by those entitled; each reading is in the log of intake."""

from collections.abc import Iterable, Mapping
from typing import Any

import click

from deploy.cli.frame import Caller, asking, main

PURPOSE = click.Choice(["xu_ly_don", "xac_minh", "tiep_cong_dan", "giai_quyet"])
OPEN = click.option(
    "--open",
    "purpose",
    type=PURPOSE,
    help="Fill in what is sealed and may be read by who asks, for this purpose.",
)


@main.command()
@click.argument("number", metavar="NUMBER")
@click.option(
    "--of",
    "what",
    type=click.Choice(["file", "reception", "task", "mediation"]),
    default="file",
    show_default=True,
    help="What NUMBER is the number of.",
)
@click.option("--purpose", type=PURPOSE, required=True, help="What for; goes to the log.")
@asking
def texts(caller: Caller, number: str, what: str, purpose: str) -> None:
    """Every sealed word about a case, a session of reception, a task or a mediation."""
    from deploy import opening

    answer = opened(caller, what, number, purpose)
    caller.show(answer, lambda: opening.texts(answer))


def opened(caller: Caller, what: str, number: str, purpose: str) -> dict[str, Any]:
    """What the caller may read of it, as `intake.texts` answers."""
    return caller.ask("intake", "texts", {what: number, "purpose": purpose})


def opened_rows(
    caller: Caller, rows: Iterable[Mapping[str, Any]], purpose: str
) -> dict[str, Mapping[str, Any]]:
    """Stream -> what is opened of it, for the lines of a register in which something is sealed."""
    from shared.errors import Refused

    found: dict[str, Mapping[str, Any]] = {}
    streams = dict.fromkeys(row["stream"] for row in rows if row["sealed"])
    with caller.services() as services:
        for stream in streams:
            category, number = stream.split("-", 1)
            what = "reception" if category == "reception" else "file"
            try:
                found[stream] = services.call("intake", "texts", {what: number, "purpose": purpose})
            except Refused as refusal:
                if refusal.code not in ("unknown_file", "not_permitted"):
                    raise
    return found
