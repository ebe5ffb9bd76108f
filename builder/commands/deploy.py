"""mcp-registry deploy."""

from __future__ import annotations

from pathlib import Path

import click

from builder.commands import options


@click.command(
    epilog="Examples: mcp-registry deploy /srv/www/registry; mcp-registry deploy s3://bucket/prefix. "
    "Buckets are reached with the provider's usual variables (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL, ...)."
)
@click.argument("target")
@options.root
@options.out
@click.option(
    "--force", is_flag=True, help="Write every file, and replace what is there even if it is newer."
)
@click.option(
    "--verify",
    is_flag=True,
    help="Compare what a bucket has with the site, and repair it. A folder always is.",
)
@click.option(
    "--grace",
    default=7 * 24.0,
    show_default=True,
    type=click.FloatRange(min=0),
    help="Hours that files named by their content stay in a bucket after nothing needs them.",
)
@click.option(
    "--precompress/--no-precompress",
    default=True,
    show_default=True,
    help="Write .gz and .br beside files of a folder.",
)
def command(
    target: str,
    root: Path,
    out: Path | None,
    force: bool,
    verify: bool,
    grace: float,
    precompress: bool,
) -> None:
    """Bring TARGET, a folder or a bucket, up to the built site.

    Writes only what changed, in an order that never shows a half-built registry; a deploy that
    was killed is resumed. Refuses to replace a newer commit, or to run beside another deploy.
    """
    from builder.deploy import target as targets
    from builder.git.repository import discover
    from builder.model.wording import counted

    repository = discover(root)
    site = out or repository.root / "public"
    outcome = targets.deploy(
        repository,
        site,
        target,
        force=force,
        verify=verify,
        grace=round(grace * 3600),
        precompress=precompress,
    )
    if outcome.repaired:
        damaged = counted(outcome.repaired, "file")
        click.echo(f"repaired: {damaged} in the target were not what was deployed", err=True)
    click.echo(
        f"{outcome.written:,} written, {outcome.deleted:,} deleted, {outcome.unchanged:,} unchanged"
    )
