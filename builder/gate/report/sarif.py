"""The report as SARIF 2.1.0, which GitHub's code scanning and editors read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import orjson

from builder import __version__, rules
from builder.gate.codes import texts
from builder.gate.report.report import Report
from builder.model.finding import Finding, Severity
from builder.model.wording import visible

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {
    Severity.ERROR: "error",
    Severity.REVIEW: "warning",
    Severity.WARNING: "note",
    Severity.NOTE: "note",
}


def render(report: Report) -> str:
    """Write one run: the rules that were broken, and a result for each finding."""
    codes = sorted({finding.rule for finding in report.findings})
    driver: dict[str, Any] = {
        "name": "mcp-registry",
        "version": __version__,
        "rules": [_rule(code, report) for code in codes],
    }
    if report.base_url:
        driver["informationUri"] = report.base_url
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, codes) for finding in report.findings],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return orjson.dumps(log, option=orjson.OPT_INDENT_2).decode() + "\n"


def _rule(code: str, report: Report) -> dict[str, Any]:
    described: dict[str, Any] = {"id": code}
    if summary_and_explanation := texts().get(code):
        described["shortDescription"] = {"text": summary_and_explanation[0]}
        described["fullDescription"] = {"text": summary_and_explanation[1]}
    rule = next((rule for rule in rules.RULES if rule.code == code), None)
    if rule:
        described["defaultConfiguration"] = {"level": _LEVELS[rule.severity]}
    if report.base_url:
        described["helpUri"] = f"{report.base_url}/docs/rules/{code}/"
    return described


def _result(finding: Finding, codes: list[str]) -> dict[str, Any]:
    help = f"\nhelp: {visible(finding.help)}" if finding.help else ""
    return {
        "ruleId": finding.rule,
        "ruleIndex": codes.index(finding.rule),
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{visible(finding.message)}{help}"},
        "locations": [_location(finding)],
    }


def _location(finding: Finding) -> dict[str, Any]:
    uri = quote(finding.path, safe="/", encoding="utf-8", errors="surrogateescape")
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}}
    if finding.line:
        physical["region"] = {"startLine": finding.line, "startColumn": finding.column or 1}
    location: dict[str, Any] = {"physicalLocation": physical}
    if finding.pointer:
        location["logicalLocations"] = [{"fullyQualifiedName": visible(finding.pointer)}]
    return location
