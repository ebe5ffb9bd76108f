"""The documentation page of the rules, made from the rules themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from builder import rules
from builder.rules.engine.rule import Example, Rule

_INTRODUCTION = """\
# Rules

`mcp-registry check` applies all of these, on a laptop and for every pull request. An *error* must be \
fixed, a *review* waits for a person, a *warning* is worth knowing. In an entry that is mirrored \
from another registry (its version is listed in `upstream.json`) only the rules marked \
*also in mirrors* are errors: a mirror keeps what upstream has. R1 to R43 number the rules of the \
official registry.
"""
_SECTIONS = (
    ("Text", "What makes a file readable. Nothing else is asked of a file that is not.",
     rules.TEXT_RULES),
    ("Entries", "What an entry must say.", rules.ENTRY_RULES[1:]),
    ("Files", "What may stand below `servers/`, and what only one server may have.",
     (*rules.NAMESPACE_RULES, *rules.REGISTRY_RULES)),
    ("Changes", "What a pull request may do to what is published already.", rules.CHANGE_RULES),
)  # fmt: skip


def render() -> str:
    """Write the page as Markdown; each rule's heading has its code as the anchor."""
    parts = [_INTRODUCTION]
    for title, summary, table in _SECTIONS:
        parts.append(f"## {title}\n\n{summary}\n")
        parts += [_rule(rule) for rule in table]
    parts += _codes()
    return "\n".join(parts)


def _codes() -> Iterator[str]:
    """Describe the codes of the checks that are no rules: they need to know who asks, or a network."""
    from builder import package_proof
    from builder.ownership.codes import CODES
    from builder.policy.codes import CODES as POLICY_CODES

    yield "## Ownership\n\nApplied when a change is judged by who proposes it.\n"
    for record in CODES:
        yield f"{_heading(record.code)}{record.summary}\n\n{record.explanation}\n"
    yield "## Policy\n\nWhat `policy.publish` of `registry.yaml` says of an entry.\n"
    for policy in POLICY_CODES:
        yield f"{_heading(policy.code)}{policy.summary}\n\n{policy.explanation}\n"
    yield "## Packages\n\nApplied with `--online`, by asking the registries that packages come from.\n"
    for code, (severity, summary) in package_proof.CODES.items():
        yield f"{_heading(code)}{summary} (*{severity}*)\n"


def _heading(code: str) -> str:
    return f"### {code} {{ #{code} }}\n\n"


def _rule(rule: Rule[Any]) -> str:
    facts = [f"*{rule.severity}*"]
    facts += ["*also in mirrors*"] if rule.structural else []
    facts += [f"official rule {rule.reference}"] if rule.reference else []
    return "\n".join(
        [
            f"{_heading(rule.code)}{rule.summary} ({', '.join(facts)})\n",
            f"{rule.explanation}\n",
            *_example("Breaks it", rule.failing),
            *_example("Keeps to it", rule.passing),
        ]
    )


def _example(title: str, example: Example) -> Iterable[str]:
    text = example.shown if len(example.shown) <= _LONGEST else f"{example.shown[:_LONGEST]} …"
    language = "json" if text.lstrip().startswith(("{", "[")) else "text"
    return (f"{title}:\n", f"```{language}", text.strip(), "```\n")


_LONGEST = 600
