"""One request and its answer, bounded: bytes before and after decoding, time, redirects.

Redirects are followed here and not by httpx, which would read each redirect's body whole.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass

import httpx

from builder import USER_AGENT
from builder.model.errors import RemoteError
from builder.net.addresses import Guard
from builder.net.budget import Budget, spending
from builder.net.decoding import ACCEPTED, decoders
from builder.net.transport import ProxyAwareTransport

MEBIBYTE = 1 << 20
_TIMEOUT = 30.0  # seconds of silence

MayFollow = Callable[[httpx.URL], bool]
"""Tells whether a redirect may lead to an address."""


class AnswerTooLarge(RemoteError):
    """An answer has more bytes than its limit."""


class BadRedirect(RemoteError):
    """A redirect leads where it must not, or there are too many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerBounds:
    """The most that one exchange may cost.

    `bytes` bounds the body as it is sent and as it is after each decoding. `seconds` bounds the
    whole exchange; with a `rate` (bytes a second) an answer that keeps to it may take longer.
    """

    bytes: int = 5 * MEBIBYTE
    seconds: float = 60.0
    rate: float = math.inf
    redirects: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A whole answer: what came after all redirects, decoded."""

    url: httpx.URL
    status_code: int
    headers: httpx.Headers
    body: bytes


def open_client(
    url: str, headers: Mapping[str, str] | None = None, *, base_url: str = ""
) -> httpx.Client:
    """Return a client for the server that the user named, and for what it leads to.

    Only if that server is in a private network may it lead to others in one. The usual proxy
    variables (HTTPS_PROXY, NO_PROXY) count.
    """
    guard = Guard(trusted_host=_host(url))
    return httpx.Client(
        base_url=base_url,
        headers={"User-Agent": USER_AGENT, "Accept-Encoding": ACCEPTED, **(headers or {})},
        transport=ProxyAwareTransport(guard),
        timeout=_TIMEOUT,
    )


@contextmanager
def exchange(
    http: httpx.Client,
    request: httpx.Request,
    bounds: AnswerBounds,
    may_follow: MayFollow | None = None,
) -> Iterator[tuple[httpx.Response, Iterator[bytes]]]:
    """Send a request, follow redirects, and give the answer and the pieces of its decoded body.

    With no redirects in `bounds` a redirect is an answer like any other. Raises BadRedirect, and
    while the pieces are read TooLarge, decoding.BadCoding and httpx.HTTPError.
    """
    with spending(Budget(bounds.seconds, bounds.rate)):
        response = _final(http, request, bounds.redirects, may_follow)
        with closing(response):
            yield response, _pieces(response, bounds.bytes)


def fetch(
    http: httpx.Client,
    request: httpx.Request,
    bounds: AnswerBounds,
    may_follow: MayFollow | None = None,
) -> Fetched:
    """Send a request, follow redirects, and read the answer whole. Raises as `exchange` does."""
    with exchange(http, request, bounds, may_follow) as (response, pieces):
        body = b"".join(pieces)
    return Fetched(
        url=response.url, status_code=response.status_code, headers=response.headers, body=body
    )


def _final(
    http: httpx.Client, request: httpx.Request, redirects: int, may_follow: MayFollow | None
) -> httpx.Response:
    first = request.url
    for left in range(redirects, -1, -1):
        response = http.send(request, stream=True, follow_redirects=False)
        if redirects == 0 or response.next_request is None:
            return response
        response.close()
        # httpx drops Authorization on the way to another host.
        onward = response.next_request
        _require_good(request.url, onward.url, may_follow)
        request = onward
        if not left:
            break
    raise BadRedirect(f"{first} redirects more than {redirects} times")


def _require_good(asked: httpx.URL, onward: httpx.URL, may_follow: MayFollow | None) -> None:
    """Refuse to be led from https to where anybody on the way can change what is said."""
    if asked.scheme == "https" and onward.scheme != "https":
        raise BadRedirect(f"{asked} leads to {onward}, away from https")
    if may_follow and not may_follow(onward):
        raise BadRedirect(f"{asked} redirects to {onward}, which is not allowed")


def _pieces(response: httpx.Response, limit: int) -> Iterator[bytes]:
    """Yield the decoded body; what each stage of decoding makes of it is bounded.

    Who asked for `identity` gets the bytes as they are: a host that labels a .gz file as
    compressed for the way has not compressed it.
    """
    pieces = _counted(response.iter_raw(), response.url, limit)
    if response.request.headers.get("Accept-Encoding") == "identity":
        return pieces
    for decode in decoders(response.headers.get("Content-Encoding", "")):
        pieces = _counted(decode(pieces), response.url, limit)
    return pieces


def _counted(pieces: Iterator[bytes], url: httpx.URL, limit: int) -> Iterator[bytes]:
    count = 0
    for piece in pieces:
        count += len(piece)
        if count > limit:
            raise AnswerTooLarge(f"{url} answered with more than {limit:,} bytes")
        yield piece


def _host(url: str) -> str:
    try:
        return httpx.URL(url).host
    except httpx.InvalidURL:
        return ""
