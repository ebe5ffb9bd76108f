"""What search filters by: the facets, the topics and the namespace of each server, and their counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple, TypeVar

from builder.catalogue.catalogue import Catalogue, Renewable
from builder.pages.search import columns
from builder.pages.search.columns import Texts
from builder.topics import table
from builder.topics.rules import MOST

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
NONE = "-"
SHARED = ("type:", "where:", "transport:")
LARGE, NAMESPACES = 3, 40
"""A namespace can be chosen if it has so many servers, and only the largest ones."""

Value = TypeVar("Value")
Groups = Sequence[Sequence[int]]
"""The numbers of servers that are the same, the one to show first."""


class Chosen(NamedTuple):
    """What filters choose by: the topics and the namespaces that can be chosen, and the facets of servers
    that stand for others: such a one has the ways to run of all of them.
    """

    topics: Sequence[str]
    namespaces: Sequence[str]
    joined: Mapping[int, Texts]


def chosen(catalogue: Catalogue, same: Groups) -> Chosen:
    """Return what filters choose by."""
    own = catalogue.derived(columns.facets)
    return Chosen(
        _topics(catalogue.derived(columns.counts[columns.topics])),
        _namespaces(catalogue.derived(columns.counts[columns.namespaces])),
        {first: (*own[first], *_shared(own[other] for other in others)) for first, *others in same},
    )


def values(catalogue: Catalogue, by: Chosen) -> dict[str, object]:
    """Return the values that each server can be filtered by.

    `facets` names the simple ones as `group:value`, `combinations` are the sets of them that occur,
    and `combination` gives each server's, -1 for one that is not shown. `topics` and `namespaces`
    name values that `topic` (a text for each server's first, second, third) and `namespace` point
    to by one digit a server, "-" for none.
    """
    of_server = [*catalogue.derived(columns.facets)]
    for number, joined in by.joined.items():
        of_server[number] = joined
    # Of 30,000 servers 2,000 have other facets than those before them.
    distinct = dict.fromkeys(of_server)
    named = sorted(set().union(*distinct))
    place = {facet: number for number, facet in enumerate(named)}
    sets: dict[tuple[int, ...], int] = {}
    combination = {
        facets: sets.setdefault(tuple(sorted({place[facet] for facet in facets})), len(sets))
        if facets
        else -1
        for facets in distinct
    }
    digit = _digits(by.namespaces)
    return {
        "facets": named,
        "combinations": list(sets),
        "combination": [combination[facets] for facets in of_server],
        "topics": [[slug, table.title(slug)] for slug in by.topics],
        "topic": _ranked(catalogue.derived(columns.topics), by.topics),
        "namespaces": by.namespaces,
        "namespace": "".join(
            [digit.get(name, NONE) for name in catalogue.derived(columns.namespaces)]
        ),
    }


def counts(catalogue: Catalogue, same: Groups, by: Chosen) -> dict[str, object]:
    """Return how many of all servers each filter leaves, and what topics are called.

    That is all that the search page says of filters before anything is asked: it reads these few
    numbers then, and not the columns. Of servers that are the same one counts.
    """
    hidden = [other for _, *others in same for other in others]
    counted: Counter[str] = Counter()
    for facets, servers in _facet_counts(catalogue, by, hidden).items():
        counted.update(dict.fromkeys(facets, servers))
    topics = frozenset(by.topics)
    for slugs, servers in _without(catalogue, columns.topics, hidden).items():
        for slug in slugs[:MOST]:
            counted[f"topic:{slug}"] += servers if slug in topics else 0
    namespaces = _without(catalogue, columns.namespaces, hidden)
    counted.update({f"namespace:{name}": namespaces[name] for name in by.namespaces})
    return {
        "topics": [[slug, table.title(slug)] for slug in by.topics],
        "counts": {name: servers for name, servers in sorted(counted.items()) if servers},
    }


def _facet_counts(catalogue: Catalogue, by: Chosen, hidden: Iterable[int]) -> Counter[Texts]:
    """Return how many of the servers that are shown have each set of facets."""
    counts = _without(catalogue, columns.facets, [*hidden, *by.joined])
    counts.update(by.joined.values())
    return counts


def _without(
    catalogue: Catalogue, column: Renewable[list[Value]], hidden: Iterable[int]
) -> Counter[Value]:
    """Return how many servers have each value of a column, but those that are hidden."""
    values = catalogue.derived(column)
    counts = catalogue.derived(columns.counts[column]).copy()
    counts.subtract(values[number] for number in hidden)
    return counts


def _shared(own: Iterable[Texts]) -> Iterator[str]:
    return (facet for facets in own for facet in facets if facet.startswith(SHARED))


def _topics(counts: Mapping[Texts, int]) -> list[str]:
    """The topics of the table, and those with most servers that the registry itself has made."""
    of: Counter[str] = Counter()
    for slugs, servers in counts.items():
        for slug in slugs:
            of[slug] += servers
    known = [*table.topics()]
    own = sorted((+of).keys() - {*known}, key=lambda slug: (-of[slug], slug))
    return [*known, *own][: len(DIGITS)]


def _ranked(each: Iterable[Texts], topics: Iterable[str]) -> list[str]:
    """Return the digits of each server's first topic, of each one's second, and so on."""
    digits = _digits(topics)
    text_of = cache(
        lambda slugs: "".join(digits.get(slug, NONE) for slug in slugs[:MOST]).ljust(MOST, NONE)
    )
    text = "".join(map(text_of, each))
    return [text[rank::MOST] for rank in range(MOST)]


def _namespaces(counts: Mapping[str, int]) -> list[str]:
    large = [name for name, servers in counts.items() if name and servers >= LARGE]
    return sorted(large, key=lambda name: (-counts[name], name))[:NAMESPACES]


def _digits(values: Iterable[str]) -> dict[str, str]:
    return dict(zip(values, DIGITS, strict=False))
