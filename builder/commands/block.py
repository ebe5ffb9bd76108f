"""mcp-registry block."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.commands import committing, options

if TYPE_CHECKING:
    from builder.git.repository import Repository
    from builder.model.blocks import Block

REASONS = ("withdrawn", "malware", "legal", "owner-request", "policy")


@click.command(
    epilog="Examples: mcp-registry block com.example/weather --reason owner-request; "
    "mcp-registry block --package 'npm:@evil/*' --reason malware --commit"
)
@click.argument("server", default="", metavar="[NAME[@VERSION]]")
@click.option("--reason", type=click.Choice(REASONS), required=True, help="Why, in a word.")
@click.option("--message", default="", help="Why, in words that readers of the registry see.")
@click.option("--package", default="", metavar="PATTERN", help="Block what has such a package.")
@click.option(
    "--publisher", default="", metavar="ACCOUNT", help="Block what this login or id publishes."
)
@click.option("--fingerprint", default="", metavar="HASH", help="Block what runs exactly this.")
@click.option("--until", default="", metavar="DATE", help="The last day, such as 2027-01-31.")
@click.option("--who", default=None, show_default="the name that git has", help="Who decided it.")
@committing.commit_option("Commit the change.")
@options.root
def command(
    server: str,
    reason: str,
    message: str,
    package: str,
    publisher: str,
    fingerprint: str,
    until: str,
    who: str | None,
    do_commit: bool,
    root: Path,
) -> None:
    """Block servers: neither published nor brought in, whoever proposes or mirrors them.

    NAME and VERSION may be patterns. Writes a line of blocks.yaml; the next build does the rest:
    what is published becomes a tombstone that gives the reason, and sync clients are told.
    `mcp-registry unblock` takes it back. With --publisher each namespace whose namespace.yaml lists
    the account gets a line of its own, beside the one of the account.
    """
    from builder.authoring import blocks_file
    from builder.git import working_tree
    from builder.git.discovery import discover
    from builder.model.blocks import Block
    from builder.model.layout import BLOCKS

    repository = discover(root)
    name, _, version = server.partition("@")
    values = {
        "name": name,
        "version": version,
        "package": package,
        "publisher": publisher,
        "fingerprint": fingerprint,
        "reason": reason,
        "message": message,
        "who": working_tree.author(repository) if who is None else who,
        "until": until,
    }
    block = committing.validated(Block, values)
    blocks_file.add(repository.root, block)
    owned = _namespaces(repository, publisher) if publisher else []
    for namespace in owned:
        pattern = f"{namespace}/*"
        blocks_file.add(
            repository.root, block.model_copy(update={"publisher": "", "name": pattern})
        )
        click.echo(f"blocked: {pattern}, which is {publisher}'s")
    about = server or package or publisher or fingerprint
    click.echo(f"blocked: {about} ({reason}), in {BLOCKS}{_reach(repository, block)}")
    if do_commit:
        committing.commit(repository, f"Block {about} ({reason})", BLOCKS)


def _reach(repository: Repository, block: Block) -> str:
    """Return, for a block by name, how much it is about here: a typing error blocks nothing."""
    from builder.authoring import blocks_file
    from builder.model.wording import counted

    if not block.name or block.package or block.publisher or block.fingerprint:
        return ""
    count = blocks_file.count_here(repository.root, block)
    return f": {counted(count, 'version')} here" if count else ": no version that is here"


def _namespaces(repository: Repository, publisher: str) -> list[str]:
    from builder.authoring import blocks_file
    from builder.git import settings

    policy = settings.load_config(repository, "HEAD").policy
    return blocks_file.namespaces_of(repository.root, publisher, policy.account_namespaces)
