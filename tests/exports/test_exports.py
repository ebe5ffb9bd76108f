"""Allow-lists: exact, never malformed, and nothing that a publisher writes can widen them."""

from __future__ import annotations

import json
import plistlib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from builder import cli
from builder.build import build
from builder.exports import FORMATS
from builder.exports.managed_settings import canonical
from builder.install import CLIENTS, launches
from builder.rules import current_schema
from tests.build import trees
from tests.exports import vendor_forms
from tests.registry import CONFIG, Registry, entry_file

APPROVED = "approved: {by: Security, at: 2026-01-31, versions: ['1.*']}\n"


def npm(version: str, **fields: Any) -> dict[str, Any]:
    return {
        "registryType": "npm",
        "identifier": "@example/weather",
        "version": version,
        "transport": {"type": "stdio"},
        **fields,
    }


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    made = Registry(
        Path(tmp_path_factory.mktemp("exports"), "registry"),
        CONFIG + "exports: {teams: [{name: platform, collections: [data]}]}\n",
    )
    made.commit(entry_file())
    made.commit(entry_file(version="1.1.0"))
    made.commit(entry_file(version="2.0.0"))
    made.commit(
        entry_file(
            "com.example/remote",
            remotes=[
                {"type": "streamable-http", "url": "HTTPS://MCP.Example.net:443/mcp#part"},
                {"type": "sse", "url": "https://{tenant}.example.net/sse"},
            ],
        )
    )
    made.commit(
        entry_file(
            "com.example/image",
            packages=[
                {
                    "registryType": "oci",
                    "identifier": "ghcr.io/example/image:1.0.0",
                    "transport": {"type": "stdio"},
                    "environmentVariables": [
                        {"name": "API_KEY", "isSecret": True, "isRequired": True},
                        {"name": "REGION", "isRequired": True},
                    ],
                }
            ],
        )
    )
    made.commit(
        {
            "servers/com.example/weather/overlay.yaml": APPROVED,
            "servers/com.example/weather/status.yaml": '"1.0.0": {status: deleted}\n',
            "overlays/house.yaml": f"servers: [com.example/remote]\n{APPROVED}",
            "collections/data.yaml": "title: Data\n"
            "servers: [com.example/image, com.example/weather, com.example/gone]\n",
        }
    )
    return made


@pytest.fixture(scope="module")
def site(registry: Registry) -> dict[str, bytes]:
    return trees.clean(registry.repository)


