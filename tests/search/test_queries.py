"""What people type finds what they mean: queries judged by hand, and the kinds of things that they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from builder.search.engine import search
from builder.search.likeness import relatives
from tests.search import real

VECTORS = Path(__file__).parents[1] / "data" / "vectors"
GIVEN, TASKS, STRANGERS, EVERYDAY = (
    json.loads((VECTORS / name).read_text())["queries"]
    for name in (
        "search.json",
        "search-tasks.json",
        "search-strangers.json",
        "search-everyday.json",
    )
)
JUDGED = [*GIVEN, *TASKS, *STRANGERS, *EVERYDAY]


def names(query: str, most: int = 3) -> list[str]:
    index = real.index()
    return [index.row(server)[0] for server in search(index, query).servers[:most]]


@pytest.mark.parametrize(
    ("judged", "most"),
    [(GIVEN, 0.05), (TASKS, 0.05), (STRANGERS, 0.08), (EVERYDAY, 0.05)],
    ids=["given", "tasks", "strangers", "everyday"],
)
def test_a_right_server_is_among_the_first_three(judged: list[dict[str, Any]], most: float) -> None:
    missed = [
        one["query"] for one in judged if not {*one["accept"]}.intersection(names(one["query"]))
    ]
    assert len(missed) <= most * len(judged), missed


@pytest.mark.parametrize(
    "brand",
    ["notion", "gitlab", "supabase", "brave", "monday", "egnyte", "blockscout", "stripe", "github"],
)
def test_a_brand_s_own_server_comes_first(brand: str) -> None:
    (first,) = names(brand, 1)
    assert brand in first.partition("/")[0].split(".")


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("mcp.exa.ai", "ai.exa/exa"),
        ("https://mcp.exa.ai/mcp", "ai.exa/exa"),
        ("com.notion/mcp", "com.notion/mcp"),
        ("COM.Notion/MCP", "com.notion/mcp"),
        ("@mongodb-js/mongodb-mcp-server", "io.github.mongodb-js/mongodb-mcp-server"),
        ("https://github.com/hashicorp/terraform-mcp-server", "io.github.hashicorp/terraform-mcp-server"),
        ("figma-developer-mcp", "io.github.GLips/Figma-Context-MCP"),
        ("firecrawl-mcp", "io.github.firecrawl/firecrawl-mcp-server"),
    ],
)  # fmt: skip
def test_what_names_a_server_finds_it_first(query: str, first: str) -> None:
    assert names(query, 1) == [first]


@pytest.mark.parametrize(
    ("query", "same"),
    [
        ("databases", "data base"),
        ("database", "data bases"),
        ("k8s", "kubernetes"),
        ("file system", "filesystem"),
        ("smart home", "home automation"),
        ("text to speech", "tts"),
        ("infrastructure as code", "iac"),
        ("Datenbank", "数据库"),
        ("Wetter", "天气"),
        ("メール", "邮件"),
    ],
)
def test_one_thing_under_several_names(query: str, same: str) -> None:
    assert {*names(query, 10)} & {*names(same, 5)} == {*names(same, 5)}


def test_words_that_look_alike_are_not_the_same() -> None:
    assert all("news" in row(name)[2].lower() + name.lower() for name in names("news", 3))


def row(name: str) -> list[str]:
    index = real.index()
    (found,) = search(index, name).servers[:1]
    return [*index.row(found)]


@pytest.mark.parametrize(
    ("query", "suggestion"),
    [
        ("playwrite", "playwright"),
        ("terrafrom", "terraform"),
        ("postgress", "postgres"),
        ("kubernets", ""),  # its stem is right
        ("weather", ""),
        ("timetable", ""),
    ],
)
def test_a_mistyped_word_is_put_right(query: str, suggestion: str) -> None:
    assert search(real.index(), query).suggestion == suggestion


def test_words_of_one_root_are_relatives() -> None:
    words = [
        ("rental", "rental", 4),
        ("rest", "rest", 9),
        ("renting", "rent", 1),
        ("scan", "scan", 2),
    ]
    assert relatives("rent", words) == ["rental", "rent"]
    assert relatives("scanner", words) == ["scan"]
    assert not relatives("ren", words)


def test_one_word_does_not_count_twice() -> None:
    """ "keyword" stands for "seo", too: a server of both comes before one that has the one word."""
    assert "marketing-miner" in "".join(names("seo keyword ideas"))


def test_a_beginning_finds_what_it_may_become() -> None:
    for query in ("kuber", "postg", "whats"):
        assert names(query, 1), query
    assert names("p", 3) and names("pl", 3)
    whole = search(real.index(), "kuber ").servers  # a space ends the word
    assert not whole


def test_placeholders_and_tests_never_come_first() -> None:
    for query in ("send an email", "weather", "server template", "hello"):
        index = real.index()
        first = search(index, query).servers[:1]
        assert all(index.priors[server] >= 9 for server in first) or query == "hello", query


def test_a_server_under_two_names_is_shown_once() -> None:
    index = real.index()
    found = search(index, "browserbase").servers
    shown = [index.row(server) for server in found]
    assert "ai.smithery/browserbasehq-mcp-browserbase" in shown[0][9]
    assert "ai.smithery/browserbasehq-mcp-browserbase" not in [one[0] for one in shown]


def test_words_that_say_nothing_list_everything() -> None:
    answer = search(real.index(), "the mcp servers")
    assert answer.says_nothing and len(answer.servers) > 900
    assert not search(real.index(), "🦊").servers
    assert not search(real.index(), "//").servers


def test_fewer_words_are_better_than_none() -> None:
    assert "youtube" in names("youtube qwertzuiop", 1)[0]


def test_filters_leave_only_what_passes() -> None:
    index = real.index()
    every = search(index, "weather").servers
    some = search(index, "weather", accepts=lambda server: server % 2 == 0).servers
    assert some and {*some} < {*every}
