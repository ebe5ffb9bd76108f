"""Words as they are written, of which a mistyped word may be one: read only when a word finds nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

STEP = 5_000
"""For each so many servers a word must be in one more of them."""
SHORTEST = 4


def vocabulary(texts: Sequence[str]) -> str:
    """Return the words of all servers in their order, each with how many servers have it, parted by spaces."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(text.split())
    least = 1 + len(texts) // STEP
    words = (word for word in sorted(counts) if counts[word] >= least and len(word) >= SHORTEST)
    return " ".join(f"{word} {_rounded(counts[word])}" for word in words if word.isalpha())


def _rounded(count: int) -> int:
    """Round down to a power of two: one server more changes few of the numbers."""
    return 1 << (count.bit_length() - 1)
