"""mcp-registry pull-request: what the workflows do with a pull request on GitHub."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.commands import options

if TYPE_CHECKING:
    from builder.forge.github import GitHub

    Connect = Callable[[], GitHub]

_WRITTEN = click.Path(path_type=Path, dir_okay=False)
_READ = click.Path(path_type=Path, exists=True, dir_okay=False)

number = click.argument("number", type=click.IntRange(min=1))
base = click.option("--base", metavar="SHA", required=True, help="The commit checked against.")
head = click.option("--head", metavar="SHA", required=True, help="The commit that was checked.")
report = click.option("--report", type=_READ, required=True, help="Output of check --format json.")
remote = click.option(
    "--remote", default="origin", show_default=True, help="The remote, by name or address."
)


@click.group("pull-request")
@click.option(
    "--api",
    envvar="GITHUB_API_URL",
    default="https://api.github.com",
    show_default="$GITHUB_API_URL",
    help="The API's address.",
)
@click.option(
    "--repository",
    envvar="GITHUB_REPOSITORY",
    default="",
    metavar="OWNER/NAME",
    show_default="$GITHUB_REPOSITORY",
    help="The repository.",
)
@click.option(
    "--login",
    default="github-actions[bot]",
    show_default=True,
    help="The account whose token is in $GITHUB_TOKEN: only its comments are ours.",
)
@click.pass_context
def command(context: click.Context, api: str, repository: str, login: str) -> None:
    """Act on a pull request on GitHub: fetch, comment, label, merge.

    These are the steps of the workflows in .github/workflows/. $GITHUB_TOKEN is the token.
    """
    import os

    def connect() -> GitHub:
        token = os.environ.get("GITHUB_TOKEN", "")
        from builder.forge import github

        connection = github.connect(api, repository, token, login=login)
        context.call_on_close(connection.client.close)
        return connection

    context.obj = connect


@command.command()
@number
@click.option("--event", type=_WRITTEN, required=True, help="Where to write its facts.")
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
    connect: Connect, number: int, event: Path, trigger: Path | None, remote: str, root: Path
) -> None:
    """Fetch a pull request's commits as git objects, and its facts as a file.

    Nothing is checked out. The file has the shape of a pull_request_target event. Prints
    base=SHA (the commit that is checked out here) and head=SHA.
    """
    from builder.forge import steps
    from builder.git.repository import discover

    repository = discover(root)
    started = trigger.read_bytes() if trigger else b""
    head, facts = steps.fetch(repository, connect(), number, remote, started)
    event.write_bytes(facts)
    click.echo(f"base={repository.commit('HEAD')}\nhead={head}")


@command.command()
@base
@head
@report
@options.root
def annotate(base: str, head: str, report: Path, root: Path) -> None:
    """Show the findings as annotations of the run, and the whole report as its summary."""
    from builder.commands import show
    from builder.forge import steps
    from builder.gate.report.github import render
    from builder.git.repository import discover

    checked = steps.read_report(discover(root), base, head, report.read_bytes())
    click.echo(render(checked.report), nl=False)
    show.step_summary(checked.report)


@command.command()
@number
@base
@head
@report
@options.root
@click.pass_obj
def comment(connect: Connect, number: int, base: str, head: str, report: Path, root: Path) -> None:
    """Say the verdict in one comment, which later runs edit in place."""
    import time

    from builder.forge import steps
    from builder.git.repository import discover

    repository = discover(root)
    checked = steps.read_report(repository, base, head, report.read_bytes())
    steps.comment(repository, connect(), number, checked, int(time.time()))


@command.command()
@number
@base
@head
@report
@options.root
@click.pass_obj
def label(connect: Connect, number: int, base: str, head: str, report: Path, root: Path) -> None:
    """Label it with the verdict, and with no earlier one."""
    from builder.forge import steps
    from builder.git.repository import discover

    checked = steps.read_report(discover(root), base, head, report.read_bytes())
    steps.label(connect(), number, checked)


@command.command()
@number
@base
@head
@report
@click.option(
    "--then",
    metavar="WORKFLOW",
    help="A workflow to start on the branch after merging: GitHub starts none by itself "
    "for what a workflow's own token pushed.",
)
@options.root
@click.pass_obj
def merge(
    connect: Connect,
    number: int,
    base: str,
    head: str,
    report: Path,
    then: str | None,
    root: Path,
) -> None:
    """Merge exactly the commit that was checked, if nothing holds it back.

    It is held by a verdict other than accept, a head or branch that moved since the check, a
    stop, or the waiting time of a new namespace (policy.new_namespace_hours).
    """
    import time

    from builder.forge import steps
    from builder.git import settings
    from builder.git.repository import discover

    repository, github = discover(root), connect()
    checked = steps.read_report(repository, base, head, report.read_bytes())
    merged, reason = steps.merge(repository, github, number, checked, int(time.time()))
    click.echo(f"merged as {merged}" if merged else f"not merged: {reason}")
    if merged and then:
        github.dispatch(then, settings.load_config(repository, base).branch, {})


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

    repository, github = discover(root), connect()
    number = steps.propose(repository, github, remote, branch, title)
    click.echo(f"pull request #{number}" if number else "nothing to propose")
    if number and then:
        published = settings.load_config(repository, "HEAD").branch
        github.dispatch(then, published, {"pull-request": str(number)})
