"""The rule language: the first line that matches decides, whatever index finds it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.model.mirror_settings import MirrorPolicy
from builder.model.policy_rule import PolicyRule
from builder.policy import decide, lines
from builder.policy.difference import differences
from builder.policy.document import fingerprint
from builder.policy.entry import PolicyEntry

DAY = 24 * 3600 * 10**9
DOCUMENT: dict[str, Any] = {
    "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
    "name": "io.github.alice/weather",
    "version": "1.0.0",
    "repository": {"url": "https://github.com/alice/weather.git", "source": "github"},
    "packages": [
        {
            "registryType": "npm",
            "identifier": "@alice/weather",
            "version": "1.0.0",
            "transport": {"type": "stdio"},
            "environmentVariables": [{"name": "API_KEY", "isSecret": True}],
        },
        {
            "registryType": "oci",
            "identifier": "docker.io/mcp/weather:1.0",
            "transport": {"type": "stdio"},
        },
    ],
    "remotes": [{"type": "sse", "url": "https://{tenant}.example.com:8443/mcp"}],
}
OTHER = {"packages": [{**DOCUMENT["packages"][0], "identifier": "@bob/weather"}]}


def entry(document: dict[str, Any] = DOCUMENT, **more: Any) -> PolicyEntry:
    name = more.pop("name", "io.github.alice/weather")
    return PolicyEntry(name=name, version="1.0.0", load=lambda: document, **more)


def rule(match: dict[str, Any], do: str = "reject") -> PolicyRule:
    return PolicyRule.model_validate({"match": match, "do": do, "because": "it is so"})


def decided(match: dict[str, Any], about: PolicyEntry) -> bool:
    found = decide.indexed(lines.of_rules((rule(match),), ("rules",))).decide(about)
    return found.do == "reject"


@pytest.mark.parametrize(
    "match",
    [
        {},
        {"name": "io.github.alice/*"},
        {"name": ["com.example/x", "IO.GitHub.Alice/Weather"]},
        {"version": "1.*"},
        {"namespace": "io.github.*"},
        {"publisher": "Alice"},
        {"publisher": "583231"},
        {"package-type": "oci"},
        {"package": "npm:@alice/*"},
        {"package": "mcp/weather"},
        {"package": "oci:docker.io/mcp/*"},
        {"package-registry": "*.npmjs.org"},
        {"transport": ["sse", "streamable-http"]},
        {"remote-host": "*.example.com"},
        {"repository": "github.com/alice/*"},
        {"status": "active"},
        {"schema": "2025-12-*"},
        {"has-secrets": "true"},
        {"published-before": "7d"},
        {"published-within": "9d"},
        {"fingerprint": fingerprint(DOCUMENT)},
        {"change": "other-package"},
        {"change": "any"},
        {"outside": {"package-type": ["npm", "pypi"]}},
        {"outside": {"remote-host": "*.acme.example"}, "name": "*/weather"},
    ],
    ids=str,
)
def test_a_line_matches(match: dict[str, Any]) -> None:
    about = entry(
        load_previous=lambda: OTHER, published=0, now=8 * DAY, accounts=frozenset({"583231"})
    )
    assert decided(match, about)


@pytest.mark.parametrize(
    "given",
    [
        {"runtimeArguments": [{"type": "named", "name": "--registry", "value": "ADDRESS"}]},
        {"runtimeArguments": [{"type": "named", "name": "--registry", "default": "ADDRESS"}]},
        {"runtimeArguments": [{"type": "named", "name": "--registry", "choices": ["ADDRESS"]}]},
        {"runtimeArguments": [{"type": "positional", "value": "--registry=ADDRESS"}]},
        {"environmentVariables": [{"name": "NPM_CONFIG_REGISTRY", "value": "ADDRESS"}]},
        {"registryBaseUrl": "ADDRESS"},
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "address",
    [
        "https://npm.mallory.example",
        r"https://npm.mallory.example\@registry.npmjs.org/",
        r"https:\\npm.mallory.example/",
    ],
)
def test_a_registry_that_an_entry_has_its_runner_ask_is_one_of_its_packages(
    given: dict[str, Any], address: str
) -> None:
    line = {"outside": {"package-registry": ["registry.npmjs.org", "docker.io"]}}
    package = json.loads(json.dumps(given).replace("ADDRESS", json.dumps(address)[1:-1]))
    both = {"packages": [{**DOCUMENT["packages"][0], **package}, DOCUMENT["packages"][1]]}
    assert decided(line, entry(both))
    assert not decided(line, entry())


def test_an_address_of_a_registry_that_is_none_decides_nothing() -> None:
    package = {**DOCUMENT["packages"][0], "registryBaseUrl": "https://[x"}
    assert not decided({"package-registry": "x"}, entry({"packages": [package]}))


@pytest.mark.parametrize(
    "match",
    [
        {"name": "io.github.bob/*"},
        {"name": "io.github.alice/*", "package-type": "pypi"},
        {"package": "npm:mcp/weather"},
        {"package": "@alice"},
        {"remote-host": "example.com"},
        {"has-secrets": "false"},
        {"published-before": "2w"},
        {"published-within": "1d"},
        {"change": "new-host"},
        {"outside": {"package-type": ["npm", "oci"]}},
        {"outside": {"name": "*/weather"}},
    ],
    ids=str,
)
def test_a_line_does_not_match(match: dict[str, Any]) -> None:
    previous = {**DOCUMENT, "packages": OTHER["packages"]}
    assert not decided(match, entry(load_previous=lambda: previous, published=0, now=8 * DAY))


def test_what_is_not_published_yet_has_no_age() -> None:
    assert not decided({"published-before": "0m"}, entry())
    assert decided({"published-within": "0m"}, entry())


NAMES = st.sampled_from(["com.a/x", "com.a/y", "com.b/x", "COM.A/x", "io.github.alice/x"])
PATTERNS = st.sampled_from(["com.a/x", "com.a/*", "Com.B/*", "*/x", "*", "io.github.?lice/x"])
MATCHES = st.one_of(
    st.builds(lambda names: {"name": names}, st.lists(PATTERNS, min_size=1, max_size=3)),
    st.builds(
        lambda space: {"namespace": space}, st.sampled_from(["com.a", "com.*", "io.github.alice"])
    ),
    st.just({"outside": {"name": ["com.a/*"]}}),
)


@given(
    st.lists(st.tuples(MATCHES, st.sampled_from(["accept", "review", "reject"])), max_size=8), NAMES
)
def test_the_index_finds_what_asking_every_line_in_turn_finds(
    given_lines: list[tuple[dict[str, Any], str]], name: str
) -> None:
    listed = list(lines.of_rules(tuple(rule(*written) for written in given_lines), ("rules",)))
    about = entry(name=name)
    first = next((line for line in listed if line.matches(about)), None)
    found = decide.indexed(listed).decide(about)
    assert found.path == (first.path if first else ()) and found.do == (
        first.do if first else "accept"
    )


def test_include_and_exclude_are_two_lines() -> None:
    policy = MirrorPolicy(include=("com.example/*",), exclude=("*/old",))
    asked = decide.indexed(lines.of_mirror(policy))
    paths = {name: asked.decide(entry(name=name)).path[-1:] for name in ("com.example/old", "a/b")}
    assert paths == {"com.example/old": ("exclude",), "a/b": ("include",)}
    assert asked.decide(entry(name="com.example/new")).do == "accept"


def test_a_fingerprint_is_of_what_runs() -> None:
    reordered = dict(reversed(DOCUMENT.items())) | {"description": "Another text."}
    assert fingerprint(reordered) == fingerprint(DOCUMENT)
    started = [
        {**DOCUMENT["packages"][0], "packageArguments": [{"type": "positional", "value": "x"}]}
    ]
    assert fingerprint({**DOCUMENT, "packages": started}) != fingerprint(DOCUMENT)


def test_a_fingerprint_is_of_a_variable_whatever_it_is_called() -> None:
    def leads_to(host: str, about: str = "") -> dict[str, Any]:
        variables = {"description": {"default": host, "description": about}}
        url = "https://{description}/mcp"
        return {"remotes": [{"type": "sse", "url": url, "variables": variables}]}

    assert fingerprint(leads_to("good.example")) != fingerprint(leads_to("evil.example"))
    assert fingerprint(leads_to("good.example")) == fingerprint(leads_to("good.example", "A host."))


def test_differences_in_kind() -> None:
    package = DOCUMENT["packages"][0]
    later = {
        **DOCUMENT,
        "repository": {"url": "https://github.com/mallory/weather"},
        "packages": [
            {
                **package,
                "version": "1.1.0",
                "registryBaseUrl": "https://npm.evil.example",
                "environmentVariables": [{"name": "API_KEY", "isSecret": True}, {"name": "HOME"}],
                "packageArguments": [{"type": "named", "name": "--post", "value": "yes"}],
                "transport": {
                    "type": "streamable-http",
                    "headers": [{"name": "T", "isSecret": True}],
                },
            }
        ],
        "remotes": [{"type": "sse", "url": "https://evil.example/mcp"}],
    }
    assert [tuple(difference) for difference in differences(DOCUMENT, later)] == [
        ("other-registry", "packages from npm.evil.example"),
        ("new-host", "remote at evil.example"),
        ("new-transport", "transport streamable-http"),
        ("new-secret", "secret T"),
        ("new-variable", "variable HOME"),
        ("new-argument", "argument --post yes"),
        (
            "other-repository",
            "repository github.com/mallory/weather, before github.com/alice/weather",
        ),
    ]
    newer = {
        **DOCUMENT,
        "packages": [
            {**package, "version": "1.0.1"},
            {**DOCUMENT["packages"][1], "identifier": "docker.io/mcp/weather:1.1"},
        ],
    }
    assert differences(DOCUMENT, newer) == ()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=4),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "packages",
                        "remotes",
                        "transport",
                        "headers",
                        "variables",
                        "registryType",
                        "identifier",
                        "url",
                        "isSecret",
                        "repository",
                        "value",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    ).filter(lambda value: isinstance(value, dict))
)
def test_a_document_of_any_shape_is_read(document: dict[str, Any]) -> None:
    about = entry(document, load_previous=lambda: DOCUMENT)
    assert dict(lines.values(about)) and isinstance(about.has_secrets, bool)
