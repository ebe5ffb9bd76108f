"""What search filters and sorts by: one value for each server, in the order of their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from builder.model import timestamp
from builder.pages.html.row import ServerRow
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


class Chosen(NamedTuple):
    """What filters choose by: each server's simple facets (none: not shown), the topics that can be
    chosen, and the namespaces. Of servers that are the same the first has all their ways to run.
    """

    facets: Sequence[tuple[str, ...]]
    topics: Sequence[str]
    namespaces: Sequence[str]


def chosen(entries: Sequence[SearchEntry | None], same: Iterable[Sequence[int]]) -> Chosen:
    """Return what filters choose by."""
    return Chosen(_own(entries, same), _topics(entries), _namespaces(entries))


def facets(entries: Sequence[SearchEntry | None], by: Chosen) -> dict[str, object]:
    """Return the values that each server can be filtered by.

    `facets` names the simple ones as `group:value`, `combinations` are the sets of them that occur,
    and `combination` gives each server's, -1 for one that is not shown. `topics` and `namespaces`
    name values that `topic` (a text for each server's first, second, third) and `namespace` point
    to by one digit a server, "-" for none.
    """
    # Of 30,000 servers 2,000 have other facets than those before them.
    distinct = dict.fromkeys(by.facets)
    named = sorted(set().union(*distinct))
    place = {facet: number for number, facet in enumerate(named)}
    sets: dict[tuple[int, ...], int] = {}
    combination = {
        facets: sets.setdefault(tuple(sorted({place[facet] for facet in facets})), len(sets))
        if facets
        else -1
        for facets in distinct
    }
    namespace = _digits(by.namespaces)
    return {
        "facets": named,
        "combinations": list(sets),
        "combination": [combination[facets] for facets in by.facets],
        "topics": [[slug, table.title(slug)] for slug in by.topics],
        "topic": _ranked(entries, by.topics),
        "namespaces": by.namespaces,
        "namespace": "".join(
            [namespace.get(entry.row.namespace, NONE) if entry else NONE for entry in entries]
        ),
    }


def counts(
    entries: Sequence[SearchEntry | None], same: Iterable[Sequence[int]], by: Chosen
) -> dict[str, object]:
    """Return how many of all servers each filter leaves, and what topics are called.

    That is all that the search page says of filters before anything is asked: it reads these few
    numbers then, and not the columns.
    """
    hidden = {other for _, *others in same for other in others}
    shown = [
        (entry.row, by.facets[number])
        for number, entry in enumerate(entries)
        if entry and number not in hidden
    ]
    counted: Counter[str] = Counter()
    for facets, servers in Counter(facets for _, facets in shown).items():
        counted.update(dict.fromkeys(facets, servers))
    topics, namespaces = frozenset(by.topics), frozenset(by.namespaces)
    counted.update(
        f"topic:{slug}" for row, _ in shown for slug, _ in row.topics[:MOST] if slug in topics
    )
    counted.update(f"namespace:{row.namespace}" for row, _ in shown if row.namespace in namespaces)
    return {
        "topics": [[slug, table.title(slug)] for slug in by.topics],
        "counts": dict(sorted(counted.items())),
    }


def _own(
    entries: Sequence[SearchEntry | None], same: Iterable[Sequence[int]]
) -> list[tuple[str, ...]]:
    """Return the simple facets of each server; the first of the same ones has all their ways to run."""
    own = [tuple(entry.facets) if entry else () for entry in entries]
    for first, *others in same:
        shared = (facet for other in others for facet in own[other] if facet.startswith(SHARED))
        own[first] = (*own[first], *shared)
    return own


def days(entries: Sequence[SearchEntry | None]) -> Column:
    """Return the day of each server's last change, counted from 1970; 0 for one that is not shown.

    A deprecated server counts with the day it was last published: its deprecation is no news.
    """
    return [entry.row.published // timestamp.DAY if entry else 0 for entry in entries]


def names(entries: Sequence[SearchEntry | None], by_title: Sequence[ServerRow]) -> Column:
    """Return the place of each server in the order of titles; only sorting by name needs it.

    `by_title` has the rows of those that are shown in that order; the others come before them.
    """
    hidden = [number for number, entry in enumerate(entries) if entry is None]
    places = {row.key: rank for rank, row in enumerate(by_title, len(hidden))}
    before = iter(range(len(hidden)))
    return [places[entry.row.key] if entry else next(before) for entry in entries]


def _topics(entries: Sequence[SearchEntry | None]) -> list[str]:
    """The topics of the table, and those with most servers that the registry itself has made."""
    known = list(table.topics())
    counts = Counter(slug for entry in entries if entry for slug, _ in entry.row.topics)
    own = sorted(counts.keys() - set(known), key=lambda slug: (-counts[slug], slug))
    return [*known, *own][: len(DIGITS)]


def _ranked(entries: Sequence[SearchEntry | None], topics: Sequence[str]) -> list[str]:
    """Return the digits of each server's first topic, of each one's second, and so on."""
    digits, none = _digits(topics), NONE * MOST
    each = [
        "".join([digits.get(slug, NONE) for slug, _ in entry.row.topics[:MOST]]).ljust(MOST, NONE)
        if entry
        else none
        for entry in entries
    ]
    text = "".join(each)
    return [text[rank::MOST] for rank in range(MOST)]


def _namespaces(entries: Sequence[SearchEntry | None]) -> list[str]:
    counts = Counter(entry.row.namespace for entry in entries if entry)
    large = (name for name, count in counts.items() if count >= LARGE)
    return sorted(large, key=lambda name: (-counts[name], name))[:NAMESPACES]


def _digits(values: Iterable[str]) -> dict[str, str]:
    return dict(zip(values, DIGITS, strict=False))
