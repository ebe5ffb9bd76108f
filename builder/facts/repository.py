"""What a forge says of a server's repository, through its API: GitHub's, or one that speaks it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from builder.model.errors import RemoteError
from builder.model.facts import RepositoryFacts
from builder.net.exchange import AnswerBounds, fetch, open_client

API = "https://api.github.com"
_BOUNDS = AnswerBounds(bytes=1024 * 1024, seconds=20.0)
_PATH = re.compile(r"/([A-Za-z0-9_.-]+)/([A-Za-z0-9_.-]+?)(?:\.git)?(?:/.*)?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def ask_forge(
    content: Mapping[str, Any], day: str, token: str = "", api: str = API
) -> RepositoryFacts | None:
    """Ask for the repository that a server.json names; None if it names none of this forge.

    Raises RemoteError if the forge does not answer or has no such repository.
    """
    place = _place(content)
    if place is None:
        return None
    url = f"{api}/repos/{place[0]}/{place[1]}"
    headers = {"Accept": "application/vnd.github+json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    with open_client(url, headers) as http:
        try:
            answer = fetch(http, http.build_request("GET", url), _BOUNDS)
        except httpx.HTTPError as error:
            raise RemoteError(f"{url}: {error}") from error
    if answer.status_code != 200:
        raise RemoteError(
            f"{url} answered with status {answer.status_code}",
            help="set GITHUB_TOKEN: without one GitHub answers 60 questions an hour"
            if answer.status_code in (403, 429)
            else "",
        )
    return _facts(orjson.loads(answer.body), day, url)


def _place(content: Mapping[str, Any]) -> tuple[str, str] | None:
    repository = content.get("repository")
    url = repository.get("url") if isinstance(repository, dict) else None
    parts = urlsplit(url) if isinstance(url, str) else None
    if parts is None or parts.hostname not in ("github.com", "www.github.com"):
        return None
    match = _PATH.fullmatch(parts.path)
    return (match[1], match[2]) if match else None


def _facts(found: Any, day: str, source: str) -> RepositoryFacts:
    if not isinstance(found, dict):
        raise RemoteError(f"{source} answered with something else than a repository")
    licence, stars, pushed = (
        found.get(key) for key in ("license", "stargazers_count", "pushed_at")
    )
    spdx = licence.get("spdx_id") if isinstance(licence, dict) else None
    named = isinstance(spdx, str) and spdx != "NOASSERTION"
    return RepositoryFacts(
        asked=day,
        source=source,
        licence=str(spdx)[:100] if named else "",
        stars=stars if isinstance(stars, int) and stars >= 0 else 0,
        archived=found.get("archived") is True,
        pushed=str(pushed)[:10] if isinstance(pushed, str) and _DAY.match(pushed) else "",
    )
