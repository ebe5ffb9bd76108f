"""The tree, by the laws of RFC 6962 and by its own independent definition."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.trust import merkle, tiles

LEAVES = [hashlib.sha256(b"%d" % number).digest() for number in range(700)]

# RFC 6962's test leaves and roots, as certificate-transparency's reference has them.
VECTORS = [
    bytes.fromhex(leaf)
    for leaf in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def by_definition(start: int, stop: int) -> bytes:
    """MTH as RFC 6962, section 2.1 writes it, over hashes of leaves."""
    if stop - start == 1:
        return LEAVES[start]
    half = 1
    while half * 2 < stop - start:
        half *= 2
    left, right = by_definition(start, start + half), by_definition(start + half, stop)
    return hashlib.sha256(b"\1" + left + right).digest()


definition = lru_cache(None)(by_definition)


@lru_cache(None)
def files(size: int) -> dict[str, bytes]:
    """The tiles of a tree, each hash by the definition."""
    made = {}
    for level, number, width in tiles.tiles_of(size):
        span = 256**level
        first = number * 256
        hashes = [definition(n * span, (n + 1) * span) for n in range(first, first + width)]
        made[tiles.tile_path(level, number, width)] = b"".join(hashes)
    return made


@pytest.mark.parametrize("size", ROOTS)
def test_roots_are_those_of_the_reference(size: int) -> None:
    hashes = [merkle.leaf_hash(leaf) for leaf in VECTORS[:size]]
    assert merkle.root_of(hashes).hex() == ROOTS[size]


def test_every_tree_of_up_to_300_leaves_has_the_root_of_the_definition() -> None:
    for size in range(1, 301):
        assert merkle.root_of(LEAVES[:size]) == definition(0, size)
    assert merkle.root_of([]) == hashlib.sha256(b"").digest()


@given(st.integers(1, 700), st.data())
def test_a_proof_out_of_tiles_holds_for_its_leaf_alone(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    tree = tiles.LogTree(size=size, read=files(size).__getitem__)
    root, proof = definition(0, size), tree.inclusion_proof(index)
    assert tree.root() == root
    assert merkle.proves_inclusion(LEAVES[index], index, size, proof, root)
    wrong = data.draw(st.integers(0, size).filter(lambda other: other != index))
    assert not merkle.proves_inclusion(LEAVES[index], wrong, size, proof, root)
    assert not merkle.proves_inclusion(LEAVES[index], index, size, [*proof, root], root)
    if proof:
        assert not merkle.proves_inclusion(LEAVES[index], index, size, proof[1:], root)


@given(st.integers(1, 700), st.data())
def test_a_tree_extends_its_own_past_and_no_other(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, size))
    tree = tiles.LogTree(size=size, read=files(size).__getitem__)
    proof, root = tree.consistency_proof(old), definition(0, size)
    past = definition(0, old) if old else merkle.EMPTY_ROOT
    assert merkle.proves_consistency(old, size, proof, past, root)
    other = hashlib.sha256(past).digest()
    assert not merkle.proves_consistency(old, size, proof, other, root)
    assert not merkle.proves_consistency(old, size, proof, past, other) or old == 0


@pytest.mark.parametrize(
    ("number", "width", "path"),
    [
        (0, 256, "tile/0/000"),
        (1234067, 256, "tile/0/x001/x234/067"),
        (273, 112, "tile/0/273.p/112"),
    ],
)
def test_paths_are_those_of_the_specification(number: int, width: int, path: str) -> None:
    assert tiles.tile_path(0, number, width) == path
    assert tiles.bundle_path(number, width) == path.replace("tile/0", "tile/entries")


def test_the_specification_counts_its_tiles_of_70000_entries() -> None:
    widths: dict[int, list[int]] = {}
    for level, _, width in tiles.tiles_of(70_000):
        widths.setdefault(level, []).append(width)
    assert widths == {0: [256] * 273 + [112], 1: [256, 17], 2: [1]}


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_is_read_as_it_was_written(entries: list[bytes]) -> None:
    body = tiles.bundle(entries)
    assert tiles.entries_of(body) == entries
    if body:
        with pytest.raises(tiles.ProofError):
            tiles.entries_of(body + b"\1\0")
