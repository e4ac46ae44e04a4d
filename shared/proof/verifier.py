"""Checks the export of one file (hồ sơ): no database, no network, none of our services.

    python verifier.py FILE --key FINGERPRINT|KEYFILE [--witness KEYFILE]

This one module is the whole verifier. It needs Python 3.11 and the package `cryptography`, nothing
else of this repository: copy it anywhere. `docs/verify.md` lets you write another one.
"""

import argparse
import base64
import binascii
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "donthu-export/1"
GENESIS = "0" * 64
ED25519, COSIGNATURE = 1, 4  # kinds of keys in signed notes (C2SP)
MAX_NOTE_BYTES = 100_000
_COMMIT = frozenset(
    (
        *("actor", "after", "authority", "caused_by", "commit_id", "correlation", "digest"),
        *("events", "position", "recorded_at", "stream"),
    )
)
_EVENT = frozenset(("data", "id", "schema", "sealed", "type"))


class Fault(Exception):
    """The first thing that is wrong; says where."""


# -- the Merkle tree of RFC 6962 and RFC 9162


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the leaf stands at `index` (from 0) of the tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    here, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = node_hash(step, found)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            found = node_hash(found, step)
        here, last = here >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the new tree begins with the whole old one (RFC 9162, 2.1.4.2)."""
    if old_size == new_size:
        return not proof and old_root == new_root
    if not 0 < old_size < new_size:
        return False
    path = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    if not path:
        return False
    here, last = old_size - 1, new_size - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    old, new = path[0], path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            new = node_hash(new, step)
        here, last = here >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


# -- signed notes and checkpoints as C2SP has them


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """A public key under the name that it signs for."""

    name: str
    public: bytes  # 32
    kind: int = ED25519

    @classmethod
    def parse(cls, text: str) -> "Key":
        """Read `<name>+<key id>+<base64>`, the verifier key of C2SP. Raises Fault."""
        name, _, rest = text.strip().partition("+")
        id, _, encoded = rest.partition("+")
        raw = _base64(encoded, "the key")
        if len(raw) != 33 or raw[0] not in (ED25519, COSIGNATURE):
            raise Fault("the key: no Ed25519 key")
        key = cls(name=name, public=raw[1:], kind=raw[0])
        if key.id.hex() != id:
            raise Fault("the key: its id does not belong to it")
        return key

    @property
    def id(self) -> bytes:
        named = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(named).digest()[:4]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the 32 bytes of the key, hex: what an authority publishes on paper."""
        return hashlib.sha256(self.public).hexdigest()

    def __str__(self) -> str:
        encoded = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{encoded}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """What an authority signs about its log."""

    origin: str
    size: int  # commits, which is also the position of the last one
    root: bytes  # of the Merkle tree over them
    time: str  # when it was signed, by the signer's clock; RFC 3339, UTC
    head: str  # hash of the last commit
    previous: str  # SHA-256 of the text of the checkpoint before it; 64 zeros for the first

    @property
    def text(self) -> str:
        root = base64.b64encode(self.root).decode()
        return (
            f"{self.origin}\n{self.size}\n{root}\n"
            f"time {self.time}\nhead {self.head}\nprevious {self.previous}\n"
        )

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Raises Fault where it is not written as `text` writes it."""
        try:
            origin, size, root, time, head, previous, end = text.split("\n")
            found = cls(
                origin=origin,
                size=int(size),
                root=_base64(root, "the checkpoint's root"),
                time=time.removeprefix("time "),
                head=head.removeprefix("head "),
                previous=previous.removeprefix("previous "),
            )
        except ValueError:
            raise Fault("the checkpoint: not six lines as they should be") from None
        if end or found.text != text or len(found.root) != 32:
            raise Fault("the checkpoint: not written as it should be")
        return found


def split_note(note: str) -> tuple[str, list[str]]:
    """The signed text and the signature lines. Raises Fault."""
    text, blank, signatures = note.rpartition("\n\n")
    if not blank or len(note.encode()) > MAX_NOTE_BYTES or not signatures.endswith("\n"):
        raise Fault("the checkpoint: no signed note")
    return text + "\n", signatures[:-1].split("\n")


def open_note(note: str, key: Key) -> Checkpoint:
    """The checkpoint in a note that this key signed or cosigned. Raises Fault."""
    text, lines = split_note(note)
    for line in lines:
        name, _, encoded = line.removeprefix("— ").partition(" ")
        if not line.startswith("— ") or name != key.name:
            continue
        raw = _base64(encoded, "the checkpoint's signature")
        if raw[:4] == key.id:
            _check_signature(key, text, raw[4:])
            return Checkpoint.parse(text)
    raise Fault(f"the checkpoint: not signed by {key.name} with the key {key.fingerprint}")


def _check_signature(key: Key, text: str, signature: bytes) -> None:
    message = text
    if key.kind == COSIGNATURE:
        message = cosigned(text, int.from_bytes(signature[:8]))
        signature = signature[8:]
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message.encode())
    except (InvalidSignature, ValueError):
        raise Fault(f"the checkpoint: the signature of {key.name} is false") from None


def cosigned(text: str, time: int) -> str:
    """What a witness signs about a checkpoint (C2SP cosignature/v1); POSIX seconds."""
    return f"cosignature/v1\ntime {time}\n{text}"


# -- commits


def canonical(said: Mapping[str, Any]) -> bytes:
    """The bytes of a commit that are hashed: members sorted, no blanks, UTF-8."""
    return json.dumps(
        said, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def commit_hash(previous: str, said: Mapping[str, Any]) -> str:
    return hashlib.sha256(bytes.fromhex(previous) + canonical(said)).hexdigest()


# -- an export


@dataclass(frozen=True, kw_only=True, slots=True)
class Verified:
    """What an export says, after all of it was checked."""

    authority: str
    file: str
    key: Key
    is_key_known: bool  # compared with one that came another way than in the export
    witnesses: tuple[str, ...]  # that cosigned
    checkpoint: Checkpoint
    commits: tuple[Mapping[str, Any], ...]  # by position
    law: Mapping[str, Sequence[str]]  # version of the rule table -> rules used
    calendars: Sequence[str]  # versions used
    tables: tuple[str, ...]  # versions whose whole table is in the export, digest checked


def verify(content: bytes, known: str | Key | None, witnesses: Sequence[Key] = ()) -> Verified:
    """Check an export; `known` is the authority's key or its fingerprint.

    Raises: Fault: with the first thing that is wrong.
    """
    export = _read(content)
    authority, file = str(export["authority"]), str(export["file"])
    key = Key.parse(export["key"])
    if known is not None and key.fingerprint != (
        known.fingerprint if isinstance(known, Key) else known.lower()
    ):
        raise Fault(f"the key: the export is signed with {key.fingerprint}, which is another key")
    if isinstance(known, Key) and known.name != key.name:
        raise Fault(f"the key: it is for {known.name}, the export for {key.name}")
    checkpoint = open_note(export["checkpoint"], key)
    if checkpoint.origin != key.name or key.name.rsplit("/", 1)[-1] != authority:
        raise Fault(f"the checkpoint: of {checkpoint.origin}, not of authority {authority}")
    for witness in witnesses:
        open_note(export["checkpoint"], witness)
    commits = _checked_commits(export["commits"], authority, file, checkpoint)
    law, calendars = used(commits)
    if export["law"]["used"] != law or export["calendar"]["used"] != calendars:
        raise Fault("law and calendar: not those that the events name")
    return Verified(
        authority=authority,
        file=file,
        key=key,
        is_key_known=known is not None,
        witnesses=tuple(witness.name for witness in witnesses),
        checkpoint=checkpoint,
        commits=commits,
        law=law,
        calendars=calendars,
        tables=tuple(
            _checked_table(table, named)
            for name, named in (("law", set(law)), ("calendar", set(calendars)))
            for table in export[name]["tables"]
        ),
    )


def _read(content: bytes) -> Any:
    try:
        export = json.loads(content.decode(), object_pairs_hook=_no_doubles)
    except (ValueError, RecursionError) as error:
        raise Fault(f"the file: no JSON in UTF-8 ({type(error).__name__})") from None
    if not isinstance(export, dict) or export.get("format") != FORMAT:
        raise Fault(f"the file: no {FORMAT}")
    for name, kind in _MEMBERS.items():
        if not isinstance(export.get(name), kind):
            raise Fault(f"the file: {name} is missing")
    for name in ("law", "calendar"):
        if not isinstance(export[name].get("tables"), list) or "used" not in export[name]:
            raise Fault(f"the file: {name} is incomplete")
    return export


_MEMBERS = {
    **dict.fromkeys(("authority", "file", "key", "checkpoint"), str),
    "commits": list,
    "law": dict,
    "calendar": dict,
}


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A member that stands twice is read differently by different readers."""
    if len(found := dict(pairs)) < len(pairs):
        raise ValueError("a member stands twice")
    return found


