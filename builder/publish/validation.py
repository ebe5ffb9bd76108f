"""`POST /validate`: what the rules say of a server.json, in the official API's form (contract, 1.9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from builder import rules
from builder.check import engine
from builder.model.config import Config
from builder.model.finding import Finding, Severity
from builder.publish.draft import Draft, location_of_pointer
from builder.rules.engine.private import of_policy

_DRAFT = "server.json"
_NO_PLACE = "path-mismatch"
_TEXT = frozenset(rule.code for rule in rules.TEXT_RULES)
_SEVERITIES = {Severity.ERROR: "error", Severity.REVIEW: "warning", Severity.WARNING: "warning"}


def answer(draft: Draft, config: Config) -> bytes:
    """Return the official API's answer on a document: whether it is valid, and its issues."""
    issues = [_issue(finding) for finding in findings(draft, config)]
    is_valid = not any(issue["severity"] == "error" for issue in issues)
    return orjson.dumps({"valid": is_valid, "issues": issues})


def findings(draft: Draft, config: Config) -> list[Finding]:
    """Return what the rules on documents find: the same as in a pull request with this entry."""
    path = draft.path if draft.has_place else _DRAFT
    findings_of_draft = engine.check_document(draft.data, path, private=of_policy(config.policy))
    return [
        finding for finding in findings_of_draft if draft.has_place or finding.rule != _NO_PLACE
    ]


def _issue(finding: Finding) -> Mapping[str, Any]:
    text = f"{finding.message}: {finding.help}" if finding.help else finding.message
    return {
        "type": _type(finding),
        "path": location_of_pointer(finding.pointer).removeprefix("$"),
        "message": text,
        "severity": _SEVERITIES[finding.severity],
        "reference": finding.rule,
    }


def _type(finding: Finding) -> str:
    if finding.rule in _TEXT:
        return "json"
    if finding.rule.startswith("schema-") or finding.rule in (
        "unknown-property",
        "body-constraint",
    ):
        return "schema"
    return "semantic" if finding.severity is Severity.ERROR else "linter"
