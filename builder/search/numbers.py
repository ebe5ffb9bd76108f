"""The whole numbers of ranking, and how postings are written. site/assets/search/numbers.js is the same."""

from __future__ import annotations

from collections.abc import Iterator

IMPACTS = 32
"""A posting's impact, 0 to 31: what the term weighs in that server's text (BM25F without idf)."""
NEUTRAL = 16
"""The prior, and the factor of a bonus, that changes nothing; qualities are sixteenths too."""


def rarity(count: int, servers: int) -> int:
    """Return the inverse document frequency in sixteenths of a bit, at least 8."""
    return 8 + _log2(256 * (2 * servers + 2) // (2 * count + 1)) - _log2(256)


def _log2(number: int) -> int:
    """Return sixteen times the binary logarithm, straight lines between powers of two."""
    places = number.bit_length() - 1
    return 16 * places + ((number << 4) >> places) - 16


def postings(text: str) -> Iterator[tuple[int, int]]:
    """Read postings: `(difference to the server before) * 32 + impact`, in base 36."""
    server = 0
    for digits in text.split():
        step, impact = divmod(int(digits, 36), IMPACTS)
        server += step
        yield server, impact
