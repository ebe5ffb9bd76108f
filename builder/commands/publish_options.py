"""The options of `serve` about publishing, and what they become."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from builder.commands.forge_option import ForgeType, NamedForge

if TYPE_CHECKING:
    from builder.publish.forge_of_requests import ForgeOptions
    from builder.publish.start import PublishOptions

Function = TypeVar("Function", bound=Callable[..., Any])
_FILE = click.Path(path_type=Path, dir_okay=False)
_OPTIONS = (
    click.option(
        "--publish",
        is_flag=True,
        help="Take publications by the official API: one commit on the registry's branch for each.",
    ),
    click.option(
        "--push",
        metavar="REMOTE",
        default="",
        help="Push each publication to this remote before it is answered (GITHUB_TOKEN is used).",
    ),
    click.option(
        "--via",
        type=click.Choice(["commit", "pull-request"]),
        default="commit",
        show_default=True,
        help="What a publication becomes: a commit on the branch, or a branch of its own and a pull or "
        "merge request at `repository`, which waits for a person ($GITHUB_TOKEN, $GITLAB_TOKEN or $FORGEJO_TOKEN).",
    ),
    click.option(
        "--forge",
        type=ForgeType(),
        help="With --via pull-request: the kind of a forge of your own, and its API's address.",
    ),
    click.option(
        "--then-deploy",
        metavar="TARGET",
        default="",
        help="Deploy the site to this folder or bucket after publications.",
    ),
    click.option(
        "--signing-key",
        type=_FILE,
        help="PEM file of the key that signs tokens, and of the one before it; or its text in "
        "MCP_REGISTRY_SIGNING_KEY. Without one a key is made for this process.",
    ),
    click.option(
        "--audit-log", type=_FILE, help="Write decisions (JSON lines) here, not to stderr."
    ),
    click.option(
        "--online", is_flag=True, help="Ask the package registries of each publication whose it is."
    ),
    click.option("--resolver", default="", metavar="ADDRESS", help="DNS server that proofs ask."),
    click.option(
        "--trust-root", type=_FILE, help="PEM file of certificates that proofs by HTTPS trust."
    ),
)
_ALONE = (
    "push",
    "forge",
    "then_deploy",
    "signing_key",
    "audit_log",
    "online",
    "resolver",
    "trust_root",
)


def add(function: Function) -> Function:
    """Add the options to a command, which gets their values by name."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def read(values: dict[str, Any]) -> PublishOptions | None:
    """Return how publications are taken, None without --publish; UsageError if an option needs it."""
    if not values["publish"]:
        given = next((name for name in _ALONE if values[name]), None)
        if values["via"] != "commit":
            given = "via"
        if given is not None:
            raise click.UsageError(f"--{given.replace('_', '-')} needs --publish")
        return None
    opens_requests = values["via"] == "pull-request"
    forge: NamedForge | None = values["forge"]
    if forge and not opens_requests:
        raise click.UsageError("--forge needs --via pull-request")
    from builder.net.network import Network
    from builder.package_proof import ProofSettings
    from builder.publish.audit import AuditLog
    from builder.publish.start import PublishOptions

    log: Path | None = values["audit_log"]
    # Appended to line by line for as long as the process lives.
    stream = log.open("a", encoding="utf-8") if log else sys.stderr
    return PublishOptions(
        remote=values["push"] or ("origin" if opens_requests else ""),
        requests=_of_requests(forge) if opens_requests else None,
        deploy=values["then_deploy"],
        signing_key=values["signing_key"],
        packages=ProofSettings() if values["online"] else None,
        network=Network(resolver=values["resolver"], trust_root=values["trust_root"]),
        log=AuditLog(stream=stream),
    )


def _of_requests(forge: NamedForge | None) -> ForgeOptions:
    from builder.publish.forge_of_requests import ForgeOptions

    return ForgeOptions(kind=forge.kind, api=forge.api) if forge else ForgeOptions()
