"""mcp-registry mirror."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.commands import options
from builder.model.errors import RepositoryError

if TYPE_CHECKING:
    from builder.mirror.apply import Report


@click.command(
    epilog="Examples: mcp-registry mirror --dump servers.json.gz; "
    "mcp-registry mirror https://registry.example.com --commit"
)
@click.argument("url", default="https://registry.modelcontextprotocol.io")
@click.option(
    "--dump",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Read a saved dump of that registry instead (JSON, also gzipped).",
)
@click.option(
    "--full",
    is_flag=True,
    help="Walk the whole registry, not only what changed since the last run.",
)
@click.option("--commit", "do_commit", is_flag=True, help="Commit the changes.")
@click.option("--quiet", "-q", is_flag=True, help="Print the counts only.")
@options.root
def command(
    url: str, dump: Path | None, full: bool, do_commit: bool, quiet: bool, root: Path
) -> None:
    """Bring the servers of the registry at URL into servers/.

    Takes what the policy in registry.yaml lets through, and reports the rest. Writes files;
    makes no commit unless asked to. Running it again changes nothing that did not change upstream.
    """
    from builder.git.repository import discover
    from builder.mirror import apply, upstream
    from builder.model import config
    from builder.model.layout import CONFIG

    repository = discover(root)
    if repository.bare:
        raise RepositoryError(
            "a bare repository has no files to write to", help="run this in a clone of it"
        )
    path = repository.root / CONFIG
    settings = config.parse(path.read_bytes()) if path.is_file() else None
    policy = settings.policy.mirror if settings else config.MirrorPolicy()
    url = url.rstrip("/")
    since = None if full or dump else apply.resume(repository.root, url)
    if since:
        click.echo(f"asking for what changed since {since}; --full asks for everything", err=True)
    items = upstream.read_dump(dump) if dump else upstream.walk(url, updated_since=since)
    report = apply.apply(repository.root, url, items, policy, complete=since is None)
    _show(report, quiet=quiet)
    if do_commit:
        message = f"Mirror {url}\n\n" + "\n".join(
            f"{n} {kind}" for kind, n in sorted(report.counts().items())
        )
        commit = repository.record(message, "servers")
        click.echo(f"committed {commit[:12]}" if commit else "nothing to commit")


def _show(report: Report, *, quiet: bool) -> None:
    from builder.mirror.apply import Outcome
    from builder.model.wording import visible

    for line in () if quiet else _lines(report):
        click.echo(visible(line))
    counts = report.counts()
    parts = (
        [] if counts.keys() - {Outcome.UNCHANGED} or report.unlisted else ["nothing new upstream"]
    )
    parts += [f"{counts[outcome]:,} {outcome}" for outcome in Outcome if counts[outcome]]
    parts += [f"{len(report.unlisted):,} no longer listed"] if report.unlisted else []
    click.echo(", ".join(parts))
    by_rule = Counter(finding.rule for finding in report.odd)
    if by_rule:
        rules = ", ".join(f"{count:,} {rule}" for rule, count in by_rule.most_common())
        click.echo(f"odd, kept as upstream has it: {rules}")


def _lines(report: Report) -> Iterator[str]:
    from builder.mirror.apply import Outcome

    for entry in report.entries:
        if entry.outcome is not Outcome.UNCHANGED:
            reason = f": {entry.reason}" if entry.reason else ""
            yield f"{entry.outcome}: {entry.name} {entry.version}{reason}"
    for name, version in report.unlisted:
        yield f"no longer listed upstream, kept: {name} {version}"
    for finding in report.odd:
        yield f"odd, kept: {finding.path}: {finding.message} [{finding.rule}]"
