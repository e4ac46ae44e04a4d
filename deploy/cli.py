"""The command line `donthu`: the local stack, the demo, and what agencies, staff and auditors do.

Exit codes: 0 yes; 1 refused, rejected, or a fault was found; 2 wrong usage; 3 something does not
answer. With `--json` one JSON document goes to stdout and nothing else; what is on its way and what
went wrong go to stderr. What clerks read is Vietnamese.
"""

import dataclasses
import functools
import json
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import IO, Any, TypeVar

import click

from deploy.errors import BadInput, NotPermitted, ServiceFailed, Unreachable
from deploy.processes import StackError
from shared.clock import SystemClock
from shared.contracts.petitions import Channel, Field, Kind
from shared.errors import CommandRepeated, Conflict, LogUnavailable, Malformed, Refused
from shared.settings import SettingMissing

# Known and decided on (docs/adr); nobody at a terminal can do anything about it.
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

Command = TypeVar("Command", bound=Callable[..., Any])

NO, USAGE, UNREACHABLE = 1, 2, 3  # exit codes
NHAN_HOA = "09253"
_JSON = "donthu.json"
_NO_LEDGER = "the database does not answer: run `donthu up`"
_CODES: Mapping[type[Exception], int] = {
    Refused: NO,
    Malformed: NO,
    Conflict: NO,
    CommandRepeated: NO,
    NotPermitted: NO,
    BadInput: USAGE,
    ServiceFailed: UNREACHABLE,
    Unreachable: UNREACHABLE,
    LogUnavailable: UNREACHABLE,
    SettingMissing: UNREACHABLE,
    StackError: UNREACHABLE,
}


class Failure(click.ClickException):
    """The end of a command that did not go well: one line on stderr, and its exit code."""

    def __init__(self, message: str, exit_code: int, code: str, as_json: bool) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]  # click reads it off the instance
        self.code, self.as_json = code, as_json

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"donthu: {self.message}", err=True)
        if self.as_json:
            print_json({"error": {"code": self.code, "message": self.message}})


class Commands(click.Group):
    """All commands, with every expected error told in the same way."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except tuple(_CODES) as error:
            code = getattr(error, "code", type(error).__name__)
            as_json = bool(ctx.meta.get(_JSON))
            exit_code = next(c for kind, c in _CODES.items() if isinstance(error, kind))
            line = _NO_LEDGER if isinstance(error, LogUnavailable) else " ".join(str(error).split())
            raise Failure(line, exit_code, code, as_json) from error


@dataclasses.dataclass(frozen=True, kw_only=True)
class Caller:
    """In whose name a command asks, and how it wants its answer."""

    authority: str
    actor: str
    as_json: bool

    def ask(self, service: str, method: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """One request; fields that are None are left out."""
        with self.services() as services:
            answer: dict[str, Any] = services.call(service, method, _told(payload))
            return answer

    @contextmanager
    def services(self) -> Iterator[Any]:
        from deploy.client import Services, environment

        uri = environment()["AMQP_URI"]
        with Services(uri, authority=self.authority, actor=self.actor) as services:
            yield services

    def show(self, answer: Any, *shown: Callable[[], Any]) -> None:
        """The answer as JSON, or what `shown` makes for people."""
        if self.as_json:
            print_json(answer)
            return
        from deploy.showing import console

        out = console()
        for make in shown:
            out.print(make())

    def say(self, line: str) -> None:
        """What is going on, on stderr."""
        click.echo(line, err=True)


def print_json(answer: Any) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def _told(payload: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in payload.items() if value is not None}


def asking(command: Command) -> Command:
    """Give a command the options that all have, as its first argument `caller`."""

    @click.option(
        "--authority",
        default=NHAN_HOA,
        envvar="DONTHU_AUTHORITY",
        show_default=True,
        show_envvar=True,
        help="Code of the ward.",
    )
    @click.option(
        "--actor",
        default="officer:cli",
        envvar="DONTHU_ACTOR",
        show_default=True,
        show_envvar=True,
        help="Who asks.",
    )
    @click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
    @functools.wraps(command)
    def asked(*, authority: str, actor: str, as_json: bool, **options: Any) -> Any:
        click.get_current_context().meta[_JSON] = as_json
        caller = Caller(authority=authority, actor=actor, as_json=as_json)
        return command(caller, **options)

    return asked  # type: ignore[return-value]


class Day(click.ParamType[Any]):
    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        try:
            if isinstance(value, date):
                return value
            day = date.fromisoformat(value)
            if day.isoformat() != value:  # it also reads weeks and days without hyphens
                raise ValueError
            return day
        except ValueError:
            self.fail(f"{value!r} is no day: write YYYY-MM-DD, such as 2026-11-23", param, ctx)


class Instant(click.ParamType[Any]):
    name = "INSTANT"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        try:
            if datetime.fromisoformat(value).tzinfo is None:
                raise ValueError
        except ValueError:
            example = "2026-10-02T09:30:00+07:00"
            self.fail(f"{value!r} is no instant with its time zone: {example}", param, ctx)
        return str(value)


class Fact(click.ParamType[Any]):
    name = "NAME=VALUE"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        name, separator, said = str(value).partition("=")
        if not separator:
            self.fail(f"{value!r} is no fact: write NAME=VALUE, such as complex=true", param, ctx)
        return name, said


CASE = click.argument("file", metavar="CASE")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="donthu", message="%(prog)s %(version)s")
def main() -> None:
    """Citizens' petitions of a Vietnamese ward: received, settled, and provably so."""


