"""Which domain a namespace is of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.model import domain

labels = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)


@given(parts=st.lists(labels, min_size=1, max_size=10))
def test_every_domain_asked_is_the_namespaces_own_or_a_parent(parts: list[str]) -> None:
    namespace = ".".join(parts)
    name = domain.domain_of(namespace)
    if name is None:
        return
    assert name.split(".") == parts[::-1]
    for asked in domain.lineage(name):
        assert name == asked or name.endswith(f".{asked}")
        assert "." in asked


@given(text=st.text(max_size=300))
def test_any_text_is_a_domain_or_none(text: str) -> None:
    name = domain.domain_of(text)
    assert name is None or (name.isascii() and 3 <= len(name) <= 253)


@pytest.mark.parametrize(
    "namespace",
    [
        "io.github.alice",
        "IO.GitHub.alice",
        "com",
        "1.0.0.127",
        "7.example",
        "com..example",
        "com.example-",
        "a.b.c.d.e.f.g.h.i",
    ],
)
def test_some_namespaces_have_no_domain(namespace: str) -> None:
    assert domain.domain_of(namespace) is None
