"""mcp-registry status: deprecate, withdraw, restore or rename a server, by the API or by a request."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from builder.commands import committing, publisher_options
from builder.commands.publisher_options import PublisherOptions
from builder.model.errors import RegistryError

if TYPE_CHECKING:
    from builder.submit.lifecycle import Lifecycle
    from builder.submit.logins import DomainKey
    from builder.submit.request import RegistryRepository


@click.command(
    epilog="Examples: mcp-registry status com.example/weather 1.0.0 --to deprecated "
    "--message 'Use 2.0.0' --registry https://registry.example.org --key example.com.pem "
    "--domain example.com; mcp-registry status com.example/weather --to deprecated "
    "--renamed-to com.example/forecast --repository https://github.com/example/registry ..."
)
@click.argument("name")
@click.argument("version", default="*", metavar="[VERSION]")
@click.option(
    "--to",
    "status",
    required=True,
    type=click.Choice(["active", "deprecated", "deleted"]),
    help="What it shall be; without a VERSION all versions of which nothing else is said.",
)
@click.option("--message", default="", help="Why, and what to use instead.")
@click.option("--renamed-to", default="", metavar="NAME", help="The name that the server has now.")
@click.option(
    "--renamed-from", multiple=True, metavar="NAME", help="A name that the server had before."
)
@publisher_options.options
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def command(
    name: str, version: str, status: str, message: str, renamed_to: str,
    renamed_from: tuple[str, ...], dry_run: bool, **given: Any,
) -> None:  # fmt: skip
    """Change the lifecycle of a server, as its owner: a domain's key is enough.

    With --registry by its API, with the logins of `publish`. With --repository by a request that
    brings status.yaml, signed by the key: then any account may open it. A rename is said under
    both names, and needs a request each.
    """
    from builder.model.sidecars import VersionStatus
    from builder.submit.api import RegistryApi
    from builder.submit.lifecycle import Lifecycle

    options = PublisherOptions(**given)
    options.check()
    values: dict[str, Any] = {"status": status, "message": message}
    values |= {"renamed-to": renamed_to} if renamed_to else {}
    values |= {"renamed-from": renamed_from} if renamed_from else {}
    change = Lifecycle(
        name=name, version=version, stated=committing.validated(VersionStatus, values)
    )
    is_rename = bool(renamed_to or renamed_from)
    if is_rename and version != "*":
        raise click.UsageError("a server is renamed as a whole: without a VERSION")
    held = options.domain_key()
    api = RegistryApi(url=options.registry.rstrip("/"))
    if options.registry and not is_rename and api.takes_publications():
        if dry_run:
            click.echo(f"would at {api.url}: {change.title}")
            return
        api.set_status(change, api.log_in(options.login(held)))
        click.echo(f"{change.title}: {api.url}")
        click.echo("verdict: accept")
    elif options.repository:
        target = options.look() if dry_run else options.connect()
        with closing(target.rest.client):
            _by_request(target, change, held, options, dry_run)
    else:
        raise RegistryError(
            "a rename needs a request" if is_rename else "the registry has no API",
            help="name its repository: --repository URL",
        )


def _by_request(
    target: RegistryRepository,
    change: Lifecycle,
    key: DomainKey | None,
    options: PublisherOptions,
    dry_run: bool,
) -> None:
    from builder.submit import forge_requests, lifecycle
    from builder.submit.request import Target

    plan = lifecycle.plan(target, change, key)
    if dry_run or not isinstance(target, Target):
        who = target.account if isinstance(target, Target) else "an account"
        click.echo(f"would open a request as {who}: {plan.title}")
        return
    options.tell_verdict(target, forge_requests.open_request(target, plan), change.title)
