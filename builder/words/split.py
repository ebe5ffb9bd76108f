"""Text -> words. site/assets/search/words.js does the same for a query in the browser and the worker.

Both sides work on Unicode's basic plane only: there JavaScript and Python sort alike.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST = 32
# Words that tell no server from another are neither indexed nor looked for.
GENERIC = frozenset({"mcp", "server", "servers"})
_COMMON = (
    "a also am an and are as at be been being but by can could did do does for from had has have "
    "he here how i if in into is it its just me my not of on or our over shall she should so such "
    "than that the their them then there these they this those to us using via was we were what "
    "when where which who whose why will with would you your "
    "com io org net www http https"
)
UNTELLING = GENERIC.union(_COMMON.split())
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SIGN = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Chinese and Japanese have no spaces between words: each character is one."""
_ASTRAL = r"\U00010000-\U0010ffff"
_WORD = re.compile(rf"[{_SIGN}]|[^\W_{_SIGN}{_ASTRAL}]+")
_ONE_SIGN = re.compile(f"[{_SIGN}]")
_PLAIN = "".join(chr(code).lower() if chr(code).isalnum() else " " for code in range(128))
"""What each character of ASCII is for `split`: a letter in lower case, a digit, or a gap."""


def plain(text: str) -> str:
    """Return a text in lower case and without accents."""
    if text.isascii():  # nine texts of ten: nothing to take apart, and four times as fast
        return text.lower()
    apart = unicodedata.normalize("NFKD", text).lower()
    return "".join(char for char in apart if unicodedata.category(char) != "Mn")


@lru_cache(maxsize=1 << 12)
def split(text: str) -> tuple[str, ...]:
    """Return every word of a text in its order, without case and accents."""
    # Nine texts of ten are ASCII: a table gives the same words in a third of the pattern's time.
    words = text.translate(_PLAIN).split() if text.isascii() else _WORD.findall(plain(text))
    return tuple([word[:LONGEST] for word in words])


@lru_cache(maxsize=1 << 12)
def telling(text: str) -> tuple[str, ...]:
    """Return the words of a text that tell one server from another, in order."""
    return tuple([word for word in split(text) if word not in UNTELLING])


def camel_parts(text: str) -> list[str]:
    """Return the parts of the words in camelCase: `sqlServer` has "sql" and "server"."""
    if not _CAMEL.search(text):
        return []
    whole = set(split(text))
    return [word for word in telling(_CAMEL.sub(" ", text)) if word not in whole]


def is_sign(word: str) -> bool:
    """Return whether a word is one Chinese or Japanese character."""
    return len(word) == 1 and _ONE_SIGN.match(word) is not None
