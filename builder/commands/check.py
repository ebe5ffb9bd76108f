"""mcp-registry check."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.commands import options
from builder.runtime import gc_pause

if TYPE_CHECKING:
    from builder.gate.question import Question
    from builder.gate.report.report import Report

FORMATS = ("text", "json", "github", "sarif", "markdown")
_WORK = ("builder.check.parallel", "git", "jsonschema", "jsonschema_rs")
"""What checks the parts of a registry, and what that imports only when it comes to it."""
SEVERITIES = ("note", "warning", "review", "error")


@click.command(
    epilog="Examples: mcp-registry check; mcp-registry check server.json; mcp-registry check --as alice; "
    "mcp-registry check --base main --head HEAD"
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--base", default="", metavar="REV", help="Check a change: what it starts from.")
@click.option(
    "--head", default="", metavar="REV", help="Check a change: what it leads to.  [default: HEAD]"
)
@click.option(
    "--as",
    "account",
    default="",
    metavar="[HOST/]LOGIN[:ID]",
    help="Give the verdict that a pull request of this account would get; HOST is github.com or, say, gitlab.com. Without --base it "
    "brings the working tree, or the PATHs of it, to the registry's branch.",
)
@click.option(
    "--event",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Who proposes the change: what pull-request fetch wrote, or a pull_request_target event.",
)
@options.resolver
@click.option(
    "--trust-root",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Certificates (PEM) to trust for a domain's web file, instead of the usual ones.",
)
@click.option("--online", is_flag=True, help="Ask the package registries who owns the packages.")
@click.option(
    "--severity",
    type=click.Choice(SEVERITIES),
    default=SEVERITIES[0],
    show_default=True,
    help="Tell findings of at least this severity.",
)
@click.option("--strict", is_flag=True, help="Also fail on warnings and on what is to be reviewed.")
@click.option("--select", multiple=True, metavar="RULES", help="Tell of these rules alone.")
@click.option("--ignore", multiple=True, metavar="RULES", help="Leave these rules out.")
@click.option(
    "--mirrored", is_flag=True, help="List warnings about mirrored entries, instead of counts."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How findings are written.",
)
@options.root
@gc_pause.paused()  # from its first import on: that is where most of its objects are made
def command(
    paths: tuple[Path, ...],
    base: str,
    head: str,
    account: str,
    event: Path | None,
    resolver: str,
    trust_root: Path | None,
    online: bool,
    severity: str,
    strict: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    mirrored: bool,
    form: str,
    root: Path,
) -> None:
    """Check entries: the whole registry, the files or folders named, or a change.

    Without PATH or --base the working tree's servers/, the files beside it and registry.yaml are
    checked. A JSON file named from elsewhere is checked as the draft of an entry; outside of any
    registry, by the official rules alone. A change is read from git objects: nothing of it is
    checked out. It is also judged: which namespaces it touches, and whether they are proved to be
    its author's. Without --as or --event nobody is named as the author, and what only an account
    can prove is left to a review.
    RULES are codes with commas between. The exit code is 1 if anything is an error, or if the
    change may not be merged; reviews and warnings alone give 0, unless --strict.
    """
    if (head or event) and not base:
        raise click.UsageError("--head and --event describe a change: give its --base too")
    if event and account:
        raise click.UsageError("give either --event or --as: each says who proposes the change")
    if paths and base:
        raise click.UsageError("give either files or a change, not both")
    if not (paths or base):
        _prepare(root)
    from builder.gate.question import Question
    from builder.gate.selection import Selection, read_codes
    from builder.model.finding import Severity
    from builder.net.network import Network
    from builder.runtime import processes

    question = Question(
        paths=paths,
        base=base,
        head=head,
        event=event.read_bytes() if event else None,
        account=account,
        selection=Selection(
            severity=Severity(severity), select=read_codes(select), ignore=read_codes(ignore)
        ),
        mirrored=mirrored,
        online=online,
        jobs=processes.cores(),
        network=Network(resolver=resolver, trust_root=trust_root),
    )
    answer = _answer(root, question)
    _show(answer, form)
    failed = answer.rejected or (strict and answer.notable)
    click.get_current_context().exit(int(failed))


def _show(answer: Report, form: str) -> None:
    from builder.commands import show
    from builder.gate.report import formats, text

    if form == "text" and sys.stdout.isatty():
        text.show(answer)
    else:
        click.echo(formats.FORMATS[form](answer), nl=False)
    if form == "github":
        show.step_summary(answer)


def _prepare(root: Path) -> None:
    """Let the processes that check a large registry import what they need while this one does."""
    from builder.git import packs
    from builder.git.discovery import discover
    from builder.model.errors import RepositoryError
    from builder.runtime import processes

    with suppress(RepositoryError):
        if processes.cores() > 1 and packs.are_large(discover(root).folder / "objects"):
            processes.prepare(*_WORK)


def _answer(root: Path, question: Question) -> Report:
    """Ask in the registry around `root`; without one, ask about files alone."""
    from builder.gate import gate, outside, working_tree
    from builder.git.discovery import discover
    from builder.model.errors import RegistryError, RepositoryError

    try:
        around = discover(root)
    except RepositoryError:
        if not outside.is_enough(root, question):
            raise
        return outside.answer(root, question)
    if not question.base and not outside.is_registry(around):
        if outside.is_enough(root, question):
            return outside.answer(root, question)
        raise RegistryError(
            f"there is no registry in {around.root}, and no server.json in {root}",
            help="name a file, or the registry with --root",
        )
    if question.account and not question.base:
        return working_tree.answer(around, question)
    return gate.answer(around, question)
