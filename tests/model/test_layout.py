"""Paths and names: one map, both ways."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.model.layout import Kind, decode_version, encode_version, entry_path, place

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@given(texts)
def test_a_version_survives_its_file_name(version: str) -> None:
    assert decode_version(encode_version(version)) == version


@given(texts)
def test_a_file_name_is_safe_everywhere(version: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_+%-][A-Za-z0-9._+%-]*", encode_version(version))


@given(st.text(max_size=30))
def test_only_the_one_spelling_is_read(stem: str) -> None:
    version = decode_version(stem)
    assert version is None or encode_version(version) == stem


@pytest.mark.parametrize(
    ("version", "stem"),
    [
        ("1.0.0+build.1", "1.0.0+build.1"),
        ("{{VERSION}}", "%7B%7BVERSION%7D%7D"),
        ("1.0.1º", "1.0.1%C2%BA"),
        (".hidden", "%2Ehidden"),
        ("a/b", "a%2Fb"),
        ("1.0~rc1", "1.0%7Erc1"),
        ("upstream", "%75pstream"),
    ],
)
def test_spelling(version: str, stem: str) -> None:
    assert encode_version(version) == stem
    assert entry_path("com.example/x", version) == f"servers/com.example/x/{stem}.json"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("servers/com.example/weather/1.0.0.json", Kind.ENTRY),
        ("servers/com.example/weather/1.0.0.json.sig", Kind.SIGNATURE),
        ("servers/com.example/weather/status.yaml", Kind.STATUS),
        ("servers/com.example/weather/upstream.json", Kind.UPSTREAM),
        ("servers/com.example/namespace.yaml", Kind.NAMESPACE),
        ("servers/README.md", Kind.KEEP),
        ("servers/com.example/weather/.hidden.json", Kind.STRAY),
        ("servers/com.example/weather/%2f.json", Kind.STRAY),
        ("servers/com.example/weather/%41.json", Kind.STRAY),
        ("servers/com.example/weather/deep/1.0.0.json", Kind.STRAY),
        ("servers/com.example/1.0.0.json", Kind.STRAY),
        ("servers//weather/1.0.0.json", Kind.STRAY),
        ("servers/com.example/../1.0.0.json", Kind.STRAY),
        ("servers/./weather/1.0.0.json", Kind.STRAY),
        ("servers/../namespace.yaml", Kind.STRAY),
        ("builder/cli.py", Kind.STRAY),
    ],
)
def test_places(path: str, kind: Kind) -> None:
    assert place(path).kind is kind
