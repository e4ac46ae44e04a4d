"""Letters of other systems that could not be taken, for whoever operates and holds the key files.

No content is ever printed: it goes to a file, and who wrote it there is on record.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deploy.cli.frame import NO, USAGE, Caller, Failure, asking, main
from deploy.errors import BadInput
from shared.clock import VIETNAM, SystemClock, instant_text

if TYPE_CHECKING:
    from rich.table import Table

    from services.intake.rejections import Rejected
    from shared.vault import Vault

REASON = click.Choice(["lam_ro_voi_noi_gui", "tim_loi_he_thong", "theo_yeu_cau"])


@main.command()
@click.argument("reference", metavar="[REF]", required=False)
@click.option(
    "--into",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the letter REF as it came to this new file, for its owner only; needs --reason.",
)
@click.option("--reason", type=REASON, help="Why it is read; kept beside it with who and when.")
@click.option("--erase", "erases", is_flag=True, help="Make REF unreadable for ever.")
@click.option(
    "--erase-older-than",
    "days",
    type=click.IntRange(1),
    metavar="DAYS",
    help="The same with all that last came longer ago. How long they are kept, you say.",
)
@asking
def rejected(
    caller: Caller,
    reference: str | None,
    into: Path | None,
    reason: str | None,
    erases: bool,
    days: int | None,
) -> None:
    """Letters of other systems that could not be taken: list them, read one, erase.

    Of the list, nothing of what a letter says is shown. Reading and erasing need the key files.
    """
    asked = [wanted for wanted in (into, erases or None, days) if wanted is not None]
    if len(asked) > 1 or bool(reference) != bool(into or erases) or bool(into) != bool(reason):
        told = "REF goes with --into FILE --reason R, or with --erase; --erase-older-than alone"
        raise Failure(told, USAGE, "usage", caller.as_json)
    if reference and into and reason:
        _read(caller, reference, into, reason)
    elif reference:
        with _failing(caller):
            _erase(caller, [reference])
    elif days:
        _erase(caller, _older_than(SystemClock().now() - timedelta(days=days)))
    else:
        _list(caller)


def _list(caller: Caller) -> None:
    from services.intake import rejections

    with _database() as client:
        found = rejections.listed(client)
    caller.show(
        {"rejected": [_plain(asdict(each)) for each in found]},
        lambda: _told(found) if found else "nothing was rejected",
    )


def _read(caller: Caller, reference: str, into: Path, reason: str) -> None:
    from services.intake import rejections
    from shared import key_files

    if into.exists() or not into.parent.is_dir():
        raise BadInput(f"{into}: name a new file in a folder that is there")
    why = rejections.ReadingReason(reason)
    look = rejections.Look(at=SystemClock().now(), by=_by(caller), reason=why)
    with _failing(caller), _vault() as (client, vault):
        rejections.note_look(client, reference, look)  # before anything is opened
        body = rejections.body_of(client, vault, reference)
    try:
        key_files.write(into, body)
    except OSError as error:
        raise BadInput(f"{into}: {error.strerror}") from None
    caller.show(
        {"reference": reference, "file": str(into), "bytes": len(body)},
        lambda: f"{into}: {len(body)} bytes; delete it when you are done",
    )


def _erase(caller: Caller, references: Sequence[str]) -> None:
    from services.intake import rejections

    by = _by(caller)
    with _vault() as (client, vault):
        for reference in references:
            rejections.erase(client, vault, reference, SystemClock().now(), by)
    caller.show({"erased": list(references)}, lambda: f"{len(references)} erased")


def _older_than(instant: datetime) -> list[str]:
    from services.intake import rejections

    with _database() as client:
        return [
            each.reference
            for each in rejections.listed(client)
            if each.erased_at is None and each.last_received_at < instant
        ]


@contextmanager
def _database() -> Iterator[Any]:
    """As intake, whose table it is and who erases: no other login may do more."""
    from deploy.client import environment, reaching_database
    from shared.mongo_log import connect

    with reaching_database(), connect(environment("intake")["MONGO_URI"]) as client:
        yield client


@contextmanager
def _vault() -> Iterator[tuple[Any, "Vault"]]:
    from deploy.client import environment
    from shared.vault import Vault

    with _database() as client:
        vault = Vault(client, Path(environment("intake")["DONTHU_KEYS"]))
        try:
            yield client, vault
        finally:
            vault.close()


@contextmanager
def _failing(caller: Caller) -> Iterator[None]:
    from shared.vault import SealBroken

    try:
        yield
    except LookupError as error:
        told = f"{error.args[0]}: `donthu rejected` lists them"
        raise Failure(told, NO, "unknown_reference", caller.as_json) from None
    except SealBroken as error:
        raise Failure(str(error), NO, "seal_broken", caller.as_json) from None


def _by(caller: Caller) -> str:
    """Who does it, by an id as in a token: it is kept in clear."""
    from shared.access.tokens import OFFICER

    if not OFFICER.fullmatch(caller.actor):
        raise BadInput("--actor is officer:ID, as in a token")
    return caller.actor


def _plain(told: Any) -> Any:
    """With instants as text."""
    match told:
        case datetime():
            return instant_text(told)
        case dict():
            return {name: _plain(value) for name, value in told.items()}
        case list() | tuple():
            return [_plain(value) for value in told]
        case _:
            return told


def _told(found: Sequence["Rejected"]) -> "Table":
    from deploy.showing import table, vn_day

    def day(instant: datetime) -> str:
        return vn_day(instant.astimezone(VIETNAM).date())

    return table(
        "",
        ("Reference", "Agency", "Reasons", "Times", "Last", "State"),
        (
            (
                each.reference,
                each.agency,
                ", ".join(dict.fromkeys(each.codes)),
                each.times,
                day(each.last_received_at),
                _state(each),
            )
            for each in found
        ),
        numbers=(3,),
    )


def _state(letter: "Rejected") -> str:
    if letter.erased_at:
        return "erased"
    return f"read {len(letter.looks)}×" if letter.looks else ""
