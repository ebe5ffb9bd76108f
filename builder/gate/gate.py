"""One check from question to report: load, check, judge, report.

The loader reads what is asked about (loader.py), the checker finds what is wrong with it
(checker.py), builder/ownership judges who may publish a change, and the report is the result,
which report/ shows in each format.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace

from builder.gate import unowned
from builder.gate.account import claim_of, login_case, without_unknown_id
from builder.gate.checker import check
from builder.gate.loader import Loaded, load
from builder.gate.question import Question
from builder.gate.report.report import MirroredWarnings, Report, group_mirrored, verdict
from builder.git.change import Change
from builder.git.remembering import remembering
from builder.git.repository import Repository
from builder.git.resident import ResidentRepository
from builder.model.finding import Finding
from builder.ownership.proposer import NOBODY, Claim

__all__ = ["Question", "answer"]


def answer(repository: Repository, question: Question) -> Report:
    """Check, and return the report.

    Raises RepositoryError if a revision is none, RegistryError if a path is not in the
    repository or the event is none, ConfigError if it is asked about a whole registry and the
    settings are wrong.
    """
    if not question.base or isinstance(repository, ResidentRepository):
        return _answer(repository, question)
    # A change is asked about in fifty small questions: to start git for each costs more than to answer.
    with closing(remembering(repository)) as asked_of_one:
        return _answer(asked_of_one, question)


def _answer(repository: Repository, question: Question) -> Report:
    question = question.fixed(repository)
    loaded = load(repository, question)
    claim = _claim(repository, question, loaded.change)
    what, findings = check(repository, question, loaded, claim)
    if loaded.change:
        findings += login_case(loaded.change, claim)
    selected = question.selection.of(findings)
    mirrored: tuple[MirroredWarnings, ...] = ()
    if not (question.mirrored or question.paths or question.base):
        selected, mirrored = group_mirrored(selected)
    report = Report(
        findings=_ordered(selected),
        verdict=verdict(selected),
        checked=what,
        base_url=loaded.base_url,
        not_checked=tuple(_not_checked(repository, question, loaded, claim)),
        mirrored=mirrored,
    )
    if loaded.change is None:
        return report
    judged = _judged(repository, question, loaded.change, claim, report)
    return without_unknown_id(judged) if question.account else judged


def _claim(repository: Repository, question: Question, change: Change | None) -> Claim:
    if question.account and change:
        return claim_of(repository, change, question.account)
    return question.claim


def _not_checked(
    repository: Repository, question: Question, loaded: Loaded, claim: Claim
) -> Iterator[str]:
    if claim is NOBODY:
        yield "who you are (--as LOGIN or --event)"
        yield from unowned.remarks(repository, question, loaded.policy)
    if not question.online:
        yield "package registries (--online)"
    yield from question.selection.left_out


def _judged(
    repository: Repository, question: Question, change: Change, claim: Claim, report: Report
) -> Report:
    from builder.ownership.verdict import judge

    judgement = judge(repository, change, claim, report.findings, question.network)
    return replace(
        report,
        findings=_ordered([*report.findings, *question.selection.of(judgement.findings)]),
        verdict=max(judgement.verdict, report.verdict, key=lambda verdict: verdict.rank),
        reason=judgement.reason,
        base=judgement.base,
        head=judgement.head,
        namespaces=judgement.namespaces,
    )


def _ordered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: finding.sort_key))
