"""The report for a person at a terminal: plain text, coloured where the terminal can."""

from __future__ import annotations

from collections.abc import Iterator

from builder.gate.report.report import Report
from builder.model.finding import Finding, Severity
from builder.model.wording import visible

COLOURS = {
    Severity.ERROR: "red",
    Severity.REVIEW: "magenta",
    Severity.WARNING: "yellow",
    Severity.NOTE: "cyan",
}


def render(report: Report) -> str:
    """Write the findings, a few lines each, and a last line that sums up."""
    return "".join(f"{line}\n" for line, _ in _lines(report))


def show(report: Report) -> None:
    """Print the same to the terminal, in colours."""
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True, emoji=False)
    for line, style in _lines(report):
        console.print(line, style=style, markup=False)


def _lines(report: Report) -> Iterator[tuple[str, str]]:
    for finding in report.findings:
        yield (
            f"{place(finding)}: {finding.severity}[{finding.rule}]: {visible(finding.message)}",
            (f"bold {COLOURS[finding.severity]}"),
        )
        if finding.pointer:
            yield f"  at {visible(finding.pointer)}", "dim"
        if finding.help:
            yield f"  help: {visible(finding.help)}", ""
        if url := report.url(finding):
            yield f"  docs: {url}", "dim"
    for verdict in report.namespaces:
        yield f"{visible(verdict.namespace)}: {verdict.verdict}: {visible(verdict.reason)}", ""
    if report.mirrored:
        yield "mirrored entries, which are upstream's to mend (--mirrored lists all):", "bold"
    for group in report.mirrored:
        more = ", …" if group.files > len(group.examples) else ""
        examples = ", ".join(map(visible, group.examples))
        yield f"  {group.count:,} x warning[{group.rule}] in {group.files:,}: {examples}{more}", ""
    if report.not_checked:
        yield f"not checked: {', '.join(map(visible, report.not_checked))}", ""
    if report.reason:
        yield f"{report.verdict}: {visible(report.reason)}", "bold"
    yield f"{report.checked}: {report.counts}" if report.checked else report.counts, "bold"


def place(finding: Finding) -> str:
    """Return where a finding is, as editors and terminals understand it: path:line:column."""
    parts = (visible(finding.path), finding.line, finding.column)
    return ":".join(str(part) for part in parts if part)
