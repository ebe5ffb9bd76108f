"""mcp-registry pull-request: what the workflows do with a pull or merge request on a forge."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.commands import options
from builder.model.errors import FindingsError

if TYPE_CHECKING:
    from builder.forge.decision import Checked
    from builder.forge.forge import Forge
    from builder.git.repository import Repository

    Connect = Callable[[], Forge]

_WRITTEN = click.Path(path_type=Path, dir_okay=False)
_READ = click.Path(path_type=Path, exists=True, dir_okay=False)

number = click.argument("number", type=click.IntRange(min=1))
remote = click.option(
    "--remote", default="origin", show_default=True, help="The remote, by name or address."
)
_OF_A_CHECK = (
    click.option("--base", metavar="SHA", default="", help="The commit checked against."),
    click.option("--head", metavar="SHA", default="", help="The commit that was checked."),
    click.option(
        "--report",
        type=_WRITTEN,
        required=True,
        help="Output of check --format json. Without it the change could not be checked.",
    ),
    options.root,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a step works with: the repository, the forge, and what came of the check."""

    repository: Repository
    connect: Connect
    checked: Checked


def after_a_check(step: Callable[..., None]) -> Callable[..., None]:
    """Return a command the options that name a check, and read them: it gets a Desk first."""

    @click.pass_obj
    def command(
        connect: Connect, /, base: str, head: str, report: Path, root: Path, **more: object
    ) -> None:
        from builder.forge import steps
        from builder.git.repository import discover

        repository = discover(root)
        data = report.read_bytes() if report.is_file() else b""
        checked = steps.read_report(repository, base, head, data)
        step(Desk(repository=repository, connect=connect, checked=checked), **more)

    with_options: Callable[..., None] = functools.update_wrapper(command, step)
    for option in reversed(_OF_A_CHECK):
        with_options = option(with_options)
    return with_options


@click.group("pull-request")
@click.option(
    "--forge",
    "kind",
    type=click.Choice(("github", "gitlab", "forgejo")),
    show_default="whose CI this is, else github",
    help="The kind of forge; forgejo is Codeberg's and Gitea's too.",
)
@click.option(
    "--api",
    default="",
    show_default="$GITHUB_API_URL or $CI_API_V4_URL, else the public server's",
    help="The API's address.",
)
@click.option(
    "--repository",
    default="",
    metavar="OWNER/NAME",
    show_default="$GITHUB_REPOSITORY or $CI_PROJECT_ID",
    help="The repository.",
)
@click.option(
    "--login",
    default="",
    show_default="github-actions[bot], forgejo-actions, or whose the token on GitLab is",
    help="The account whose token it is: only its comments are ours.",
)
@click.pass_context
def command(
    context: click.Context, kind: str | None, api: str, repository: str, login: str
) -> None:
    """Act on a pull or merge request: fetch, check, comment, label, merge.

    These are the steps of the workflows. $GITHUB_TOKEN, $GITLAB_TOKEN or $FORGEJO_TOKEN is the
    token.
    """
    import os

    def connect() -> Forge:
        from builder.forge import connect

        name = kind or connect.detect(os.environ)
        connection = connect.connect(name, os.environ, api=api, repository=repository, login=login)
        context.call_on_close(connection.client.close)
        return connection

    context.obj = connect


