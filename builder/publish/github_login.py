"""Who a GitHub token is of: the account, and the organisations that it owns, by their numbers.

https://docs.github.com/en/rest/users/users#get-the-authenticated-user
https://docs.github.com/en/rest/orgs/members#list-organization-memberships-for-the-authenticated-user
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import orjson

from builder.model.errors import RemoteError
from builder.model.publish_settings import GitHubLogin
from builder.net.exchange import AnswerBounds, Fetched, fetch, open_client
from builder.ownership.account import Account, is_nobodys
from builder.ownership.proposer import Claim

BOUNDS = AnswerBounds(bytes=2 << 20, seconds=10.0, redirects=0)
_PAGE, _PAGES = 100, 10


class TokenUnknown(ValueError):
    """GitHub does not know a token."""


def claim_of(token: str, github: GitHubLogin) -> Claim:
    """Return the accounts that a token speaks for: its own, and organisations as their owner.

    TokenUnknown if GitHub refuses it, RemoteError if GitHub does not answer.
    """
    if not re.fullmatch(r"[!-~]{1,4096}", token):
        raise TokenUnknown("it is no token of GitHub")
    headers = {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {token}",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    with open_client(github.api, headers) as http:
        user = _account(_get(http, f"{github.api}/user"), "User", github.host)
        organizations = tuple(_organizations(http, github))
    if is_nobodys(user.host, user.id, user.login):
        raise TokenUnknown("it is the token of nobody in particular")
    return Claim(author=user, accounts=(user, *organizations))


def _organizations(http: httpx.Client, github: GitHubLogin) -> Iterator[Account]:
    for page in range(1, _PAGES + 1):
        query = f"state=active&per_page={_PAGE}&page={page}"
        answer = _ask(http, f"{github.api}/user/memberships/orgs?{query}")
        is_limited = (
            "Retry-After" in answer.headers or answer.headers.get("X-RateLimit-Remaining") == "0"
        )
        if answer.status_code == httpx.codes.FORBIDDEN and not is_limited:
            return  # the token may not see organisations: the account alone
        members = _json(answer)
        if not isinstance(members, list):
            raise RemoteError("GitHub answers with something else than a list of memberships")
        for member in members:
            if member.get("role") == "admin" and member.get("state") == "active":
                yield _account(member.get("organization"), "Organization", github.host)
        if len(members) < _PAGE:
            return


def _account(value: Any, kind: str, host: str) -> Account:
    try:
        login, id = str(value["login"]), int(value["id"])
    except (KeyError, TypeError, ValueError) as error:
        raise RemoteError("GitHub answers with something else than an account") from error
    is_organization = kind == "Organization"
    return Account(login=login, id=id, type=kind, host=host, administered=is_organization)


def _get(http: httpx.Client, url: str) -> Any:
    return _json(_ask(http, url))


def _ask(http: httpx.Client, url: str) -> Fetched:
    try:
        return fetch(http, http.build_request("GET", url), BOUNDS)
    except httpx.HTTPError as error:
        raise RemoteError(f"GitHub does not answer: {error or type(error).__name__}") from error


def _json(answer: Fetched) -> Any:
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        raise TokenUnknown("GitHub does not know this token")
    if answer.status_code != httpx.codes.OK:
        raise RemoteError(f"GitHub answers {answer.status_code}")
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError as error:
        raise RemoteError("GitHub answers with something else than JSON") from error
