"""What staff ask: cards, lists, limits."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from deploy.cli.frame import CASE, USAGE, Caller, Day, Fact, Failure, Instant, asking, main
from shared.contracts.cases import TaskTopic
from shared.contracts.petitions import Channel, Field, Flag, Kind
from shared.contracts.receptions import Host, ReceptionKind, ReceptionMode

if TYPE_CHECKING:
    from rich.table import Table

_ANY = "one that is not there is answered with all that are"
UNIT = click.option("--unit", metavar="CODE", help=f"Such as van-phong; {_ANY}.")
OFFICER = click.option("--officer", metavar="CODE", help=f"Such as cb-van-phong-1; {_ANY}.")


@main.command()
@CASE
@asking
def case(caller: Caller, file: str) -> None:
    """The card of one case as it is now."""
    from deploy import showing_files

    answer = caller.ask("reporting", "case", {"file": file})
    caller.show(answer, lambda: showing_files.card("", answer))


@main.command()
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]))
@click.option("--field", type=click.Choice([field.value for field in Field]))
@click.option("--state", help="Such as received, assigned or closed.")
@UNIT
@OFFICER
@click.option("--channel", type=click.Choice([channel.value for channel in Channel]))
@click.option(
    "--flag",
    "flags",
    type=click.Choice([flag.value for flag in Flag]),
    multiple=True,
    help="With this sign; several times: with all of them.",
)
@click.option("--overdue/--not-overdue", default=None, help="With an overdue limit, or without.")
@click.option("--unassigned/--assigned", default=None, help="Open and nobody's, or all others.")
@click.option("--escalated-to", help="An officer, a unit, don_vi_tham_muu or chu_tich.")
@click.option("--from", "received_from", type=Day(), help="Received on this day or later.")
@click.option("--to", "received_to", type=Day(), help="Received on this day or earlier.")
@click.option("--as-of", type=Day(), help="As they were on that day, as the law counts.")
@click.option("--known-at", type=Instant(), help="As they were on record at that instant.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--after", help="`next` of the page before.")
@asking
def cases(caller: Caller, **filters: Any) -> None:
    """Cases that fit all filters, those received last first.

    With --as-of or --known-at they are folded again from the ledger, by file number.
    """
    then = filters["as_of"] or filters["known_at"]
    _list_cases(caller, "cases_as_of" if then else "cases", filters)


@main.command()
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--after", help="`next` of the page before.")
@asking
def overdue(caller: Caller, **page: Any) -> None:
    """Open cases with a limit that is over, those that wait longest first."""
    _list_cases(caller, "overdue", page)


@main.command()
@click.option("--min-days", type=click.IntRange(0), help="Here for so many days; 45 if left out.")
@click.option(
    "--unplanned/--planned", default=None, help="Without a plan to finish it, or with one."
)
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--after", help="`next` of the page before.")
@asking
def backlog(caller: Caller, **filters: Any) -> None:
    """Open cases that linger, with causes and plan, the oldest first.

    They have a limit that is over, or have been here for --min-days.
    """
    _list_cases(caller, "backlog", filters)


def _list_cases(caller: Caller, method: str, asked: Mapping[str, Any]) -> None:
    from deploy import showing_files

    tell = showing_files.lingering if method == "backlog" else showing_files.cases
    _list(caller, method, asked, "cases", tell)


def _list(
    caller: Caller,
    method: str,
    asked: Mapping[str, Any],
    name: str,
    made: "Callable[[str, Iterable[Mapping[str, Any]]], Table]",
) -> None:
    """Ask for a page, and show the list that has this name in the answer."""
    payload = {
        field: value.isoformat() if isinstance(value, date) else value
        for field, value in asked.items()
    }
    answer = caller.ask("reporting", method, payload)
    while not answer[name] and answer["next"]:  # nothing in as many files as one request folds
        answer = caller.ask("reporting", method, payload | {"after": answer["next"]})
    caller.show(answer, lambda: made("", answer[name]))
    if answer["next"] and not caller.as_json:
        caller.say(f"more: --after {answer['next']}")


@main.command()
@UNIT
@OFFICER
@click.option("--topic", type=click.Choice([topic.value for topic in TaskTopic]))
@click.option("--open/--done", "is_open", default=None, help="Not done yet, or done.")
@click.option("--overdue/--not-overdue", default=None, help="Not done and over, or all others.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--after", help="`next` of the page before.")
@asking
def tasks(caller: Caller, **filters: Any) -> None:
    """Directive tasks that fit all filters, those due first."""
    from deploy import showing_work

    _list(caller, "tasks", filters, "tasks", showing_work.tasks)


@main.command()
@click.option("--kind", type=click.Choice([kind.value for kind in ReceptionKind]))
@click.option("--mode", type=click.Choice([mode.value for mode in ReceptionMode]))
@click.option("--host", type=click.Choice([host.value for host in Host]))
@click.option("--from", "held_from", type=Day(), help="Held on this day or later.")
@click.option("--to", "held_to", type=Day(), help="Held on this day or earlier.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--after", help="`next` of the page before.")
@asking
def receptions(caller: Caller, **filters: Any) -> None:
    """Sessions of citizen reception that fit all filters, the latest first."""
    from deploy import showing_work

    _list(caller, "receptions", filters, "receptions", showing_work.receptions)


@main.command()
@asking
def workload(caller: Caller) -> None:
    """Open and overdue cases by unit and officer."""
    from deploy import showing_work

    answer = caller.ask("reporting", "workload", {})
    caller.show(answer, lambda: showing_work.workload("", answer))


@main.command()
@click.argument("kind")
@click.argument("stage")
@click.option(
    "--from", "trigger", type=Day(), required=True, help="Day that the limit counts from."
)
@click.option(
    "--fact", "facts", type=Fact(), multiple=True, help="Such as complex=true; may be repeated."
)
@click.option("--as-of", type=Day(), help="By the law in force on that day.")
@asking
def deadline(
    caller: Caller,
    kind: str,
    stage: str,
    trigger: date,
    facts: tuple[tuple[str, str], ...],
    as_of: date | None,
) -> None:
    """When a legal limit ends, and why. Needs no running stack.

    KIND and STAGE are those of the rule table, such as: khieu_nai accept. Days off are those of the
    national table; a ward's own changes of it count where its service is asked.
    """
    from deploy import showing_files
    from services.deadlines.facts import Facts, Unanswerable
    from services.deadlines.rules import RuleTable
    from services.deadlines.terms import compute
    from shared.working_days import Calendar, OutsideCalendar

    try:
        calendar, rules = Calendar.load(), RuleTable.load()
        term = compute(kind, stage, trigger, Facts.parse(facts), calendar, rules, as_of=as_of)
    except (Unanswerable, OutsideCalendar) as error:
        raise Failure(str(error), USAGE, error.code, caller.as_json) from error
    caller.show(
        term.as_data(),
        lambda: showing_files.term(term.rule.name, term.due, term.sentences()),
    )
