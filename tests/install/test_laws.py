"""What holds for any document at all."""

from __future__ import annotations

import base64
import json
import re
import shlex
import tomllib
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.install import Launch, Link, Panel, Recipe, launches, panel
from builder.install.clients import CLIENTS
from builder.install.entry import compact
from tests.install.documents import json_values, odd, plausible, published

NAME = "com.example/weather"
SCHEMES = ("https", "vscode", "vscode-insiders", "cursor", "lmstudio", "goose", "cherrystudio")
URL = re.compile(r"[a-z-]+:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*")
BASE64 = ("cursor", "lm-studio")
FULL_NAMES = ("vs-code", "visual-studio", "copilot-cli", "kiro")
SECRET = "s3cr3t-value"
NPM = {"registryType": "npm", "identifier": "a", "version": "1.0.0"}
anything = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])


def check(made: Panel) -> None:
    """Everything that a page relies on."""
    for link in (made.repository, made.website, *(launch.web for launch in made.launches)):
        if link is not None:
            check_link(link)
            assert link.href.startswith("https://")
    for launch in made.launches:
        assert [recipe.client for recipe in launch.recipes] == [client.id for client in CLIENTS]
        assert [recipe.client for recipe in launch.recipes] == [
            client.id for client in made.clients
        ]
        for recipe in launch.recipes:
            check_recipe(recipe)
            assert recipe.usable or recipe.notes or launch.notes, (launch, recipe)
        check_same(launch)


def check_link(link: Link) -> None:
    assert URL.fullmatch(link.href), link.href
    assert urlsplit(link.href).scheme in SCHEMES
    assert not re.search(r"%(?![0-9A-F]{2})", link.href)


def check_recipe(recipe: Recipe) -> None:
    for link in (*recipe.links, *([recipe.readme] if recipe.readme else ())):
        check_link(link)
    if recipe.command:
        words = shlex.split(recipe.command.text)
        assert shlex.join(words) == recipe.command.text
        assert "\n" not in recipe.command.text
    if recipe.file:
        read(recipe)


def read(recipe: Recipe) -> dict[str, Any]:
    """Parse a recipe's file."""
    assert recipe.file is not None
    parse: dict[str, Callable[[str], Any]] = {
        "json": json.loads,
        "toml": tomllib.loads,
        "yaml": _yaml,
    }
    value = parse[recipe.file.language](recipe.file.text)
    assert isinstance(value, dict)
    return value


def _yaml(text: str) -> Any:
    return yaml.load(text, Loader=yaml.CSafeLoader)


def server(recipe: Recipe) -> dict[str, Any]:
    """The server's own object in a recipe's file."""
    value = read(recipe)
    (table,) = (value[key] for key in value if key != "inputs")
    (only,) = table.values() if isinstance(table, dict) else table
    assert isinstance(only, dict)
    return only


def check_same(launch: Launch) -> None:
    """Links, commands and files of one client, and of all clients, say the same."""
    recipes = {recipe.client: recipe for recipe in launch.recipes}
    for client, recipe in recipes.items():
        if recipe.file is None:
            continue
        for link in recipe.links:
            decoded = carried(client, link)
            if decoded is not None:
                assert decoded == server(recipe)
    if recipes["json"].file is None:
        return
    plain = server(recipes["json"])
    for client in ("claude-code", "copilot-cli", "gemini-cli"):
        command = recipes[client].command
        assert command is not None
        words = shlex.split(command.text)
        if "command" in plain:
            after = words[words.index("--") + 1 :]
            program = [plain["command"], *plain.get("args", [])]
            assert after == (program[1:] if client == "gemini-cli" else program)
        else:
            assert plain["url"] in words
    if "command" in plain:
        codex, goose = server(recipes["codex"]), server(recipes["goose"])
        assert {key: codex.get(key) for key in ("command", "args", "env")} == {
            key: plain.get(key) for key in ("command", "args", "env")
        }
        assert [goose["cmd"], *goose["args"]] == [plain["command"], *plain.get("args", [])]
        assert goose.get("envs") == plain.get("env")


def carried(client: str, link: Link) -> Any:
    """The configuration that a link carries; None if it carries none."""
    query = link.href.partition("?")[2]
    if client in ("vs-code", "visual-studio"):
        value = json.loads(unquote(query))
        assert "%" not in json.dumps(value)
        return {key: item for key, item in value.items() if key not in ("name", "inputs")}
    if client == "cherry-studio":
        (config,) = parse_qs(query, strict_parsing=True)["servers"]
        ((config,),) = (table.values() for table in json.loads(base64.b64decode(config)).values())
        return config
    if client in (*BASE64, "kiro"):
        (config,) = parse_qs(query, strict_parsing=True)["config"]
        return json.loads(base64.b64decode(config, validate=True) if client in BASE64 else config)
    return None


