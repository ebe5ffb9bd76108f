"""One version in a copy: its ServerResponse as bytes, and what a copy finds it by.

What a registry vouches for by its hash may still not be of the form that it should have.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from builder.model.errors import RemoteError
from builder.model.server_json import OFFICIAL

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A version: `key` is its name and version, `body` its ServerResponse, the rest is from it."""

    key: Key
    status: str
    is_latest: bool
    published: str
    updated: str
    body: bytes


def read(body: bytes) -> Item:
    """Read a ServerResponse; RemoteError if it is not one."""
    try:
        value = json.loads(body)
        server, official = value["server"], value["_meta"][OFFICIAL]
        return Item(
            key=(_text(server["name"]), _text(server["version"])),
            status=_text(official["status"]),
            is_latest=bool(official["isLatest"]),
            published=_text(official["publishedAt"]),
            updated=_text(official["updatedAt"]),
            body=body,
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise RemoteError(f"what stands for a version is none: {error!r}") from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.100} is not a text")
    return value
