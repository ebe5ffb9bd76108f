"""Options of the commands by which a publisher reaches a registry, and what they come to."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from builder.commands.forge_option import ForgeType, NamedForge
from builder.model.errors import FindingsError

if TYPE_CHECKING:
    from builder.submit.logins import DomainKey, LoginOptions
    from builder.submit.request import OpenedRequest, RegistryRepository, Target
    from builder.submit.target import RepositoryAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherOptions:
    """Where the registry is, what proves who one is, and how long to wait for a verdict."""

    registry: str
    repository: str
    key: Path | None
    domain: str
    http: bool
    audience: str
    forge: NamedForge | None
    client_id: str
    wait: int

    def check(self) -> None:
        """Raise click.UsageError for options that belong together and do not come together.

        Raises RemoteError for a registry that is no web address.
        """
        from builder.net.web_address import require_web_address

        if not self.registry and not self.repository:
            raise click.UsageError("say where: --registry URL or --repository URL")
        if (self.key is None) != (not self.domain):
            raise click.UsageError("--key and --domain belong together")
        if self.registry:
            require_web_address(self.registry)

    def domain_key(self) -> DomainKey | None:
        """Return the domain's key, None if none is given."""
        from builder.ownership.key import read_private
        from builder.submit.logins import DomainKey

        if self.key is None:
            return None
        private = read_private(self.key.read_bytes())
        source = "http" if self.http else "dns"
        return DomainKey(domain=self.domain, source=source, private=private)

    def login(self, key: DomainKey | None) -> LoginOptions:
        """Return how to log in to an API."""
        from builder.submit.logins import LoginOptions

        return LoginOptions(variables=os.environ, key=key, tell=_tell, audience=self.audience)

    def place(self) -> RepositoryAddress:
        """Return where the registry's repository is."""
        from builder.submit.target import address

        forge = self.forge
        return address(self.repository, forge.kind if forge else "", forge.api if forge else "")

    def look(self) -> RegistryRepository:
        """Reach the registry's repository for a dry run: as an account if there is a token for one."""
        place = self.place()
        return self.connect() if os.environ.get(place.token_variable) else place.reached("")

    def connect(self) -> Target:
        """Connect to the registry's repository."""
        from builder.submit.api import RegistryApi
        from builder.submit.target import ForgeLogin, connect

        client_id = self.client_id
        if not client_id and self.registry:
            client_id = RegistryApi(url=self.registry.rstrip("/")).github_client_id()
        login = ForgeLogin(variables=os.environ, tell=_tell, client_id=client_id)
        return connect(self.place(), login)

    def tell_verdict(self, target: Target, opened: OpenedRequest, what: str) -> None:
        """Print a request's address and the gate's verdict; FindingsError if it is rejected."""
        from builder.submit import gate_verdict

        click.echo(f"proposed {what}: {opened.address}")
        verdict = gate_verdict.wait(target, opened, self.wait, time.sleep)
        click.echo(f"verdict: {verdict or 'none yet; it will be there'}")
        if verdict == "reject":
            raise FindingsError(f"{what} is refused: {opened.address} says why")


def _tell(text: str) -> None:
    click.echo(text, err=True)


_OPTIONS = (
    click.option("--registry", default="", metavar="URL", help="The registry's address: by its API."),
    click.option(
        "--repository", default="", metavar="URL",
        help="The registry's repository on GitHub, GitLab or Codeberg: by a request, if the registry "
        "has no API to publish with. $GITHUB_TOKEN, $GITLAB_TOKEN or $FORGEJO_TOKEN is the token.",
    ),
    click.option(
        "--key", type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="A domain's private key (PEM): logs in to the API, signs what a request brings.",
    ),
    click.option("--domain", default="", help="The domain that publishes the key."),
    click.option(
        "--http", is_flag=True, help="The key is published by the domain's website, not DNS."
    ),
    click.option(
        "--audience", default="", metavar="URL", show_default="the registry's address",
        help="Whom the token of a run of CI is for, if the registry is reached by another address.",
    ),
    click.option(
        "--forge", type=ForgeType(), help="The kind of a forge of your own, and its API's address."
    ),
    click.option(
        "--client-id", default="", metavar="ID",
        help="A GitHub app to log in with in a browser, for a request without a token.",
    ),
    click.option(
        "--wait", type=click.IntRange(0, 3600), default=60, show_default=True, metavar="SECONDS",
        help="How long to wait for the gate's verdict on a request.",
    ),
)  # fmt: skip


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command all of these options, which it takes as `**given`."""
    return reduce(lambda made, option: option(made), reversed(_OPTIONS), command)
