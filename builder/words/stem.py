"""Words -> stems: the Snowball project's English stemmer ("Porter2").

site/assets/search/stem.js does the same in JavaScript; tests hold it to this library. A few words
keep an ending without which they would be another thing: accounting is no account.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache

from builder.runtime import resources

FILE = "stems.txt"
"""In site/search: on each line a stem and words that have it. `python -m builder.docs` writes it."""

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
    if not has_steps(word):
        return word
    return _known().get(word) or by_algorithm(word)


def has_steps(word: str) -> bool:
    """Return whether a step of the algorithm may begin with a word."""
    return word.endswith(_ENDINGS) and word.isascii() and word.isalpha()


def by_algorithm(word: str) -> str:
    """Return what the algorithm makes of a word, with nothing looked up."""
    return str(_stem_word()(_AS_VERB.sub("ify", word)))


@cache
def _known() -> dict[str, str]:
    """Return the stems of the words in the tables of search: every start would make them anew."""
    lines = (resources.folder("site") / "search" / FILE).read_text(encoding="ascii").splitlines()
    return {word: line[0] for line in map(str.split, lines) for word in line[1:]}


@cache
def _stem_word() -> Callable[[str], str]:
    # It imports the stemmers of forty languages: most commands need none.
    import snowballstemmer  # type: ignore[import-untyped]  # it has no stubs

    made: Callable[[str], str] = snowballstemmer.stemmer("english").stemWord
    return made
