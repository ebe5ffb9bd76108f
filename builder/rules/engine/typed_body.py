"""What the official API's typed body asks besides what the JSON Schema does (contract, 3.7: R41 and R42).

Its types follow the current schema whatever `$schema` a document declares. From that schema one
closed schema is made: every object with the properties it has there and no others, without what
the typed body does not ask (alternatives, transport patterns and `format`; R43).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping

from builder.rules.engine import json_schema
from builder.rules.engine.json_schema import Schema, Validator

_KEPT = ("type", "enum", "minLength", "maxLength", "pattern")
# Where the registry's types ask more or less than the published schema.
_BOUNDS: Mapping[tuple[str, ...], Schema] = {
    ("version",): {"minLength": 1},
    ("packages", "version"): {"maxLength": 255},
    ("packages", "registryType"): {"minLength": 1},
    ("packages", "identifier"): {"minLength": 1},
    ("repository",): {"required": []},
    ("icons",): {"required": []},
    ("remotes",): {"required": ["type"]},
    ("packages", "runtimeArguments"): {"required": ["type"]},
    ("packages", "packageArguments"): {"required": ["type"]},
}


@functools.cache
def validator() -> Validator:
    """The compiled closed schema. It breaks at `additionalProperties` where R41 does, else R42."""
    return Validator({"$schema": "http://json-schema.org/draft-07/schema#", **closed()})


@functools.cache
def closed() -> Schema:
    """Return the closed schema itself."""
    root = json_schema.load(json_schema.CURRENT)
    return _close(root, root, ())


def properties(steps: tuple[str | int, ...]) -> tuple[str, ...]:
    """Name the properties that the object at `steps` of a document may have."""
    node: Schema = closed()
    for step in steps:
        if isinstance(step, int):
            node = node.get("items", {})
        else:
            other = node.get("additionalProperties")
            inner = node.get("properties", {}).get(step)
            node = inner or (other if isinstance(other, dict) else {})
    return tuple(node.get("properties", ()))


def _close(node: Schema, root: Schema, keys: tuple[str, ...]) -> Schema:
    parts = list(_parts(node, root))
    result = {key: part[key] for part in parts for key in _KEPT if key in part}
    if keys[-1:] == ("url",):
        result.pop("pattern", None)
    named = {name: None for part in parts for name in part.get("properties", ())}
    if named:
        result |= {
            "properties": {name: _property(parts, name, root, (*keys, name)) for name in named},
            "required": _required(parts),
            "additionalProperties": False,
        }
    for part in parts:
        if isinstance(part.get("additionalProperties"), dict):
            result["additionalProperties"] = _close(part["additionalProperties"], root, keys)
        if "items" in part:
            result["items"] = _close(part["items"], root, keys)
            return result
    return result | _BOUNDS.get(keys, {})


def _property(parts: list[Schema], name: str, root: Schema, keys: tuple[str, ...]) -> Schema:
    variants = [part["properties"][name] for part in parts if name in part.get("properties", ())]
    if len({str(variant.get("enum")) for variant in variants}) > 1:
        # Alternatives that differ by this property: the typed body takes any string for it.
        return {"type": variants[0].get("type", "string")}
    return _close(variants[0], root, keys)


def _required(parts: list[Schema]) -> list[str]:
    # What every alternative asks for. Only these are asked: other members have Go's zero value.
    asked = [set(part.get("required", ())) for part in parts if part.get("required")]
    return sorted(set.intersection(*asked)) if asked else []


def _parts(node: Schema, root: Schema) -> Iterator[Schema]:
    """Yield the node, what it refers to, and all its alternatives, one after another."""
    if "$ref" in node:
        name = str(node["$ref"]).rpartition("/")[2]
        yield from _parts(root["definitions"][name], root)
        return
    yield node
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in node.get(keyword, ()):
            yield from _parts(part, root)