# -- the local stack


@main.command()
@asking
def up(caller: Caller) -> None:
    """Start database, broker, relay and services; harmless if they run."""
    from deploy.stack import Stack

    stack = Stack()
    stack.up(caller.say)
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
    return program["state"] in ("running", "external") and program["health"] in (None, "ok")


# -- the demo


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
    from shared.mongo_log import MongoLog, connect
    from shared.working_days import Calendar

    Stack().up(caller.say)
    uris = environment()
    with connect(uris["MONGO_URI"]) as client, caller.services() as services:
        log = MongoLog(client)
        prepared = play.prepare(
            log,
            authority=caller.authority,
            today=SystemClock().today(),
            seed=seed,
            cases=cases,
            calendar=Calendar.load(),
        )
        with _progress() as progress:
            played = play.play(
                prepared,
                amqp_uri=uris["AMQP_URI"],
                log=log,
                authority=caller.authority,
                progress=progress,
            )
        report = _verified(log, caller.authority)
        if caller.as_json:
            print_json(story.facts(prepared, played) | {"verified": report})
        else:
            story.tell(console(), prepared, played, services.call, _told_chain(report))
            caller.say(f"The stack keeps running; `{sys.argv[0]} down` stops it.")
    if report["fault"]:
        raise SystemExit(NO)


# -- agencies


@main.command()
@click.argument("file", type=click.File("rb"))
@click.option("--agency", default="portal", show_default=True, help="In whose name to publish.")
@click.option(
    "--wait",
    "wait_s",
    type=click.FloatRange(0, 600),
    default=10.0,
    show_default=True,
    help="Seconds to wait for the answers; 0 does not wait.",
)
@asking
def publish(caller: Caller, file: IO[bytes], agency: str, wait_s: float) -> None:
    """Send the CloudEvents of FILE (one object, or a list) to the agencies exchange.

    Waits for the answer to each: its file number, or the reasons why it was rejected (exit 1).
    """
    events = _cloud_events(file)
    from deploy.client import Agency

    with Agency(agency) as publisher, _progress() as progress:
        task = progress.add_task("waiting for answers", total=len(events), visible=wait_s > 0)
        for event in events:
            publisher.publish(event)
        ids = [event["id"] for event in events]
        answers = publisher.answers(ids, wait_s, lambda answer: progress.advance(task))
    told = [
        {"id": id, "status": "unanswered"}
        if id not in answers
        else {
            "id": id,
            "status": "acknowledged" if answers[id].is_accepted else "rejected",
            **answers[id].data,
        }
        for id in dict.fromkeys(ids)
    ]
    caller.show({"events": told}, lambda: "\n".join(map(_answer_line, told)))
    if any(each["status"] == "rejected" for each in told):
        raise SystemExit(NO)
    if wait_s and len(answers) < len(told):
        raise Unreachable(f"no answer within {wait_s:g} s: see `donthu status`")


def _answer_line(told: Mapping[str, Any]) -> str:
    match told["status"]:
        case "acknowledged":
            return f"{told['id']}: mã hồ sơ {told['file']}, vị trí {told['position']} trong sổ"
        case "rejected":
            reasons = [
                f"  {reason['field']}: {reason['message']} ({reason['code']})"
                for reason in told["reasons"]
            ]
            return "\n".join(
                (f"{told['id']}: bị từ chối, số tra cứu {told['reference']}", *reasons)
            )
        case _:
            return f"{told['id']}: đã gửi, chưa có trả lời"


def _cloud_events(file: IO[bytes]) -> list[dict[str, Any]]:
    try:
        read = json.loads(file.read().decode())
    except ValueError as error:
        raise BadInput(f"{file.name} is not JSON in UTF-8: {error}") from None
    events = read if isinstance(read, list) else [read]
    for number, event in enumerate(events, start=1):
        for name in ("id", "type"):
            if not isinstance(event, dict) or not isinstance(event.get(name), str):
                raise BadInput(f"{file.name}: event {number} is no CloudEvent: it needs a {name}")
    if not events:
        raise BadInput(f"{file.name} holds no event")
    return events


# -- staff


@main.command()
@CASE
@asking
def case(caller: Caller, file: str) -> None:
    """The card of one case as it is now."""
    from deploy import showing

    answer = caller.ask("reporting", "case", {"file": file})
    caller.show(answer, lambda: showing.card("", answer))


