"""Fetching a registry's files over HTTP, each verified by the hash that the head vouches for.

What a file that is missing or not the right one means, and what to do then, is the business of
sync.py.
"""

from __future__ import annotations

import enum
import hashlib
import tempfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO, Any

import httpx

from builder.model.errors import RegistryError, RemoteError
from builder.model.page_paths import TRUST
from builder.net import retry
from builder.net.entity_tag import entity_tag
from builder.net.exchange import AnswerBounds, AnswerTooLarge, exchange, open_client
from builder.net.retry import RetryPolicy, send_with_retries
from builder.net.web_address import require_web_address
from builder.pull.addresses import home, join, resource
from builder.pull.head import Head, parse, read_head

IN_MEMORY = 1 << 20
DOCUMENT, SHARD, SNAPSHOT = 1 << 20, 1 << 27, 1 << 30
"""Bytes that the largest file of each kind may have: an index is cut at 64 KiB."""
SECONDS, RATE = 60.0, 4096.0
"""An answer may take a minute, and longer as long as it comes at this rate in bytes a second."""


class Stale(RemoteError):
    """A file is missing or not the one its index names: caches hold different generations."""


class Freshness(enum.Enum):
    """How hard to ask for the newest bytes, in the order in which it is worth trying."""

    ANY = enum.auto()
    """Whatever a cache has."""
    REVALIDATED = enum.auto()
    """What a cache has asked its origin for (RFC 9111, section 5.2.1.4)."""
    UNCACHED = enum.auto()
    """Under an address that no cache knows yet. A file host ignores the query."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status_code: int
    headers: httpx.Headers
    body: IO[bytes]
    sha256: str


class Registry:
    """A registry at an address. `requests` and `bytes` count what was sent and received.

    `head_url` is where the service index says that the head is, "" as long as it was not read;
    `head_sha256` is what trust metadata says of it, "" if nothing does.
    No file may have more than `max_bytes`.

    Every method raises Stale if what it asks for is not there or not what it should be, and
    RemoteError if the server does not answer or what it answers is of no known form.
    """

    def __init__(
        self,
        http: httpx.Client,
        url: str,
        policy: RetryPolicy = retry.DEFAULT,
        max_bytes: int = SNAPSHOT,
    ) -> None:
        self.url = url
        self.max_bytes = max_bytes
        self.head_url = ""
        self.head_sha256 = ""
        self.requests = self.bytes = self._unverified = 0
        self._http = http
        self._policy = policy

    def head(self, freshness: Freshness, etag: str, sequence: int) -> Head | None:
        """Fetch the head; None if it is still the one of this ETag ("" for none).

        `sequence` is the copy's: an address that no cache has a useless answer for.
        """
        url = self._find_head(freshness)
        # What is vouched for is read: that it is unchanged would be the server's word alone.
        validator = {"If-None-Match": etag} if etag and not self.head_sha256 else {}
        answer = self._get(url, freshness, f"after={sequence}", validator, DOCUMENT)
        if answer.status_code == httpx.codes.NOT_MODIFIED:
            return None
        if self.head_sha256 and answer.sha256 != self.head_sha256:
            answer.body.close()
            raise Stale(f"{url} is not the head that the registry's trust metadata names")
        return read_head(url, parse(url, answer.body), entity_tag(answer.headers))

    def trust_url(self) -> str:
        """Return the address of the trust metadata's folder, with a slash at its end."""
        return str(join(self._find_head(Freshness.ANY), TRUST))

    @property
    def http(self) -> httpx.Client:
        """The connection that everything is fetched over."""
        return self._http

    def json(self, url: str, sha256: str, freshness: Freshness) -> dict[str, Any]:
        """Fetch and verify a JSON object; `url` is relative to the head."""
        value = parse(url, self.file(url, sha256, freshness, DOCUMENT))
        if not isinstance(value, dict):
            raise RemoteError(f"{url} is of no known form")
        return value

    def file(self, url: str, sha256: str, freshness: Freshness, limit: int) -> IO[bytes]:
        """Fetch and verify a file of at most `limit` bytes; `url` is relative to the head."""
        full = join(self._find_head(freshness), url)
        answer = self._get(full, freshness, f"sha256={sha256}", {}, limit)
        if answer.sha256 != sha256:
            answer.body.close()
            raise Stale(f"{full} is not the file that the registry names by its hash")
        return answer.body

    def unverified(self, url: str, limit: int) -> bytes:
        """Fetch a file of at most `limit` bytes that the caller verifies; `url` is relative to the head.

        All of them together have no more than one file may have: a log could be without an end.
        """
        full = join(self._find_head(Freshness.ANY), url)
        with self._get(full, Freshness.REVALIDATED, "", {}, limit).body as file:
            body = file.read()
        self._unverified += len(body)
        if self._unverified > self.max_bytes:
            raise RemoteError(
                f"the registry's log has more than {self.max_bytes:,} bytes",
                help="if that is right, allow more with --max-megabytes",
            )
        return body

    def _find_head(self, freshness: Freshness) -> httpx.URL:
        if not self.head_url:
            url = home(self.url).join("index.json")
            service = parse(url, self._get(url, freshness, "", {}, DOCUMENT).body)
            self.head_url = str(join(url, resource(url, service, "Head")))
        return httpx.URL(self.head_url)

    def _get(
        self,
        url: httpx.URL,
        freshness: Freshness,
        query: str,
        headers: Mapping[str, str],
        limit: int,
    ) -> _Answer:
        if freshness is not Freshness.ANY:
            headers = {**headers, "Cache-Control": "no-cache"}
        if freshness is Freshness.UNCACHED:
            url = url.copy_with(query=query.encode())
        if url.path.endswith(".gz"):
            # Compressed already: what a host makes of it for the way is not the file.
            headers = {**headers, "Accept-Encoding": "identity"}
        request = self._http.build_request("GET", url, headers=headers)
        try:
            answer = send_with_retries(
                lambda: self._send(request, min(limit, self.max_bytes)), self._policy
            )
        except httpx.HTTPError as error:
            raise RemoteError(f"{url}: {error or type(error).__name__}") from error
        except OSError as error:
            raise RegistryError(f"no room to keep {url} for a moment: {error.strerror}") from error
        if answer.status_code not in (httpx.codes.OK, httpx.codes.NOT_MODIFIED):
            raise Stale(f"{url} answered with status {answer.status_code}")
        return answer

    def _send(self, request: httpx.Request, limit: int) -> _Answer:
        self.requests += 1
        bounds = AnswerBounds(bytes=limit, seconds=SECONDS, rate=RATE)
        with exchange(self._http, request, bounds) as (response, pieces), ExitStack() as undo:
            body = undo.enter_context(tempfile.SpooledTemporaryFile(IN_MEMORY))
            digest = hashlib.sha256()
            try:
                for piece in pieces:
                    digest.update(piece)
                    body.write(piece)
            except AnswerTooLarge as error:
                error.help = "if that is right, allow more with --max-megabytes"
                raise
            finally:
                self.bytes += response.num_bytes_downloaded
            body.seek(0)
            if response.status_code == httpx.codes.OK:
                undo.pop_all()  # Whoever reads the body closes it.
        return _Answer(response.status_code, response.headers, body, digest.hexdigest())


@contextmanager
def connect(url: str, max_bytes: int = SNAPSHOT) -> Iterator[Registry]:
    """Open a registry at its base address (or that of its `index.json`).

    Raises RemoteError if it is not a web address.
    """
    require_web_address(url)
    address = home(url)
    with open_client(url) as http:
        if address.userinfo:
            http.auth = _LoginAt(address)
            url = str(address.copy_with(userinfo=b"")).rstrip("/")
        yield Registry(http, url, max_bytes=max_bytes)


class _LoginAt(httpx.BasicAuth):
    """The user name and password of an address, for that server alone: copies and messages hold none."""

    def __init__(self, address: httpx.URL) -> None:
        super().__init__(address.username, address.password)
        self._server = address.scheme, address.host, address.port

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the login to a request to its server."""
        url = request.url
        if (url.scheme, url.host, url.port) == self._server:
            yield from super().auth_flow(request)
        else:
            yield request
