"""The hosts that the policy asks about are those that a client is led to."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.install import inputs, plan
from builder.install.plan import Remote
from builder.install.value import render
from builder.model.filled_in import LONGEST, MOST, addresses
from builder.policy.document import host, package_registries, remote_hosts
from tests.model.test_remote_address import SPELLINGS
from tests.policy.test_lines import DOCUMENT, decided, entry, rule

_NAMES = ("host", "port", "tenant", "x.y", "}{")
_words = st.sampled_from(
    ["mallory.dev", "mallory.dev/", "mal", "lory.dev", "8443", "a@", "/", "?", "#", "{host}", "."]
)
_asked = st.fixed_dictionaries(
    {}, optional={"default": _words, "choices": st.lists(_words, max_size=3)}
)
_urls = st.lists(
    st.sampled_from(
        [*(f"{{{name}}}" for name in _NAMES), ".acme.dev", "acme.dev", ":", "/mcp", "@"]
    ),
    min_size=1,
    max_size=5,
).map(lambda parts: f"https://{''.join(parts)}")
_variables = st.dictionaries(st.sampled_from(_NAMES), _asked)


@given(_urls, _variables)
def test_where_a_remote_leads_who_enters_nothing_is_known(
    url: str, variables: dict[str, Any]
) -> None:
    remote = {"type": "sse", "url": url, "variables": variables}
    led = plan.remote(remote, {}).plain
    if isinstance(led, Remote):
        filled = render(led.url, lambda asked: asked.default or f"{{{asked.id}}}")
        known = remote_hosts({"remotes": [remote]})
        assert host(filled) in {"", *known} or "{" in host(filled)


@given(_urls, st.dictionaries(st.sampled_from(_NAMES), _asked))
def test_so_it_is_of_a_package_that_is_reached_at_an_address(
    url: str, variables: dict[str, Any]
) -> None:
    transport = {"type": "sse", "url": url}
    environment = [{"name": name, **asked} for name, asked in variables.items()]
    package = {"transport": transport, "environmentVariables": environment}
    led = plan.remote(transport, inputs.by_name(package)).plain
    if isinstance(led, Remote):
        filled = render(led.url, lambda asked: asked.default or f"{{{asked.id}}}")
        known = remote_hosts({"packages": [package]})
        assert host(filled) in {"", *known} or "{" in host(filled)


@pytest.mark.parametrize(
    "remote",
    [
        {"url": "https://{tenant}.acme.dev/mcp", "variables": {"tenant": {"default": "evil.dev/"}}},
        {"url": "https://{tenant}/mcp", "variables": {"tenant": {"value": "evil.dev"}}},
        {
            "url": "https://{a}{b}/mcp",
            "variables": {"a": {"default": "evil"}, "b": {"choices": [".x", ".dev"]}},
        },
    ],
)
def test_a_list_of_hosts_is_not_evaded_by_a_variable(remote: dict[str, Any]) -> None:
    document = {"remotes": [{"type": "sse", **remote}]}
    assert decided({"remote-host": "evil.dev"}, entry(document))
    assert decided({"outside": {"remote-host": "*.acme.dev"}}, entry(document))


@pytest.mark.parametrize("spelling", [*SPELLINGS, "https:///mcp.victim.com/mcp"])
def test_a_host_is_the_same_in_every_spelling(spelling: str) -> None:
    document = {"remotes": [{"type": "sse", "url": spelling}]}
    assert decided({"remote-host": "mcp.victim.com"}, entry(document))
    assert decided({"outside": {"remote-host": "*.acme.dev"}}, entry(document))
    package = {"registryType": "npm", "registryBaseUrl": spelling}
    assert package_registries({"packages": [package]}) <= {
        "mcp.victim.com",
        "mcp.victim.com:443",
        "mcp.victim.com:0443",
    }


def test_a_pattern_that_no_host_fits_is_refused() -> None:
    with pytest.raises(ValueError, match="compared in ASCII"):
        rule({"remote-host": "*.bücher.example"})


def test_a_package_on_the_users_own_machine_leads_to_no_host() -> None:
    for url in (
        "http://localhost:8080/mcp",
        "http://127.0.0.1:{port}/",
        "http://{host}/",
        "http://[::1]/",
    ):
        package = {"transport": {"type": "sse", "url": url}}
        assert remote_hosts({"packages": [package]}) == frozenset()
    assert remote_hosts({"packages": [{"transport": {"url": "https://evil.dev/"}}]}) == {"evil.dev"}


def test_a_registry_that_a_variable_of_an_argument_names_is_seen() -> None:
    argument = {"value": "--registry={r}", "variables": {"r": {"default": "https://npm.evil.dev"}}}
    package = {**DOCUMENT["packages"][0], "runtimeArguments": [argument]}
    assert "npm.evil.dev" in package_registries({"packages": [package]})


def test_many_choices_and_long_ones_cost_no_more_than_some() -> None:
    given = {name: tuple(map(str, range(50))) for name in "abcdef"}
    url = f"https://{''.join(f'{{{name}}}' for name in given)}/"
    made = list(addresses((url, given)))
    assert len(made) == MOST + 2
    assert made[1] == "https://000000/"
    # Whatever else there is, the address of who chooses nothing is among them.
    last = ("https://{x}/", {"x": ("evil.dev",)})
    assert "https://evil.dev/" in addresses(*[(url, given)] * 100, last)
    long = list(addresses(("{a}" * 5000, {"a": ("x" * 5000, "y" * 5000)})))
    assert max(map(len, long)) <= LONGEST


def test_values_of_any_shape_are_read() -> None:
    odd = json.loads(
        '{"variables": {"a": 1, "b": {"default": 3, "choices": {"x": 1}}}, "url": "{a}{b}"}'
    )
    assert remote_hosts({"remotes": [odd, None, 3]}) == frozenset()
