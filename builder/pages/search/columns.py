"""Columns: one value for each server, in the order of their numbers.

A process that stays brings a column up where a server has changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, TypeVar

from builder.catalogue.catalogue import Catalogue, Renewable
from builder.model import timestamp
from builder.pages.search.entry import SearchEntry, entries, interned, numbering

Value = TypeVar("Value")
Texts = tuple[str, ...]
_NONE: Texts = ()


def column(of_server: Callable[[SearchEntry], Value], none: Value) -> Renewable[list[Value]]:
    """Return what gives a value for each server of a catalogue, `none` for one that is not shown."""

    def value(entry: SearchEntry | None) -> Value:
        return of_server(entry) if entry else none

    def make(catalogue: Catalogue) -> list[Value]:
        return [of_server(entry) if entry else none for entry in entries(catalogue)]

    def renew(last: list[Value], catalogue: Catalogue, _changed: frozenset[str]) -> list[Value]:
        servers, _, changed = catalogue.derived(numbering)
        if changed is None:
            return make(catalogue)
        values = [*last, *(value(entry) for *_, entry in servers[len(last) :])]
        for number in changed:
            values[number] = value(servers[number][2])
        return values

    return Renewable(make, renew)


def counted(values: Renewable[list[Value]]) -> Renewable[Counter[Value]]:
    """Return what gives how many servers have each value of a column."""

    def make(catalogue: Catalogue) -> Counter[Value]:
        return Counter(catalogue.derived(values))

    def renew(
        last: Counter[Value], catalogue: Catalogue, _changed: frozenset[str]
    ) -> Counter[Value]:
        changed = catalogue.derived(numbering).changed
        if changed is None or catalogue.earlier is None:
            return make(catalogue)
        before, now = catalogue.earlier.values[values], catalogue.derived(values)
        counts = last.copy()
        counts.update(now[number] for number in changed)
        counts.subtract(before[number] for number in changed if number < len(before))
        return counts

    return Renewable(make, renew)


keys = column(attrgetter("row.key"), "")
"""The hash of each server."""
named = column(lambda entry: (entry.row.name, entry.identity), ("", _NONE))
"""The name of each, and what says which servers are the same."""
priors = column(attrgetter("prior"), 0)
facets = column(attrgetter("facets"), _NONE)
"""What each can be filtered by, as `group:value`, but topics and namespaces."""
topics = column(lambda entry: interned(tuple([slug for slug, _ in entry.row.topics])), _NONE)
namespaces = column(attrgetter("row.namespace"), "")
days = column(lambda entry: entry.row.published // timestamp.DAY, 0)
"""The day of each server's last change, counted from 1970.

A deprecated server counts with the day it was last published: its deprecation is no news.
"""

counts: Mapping[Any, Renewable[Counter[Any]]] = {
    values: counted(values) for values in (facets, topics, namespaces)
}
"""How many servers have each value of a column."""
