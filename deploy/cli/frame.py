"""What all commands of `donthu` share: who asks, how answers and errors are told.

Exit codes: 0 yes; 1 refused, rejected, or a fault was found; 2 wrong usage; 3 something does not
answer. With `--json` one JSON document goes to stdout and nothing else; what is on its way and what
went wrong go to stderr. What clerks read is Vietnamese.
"""

import dataclasses
import functools
import json
import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, TypeVar

import click

from deploy.errors import BadInput, NotPermitted, ServiceFailed, Unreachable
from deploy.processes import StackError
from shared.access.permissions import ROLES
from shared.errors import CommandRepeated, Conflict, LogUnavailable, Malformed, Refused
from shared.key_files import KeyUnusable
from shared.settings import SettingMissing

# Known and decided on (docs/adr); nobody at a terminal can do anything about it.
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

Command = TypeVar("Command", bound=Callable[..., Any])

NO, USAGE, UNREACHABLE = 1, 2, 3  # exit codes
NHAN_HOA = "09253"
JSON = "donthu.json"
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
    KeyUnusable: UNREACHABLE,
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
            as_json = bool(ctx.meta.get(JSON))
            exit_code = next(c for kind, c in _CODES.items() if isinstance(error, kind))
            line = _NO_LEDGER if isinstance(error, LogUnavailable) else " ".join(str(error).split())
            raise Failure(line, exit_code, code, as_json) from error


@dataclasses.dataclass(frozen=True, kw_only=True)
class Caller:
    """In whose name a command asks, and how it wants its answer."""

    authority: str
    actor: str
    roles: tuple[str, ...]
    as_json: bool
    wards: tuple[str, ...] = ()  # that a token of the local stack lets one look at

    def ask(
        self, service: str, method: str, payload: Mapping[str, Any], *, timeout_s: float = 15.0
    ) -> dict[str, Any]:
        """One request; fields that are None are left out."""
        with self.services(timeout_s) as services:
            answer: dict[str, Any] = services.call(service, method, _told(payload))
            return answer

    @contextmanager
    def services(self, timeout_s: float = 15.0) -> Iterator[Any]:
        from deploy.client import Services, environment
        from deploy.users import STAFF

        uri = environment(STAFF)["AMQP_URI"]
        token = self.token()
        with Services(uri, authority=self.authority, token=token, timeout_s=timeout_s) as services:
            yield services

    def token(self, roles: Sequence[str] = ()) -> str:
        """DONTHU_TOKEN, else one of the local stack's own issuer.

        Raises: StackError: there is neither.
        """
        from deploy.stack import Stack

        given = os.environ.get("DONTHU_TOKEN")
        if given and not roles:
            return given
        issuer = Stack().issuer()
        return issuer.token(self.actor, self.authority, roles or self.roles, wards=self.wards)

    def show(self, answer: Any, *shown: Callable[[], Any]) -> None:
        """The answer as JSON, or what `shown` makes for people."""
        if self.as_json:
            print_json(answer)
            return
        from deploy.showing import console

        out = console()
        for make in shown:
            made = make()
            if isinstance(made, str):
                click.echo(made)  # not fitted to the screen: it may be copied, or read by a program
            else:
                out.print(made)

    def must_write_one_of(self, kinds: Iterable[str], file: Path, option: str) -> None:
        """Raises: Failure: the file's ending is none of these."""
        if file.suffix not in kinds:
            line = f"{file.name}: write one of {', '.join(kinds)}"
            raise Failure(line, USAGE, option, self.as_json)

    def say(self, line: str) -> None:
        """What is going on, on stderr."""
        click.echo(line, err=True)


def json_file(answer: Any, *_printed: Any) -> bytes:
    """The answer as the content of a .json file, whatever else would be printed with it."""
    return json.dumps(answer, ensure_ascii=False, indent=2).encode()


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
        help="Who asks; with DONTHU_TOKEN set, the token says who.",
    )
    @click.option(
        "--role",
        "roles",
        multiple=True,
        type=click.Choice(list(ROLES)),
        default=("chair", "petition_officer", "reporting_officer"),
        envvar="DONTHU_ROLES",
        show_envvar=True,
        help="In what role, on the local stack; may be repeated.",
    )
    @click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
    @functools.wraps(command)
    def asked(
        *, authority: str, actor: str, roles: tuple[str, ...], as_json: bool, **options: Any
    ) -> Any:
        click.get_current_context().meta[JSON] = as_json
        caller = Caller(authority=authority, actor=actor, roles=roles, as_json=as_json)
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


class Moment(click.ParamType[Any]):
    """A legal day, an instant at which things were known, or both as `DAY@INSTANT`."""

    name = "MOMENT"

    def convert(self, value: Any, param: Any, ctx: Any) -> dict[str, str]:
        if isinstance(value, dict):
            return value
        day, separator, instant = str(value).partition("@")
        if not separator and "T" in day:
            day, instant = "", day
        moment = {"as_of": Day().convert(day, param, ctx).isoformat()} if day else {}
        return moment | ({"known_at": Instant().convert(instant, param, ctx)} if instant else {})


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


@contextmanager
def progress_bar(with_rate: bool = False) -> Iterator[Any]:
    """Bars on stderr while something takes long, with rate and time left; gone when it is done."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    from deploy.showing import console

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed or 0:,.0f}/s")

    err = console(to_stderr=True)
    more = (Rate(), TextColumn("left"), TimeRemainingColumn()) if with_rate else ()
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        *more,
        console=err,
        transient=True,
        disable=not err.is_terminal,
    ) as progress:
        yield progress
