"""The registry's repository to which a request goes: which forge, whose account, with which token."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from builder import USER_AGENT
from builder.forge.rest import Rest
from builder.model import forges
from builder.model.errors import RegistryError
from builder.model.forges import FORGE_KINDS
from builder.net.exchange import open_client
from builder.ownership.account import Account
from builder.submit import device_flow
from builder.submit.forge_requests import APIS
from builder.submit.logins import GITHUB
from builder.submit.request import Target

_SCOPES = "public_repo"
"""To fork, to write a branch there, and to open a pull request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeLogin:
    """How to log in to a forge: a token of the environment, or a person at a browser (GitHub).

    `client_id` is of a GitHub app that may ask for a person; "" if there is none.
    """

    variables: Mapping[str, str]
    tell: Callable[[str], None]
    client_id: str = ""
    github: str = GITHUB
    pause: Callable[[float], None] = time.sleep

    def token(self, kind: str, host: str) -> str:
        """Return a token for a forge; RegistryError if there is none and nobody can be asked."""
        name = FORGE_KINDS[kind].token_variable
        if token := self.variables.get(name, ""):
            return token
        if kind == "github" and self.client_id:
            return device_flow.log_in(self.github, self.client_id, _SCOPES, self.tell, self.pause)
        raise RegistryError(
            f"a request on {host} needs a token",
            help=f"put one into the variable {name}"
            + (", or give the app to log in with: --client-id" if kind == "github" else ""),
        )


def connect(address: str, login: ForgeLogin, kind: str = "", api: str = "") -> Target:
    """Connect to the repository at a web address, such as https://github.com/example/registry.

    The kind of forge and its API are given for one that is not public. Raises RegistryError for an
    address of no forge that is known, or without a token.
    """
    parts = urlsplit(address)
    host = parts.netloc.lower()
    repository = parts.path.strip("/").removesuffix(".git")
    known = FORGE_KINDS[kind] if kind else forges.kind_of(host)
    if known is None or known.name not in APIS or "/" not in repository:
        hosts = ", ".join(sorted(FORGE_KINDS[name].host for name in APIS))
        raise RegistryError(
            f"{address} is no repository on a forge that is known: {hosts}",
            help="of a forge of your own name the kind: --forge KIND=URL",
        )
    kind = known.name
    made = APIS[kind]
    token = login.token(kind, host)
    base = api or known.api(host)
    headers = {"User-Agent": USER_AGENT, **made.headers(token)}
    rest = Rest(client=open_client(base, headers, base_url=base))
    user = rest.send("GET", "user")
    account = Account(
        login=user[made.login], id=user["id"], type="User", host=host, forge=known.name
    )
    return Target(rest=rest, kind=kind, host=host, repository=repository, account=account)
