"""mcp-registry rebuild."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from builder.commands import options

_SHOWN = 20


@click.command(
    epilog="Example: mcp-registry rebuild https://registry.example.com "
    "--repository https://github.com/acme/registry"
)
@click.argument("site")
@click.option(
    "--repository", required=True, help="The registry's repository: an address, or a folder."
)
@click.option(
    "--key",
    help="The log's public key, or a file with it. Default: the one the registry publishes.",
)
@options.jobs
def command(site: str, repository: str, key: str | None, jobs: int) -> None:
    """Build the registry at SITE (an address or a folder) again, and compare every file.

    Clones the commit that the signed list of its digests states and builds that. Exits with 1 if
    anything differs, and lists it.
    """
    from builder.build.build import build
    from builder.commands import keys
    from builder.git.clone import clone
    from builder.model.errors import RegistryError
    from builder.pull import prove
    from builder.pull.site_files import log_folder, open_site
    from builder.runtime.progress import Progress
    from builder.sealing import manifest

    with open_site(site) as files:
        known = keys.verifier(key) if key else prove.published_key(files)
        folder = log_folder(files).removesuffix("/log")
        stated = manifest.read(files.read, folder, known)
    if stated.builder != manifest.current_builder():
        raise RegistryError(
            f"the site was built by version {stated.builder} of the builder, "
            f"and this is {manifest.current_builder()}",
            help=f"install that one: pip install static-mcp-registry=={stated.builder}",
        )
    with tempfile.TemporaryDirectory() as scratch:
        cloned = clone(repository, Path(scratch) / "repository")
        out = Path(scratch) / "site"
        build(cloned, stated.commit, out, jobs, progress=Progress(show=False))
        wrong = manifest.differences(manifest.digests_of(out), stated.digests)
    if not wrong:
        click.echo(f"equal: {len(stated.digests):,} files of commit {stated.commit}")
        return
    for line in wrong[:_SHOWN]:
        click.echo(line)
    click.echo(
        f"not equal: {len(wrong):,} of {len(stated.digests):,} files of commit {stated.commit}"
    )
    raise click.exceptions.Exit(1)
