"""The write API over HTTP: which request is which, in what order it is checked, and what is logged.

The official publisher calls /v0 alone, and joins a base URL that ends with a slash to //v0: both
are answered, as is /v0.1 (facts in contract, section 1.2).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from builder.pages.api.problem import (
    BAD_NAME_ENCODING,
    BAD_VERSION_ENCODING,
    NO_ENDPOINT,
    ProblemDocument,
)
from builder.publish import draft as drafts
from builder.publish import status_change, validation
from builder.publish.answers import WriteAnswer, refused
from builder.publish.audit import AuditLog
from builder.publish.draft import NO_AUTHORIZATION, Draft
from builder.publish.identity import Identity
from builder.publish.publications import Publications
from builder.publish.rate import RateLimit, network_of
from builder.publish.sessions import Sessions

METHODS = ("POST", "PUT", "PATCH")
_SLASHES = re.compile(r"/{2,}")
_OF_SERVER = re.compile(r"/v0(?:\.1)?/servers/(.+)/versions(?:/[^/]+)?")
_NO_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteRequest:
    """What a request brings: its path as it was sent, without query and the site's own prefix."""

    method: str
    path: str
    authorization: str | None
    address: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """The endpoints of the write API."""

    sessions: Sessions
    publications: Publications
    log: AuditLog
    by_address: RateLimit
    by_subject: RateLimit
    clock: Callable[[], float] = field(default=time.monotonic)

    def takes(self, method: str, path: str) -> bool:
        """Return whether a request is one of these, by method and path."""
        return _route(method, path) is not None

    def may_read(self, path: str, authorization: str | None) -> bool:
        """Return whether a request for a server has a token of this registry that covers it."""
        match = _OF_SERVER.fullmatch(_SLASHES.sub("/", path)) if authorization else None
        named = _named(match[1], "") if match else None
        if not isinstance(named, tuple):
            return False
        identity = self.sessions.identify(authorization)
        return isinstance(identity, Identity) and (
            identity.may("publish", named[0]) or identity.may("edit", named[0])
        )

    def answer(self, request: WriteRequest) -> tuple[WriteAnswer, Mapping[str, str]]:
        """WriteAnswer a request; also return further headers. Each decision is a line of the log."""
        route = _route(request.method, request.path)
        if route is None:
            return refused(NO_ENDPOINT), {}
        action, act, match = route
        try:
            answer, headers = self._within_limits(request, match, act)
        except Exception:
            self.log.write(action, 500, address=request.address, reason="an error of this program")
            raise
        self.log.write(action, answer.status, address=request.address, **answer.facts)
        return answer, headers

    def _within_limits(
        self, request: WriteRequest, match: re.Match[str], act: _Act
    ) -> tuple[WriteAnswer, Mapping[str, str]]:
        wait = self.by_address.take(network_of(request.address), self.clock())
        if wait:
            return _too_many(wait)
        answer = act(self, request, match)
        return answer if isinstance(answer, tuple) else (answer, {})

    def log_in(self, request: WriteRequest, match: re.Match[str]) -> WriteAnswer:
        """POST /auth/<method>."""
        return self.sessions.log_in(match[1], request.body)

    def validate(self, request: WriteRequest, _match: re.Match[str]) -> WriteAnswer:
        """POST /validate: always 200 for what keeps to the types."""
        draft = drafts.read(request.body)
        if isinstance(draft, ProblemDocument):
            return refused(draft)
        return WriteAnswer(status=200, body=validation.answer(draft, self.publications.config))

    def publish(self, request: WriteRequest, _match: re.Match[str]) -> _Answered:
        """POST /publish: types, then token, then the gate."""
        draft = drafts.read(request.body)
        identity = self._identity(request, draft)
        if isinstance(identity, WriteAnswer):
            return identity
        assert isinstance(draft, Draft)
        return self._once(identity, lambda: self.publications.publish(draft, identity))

    def edit(self, request: WriteRequest, match: re.Match[str]) -> _Answered:
        """PUT /servers/<name>/versions/<version>."""
        named = _named(match[1], match[2])
        draft = drafts.read(request.body)
        identity = self._identity(request, draft)
        if isinstance(identity, WriteAnswer):
            return identity
        if isinstance(named, ProblemDocument):
            return refused(named)
        assert isinstance(draft, Draft)
        return self._once(identity, lambda: self.publications.edit(draft, *named, identity))

    def set_status(self, request: WriteRequest, match: re.Match[str]) -> _Answered:
        """PATCH /servers/<name>/versions/<version>/status, or of all versions."""
        groups = match.groups()
        named = _named(groups[0], groups[1] if len(groups) > 1 else "")
        change = status_change.read(request.body)
        identity = self._identity(request, change)
        if isinstance(identity, WriteAnswer):
            return identity
        if isinstance(named, ProblemDocument):
            return refused(named)
        assert not isinstance(change, ProblemDocument)
        name, version = named
        wanted = version if len(groups) > 1 else None
        return self._once(
            identity, lambda: self.publications.change_status(name, wanted, change, identity)
        )

    def _identity(self, request: WriteRequest, body: object) -> Identity | WriteAnswer:
        """Return who a request is of, after its types were checked; or the refusal."""
        wrong = body if isinstance(body, ProblemDocument) else None
        if request.authorization is None:
            return refused(drafts.with_error(wrong, NO_AUTHORIZATION))
        if wrong is not None:
            return refused(wrong)
        identity = self.sessions.identify(request.authorization)
        return refused(identity) if isinstance(identity, ProblemDocument) else identity

    def _once(self, identity: Identity, act: Callable[[], WriteAnswer]) -> _Answered:
        wait = self.by_subject.take(f"{identity.method} {identity.id}", self.clock())
        return _too_many(wait) if wait else act()


_Answered = WriteAnswer | tuple[WriteAnswer, Mapping[str, str]]
_Act = Callable[[Endpoints, WriteRequest, re.Match[str]], _Answered]
_ROUTES: tuple[tuple[str, str, str, _Act], ...] = (
    ("POST", r"/publish", "publish", Endpoints.publish),
    ("POST", r"/validate", "validate", Endpoints.validate),
    ("POST", r"/auth/([^/]+)", "log in", Endpoints.log_in),
    ("PATCH", r"/servers/(.+)/versions/([^/]+)/status", "set status", Endpoints.set_status),
    ("PATCH", r"/servers/(.+)/status", "set status", Endpoints.set_status),
    ("PUT", r"/servers/(.+)/versions/([^/]+)", "edit", Endpoints.edit),
)


def _route(method: str, path: str) -> tuple[str, _Act, re.Match[str]] | None:
    path = _SLASHES.sub("/", path).rstrip("/")
    for known, pattern, action, act in _ROUTES:
        match = re.fullmatch(f"/v0(?:\\.1)?{pattern}", path) if known == method else None
        if match:
            return action, act, match
    return None


def _named(name: str, version: str) -> tuple[str, str] | ProblemDocument:
    """Undo the percent-encoding of a server's name and a version."""
    decoded = []
    for text, wrong in ((name, BAD_NAME_ENCODING), (version, BAD_VERSION_ENCODING)):
        try:
            if _NO_ESCAPE.search(text):
                return wrong
            decoded.append(unquote(text, errors="strict"))
        except UnicodeDecodeError:
            return wrong
    return decoded[0], decoded[1]


def _too_many(seconds: int) -> tuple[WriteAnswer, Mapping[str, str]]:
    detail = f"Too many requests: try again in {seconds} seconds"
    problem = ProblemDocument(429, "Too Many Requests", detail)
    return refused(problem), {"Retry-After": str(seconds)}
