"""The registry's own word on a server: wherever the server is shown, and never as the publisher's."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from builder.pages.html.prose import prose
from tests.build import trees
from tests.pages.test_server import text
from tests.registry import Registry, entry_file

OVERLAY = """\
title: House weather
summary: Forecasts that our teams use.
categories: [house-tools]
tags: [forecast]
notes: "Ask **us** first. <script>alert(1)</script> [out](javascript:alert(1)) ![](https://x.example/a.png)"
verified: true
recommended: true
approved: {by: Security, at: 2026-01-31}
contact: help@example.com
documentation: https://example.com/weather
replaced-by: com.example/other
clients: {vs-code: Needs a proxy.}
"""
KEY = "com.example.registry/overlay"
EXTENSION = "v0.1/x/com.example.registry"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    registry = Registry(Path(tmp_path_factory.mktemp("word"), "registry"))
    registry.commit(entry_file(title="Weather"))
    registry.commit(entry_file("com.example/maps"))
    registry.commit({"servers/com.example/weather/overlay.yaml": OVERLAY})
    return trees.clean(registry.repository)


@pytest.mark.parametrize(
    "path",
    [
        "v0.1/servers/index.json",
        "v0.1/servers/com.example/weather/versions/index.json",
        "v0.1/servers/com.example/weather/versions/latest/index.json",
        "v0.1/servers/com.example/weather/versions/1.0.0/index.json",
        "registry.json",
        f"{EXTENSION}/pages/all/1.json",
        f"{EXTENSION}/pages/latest/1.json",
        f"{EXTENSION}/changes/recent.json",
    ],
)
def test_every_answer_of_the_api_has_it(site: dict[str, bytes], path: str) -> None:
    body = json.loads(site[path])
    items = body.get("servers", [body])
    *_, last = [one for one in items if one["server"]["name"] == "com.example/weather"]
    assert last["server"]["title"] == "Weather"
    assert last["_meta"][KEY]["title"] == "House weather"
    assert last["_meta"][KEY]["approved"] == {"by": "Security", "at": "2026-01-31"}


def test_the_snapshot_has_it(site: dict[str, bytes]) -> None:
    lines = gzip.decompress(site[f"{EXTENSION}/snapshot.jsonl.gz"]).splitlines()
    assert sum(KEY.encode() in line for line in lines) == 1


def test_the_page_marks_it_as_the_registrys(site: dict[str, bytes]) -> None:
    page = site["servers/com.example/weather/index.html"]
    shown = text(page)
    for words in (
        "What this registry says",
        "Recommended by this registry",
        "Verified by this registry",
        "Forecasts that our teams use.",
        "The publisher’s title Weather",
        "Approved by Security, 2026-01-31",
        "VS Code Needs a proxy.",
        "not of the server’s publisher",
    ):
        assert words in shown
    assert b"<strong>us</strong>" in page
    assert b"<script>alert" not in page
    assert b'href="javascript' not in page
    assert b"x.example" not in page
    assert "What this registry says" not in text(site["servers/com.example/maps/index.html"])


def test_lists_topics_and_search_know_it(site: dict[str, bytes]) -> None:
    assert "Recommended, Verified, Approved by this registry" in text(site["index.html"])
    topic = text(site["topics/house-tools/index.html"])
    assert "House tools" in topic
    assert "House weather" in topic
    index = json.loads(site[f"{EXTENSION}/search/index.json"])
    part = f"{EXTENSION}/search/part/{index['facets']}.json"
    facets = json.loads(site[part])
    assert {"registry:approved", "registry:recommended", "tag:forecast"} <= {*facets["facets"]}
    assert ["house-tools", "House tools"] in facets["topics"]


def test_agents_read_it_as_the_registrys(site: dict[str, bytes]) -> None:
    page = site["servers/com.example/weather/index.md"].decode()
    assert "- This registry says: Recommended. Verified. Approved. Forecasts" in page


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("a *b*", "<p>a <em>b</em></p>\n"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"),
        ("[x](data:text/html,y)", "<p>[x](data:text/html,y)</p>\n"),
        ("[x](//evil.example)", "<p>[x](//evil.example)</p>\n"),
        ("[x](https://example.com)", '<p><a href="https://example.com">x</a></p>\n'),
        ("[x](../docs/)", '<p><a href="../docs/">x</a></p>\n'),
        ("\u202ereversed", "<p>\ufffdreversed</p>\n"),
    ],
)
def test_markdown_is_text_and_harmless_links(markdown: str, html: str) -> None:
    assert prose(markdown) == html
