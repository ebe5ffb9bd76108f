"""HTTP as package proofs need it: patient, bounded, and only to public addresses.

What an answer proves is the business of the module of each package type.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import httpx

from builder import USER_AGENT
from builder.model.errors import RemoteError
from builder.model.package_types import base_urls
from builder.net.public_only import Network, PublicOnly
from builder.net.retry import PATIENT, Patience, patiently

MEBIBYTE = 1024 * 1024
REDIRECTS = 5

Allowed = Callable[[httpx.URL], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How packages are asked for.

    `bases` replaces base URLs by key (see bases.py), `reachable` are private networks that may be
    reached after all, `seconds` is the longest that one request may take, `max_bytes` the most
    that an answer may have, decompressed. After `until` (of time.monotonic) nothing is asked.
    """

    bases: Mapping[str, str] = field(default_factory=dict)
    reachable: tuple[Network, ...] = ()
    seconds: float = 30.0
    max_bytes: int = 5 * MEBIBYTE
    patience: Patience = PATIENT
    until: float = math.inf


class Unanswered(RemoteError):
    """There was no answer that says anything: away, busy, too large, refused for its address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A complete answer: what came after all redirects."""

    url: httpx.URL
    status_code: int
    headers: httpx.Headers
    body: bytes

    @property
    def ok(self) -> bool:
        """Tell whether the status is 200."""
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


class Client:
    """Asks package registries. A context manager; every question may raise Unanswered."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._http = httpx.Client(
            transport=PublicOnly(settings.reachable),
            headers={"User-Agent": USER_AGENT},
            timeout=settings.seconds,
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def base(self, key: str) -> str:
        """Give a base URL by its key; `https://<host>` for a key `<type>:<host>`."""
        default = base_urls().get(key) or f"https://{key.partition(':')[2]}"
        return self._settings.bases.get(key, default).rstrip("/")

    def get(
        self, url: str, headers: Mapping[str, str] | None = None, *, allowed: Allowed | None = None
    ) -> Answer:
        """GET, following redirects to addresses of the same scheme that are `allowed`.

        A header `Authorization` is not sent on to another host.
        """
        sent = dict(headers or {})
        target = read_url(url)
        for _ in range(REDIRECTS + 1):
            answer = self._ask("GET", target, sent)
            if not 300 <= answer.status_code < 400 or "Location" not in answer.headers:
                return answer
            onward = self._onward(answer)
            if allowed and not allowed(onward):
                raise Unanswered(f"{target} redirects to {onward}, which is not allowed")
            if onward.netloc != target.netloc:
                sent.pop("Authorization", None)
            target = onward
        raise Unanswered(f"{url} redirects more than {REDIRECTS} times")

    def head(self, url: str) -> Answer:
        """HEAD, following no redirect."""
        return self._ask("HEAD", read_url(url), {})

    def _onward(self, answer: Answer) -> httpx.URL:
        onward = read_url(answer.headers["Location"], answer.url)
        if onward.scheme != answer.url.scheme:
            raise Unanswered(f"{answer.url} redirects from {answer.url.scheme} to {onward}")
        return onward

    def _ask(self, method: str, url: httpx.URL, headers: Mapping[str, str]) -> Answer:
        try:
            answer = patiently(lambda: self._once(method, url, headers), self._settings.patience)
        except httpx.HTTPError as error:
            raise Unanswered(f"{url}: {error or type(error).__name__}") from error
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS or answer.status_code >= 500:
            raise Unanswered(f"{url} answered with status {answer.status_code}")
        return answer

    def _once(self, method: str, url: httpx.URL, headers: Mapping[str, str]) -> Answer:
        # httpx bounds each read; the whole is bounded here, or a drip of bytes would last for ever.
        now = time.monotonic()
        if now >= self._settings.until:
            raise Unanswered(f"{url} was not asked: no time was left")
        deadline = now + self._settings.seconds
        with self._http.stream(method, url, headers=dict(headers)) as response:
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > self._settings.max_bytes:
                    limit = self._settings.max_bytes
                    raise Unanswered(f"{url} answered with more than {limit:,} bytes")
                if time.monotonic() > deadline:
                    raise httpx.ReadTimeout("the answer takes too long", request=response.request)
        return Answer(
            url=url, status_code=response.status_code, headers=response.headers, body=bytes(body)
        )


def read_url(text: str, base: httpx.URL | None = None) -> httpx.URL:
    """Read a URL, relative to another where there is one; Unanswered if it is none."""
    try:
        return base.join(text) if base else httpx.URL(text)
    except httpx.InvalidURL as error:
        raise Unanswered(f"{text!r} is not a URL: {error}") from error