def _checked_commits(
    entries: Sequence[Any], authority: str, file: str, checkpoint: Checkpoint
) -> tuple[Mapping[str, Any], ...]:
    if not entries:
        raise Fault("the file: holds no commit")
    versions: dict[str, int] = {}
    position, hash = 0, GENESIS
    for entry in entries:
        try:
            said, previous = entry["commit"], entry["previous"]
            if not isinstance(said, dict) or set(said) != _COMMIT:
                raise Fault(f"behind position {position}: no commit")
            if type(said["position"]) is not int or said["position"] <= position:
                raise Fault(f"behind position {position}: the commits are not in order")
            is_next, position = said["position"] == position + 1, said["position"]
            if is_next and previous != hash:
                raise Fault(f"position {position}: does not follow the commit before it")
            hash = commit_hash(previous, said)
            proof = [bytes.fromhex(step) for step in entry["proof"]]
            _check_place(said, authority, file, versions)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise Fault(f"position {position}: incomplete or of wrong types") from None
        leaf = leaf_hash(bytes.fromhex(hash))
        if not is_included(leaf, position - 1, checkpoint.size, proof, checkpoint.root):
            raise Fault(f"position {position}: not what the checkpoint was signed over")
        if position == checkpoint.size and hash != checkpoint.head:
            raise Fault(f"position {position}: not the head that the checkpoint names")
    return tuple(entry["commit"] for entry in entries)


