"""mcp-registry mirror."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from builder.commands import options
from builder.model.errors import RepositoryError

if TYPE_CHECKING:
    from builder.git.repository import Repository
    from builder.mirror.report import MirrorReport
    from builder.model.policy_settings import Policy


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
@click.option(
    "--withdraw",
    is_flag=True,
    help="Delete here, in status.yaml, what stands here and the policy excludes.",
)
@click.option("--commit", "do_commit", is_flag=True, help="Commit the changes.")
@click.option("--quiet", "-q", is_flag=True, help="Print the counts and warnings only.")
@options.root
def command(
    url: str,
    dump: Path | None,
    full: bool,
    withdraw: bool,
    do_commit: bool,
    quiet: bool,
    root: Path,
) -> None:
    """Bring the servers of the registry at URL into servers/.

    Takes what the policy in registry.yaml lets through, and reports the rest. Writes files;
    makes no commit unless asked to. Running it again changes nothing that did not change upstream.
    A walk that fails keeps its pages, and the next run goes on from there.
    """
    from builder.git import working_tree
    from builder.git.repository import discover
    from builder.mirror import standing
    from builder.model import config
    from builder.model.layout import CONFIG
    from builder.model.policy_settings import Policy

    repository = discover(root)
    if repository.bare:
        raise RepositoryError(
            "a bare repository has no files to write to", help="run this in a clone of it"
        )
    path = repository.root / CONFIG
    settings = config.parse(path.read_bytes()) if path.is_file() else None
    policy = settings.policy if settings else Policy()
    url = url.rstrip("/")
    if dump:
        report = _from_dump(repository, url, dump, policy)
    else:
        report = _from_registry(repository, url, policy, full=full)
    _show(report, quiet=quiet)
    if withdraw:
        standing.withdraw(repository.root, report.unwanted)
        click.echo(f"withdrawn: {len(report.unwanted):,} servers")
    else:
        _show_unwanted(report)
    if do_commit:
        message = f"Mirror {url}\n\n" + "\n".join(
            f"{n} {kind}" for kind, n in sorted(report.counts().items())
        )
        commit = working_tree.commit(repository, message, "servers")
        click.echo(f"committed {commit[:12]}" if commit else "nothing to commit")


def _from_dump(repository: Repository, url: str, dump: Path, policy: Policy) -> MirrorReport:
    from builder.mirror.dump import read_dump
    from builder.net.exchange import MEBIBYTE

    items = read_dump(dump, policy.mirror.limits.dump_megabytes * MEBIBYTE)
    return _apply(repository, url, items, policy, complete=True)


def _from_registry(repository: Repository, url: str, policy: Policy, *, full: bool) -> MirrorReport:
    """Walk a registry, or what changed in it, and apply what comes."""
    from builder.mirror import standing
    from builder.mirror.spool import Spool
    from builder.mirror.walk import connect
    from builder.runtime.progress import Progress

    with connect(url, policy.mirror.limits) as upstream:
        now = upstream.now()
        since = None if full else standing.resume(repository.root, url, now)
        spool = Spool.open(_scratch(repository), url, since)
        if spool.pages:
            click.echo(f"going on after {spool.pages:,} pages of the last run", err=True)
        elif since:
            click.echo(
                f"asking for what changed since {since}; --full asks for everything", err=True
            )
        with Progress(show=True).stage("servers") as advance:
            now = upstream.walk(spool, now, advance)
    report = _apply(repository, url, spool.servers(), policy, complete=spool.full)
    report.implausible = standing.implausible(repository.root, url, now)
    spool.discard()
    return report


def _apply(
    repository: Repository,
    url: str,
    items: Iterable[Any],
    policy: Policy,
    *,
    complete: bool,
) -> MirrorReport:
    from builder.authoring import blocks_file
    from builder.mirror import intake, removals
    from builder.mirror.apply import apply

    scratch = _scratch(repository)
    scratch.mkdir(parents=True, exist_ok=True)
    removed = removals.of_repository(repository)
    _, blocks = blocks_file.read(repository.root)
    taken = intake.of_policy(policy, time.time_ns(), removed=removed, blocks=blocks)
    return apply(repository.root, url, items, taken, complete=complete, scratch=scratch)


def _scratch(repository: Repository) -> Path:
    """Return the folder for what no commit should hold."""
    return repository.folder / "mcp-registry"


def _show(report: MirrorReport, *, quiet: bool) -> None:
    from builder.mirror.report import MirrorOutcome
    from builder.model.wording import counted, visible

    for line in () if quiet else _lines(report):
        click.echo(visible(line))
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
    for entry in report.changed_content:
        _warn(f"upstream changed the published version {entry.name} {entry.version}: look at it")
    for late in report.implausible:
        _warn(f"upstream dates {late.name} {late.version} in the future: {late.text}")
    if report.implausible:
        versions = counted(len(report.implausible), "time")
        click.echo(f"  {versions} of upstream not believed: they hide no later change", err=True)


def _show_unwanted(report: MirrorReport) -> None:
    for server in report.unwanted:
        versions = ", ".join(server.versions)
        _warn(f"{server.name} stands here ({versions}), and {server.reason}")
    if report.unwanted:
        click.echo("  help: delete it from this registry: mcp-registry mirror --withdraw", err=True)


def _warn(message: str) -> None:
    from builder.model.wording import visible

    click.secho(f"warning: {visible(message)}", fg="yellow", err=True)


def _lines(report: MirrorReport) -> Iterator[str]:
    from builder.mirror.report import MirrorOutcome

    for entry in report.entries:
        if entry.outcome is not MirrorOutcome.UNCHANGED:
            reason = f": {entry.reason}" if entry.reason else ""
            yield f"{entry.outcome}: {entry.name} {entry.version}{reason}"
    for name, version in report.unlisted:
        yield f"no longer listed upstream, kept: {name} {version}"
    for finding in report.findings:
        yield f"invalid, kept: {finding.path}: {finding.message} [{finding.rule}]"
