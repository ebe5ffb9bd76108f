"""Documents that change together stand in one pack: a new version sends few files."""

from __future__ import annotations

from pathlib import Path

from builder.build import build
from builder.pack.key import group
from tests.build import trees
from tests.registry import CONFIG, Registry, entry_file

X = "v0.1/x/com.example.registry"
SERVER = {
    "servers/io.github.a/b/index.html",
    "servers/io.github.a/b/1.0.0/index.html",
    "servers/io.github.a/b/index.md",
    "v0.1/servers/io.github.a/b/versions/1.0.0/index.json",
    f"{X}/deleted/io.github.a/b/versions/index.json",
    "feeds/servers/io.github.a/b.atom",
    "cards/io.github.a/b.json",
    "badges/io.github.a/b.json",
}
TOGETHER = (
    SERVER,
    {"namespaces/io.github.a/index.html", "feeds/namespaces/io.github.a.atom"},
    {"topics/data/index.html", "topics/data/2/index.html", "feeds/topics/data.atom"},
    {"browse/letter/d/index.html", "browse/letter/d/13/index.html"},
    {f"{X}/discovery/ard-4ca3.json", f"{X}/discovery/ai-catalog-4ca3.json"},
    # The last tile and its entries grow by what one version adds, under another name each time.
    {f"{X}/log/tile/0/x000/748.p/163", f"{X}/log/tile/entries/x000/748.p/166"},
    # What changes with every version.
    {
        "index.html",
        "llms.txt",
        "stats/index.html",
        "topics/index.html",
        "browse/index.html",
        "browse/updated/2/index.html",
        "changes/3/index.html",
        "feeds/updated.atom",
        f"{X}/head.json",
        f"{X}/changes/675.json",
        f"{X}/changes/index.json",
        f"{X}/changes/index/6fab.json",
        f"{X}/pages/all/index.json",
        f"{X}/pages/latest/index/af23.json",
        f"{X}/names/index.json",
        f"{X}/search/index.json",
    },
)
APART = (
    f"{X}/pages/all/909.json",
    f"{X}/changes/full/12.json",
    f"{X}/log/tile/0/748",
    f"{X}/log/lookup/145.gz",
    f"{X}/search/part/0045.json",
    f"{X}/names/shard/6c7c.txt",
    "browse/namespaces/13/index.html",
    "sitemap/35.xml",
    "docs/index.html",
)


def test_what_changes_together_has_one_group_and_nothing_else_is_in_it() -> None:
    groups = [{group(path) for path in paths} for paths in TOGETHER]
    assert [len(one) for one in groups] == [1] * len(TOGETHER)
    found = [*(one for many in groups for one in many), *map(group, APART)]
    assert len(set(found)) == len(TOGETHER) + len(APART)


def test_what_one_version_changes_stands_in_few_groups(tmp_path: Path) -> None:
    """Words of the search index apart: each is in a part of its own."""
    registry, out = Registry(tmp_path / "registry", CONFIG), tmp_path / "public"
    for number in range(60):
        registry.commit(entry_file(f"io.github.user{number}/server"))
    build.build(registry.repository, "HEAD", out, 1, form="packed")
    before = trees.served(out)
    registry.commit(entry_file("io.github.user7/server", "1.1.0"))
    build.build(registry.repository, "HEAD", out, 1, form="packed")
    after = trees.served(out)
    changed = {path for path in before.keys() | after if before.get(path) != after.get(path)}
    assert len({group(path) for path in changed if "/search/part/" not in path}) <= 12
    usual = {path for path in after if group(path) == ""}
    assert len(usual - changed) < len(usual) / 2  # it is not a place for all the rest
