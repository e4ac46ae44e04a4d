"""`donthu bench nation`: how everything grows with the number of wards (docs/scale.md)."""

import os
from functools import partial

import click

from deploy.cli.bench import bench
from deploy.cli.frame import JSON, print_json


@bench.command()
@click.option(
    "--scale",
    "scales",
    type=click.FloatRange(0, 1, min_open=True),
    multiple=True,
    default=(0.01,),
    show_default=True,
    help="Part of the nation's 3,321 wards; may be given several times.",
)
@click.option("--seed", default=1, show_default=True, help="Another seed, another year.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=lambda: os.cpu_count() or 1,
    show_default="one for each core",
)
@click.option(
    "--memory-gb",
    type=click.FloatRange(0.25, 1024),
    default=0.5,
    show_default=True,
    help="Cache of the private mongod.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@click.pass_context
def nation(
    ctx: click.Context,
    scales: tuple[float, ...],
    seed: int,
    workers: int,
    memory_gb: float,
    as_json: bool,
) -> None:
    """Write a year of wards into a ledger of its own and measure what it costs.

    Several scales tell how each figure grows. The database is gone afterwards; at scale 1 it takes
    about 15 GB of disk.
    """
    from deploy.nation import measuring
    from deploy.run_folder import run_folder
    from deploy.showing import console, table

    ctx.meta[JSON] = as_json
    runs = [
        measuring.measure(
            scale,
            seed=seed,
            workers=workers,
            memory_gb=memory_gb,
            folder=run_folder() / "nation",
            say=partial(_say, scale),
        )
        for scale in sorted(scales)
    ]
    growth = {
        name: measuring.growth([run["events"] for run in runs], [run[name] for run in runs])
        for name in measuring.SHOWN
    }
    if as_json:
        print_json({"runs": runs, "growth": growth})
        return
    rows = [
        (what, unit, *(_figure(run[name]) for run in runs), _power(growth[name]))
        for name, (what, unit) in measuring.SHOWN.items()
    ]
    heads = ("", "", *(f"scale {scale:g}" for scale in sorted(scales)), "grows with events^")
    console().print(table("", heads, rows, numbers=range(2, len(heads))))


def _say(scale: float, line: str) -> None:
    click.echo(f"{scale:g}: {line}", err=True)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def _power(power: float | None) -> str:
    return "" if power is None else f"{power:.2f}"
