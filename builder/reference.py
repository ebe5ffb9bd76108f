"""Reference pages of the documentation, made from what they describe.

Commands from their help, file formats from the JSON Schemas, rules from the rule objects: what
is documented cannot differ from what runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

import click

from builder import cli, schemas
from builder.config import Config

_FILES = {
    "registry": ("registry.yaml", "the instance: a fork edits this file and `servers/`"),
    "namespace": ("servers/&lt;namespace&gt;/namespace.yaml", "who may publish into a namespace"),
    "status": ("servers/&lt;namespace&gt;/&lt;name&gt;/status.yaml", "the lifecycle of versions"),
    "upstream": (
        "servers/&lt;namespace&gt;/&lt;name&gt;/upstream.json",
        "where a mirrored server came from",
    ),
    "report": ("mcp-registry check --format json", "what a check prints for programs"),
}


def pages(_config: Config) -> Iterator[tuple[str, str]]:
    """Give the path (below docs/) and the Markdown of each reference page."""
    from builder.rules import page as rules

    yield "rules.md", rules.render()
    yield "formats.md", formats()
    yield "commands.md", commands()


def commands() -> str:
    """Describe every command: its help as it prints it."""
    group = cli.cli
    context = click.Context(
        group, info_name="mcp-registry", max_content_width=90, terminal_width=90
    )
    parts = ["# Commands\n\nEvery command takes `--help`. Exit codes: 0 done, 1 findings, 2 usage, configuration "
             "or repository, 3 a bug, 130 interrupted."]  # fmt: skip
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        inner = click.Context(
            command, info_name=name, parent=context, max_content_width=90, terminal_width=90
        )
        parts.append(f"## mcp-registry {name}\n\n```text\n{command.get_help(inner)}\n```")
    return "\n\n".join(parts) + "\n"


def formats() -> str:
    """Describe our own files: a table of keys for each, from its schema."""
    parts = ["# File formats\n\nThe JSON Schemas of these files are in `schema/`; an editor that knows them completes "
             "and checks what you write. Scalars in YAML are read as text first: `1.0` is the version 1.0."]  # fmt: skip
    for name, model in schemas.MODELS.items():
        path, purpose = _FILES[name]
        schema = model.model_json_schema()
        definitions = schema.get("$defs", {})
        parts.append(f"## {path}\n\nThis is {purpose}.\n\n{_table(schema, definitions)}")
        for title, definition in definitions.items():
            if "properties" in definition:
                table = _table(definition, definitions)
                parts.append(f"### {title}\n\n{_paragraph(definition)}{table}")
    return "\n\n".join(parts) + "\n"


Schema = Mapping[str, Any]  # a JSON Schema, or a part of one


def _table(schema: Schema, definitions: Schema) -> str:
    if "properties" not in schema:
        value = _type(schema["additionalProperties"], definitions)
        return f"{schema.get('description', '')} Each value is a {value}."
    required = schema.get("required", [])
    rows = [
        f"| `{key}` | {_type(value, definitions)} | {'yes' if key in required else 'no'} | {escape(value.get('description', ''))} |"
        for key, value in schema["properties"].items()
    ]
    return "\n".join(["| key | type | required | meaning |", "|---|---|---|---|", *rows])


def _type(schema: Schema, definitions: Schema) -> str:
    if "$ref" in schema:
        title = str(schema["$ref"]).rpartition("/")[2]
        if "properties" in definitions[title]:
            return f"[{title}](#{title.lower()})"
        return _type(definitions[title], definitions)
    if "enum" in schema or "const" in schema:
        return " or ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'], definitions)}"
    return str(schema.get("type", "any"))


def _paragraph(schema: Schema) -> str:
    return f"{schema['description']}\n\n" if "description" in schema else ""
