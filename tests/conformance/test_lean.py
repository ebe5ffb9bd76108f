"""A lean site on the hosts themselves: what a client of the API reads is byte for byte the same."""

from __future__ import annotations

import gzip
from urllib.parse import quote

import httpx
import orjson
import pytest

from tests.conformance.conftest import GiveBuilt, GiveHost
from tests.conformance.test_packed import API_DOCUMENT

LEAN = {
    "nginx lean": "nginx",
    "serve lean": "serve",
    "worker lean": "worker",
    "serve packed lean": "serve packed",
    "worker packed lean": "worker packed",
}
"""Each host over the lean site, in files and in packs, and the same one over the usual site."""
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
    assert [row["url"] for row in index] == ["full/1-2.gz", "full/3.gz", "4.json"]
    assert [(row["from"], row["to"]) for row in index[:2]] == [(1, 512), (513, 768)]
    for name, parts in (("1-2", (1, 2)), ("3", (3,))):
        small = _shard(client, f"{host(lean)}/{X}/changes/full/{name}.gz")
        usual = [_shard(client, f"{host(LEAN[lean])}/{X}/changes/full/{n}.json") for n in parts]
        assert _items(gzip.decompress(small)) == b",".join(map(_items, usual))
        assert len(small) * 5 < sum(map(len, usual))


def _shard(client: httpx.Client, url: str) -> bytes:
    answer = client.get(url, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in answer.headers
    return answer.content


def _items(body: bytes) -> bytes:
    """The items of a list as they stand in it."""
    return body.removeprefix(b'{"servers":[').rpartition(b"]")[0]


@pytest.mark.parametrize("lean", [name for name in LEAN if "nginx" not in name])
def test_a_time_of_a_change_is_looked_up_in_a_shard_that_is_gzip(
    lean: str, host: GiveHost, client: httpx.Client
) -> None:
    shard = client.get(f"{host(LEAN[lean])}/{X}/changes/full/2.json").json()
    meta = shard["servers"][7]["_meta"]["com.example.registry/change"]
    query = f"v0.1/servers?limit=100&updated_since={quote(meta['time'])}"
    ours, usual = (client.get(f"{host(name)}/{query}").content for name in (lean, LEAN[lean]))
    assert ours == usual and orjson.loads(ours)["servers"]
