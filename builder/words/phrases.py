"""Several words that stand for one thing: `file system` is "filesystem".

A phrase becomes one term, the stem of its words written together. Where texts and queries are
looked through for phrases, words are compared by their stems, and the longest phrase counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from builder.words.split import split
from builder.words.stem import stem

Phrases = Mapping[str, Sequence[tuple[tuple[str, ...], str]]]
"""Phrases by their first stem, longest first: all stems of each, and the term it becomes."""


def term(text: str) -> str:
    """Return the term that a word or phrase is looked for by; "" if it has no word."""
    return stem("".join(split(text)))


def phrases(texts: Iterable[str]) -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """Collect those texts that have several words."""
    table: dict[tuple[str, ...], str] = {}
    for text in texts:
        words = split(text)
        if len(words) > 1:
            table[tuple(map(stem, words))] = term(text)
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for stems, joined in sorted(table.items(), key=lambda item: (-len(item[0]), item[0])):
        by_first.setdefault(stems[0], []).append((stems, joined))
    return by_first


def phrase_terms(stems: Sequence[str], known: Phrases) -> list[str]:
    """Return the term of every phrase in a row of stems: of several that start at one, of the longest."""
    if known.keys().isdisjoint(stems):  # most rows: nothing to look at, stem by stem
        return []
    starts = (start for start, first in enumerate(stems) if first in known)
    found = (_phrase_at(stems, start, known) for start in starts)
    return [joined for joined in found if joined]


def _phrase_at(stems: Sequence[str], start: int, known: Phrases) -> str:
    for phrase, joined in known[stems[start]]:
        if tuple(stems[start : start + len(phrase)]) == phrase:
            return joined
    return ""
