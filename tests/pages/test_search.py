"""The search index: what stands in it can be found again, and adding keeps most files."""

from __future__ import annotations

import gzip
import json
from bisect import bisect_right
from pathlib import Path
from typing import Any

import pytest

from builder.build.source import Source
from builder.pages import search
from builder.pages.prior import caution, is_placeholder, is_trial, prior
from builder.pages.search.identity import best_first, groups, identities
from builder.search.numbers import postings as read_postings
from tests.pages import made
from tests.registry import Registry, entry_file

FOLDER = "v0.1/x/com.example.registry/search"


def index(source: Source) -> dict[str, Any]:
    """The files of the index, read."""
    pages = search.index_pages(source.catalogue, source.config)
    return {page.path.removeprefix(f"{FOLDER}/"): json.loads(page.body) for page in pages}


def part(files: dict[str, Any], digest: str) -> Any:
    return files[f"part/{digest}.json"]


def shards(files: dict[str, Any]) -> list[dict[str, str]]:
    """The files of terms, in their order."""
    digests = files["index.json"]["shards"]
    return [part(files, digests[start : start + 12]) for start in range(0, len(digests), 12)]


def shown(files: dict[str, Any], number: int) -> list[Any]:
    top = files["index.json"]
    bundle, place = divmod(number, top["bundle"])
    found: list[Any] = part(files, top["bundles"][bundle * 12 : bundle * 12 + 12])[place]
    return found


def postings(files: dict[str, Any], term: str) -> dict[str, int]:
    """The names of the servers that hold a term, each with its impact."""
    texts = (shard.get(term, "") for shard in shards(files))
    return {
        shown(files, number)[0]: impact for text in texts for number, impact in read_postings(text)
    }


def test_names_weigh_more_than_mentions(made_source: Source) -> None:
    found = postings(index(made_source), "weather")
    assert found["com.example/weather"] > found["io.github.alice/alerts"]


def test_prefix_and_generic_words_are_left_out(made_source: Source) -> None:
    files = index(made_source)
    for term in ("github", "io", "com", "mcp", "server", "the"):
        assert not postings(files, term), term
    assert "io.github.alice/alerts" in postings(files, "alic")


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
    for term in ("github", "releas", "download", "ghcr", "mcpb"):
        assert not postings(files, term), term
    assert postings(files, "whistl") and postings(files, "flute")


def test_names_namespaces_hosts_and_packages_stand_as_a_whole(tmp_path: Path) -> None:
    registry = Registry(tmp_path, made.CONFIG)
    remotes = [{"type": "sse", "url": "https://mcp.Example.com/sse"}]
    repository = {"url": "https://github.com/alice/tools.git", "source": "github"}
    registry.commit(entry_file("com.example/Music", remotes=remotes, repository=repository))
    files = index(registry.load())
    wholes = ("=com.example/music", "@com.example", "=mcp.example.com", "=github.com/alice/tools")
    for term in wholes:
        assert postings(files, term), term


def test_a_namespace_is_one_term(made_source: Source) -> None:
    found = postings(index(made_source), "@com.example")
    assert {"com.example/weather", "com.example/old", "com.example/odd"} == {*found}


def test_deleted_servers_cannot_be_found(made_source: Source) -> None:
    files = index(made_source)
    assert not postings(files, "malwar")
    assert not postings(files, "gone")


def test_terms_are_in_order_across_the_shards(made_source: Source) -> None:
    files = index(made_source)
    terms = [list(shard) for shard in shards(files)]
    every = [term for shard in terms for term in shard]
    assert every == sorted(every)
    firsts = files["index.json"]["firsts"].split(" ")
    assert [bisect_right(firsts, term) - 1 for term in every] == [
        number for number, shard in enumerate(terms) for _ in shard
    ]


