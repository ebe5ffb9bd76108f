"""mcp-registry unblock."""

from __future__ import annotations

from pathlib import Path

import click

from builder.commands import committing, options


@click.command(epilog="Example: mcp-registry unblock com.example/weather --commit")
@click.argument("server", metavar="NAME[@VERSION]")
@committing.commit_option("Commit the change.")
@options.root
def command(server: str, do_commit: bool, root: Path) -> None:
    """Take back the block of a server: what stands in servers/ is published again as it was.

    NAME and VERSION are those of the block, letter by letter.
    """
    from builder.authoring import blocks_file
    from builder.git.discovery import discover
    from builder.model.layout import BLOCKS

    repository = discover(root)
    name, _, version = server.partition("@")
    blocks_file.remove(repository.root, name, version)
    click.echo(f"unblocked: {server}, in {BLOCKS}")
    if do_commit:
        committing.commit(repository, f"Unblock {server}", BLOCKS)
