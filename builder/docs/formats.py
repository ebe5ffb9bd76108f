"""Reference pages of our own files: every key of each, from its JSON Schema.

A page a file. Keys are a list of definitions, not a table: on a phone a table hides what a key
means.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from builder.docs import schemas

_FILES = {
    "registry": ("registry.yaml", "the instance: a fork edits this file and `servers/`"),
    "namespace": ("servers/&lt;namespace&gt;/namespace.yaml", "who may publish into a namespace"),
    "status": ("servers/&lt;namespace&gt;/&lt;name&gt;/status.yaml", "the lifecycle of versions"),
    "upstream": (
        "servers/&lt;namespace&gt;/&lt;name&gt;/upstream.json",
        "where a mirrored server came from",
    ),
    "overlay": (
        "servers/&lt;namespace&gt;/&lt;name&gt;/overlay.yaml",
        "what the registry itself says of a server",
    ),
    "facts": (
        "servers/&lt;namespace&gt;/&lt;name&gt;/facts.yaml",
        "what `mcp-registry probe` found out about a server, and when",
    ),
    "pattern-overlay": (
        "overlays/&lt;slug&gt;.yaml",
        "what the registry itself says of all servers whose names fit a pattern",
    ),
    "collection": (
        "collections/&lt;slug&gt;.yaml",
        "a list of servers that the registry has chosen",
    ),
    "approvals": ("approvals.yaml", "what a person let in although the policy holds its like"),
    "blocks": ("blocks.yaml", "what the registry neither publishes nor brings in, and why"),
    "report": ("mcp-registry check --format json", "what a check prints for programs"),
}

_INTRODUCTION = """\
# File formats

The JSON Schemas of these files are in `schema/`; an editor that knows them completes and checks what you write. \
Scalars in YAML are read as text first: `1.0` is the version 1.0.

| file | what it is |
|---|---|
"""


def pages() -> Iterator[tuple[str, str]]:
    """Yield the file name (in site/docs/) and the Markdown of the list of files, and of each one's page."""
    rows = (
        f"| [{path.replace('/', '/<wbr>')}]({name}.md) | {purpose} |\n"
        for name, (path, purpose) in _FILES.items()
    )
    yield "formats/index.md", _INTRODUCTION + "".join(rows)
    for name, model in schemas.MODELS.items():
        yield f"formats/{name}.md", _page(name, model.model_json_schema())


def _page(name: str, schema: Schema) -> str:
    path, purpose = _FILES[name]
    definitions = schema.get("$defs", {})
    parts = [f"# {path}\n\nThis is {purpose}.\n\n{_keys(schema, definitions)}"]
    for title, definition in definitions.items():
        if "properties" in definition:
            keys = _keys(definition, definitions)
            parts.append(f"## {title}\n\n{_paragraph(definition)}{keys}")
    return "\n\n".join(parts) + "\n"


Schema = Mapping[str, Any]  # a JSON Schema, or a part of one


def _keys(schema: Schema, definitions: Schema) -> str:
    if schema.get("type") == "array":
        return (
            f"{schema.get('description', '')} Each item is a {_type(schema['items'], definitions)}."
        )
    if "properties" not in schema:
        value = _type(schema["additionalProperties"], definitions)
        return f"{schema.get('description', '')} Each value is a {value}."
    required = schema.get("required", [])
    return "\n\n".join(
        f"`{key}` {_facts(value, definitions, required=key in required)}\n:   {_meaning(value, definitions)}"
        for key, value in schema["properties"].items()
    )


def _facts(schema: Schema, definitions: Schema, *, required: bool) -> str:
    default = _default(schema)
    kind = _type(schema, definitions)
    return f"{kind}, required" if required else f"{kind}, default {default}" if default else kind


def _default(schema: Schema) -> str:
    value = schema.get("default")
    return (
        "" if value in (None, "", [], {}) or isinstance(value, dict) else f"`{json.dumps(value)}`"
    )


def _meaning(schema: Schema, definitions: Schema) -> str:
    # pydantic leaves out a description that is that of the value's own type.
    title = str(schema.get("$ref", "")).rpartition("/")[2]
    own = definitions[title].get("description", "") if title else ""
    return escape(schema.get("description", own), quote=False)


def _type(schema: Schema, definitions: Schema) -> str:
    if "$ref" in schema:
        title = str(schema["$ref"]).rpartition("/")[2]
        if "properties" in definitions[title]:
            return f"[{title}](#{title.lower()})"
        return _type(definitions[title], definitions)
    if "enum" in schema or "const" in schema:
        return " or ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    if "anyOf" in schema:
        return " or ".join(_type(choice, definitions) for choice in schema["anyOf"])
    if schema["type"] == "array":
        return f"list of {_type(schema['items'], definitions)}"
    return str(schema["type"])


def _paragraph(schema: Schema) -> str:
    return f"{schema['description']}\n\n" if "description" in schema else ""
