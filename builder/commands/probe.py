"""mcp-registry probe."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.commands import options
from builder.commands.forge_option import ForgeType, NamedForge
from builder.model.errors import RegistryError
from builder.model.forges import FORGE_KINDS

if TYPE_CHECKING:
    from builder.catalogue.server import Server
    from builder.facts.forge_api import ForgeServer
    from builder.facts.gather import Asking, Gathered

_MISSING = "probe needs the official SDK"


@click.command(
    epilog="Examples: mcp-registry probe; mcp-registry probe 'com.example/*' --repositories"
)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--remotes/--no-remotes", default=True, help="Ask remotes who they are, and for their tools."
)
@click.option(
    "--repositories",
    is_flag=True,
    help="Ask forges for licence, stars and the last commit (GITHUB_TOKEN, GITLAB_TOKEN, FORGEJO_TOKEN).",
)
@click.option(
    "--icons", is_flag=True, help="Fetch icons, to be shown from this registry's own files."
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=8,
    show_default=True,
    help="How many to ask at the same time.",
)
@click.option("--allow-private", is_flag=True, help="Also ask addresses that are not public.")
@click.option(
    "--forge",
    "own_forges",
    type=ForgeType(needs_address=True),
    multiple=True,
    help="Another forge to ask: the kind (github, gitlab, forgejo) and the address of its API. Repeatable.",
)
@options.root
def command(
    names: tuple[str, ...], remotes: bool, repositories: bool, icons: bool, workers: int, allow_private: bool,
    own_forges: tuple[NamedForge, ...], root: Path,
) -> None:  # fmt: skip
    """Ask servers and forges, and keep what they say as dated facts in facts.yaml.

    NAME is a server or a shell pattern; without one all are asked. Over streamable HTTP each remote
    tells who it is and which tools it has; nothing local is started. Commit the files: pages show
    them, search covers the tools, and a tool that changes its description is told.
    """
    from builder.build import source
    from builder.facts import gather
    from builder.git.discovery import discover

    repository = discover(root)
    servers = _chosen(source.load(repository, "HEAD").catalogue.servers, names)
    asking = _asking(remotes, repositories, icons, allow_private, own_forges)
    asked = [server for server in servers if repositories or icons or gather.addresses(server)]
    for gathered in gather.gather(repository.root, asked, asking, workers):
        for line in _lines(gathered, asking.day):
            click.echo(line)
    if icons and not names:
        for path in gather.drop_unused_icons(repository.root, gather.used_icons(repository.root)):
            click.echo(f"{path}: removed, no server has it any more")
    click.echo(
        f"{len(asked):,} servers asked on {asking.day}; commit their facts.yaml to publish it"
    )


def _asking(
    remotes: bool,
    repositories: bool,
    icons: bool,
    allow_private: bool,
    own_forges: Sequence[NamedForge],
) -> Asking:
    from builder.facts.forge_api import public_servers
    from builder.facts.gather import Asking
    from builder.facts.repository import ask_forge
    from builder.net.addresses import Guard

    ask = ask_icon = None
    guard = Guard(allow_private=allow_private)
    if icons:
        try:
            from builder.facts import icon
        except ModuleNotFoundError as error:
            raise RegistryError(
                "--icons needs Pillow", help="pip install 'static-mcp-registry[icons]'"
            ) from error
        ask_icon = partial(icon.ask_icon, guard=guard)
    if remotes:
        try:
            from builder.facts.remote import ask as ask_remote
        except ModuleNotFoundError as error:
            raise RegistryError(
                _MISSING, help="pip install 'static-mcp-registry[probe]', or --no-remotes"
            ) from error
        ask = partial(ask_remote, guard=guard)
    own = [_server(forge) for forge in own_forges]
    # A token is of one server: where one of its own kind is named, it is not sent to the public one.
    tokens = {name: os.environ[name] for name in os.environ if name.endswith("_TOKEN")}
    for server in own:
        tokens.pop(FORGE_KINDS[server.kind].token_variable, None)
    servers = [*own, *public_servers(tokens)]
    forge = partial(ask_forge, servers=servers)
    day = datetime.now(UTC).date().isoformat()
    return Asking(day=day, remote=ask, forge=forge if repositories else None, icon=ask_icon)


def _server(forge: NamedForge) -> ForgeServer:
    from builder.facts.forge_api import ForgeServer

    token = os.environ.get(FORGE_KINDS[forge.kind].token_variable, "")
    return ForgeServer(kind=forge.kind, host=forge.host, api=forge.api, token=token)


def _chosen(servers: Sequence[Server], names: Sequence[str]) -> list[Server]:
    shown = [server for server in servers if server.latest is not None]
    if not names:
        return shown
    for name in names:
        if not any(fnmatchcase(server.name, name) for server in shown):
            raise RegistryError(f"no server {name!r} is shown", help="names are case-sensitive")
    return [server for server in shown if any(fnmatchcase(server.name, name) for name in names)]


def _lines(gathered: Gathered, day: str) -> Iterator[str]:
    from builder.model.wording import counted, visible

    for url, remote in gathered.facts.remotes.items():
        state = counted(len(remote.tools), "tool") if remote.answered == day else remote.trouble
        yield visible(f"{gathered.name} {url}: {state}")
        for change in remote.changes:
            if change.day == day:
                yield visible(f"  changed: {change.tool} ({change.change})")
    if gathered.facts.repository and gathered.facts.repository.asked == day:
        known = gathered.facts.repository
        yield f"{gathered.name} {known.source}: {known.licence or 'no licence'}, {counted(known.stars, 'star')}"
    if gathered.picture and gathered.facts.icon:
        yield visible(f"{gathered.name} {gathered.facts.icon.source}: {gathered.facts.icon.file}")
    for trouble in gathered.troubles:
        yield visible(f"{gathered.name}: {trouble}")
