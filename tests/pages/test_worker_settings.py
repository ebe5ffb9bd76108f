"""What the edge worker is told of its registry."""

from __future__ import annotations

import pytest

from builder.model import config
from builder.pages import worker
from tests.registry import CONFIG


@pytest.mark.parametrize(
    ("path", "prefix"),
    [
        ("", ""),
        ("/our/registry/", "/our/registry"),
        ("/our%20registry", "/our%20registry"),
        ("/gr\u00f6\u00dfe", "/gr%C3%B6%C3%9Fe"),
        ("/a+b=(d)!,e@f", "/a+b=(d)!,e@f"),
    ],
)
def test_the_prefix_is_as_the_paths_of_requests_are(path: str, prefix: str) -> None:
    text = CONFIG.replace("https://registry.example.com", f"https://registry.example.com{path}")
    assert worker.settings(config.parse(text.encode()))["prefix"] == prefix
