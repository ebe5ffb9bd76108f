"""Which terms of an index answer a query, and how well. site/assets/search/plan.js does the same.

A query reads at most `MOST_FILES` files of terms: what is meant most directly comes first, and
what lies in one file more than that is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from builder.search.index import SearchIndex
from builder.search.likeness import corrections, relatives
from builder.search.numbers import NEUTRAL, rarity
from builder.search.query import QueryWord
from builder.words.split import is_sign
from builder.words.stem import stem

MOST_FILES = 12
PREFIX_FILES = 2
JOINED = 14
BEGINNING = 12
"""How well a word answers its beginning, times the part of it that is typed; in sixteenths."""
LEAST = 3
INITIAL = 6
CORRECTED = (0, 11, 8)
"""How well a word answers one that is so many mistakes away."""
RELATED = 11
"""How well a word of the same root answers one that no server has."""
FEW = 2
"""A word that so few servers have may be a mistake."""
COMMONER = 64
EQUAL = 13
"""Alternatives from this quality on count for how rare a word is."""
TWICE = 2
"""What stands for a word and is asked for itself is worth so much less: else it would count twice."""
LAST = "\uffff"


@dataclass(slots=True)
class Slot:
    """A word of the query with the terms that answer it: each with its quality and postings."""

    word: QueryWord
    answers: dict[str, tuple[int, str]] = field(default_factory=dict)
    correction: str = ""
    rarity: int = 0

    def add(self, term: str, quality: int, postings: str) -> None:
        """Add a term, unless it is there with a better quality."""
        if postings and quality > self.answers.get(term, (0, ""))[0]:
            self.answers[term] = quality, postings

    def count(self, least: int) -> int:
        """Return how many servers the commonest term has that answers at least so well."""
        counts = (
            text.count(" ") + 1 for quality, text in self.answers.values() if quality >= least
        )
        return max(counts, default=0)


class PostingReader:
    """Reads postings, from no more than so many files."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self._read: set[int] = set()

    def postings(self, term: str) -> str:
        """Return the postings of a term, "" if it has none or its file is one too many."""
        number = self._index.shard_of(term)
        return self._index.shard(number).get(term, "") if self._may_read(number) else ""

    def beginning_with(self, text: str) -> Iterator[tuple[str, str]]:
        """Return the terms that begin with a text, with their postings, from the first two files."""
        first = max(0, self._index.shard_of(text))
        last = min(first + PREFIX_FILES, self._index.shard_of(text + LAST) + 1)
        for number in range(first, last):
            if self._may_read(number):
                terms = self._index.shard(number).items()
                yield from ((term, quality) for term, quality in terms if term.startswith(text))

    def _may_read(self, number: int) -> bool:
        if number not in self._read and len(self._read) >= MOST_FILES:
            return False
        self._read.add(number)
        return True


def slots_of(
    words: Sequence[QueryWord], reader: PostingReader, index: SearchIndex, is_complete: bool
) -> list[Slot]:
    """Find the answers to each word; the last one may be a beginning if it is not complete."""
    slots = [Slot(word) for word in words]
    for slot in slots:
        slot.add(slot.word.term, NEUTRAL, reader.postings(slot.word.term))
    for left, right in pairwise(slots):
        _add_joined(left, right, reader)
    asked = {word.term for word in words}
    for quality in sorted({found for _, found in _others(words, index)}, reverse=True):
        for slot in slots:
            for term, found in index.meaning.also.get(slot.word.term, ()):
                if found == quality:
                    worth = quality // TWICE if term in asked else quality
                    slot.add(term, worth, reader.postings(term))
    if slots and not is_complete:
        _add_beginning(slots[-1], reader)
    for slot in slots:
        if slot.count(LEAST) <= FEW and not index.meaning.knows(slot.word.term):
            _correct(slot, reader, index)
        if not slot.answers:
            slug = index.meaning.widen.get(slot.word.term, "")
            slot.add(f"#{slug}", LEAST, reader.postings(f"#{slug}"))
        slot.rarity = rarity(slot.count(EQUAL) or slot.count(LEAST), index.count)
    return slots


def _others(words: Sequence[QueryWord], index: SearchIndex) -> Iterator[tuple[str, int]]:
    for word in words:
        yield from index.meaning.also.get(word.term, ())


def _add_joined(left: Slot, right: Slot, reader: PostingReader) -> None:
    """Two words that are one in a name: "unreal engine" finds unrealengine."""
    both = f"{left.word.typed}{right.word.typed}"
    if " " in both or is_sign(left.word.typed) or is_sign(right.word.typed):
        return
    joined = stem(both)
    postings = reader.postings(joined)
    left.add(joined, JOINED, postings)
    right.add(joined, JOINED, postings)


def _add_beginning(slot: Slot, reader: PostingReader) -> None:
    typed = slot.word.typed
    if " " in typed or is_sign(typed):
        return
    if len(typed) < 3:
        slot.add(f"^{typed}", INITIAL, reader.postings(f"^{typed}"))
        return
    for term, postings in reader.beginning_with(typed):
        slot.add(term, max(LEAST, BEGINNING * len(typed) // len(term)), postings)


def _correct(slot: Slot, reader: PostingReader, index: SearchIndex) -> None:
    """Add words of the same root if no server has a word, else what it may be a mistake for.

    A mistake is one for a much commoner word, if any server has the word itself.
    """
    if not slot.answers:
        for term in relatives(slot.word.typed, index.vocabulary):
            slot.add(term, RELATED, reader.postings(term))
        if slot.answers:
            return
    least = COMMONER * slot.count(LEAST)
    words = (entry for entry in index.vocabulary if entry[2] > least)
    for word, term, far in corrections(slot.word.typed, slot.word.term, words):
        slot.add(term, CORRECTED[far], reader.postings(term))
        slot.correction = slot.correction or word
