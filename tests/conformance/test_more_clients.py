"""Clients that read one page, that follow no redirect, or that cannot be installed here.

mcp-registry-sdk 0.1.0 needs Python 3.13, mcp-server-find 0.1.1 does not load in 3.11: their requests are
replayed as they send them. So are those of GitHub Copilot CLI: its license lets anybody install and run it,
but what reads a registry there (`/mcp search`, the policy) wants a login to GitHub first, which also
says which registry; and to take that part out of the program, its license does not allow.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from builder.hosts.table import Tier
from builder.model import timestamp
from builder.model.server_json import OFFICIAL
from tests.conformance import oracle, site
from tests.conformance.conftest import GiveBuilt, GiveHost
from tests.conformance.test_clients import FOLDER, PYTHON, WORD
from tests.conformance.test_promises import TIERS, keys
from tests.patience import PATIENCE

HOSTS = ["serve", "serve --plain", "nginx", "worker"]
FILTERING = [name for name in HOSTS if TIERS[name] is Tier.EDGE]
UNFILTERED = "com.example.registry/unfiltered"


def run(script: str, url: str, home: Path) -> Mapping[str, Any]:
    done = subprocess.run(
        [PYTHON, str(FOLDER / script), url, WORD, site.ODD],
        env={**os.environ, "HOME": str(home)},
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    answer: Mapping[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize("name", HOSTS)
def test_langchain_mcp_registry(
    name: str, host: GiveHost, built: GiveBuilt, tmp_path: Path
) -> None:
    answer = run("langchain.py", host(name), tmp_path)
    latest = [version.name for version in built("").catalogue.latest]
    assert answer["listed"] in (latest, latest[: len(answer["listed"])])
    assert len(answer["listed"]) >= 50
    assert site.ODD in answer["found"]
    assert (answer["got"], answer["missing"]) == (site.ODD, True)


@pytest.mark.parametrize("name", HOSTS)
def test_mcp_lookup(
    name: str, host: GiveHost, built: GiveBuilt, tmp_path: Path, client: httpx.Client
) -> None:
    answer = run("lookup.py", host(name), tmp_path)
    assert answer["got"] == site.ODD
    assert site.ODD in answer["found"]
    # Where nothing is filtered it takes the first server for the answer; the list says so.
    assert answer["missing"] == (name in FILTERING)
    searched = client.get(f"{host(name)}/v0/servers", params={"search": "com.example/missing"})
    assert searched.json()["metadata"].get(UNFILTERED, False) != (name in FILTERING)


def pages(url: str, parameters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Pages as both clients ask for them: no redirect is followed, a cursor is sent back as it came."""
    asked = dict(parameters)
    with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
        while True:
            response = client.get(f"{url}/v0.1/servers", params=asked)
            response.raise_for_status()
            page = response.json()
            yield page
            cursor = page["metadata"].get("nextCursor")
            if not cursor:
                return
            assert cursor != asked.get("cursor"), "mcp-registry-sdk: it would page for ever"
            asked["cursor"] = cursor


def walk(url: str, parameters: Mapping[str, str]) -> list[oracle.Key]:
    return [key for page in pages(url, parameters) for key in keys(page)]


@pytest.mark.parametrize("name", [name for name in HOSTS if TIERS[name] is not Tier.PLAIN])
def test_mcp_registry_sdk(name: str, host: GiveHost, built: GiveBuilt) -> None:
    catalogue = built("").catalogue
    latest = [version.key for version in catalogue.latest]
    assert walk(host(name), {"version": "latest", "limit": "100"}) == latest
    every = [key for key in walk(host(name), {}) if key in {v.key for v in catalogue.versions()}]
    assert set(every) >= set(latest)
    # Its sync: the greatest updatedAt that it has seen. Nothing is later.
    mark = timestamp.render(max(version.updated for version in catalogue.versions()))
    newer = walk(host(name), {"updated_since": mark, "limit": "100"})
    assert newer == [] or name not in FILTERING


@pytest.mark.parametrize("name", [name for name in HOSTS if TIERS[name] is not Tier.PLAIN])
def test_mcp_server_find(name: str, host: GiveHost, built: GiveBuilt) -> None:
    """Its second sync asks by its own clock; it keeps one row of each name, the last that it is given."""
    latest = {version.name: version.version for version in built("").catalogue.latest}
    rows = dict(walk(host(name), {"version": "latest", "limit": "100"}))
    assert rows == latest
    since = datetime.now(UTC).isoformat()
    rows |= dict(walk(host(name), {"version": "latest", "limit": "100", "updated_since": since}))
    assert rows == latest


def newest_rows(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The version of each server that Copilot CLI shows: the first row with the newest `updatedAt`.

    Its clock, JavaScript's, counts milliseconds.
    """
    best: dict[str, tuple[int, str]] = {}
    for row in rows:
        name, version = row["server"]["name"], row["server"]["version"]
        updated = timestamp.parse(row["_meta"][OFFICIAL]["updatedAt"]) // 1_000_000
        if name not in best or updated > best[name][0]:
            best[name] = updated, version
    return {name: version for name, (_, version) in best.items()}


@pytest.mark.parametrize("name", HOSTS)
def test_copilot_cli(name: str, host: GiveHost, built: GiveBuilt, client: httpx.Client) -> None:
    """Requests as of 1.0.54 (all of a search, page by page) and 1.0.87 (one page of 30)."""
    rows: list[Mapping[str, Any]] = []
    asked = {"search": ""}
    while True:
        page = client.get(f"{host(name)}/v0.1/servers", params=asked).json()
        rows += page["servers"]
        if not page["metadata"].get("nextCursor"):
            break
        assert len(rows) <= 1000, "it would go on for ever"
        asked["cursor"] = page["metadata"]["nextCursor"]
    latest = {version.name: version.version for version in built("").catalogue.latest}
    assert newest_rows(rows) == latest
    first = client.get(f"{host(name)}/v0.1/servers", params={"limit": "30"}).json()["servers"]
    assert {row["server"]["name"] for row in first} <= latest.keys()
    allowed = f"{host(name)}/v0.1/servers/{site.ODD.replace('/', '%2F')}/versions/latest"
    answer = client.get(allowed)
    assert (answer.status_code, answer.json()["server"]["name"]) == (200, site.ODD)
    assert client.get(allowed.replace("odd", "missing")).status_code == 404


@pytest.mark.parametrize("name", ["serve --plain"])
def test_a_plain_host_redirects_which_these_do_not_follow(name: str, host: GiveHost) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="301"):
        walk(host(name), {})
