"""URLs are read as Go's net/url reads them (contract, 3.6)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.rules.engine import go_url
from builder.rules.engine.go_url import Url, parse

PARSED = {
    "https://example.com/a%20b?%zz": Url("https", "example.com", "/a b"),
    "HTTPS://Example.com": Url("https", "Example.com", ""),
    "https:example": Url("https", "", ""),
    "https:///path": Url("https", "", "/path"),
    "https://": Url("https", "", ""),
    "//host/x": Url("", "host", "/x"),
    "///x": Url("", "", "///x"),
    "docs/a:b": Url("", "", "docs/a:b"),
    "1https://x": None,
    ":x": None,
    "a b:c": None,
    "": Url("", "", ""),
    "https://user:p%20w@example.com/": Url("https", "example.com", "/"),
    "https://us<er@example.com/": None,
    "https://us%zer@example.com/": None,
    "https://example.com:/": Url("https", "example.com:", "/"),
    "https://example.com:99999/": Url("https", "example.com:99999", "/"),
    "https://example.com:8a/": None,
    "https://a:1:2/": None,
    "redis://a:b:2/": Url("redis", "a:b:2", "/"),
    "https://[::1]:80/": Url("https", "[::1]:80", "/"),
    "https://[fe80::1%25en%200]/": Url("https", "[fe80::1%en 0]", "/"),
    "https://[fe80::1%25]/": None,
    "https://[fe80::1%25%2F]/": None,
    "https://[fe80::1%en0]/": None,
    "https://[127.0.0.1]/": None,
    "https://[::1/": None,
    "https://x[::1]/": None,
    "https://exa mple.com/": None,
    'https://ex<a>"mple.com/': Url("https", 'ex<a>"mple.com', "/"),
    "https://ex%41mple.com/": None,
    "https://ex%25mple.com/": Url("https", "ex%mple.com", "/"),
    "https://b%C3%BCcher.example/": Url("https", "bücher.example", "/"),
    "https://bücher.example/ä|^\\{}": Url("https", "bücher.example", "/ä|^\\{}"),
    "https://example.com/\x7f": None,
    "https://example.com/#\x01": Url("https", "example.com", "/"),
    "https://example.com/#%zz": None,
    "https://example.com/%zz": None,
}


@pytest.mark.parametrize("text", PARSED, ids=repr)
def test_parse(text: str) -> None:
    assert parse(text) == PARSED[text]


@pytest.mark.parametrize(
    ("text", "hostname"),
    [
        ("https://localhost:80/", "localhost"),
        ("https://localhost:/", "localhost"),
        ("https://[::1]:80/", "::1"),
        ("https://[::1]", "::1"),
    ],
)
def test_hostname(text: str, hostname: str) -> None:
    url = parse(text)
    assert url is not None
    assert url.hostname == hostname


@given(st.text())
def test_any_text_is_parsed_or_refused(text: str) -> None:
    for url in (text, f"https://{text}", f"https://[{text}]"):
        parsed = parse(url)
        assert parsed is None or "/" not in parsed.host
    below = parse(f"https://x/{text}")
    assert below is None or (below.scheme, below.host) == ("https", "x")


@given(st.from_regex(r"\Ahttps?:/{0,3}[A-Za-z0-9.:@%_ é-]{0,9}[A-Za-z0-9./~@+%?#: é\n-]{0,12}\Z"))
def test_an_ordinary_address_is_parsed_as_any_other(text: str) -> None:
    assert parse(text) == go_url._parsed(text)
