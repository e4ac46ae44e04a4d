"""The tree against the published values of RFC 6962, and every proof against every flipped bit."""

from functools import cache

import pytest

from shared.proof import merkle
from shared.proof.folder import Folder
from shared.proof.verifier import is_consistent, is_included, leaf_hash, node_hash

#: Leaves and roots for 1 to 8 of them, as the reference implementation of Certificate Transparency
#: publishes them.
LEAVES = [
    bytes.fromhex(each)
    for each in (
        *("", "00", "10", "2021", "3031", "40414243"),
        *("5051525354555657", "606162636465666768696a6b6c6d6e6f"),
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def tree(leaves):
    """Complete subtrees over leaves that are in memory."""

    @cache
    def nodes(level, index):
        if level == 0:
            return leaf_hash(leaves[index])
        return node_hash(nodes(level - 1, 2 * index), nodes(level - 1, 2 * index + 1))

    return nodes


MANY = tree([number.to_bytes(2) for number in range(300)])


@cache
def root_of(size):
    return merkle.root(size, MANY)


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_the_published_ones(size):
    assert merkle.root(size, tree(LEAVES)).hex() == ROOTS[size - 1]
    growing = merkle.Frontier()
    for leaf in LEAVES[:size]:
        growing.append(leaf_hash(leaf))
    assert (growing.size, growing.root().hex()) == (size, ROOTS[size - 1])


def test_the_empty_tree_has_the_published_root():
    assert merkle.root(0, MANY).hex() == merkle.Frontier().root().hex() == EMPTY


def test_proofs_are_those_of_the_example_in_the_rfc():
    """RFC 6962, 2.1.3: a tree of seven leaves d0 … d6, with the names that it gives its nodes."""
    nodes = tree(LEAVES[:7])
    a, b, c, d, e, f, j = (leaf_hash(leaf) for leaf in LEAVES[:7])
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, l = node_hash(g, h), node_hash(i, j)  # noqa: E741 - named as in the RFC
    assert merkle.inclusion(0, 7, nodes) == [b, h, l]
    assert merkle.inclusion(3, 7, nodes) == [c, g, l]
    assert merkle.inclusion(4, 7, nodes) == [f, j, k]
    assert merkle.inclusion(6, 7, nodes) == [i, k]
    assert merkle.consistency(3, 7, nodes) == [c, d, g, l]
    assert merkle.consistency(4, 7, nodes) == [l]
    assert merkle.consistency(6, 7, nodes) == [i, j, k]
    assert merkle.root(7, nodes) == node_hash(k, l)


def test_every_leaf_at_every_size_is_proven_to_be_there_and_nowhere_else():
    for size in range(1, 258):
        for index in range(size):
            proof, leaf = merkle.inclusion(index, size, MANY), MANY(0, index)
            assert is_included(leaf, index, size, proof, root_of(size))
            assert not is_included(leaf, (index + 1) % (size + 1), size, proof, root_of(size))
            assert not is_included(MANY(0, index + 1), index, size, proof, root_of(size))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 100, 255, 256, 257, 300])
def test_an_inclusion_proof_fails_with_any_bit_flipped_or_any_step_too_few_or_many(size):
    for index in {0, size // 3, size // 2, size - 1}:
        proof, leaf, root = merkle.inclusion(index, size, MANY), MANY(0, index), root_of(size)
        assert is_included(leaf, index, size, proof, root)
        for at, step in enumerate(proof):
            for flipped in flips(step):
                assert not is_included(
                    leaf, index, size, [*proof[:at], flipped, *proof[at + 1 :]], root
                )
        for flipped in flips(leaf):
            assert not is_included(flipped, index, size, proof, root)
        for flipped in flips(root):
            assert not is_included(leaf, index, size, proof, flipped)
        assert not is_included(leaf, index, size, [*proof, root], root)
        assert not proof or not is_included(leaf, index, size, proof[:-1], root)


def test_every_pair_of_sizes_is_proven_consistent():
    for new in range(1, 258):
        for old in range(1, new + 1):
            proof = merkle.consistency(old, new, MANY)
            assert is_consistent(old, new, root_of(old), root_of(new), proof)


@pytest.mark.parametrize(("old", "new"), [(1, 2), (3, 7), (4, 7), (6, 8), (128, 200), (255, 300)])
def test_a_consistency_proof_fails_with_any_bit_flipped(old, new):
    proof, roots = merkle.consistency(old, new, MANY), (root_of(old), root_of(new))
    for at, step in enumerate(proof):
        for flipped in flips(step):
            changed = [*proof[:at], flipped, *proof[at + 1 :]]
            assert not is_consistent(old, new, *roots, changed)
    for flipped in flips(roots[0]):
        assert not is_consistent(old, new, flipped, roots[1], proof)
    for flipped in flips(roots[1]):
        assert not is_consistent(old, new, roots[0], flipped, proof)
    assert not is_consistent(old, new, *roots, [*proof, roots[0]])
    assert not is_consistent(old, new, *roots, proof[:-1])


def test_a_fork_at_any_leaf_of_the_old_tree_cannot_be_proven_consistent():
    for size in (5, 8, 21):
        for forked_at in range(size):
            leaves = [number.to_bytes(2) for number in range(40)]
            leaves[forked_at] = b"another"
            fork = tree(leaves)
            proof = merkle.consistency(size, 40, fork)
            assert not is_consistent(size, 40, root_of(size), merkle.root(40, fork), proof)


def test_nothing_is_consistent_with_a_larger_tree_or_with_none():
    assert not is_consistent(8, 7, root_of(8), root_of(7), [])
    assert not is_consistent(0, 7, root_of(0), root_of(7), [])
    assert not is_consistent(7, 7, root_of(7), root_of(8), [])
    assert not is_consistent(4, 7, root_of(4), root_of(7), [])


def test_the_hashes_in_a_folder_give_the_same_tree_however_it_grew(tmp_path):
    """Rows of subtrees begin at 256 and at 65,536 leaves."""
    leaves = [leaf_hash(number.to_bytes(4)) for number in range(66_000)]
    folder, growing, size = Folder(tmp_path), merkle.Frontier(), 0
    for new in (1, 2, 255, 256, 257, 700, 65_535, 65_536, 66_000):
        assert folder.extend(size, leaves[size:new]) == new
        for leaf in leaves[size:new]:
            growing.append(leaf)
        size = new
        assert folder.root(size) == growing.root()
    assert sorted(path.name for path in (tmp_path / "hashes").iterdir()) == ["0", "1", "2"]
    for index in (0, 255, 256, 65_535, 65_999):
        proof = merkle.inclusion(index, size, folder.nodes)
        assert is_included(leaves[index], index, size, proof, growing.root())
    proof = merkle.consistency(700, size, folder.nodes)
    assert is_consistent(700, size, folder.root(700), growing.root(), proof)
    assert folder.root(size + 1) is None


def test_what_a_crash_left_behind_the_signed_size_is_overwritten(tmp_path):
    folder = Folder(tmp_path)
    folder.extend(0, [leaf_hash(bytes([number])) for number in range(200)])
    folder.extend(200, [leaf_hash(b"never signed")] * 400)
    right = [leaf_hash(bytes([number % 256])) for number in range(300)]
    folder.extend(200, right[200:])
    growing = merkle.Frontier()
    for leaf in right:
        growing.append(leaf)
    assert folder.root(300) == growing.root()
    assert folder.root(301) is None


def flips(value):
    """The value with each of its bits flipped, one at a time."""
    number = int.from_bytes(value)
    for bit in range(8 * len(value)):
        yield (number ^ 1 << bit).to_bytes(len(value))
