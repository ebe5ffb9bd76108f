"""`mcp-registry serve`: the built files over HTTP, with the official API's queries.

Single servers and everything that is not a query come straight from the built files, queries
from an index over the snapshot's items. With `plain` it ignores every query and serves files as
the dumbest host does: a folder is a redirect to its slash and then its index.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from urllib.parse import parse_qsl, unquote

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from builder.model import timestamp
from builder.model.page import JSON, PROBLEM, media_type
from builder.pages.api import problem
from builder.pages.api.problem import NO_ENDPOINT, NOT_FOUND, ProblemDocument
from builder.pages.host_files import CORS, METHODS
from builder.serve import parameters, query, transfer
from builder.serve.cursor import Key
from builder.serve.overlap import ChangeTimes
from builder.serve.query import Index

_API = ("v0.1", "v0")
_PUBLIC = ".well-known"
"""The one folder of those that begin with a dot (`.hosts`, `..`) that is served, as by every host."""
_INDEXES = ("index.html", "index.json")
_SLASHES = re.compile(r"/{2,}")
_NO_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


class Site:
    """A folder of built files. A build may replace them while they are served."""

    def __init__(self, folder: Path, prefix: str, overlap: int = 0) -> None:
        self.folder = folder.resolve()
        self.overlap = overlap
        self._prefix = prefix.rstrip("/") + "/"
        self._queries: Queries | None = None

    def local(self, path: str) -> str:
        """Drop the path of the site's own address: 404.html asks below it, wherever it stands."""
        return path[len(self._prefix) - 1 :] if path.startswith(self._prefix) else path

    def file(self, path: str) -> Path | None:
        """Return the file at a decoded URL path, None if there is none or it leads elsewhere.

        A symbolic link that leads out of the folder is no file of the site.
        """
        if any(part.startswith(".") and part != _PUBLIC for part in path.split("/")):
            return None
        target = f"{self.folder}/{path.lstrip('/')}"
        try:
            if not stat.S_ISREG(os.stat(target).st_mode):  # noqa: PTH116
                return None
            inside = os.path.realpath(target).startswith(f"{self.folder}/")
        except (OSError, ValueError):
            return None
        return Path(target) if inside else None

    def document(self, path: str) -> Path | None:
        """Find the file at a path, or the index of the folder there: below the API its document.

        For Azure those folders hold an index.html too (builder/pages/host_files.py).
        """
        is_api = path.lstrip("/").partition("/")[0] in _API
        indexes = reversed(_INDEXES) if is_api else _INDEXES
        tries = (path, *(f"{path.rstrip('/')}/{index}" for index in indexes))
        return next((found for one in tries if (found := self.file(one))), None)

    @property
    def queries(self) -> Queries:
        """What queries need of the site, read anew after a build has put another in its place."""
        status = (self.folder / "index.json").stat()
        stamp = status.st_ino, status.st_mtime_ns
        if self._queries is None or self._queries.stamp != stamp:
            self._queries = Queries(self.folder, stamp)
        return self._queries

    def canonical(self, path: str) -> str:
        """Serve /v0 from the files of /v0.1 where no copies were written for it."""
        if path.startswith("/v0/") and self.queries.serves_v0_from_v0_1:
            return f"/v0.1/{path.removeprefix('/v0/')}"
        return path


class Queries:
    """What queries need of one build of a site: each part read when first asked for.

    `stamp` tells the build from others.
    """

    def __init__(self, folder: Path, stamp: tuple[int, int]) -> None:
        self.folder = folder
        self.stamp = stamp

    @cached_property
    def serves_v0_from_v0_1(self) -> bool:
        """Whether /v0 is to be served without files of its own."""
        types = {resource["type"] for resource in self._resources}
        return "Servers/v0" in types and not (self.folder / "v0").is_dir()

    @cached_property
    def _resources(self) -> Sequence[Mapping[str, str]]:
        index = orjson.loads((self.folder / "index.json").read_bytes())
        resources: Sequence[Mapping[str, str]] = index["resources"]
        return resources

    @cached_property
    def extension(self) -> str:
        """The folder of this registry's extensions, as its service index has it."""
        snapshot = next(one["url"] for one in self._resources if one["type"] == "Snapshot")
        return str(snapshot).rpartition("/")[0]

    @cached_property
    def index(self) -> Index:
        """All versions, from the snapshot."""
        with gzip.open(self.folder / self.extension / "snapshot.jsonl.gz") as lines:
            next(lines)  # the header
            return Index(query.read_item(line.rstrip(b"\n")) for line in lines)

    @cached_property
    def changes(self) -> ChangeTimes:
        """When the registry changed."""
        return ChangeTimes(self.folder / self.extension / "changes")

    @cached_property
    def _boundaries(self) -> Mapping[str, Mapping[int, str]]:
        return {
            letter: _page_starts(self.folder / self.extension / "pages" / name)
            for letter, name in (("a", "all"), ("l", "latest"))
        }

    def page_start(self, letter: str, number: int) -> Key | None:
        """Give the key at which a precomputed page starts; None if there is no such page."""
        first = self._boundaries[letter].get(number)
        if first is None:
            return None
        name, _, version = first.partition(":")
        return name, version