def test_columns_have_a_value_for_every_server(made_source: Source) -> None:
    files = index(made_source)
    top = files["index.json"]
    facets, head = part(files, top["facets"]), part(files, top["head"])
    for column in (facets["combination"], *facets["topic"], facets["namespace"], head["priors"]):
        assert len(column) == top["count"]
    assert len(part(files, top["days"])) == len(part(files, top["names"])) == top["count"]
    assert {"type:npm", "where:remote", "status:deprecated", "secrets:some"} <= {*facets["facets"]}
    assert facets["combination"].count(-1) == 1  # the deleted one keeps its number
    assert head["priors"].count("0") == 1


def test_a_new_server_leaves_most_files_as_they_are(tmp_path: Path) -> None:
    registry = Registry(tmp_path, made.CONFIG)
    registry.commit(made.many())
    before = index(registry.load())
    registry.commit(entry_file("aa.first/of-all"))
    after = index(registry.load())
    full = len(before["index.json"]["bundles"]) - 12
    assert before["index.json"]["bundles"][:full] == after["index.json"]["bundles"][:full]
    # head, facets, counts, days, names, vocabulary, meaning and foreign (a first word of its kind), the last bundle, and what has its terms
    assert len(after.keys() - before.keys()) <= 9 + len(shards(after))


def test_the_first_search_is_small(made_source: Source) -> None:
    """At 30,000 servers: see `make bench`."""
    pages = search.index_pages(made_source.catalogue, made_source.config)
    sizes = {page.path: len(gzip.compress(page.body)) for page in pages}
    assert sum(sizes.values()) < 40_000


NPM = {"registryType": "npm", "identifier": "@alice/tools", "transport": {"type": "stdio"}}
REMOTE = {"type": "sse", "url": "https://mcp.example.com/sse/"}
SOURCE = {"repository": {"url": "https://github.com/alice/tools"}}


def group_of(*entries: tuple[str, dict[str, Any]]) -> list[list[int]]:
    servers = [(name, [*identities(content)]) for name, content in entries]
    return best_first(groups(servers), servers, [16] * len(servers))


def test_one_server_under_two_names_is_one() -> None:
    one, other = ("io.github.alice/tools", "ai.hoster/alice-tools")
    for content in ({"packages": [NPM]}, {"remotes": [REMOTE]}, SOURCE):
        assert group_of((other, content), (one, content)), content
    # the repository's own account is the one to show
    assert group_of((other, SOURCE), ("com.else/x", {}), (one, SOURCE)) == [[2, 0]]


def test_a_repository_with_several_servers_is_not_one() -> None:
    names = ("io.github.alice/one", "io.github.alice/two", "ai.hoster/alice-one")
    assert group_of(*((name, SOURCE) for name in names)) == []
    template = {"remotes": [{"type": "sse", "url": "https://{host}/mcp"}]}
    assert group_of((names[0], template), (names[2], template)) == []


@pytest.mark.parametrize(
    "description",
    ["", "An MCP server", "An MCP server that provides [describe what your server does]"],
)
def test_a_description_that_says_nothing_is_a_placeholder(description: str) -> None:
    assert is_placeholder(description)
    assert not is_placeholder("Reads your mail.")


def test_a_test_is_told_from_a_server_about_tests() -> None:
    assert is_trial("io.github.alice/my-test-3", "Reads your mail.")
    assert is_trial("live.example.staging/mail", "Reads your mail.")
    assert not is_trial("io.github.alice/load-test", "Runs load tests.")
    assert not is_trial("io.github.testing/mail", "Reads your mail.")


def test_the_prior_is_of_facts() -> None:
    content = {"description": "Reads your mail.", "packages": [NPM]}
    usual = prior("", content, 1, is_deprecated=False)
    assert prior("", content, 5, is_deprecated=False) > usual
    assert prior("", content, 5, is_deprecated=True) < usual
    assert prior("", {"description": "Reads mail."}, 1, is_deprecated=False) < usual
    told = caution("com.example/mail-test", content)
    assert prior(told, content, 9, is_deprecated=False) < usual
