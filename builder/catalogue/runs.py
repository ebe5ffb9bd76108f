"""Runs: the names of all servers in byte order, cut into pieces that a new name hardly moves."""

from __future__ import annotations

from collections.abc import Iterable

from builder.cache.chunks import pieces

RUN = 128
"""Servers in a run, on average."""

Run = tuple[str, ...]
"""Names of servers, in byte order."""


def runs(names: Iterable[str]) -> list[Run]:
    """Return names, sorted, cut into runs; one more name changes one of them, or two."""
    return [tuple(run) for run in pieces(sorted(names), RUN, str)]
