"""Forges, and the namespaces that their accounts prove by their names.

An account is a number of one server. The public server of each kind proves the namespaces that
its pages have in reverse; those of a server of one's own prove what registry.yaml grants them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

GITHUB = "github.com"

ForgeName = Literal["github", "gitlab", "forgejo", "git"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeKind:
    """A program that hosts repositories; `host` is its public server, "" if it has none.

    A server of `git` alone has the accounts of its own machine.
    """

    name: ForgeName
    title: str
    host: str = ""


FORGE_KINDS: Mapping[str, ForgeKind] = {
    kind.name: kind
    for kind in (
        ForgeKind(name="github", title="GitHub", host=GITHUB),
        ForgeKind(name="gitlab", title="GitLab", host="gitlab.com"),
        ForgeKind(name="forgejo", title="Codeberg", host="codeberg.org"),
        ForgeKind(name="git", title="git"),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountNamespaces:
    """The namespaces `<prefix>.<login>`, each proved by the account of that login on a server."""

    forge: ForgeName
    host: str
    prefix: str

    @property
    def server(self) -> str:
        """What people call the server."""
        kind = FORGE_KINDS[self.forge]
        return kind.title if self.host == kind.host else self.host


PUBLIC = (
    AccountNamespaces(forge="github", host=GITHUB, prefix="io.github"),
    AccountNamespaces(forge="gitlab", host="gitlab.com", prefix="io.gitlab"),
    AccountNamespaces(forge="forgejo", host="codeberg.org", prefix="page.codeberg"),
)
"""Namespaces after the pages of accounts: alice.github.io, alice.gitlab.io, alice.codeberg.page."""

_LOGIN = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)


def account_of(
    namespace: str, granted: Iterable[AccountNamespaces] = ()
) -> tuple[AccountNamespaces, str] | None:
    """Return whose account proves a namespace: the server's row, and the login in lower case.

    None if the namespace is not named after an account.
    """
    prefix, _, login = namespace.lower().rpartition(".")
    if not _LOGIN.fullmatch(login):
        return None
    return next(((row, login) for row in (*PUBLIC, *granted) if row.prefix == prefix), None)