@command.command()
@click.argument("number", type=click.IntRange(min=1), required=False, envvar="PULL_REQUEST")
@click.option(
    "--trigger",
    type=_READ,
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
def gate(
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
    from builder.forge import gate_run, steps, triggers
    from builder.gate.question import Question
    from builder.gate.report import text
    from builder.git import settings
    from builder.git.repository import discover

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
        click.echo(
            f"merged as {outcome.commit}" if outcome.commit else f"not merged: {outcome.reason}"
        )
        branch = settings.load_config(repository, "HEAD").branch
        if outcome.commit and then:
            forge.dispatch(then, branch, {})
        if outcome.moved:
            steps.check_again(forge, branch, again, asked)
    if checked.report and checked.report.rejected:
        raise FindingsError(checked.report.reason)


@command.command()
@number
@click.pass_obj
def clear(connect: Connect, number: int) -> None:
    """Take back what was said of an earlier head: the first step of each check.

    The verdict's label is removed. A check that ends without a verdict leaves none behind.
    """
    import time

    from builder.forge import steps

    steps.clear(connect(), number, int(time.time()))


@command.command()
@number
@click.option("--event", type=_WRITTEN, required=True, help="Where to write its facts.")
@click.option(
    "--report",
    type=_WRITTEN,
    required=True,
    help="Where to write the report, if it is too large to be fetched.",
)
@click.option(
    "--trigger",
    type=_READ,
    envvar="GITHUB_EVENT_PATH",
    show_default="$GITHUB_EVENT_PATH",
    help="The event that started the workflow: it says who pushed.",
)
@remote
@options.root
@click.pass_obj
def fetch(
    connect: Connect,
    number: int,
    event: Path,
    report: Path,
    trigger: Path | None,
    remote: str,
    root: Path,
) -> None:
    """Fetch a pull request's commits as git objects, and its facts as a file.

    Nothing is checked out. The file is what check --event reads. Prints base=SHA (the commit that is checked out here) and head=SHA. Exit code 1, with a report that
    says why, if the commits are too large to be fetched: then nothing of them is kept.
    """
    from builder.forge import fetching
    from builder.gate.report import json
    from builder.git.repository import discover
    from builder.ownership import change_request

    repository = discover(root)
    started = trigger.read_bytes() if trigger else b""
    fetched = fetching.fetch(repository, connect(), number, remote, started)
    event.write_bytes(change_request.write(fetched.request))
    click.echo(f"base={repository.commit('HEAD')}\nhead={fetched.head}")
    if fetched.refusal:
        report.write_text(json.render(fetched.refusal), encoding="utf-8")
        raise FindingsError(fetched.refusal.reason)


@command.command()
@after_a_check
def annotate(desk: Desk) -> None:
    """Show the findings as annotations of the run, and the whole report as its summary."""
    from builder.commands import show
    from builder.gate.report.github import render

    report = desk.checked.report
    if report is None:
        click.echo("::error::This could not be checked: there is no report.")
        return
    click.echo(render(report), nl=False)
    show.step_summary(report)


@command.command()
@number
@after_a_check
def comment(desk: Desk, number: int) -> None:
    """Say the verdict in one comment, which later runs edit in place."""
    import time

    from builder.forge import steps

    steps.comment(desk.repository, desk.connect(), number, desk.checked, int(time.time()))


@command.command()
@number
@after_a_check
def label(desk: Desk, number: int) -> None:
    """Label it with the verdict, and with no earlier one."""
    from builder.forge import steps

    steps.label(desk.connect(), number, desk.checked)


@command.command()
@number
@click.option(
    "--then",
    metavar="WORKFLOW",
    help="A workflow to start on the branch after merging: GitHub starts none by itself "
    "for what a workflow's own token pushed.",
)
@click.option(
    "--again",
    metavar="WORKFLOW",
    help="The workflow that checks a pull request, to start if the branch moved since the check.",
)
@remote
@after_a_check
def merge(desk: Desk, number: int, then: str | None, again: str | None, remote: str) -> None:
    """Merge exactly the commit that was checked, if nothing holds it back.

    What is merged is one commit, made on the base that was checked, with the files that were
    checked. It is held by a verdict other than accept, a head that moved since the check, a stop,
    or the waiting time of a new namespace (policy.new_namespace_hours). If the branch moved, the
    check is started again.
    """
    import time

    from builder.forge import merging, steps
    from builder.git import settings

    forge, repository = desk.connect(), desk.repository
    outcome = merging.merge(repository, forge, number, desk.checked, remote, int(time.time()))
    click.echo(f"merged as {outcome.commit}" if outcome.commit else f"not merged: {outcome.reason}")
    branch = settings.load_config(repository, "HEAD").branch
    if outcome.commit and then:
        forge.dispatch(then, branch, {})
    if outcome.moved and again:
        steps.check_again(forge, branch, again, number)


@command.command()
@click.option("--workflow", "file", default="check.yml", show_default=True, help="What to start.")
@options.root
@click.pass_obj
def recheck(connect: Connect, file: str, root: Path) -> None:
    """Start the check again for every open pull request that was accepted.

    This is how a waiting time ends, and how pull requests catch up with a branch that moved.
    """
    from builder.forge import steps
    from builder.git import settings
    from builder.git.repository import discover

    branch = settings.load_config(discover(root), "HEAD").branch
    for number in steps.recheck(connect(), branch, file):
        click.echo(f"checking #{number} again")


@command.command()
@click.argument("branch")
@click.option("--title", required=True, help="The title of the pull request.")
@click.option("--then", metavar="WORKFLOW", help="The workflow that checks it, to start for it.")
@remote
@options.root
@click.pass_obj
def propose(
    connect: Connect, branch: str, title: str, then: str | None, remote: str, root: Path
) -> None:
    """Push HEAD to BRANCH and open a pull request from it, if there is none yet."""
    from builder.forge import steps
    from builder.git import settings
    from builder.git.repository import discover

    repository, forge = discover(root), connect()
    number = steps.propose(repository, forge, remote, branch, title)
    click.echo(f"pull request #{number}" if number else "nothing to propose")
    if number and then:
        published = settings.load_config(repository, "HEAD").branch
        forge.dispatch(then, published, {"pull-request": str(number)})
