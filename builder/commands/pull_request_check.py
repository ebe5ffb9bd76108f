"""What the steps of `mcp-registry pull-request` share: the check that they follow, and its options."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.commands import options

if TYPE_CHECKING:
    from builder.forge.decision import Checked
    from builder.forge.forge import Forge
    from builder.forge.merging import MergeOutcome
    from builder.git.repository import Repository

    Connect = Callable[[], Forge]

WRITTEN = click.Path(path_type=Path, dir_okay=False)
READ = click.Path(path_type=Path, exists=True, dir_okay=False)

number = click.argument("number", type=click.IntRange(min=1))
remote = click.option(
    "--remote", default="origin", show_default=True, help="The remote, by name or address."
)
_OF_A_CHECK = (
    click.option("--base", metavar="SHA", default="", help="The commit checked against."),
    click.option("--head", metavar="SHA", default="", help="The commit that was checked."),
    click.option(
        "--report",
        type=WRITTEN,
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
        from builder.git.discovery import discover

        repository = discover(root)
        data = report.read_bytes() if report.is_file() else b""
        checked = steps.read_report(repository, base, head, data)
        step(Desk(repository=repository, connect=connect, checked=checked), **more)

    with_options: Callable[..., None] = functools.update_wrapper(command, step)
    for option in reversed(_OF_A_CHECK):
        with_options = option(with_options)
    return with_options


def follow_merge(
    repository: Repository,
    forge: Forge,
    outcome: MergeOutcome,
    number: int,
    *,
    then: str | None,
    again: str | None,
) -> None:
    """Tell what came of a merge, and start what follows: the workflow `then` after it, or `again` to check anew."""
    from builder.forge import steps
    from builder.git import settings

    click.echo(f"merged as {outcome.commit}" if outcome.commit else f"not merged: {outcome.reason}")
    branch = settings.load_config(repository, "HEAD").branch
    if outcome.commit and then:
        forge.dispatch(then, branch, {})
    if outcome.moved and again:
        steps.check_again(forge, branch, again, number)
