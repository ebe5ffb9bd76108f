"""What the search page shows before anything is asked: the first servers of all, in its HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from builder.pages.html.row import ServerRow
from builder.pages.search.entry import SearchEntry

SHOWN = 20
"""As many as the page shows of any query at first: PAGE in site/assets/results.js."""


def listed(
    entries: Sequence[SearchEntry | None], priors: Sequence[int], same: Sequence[Sequence[int]]
) -> tuple[list[ServerRow], int]:
    """Return the first servers as an empty query ranks them, and how many it finds.

    The best prior comes first, then the newest; servers that are the `same` are shown once.
    """
    first = [entries[number] for number in islice(_ranked(entries, priors, same), SHOWN)]
    count = len(entries) - entries.count(None) - sum(len(group) - 1 for group in same)
    return [entry.row for entry in first if entry], count


def _ranked(
    entries: Sequence[SearchEntry | None], priors: Sequence[int], same: Sequence[Sequence[int]]
) -> Iterator[int]:
    first_of = {number: group[0] for group in same for number in group}
    shown = set()
    for prior in sorted({*priors}, reverse=True):
        for number in range(len(entries) - 1, -1, -1):
            if priors[number] == prior and entries[number]:
                first = first_of.get(number, number)
                if first not in shown:
                    shown.add(first)
                    yield first
