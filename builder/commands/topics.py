"""mcp-registry topics."""

from __future__ import annotations

from pathlib import Path

import click

from builder.commands import options
from builder.model.errors import RegistryError


@click.command(epilog="Examples: mcp-registry topics; mcp-registry topics io.github.alice/weather")
@click.argument("name", required=False, metavar="[NAME]")
@options.root
@options.rev
def command(name: str | None, root: Path, rev: str) -> None:
    """Say which topics a server has by which words; without a name, which topics there are.

    The rules are in site/search/topics.yaml.
    """
    from builder.topics.table import topics

    if name is None:
        for topic in topics().values():
            click.echo(f"{topic.slug:14}{topic.title}")
    else:
        _explain(name, root, rev)


def _explain(name: str, root: Path, rev: str) -> None:
    from builder.build import source
    from builder.git.discovery import discover
    from builder.topics.rules import ENOUGH, matches, topics_of
    from builder.topics.table import title
    from builder.topics.texts import texts_of

    server = source.load(discover(root), rev).catalogue.by_name.get(name)
    if server is None or server.latest is None:
        raise RegistryError(f"no server {name!r} is shown", help="names are case-sensitive")
    texts = texts_of(name, server.latest.content())
    categories = server.latest.registry_word().get("categories", ())
    chosen = {slug for slug, _ in topics_of(texts, categories)}
    for slug in categories:
        click.echo(f"{title(slug)}: said by this registry (overlay)")
    for match in matches(texts):
        why = ", ".join(
            f"{reason.word!r} in its {reason.place} {reason.points}" for reason in match.reasons
        )
        verdict = (
            ""
            if match.slug in chosen
            else f" - not one of its topics (at least {ENOUGH}, at most three)"
        )
        click.echo(f"{title(match.slug)}: {match.points} points ({why}){verdict}")
