"""Building the tree of RFC 6962: root, inclusion and consistency proofs; checking is in verifier.

A tree of any size is read through its complete subtrees alone: `nodes(level, index)` is the hash
over the leaves from `index * 2**level` up to the next multiple, all of which exist.
"""

import hashlib
from collections.abc import Callable

from shared.proof.verifier import node_hash

Nodes = Callable[[int, int], bytes]


def root(size: int, nodes: Nodes) -> bytes:
    """The hash of the tree of the first `size` leaves."""
    return _over(0, size, nodes) if size else hashlib.sha256().digest()


def inclusion(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """What proves that a leaf (from 0) stands in the tree, from the leaf up: PATH of RFC 6962."""
    start, end, path = 0, size, list[bytes]()
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_over(middle, end, nodes))
            end = middle
        else:
            path.append(_over(start, middle, nodes))
            start = middle
    return path[::-1]


def consistency(old: int, new: int, nodes: Nodes) -> list[bytes]:
    """What proves that the tree of `new` leaves begins with that of `old`, at least 1 (PROOF)."""
    start, end, path = 0, new, list[bytes]()
    while old < end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_over(middle, end, nodes))
            end = middle
        else:
            path.append(_over(start, middle, nodes))
            start = middle
    if start:  # else the old tree is a complete subtree, whose hash the verifier has
        path.append(_over(start, end, nodes))
    return path[::-1]


def _over(start: int, end: int, nodes: Nodes) -> bytes:
    """The hash over the leaves from `start` to before `end`; `start` as RFC 6962 splits."""
    size = end - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return nodes(level, start >> level)
    middle = start + _split(size)
    return node_hash(_over(start, middle, nodes), _over(middle, end, nodes))


def _split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1


class Frontier:
    """A tree that only grows: keeps one hash for each complete subtree at its right edge."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        size, found = self.size, leaf
        while size & 1:
            found = node_hash(self._edge.pop(), found)
            size >>= 1
        self._edge.append(found)
        self.size += 1

    def root(self) -> bytes:
        if not self._edge:
            return hashlib.sha256().digest()
        found = self._edge[-1]
        for left in reversed(self._edge[:-1]):
            found = node_hash(left, found)
        return found
