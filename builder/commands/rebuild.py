"""mcp-registry rebuild."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.commands import options

if TYPE_CHECKING:
    from builder.sealing.manifest import SiteManifest

_SHOWN = 20


@click.command(
    epilog="Example: mcp-registry rebuild https://registry.example.com "
    "--repository https://github.com/acme/registry"
)
@click.argument("site", default="")
@click.option(
    "--repository",
    default=".",
    show_default="the one around this folder",
    help="The registry's repository: an address, or a folder.",
)
@options.log_key
@click.option(
    "--result",
    "result_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write what was compared, and every difference, as JSON.",
)
@click.option(
    "--summary",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also add the result to a file of Markdown, such as $GITHUB_STEP_SUMMARY.",
)
@options.jobs
def command(
    site: str,
    repository: str,
    key: str | None,
    result_file: Path | None,
    summary: Path | None,
    jobs: int,
) -> None:
    """Build the registry at SITE (an address or a folder) again, and compare every file.

    Without SITE it is the address in the repository's registry.yaml. Clones the commit that the
    signed list of its digests states and builds that. Exits with 1 if anything differs, and lists
    it.
    """
    from builder.model.wording import visible
    from builder.sealing import rebuilt

    place = site or _own_address(repository)
    stated = _stated(place, key)
    wrong = _differences(stated, repository, jobs)
    done = rebuilt.RebuildResult(
        site=place,
        commit=stated.commit,
        builder=stated.builder,
        files=len(stated.digests),
        differences=wrong,
    )
    if result_file:
        result_file.write_bytes(rebuilt.as_json(done))
    if summary:
        with summary.open("a", encoding="utf-8") as file:
            file.write(rebuilt.as_markdown(done, _SHOWN))
    for line in wrong[:_SHOWN]:
        click.echo(visible(line))
    click.echo(done.sentence)
    if wrong:
        raise click.exceptions.Exit(1)


def _own_address(repository: str) -> str:
    from builder.git.discovery import discover
    from builder.git.settings import load_config

    if not Path(repository).is_dir():
        raise click.UsageError("say which SITE, or name a folder with --repository")
    return load_config(discover(Path(repository)), "HEAD").base_url


def _stated(place: str, key: str | None) -> SiteManifest:
    from builder.commands import keys
    from builder.model.errors import RegistryError
    from builder.pull import prove
    from builder.pull.site_files import log_folder, open_site
    from builder.sealing import manifest

    with open_site(place) as files:
        known = keys.verifier(key) if key else prove.published_key(files)
        folder = log_folder(files).removesuffix("/log")
        stated = manifest.read(files.read, folder, known)
    if stated.builder != manifest.current_builder():
        raise RegistryError(
            f"the site was built by version {stated.builder} of the builder, "
            f"and this is {manifest.current_builder()}",
            help=f"install that one: pip install static-mcp-registry=={stated.builder}",
        )
    return stated


def _differences(stated: SiteManifest, repository: str, jobs: int) -> list[str]:
    from builder.build.build import build
    from builder.git.clone import clone
    from builder.runtime.progress import Progress
    from builder.sealing import manifest

    with tempfile.TemporaryDirectory() as scratch:
        cloned = clone(repository, Path(scratch) / "repository")
        out = Path(scratch) / "site"
        build(cloned, stated.commit, out, jobs, progress=Progress(show=False))
        return manifest.differences(manifest.digests_of(out), stated.digests)
