"""Remotes, packages and repositories -> the addresses that clients connect to and people read."""

from __future__ import annotations

from typing import Any

import pytest

from builder.install import panel
from builder.model.package_types import base_urls, is_public_registry
from tests.install.panels import NAME, config, launch, recipe, remote


def test_the_address_field_follows_client_and_transport() -> None:
    http, sse = remote(), remote(type="sse")
    fields = {
        client: tuple(
            next(key for key in config(one, client) if "rl" in key.lower()) for one in (http, sse)
        )
        for client in ("cursor", "gemini-cli", "windsurf")
    }
    assert fields == {
        "cursor": ("url", "url"),
        "gemini-cli": ("httpUrl", "url"),
        "windsurf": ("serverUrl", "serverUrl"),
    }
    assert [config(one, "claude-code")["type"] for one in (http, sse)] == ["http", "sse"]
    assert not recipe(sse, "codex").usable
    goose = [recipe(one, "goose").links[0].href for one in (http, sse)]
    assert ["type=streamable_http" in href for href in goose] == [True, False]


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "file:///etc/passwd", "https://user:pw@example.com", "https://a b", ""],
)
def test_an_unsafe_remote_is_explained_not_offered(url: str) -> None:
    one = remote(url=url)
    assert not any(found.usable for found in one.recipes)
    assert one.notes


@pytest.mark.parametrize(
    ("package", "href"),
    [
        (
            {"registryType": "npm", "identifier": "@a/w", "version": "1.0.0"},
            "https://www.npmjs.com/package/@a/w/v/1.0.0",
        ),
        (
            {"registryType": "pypi", "identifier": "w", "version": "1.0"},
            "https://pypi.org/project/w/1.0/",
        ),
        (
            {"registryType": "nuget", "identifier": "A.W", "version": "1.0.0"},
            "https://www.nuget.org/packages/A.W/1.0.0",
        ),
        (
            {"registryType": "cargo", "identifier": "w", "version": "1.0.0"},
            "https://crates.io/crates/w/1.0.0",
        ),
        ({"registryType": "oci", "identifier": "docker.io/a/w:1"}, "https://hub.docker.com/r/a/w"),
        ({"registryType": "oci", "identifier": "redis"}, "https://hub.docker.com/_/redis"),
        ({"registryType": "oci", "identifier": "ghcr.io/a/w@sha256:0"}, "https://ghcr.io/a/w"),
        ({"registryType": "oci", "identifier": "quay.io/a/w"}, "https://quay.io/repository/a/w"),
        ({"registryType": "oci", "identifier": "registry.example.com:5000/w"}, None),
        (
            {
                "registryType": "mcpb",
                "identifier": "https://github.com/a/w/releases/download/v1/w.mcpb",
            },
            "https://github.com/a/w/releases/tag/v1",
        ),
        ({"registryType": "mcpb", "identifier": "http://example.com/w.mcpb"}, None),
    ],
    ids=lambda value: value["identifier"] if isinstance(value, dict) else "",
)
def test_package_page(package: dict[str, Any], href: str | None) -> None:
    web = launch(**package).web
    assert (web.href if web else None) == href


def test_repository_link() -> None:
    github = {"url": "https://github.com/a/w.git", "subfolder": "servers/w"}
    link = panel(NAME, {"repository": github}).repository
    assert link is not None
    assert link.href == "https://github.com/a/w/tree/HEAD/servers/w"
    assert panel(NAME, {"repository": {"url": "http://github.com/a/w"}}).repository is None


@pytest.mark.parametrize(
    ("kind", "base", "usual"),
    [
        ("pypi", base_urls()["pypi"], True),
        ("pypi", f"{base_urls()['pypi']}/simple", True),
        ("npm", f"{base_urls()['npm']}/", True),
        ("nuget", "https://nuget.org", True),
        ("pypi", base_urls()["npm"], False),
        ("npm", "https://org", False),
        ("npm", "https://npm.example.com", False),
        ("pypi", "https://[", False),
        ("oci", "https://ghcr.io", False),
        ("pypi", "", False),
    ],
)
def test_the_public_registry_is_known_by_its_host(kind: str, base: str, usual: bool) -> None:
    assert is_public_registry(kind, base) is usual


@pytest.mark.parametrize("default", ["80 80", '1/"x', "a@evil.example", "x\\y"])
def test_a_default_that_makes_no_address_is_no_remote(default: str) -> None:
    variables = {"port": {"default": default}}
    one = remote(url="https://mcp.acme.dev:{port}/mcp", variables=variables)
    assert one.reason
    assert not any(found.usable for found in one.recipes)
