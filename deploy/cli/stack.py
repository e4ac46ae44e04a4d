"""The local stack and the demo, and what operators do."""

import dataclasses
import os
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from deploy.cli.frame import (
    JSON,
    NO,
    UNREACHABLE,
    Caller,
    Failure,
    asking,
    main,
    print_json,
    progress_bar,
)
from deploy.cli.proofs import told_chain, verified
from deploy.cluster import MOST_INSTANCES, NODES
from shared.clock import SystemClock

if TYPE_CHECKING:
    from rich.table import Table


@main.command()
@click.option(
    "--nodes",
    type=click.Choice([str(number) for number in NODES]),
    help="Of each server, on this machine; as the last time if left out, at first 1.",
)
@click.option(
    "--instances",
    type=click.IntRange(1, MOST_INSTANCES),
    help="Of the relay and of each service; as the last time if left out, at first 1.",
)
@click.option(
    "--tls/--no-tls",
    default=None,
    help="Certificates instead of passwords, for all who log in; else as the last time.",
)
@asking
def up(caller: Caller, nodes: str | None, instances: int | None, tls: bool | None) -> None:
    """Start database, broker, relay and services; harmless if they run."""
    from deploy.stack import Stack

    stack = Stack()
    stack.up(caller.say, nodes=int(nodes) if nodes else None, instances=instances, tls=tls)
    if caller.as_json:
        print_json({"run_dir": str(stack.run_dir), "programs": stack.status()})


@main.command()
@click.option("--wipe", is_flag=True, help="Delete all data and keys of the private servers too.")
@asking
def down(caller: Caller, wipe: bool) -> None:
    """Stop everything, services first; data stays."""
    from deploy.stack import Stack

    Stack().down(caller.say, wipe=wipe)
    if caller.as_json:
        print_json({"stopped": True, "wiped": wipe})


@main.command()
@asking
def status(caller: Caller) -> None:
    """What runs, and whether it answers. Exit 1 if something is unwell, 3 if nothing runs."""
    from deploy.showing import table
    from deploy.stack import Stack

    programs = Stack().status()
    caller.show(
        {"programs": programs},
        lambda: table(
            "",
            ("Program", "State", "Pid", "Up for", "Health"),
            [
                (
                    each["name"],
                    each["state"],
                    each["pid"] or "",
                    "" if each["uptime_s"] is None else f"{each['uptime_s']} s",
                    each["health"] or "",
                )
                for each in programs
            ],
            numbers=(2, 3),
        ),
    )
    if all(each["state"] == "stopped" for each in programs):
        caller.say("donthu: nothing runs: run `donthu up`")
        raise SystemExit(UNREACHABLE)
    if not all(_is_well(each) for each in programs):
        raise SystemExit(NO)


def _is_well(program: Mapping[str, Any]) -> bool:
    from deploy.stack import is_well

    return program["state"] in ("running", "external") and is_well(program["health"])


@main.command()
@click.argument("table", required=False)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=lambda: os.cpu_count() or 1,
    show_default="one for each core",
    help="Processes that share the work.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@click.pass_context
def rebuild(ctx: click.Context, table: str | None, workers: int, as_json: bool) -> None:
    """Fold a table of reporting, or all, anew from the ledger, while the old one answers.

    One that was interrupted goes on where it stopped.
    """
    from deploy.client import environment, reaching_database
    from services.reporting.rebuild import rebuild_among
    from shared.rebuilding import WorkerLost

    ctx.meta[JSON] = as_json
    uri = environment("reporting")["MONGO_URI"]
    with reaching_database(), progress_bar(with_rate=True) as progress:
        task = progress.add_task("folding the ledger", total=None)
        try:
            folded = rebuild_among(
                uri,
                workers,
                table,
                lambda done, total: progress.update(task, completed=done, total=total),
            )
        except WorkerLost:
            told = "a worker was killed: run it again, it goes on where it stopped"
            raise Failure(told, UNREACHABLE, "worker_lost", as_json) from None
    if as_json:
        print_json({"tables": folded})
    else:
        for name, commits in folded.items():
            click.echo(f"{name}: {commits} commits folded; the new table is live")


@main.command()
@click.option("--retry", metavar="ID|all", help="Send this message, or all, round again.")
@asking
def parked(caller: Caller, retry: str | None) -> None:
    """Messages that failed for good and wait for a person."""
    from deploy import client

    if retry is None:
        messages = client.parked()
        caller.show(
            {"parked": [dataclasses.asdict(message) for message in messages]},
            lambda: _parked_told(messages) if messages else "nothing is parked",
        )
        return
    moved = client.retry_parked(None if retry == "all" else retry)
    if not moved and retry != "all":
        told = f"nothing is parked under {retry}: `donthu parked` lists what is"
        raise Failure(told, NO, "unknown_id", caller.as_json)
    caller.show({"retried": moved}, lambda: f"{moved} sent round again")


def _parked_told(messages: Iterable[Any]) -> "Table":
    """Messages that wait for a person; their content is not shown."""
    from deploy.showing import table, vn_instant

    return table(
        "",
        ("Id", "Queue", "Routing key", "Reason", "Attempts", "Last failed"),
        (
            (
                message.id,
                message.queue,
                message.routing_key,
                f"{message.reason} ({message.code})",
                message.attempts,
                vn_instant(message.last_failed_at),
            )
            for message in messages
        ),
        numbers=(4,),
    )


@main.command()
@click.option(
    "--cases",
    type=click.IntRange(30, 2000),
    default=150,
    show_default=True,
    help="How many petitions.",
)
@click.option("--seed", default=1, show_default=True, help="Another seed, other petitions.")
@asking
def demo(caller: Caller, cases: int, seed: int) -> None:
    """A year of petitions of a ward, played on the services and told step by step.

    Starts the stack if it does not run, and leaves it running. Played again, it changes nothing.
    """
    from deploy.client import environment
    from deploy.demo import play, story
    from deploy.showing import console
    from deploy.stack import Stack
    from deploy.users import AUDITOR, STAFF
    from shared.mongo_log import MongoLog, connect
    from shared.working_days import Calendar

    stack = Stack()
    stack.name_officers(play.DIRECTORY)
    stack.up(caller.say)
    ledger = environment(AUDITOR)["MONGO_URI"]
    with connect(ledger) as client, caller.services() as services:
        log = MongoLog(client)
        prepared = play.prepare(
            log,
            authority=caller.authority,
            today=SystemClock().today(),
            seed=seed,
            cases=cases,
            calendar=Calendar.load(),
        )
        with progress_bar() as progress:
            played = play.play(
                prepared,
                amqp_uri=environment(STAFF)["AMQP_URI"],
                issuer=stack.issuer(),
                log=log,
                authority=caller.authority,
                progress=progress,
            )
        report = verified(log, caller.authority)
        if caller.as_json:
            print_json(story.facts(prepared, played) | {"verified": report})
        else:
            story.tell(console(), prepared, played, services.call, told_chain(report))
            caller.say(f"The stack keeps running; `{sys.argv[0]} down` stops it.")
    if report["fault"]:
        raise SystemExit(NO)
