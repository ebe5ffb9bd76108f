"""One check from question to report: rules, packages, and for a pull request its verdict.

builder/check/engine.py finds what is wrong with files, builder/package_proof asks the package
registries, builder/ownership decides who may publish. Here they are put together.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from builder.check import engine, scope
from builder.check.scope import Scope
from builder.gate.report.report import Report, verdict
from builder.git.repository import Repository
from builder.model import config
from builder.model.errors import ConfigError, RegistryError
from builder.model.finding import Finding
from builder.model.layout import CONFIG, SERVERS
from builder.model.wording import counted
from builder.net.network import Network
from builder.rules.engine.subject import Entry

CHANGE_SECONDS = 300.0
"""How long others may be asked about one change. Slow servers of its author would keep a workflow
busy until it is ended, and then nobody is told anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be checked: a change, or files of the working tree, or without either all.

    `paths` are files or folders; a JSON file outside servers/ is a draft of an entry. `event` is the payload of a pull_request_target event, which
    tells who proposes the change; `online` asks the package registries too. `network` is the way
    to the domains that prove a namespace. `jobs` processes check a whole registry.
    """

    paths: tuple[Path, ...] = ()
    base: str = ""
    head: str = ""
    event: bytes | None = None
    online: bool = False
    jobs: int = 1
    network: Network = field(default_factory=Network)


def answer(repository: Repository, question: Question) -> Report:
    """Check, and give the report.

    Raises RepositoryError if a revision is none, RegistryError if a path is not in the
    repository or the event is none, ConfigError if it is asked about a whole registry and the
    settings are wrong.
    """
    question = _fixed(repository, question)
    base_url = _base_url(repository, question)
    what, findings, entries = _checked(repository, question)
    if question.online:
        from builder import package_proof

        findings += package_proof.verify_entries(
            entries, package_proof.Settings(until=question.network.until)
        )
    report = Report(
        findings=_ordered(findings),
        verdict=verdict(findings),
        checked=what,
        base_url=base_url,
    )
    return _judged(repository, question, report) if question.base else report


def _fixed(repository: Repository, question: Question) -> Question:
    # A branch may move while it is checked: from here on there are two commits and no names.
    if not question.base:
        return question
    head = repository.commit(question.head or "HEAD")
    network = replace(question.network, until=time.monotonic() + CHANGE_SECONDS)
    return replace(question, base=repository.commit(question.base), head=head, network=network)


def _checked(
    repository: Repository, question: Question
) -> tuple[str, list[Finding], tuple[Entry, ...]]:
    # Entries of a whole registry are too many to keep: only who asks the network needs them.
    if not (question.base or question.paths or question.online):
        from builder.check.parallel import check_all

        files, findings = check_all(repository, question.jobs)
        return counted(files, "file"), findings, ()
    what, found = _scope(repository, question)
    return what, engine.check_scope(found), found.entries


def _scope(repository: Repository, question: Question) -> tuple[str, Scope]:
    if question.base:
        found = scope.of_change(repository, question.base, question.head)
        assert found.proposal is not None
        touched = len(found.proposal.change.touches)
        return (
            f"{counted(touched, 'file')} from {question.base[:12]} to {question.head[:12]}",
            found,
        )
    if question.paths:
        paths = _paths(repository, question.paths)
        return counted(len(paths), "file"), scope.of_paths(repository, paths)
    found = scope.of_repository(repository)
    return counted(len(found.tree.files), "file"), found


def _judged(repository: Repository, question: Question, report: Report) -> Report:
    from builder.ownership.proposer import NOBODY, read_event
    from builder.ownership.verdict import judge

    judgement = judge(
        repository,
        question.base,
        question.head,
        NOBODY if question.event is None else read_event(question.event),
        report.findings,
        question.network,
    )
    return replace(
        report,
        findings=_ordered([*report.findings, *judgement.findings]),
        verdict=max(judgement.verdict, report.verdict, key=lambda one: one.rank),
        reason=judgement.reason,
        base=judgement.base,
        head=judgement.head,
        namespaces=judgement.namespaces,
    )


def _ordered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: finding.sort_key))


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
        found = [one for one in repository.present(relative) if one.startswith(f"{SERVERS}/")]
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
