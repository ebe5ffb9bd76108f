"""What several commands print: findings, and what is not committed yet."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.git import working_tree
from builder.git.repository import Repository
from builder.model.finding import Finding
from builder.model.layout import CONFIG, SERVERS
from builder.model.wording import counted
from builder.output.writer import BuildSummary

if TYPE_CHECKING:
    from builder.gate.report.report import Report

SHOWN = 5


def findings(problems: Iterable[Finding]) -> None:
    """Print findings to stderr as `check` writes them; what a terminal would obey is escaped."""
    from builder.gate.report import text
    from builder.gate.report.report import Report, verdict

    shown = tuple(problems)
    report = Report(findings=shown, verdict=verdict(shown))
    if report.findings:
        click.echo(text.render(report), err=True, nl=False)


def insecure() -> None:
    """Warn that nothing proves what a run takes from a registry."""
    click.secho(
        "WARNING: --insecure: nothing proves that this is what the registry published",
        fg="red",
        err=True,
    )


def step_summary(report: Report) -> None:
    """Add a report to the summary of the step, where GitHub Actions runs one."""
    from builder.gate.report import markdown

    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(markdown.render(report, markdown.SUMMARY))


def built(summary: BuildSummary, seconds: float) -> str:
    """Return, in a line, what a build did."""
    unchanged = summary.files - summary.written
    return (
        f"{counted(summary.versions, 'version')}, {counted(summary.files, 'file')}, {summary.bytes:,} bytes: "
        f"{summary.written:,} written, {unchanged:,} unchanged, {summary.removed:,} removed; "
        f"{seconds:.1f} s"
    )


@contextmanager
def uncommitted(repository: Repository) -> Iterator[None]:
    """Warn at the end of changes below servers/ that no commit holds: they are not published.

    Git looks for them meanwhile: at 100,000 files that takes a second.
    """
    with ThreadPoolExecutor(1) as thread:
        changed = thread.submit(working_tree.uncommitted, repository, SERVERS, CONFIG)
        try:
            yield
        finally:
            _warn(changed.result())


def _warn(uncommitted: Sequence[str]) -> None:
    from builder.model.wording import visible

    paths = [visible(path) for path in uncommitted]
    if paths:
        more = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
        click.echo(
            f"warning: not committed, so not published: {', '.join(paths[:SHOWN])}{more}", err=True
        )
