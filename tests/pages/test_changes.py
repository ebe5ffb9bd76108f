"""The page "what happened": each change with its kind, its words and its commit."""

from __future__ import annotations

from tests.build import trees
from tests.pages.test_server import text
from tests.registry import Registry, entry_file

FOLDER = "servers/com.example/weather"


def test_each_change_is_told_with_its_commit(registry: Registry) -> None:
    commits = {}
    for what, files in (
        ("published", {**entry_file(), **entry_file(version="1.1.0")}),
        ("status", {f"{FOLDER}/status.yaml": '"1.0.0": {status: deprecated, message: "<b>Old"}\n'}),
        ("approved", {f"{FOLDER}/overlay.yaml": "approved: {by: Security, at: 2026-01-31}\n"}),
        ("removed", {f"{FOLDER}/1.0.0.json": None, f"{FOLDER}/status.yaml": None}),
    ):
        registry.commit(files)
        commits[what] = registry.git("rev-parse", "HEAD").strip()
    site = trees.clean(registry.repository)
    page = site["changes/index.html"]
    shown = text(page)
    for words in (
        "com.example/weather published 1.1.0, 1.0.0",
        "status deprecated: <b>Old 1.0.0",
        "this registry's word approved by Security",
        "removed deleted: Removed by moderation.",
    ):
        assert words in shown, shown
    for commit in commits.values():
        assert f"https://github.com/example/registry/commit/{commit}".encode() in page
    assert b"<b>Old" not in page
    feed = site["feeds/changes.atom"].decode()
    assert feed.index("removed</title>") < feed.index("published</title>")
    assert f"(commit {commits['approved'][:12]})" in feed


def test_a_registry_where_nothing_happened_says_so(registry: Registry) -> None:
    assert b"Nothing yet." in trees.clean(registry.repository)["changes/index.html"]
