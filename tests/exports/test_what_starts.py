"""A catalogue starts what the install panel would start, with the entry's own settings, or leaves the server out."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from builder.exports.catalogues import KIRO
from builder.exports.docker import SERVERS
from builder.exports.formats import _yaml

IMAGE = {
    "registryType": "oci",
    "identifier": "ghcr.io/example/image:1.0.0",
    "transport": {"type": "stdio"},
}


def document(**fields: Any) -> dict[str, Any]:
    return {"name": "com.example/image", "packages": [IMAGE | fields]}


def variable(value: str, **variables: Any) -> dict[str, Any]:
    return document(environmentVariables=[{"name": "MODE", "value": value, "variables": variables}])


def option(*words: str) -> dict[str, Any]:
    return document(runtimeArguments=[{"type": "positional", "value": word} for word in words])


def gateway(made: dict[str, Any]) -> list[dict[str, str]]:
    entry = SERVERS.entry("com.example/image", made)
    assert entry is not None
    settings: list[dict[str, str]] = entry["env"]
    return settings


def test_the_gateway_is_told_what_the_entry_fixes_and_asks_for_the_rest() -> None:
    assert gateway(variable("prod")) == [{"name": "MODE", "value": "prod"}]
    assert gateway(option("-e", "MODE=a=b")) == [{"name": "MODE", "value": "a=b"}]
    given = variable("eu-{zone}", zone={"isRequired": True})
    assert gateway(given) == [{"name": "MODE", "value": "eu-{{com-example---image.mode}}"}]


@pytest.mark.parametrize(
    "made",
    [
        option("-e", "MODE={{other.secret}}"),
        variable("{a}-{b}", a={"isRequired": True}, b={"isRequired": True}),
        variable("Bearer {a}", a={"isRequired": True, "isSecret": True}),
    ],
)
def test_what_the_gateway_cannot_be_told_is_left_out(made: dict[str, Any]) -> None:
    assert SERVERS.entry("com.example/image", made) is None


def test_no_catalogue_has_what_starts_other_code() -> None:
    started = option("--entrypoint", "bash")
    assert KIRO.entry("com.example/image", document())
    assert KIRO.entry("com.example/image", started) is None
    assert SERVERS.entry("com.example/image", started) is None
    remote = {"type": "sse", "url": "https://mcp.example.com/sse"}
    entry = KIRO.entry("com.example/image", started | {"remotes": [remote]})
    assert entry == {"name": "com.example/image", "remotes": [remote]}


def test_half_of_a_surrogate_pair_ends_no_build() -> None:
    made = _yaml(lambda _scope: {"title": "\ud800", "\udfff": ["a"]})
    assert yaml.safe_load(made(None)) == {"title": "?", "?": ["a"]}  # type: ignore[arg-type]
