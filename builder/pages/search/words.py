"""Text -> words, the same way as site/assets/words.js does it for a query."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST = 32
# Words that tell no server from another are neither indexed nor looked for.
GENERIC = frozenset({"mcp", "server", "servers"})
_COMMON = (
    "a an and are as at be by for from has have in into is it its of on or over that the their "
    "this to using via with you your com io org net www http https"
)
_UNTELLING = GENERIC.union(_COMMON.split())
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# Chinese and Japanese have no spaces between words: each character is one.
_SIGN = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_SIGN}]|[^\W_{_SIGN}]+")


def words(text: str) -> list[str]:
    """Return the telling words of a text, in lower case and without accents, each once.

    A word in camelCase is given whole and in its parts: GitHub is "github", "git" and "hub".
    """
    found = dict.fromkeys([*_split(text), *_split(_CAMEL.sub(" ", text))])
    return [word for word in found if word not in _UNTELLING]


def joined(text: str) -> list[str]:
    """Return the telling words of a text as one word, in a list that is empty if there are none.

    Whoever types a name whole, with or without its hyphens, finds it first.
    """
    word = "".join(one for one in _split(text) if one not in GENERIC)
    return [word[:LONGEST]] if word else []


@lru_cache(maxsize=1 << 16)
def _split(text: str) -> tuple[str, ...]:
    return tuple(word[:LONGEST] for word in _WORD.findall(_bare(text)))


def _bare(text: str) -> str:
    if text.isascii():  # nine texts of ten: nothing to take apart, and four times as fast
        return text.lower()
    plain = unicodedata.normalize("NFKD", text).lower()
    return "".join(one for one in plain if not unicodedata.combining(one))
