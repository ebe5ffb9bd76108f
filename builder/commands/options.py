"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any] | click.Command)

root = click.option(
    "--root",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=".",
    show_default="the repository around this folder",
    help="A folder in the registry's repository.",
)
out = click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    show_default="public/ in the repository",
    help="The folder to write the site to.",
)
resolver = click.option(
    "--resolver",
    default="",
    metavar="ADDRESS[:PORT]",
    show_default="the system's",
    help="The DNS server to ask for a domain's keys.",
)
rev = click.option("--rev", default="HEAD", show_default=True, help="The commit to publish.")


def _cores() -> int:
    from builder.runtime import processes

    return processes.cores()


jobs = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=_cores,
    show_default="one for each core",
    help="How many processes work at once.",
)

log_key = click.option(
    "--key",
    help="The log's public key, or a file with it. Default: the one the registry publishes.",
)


def text_or_json(help: str) -> Callable[[Command], Command]:
    """Return the option `--format`, given as `form`, of a command that answers in words or as JSON."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(("text", "json")),
        default="text",
        show_default=True,
        help=help,
    )
