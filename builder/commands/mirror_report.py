"""What `mcp-registry mirror` prints of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from builder.mirror.report import MirrorReport


def show(report: MirrorReport, source: str, *, quiet: bool) -> None:
    """Print what became of what upstream has; `quiet` leaves the lines of single versions out.

    `source` are the options by which `approve` reads the same upstream.
    """
    from builder.model.wording import visible

    for line in () if quiet else _lines(report):
        click.echo(visible(line))
    _show_held(report, source)
    _show_counts(report)
    _warn_of_changes(report)


def _show_held(report: MirrorReport, source: str) -> None:
    from builder.mirror.report import MirrorOutcome
    from builder.model.wording import visible

    held = [entry for entry in report.entries if entry.outcome is MirrorOutcome.HELD]
    if held:
        version = visible(f"{held[0].name}@{held[0].version}")
        approve = f"mcp-registry approve {version} {source} --commit"
        click.echo(f"  help: look at what is held; to let it in: {approve}", err=True)


def _show_counts(report: MirrorReport) -> None:
    from builder.mirror.report import MirrorOutcome
    from builder.model.wording import counted

    counts = report.counts()
    is_new = counts.keys() - {MirrorOutcome.UNCHANGED} or report.unlisted
    parts = [] if is_new else ["nothing new upstream"]
    parts += [f"{counts[outcome]:,} {outcome}" for outcome in MirrorOutcome if counts[outcome]]
    parts += [f"{len(report.unlisted):,} no longer listed"] if report.unlisted else []
    click.echo(", ".join(parts))
    by_rule = Counter(finding.rule for finding in report.findings)
    if by_rule:
        rules = ", ".join(f"{count:,} {rule}" for rule, count in by_rule.most_common())
        click.echo(f"invalid, kept as upstream has it: {rules}")
    if report.apart:
        click.echo(
            f"not in the list that a host without queries serves: {counted(len(report.apart), 'version')} "
            "that would make strict clients refuse it (policy.mirror.invalid)"
        )


def _warn_of_changes(report: MirrorReport) -> None:
    from builder.model.wording import counted

    for entry in report.changed_content:
        _warn(f"upstream changed the published version {entry.name} {entry.version}: look at it")
    for late in report.implausible:
        _warn(f"upstream dates {late.name} {late.version} in the future: {late.text}")
    if report.implausible:
        times = counted(len(report.implausible), "time")
        click.echo(f"  {times} of upstream not believed: they hide no later change", err=True)


def show_unwanted(report: MirrorReport) -> None:
    """Warn of what stands here and the policy rejects by now."""
    for server in report.unwanted:
        versions = ", ".join(server.versions)
        _warn(f"{server.name} stands here ({versions}), and {server.reason}")
    if report.unwanted:
        click.echo("  help: delete it from this registry: mcp-registry mirror --prune", err=True)


def show_withdrawn(report: MirrorReport) -> None:
    """Print what was deleted here because the policy rejects it by now."""
    from builder.model.wording import visible

    for server in report.unwanted:
        click.echo(
            visible(f"withdrawn: {server.name} ({', '.join(server.versions)}): {server.reason}")
        )


def _lines(report: MirrorReport) -> Iterator[str]:
    from builder.mirror.report import MirrorOutcome

    for entry in report.entries:
        if entry.outcome is not MirrorOutcome.UNCHANGED:
            reason = f": {entry.reason}" if entry.reason else ""
            yield f"{entry.outcome}: {entry.name} {entry.version}{reason}"
    for name, before in report.taken_over:
        yield f"from this upstream now, which counts more than {before}: {name}"
    for name, version in report.unlisted:
        yield f"no longer listed upstream, kept: {name} {version}"
    for name, version, fault in report.apart:
        yield f"breaks the current schema, listed apart: {name} {version}: {fault}"
    for finding in report.findings:
        yield f"invalid, kept: {finding.path}: {finding.message} [{finding.rule}]"


def _warn(message: str) -> None:
    from builder.model.wording import visible

    click.secho(f"warning: {visible(message)}", fg="yellow", err=True)
