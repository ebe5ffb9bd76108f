"""The search index: what stands in it can be found again, and adding keeps most files."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from builder.build.source import Source
from builder.pages import search
from builder.pages.search.words import joined, words
from tests.pages import made
from tests.registry import Registry, entry_file

FOLDER = "v0.1/x/com.example.registry/search"


def index(source: Source) -> dict[str, Any]:
    """The files of the index, read."""
    pages = search.pages(source.catalogue, source.config)
    return {
        page.path.removeprefix(f"{FOLDER}/"): json.loads(page.body)
        for page in pages
        if page.path.endswith(".json")
    }


def postings(files: dict[str, Any], term: str) -> dict[str, int]:
    """The names of the servers that hold a term, each with its weight."""
    found, number = {}, 0
    for _, file in files["index.json"]["terms"]:
        for one in files[file].get(term, "").split():
            step, weight = divmod(int(one, 36), 8)
            number += step
            bundle, place = divmod(number, files["index.json"]["bundle"])
            found[files[files["index.json"]["bundles"][bundle]][place][0]] = weight
    return found


def test_names_weigh_more_than_mentions(made_source: Source) -> None:
    found = postings(index(made_source), "weather")
    assert found["com.example/weather"] > found["io.github.alice/alerts"]


def test_prefix_and_generic_words_are_left_out(made_source: Source) -> None:
    files = index(made_source)
    for term in ("github", "io", "com", "mcp", "server", "the"):
        assert not postings(files, term), term
    assert "io.github.alice/alerts" in postings(files, "alice")


def test_variables_hosts_and_packages_can_be_found(made_source: Source) -> None:
    files = index(made_source)
    assert "com.example/weather" in postings(files, "api")
    assert "io.github.bravo/alpha-13" in postings(files, "alpha13")
    assert "io.github.alice/filesystem-mcp-server" in postings(files, "filesystem")


def test_where_a_package_lies_says_nothing_of_it(tmp_path: Path) -> None:
    release = "https://github.com/alice/tools/releases/download/v1/whistle.mcpb"
    packages = [
        {"registryType": kind, "identifier": identifier, "transport": {"type": "stdio"}}
        for kind, identifier in (("mcpb", release), ("oci", "ghcr.io/alice/flute:1"))
    ]
    registry = Registry(tmp_path, made.CONFIG)
    registry.commit(entry_file("com.example/music", packages=packages))
    files = index(registry.load())
    for term in ("github", "releases", "download", "ghcr", "mcpb"):
        assert not postings(files, term), term
    assert postings(files, "whistle") and postings(files, "flute")


def test_a_namespace_is_one_term(made_source: Source) -> None:
    found = postings(index(made_source), "@com.example")
    assert {"com.example/weather", "com.example/old", "com.example/odd"} == {*found}


def test_deleted_servers_cannot_be_found(made_source: Source) -> None:
    files = index(made_source)
    assert not postings(files, "malware")
    assert not postings(files, "gone")


def test_terms_are_in_order_across_the_shards(made_source: Source) -> None:
    files = index(made_source)
    shards = [(first, list(files[file])) for first, file in files["index.json"]["terms"]]
    assert all(first == terms[0] for first, terms in shards)
    every = [term for _, terms in shards for term in terms]
    assert every == sorted(every)


def test_columns_have_a_value_for_every_server(made_source: Source) -> None:
    files = index(made_source)
    top = files["index.json"]
    columns = files[top["columns"]]
    assert (
        len(columns["day"])
        == len(columns["combination"])
        == len(files[top["names"]])
        == top["count"]
    )
    assert {"type:npm", "where:remote", "status:deprecated", "secrets:some"} <= {*columns["facets"]}
    assert columns["combination"].count(-1) == 1  # the deleted one keeps its number


def test_a_new_server_leaves_full_bundles_as_they_are(tmp_path: Path) -> None:
    registry = Registry(tmp_path, made.CONFIG)
    registry.commit(made.many())
    before = index(registry.load())["index.json"]["bundles"]
    registry.commit(entry_file("aa.first/of-all"))
    after = index(registry.load())["index.json"]["bundles"]
    assert before[:-1] == after[: len(before) - 1]


def test_the_first_search_is_small(made_source: Source) -> None:
    """At 30,000 servers: 172 KB, see the module."""
    sizes = {
        page.path: len(gzip.compress(page.body))
        for page in search.pages(made_source.catalogue, made_source.config)
    }
    assert sum(size for path, size in sizes.items() if path.endswith(".json")) < 20_000


@given(st.text())
def test_words_are_clean_and_unique(text: str) -> None:
    found = words(text)
    assert len(found) == len({*found})
    assert all(word == word.lower() and 0 < len(word) <= 32 for word in found)
    assert not {" ", "-", "_", "/"} & {sign for word in found for sign in word}


def test_words_are_taken_apart_and_kept_whole() -> None:
    assert words("GitHub Actions für MCP") == ["github", "actions", "fur", "git", "hub"]
    assert words("API 氣象ひ") == ["api", "氣", "象", "ひ"]
    assert joined("file-system_mcp-server") == ["filesystem"]
    assert joined("mcp-server") == []
