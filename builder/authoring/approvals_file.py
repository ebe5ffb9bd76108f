"""approvals.yaml: read, and added to at its end; what else stands in it stays as it is."""

from __future__ import annotations

from pathlib import Path

from builder.authoring import yaml_list
from builder.model.approvals import ApprovalsFile, VersionApproval
from builder.model.errors import RegistryError
from builder.model.layout import APPROVALS
from builder.model.sidecars import read_approvals
from builder.runtime import atomic

_HEAD = (
    "# What was looked at and let in although the policy holds its like: mcp-registry approve.\n"
)


def read(root: Path) -> ApprovalsFile:
    """Return what approvals.yaml says; RegistryError if it cannot be read."""
    return _read(root)[1]


def add(root: Path, approval: VersionApproval) -> None:
    """Add an approval; RegistryError if it is there already, or the file is wrong."""
    text, approvals = _read(root)
    if approvals.holds(approval.name, approval.version, approval.fingerprint):
        raise RegistryError(f"{approval.name} {approval.version} is approved already")
    data = yaml_list.added(text, approval, name=APPROVALS, head=_HEAD).encode()
    yaml_list.parsed(data, APPROVALS, read_approvals)
    atomic.write(root / APPROVALS, data)


def _read(root: Path) -> tuple[str, ApprovalsFile]:
    return yaml_list.read(root / APPROVALS, read_approvals)
