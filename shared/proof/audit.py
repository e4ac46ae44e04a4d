"""The whole log of one authority against the checkpoints that were signed over it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from shared import ledger
from shared.errors import HoleInLog
from shared.ledger import GENESIS, Commit
from shared.proof.folder import Folder
from shared.proof.merkle import Frontier
from shared.proof.verifier import Checkpoint, Fault, Key, leaf_hash, open_note


def known(
    folder: Folder, key: Key | None = None, held: Sequence[str] = ()
) -> tuple[list[Checkpoint], list[bytes]]:
    """The checkpoints of one authority by size, and the leaves that the newest was signed over.

    `key`, if not the folder's own, and the notes that somebody else `held` came another way. The
    leaves are empty where the folder has lost them.

    Raises: Fault: a note is not signed, one is missing, or an old one is passed off as the newest.
    """
    key = key or folder.key()
    if key is None:
        if held or folder.newest():
            raise Fault("no key of this log is known")
        return [], []
    checkpoints = _read_notes(folder.notes(), folder.newest(), held, key)
    leaves = folder.leaves(checkpoints[-1].size) if checkpoints else []
    tree = Frontier()
    for leaf in leaves:
        tree.append(leaf)
    return checkpoints, leaves if checkpoints and tree.root() == checkpoints[-1].root else []


def _read_notes(
    notes: Sequence[str], newest: str | None, held: Sequence[str], key: Key
) -> list[Checkpoint]:
    kept = [open_note(note, key) for note in notes]
    for before, after in pairwise(kept):
        if after.previous != before.hash:
            raise Fault(f"checkpoint over {after.size}: the one before it is missing or another")
    if kept and kept[0].previous != GENESIS:
        raise Fault(f"checkpoint over {kept[0].size}: the one before it is missing")
    if newest is not None and (not kept or open_note(newest, key) != kept[-1]):
        raise Fault("the newest checkpoint is an old one, or one that is not kept")
    both = {*kept, *(open_note(note, key) for note in held)}
    return sorted(both, key=lambda checkpoint: checkpoint.size)


def first_fault(
    commits: Iterable[Commit], checkpoints: Sequence[Checkpoint] = (), leaves: Sequence[bytes] = ()
) -> str | None:
    """What is wrong at the first bad place of one authority's whole log; None if all is well.

    With `leaves` the first altered position is named, without them the first checkpoint that the
    log contradicts.
    """
    tree = Frontier()
    try:
        return ledger.first_fault(_compared(commits, checkpoints, leaves, tree))
    except (Fault, HoleInLog) as fault:
        return str(fault)
    except (KeyError, TypeError, ValueError, AttributeError):
        return f"position {tree.size + 1}: cannot be read as a commit"


def _compared(
    commits: Iterable[Commit],
    checkpoints: Sequence[Checkpoint],
    leaves: Sequence[bytes],
    tree: Frontier,
) -> Iterator[Commit]:
    waiting = list(checkpoints)
    place = ""
    for commit in commits:
        yield commit  # the chain is checked before the tree
        leaf = leaf_hash(bytes.fromhex(commit.hash))
        place = f"authority {commit.authority} position"
        if tree.size < len(leaves) and leaves[tree.size] != leaf:
            raise Fault(f"{place} {commit.position}: not the commit that was signed")
        tree.append(leaf)
        while waiting and waiting[0].size == tree.size:
            checkpoint = waiting.pop(0)
            if (checkpoint.root, checkpoint.head) != (tree.root(), commit.hash):
                raise Fault(
                    f"{place} {commit.position}: this or an earlier commit is not the one that was"
                    f" signed at {checkpoint.time}"
                )
    if waiting:
        raise Fault(
            f"authority {waiting[-1].origin.rsplit('/', 1)[-1]} position {tree.size + 1}: missing;"
            f" at {waiting[-1].time} {waiting[-1].size} commits were signed"
        )
