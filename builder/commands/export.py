"""mcp-registry export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.commands import options
from builder.model.errors import RegistryError
from builder.model.wording import counted

if TYPE_CHECKING:
    from builder.exports import ExportFormat, ExportScope


@click.command(
    epilog="Examples: mcp-registry export claude-code > managed-settings.json; "
    "mcp-registry export vs-code --collection data --out policies/"
)
@click.argument("format_name", metavar="FORMAT")
@click.option("--collection", default="", metavar="SLUG", help="Only the servers of a collection.")
@click.option("--team", default="", metavar="NAME", help="Only the servers of a team.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="A folder for the files; without it the first of them is printed.",
)
@options.root
@options.rev
def command(
    format_name: str, collection: str, team: str, out: Path | None, root: Path, rev: str
) -> None:
    """Write an allow-list or a catalogue for a client: claude-code, copilot, vs-code, kiro, docker,
    toolhive or cline.

    It is what the site has below /exports/. What a list cannot hold is told on stderr.
    """
    if collection and team:
        raise click.UsageError("give a collection or a team, not both")
    kind = _format(format_name)
    scope = _scope(root, rev, collection, team)
    if kind.needs_gallery and not scope.gallery:
        raise RegistryError(
            f"{kind.title} needs one address for all, and this team has several collections",
            help="export a collection, or give the team one",
        )
    _tell_left_out(kind, scope)
    if out is None:
        click.echo(kind.files[0].make(scope), nl=False)
        return
    out.mkdir(parents=True, exist_ok=True)
    for file in kind.files:
        (out / file.name).write_bytes(file.make(scope))
        click.echo(f"{out / file.name}")


def _format(name: str) -> ExportFormat:
    from difflib import get_close_matches

    from builder.exports import FORMATS

    if name not in FORMATS:
        like = get_close_matches(name, FORMATS, n=1)
        hint = f"did you mean {like[0]}?" if like else f"the formats are {', '.join(FORMATS)}"
        raise RegistryError(f"there is no format {name!r}", help=hint)
    return FORMATS[name]


def _scope(root: Path, rev: str, collection: str, team: str) -> ExportScope:
    from builder.build import source
    from builder.exports import scopes
    from builder.exports.scope import ALL
    from builder.git.discovery import discover

    path = f"collections/{collection}" if collection else f"teams/{team}" if team else ALL
    loaded = source.load(discover(root), rev)
    by_path = {scope.path: scope for scope in scopes(loaded.catalogue, loaded.config)}
    if path in by_path:
        return by_path[path]
    if path == ALL:
        raise RegistryError(
            "no server is approved yet",
            help="approve versions in overlay.yaml, or set exports: {servers: all} in registry.yaml",
        )
    names = ", ".join(path for path in by_path if path != ALL) or "none yet"
    raise RegistryError(f"there is nothing to export for {path}", help=f"there are: {names}")


def _tell_left_out(kind: ExportFormat, scope: ExportScope) -> None:
    rows = list(kind.left_out(scope)) if kind.left_out else []
    for row in rows:
        named = " ".join(word for word in (row.name, row.version, row.target) if word)
        click.echo(f"left out: {named}: {row.reason}", err=True)
    if rows:
        click.echo(f"left out: {counted(len(rows), 'row')}, listed above", err=True)
