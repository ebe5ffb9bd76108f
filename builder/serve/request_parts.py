"""A request in the parts that decide about its answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from starlette.requests import Request

from builder.pages.api import problem
from builder.pages.api.problem import ProblemDocument
from builder.serve.site import Site, api_path

SLASHES = re.compile(r"/{2,}")
_NO_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class RequestParts:
    """A request in the parts that decide about its answer.

    `path` is decoded and without the site's own prefix, `raw_path` and `query` are as sent. `api`
    is the version of the API that it asks, "" for a page; `below` are the parts of the path below;
    `collection` is the folder of the collection whose API it is, "" for the registry's own.
    """

    site: Site
    path: str
    raw_path: str
    query: str
    api: str
    below: tuple[str, ...]
    collection: str

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The query's parameters in their order."""
        return parse_qsl(self.query, keep_blank_values=True, errors="replace")


def decoded(path: str) -> str | ProblemDocument:
    """Undo one level of percent-encoding; a problem if it is none (contract, section 1.3)."""
    name, slash, version = path.partition("/versions/")
    parts = []
    problems = problem.BAD_NAME_ENCODING, problem.BAD_VERSION_ENCODING
    for part, wrong in zip((name, version), problems, strict=True):
        try:
            if _NO_ESCAPE.search(part):
                raise ValueError(part)
            parts.append(unquote(part, errors="strict"))
        except ValueError:
            return wrong
    return slash.join(parts)


def raw_path(request: Request) -> str:
    """Return a request's path as it was sent, without repeated slashes."""
    raw = request.scope.get("raw_path") or b"/"
    # Two slashes at the start would make the answer a redirect to another host.
    return SLASHES.sub("/", raw.decode("latin-1").partition("?")[0])


def parts_of(site: Site, request: Request) -> RequestParts:
    """Return the parts of a request to a site."""
    path = site.canonical(site.local(SLASHES.sub("/", str(request.scope["path"]))))
    collection, rest = api_path(path)
    first, *below = rest.strip("/").split("/")
    return RequestParts(
        site=site,
        path=path,
        raw_path=raw_path(request),
        query=request.scope.get("query_string", b"").decode("latin-1"),
        api=first,
        below=tuple(below),
        collection=collection,
    )
