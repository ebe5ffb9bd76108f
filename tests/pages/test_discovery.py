"""Discovery catalogues: whole for a small registry, cut for a large one, and of the same entries."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.build.source import Source
from builder.pages.discovery import catalogs
from builder.search.resource import identifier

# The pattern of ARD's schema, and that of hf-discover, which is narrower in the domain.
URN = re.compile(
    r"urn:air:(?=.{1,253}:)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
    r"(?::[A-Za-z0-9._-]+)+"
)
NAMES = st.from_regex(r"[a-zA-Z0-9.-]{1,12}/[a-zA-Z0-9._-]{1,8}|.{1,6}/.{1,6}", fullmatch=True)


def entries(site: dict[str, bytes], file: str) -> list[dict[str, Any]]:
    """All servers of a catalogue, those of its parts too."""
    found = []
    for entry in json.loads(site[file])["entries"]:
        if entry["type"] == "application/ai-catalog+json":
            found += entries(site, entry["url"].removeprefix("https://registry.example.com/sub/"))
        else:
            found.append(entry)
    return found


@pytest.mark.parametrize("file", [catalogs.ARD, catalogs.AI_CATALOG])
def test_every_server_that_is_shown_is_listed_once(
    file: str, site: dict[str, bytes], made_source: Source
) -> None:
    listed = entries(site, file)
    names = [version.name for version in made_source.catalogue.latest]
    assert sorted(one["metadata"]["name"] for one in listed) == names
    assert len({one["identifier"] for one in listed}) == len(names)
    assert all(2 <= len(one["representativeQueries"]) <= 5 for one in listed)
    cards = {one["url"].removeprefix("https://registry.example.com/sub/") for one in listed}
    assert cards <= site.keys()


def test_a_card_says_what_a_server_is_and_where(site: dict[str, bytes]) -> None:
    card = json.loads(site["cards/com.example/weather.json"])
    assert card["remotes"] == [
        {"type": "streamable-http", "url": "https://weather.example.com/mcp"}
    ]
    assert (card["name"], card["version"]) == ("com.example/weather", "1.1.0")
    meta = card["_meta"]["com.example.registry/server"]
    assert meta["packages"] is True
    assert meta["url"].endswith("/v0.1/servers/com.example/weather/versions/latest")
    assert "cards/com.example/gone.json" not in site


def test_a_large_catalogue_is_cut(made_source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    config, catalogue = made_source.config, made_source.catalogue
    whole = {page.path: page.body for page in catalogs.catalog_pages(catalogue, config)}
    monkeypatch.setattr(catalogs, "LARGEST", 20_000)
    monkeypatch.setattr(catalogs, "PART_BYTES", 8_000)
    cut = {page.path: page.body for page in catalogs.catalog_pages(catalogue, config)}
    assert len(cut) > 6
    assert max(map(len, cut.values())) <= 20_000
    for file in (catalogs.ARD, catalogs.AI_CATALOG):
        assert entries(cut, file) == entries(whole, file)


def test_robots_and_home_lead_there(site: dict[str, bytes]) -> None:
    address = "https://registry.example.com/sub/.well-known/ard.json"
    assert f"Agentmap: {address}" in site["robots.txt"].decode().splitlines()
    links = re.findall(
        r'<link rel="(ard|ai-catalog)"[^>]* href="([^"]+)"', site["index.html"].decode()
    )
    assert links == [
        ("ard", "./.well-known/ard.json"),
        ("ai-catalog", "./.well-known/ai-catalog.json"),
    ]


@given(st.sets(NAMES, max_size=6))
def test_an_identifier_fits_both_standards_and_is_nobody_elses(names: set[str]) -> None:
    made = {identifier(name) for name in names}
    assert all(URN.fullmatch(one) for one in made)
    assert len(made) == len(names)
