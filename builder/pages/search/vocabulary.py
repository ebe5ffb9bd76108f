"""Words as they are written, of which a mistyped word may be one: read only when a word finds nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

STEP = 5_000
"""For each so many servers a word must be in one more of them."""
SHORTEST = 4


def counted(texts: Iterable[str]) -> Counter[str]:
    """Return in how many servers each word is, from the words of each server, parted by spaces."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(text.split())
    return counts


def vocabulary(counts: Mapping[str, int], servers: int) -> str:
    """Return the words of so many servers in their order, each with how many have it, parted by spaces."""
    least = 1 + servers // STEP
    words = sorted(
        word for word, count in counts.items() if count >= least and len(word) >= SHORTEST
    )
    return " ".join(f"{word} {_rounded(counts[word])}" for word in words if word.isalpha())


def _rounded(count: int) -> int:
    """Round down to a power of two: one server more changes few of the numbers."""
    return 1 << (count.bit_length() - 1)
