"""Reference pages of the documentation, made from what they describe.

Commands from their help, file formats from the JSON Schemas, rules from the rule objects: what
is documented cannot differ from what runs. `make reference` writes them; a test holds them to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

import click

from builder import cli
from builder.docs import rules, schemas

_WIDTH = 90
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


def pages() -> Iterator[tuple[str, str]]:
    """Yield the file name (in site/docs/) and the Markdown of each reference page."""
    yield from rules.pages()
    yield "formats.md", formats()
    yield "commands.md", commands()


_EXIT_CODES = """\
| exit code | when |
|---|---|
| 0 | done, nothing wrong |
| 1 | findings: an entry is wrong, or a change may not be merged |
| 2 | usage, configuration, repository or another server: you can fix it, and the message says how |
| 3 | a bug in mcp-registry, shown with its traceback |
| 130 | interrupted |"""


def commands() -> str:
    """Describe every command, also those of groups: its help as it prints it."""
    parts = [
        "# Commands",
        "Every command takes `--help`. Results go to stdout, progress and messages to stderr.",
        _EXIT_CODES,
        *_help(cli.cli, "mcp-registry", None),
    ]
    return "\n\n".join(parts) + "\n"


def _help(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    context = click.Context(
        command,
        info_name=name,
        parent=parent,
        terminal_width=_WIDTH,
        **command.context_settings,
    )
    if parent:
        level = "#" * len(context.command_path.split())
        yield f"{level} {context.command_path}\n\n```text\n{command.get_help(context)}\n```"
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            subcommand = command.get_command(context, child)
            assert subcommand is not None
            yield from _help(subcommand, child, context)


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
    if schema.get("type") == "array":
        return (
            f"{schema.get('description', '')} Each item is a {_type(schema['items'], definitions)}."
        )
    if "properties" not in schema:
        value = _type(schema["additionalProperties"], definitions)
        return f"{schema.get('description', '')} Each value is a {value}."
    required = schema.get("required", [])
    rows = [
        f"| `{key}` | {_type(value, definitions)} | {'required' if key in required else _default(value)} | {_meaning(value, definitions)} |"
        for key, value in schema["properties"].items()
    ]
    return "\n".join(["| key | type | default | meaning |", "|---|---|---|---|", *rows])


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
