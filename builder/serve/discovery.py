"""Agentic Resource Discovery in `serve`: its three requests, and catalogues that name this server.

A plain host has the catalogues alone. Here something answers, so they also name the search interface
at the address that was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from builder.model.page import JSON
from builder.pages.discovery.catalogs import AI_CATALOG, ARD, registry_entry
from builder.pages.host_files import CORS
from builder.search.ard import (
    ArdError,
    ArdRegistry,
    answer_agents,
    answer_explore,
    answer_search,
)
from builder.search.resource import NO_DOMAIN, REGISTRY_TYPE
from builder.serve.site import Site

LARGEST_BODY = 64 * 1024
_POSTS: Mapping[str, Callable[[ArdRegistry, bytes], dict[str, Any]]] = {
    "search": answer_search,
    "explore": answer_explore,
}
_HEADERS = {**CORS, "Cache-Control": "no-cache"}


async def respond(site: Site, request: Request, base_url: str) -> Response | None:
    """Answer a request that is about discovery; None for every other one."""
    path = site.local(str(request.scope["path"]))
    if path.strip("/") in (ARD, AI_CATALOG) and request.method == "GET":
        return _catalog(site, request, path)
    if "/ard/" not in path:
        return None
    above, _, name = path.strip("/").rpartition("/")
    if above != f"{site.queries.extension}/ard" or name not in (*_POSTS, "agents"):
        return None
    method = "GET" if name == "agents" else "POST"
    headers = {**_HEADERS, "Access-Control-Allow-Methods": f"{method}, OPTIONS"}
    if request.method == "OPTIONS":
        return Response(status_code=204, headers={**headers, "Allow": f"{method}, OPTIONS"})
    if request.method != method:
        return None
    source = _address(request, site, above)
    registry = ArdRegistry(index=site.queries.search, base_url=base_url or source, source=source)
    try:
        if name == "agents":
            made = answer_agents(registry, dict(request.query_params))
        else:
            made = _POSTS[name](registry, await _body(request))
    except ArdError as error:
        return Response(orjson.dumps(error.body()), 400, headers, media_type=JSON)
    return Response(orjson.dumps(made), 200, headers, media_type=JSON)


async def _body(request: Request) -> bytes:
    body = b""
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > LARGEST_BODY:
                raise ArdError(f"the body has more than {LARGEST_BODY:,} bytes")
    except ClientDisconnect:
        raise ArdError("the body is not whole") from None
    return body


def _catalog(site: Site, request: Request, path: str) -> Response | None:
    file = site.file(path)
    if file is None:
        return None
    document = orjson.loads(file.body)
    title = document["host"]["displayName"]
    domain = document["host"].get("identifier", f"did:web:{NO_DOMAIN}").removeprefix("did:web:")
    address = _address(request, site, f"{site.queries.extension}/ard")
    own = dict(registry_entry(address, domain, title))
    others = [entry for entry in document["entries"] if entry["type"] != REGISTRY_TYPE]
    if "mediaType" in (others[0] if others else {}):
        own["mediaType"] = REGISTRY_TYPE
    body = orjson.dumps({**document, "entries": [own, *others]})
    return Response(body, 200, _HEADERS, media_type=JSON)


def _address(request: Request, site: Site, folder: str) -> str:
    """Return the address of a folder of the site as it was asked for, with a slash at its end."""
    asked = str(request.scope["path"])
    prefix = asked[: len(asked) - len(site.local(asked))]
    return f"{request.url.scheme}://{request.url.netloc}{prefix}/{folder}/"
