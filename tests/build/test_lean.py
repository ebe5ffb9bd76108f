"""A lean site: the API's bytes as on any other, one page a server, and incremental equals clean."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from builder import pages
from builder.build import build, source
from builder.model.config import SitePages
from builder.search.index import SearchIndex
from tests.build import trees
from tests.build.test_last_build import publish
from tests.pages.unfold import unfolded
from tests.registry import CONFIG, Registry, entry_file

SEARCH = "v0.1/x/com.example.registry/search/"
FOR_PEOPLE = ("badges/", "cards/", "feeds/namespaces/", "namespaces/", "servers/", ".well-known/")


@pytest.fixture
def lean(registry: Registry, tmp_path: Path) -> trees.Tree:
    """A site that was built in two steps."""
    registry.commit({"registry.yaml": f"{CONFIG}pages: {{lean: true}}\n"})
    for version in ("1.0.0", "1.1.0", "2.0.0"):
        publish(registry, version)
        build.build(registry.repository, "HEAD", tmp_path / "public", 1)
    return trees.read(tmp_path / "public")


def _usual(registry: Registry) -> dict[str, bytes]:
    """The documents of the API of the same commit on a site that is not lean."""
    loaded = source.load(registry.repository, "HEAD")
    config = loaded.config.model_copy(update={"pages": SitePages()})
    made = [*pages.catalogue_pages(loaded.catalogue, config)]
    for server in loaded.catalogue.servers:
        made += pages.server_pages(server, None, config)
    read = ("v0.1/servers/", "v0.1/x/com.example.registry/", "v0/servers/")
    return {
        page.path: page.body
        for page in made
        if page.path.startswith(read) and "/discovery/" not in page.path
    }


def test_incremental_equals_clean(registry: Registry, lean: trees.Tree) -> None:
    assert trees.differences(lean, trees.clean(registry.repository)) == []


def test_what_clients_read_stays_as_it_is(registry: Registry, lean: trees.Tree) -> None:
    usual = _usual(registry)
    same = {path: body for path, body in usual.items() if not path.startswith(SEARCH)}
    assert {path: lean.get(path) for path in same} == same
    assert sum("/versions/" in path for path in same) >= 5


def test_search_shows_the_same_servers_of_fewer_files(registry: Registry, tmp_path: Path) -> None:
    registry.commit({"registry.yaml": f"{CONFIG}pages: {{lean: true}}\n"})
    for number in range(41):
        registry.commit(entry_file(f"com.example/s{number}"))
    build.build(registry.repository, "HEAD", tmp_path / "public", 1)
    ours, usual = map(_index, (trees.read(tmp_path / "public"), _usual(registry)))
    assert [ours.row(n) for n in range(41)] == [usual.row(n) for n in range(41)]
    assert len(ours.top["bundles"]) * 3 == len(usual.top["bundles"]) * 2


def _index(files: Mapping[str, bytes]) -> SearchIndex:
    return SearchIndex(lambda path: files[f"{SEARCH}{path}"])


def test_a_server_has_one_page_and_it_holds_everything(lean: trees.Tree) -> None:
    found = {path for path in lean if path.startswith(FOR_PEOPLE)} - {"namespaces/index.html"}
    (path,) = found
    assert path.startswith("servers/") and path.endswith("/index.html")
    body = lean[path]
    shown = unfolded(body).decode()
    for part in ('id="install"', 'id="v-1.0.0"', 'class="menu"', 'class="foot"', "<h1>"):
        assert part in shown
    assert "data-fold" not in shown and "index.md" not in shown
    plain = body.decode().partition("<noscript>")[2].partition("</noscript>")[0]
    assert "code --add-mcp" in plain and "com.example/weather" in plain
    assert len(body) * 3 < len(shown)


def test_without_scripts_a_list_has_links(lean: trees.Tree) -> None:
    listed = lean["browse/newest/index.html"].decode()
    plain = listed.partition("<noscript>")[2].partition("</noscript>")[0]
    assert 'href="../../servers/com.example/weather/"' in plain
    assert 'class="card"' not in listed
