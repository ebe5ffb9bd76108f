"""Spellings of an address: which are one, and which are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.model.remote_address import host, key, remotes

ADDRESS = "https://mcp.victim.com/mcp"
SPELLINGS = (
    "https://mcp.victim.com/mcp/",
    "https://MCP.Victim.COM/mcp",
    "HTTPS://mcp.victim.com/mcp",
    "https://mcp.victim.com:443/mcp",
    "https://mcp.victim.com:0443/mcp",
    "https://mcp.victim.com/mcp?",
    "https://mcp.victim.com/mcp?&",
    "https://mcp.victim.com/%6dcp",
    "https://mcp.victim.com/%6D%63p",
    "https://mcp.victim.com//mcp//",
    "https://mcp%2Evictim.com/mcp",
    "https://{user}@mcp.victim.com/mcp",
    "https://mcp.victim.com/./mcp",
    "https://mcp.victim.com/a/../mcp",
    "https://mcp.victim.com/a/%2e%2E/mcp",
    "https://mcp.victim.com/mcp#top",
    "https://mcp.victim.com./mcp",
    "https://user:word@mcp.victim.com/mcp",
    "https:\\\\mcp.victim.com\\mcp",
    "https:/mcp.victim.com/mcp",
    "https://mcp。victim。com/mcp",
    "https://ｍｃｐ.victim.com/mcp",
    "https://mcp.vic\u00adtim.com/mcp",
    "https://mcp.victim.com/m\tcp",
    " https://mcp.victim.com/mcp\n",
    "https://mcp.victim.com:{port}/mcp",
)
OTHERS = (
    "https://mcp.victim.com/MCP",
    "https://mcp.victim.com/mcp2",
    "https://mcp.victim.com/",
    "https://mcp.victim.com:8443/mcp",
    "https://mcp.victim.com/mcp?tenant=a",
    "https://mcp.victim.com/mcp%2F",
    "https://victim.com/mcp",
    "http://mcp.victim.com/mcp",
)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_spellings_of_one_address_have_one_key(spelling: str) -> None:
    assert key(spelling) == key(ADDRESS)
    assert host(spelling) == "mcp.victim.com"


@pytest.mark.parametrize("other", OTHERS)
def test_other_addresses_have_other_keys(other: str) -> None:
    assert key(other) != key(ADDRESS)


def test_escapes_of_other_characters_are_compared_without_case() -> None:
    assert key("https://x.com/a%3ab") == key("https://x.com/a%3Ab") != key("https://x.com/a:b")
    assert key("https://xn--bcher-kva.de/") == key("https://bücher.de")


@given(text=st.text(max_size=60))
def test_any_text_has_a_key_that_is_its_own_key(text: str) -> None:
    once = key(f"https://{text}")
    assert key(once) == once or not host(f"https://{text}")


@given(data=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_have_remotes_or_none(data: bytes) -> None:
    assert isinstance(remotes(data), tuple)


@pytest.mark.parametrize(
    "text",
    ['{"remotes": 1}', '[{"remotes": []}]', '{"remotes": [1, {}, {"url": 2}, {"url": ""}]}'],
)
def test_what_is_no_list_of_addresses_has_none(text: str) -> None:
    assert remotes(text.encode()) == ()


def test_an_escaped_key_is_read() -> None:
    text = b'{"\\u0072emotes": [{"url": "https://a.b/"}]}'
    assert remotes(text) == ((0, "https://a.b/"),)
