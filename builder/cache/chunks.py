"""Cut a sequence so that one more item in it changes one piece, wherever it comes in.

Where it is cut depends on what the items are called, not on their place: content-defined chunking
(https://www.usenix.org/system/files/conference/atc16/atc16-paper-xia.pdf), of names.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


def pieces(
    items: Iterable[Item],
    size: int,
    name: Callable[[Item], str],
    weight: Callable[[Item], int] = lambda _: 1,
) -> Iterator[list[Item]]:
    """Cut items into pieces of about `size`, at least half and at most twice that.

    Items count by their `weight`. From half the size on a piece ends before an item whose name
    says so by its hash.
    """
    piece: list[Item] = []
    filled = 0
    for item in items:
        own = weight(item)
        full = filled + own > 2 * size
        if piece and (full or (2 * filled >= size and _opens(name(item), own, size))):
            yield piece
            piece, filled = [], 0
        piece.append(item)
        filled += own
    if piece:
        yield piece


def _opens(name: str, weight: int, size: int) -> bool:
    """Choose so many items that one is met after another half of the size, on average."""
    return zlib.crc32(name.encode("utf-8", "surrogatepass")) % size < 2 * weight
