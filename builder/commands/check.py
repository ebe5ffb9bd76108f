"""mcp-registry check."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from builder.commands import options

FORMATS = ("text", "json", "github", "sarif", "markdown")


@click.command(
    epilog="Examples: mcp-registry check; "
    "mcp-registry check servers/io.github.alice/weather/1.0.0.json; "
    "mcp-registry check --base main --head HEAD"
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--base", default="", metavar="REV", help="Check a change: what it starts from.")
@click.option(
    "--head", default="", metavar="REV", help="Check a change: what it leads to.  [default: HEAD]"
)
@click.option(
    "--event",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Who proposes the change: the payload of a pull_request_target event.",
)
@click.option(
    "--resolver",
    default="",
    metavar="ADDRESS[:PORT]",
    show_default="the system's",
    help="The DNS server to ask for a domain's keys.",
)
@click.option(
    "--trust-root",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Certificates (PEM) to trust for a domain's web file, instead of the usual ones.",
)
@click.option("--online", is_flag=True, help="Ask the package registries who owns the packages.")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How findings are written.",
)
@options.root
def command(
    paths: tuple[Path, ...],
    base: str,
    head: str,
    event: Path | None,
    resolver: str,
    trust_root: Path | None,
    online: bool,
    form: str,
    root: Path,
) -> None:
    """Check entries: the whole registry, the files or folders named, or a change.

    Without PATH or --base every file in servers/ of the working tree is checked. A JSON file named
    from elsewhere is checked as the draft of an entry. A change is read from git objects alone:
    nothing of it is checked out. It is also judged: which namespaces it touches, and whether they
    are proved to be its author's. Without --event nobody is named as the author, and what only an
    account can prove is left to a review. The exit code is 1 if anything is an error, or if the
    change may not be merged; reviews and warnings alone give 0.
    """
    if (head or event) and not base:
        raise click.UsageError("--head and --event describe a change: give its --base too")
    if paths and base:
        raise click.UsageError("give either files or a change, not both")
    from builder.commands import show
    from builder.gate import gate, report
    from builder.gate.report import text
    from builder.git import repository
    from builder.net.network import Network
    from builder.runtime import processes

    question = gate.Question(
        paths=paths,
        base=base,
        head=head,
        event=event.read_bytes() if event else None,
        online=online,
        jobs=processes.cores(),
        network=Network(resolver=resolver, trust_root=trust_root),
    )
    answer = gate.answer(repository.discover(root), question)
    if form == "text" and sys.stdout.isatty():
        text.show(answer)
    else:
        click.echo(report.FORMATS[form](answer), nl=False)
    if form == "github":
        show.step_summary(answer)
    click.get_current_context().exit(int(answer.rejected))
