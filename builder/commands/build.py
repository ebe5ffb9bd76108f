"""mcp-registry build."""

from __future__ import annotations

from pathlib import Path

import click

from builder.commands import options


@click.command(epilog="Example: mcp-registry build --out public")
@options.root
@options.out
@options.rev
@options.jobs
def command(root: Path, out: Path | None, rev: str, jobs: int) -> None:
    """Build the site and the API from a commit.

    Reads git objects only: what is not committed is not published. The site is written beside
    the old one and swapped in when it is complete.
    """
    from builder import build, git
    from builder.commands import show

    repository = git.discover(root)
    show.uncommitted(repository)
    try:
        summary, findings = build.build(repository, rev, out or repository.root / "public", jobs)
    except build.EntriesError as error:
        show.findings(error.findings)
        raise
    show.findings(findings)
    click.echo(f"{summary.files:,} files, {summary.bytes:,} bytes")
