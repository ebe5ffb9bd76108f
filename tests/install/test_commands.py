"""Packages -> commands: how each type is started, and what is done before."""

from __future__ import annotations

from typing import Any

import pytest

from builder.install import Launch, panel
from tests.install.panels import NAME, config, launch, recipe

NPM = {"registryType": "npm", "identifier": "w", "version": "1.0.0"}


def argv(one: Launch, client: str = "json") -> str:
    found = config(one, client)
    return " ".join([found["command"], *found.get("args", [])])


def test_one_package_over_several_transports_is_told_apart() -> None:
    packages = [
        {**NPM, "transport": {"type": kind, "url": url}}
        for kind, url in (
            ("stdio", ""),
            ("sse", "http://localhost:1/sse"),
            ("streamable-http", "http://localhost:1/mcp"),
        )
    ]
    titles = [launch.title for launch in panel(NAME, {"packages": packages}).launches]
    assert titles == [
        "npm package",
        "npm package, streamable HTTP",
        "npm package, SSE, the old transport",
    ]


@pytest.mark.parametrize(
    ("package", "plain", "asked"),
    [
        (
            {"registryType": "npm", "identifier": "@acme/w", "version": "1.2.3"},
            "npx -y @acme/w@1.2.3",
            "npx @acme/w@1.2.3",
        ),
        (
            {"registryType": "pypi", "identifier": "w", "version": "1.2.3"},
            "uvx w@1.2.3",
            "uvx w@1.2.3",
        ),
        (
            {"registryType": "oci", "identifier": "ghcr.io/acme/w", "version": "1.2.3"},
            "docker run -i --rm ghcr.io/acme/w:1.2.3",
            "docker run -i --rm ghcr.io/acme/w:1.2.3",
        ),
        (
            {"registryType": "oci", "identifier": "ghcr.io/acme/w:1.2.3", "version": "1.2.3"},
            "docker run -i --rm ghcr.io/acme/w:1.2.3",
            "docker run -i --rm ghcr.io/acme/w:1.2.3",
        ),
        (
            {
                "registryType": "nuget",
                "identifier": "Acme.W",
                "version": "1.2.3",
                "packageArguments": [{"type": "positional", "value": "start"}],
            },
            "dnx Acme.W@1.2.3 --yes -- start",
            "dnx Acme.W@1.2.3 --yes -- start",
        ),
        (
            {"registryType": "pypi", "identifier": "w", "registryBaseUrl": "https://pypi.org"},
            "uvx w@1.0.0",
            "uvx w@1.0.0",
        ),
        (
            {"registryBaseUrl": "https://npm.example.com", "identifier": "w", "version": "1.0.0"},
            "npx -y --registry https://npm.example.com w@1.0.0",
            "npx --registry https://npm.example.com w@1.0.0",
        ),
    ],
    ids=["npm", "pypi", "oci", "oci-tagged", "nuget", "pypi-default-base", "npm-other-base"],
)
def test_command(package: dict[str, Any], plain: str, asked: str) -> None:
    assert argv(launch(**package)) == plain
    assert argv(launch(**package), "vs-code") == asked


def test_what_docker_is_told_anyway_is_not_repeated() -> None:
    words = ["run", "-i", "--rm", "-e", "TOKEN", "ghcr.io/acme/w"]
    named = [word.startswith("-") for word in words]
    arguments = [
        {"type": "named", "name": word, "description": "d"}
        if is_named
        else {"type": "positional", "value": word}
        for word, is_named in zip(words, named, strict=True)
    ]
    one = launch(
        registryType="oci", identifier="ghcr.io/acme/w", version="1.0.0", runtimeArguments=arguments
    )
    expected = "docker run -i --rm -e TOKEN ghcr.io/acme/w:1.0.0"
    assert (argv(one), argv(one, "vs-code")) == (expected, expected)


def test_a_package_that_serves_http_is_started_first() -> None:
    one = launch(
        version="1.0.0",
        transport={"type": "streamable-http", "url": "http://localhost:{port}/mcp"},
        packageArguments=[{"type": "named", "name": "--port", "default": "8080"}],
        environmentVariables=[{"name": "KEY", "isRequired": True, "isSecret": True}],
    )
    assert one.before is not None
    assert one.before.text == "env 'KEY=<KEY>' npx -y w@1.0.0 --port 8080"
    assert config(one)["url"] == "http://localhost:8080/mcp"
    assert config(one, "vs-code")["url"] == "http://localhost:8080/mcp"


def test_a_bundle_is_downloaded_and_opened() -> None:
    url = "https://github.com/acme/w/releases/download/v1/w.mcpb"
    one = launch(registryType="mcpb", identifier=url, fileSha256="0" * 64)
    assert [link.href for link in recipe(one, "claude-desktop").links] == [url]
    assert {found.client for found in one.recipes if found.usable} == {"claude-desktop"}
    assert one.sha256 == "0" * 64


def test_a_crate_is_installed_first() -> None:
    one = launch(registryType="cargo", identifier="weather-mcp", version="1.0.0")
    assert one.before is not None
    assert one.before.text == "cargo install --locked weather-mcp --version 1.0.0"
    assert argv(one) == "weather-mcp"


@pytest.mark.parametrize(
    "package",
    [
        {"identifier": "--registry=https://evil.example"},
        {"identifier": "../../etc"},
        {"identifier": "github:evil/evil"},
        {"registryType": "deb", "identifier": "w"},
        {"registryType": "oci", "identifier": "-v/:/host"},
        {"registryType": "oci", "identifier": "ghcr.io/SamYuan1990/w:1.0.0"},
        {"registryType": "oci", "identifier": "ghcr.io/acme/w@sha256:0"},
        {"identifier": None},
    ],
    ids=[
        "option",
        "path",
        "git",
        "unknown-registry",
        "docker-option",
        "image-in-capitals",
        "image-of-no-digest",
        "nothing",
    ],
)
def test_nothing_starts_that_is_no_package(package: dict[str, Any]) -> None:
    one = launch(**package)
    assert not any(found.usable for found in one.recipes)
    assert one.notes
