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
from builder.submit.http import require_secure
from builder.submit.logins import GITHUB
from builder.submit.request import RegistryRepository, Target

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


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryAddress:
    """Where a registry's repository is: a kind of forge, its API, and `owner/name` there."""

    kind: str
    host: str
    api: str
    repository: str

    @property
    def token_variable(self) -> str:
        """The environment variable with a token for its forge."""
        return FORGE_KINDS[self.kind].token_variable

    def reached(self, token: str) -> RegistryRepository:
        """Return the way to it; without a token ("") as anybody."""
        api = APIS[self.kind]
        headers = {"User-Agent": USER_AGENT, "Accept": api.accept}
        if token:
            require_secure(self.api)
            headers |= api.token(token)
        rest = Rest(client=open_client(self.api, headers, base_url=self.api))
        return RegistryRepository(
            rest=rest, kind=self.kind, host=self.host, repository=self.repository
        )


def address(url: str, kind: str = "", api: str = "") -> RepositoryAddress:
    """Read a web address, such as https://github.com/example/registry.

    The kind of forge and its API are given for one that is not public. RegistryError for an
    address of no forge that is known.
    """
    parts = urlsplit(url)
    host = parts.netloc.lower()
    repository = parts.path.strip("/").removesuffix(".git")
    known = FORGE_KINDS[kind] if kind else forges.kind_of(host)
    if known is None or known.name not in APIS or "/" not in repository:
        hosts = ", ".join(sorted(FORGE_KINDS[name].host for name in APIS))
        raise RegistryError(
            f"{url} is no repository on a forge that is known: {hosts}",
            help="of a forge of your own name the kind: --forge KIND=URL",
        )
    return RepositoryAddress(
        kind=known.name, host=host, api=api or known.api(host), repository=repository
    )


def connect(place: RepositoryAddress, login: ForgeLogin) -> Target:
    """Connect to a repository as an account; RegistryError without a token."""
    reached = place.reached(login.token(place.kind, place.host))
    user = reached.rest.send("GET", "user")
    account = Account(
        login=user[APIS[place.kind].login],
        id=user["id"],
        type="User",
        host=place.host,
        forge=FORGE_KINDS[place.kind].name,
    )
    return Target(
        rest=reached.rest,
        kind=reached.kind,
        host=reached.host,
        repository=reached.repository,
        account=account,
    )
