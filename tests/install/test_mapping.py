"""Packages and remotes -> commands, addresses, needs, pages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from builder.install import Launch, Recipe, panel
from builder.model.package_types import base_urls, is_public_registry

NAME = "com.example/weather"
KEY = "com-example---weather"
NPM = {"registryType": "npm", "identifier": "w", "version": "1.0.0"}


def launch(**package: Any) -> Launch:
    (only,) = panel(
        NAME,
        {"packages": [{"registryType": "npm", "identifier": "w", "version": "1.0.0", **package}]},
    ).launches
    return only


def remote(**fields: Any) -> Launch:
    body = {"type": "streamable-http", "url": "https://mcp.acme.dev/mcp", **fields}
    (only,) = panel(NAME, {"remotes": [body]}).launches
    return only


def recipe(one: Launch, client: str) -> Recipe:
    return next(found for found in one.recipes if found.client == client)


def config(one: Launch, client: str = "json") -> dict[str, Any]:
    file = recipe(one, client).file
    assert file is not None
    value = json.loads(file.text)
    (server,) = next(table for key, table in value.items() if key != "inputs").values()
    assert isinstance(server, dict)
    return server


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
    titles = [one.title for one in panel(NAME, {"packages": packages}).launches]
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


def test_only_what_is_needed_is_asked_and_written() -> None:
    one = launch(
        environmentVariables=[
            {"name": "ACME_KEY", "isRequired": True, "isSecret": True, "placeholder": "sk-1"},
            {"name": "MODE", "choices": ["a", "b"], "default": "a"},
            {"name": "TOKEN", "isSecret": True},
        ]
    )
    file = recipe(one, "vs-code").file
    assert file is not None
    assert json.loads(file.text)["inputs"] == [
        {
            "type": "promptString",
            "id": "ACME_KEY",
            "description": "ACME_KEY (for example sk-1)",
            "password": True,
        }
    ]
    assert config(one, "vs-code")["env"] == {"ACME_KEY": "${input:ACME_KEY}"}
    written = {client: config(one, client)["env"] for client in ("json", "cursor", "claude-code")}
    assert written == {
        "json": {"ACME_KEY": "<ACME_KEY>"},
        "cursor": {"ACME_KEY": "${env:ACME_KEY}"},
        "claude-code": {"ACME_KEY": "${ACME_KEY}"},
    }
    assert [(switch.name, switch.secret) for switch in one.switches] == [
        ("TOKEN", True),
        ("MODE", False),
    ]


def test_an_optional_key_is_nowhere_and_can_be_switched_on() -> None:
    one = launch(environmentVariables=[{"name": "CONTEXT7_API_KEY", "isSecret": True}])
    assert "env" not in config(one)
    for made in one.recipes:
        texts = [made.command.text if made.command else "", made.file.text if made.file else ""]
        assert "CONTEXT7_API_KEY" not in "".join([*texts, *(link.href for link in made.links)])
        assert made.gaps == ()
    assert [switch.name for switch in one.switches] == ["CONTEXT7_API_KEY"]


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


def test_codex_reads_secrets_from_named_variables() -> None:
    headers = [
        {"name": "Authorization", "value": "Bearer {api_key}", "isRequired": True},
        {"name": "X-Team", "isRequired": True, "isSecret": True},
        {"name": "X-Region", "value": "eu"},
    ]
    found = recipe(remote(headers=headers), "codex")
    assert found.file is not None
    assert found.file.text == (
        f'[mcp_servers.{KEY}]\nurl = "https://mcp.acme.dev/mcp"\n'
        'bearer_token_env_var = "COM_EXAMPLE___WEATHER_API_KEY"\n'
        'env_http_headers.X-Team = "COM_EXAMPLE___WEATHER_X_TEAM"\n'
        'http_headers.X-Region = "eu"\n'
    )
    assert found.command is None
    prefix = "COM_EXAMPLE___WEATHER"
    expected = f"The file reads {prefix}_API_KEY and {prefix}_X_TEAM from Codex's environment."
    assert expected in found.notes


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
        {"identifier": None},
    ],
    ids=["option", "path", "git", "unknown-registry", "docker-option", "nothing"],
)
def test_nothing_starts_that_is_no_package(package: dict[str, Any]) -> None:
    one = launch(**package)
    assert not any(found.usable for found in one.recipes)
    assert one.notes


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "file:///etc/passwd", "https://user:pw@example.com", "https://a b", ""],
)
def test_an_unsafe_remote_is_explained_not_offered(url: str) -> None:
    one = remote(url=url)
    assert not any(found.usable for found in one.recipes)
    assert one.notes


def test_needs() -> None:
    headers = [{"name": "Authorization", "value": "Bearer {key}", "description": "Sign-in"}]
    one = remote(
        url="https://{region}.example.com/mcp",
        headers=headers,
        variables={"region": {"choices": ["eu", "us"], "isRequired": True}},
    )
    assert [(need.kind, need.name, need.required, need.secret) for need in one.needs] == [
        ("url", "region", True, False),
        ("header", "Authorization", False, False),
        ("header", "key", True, True),
    ]
    assert one.needs[0].choices == ("eu", "us")


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
