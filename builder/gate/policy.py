"""The policy asked about a change or about named files: who proposes them, and what they follow."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cmp_to_key

from builder.check import known_advisories, policy_findings, scope
from builder.check.policy_findings import PolicyQuestion
from builder.check.scope import Scope
from builder.git.change import Change
from builder.git.repository import Repository
from builder.model import server_json
from builder.model.approvals import NO_APPROVALS, ApprovalsFile
from builder.model.finding import Finding, Severity
from builder.model.layout import APPROVALS, BLOCKS, Kind
from builder.model.policy_settings import Policy
from builder.model.server_json import DocumentError
from builder.model.sidecars import SidecarError, Status, read_approvals
from builder.model.version import compare
from builder.ownership.proposer import Claim
from builder.policy import codes
from builder.policy.blocks import Blocks, parse
from builder.policy.document import Values
from builder.policy.entry import Load
from builder.rules.engine.private import of_policy
from builder.rules.engine.subject import Entry


def of_scope(
    repository: Repository, checked: Scope, policy: Policy, change: Change | None, claim: Claim
) -> Iterator[Finding]:
    """Yield what the policy says of the entries of a scope, as new ones if they are a change's."""
    blocks = _blocks(repository, change)
    if blocks is None:
        yield _unreadable()
    accounts = (text for account in claim.accounts for text in (account.login, str(account.id)))
    question = PolicyQuestion(
        policy=policy,
        entering=True,
        blocks=blocks or Blocks(),
        approvals=_approvals(repository, change),
        known=known_advisories.needed(repository, policy),
        now=time.time_ns(),
        accounts=frozenset(accounts),
        previous=lambda entry: _previous(repository, checked, change, entry),
    )
    allowed = scope.allowing(checked, of_policy(policy))
    yield from policy_findings.findings(allowed.entries, checked.tree, question)


def _blocks(repository: Repository, change: Change | None) -> Blocks | None:
    """Return what the base of a change blocks, or the working tree; None if that cannot be read."""
    data = _operators_file(repository, change, BLOCKS)
    return Blocks() if data is None else parse(data)


def _approvals(repository: Repository, change: Change | None) -> ApprovalsFile:
    """Return what the base of a change approves; what cannot be read approves nothing."""
    data = _operators_file(repository, change, APPROVALS)
    with suppress(SidecarError):
        return read_approvals(data or b"")
    return NO_APPROVALS


def _operators_file(repository: Repository, change: Change | None, path: str) -> bytes | None:
    if change is not None:
        return repository.blob(change.base, path)
    file = repository.root / path
    return file.read_bytes() if file.is_file() else None


def _unreadable() -> Finding:
    return Finding(
        rule=codes.BLOCKS_UNREADABLE,
        severity=Severity.REVIEW,
        path=BLOCKS,
        message=f"{BLOCKS} cannot be read, so that nobody knows what is blocked",
        help=f"mend it: mcp-registry check {BLOCKS}",
    )


def _previous(
    repository: Repository, checked: Scope, change: Change | None, entry: Entry
) -> Load | None:
    """Return how to read the highest version of the same server that is here and not deleted."""
    touched = {touch.path for touch in change.touches} if change else {entry.path}
    others = [
        (where.version, file.blob)
        for file, where in checked.tree.entries
        if where.kind is Kind.ENTRY
        and where[1:3] == entry.place[1:3]  # the same namespace and server
        and file.path not in touched
        and checked.tree.status(where.name, where.version) is not Status.DELETED
    ]
    if not others or change is None:
        return None
    _, blob = max(others, key=cmp_to_key(_by_version))
    return lambda: _document(repository, blob)


def _by_version(left: tuple[str, str], right: tuple[str, str]) -> int:
    return compare(left[0], right[0], 0, 0)


def _document(repository: Repository, blob: str) -> Values:
    data = next(data for _, data in repository.blobs([blob]))
    try:
        return server_json.parse(data, max_bytes=None)
    except DocumentError:
        return {}
