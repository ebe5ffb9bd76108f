"""One check from question to report: load, check, judge, report.

The loader reads what is asked about (loader.py), the checker finds what is wrong with it
(checker.py), builder/ownership judges who may publish a change, and the report is the result,
which report/ shows in each format.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from builder.gate.checker import check
from builder.gate.loader import load
from builder.gate.question import Question
from builder.gate.report.report import Report, verdict
from builder.git.change import Change
from builder.git.repository import Repository
from builder.model.finding import Finding

__all__ = ["Question", "answer"]


def answer(repository: Repository, question: Question) -> Report:
    """Check, and return the report.

    Raises RepositoryError if a revision is none, RegistryError if a path is not in the
    repository or the event is none, ConfigError if it is asked about a whole registry and the
    settings are wrong.
    """
    question = question.fixed(repository)
    loaded = load(repository, question)
    what, findings = check(repository, question, loaded)
    report = Report(
        findings=_ordered(findings),
        verdict=verdict(findings),
        checked=what,
        base_url=loaded.base_url,
    )
    return _judged(repository, question, loaded.change, report) if loaded.change else report


def _judged(repository: Repository, question: Question, change: Change, report: Report) -> Report:
    from builder.ownership.verdict import judge

    judgement = judge(repository, change, question.claim, report.findings, question.network)
    return replace(
        report,
        findings=_ordered([*report.findings, *judgement.findings]),
        verdict=max(judgement.verdict, report.verdict, key=lambda verdict: verdict.rank),
        reason=judgement.reason,
        base=judgement.base,
        head=judgement.head,
        namespaces=judgement.namespaces,
    )


def _ordered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: finding.sort_key))
