"""What the search page shows before anything is asked: the first servers of all, in its HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter

from builder.pages.html.row import ServerRow
from builder.pages.search.entry import SearchEntry

SHOWN = 20
"""As many as the page shows of any query at first: PAGE in site/assets/results.js."""


def listed(
    entries: Sequence[SearchEntry | None], same: Iterable[Sequence[int]]
) -> tuple[list[ServerRow], int]:
    """Return the first servers as an empty query ranks them, and how many it finds.

    The best prior comes first, then the newest; servers that are the `same` are shown once.
    """
    found = [(number, entry) for number, entry in enumerate(entries) if entry]
    found.sort(key=itemgetter(0), reverse=True)
    found.sort(key=lambda one: one[1].prior, reverse=True)
    first_of = {number: group[0] for group in same for number in group}
    shown = list(dict.fromkeys(first_of.get(number, number) for number, _ in found))
    return [entry.row for number in shown[:SHOWN] if (entry := entries[number])], len(shown)
