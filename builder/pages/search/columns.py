"""What search filters and sorts by: one value for each server, in the order of their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from builder.model import timestamp
from builder.pages.search.entry import SearchEntry
from builder.topics import table
from builder.topics.rules import MOST

Column = Sequence[int]
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
NONE = "-"
SHARED = ("type:", "where:", "transport:")
LARGE, NAMESPACES = 3, 40
"""A namespace can be chosen if it has so many servers, and only the largest ones."""


def seen(entries: Sequence[SearchEntry | None]) -> list[object]:
    """Return all that `facets` and `counts` are made from, but which servers are the same."""
    return [
        [entry.facets, [slug for slug, _ in entry.row.topics], entry.row.namespace]
        if entry
        else None
        for entry in entries
    ]


def facets(
    entries: Sequence[SearchEntry | None], same: Iterable[Sequence[int]]
) -> dict[str, object]:
    """Return the values that each server can be filtered by.

    `facets` names the simple ones as `group:value`, `combinations` are the sets of them that occur,
    and `combination` gives each server's, -1 for one that is not shown. `topics` and `namespaces`
    name values that `topic` (a text for each server's first, second, third) and `namespace` point
    to by one digit a server, "-" for none.
    """
    own = _own(entries, same)
    named = sorted(set().union(*own))
    place = {facet: number for number, facet in enumerate(named)}
    sets: dict[tuple[int, ...], int] = {}
    combination = [
        sets.setdefault(tuple(sorted(place[facet] for facet in facets)), len(sets))
        if facets
        else -1
        for facets in own
    ]
    topics = _topics(entries)
    namespaces = _namespaces(entries)
    return {
        "facets": named,
        "combinations": list(sets),
        "combination": combination,
        "topics": [[slug, table.title(slug)] for slug in topics],
        "topic": [_topic(entries, rank, topics) for rank in range(MOST)],
        "namespaces": namespaces,
        "namespace": "".join(
            _digit(namespaces, entry.row.namespace) if entry else NONE for entry in entries
        ),
    }


def counts(
    entries: Sequence[SearchEntry | None], same: Iterable[Sequence[int]]
) -> dict[str, object]:
    """Return how many of all servers each filter leaves, and what topics are called.

    That is all that the search page says of filters before anything is asked: it reads these few
    numbers then, and not the columns.
    """
    same = list(same)
    own, topics, namespaces = _own(entries, same), _topics(entries), _namespaces(entries)
    hidden = {other for _, *others in same for other in others}
    counted: Counter[str] = Counter()
    for number, entry in enumerate(entries):
        if entry and number not in hidden:
            counted.update(own[number])
            counted.update(f"topic:{slug}" for slug, _ in entry.row.topics[:MOST] if slug in topics)
            counted.update([f"namespace:{entry.row.namespace}"])
    large = {f"namespace:{name}" for name in namespaces}
    return {
        "topics": [[slug, table.title(slug)] for slug in topics],
        "counts": {
            facet: count
            for facet, count in sorted(counted.items())
            if not facet.startswith("namespace:") or facet in large
        },
    }


def _own(entries: Sequence[SearchEntry | None], same: Iterable[Sequence[int]]) -> list[set[str]]:
    """Return the simple facets of each server; the first of the same ones has all their ways to run."""
    own = [{*entry.facets} if entry else set() for entry in entries]
    for first, *others in same:
        own[first] |= {
            facet for other in others for facet in own[other] if facet.startswith(SHARED)
        }
    return own


def days(entries: Sequence[SearchEntry | None]) -> Column:
    """Return the day of each server's last change, counted from 1970; 0 for one that is not shown.

    A deprecated server counts with the day it was last published: its deprecation is no news.
    """
    return [entry.row.published // timestamp.DAY if entry else 0 for entry in entries]


def names(entries: Sequence[SearchEntry | None]) -> Column:
    """Return the place of each server in the order of titles; only sorting by name needs it."""
    order = sorted(range(len(entries)), key=lambda number: _name(entries[number]))
    ranks = [0] * len(order)
    for rank, number in enumerate(order):
        ranks[number] = rank
    return ranks


def _topics(entries: Sequence[SearchEntry | None]) -> list[str]:
    """The topics of the table, and those with most servers that the registry itself has made."""
    known = list(table.topics())
    counts = Counter(slug for entry in entries if entry for slug, _ in entry.row.topics)
    own = sorted(counts.keys() - set(known), key=lambda slug: (-counts[slug], slug))
    return [*known, *own][: len(DIGITS)]


def _topic(entries: Sequence[SearchEntry | None], rank: int, topics: Sequence[str]) -> str:
    return "".join(
        _digit(topics, entry.row.topics[rank][0])
        if entry and len(entry.row.topics) > rank
        else NONE
        for entry in entries
    )


def _namespaces(entries: Sequence[SearchEntry | None]) -> list[str]:
    counts = Counter(entry.row.namespace for entry in entries if entry)
    large = (name for name, count in counts.items() if count >= LARGE)
    return sorted(large, key=lambda name: (-counts[name], name))[:NAMESPACES]


def _digit(values: Sequence[str], value: str) -> str:
    return DIGITS[values.index(value)] if value in values else NONE


def _name(entry: SearchEntry | None) -> tuple[str, str]:
    return (entry.row.title.lower(), entry.row.name) if entry else ("", "")
