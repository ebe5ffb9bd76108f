"""Laws of the list pages, the change log's shards and the snapshot, over the lives of registries."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from builder.cache.memo import Memo
from builder.catalogue import pagination
from builder.catalogue.catalogue import Catalogue
from builder.model.layout import entry_path
from builder.pages.sync import head, index
from tests.pull.life import (
    CONFIG,
    NAMES,
    VERSIONS,
    Life,
    bulk,
    crowded_lives,
    lives,
    play,
    publish,
    remove,
    truth,
)
from tests.registry import entry

FOLDER = f"v0.1/x/{CONFIG.extension_namespace}"
CHANGE = f"{CONFIG.extension_namespace}/change"
Files = dict[str, bytes]


def built(catalogue: Catalogue) -> Files:
    """The files below the extension's folder."""
    return {
        page.path.removeprefix(f"{FOLDER}/"): page.body for page in head.pages(catalogue, CONFIG)
    }


def rows(files: Files, folder: str, key: str) -> list[dict[str, Any]]:
    """All rows of an index, out of its parts where it has some."""
    top = json.loads(files[f"{folder}/index.json"])
    if key in top:
        return list(top[key])
    return [
        row for part in top["parts"] for row in json.loads(files[f"{folder}/{part['url']}"])[key]
    ]


def item_key(item: Mapping[str, Any]) -> tuple[str, str]:
    return item["server"]["name"], item["server"]["version"]


def walk(files: Files, listing: str) -> Iterator[tuple[str, str]]:
    """The keys of a list as a client meets them that follows cursors from the first page."""
    number: str | None = "1"
    while number:
        page = json.loads(files[f"pages/{listing}/{number}.json"])
        assert page["metadata"]["count"] == len(page["servers"]) <= 100
        yield from map(item_key, page["servers"])
        number = page["metadata"].get("nextCursor", "")[1:]


@given(crowded_lives | lives)
@settings(max_examples=50, deadline=None)
def test_walking_the_pages_meets_every_entry_once_in_order(life: Life) -> None:
    catalogue = life.generations[-1]
    files = built(catalogue)
    assert list(walk(files, "all")) == sorted(truth(catalogue))
    assert list(walk(files, "latest")) == [version.key for version in catalogue.latest]


@given(lives)
@settings(max_examples=30, deadline=None)
def test_each_index_tells_what_is_in_its_files(life: Life) -> None:
    files = built(life.generations[-1])
    for folder, key in (("pages/all", "pages"), ("pages/latest", "pages"), ("changes", "shards")):
        for row in rows(files, folder, key):
            body = files[f"{folder}/{row['url']}"]
            items = json.loads(body)["servers"]
            assert (row["sha256"], row["count"]) == (hashlib.sha256(body).hexdigest(), len(items))
            if key == "shards":
                changes = [item["_meta"][CHANGE] for item in items]
                assert (row["from"], row["since"]) == (changes[0]["sequence"], changes[0]["time"])
                assert (row["to"], row["until"]) == (changes[-1]["sequence"], changes[-1]["time"])
            elif items:
                ends = [":".join(item_key(item)) for item in (items[0], items[-1])]
                ends = [end.split(":")[0] for end in ends] if "latest" in folder else ends
                assert [row["first"], row["last"]] == ends


@given(lives)
@settings(max_examples=30, deadline=None)
def test_the_head_has_the_hashes_and_one_size(life: Life) -> None:
    sizes = set()
    for catalogue in life.generations[1:]:
        files = built(catalogue)
        top = json.loads(files["head.json"])
        assert top["sequence"] == len(catalogue.events)
        for url, digest in top["sha256"].items():
            assert hashlib.sha256(files[url]).hexdigest() == digest
        assert set(top["sha256"]) == set(head.NAMED)
        for row in top["newest"]:
            body = files[f"changes/{row['url']}"]
            changes = [item["_meta"][CHANGE] for item in json.loads(body)["servers"]]
            assert row["sha256"] == hashlib.sha256(body).hexdigest()
            assert [change["sequence"] for change in changes] == list(
                range(row["from"], top["sequence"] + 1)
            )
        if catalogue.events:
            sizes.add(len(files["head.json"]))
    assert max(sizes, default=0) - min(sizes, default=0) < 50


@given(lives)
@settings(max_examples=20, deadline=None)
def test_full_shards_never_change_and_the_log_is_the_same_in_every_generation(life: Life) -> None:
    earlier: Files = {}
    for catalogue in life.generations:
        files = built(catalogue)
        full = {
            f"changes/{row['url']}": files[f"changes/{row['url']}"]
            for row in rows(files, "changes", "shards")
            if row["count"] == 256
        }
        assert earlier.items() <= full.items()
        earlier = full


@given(lives)
@settings(max_examples=20, deadline=None)
def test_the_snapshot_is_every_item_in_order_after_a_header(life: Life) -> None:
    catalogue = life.generations[-1]
    header, *lines = gzip.decompress(built(catalogue)["snapshot.jsonl.gz"]).splitlines()
    assert lines == list(truth(catalogue).values())
    said = json.loads(header)
    assert (said["sequence"], said["versions"]) == (len(catalogue.events), len(lines))
    assert said["servers"] == len(catalogue.servers)