def _check_place(
    said: Mapping[str, Any], authority: str, file: str, versions: dict[str, int]
) -> None:
    place, stream = f"position {said['position']}", said["stream"]
    if said["authority"] != authority:
        raise Fault(f"{place}: of another authority")
    category, _, number = stream.partition("-")
    if number != (authority if category == "calendar" else file):
        raise Fault(f"{place}: {stream} does not belong to file {file}")
    if not said["events"] or any(set(event) != _EVENT for event in said["events"]):
        raise Fault(f"{place}: an event is incomplete")
    if said["after"] != versions.get(stream, 0):
        raise Fault(f"{place}: an earlier commit of {stream} is missing")
    versions[stream] = said["after"] + len(said["events"])


def used(commits: Sequence[Mapping[str, Any]]) -> tuple[dict[str, list[str]], list[str]]:
    """Version of the rule table → rules, and versions of the calendar, that the events name."""
    law: dict[str, set[str]] = {}
    calendars: set[str] = set()
    for event in (event for said in commits for event in said["events"]):
        if {"law", "rule", "calendar"} <= set(event["data"]):
            law.setdefault(event["data"]["law"], set()).add(event["data"]["rule"])
            calendars.add(event["data"]["calendar"])
    return {version: sorted(law[version]) for version in sorted(law)}, sorted(calendars)


def _checked_table(table: Any, named: set[str]) -> str:
    try:
        version, content = str(table["version"]), json.dumps(table["rows"], ensure_ascii=False)
    except (KeyError, TypeError):
        raise Fault("law and calendar: a table is incomplete") from None
    if version not in named or not hashlib.sha256(content.encode()).hexdigest().startswith(version):
        raise Fault(f"law and calendar: table {version} does not match its version")
    return version


def _base64(text: str, what: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Fault(f"{what}: no base64") from None


# -- the command


def told(report: Verified) -> str:
    """What was checked and what the file says, for people."""
    checkpoint = report.checkpoint
    lines = [
        f"file {report.file} of authority {report.authority}",
        f"checkpoint: {checkpoint.size} commits, signed {checkpoint.time} by {checkpoint.origin}",
        f"key: {report.key.fingerprint}, "
        + (
            "the one that you named"
            if report.is_key_known
            else "TAKEN FROM THE FILE ITSELF: compare it with what the authority publishes"
        ),
        *(f"witness: cosigned by {name}" for name in report.witnesses),
        f"checked: signature; {len(report.commits)} commits, each hashed again and proven to stand"
        " at its position; no commit of a stream left out between the first and the last",
        *(f"law: table {law}, rules {', '.join(rules)}" for law, rules in report.law.items()),
        *(f"calendar: {version}" for version in report.calendars),
        *(f"table {version}: whole, as its version says" for version in report.tables),
        "",
    ]
    for said in report.commits:
        for event in said["events"]:
            sealed = f"  sealed: {', '.join(sorted(event['sealed']))}" if event["sealed"] else ""
            lines.append(
                f"{said['position']:>8}  {said['recorded_at']}  {event['type']}"
                f"  {said['stream'].partition('-')[0]}  by {said['actor']}{sealed}"
            )
    lines += [
        "",
        "No fault found. What this cannot show: commits left out behind the last one of a stream,"
        f" what happened after {checkpoint.time}, and what the sealed parts say.",
    ]
    return "\n".join(map(_printable, lines))


def _printable(line: str) -> str:
    """What stands in a file must not steer a terminal."""
    return "".join(sign if sign.isprintable() else "?" for sign in line)


def read_key(text: str) -> str | Key:
    """A fingerprint, a verifier key, or the name of a file with either. Raises Fault."""
    path = Path(text)
    found = path.read_text("utf-8").strip() if path.is_file() else text.strip()
    if "+" in found:
        return Key.parse(found)
    if len(found) != 64 or set(found.lower()) - set("0123456789abcdef"):
        raise Fault("the key: neither 64 hexadecimal digits nor a verifier key nor a file with one")
    return found


def read_witness(text: str) -> Key:
    key = read_key(text)
    if isinstance(key, str):
        raise Fault("the witness: give its verifier key, not a fingerprint")
    return key


def main() -> int:
    parser = argparse.ArgumentParser(description="Check the export of one file of donthu.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--key", help="fingerprint of the authority's key, or a file with the key")
    parser.add_argument("--witness", action="append", default=[], help="key of who cosigned")
    asked = parser.parse_args()
    try:
        known = read_key(asked.key) if asked.key else None
        witnesses = [read_witness(each) for each in asked.witness]
        print(told(verify(asked.file.read_bytes(), known, witnesses)))
    except Fault as fault:
        print(f"FAULT: {fault}")
        return 1
    except OSError as error:
        print(f"cannot read {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
