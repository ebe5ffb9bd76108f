"""Of the search index only what says something new is made again, and the whole is what a clean one is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from builder.cache.memo import Memo, MemoRecord
from builder.cache.store import Cache
from builder.model.page import Page
from builder.pages.search import index_pages, server_terms, term_files, terms
from tests.registry import Registry, entry_file

MADE_OF_ALL = (
    (terms, "shards"),
    (term_files, "terms_in_order"),
    (server_terms, "words"),
)


def test_a_version_with_the_same_words_makes_no_table_of_all_servers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = Registry(tmp_path / "registry")
    registry.commit(entry_file("com.example/weather") | entry_file("com.example/maps"))
    cache = Cache(tmp_path / "cache")
    _, record = built(registry, cache, MemoRecord())

    with monkeypatch.context() as patch:
        for module, name in MADE_OF_ALL:
            patch.setattr(module, name, never)
        registry.commit(entry_file("com.example/weather", "1.1.0"))
        found, record = built(registry, cache, record)
        # What is not made has its name from the last build, and is not written again.
        unmade = {page.path for page in found if page.inputs}
        paths = [page.path for page in found]
    clean, _ = built(registry, cache, MemoRecord())
    assert paths == [page.path for page in clean]
    assert len(unmade) == 3  # the only shard and bundle, vocabulary

    registry.commit(entry_file("com.example/weather", "1.2.0", description="Forecasts, hourly."))
    assert built(registry, cache, record)[0] == built(registry, cache, MemoRecord())[0]


def never(*_: object) -> None:
    raise AssertionError("made again")


def built(registry: Registry, cache: Cache, record: MemoRecord) -> tuple[list[Page], MemoRecord]:
    """Make the index as one build after another does: its files, and what is kept."""
    source, memo = registry.load(), Memo(cache, record)
    pages = list(index_pages(replace(source.catalogue, memo=memo), source.config))
    return pages, memo.save()