@given(crowded_lives, st.sampled_from(["all", "latest"]), st.data())
@settings(max_examples=50, deadline=None)
def test_a_crawl_across_deploys_misses_and_repeats_nothing(
    life: Life, listing: str, data: st.DataObject
) -> None:
    """Each page is read from any generation not older than the first, as from caches, in any order."""
    oldest = data.draw(st.integers(0, len(life.generations) - 1))
    generations = [built(catalogue) for catalogue in life.generations[oldest:]]
    met: list[tuple[str, str]] = []
    number = "1"
    while number:
        path = f"pages/{listing}/{number}.json"
        assert path in generations[-1], "a cursor once given is valid for ever"
        page = json.loads(data.draw(st.sampled_from([g for g in generations if path in g]))[path])
        met += map(item_key, page["servers"])
        number = page["metadata"].get("nextCursor", "")[1:]
    lists = [list(walk(files, listing)) for files in generations]
    if listing == "all":
        assert met == sorted(set(met))
        assert set(met) >= set(lists[0]).intersection(*lists)
    else:
        names = [name for name, _ in met]
        assert names == sorted(set(names))
        assert set(names) >= set.intersection(*({name for name, _ in one} for one in lists))


@given(crowded_lives | lives, NAMES, VERSIONS, st.booleans())
@settings(max_examples=60, deadline=None)
def test_one_version_added_or_removed_rewrites_at_most_three_pages_of_a_list(
    life: Life, name: str, version: str, taken_away: bool
) -> None:
    before = built(life.generations[-1])
    (remove if taken_away else publish)(name, version)(life)
    after = built(life.generations[-1])
    for listing in ("all", "latest"):
        changed = {
            path
            for path in before.keys() | after.keys()
            if path.startswith(f"pages/{listing}/")
            and path != f"pages/{listing}/index.json"
            and before.get(path) != after.get(path)
        }
        assert len(changed) <= 3


def pages_of(letters: str, count: int, spread: int) -> int:
    life = play(bulk(letter, count, spread) for letter in letters)
    return len(pagination.every(life.generations[-1].events, Memo()))


def test_imports_in_order_leave_full_pages_wherever_they_come() -> None:
    assert pages_of("a", 950, 1) == 10
    # A second and a third import, after, before and amid what is there.
    assert pages_of("ab", 950, 1) <= 20
    assert pages_of("bac", 950, 1) <= 31


def test_an_import_whose_latest_versions_are_not_the_last_in_order_leaves_full_pages() -> None:
    """`1.10.0` comes before `1.9.0` in the list, and after it in the log."""
    versions = ("1.8.0", "1.9.0", "1.10.0")
    files = {
        entry_path(name, text): json.dumps(entry(name, text)).encode()
        for name in (f"com.example/s{number:03}" for number in range(300))
        for text in versions
    }
    life = play([publish("z.example/last", "1.0.0"), lambda life: life.commit(dict(files))])
    assert len(pagination.every(life.generations[-1].events, Memo())) <= 14


def test_an_import_in_between_others_halves_pages_at_worst() -> None:
    life = play([bulk("a", 900, 7), bulk("a", 997, 1)])
    assert len(pagination.every(life.generations[-1].events, Memo())) <= 20


def test_a_page_that_moderation_emptied_stays_valid_and_empty() -> None:
    life = play([bulk("m", 250, 1)])
    names = [server.name for server in life.generations[-1].servers]
    for name in names[100:200]:
        remove(name)(life)
    files = built(life.generations[-1])
    middle = json.loads(files["pages/all/2.json"])
    assert middle == {"servers": [], "metadata": {"nextCursor": "a3", "count": 0}}
    assert rows(files, "pages/all", "pages")[1]["first"] == f"{names[100]}:1.0.0"


def test_a_large_index_is_cut_into_parts_of_which_one_change_renews_few() -> None:
    def made(changed: int) -> Files:
        table: list[dict[str, str | int]] = [
            {
                "url": f"{n}.json",
                "count": 100,
                "first": f"com.example/s{n:06}:1.0.0",
                "last": f"com.example/s{n:06}:2.0.0",
                "sha256": hashlib.sha256(b"%d %d" % (n, n == changed)).hexdigest(),
            }
            for n in range(1, 3001)
        ]
        return {page.path: page.body for page in index.pages("pages/all", "pages", table)}

    files = made(0)
    assert all(len(body) <= index.LIMIT for body in files.values())
    assert [row["url"] for row in rows(files, "pages/all", "pages")] == [
        f"{n}.json" for n in range(1, 3001)
    ]
    parts = json.loads(files["pages/all/index.json"])["parts"]
    assert sum(part["count"] for part in parts) == 300_000
    for part in parts:
        body = files[f"pages/all/{part['url']}"]
        assert part["sha256"] == hashlib.sha256(body).hexdigest()
        assert part["url"] == f"index/{part['sha256'][:16]}.json"
        inside = json.loads(body)["pages"]
        assert (part["first"], part["last"]) == (inside[0]["first"], inside[-1]["last"])
    for changed in (1, 1500, 3000):
        assert len(made(changed).items() - files.items()) == 2  # one part, and index.json
