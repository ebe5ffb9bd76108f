"""Responses to requests: files, bodies, redirects, problems, each with the headers that all have."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from starlette.responses import Response

from builder.model.page import PROBLEM, media_type
from builder.pages.api.problem import NO_ENDPOINT, ProblemDocument
from builder.pages.host_files import CORS
from builder.serve import transfer
from builder.serve.files import ServedFile
from builder.serve.site import Site, api_path


def redirect(location: str) -> Response:
    """Return a redirect that keeps the method."""
    return Response(status_code=308, headers={**CORS, "Location": location})


def file_response(file: ServedFile) -> Response:
    """Return a file of the site, compressed if it is stored so."""
    response = transfer.StoredResponse(
        file.body, 200, _headers(media_type(file.name), file.digest or _digest(file.body))
    )
    response.compressed = file.compressed
    response.source, response.state = file.source, file.state
    return response


def body_response(body: bytes, kind: str) -> Response:
    """Return a body that was made for this request; `kind` is its media type."""
    return Response(body, 200, _headers(kind, _digest(body)))


def _headers(kind: str, digest: str) -> dict[str, str]:
    return {**CORS, "Content-Type": kind, "ETag": f'"{digest}"', "Cache-Control": "no-cache"}


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:32]


def problem_response(
    document: ProblemDocument, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a problem document (RFC 9457)."""
    return Response(
        document.body(), document.status, {**CORS, "Content-Type": PROBLEM, **(headers or {})}
    )


def missing(site: Site, path: str) -> Response:
    """Return that there is nothing at a path: a problem in the API, the page 404.html elsewhere."""
    if api_path(path)[1]:
        return problem_response(NO_ENDPOINT)
    page = site.file("404.html")
    body = page.body if page else b"not found\n"
    kind = media_type("404.html") if page else media_type(".txt")
    return Response(body, 404, {**CORS, "Content-Type": kind})
