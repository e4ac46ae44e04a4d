"""What an authority proves: signs checkpoints over its log, and exports one file with its proofs.

A leaf of the tree is a commit's hash in the chain, which covers its content and its place. The
signer reads only the commits behind the last checkpoint, links each again to the one before,
and never signs a log that is shorter than, or other than, what it signed before. It cannot see an
alteration in what it signed long ago: that is what `audit` reads the whole log for.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from shared.clock import Clock, instant_text
from shared.errors import HoleInLog
from shared.ledger import GENESIS, Commit, Log, canonical, link
from shared.proof import merkle
from shared.proof.folder import Folder
from shared.proof.signing import SigningKey
from shared.proof.verifier import (
    FORMAT,
    Checkpoint,
    Fault,
    is_consistent,
    is_included,
    leaf_hash,
    open_note,
    used,
)

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class NotSigned(Exception):
    """The log contradicts what was signed before; the message says where. Raise the alarm."""


class Publisher:
    """Signs for every authority of one ledger."""

    def __init__(
        self,
        log: Log,
        folder: Path,
        private: bytes,
        clock: Clock,
        origin: str,
    ) -> None:
        """`folder` is shared by all processes that sign for this ledger."""
        self._log, self._folder, self._private = log, folder, private
        self._clock, self._origin = clock, origin

    def folder(self, authority: str) -> Folder:
        """Raises: NotSigned: the authority's code cannot name a folder."""
        if not _CODE.fullmatch(authority):
            raise NotSigned("an authority's code consists of letters, digits, '.', '_' and '-'")
        return Folder(self._folder / authority)

    def known(self) -> list[str]:
        """Every authority that anything was signed for."""
        return sorted(path.parent.name for path in self._folder.glob("*/checkpoint"))

    def key(self, authority: str) -> SigningKey:
        return SigningKey(f"{self._origin}/{authority}", self._private)

    def checkpoint(self, authority: str) -> str:
        """Sign what was appended since the last checkpoint; the newest note, where nothing was.

        Raises: NotSigned, folder.Busy, LogUnavailable.
        """
        folder = self.folder(authority)
        if folder.latest() is None and not self._log.head(authority):
            raise NotSigned(f"authority {authority}: no commit yet")
        with folder.locked():
            note = folder.latest()
            last = self._last(note, authority)
            if last and self._head_at(authority, last.size) != last.head:
                raise NotSigned(
                    f"authority {authority} position {last.size}: missing or not what was signed"
                    f" at {last.time}"
                )
            if note and last and self._log.head(authority) == last.size:
                if folder.newest() != note:  # put back, or a crash in between
                    folder.keep(note, self.key(authority).public)
                return note
            if last:
                self._mend(authority, folder, last)
            return self._sign(authority, folder, last)

    def export(self, authority: str, file: str, streams: Sequence[str]) -> dict[str, Any]:
        """The commits of these streams with what proves them; `verifier` checks it.

        Raises: NotSigned, folder.Busy, LogUnavailable.
        """
        commits = self._log.read(authority, *streams)
        note = self.folder(authority).latest()
        last = self._last(note, authority)
        if note is None or last is None or last.size < commits[-1].position:
            note = self.checkpoint(authority)
            last = open_note(note, self.key(authority).public)
        entries = [self._entry(authority, commit, last) for commit in commits]
        law, calendars = used([entry["commit"] for entry in entries])
        return {
            "format": FORMAT,
            "authority": authority,
            "file": file,
            "key": str(self.key(authority).public),
            "checkpoint": note,
            "commits": entries,
            "law": {"used": law, "tables": []},
            "calendar": {"used": calendars, "tables": []},
        }

    def _last(self, note: str | None, authority: str) -> Checkpoint | None:
        try:
            return open_note(note, self.key(authority).public) if note else None
        except Fault as fault:
            raise NotSigned(f"authority {authority}: {fault}") from None

    def _head_at(self, authority: str, position: int) -> str | None:
        try:
            found = list(self._log.after(authority, position - 1, limit=1))
        except HoleInLog:
            return None
        return found[0].hash if found else None

    def _mend(self, authority: str, folder: Folder, last: Checkpoint) -> None:
        """Make the hashes again from the log where they are lost or damaged."""
        if folder.root(last.size) != last.root:
            folder.extend(0, map(leaf_hash, self._linked(authority, None, last.size)))
            if folder.root(last.size) != last.root:
                raise NotSigned(f"authority {authority}: altered before position {last.size}")

    def _sign(self, authority: str, folder: Folder, last: Checkpoint | None) -> str:
        old = last.size if last else 0
        hashes = self._linked(authority, last)
        size = folder.extend(old, map(leaf_hash, hashes))
        root = merkle.root(size, folder.nodes)
        if last:
            proof = merkle.consistency(old, size, folder.nodes)
            if not is_consistent(old, size, last.root, root, proof):
                raise NotSigned(f"authority {authority}: altered before position {old}")
        key = self.key(authority)
        note = key.sign(
            Checkpoint(
                origin=key.public.name,
                size=size,
                root=root,
                time=instant_text(self._clock.now()),
                head=hashes[-1].hex(),
                previous=last.hash if last else GENESIS,
            )
        )
        folder.keep(note, key.public)
        return note

    def _linked(
        self, authority: str, last: Checkpoint | None, limit: int | None = None
    ) -> list[bytes]:
        """Hashes of the commits behind the checkpoint, each linked again to the one before."""
        previous, hashes = last.head if last else GENESIS, list[bytes]()
        try:
            for commit in self._log.after(authority, last.size if last else 0, limit):
                linked = link(authority, commit.position, previous, commit.proposal)
                if (commit.previous, commit.hash) != (previous, linked.hash):
                    raise NotSigned(
                        f"authority {authority} position {commit.position}: does not follow the"
                        " commit before it, or its content does not match its hash"
                    )
                previous = commit.hash
                hashes.append(bytes.fromhex(previous))
        except HoleInLog as hole:
            raise NotSigned(str(hole)) from None
        return hashes

    def _entry(self, authority: str, commit: Commit, checkpoint: Checkpoint) -> Mapping[str, Any]:
        folder, size = self.folder(authority), checkpoint.size
        leaf, index = leaf_hash(bytes.fromhex(commit.hash)), commit.position - 1
        try:
            proof = merkle.inclusion(index, size, folder.nodes)
        except IndexError:
            proof = []
        if not is_included(leaf, index, size, proof, checkpoint.root):
            raise NotSigned(
                f"authority {authority} position {commit.position}: not what was signed at"
                f" {checkpoint.time}, or the hashes in {folder.path} are damaged"
            )
        return {
            "commit": orjson.loads(canonical(authority, commit.position, commit.proposal)),
            "previous": commit.previous,
            "proof": [step.hex() for step in proof],
        }
