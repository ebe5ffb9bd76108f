"""HTTP as package proofs need it: with retries, bounded, and only to public addresses.

What an answer proves is the business of the module of each package type.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import httpx

from builder import USER_AGENT
from builder.model.errors import RemoteError
from builder.model.package_types import base_urls
from builder.net import exchange, retry
from builder.net.addresses import Guard, IpNetwork
from builder.net.decoding import ACCEPTED
from builder.net.exchange import MEBIBYTE, AnswerBounds, Fetched, MayFollow
from builder.net.retry import RetryPolicy, send_with_retries
from builder.net.transport import GuardedTransport

REDIRECTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofSettings:
    """How packages are asked for.

    `bases` replaces base URLs by key (see bases.py), `reachable` are private networks that may be
    reached after all, `seconds` is the longest that one request may take, `max_bytes` the most
    that an answer may have, decompressed. After `until` (of time.monotonic) nothing is asked.
    """

    bases: Mapping[str, str] = field(default_factory=dict)
    reachable: tuple[IpNetwork, ...] = ()
    seconds: float = 30.0
    max_bytes: int = 5 * MEBIBYTE
    retry: RetryPolicy = retry.DEFAULT
    until: float = math.inf


class Unanswered(RemoteError):
    """There was no answer that says anything: away, busy, too large, refused for its address."""


class Answer(Fetched):
    """A complete answer: what came after all redirects."""

    __slots__ = ()

    @property
    def ok(self) -> bool:
        """Whether the status is 200."""
        return self.status_code == httpx.codes.OK

    def json(self) -> Any:
        """Read the body as a JSON object; Unanswered if it is none."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise Unanswered(f"{self.url} did not answer with JSON") from error
        if not isinstance(value, dict):
            raise Unanswered(f"{self.url} did not answer with a JSON object")
        return value

    def text(self) -> str:
        """Read the body as UTF-8, with other bytes replaced."""
        return self.body.decode("utf-8", "replace")


class PackageRegistryClient:
    """Asks package registries. A context manager; every question may raise Unanswered."""

    def __init__(self, settings: ProofSettings) -> None:
        self._settings = settings
        self._http = httpx.Client(
            transport=GuardedTransport(Guard(reachable=settings.reachable)),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": ACCEPTED},
            timeout=settings.seconds,
        )

    def __enter__(self) -> PackageRegistryClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def base(self, key: str) -> str:
        """Return a base URL by its key; `https://<host>` for a key `<type>:<host>`."""
        default = base_urls().get(key) or f"https://{key.partition(':')[2]}"
        return self._settings.bases.get(key, default).rstrip("/")

    def get(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        allowed: MayFollow | None = None,
    ) -> Answer:
        """GET, following redirects of the same scheme to addresses that are `allowed`.

        A header `Authorization` is not sent on to another host.
        """
        target = read_url(url)
        request = self._http.build_request("GET", target, headers=dict(headers or {}))

        def may_follow(onward: httpx.URL) -> bool:
            return onward.scheme == target.scheme and (allowed is None or allowed(onward))

        return self._ask(request, REDIRECTS, may_follow)

    def head(self, url: str) -> Answer:
        """HEAD, following no redirect."""
        return self._ask(self._http.build_request("HEAD", read_url(url)), 0, None)

    def _ask(self, request: httpx.Request, redirects: int, may_follow: MayFollow | None) -> Answer:
        def send() -> Fetched:
            left = self._settings.until - time.monotonic()
            if left <= 0:
                raise Unanswered(f"{request.url} was not asked: no time was left")
            seconds = min(self._settings.seconds, left)
            bounds = AnswerBounds(
                bytes=self._settings.max_bytes, seconds=seconds, redirects=redirects
            )
            return exchange.fetch(self._http, request, bounds, may_follow)

        try:
            fetched = send_with_retries(send, self._settings.retry)
        except httpx.HTTPError as error:
            raise Unanswered(f"{request.url}: {error or type(error).__name__}") from error
        except Unanswered:
            raise
        except RemoteError as error:
            raise Unanswered(error.message) from error
        if fetched.status_code == httpx.codes.TOO_MANY_REQUESTS or fetched.status_code >= 500:
            raise Unanswered(f"{fetched.url} answered with status {fetched.status_code}")
        return Answer(
            url=fetched.url,
            status_code=fetched.status_code,
            headers=fetched.headers,
            body=fetched.body,
        )


def read_url(text: str, base: httpx.URL | None = None) -> httpx.URL:
    """Read a URL, relative to another where there is one; Unanswered if it is none."""
    try:
        return base.join(text) if base else httpx.URL(text)
    except httpx.InvalidURL as error:
        raise Unanswered(f"{text!r} is not a URL: {error}") from error
