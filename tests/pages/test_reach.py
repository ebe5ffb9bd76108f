"""What a server runs and reaches, and what a version changes about it, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.pages.html.diff import ComparedDocument, changes
from builder.pages.html.reach import reach
from builder.pages.html.reach_changes import ReachChange, reach_changes
from builder.pages.html.reach_words import WayReach, shown_reach
from tests.pages.made import npm

REMOTE = {"type": "streamable-http", "url": "https://api.example.com/mcp"}
SECRET = {"name": "API_KEY", "isSecret": True}
IMAGE = {"registryType": "oci", "identifier": "ghcr.io/acme/weather:1.0.0"}
BUNDLE = "https://github.com/acme/weather/releases/download/v{0}/weather-{0}.mcpb"

KEYS = st.sampled_from(
    [
        "packages",
        "remotes",
        "registryType",
        "identifier",
        "version",
        "url",
        "transport",
        "headers",
        "variables",
        "name",
        "isSecret",
        "isRequired",
        "environmentVariables",
        "runtimeArguments",
        "registryBaseUrl",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def marks(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, bool]]:
    fields = partial(changes, ComparedDocument(before), ComparedDocument(after))
    return [(one.text, one.is_marked) for one in reach_changes(reach(before), reach(after), fields)]


def ways(content: dict[str, Any]) -> Sequence[WayReach]:
    return shown_reach(content, reach(content)).ways


def lines(content: dict[str, Any]) -> list[str]:
    return [
        f"{line.before} {line.name}{line.after}".strip()
        for way in ways(content)
        for line in way.lines
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            {"packages": [npm("@acme/x", environmentVariables=[SECRET])]},
            "Starts the npm package @acme/x 1.0.0, from the public registry npm, with your rights.",
        ),
        (
            {"packages": [npm("x", registryBaseUrl="https://npm.acme.example")]},
            "Starts the npm package x 1.0.0, from npm.acme.example, with your rights.",
        ),
        (
            {"packages": [IMAGE]},
            "Starts the container image ghcr.io/acme/weather 1.0.0, from ghcr.io, in a container, with your rights.",
        ),
        (
            {"remotes": [REMOTE]},
            "Your client talks to api.example.com; nothing is started on your machine.",
        ),
        (
            {"remotes": [REMOTE | {"url": "http://api.example.com/"}]},
            "Your client talks to api.example.com, without encryption; nothing is started on your machine.",
        ),
        (
            {"remotes": [REMOTE | {"url": "https://{host}/mcp"}]},
            "Your client talks to an address that you fill in.",
        ),
        ({"packages": [npm("x", environmentVariables=[SECRET])]}, "Asks for 1 secret: API_KEY"),
        ({"packages": [npm("x")]}, "Asks for no secret."),
    ],
)
def test_the_reach_in_words(content: dict[str, Any], expected: str) -> None:
    assert expected in lines(content)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            {"packages": [npm("x")]},
            {"packages": [npm("x", "1.1.0")]},
            [("npm 1.0.0 → 1.1.0", False)],
        ),
        (
            {"packages": [npm("x")]},
            {"packages": [npm("y")]},
            [("Other package: npm y", True), ("No longer: npm x", False)],
        ),
        (
            {"packages": [IMAGE]},
            {"packages": [IMAGE | {"identifier": "ghcr.io/acme/weather:2.0.0"}]},
            [("OCI image 1.0.0 → 2.0.0", False)],
        ),
        (
            {"packages": [{"registryType": "mcpb", "identifier": BUNDLE.format(1)}]},
            {"packages": [{"registryType": "mcpb", "identifier": BUNDLE.format(2)}]},
            [("Details of its packages", False)],
        ),
        (
            {"remotes": [REMOTE]},
            {"remotes": [REMOTE | {"headers": [SECRET], "url": "https://evil.example/mcp"}]},
            [
                ("New host: evil.example", True),
                ("New secret: API_KEY", True),
                ("No longer: host api.example.com", False),
            ],
        ),
        (
            {"description": "a", "repository": {"url": "https://github.com/acme/x"}},
            {"description": "b", "repository": {"url": "https://github.com/eve/x"}},
            [("Other description", False), ("Other source code", True)],
        ),
        ({"packages": [npm("x")]}, {"packages": [npm("x")]}, [("Nothing but the version number", False)]),
    ],
)  # fmt: skip
def test_what_a_version_changes(
    before: dict[str, Any], after: dict[str, Any], expected: list[tuple[str, bool]]
) -> None:
    assert marks(before, after) == expected


@given(JSON, JSON)
def test_any_two_documents_can_be_compared(before: Any, after: Any) -> None:
    """Whatever new host, secret or package the second one has is marked, as nothing else is."""
    old, new = ({"remotes": one, "packages": one} for one in (before, after))
    found = reach_changes(
        reach(old), reach(new), partial(changes, ComparedDocument(old), ComparedDocument(new))
    )
    assert found
    assert all(isinstance(one, ReachChange) and one.text for one in found)
    shown_reach(new, reach(new))
    widened = {*reach(new).secrets, *reach(new).hosts} - {*reach(old).secrets, *reach(old).hosts}
    assert any(one.is_marked for one in found) or not widened


def test_a_host_that_the_entry_fills_in_is_told() -> None:
    region = {"default": "eu", "choices": ["eu", "evil.example/"]}
    remote = {**REMOTE, "url": "https://{region}.acme.dev/mcp", "variables": {"region": region}}
    assert reach({"remotes": [remote]}).hosts == ("eu.acme.dev", "evil.example")
    assert reach({"remotes": [{**remote, "variables": {}}]}).hosts == ()


def test_two_transports_of_one_host_are_told_once() -> None:
    remotes = [
        {"type": "streamable-http", "url": "https://mcp.acme.dev/mcp"},
        {"type": "sse", "url": "https://mcp.acme.dev/sse"},
    ]
    (way,) = ways({"remotes": remotes})
    assert [line.name for line in way.lines][:1] == ["mcp.acme.dev"]
    other = [*remotes, {"type": "sse", "url": "https://other.acme.dev/sse"}]
    assert len(ways({"remotes": other})) == 2


@given(JSON, st.sampled_from(["packages", "remotes"]))
def test_the_only_way_is_told_as_one_of_two_is(item: Any, key: str) -> None:
    """What a document reaches is what its only way does."""
    others = {"packages": "remotes", "remotes": "packages"}
    beside = {key: [item], others[key]: [{"registryType": "of no kind"}]}
    assert {*ways({key: [item]})} <= {*ways(beside)}


def test_what_it_is_started_with_is_told_whole() -> None:
    flags = [{"type": "named", "name": name} for name in ("--rm", "-i", "-t", "--init", "-q", "-d")]
    root = {"type": "named", "name": "-v", "default": "/:/host"}
    told = lines({"packages": [{**IMAGE, "runtimeArguments": [*flags, root]}]})
    assert "Starts it with the options --rm, -i, -t, --init, -q, -d, -v /:/host" in told


@pytest.mark.parametrize("given", ["--registry={}", "--registry {}"])
def test_a_registry_that_arguments_name_is_where_a_package_comes_from(given: str) -> None:
    words = given.format("https://npm.mallory.example").split()
    arguments = [{"type": "positional", "value": word} for word in words]
    (line, *_) = lines({"packages": [npm("x", runtimeArguments=arguments)]})
    assert line == "Starts the npm package x 1.0.0, from npm.mallory.example, with your rights."
