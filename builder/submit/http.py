"""One exchange in JSON: what was answered, and with which status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from builder.model.errors import RegistryError, RemoteError
from builder.model.secure_address import is_secure_address
from builder.net.exchange import AnswerBounds, fetch, open_client

_BOUNDS = AnswerBounds(bytes=8 << 20, redirects=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonAnswer:
    """A status, and what the body says; None if it is no JSON."""

    status: int
    value: Any

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    def text(self, key: str) -> str:
        """Return a member of the answer that is a text, "" if there is none."""
        value = self.value.get(key) if isinstance(self.value, Mapping) else None
        return value if isinstance(value, str) else ""

    @property
    def problem(self) -> str:
        """What a refusal says: the detail of a problem document and its errors, or the status."""
        value = self.value if isinstance(self.value, Mapping) else {}
        errors = value.get("errors") or ()
        texts = [self.text("detail") or self.text("title") or self.text("error")]
        texts += [str(error.get("message", "")) for error in errors if isinstance(error, Mapping)]
        return "; ".join(text for text in texts if text) or f"status {self.status}"


def require_secure(url: str) -> None:
    """Raise RegistryError for an address where what proves who one is could be read on the way."""
    if not is_secure_address(url):
        raise RegistryError(
            f"{url} is no address by https, and a proof of who you are could be read on the way"
        )


def send(
    method: str, url: str, body: object = None, headers: Mapping[str, str] | None = None
) -> JsonAnswer:
    """Send one request with a JSON body, once; RemoteError if there is no answer."""
    content = None if body is None else body if isinstance(body, bytes) else orjson.dumps(body)
    all_headers = {
        "Accept": "application/json",
        "Content-Type": "application/json",
        **(headers or {}),
    }
    try:
        with open_client(url) as client:
            request = client.build_request(method, url, content=content, headers=all_headers)
            answer = fetch(client, request, _BOUNDS)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise RemoteError(f"{method} {url}: {error or type(error).__name__}") from error
    try:
        value = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        value = None
    return JsonAnswer(status=answer.status_code, value=value)
