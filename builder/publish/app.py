"""A served site on which one publishes as well."""

from __future__ import annotations

import re
from collections.abc import Mapping

import orjson
from anyio import to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from builder.model.page import JSON, PROBLEM, media_type
from builder.pages.api import openapi, problem, write_refusals
from builder.pages.api.openapi_writes import with_writes
from builder.pages.api.problem import NO_ENDPOINT
from builder.pages.api.servers import prefixes
from builder.pages.host_files import CORS
from builder.pages.host_files import METHODS as READS
from builder.publish.client_address import client_address
from builder.publish.endpoints import METHODS, Endpoints, WriteRequest
from builder.publish.login import METHODS as LOGINS

_ALLOWED = ", ".join((*READS, *METHODS))
_HEADERS = {**CORS, "Access-Control-Allow-Methods": _ALLOWED, "Cache-Control": "no-store"}
_READS = ("GET", "HEAD")
NO_DELETION = problem.NO_DELETION.explained(
    "Set the status of the version to deleted: PATCH .../versions/{version}/status"
)
_API = re.compile(r"/v0(\.1)?/(?!x/)")
_HEALTH = re.compile(r"/v0(\.1)?/health/?")
_SLASHES = re.compile(r"/{2,}")


def application(
    site: ASGIApp, open_site: ASGIApp, endpoints: Endpoints, prefix: str = ""
) -> ASGIApp:
    """Make the ASGI application of a site, `site`, with the write API before it.

    `open_site` is the same without a login for reading: who may publish a server may read it, since
    a publisher program does so with the registry's own token (facts in contract, section 1.2).
    """
    health = orjson.dumps(endpoints.sessions.health())

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        path = _local(request, prefix)
        if endpoints.takes(request.method, path):
            try:
                response = await _write(request, path, endpoints)
            except ClientDisconnect:
                return
        elif request.method in write_refusals.METHODS and _API.match(path):
            told = NO_DELETION if request.method == "DELETE" else NO_ENDPOINT
            response = Response(told.body(), told.status, {**_HEADERS, "Content-Type": PROBLEM})
        elif request.method == "OPTIONS":
            response = Response(status_code=204, headers={**_HEADERS, "Allow": _ALLOWED})
        elif request.method in _READS and _HEALTH.fullmatch(path):
            # Before any login: it says how one logs in.
            response = Response(health, 200, {**_HEADERS, "Content-Type": JSON})
        else:
            authorization = request.headers.get("Authorization")
            may_read = endpoints.may_read(path, authorization)
            await (open_site if may_read else site)(scope, receive, send)
            return
        await response(scope, receive, send)

    return application


def described(site: ASGIApp, endpoints: Endpoints, prefix: str = "") -> ASGIApp:
    """Return a site whose OpenAPI description has the write API as well."""
    documents = _descriptions(endpoints)

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        path = _local(request, prefix)
        if request.method in _READS and path in documents:
            headers = {**_HEADERS, "Content-Type": media_type(path)}
            await Response(documents[path], 200, headers)(scope, receive, send)
        else:
            await site(scope, receive, send)

    return application


async def _write(request: Request, path: str, endpoints: Endpoints) -> Response:
    peer = request.client.host if request.client else ""
    proxies = endpoints.publications.config.publish.proxies
    asked = WriteRequest(
        method=request.method,
        path=path,
        authorization=request.headers.get("Authorization"),
        address=client_address(peer, request.headers.getlist, proxies),
        body=await request.body(),
    )
    answer, headers = await to_thread.run_sync(endpoints.answer, asked)
    kind = PROBLEM if answer.problem else JSON
    return Response(answer.body, answer.status, {**_HEADERS, "Content-Type": kind, **headers})


def _descriptions(endpoints: Endpoints) -> Mapping[str, bytes]:
    config = endpoints.publications.config
    logins = {name: method.fields for name, method in LOGINS.items() if method.is_open(config)}
    document = with_writes(openapi.openapi(config), prefixes(config), logins)
    return {"/openapi.json": orjson.dumps(document), "/openapi.yaml": openapi.as_yaml(document)}


def _local(request: Request, prefix: str) -> str:
    """Return the path as it was sent, without doubled slashes and the site's own prefix."""
    raw = (request.scope.get("raw_path") or b"/").decode("latin-1").partition("?")[0]
    path = _SLASHES.sub("/", raw)
    prefix = prefix.rstrip("/")
    return path.removeprefix(prefix) if path.startswith(f"{prefix}/") else path
