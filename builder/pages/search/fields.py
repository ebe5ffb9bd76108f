"""What a server's entry says -> terms, each with its impact: BM25F without the rarity of a term.

Fields are weighed and made shorter or longer by constants, not by averages of the catalogue: a new
server changes no other server's numbers. How rare a term is follows from its postings when it is
asked for. Everything is counted in whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import islice, pairwise
from typing import Any

from builder.model.facts import ToolFacts
from builder.search.meaning import meaning
from builder.search.numbers import IMPACTS
from builder.search.second_look import brands, is_account
from builder.topics.texts import texts_of, variables
from builder.words.phrases import Phrases, phrase_terms
from builder.words.split import camel_parts, is_sign, split, telling
from builder.words.stem import stem

SCALE = 64
HALF = 300
"""A weight of so many 64ths has half of the greatest impact."""
LABEL, TITLE, BRAND, OWNER, PACKAGE, ADDRESS, DESCRIPTION, PAIR, VARIABLE = (
    10,
    8,
    7,
    3,
    4,
    4,
    5,
    5,
    1,
)
INITIAL_IMPACT = 16
MOST_OF_TOPIC = 28
MOST_VARIABLES, MOST_TOOLS = 20, 40
TOOL, TOLD = 4, 2
"""A tool's name, and its description."""

Weights = dict[str, int]


def impacts(
    name: str,
    content: Mapping[str, Any],
    topics: Iterable[tuple[str, int]],
    added: Iterable[str] = (),
    tools: Iterable[ToolFacts] = (),
) -> Weights:
    """Return the impact of every term of a server, 1 to 31.

    `added` are the registry's own texts, `tools` what a probe found.
    """
    weights: Weights = {}
    texts = texts_of(name, content)
    label, title = texts["name"][0], texts["title"][0]
    _add_names(weights, label, title, name.partition("/")[0])
    _add(weights, {word for text in texts["package"] for word in _words(text)}, PACKAGE, 5)
    _add(
        weights,
        {word for host in texts["address"] for word in _words(host.rpartition(".")[0])},
        ADDRESS,
        5,
    )
    _add(weights, _described(texts["description"][0]), DESCRIPTION, 1)
    _add(weights, (word for text in added for word in _described(text)), DESCRIPTION, 1)
    known = list(islice(tools, MOST_TOOLS))
    _add(weights, (word for tool in known for word in _words(tool.name)), TOOL, 0)
    _add(weights, (word for tool in known for word in _described(tool.description)), TOLD, 0)
    _add(
        weights,
        {word for text in list(variables(content))[:MOST_VARIABLES] for word in _words(text)},
        VARIABLE,
        0,
    )
    impacts_by_term = {term: _impact(weight) for term, weight in weights.items()}
    impacts_by_term |= {f"#{slug}": min(MOST_OF_TOPIC, 8 + points) for slug, points in topics}
    impacts_by_term |= {f"^{start}": INITIAL_IMPACT for start in _initials(label, title)}
    return impacts_by_term


@cache
def _impact(weight: int) -> int:
    return max(1, IMPACTS * weight // (weight + HALF))


def _add(weights: Weights, words: Iterable[str], weight: int, per_word: int) -> None:
    """Add a field: each further word in it makes all of them weigh less, by per cent."""
    terms = dict.fromkeys(words)
    share = SCALE * weight * 100 // (100 + per_word * max(0, len(terms) - 1))
    for term in terms:
        weights[term] = weights.get(term, 0) + share


def _add_names(weights: Weights, label: str, title: str, namespace: str) -> None:
    _add(weights, _words(label), LABEL, 20)
    _add(weights, _words(title), TITLE, 20)
    _add(weights, _pairs(label), PAIR, 0)
    _add(weights, _pairs(title), PAIR, 0)
    weight = OWNER if is_account(namespace) else BRAND
    _add(weights, _namespace_words(namespace), weight, 10)


@lru_cache(maxsize=1 << 12)  # packages, hosts and variables of many servers have the same names
def _words(text: str) -> Sequence[str]:
    """Return the terms of a name: its words, the parts of those in camelCase, and phrases."""
    words = [*telling(text), *camel_parts(text)]
    return (*map(stem, words), *_phrases_in(text))


def _namespace_words(namespace: str) -> list[str]:
    """Return the words of a namespace, whole parts too, without the top level and the forge."""
    parts = namespace.split(".")[2 if is_account(namespace) else 1 :]
    return [*map(stem, brands(namespace)), *(word for part in parts for word in _words(part))]


def _described(text: str) -> list[str]:
    return [*map(stem, telling(text)), *_phrases_in(text)]


def _phrases_in(text: str) -> list[str]:
    return phrase_terms([*map(stem, split(text))], _phrases())


def _pairs(text: str) -> list[str]:
    """Return the neighbours in a name as one word: `home-assistant` is "homeassistant"; and the whole."""
    words = _without_signs(text)
    pairs = [f"{left}{right}" for left, right in pairwise(words)]
    return [stem(word[:32]) for word in [*pairs, "".join(words)] if word and word not in words]


def _initials(label: str, title: str) -> Iterator[str]:
    for text in (label, title):
        for word in telling(text)[:1]:
            yield from (word[:1], word[:2])


@cache
def _phrases() -> Phrases:
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for stems, joined in meaning().phrases.items():
        words = tuple(stems.split(" "))
        by_first.setdefault(words[0], []).append((words, joined))
    return {
        first: sorted(phrases, key=lambda phrase: -len(phrase[0]))
        for first, phrases in by_first.items()
    }


def written(name: str, content: Mapping[str, Any]) -> Sequence[str]:
    """Return the telling words of the name, title and description as they are written."""
    texts = texts_of(name, content)
    parts = (*texts["name"], *texts["title"], *texts["description"])
    return list(dict.fromkeys(word for text in parts for word in _without_signs(text)))


def _without_signs(text: str) -> Sequence[str]:
    words = telling(text)
    return words if text.isascii() else [word for word in words if not is_sign(word)]
