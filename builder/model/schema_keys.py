"""Which keys a model of settings knows at a place in it: for messages about a key that it does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel


def keys_at(model: type[BaseModel], steps: Sequence[str | int]) -> list[str]:
    """List the keys that a mapping may have at the end of these steps, in the order of the model.

    `steps` are the `loc` of one of pydantic's errors. Besides keys and indexes it names the members
    of unions: what is no step in the schema is passed over.
    """
    schema = model.model_json_schema()
    parts = list(_variants(schema, schema))
    for step in steps:
        below = [inner for part in parts for inner in _below(schema, part, step)]
        parts = below or parts
    return list(dict.fromkeys(key for part in parts for key in part.get("properties", {})))


def _below(
    schema: Mapping[str, Any], part: Mapping[str, Any], step: str | int
) -> Iterator[Mapping[str, Any]]:
    """Yield the schemas of the value that a step leads to."""
    by_name = part.get("properties", {})
    inner = part.get("items") if isinstance(step, int) else by_name.get(step)
    inner = inner or part.get("additionalProperties")
    if isinstance(inner, Mapping):
        yield from _variants(schema, inner)


def _variants(schema: Mapping[str, Any], part: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a part of a schema with its reference followed, each member of a union by itself."""
    if "$ref" in part:
        yield from _variants(schema, schema["$defs"][part["$ref"].rpartition("/")[2]])
        return
    yield part
    for member in (*part.get("anyOf", ()), *part.get("oneOf", ()), *part.get("allOf", ())):
        yield from _variants(schema, member)
