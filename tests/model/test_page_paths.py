"""Names whose pages have paths of their own, told fast for those that are simple."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from builder.model import page_paths

part = st.text("aZ0._-", min_size=1, max_size=8) | st.sampled_from(
    (".", "..", "", "index.json", "Index.HTML", "index", "a" * 99, "a" * 300, "é", "a\nindex.md")
)


@example(first="index.html", second="weather", version="1.0.0")
@example(first="com.example", second="INDEX.MD", version="1.0.0")
@given(first=part, second=part, version=part | st.just("1.0.0"))
def test_what_is_simple_is_not_refused(first: str, second: str, version: str) -> None:
    name = f"{first}/{second}"
    assert page_paths.refusal(name, version) == page_paths._refusal(name, version)


@pytest.mark.parametrize("name", ["index.html/weather", "com.example/index.json"])
def test_a_folder_of_a_document_is_refused(name: str) -> None:
    assert "which pages have" in page_paths.refusal(name, "1.0.0")
