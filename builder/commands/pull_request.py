"""mcp-registry pull-request: what the workflows do with a pull or merge request on a forge."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.commands import options, pull_request_gate
from builder.commands.forge_option import ForgeType, NamedForge
from builder.commands.pull_request_check import (
    READ,
    WRITTEN,
    Desk,
    after_a_check,
    follow_merge,
    number,
    remote,
)
from builder.model.errors import FindingsError

if TYPE_CHECKING:
    from builder.commands.pull_request_check import Connect
    from builder.forge.forge import Forge


@click.group("pull-request")
@click.option(
    "--forge",
    "named",
    type=ForgeType(),
    show_default="whose CI this is, else github",
    help="The kind of forge (github, gitlab, forgejo; the last is Codeberg's and Gitea's too), and its API's "
    "address if that is neither in $GITHUB_API_URL or $CI_API_V4_URL nor the public server's.",
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
def command(context: click.Context, named: NamedForge | None, repository: str, login: str) -> None:
    """Act on a pull or merge request: fetch, check, comment, label, merge.

    These are the steps of the workflows. $GITHUB_TOKEN, $GITLAB_TOKEN or $FORGEJO_TOKEN is the
    token.
    """
    import os

    def connect() -> Forge:
        from builder.forge import connect

        name = named.kind if named else connect.detect(os.environ)
        api = named.api if named else ""
        connection = connect.connect(name, os.environ, api=api, repository=repository, login=login)
        context.call_on_close(connection.client.close)
        return connection

    context.obj = connect


command.add_command(pull_request_gate.command)


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
@click.option("--event", type=WRITTEN, required=True, help="Where to write its facts.")
@click.option(
    "--report",
    type=WRITTEN,
    required=True,
    help="Where to write the report, if it is too large to be fetched.",
)
@click.option(
    "--trigger",
    type=READ,
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

    Nothing is checked out. The file is what check --event reads. Prints base=SHA (the commit that
    is checked out here) and head=SHA. Exit code 1, with a report that says why, if the commits are
    too large to be fetched: then nothing of them is kept.
    """
    from builder.forge import fetching
    from builder.gate.report import json
    from builder.git.discovery import discover
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

    from builder.forge import merging

    forge, repository = desk.connect(), desk.repository
    outcome = merging.merge(repository, forge, number, desk.checked, remote, int(time.time()))
    follow_merge(repository, forge, outcome, number, then=then, again=again)


@command.command()
@click.option("--workflow", "file", default="check.yml", show_default=True, help="What to start.")
@options.root
@click.pass_obj
def recheck(connect: Connect, file: str, root: Path) -> None:
    """Start the check again for every open pull request that was accepted, or approved by a person.

    This is how a waiting time ends, and how pull requests catch up with a branch that moved.
    """
    from builder.forge import steps
    from builder.git import settings
    from builder.git.discovery import discover

    config = settings.load_config(discover(root), "HEAD")
    for checked in steps.recheck(connect(), config.branch, file, config.policy):
        click.echo(f"checking #{checked} again")


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
    from builder.git.discovery import discover

    repository, forge = discover(root), connect()
    number = steps.propose(repository, forge, remote, branch, title)
    click.echo(f"pull request #{number}" if number else "nothing to propose")
    if number and then:
        published = settings.load_config(repository, "HEAD").branch
        forge.dispatch(then, published, {"pull-request": str(number)})
