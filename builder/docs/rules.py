"""The documentation page of the rules, made from the rules themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from builder import rules
from builder.ownership.codes import Code
from builder.policy.codes import PolicyCode
from builder.rules.engine.rule import Example, Rule

_INTRODUCTION = """\
# Rules

`mcp-registry check` applies all of these, on a laptop and for every pull request. An *error* must be \
fixed, a *review* waits for a person, a *warning* is worth knowing, a *note* is no problem. In an entry that is mirrored \
from another registry (its version is listed in `upstream.json`) only the rules whose page says \
"also in mirrors" are errors: a mirror keeps what upstream has. R1 to R43 number the rules of the \
official registry.

<p class="script rules-filter"><label>Filter <input class="field" type="search" data-filter-rows \
placeholder="a word, a code, a severity"></label></p>
"""
_SECTIONS = (
    ("Text", "What makes a file readable. Nothing else is asked of a file that is not.",
     rules.TEXT_RULES),
    ("Entries", "What an entry must say.", rules.ENTRY_RULES[1:]),
    ("Files", "What may stand below `servers/`, and what only one server may have.",
     (*rules.NAMESPACE_RULES, *rules.REGISTRY_RULES)),
    ("Changes", "What a pull request may do to what is published already.", rules.CHANGE_RULES),
)  # fmt: skip

_OWNERSHIP = "Applied when a change is judged by who proposes it."
_POLICY = "What `policy.publish` of `registry.yaml` says of an entry."
_INDEX = "rules/index.md"


def pages() -> Iterator[tuple[str, str]]:
    """Yield the file name (in site/docs/) and the Markdown of the table of all rules, and of each one's page."""
    parts = [_INTRODUCTION]
    for title, summary, records in _sections():
        parts += [f"## {title}\n\n{summary}\n", _table(records)]
        yield from ((f"rules/{record.code}.md", _page(record, title)) for record in records)
    yield _INDEX, "\n".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """A rule or another check as its page tells of it; `more` is what follows the explanation."""

    code: str
    severity: str
    summary: str
    facts: tuple[str, ...] = ()
    explanation: str = ""
    more: tuple[str, ...] = ()


def _sections() -> Iterator[tuple[str, str, list[_Record]]]:
    for title, summary, table in _SECTIONS:
        yield title, summary, [_rule(rule) for rule in table]
    yield from _codes()


def _codes() -> Iterator[tuple[str, str, list[_Record]]]:
    """Describe the codes of the checks that are no rules: they need to know who asks, or a network."""
    from builder import package_proof
    from builder.check import collections, renames
    from builder.ownership.codes import CODES
    from builder.policy.codes import CODES as POLICY_CODES

    yield _section("Ownership", _OWNERSHIP, CODES)
    across = (
        _Record(
            code=module.RULE,
            severity="warning",
            summary=module.SUMMARY,
            explanation=module.EXPLANATION,
        )
        for module in (collections, renames)
    )
    yield "Several servers", "Applied to a registry as a whole.", list(across)
    yield _section("Policy", _POLICY, POLICY_CODES)
    online = "Applied with `--online`, by asking the registries that packages come from."
    yield (
        "Packages",
        online,
        [
            _Record(code=code, severity=severity, summary=summary)
            for code, (severity, summary) in package_proof.CODES.items()
        ],
    )


def _section(
    title: str, summary: str, codes: Iterable[Code | PolicyCode]
) -> tuple[str, str, list[_Record]]:
    return (
        title,
        summary,
        [
            _Record(
                code=code.code,
                severity=code.severity,
                summary=code.summary,
                explanation=code.explanation,
            )
            for code in codes
        ],
    )


def _table(records: list[_Record]) -> str:
    """Write a row a rule; its code is the row's anchor, which reports of older versions link to."""
    rows = [
        f"| [`{record.code}`]({record.code}.md){{ #{record.code} }} | {record.severity} | {record.summary} |"
        for record in records
    ]
    return "\n".join(["| rule | severity | what it asks |", "|---|---|---|", *rows, ""])


def _page(record: _Record, section: str) -> str:
    facts = [f"*{record.severity}*", *record.facts]
    return "\n".join(
        [
            f"# {record.code}\n",
            f"{record.summary}\n",
            f"{', '.join(facts)} · [{section}](index.md#{slug(section)})\n",
            *([f"{record.explanation}\n"] if record.explanation else []),
            *record.more,
        ]
    )


def slug(title: str) -> str:
    """Return the anchor that mkdocs gives to a heading of plain words."""
    return title.lower().replace(" ", "-")


def _rule(rule: Rule[Any]) -> _Record:
    facts = ["also in mirrors"] if rule.structural else []
    facts += [f"official rule {rule.reference}"] if rule.reference else []
    return _Record(
        code=rule.code,
        severity=rule.severity,
        summary=rule.summary,
        facts=tuple(facts),
        explanation=rule.explanation,
        more=(*_example("Breaks it", rule.failing), *_example("Keeps to it", rule.passing)),
    )


def _example(title: str, example: Example) -> Iterable[str]:
    text = example.shown if len(example.shown) <= _LONGEST else f"{example.shown[:_LONGEST]} …"
    language = "json" if text.lstrip().startswith(("{", "[")) else "text"
    return (f"{title}:\n", f"```{language}", text.strip(), "```\n")


_LONGEST = 600
