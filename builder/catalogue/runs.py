"""Runs: the names of all servers in byte order, cut into pieces that a new name hardly moves."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from builder.cache.chunks import pieces

RUN = 128
"""Servers in a run, on average."""

Run = tuple[str, ...]
"""Names of servers, in byte order."""


def runs(names: Iterable[str]) -> list[Run]:
    """Return names, sorted, cut into runs; one more name changes one of them, or two."""
    return list(_cut(tuple(sorted(names))))


@lru_cache(maxsize=2)  # a build cuts the same names for the cache and for what is made of servers
def _cut(names: tuple[str, ...]) -> tuple[Run, ...]:
    return tuple(tuple(run) for run in pieces(names, RUN, str))
