"""The place of a document among the packs: 64 bits, from its address alone.

All documents of a server have the first half in common, so that they stand in one pack and one
new version changes few of them. site/worker/packs.js is the same function.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

BITS = 64
_HALF = BITS // 2
GROUPS = (
    # A server's page, its documents, its feed and badge; a namespace's page and feed.
    r"^(?:servers|(?:collections/[^/]+/)?v0(?:\.1)?/servers|v0\.1/x/[^/]+/deleted|feeds/servers|badges)"
    r"/([^/]+/[^/]+?)(?:/|\.(?:atom|json)$)",
    r"^(?:feeds/)?namespaces/([^/]+?)(?:/|\.atom$)",
    # Long lists of the registry, folder by folder; all else changes with every version, together.
    r"^(v0\.1/x/[^/]+/[^/]+/[^/]+|assets|browse/letter|docs|topics)/",
)
"""Patterns of addresses; the first that matches gives the group of documents as its own group."""
_GROUPS = tuple(map(re.compile, GROUPS))


def key(path: str) -> int:
    """Return the key of the document at a path of the site."""
    return _hash(_group(path)) << _HALF | _hash(path)


def bits(number: int) -> str:
    """Write a key as a text of zeros and ones, the highest bit first."""
    return format(number, f"0{BITS}b")


def _group(path: str) -> str:
    return next((match[1] for pattern in _GROUPS if (match := pattern.match(path))), "")


@lru_cache(maxsize=64)
def _hash(text: str) -> int:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[: _HALF // 8])
