"""What several commands print: findings, and what is not committed yet."""

from __future__ import annotations

from collections.abc import Iterable

import click

from builder.finding import Finding
from builder.git import Repository
from builder.output import Summary
from builder.path import CONFIG, SERVERS

SHOWN = 5


def findings(found: Iterable[Finding]) -> None:
    """Print findings to stderr, a line each and a line of help."""
    for finding in found:
        place = ":".join(str(part) for part in (finding.path, finding.line, finding.column) if part)
        click.echo(f"{place}: {finding.severity}[{finding.rule}]: {finding.message}", err=True)
        if finding.help:
            click.echo(f"  help: {finding.help}", err=True)


def built(summary: Summary, seconds: float) -> str:
    """Say in a line what a build did."""
    unchanged = summary.files - summary.written
    return (
        f"{summary.versions:,} versions, {summary.files:,} files, {summary.bytes:,} bytes: "
        f"{summary.written:,} written, {unchanged:,} unchanged, {summary.removed:,} removed; "
        f"{seconds:.1f} s"
    )


def uncommitted(repository: Repository) -> None:
    """Warn of changes below servers/ that no commit holds: they are not published."""
    paths = repository.uncommitted(SERVERS, CONFIG)
    if paths:
        more = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
        click.echo(
            f"warning: not committed, so not published: {', '.join(paths[:SHOWN])}{more}", err=True
        )
