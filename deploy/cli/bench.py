"""`donthu bench`: what the system does beside what it is compared with, measured here and now."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from deploy.bench import MEASURED
from deploy.cli.frame import JSON, main, print_json


@main.group()
def bench() -> None:
    """Measure this system beside a reference, in the same run (docs/benchmarks.md).

    Everything runs on servers of its own in a folder that is gone afterwards.
    """


def _measuring(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout."),
        click.option(
            "--into",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="Write the tables between their marks in this file, such as docs/benchmarks.md.",
        ),
        click.option("--quick", is_flag=True, help="Short rounds: to see that it works."),
        click.option("--rounds", type=click.IntRange(1, 100), help="Rounds of each side."),
    ):
        command = option(command)
    return click.pass_context(command)


def _measure(
    ctx: click.Context,
    names: list[str],
    *,
    rounds: int | None,
    quick: bool,
    into: Path | None,
    as_json: bool,
) -> None:
    from deploy.bench import measuring, running

    def say(line: str) -> None:
        click.echo(line, err=True)

    ctx.meta[JSON] = as_json
    told = {}
    for name in names:
        busy = os.getloadavg()[0]
        table = running.run(name, say, rounds=rounds, is_quick=quick)
        circumstances = running.circumstances(busy)
        told[name] = measuring.as_json(table) | {"circumstances": circumstances}
        figures = f"{circumstances}.\n\n{measuring.as_markdown(table)}"
        if into:
            changed = running.put_into(into.read_text("utf-8"), name, figures)
            into.write_text(changed, encoding="utf-8")
        if not as_json:
            click.echo(f"## {table.title}\n\n{figures}\n")
    if as_json:
        print_json({"benchmarks": told})


def _add(name: str, says: str) -> None:
    @bench.command(name, help=f"Measure {says}.")
    @_measuring
    def measure(ctx: click.Context, **options: Any) -> None:
        _measure(ctx, [name], **options)


for _name, _says in MEASURED.items():
    _add(_name, _says)


@bench.command("all")
@_measuring
def everything(ctx: click.Context, **options: Any) -> None:
    """Measure all of it, one after another: about ten minutes."""
    _measure(ctx, list(MEASURED), **options)
