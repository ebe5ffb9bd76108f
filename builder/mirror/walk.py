"""Walking a live registry's list, page by page, whatever it answers.

Everything is bounded (MirrorLimits), and pages that came are kept: a walk that fails goes
on from the last page at the next run. A list that changes meanwhile is no snapshot, so a walk
that took long is followed by one for what changed since it began.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import httpx

from builder.mirror.spool import Spool
from builder.mirror.standing import OVERLAP
from builder.model import timestamp
from builder.model.errors import RemoteError
from builder.model.mirror_settings import MirrorLimits
from builder.model.wording import counted, is_utf8
from builder.net import retry
from builder.net.exchange import MEBIBYTE, AnswerBounds, Fetched, fetch, open_client
from builder.net.retry import RetryPolicy, send_with_retries
from builder.net.web_address import require_web_address

PAGE = 100
PASSES = 3
"""How often a list is gone through at most, because it changed while that took long."""
POINTLESS = 3
"""Pages in a row that bring nothing new, after which a list is taken to have no end."""
_MAX_CURSOR = 4096
_SECONDS, _RATE = 60.0, 4096.0
_HELP = "if that is right, allow more: policy.mirror.limits in registry.yaml"

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class _Page:
    servers: list[Any]
    cursor: str | None
    time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamRegistry:
    """A registry to be walked, within limits."""

    http: httpx.Client
    url: str
    limits: MirrorLimits
    policy: RetryPolicy = retry.DEFAULT

    def now(self) -> int:
        """Return upstream's time in nanoseconds: its Date header, or our clock if that is earlier.

        To ask for changes from too early a time costs pages, from too late a one it hides changes.
        Raises RemoteError if upstream does not answer.
        """
        return self._page({"limit": 1}).time

    def walk(self, spool: Spool, now: int, advance: Advance) -> int:
        """Bring every page into the spool, going on from those that it has; upstream's time.

        `now` is upstream's time by now.
        Raises RemoteError, with the pages kept, when upstream fails or a limit is reached.
        """
        deadline = time.monotonic() + 60 * self.limits.minutes
        try:
            for _ in range(PASSES):
                now = self._pass(spool, now, deadline, advance)
                if now - spool.began < OVERLAP // 2:
                    break
                since = timestamp.render(max(spool.began - OVERLAP // 2, 0))
                spool.begin(self.url, since, now)
        except RemoteError as error:
            if not spool.pages:
                raise
            kept = f"{error.message}; kept: {counted(spool.pages, 'page')}"
            raise RemoteError(kept, help="run it again: it goes on from there") from error
        return now

    def versions(self, name: str) -> list[Any]:
        """Return every version of a server; none if there is no such server.

        Raises RemoteError if upstream does not answer.
        """
        answer = self._fetch({}, f"/v0.1/servers/{quote(name, safe='')}/versions")
        return self._parsed(answer).servers if answer.status_code == httpx.codes.OK else []

    def _pass(self, spool: Spool, now: int, deadline: float, advance: Advance) -> int:
        """Fetch pages to the end of the list; upstream's time at the last one."""
        news = _News(self.url)
        while not spool.done:
            if spool.pages >= self.limits.pages:
                spool.discard()
                raise RemoteError(
                    f"{self.url} has more than {self.limits.pages:,} pages", help=_HELP
                )
            if time.monotonic() > deadline:
                raise RemoteError(f"the walk took longer than {self.limits.minutes} minutes")
            page = self._next(spool)
            try:
                news.require(page)
            except RemoteError:
                # Where such a list goes on says nothing of what is before it.
                spool.discard()
                raise
            if not spool.began:
                spool.begin(self.url, spool.since, page.time)
            spool.add(page.servers, page.cursor)
            now = page.time
            advance(len(page.servers))
        return now

    def _next(self, spool: Spool) -> _Page:
        query: dict[str, str | int] = {"limit": PAGE}
        query |= {"updated_since": spool.since} if spool.since else {"include_deleted": "true"}
        query |= {"cursor": spool.cursor} if spool.cursor else {}
        try:
            return self._page(query)
        except _BadRequest as error:
            # A cursor that upstream no longer takes would fail for ever.
            spool.discard()
            raise RemoteError(error.message, help="run it again: it begins anew") from error

    def _page(self, query: Mapping[str, str | int]) -> _Page:
        return self._parsed(self._fetch(query, "/v0.1/servers"))

    def _parsed(self, answer: Fetched) -> _Page:
        try:
            body = json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            raise RemoteError(f"{answer.url} did not answer with JSON") from error
        servers = body.get("servers") if isinstance(body, dict) else None
        if not isinstance(servers, list):
            raise RemoteError(f"{answer.url} did not answer with a list of servers")
        return _Page(servers, _cursor(answer.url, body.get("metadata")), _time(answer.headers))

    def _fetch(self, query: Mapping[str, str | int], path: str) -> Fetched:
        limit = self.limits.page_megabytes * MEBIBYTE
        bounds = AnswerBounds(bytes=limit, seconds=_SECONDS, rate=_RATE)
        url = f"{self.url}{path}"
        try:
            request = self.http.build_request("GET", url, params=query)
            answer = send_with_retries(lambda: fetch(self.http, request, bounds), self.policy)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise RemoteError(f"{url}: {error or type(error).__name__}") from error
        if answer.status_code in (httpx.codes.BAD_REQUEST, httpx.codes.UNPROCESSABLE_ENTITY):
            raise _BadRequest(f"{answer.url} answered with status {answer.status_code}")
        missing = answer.status_code == httpx.codes.NOT_FOUND and path.endswith("/versions")
        if answer.status_code != httpx.codes.OK and not missing:
            raise RemoteError(f"{answer.url} answered with status {answer.status_code}")
        return answer


