"""Feeds, sitemap, badges and the other files for programs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urljoin
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from builder.build.source import Source
from builder.pages.feeds import agents
from tests.pages import made
from tests.registry import Registry, entry_file

BASE = "https://registry.example.com/sub"
ATOM = "{http://www.w3.org/2005/Atom}"
OPEN_SEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def feeds(site: dict[str, bytes]) -> dict[str, Element]:
    return {
        path: ElementTree.fromstring(body) for path, body in site.items() if path.endswith(".atom")
    }


def test_feeds_have_all_that_atom_demands(site: dict[str, bytes]) -> None:
    """RFC 4287, sections 4.1.1 and 4.1.2."""
    found = feeds(site)
    assert {
        "feeds/new.atom",
        "feeds/updated.atom",
        "feeds/namespaces/com.example.atom",
    } <= found.keys()
    for path, feed in found.items():
        links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
        assert links["self"] == feed.findtext(f"{ATOM}id") == f"{BASE}/{path}"
        assert (links["alternate"] or "").startswith(f"{BASE}/")
        assert TIME.fullmatch(feed.findtext(f"{ATOM}updated") or "")
        entries = feed.findall(f"{ATOM}entry")
        assert entries, path
        ids = [entry.findtext(f"{ATOM}id") for entry in entries]
        assert len({*ids}) == len(ids), path
        for entry in entries:
            assert entry.findtext(f"{ATOM}title")
            assert entry.findtext(f"{ATOM}author/{ATOM}name")
            assert TIME.fullmatch(entry.findtext(f"{ATOM}updated") or "")


def test_a_feed_holds_fifty_entries_and_its_whole_last_day(site: dict[str, bytes]) -> None:
    found = feeds(site)
    assert len(found["feeds/new.atom"].findall(f"{ATOM}entry")) > 120
    versions = found["feeds/servers/com.example/weather.atom"].findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in versions] == [
        "com.example/weather 1.1.0",
        "com.example/weather 1.0.0",
    ]


def test_the_sitemap_names_every_server_once(site: dict[str, bytes]) -> None:
    index = ElementTree.fromstring(site["sitemap.xml"])
    parts = [loc.text or "" for loc in index.iter(f"{MAP}loc")]
    addresses = [
        (loc.text or "").removeprefix(f"{BASE}/")
        for part in parts
        for loc in ElementTree.fromstring(site[part.removeprefix(f"{BASE}/")]).iter(f"{MAP}loc")
    ]
    assert len({*addresses}) == len(addresses)
    assert "servers/com.example/weather/" in addresses
    assert "servers/com.example/gone/" not in addresses
    own = (one for one in addresses if not one.startswith("docs/"))
    assert all(f"{one}index.html" in site for one in own)


def test_a_new_server_changes_one_part_of_the_sitemap(tmp_path: Path) -> None:
    registry = Registry(tmp_path, made.CONFIG)
    registry.commit(made.many())
    before = sitemap(registry.load())
    registry.commit(entry_file("com.new/thing"))
    after = sitemap(registry.load())
    changed = {path for path in after if before.get(path) != after[path]}
    assert len(changed - {"sitemap.xml"}) == 1


def sitemap(source: Source) -> dict[str, bytes]:
    from builder.pages.feeds import sitemap as sitemap_pages

    return {page.path: page.body for page in sitemap_pages.pages(source.catalogue, source.config)}


def test_badges_say_version_and_status(site: dict[str, bytes]) -> None:
    badge = json.loads(site["badges/com.example/weather.json"])
    assert badge == {
        "schemaVersion": 1,
        "label": "MCP registry",
        "message": "1.1.0",
        "color": "0b6660",
    }
    assert json.loads(site["badges/com.example/old.json"])["message"] == "1.0.0 deprecated"
    assert json.loads(site["badges/com.example/gone.json"])["message"] == "deleted"


def test_the_twin_tells_the_same_as_the_page(site: dict[str, bytes]) -> None:
    text = site["servers/com.example/weather/index.md"].decode()
    for fact in (
        "# Weather",
        "Forecasts for anywhere on Earth.",
        "`com.example/weather`",
        "`1.1.0`",
        "`WEATHER_API_KEY` (variable, required, secret)",
        "claude mcp add",
        '"mcpServers"',
    ):
        assert fact in text


@pytest.mark.parametrize(
    ("page", "json_file"),
    [
        ("", "v0.1/servers/index.json"),
        ("servers/com.example/weather/", "v0.1/servers/com.example/weather/versions/latest/index.json"),
        ("servers/com.example/weather/1.0.0/", "v0.1/servers/com.example/weather/versions/1.0.0/index.json"),
    ],
)  # fmt: skip
def test_a_page_names_its_json(site: dict[str, bytes], page: str, json_file: str) -> None:
    html = site[f"{page}index.html"].decode()
    (link,) = re.findall(r'<link rel="alternate" type="application/json"[^>]* href="([^"]+)"', html)
    assert urljoin(f"{BASE}/{page}", link) == f"{BASE}/{json_file}"


def test_programs_find_their_way(site: dict[str, bytes]) -> None:
    assert f"Sitemap: {BASE}/sitemap.xml" in site["robots.txt"].decode()
    search = ElementTree.fromstring(site["opensearch.xml"])
    url = search.find(f"{OPEN_SEARCH}Url")
    assert url is not None
    assert url.get("template") == f"{BASE}/search/?q={{searchTerms}}"
    llms = site["llms.txt"].decode()
    assert llms.startswith("# Test registry\n\n> Servers for tests.\n")
    for address in re.findall(r"\]\((https://registry\.example\.com/sub/[^)]*\.md)\)", llms):
        assert address.removeprefix(f"{BASE}/") in site


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Static MCP Registry", "Static MCP"),
        ("Acme", "Acme"),
        ("Donaudampfschiffe", "Donaudampfschiff"),
    ],
)
def test_a_search_engine_has_a_name_that_fits(made_source: Source, title: str, short: str) -> None:
    settings = made_source.config.model_copy(update={"title": title})
    pages = agents.catalogue_pages(made_source.catalogue, settings)
    (page,) = (page for page in pages if page.path == "opensearch.xml")
    name = ElementTree.fromstring(page.body).find(f"{OPEN_SEARCH}ShortName")
    assert name is not None and name.text == short


def test_the_service_index_names_the_search_index(site: dict[str, bytes]) -> None:
    resources = {one["type"]: one["url"] for one in json.loads(site["index.json"])["resources"]}
    assert resources["Search"] in site
