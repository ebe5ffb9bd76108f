"""The part of registry.yaml about publishing by the API: who may log in, and what that grants."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from builder.model.section import Section

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_NAMES = re.compile(r"\*|[A-Za-z0-9][A-Za-z0-9.-]*(/|\.)\*")


def is_secure_address(text: str) -> bool:
    """Return whether a text is an address by https, or by http on this machine, and nothing more."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return False
    is_plain = not (parts.query or parts.fragment or "@" in parts.netloc)
    secure = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    return bool(host) and secure and is_plain


def _secure(value: str) -> str:
    if value and not is_secure_address(value):
        raise ValueError("the address must begin with https:// (http:// on this machine alone)")
    return value


def _names(value: str) -> str:
    if not _NAMES.fullmatch(value):
        raise ValueError(
            f"{value!r} is none of: com.example/* (a namespace), com.example.* (those below), *"
        )
    return value


Address = Annotated[str, AfterValidator(_secure)]
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
    api: Address = Field("https://api.github.com", description="The address of the server's API.")
    actions: Address = Field(
        "https://token.actions.githubusercontent.com",
        description="Who issues the tokens of workflows.",
    )


class OidcRule(Section):
    """Whoever has a token with these claims may publish these names."""

    claims: Annotated[dict[str, str | bool | int], Field(min_length=1)] = Field(
        description="Claims that the token must have, each with this value; of a claim that is a "
        "list one value must be it."
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

    issuer: Address = Field(
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
        600, description="Requests that write, log in or validate a minute for each IP address."
    )


class PublishSettings(Section):
    """Publishing by the API (`serve --publish`)."""

    audience: Address = Field(
        "",
        description="What tokens of CI must be for (aud): the address that publishers use. "
        "`base_url` unless it is given.",
    )
    anonymous: bool = Field(
        False,
        description="Whether anybody may publish as io.modelcontextprotocol.anonymous, to try it out.",
    )
    github: GitHubLogin | None = Field(
        GitHubLogin(), description="How accounts of GitHub log in; null if they may not."
    )
    gitlab: Address = Field(
        "https://gitlab.com",
        description="The GitLab whose CI may log in; empty if none may.",
    )
    oidc: tuple[OidcLogin, ...] = Field((), description="Other issuers, and what they grant.")
    limits: PublishLimits = Field(
        PublishLimits(), description="How much one publisher may ask for."
    )
