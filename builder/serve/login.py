"""Reading with a login: only who sends a bearer token of the named issuer gets an answer.

The metadata that leads a client to the issuer (RFC 9728) and preflights of CORS, which come without
a token, are answered to everybody. What would write has tokens of its own and is left alone; searches
by POST (below /v0.1/x/) are reads. site/worker/login.js does the same at the edge.
https://www.rfc-editor.org/rfc/rfc6750, https://www.rfc-editor.org/rfc/rfc9728
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import orjson
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from builder.model.errors import RemoteError
from builder.model.page import JSON, PROBLEM
from builder.model.reading_settings import ReadingSettings, RequiredClaim
from builder.ownership.issuer_keys import IssuerKeys
from builder.ownership.oidc import IssuedClaims, TokenRefused, verify
from builder.pages import protected_resource
from builder.pages.api import problem
from builder.pages.api.problem import ProblemDocument
from builder.pages.host_files import CORS, LOGIN
from builder.serve.files import site_files

KEPT = 60.0
"""Seconds for which a token that was verified is believed without looking at it again."""
_MOST_KEPT = 10_000
_WRITES = ("POST", "PUT", "PATCH", "DELETE")
_EXTENSIONS = re.compile(r"/v0\.1/+x/")
_CHALLENGED = {**CORS, "Access-Control-Expose-Headers": "WWW-Authenticate"}


class _Forbidden(Exception):
    """A token is believed, and lacks what reading needs; the text says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingLogin:
    """A registry's login: its settings, its address, and what is known so far."""

    settings: ReadingSettings
    base_url: str
    keys: IssuerKeys = field(default_factory=IssuerKeys)
    clock: Callable[[], float] = time.time
    _kept: dict[bytes, float] = field(default_factory=dict)

    def require(self, token: str) -> None:
        """Return if a token lets its bearer read; may ask the issuer for its keys.

        TokenRefused if it is not believed, _Forbidden if it is not enough, RemoteError if the
        issuer's keys cannot be had.
        """
        digest, now = hashlib.sha256(token.encode()).digest(), self.clock()
        if self._kept.get(digest, 0.0) > now:
            return
        audience = protected_resource.audience(self.settings, self.base_url)
        claims = verify(token, [self.settings.issuer], audience, self.keys, now)
        _require_rights(claims, self.settings)
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[digest] = min(now + KEPT, claims.expires)


def with_login(app: ASGIApp, folder: Path, base_url: str) -> ASGIApp:
    """Return an application with the login that its site was built with, if it has one."""
    stored = site_files(folder.resolve()).find(LOGIN)
    if stored is None:
        return app
    settings = ReadingSettings.model_validate_json(stored.body)
    return guarded(app, ReadingLogin(settings=settings, base_url=base_url))


def guarded(app: ASGIApp, login: ReadingLogin) -> ASGIApp:
    """Return an application that answers reads of another one only to who is logged in."""
    public = protected_resource.metadata_paths(login.base_url)
    stated = orjson.dumps(protected_resource.metadata(login.settings, login.base_url))
    metadata = Response(stated, 200, {**CORS, "Content-Type": JSON})

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if not _reads(scope["method"], scope["path"]):
            await app(scope, receive, send)
        elif scope["path"] in public:
            await metadata(scope, receive, send)
        elif refusal := await _refusal(Headers(scope=scope), login):
            await refusal(scope, receive, send)
        else:
            await app(scope, receive, _privately(send))

    return guard


def _reads(method: str, path: str) -> bool:
    """Return whether a request asks for something that only who is logged in may read."""
    if method in _WRITES:
        return _EXTENSIONS.search(path) is not None
    return method != "OPTIONS"


def _privately(send: Send) -> Send:
    """Tell caches on the way that an answer is for nobody else."""

    async def private(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Cache-Control"] = "private, no-cache"
            headers.add_vary_header("Authorization")
        await send(message)

    return private


async def _refusal(headers: Headers, login: ReadingLogin) -> Response | None:
    given = headers.getlist("Authorization")
    scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    if scheme.lower() != "bearer":
        return _challenge(login, 401, "", problem.LOGIN.detail)
    try:
        # In a thread: it may wait for the issuer.
        await asyncio.to_thread(login.require, token.strip())
    except TokenRefused as error:
        return _challenge(login, 401, "invalid_token", str(error))
    except _Forbidden as error:
        return _challenge(login, 403, "insufficient_scope", str(error))
    except RemoteError:
        return _unavailable()
    return None


def _unavailable() -> Response:
    headers = {**CORS, "Content-Type": PROBLEM, "Cache-Control": "no-store", "Retry-After": "10"}
    return Response(problem.NO_LOGIN_NOW.body(), 503, headers)


def _challenge(login: ReadingLogin, status: int, error: str, text: str) -> Response:
    values = {
        "resource_metadata": protected_resource.metadata_url(login.base_url),
        "scope": " ".join(login.settings.scopes),
        "error": error,
        "error_description": "".join(c for c in text if " " <= c <= "~" and c not in '"\\')
        if error
        else "",
    }
    challenge = ", ".join(f'{name}="{value}"' for name, value in values.items() if value)
    title = (problem.LOGIN if status == 401 else problem.FORBIDDEN).title
    headers = {
        **_CHALLENGED,
        "Content-Type": PROBLEM,
        "Cache-Control": "no-store",
        "WWW-Authenticate": f"Bearer {challenge}",
    }
    return Response(ProblemDocument(status, title, text).body(), status, headers)


def _require_rights(claims: IssuedClaims, settings: ReadingSettings) -> None:
    granted = {scope for name in ("scope", "scp") for scope in _texts(claims.claims.get(name))}
    if missing := [scope for scope in settings.scopes if scope not in granted]:
        raise _Forbidden(f"the token lacks the scope {' '.join(missing)}")
    for wanted in settings.claims:
        if not _has(claims, wanted):
            raise _Forbidden(f"the token's claim {wanted.name} is not what reading needs")


def _texts(value: object) -> list[str]:
    """Return the scopes in a claim: a text with spaces, or a list."""
    return value.split() if isinstance(value, str) else list(map(str, _values(value)))


def _has(claims: IssuedClaims, wanted: RequiredClaim) -> bool:
    values = _values(claims.claims.get(wanted.name))
    return any(type(value) is type(wanted.value) and value == wanted.value for value in values)


def _values(value: object) -> list[object]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]
