"""An independent witness: `donthu witness FOLDER`, run by somebody else than who runs the ledger.

It remembers the newest checkpoint that it saw of each authority, and cosigns a newer one only if
that begins with all of the old one. A fork, a shrunken log or an old checkpoint is refused.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.proof import merkle
from shared.proof.folder import Folder
from shared.proof.signing import SigningKey
from shared.proof.verifier import Checkpoint, Fault, Key, is_consistent, open_note


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What became of one authority's checkpoint."""

    authority: str
    size: int
    is_new: bool
    fault: str | None


class Witness:
    def __init__(self, memory: Path, key: SigningKey, known: Mapping[str, Key]) -> None:
        """`memory` is the witness's own folder; `known` are keys of logs by their origin.

        A log whose key is not known is trusted on first use: its key is remembered.
        """
        self._memory, self._key, self._known = memory, key, known

    def look(self, published: Path, now: int) -> Iterator[Seen]:
        """Look at every authority in a folder of checkpoints, and at every one remembered."""
        names = {path.name for path in (*_folders(published), *_folders(self._memory))}
        for name in sorted(names):
            yield self._look(name, Folder(published / name), Folder(self._memory / name), now)

    def _look(self, authority: str, theirs: Folder, mine: Folder, now: int) -> Seen:
        size = 0
        try:
            with mine.locked():
                key = self._log_key(theirs, mine)
                remembered = mine.newest()
                last = open_note(remembered, key) if remembered else None
                size = last.size if last else 0
                note = theirs.newest()
                if note is None:
                    raise Fault("the checkpoint is gone")
                checkpoint = open_note(note, key)
                if is_new := checkpoint != last:
                    if last:
                        _check_grown(last, checkpoint, theirs)
                    mine.keep(note + self._key.cosign(checkpoint.text, now), key)
                    size = checkpoint.size
        except Fault as fault:
            return Seen(authority=authority, size=size, is_new=False, fault=str(fault))
        return Seen(authority=authority, size=size, is_new=is_new, fault=None)

    def _log_key(self, theirs: Folder, mine: Folder) -> Key:
        told, remembered = theirs.key(), mine.key()
        key = (self._known.get(told.name) if told else None) or remembered or told
        if key is None:
            raise Fault("no key of this log is known")
        return key


def _check_grown(last: Checkpoint, checkpoint: Checkpoint, theirs: Folder) -> None:
    if checkpoint.origin != last.origin:
        raise Fault(f"of {checkpoint.origin}, not of {last.origin}")
    if checkpoint.size < last.size:
        raise Fault(f"shrunken: {checkpoint.size} commits, {last.size} were seen at {last.time}")
    try:
        proof = merkle.consistency(last.size, checkpoint.size, theirs.nodes)
    except IndexError:
        raise Fault("the hashes that would prove its growth are missing") from None
    if not is_consistent(last.size, checkpoint.size, last.root, checkpoint.root, proof):
        raise Fault(f"forked: does not begin with the {last.size} commits seen at {last.time}")


def _folders(path: Path) -> list[Path]:
    return [each for each in path.glob("*") if each.is_dir()] if path.is_dir() else []
