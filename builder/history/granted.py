"""Namespaces that accounts of forges of one's own prove, as registry.yaml grants them at each commit.

A block of a publisher is about the namespaces that are named after the account: the public forges' are
known, those of others stand in `policy.accounts`.
"""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import TypeAdapter, ValidationError

from builder.git import records
from builder.history.lifecycle import ReadBlob
from builder.history.state import State
from builder.model import strict_yaml
from builder.model.account_grant import AccountGrant
from builder.model.forges import AccountNamespaces, account_of
from builder.model.layout import CONFIG

_GRANTS = TypeAdapter(tuple[AccountGrant, ...])


def take_in(state: State, changes: Iterable[records.FileChange], read: ReadBlob) -> set[str]:
    """Take in what a commit grants; return the servers whose publisher is another one by it."""
    before = state.granted
    for change in changes:
        if change.path == CONFIG and change.mode in records.FILES:
            now = _read(read(change.blob))
            state.granted = state.granted if now is None else now
    changed = {*before} ^ {*state.granted}
    if not changed or not any(block.publisher for block in state.blocks.rows):
        return set()
    return {name for name in state.servers if account_of(name.partition("/")[0], changed)}


def _read(data: bytes) -> tuple[AccountNamespaces, ...] | None:
    """Return what a registry.yaml grants; None if it cannot be read: then what was granted stays."""
    try:
        settings = strict_yaml.parse(data)
        policy = settings.get("policy") or {}
        return tuple(grant.row for grant in _GRANTS.validate_python(policy.get("accounts") or ()))
    except (strict_yaml.YamlError, ValidationError, AttributeError):
        return None
