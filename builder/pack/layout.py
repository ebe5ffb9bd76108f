"""Which documents share a pack: the leaves of the tree of their keys.

A pack has all documents whose keys begin with the same bits, as few bits as keep it within its
limit. That follows from the documents alone, so that a build that goes on from packs cuts as one
from nothing does.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from builder.pack import file
from builder.pack.key import BITS, bits

MARKER = "index.json"
"""The service index stays a file: by it one knows a site, and the commit that it was built from."""


class Leaf(NamedTuple):
    """One pack: the bits that its keys begin with, and which of the keys they are."""

    prefix: str
    start: int
    end: int
    weight: int


def stands_beside(path: str, length: int) -> bool:
    """Return whether a document of so many stored bytes is a file beside the packs: hosts read it, or it is too large."""
    is_for_host = path[0] in "._" or path == MARKER
    return is_for_host or file.weight(path, length) > file.LARGEST


def leaves(keys: Sequence[int], weights: Sequence[int]) -> Iterator[Leaf]:
    """Divide keys, which are in their order, among packs.

    A pack that stays as it is counts as one key: its bits, then zeros.
    """
    sums = array("Q", accumulate(weights, initial=0))
    waiting = [(0, 0, len(keys))]
    while waiting:
        depth, start, end = waiting.pop()
        weight = sums[end] - sums[start]
        if start == end:
            continue
        if weight <= file.LARGEST or depth == BITS:
            yield Leaf(bits(keys[start])[:depth], start, end, weight)
            continue
        rest = BITS - depth
        first = keys[start] >> rest << rest if depth else 0
        middle = bisect_left(keys, first | 1 << (rest - 1), start, end)
        waiting += [(depth + 1, middle, end), (depth + 1, start, middle)]
