"""What proves the ledger: checkpoints, a witness, exports, and checking all of them."""

import csv
import dataclasses
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from deploy.cli.frame import (
    CASE,
    JSON,
    NO,
    USAGE,
    Caller,
    Failure,
    asking,
    main,
    print_json,
    progress_bar,
)

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@main.command()
@click.option("--timestamp", metavar="URL", help="Also have it stamped by this RFC 3161 authority.")
@asking
def checkpoint(caller: Caller, timestamp: str | None) -> None:
    """Sign the ward's ledger as it is now, at once instead of at the set rhythm."""
    answer = caller.ask("reporting", "checkpoint", {})
    if timestamp:
        answer["stamp"] = _stamp(answer["checkpoint"], timestamp, caller)
    told = [answer["checkpoint"], f"key: {answer['fingerprint']}"]
    if timestamp:
        told.append(f"time stamp: {answer['stamp']}")
    caller.show(answer, lambda: "\n".join(told))


def _stamp(note: str, url: str, caller: Caller) -> str:
    from shared.proof.folder import Folder
    from shared.proof.timestamps import FalseStamp, ask
    from shared.proof.verifier import Checkpoint, split_note

    size = Checkpoint.parse(split_note(note)[0]).size
    folder = Folder(_folder(caller.authority))
    try:
        return str(folder.keep_stamp(size, ask(url, folder.note_path(size).read_bytes())))
    except FalseStamp as error:
        raise Failure(str(error), NO, "no_time_stamp", caller.as_json) from None


@main.command()
@CASE
@click.option("--out", "-o", type=click.Path(dir_okay=False, path_type=Path), required=True)
@asking
def export(caller: Caller, file: str, out: Path) -> None:
    """One case as a file that proves itself: `donthu verify FILE`, anywhere, without us."""
    answer = caller.ask("reporting", "export", {"file": file})
    answer["law"]["tables"] = list(_law_tables(answer["law"]["used"]))
    content = json.dumps(answer, ensure_ascii=False, indent=1)
    out.write_text(content, encoding="utf-8")
    commits, size = len(answer["commits"]), len(content.encode())
    caller.show(
        {"file": str(out), "commits": commits, "bytes": size},
        lambda: f"{out}: {commits} commits, {size} bytes; to check it: donthu verify {out}",
    )


