"""Shell patterns, many at once: `*` and `?` match any character, also a slash; case is ignored."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fnmatch import translate
from functools import lru_cache

_WILD = frozenset("*?[")


def is_exact(pattern: str) -> bool:
    """Return whether a pattern has no wildcard, so that it matches one text alone."""
    return _WILD.isdisjoint(pattern)


@lru_cache(maxsize=4096)
def matcher(patterns: tuple[str, ...]) -> Callable[[Iterable[str]], bool]:
    """Return a function that tells whether any of some texts matches any of the patterns."""
    fits = _one(patterns)
    return lambda texts: any(map(fits, texts))


@lru_cache(maxsize=4096)
def outside(patterns: tuple[str, ...]) -> Callable[[Iterable[str]], str | None]:
    """Return a function that gives the first of some texts, in byte order, that matches no pattern."""
    fits = _one(patterns)
    return lambda texts: next((text for text in sorted(texts) if not fits(text)), None)


def _one(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    exact = frozenset(pattern.lower() for pattern in patterns if is_exact(pattern))
    wild = [translate(pattern.lower()) for pattern in patterns if not is_exact(pattern)]
    if not wild:
        return lambda text: text.lower() in exact
    match = re.compile("|".join(wild)).match
    return lambda text: text.lower() in exact or match(text.lower()) is not None
