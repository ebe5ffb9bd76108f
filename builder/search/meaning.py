"""What words mean beside themselves: the tables of site/search, made ready for both engines.

`phrases` gives for the stems of a phrase, parted by spaces, the term that it is; `also` gives for
a term what else finds what is meant, each with its quality in sixteenths; `light` are terms that
say little; `widen` gives for a term that no server has the topic that it belongs to. A topic is
the term `#<slug>`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from builder.model import strict_yaml
from builder.runtime import resources
from builder.topics.table import topics
from builder.words.phrases import term
from builder.words.split import split
from builder.words.stem import stem

SAME, FOREIGN, ALSO, TOPIC = 15, 14, 9, 8
"""How well another name, a word of another language, a related word and a topic answer a word."""

Also = Mapping[str, Sequence[tuple[str, int]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """The tables as the engines read them; see the module."""

    phrases: Mapping[str, str]
    also: Also
    light: Sequence[str]
    widen: Mapping[str, str]


@cache
def meaning() -> Meaning:
    """Return the compiled tables of this builder."""
    data = (resources.folder("site") / "search" / "meaning.yaml").read_bytes()
    table = strict_yaml.parse(data)
    also = _also(table["same"], table["also"])
    return Meaning(
        phrases=dict(sorted(_phrases(_written(table)))),
        also={
            word: sorted(others.items(), key=_best_first) for word, others in sorted(also.items())
        },
        light=sorted(set(map(term, table["light"]))),
        widen=dict(sorted(_widen())),
    )


def read(found: Mapping[str, Any]) -> Meaning:
    """Read the tables from the JSON of an index."""
    return Meaning(**found)


def as_json(tables: Meaning) -> Mapping[str, Any]:
    """Return the tables as the JSON of an index."""
    return asdict(tables)


def _also(
    same: Sequence[Sequence[str]], also: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    groups = [list(dict.fromkeys(map(term, names))) for names in same]
    group_of = {name: group for group in groups for name in group}

    def add(word: str, other: str, quality: int) -> None:
        for name in group_of.get(word, [word]):
            others = found.setdefault(name, {})
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
            for word in map(term, words):
                add(word, f"#{topic.slug}", TOPIC)
                if language != "en":
                    add(word, first, FOREIGN)
    return found


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
            yield " ".join(map(stem, words)), term(text)


def _widen() -> Iterator[tuple[str, str]]:
    for topic in topics().values():
        for word in topic.strong:
            if not word.startswith("="):
                yield term(word), topic.slug


def _best_first(other: tuple[str, int]) -> tuple[int, str]:
    return -other[1], other[0]