@anything
@given(odd | st.dictionaries(st.text(max_size=10), json_values))
def test_no_json_object_raises(document: dict[str, Any]) -> None:
    check(panel(NAME, document))


@anything
@given(plausible)
def test_links_commands_and_files_read_back_and_agree(document: dict[str, Any]) -> None:
    check(panel(NAME, document))


@anything
@given(plausible)
def test_a_secret_is_never_shown(document: dict[str, Any]) -> None:
    inputs = [
        item
        for package in (*document.get("packages", []), *document.get("remotes", []))
        for source in (package, package.get("transport", {}))
        for key in ("environmentVariables", "headers", "packageArguments", "runtimeArguments")
        for item in source.get(key, [])
    ]
    for item in inputs:
        item |= {"isSecret": True, "value": SECRET, "default": SECRET}
    assert SECRET not in repr(panel(NAME, document))


@anything
@given(plausible)
def test_launches_alone_are_those_of_the_panel(document: dict[str, Any]) -> None:
    whole = panel(NAME, document).launches
    assert launches(NAME, document) == tuple(
        replace(launch, recipes=(), json={}) for launch in whole
    )


@given(
    st.recursive(
        st.booleans() | st.text(), lambda one: st.lists(one) | st.dictionaries(st.text(), one)
    )
)
def test_compact_json_is_python_s(value: Any) -> None:
    assert compact(value) == json.dumps(value, separators=(",", ":"))


@given(st.text(min_size=1, max_size=20))
def test_the_key_of_every_client_fits(name: str) -> None:
    remote = {"type": "streamable-http", "url": "https://example.com/mcp"}
    for recipe in panel(name, {"remotes": [remote]}).launches[0].recipes:
        if recipe.file is None:
            continue
        table = next(table for title, table in read(recipe).items() if title != "inputs")
        if isinstance(table, list):
            table = {server["name"]: server for server in table}  # as Continue keeps them
        (key,) = table
        if recipe.client == "goose":  # which goes by the name, in small letters and without spaces
            assert table[key]["name"] == key
        if recipe.client in FULL_NAMES:
            assert key == name
        else:
            assert re.fullmatch(r"[A-Za-z0-9_-]+", key)


def test_every_published_entry() -> None:
    for document in published():
        check(panel(document["name"], document))


@pytest.mark.parametrize(
    "value", ["${HOME}", "$GITHUB_TOKEN", "{env:KEY}", "x {file:~/.ssh/id_rsa}"]
)
def test_what_a_client_replaces_is_named_and_no_link(value: str) -> None:
    remote = {"type": "streamable-http", "url": "https://mcp.acme.dev/mcp"}
    headers = [{"name": "X-Acme", "value": value}]
    (launch,) = panel(NAME, {"remotes": [{**remote, "headers": headers}]}).launches
    assert any("may replace" in note for note in launch.notes)
    assert not any(recipe.links for recipe in launch.recipes)
    assert launch.json["linked"] == []
    (priced,) = panel(
        NAME, {"remotes": [{**remote, "headers": [{"name": "X", "value": "$5"}]}]}
    ).launches
    assert not priced.notes and priced.recipes[0].links


@pytest.mark.parametrize(
    "value",
    ["${HOME}/.ssh", "a\nb", "a\u202eb", "\x1b[2J", "a\xadb", "a\u3164", "a\U000e0041", "a\ufe01"],
    ids=["variable", "line", "bidi", "escape", "hyphen", "filler", "tag", "selector"],
)
def test_what_would_read_otherwise_than_it_runs_is_no_link(value: str) -> None:
    argument = {"type": "positional", "value": value}
    package = {**NPM, "packageArguments": [argument]}
    (launch,) = panel(NAME, {"packages": [package]}).launches
    assert launch.notes
    assert not any(recipe.links for recipe in launch.recipes)


def test_a_percent_sign_costs_vs_code_its_link_and_nobody_else() -> None:
    argument = {"type": "positional", "value": "100%"}
    package = {**NPM, "packageArguments": [argument]}
    (launch,) = panel(NAME, {"packages": [package]}).launches
    linked = {recipe.client for recipe in launch.recipes if recipe.links}
    assert linked == {"cursor", "lm-studio", "kiro", "goose", "cherry-studio"}
    assert launch.recipes[0].command is not None
