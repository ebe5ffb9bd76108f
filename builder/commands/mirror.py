"""mcp-registry mirror."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.commands import committing, mirror_report, options, show
from builder.model.errors import RepositoryError

if TYPE_CHECKING:
    from builder.git.repository import Repository
    from builder.mirror.report import MirrorEntry, MirrorReport
    from builder.mirror.run import MirrorTask
    from builder.model.config import Config
    from builder.model.upstream_settings import UpstreamSource

_HELD = 100
"""Versions held for review that a commit's message names."""


@click.command(
    epilog="Examples: mcp-registry mirror --dump servers.json.gz; "
    "mcp-registry mirror https://registry.example.com --commit"
)
@click.argument("upstream", default="", metavar="[UPSTREAM]")
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
    "--prune",
    "--withdraw",
    is_flag=True,
    help="Delete here, in status.yaml, what stands here and the policy rejects by now.",
)
@click.option(
    "--trust-root",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The root of trust (a root.json) of UPSTREAM, a registry made with this builder. "
    "Default: that of registry.yaml, or the one trusted on first use.",
)
@click.option(
    "--insecure",
    is_flag=True,
    help="Take what such a registry gives, whatever its root of trust says.",
)
@committing.commit_option("Commit the changes.")
@click.option("--quiet", "-q", is_flag=True, help="Print the counts and warnings only.")
@options.root
def command(
    upstream: str,
    dump: Path | None,
    full: bool,
    prune: bool,
    trust_root: Path | None,
    insecure: bool,
    do_commit: bool,
    quiet: bool,
    root: Path,
) -> None:
    """Bring the servers of other registries into servers/.

    UPSTREAM is the name or the address of one. Without it every upstream of registry.yaml has its
    turn, or the official registry if none is named there. Takes what the policy in registry.yaml
    lets through, and reports the rest. Writes files; makes no commit unless asked to. Running it
    again changes nothing that did not change upstream. What the operator blocked, removed or
    withdrew stays as it is. A walk that fails keeps its pages, and the next run goes on from there.
    """
    from builder.git.discovery import discover
    from builder.mirror import run
    from builder.model.policy_settings import Policy

    repository = _with_files(discover(root))
    settings = _settings(repository.root)
    upstreams, numbers = run.choose(settings, upstream, dump)
    _require_trust([upstreams[number].kind for number in numbers], trust_root, insecure=insecure)
    task = run.MirrorTask(
        repository=repository,
        policy=settings.policy if settings else Policy(),
        upstreams=upstreams,
        numbers=numbers,
        full=full,
        trust_root=trust_root.read_bytes() if trust_root else None,
        insecure=insecure,
        say=lambda text: click.echo(text, err=True),
    )

    def again(source: UpstreamSource) -> str:
        listed = settings is not None and source in settings.upstreams
        named = upstream or (source.name if listed else source.url)
        return f"--dump {dump}" if dump else f"--upstream {named}"

    with task.alone():
        counts, held = _bring_in(task, again, prune=prune, quiet=quiet)
        if do_commit:
            _commit(repository, [upstreams[number].url for number in numbers], counts, held)


def _bring_in(
    task: MirrorTask, again: Callable[[UpstreamSource], str], *, prune: bool, quiet: bool
) -> tuple[Counter[str], list[MirrorEntry]]:
    """Run a task and show what it does; return how often what became of a version, and those held.

    `again` gives the options that name an upstream.
    """
    from builder.mirror import run
    from builder.mirror.report import MirrorOutcome

    counts: Counter[str] = Counter()
    held: list[MirrorEntry] = []
    for source, report in run.run(task):
        if len(task.numbers) > 1:
            click.echo(f"{source.name} ({source.url}):")
        mirror_report.show(report, again(source), quiet=quiet)
        held += [entry for entry in report.entries if entry.outcome is MirrorOutcome.HELD]
        counts.update({str(kind): n for kind, n in report.counts().items()})
        if prune:
            _withdraw(task.repository.root, report)
        else:
            mirror_report.show_unwanted(report)
    return counts, held


def _with_files(repository: Repository) -> Repository:
    """Return a repository; RepositoryError if it is bare, so that nothing can be written into it."""
    if repository.bare:
        raise RepositoryError(
            "a bare repository has no files to write to", help="run this in a clone of it"
        )
    return repository


def _settings(root: Path) -> Config | None:
    """Read registry.yaml, None if there is none; ConfigError if it wants another builder."""
    from builder.model import builder_pin, config
    from builder.model.layout import CONFIG

    path = root / CONFIG
    if not path.is_file():
        return None
    settings = config.parse(text := path.read_bytes())
    builder_pin.require(settings.builder, text)
    return settings


def _require_trust(kinds: Sequence[str], trust_root: Path | None, *, insecure: bool) -> None:
    """Raise UsageError for a root that no upstream is verified by; warn loudly of no proof at all."""
    if trust_root and (insecure or list(kinds) != ["static"]):
        raise click.UsageError(
            "--trust-root is of one upstream of kind static, which is named; --insecure excludes it"
        )
    if insecure:
        show.insecure()


def _withdraw(root: Path, report: MirrorReport) -> None:
    from builder.mirror import standing

    standing.withdraw(root, report.unwanted)
    versions = sum(len(server.versions) for server in report.unwanted)
    click.echo(f"withdrawn: {len(report.unwanted):,} servers, {versions:,} versions")
    mirror_report.show_withdrawn(report)


def _commit(
    repository: Repository,
    addresses: Sequence[str],
    counts: Counter[str],
    held: Sequence[MirrorEntry],
) -> None:
    from builder.model.wording import visible

    title = f"Mirror {', '.join(addresses)}"
    lines = (f"{n} {kind}" for kind, n in sorted(counts.items()))
    waiting = (
        visible(f"held: {version.name} {version.version}: {version.reason}")
        for version in held[:_HELD]
    )
    message = "\n".join([title, "", *lines, *waiting])
    committing.commit(repository, message, "servers", *_origins(repository.root))


def _origins(root: Path) -> list[str]:
    from builder.model.layout import ORIGINS

    return [ORIGINS] if (root / ORIGINS).is_dir() else []
