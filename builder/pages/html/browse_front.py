"""The front page of browsing: topics first, then kinds and dates, then the letters of titles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from builder.catalogue.catalogue import Catalogue
from builder.model.config import Config
from builder.model.page import Page
from builder.pages.html.browse import Choice, choice, letters, recent
from builder.pages.html.environment import render
from builder.pages.html.row import ServerRow, kind_title, rows
from builder.pages.html.topic import choices as topics

NEWEST = 10


def pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """The page itself."""
    by_date = recent(catalogue)
    yield render(
        "browse.html",
        "browse",
        config,
        topics=catalogue.derived(topics),
        kinds=_kinds(rows(catalogue)),
        recent=[choice(listing) for listing in by_date],
        letters=[choice(listing) for listing in letters(catalogue)],
        newest=by_date[0].rows[:NEWEST],
    )


def _kinds(rows: Sequence[ServerRow]) -> list[Choice]:
    """Return each package type and remote servers as a filter of the search, the most used first."""
    counts = Counter(kind for row in rows for kind in row.kinds)
    return [
        Choice(title=kind_title(kind), servers=count, url=f"search/?{facet}")
        for kind, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if (facet := _facet(kind))
    ]


def _facet(kind: str) -> str:
    """Return a kind as a filter of the search; "" for what no registry type looks like."""
    if kind == "remote":
        return "where=remote"
    is_type = kind.isascii() and kind.replace("-", "").isalnum() and kind.islower()
    return f"type={kind}" if is_type else ""
