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
<<<<<<< HEAD
=======


def _paths(repository: Repository, given: Sequence[Path]) -> list[str]:
    """Give the files that paths name, relative to the repository's root; folders name theirs."""
    return list(dict.fromkeys(one for path in given for one in _named(repository, path)))


def _named(repository: Repository, path: Path) -> list[str]:
    root = repository.root.resolve()
    # The folder is resolved, the file is not: a link is a finding, not to be followed.
    whole = path.parent.resolve() / path.name if path.name else path.resolve()
    if not whole.is_relative_to(root):
        raise RegistryError(f"{path} is not in the repository {root}")
    relative = whole.relative_to(root).as_posix()
    if whole.is_dir():
        found = [
            one
            for one in working_tree.present(repository, relative)
            if one.startswith(f"{SERVERS}/")
        ]
        if found or relative.partition("/")[0] == SERVERS:
            return found
    elif relative.startswith(f"{SERVERS}/") or relative.endswith(".json"):
        return [relative]
    raise RegistryError(
        f"nothing is to be checked in {path}",
        help=f"name files or folders of {SERVERS}/, or a server.json that is to go there",
    )


def _base_url(repository: Repository, question: Question) -> str:
    whole = not (question.base or question.paths)
    try:
        data = _settings(repository, question.base)
        return config.parse(data).base_url if data is not None else ""
    except ConfigError:
        if whole:
            raise
        return ""


def _settings(repository: Repository, base: str) -> bytes | None:
    if base or repository.bare:
        return repository.blob(base or repository.commit("HEAD"), CONFIG)
    path = repository.root / CONFIG
    return path.read_bytes() if path.is_file() else None
>>>>>>> 8f50d04 (Git: repository, working tree and failures apart; discover alone is independent of GIT_* variables)
