"""Agentic Resource Discovery, as programs that others wrote see it, and the same in `serve` and worker."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conformance.conftest import GiveBuilt, GiveHost

PROGRAMS = Path(__file__).parents[2] / ".venv-agents" / "bin"
ARD = "v0.1/x/com.example.registry/ard"
CARD = "application/mcp-server-card+json"
TAGS = {"tags": ["Weather"]}
POSTS: tuple[tuple[str, Any], ...] = (
    ("search", {"query": {"text": "weather"}}),
    ("search", {"query": {"text": "tells the weather", "filter": TAGS}, "pageSize": 3}),
    ("search", {"query": {"text": "sql"}, "pageToken": "4", "federation": "referrals"}),
    ("search", {"query": {"text": "mail", "filter": {"publisher": "alice.github.io"}}}),
    ("search", {"query": {"text": "weather", "filter": {"type": "application/a2a-agent-card+json"}}}),
    ("search", {"query": {"text": "weather", "filter": {"type": [CARD], "tags": "weather"}}, "pageSize": 999}),
    ("search", {"query": {"text": "weather", "filter": {"stars": 5}}}),
    ("search", {"query": {"text": " "}}),
    ("search", {"query": "weather"}),
    ("search", {"query": {"text": "x"}, "pageToken": "no"}),
    ("search", {"query": {"text": "x"}, "federation": "all"}),
    ("search", []),
    ("explore", {"resultType": {"facets": [{"field": "type"}, {"field": "tags", "limit": 3}, {"field": "publisher"}]}}),
    ("explore", {"query": {"text": "weather"}, "resultType": {"facets": [{"field": "tags", "minCount": 5}]}}),
    ("explore", {"query": {"filter": TAGS}, "resultType": {"facets": [{"field": "publisher", "limit": 2}]}}),
    ("explore", {"resultType": {"facets": [{"field": "colour"}]}}),
    ("explore", {"resultType": {}}),
)  # fmt: skip
LISTS: tuple[Mapping[str, str], ...] = (
    {},
    {"pageSize": "3", "pageToken": "5"},
    {"orderBy": "displayName"},
    {"orderBy": "updatedAt DESC", "pageSize": "2"},
    {"filter": "tags = 'Weather' AND publisher = 'alice.github.io'"},
    {"filter": "tags > 3"},
    {"orderBy": "stars"},
    {"pageToken": "x"},
)


def same(answers: list[httpx.Response], bases: list[str]) -> None:
    """Two hosts gave the same answer, but for their own address."""
    first, second = (
        json.loads(answer.text.replace(base, "BASE"))
        for answer, base in zip(answers, bases, strict=True)
    )
    assert first == second
    assert answers[0].status_code == answers[1].status_code


@pytest.mark.parametrize(("name", "body"), POSTS, ids=str)
def test_serve_and_worker_answer_alike(
    name: str, body: Any, host: GiveHost, client: httpx.Client
) -> None:
    bases = [host("serve"), host("worker")]
    answers = [client.post(f"{base}/{ARD}/{name}", json=body) for base in bases]
    same(answers, bases)
    if answers[0].status_code == 400:
        assert answers[0].json()["errorCode"] == "INVALID_ARGUMENT"


@pytest.mark.parametrize("parameters", LISTS, ids=str)
def test_serve_and_worker_list_alike(
    parameters: Mapping[str, str], host: GiveHost, client: httpx.Client
) -> None:
    bases = [host("serve"), host("worker")]
    same([client.get(f"{base}/{ARD}/agents", params=parameters) for base in bases], bases)


@pytest.mark.parametrize("name", ["serve", "worker", "cloudflare"])
def test_the_first_is_what_search_finds_first(
    name: str, host: GiveHost, client: httpx.Client
) -> None:
    answer = client.post(f"{host(name)}/{ARD}/search", json={"query": {"text": "weather"}})
    found = client.get(f"{host(name)}/v0.1/x/com.example.registry/search", params={"q": "weather"})
    results = answer.json()["results"]
    assert [result["metadata"]["name"] for result in results] == [
        result["name"] for result in found.json()["results"]
    ]
    assert results[0]["score"] == 100
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    asked = client.request("OPTIONS", f"{host(name)}/{ARD}/search")
    assert "POST" in asked.headers["Access-Control-Allow-Methods"]


def test_pages_of_a_list_hold_each_server_once(
    host: GiveHost, built: GiveBuilt, client: httpx.Client
) -> None:
    names, token = [], "0"
    while token:
        page = client.get(f"{host('serve')}/{ARD}/agents", params={"pageToken": token}).json()
        names += [item["metadata"]["name"] for item in page["items"]]
        token = page.get("pageToken", "")
    assert sorted(names) == [version.name for version in built("").catalogue.latest]


def test_a_body_without_end_is_refused(host: GiveHost, client: httpx.Client) -> None:
    for name in ("serve", "worker"):
        answer = client.post(f"{host(name)}/{ARD}/search", content=b"[" * 70_000)
        assert (answer.status_code, answer.json()["errorCode"]) == (400, "INVALID_ARGUMENT")


def _run(*arguments: str, home: Path) -> str:
    done = subprocess.run(
        arguments,
        env={**os.environ, "HOME": str(home), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_hugging_faces_client_finds_servers(host: GiveHost, tmp_path: Path) -> None:
    program = str(PROGRAMS / "hf-discover")
    url = host("serve")
    searched = json.loads(
        _run(program, "search", "weather", "--registry-url", f"{url}/{ARD}", "--json", "--kind", "mcp", home=tmp_path)
    )  # fmt: skip
    assert "weather" in searched["results"][0]["metadata"]["name"]
    navigated = json.loads(
        _run(program, "navigate", url, "weather", "--json", "--kind", "mcp", home=tmp_path)
    )
    assert {(one["kind"], one["status"]) for one in navigated["discovered"]} == {
        ("catalog", "ok"),
        ("registry", "ok"),
    }
    assert any(result["source"].endswith("/ard/search") for result in navigated["results"])


@pytest.mark.parametrize("file", ["ard.json"])
def test_validators_find_nothing(
    file: str, host: GiveHost, client: httpx.Client, tmp_path: Path
) -> None:
    manifest = tmp_path / file
    manifest.write_bytes(client.get(f"{host('serve')}/.well-known/{file}").content)
    _run(str(PROGRAMS / "ard-publish"), "validate", str(manifest), home=tmp_path)
    script = Path(__file__).with_name("ard.mjs")
    assert json.loads(_run("node", str(script), str(manifest), home=tmp_path)) == {
        "errors": [],
        "warnings": [],
    }
