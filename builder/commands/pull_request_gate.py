"""mcp-registry pull-request gate: the whole check of a request in one go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.commands import options
from builder.commands.pull_request_check import READ, follow_merge, remote
from builder.model.errors import FindingsError

if TYPE_CHECKING:
    from builder.commands.pull_request_check import Connect


@click.command("gate")
@click.argument("number", type=click.IntRange(min=1), required=False, envvar="PULL_REQUEST")
@click.option(
    "--trigger",
    type=READ,
    show_default="$GITHUB_EVENT_PATH or $TRIGGER_PAYLOAD",
    help="The event that started the workflow. Without NUMBER it says which request to check.",
)
@click.option(
    "--merge",
    is_flag=True,
    envvar="AUTO_MERGE",
    show_default="$AUTO_MERGE",
    help="Also merge what is accepted, unless it is held back.",
)
@click.option("--then", metavar="WORKFLOW", help="A workflow to start on the branch after merging.")
@click.option("--again", metavar="WORKFLOW", default="gate", help="What checks a request again.")
@remote
@options.root
@click.pass_obj
def command(
    connect: Connect,
    number: int | None,
    trigger: Path | None,
    merge: bool,
    then: str | None,
    again: str,
    remote: str,
    root: Path,
) -> None:
    """Check a pull or merge request in one go: clear, fetch, check, comment, label.

    With --merge also merge. Exit code 1 if it is rejected.
    """
    import os

    from builder.commands import show
    from builder.forge import connect as forges
    from builder.forge import gate_run, triggers
    from builder.gate.question import Question
    from builder.gate.report import text
    from builder.git.discovery import discover

    path = trigger or forges.trigger_file(forges.detect(os.environ), os.environ)
    event = Path(path).read_bytes() if path and Path(path).is_file() else b""
    asked = number or triggers.number_of(event)
    if asked is None:
        click.echo("nothing to check: the event brings no new commit")
        return
    repository, forge = discover(root), connect()
    checked = gate_run.check(repository, forge, asked, remote, event, Question(online=True))
    if checked.report:
        click.echo(text.render(checked.report), nl=False)
        show.step_summary(checked.report)
    if merge:
        outcome = gate_run.merge(repository, forge, asked, remote, checked)
        follow_merge(repository, forge, outcome, asked, then=then, again=again)
    if checked.report and checked.report.rejected:
        raise FindingsError(checked.report.reason)
