"""What many people use, as far as a dated fact tells: the stars of a repository at its forge.

No fact, no claim: a registry that has asked no forge (`mcp-registry probe --repositories`) shows none.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from builder.catalogue.catalogue import Catalogue
from builder.pages.html.row import ServerRow, rows

SHOWN, FEWEST = 6, 3
_LEAST_STARS = 10


def popular(catalogue: Catalogue) -> Sequence[ServerRow]:
    """Return the servers whose repositories have most stars, one of each repository; none if too few have."""
    starred = [row for row in rows(catalogue) if row.stars >= _LEAST_STARS and not _is_unfit(row)]
    starred.sort(key=lambda row: (-row.stars, row.name))
    # Several servers of one repository share its stars: the first by name stands for them.
    by_repository = {row.repository: row for row in reversed(starred)}
    by_stars = sorted(by_repository.values(), key=lambda row: (-row.stars, row.name))
    return list(islice(by_stars, SHOWN)) if len(by_stars) >= FEWEST else ()


def _is_unfit(row: ServerRow) -> bool:
    return bool(row.deprecated or row.caution)
