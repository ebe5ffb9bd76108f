"""Who has logged in: by which method, as whom, and what that lets them publish."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from builder.ownership.proposer import Claim, is_covered

Method = Literal["none", "github-at", "github-oidc", "gitlab-oidc", "dns", "http", "oidc"]
Action = Literal["publish", "edit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """What somebody may do to the names that a pattern (`resource`) covers."""

    action: Action
    resource: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Somebody who has logged in. `subject` is what they are called in commits and logs.

    `id` is what tells them from everybody else who logs in by the same method, whatever they are
    called: the number of an account and its server, a domain, an issuer and its subject.
    """

    method: Method
    id: str
    subject: str
    claim: Claim
    permissions: tuple[Permission, ...]

    def may(self, action: Action, name: str) -> bool:
        """Return whether the permissions cover an action on a server, by its name."""
        return any(
            permission.action == action and is_covered(name, permission.resource)
            for permission in self.permissions
        )
