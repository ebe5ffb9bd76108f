"""mcp-registry pull."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from builder.pull.sync import Summary


@click.command(
    epilog="Examples: mcp-registry pull https://registry.example.com --out registry.db; "
    "mcp-registry pull https://registry.example.com --out registry.jsonl"
)
@click.argument("url")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("registry.db"),
    show_default=True,
    help="The copy: JSON Lines if it ends in .jsonl or .ndjson, else an SQLite database.",
)
@click.option(
    "--max-megabytes",
    type=click.IntRange(min=1),
    default=1024,
    show_default=True,
    help="The largest file to take from the registry.",
)
@click.option(
    "--trust-root",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The registry's root of trust (a root.json). Default: the one trusted on first use.",
)
@click.option(
    "--proofs",
    is_flag=True,
    help="Also keep the registry's log, so that `verify --from` the copy needs no network.",
)
@click.option(
    "--insecure", is_flag=True, help="Take what the server gives, whatever the root of trust says."
)
def command(
    url: str,
    out: Path,
    max_megabytes: int,
    trust_root: Path | None,
    proofs: bool,
    insecure: bool,
) -> None:
    """Keep a verified copy of the registry at URL.

    The first run takes its snapshot, every later one only what changed since. Run it as often as
    you like, and kill it when you must: the next run goes on from where it was. A run that
    verifies stores nothing before all of it was verified: killed, it begins again.
    """
    from builder.commands import show
    from builder.model.wording import counted
    from builder.pull.registry import connect
    from builder.pull.store import open_store
    from builder.pull.sync import sync
    from builder.pull.verified import LogWanted, sync_verified, trust_folder

    if insecure and (trust_root or proofs):
        raise click.UsageError("--insecure excludes --trust-root and --proofs")
    root = trust_root.read_bytes() if trust_root else None
    with open_store(out) as store, connect(url, max_megabytes << 20) as registry:
        if insecure:
            show.insecure()
            summary = sync(registry, store)
        else:
            log = LogWanted.YES if proofs else LogWanted.NO
            summary = sync_verified(registry, store, trust_folder(out), root, _note, log=log)
    click.echo(
        f"{_done(summary)} ({counted(registry.requests, 'request')}, {registry.bytes:,} bytes)"
    )


def _done(summary: Summary) -> str:
    if summary.from_snapshot:
        return f"copied as of change {summary.after:,}"
    if summary.after > summary.before:
        return f"changes {summary.before + 1:,} to {summary.after:,}"
    return f"nothing new after change {summary.after:,}"


def _note(text: str) -> None:
    click.echo(text, err=True)