@contextmanager
def connect(
    url: str, limits: MirrorLimits, policy: RetryPolicy = retry.DEFAULT
) -> Iterator[UpstreamRegistry]:
    """Open an upstream registry at its base address; RemoteError if that is no web address."""
    require_web_address(url)
    with open_client(url, {"Accept": "application/json"}) as http:
        yield UpstreamRegistry(http=http, url=url, limits=limits, policy=policy)


class _BadRequest(RemoteError):
    """Upstream does not take the query."""


class _News:
    """Notices a list that has no end: cursors that come again, pages that bring nothing new."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._cursors: set[str] = set()
        self._items: set[bytes] = set()
        self._pointless = 0

    def require(self, page: _Page) -> None:
        """Raise RemoteError if a page shows that the list goes round in circles."""
        if page.cursor is None:
            return
        if page.cursor in self._cursors:
            raise RemoteError(
                f"{self._url} gave the cursor {page.cursor!r:.100} twice: it ignores cursors"
            )
        self._cursors.add(page.cursor)
        items = {_digest(item) for item in page.servers}
        self._pointless = 0 if items - self._items else self._pointless + 1
        self._items |= items
        if self._pointless == POINTLESS:
            raise RemoteError(f"{self._url} gives pages without anything new, and no end")


def _digest(item: object) -> bytes:
    return hashlib.sha256(json.dumps(item).encode()).digest()


def _cursor(url: httpx.URL, metadata: object) -> str | None:
    """Read the next page's cursor; RemoteError if it is none that can be asked with."""
    if metadata is not None and not isinstance(metadata, dict):
        raise RemoteError(f"{url} has `metadata` that is no object")
    cursor = (metadata or {}).get("nextCursor")
    if cursor is None or cursor == "":
        return None
    if not isinstance(cursor, str) or len(cursor) > _MAX_CURSOR or not is_utf8(cursor):
        raise RemoteError(f"{url} has a `nextCursor` that is no text of a cursor's size")
    return cursor


def _time(headers: httpx.Headers) -> int:
    """Return the time of an answer in nanoseconds: its Date, or our clock if that is earlier."""
    ours = time.time_ns()
    try:
        date = parsedate_to_datetime(headers.get("Date", ""))
        theirs = timestamp.from_git(int(date.timestamp()))
    except (ValueError, TypeError, OverflowError, OSError):
        return ours
    return min(ours, theirs)
