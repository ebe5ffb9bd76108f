"""Every page is good HTML, asks nobody else for anything, and leads somewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import quote, unquote, urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest

from builder import pages
from builder.build.source import Source
from tests.pages.unfold import unfolded

SITE = "https://registry.example.com/sub/"
CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; require-trusted-types-for 'script'"
)
ADDRESSES = {"href", "src", "action", "content"}
SCHEMES = {
    "https",
    "vscode",
    "vscode-insiders",
    "cursor",
    "lmstudio",
    "cherrystudio",
    "goose",
    "windsurf",
}


@pytest.fixture(scope="session")
def trees(site: dict[str, bytes]) -> dict[str, Element]:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return {
        path: parser.parse(body.decode()) for path, body in site.items() if path.endswith(".html")
    }


def elements(trees: dict[str, Element], *tags: str) -> Iterator[tuple[str, Element]]:
    for path, tree in trees.items():
        for element in tree.iter():
            if not tags or element.tag in tags:
                yield path, element


def test_there_is_a_page_of_each_kind(trees: dict[str, Element]) -> None:
    assert {
        "index.html",
        "404.html",
        "search/index.html",
        "browse/index.html",
        "browse/newest/index.html",
        "browse/updated/index.html",
        "browse/newest/2/index.html",
        "browse/letter/w/index.html",
        "namespaces/index.html",
        "namespaces/com.example/index.html",
        "stats/index.html",
        "feeds/index.html",
        "badges/index.html",
        "servers/com.example/weather/index.html",
        "servers/com.example/weather/1.0.0/index.html",
        "servers/com.example/weather/1.1.0/index.html",
    } <= trees.keys()


def test_a_page_has_one_heading_language_title_and_description(trees: dict[str, Element]) -> None:
    for path, tree in trees.items():
        assert tree.get("lang") == "en", path
        assert len(list(tree.iter("h1"))) == 1, path
        assert (tree.findtext("head/title") or "").strip(), path
        assert [m for m in tree.iter("meta") if m.get("name") == "description"], path


def test_headings_descend_one_step_at_a_time(trees: dict[str, Element]) -> None:
    for path, tree in trees.items():
        levels = [int(e.tag[1]) for e in tree.iter() if re.fullmatch("h[1-6]", str(e.tag))]
        assert all(after <= before + 1 for before, after in pairwise(levels)), path


def test_ids_are_unique_and_references_hold(trees: dict[str, Element]) -> None:
    for path, tree in trees.items():
        ids = Counter(e.get("id") for e in tree.iter() if e.get("id"))
        assert not [one for one, times in ids.items() if times > 1], path
        for element in tree.iter():
            for key in ("aria-labelledby", "for"):
                if element.get(key):
                    assert element.get(key) in ids, (path, key)


def test_the_policy_allows_nothing_inline_and_nobody_else(trees: dict[str, Element]) -> None:
    for path, tree in trees.items():
        if tree.find("link") is None and tree.find("head/link") is None:
            continue  # it leads elsewhere, and loads nothing
        policies = [
            m for m in tree.iter("meta") if m.get("http-equiv") == "Content-Security-Policy"
        ]
        assert [m.get("content") for m in policies] == [CSP], path
    for path, element in elements(trees):
        assert element.get("style") is None, path
        assert not [key for key in element.attrib if str(key).startswith("on")], path
    for path, script in elements(trees, "script"):
        data = script.get("type") in ("application/ld+json", "application/json")
        assert script.get("src") or data, path
    assert not list(elements(trees, "style", "iframe", "object", "embed", "base"))


def test_what_a_page_loads_is_its_own(trees: dict[str, Element]) -> None:
    for path, element in elements(trees, "script", "img", "link"):
        address = element.get("src") or element.get("href") or ""
        if element.get("rel") == "canonical":
            assert address.startswith(SITE), path
        elif address:
            assert not urlsplit(address).scheme, (path, address)
            assert path == "404.html" or not address.startswith("/"), (path, address)


def test_addresses_have_harmless_schemes(trees: dict[str, Element]) -> None:
    for path, link in elements(trees, "a"):
        scheme = urlsplit(link.get("href") or "").scheme
        assert not scheme or scheme in SCHEMES, (path, link.get("href"))


def test_links_of_publishers_are_not_vouched_for(trees: dict[str, Element]) -> None:
    own = ("https://github.com/example/registry", "https://shields.io/")
    for path, link in elements(trees, "a"):
        address = link.get("href") or ""
        if urlsplit(address).scheme == "https" and not address.startswith(own):
            rel = set((link.get("rel") or "").split())
            assert {"nofollow", "noopener"} <= rel, (path, address)


def test_no_link_is_broken(site: dict[str, bytes], trees: dict[str, Element]) -> None:
    """The documentation is made by another part of the build."""
    broken = set()
    for path, element in elements(trees, "a", "link", "script", "form"):
        address = element.get("href") or element.get("src") or element.get("action") or ""
        parts = urlsplit(address)
        if parts.scheme and not address.startswith(SITE):
            continue
        base = "/sub/" if path == "404.html" else f"/sub/{path}"
        target = resolve(base, parts.path) if parts.path else f"/sub/{path}"
        assert target.startswith("/sub/"), (path, address)
        file = target.removeprefix("/sub/")
        file = f"{file}index.html" if file.endswith("/") or not file else file
        if file not in site and not file.startswith("docs/"):
            broken.add((path, address, file))
    assert not broken


def resolve(base: str, path: str) -> str:
    return unquote(urlsplit(urljoin(f"https://x{quote(base)}", path)).path)


def test_fragments_lead_to_an_id(trees: dict[str, Element]) -> None:
    for path, link in elements(trees, "a"):
        address = link.get("href") or ""
        if address.startswith("#"):
            ids = {element.get("id") for element in trees[path].iter()}
            assert address[1:] in ids, (path, address)


def test_nothing_on_a_page_depends_on_other_servers(
    site: dict[str, bytes], made_source: Source
) -> None:
    catalogue, config = made_source.catalogue, made_source.config
    server = catalogue.by_name["com.example/weather"]
    alone = pages.server_pages(server, catalogue.namespaces["com.example"], config)
    assert all(site[page.path] == unfolded(page.body) for page in alone)