def settings(site: dict[str, bytes], scope: str, client: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(site[f"exports/{scope}/{client}/managed-settings.json"])
    return loaded


def test_claude_code_may_start_the_approved_versions_word_by_word(site: dict[str, bytes]) -> None:
    assert settings(site, "all", "claude-code") == {
        "allowManagedMcpServersOnly": True,
        "allowedMcpServers": [
            {"serverUrl": "https://mcp.example.net/mcp"},
            {"serverCommand": ["npx", "-y", "@example/weather@1.1.0"]},
            {"serverCommand": ["cmd", "/c", "npx", "-y", "@example/weather@1.1.0"]},
        ],
        "deniedMcpServers": [
            {"serverCommand": ["npx", "-y", "@example/weather@1.0.0"]},
            {"serverCommand": ["cmd", "/c", "npx", "-y", "@example/weather@1.0.0"]},
        ],
    }


def test_what_is_blocked_is_denied_also_what_is_not_here(tmp_path: Path) -> None:
    made = Registry(tmp_path / "registry", CONFIG + "exports: {servers: all}\n")
    made.commit({**entry_file(), **entry_file("com.evil/coins")})
    made.commit(
        {
            "blocks.yaml": "- {name: com.evil/coins, reason: malware}\n"
            "- {name: com.evil/other, reason: policy}\n"
        }
    )
    out = tmp_path / "public"
    build.build(made.repository, "HEAD", out, 1)
    made.commit(entry_file(version="1.1.0"))
    build.build(made.repository, "HEAD", out, 1)  # goes on from what the last one read
    site = trees.read(out)
    assert trees.differences(site, trees.clean(made.repository)) == []
    denied = settings(site, "all", "claude-code")["deniedMcpServers"]
    assert denied == [
        {"serverCommand": ["npx", "-y", "@evil/coins@1.0.0"]},
        {"serverCommand": ["cmd", "/c", "npx", "-y", "@evil/coins@1.0.0"]},
        {"serverName": "com-evil---other"},
    ]


def test_copilot_starts_packages_as_vs_code_and_as_its_cli_do(site: dict[str, bytes]) -> None:
    allowed = settings(site, "all", "copilot")["allowedMcpServers"]
    assert {"serverCommand": ["npx", "@example/weather@1.1.0"]} in allowed
    assert {"serverCommand": ["npx", "-y", "@example/weather@1.1.0"]} in allowed


def test_what_no_list_can_hold_is_told(site: dict[str, bytes]) -> None:
    (row,) = json.loads(site["exports/all/claude-code/left-out.json"])["leftOut"]
    assert row["name"] == "com.example/remote"
    assert row["reason"] == "The address depends on what its user enters."
    assert b"The address depends" in site["exports/claude-code/index.html"]
    (row,) = json.loads(site["exports/all/toolhive/left-out.json"])["leftOut"]
    assert (row["name"], row["version"]) == ("com.example/remote", "1.0.0")
    assert "breaks the current schema" in row["reason"]
    assert b"breaks the current schema" in site["exports/toolhive/index.html"]
    (row,) = json.loads(site["exports/collections/data/docker/left-out.json"])["leftOut"]
    assert row["name"] == "com.example/weather"


def test_a_collection_and_a_team_have_lists_of_their_own(site: dict[str, bytes]) -> None:
    collection = settings(site, "collections/data", "claude-code")
    assert collection == settings(site, "teams/platform", "claude-code")
    words = [one["serverCommand"] for one in collection["allowedMcpServers"]]
    image = ["docker", "run", "-i", "--rm", "-e", "API_KEY", "-e", "REGION"]
    assert words[0] == [*image, "ghcr.io/example/image:1.0.0"]
    assert not any("2.0.0" in word for line in words for word in line)


def test_vs_code_reads_the_collection_as_its_registry(site: dict[str, bytes]) -> None:
    policies = {
        "ChatMCP": "registry",
        "McpGalleryServiceUrl": "https://registry.example.com/collections/data",
    }
    folder = "exports/collections/data/vs-code"
    assert json.loads(site[f"{folder}/policy.json"]) == policies
    (payload,) = plistlib.loads(site[f"{folder}/vscode.mobileconfig"])["PayloadContent"]
    assert policies.items() <= payload.items()
    assert '"ChatMCP"="registry"\r\n' in site[f"{folder}/vscode.reg"].decode("utf-16")


def test_the_catalogues_of_other_programs(site: dict[str, bytes]) -> None:
    folder = "exports/collections/data"
    kiro = json.loads(site[f"{folder}/kiro/registry.json"])["servers"]
    assert [(one["server"]["name"], one["server"]["version"]) for one in kiro] == [
        ("com.example/image", "1.0.0"),
        ("com.example/weather", "1.1.0"),
    ]
    toolhive = json.loads(site[f"{folder}/toolhive/registry.json"])
    assert toolhive["version"] == "1.0.0"
    assert {one["name"] for one in toolhive["data"]["servers"]} == {
        "com.example/image",
        "com.example/weather",
    }
    docker = yaml.safe_load(site[f"{folder}/docker/catalog.yaml"])["registry"]
    assert docker == {
        "com-example---image": {
            "title": "com-example---image",
            "description": "Tells the weather.",
            "type": "server",
            "image": "ghcr.io/example/image:1.0.0",
            "secrets": [{"name": "com-example---image.api_key", "env": "API_KEY"}],
            "env": [{"name": "REGION", "value": "{{com-example---image.region}}"}],
        }
    }
    cline = json.loads(site["exports/all/cline/remote-config.json"])
    assert cline["blockPersonalRemoteMCPServers"] is True


@pytest.mark.parametrize("file", vendor_forms.FORMS)
def test_every_file_has_the_form_that_its_reader_documents(
    site: dict[str, bytes], file: str
) -> None:
    made = {path: body for path, body in site.items() if path.endswith(f"/{file}")}
    assert len(made) >= 3
    for path, body in made.items():
        document = yaml.safe_load(body)
        jsonschema.validate(document, vendor_forms.FORMS[file], jsonschema.Draft202012Validator)
        for server in document.get("data", {}).get("servers", ()):
            assert current_schema.fault(server) == "", path


def test_the_index_names_every_file_with_its_hash(site: dict[str, bytes]) -> None:
    files = json.loads(site["exports/index.json"])["files"]
    assert {one["format"] for one in files} == set(FORMATS)
    assert all(f"exports/{one['url']}" in site for one in files)
    assert b"com.example/weather 1.0.0: status" in site["feeds/exports.atom"]


@pytest.mark.parametrize(
    ("url", "compared"),
    [
        ("https://example.net", "https://example.net/"),
        ("https://Example.NET.:443/A?b=C#d", "https://example.net/A?b=C"),
        ("http://example.net:8080/", "http://example.net:8080/"),
        ("http://[::1]:80/mcp", "http://[::1]/mcp"),
    ],
)
def test_addresses_are_as_clients_compare_them(url: str, compared: str) -> None:
    assert canonical(url) == compared


_WORDS = st.text(alphabet="ab$*{}-/ ", min_size=1, max_size=6)


@given(st.lists(_WORDS, max_size=3), _WORDS)
def test_no_publisher_widens_a_list(words: list[str], path: str) -> None:
    """Whatever an entry says, an entry of a list is one exact command or one exact address."""
    from builder.install.starts import starts

    arguments = [{"type": "positional", "value": word} for word in words]
    document = {
        "packages": [npm("1.0.0", packageArguments=arguments)],
        "remotes": [{"type": "streamable-http", "url": f"https://example.net/{path}"}],
    }
    for start in starts("com.example/weather", document, CLIENTS):
        assert bool(start.reason) != bool(start.commands or start.url)
        assert "*" not in start.url
        assert "$" not in start.url
        assert not any("$" in word for line in start.commands for word in line)


def test_commands_are_those_of_the_install_panel(registry: Registry) -> None:
    from builder.install.starts import starts

    document = registry.load().catalogue.by_name["com.example/weather"].versions[0].content()
    for client in CLIENTS:
        (start,) = starts("com.example/weather", document, (client,))
        recipe = launches("com.example/weather", document, (client,))[0].recipes[0]
        words = start.commands[0]
        if recipe.file and recipe.file.language == "json":
            assert f'"{words[-1]}"' in recipe.file.text


def run(registry: Registry, *words: str) -> int:
    return cli.run(["export", *words, "--root", str(registry.root)])


def test_the_command_prints_what_the_site_has(
    registry: Registry, site: dict[str, bytes], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run(registry, "claude-code", "--collection", "data") == 0
    printed = capfdbinary.readouterr().out
    assert printed == site["exports/collections/data/claude-code/managed-settings.json"]


def test_the_command_writes_every_file_of_a_format(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(registry, "vs-code", "--team", "platform", "--out", str(tmp_path)) == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        "policy.json",
        "vscode.mobileconfig",
        "vscode.reg",
    }
    assert len(capsys.readouterr().out.splitlines()) == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("claude",), "did you mean claude-code?"),
        (("kiro", "--collection", "none"), "there are: collections/data, teams/platform"),
    ],
)
def test_the_command_says_what_there_is(
    registry: Registry, words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(registry, *words) == 2
    assert said in capsys.readouterr().err


def test_without_an_approval_there_is_no_list(tmp_path: Path) -> None:
    made = Registry(tmp_path / "registry")
    made.commit(entry_file())
    site = trees.clean(made.repository)
    assert [path for path in site if path.startswith("exports/")] == ["exports/index.html"]
    assert b"no server is approved" in site["exports/index.html"]
