"""Large reports: what a comment and a summary hold of them."""

from __future__ import annotations

from dataclasses import replace

from builder.gate.report import markdown
from builder.gate.report.report import Report, verdict
from builder.model.finding import Finding, Severity
from builder.model.verdict import NamespaceVerdict, Verdict


def many(*severities: Severity, paths: int = 1000, message: str = "x" * 500) -> Report:
    """A report with findings of these severities in each of so many files."""
    found = tuple(
        Finding(
            rule="json-syntax", severity=severity, path=f"servers/a/b/{path}.json", message=message
        )
        for path in range(paths)
        for severity in severities
    )
    return Report(findings=found, verdict=verdict(found))


def test_a_large_report_fits_into_a_comment() -> None:
    printed = markdown.render(many(Severity.ERROR))
    assert len(printed) < 65_536
    assert "more findings" in printed


def test_the_summary_holds_all_and_a_huge_one_is_cut_where_github_would_refuse_it() -> None:
    printed = markdown.render(many(Severity.ERROR), markdown.SUMMARY)
    assert printed.count("❌ error") == 1000
    huge = markdown.render(many(Severity.ERROR, message="é" * 2000), markdown.SUMMARY)
    assert 900_000 < len(huge.encode()) < 1024 * 1024


def test_a_file_with_more_findings_than_fit_shows_those_that_do() -> None:
    printed = markdown.render(many(*[Severity.ERROR] * 500, paths=1))
    shown = printed.count("❌ error")
    assert shown > 50
    assert f"… and {500 - shown} more findings" in printed


def test_warnings_in_many_files_do_not_push_an_error_out_of_a_comment() -> None:
    warnings, error = many(Severity.WARNING), many(Severity.ERROR, paths=1, message="the error")
    found = (*warnings.findings, replace(error.findings[0], path="servers/z/z/1.json"))
    assert "the error" in markdown.render(Report(findings=found, verdict=verdict(found)))


def test_a_thousand_namespaces_leave_room_for_findings() -> None:
    names = tuple(
        NamespaceVerdict(namespace=f"com.n{n}", verdict=Verdict.ACCEPT, reason="y" * 100, new=True)
        for n in range(1000)
    )
    report = replace(many(Severity.ERROR, paths=1), namespaces=names)
    assert "json-syntax" in markdown.render(report)
    assert "… and 900 more namespaces" in markdown.render(report)
