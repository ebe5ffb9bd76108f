"""Accounts of forges, and those of them that stand for nobody in particular."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from builder.model.forges import GITHUB, ForgeName
from builder.model.owner import AccountIdentity

GROUP = "Group"
"""The type of a group of GitLab."""
NAMESPACE = "Namespace"
"""The type of what is a group of GitLab or the namespace of a user: they are numbered together."""
_MANY = {"Organization": "an organisation", GROUP: "a group"}
_KNOWN = {
    "Organization": "by one of its owners",
    GROUP: "by a CI job of one of its projects",
}
"""Who acts for an account of many people, where a login at the API asked more than who may push."""

GHOST = 10137
"""The account that GitHub shows in the place of every deleted one: https://github.com/ghost"""
ACTIONS_BOT = 41898282
"""github-actions[bot]: it acts for every workflow of every repository."""
NOBODYS_IDS: Mapping[int, str] = {GHOST: "ghost", ACTIONS_BOT: "github-actions[bot]"}
"""Accounts of github.com that stand for nobody in particular."""
_NOBODYS_LOGINS = frozenset(
    {*NOBODYS_IDS.values(), "ghost1", "forgejo-actions", "gitea-actions", "gitlab-ci-token"}
)


def is_nobodys(host: str, id: int, login: str) -> bool:
    """Return whether an account stands for nobody in particular, so that it can own nothing.

    The numbers are those of github.com; other servers have such accounts by the same logins, and
    Forgejo those below 1.
    """
    if id < 1 or (host == GITHUB and id in NOBODYS_IDS):
        return True
    return login.casefold() in _NOBODYS_LOGINS


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account of a forge's server, `host`; `type` is User, Organization, Group, Namespace or Bot."""

    login: str
    id: int
    type: str
    host: str = GITHUB
    forge: ForgeName = "github"
    administered: bool = False
    """Whether it is one of many people, and who acts for it was asked: see _KNOWN."""

    def __str__(self) -> str:
        return f"{self.login} ({self.id}{'' if self.host == GITHUB else f' on {self.host}'})"

    @property
    def identity(self) -> AccountIdentity:
        """What makes it this account and no other."""
        return AccountIdentity(self.host, self.type in (GROUP, NAMESPACE), self.id)

    @property
    def described(self) -> str:
        """The account, and of an organisation who can act for it."""
        if self.type not in _MANY:
            return str(self)
        if self.administered:
            return f"{self}, {_MANY[self.type]}, {_KNOWN[self.type]}"
        return f"{self}, {_MANY[self.type]}: whoever can push to its fork acts for it"
