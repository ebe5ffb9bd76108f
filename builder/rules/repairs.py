"""How to mend what breaks the JSON Schema: the help of each finding, in plain words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from builder.model.server_json import Document
from builder.rules.engine import misspelt
from builder.rules.engine.fields import quoted
from builder.rules.engine.rule import Steps
from builder.rules.engine.schema_violation import Violation

_FORMS: Mapping[str, str] = {
    "name": "such as io.github.alice/weather",
    "fileSha256": "the SHA-256 of the file: 64 digits 0-9 and a-f, as sha256sum prints it",
    "url": "an address that begins with https:// (or http://)",
    "sizes": 'such as ["48x48"], or ["any"] for a vector image',
}
_SHAPES: Mapping[str, str] = {
    "repository": '{"url": "https://github.com/alice/weather", "source": "github"}',
    "transport": '{"type": "stdio"}',
    "packages": '[{"registryType": "npm", "identifier": "@alice/weather", "version": "1.0.0", '
    '"transport": {"type": "stdio"}}]',
    "remotes": '[{"type": "streamable-http", "url": "https://example.com/mcp"}]',
    "environmentVariables": '[{"name": "API_KEY", "isSecret": true}]',
    "headers": '[{"name": "Authorization", "value": "Bearer {token}"}]',
    "packageArguments": '[{"type": "positional", "value": "stdio"}]',
    "runtimeArguments": '[{"type": "positional", "value": "--rm"}]',
    "icons": '[{"src": "https://example.com/icon.png"}]',
    "variables": '{"token": {"isSecret": true}}',
    "choices": '["read", "write"]',
    "sizes": '["48x48"]',
    "_meta": '{"io.modelcontextprotocol.registry/publisher-provided": {}}',
}


def repair(violation: Violation, document: Document) -> str:
    """Return how to mend a violation of the schema; "" where the fact says it."""
    value = value_at(document, violation.steps)
    key = last_key(violation.steps)
    match violation.keyword:
        case "required":
            return _required(violation, key)
        case "maxLength" if isinstance(value, str):
            return f"shorten it by {len(value) - violation.limit:,} characters"
        case "minLength":
            return "write it, or leave the key out if it may be absent"
        case "enum" | "const" if isinstance(value, str):
            choices = violation.limit if isinstance(violation.limit, list) else [violation.limit]
            return misspelt.question(misspelt.value(value, [str(choice) for choice in choices]))
        case "type":
            return _type(violation.limit, value, key)
        case "pattern":
            return _FORMS.get(key, "")
        case "format":
            return "an absolute address, such as https://example.com"
        case _:
            return _shape(key)


def _required(violation: Violation, key: str) -> str:
    if violation.limit:
        return f"leave {key} out, or write {_SHAPES.get(key, 'what is missing')}"
    return f"add {_shape(key) or key}"


def _type(expected: Any, value: Any, key: str) -> str:
    if expected == "string" and isinstance(value, (int, float)):
        return f'put it in quotes: "{json.dumps(value)}"'
    if expected == "string" and value is None:
        return "leave it out"
    if expected == "boolean" and isinstance(value, str) and value.lower() in ("true", "false"):
        return f"write {value.lower()} without quotes"
    if expected in ("number", "integer") and isinstance(value, str):
        return "write the number without quotes"
    if expected == "array" and key == "environmentVariables" and isinstance(value, dict):
        names = [{"name": name} for name in list(value)[:2]]
        return f"a list of objects: {quoted(names)}"
    if expected == "array" and isinstance(value, dict) and key in value.keys() | {"packages"}:
        return "put [ and ] around it"
    return _shape(key)


def _shape(key: str) -> str:
    return f'such as "{key}": {_SHAPES[key]}' if key in _SHAPES else ""


def value_at(document: Document, steps: Steps) -> Any:
    """Return the value to which steps lead; None if it is absent."""
    node: Any = document
    for step in steps:
        if isinstance(node, dict):
            node = node.get(step)
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
        else:
            return None
    return node


def last_key(steps: Steps) -> str:
    """Return the last key on the way to a value: that of the list for an element of one."""
    return next((step for step in reversed(steps) if isinstance(step, str)), "")
