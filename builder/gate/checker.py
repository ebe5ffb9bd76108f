"""The checker: rules, package registries and other requests asked about what was loaded."""

from __future__ import annotations

import time
from collections.abc import Iterator

from builder.check import engine, scope
from builder.check.scope import Scope
from builder.gate import old_settings, open_requests, policy, rivals
from builder.gate.loader import Loaded
from builder.gate.question import Question
from builder.git import commits, own_files
from builder.git.repository import Repository
from builder.history.dates import proposed_date_findings
from builder.model.finding import Finding
from builder.model.layout import SERVERS
from builder.model.wording import counted
from builder.ownership.proposer import Claim
from builder.rules.engine.private import of_policy


def check(
    repository: Repository, question: Question, loaded: Loaded, claim: Claim
) -> tuple[str, list[Finding]]:
    """Return what was checked, in words, and every finding; `claim` is who proposes a change."""
    if loaded.scope is None:
        from builder.check.parallel import check_all

        files, findings = check_all(repository, question.jobs, loaded.policy)
        findings += _of_settings(repository, loaded)
        if not files:
            return f"there is no entry in {SERVERS}/ yet", findings
        return counted(files, "file"), findings
    findings = engine.check_scope(scope.allowing(loaded.scope, of_policy(loaded.policy)))
    findings += policy.of_scope(repository, loaded.scope, loaded.policy, loaded.change, claim)
    findings += _of_settings(repository, loaded)
    if question.paths:
        findings += rivals.conflicts(repository, loaded.scope)
    if question.online:
        findings += _ask_packages(question, loaded.scope)
    if loaded.change:
        brought = commits.dates(repository, loaded.change.commits)
        findings += proposed_date_findings(brought, int(time.time()))
    if loaded.change and question.event is not None:
        findings += open_requests.contained(loaded.change, question.event)
    return loaded.what, findings


def _of_settings(repository: Repository, loaded: Loaded) -> Iterator[Finding]:
    """Yield what is wrong with the settings, where they are asked about, and with the files they name."""
    if loaded.settings is not None and loaded.data:
        yield from old_settings.notes(loaded.data)
        yield from own_files.check_working_tree(loaded.settings, repository)


def _ask_packages(question: Question, scope: Scope) -> Iterator[Finding]:
    from builder import package_proof

    settings = package_proof.ProofSettings(until=question.network.until)
    yield from package_proof.verify_entries(scope.entries, settings)
