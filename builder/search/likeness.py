"""How like two words are: the typing mistakes that lead from one to the other, and words of one root.

site/assets/search/likeness.js does the same. The distance counts a letter too many, missing or wrong,
and two neighbours exchanged ("optimal string alignment").
"""

from __future__ import annotations

import re
from collections.abc import Iterable

LONG = 8
"""Words of this length may have two mistakes, shorter ones of at least four letters one."""
SHORT = 4
MOST = 3
_ENDING = re.compile(
    r"(?:able|al|ance|ant|ate|ation|ence|ent|er|ial|ian|ic|ing|ion|ism|ist|ive|ize|ment|or|ous|y)s?"
)
"""What makes one word of another and is no part of its stem: rent, rental; chart, charting; scan, scanner."""


def corrections(
    typed: str, term: str, vocabulary: Iterable[tuple[str, str, int]]
) -> list[tuple[str, str, int]]:
    """Return the words that may have been meant by a word, best first: word, stem, distance.

    Words are compared as written and by their stems, whichever is nearer; as written they may differ
    by one mistake more. The vocabulary has words as written, their stems, and how many servers have each.
    """
    allowed = 2 if len(typed) >= LONG else 1
    if len(typed) < SHORT:
        return []
    alike = []
    for word, other, count in vocabulary:
        if abs(len(word) - len(typed)) > allowed + 1 or other == term or not _may_be(typed, word):
            continue
        written = distance(typed, word, allowed + 1)
        if written <= allowed + 1:
            far = min(written, distance(term, other, allowed))
            if far <= allowed:
                alike.append((far, other[0] != term[0], -count, word, other))
    return [(word, other, far) for far, _, _, word, other in sorted(alike)[:MOST]]


def _may_be(typed: str, word: str) -> bool:
    """Return whether words begin alike, as hardly anybody mistypes the first letter.

    A short word with another letter is mostly another word: sell is not self.
    """
    if typed[0] != word[0] and typed[:2] != word[1::-1]:
        return False
    return len(typed) > SHORT or len(typed) != len(word) or sorted(typed) == sorted(word)


def relatives(typed: str, vocabulary: Iterable[tuple[str, str, int]]) -> list[str]:
    """Return the stems of words that a word is made of or that are made of it, the commonest first."""
    related = [
        (-count, word, other)
        for word, other, count in vocabulary
        if _is_made_of(word, typed) or _is_made_of(typed, word)
    ]
    return [other for _, _, other in sorted(related)[:MOST]]


def _is_made_of(whole: str, word: str) -> bool:
    if len(word) < SHORT or not whole.startswith(word):
        return False
    ending = whole[len(word) :]
    doubled = ending[1:] if ending[:1] == word[-1] else ending
    return any(_ENDING.fullmatch(rest) for rest in (ending, doubled))


def distance(left: str, right: str, most: int) -> int:
    """Return how many mistakes lead from one word to the other; any number above `most` if more."""
    before: list[int] = []
    last = list(range(len(right) + 1))
    for row, letter in enumerate(left, 1):
        current = [row]
        for column, other in enumerate(right, 1):
            cost = min(
                last[column] + 1, current[column - 1] + 1, last[column - 1] + (letter != other)
            )
            if row > 1 and column > 1 and letter == right[column - 2] and left[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        if min(current) > most:
            return most + 1
        before, last = last, current
    return last[-1]
