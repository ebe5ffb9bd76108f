"""How an answer is sent: not at all if the client has it, in part, or compressed (RFC 9110)."""

from __future__ import annotations

import gzip
import re

import brotli  # type: ignore[import-untyped]  # it has no stubs
from starlette.requests import Request
from starlette.responses import Response

from builder.model.page import PROBLEM
from builder.pages.api import problem
from builder.serve.files import FileState

SMALLEST = 256
"""Bytes below which nothing is compressed."""
_COMPRESSIBLE = re.compile(r"text/|application/(.*\+)?(json|xml|yaml|javascript)|image/svg\+xml")
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)


class StoredResponse(Response):
    """An answer from a file, which may be at hand compressed: `compressed` are its bytes as gzip, or b"".

    `source` and `state` are those of the file.
    """

    compressed = b""
    source = ""
    state: FileState | None = None


def sent(request: Request, response: Response) -> Response:
    """Return the answer as a client is to get it; anything but a success is sent as it is."""
    if response.status_code != 200:
        return response
    response.headers["Accept-Ranges"] = "bytes"
    if _compressible(response):
        response.headers["Vary"] = "Accept-Encoding"
    if _is_known(request, response):
        return _empty(response, 304)
    return _part(request, response) or _compressed(request, response)


def _is_known(request: Request, response: Response) -> bool:
    wanted = {
        re.sub(r"^(W/)+", "", known.strip())
        for known in request.headers.get("If-None-Match", "").split(",")
    }
    return bool(wanted & {response.headers.get("ETag"), "*"})


def _part(request: Request, response: Response) -> Response | None:
    """Return one part of the body; None if all of it is to be sent, as for more parts than one."""
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    size = len(response.body)
    is_current = request.headers.get("If-Range") in (None, response.headers.get("ETag"))
    if request.method != "GET" or asked is None or asked[0] == "bytes=-" or not is_current:
        return None
    start, end = asked.groups()
    first = int(start) if start else max(0, size - int(end))
    last = min(int(end), size - 1) if start and end else size - 1
    if first > last:
        return _unsatisfiable(response, size, is_reversed=bool(start and end and first > int(end)))
    response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return _with_body(response, bytes(response.body)[first : last + 1], 206)


def _unsatisfiable(response: Response, size: int, *, is_reversed: bool) -> Response | None:
    if is_reversed:  # not a range at all: it does not count
        return None
    response.headers["Content-Type"] = PROBLEM
    response.headers["Content-Range"] = f"bytes */{size}"
    return _with_body(response, problem.RANGE.body(), problem.RANGE.status)


def _compressed(request: Request, response: Response) -> Response:
    encodings = _encodings(request.headers.get("Accept-Encoding", ""))
    if not (encodings and _compressible(response) and len(response.body) >= SMALLEST):
        return response
    stored = response.compressed if isinstance(response, StoredResponse) else b""
    if stored and "gzip" in encodings:
        encoding, small = "gzip", stored
    else:
        encoding, small = encodings[0], _compress(bytes(response.body), encodings[0])
    response.headers["Content-Encoding"] = encoding
    # The same document, but not the same bytes: a part of one is no part of the other.
    response.headers["ETag"] = f"W/{response.headers['ETag']}"
    return _with_body(response, small, 200)


def _compress(body: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return bytes(brotli.compress(body, quality=4))
    return gzip.compress(body, 5, mtime=0)


def _encodings(accepted: str) -> list[str]:
    """Return the encodings that a client takes, the one that makes smaller answers first."""
    taken = {}
    for item in accepted.lower().split(","):
        name, _, weight = item.partition(";")
        taken[name.strip()] = not re.fullmatch(r"\s*q=0(\.0*)?\s*", weight)
    return [name for name in ("br", "gzip") if taken.get(name, taken.get("*"))]


def _compressible(response: Response) -> bool:
    return bool(_COMPRESSIBLE.match(response.headers.get("Content-Type", "")))


def _with_body(response: Response, body: bytes, status: int) -> Response:
    response.body = body
    response.status_code = status
    response.headers["Content-Length"] = str(len(body))
    return response


def _empty(response: Response, status: int) -> Response:
    for name in ("Content-Length", "Content-Type"):
        del response.headers[name]
    response.body = b""
    response.status_code = status
    return response
