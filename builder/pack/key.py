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
    # A server's page, its documents, its feed, card and badge; a namespace's page and feed.
    r"^(?:servers|(?:collections/[^/]+/)?v0(?:\.1)?/servers|v0\.1/x/[^/]+/deleted|feeds/servers|cards|badges)"
    r"/([^/]+/[^/]+?)(?:/|\.(?:atom|json)$)",
    r"^(?:feeds/)?namespaces/([^/]+?)(?:/|\.atom$)",
    # A topic's pages and feed; a letter's pages.
    r"^(?:feeds/)?(topics/[^/]+?)(?:/|\.atom$)",
    r"^browse/(letter/[^/]+)/",
    # Both catalogues of the same servers; the last tile of each kind, which grows.
    r"/discovery/(?:ard|ai-catalog)-([^/]+)\.json$",
    r"/log/tile/[^/]+/(.+?)(?:\.p/[0-9]+)?$",
    # What is looked up by number or by name, folder by folder; but the tables of what there is
    # change with every version, as all else does. That stands together, in few packs.
    r"/(?:pages/[^/]+|changes)/index(?:/|\.json$)()",
    r"^(v0\.1/x/[^/]+/[^/]+/[^/]+|sitemap|assets|browse/namespaces|docs)/",
)
"""Patterns of addresses; the first that matches gives the group of documents as its own group.

What changes together has one group: a version that is published changes few packs, each of which
is sent to the host anew."""
_GROUPS = tuple(map(re.compile, GROUPS))


def key(path: str) -> int:
    """Return the key of the document at a path of the site."""
    return _hash(group(path)) << _HALF | _hash(path)


def group(path: str) -> str:
    """Return the group of the document at a path; "" is that of all which changes with every version."""
    return next((match[1] for pattern in _GROUPS if (match := pattern.search(path))), "")


def bits(number: int) -> str:
    """Write a key as a text of zeros and ones, the highest bit first."""
    return format(number, f"0{BITS}b")


@lru_cache(maxsize=64)
def _hash(text: str) -> int:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[: _HALF // 8])
