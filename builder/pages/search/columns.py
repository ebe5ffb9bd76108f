"""What search filters and sorts by: one value for each server, in the order of their numbers."""

from __future__ import annotations

from collections.abc import Sequence

from builder.model import timestamp
from builder.pages.search.entry import Entry

Column = Sequence[int]


def columns(entries: Sequence[Entry | None]) -> dict[str, object]:
    """Facets and days of change.

    `facets` names every value as `group:value`; `combinations` are the sets of them that occur;
    `combination` gives each server's, -1 for one that is not shown. `day` counts from 1970.
    """
    facets = sorted({facet for entry in entries if entry for facet in entry.facets})
    place = {facet: number for number, facet in enumerate(facets)}
    sets: dict[tuple[int, ...], int] = {}
    combination = [
        sets.setdefault(tuple(sorted(place[facet] for facet in set(entry.facets))), len(sets))
        if entry
        else -1
        for entry in entries
    ]
    return {
        "facets": facets,
        "combinations": list(sets),
        "combination": combination,
        "day": [entry.row.changed // timestamp.DAY if entry else 0 for entry in entries],
    }


def names(entries: Sequence[Entry | None]) -> Column:
    """The place of each server in the order of titles; only sorting by name needs it."""
    order = sorted(range(len(entries)), key=lambda number: _name(entries[number]))
    ranks = [0] * len(order)
    for rank, number in enumerate(order):
        ranks[number] = rank
    return ranks


def _name(entry: Entry | None) -> tuple[str, str]:
    return (entry.row.title.lower(), entry.row.name) if entry else ("", "")
