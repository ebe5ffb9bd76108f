"""The routes of the API and of pages: guards that may refuse a request, then the first route that matches."""

from __future__ import annotations

from collections.abc import Callable

import orjson
from starlette.requests import Request
from starlette.responses import Response

from builder.model.page import JSON
from builder.pages.api import problem
from builder.pages.api.problem import NO_ENDPOINT, NOT_FOUND, ProblemDocument
from builder.search.answer import answer as search_answer
from builder.serve import parameters, query
from builder.serve.files import ServedFile
from builder.serve.request_parts import RequestParts, decoded, parts_of
from builder.serve.responses import (
    body_response,
    file_response,
    missing,
    problem_response,
    redirect,
)
from builder.serve.site import INDEXES, Site


def answer(site: Site, request: Request) -> Response:
    """Answer a request: the first guard that refuses it, or the first route that matches."""
    parts = parts_of(site, request)
    refused = next((response for guard in _GUARDS if (response := guard(parts))), None)
    if refused is not None:
        return refused
    return next(respond(parts) for matches, respond in _ROUTES if matches(parts))


def _refuse_nul(parts: RequestParts) -> Response | None:
    if "\0" in parts.path or "%00" in parts.query or "\0" in parts.query:
        return problem_response(problem.NUL)
    return None


def _refuse_bad_encoding(parts: RequestParts) -> Response | None:
    wrong = decoded(parts.raw_path) if parts.api else ""
    return problem_response(wrong) if isinstance(wrong, ProblemDocument) else None


def _redirect_trailing_slash(parts: RequestParts) -> Response | None:
    if not parts.api or not parts.raw_path.endswith("/"):
        return None
    return redirect(parts.raw_path.rstrip("/") + (parts.query and f"?{parts.query}"))


def _is_list(parts: RequestParts) -> bool:
    return bool(parts.api) and parts.below == ("servers",)


def _is_single(parts: RequestParts) -> bool:
    return bool(parts.api) and len(parts.below) > 1 and parts.below[0] == "servers"


def _list(parts: RequestParts) -> Response:
    site = parts.site
    asked = parameters.parse_list(parts.parameters, site.queries.page_start, site.since)
    if isinstance(asked, ProblemDocument):
        return problem_response(asked)
    index = site.collection(parts.collection) if parts.collection else site.index
    return (
        body_response(query.answer(index, asked), JSON) if index else problem_response(NO_ENDPOINT)
    )


def _single(parts: RequestParts) -> Response:
    wants_deleted = parameters.parse_single(parts.parameters)
    if isinstance(wants_deleted, ProblemDocument):
        return problem_response(wants_deleted)
    tail = "/".join(parts.below[1:])
    file = _server_file(parts, tail, wants_deleted)
    if file is None and "%" in tail:
        # The official server decodes twice, so that names which a client encoded twice are found.
        again = decoded(tail)
        if isinstance(again, ProblemDocument):
            return problem_response(again)
        file = _server_file(parts, again, wants_deleted)
    return file_response(file) if file else problem_response(NOT_FOUND)


def _is_search(parts: RequestParts) -> bool:
    is_below = bool(parts.api) and not parts.collection and parts.below[-1:] == ("search",)
    asks = is_below and any(name == "q" for name, _ in parts.parameters)
    return asks and parts.path.strip("/") == f"{parts.site.queries.extension}/search"


def _search(parts: RequestParts) -> Response:
    # Of a parameter that is given twice the first counts, as in the worker.
    given = dict(reversed(parts.parameters))
    return body_response(orjson.dumps(search_answer(parts.site.queries.search, given)), JSON)


def _document(parts: RequestParts) -> Response:
    file = parts.site.document(parts.path)
    if file is None:
        return missing(parts.site, parts.path)
    is_index = file.name in INDEXES and not parts.path.endswith(("/", file.name))
    return redirect(parts.raw_path + "/") if is_index and not parts.api else file_response(file)


_GUARDS = (_refuse_nul, _refuse_bad_encoding, _redirect_trailing_slash)
"""Each may answer a request that none of the routes should see."""
_ROUTES: tuple[tuple[Callable[[RequestParts], bool], Callable[[RequestParts], Response]], ...] = (
    (_is_list, _list),
    (_is_single, _single),
    (_is_search, _search),
    (lambda _: True, _document),
)
"""What answers a request: the first that matches."""


def _server_file(parts: RequestParts, tail: str, wants_deleted: bool) -> ServedFile | None:
    site = parts.site
    shown = _newest(parts, f"{parts.collection}/{parts.api}/servers/{tail}")
    if not wants_deleted or (parts.collection and not _is_in_collection(parts, tail)):
        return shown
    return _newest(parts, f"{site.queries.extension}/deleted/{tail}") or shown


def _newest(parts: RequestParts, path: str) -> ServedFile | None:
    newer = True if parts.collection else parts.site.newer.document(path)
    if isinstance(newer, bytes):
        return ServedFile(INDEXES[-1], newer)
    return parts.site.document(path) if newer else None


def _is_in_collection(parts: RequestParts, tail: str) -> bool:
    index = parts.site.collection(parts.collection)
    name = tail.partition("/versions")[0]
    return index is not None and any(item.key[0] == name for item in index.items)
