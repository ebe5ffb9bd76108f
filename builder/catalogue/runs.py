"""Servers in runs of neighbours by name, so that a change of one concerns few of them."""

from __future__ import annotations

from collections.abc import Iterable

from builder.cache.chunks import pieces

RUN = 128
"""Servers of a run on average."""


Run = tuple[str, ...]
"""Names in byte order."""


def runs(names: Iterable[str]) -> list[Run]:
    """Cut names, in byte order, into runs; one more name changes one of them, or two."""
    return [tuple(run) for run in pieces(sorted(names), RUN, str)]
