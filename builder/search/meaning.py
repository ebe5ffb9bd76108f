"""What words mean beside themselves: the tables of site/search, made ready for both engines.

`phrases` gives for the stems of a phrase, parted by spaces, the term that it is, and for a word of
another language the English one; `also` gives for
a term what else finds what is meant, each with its quality in sixteenths; `light` are terms that
say little; `widen` gives for a term that no server has the topic that it belongs to. A topic is
the term `#<slug>`.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from builder.model import strict_yaml
from builder.runtime import resources
from builder.topics.table import topics
from builder.words.phrases import term
from builder.words.split import split
from builder.words.stem import stem

SAME, FOREIGN, ALSO, TOPIC = 15, 14, 10, 6
"""How well another name, a word of another language, a related word and a topic answer a word."""

Also = Mapping[str, Sequence[tuple[str, int]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """The tables as the engines read them; see the module."""

    phrases: Mapping[str, str]
    also: Also
    light: Sequence[str]
    widen: Mapping[str, str]

    def knows(self, term: str) -> bool:
        """Return whether a term stands in the tables: then it is no typing mistake."""
        return term in self.also or term in self.widen


@cache
def meaning() -> Meaning:
    """Return the compiled tables of this builder."""
    data = (resources.folder("site") / "search" / "meaning.yaml").read_bytes()
    table = strict_yaml.parse(data)
    translations = _translations(table["translations"])
    also = _also(table["same"], table["also"], translations)
    return Meaning(
        phrases=dict(sorted({**dict(_phrases(_written(table))), **translations}.items())),
        also={
            word: sorted(others.items(), key=best_first) for word, others in sorted(also.items())
        },
        light=sorted(set(map(term, table["light"]))),
        widen=dict(sorted(_widen(table["same"]))),
    )


def of_index(tables: Meaning, terms: Container[str]) -> Meaning:
    """Return the tables without what no term of an index answers: it would only cost reading."""
    also = {
        word: [(other, quality) for other, quality in others if other in terms]
        for word, others in tables.also.items()
    }
    return Meaning(
        phrases={
            text: term for text, term in tables.phrases.items() if term in terms or also.get(term)
        },
        also=also,
        light=tables.light,
        widen=tables.widen,
    )


def answers(tables: Meaning) -> frozenset[str]:
    """Return the terms of which `of_index` asks whether an index has them."""
    others = {other for words in tables.also.values() for other, _ in words}
    return frozenset(others.union(tables.phrases.values()))


def _translations(table: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the English term of a word or phrase by its stems."""
    return {_stems(word): term(english) for english, words in table.items() for word in words}


def _stems(text: str) -> str:
    return " ".join(map(stem, split(text)))


def _also(
    same: Sequence[Sequence[str]],
    also: Mapping[str, Sequence[str]],
    translations: Mapping[str, str],
) -> dict[str, dict[str, int]]:
    related: dict[str, dict[str, int]] = {}
    groups = [list(dict.fromkeys(map(term, names))) for names in same]
    group_of = {name: group for group in groups for name in group}

    def add(word: str, other: str, quality: int) -> None:
        for name in group_of.get(word, [word]):
            others = related.setdefault(name, {})
            if other != name:
                others[other] = max(quality, others.get(other, 0))

    for group in groups:
        for name in group:
            add(name, name, SAME)
    for word, others in also.items():
        for other in others:
            add(term(word), term(other), ALSO)
    for topic in topics().values():
        first = term(topic.asked["en"][0])
        for language, words in topic.asked.items():
            for word in words:
                english = translations.get(_stems(word))
                add(english or term(word), f"#{topic.slug}", TOPIC)
                if language != "en" and not english:
                    add(term(word), first, FOREIGN)
    return related


def _written(table: Mapping[str, Any]) -> Iterator[str]:
    for names in table["same"]:
        yield from names
    for word, others in table["also"].items():
        yield word
        yield from others
    for topic in topics().values():
        for words in topic.asked.values():
            yield from words


def _phrases(texts: Iterator[str]) -> Iterator[tuple[str, str]]:
    for text in texts:
        words = split(text)
        if len(words) > 1:
            yield _stems(text), term(text)


def _widen(same: Sequence[Sequence[str]]) -> Iterator[tuple[str, str]]:
    names = {name: group for group in (list(map(term, texts)) for texts in same) for name in group}
    for topic in topics().values():
        for word in topic.strong:
            if not word.startswith("="):
                for name in names.get(term(word), [term(word)]):
                    yield name, topic.slug


def best_first(other: tuple[str, int]) -> tuple[int, str]:
    """Return the key by which what answers a word is sorted."""
    return -other[1], other[0]
