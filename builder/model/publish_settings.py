"""The part of registry.yaml about publishing by the API: who may log in, and what that grants."""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, RootModel

from builder.model.section import NULL, Section
from builder.model.secure_address import SecureAddress

_NAMES = re.compile(r"\*|[A-Za-z0-9][A-Za-z0-9.-]*(/|\.)\*")


def _names(value: str) -> str:
    if not _NAMES.fullmatch(value):
        raise ValueError(
            f"{value!r} is none of: com.example/* (a namespace), com.example.* (those below), *"
        )
    return value


def _some(value: ClaimValues) -> ClaimValues:
    if not value.root:
        raise ValueError("without a claim everybody with a token would be let in")
    return value


def _network(value: str) -> str:
    try:
        network = ip_network(value)
    except ValueError as error:
        raise ValueError(
            f"{value!r} is no network or address, such as 10.0.0.0/8 or 2001:db8::1 ({error})"
        ) from error
    if not network.prefixlen:
        raise ValueError(
            f"{value} is every address: whoever connects could pass for anybody; name your proxies"
        )
    return str(network)


NamePattern = Annotated[str, AfterValidator(_names)]


class GitHubLogin(Section):
    """How accounts and workflows of a GitHub server log in."""

    client_id: str = Field(
        "",
        description="The client id of the GitHub app by which `mcp-publisher login github` asks for "
        "a token. Without one a token can still be given (`--token`).",
    )
    host: Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]+)?$")] = Field(
        "github.com", description="The server that the accounts are of."
    )
    api: SecureAddress = Field(
        "https://api.github.com", description="The address of the server's API."
    )
    actions: SecureAddress = Field(
        "https://token.actions.githubusercontent.com",
        description="Who issues the tokens of workflows.",
    )


class ClaimValues(RootModel[dict[str, str | bool | int]]):
    """Claims by name, each with the value that a token must have."""

    model_config = ConfigDict(frozen=True)

    def __hash__(self) -> int:
        """Return a hash over all of them: settings are keys of what was made from them."""
        return hash(tuple(sorted((name, str(value)) for name, value in self.root.items())))


class OidcRule(Section):
    """Whoever has a token with these claims may publish these names."""

    claims: Annotated[ClaimValues, AfterValidator(_some)] = Field(
        description="Claims that the token must have, each with this value; of a claim that is a "
        "list one value must be it. An `email` counts only where `email_verified` is true, unless the "
        "rule asks for that claim itself."
    )
    names: Annotated[tuple[NamePattern, ...], Field(min_length=1)] = Field(
        description="What it grants: `com.example/*` a namespace, `com.example.*` all below a "
        "namespace, `*` everything."
    )
    edit: bool = Field(
        False,
        description="Whether it makes an administrator of these names: one who corrects what is "
        "published, and whose status no publisher changes.",
    )


class OidcLogin(Section):
    """An issuer of OpenID Connect tokens, such as Google, Entra or Keycloak, and what they grant."""

    issuer: SecureAddress = Field(
        description="The issuer's address, exactly as its tokens have it (iss)."
    )
    client_id: Annotated[str, Field(min_length=1)] = Field(
        description="The client that the tokens are for (aud)."
    )
    rules: Annotated[tuple[OidcRule, ...], Field(min_length=1)] = Field(
        description="What the tokens grant; every rule that fits counts."
    )


class PublishLimits(Section):
    """How much one publisher may ask for."""

    per_subject: Annotated[int, Field(ge=1)] = Field(
        120, description="Publications and changes of status a minute for each who logged in."
    )
    per_address: Annotated[int, Field(ge=1)] = Field(
        600,
        description="Requests that write, log in or validate a minute for each IP address; "
        "behind a proxy see `proxies`.",
    )


class ProxySettings(Section):
    """The proxies before `serve --publish`, and how they say whose a request is."""

    networks: tuple[Annotated[str, AfterValidator(_network)], ...] = Field(
        (),
        description="Addresses and networks of one's own proxies, such as 127.0.0.1 or 10.0.0.0/8. "
        "Of a request that comes from one of them the header counts, of others it does not.",
    )
    header: Literal["X-Forwarded-For", "Forwarded"] = Field(
        "X-Forwarded-For",
        description="The header in which every one of them writes who is connected to it, at its "
        "end or in its place. The other header is a client's word, and not read.",
    )


class PublishSettings(Section):
    """Publishing by the API (`serve --publish`)."""

    audience: SecureAddress = Field(
        "",
        description="What tokens of CI must be for (aud): the address that publishers use. "
        "`base_url` unless it is given.",
    )
    anonymous: bool = Field(
        False,
        description="Whether anybody may publish as io.modelcontextprotocol.anonymous, to try it out.",
    )
    github: Annotated[GitHubLogin | None, NULL] = Field(
        GitHubLogin(), description="How accounts of GitHub log in; null if they may not."
    )
    gitlab: SecureAddress = Field(
        "https://gitlab.com",
        description="The GitLab whose CI may log in; empty if none may.",
    )
    oidc: tuple[OidcLogin, ...] = Field((), description="Other issuers, and what they grant.")
    limits: PublishLimits = Field(
        PublishLimits(), description="How much one publisher may ask for."
    )
    proxies: ProxySettings = Field(
        ProxySettings(),
        description="The proxies that are believed when they say whose a request is.",
    )
