"""Tokens of the local stack: for development, and for whoever tries the services by hand."""

from datetime import timedelta

import click

from deploy.cli.frame import Caller, asking, main


@main.command()
@click.option("--unit", help="Of a head of unit, as the directory names it.")
@click.option(
    "--ward", "wards", multiple=True, help="That a supervisor of the province looks after."
)
@click.option(
    "--hours",
    type=click.FloatRange(0.01, 720),
    default=8.0,
    show_default=True,
    help="How long it is good.",
)
@asking
def token(caller: Caller, unit: str | None, wards: tuple[str, ...], hours: float) -> None:
    """A signed token in the name of --actor, for --authority, in the --role given.

    Signed with the key of this machine's own stack; production has an OpenID Connect issuer.
    """
    from deploy.stack import Stack

    issued = (
        Stack()
        .issuer()
        .token(
            caller.actor,
            caller.authority,
            caller.roles,
            unit=unit,
            wards=wards,
            valid=timedelta(hours=hours),
        )
    )
    caller.show({"token": issued, "roles": list(caller.roles), "hours": hours}, lambda: issued)