@main.command()
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]))
@click.option("--field", type=click.Choice([field.value for field in Field]))
@click.option("--state", help="Such as received, assigned or closed.")
@click.option("--unit")
@click.option("--officer")
@click.option("--channel", type=click.Choice([channel.value for channel in Channel]))
@click.option("--overdue/--not-overdue", default=None, help="With an overdue limit, or without.")
@click.option("--from", "received_from", type=Day(), help="Received on this day or later.")
@click.option("--to", "received_to", type=Day(), help="Received on this day or earlier.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--after", help="`next` of the page before.")
@asking
def cases(caller: Caller, **filters: Any) -> None:
    """Cases that fit all filters, those received last first."""
    _list_cases(caller, "cases", filters)


@main.command()
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--after", help="`next` of the page before.")
@asking
def overdue(caller: Caller, **page: Any) -> None:
    """Open cases with a limit that is over, those that wait longest first."""
    _list_cases(caller, "overdue", page)


def _list_cases(caller: Caller, method: str, asked: Mapping[str, Any]) -> None:
    from deploy import showing

    payload = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in asked.items()
    }
    answer = caller.ask("reporting", method, payload)
    caller.show(answer, lambda: showing.cases("", answer["cases"]))
    if answer["next"] and not caller.as_json:
        caller.say(f"more: --after {answer['next']}")


@main.command()
@asking
def workload(caller: Caller) -> None:
    """Open and overdue cases by unit and officer."""
    from deploy import showing

    answer = caller.ask("reporting", "workload", {})
    caller.show(answer, lambda: showing.workload("", answer))


@main.command()
@click.argument("kind")
@click.argument("stage")
@click.option(
    "--from", "trigger", type=Day(), required=True, help="Day that the limit counts from."
)
@click.option(
    "--fact", "facts", type=Fact(), multiple=True, help="Such as complex=true; may be repeated."
)
@asking
def deadline(
    caller: Caller, kind: str, stage: str, trigger: date, facts: tuple[tuple[str, str], ...]
) -> None:
    """When a legal limit ends, and why. Needs no running stack.

    KIND and STAGE are those of the rule table, such as: khieu_nai accept.
    """
    from deploy import showing
    from services.deadlines.facts import Facts, Unanswerable
    from services.deadlines.rules import RuleTable
    from services.deadlines.terms import compute
    from shared.working_days import Calendar, OutsideCalendar

    try:
        term = compute(kind, stage, trigger, Facts.parse(facts), Calendar.load(), RuleTable.load())
    except (Unanswerable, OutsideCalendar) as error:
        raise Failure(str(error), USAGE, error.code, caller.as_json) from error
    caller.show(term.as_data(), lambda: showing.term(term))


# -- auditors


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
    from shared.mongo_log import MongoLog, connect

    ctx.meta[_JSON] = as_json
    with connect(environment()["MONGO_URI"]) as client:
        log = MongoLog(client)
        reports = [
            _verified(log, each) for each in ([authority] if authority else log.authorities())
        ]
    if as_json:
        print_json({"authorities": reports})
    else:
        for report in reports:
            click.echo(_told_chain(report))
        if not reports:
            click.echo("the ledger is empty")
    if any(report["fault"] for report in reports):
        raise SystemExit(NO)


def _verified(log: Any, authority: str) -> dict[str, Any]:
    from shared.errors import HoleInLog
    from shared.ledger import first_fault

    read, last = 0, None
    with _progress() as progress:
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


def _told_chain(report: Mapping[str, Any]) -> str:
    if report["fault"]:
        return f"FAULT after {report['commits']} commits: {report['fault']}"
    if not report["commits"]:
        return f"authority {report['authority']}: no commits"
    return (
        f"authority {report['authority']}: {report['commits']} commits, no position missing, every"
        f" hash as its content says; head {report['head']}"
    )


# -- operators


@main.command()
@click.argument("table", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@click.pass_context
def rebuild(ctx: click.Context, table: str | None, as_json: bool) -> None:
    """Fold a table of reporting, or all, anew from the ledger, while the old one answers."""
    from deploy.client import environment, reaching_database
    from services.reporting import rebuild as rebuilding
    from shared.mongo_log import MongoLog, connect

    ctx.meta[_JSON] = as_json
    with (
        connect(environment()["MONGO_URI"]) as client,
        reaching_database(),
        _progress() as progress,
    ):
        log = MongoLog(client)
        tables = [table] if table else list(rebuilding.TABLES)
        total = sum(map(log.head, log.authorities())) * len(tables)
        task = progress.add_task("folding the ledger", total=total)
        folded = rebuilding.rebuild(
            client, log, table, lambda _table, _authority, done: progress.advance(task, done)
        )
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
    from deploy import client, showing

    if retry is None:
        messages = client.parked()
        caller.show(
            {"parked": [dataclasses.asdict(message) for message in messages]},
            lambda: showing.parked("", messages) if messages else "nothing is parked",
        )
        return
    moved = client.retry_parked(None if retry == "all" else retry)
    caller.show({"retried": moved}, lambda: f"{moved} sent round again")
    if not moved and retry != "all":
        raise Failure(
            "no parked message has this id: `donthu parked` lists them", NO, "unknown_id", False
        )


@contextmanager
def _progress() -> Iterator[Any]:
    """Bars on stderr while something takes long; gone when it is done."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from deploy.showing import console

    err = console(to_stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    ) as progress:
        yield progress


if __name__ == "__main__":
    main()
