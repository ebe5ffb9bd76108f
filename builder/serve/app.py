"""`mcp-registry serve`: the built files over HTTP, with the official API's queries.

Single servers and everything that is not a query come straight from the built files, queries
from an index over the snapshot's items. With `plain` it ignores every query and serves files as
the dumbest host does: a folder is a redirect to its slash and then its index.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl, unquote

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from builder.model import timestamp
from builder.model.page import JSON, PROBLEM, media_type
from builder.pages.api import problem, write_refusals
from builder.pages.api.problem import NO_ENDPOINT, NOT_FOUND, ProblemDocument
from builder.pages.host_files import CORS, METHODS
from builder.search.answer import answer as search_answer
from builder.serve import discovery, parameters, query, transfer
from builder.serve.files import ServedFile
from builder.serve.site import INDEXES, Newer, Site, api_path, site_is_newest

_SLASHES = re.compile(r"/{2,}")
_NO_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def application(
    folder: Path,
    *,
    plain: bool,
    prefix: str = "",
    overlap_minutes: int = 120,
    base_url: str = "",
    newer: Newer = site_is_newest,
) -> ASGIApp:
    """Make the ASGI application that serves a built site (HTTP only, no lifespan events).

    The site stands at the root, and also below `prefix`, the path of its base URL. `overlap_minutes`
    is how far `updated_since` reaches back (overlap.py). `base_url` is the registry's public address,
    "" for the one that is asked. `newer` has documents of servers that were published since the
    site was built.
    """
    site = Site(folder, prefix, overlap_minutes * 60 * timestamp.SECOND, newer)
    answer = _plain if plain else _full

    # Starlette's requests and responses, but not its router: that one does not match a path with
    # a line feed in it, and one function is all there is to route to.
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        found = None if plain else await discovery.respond(site, request, base_url)
        await (found or _answer(site, request, answer))(scope, receive, send)

    return application


def _answer(site: Site, request: Request, answer: Callable[[Site, Request], Response]) -> Response:
    if request.method == "OPTIONS":
        return Response(status_code=204, headers={**CORS, "Allow": ", ".join(METHODS)})
    if request.method not in METHODS:
        return _refused(site, request)
    return transfer.sent(request, answer(site, request))


def _refused(site: Site, request: Request) -> Response:
    path = api_path(site.local(_SLASHES.sub("/", str(request.scope["path"]))))[1]
    document = write_refusals.refused(request.method, path.partition("/")[2], site.refusals)
    return _problem(document, {"Allow": ", ".join(METHODS)})


def _plain(site: Site, request: Request) -> Response:
    path = site.local(str(request.scope["path"]))
    # As GitHub Pages, which has a page `a.html` for `/a` although there is a folder `a`.
    found = site.file(path) or (None if path.endswith("/") else site.file(f"{path}.html"))
    if found is None and site.document(path):
        if not path.endswith("/"):
            return Response(status_code=301, headers={**CORS, "Location": _raw_path(request) + "/"})
        found = site.document(path)
    return _file(found) if found else _missing(site, path)


@dataclass(frozen=True, slots=True)
class _Ask:
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


def _full(site: Site, request: Request) -> Response:
    path = site.canonical(site.local(_SLASHES.sub("/", str(request.scope["path"]))))
    collection, rest = api_path(path)
    first, *below = rest.strip("/").split("/")
    ask = _Ask(
        site=site,
        path=path,
        raw_path=_raw_path(request),
        query=request.scope.get("query_string", b"").decode("latin-1"),
        api=first,
        below=tuple(below),
        collection=collection,
    )
    refused = next((answer for guard in _GUARDS if (answer := guard(ask))), None)
    if refused is not None:
        return refused
    return next(answer(ask) for matches, answer in _ROUTES if matches(ask))


def _refuse_nul(ask: _Ask) -> Response | None:
    if "\0" in ask.path or "%00" in ask.query or "\0" in ask.query:
        return _problem(problem.NUL)
    return None


def _refuse_bad_encoding(ask: _Ask) -> Response | None:
    wrong = _decoded(ask.raw_path) if ask.api else ""
    return _problem(wrong) if isinstance(wrong, ProblemDocument) else None


def _redirect_trailing_slash(ask: _Ask) -> Response | None:
    if not ask.api or not ask.raw_path.endswith("/"):
        return None
    return _redirect(ask.raw_path.rstrip("/") + (ask.query and f"?{ask.query}"))


def _is_list(ask: _Ask) -> bool:
    return bool(ask.api) and ask.below == ("servers",)


def _is_single(ask: _Ask) -> bool:
    return bool(ask.api) and len(ask.below) > 1 and ask.below[0] == "servers"


def _list(ask: _Ask) -> Response:
    queries = ask.site.queries
    since = partial(queries.changes.since, overlap=ask.site.overlap)
    asked = parameters.parse_list(ask.parameters, queries.page_start, since)
    if isinstance(asked, ProblemDocument):
        return _problem(asked)
    index = queries.collection(ask.collection) if ask.collection else queries.index
    return _body(query.answer(index, asked), JSON) if index else _problem(NO_ENDPOINT)


def _single(ask: _Ask) -> Response:
    wants_deleted = parameters.parse_single(ask.parameters)
    if isinstance(wants_deleted, ProblemDocument):
        return _problem(wants_deleted)
    tail = "/".join(ask.below[1:])
    file = _server_file(ask, tail, wants_deleted)
    if file is None and "%" in tail:
        # The official server decodes twice, so that names which a client encoded twice are found.
        again = _decoded(tail)
        if isinstance(again, ProblemDocument):
            return _problem(again)
        file = _server_file(ask, again, wants_deleted)
    return _file(file) if file else _problem(NOT_FOUND)


def _is_search(ask: _Ask) -> bool:
    is_below = bool(ask.api) and not ask.collection and ask.below[-1:] == ("search",)
    asks = is_below and any(name == "q" for name, _ in ask.parameters)
    return asks and ask.path.strip("/") == f"{ask.site.queries.extension}/search"


def _search(ask: _Ask) -> Response:
    # Of a parameter that is given twice the first counts, as in the worker.
    given = dict(reversed(ask.parameters))
    return _body(orjson.dumps(search_answer(ask.site.queries.search, given)), JSON)


def _document(ask: _Ask) -> Response:
    file = ask.site.document(ask.path)
    if file is None:
        return _missing(ask.site, ask.path)
    is_index = file.name in INDEXES and not ask.path.endswith(("/", file.name))
    return _redirect(ask.raw_path + "/") if is_index and not ask.api else _file(file)


def _redirect(location: str) -> Response:
    return Response(status_code=308, headers={**CORS, "Location": location})


_GUARDS = (_refuse_nul, _refuse_bad_encoding, _redirect_trailing_slash)
"""Each may answer a request that none of the routes should see."""
_ROUTES: tuple[tuple[Callable[[_Ask], bool], Callable[[_Ask], Response]], ...] = (
    (_is_list, _list),
    (_is_single, _single),
    (_is_search, _search),
    (lambda _: True, _document),
)
"""What answers a request: the first that matches."""


def _server_file(ask: _Ask, tail: str, wants_deleted: bool) -> ServedFile | None:
    site = ask.site
    shown = _newest(ask, f"{ask.collection}/{ask.api}/servers/{tail}")
    if not wants_deleted or (ask.collection and not _is_in_collection(ask, tail)):
        return shown
    return _newest(ask, f"{site.queries.extension}/deleted/{tail}") or shown


def _newest(ask: _Ask, path: str) -> ServedFile | None:
    newer = True if ask.collection else ask.site.newer(path)
    if isinstance(newer, bytes):
        return ServedFile(INDEXES[-1], newer)
    return ask.site.document(path) if newer else None


def _is_in_collection(ask: _Ask, tail: str) -> bool:
    index = ask.site.queries.collection(ask.collection)
    name = tail.partition("/versions")[0]
    return index is not None and any(item.key[0] == name for item in index.items)


def _decoded(path: str) -> str | ProblemDocument:
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


def _missing(site: Site, path: str) -> Response:
    if api_path(path)[1]:
        return _problem(NO_ENDPOINT)
    page = site.file("404.html")
    body = page.body if page else b"not found\n"
    kind = media_type("404.html") if page else media_type(".txt")
    return Response(body, 404, {**CORS, "Content-Type": kind})


def _file(file: ServedFile) -> Response:
    response = transfer.StoredResponse(
        file.body, 200, _headers(media_type(file.name), file.digest or _digest(file.body))
    )
    response.compressed = file.compressed
    return response


def _body(body: bytes, kind: str) -> Response:
    return Response(body, 200, _headers(kind, _digest(body)))


def _headers(kind: str, digest: str) -> dict[str, str]:
    return {**CORS, "Content-Type": kind, "ETag": f'"{digest}"', "Cache-Control": "no-cache"}


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:32]


def _problem(document: ProblemDocument, headers: Mapping[str, str] | None = None) -> Response:
    return Response(
        document.body(), document.status, {**CORS, "Content-Type": PROBLEM, **(headers or {})}
    )


def _raw_path(request: Request) -> str:
    raw = request.scope.get("raw_path") or b"/"
    # Two slashes at the start would make the answer a redirect to another host.
    return _SLASHES.sub("/", raw.decode("latin-1").partition("?")[0])
