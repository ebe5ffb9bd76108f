"""Shards of the change log and the tree need one digest of each event's item: it is made once in a build."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from builder.build.source import Source
from builder.catalogue.change_log import RUN
from builder.pages.sync import changes, log
from tests.trust.sites import make_site

EXTENSION = "com.example.registry"


@pytest.fixture
def source(tmp_path: Path) -> Source:
    """A registry of more events than a shard has."""
    site = make_site(tmp_path)
    site.publish(*(f"s{number:03}" for number in range(RUN + 4)))
    site.publish("s000", version="2.0.0")
    return site.registry.load()


def tiles_of(source: Source) -> dict[str, bytes]:
    return {page.path: page.body for page in log.tree_pages(source.catalogue, source.config, "log")}


def make_shards(source: Source) -> None:
    events, memo = source.catalogue.events, source.catalogue.memo
    assert all(page.body for page in changes.pages(events, "changes", EXTENSION, memo))


def test_tiles_are_the_same_whether_shards_were_made_before_or_not(source: Source) -> None:
    alone = tiles_of(source)
    make_shards(source)
    events = source.catalogue.events
    for position in (0, RUN - 1):
        item = events[position].version.item(EXTENSION)
        assert events.item_digest(EXTENSION, position) == hashlib.sha256(item).digest()
    assert events.item_digest(EXTENSION, RUN) == b""  # of a shard that is not full
    assert events.item_digest("org.example", 0) == b""
    assert tiles_of(source) == alone


def test_the_digests_of_shards_are_those_that_the_tree_takes(source: Source) -> None:
    alone = tiles_of(source)
    source.catalogue.events.keep_digests(EXTENSION, 0, bytes(32 * RUN))
    assert tiles_of(source) != alone
