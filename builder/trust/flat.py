"""Hashes of a Merkle tree in flat bytes, 32 each: what makes all tiles of a large tree in one go."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from builder.trust.merkle import HASH_BYTES
from builder.trust.tiles import WIDTH, tile_path

_PAIR = 2 * HASH_BYTES
_LEVELS = WIDTH.bit_length() - 1
TILE_BYTES = WIDTH * HASH_BYTES


def leaf_hashes(entries: Iterable[bytes]) -> bytes:
    """Return the hashes of leaves, one after the other."""
    sha256 = hashlib.sha256
    return b"".join([sha256(b"\0" + entry).digest() for entry in entries])


def tile_roots(hashes: bytes) -> bytes:
    """Return the roots of all full tiles of these hashes: those of the next level."""
    rows = hashes[: len(hashes) // TILE_BYTES * TILE_BYTES]
    for _ in range(_LEVELS):
        rows = _parents(rows)
    return rows


def root(hashes: bytes) -> bytes:
    """Return the root of the tree over these hashes."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    while len(hashes) > HASH_BYTES:
        # What is left over goes up a level: the tree is split at the largest power of two.
        even = len(hashes) // _PAIR * _PAIR
        hashes = _parents(hashes[:even]) + hashes[even:]
    return hashes


def tiles(hashes: bytes, level: int = 0) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of every tile of a tree from a level on, from its hashes there."""
    while hashes:
        for number, start in enumerate(range(0, len(hashes), TILE_BYTES)):
            body = hashes[start : start + TILE_BYTES]
            yield tile_path(level, number, len(body) // HASH_BYTES), body
        level, hashes = level + 1, tile_roots(hashes)


def _parents(hashes: bytes) -> bytes:
    sha256 = hashlib.sha256
    pairs = range(0, len(hashes), _PAIR)
    return b"".join([sha256(b"\1" + hashes[at : at + _PAIR]).digest() for at in pairs])
