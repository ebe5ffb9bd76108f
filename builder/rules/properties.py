"""Rules on the properties of an entry: none that server.json does not have (contract, R41).

Most unknown ones are known ones under another name; then the finding says which, and speaks for
all that follows from it: that the right one is missing, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from builder.model.server_json import OFFICIAL
from builder.rules.engine import misspelt, typed_body
from builder.rules.engine.fields import quoted
from builder.rules.engine.parts import EntryPart
from builder.rules.engine.rule import Problem, Rule, Steps, entry
from builder.rules.engine.subject import Entry
from builder.rules.repairs import value_at

_OWN_DATA = (
    "remove it; data of your own belongs below "
    '"_meta": {"io.modelcontextprotocol.registry/publisher-provided": {…}}'
)
_IN_PACKAGES = 'what starts the server belongs into "packages"'
_IN_REMOTES = 'the address of a hosted server belongs into "remotes"'
_ELSEWHERE: Mapping[str, str] = {
    "status": "remove it: the status of a version stands beside it, in status.yaml",
    "isLatest": "remove it: the registry finds out which version is the latest",
    "publishedAt": "remove it: the date is that of the commit",
    "updatedAt": "remove it: the date is that of the commit",
    OFFICIAL: "remove it: the registry itself writes this block",
    **dict.fromkeys(("command", "args", "env", "registryType", "identifier"), _IN_PACKAGES),
    **dict.fromkeys(("type", "transport", "headers", "endpoint", "url"), _IN_REMOTES),
}
"""What belongs elsewhere, by its key in the document itself (and in its `_meta`)."""


def _unknown(item: Entry) -> Iterator[Problem]:
    for violation in item.body_violations:
        if violation.keyword == "additionalProperties":
            *parents, key = violation.steps
            yield _problem(item, tuple(parents), str(key))


def _problem(item: Entry, parents: Steps, key: str) -> Problem:
    there = value_at(item.document, parents)
    absent = [name for name in typed_body.properties(parents) if name not in there]
    meant = misspelt.field(key, absent)
    elsewhere = _ELSEWHERE.get(key) if parents in ((), ("_meta",)) else None
    if elsewhere and (meant is None or misspelt.fold(meant) != misspelt.fold(key)):
        meant = None
    else:
        elsewhere = None
    return Problem(
        message=f"the official registry refuses the unknown property {quoted(key)}",
        steps=(*parents, key),
        help=misspelt.question(meant) or elsewhere or _OWN_DATA,
        covers=((*parents, meant),) if meant else (),
    )


RULES: tuple[Rule[Entry], ...] = (
    Rule(
        code="unknown-property",
        summary="An entry holds no property that server.json does not have.",
        explanation="The official API answers 422 to any unknown property. Mostly it is a known one "
        "misspelt, or written in snake case as the first schema had it.",
        reference="R41",
        check=_unknown,
        about=EntryPart.BODY_VIOLATION,
        failing=entry(websiteURL="https://example.com"),
        passing=entry(websiteUrl="https://example.com"),
    ),
)
