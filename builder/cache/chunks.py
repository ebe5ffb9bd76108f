"""Cut a sequence so that one more item changes one piece of it, wherever the item comes in.

Where it is cut depends on the names of the items, not on their positions: content-defined chunking
(https://www.usenix.org/system/files/conference/atc16/atc16-paper-xia.pdf), of
names instead of bytes.
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
    """Yield items in pieces of about `size`, at least half and at most twice that.

    Each item counts with its `weight`. From half the size on, a piece ends before an item whose
    name has a certain hash.
    """
    piece: list[Item] = []
    filled = 0
    for item in items:
        added = weight(item)
        full = filled + added > 2 * size
        if piece and (full or (2 * filled >= size and _begins_piece(name(item), added, size))):
            yield piece
            piece, filled = [], 0
        piece.append(item)
        filled += added
    if piece:
        yield piece


def _begins_piece(name: str, weight: int, size: int) -> bool:
    """Return whether a piece may begin here: on average once in half the size."""
    return zlib.crc32(name.encode("utf-8", "surrogatepass")) % size < 2 * weight