def application(
    folder: Path, *, plain: bool, prefix: str = "", overlap_minutes: int = 120
) -> ASGIApp:
    """Make the ASGI application that serves a built site (HTTP only, no lifespan events).

    The site stands at the root, and also below `prefix`, the path of its base URL. `overlap_minutes`
    is how far `updated_since` reaches back (overlap.py).
    """
    site = Site(folder, prefix, overlap_minutes * 60 * timestamp.SECOND)
    answer = _plain if plain else _full

    # Starlette's requests and responses, but not its router: that one does not match a path with
    # a line feed in it, and one function is all there is to route to.
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        await _answer(site, request, answer)(scope, receive, send)

    return application


def _answer(site: Site, request: Request, answer: Callable[[Site, Request], Response]) -> Response:
    if request.method == "OPTIONS":
        return Response(status_code=204, headers={**CORS, "Allow": ", ".join(METHODS)})
    if request.method not in METHODS:
        refused = problem.refused_method(request.method)
        return _problem(refused, {"Allow": ", ".join(METHODS)})
    return transfer.sent(request, answer(site, request))


def _plain(site: Site, request: Request) -> Response:
    path = site.local(str(request.scope["path"]))
    found = site.file(path)
    if found is None and site.document(path):
        if not path.endswith("/"):
            return Response(status_code=301, headers={**CORS, "Location": _raw_path(request) + "/"})
        found = site.document(path)
    return _file(found) if found else _missing(site, path)


@dataclass(frozen=True, slots=True)
class _Ask:
    """A request in the parts that decide about its answer.

    `path` is decoded and without the site's own prefix, `raw_path` and `query` are as sent. `api`
    is the version of the API that it asks, "" for a page; `below` are the parts of the path below.
    """

    site: Site
    path: str
    raw_path: str
    query: str
    api: str
    below: tuple[str, ...]

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The query's parameters in their order."""
        return parse_qsl(self.query, keep_blank_values=True, errors="replace")


def _full(site: Site, request: Request) -> Response:
    path = site.canonical(site.local(_SLASHES.sub("/", str(request.scope["path"]))))
    first, *below = path.strip("/").split("/")
    ask = _Ask(
        site=site,
        path=path,
        raw_path=_raw_path(request),
        query=request.scope.get("query_string", b"").decode("latin-1"),
        api=first if first in _API else "",
        below=tuple(below),
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
    return _body(query.answer(queries.index, asked), JSON)


def _single(ask: _Ask) -> Response:
    wants_deleted = parameters.parse_single(ask.parameters)
    if isinstance(wants_deleted, ProblemDocument):
        return _problem(wants_deleted)
    tail = "/".join(ask.below[1:])
    file = _server_file(ask.site, ask.api, tail, wants_deleted)
    if file is None and "%" in tail:
        # The official server decodes twice, so that names which a client encoded twice are found.
        again = _decoded(tail)
        if isinstance(again, ProblemDocument):
            return _problem(again)
        file = _server_file(ask.site, ask.api, again, wants_deleted)
    return _file(file) if file else _problem(NOT_FOUND)


def _document(ask: _Ask) -> Response:
    file = ask.site.document(ask.path)
    if file is None:
        return _missing(ask.site, ask.path)
    is_index = file.name in _INDEXES and not ask.path.endswith(("/", file.name))
    return _redirect(ask.raw_path + "/") if is_index and not ask.api else _file(file)


def _redirect(location: str) -> Response:
    return Response(status_code=308, headers={**CORS, "Location": location})


_GUARDS = (_refuse_nul, _refuse_bad_encoding, _redirect_trailing_slash)
"""Each may answer a request that none of the routes should see."""
_ROUTES: tuple[tuple[Callable[[_Ask], bool], Callable[[_Ask], Response]], ...] = (
    (_is_list, _list),
    (_is_single, _single),
    (lambda _: True, _document),
)
"""What answers a request: the first that matches."""


def _server_file(site: Site, api: str, tail: str, wants_deleted: bool) -> Path | None:
    deleted = f"{site.queries.extension}/deleted/{tail}" if wants_deleted else None
    found = site.document(deleted) if deleted else None
    return found or site.document(f"{api}/servers/{tail}")


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
    if path.strip("/").split("/")[0] in _API:
        return _problem(NO_ENDPOINT)
    page = site.file("404.html")
    body = page.read_bytes() if page else b"not found\n"
    kind = media_type("404.html") if page else media_type(".txt")
    return Response(body, 404, {**CORS, "Content-Type": kind})


def _file(path: Path) -> Response:
    return _body(path.read_bytes(), media_type(path.name))


def _body(body: bytes, kind: str) -> Response:
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    return Response(
        body, 200, {**CORS, "Content-Type": kind, "ETag": tag, "Cache-Control": "no-cache"}
    )


def _problem(document: ProblemDocument, headers: Mapping[str, str] | None = None) -> Response:
    return Response(
        document.body(), document.status, {**CORS, "Content-Type": PROBLEM, **(headers or {})}
    )


def _raw_path(request: Request) -> str:
    raw = request.scope.get("raw_path") or b"/"
    # Two slashes at the start would make the answer a redirect to another host.
    return _SLASHES.sub("/", raw.decode("latin-1").partition("?")[0])


def _page_starts(folder: Path) -> dict[int, str]:
    index = orjson.loads((folder / "index.json").read_bytes())
    pages = index.get("pages")
    if pages is None:
        parts = [orjson.loads((folder / part["url"]).read_bytes()) for part in index["parts"]]
        pages = [page for part in parts for page in part["pages"]]
    starts = {int(Path(page["url"]).stem): page["first"] for page in pages}
    # The first page starts at the beginning, whatever its first item is by now.
    return starts | {int(Path(page["url"]).stem): "" for page in pages[:1]}
