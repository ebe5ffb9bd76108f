"""`mcp-registry serve`: the built files over HTTP, with the official API's queries.

Single servers and everything that is not a query come straight from the built files, queries
from an index over the snapshot's items. With `plain` it ignores every query and serves files as
the dumbest host does: a folder is a redirect to its slash and then its index.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from builder.model import timestamp
from builder.model.api_settings import SearchedParts
from builder.pages.api import write_refusals
from builder.pages.api.problem import UNREADABLE
from builder.pages.host_files import CORS, METHODS
from builder.serve import discovery, ready, routes, transfer
from builder.serve.files import Replaced, file_state
from builder.serve.newer import Newer
from builder.serve.request_parts import SLASHES, raw_path
from builder.serve.responses import file_response, missing, problem_response
from builder.serve.site import Site, api_path


def application(
    folder: Path,
    *,
    plain: bool,
    prefix: str = "",
    overlap_minutes: int = 120,
    searched: SearchedParts = "name",
    base_url: str = "",
    newer: Newer | None = None,
) -> ASGIApp:
    """Make the ASGI application that serves a built site (HTTP only, no lifespan events).

    The site stands at the root, and also below `prefix`, the path of its base URL. `overlap_minutes`
    is how far `updated_since` reaches back (overlap.py), `searched` what `search` looks in. `base_url` is the registry's public address,
    "" for the one that is asked. `newer` has what was published since the site was built, None if
    nothing can be.
    """
    site = Site(folder, prefix, overlap_minutes * 60 * timestamp.SECOND, newer, searched)
    answer = _plain if plain else routes.answer

    # Starlette's requests and responses, but not its router: that one does not match a path with
    # a line feed in it, and one function is all there is to route to.
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = None if plain else await discovery.respond(site, request, base_url)
        if response is None:
            state = site.state()
            response = _answer(site, request, answer)
            offer = ready.offer_of(scope)
            if offer is not None and response.status_code in (200, 304):
                offer.stands = _while_unchanged(site, state, response)
        await response(scope, receive, send)

    return application


def _while_unchanged(site: Site, state: object, response: Response) -> ready.Stands:
    """Return what says that an answer stands, made while the site was as `state` says."""
    source, of_file = "", None
    if isinstance(response, transfer.StoredResponse):
        source, of_file = response.source, response.state

    def stands() -> bool:
        return site.state() == state and (not source or file_state(source) == of_file)

    return stands


def _answer(site: Site, request: Request, answer: Callable[[Site, Request], Response]) -> Response:
    if request.method == "OPTIONS":
        return Response(status_code=204, headers={**CORS, "Allow": ", ".join(METHODS)})
    if request.method not in METHODS:
        return _refused(site, request)
    try:
        return transfer.sent(request, answer(site, request))
    except Replaced as error:
        error.show()
        return problem_response(UNREADABLE)


def _refused(site: Site, request: Request) -> Response:
    path = api_path(site.local(SLASHES.sub("/", str(request.scope["path"]))))[1]
    document = write_refusals.refused(request.method, path.partition("/")[2], site.refusals)
    return problem_response(document, {"Allow": ", ".join(METHODS)})


def _plain(site: Site, request: Request) -> Response:
    path = site.local(str(request.scope["path"]))
    # As GitHub Pages, which has a page `a.html` for `/a` although there is a folder `a`.
    file = site.file(path) or (None if path.endswith("/") else site.file(f"{path}.html"))
    if file is None and site.document(path):
        if not path.endswith("/"):
            return Response(status_code=301, headers={**CORS, "Location": raw_path(request) + "/"})
        file = site.document(path)
    return file_response(file) if file else missing(site, path)
