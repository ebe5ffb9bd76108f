"""A server with traps in every field: nothing it says becomes anything but text, anywhere."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import html5lib
import pytest

from tests.install.script import completed
from tests.pages.made import TRAP

HOLDS = re.compile(rb"alert\(1\)|trap")
HTML_TAGS = {"script", "img", "iframe", "object", "embed", "svg"}


@pytest.fixture(scope="session")
def infected(site: dict[str, bytes]) -> dict[str, bytes]:
    return {path: body for path, body in site.items() if HOLDS.search(body)}


def test_the_trap_is_set_in_every_kind_of_file(infected: dict[str, bytes]) -> None:
    endings = {path.rpartition(".")[2] for path in infected}
    assert {"html", "atom", "md", "json", "txt", "xml"} <= endings
    assert len(infected) > 20


def test_pages_gain_no_element_and_no_attribute(infected: dict[str, bytes]) -> None:
    for path, body in infected.items():
        if not path.endswith(".html"):
            continue
        page = completed(body.decode()) if b"data-ways=" in body else body.decode()
        tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
        for element in tree.iter():
            if element.tag == "script":
                is_data = element.get("type") == "application/ld+json"
                assert is_data or "assets/" in element.get("src", ""), path
            assert element.tag not in HTML_TAGS - {"script", "svg"}, path
            for key, value in element.attrib.items():
                assert not str(key).startswith("on"), path
                if key in {"href", "src", "action"}:
                    assert not value.strip().lower().startswith(("javascript", "data")), (
                        path,
                        value,
                    )


def test_structured_data_stays_in_its_script(infected: dict[str, bytes]) -> None:
    page = infected["servers/com.hostile/trap/index.html"].decode()
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    assert json.loads(found[1])["identifier"] == "com.hostile/trap"
    assert not set("<>&") & set(found[1])


def test_feeds_and_maps_stay_well_formed(infected: dict[str, bytes]) -> None:
    for path, body in infected.items():
        if path.endswith((".atom", ".xml")):
            tree = ElementTree.fromstring(body)
            assert all(str(element.tag).startswith("{http") for element in tree.iter()), path


def test_no_page_holds_characters_that_mislead(infected: dict[str, bytes]) -> None:
    for path, body in infected.items():
        if not path.startswith("v0") and path.endswith((".html", ".atom", ".md", ".txt")):
            assert not re.search("[\x00-\x08\x1b\u202e\ufffe]", body.decode()), path


def test_markdown_holds_no_markup_of_the_publisher(infected: dict[str, bytes]) -> None:
    text = infected["servers/com.hostile/trap/index.md"].decode()
    outside = re.sub(r"(?ms)^(`{3,}).*?^\1$|(`+)[^\n]*?(?<!`)\2(?!`)", "", text)
    assert "alert" in outside
    assert not re.search(r"(?<!\\)<(?!https://registry\.example\.com)", outside)
    assert not re.search(r"(?<!\\)\]\(", outside)


def test_the_search_index_is_data(site: dict[str, bytes]) -> None:
    parts = [json.loads(body) for path, body in site.items() if "/search/part/" in path]
    shown = [
        row for part in parts if isinstance(part, list) for row in part if isinstance(row, list)
    ]
    trap = next(row for row in shown if row and row[0] == "com.hostile/trap")
    assert trap[2].startswith(TRAP[:20])
