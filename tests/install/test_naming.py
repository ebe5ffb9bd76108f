"""Keys and secrets: installing one server never touches another."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.install import panel
from builder.install.naming import is_generic, key, prompt_id, variable
from tests.data import dump
from tests.install.documents import published


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("com.notion/mcp", "notion"),
        ("com.figma.mcp/mcp", "figma-mcp"),
        ("com.figma/mcp", "figma"),
        ("ai.waystation/postgres", "waystation-postgres"),
        ("ai.waystation/mcp", "ai-waystation---mcp"),
        ("io.github.upstash/context7", "upstash--context7"),
        ("com.acme/weather", "com-acme---weather"),
        ("com.developer/mcp", "com-developer---mcp"),
        ("com.ide/mcp", "com-ide---mcp"),
        ("com.ide.mcp/mcp", "ide-mcp"),
    ],
)
def test_key(name: str, expected: str) -> None:
    assert key(name) == expected


_labels = st.sampled_from(
    ["com", "ai", "io", "github", "mcp", "notion", "figma", "a", "b", "a-b", "A", "server"]
)
_last = st.sampled_from(
    [
        "mcp",
        "server",
        "notion",
        "a",
        "b",
        "a-b",
        "a--b",
        "a_b",
        "a.b",
        "-a",
        "A",
        "mcp-a",
        "notion-mcp",
    ]
)
_names = st.builds(
    lambda labels, last: f"{'.'.join(labels)}/{last}",
    st.lists(_labels, min_size=1, max_size=5),
    _last | st.text("ab.-_", min_size=1, max_size=5) | st.text("abc-", min_size=40, max_size=80),
)


@given(st.lists(_names, unique=True, min_size=2, max_size=60))
def test_no_two_names_share_a_key(names: list[str]) -> None:
    keys = [key(name) for name in names]
    assert len(set(keys)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,48}", key) for key in keys)


_hostile = st.sampled_from(
    [
        *("com.x/mcp", "ai.x/yy", "ai.x/yy_zz", "ai.x/yy__zz", "ai.x/MCP", "com.x.mcp/mcp"),
        *("io.github.x-yy/zz", "io.github.x/yy-zz", "io.github.x/yy__zz", "ai.x/yy-_zz"),
        *("io.github.com-x/yy", "com.x/yy", "com.x/yy-zz", "org.com.x/yy", f"ai.x/{'yy-' * 20}z"),
    ]
)
_settings = st.sampled_from(
    ["token", "yy-token", "Yy_Token", "-yy-zz-token", "yy__zz_token", "_zz_token", "x--yy-token"]
) | st.text("xyz_-.", min_size=1, max_size=8)


@given(_hostile, _settings, _hostile, _settings)
def test_what_one_server_asks_for_is_never_given_to_another(
    name: str, asked: str, other: str, wanted: str
) -> None:
    for write in (prompt_id, variable):
        own = {write(name, asked, own=True).upper(), write(other, wanted, own=True).upper()}
        assert len(own) == 2 or name == other or _owner(name) == _owner(other)
        if not is_generic(wanted):
            assert write(other, wanted, own=False) != write(name, asked, own=True)


def _owner(name: str) -> str:
    return name.partition("/")[0]


def test_no_two_published_names_share_a_key() -> None:
    names = {document["name"] for document in published()} | set(_dumped())
    assert len(names) > 1000
    assert len({key(name) for name in names}) == len(names)


def _dumped() -> Iterator[str]:
    for date in ("2025-11-27", "2025-12-12"):
        yield from (item["server"]["name"] for item in dump(date))


def test_a_secret_belongs_to_one_namespace() -> None:
    latest = {document["name"]: document for document in published()}
    owners: dict[str, set[str]] = defaultdict(set)
    specific = set()
    for name, document in latest.items():
        for word in set(_references(name, document)):
            owners[word].add(name.partition("/")[0])
        specific |= set(_specific(document))
    shared = {word for word, namespaces in owners.items() if len(namespaces) > 1}
    assert shared <= specific


def _references(name: str, document: dict[str, Any]) -> Iterator[str]:
    """Every prompt and every variable that a recipe of a server reads."""
    for launch in panel(name, document).launches:
        for recipe in launch.recipes:
            text = recipe.file.text if recipe.file else ""
            yield from re.findall(r"\$\{(?:input:|env:)?([\w.-]+)\}", text)
            yield from re.findall(r'_(?:env_var|headers)[\w."-]* = "([A-Z0-9_]+)"', text)


def _specific(document: dict[str, Any]) -> Iterator[str]:
    """The names that the publisher gave, if they say whose they are."""
    for name in re.findall(r'"name": "([\w.-]+)"|\{([\w.-]+)\}', json.dumps(document)):
        given_name = name[0] or name[1]
        if not is_generic(given_name):
            yield from (given_name, re.sub(r"\W", "_", given_name).upper())


@pytest.mark.parametrize(
    ("name", "generic"),
    [
        ("Authorization", True),
        ("X-API-Key", True),
        ("apiKey", True),
        ("TOKEN", True),
        ("GRAFANA_TOKEN", False),
        ("smithery_api_key", False),
        ("HFToken", False),
        ("ACME__WEATHER__TOKEN", True),
        ("acme.weather", True),
    ],
)
def test_generic_names(name: str, generic: bool) -> None:
    assert is_generic(name) is generic


def test_a_header_s_secret_carries_the_servers_name() -> None:
    header = {
        "name": "Authorization",
        "description": "Bearer token",
        "isRequired": True,
        "isSecret": True,
    }
    remote = {"type": "streamable-http", "url": "https://hf.co/mcp", "headers": [header]}
    (launch,) = panel("co.huggingface/hf-mcp-server", {"remotes": [remote]}).launches
    files = {recipe.client: recipe.file.text for recipe in launch.recipes if recipe.file}
    assert "Bearer ${CO_HUGGINGFACE" in files["claude-code"]
    assert "_HF_MCP_SERVER__TOKEN}" in files["claude-code"]
    assert "hf-mcp-server.authorization" in files["vs-code"]
