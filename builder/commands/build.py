"""mcp-registry build."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.commands import options

if TYPE_CHECKING:
    from builder.build.build import Result
    from builder.git.repository import Repository
    from builder.model.config import Form
    from builder.runtime.progress import Progress

_FORMS: Mapping[bool | None, Form] = {None: "auto", True: "packed", False: "files"}


def _read_part(
    _context: click.Context, _option: click.Parameter, value: str | None
) -> tuple[int, int] | None:
    """Read `K/N`: which part of how many, counted from 1."""
    if value is None:
        return None
    written = re.fullmatch(r"([0-9]{1,4})/([0-9]{1,4})", value)
    number, parts = (int(written[1]), int(written[2])) if written else (0, 0)
    if not 1 <= number <= parts:
        raise click.BadParameter(f"{value!r} is not a part such as 1/3")
    return number, parts


@click.command(
    epilog="Examples: mcp-registry build --out public; mcp-registry build --archive site.tar"
)
@options.root
@options.out
@options.rev
@options.jobs
@click.option(
    "--archive",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write one tar instead of a folder.",
)
@click.option("--clean", is_flag=True, help="Start over: use nothing of the last build.")
@click.option(
    "--verify",
    is_flag=True,
    help="Compare the files there with what the last build wrote; make all anew if one was altered.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Build nothing if anything is wrong (exit code 1). Without it an entry that could be "
    "published nowhere is left out, and the rest is built.",
)
@click.option(
    "--packed/--files",
    "packed",
    default=None,
    help="The form of the site: few packs, for hosts with a program in front, or a file for each "
    "address. Without either, what `form` and `hosts` in registry.yaml say.",
)
@click.option(
    "--part",
    metavar="K/N",
    callback=_read_part,
    help="Write the Kth of N parts of the site into the archive; as many machines can share a build.",
)
@click.option(
    "--join",
    "join",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Put together the site of the parts (*.tar) in this folder, as one machine would make it.",
)
@click.option("--profile", is_flag=True, help="Show how long each stage took.")
@click.option("--quiet", "-q", is_flag=True, help="Show warnings and errors only.")
@click.option("--verbose", "-v", is_flag=True, help="Say why a build starts over.")
def command(
    root: Path,
    out: Path | None,
    rev: str,
    jobs: int,
    archive: Path | None,
    clean: bool,
    verify: bool,
    strict: bool,
    packed: bool | None,
    part: tuple[int, int] | None,
    join: Path | None,
    profile: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Build the site and the API from a commit.

    Reads git objects only: what is not committed is not published. Goes on from the last build
    into the same folder; the new site takes the old one's place at once, when it is complete.
    """
    from builder.build.errors import EntriesError
    from builder.build.public_address import refuse_local_address
    from builder.commands import show
    from builder.git.discovery import discover
    from builder.runtime.progress import Progress

    _refuse_together(
        {
            "--out and --archive exclude each other": out and archive,
            "an archive is always made anew and whole": archive and (clean or verify),
            "an archive has files, not packs": archive and packed,
            "--part needs --archive": part and not archive,
            "what is joined was decided when the parts were made": join
            and (part or clean or verify or strict or packed is not None),
        }
    )
    make = _maker(
        rev, jobs, out, archive, part, join, packed, clean=clean, verify=verify, strict=strict
    )
    repository = discover(root)
    progress = Progress(show=not quiet, verbose=verbose)
    try:
        refuse_local_address(repository, rev)
        with show.uncommitted(repository):
            summary, findings = make(repository, progress)
    except EntriesError as error:
        show.findings(error.findings)
        raise
    show.findings(findings)
    if not quiet:
        click.echo(show.built(summary, progress.seconds))
    if profile:
        click.echo(progress.table(), err=True)


def _maker(
    rev: str,
    jobs: int,
    out: Path | None,
    archive: Path | None,
    part: tuple[int, int] | None,
    join: Path | None,
    packed: bool | None,
    *,
    clean: bool,
    verify: bool,
    strict: bool,
) -> Callable[[Repository, Progress], Result]:
    """Return which build is asked for: parts joined, a part, an archive, or a folder."""
    from builder.build.archive import build_archive
    from builder.build.build import build
    from builder.build.joining import join_archive, join_folder
    from builder.build.parts import build_part

    if join and archive:
        return lambda repository, progress: join_archive(repository, join, archive, progress)
    if join:
        return lambda repository, progress: join_folder(
            repository, join, out or repository.root / "public", progress
        )
    if part and archive:
        return lambda repository, progress: build_part(
            repository, rev, archive, jobs, *part, progress, strict=strict
        )
    if archive:
        return lambda repository, progress: build_archive(
            repository, rev, archive, jobs, progress, strict=strict
        )
    return lambda repository, progress: build(
        repository,
        rev,
        out or repository.root / "public",
        jobs,
        clean=clean,
        verify=verify,
        strict=strict,
        progress=progress,
        form=_FORMS[packed],
    )


def _refuse_together(wrong: Mapping[str, object]) -> None:
    """Raise UsageError with the first text that holds."""
    for text, holds in wrong.items():
        if holds:
            raise click.UsageError(text)
