"""The report for a comment on a pull request or a step's summary.

What a publisher wrote stands in code spans only: no link, mention or HTML of theirs is rendered.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from builder.gate.report.report import Report
from builder.model.finding import Finding, Severity
from builder.model.verdict import Verdict
from builder.model.wording import visible

# GitHub refuses a comment of more than 65,536 characters and a summary of more than 1 MiB.
COMMENT = 60_000
SUMMARY = 1_000_000
MAX_NAMESPACES = 100
_LAST_LINE = 100  # bytes of what says how much is left out
_SIGNS = {
    Severity.ERROR: "❌ error",
    Severity.REVIEW: "👀 review",
    Severity.WARNING: "⚠️ warning",
    Severity.NOTE: "ℹ️ note",
}
_HEADINGS = {
    Verdict.ACCEPT: "✅ Accepted",
    Verdict.REVIEW: "👀 A person must look",
    Verdict.REJECT: "❌ Not accepted",
}


def render(report: Report, limit: int = COMMENT) -> str:
    """Write a heading with the verdict, then the findings of each file as a table.

    The files with errors come first. Findings that do not fit into `limit` bytes are counted.
    """
    parts = [
        f"## {_HEADINGS[report.verdict]}\n\n{_summary(report)}\n",
        *_namespaces(report),
        *_unasked(report),
    ]
    room = limit - _LAST_LINE - sum(len(part.encode()) for part in parts)
    left = 0
    for row in _rows(report):
        room -= len(row.encode())
        if room > 0 and not left:
            parts.append(row)
        else:
            left += 1
    if left:
        parts.append(f"\n… and {left:,} more findings: see the log, or run `mcp-registry check`.\n")
    return "".join(parts)


def _rows(report: Report) -> Iterator[str]:
    """Return a table row for each finding, the first of a file with what stands above the table."""
    files = [list(group) for _, group in groupby(report.findings, key=lambda finding: finding.path)]
    for findings in sorted(files, key=lambda group: -max(one.severity.rank for one in group)):
        above = f"\n### {span(findings[0].path)}\n\n| line | | rule | problem and help |\n|---|---|---|---|\n"
        for finding in findings:
            cells = (
                finding.line or "",
                _SIGNS[finding.severity],
                _rule(finding, report),
                _fact(finding),
            )
            yield f"{above}| {' | '.join(map(str, cells))} |\n"
            above = ""


def _unasked(report: Report) -> Iterator[str]:
    if report.mirrored:
        count = sum(group.count for group in report.mirrored)
        yield f"\nMirrored entries have {count:,} warnings more, which are upstream's to mend.\n"
    if report.not_checked:
        yield f"\nNot checked: {span(', '.join(report.not_checked))}.\n"


def _summary(report: Report) -> str:
    sentences = [span(text) for text in (report.reason, report.checked) if text]
    return f"{': '.join(sentences)}{': ' if sentences else ''}{report.counts}."


def _namespaces(report: Report) -> Iterator[str]:
    worst_first = sorted(report.namespaces, key=lambda namespace: -namespace.verdict.rank)
    if worst_first:
        yield "\n| namespace | verdict | why |\n|---|---|---|\n"
    for namespace in worst_first[:MAX_NAMESPACES]:
        yield f"| {span(namespace.namespace)} | {namespace.verdict} | {span(namespace.reason)} |\n"
    if worst_first[MAX_NAMESPACES:]:
        yield f"\n… and {len(worst_first) - MAX_NAMESPACES:,} more namespaces.\n"


def _rule(finding: Finding, report: Report) -> str:
    url = report.url(finding)
    return f"[{finding.rule}]({url})" if url else span(finding.rule)


def _fact(finding: Finding) -> str:
    where = f" at {span(finding.pointer)}" if finding.pointer else ""
    help = f"<br>help: {span(finding.help)}" if finding.help else ""
    return f"{span(finding.message)}{where}{help}"


def span(text: str) -> str:
    """Write a text as a code span that also stands in a table: on one line, pipes escaped."""
    # Readers differ in whether a backslash before an escaped pipe takes its escape away.
    shown = visible(text).replace("\\|", "\\\\u007c").replace("|", "\\|")
    longest = max((len(run) for run in _backticks(shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if longest or shown != shown.strip() or not shown else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _backticks(text: str) -> Iterator[str]:
    return ("".join(run) for character, run in groupby(text) if character == "`")
