"""The list of a site that a build replaces while it is served."""

from __future__ import annotations

import gc
import gzip
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from builder.model.server_json import OFFICIAL
from builder.serve.lists import SiteLists
from builder.serve.newer import ChangedSince, SiteIsNewest
from builder.serve.query import Index, ListItem, ListQuery, read_item
from tests.patience import PATIENCE, wait_for


def body(name: str, version: str = "1.0.0") -> bytes:
    time = "2025-01-01T00:00:00.000001Z"
    official = {"status": "active", "updatedAt": time, "isLatest": True}
    server = {"name": name, "version": version, "description": ""}
    return orjson.dumps({"server": server, "_meta": {OFFICIAL: official}})


def snapshot(commit: str, *names: str) -> bytes:
    lines = [orjson.dumps({"generation": commit}), *map(body, sorted(names))]
    return gzip.compress(b"".join(line + b"\n" for line in lines))


def names(lists: SiteLists, stamp: int, snapshot: bytes) -> list[str]:
    index = lists.index((stamp, 0), lambda: snapshot)
    return [item.key[0] for item in index.matches(ListQuery())]


@dataclass
class Known:
    """Knows what has changed since commits; `forgotten` are those of which it does not know all."""

    changed: dict[str, Mapping[str, Sequence[ListItem]]] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)

    def document(self, _path: str) -> bool:
        return True

    def changed_since(self, commit: str) -> ChangedSince:
        return ChangedSince(self.changed.get(commit, {}), commit not in self.forgotten)

    def moment(self) -> object:
        return len(self.changed), len(self.forgotten)


def test_nobody_waits_for_a_search_for_garbage_in_the_list() -> None:
    lists = SiteLists(SiteIsNewest(), "name")
    index = lists.index((1, 0), lambda: snapshot("a", "x/one"))
    assert isinstance(index, Index)
    looked_at = {id(one) for one in gc.get_objects()}
    assert id(index.items) not in looked_at
    assert not looked_at & {id(item) for item in index.items}


def test_nobody_waits_for_the_list_of_a_new_build() -> None:
    lists, may_read = SiteLists(SiteIsNewest(), "name"), threading.Event()
    assert names(lists, 1, snapshot("a", "x/one")) == ["x/one"]

    def slowly() -> bytes:
        assert may_read.wait(PATIENCE)
        return snapshot("b", "x/one", "x/two")

    def shown() -> list[str]:
        index = lists.index((2, 0), slowly)
        return [item.key[0] for item in index.matches(ListQuery())]

    assert shown() == shown() == ["x/one"]
    may_read.set()
    wait_for(lambda: shown() == ["x/one", "x/two"])


def test_what_is_newer_belongs_to_the_list_that_is_shown() -> None:
    two = {"x/two": [read_item(body("x/two"))]}
    lists, may_read = SiteLists(Known({"a": two}), "name"), threading.Event()
    assert names(lists, 1, snapshot("a", "x/one")) == ["x/one", "x/two"]

    def slowly() -> bytes:
        assert may_read.wait(PATIENCE)
        return snapshot("b", "x/one", "x/three", "x/two")

    def shown() -> list[str]:
        index = lists.index((2, 0), slowly)
        return [item.key[0] for item in index.matches(ListQuery())]

    assert shown() == ["x/one", "x/two"]
    may_read.set()
    wait_for(lambda: shown() == ["x/one", "x/three", "x/two"])


def test_a_list_of_which_it_is_not_known_what_followed_is_not_shown() -> None:
    known = Known()
    lists = SiteLists(known, "name")
    assert names(lists, 1, snapshot("a", "x/one")) == ["x/one"]
    known.forgotten.add("a")
    assert names(lists, 2, snapshot("b", "x/one", "x/two")) == ["x/one", "x/two"]


def test_a_damaged_list_leaves_the_one_before() -> None:
    lists = SiteLists(SiteIsNewest(), "name")
    assert names(lists, 1, snapshot("a", "x/one")) == ["x/one"]
    assert names(lists, 2, b"damaged") == ["x/one"]
    wait_for(lambda: names(lists, 3, snapshot("c", "x/two")) == ["x/two"])


def test_what_is_the_same_is_read_once() -> None:
    lists = SiteLists(SiteIsNewest(), "name")
    first = lists.index((1, 0), lambda: snapshot("a", "x/one"))
    wait_for(lambda: names(lists, 2, snapshot("b", "x/one", "x/two")) == ["x/one", "x/two"])
    second = lists.index((2, 0), lambda: b"")
    assert next(second.matches(ListQuery())) is next(first.matches(ListQuery()))
