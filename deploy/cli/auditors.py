"""What auditors ask of one case: history, timeline, replay; see `proofs` for what proves it."""

from datetime import date

import click

from deploy.cli.frame import (
    CASE,
    NO,
    Caller,
    Day,
    Instant,
    Moment,
    asking,
    main,
    print_json,
)


@main.command()
@CASE
@asking
def history(caller: Caller, file: str) -> None:
    """Every event of one case as the ledger has it, with positions."""
    from deploy import showing_files

    answer = caller.ask("reporting", "history", {"file": file})
    caller.show(answer, lambda: showing_files.history("", answer["events"]))


@main.command()
@CASE
@asking
def timeline(caller: Caller, file: str) -> None:
    """What happened to one case, in Vietnamese sentences."""
    from deploy import showing_files

    answer = caller.ask("reporting", "timeline", {"file": file})
    caller.show(answer, lambda: showing_files.timeline("", answer["entries"]))


@main.command()
@CASE
@click.option("--as-of", type=Day(), help="What had happened by that day, as the law counts.")
@click.option("--known-at", type=Instant(), help="What was on record at that instant.")
@asking
def replay(caller: Caller, file: str, as_of: date | None, known_at: str | None) -> None:
    """One case as it stood on an earlier day, folded again from the ledger.

    Exit 1 if the case was not there yet.
    """
    from deploy import showing, showing_files

    day = as_of.isoformat() if as_of else None
    answer = caller.ask("reporting", "replay", {"file": file, "as_of": day, "known_at": known_at})
    then = known_at or showing.vn_day(answer["as_of"])
    if answer["case"] is None:
        if caller.as_json:
            print_json(answer)
        caller.say(f"donthu: hồ sơ {file} chưa có tại thời điểm {then}")
        raise SystemExit(NO)
    caller.show(answer, lambda: showing_files.card(f"Tại thời điểm {then}", answer["case"]))


@main.command()
@CASE
@click.argument("first", type=Moment())
@click.argument("second", type=Moment(), default="", metavar="[SECOND]")
@asking
def compare(caller: Caller, file: str, first: dict[str, str], second: dict[str, str]) -> None:
    """What is different in a case at two moments, and which event made each difference.

    A moment is a day, as the law counts (2026-10-15), an instant, as was on record then
    (2026-10-15T09:30:00+07:00), or both (2026-10-15@2026-11-01T00:00:00+07:00); SECOND is now, if
    left out.
    """
    from deploy import showing_files

    answer = caller.ask("reporting", "compare", {"file": file, "first": first, "second": second})
    caller.show(answer, lambda: showing_files.differences(answer))
