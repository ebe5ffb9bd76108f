"""Files of a site by their paths, from its address or from a folder, each bounded.

What is read here is not verified: whoever asks for a file does that.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import httpx
import orjson

from builder.model.errors import RegistryError, RemoteError
from builder.net import retry
from builder.net.exchange import AnswerBounds, fetch, open_client
from builder.net.retry import RetryPolicy, send_with_retries
from builder.pull.addresses import home, join

DOCUMENT = 1 << 20
"""Bytes of a document at most; a bundle of a log may have sixteen times as many."""
SECONDS, RATE = 30.0, 4096.0
_SMALL = 1 << 16
LOG = "Log"
"""The type of the log in the service index."""


class MissingFile(RemoteError):
    """A site does not have a file."""


class SiteReader(Protocol):
    """A site. `requests` counts what was asked for, `received` the bytes that came."""

    @property
    def requests(self) -> int: ...  # noqa: D102

    @property
    def received(self) -> int: ...  # noqa: D102

    def read(self, path: str, limit: int = DOCUMENT) -> bytes:
        """Return a file; MissingFile if there is none, RemoteError if it cannot be had."""


class FolderFiles:
    """A site that was built into a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self.requests = self.received = 0

    def read(self, path: str, limit: int = DOCUMENT) -> bytes:
        """Return a file."""
        full = self._folder.joinpath(*path.split("/")).resolve()
        if not full.is_relative_to(self._folder):
            raise RemoteError(f"{path} leads out of {self._folder}")
        try:
            with full.open("rb") as file:
                body = file.read(limit + 1)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise MissingFile(f"{self._folder} has no {path}") from error
        if len(body) > limit:
            raise RemoteError(f"{path} has more than {limit:,} bytes")
        self.requests += 1
        self.received += len(body)
        return body


class WebFiles:
    """A site at an address."""

    def __init__(self, http: httpx.Client, url: str, policy: RetryPolicy = retry.DEFAULT) -> None:
        self._http = http
        self._base = home(url)
        self._policy = policy
        self.requests = self.received = 0

    def read(self, path: str, limit: int = DOCUMENT) -> bytes:
        """Return a file."""
        url = join(self._base, quote(path, safe="/@:!$&'()*+,;=~"))
        # Compressed already: what a host makes of it for the way is not the file.
        headers = {"Accept-Encoding": "identity"} if path.endswith(".gz") else {}
        request = self._http.build_request("GET", url, headers=headers)
        bounds = AnswerBounds(bytes=limit, seconds=SECONDS, rate=RATE)
        self.requests += 1
        try:
            answer = send_with_retries(lambda: fetch(self._http, request, bounds), self._policy)
        except httpx.HTTPError as error:
            raise RemoteError(f"{url}: {error or type(error).__name__}") from error
        self.received += len(answer.body)
        if answer.status_code in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
            raise MissingFile(f"{url} answered with status {answer.status_code}")
        if answer.status_code != httpx.codes.OK:
            raise RemoteError(f"{url} answered with status {answer.status_code}")
        return answer.body


class RememberedFiles:
    """A site of which no small file is asked for twice."""

    def __init__(self, site: SiteReader) -> None:
        self._site = site
        self._known: dict[str, bytes] = {}

    @property
    def requests(self) -> int:
        """What was asked for."""
        return self._site.requests

    @property
    def received(self) -> int:
        """The bytes that came."""
        return self._site.received

    def read(self, path: str, limit: int = DOCUMENT) -> bytes:
        """Return a file."""
        if path in self._known:
            return self._known[path]
        body = self._site.read(path, limit)
        if len(body) <= _SMALL:
            self._known[path] = body
        return body


@contextmanager
def open_site(place: str) -> Iterator[SiteReader]:
    """Open a site at an address, or in a folder; RegistryError if it is neither."""
    if place.startswith(("http://", "https://")):
        with open_client(place) as http:
            yield RememberedFiles(WebFiles(http, place))
    elif Path(place).is_dir():
        yield FolderFiles(Path(place))
    else:
        raise RegistryError(
            f"{place} is neither a web address nor a folder",
            help="an address starts with https:// or http://",
        )


def resource(site: SiteReader, kind: str) -> str:
    """Return the path of a resource by its type in the service index; MissingFile if it has none."""
    try:
        for row in orjson.loads(site.read("index.json"))["resources"]:
            if row["type"] == kind and isinstance(row["url"], str):
                return str(row["url"])
    except (ValueError, KeyError, TypeError) as error:
        raise RemoteError("index.json is not a registry's service index") from error
    raise MissingFile(
        f"the registry has no {kind}", help="it was built by an earlier version of mcp-registry"
    )


def log_folder(site: SiteReader) -> str:
    """Return the path of a site's log, without a slash at its end."""
    return resource(site, LOG).removesuffix("/tree")
