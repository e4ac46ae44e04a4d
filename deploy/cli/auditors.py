"""What auditors ask: history, replay, proof."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import click

from deploy.cli.frame import (
    CASE,
    JSON,
    NO,
    Caller,
    Day,
    Instant,
    asking,
    main,
    print_json,
    progress_bar,
)


@main.command()
@CASE
@asking
def history(caller: Caller, file: str) -> None:
    """Every event of one case as the ledger has it, with positions."""
    from deploy import showing

    answer = caller.ask("reporting", "history", {"file": file})
    caller.show(answer, lambda: showing.history("", answer["events"]))


@main.command()
@CASE
@asking
def timeline(caller: Caller, file: str) -> None:
    """What happened to one case, in Vietnamese sentences."""
    from deploy import showing

    answer = caller.ask("reporting", "timeline", {"file": file})
    caller.show(answer, lambda: showing.timeline("", answer["entries"]))


@main.command()
@CASE
@click.option("--as-of", type=Day(), help="What had happened by that day, as the law counts.")
@click.option("--known-at", type=Instant(), help="What was on record at that instant.")
@asking
def replay(caller: Caller, file: str, as_of: date | None, known_at: str | None) -> None:
    """One case as it stood on an earlier day, folded again from the ledger.

    Exit 1 if the case was not there yet.
    """
    from deploy import showing

    day = as_of.isoformat() if as_of else None
    answer = caller.ask("reporting", "replay", {"file": file, "as_of": day, "known_at": known_at})
    then = known_at or showing.vn_day(answer["as_of"])
    if answer["case"] is None:
        if caller.as_json:
            print_json(answer)
        caller.say(f"donthu: hồ sơ {file} chưa có tại thời điểm {then}")
        raise SystemExit(NO)
    caller.show(answer, lambda: showing.card(f"Tại thời điểm {then}", answer["case"]))


@main.command()
@click.option(
    "--authority", envvar="DONTHU_AUTHORITY", show_envvar=True, help="Only this ward; default: all."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@click.pass_context
def verify(ctx: click.Context, authority: str | None, as_json: bool) -> None:
    """Check the hash chain of the ledger, read from the database without the services.

    Exit 1 at the first fault.
    """
    from deploy.client import environment
    from deploy.users import AUDITOR
    from shared.mongo_log import MongoLog, connect

    ctx.meta[JSON] = as_json
    with connect(environment(AUDITOR)["MONGO_URI"]) as client:
        log = MongoLog(client)
        reports = [
            verified(log, each) for each in ([authority] if authority else log.authorities())
        ]
    if as_json:
        print_json({"authorities": reports})
    else:
        for report in reports:
            click.echo(told_chain(report))
        if not reports:
            click.echo("the ledger is empty")
    if any(report["fault"] for report in reports):
        raise SystemExit(NO)


def verified(log: Any, authority: str) -> dict[str, Any]:
    from shared.errors import HoleInLog
    from shared.ledger import first_fault

    read, last = 0, None
    with progress_bar() as progress:
        task = progress.add_task(f"verifying {authority}", total=log.head(authority) or None)

        def counted() -> Iterator[Any]:
            nonlocal read, last
            for commit in log.after(authority, 0):
                read, last = read + 1, commit
                progress.advance(task)
                yield commit

        try:
            fault = first_fault(counted())
        except HoleInLog as hole:
            fault = str(hole)
    return {
        "authority": authority,
        "commits": read,
        "head": last.hash if last else None,
        "fault": fault,
    }


def told_chain(report: Mapping[str, Any]) -> str:
    if report["fault"]:
        return f"FAULT after {report['commits']} commits: {report['fault']}"
    if not report["commits"]:
        return f"authority {report['authority']}: no commits"
    return (
        f"authority {report['authority']}: {report['commits']} commits, no position missing, every"
        f" hash as its content says; head {report['head']}"
    )
