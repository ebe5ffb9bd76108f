"""A proposed change checked by the rules alone: no account, no packages."""

from __future__ import annotations

from builder.check import proposal
from builder.check.engine import check_scope
from builder.git import change
from builder.git.repository import Repository
from builder.model.finding import Finding


def check_change(repository: Repository, base: str, head: str) -> list[Finding]:
    """Return the findings of what merging `head` into `base` would bring."""
    return check_scope(proposal.of_change(repository, change.between(repository, base, head)))
