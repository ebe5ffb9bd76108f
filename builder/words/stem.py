"""Words -> stems: the Snowball project's English stemmer ("Porter2").

site/assets/search/stem.js does the same in JavaScript; tests hold it to this library. A few words
keep an ending without which they would be another thing: accounting is no account.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache

# By their stems these would be another word: a customer customizes nothing, a product is no production.
_WHOLE = (
    "accounting animal anime authorization availability booking boxing business calculator computer "
    "conversation customer direction documentation docs driving emergency engineer engineering executive "
    "filing government hospitality important insider interactive international listing locale localization "
    "marketing objective organization parking performance powerful presentation production productivity "
    "publication rating running shipping statement terminal training university"
)
_PLURALS = {"businesses": "business", "universities": "university"}
_OWN = (
    {word: word for word in _WHOLE.split()}
    | {f"{word}s": word for word in _WHOLE.split() if not word.endswith(("s", "y"))}
    | _PLURALS
    | {"accessible": "accessib", "accessibility": "accessib", "localize": "localization"}
)

_ENDINGS = (
    *("s", "y", "e", "i", "ed", "ing", "ic", "al", "ful"),
    *("ll", "er", "or", "ism", "ion", "ant", "ent", "ist"),
)
"""A word without any of these endings is its own stem: no step of the algorithm begins with it."""
_AS_VERB = re.compile(r"ifications?$")
"""The algorithm has notifi for notify, and notif for notification."""


@lru_cache(maxsize=1 << 17)
def stem(word: str) -> str:
    """Return the stem of a word in lower case; words with other than English letters stay."""
    if word in _OWN:
        return _OWN[word]
    if not word.endswith(_ENDINGS) or not word.isascii() or not word.isalpha():
        return word
    return str(_stem_word()(_AS_VERB.sub("ify", word)))


@cache
def _stem_word() -> Callable[[str], str]:
    # It imports the stemmers of forty languages: most commands need none.
    import snowballstemmer  # type: ignore[import-untyped]  # it has no stubs

    made: Callable[[str], str] = snowballstemmer.stemmer("english").stemWord
    return made
