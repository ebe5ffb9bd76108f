"""A Merkle tree as files: C2SP tlog-tiles (https://c2sp.org/tlog-tiles).

A tile has up to 256 hashes of one height; a hash of level L+1 is the root of a full tile of level
L. The tiles of a tree at its right edge are partial; their name has their width.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from builder.model.errors import RegistryError
from builder.trust import merkle
from builder.trust.merkle import HASH_BYTES

WIDTH = 256
MAX_ENTRY = 0xFFFF
"""Bytes of an entry: a bundle has its length in 16 bits."""
MAX_BUNDLE = WIDTH * (MAX_ENTRY + 2)

Read = Callable[[str], bytes]
"""Reads a file of the log by its path below the log's folder."""


class ProofError(RegistryError):
    """Something is not what the log says, or is not proved."""


def tile_path(level: int, number: int, width: int = WIDTH) -> str:
    """Return the path of a tile below the log's folder."""
    return f"tile/{level}/{_numbered(number, width)}"


def bundle_path(number: int, width: int = WIDTH) -> str:
    """Return the path of a bundle of entries below the log's folder."""
    return f"tile/entries/{_numbered(number, width)}"


def tiles_of(size: int) -> Iterator[tuple[int, int, int]]:
    """Yield level, number and width of every tile of a tree."""
    level, hashes = 0, size
    while hashes:
        for number in range(0, -(-hashes // WIDTH)):
            yield level, number, min(WIDTH, hashes - number * WIDTH)
        level, hashes = level + 1, hashes // WIDTH


def bundle(entries: Sequence[bytes]) -> bytes:
    """Return entries as the bytes of a bundle."""
    return b"".join([len(entry).to_bytes(2, "big") + entry for entry in entries])


def entries_of(body: bytes) -> list[bytes]:
    """Read a bundle; ProofError if it is none."""
    entries, position = [], 0
    while position < len(body):
        start = position + 2
        position = start + int.from_bytes(body[position:start], "big")
        entries.append(body[start:position])
    if position != len(body):
        raise ProofError("a bundle of the log's entries is cut off")
    return entries


def hashes_of(body: bytes) -> list[bytes]:
    """Read a tile: its hashes."""
    return [body[at : at + HASH_BYTES] for at in range(0, len(body), HASH_BYTES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogTree:
    """A tree of `size` leaves whose tiles `read` gets; nothing read is trusted before a proof holds."""

    size: int
    read: Read
    _read: dict[tuple[int, int], list[bytes]] = field(default_factory=dict, repr=False)
    _bundles: dict[int, list[bytes]] = field(default_factory=dict, repr=False)

    def range_hash(self, start: int, stop: int) -> bytes:
        """Return the hash of the leaves [start, stop): a subtree that the tree has."""
        count = stop - start
        if count & (count - 1):
            middle = start + merkle.split(count)
            return merkle.node_hash(self.range_hash(start, middle), self.range_hash(middle, stop))
        height = count.bit_length() - 1
        level, above = divmod(height, 8)
        first = start >> (8 * level)
        hashes = self._tile(level, first // WIDTH)[first % WIDTH : first % WIDTH + (1 << above)]
        if len(hashes) != 1 << above:
            raise ProofError(f"a tile of level {level} has too few hashes")
        return merkle.root_of(hashes)

    def root(self) -> bytes:
        """Return the root as the tiles have it."""
        return self.range_hash(0, self.size) if self.size else merkle.EMPTY_ROOT

    def inclusion_proof(self, index: int) -> list[bytes]:
        """Return the proof of a leaf; ProofError if the tree has no such leaf."""
        if not 0 <= index < self.size:
            raise ProofError(f"the log has {self.size:,} entries, and no entry {index:,}")
        return merkle.inclusion_proof(index, self.size, self.range_hash)

    def consistency_proof(self, old: int) -> list[bytes]:
        """Return the proof that this tree extends one of `old` leaves."""
        if not 0 <= old <= self.size:
            raise ProofError(
                f"the log has {self.size:,} entries, fewer than the {old:,} seen before"
            )
        return merkle.consistency_proof(old, self.size, self.range_hash)

    def entry(self, index: int) -> bytes:
        """Return an entry out of its bundle, not yet proved."""
        number, offset = divmod(index, WIDTH)
        if number not in self._bundles:
            self._bundles[number] = entries_of(
                self.read(bundle_path(number, self._width(0, number)))
            )
        entries = self._bundles[number]
        if offset >= len(entries):
            raise ProofError(f"the bundle of entry {index:,} does not have it")
        return entries[offset]

    def _tile(self, level: int, number: int) -> list[bytes]:
        if (level, number) not in self._read:
            width = self._width(level, number)
            body = self.read(tile_path(level, number, width))
            if len(body) != width * HASH_BYTES:
                raise ProofError(f"{tile_path(level, number, width)} is not {width} hashes long")
            self._read[level, number] = hashes_of(body)
        return self._read[level, number]

    def _width(self, level: int, number: int) -> int:
        return min(WIDTH, (self.size >> (8 * level)) - number * WIDTH)


def _numbered(number: int, width: int) -> str:
    parts = [f"{number % 1000:03}"]
    while number := number // 1000:
        parts.insert(0, f"x{number % 1000:03}")
    return "/".join(parts) + (f".p/{width}" if width < WIDTH else "")
