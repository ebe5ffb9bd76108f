"""The report for a comment on a pull request or a step's summary.

What a publisher wrote stands in code spans only: no link, mention or HTML of theirs is rendered.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from builder.finding import Finding, Severity
from builder.ownership.decision import Verdict
from builder.report.report import Report, visible

# GitHub cuts a step's summary at 1 MiB and refuses a comment of more than 65,536 characters.
LIMIT = 60_000
_MARKS = {Severity.ERROR: "❌ error", Severity.REVIEW: "👀 review", Severity.WARNING: "⚠️ warning"}
_HEADINGS = {
    Verdict.ACCEPT: "✅ Accepted",
    Verdict.REVIEW: "👀 A person must look",
    Verdict.REJECT: "❌ Not accepted",
}


def render(report: Report) -> str:
    """Write a heading with the verdict, then the findings of each file as a table."""
    parts = [f"## {_HEADINGS[report.verdict]}\n", f"{_summary(report)}\n"]
    parts += _namespaces(report)
    left, size = len(report.findings), sum(map(len, parts))
    for path, group in groupby(report.findings, key=lambda finding: finding.path):
        findings = list(group)
        part = _file(path, findings, report)
        size += len(part)
        if size > LIMIT:
            parts.append(
                f"… and {left:,} more findings: see the log, or run `mcp-registry check`.\n"
            )
            break
        parts.append(part)
        left -= len(findings)
    return "\n".join(parts)


def _summary(report: Report) -> str:
    said = [span(text) for text in (report.reason, report.checked) if text]
    return f"{': '.join(said)}{': ' if said else ''}{report.counts}."


def _namespaces(report: Report) -> Iterator[str]:
    if report.namespaces:
        rows = [
            f"| {span(one.namespace)} | {one.verdict} | {span(one.reason)} |"
            for one in report.namespaces
        ]
        yield "\n".join(["| namespace | verdict | why |", "|---|---|---|", *rows, ""])


def _file(path: str, findings: list[Finding], report: Report) -> str:
    rows = [
        f"| {finding.line or ''} | {_MARKS[finding.severity]} | {_rule(finding, report)} "
        f"| {_fact(finding)} |"
        for finding in findings
    ]
    return "\n".join(
        [
            f"### {span(path)}\n",
            "| line | | rule | problem and help |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _rule(finding: Finding, report: Report) -> str:
    url = report.url(finding)
    return f"[{finding.rule}]({url})" if url else span(finding.rule)


def _fact(finding: Finding) -> str:
    where = f" at {span(finding.pointer)}" if finding.pointer else ""
    help = f"<br>help: {span(finding.help)}" if finding.help else ""
    return f"{span(finding.message)}{where}{help}"


def span(text: str) -> str:
    """Write a text as a code span that also stands in a table: on one line, pipes escaped."""
    shown = visible(text).replace("|", "\\|")
    longest = max((len(run) for run in _backticks(shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if longest or shown != shown.strip() or not shown else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _backticks(text: str) -> Iterator[str]:
    return ("".join(run) for character, run in groupby(text) if character == "`")
