"""Rules on what users start: the install panels make a command of each package, or say why not."""

from __future__ import annotations

from collections.abc import Iterator

from builder.install import plan
from builder.install.runners import RUNNERS
from builder.model.finding import Severity
from builder.rules.engine.fields import string
from builder.rules.engine.parts import EntryPart
from builder.rules.engine.rule import Problem, Rule, entry
from builder.rules.engine.subject import Entry
from builder.rules.packages import package

_HELP = {
    "runtimeArguments": "in runtimeArguments only options of the runner; words for the server go "
    "into packageArguments",
    "version": "the exact version that this entry is about, such as 1.2.3",
    "identifier": "the name alone, as its registry knows it",
    "registryBaseUrl": "remove it, or give the https address of the package index",
}


def _not_startable(item: Entry) -> Iterator[Problem]:
    for steps, packaged in item.packages:
        if string(packaged, "registryType") not in RUNNERS:
            continue
        plans = plan.local(packaged)
        if plans.reason:
            yield Problem(
                message=f"no client gets a command for this package: {plans.reason}",
                steps=(*steps, *((plans.about,) if plans.about in packaged else ())),
                help=_HELP.get(plans.about, ""),
            )


def _argument(value: str) -> list[dict[str, str]]:
    return [{"type": "positional", "value": value}]


RULES: tuple[Rule[Entry], ...] = (
    Rule(
        code="not-startable",
        summary="A command can start exactly the package that the entry names.",
        explanation="The install panels write a command for each package and read it back as the "
        "runner (npx, uvx, docker, dnx) does. What would start must be the identifier at the "
        "version of the entry; where it is something else, or nobody could tell, there is no "
        "command and no link. The commonest cause is a word for the server in `runtimeArguments`: "
        "`npx -y mcp firebase-tools@1.0.0` starts the package `mcp`, which anybody may register. "
        "Such words belong in `packageArguments`.",
        check=_not_startable,
        about=EntryPart.PACKAGES,
        severity=Severity.WARNING,
        generality=3,
        failing=entry(packages=[package(runtimeArguments=_argument("mcp"))]),
        passing=entry(packages=[package(packageArguments=_argument("mcp"))]),
    ),
)
