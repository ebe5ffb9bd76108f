"""A content delivery network in memory: what its caches hold, and how far a deploy has come."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import httpx

from builder.catalogue.catalogue import Catalogue
from builder.model.config import SitePages
from builder.net.retry import ONCE
from builder.pages.api import service_index
from builder.pages.sync import head
from builder.pull.registry import Registry
from tests.pull.life import CONFIG

URL = "https://registry.example.com/some/prefix"
Site = Mapping[str, bytes]
Answer = Callable[[httpx.Request], bytes | None]
"""The file for a request; None if there is none."""


def site(catalogue: Catalogue, *, lean: bool = False) -> Site:
    """Every file that a copy is made from, by its path."""
    config = CONFIG.model_copy(update={"pages": SitePages(lean=lean)})
    index = next(service_index.pages(catalogue, config))
    pages = (index, *head.pages(catalogue, config))
    return {f"/some/prefix/{page.path}": page.body for page in pages}


def fresh(files: Site) -> Answer:
    """A host without any cache."""
    return lambda request: files.get(request.url.path)


def path(name: str) -> str:
    """The path of a file of the extension."""
    return f"/some/prefix/v0.1/x/{CONFIG.extension_namespace}/{name}"


@contextmanager
def registry(answer: Answer) -> Iterator[Registry]:
    """The registry as a client sees it through `answer`, with ETags and conditional requests."""

    def handle(request: httpx.Request) -> httpx.Response:
        body = answer(request)
        if body is None:
            return httpx.Response(404, stream=httpx.ByteStream(b"<h1>not here</h1>"))
        etag = f'"{hashlib.sha256(body).hexdigest()}"'
        if request.headers.get("If-None-Match") == etag:
            return httpx.Response(304, stream=httpx.ByteStream(b""), headers={"ETag": etag})
        return httpx.Response(200, stream=httpx.ByteStream(body), headers={"ETag": etag})

    with httpx.Client(transport=httpx.MockTransport(handle)) as client:
        yield Registry(client, URL, ONCE)
