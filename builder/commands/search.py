"""mcp-registry search."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.commands import options

if TYPE_CHECKING:
    from builder.search.index import SearchIndex


@click.command(
    epilog='Examples: mcp-registry search "send an email"; mcp-registry search k8s --format json'
)
@click.argument("words", nargs=-1, required=True, metavar="QUERY...")
@click.option("--topic", default="", metavar="TOPIC", help="Only servers of a topic.")
@click.option(
    "--limit", default=10, show_default=True, type=click.IntRange(1, 20), help="Results to show."
)
@options.text_or_json("How results are written.")
@options.root
@options.rev
def command(
    words: tuple[str, ...], topic: str, limit: int, form: str, root: Path, rev: str
) -> None:
    """Search the servers of a commit, ranked as the site ranks them."""
    import orjson

    from builder.build import source
    from builder.git.discovery import discover
    from builder.pages.search import read_index
    from builder.search.answer import answer

    loaded = source.load(discover(root), rev)
    index = read_index(loaded.catalogue, loaded.config)
    query = " ".join(words)
    results = answer(index, {"q": query, "topic": topic, "limit": str(limit)})
    if form == "json":
        click.echo(orjson.dumps(results, option=orjson.OPT_INDENT_2))
        return
    if results["suggestion"]:
        click.echo(f"did you mean: {results['suggestion']}", err=True)
    if not results["results"]:
        click.echo(_nothing(index, topic), err=True)
    for place, result in enumerate(results["results"]):
        if place == results["complete"]:
            click.echo("-- these lack a word, or only hint at it", err=True)
        click.echo(_line(result))


def _nothing(index: SearchIndex, topic: str) -> str:
    """Say what no server has: the words, or the topic itself."""
    from builder.model.wording import visible
    from builder.search.answer import of_topic

    if not topic:
        return "no server has any of these words"
    if of_topic(index, topic):
        return f"no server of the topic {visible(topic)} has any of these words"
    return f"no server has the topic {visible(topic)}"


def _line(result: dict[str, object]) -> str:
    from builder.model.wording import visible

    mark = " (deprecated)" if result["deprecated"] else ""
    return visible(f"{result['name']}{mark}  {result['description']}")