def _law_tables(versions: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The rule table itself, where the one that is installed is the one that was used."""
    from services.deadlines.rules import COLUMNS, TABLE, RuleTable

    if (version := RuleTable.load().version) in versions:
        with TABLE.open(encoding="utf-8", newline="") as table:
            rows = [[row[column] for column in COLUMNS] for row in csv.DictReader(table)]
        yield {"version": version, "rows": rows}


@main.command()
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False
)
@click.option(
    "--key",
    metavar="FINGERPRINT|FILE",
    help="The authority's public key, come by another way than in FILE or from this folder.",
)
@click.option(
    "--witness", "witnesses", multiple=True, help="Key of a witness who must have cosigned FILE."
)
@click.option(
    "--authority",
    envvar="DONTHU_AUTHORITY",
    show_envvar=True,
    help="Without FILE: only this ward; default: all.",
)
@click.option(
    "--checkpoint",
    "held",
    multiple=True,
    type=EXISTING,
    help="Without FILE: a checkpoint of --authority that you kept yourself.",
)
@click.option(
    "--keys",
    "with_keys",
    is_flag=True,
    help="Without FILE: also whether what was erased is what is on record as erased.",
)
@click.option(
    "--tsa",
    type=EXISTING,
    help="Without FILE: also the time stamps, under these trusted certificates (PEM).",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@click.pass_context
def verify(
    ctx: click.Context,
    file: Path | None,
    key: str | None,
    witnesses: Sequence[str],
    authority: str | None,
    held: Sequence[Path],
    with_keys: bool,
    tsa: Path | None,
    as_json: bool,
) -> None:
    """Check an exported FILE alone; without FILE the whole ledger in the database.

    FILE is checked without database, network or services. The ledger is read without the services:
    every hash again, and every checkpoint in DONTHU_CHECKPOINTS. Exit 1 at the first fault.
    """
    ctx.meta[JSON] = as_json
    if file:
        _verify_file(file, key, witnesses, as_json)
    else:
        _verify_ledger(authority, key, held, with_keys, tsa, as_json)


def _verify_file(file: Path, key: str | None, witnesses: Sequence[str], as_json: bool) -> None:
    from shared.proof.verifier import Fault, read_key, read_witness, told
    from shared.proof.verifier import verify as check

    try:
        known = read_key(key) if key else None
        report = check(file.read_bytes(), known, [read_witness(each) for each in witnesses])
    except Fault as fault:
        if as_json:
            print_json({"file": None, "fault": str(fault)})
        else:
            click.echo(f"FAULT: {fault}")
        raise SystemExit(NO) from None
    if not as_json:
        click.echo(told(report))
        return
    print_json(
        {
            "authority": report.authority,
            "file": report.file,
            "fault": None,
            "fingerprint": report.key.fingerprint,
            "is_key_known": report.is_key_known,
            "witnesses": report.witnesses,
            "checkpoint": {"size": report.checkpoint.size, "time": report.checkpoint.time},
            "commits": report.commits,
            "law": report.law,
            "calendars": report.calendars,
        }
    )


def _verify_ledger(
    authority: str | None,
    key: str | None,
    held: Sequence[Path],
    with_keys: bool,
    tsa: Path | None,
    as_json: bool,
) -> None:
    from deploy.client import environment
    from deploy.users import AUDITOR
    from shared.mongo_log import MongoLog, connect

    if held and not authority:
        raise Failure("--checkpoint needs --authority", USAGE, "usage", as_json)
    settings = environment(AUDITOR)
    folder = Path(settings["DONTHU_CHECKPOINTS"])
    notes = [path.read_text("utf-8") for path in held]
    with connect(settings["MONGO_URI"]) as client:
        log = MongoLog(client)
        signed = {path.parent.name for path in folder.glob("*/checkpoint")}
        wanted = [authority] if authority else sorted({*log.authorities(), *signed})
        reports = [verified(log, each, folder / each, key, notes) for each in wanted]
        if with_keys:
            for report in reports:
                report |= _erasures(client, log, report["authority"])
    if tsa:
        for report in reports:
            report |= _stamps(folder / report["authority"], tsa.read_bytes(), report["fault"])
    if as_json:
        print_json({"authorities": reports})
    else:
        for report in reports:
            click.echo(told_chain(report))
            for part in report.get("erased_unrecorded", ()):
                click.echo(f"FAULT: {part}: its key is gone, and no PersonErased says so")
            for part in report.get("erased_undone", ()):
                click.echo(f"FAULT: {part}: PersonErased, and its key is there: erase it again")
        if not reports:
            click.echo("the ledger is empty")
    found = ("fault", "erased_unrecorded", "erased_undone")
    if any(report.get(name) for report in reports for name in found):
        raise SystemExit(NO)


def verified(
    log: Any,
    authority: str,
    folder: Path | None = None,
    key: str | None = None,
    held: Sequence[str] = (),
) -> dict[str, Any]:
    """One ward's whole log, checked; `held` are notes that the caller kept."""
    from shared.proof import audit
    from shared.proof.folder import Folder
    from shared.proof.verifier import Fault

    report: dict[str, Any] = {"authority": authority, "commits": 0, "head": None, "checkpoints": 0}
    try:
        proofs = Folder(folder or _folder(authority))
        checkpoints, leaves = audit.known(proofs, _log_key(key, proofs), held)
    except Fault as fault:
        return report | {"fault": f"authority {authority}: {fault}"}
    with progress_bar() as progress:
        task = progress.add_task(f"verifying {authority}", total=log.head(authority) or None)

        def counted() -> Iterator[Any]:
            for commit in log.after(authority, 0):
                report["commits"] += 1
                report["head"] = commit.hash
                progress.advance(task)
                yield commit

        found = audit.first_fault(counted(), checkpoints, leaves)
    return report | {"checkpoints": len(checkpoints), "fault": found}


def _folder(authority: str) -> Path:
    from deploy.client import environment
    from deploy.users import AUDITOR

    return Path(environment(AUDITOR)["DONTHU_CHECKPOINTS"]) / authority


def _log_key(asked: str | None, folder: Any) -> Any:
    """The key that was named, else the folder's own. Raises Fault where they are not the same."""
    from shared.proof.verifier import Fault, Key, read_key

    own = folder.key()
    known = read_key(asked) if asked else None
    if isinstance(known, str):
        if own is None or own.fingerprint != known.lower():
            raise Fault(f"the key in {folder.path} is not the one with this fingerprint")
        return own
    return known if isinstance(known, Key) else own


def _stamps(folder: Path, roots: bytes, fault: str | None) -> dict[str, Any]:
    """How many time stamps hold, and the first fault."""
    from shared.proof.folder import Folder
    from shared.proof.timestamps import FalseStamp, check

    proofs, stamps = Folder(folder), 0
    for size, response in proofs.stamps():
        try:
            check(proofs.note_path(size).read_bytes(), response, roots)
            stamps += 1
        except (FalseStamp, OSError) as error:
            fault = fault or f"checkpoint over {size} of authority {folder.name}: {error}"
    return {"stamps": stamps, "fault": fault}


def _erasures(client: Any, log: Any, authority: str) -> dict[str, list[str]]:
    from shared.proof import erasures
    from shared.vault import have_keys

    found = erasures.faults(log.after(authority, 0), lambda sealed: have_keys(client, sealed))
    return {"erased_unrecorded": found.unrecorded, "erased_undone": found.undone}


def told_chain(report: Mapping[str, Any]) -> str:
    if report["fault"]:
        return f"FAULT after {report['commits']} commits: {report['fault']}"
    if not report["commits"]:
        return f"authority {report['authority']}: no commits"
    stamps = f", {report['stamps']} of them stamped in time" if "stamps" in report else ""
    return (
        f"authority {report['authority']}: {report['commits']} commits, no position missing, every"
        f" hash as its content says, {report['checkpoints']} signed checkpoints as they say"
        f"{stamps}; head {report['head']}"
    )


@main.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--memory",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="The witness's own folder, out of reach of who runs the ledger.",
)
@click.option("--name", default="witness", show_default=True, help="In whose name to cosign.")
@click.option("--key", "keys", multiple=True, help="Key of a log; else trusted on first sight.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@click.pass_context
def witness(
    ctx: click.Context, folder: Path, memory: Path, name: str, keys: Sequence[str], as_json: bool
) -> None:
    """Look at the checkpoints in FOLDER once, and cosign those that only grew.

    Needs nothing but FOLDER. Exit 1 for a fork, a shrunken log or an old checkpoint.
    """
    from shared.key_files import KeyUnusable
    from shared.proof.signing import make_private, read_private, witness_key
    from shared.proof.verifier import Fault, read_witness
    from shared.proof.witness import Witness

    ctx.meta[JSON] = as_json
    make_private(memory / "witness.key")
    try:
        known = {each.name: each for each in map(read_witness, keys)}
        key = witness_key(name, read_private(memory / "witness.key"))
    except (Fault, KeyUnusable) as error:
        raise Failure(str(error), USAGE, "usage", as_json) from None
    seen = list(Witness(memory / "logs", key, known).look(folder, int(time.time())))
    if as_json:
        print_json({"key": str(key.public), "logs": [dataclasses.asdict(each) for each in seen]})
    else:
        click.echo(f"witness key: {key.public}")
        for each in seen:
            told = (
                f"REFUSED: {each.fault}"
                if each.fault
                else "cosigned"
                if each.is_new
                else "as before"
            )
            click.echo(f"authority {each.authority}: {each.size} commits, {told}")
    if any(each.fault for each in seen):
        raise SystemExit(NO)
