"""A collection is a registry of its own, on every kind of host."""

from __future__ import annotations

from urllib.parse import quote

import httpx
import pytest

from tests.conformance import running
from tests.conformance.conftest import GiveBuilt, GiveHost
from tests.conformance.site import CHOSEN, DELETED, ODD, PARTLY_DELETED, PREFIX

SHOWN = [name for name in CHOSEN if name != DELETED]
ANSWERING = ("serve", "worker", "cloudflare")


def names(response: httpx.Response) -> list[str]:
    assert response.status_code == 200
    return [server["server"]["name"] for server in response.json()["servers"]]


@pytest.fixture(params=running.HOSTS)
def base(request: pytest.FixtureRequest, host: GiveHost) -> str:
    return f"{host(request.param)}/collections/chosen"


def test_a_client_finds_the_official_paths(base: str, client: httpx.Client) -> None:
    listed = client.get(f"{base}/v0.1/servers")
    assert listed.headers["content-type"].startswith("application/json")
    assert set(names(listed)) == set(SHOWN)
    assert "nextCursor" not in listed.json()["metadata"]
    assert names(client.get(f"{base}/v0/servers?limit=50&version=latest"))[: len(SHOWN)]
    for name in SHOWN:
        versions = client.get(f"{base}/v0.1/servers/{quote(name, safe='')}/versions")
        assert set(names(versions)) == {name}
        latest = client.get(f"{base}/v0.1/servers/{quote(name, safe='')}/versions/latest")
        assert latest.json()["server"]["name"] == name
        version = quote(latest.json()["server"]["version"], safe="")
        single = client.get(f"{base}/v0.1/servers/{quote(name, safe='')}/versions/{version}")
        assert single.json() == latest.json()
        assert single.headers["content-type"].startswith("application/json")
        assert single.headers["access-control-allow-origin"] == "*"


def test_no_other_server_is_there(base: str, client: httpx.Client) -> None:
    for name in ("io.github.alice/mail-0", DELETED, "no.such/server"):
        missing = client.get(f"{base}/v0.1/servers/{quote(name, safe='')}/versions/latest")
        assert missing.status_code == 404
    assert client.get(f"{base}x/v0.1/servers").status_code == 404


@pytest.mark.parametrize("name", ANSWERING)
def test_queries_are_answered_from_the_collection_alone(
    name: str, host: GiveHost, client: httpx.Client
) -> None:
    servers = f"{host(name)}/collections/chosen/v0.1/servers"
    assert names(client.get(f"{servers}?version=latest")) == sorted(SHOWN)
    assert set(names(client.get(f"{servers}?search=maps"))) == {"io.github.bob/maps-1"}
    seen, cursor = [], ""
    while True:
        page = client.get(f"{servers}?version=latest&limit=1&cursor={cursor}")
        seen += names(page)
        cursor = page.json()["metadata"].get("nextCursor", "")
        if not cursor:
            break
    assert seen == sorted(SHOWN)
    deleted = names(client.get(f"{servers}?include_deleted=true&limit=100"))
    assert set(deleted) == set(SHOWN)
    versions = f"{servers}/{quote(PARTLY_DELETED, safe='')}/versions"
    assert len(names(client.get(f"{versions}?include_deleted=true"))) == 2
    hidden = f"{servers}/io.github.alice%2Fmail-7/versions?include_deleted=true"
    assert client.get(hidden).status_code == 404


@pytest.mark.parametrize("name", ["nginx", "caddy", "apache"])
def test_below_a_path_too(
    name: str, host: GiveHost, built: GiveBuilt, client: httpx.Client
) -> None:
    base = f"{host(name, PREFIX)}/collections/chosen"
    latest = client.get(f"{base}/v0.1/servers/{quote(ODD, safe='')}/versions/latest")
    assert latest.json()["server"]["name"] == ODD
