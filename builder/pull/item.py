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
_MAX_SEQUENCE = (1 << 63) - 1


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
            key=(text_of(server["name"]), text_of(server["version"])),
            status=text_of(official["status"]),
            is_latest=bool(official["isLatest"]),
            published=text_of(official["publishedAt"]),
            updated=text_of(official["updatedAt"]),
            body=body,
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise RemoteError(f"an item is no server's version: {error!r:.200}") from error


def text_of(value: Any) -> str:
    """Return a text that can be stored; TypeError or ValueError if a JSON value is none.

    JSON can hold half of a surrogate pair, which no file and no database takes.
    """
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.100} is not a text")
    value.encode()
    return value


def number_of(value: Any) -> int:
    """Return a sequence number that can be stored; TypeError if a JSON value is none."""
    if type(value) is not int or not 0 <= value <= _MAX_SEQUENCE:
        raise TypeError(f"{value!r:.100} is not a sequence number")
    return value
