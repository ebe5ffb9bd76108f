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

    `api_path` is where a server has its API, "" for no API; `public_api` the public server's, where
    that is elsewhere. A server of `git` alone has the accounts of its own machine.
    """

    name: ForgeName
    title: str
    host: str = ""
    api_path: str = ""
    public_api: str = ""

    def api(self, host: str = "") -> str:
        """Return the address of a server's API, of the public server's without a host."""
        if self.public_api and host in ("", self.host):
            return self.public_api
        return f"https://{host or self.host}{self.api_path}"

    @property
    def token_variable(self) -> str:
        """The environment variable with the token for a server of this kind."""
        return f"{self.name.upper()}_TOKEN"


FORGE_KINDS: Mapping[str, ForgeKind] = {
    kind.name: kind
    for kind in (
        ForgeKind(
            name="github",
            title="GitHub",
            host=GITHUB,
            api_path="/api/v3",
            public_api="https://api.github.com",
        ),
        ForgeKind(name="gitlab", title="GitLab", host="gitlab.com", api_path="/api/v4"),
        ForgeKind(name="forgejo", title="Codeberg", host="codeberg.org", api_path="/api/v1"),
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


def kind_of(host: str) -> ForgeKind | None:
    """Return the kind of forge whose public server a host is, None if it is none."""
    return next((kind for kind in FORGE_KINDS.values() if kind.host == host.lower() != ""), None)


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
