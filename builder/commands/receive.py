"""mcp-registry receive: the gate as a pre-receive hook."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from builder.commands import options


@click.command(
    epilog="In hooks/pre-receive: exec mcp-registry receive --root . --maintainer maria:1000"
)
@click.option(
    "--account",
    envvar="MCP_REGISTRY_ACCOUNT",
    default="",
    metavar="LOGIN:ID",
    show_default="$MCP_REGISTRY_ACCOUNT",
    help="Who pushes, as the server knows it. Without it only signatures prove a namespace.",
)
@click.option(
    "--host",
    envvar="MCP_REGISTRY_HOST",
    default="",
    show_default="$MCP_REGISTRY_HOST, else that of policy.accounts",
    help="The server whose accounts these are.",
)
@click.option(
    "--maintainer",
    "maintainers",
    multiple=True,
    metavar="LOGIN:ID",
    help="Who may push what a person must look at, and to other branches.",
)
@click.option("--online", is_flag=True, help="Ask the package registries who owns the packages.")
@options.resolver
@options.root
def command(
    account: str,
    host: str,
    maintainers: tuple[str, ...],
    online: bool,
    resolver: str,
    root: Path,
) -> None:
    """Judge what is pushed to a server of git alone, and refuse what is not accepted.

    Reads what git writes to a pre-receive hook. A push to the published branch must be one commit
    that is accepted; one to proposals/NAME is checked and kept for a maintainer. Exit code 1
    refuses the push.
    """
    from builder.forge import receive
    from builder.forge.receive import Pusher
    from builder.gate.question import Question
    from builder.gate.report import text
    from builder.git import settings
    from builder.git.received import discover_with_pushed
    from builder.model.errors import FindingsError
    from builder.net.network import Network

    repository = discover_with_pushed(root)
    server = host or receive.host_of(settings.load_config(repository, "HEAD"))
    known = {receive.account_of(maintainer, server).identity for maintainer in maintainers}
    pusher_account = receive.account_of(account, server) if account else None
    pusher = Pusher(
        account=pusher_account,
        is_maintainer=pusher_account is not None and pusher_account.identity in known,
    )
    question = Question(online=online, network=Network(resolver=resolver))
    for push in receive.read_pushes(sys.stdin):
        reason = receive.decide(
            repository,
            push,
            pusher,
            question,
            lambda report: click.echo(text.render(report), nl=False),
        )
        if reason:
            raise FindingsError(f"{push.ref}: {reason}")
