"""Reference pages of the documentation, made from what they describe.

Commands from their help, file formats from the JSON Schemas, rules from the rule objects: what
is documented cannot differ from what runs. `make reference` writes them; a test holds them to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import click

from builder import cli
from builder.docs import formats, rules

_WIDTH = 70
"""Columns that fit beside the documentation's contents, on a screen 1,280 pixels wide."""


def pages() -> Iterator[tuple[str, str]]:
    """Yield the file name (in site/docs/) and the Markdown of each reference page."""
    yield from rules.pages()
    yield from formats.pages()
    yield "commands.md", commands()


_FOLD = '<details class="fold" markdown="1"><summary>Usage and options</summary>'
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


def _purpose(command: click.Command) -> str:
    """Return the first sentence of a command's help, as Markdown takes it."""
    sentence = (command.help or "").split("\n\n")[0].replace("\n", " ")
    return escape(sentence, quote=False)


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
        usage = f"```text\n{command.get_help(context)}\n```"
        yield f"{level} {context.command_path}\n\n{_purpose(command)}\n\n{_FOLD}\n\n{usage}\n\n</details>"
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            subcommand = command.get_command(context, child)
            assert subcommand is not None
            yield from _help(subcommand, child, context)
