"""Values out of JSON of any shape: what has not the form that it should have counts as absent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def as_object(value: object) -> Mapping[str, Any]:
    """Return a value if it is a JSON object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def objects(value: object) -> list[Mapping[str, Any]]:
    """Return the objects in a list; none if it is no list."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def text(values: Mapping[str, Any], key: str) -> str:
    """Return the text at a key, "" if there is none."""
    value = values.get(key)
    return value if isinstance(value, str) else ""
