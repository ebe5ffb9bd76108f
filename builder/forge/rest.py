"""A forge's REST API: one request, or all pages of a list, with the errors as ours."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from builder.forge.forge import Refused
from builder.model.errors import RemoteError
from builder.net import retry
from builder.net.exchange import AnswerBounds, fetch
from builder.net.retry import RetryPolicy, send_with_retries

BOUNDS = AnswerBounds(bytes=32 << 20)
NOT_FOUND = 404
_PAGES = 1000
"""Pages of one list that are read at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """An API below the client's base address. `size` is the parameter for the size of a page.

    Where `short_page_is_last` does not hold, a list ends with a page that is empty.
    """

    client: httpx.Client
    retry: RetryPolicy = retry.DEFAULT
    size: str = "per_page"
    page: int = 100
    short_page_is_last: bool = True

    def send(self, method: str, path: str, body: object = None) -> Any:
        """Send one request and return the answer's JSON.

        Raises Refused for a status that is no success, RemoteError if there is no answer.
        """
        request = self.client.build_request(method, path, json=body)
        # A POST that was answered with 502 may have been carried out: never sent twice.
        policy = retry.ONCE if method == "POST" else self.retry
        try:
            response = send_with_retries(lambda: fetch(self.client, request, BOUNDS), policy)
            value = json.loads(response.body) if response.body else None
        except (httpx.HTTPError, ValueError) as error:
            raise RemoteError(f"{method} {request.url}: {error or type(error).__name__}") from error
        if not httpx.codes.is_success(response.status_code):
            message = value.get("message", "") if isinstance(value, dict) else ""
            raise Refused(
                f"{method} {request.url}: status {response.status_code} {message}".rstrip(),
                response.status_code,
            )
        return value

    def send_if_there(self, method: str, path: str) -> Any:
        """Return the same, but None where the answer is that there is no such thing."""
        try:
            return self.send(method, path)
        except Refused as error:
            if error.status != NOT_FOUND:
                raise
            return None

    def pages(self, path: str, query: Mapping[str, str]) -> Iterator[Any]:
        """Yield the items of a list, page after page until one is empty.

        Counted here, not followed from the Link header: the token goes to no other host.
        """
        for number in range(1, _PAGES + 1):
            asked = {**query, self.size: str(self.page), "page": str(number)}
            items = self.send("GET", f"{path}?{httpx.QueryParams(asked)}")
            yield from items
            if not items or (self.short_page_is_last and len(items) < self.page):
                return
        raise RemoteError(f"{path} has more than {_PAGES} pages")
