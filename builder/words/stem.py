"""Words -> stems: the Snowball project's English stemmer ("Porter2").

site/assets/search/stem.js does the same in JavaScript; tests hold it to this library. A few words keep
an ending without which they would be another thing: accounting is no account.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache

_OWN = {
    word: word for word in ("accounting", "animal", "filing", "marketing", "terminal", "training")
} | {
    "accessible": "accessib",
    "accessibility": "accessib",
    "animals": "animal",
    "filings": "filing",
    "terminals": "terminal",
}


@lru_cache(maxsize=1 << 17)
def stem(word: str) -> str:
    """Return the stem of a word in lower case; words with other than English letters stay."""
    if word in _OWN:
        return _OWN[word]
    return str(_stem_word()(word)) if word.isascii() and word.isalpha() else word


@cache
def _stem_word() -> Callable[[str], str]:
    # It imports the stemmers of forty languages: most commands need none.
    import snowballstemmer  # type: ignore[import-untyped]  # it has no stubs

    made: Callable[[str], str] = snowballstemmer.stemmer("english").stemWord
    return made
