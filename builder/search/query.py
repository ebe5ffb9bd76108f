"""What somebody typed -> what is looked for. site/assets/search/query.js does the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from builder.search.meaning import Meaning
from builder.words.split import UNTELLING, is_sign, split
from builder.words.stem import stem

MOST_WORDS = 8
HEAVY, LIGHT = 16, 4
LONGEST_PHRASE = 16
SPACES = " \t\r\n"
# What says nothing of the server: `io.github.`, `https://github.com/`, `ghcr.io/` in front.
_FORGE = re.compile(
    r"^[ \t\r\n]*(?:[a-z]+\.(?:github|gitlab|codeberg|bitbucket)\.|(?:https?://)?"
    r"(?:(?:www\.)?(?:github|gitlab|bitbucket)\.[a-z]+|codeberg\.org|(?:docker|ghcr|quay)\.io)/)",
    re.IGNORECASE | re.ASCII,
)
_SCHEME = re.compile(r"^(?:[a-z]+://)?(?:www\.)?")
_NAMESPACE = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryWord:
    """One thing that is asked for: a word or a phrase.

    `typed` is as it was typed, `term` what the index has for it; `weight` is that of a light word or
    of another.
    """

    typed: str
    term: str
    weight: int


def words_of(text: str, meaning: Meaning) -> list[QueryWord]:
    """Return what a query asks for, phrases first looked for; empty if no word tells anything."""
    typed = split(_FORGE.sub("", text))
    words = list(_words(typed, meaning))[:MOST_WORDS]
    if all(word.weight == LIGHT for word in words):
        return [QueryWord(typed=word.typed, term=word.term, weight=HEAVY) for word in words]
    return words


def keys_of(text: str) -> list[str]:
    """Return the terms that stand for a whole query: an exact name, package, host, repository,
    or a namespace.
    """
    key = key_of(text)
    if not key:
        return []
    host, slash, path = key.partition("/")
    keys = [f"={key}"]
    if slash and "." in host:
        keys += [f"={host}", f"={'/'.join([host, *path.split('/')[:2]])}"]
    if _NAMESPACE.fullmatch(host):
        keys.append(f"@{host}")
    return list(dict.fromkeys(keys))


def key_of(text: str) -> str:
    """Write a name, host, package or address in one way: lower case, without scheme and slash."""
    key = _SCHEME.sub("", text.strip(SPACES).lower(), count=1).split("?")[0].rstrip("/")
    return key.removesuffix(".git")


def _words(typed: Sequence[str], meaning: Meaning) -> Iterator[QueryWord]:
    stems = [stem(word) for word in typed]
    start = 0
    while start < len(stems):
        length, term = _phrase(stems, start, meaning)
        words = typed[start : start + length]
        if length > 1 or words[0] not in UNTELLING:
            is_light = length == 1 and (is_sign(term) or term in meaning.light)
            yield QueryWord(typed=" ".join(words), term=term, weight=LIGHT if is_light else HEAVY)
        start += length


def _phrase(stems: Sequence[str], start: int, meaning: Meaning) -> tuple[int, str]:
    """Return the length of the longest phrase that starts here, 1 for a word alone, and its term."""
    for length in range(min(LONGEST_PHRASE, len(stems) - start), 0, -1):
        joined = meaning.phrases.get(" ".join(stems[start : start + length]))
        if joined is not None:
            return length, joined
    return 1, stems[start]
