"""A lean site on the hosts themselves: what a client of the API reads is byte for byte the same."""

from __future__ import annotations

from urllib.parse import quote

import httpx
import orjson
import pytest

from tests.conformance.conftest import GiveBuilt, GiveHost
from tests.conformance.test_packed import API_DOCUMENT

LEAN = {"nginx lean": "nginx", "serve lean": "serve", "worker lean": "worker"}
"""Each host over the lean site, and the same one over the usual site."""
X = "v0.1/x/com.example.registry"


@pytest.mark.parametrize("lean", LEAN)
def test_every_document_of_the_api_is_the_same(
    lean: str, host: GiveHost, built: GiveBuilt, client: httpx.Client
) -> None:
    folder = built("").folder
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("v0.1/**/*.json"))
    shared = [path for path in files if f"{X}/changes" not in path and path != f"{X}/head.json"]
    for path in shared[:: len(shared) // 40]:
        address = quote(API_DOCUMENT.sub(r"\1", path))
        ours, usual = (client.get(f"{host(name)}/{address}") for name in (lean, LEAN[lean]))
        assert (ours.status_code, ours.content) == (usual.status_code, usual.content), path
        assert ours.headers["Content-Type"] == usual.headers["Content-Type"]


@pytest.mark.parametrize("lean", LEAN)
def test_full_shards_of_the_change_log_are_gzip_of_the_same_bytes(
    lean: str, host: GiveHost, client: httpx.Client
) -> None:
    index = client.get(f"{host(lean)}/{X}/changes/index.json").json()["shards"]
    assert [row["url"] for row in index] == ["full/1.gz", "full/2.gz", "full/3.gz", "4.json"]
    head = {"Accept-Encoding": "identity"}
    small = client.get(f"{host(lean)}/{X}/changes/full/1.gz", headers=head)
    assert "Content-Encoding" not in small.headers
    usual = client.get(f"{host(LEAN[lean])}/{X}/changes/full/1.json").content
    assert (
        httpx.Response(200, headers={"Content-Encoding": "gzip"}, content=small.content).content
        == usual
    )
    assert len(small.content) * 5 < len(usual)


@pytest.mark.parametrize("lean", ["serve lean", "worker lean"])
def test_a_time_of_a_change_is_looked_up_in_a_shard_that_is_gzip(
    lean: str, host: GiveHost, client: httpx.Client
) -> None:
    shard = client.get(f"{host(LEAN[lean])}/{X}/changes/full/2.json").json()
    meta = shard["servers"][7]["_meta"]["com.example.registry/change"]
    query = f"v0.1/servers?limit=100&updated_since={quote(meta['time'])}"
    ours, usual = (client.get(f"{host(name)}/{query}").content for name in (lean, LEAN[lean]))
    assert ours == usual and orjson.loads(ours)["servers"]
