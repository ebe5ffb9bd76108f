"""Allow-lists: exact, never malformed, and nothing that a publisher writes can widen them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.build import build
from builder.exports.managed_settings import canonical
from builder.install import CLIENTS, launches
from builder.install.starts import starts
from tests.build import trees
from tests.exports.reading import managed_settings
from tests.registry import CONFIG, Registry, entry_file, package


def test_claude_code_may_start_the_approved_versions_word_by_word(site: dict[str, bytes]) -> None:
    assert managed_settings(site, "all", "claude-code") == {
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


def test_copilot_starts_packages_as_vs_code_and_as_its_cli_do(site: dict[str, bytes]) -> None:
    allowed = managed_settings(site, "all", "copilot")["allowedMcpServers"]
    assert {"serverCommand": ["npx", "@example/weather@1.1.0"]} in allowed
    assert {"serverCommand": ["npx", "-y", "@example/weather@1.1.0"]} in allowed


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
    denied = managed_settings(site, "all", "claude-code")["deniedMcpServers"]
    assert denied == [
        {"serverCommand": ["npx", "-y", "@evil/coins@1.0.0"]},
        {"serverCommand": ["cmd", "/c", "npx", "-y", "@evil/coins@1.0.0"]},
        {"serverName": "com-evil---other"},
    ]


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
    collection = managed_settings(site, "collections/data", "claude-code")
    assert collection == managed_settings(site, "teams/platform", "claude-code")
    words = [row["serverCommand"] for row in collection["allowedMcpServers"]]
    image = ["docker", "run", "-i", "--rm", "-e", "API_KEY", "-e", "REGION"]
    assert words[0] == [*image, "ghcr.io/example/image:1.0.0"]
    assert not any("2.0.0" in word for line in words for word in line)


def test_without_an_approval_there_is_no_list(tmp_path: Path) -> None:
    made = Registry(tmp_path / "registry")
    made.commit(entry_file())
    site = trees.clean(made.repository)
    assert [path for path in site if path.startswith("exports/")] == ["exports/index.html"]
    assert b"no server is approved" in site["exports/index.html"]


@pytest.mark.parametrize(
    ("url", "compared"),
    [
        ("https://example.net", "https://example.net/"),
        ("https://Example.NET.:443/A?b=C#d", "https://example.net/A?b=C"),
        ("http://example.net:8080/", "http://example.net:8080/"),
        ("http://[::1]:80/mcp", "http://[::1]/mcp"),
        ("https://example.net:0/mcp", "https://example.net:0/mcp"),
        ("https://[v1.a]/mcp", "https://[v1.a]/mcp"),
    ],
)
def test_addresses_are_as_clients_compare_them(url: str, compared: str) -> None:
    assert canonical(url) == compared


_WORDS = st.text(alphabet="ab$*{}-/ ", min_size=1, max_size=6)


@given(st.lists(_WORDS, max_size=3), _WORDS)
def test_no_publisher_widens_a_list(words: list[str], path: str) -> None:
    """Whatever an entry says, an entry of a list is one exact command or one exact address."""
    arguments = [{"type": "positional", "value": word} for word in words]
    document = {
        "packages": [{**package("com.example/weather", "1.0.0"), "packageArguments": arguments}],
        "remotes": [{"type": "streamable-http", "url": f"https://example.net/{path}"}],
    }
    for start in starts("com.example/weather", document, CLIENTS):
        assert bool(start.reason) != bool(start.commands or start.url)
        assert "*" not in start.url
        assert "$" not in start.url
        assert not any("$" in word for line in start.commands for word in line)


def test_commands_are_those_of_the_install_panel(registry: Registry) -> None:
    document = registry.load().catalogue.by_name["com.example/weather"].versions[0].content()
    for client in CLIENTS:
        (start,) = starts("com.example/weather", document, (client,))
        recipe = launches("com.example/weather", document, (client,))[0].recipes[0]
        words = start.commands[0]
        if recipe.file and recipe.file.language == "json":
            assert f'"{words[-1]}"' in recipe.file.text
