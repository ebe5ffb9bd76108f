"""mcp-registry approve."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.commands import committing, options

if TYPE_CHECKING:
    from builder.git.repository import Repository
    from builder.mirror.explain import ExplainQuestion


@click.command(
    epilog="Examples: mcp-registry approve com.example/weather@1.1.0 --upstream official --commit; "
    "mcp-registry approve com.example/weather@1.1.0 --fingerprint HASH"
)
@click.argument("server", metavar="NAME@VERSION")
@click.option("--upstream", default="", help="Where the version is: an upstream's name or address.")
@click.option(
    "--dump",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Where the version is: a saved dump of an upstream.",
)
@click.option(
    "--fingerprint", default="", metavar="HASH", help="What runs, if it is known already."
)
@click.option("--because", default="", help="Why.")
@click.option("--who", default=None, show_default="the name that git has", help="Who approves it.")
@committing.commit_option("Commit the change.")
@options.root
def command(
    server: str,
    upstream: str,
    dump: Path | None,
    fingerprint: str,
    because: str,
    who: str | None,
    do_commit: bool,
    root: Path,
) -> None:
    """Let in a version that the policy holds for review: exactly this one, as it runs now.

    Writes a line of approvals.yaml, with the fingerprint of the version as it is upstream (or with
    --fingerprint, as a report has it). The next mirror run takes it in; a pull request of it is
    not held any more. A version that the policy rejects stays out.
    """
    from builder.authoring import approvals_file
    from builder.git import working_tree
    from builder.git.discovery import discover
    from builder.mirror.explain import ExplainQuestion
    from builder.model.approvals import VersionApproval
    from builder.model.layout import APPROVALS

    repository = discover(root)
    name, _, version = server.partition("@")
    if not version:
        raise click.UsageError("name one version: NAME@VERSION")
    question = ExplainQuestion(name=name, version=version, dump=dump, upstream=upstream)
    values = {
        "name": name,
        "version": version,
        "fingerprint": fingerprint or _fingerprint(repository, question),
        "who": working_tree.author(repository) if who is None else who,
        "because": because,
    }
    approval = committing.validated(VersionApproval, values)
    approvals_file.add(repository.root, approval)
    click.echo(f"approved: {server}, in {APPROVALS}")
    if do_commit:
        committing.commit(repository, f"Approve {server}", APPROVALS)


def _fingerprint(repository: Repository, question: ExplainQuestion) -> str:
    """Return that of the version as it is upstream; say what is new in it, and what keeps it out."""
    from builder.mirror.explain import explanations
    from builder.model.wording import visible

    (explanation,) = explanations(repository, question)
    for change in explanation.changes:
        click.echo(visible(f"new in kind: {change}"))
    if explanation.decision.do == "reject":
        click.echo(
            f"warning: {visible(f'{question.name}@{question.version}')} stays out: "
            f"{visible(explanation.line)} rejects it ({visible(explanation.decision.because)})",
            err=True,
        )
    return explanation.fingerprint
