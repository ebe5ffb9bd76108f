"""Reading fields of a document whose shape nobody promises: a wrong type reads as absent."""

from __future__ import annotations

import re

from builder.model.server_json import Document

HIDDEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
"""Characters that change how a line looks or runs without being seen."""
UNSEEN = re.compile(
    r"[\xad\u034f\u0600-\u0605\u06dd\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164"
    r"\ufe00-\ufe0f\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""More that leave no mark (Unicode's default ignorables and blanks): good in a title, not in a command."""


def text(item: Document, key: str) -> str:
    """Return a string, a number or a boolean as JSON writes it; "" for anything else."""
    value = item.get(key)
    if value is None:
        return ""
    if isinstance(value, str):
        return value if value.isascii() else _whole(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else ""


def flag(item: Document, key: str) -> bool:
    """Return whether a field is true."""
    return item.get(key) is True


def record(item: Document, key: str) -> Document:
    """Return an object, or an empty one."""
    value = item.get(key)
    return value if isinstance(value, dict) else {}


def records(source: Document, key: str) -> tuple[Document, ...]:
    """Return the objects in a list, or nothing."""
    value = source.get(key)
    if not isinstance(value, list):
        return ()
    return tuple(item for item in value if isinstance(item, dict))


def texts(source: Document, key: str) -> tuple[str, ...]:
    """Return the strings in a list, or nothing."""
    value = source.get(key)
    return (
        tuple(_whole(item) for item in value if isinstance(item, str) and item)
        if isinstance(value, list)
        else ()
    )


def _whole(value: str) -> str:
    # Half of a surrogate pair can be written as no encoding.
    return value.encode("utf-8", "replace").decode()
