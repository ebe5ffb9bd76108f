"""Asks a forge which login an account has today, by its number; whether there is such an account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson

from builder.model.errors import RemoteError
from builder.model.forges import FORGE_KINDS
from builder.model.owner import Owner
from builder.net.exchange import MEBIBYTE, AnswerBounds, fetch, open_client

_BOUNDS = AnswerBounds(bytes=MEBIBYTE, redirects=2)
_GONE = (404, 410)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeAccounts:
    """How forges are asked: the address of a server's API if it is elsewhere, and tokens, both by host.

    A host is what somebody wrote into namespace.yaml: one that the operator does not name gets no token.
    """

    apis: Mapping[str, str] = field(default_factory=dict)
    tokens: Mapping[str, str] = field(default_factory=dict)

    def login(self, owner: Owner) -> str | None:
        """Return the login that an owner has today; None if there is no such account any more.

        RemoteError if the forge does not say, or cannot be asked.
        """
        kind = _KINDS.get(owner.forge)
        if kind is None:
            raise RemoteError(f"nobody can be asked about accounts of {owner.host}")
        base = self.apis.get(owner.host, FORGE_KINDS[owner.forge].api(owner.host)).rstrip("/")
        token = self.tokens.get(owner.host, "")
        url = f"{base}/{kind.path(owner)}"
        try:
            with open_client(url, kind.headers(token) if token else {}) as http:
                answer = fetch(http, http.build_request("GET", url), _BOUNDS)
        except httpx.HTTPError as error:
            raise RemoteError(f"{url}: {error or type(error).__name__}") from error
        if answer.status_code in _GONE:
            return None
        if answer.status_code != httpx.codes.OK:
            raise RemoteError(f"{url} answered with status {answer.status_code}")
        return kind.read(owner, _json(url, answer.body))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """One kind of forge: where it tells of an account, and what it answers."""

    path: Callable[[Owner], str]
    headers: Callable[[str], Mapping[str, str]]
    read: Callable[[Owner, Any], str | None]


def _json(url: str, body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise RemoteError(f"{url} did not answer with JSON") from error


def _text(value: Any, key: str) -> str:
    text = value.get(key) if isinstance(value, dict) else None
    if not isinstance(text, str) or not text:
        raise RemoteError("the forge answered without a login")
    return text


def _of_search(owner: Owner, value: Any) -> str | None:
    users = value.get("data") if isinstance(value, dict) else None
    ours = (user for user in users or () if isinstance(user, dict) and user.get("id") == owner.id)
    user = next(ours, None)
    return _text(user, "login") if user else None


_KINDS: Mapping[str, _Kind] = {
    "github": _Kind(
        path=lambda owner: f"user/{owner.id}",
        headers=lambda token: {"Authorization": f"Bearer {token}"},
        read=lambda _, value: _text(value, "login"),
    ),
    "gitlab": _Kind(
        path=lambda owner: f"{'groups' if owner.group else 'users'}/{owner.id}",
        headers=lambda token: {"PRIVATE-TOKEN": token},
        read=lambda owner, value: _text(value, "full_path" if owner.group else "username"),
    ),
    "forgejo": _Kind(
        path=lambda owner: f"users/search?uid={owner.id}",
        headers=lambda token: {"Authorization": f"token {token}"},
        read=_of_search,
    ),
}
