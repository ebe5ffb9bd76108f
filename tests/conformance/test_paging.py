"""A client that trusts nextCursor sees every server exactly once, on every host."""

from __future__ import annotations

from collections import Counter

import httpx
import pytest

from tests.conformance import running
from tests.conformance.conftest import GiveBuilt, GiveHost
from tests.conformance.test_promises import keys

CLIENTS = {
    "VS Code": "/v0.1/servers?limit=50&version=latest",
    "Copilot": "/v0.1/servers?limit=30&version=latest",
    "ToolHive": "/v0.1/servers?version=latest&limit=100",
    "Docker": "/v0/servers?version=latest&limit=100",
}
ALL_VERSIONS = {
    "apm": "/v0.1/servers?limit=100",
    "mcp-registry-cli": "/v0/servers?limit=30",
    "a script": "/v0.1/servers",
}
ENOUGH = 50  # requests, for a registry of 522 versions


def _walk(client: httpx.Client, url: str) -> list[tuple[str, str]]:
    seen: list[tuple[str, str]] = []
    cursor = ""
    joint = "&" if "?" in url else "?"
    for _ in range(ENOUGH):
        response = client.get(url + (f"{joint}cursor={cursor}" if cursor else ""))
        assert response.status_code == 200
        seen += keys(response.json())
        cursor = response.json()["metadata"].get("nextCursor", "")
        if not cursor:
            return seen
    raise AssertionError(f"still a nextCursor after {ENOUGH} pages")


@pytest.mark.parametrize("ask", CLIENTS.values(), ids=CLIENTS)
@pytest.mark.parametrize("name", running.HOSTS)
def test_every_server_once(
    name: str, ask: str, host: GiveHost, built: GiveBuilt, client: httpx.Client
) -> None:
    seen = _walk(client, host(name) + ask)
    assert seen == [version.key for version in built("").catalogue.latest]


@pytest.mark.parametrize("ask", ALL_VERSIONS.values(), ids=ALL_VERSIONS)
@pytest.mark.parametrize("name", running.HOSTS)
def test_no_version_twice_and_no_server_missing(
    name: str, ask: str, host: GiveHost, built: GiveBuilt, client: httpx.Client
) -> None:
    seen = _walk(client, host(name) + ask)
    assert max(Counter(seen).values()) == 1
    latest = {version.key for version in built("").catalogue.latest}
    assert latest <= set(seen)


@pytest.mark.parametrize("name", ["nginx", "caddy", "apache", "worker", "cloudflare", "serve"])
def test_the_list_of_all_versions_too(
    name: str, host: GiveHost, built: GiveBuilt, client: httpx.Client
) -> None:
    seen = _walk(client, f"{host(name)}/v0.1/servers?include_deleted=true")
    assert seen == sorted(version.key for version in built("").catalogue.versions())
