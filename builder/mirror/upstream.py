"""Where a mirror's items come from: a live registry, page by page, or a saved dump."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from builder import USER_AGENT
from builder.model.errors import RegistryError, RemoteError
from builder.net import retry
from builder.net.retry import RetryPolicy, send_with_retries

PAGE = 100


def read_dump(path: Path) -> list[Any]:
    """Read a saved dump: a JSON list of items or a list response, plain or gzipped.

    Raises RegistryError if the file cannot be read or is neither. Single items may be of any shape.
    """
    try:
        data = path.read_bytes()
        if data.startswith(b"\x1f\x8b"):
            data = gzip.decompress(data)
        value = json.loads(data)
    except (OSError, EOFError, ValueError, RecursionError, zlib.error) as error:
        raise RegistryError(f"cannot read {path}: {error}") from error
    items = value.get("servers") if isinstance(value, dict) else value
    if not isinstance(items, list) or (items and not any(map(_is_item, items))):
        raise RegistryError(
            f"{path} is not a dump of a registry",
            help='a dump is a JSON list of {"server": ..., "_meta": ...}, or {"servers": [that list]}',
        )
    return items


def _is_item(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("server"), dict)


def walk(
    url: str, *, updated_since: str | None = None, policy: RetryPolicy = retry.DEFAULT
) -> Iterator[dict[str, Any]]:
    """Walk a registry's list to its end, deleted versions included.

    `updated_since` (RFC 3339) asks only for what changed after it. Raises RemoteError when the
    registry keeps failing, or gives a cursor that it gave before.
    """
    headers = {"User-Agent": USER_AGENT, "Accept": "application/json"}
    seen: set[str] = set()
    query: dict[str, str | int] = {"limit": PAGE}
    query |= {"updated_since": updated_since} if updated_since else {"include_deleted": "true"}
    with httpx.Client(headers=headers, timeout=30, follow_redirects=True) as client:
        while True:
            body = _get(client, f"{url}/v0.1/servers", query, policy)
            yield from body["servers"]
            cursor = (body.get("metadata") or {}).get("nextCursor")
            if not cursor:
                return
            if cursor in seen:
                raise RemoteError(f"{url} gave the cursor {cursor!r} twice: it ignores cursors")
            seen.add(cursor)
            query["cursor"] = cursor


def _get(
    client: httpx.Client, url: str, query: dict[str, str | int], policy: RetryPolicy
) -> dict[str, Any]:
    try:
        response = send_with_retries(lambda: client.get(url, params=query), policy)
        body = response.json() if response.status_code == httpx.codes.OK else None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
        raise RemoteError(f"{url}: {error or type(error).__name__}") from error
    if response.status_code != httpx.codes.OK:
        raise RemoteError(f"{response.url} answered with status {response.status_code}")
    if not isinstance(body, dict) or not isinstance(body.get("servers"), list):
        raise RemoteError(f"{response.url} did not answer with a list of servers")
    return body
