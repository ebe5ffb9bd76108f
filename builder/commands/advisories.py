"""mcp-registry advisories."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.commands import committing, options

if TYPE_CHECKING:
    from builder.git.repository import Repository
    from builder.policy.advisories import Advisories, Affected


@click.command(
    epilog="Examples: mcp-registry advisories; mcp-registry advisories osv.zip; "
    "mcp-registry advisories https://osv-vulnerabilities.storage.googleapis.com/npm/all.zip"
)
@click.argument("sources", nargs=-1, metavar="[FILE|URL]...")
@click.option(
    "--write",
    is_flag=True,
    help="Write what is about servers here into overlays/, for their pages and for clients.",
)
@committing.commit_option("Commit what --write changes.")
@options.root
def command(sources: tuple[str, ...], write: bool, do_commit: bool, root: Path) -> None:
    """Read advisories and malicious-package records (OSV data), and say which are about servers here.

    Without a FILE or URL it reads `policy.advisories` of registry.yaml. What was read is kept in
    the git folder of this clone, for lines of the policy that ask for `advisory`. With --write it
    also stands in overlays/, beside each server that an advisory is about: pages, the API and the
    change log tell it as the registry's word. The exit code is 1 if an advisory is about a version
    here. A build fetches none of it.
    """
    from builder.git.discovery import discover
    from builder.mirror import advisories
    from builder.model.layout import OVERLAYS
    from builder.model.wording import counted

    repository = discover(root)
    known = _read(repository, sources)
    about = list(advisories.of_servers(repository.root, known))
    _tell(about)
    if write:
        files = advisories.write(repository.root, about)
        click.echo(f"written: {counted(len(files), 'file')} in {OVERLAYS}/")
    if do_commit:
        committing.commit(repository, "Advisories about servers here", OVERLAYS)
    packages = counted(len(known.by_package), "package")
    click.echo(f"advisories of {packages}, about {counted(len(about), 'version')} here")
    click.get_current_context().exit(int(bool(about)))


def _read(repository: Repository, sources: Sequence[str]) -> Advisories:
    """Read what is named, here or in the settings, and keep it for the policy."""
    from builder.check import known_advisories
    from builder.mirror import advisories
    from builder.model import config
    from builder.model.errors import RegistryError
    from builder.model.layout import CONFIG
    from builder.model.policy_settings import Policy
    from builder.policy.advisories import Advisories

    path = repository.root / CONFIG
    policy = config.parse(path.read_bytes()).policy if path.is_file() else Policy()
    named = sources or tuple(filter(None, [policy.advisories]))
    if not named:
        raise RegistryError(
            "no advisories are named", help="give a FILE or URL, or set policy.advisories"
        )
    merged = Advisories()
    for source in named:
        merged = merged.joined(advisories.read(source, repository.root, policy.mirror.limits))
    known_advisories.save(repository, merged)
    return merged


def _tell(about: Iterable[tuple[str, str, tuple[Affected, ...]]]) -> None:
    from builder.model.wording import visible

    for name, version, all_affected in about:
        for affected in all_affected:
            summary = f": {affected.summary}" if affected.summary else ""
            package = f"{affected.package} {affected.version}"
            click.echo(visible(f"{name} {version}: {package}: {affected.id}{summary}"))
