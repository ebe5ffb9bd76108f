"""Switches: what they add to a text is what the text would hold if the setting were required."""

from __future__ import annotations

import copy
import json
import shlex
import tomllib
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.install import Launch, RecipeFile, panel
from builder.install.pieces import shown
from tests.install.documents import published

NAME = "com.acme/weather"
NPM = {"registryType": "npm", "identifier": "w", "version": "1.0.0"}
OCI = {"registryType": "oci", "identifier": "ghcr.io/acme/w:1.0.0"}
HTTP = {"type": "streamable-http", "url": "https://mcp.acme.dev/mcp"}
_MARKS = ("\ufdd0", "\ufdd1")


def _item(name: str, *, secret: bool, value: str) -> dict[str, Any]:
    item: dict[str, Any] = {"name": name, "isSecret": secret, "description": "It's {this}"}
    return item | ({"value": value} if value else {})


_items = st.lists(
    st.builds(
        _item,
        st.sampled_from(["TOKEN", "ACME_KEY", "MODE", "X-Acme", "Authorization"]),
        secret=st.booleans(),
        value=st.sampled_from(["", "", "Bearer {token}", "fixed, ]"]),
    ),
    unique_by=lambda item: item["name"],
    max_size=4,
)
_bodies = st.one_of(
    st.builds(lambda items: {"packages": [{**NPM, "environmentVariables": items}]}, _items),
    st.builds(lambda items: {"packages": [{**OCI, "environmentVariables": items}]}, _items),
    st.builds(lambda items: {"remotes": [{**HTTP, "headers": items}]}, _items),
)


@settings(deadline=None, max_examples=60)
@given(_bodies, st.data())
def test_switched_on_is_required(body: dict[str, Any], data: st.DataObject) -> None:
    (launch,) = panel(NAME, body).launches
    names = {switch.name: switch.id for switch in launch.switches}
    on = data.draw(st.sets(st.sampled_from(sorted(names)))) if names else set()
    required = copy.deepcopy(body)
    for item in _settings(required):
        if item["name"] in on:
            item["isRequired"] = True
    (expected,) = panel(NAME, required).launches
    chosen = {names[name] for name in on}
    for ours, theirs in zip(launch.recipes, expected.recipes, strict=True):
        if ours.file is not None and theirs.file is not None:
            assert _parsed(_text(ours.file, chosen), ours.file) == _parsed(
                theirs.file.text, theirs.file
            )
        if ours.command is not None and ours.command.pieces and theirs.command is not None:
            text = shown(ours.command.pieces, chosen)
            assert shlex.split(text) == shlex.split(theirs.command.text)
            assert text == shlex.join(shlex.split(text))


def _settings(body: dict[str, Any]) -> list[dict[str, Any]]:
    (launch,) = body.get("packages") or body["remotes"]
    items = launch.get("environmentVariables") or launch.get("headers") or []
    assert isinstance(items, list)
    return items


def _text(file: RecipeFile, chosen: set[str]) -> str:
    return shown(file.pieces, chosen) if file.pieces else file.text


def _parsed(text: str, file: RecipeFile) -> Any:
    parsers: dict[str, Callable[[str], Any]] = {
        "json": json.loads,
        "toml": tomllib.loads,
        "yaml": yaml.safe_load,
    }
    value = parsers[file.language](text)
    if isinstance(value.get("inputs"), list):
        value["inputs"] = sorted(value["inputs"], key=lambda prompt: str(prompt["id"]))
    return value


def test_every_published_entry_reads_back_with_all_switches_and_with_none() -> None:
    latest = {document["name"]: document for document in published()}
    for name, document in latest.items():
        for launch in panel(name, document).launches:
            _check(launch)


def _check(launch: Launch) -> None:
    everything = {switch.id for switch in launch.switches}
    for recipe in launch.recipes:
        for text in (recipe.command, recipe.file):
            if text is None or not text.pieces:
                continue
            assert shown(text.pieces) == text.text
            assert not any(mark in shown(text.pieces, everything) for mark in _MARKS)
            assert {s for piece in text.pieces for s in piece.switches} <= everything
            if isinstance(text, RecipeFile):
                _parsed(text.text, text)
                _parsed(shown(text.pieces, everything), text)


def test_optional_parts_of_a_command_are_switches_too() -> None:
    package = OCI | {
        "runtimeArguments": [
            {
                "type": "named",
                "name": "--network",
                "value": "{network}",
                "variables": {"network": {}},
            }
        ],
        "packageArguments": [{"type": "named", "name": "--toolsets", "description": "Which"}],
    }
    (launch,) = panel(NAME, {"packages": [package]}).launches
    assert [switch.name for switch in launch.switches] == ["--network", "--toolsets"]
    command = next(recipe.command for recipe in launch.recipes if recipe.client == "codex")
    assert command is not None
    plain = "codex mcp add com-acme---weather -- docker run -i --rm ghcr.io/acme/w:1.0.0"
    assert command.text == plain
    full = shown(command.pieces, {switch.id for switch in launch.switches})
    assert full == plain.replace(
        "ghcr.io/acme/w:1.0.0",
        "--network '<network>' ghcr.io/acme/w:1.0.0 --toolsets '<toolsets>'",
    )


@pytest.mark.parametrize("client", ["copilot-cli"])
def test_headers_that_a_policy_compares_stay(client: str) -> None:
    header = {"name": "X-Acme", "isSecret": True}
    (launch,) = panel(NAME, {"remotes": [HTTP | {"headers": [header]}]}).launches
    files = {recipe.client: recipe.file.text for recipe in launch.recipes if recipe.file}
    assert "X-Acme" in files[client]
    assert "X-Acme" not in files["json"]
