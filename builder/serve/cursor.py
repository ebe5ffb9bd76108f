"""Cursors: where a list goes on, and by which filters. Made of `A-Za-z0-9_-` only."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import orjson

Key = tuple[str, str]
"""(name, version)."""
PageStart = Callable[[str, int], Key | None]
"""Gives the boundary at which page n of the list `a` (all) or `l` (latest) starts."""

LATEST = "latest"
UNTIL = "until"
"""Among a cursor's filters: the newest change when its walk began. No parameter has this name."""
_AFTER_ALL_VERSIONS = "\U0010ffff"
_PAGE = re.compile(r"([al])([0-9]{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """A position in a list: after a key, or at one (a precomputed page's boundary).

    `filters` are the parameters that it carries: VS Code drops `search` on every page but the first.
    """

    after: Key | None = None
    start: Key | None = None
    filters: Mapping[str, str] = field(default_factory=dict)


def encode(after: Key, filters: Mapping[str, str]) -> str:
    """Write a cursor that goes on after a key with the same filters."""
    text = orjson.dumps([*after, filters] if filters else after)
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def decode(text: str, page_start: PageStart) -> Cursor:
    """Read a cursor: one of ours, a page's number, or whatever upstream takes for one."""
    if page := _PAGE.fullmatch(text):
        boundary = page_start(page[1], int(page[2]))
        return Cursor(start=boundary, filters={"version": LATEST} if page[1] == "l" else {})
    match _json(text):
        case [str(name), str(version)]:
            return Cursor(after=(name, version))
        case [str(name), str(version), dict(filters)] if all(
            isinstance(value, str) for value in filters.values()
        ):
            return Cursor(after=(name, version), filters=filters)
    # Upstream: "name:version", split at the first colon; without one, every version of the name
    # has been seen.
    name, colon, version = text.partition(":")
    return Cursor(after=(name, version if colon else _AFTER_ALL_VERSIONS))


def _json(text: str) -> object:
    try:
        padded = text + "=" * (-len(text) % 4)
        return orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        return None
