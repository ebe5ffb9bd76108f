"""What a forge says of a server's repository, through its API: GitHub's, GitLab's or Forgejo's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from builder.facts.forge_api import APIS, ForgeServer, RepositoryApi
from builder.model.errors import RemoteError
from builder.model.facts import RepositoryFacts
from builder.net.exchange import AnswerBounds, fetch, open_client

_BOUNDS = AnswerBounds(bytes=1024 * 1024, seconds=20.0)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def ask_forge(
    content: Mapping[str, Any], day: str, servers: Sequence[ForgeServer]
) -> RepositoryFacts | None:
    """Ask for the repository that a server.json names; None if it is at none of these servers.

    Raises RemoteError if the forge does not answer or has no such repository.
    """
    place = _place(content, servers)
    if place is None:
        return None
    server, path = place
    kind = APIS[server.kind]
    url, newest = kind.addresses(server.api.rstrip("/"), path)
    answer = _asked(url, server, kind)
    if not isinstance(answer, dict):
        raise RemoteError(f"{url} answered with something else than a repository")
    commits: Any = answer
    if newest:
        commits = None
        with suppress(RemoteError):  # a repository without a commit has none to tell
            commits = _asked(newest, server, kind)
    return _facts(answer, commits, day, url, kind)


def _place(
    content: Mapping[str, Any], servers: Sequence[ForgeServer]
) -> tuple[ForgeServer, str] | None:
    repository = content.get("repository")
    url = repository.get("url") if isinstance(repository, dict) else None
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
        host = (parts.hostname or "").removeprefix("www.") if parts else ""
    except ValueError:
        return None
    server = next((forge for forge in servers if forge.host == host), None)
    if parts is None or server is None:
        return None
    match = APIS[server.kind].path.fullmatch(parts.path)
    return (server, match[1]) if match else None


def _asked(url: str, server: ForgeServer, kind: RepositoryApi) -> Any:
    headers = {"Accept": kind.accept, **(kind.token(server.token) if server.token else {})}
    with open_client(url, headers) as http:
        try:
            answer = fetch(http, http.build_request("GET", url), _BOUNDS)
        except httpx.HTTPError as error:
            raise RemoteError(f"{url}: {error}") from error
    if answer.status_code != 200:
        raise RemoteError(
            f"{url} answered with status {answer.status_code}",
            help=f"set {server.kind.upper()}_TOKEN: without one a forge answers few questions"
            if answer.status_code in (403, 429)
            else "",
        )
    try:
        return orjson.loads(answer.body)
    except ValueError as error:
        raise RemoteError(f"{url} answered with something else than JSON") from error


def _facts(
    answer: Mapping[str, Any], commits: Any, day: str, source: str, kind: RepositoryApi
) -> RepositoryFacts:
    licence, stars = kind.licence(answer), answer.get(kind.stars)
    pushed: object = None
    with suppress(LookupError, TypeError, AttributeError):
        pushed = kind.pushed(commits)
    return RepositoryFacts(
        asked=day,
        source=source[:200],
        licence=licence[:100] if isinstance(licence, str) else "",
        stars=stars if isinstance(stars, int) and stars >= 0 else 0,
        archived=answer.get("archived") is True,
        pushed=pushed[:10] if isinstance(pushed, str) and _DAY.match(pushed) else "",
    )
