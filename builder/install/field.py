"""Reading fields of a document whose shape nobody promises: a wrong type reads as absent."""

from __future__ import annotations

import re
from collections.abc import Mapping

from builder.document import Document, Json

HIDDEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)
"""Characters that change how a line looks or runs without being seen."""


def text(item: Document, key: str) -> str:
    """Give a string, a number or a boolean as JSON writes it; "" for anything else."""
    value = item.get(key)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _whole(value)
    return str(value) if isinstance(value, (int, float)) else ""


def flag(item: Document, key: str) -> bool:
    """Tell whether a field is true."""
    return item.get(key) is True


def record(item: Document, key: str) -> Document:
    """Give an object, or an empty one."""
    return _object(item.get(key))


def records(item: Document, key: str) -> tuple[Document, ...]:
    """Give the objects in a list, or nothing."""
    value = item.get(key)
    return (
        tuple(_object(one) for one in value if isinstance(one, Mapping))
        if isinstance(value, list)
        else ()
    )


def texts(item: Document, key: str) -> tuple[str, ...]:
    """Give the strings in a list, or nothing."""
    value = item.get(key)
    return (
        tuple(_whole(one) for one in value if isinstance(one, str) and one)
        if isinstance(value, list)
        else ()
    )


def _whole(value: str) -> str:
    # Half of a surrogate pair can be written as no encoding.
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def _object(value: Json) -> Document:
    return value if isinstance(value, Mapping) else {}
