"""Shards of terms that are brought up are those that all servers would be made into."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from builder.pages.search import kept_terms, terms
from builder.pages.search.kept_terms import KeptShard
from builder.pages.search.terms import Shard

TERMS = [f"{letter}{number}" for letter in "abcdefgh#" for number in range(6)]
servers = st.dictionaries(st.sampled_from(TERMS), st.integers(1, 31), max_size=12)
registries = st.lists(servers, min_size=1, max_size=8)


@given(registries, st.data())
def test_shards_brought_up_are_shards_made_of_all(before: list[dict[str, int]], data: Any) -> None:
    old = made(before)
    after = [
        data.draw(servers) if data.draw(st.integers(0, 3)) == 0 else server for server in before
    ] + data.draw(st.lists(servers, max_size=2))
    changes: dict[str, dict[int, int | None]] = defaultdict(dict)
    for number, now in enumerate(after):
        was = before[number] if number < len(before) else {}
        for term in was.keys() | now.keys():
            if was.get(term) != now.get(term):
                changes[term][number] = now.get(term)
    if not old:
        return
    kept = {str(number): shard for number, shard in enumerate(old)}
    parts = [KeptShard(name, min(shard), max(shard)) for name, shard in kept.items()]
    with small_shards():
        found = [*kept_terms.renewed(parts, lambda part: kept[part.digest], changes)]
    now = [kept[one.digest] if isinstance(one, KeptShard) else one for one in found]
    assert now == made(after)
    assert [[*shard] for shard in now] == [sorted(shard) for shard in now]
    if not changes:
        assert found == parts


def test_a_term_touches_the_shards_next_to_it_alone() -> None:
    before = [{f"{letter}{number}": 1 for letter in "abcdefgh" for number in range(100)}]
    old = made(before)
    assert len(old) > 20
    kept = {str(number): shard for number, shard in enumerate(old)}
    parts = [KeptShard(name, min(shard), max(shard)) for name, shard in kept.items()]
    with small_shards():
        found = [*kept_terms.renewed(parts, lambda part: kept[part.digest], {"d50": {0: 2}})]
    assert len(found) - sum(isinstance(one, KeptShard) for one in found) < 4


def small_shards() -> Any:
    return mock.patch.object(terms, "SHARD", 60)


def made(servers: list[dict[str, int]]) -> list[Shard]:
    with small_shards():
        return [*terms.shards([(0, " ".join(server), [*server.values()]) for server in servers])]
