"""The values that a build keeps for the next one, in blocks of which few are read.

The values of one kind stand in up to 16 blocks, by the first digit of the hash of what they were
made from, so that one new value renews one block. One more block lists where each stands: what
there is, is known without a look at any value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from builder.cache.store import Cache, decode, encode

Used = Mapping[tuple[str, str], bytes | None]
"""Values by their kind and the hash of their inputs, None for one that is kept already."""


KINDS = 2
"""Blocks of so many kinds stay in memory: values are asked for kind by kind, of a few in turns."""


@dataclass(slots=True)
class _Block:
    """A block by its name, and the values in it by the hashes of their inputs: the length of each,
    and where it stands.
    """

    name: str
    lengths: Sequence[tuple[str, int]]
    places: Mapping[str, tuple[int, int]]
    content: bytes | None = field(default=None, repr=False)


class KeptValues:
    """The values that an index lists; `index` is the name of its block, "" if there is none."""

    def __init__(self, cache: Cache, index: str) -> None:
        self._cache = cache
        rows = decode(cache.read(index)) if index else []
        self._blocks = {(kind, part): _block(name, row) for kind, part, name, row in rows}
        self._recent: list[str] = []

    def __contains__(self, key: tuple[str, str]) -> bool:
        """Return whether there is a value, without reading it."""
        kind, inputs = key
        block = self._blocks.get((kind, inputs[:1]))
        return block is not None and inputs in block.places

    def read(self, kind: str, inputs: str) -> bytes:
        """Return a value that there is; raise UnusableCache if its block is not what it was."""
        self._make_room(kind)
        return self._read(self._blocks[kind, inputs[:1]], inputs)

    def renewed(self, used: Used) -> tuple[str, tuple[str, ...]]:
        """Write the values in use; return the names of the new index and of its blocks."""
        parts: dict[tuple[str, str], dict[str, bytes | None]] = defaultdict(dict)
        for (kind, inputs), made in sorted(used.items()):
            parts[kind, inputs[:1]][inputs] = made
        rows, names = [], []
        for (kind, part), values in parts.items():
            self._make_room(kind)
            block = self._renewed(self._blocks.get((kind, part)), values)
            rows.append((kind, part, block.name, block.lengths))
            names.append(block.name)
        return self._cache.write(encode(rows)) if rows else "", tuple(names)

    def _renewed(self, block: _Block | None, values: Mapping[str, bytes | None]) -> _Block:
        if block and block.places.keys() == values.keys() and not any(values.values()):
            return block
        whole = {
            inputs: self._read(block, inputs) if made is None and block else made or b""
            for inputs, made in values.items()
        }
        name = self._cache.write(b"".join(whole.values()))
        return _block(name, [(inputs, len(value)) for inputs, value in whole.items()])

    def _make_room(self, kind: str) -> None:
        """Let go of what was read of the kind that has not been asked for the longest."""
        if self._recent[-1:] == [kind]:
            return
        self._recent = [*(other for other in self._recent if other != kind), kind]
        for gone in self._recent[:-KINDS]:
            for (other, _), block in self._blocks.items():
                if other == gone:
                    block.content = None
        self._recent = self._recent[-KINDS:]

    def _read(self, block: _Block, inputs: str) -> bytes:
        if block.content is None:
            block.content = self._cache.read(block.name)
        start, end = block.places[inputs]
        return block.content[start:end]


def _block(name: str, lengths: Sequence[tuple[str, int]]) -> _Block:
    ends = accumulate((length for _, length in lengths), initial=0)
    names = (inputs for inputs, _ in lengths)
    return _Block(name, lengths, dict(zip(names, pairwise(ends), strict=True)))
