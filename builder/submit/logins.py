"""How a publisher shows who they are: which login of the official API, and the proof for it.

What CI offers comes first, then a domain's key, then a token that is given, then a person at a
browser (the device flow of GitHub): the order in which less is kept secret for long.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

import orjson

from builder.model.errors import RegistryError, RemoteError
from builder.ownership import signature
from builder.submit import device_flow
from builder.submit.http import send

if TYPE_CHECKING:
    from builder.ownership.key import PrivateKey

GITHUB = "https://github.com"
ACTIONS_URL, ACTIONS_TOKEN = "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
ID_TOKEN = "MCP_REGISTRY_ID_TOKEN"
"""The variable in which GitLab's CI puts the token (`id_tokens`)."""
GITHUB_TOKEN = "MCP_GITHUB_TOKEN"
_NO_APP = "the registry names no GitHub app to log in with"
_INSTEAD = "give a key (--key), or a GitHub token in MCP_GITHUB_TOKEN"
_SCOPES = "read:org read:user"


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainKey:
    """A domain, its private key, and where it publishes the public one: dns or http."""

    domain: str
    source: str
    private: PrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginProof:
    """The name of a login, and the body by which it is asked for a token."""

    method: str
    body: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginOptions:
    """What a publisher has: variables of the environment, a key, and a person to be told a code.

    `audience` is whom tokens of CI are for, the registry's address unless it is given.
    """

    variables: Mapping[str, str]
    key: DomainKey | None
    tell: Callable[[str], None]
    github: str = GITHUB
    audience: str = ""
    pause: Callable[[float], None] = time.sleep


def choose(options: LoginOptions) -> str:
    """Return the login that will be used, without asking anybody."""
    variables = options.variables
    if options.key is not None:
        return options.key.source
    if variables.get(ACTIONS_URL):
        return "github-oidc"
    return "oidc" if variables.get(ID_TOKEN) else "github-at"


def missing(options: LoginOptions, health: Mapping[str, object]) -> str:
    """Return what a login would lack, without asking anybody: "" if it has what it needs."""
    by_github = choose(options) == "github-at" and not options.variables.get(GITHUB_TOKEN)
    return f"{_NO_APP}; {_INSTEAD}" if by_github and not _client_id(health) else ""


def prove(options: LoginOptions, audience: str, health: Mapping[str, object]) -> LoginProof:
    """Get the proof for the login that `choose` names.

    `audience` is the registry's address, `health` what it says of itself (its client id). Raises
    RegistryError if nothing can be proved, RemoteError if somebody who must be asked is away.
    """
    method = choose(options)
    if options.key is not None:
        return _signed(options.key)
    if method == "github-oidc":
        token = actions_token(options.variables, _audience(options, audience, health))
        return LoginProof(method=method, body={"oidc_token": token})
    if method == "oidc":
        token = options.variables[ID_TOKEN]
        _require_for(token, options.audience or audience)
        return LoginProof(method=method, body={"oidc_token": token})
    token = options.variables.get(GITHUB_TOKEN) or _from_a_person(options, health)
    return LoginProof(method=method, body={"github_token": token})


def _audience(options: LoginOptions, address: str, health: Mapping[str, object]) -> str:
    """Return whom a token is for: never whom the registry names by itself.

    It could name another registry, and publish there with the token.
    """
    wanted = options.audience or address
    named = health.get("audience")
    if isinstance(named, str) and named.rstrip("/") != wanted.rstrip("/"):
        raise RegistryError(
            f"{address} takes tokens for {named}, not for {wanted}",
            help=f"if that is the registry that you mean: --audience {named}",
        )
    return wanted


def _require_for(token: str, wanted: str) -> None:
    """Raise RegistryError for a token that says it is for another registry: this one could use it there."""
    try:
        body = token.split(".")[1]
        named = orjson.loads(base64.urlsafe_b64decode(f"{body}==")).get("aud")
    except (ValueError, IndexError, AttributeError):
        return  # the registry says what is wrong with it
    listed = named if isinstance(named, list) else [named]
    audiences = [text.rstrip("/") for text in listed if isinstance(text, str)]
    if wanted.rstrip("/") not in audiences:
        raise RegistryError(
            f"the token in {ID_TOKEN} is for {', '.join(audiences) or 'nobody'}, not for {wanted}",
            help="write this registry's address into its aud, or name that one: --audience",
        )


def _signed(key: DomainKey) -> LoginProof:
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    raw = signature.raw_signature(key.private, moment.encode())
    body = {"domain": key.domain, "timestamp": moment, "signed_timestamp": raw.hex()}
    return LoginProof(method=key.source, body=body)


def actions_token(variables: Mapping[str, str], audience: str) -> str:
    """Ask GitHub Actions for a token of this run, for one audience alone."""
    url, secret = variables[ACTIONS_URL], variables.get(ACTIONS_TOKEN, "")
    answer = send(
        "GET",
        f"{url}{'&' if '?' in url else '?'}audience={quote(audience, safe='')}",
        headers={"Authorization": f"bearer {secret}"},
    )
    token = answer.text("value")
    if not answer.is_success or not token:
        raise RemoteError(
            f"GitHub Actions gives no token: {answer.problem}",
            help="the job needs: permissions: {id-token: write}",
        )
    return token


def _from_a_person(options: LoginOptions, health: Mapping[str, object]) -> str:
    client = _client_id(health)
    if not client:
        raise RegistryError(_NO_APP, help=_INSTEAD)
    return device_flow.log_in(options.github, client, _SCOPES, options.tell, options.pause)


def _client_id(health: Mapping[str, object]) -> str:
    client = health.get("github_client_id")
    return client if isinstance(client, str) else ""
