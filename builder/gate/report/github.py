"""The report as annotations of a GitHub Actions run.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions. GitHub shows only
ten annotations of each kind in a step, so that errors come first, and the whole report also goes
into the step's summary (markdown.py).
"""

from __future__ import annotations

from builder.gate.report.report import Report
from builder.model.finding import Finding, Severity
from builder.model.wording import visible

_COMMANDS = {
    Severity.ERROR: "error",
    Severity.REVIEW: "warning",
    Severity.WARNING: "notice",
    Severity.NOTE: "notice",
}


def render(report: Report) -> str:
    """Write a workflow command for each finding, errors first, and a last line that sums up."""
    lines = [_annotation(finding, report) for finding in report.worst_first]
    return "".join(f"{line}\n" for line in (*lines, f"{report.verdict}: {report.counts}"))


def _annotation(finding: Finding, report: Report) -> str:
    properties = {
        "file": finding.path,
        "line": finding.line,
        "col": finding.column,
        "title": f"{finding.severity}[{finding.rule}]",
    }
    given = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items() if value)
    parts = (visible(finding.message), visible(finding.help), report.url(finding))
    text = "\n".join(part for part in parts if part)
    return f"::{_COMMANDS[finding.severity]} {given}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")
