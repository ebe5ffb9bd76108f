"""The rules by which a server gets its topics; the numbers are explained in the table's heading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from builder.topics.table import topics
from builder.topics.texts import Texts
from builder.words.phrases import Phrases, phrase_terms, phrases, term
from builder.words.split import camel_parts, split
from builder.words.stem import stem

MOST = 3
EXACT = "="
"""Stands before a word of the table that is meant in this form only."""
ENOUGH = 4
BY_REGISTRY = 20
"""Points of a topic that the registry itself gives: more than words alone bring."""
POINTS: Mapping[str, tuple[int, int]] = {
    "name": (6, 3),
    "title": (6, 3),
    "description": (4, 2),
    "package": (3, 1),
    "address": (3, 1),
}
"""For each place of a server.json what a strong and a weak word in it count."""


class TopicReason(NamedTuple):
    """A word that speaks for a topic: where it stands, and its points."""

    word: str
    place: str
    points: int


class TopicMatch(NamedTuple):
    """A topic that a server may have, with all that speaks for it."""

    slug: str
    reasons: Sequence[TopicReason]

    @property
    def points(self) -> int:
        """The sum of the reasons' points."""
        return sum(reason.points for reason in self.reasons)


def topics_of(texts: Texts, categories: Sequence[str] = ()) -> list[tuple[str, int]]:
    """Return a server's topics, best first, each with its points.

    `categories` are those that the registry itself gives it: they come before all others.
    """
    own = [(slug, BY_REGISTRY) for slug in categories]
    by_points = _points(tuple((place, tuple(written)) for place, written in texts.items()))
    others = [(slug, n) for slug, n in by_points if n >= ENOUGH and slug not in categories]
    return (own + others)[:MOST]


@lru_cache(maxsize=4)  # the versions of a server come one after the other, and mostly say the same
def _points(texts: tuple[tuple[str, tuple[str, ...]], ...]) -> list[tuple[str, int]]:
    return [(match.slug, match.points) for match in matches(dict(texts))]


def matches(texts: Texts) -> list[TopicMatch]:
    """Return every topic that anything speaks for, the one with most points first."""
    reasons: dict[str, dict[str, TopicReason]] = {}
    for place, words in _terms(texts):
        for word in words:
            for slug, is_strong in _by_term().get(word, ()):
                points = POINTS[place][0 if is_strong else 1]
                by_word = reasons.setdefault(slug, {})
                if word not in by_word or by_word[word].points < points:
                    by_word[word] = TopicReason(word=word, place=place, points=points)
    matched = (
        TopicMatch(slug=slug, reasons=tuple(by_word.values())) for slug, by_word in reasons.items()
    )
    return sorted(matched, key=lambda match: (-match.points, _order()[match.slug]))


def _terms(texts: Texts) -> Iterator[tuple[str, list[str]]]:
    """Yield what speaks for any topic in each text, with the text's place."""
    known, exact = _by_term(), _exact()
    for place, written in texts.items():
        for text in written:
            words = [*split(text), *(camel_parts(text) if place != "description" else ())]
            stems = [*map(stem, words)]
            yield (
                place,
                [
                    *(stemmed for stemmed in stems if stemmed in known),
                    *(exact[word] for word in words if word in exact),
                    *phrase_terms(stems, _phrases()),
                ],
            )


@cache
def _order() -> Mapping[str, int]:
    return {slug: number for number, slug in enumerate(topics())}


@cache
def _exact() -> Mapping[str, str]:
    """Return the terms of the words that are meant in one form only, by these words."""
    return {term.removeprefix(EXACT): term for term in _by_term() if term.startswith(EXACT)}


@cache
def _by_term() -> Mapping[str, Sequence[tuple[str, bool]]]:
    """Return the topics that each term speaks for, and whether strongly."""
    topics_of_term: dict[str, list[tuple[str, bool]]] = {}
    for topic in topics().values():
        strong = dict.fromkeys(map(_term, topic.strong), True)
        weak = dict.fromkeys(map(_term, topic.weak), False)
        for word, is_strong in {**weak, **strong}.items():
            topics_of_term.setdefault(word, []).append((topic.slug, is_strong))
    return topics_of_term


def _term(written: str) -> str:
    return written if written.startswith(EXACT) else term(written)


@cache
def _phrases() -> Phrases:
    return phrases(word for topic in topics().values() for word in (*topic.strong, *topic.weak))
