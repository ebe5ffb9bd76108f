"""mcp-registry policy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.commands import options

if TYPE_CHECKING:
    from builder.policy.explain import Explanation


@click.group()
def command() -> None:
    """What may be in this registry, and which line of registry.yaml says so."""


@command.command(
    epilog="Examples: mcp-registry policy explain com.example/weather; "
    "mcp-registry policy explain com.example/weather@1.0.0 --dump servers.json.gz"
)
@click.argument("server", metavar="NAME[@VERSION]")
@click.option(
    "--dump",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Ask about the server in a saved dump of an upstream (the official one, if none is named).",
)
@click.option(
    "--upstream",
    default="",
    metavar="UPSTREAM",
    help="Ask about the server in an upstream: name or address.",
)
@options.text_or_json("How the answer is written.")
@options.root
def explain(server: str, dump: Path | None, upstream: str, form: str, root: Path) -> None:
    """Say which line of the policy decides about a server's versions, and why.

    Without an option the server is looked for here: in servers/ of the working tree. What is
    mirrored is asked about by policy.mirror, what is published here by policy.publish. The first
    line that matches decides. The exit code is 1 if a version is rejected.
    """
    from builder.git.discovery import discover
    from builder.mirror.explain import ExplainQuestion, explanations

    name, _, version = server.partition("@")
    question = ExplainQuestion(name=name, version=version, dump=dump, upstream=upstream)
    explained = list(explanations(discover(root), question))
    if form == "json":
        click.echo(
            json.dumps(
                [_as_json(explanation) for explanation in explained], indent=2, ensure_ascii=False
            )
        )
    else:
        click.echo("\n\n".join("\n".join(_lines(explanation)) for explanation in explained))
    rejected = any(explanation.decision.do == "reject" for explanation in explained)
    click.get_current_context().exit(int(rejected))


def _lines(explanation: Explanation) -> Iterator[str]:
    from builder.model.wording import visible

    title = f"{explanation.name} {explanation.version}"
    yield f"{explanation.decision.do}: {visible(title)} ({visible(explanation.where)})"
    if explanation.decision.because:
        yield f"  because: {visible(explanation.decision.because)}"
    line = f"{explanation.line} ({explanation.place})" if explanation.line else "none"
    yield f"  line: {line}"
    for change in explanation.changes:
        yield f"  new in kind: {visible(change)}"
    for key, value in explanation.facts:
        yield f"  {key}: {visible(value)}"
    yield f"  fingerprint: {explanation.fingerprint}"


def _as_json(explanation: Explanation) -> dict[str, object]:
    return {
        "name": explanation.name,
        "version": explanation.version,
        "where": explanation.where,
        "policy": explanation.policy,
        "do": explanation.decision.do,
        "because": explanation.decision.because,
        "line": explanation.line,
        "place": explanation.place,
        "changes": explanation.changes,
        "facts": dict(explanation.facts),
        "fingerprint": explanation.fingerprint,
    }
