"""Every host keeps what its tier promises: the same requests to all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from builder.hosts import table
from builder.hosts.table import Tier
from builder.model import config
from builder.model.page import JSON, PROBLEM
from builder.pages import host_files
from builder.pages.api import write_refusals
from tests.conformance import oracle, running, site
from tests.conformance.conftest import Built, GiveBuilt, GiveHost

PROMISES = yaml.safe_load(Path(__file__).with_name("promises.yaml").read_text())
TIERS = {
    "serve": Tier.EDGE,
    "serve --plain": Tier.PLAIN,
    "nginx": Tier.REWRITING,
    "caddy": Tier.REWRITING,
    "apache": Tier.REWRITING,
    "apache .htaccess": Tier.REWRITING,
    "worker": Tier.EDGE,
    "cloudflare": Tier.EDGE,
    "serve packed": Tier.EDGE,
    "worker packed": Tier.EDGE,
    "cloudflare packed": Tier.EDGE,
}
WITHOUT_PREFIX = {"serve", "serve --plain", "serve packed"}
COMPRESSING = [
    "serve",
    "serve --plain",
    "nginx",
    "caddy",
    "apache",
    "apache .htaccess",
    "cloudflare",
    "serve packed",
    "cloudflare packed",
]
WRITES = (
    ("POST", "/v0.1/publish", 501, "Publishing is not supported by this registry"),
    ("POST", "//v0/publish", 501, "Publishing is not supported by this registry"),
    ("POST", "/v0.1/auth/github-at", 501, "Publishing is not supported by this registry"),
    ("POST", "/v0/validate", 501, "Publishing is not supported by this registry"),
    (
        "PUT",
        "/v0.1/servers/a%2Fb/versions/1.0.0",
        501,
        "Updates are not supported by this registry",
    ),
    ("PATCH", "/v0.1/servers/a%2Fb/status", 501, "Updates are not supported by this registry"),
    (
        "PATCH",
        "/v0/servers/a/b/versions/1/status",
        501,
        "Updates are not supported by this registry",
    ),
    ("DELETE", "/v0.1/servers/a%2Fb/versions/1", 501, "Deletion is not supported by this registry"),
    ("POST", "/v0.1/servers", 403, "Nothing can be written at this address"),
    ("DELETE", "/v0/nothing", 403, "Nothing can be written at this address"),
)
LATEST = "/v0.1/servers/com.example%2Fodd.name_x/versions/latest"


def _requests() -> Iterator[Any]:
    for promise in PROMISES:
        for request in promise["requests"]:
            for name, tier in TIERS.items():
                if name not in request.get("not", ()):
                    answer = request.get("answer") or request[tier.value]
                    yield pytest.param(name, request["ask"], answer, id=f"{name}-{request['ask']}")


@pytest.mark.parametrize(("name", "ask", "answer"), list(_requests()))
def test_promise(
    name: str,
    ask: str,
    answer: Mapping[str, Any],
    host: GiveHost,
    built: GiveBuilt,
    client: httpx.Client,
) -> None:
    _check(client.get(host(name) + _address(ask)), answer, built(""))


@pytest.mark.parametrize("name", sorted(set(TIERS) - WITHOUT_PREFIX))
def test_below_a_path_prefix(
    name: str, host: GiveHost, built: GiveBuilt, client: httpx.Client
) -> None:
    base = host(name, site.PREFIX)
    for promise in PROMISES:
        for request in promise["requests"]:
            if name not in request.get("not", ()):
                answer = request.get("answer") or request[TIERS[name].value]
                _check(client.get(base + _address(request["ask"])), answer, built(site.PREFIX))


def _address(ask: str) -> str:
    return ask.replace("{3000 letters}", "x" * 3000)


def _check(response: httpx.Response, answer: Mapping[str, Any], built: Built) -> None:
    if "problem" in answer:
        status, detail = answer["problem"]
        assert response.status_code == status, response.text
        assert response.headers["Content-Type"] == PROBLEM
        assert response.json().items() >= {"status": status, "detail": detail}.items()
        assert isinstance(response.json()["title"], str)
    elif "status" in answer:
        assert response.status_code == answer["status"]
    else:
        assert response.status_code == 200, response.text
        assert response.headers["Content-Type"] == JSON
        _check_body(response, answer, built)
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def _check_body(response: httpx.Response, answer: Mapping[str, Any], built: Built) -> None:
    if "file" in answer:
        assert response.content == (built.folder / answer["file"]).read_bytes()
        return
    query = answer["oracle"]
    found = oracle.expected(built.catalogue, query)
    if "from" in answer:
        first = httpx.Response(200, content=(built.folder / answer["from"]).read_bytes())
        start = keys(first.json())[0]
        found = [key for key in found if key >= start]
    limit = int(query.get("limit", 30))
    assert keys(response.json()) == found[:limit]
    metadata = response.json()["metadata"]
    assert metadata["count"] == len(found[:limit])
    assert ("nextCursor" in metadata) == (len(found) > limit)


def keys(response: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (server["server"]["name"], server["server"]["version"]) for server in response["servers"]
    ]


@pytest.mark.parametrize("name", TIERS)
def test_each_host_that_runs_is_of_a_tier(name: str) -> None:
    assert set(TIERS) == set(running.HOSTS)
    known = {"nginx": "nginx", "caddy": "caddy", "apache": "apache", "cloudflare": "cloudflare"}
    if name in known:
        assert table.HOSTS[name].tier is TIERS[name]


@pytest.mark.parametrize("name", TIERS)
def test_a_known_document_is_not_sent_again(
    name: str, host: GiveHost, client: httpx.Client
) -> None:
    url = host(name) + LATEST
    for encoding in ("identity", "gzip"):
        headers = {"Accept-Encoding": encoding}
        tag = client.get(url, headers=headers).headers["ETag"]
        again = client.get(url, headers={**headers, "If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        other = client.get(url, headers={**headers, "If-None-Match": '"other"'})
        assert other.status_code == 200


@pytest.mark.parametrize("name", COMPRESSING)
def test_documents_are_compressed_on_the_way(
    name: str, host: GiveHost, client: httpx.Client
) -> None:
    url = f"{host(name)}/v0.1/servers?version=latest"
    response = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    if not name.startswith(
        "cloudflare"
    ):  # there the network in front of workerd compresses and sets Vary
        assert "accept-encoding" in response.headers["Vary"].lower()
    assert int(response.num_bytes_downloaded) < len(response.content) / 5


@pytest.mark.parametrize("name", TIERS)
def test_head_options_and_other_methods(name: str, host: GiveHost, client: httpx.Client) -> None:
    base = host(name)
    head = client.head(base + LATEST)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Type"] == JSON
    options = client.options(base + LATEST, headers={"Origin": "https://example.com"})
    assert options.status_code == 204
    assert "GET" in options.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in options.headers["Access-Control-Allow-Headers"]
    # On a connection of its own: a host that answers without reading the body may then close it
    # (RFC 9112, 9.3), which workerd does at times just when the next request is on its way.
    alone = {"Connection": "close"}
    told = write_refusals.refusals(config.parse(site.settings().encode()))
    for method, path, status, detail in WRITES:
        answer = client.request(method, base + path, json={}, headers=alone)
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, PROBLEM), path
        assert answer.json()["status"] == status
        assert answer.json()["detail"] == told[method if status == 501 else "elsewhere"].detail
        assert answer.json()["detail"].startswith(detail)
        assert status == 403 or answer.headers["Allow"] == "GET, HEAD, OPTIONS"
        assert answer.headers.get_list("Access-Control-Allow-Origin") == ["*"]
    other = client.request("PROPFIND", base + LATEST, headers=alone)
    assert (other.status_code, other.json()["status"]) == (405, 405)


@pytest.mark.parametrize("name", sorted(set(TIERS) - {"apache .htaccess"}))
def test_a_nul_and_a_range_that_is_not_there_have_the_form_of_the_api(
    name: str, host: GiveHost, client: httpx.Client
) -> None:
    base = host(name)
    nul = client.get(f"{base}/v0.1/servers/com.example%2Fodd%00/versions/latest")
    assert nul.status_code in (400, 404)
    far = client.get(
        base + LATEST, headers={"Range": "bytes=900000-", "Accept-Encoding": "identity"}
    )
    assert far.status_code in (200, 416)
    for answer in (nul, far):
        assert answer.headers.get_list("Access-Control-Allow-Origin") == ["*"]
    if TIERS[name] is not Tier.PLAIN:
        assert (nul.headers["Content-Type"], nul.json()["status"]) == (PROBLEM, nul.status_code)
        if far.status_code == 416:
            assert (far.headers["Content-Type"], far.json()["status"]) == (PROBLEM, 416)


@pytest.mark.parametrize("name", sorted(set(TIERS) - WITHOUT_PREFIX - {"worker"}))
def test_caches_keep_what_never_changes_and_ask_for_the_rest(
    name: str, host: GiveHost, built: GiveBuilt, client: httpx.Client
) -> None:
    base, folder = host(name), built("").folder
    shard = next((folder / "v0.1/x/com.example.registry/names/shard").iterdir())
    url = f"{base}/{shard.relative_to(folder)}"
    answer = client.get(url)
    assert answer.headers["Cache-Control"] == host_files.IMMUTABLE
    again = client.get(url, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert again.headers.get("Cache-Control", host_files.IMMUTABLE) == host_files.IMMUTABLE
    for path in (LATEST, "/v0.1/servers", "/v0.1/x/com.example.registry/head.json", "/"):
        cached = client.get(base + path).headers["Cache-Control"]
        assert "must-revalidate" in cached
        assert int(cached.partition("max-age=")[2].partition(",")[0]) <= 60
    for path in ("/v0.1/servers/no%2Fsuch/versions/latest", "/assets/none.css", "/none"):
        missing = client.get(base + path)
        assert (missing.status_code, missing.headers["Cache-Control"]) == (404, host_files.MISSING)
    assert client.get(f"{base}/none").content == (folder / "404.html").read_bytes()
    gone = client.get(f"{url.rpartition('/')[0]}/none.txt")
    assert (gone.status_code, gone.headers["Cache-Control"]) == (404, host_files.MISSING)


@pytest.mark.parametrize("name", sorted(set(TIERS) - {"worker"}))
def test_files_have_the_type_that_the_builder_knows(
    name: str, host: GiveHost, client: httpx.Client
) -> None:
    base, own = host(name), "v0.1/x/com.example.registry"
    for path, kind in {
        "": "text/html",
        "openapi.yaml": "yaml",
        "index.json": "application/json",
        f"{own}/snapshot.jsonl.gz": "application/gzip",
        f"{own}/pages/all/1.json": "application/json",
    }.items():
        found = client.get(f"{base}/{path}").headers["Content-Type"].lower()
        assert kind in found, path
        assert kind != "text/html" or found.replace(" ", "") == "text/html;charset=utf-8"


@pytest.mark.parametrize("name", [name for name, tier in TIERS.items() if tier is Tier.REWRITING])
def test_a_file_that_is_missing_is_a_problem_whatever_its_name(
    name: str, host: GiveHost, client: httpx.Client
) -> None:
    for path in ("pages/all/999.json", "names/shard/none.txt", "snapshot.gz", "none"):
        answer = client.get(f"{host(name)}/v0.1/x/com.example.registry/{path}")
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, PROBLEM), path


@pytest.mark.parametrize("name", TIERS)
def test_no_path_leads_out_of_the_site(name: str, host: GiveHost, client: httpx.Client) -> None:
    for path in ("/../../etc/passwd", "/v0.1/servers/..%2F..%2F..%2F..%2Fetc%2Fpasswd/versions"):
        response = client.get(host(name) + path)
        assert response.status_code in (400, 404)
        assert b"root:" not in response.content
