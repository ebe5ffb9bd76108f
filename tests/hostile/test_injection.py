"""Texts that would become a line, an option or a program where somebody else reads them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.hostile.test_addresses_of_others import judge
from tests.ownership.events import ALICE
from tests.ownership.world import Files, World
from tests.registry import entry, entry_file

__all__ = ["judge"]

PACKAGE = {
    "registryType": "npm",
    "identifier": "@example/weather",
    "version": "1.0.0",
    "transport": {"type": "stdio"},
}
STATUS = "servers/io.github.alice/weather/status.yaml"


def package(**changed: Any) -> Files:
    return entry_file("io.github.alice/weather", "1.1.0", packages=[PACKAGE | changed])


@pytest.mark.parametrize(
    ("path", "version"),
    [
        ("1.1.0%0D%0A%3A%3Aset-output%20name=x%3A%3Ay", "1.1.0\r\n::set-output name=x::y"),
        ("1.1.0%0A", "1.1.0\n"),
        ("1.1.0%1B%5B2J", "1.1.0\x1b[2J"),
        ("1.1.0%E2%80%AE", "1.1.0\u202e"),
        ("1.1.0%E2%80%8B", "1.1.0\u200b"),
        ("1.1.0%E2%80%A8", "1.1.0\u2028"),
        ("1.1.0%C2%85", "1.1.0\x85"),
        ("1.1.0%7F", "1.1.0\x7f"),
    ],
    ids=ascii,
)
def test_a_version_with_a_line_end_or_unseen_characters(
    world: World, judge: Any, path: str, version: str
) -> None:
    path = path.replace("=", "%3D")
    document = json.dumps(entry("io.github.alice/weather", version))
    change: Files = {f"servers/io.github.alice/weather/{path}.json": document}
    verdict, rules = judge(world, change, ALICE)
    assert verdict == "reject"
    assert "version-not-one-line" in rules


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"identifier": "--call=id"}, "package-identifier-is-option"),
        ({"identifier": " -c"}, "package-identifier-is-option"),
        ({"identifier": "\t-c"}, "package-identifier-is-option"),
        ({"identifier": "a\nb"}, "package-identifier-is-option"),
        ({"identifier": "a\u200bb"}, "package-identifier-is-option"),
        ({"runtimeHint": "sh -c"}, "invalid-runtime-hint"),
        ({"runtimeHint": "/bin/sh"}, "invalid-runtime-hint"),
        ({"runtimeHint": "../x"}, "invalid-runtime-hint"),
        ({"runtimeHint": "-x"}, "invalid-runtime-hint"),
        ({"runtimeHint": "npx\n"}, "invalid-runtime-hint"),
        ({"runtimeHint": "npx;id"}, "invalid-runtime-hint"),
        ({"runtimeHint": "C:\\x.exe"}, "invalid-runtime-hint"),
        ({"environmentVariables": [{"name": "API KEY"}]}, "invalid-environment-variable-name"),
        ({"environmentVariables": [{"name": "A=B"}]}, "invalid-environment-variable-name"),
        ({"environmentVariables": [{"name": "A\u00a0B"}]}, "invalid-environment-variable-name"),
        ({"environmentVariables": [{"name": "A\u200b"}]}, "invalid-environment-variable-name"),
        ({"version": "1.0.0\n"}, "version-not-one-line"),
        (
            {
                "transport": {
                    "type": "sse",
                    "url": "https://example.com/",
                    "headers": [{"name": "X: 1\r\nY"}],
                }
            },
            "invalid-header-name",
        ),
    ],
    ids=str,
)
def test_what_stands_in_the_place_of_a_name(
    world: World, judge: Any, changed: dict[str, Any], rule: str
) -> None:
    verdict, rules = judge(world, package(**changed), ALICE)
    assert verdict == "reject"
    assert rule in rules


@pytest.mark.parametrize("name", ["X-Key\r\nHost", "X Key", "X:Key", "", "Ключ", "X-Key\n", "X\0"])
def test_a_header_with_another_behind_it(world: World, judge: Any, name: str) -> None:
    remote = {"type": "sse", "url": "https://example.com/", "headers": [{"name": name}]}
    change = entry_file("io.github.alice/weather", "1.1.0", remotes=[remote])
    verdict, rules = judge(world, change, ALICE)
    assert verdict == "reject"
    assert "invalid-header-name" in rules


@pytest.mark.parametrize(
    "message",
    ["Use 2.0.0\n::error::", "a\r\nb", "a\u202eb", "a\u200bb", "a\x1bb", "a\u2028b", "a\n"],
)
def test_a_status_message_of_two_lines_or_unseen_characters(
    world: World, judge: Any, message: str
) -> None:
    text = f'"1.0.0": {{status: deprecated, message: {json.dumps(message)}}}\n'
    verdict, rules = judge(world, {STATUS: text}, ALICE)
    assert verdict == "reject"
    assert "status-message-not-one-line" in rules


def test_a_folded_message_and_one_that_has_landed(world: World, judge: Any) -> None:
    folded = '"1.0.0":\n  status: deprecated\n  message: >-\n    Use\n    2.0.0\n'
    assert judge(world, {STATUS: folded}, ALICE) == ("accept", set())
    world.land({STATUS: '"1.0.0": {status: deprecated, message: "a\\nb"}\n'})
    change = entry_file("io.github.alice/weather", "1.1.0")
    assert judge(world, change, ALICE)[0] == "accept"
