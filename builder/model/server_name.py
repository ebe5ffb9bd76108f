"""What the official registry accepts as the name of a server, and as the namespace in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

_NAMESPACE = r"[a-zA-Z0-9][a-zA-Z0-9.-]*[a-zA-Z0-9]"
_SERVER = r"[a-zA-Z0-9][a-zA-Z0-9._-]*[a-zA-Z0-9]"
_NAME = re.compile(f"{_NAMESPACE}/{_SERVER}")


@lru_cache(maxsize=4)
def spellings(names: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """Return names by their lower case; the thousands of a registry's namespaces once for many questions."""
    by_lower: dict[str, tuple[str, ...]] = {}
    for name in names:
        lower = name.lower()
        by_lower[lower] = (*by_lower.get(lower, ()), name)
    return by_lower


def is_namespace(text: str) -> bool:
    """Return whether a text can be the part of a server's name before the slash (R5)."""
    return re.fullmatch(_NAMESPACE, text) is not None


def is_name(name: str) -> bool:
    """Return whether the official registry accepts a text as a server's name (R5)."""
    return _NAME.fullmatch(name) is not None
