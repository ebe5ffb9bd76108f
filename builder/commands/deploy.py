"""mcp-registry deploy."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.commands import options
from builder.model.errors import RegistryError

if TYPE_CHECKING:
    from builder.deploy.bucket import DeployResult
    from builder.git.repository import Repository

_SHOWN = 10
"""Objects that are named."""


@click.command(
    epilog="Examples: mcp-registry deploy /srv/www/registry; mcp-registry deploy s3://bucket/prefix. "
    "Buckets are reached with the provider's usual variables (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL, ...)."
)
@click.argument("target")
@options.root
@options.out
@click.option(
    "--to",
    metavar="COMMIT",
    help="Roll back: build this commit, which was published once, and put it in the place of a newer one.",
)
@click.option(
    "--force", is_flag=True, help="Write every file, and replace what is there even if it is newer."
)
@click.option(
    "--verify",
    is_flag=True,
    help="Compare what a bucket has with the site, and repair it. A folder always is.",
)
@click.option(
    "--remove-foreign",
    is_flag=True,
    help="With --verify: delete objects of a bucket that no deploy has written. A folder never keeps any.",
)
@click.option(
    "--grace",
    default=7 * 24.0,
    show_default=True,
    type=click.FloatRange(min=0),
    help="Hours that files named by their content stay in a bucket after nothing needs them.",
)
@options.jobs
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
    to: str | None,
    force: bool,
    verify: bool,
    remove_foreign: bool,
    grace: float,
    jobs: int,
    precompress: bool,
) -> None:
    """Bring TARGET, a folder or a bucket, up to the built site.

    Writes only what changed, in an order that never shows a half-built registry; a deploy that
    was killed is resumed. Refuses to replace a newer commit, or to run beside another deploy.
    """
    from builder.deploy import target as targets
    from builder.git.discovery import discover

    if to and out:
        raise click.UsageError("--to and --out exclude each other: --to builds the site itself")
    if not isfinite(grace):
        raise click.UsageError("--grace is a number of hours")
    if remove_foreign and not verify:
        raise click.UsageError("--remove-foreign needs --verify, which finds them")
    repository = discover(root)
    with _site(repository, out, to, jobs) as site:
        outcome = targets.deploy(
            repository,
            site,
            target,
            force=force,
            back=to is not None,
            verify=verify,
            remove_foreign=remove_foreign,
            grace=round(grace * 3600),
            precompress=precompress,
        )
    _show(outcome, removed=remove_foreign)


def _show(outcome: DeployResult, *, removed: bool) -> None:
    from builder.model.wording import counted

    if outcome.repaired:
        damaged = counted(outcome.repaired, "file")
        click.echo(f"repaired: {damaged} in the target were not what was deployed", err=True)
    _show_foreign(outcome.foreign, removed=removed)
    click.echo(
        f"{outcome.written:,} written, {outcome.deleted:,} deleted, {outcome.unchanged:,} unchanged"
    )


def _show_foreign(paths: Sequence[str], *, removed: bool) -> None:
    """Tell of objects that no deploy has written."""
    from builder.model.wording import counted, visible

    if not paths:
        return
    more = f" and {len(paths) - _SHOWN:,} more" if len(paths) > _SHOWN else ""
    names = visible(", ".join(paths[:_SHOWN]))
    if removed:
        click.echo(
            f"removed: {counted(len(paths), 'object')} of nobody here: {names}{more}", err=True
        )
        return
    fact = f"{counted(len(paths), 'object')} that no deploy has written: {names}{more}"
    click.secho(f"warning: {fact}", fg="yellow", err=True)
    click.echo("  help: delete them: mcp-registry deploy --verify --remove-foreign", err=True)


@contextmanager
def _site(repository: Repository, out: Path | None, to: str | None, jobs: int) -> Iterator[Path]:
    """Yield the folder of the site to deploy; that of a commit is gone afterwards."""
    if to is None:
        yield out or repository.root / "public"
        return
    from builder.build.build import build
    from builder.build.errors import EntriesError
    from builder.commands import show
    from builder.runtime.progress import Progress

    commit = _published(repository, to)
    with tempfile.TemporaryDirectory(prefix="mcp-registry-") as folder:
        site = Path(folder) / "public"
        try:
            build(repository, commit, site, jobs, progress=Progress(show=True))
        except EntriesError as error:
            show.findings(error.findings)
            raise
        click.echo(f"rolling back to {commit[:12]}", err=True)
        yield site


def _published(repository: Repository, rev: str) -> str:
    """Return the commit that a revision names; RegistryError if it is not of the published line."""
    commit = repository.commit(rev)
    if commit not in repository.first_parents("HEAD"):
        raise RegistryError(
            f"{rev} was never published: it is not on the line that leads to HEAD",
            help="list what was: git log --first-parent --oneline",
        )
    return commit
