"""The reference client against caches, deploys, kills and rewritten histories."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from random import Random

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.model.errors import RegistryError, RemoteError
from builder.pull.registry import Freshness
from tests.pull.cdn import Answer, Site, fresh, path, site
from tests.pull.copies import held, pull
from tests.pull.life import (
    Life,
    bulk,
    crowded_lives,
    folded,
    lives,
    mark,
    play,
    publish,
    remove,
    truth,
)

KINDS = pytest.mark.parametrize("suffix", [".db", ".jsonl"])
HEAD, INDEX, SNAPSHOT = path("head.json"), path("changes/index.json"), path("snapshot.jsonl.gz")
RECENT = path("changes/recent.json")


def caching(sites: list[Site], random: Random) -> Answer:
    """A network whose every answer may be of any generation: cached, or half deployed.

    It keeps an answer for a while, and mostly (not always) obeys who asks for a fresh one.
    """
    cached: dict[httpx.URL, bytes | None] = {}

    def answer(request: httpx.Request) -> bytes | None:
        origin = sites[-1] if random.random() < 0.8 else random.choice(sites)
        wants_fresh = "Cache-Control" in request.headers and random.random() < 0.8
        if request.url not in cached or wants_fresh or random.random() < 0.1:
            source = origin if wants_fresh else random.choice([*sites[-3:], origin])
            cached[request.url] = source.get(request.url.path)
        return cached[request.url]

    return answer


@KINDS
@given(life=lives | crowded_lives, random=st.randoms(use_true_random=False), data=st.data())
@settings(max_examples=30, deadline=None)
def test_through_caches_and_deploys_a_copy_is_always_a_true_state(
    suffix: str, life: Life, random: Random, data: st.DataObject
) -> None:
    log = life.generations[-1].events
    sites = [site(catalogue) for catalogue in life.generations]
    seen = 0
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, f"copy{suffix}")
        for now in sorted(data.draw(st.sets(st.integers(1, len(sites)), max_size=6))):
            try:
                summary = pull(caching(sites[:now], random), out)
                assert summary.after >= summary.before == seen
            except RemoteError as error:
                assert "is behind" in error.message or "copy is whole" in error.message
            sequence, copy = held(out)
            assert sequence >= seen
            assert copy == folded(log[:sequence])
            seen = sequence
        pull(fresh(sites[-1]), out)
        assert held(out) == (len(log), truth(life.generations[-1]))


@KINDS
def test_a_change_is_taken_from_the_log_in_two_requests(suffix: str, tmp_path: Path) -> None:
    out = tmp_path / f"copy{suffix}"
    life = play([bulk("a", 300, 1)])
    assert pull(fresh(site(life.generations[-1])), out).from_snapshot
    publish("com.example/a", "1.0.0")(life)
    asked: list[str] = []

    def answer(request: httpx.Request) -> bytes | None:
        asked.append(request.url.path.rpartition("/")[2])
        return site(life.generations[-1]).get(request.url.path)

    summary = pull(answer, out)
    assert (summary.before, summary.after, summary.from_snapshot) == (300, 301, False)
    assert asked == ["head.json", "recent.json"]
    assert held(out) == (301, truth(life.generations[-1]))


@KINDS
def test_asking_again_costs_an_unchanged_head(suffix: str, tmp_path: Path) -> None:
    out = tmp_path / f"copy{suffix}"
    files = site(play([bulk("a", 3, 1)]).generations[-1])
    pull(fresh(files), out)
    before = out.read_bytes()
    validators = []

    def answer(request: httpx.Request) -> bytes | None:
        validators.append(request.headers.get("If-None-Match"))
        return files.get(request.url.path)

    assert pull(answer, out).after == 3
    assert len(validators) == 1 and validators[0]
    assert out.read_bytes() == before


def test_a_head_that_has_moved_is_looked_up_again(tmp_path: Path) -> None:
    life = play([bulk("a", 3, 1)])
    out = tmp_path / "copy.db"
    pull(fresh(site(life.generations[-1])), out)
    publish("com.example/a", "1.0.0")(life)
    moved = {
        path.replace("/v0.1/", "/v0.2/"): body.replace(b'"v0.1/x', b'"v0.2/x')
        for path, body in site(life.generations[-1]).items()
    }
    assert pull(fresh(moved), out).after == 4


@pytest.mark.parametrize("wrong", [HEAD, INDEX, SNAPSHOT, path("changes/2.json"), RECENT])
@pytest.mark.parametrize("obeys", [Freshness.REVALIDATED, Freshness.UNCACHED])
def test_a_file_of_another_generation_is_asked_for_again(
    wrong: str, obeys: Freshness, tmp_path: Path
) -> None:
    """One file is stuck in a cache (or ahead of its deploy) until the cache is told to ask."""
    life = play([bulk("a", 300, 1), bulk("d", 300, 1), bulk("z", 30, 1)])
    old, middle, new = (site(catalogue) for catalogue in life.generations[1:4])
    # An old head alone looks like a registry that stands still.
    cases = ((old, middle), (middle, new), (new, middle))[2 if wrong == HEAD else 0 :]
    for stuck, rest in cases:
        out = tmp_path / f"{len(rest)} {len(stuck)}.db"
        if wrong != SNAPSHOT:
            pull(fresh(old), out)

        def answer(request: httpx.Request, stuck: Site = stuck, rest: Site = rest) -> bytes | None:
            told = {
                Freshness.REVALIDATED: "Cache-Control" in request.headers,
                Freshness.UNCACHED: bool(request.url.query),
            }[obeys]
            files = stuck if request.url.path == wrong and not told else rest
            return files.get(request.url.path)

        pull(answer, out)
        expected = life.generations[2] if rest is middle else life.generations[3]
        assert held(out) == (len(expected.events), truth(expected))


@pytest.mark.parametrize(("suffix", "lean"), [(".db", True), (".jsonl", False)])
def test_without_the_right_snapshot_the_log_gives_the_same(
    suffix: str, lean: bool, tmp_path: Path
) -> None:
    life = play([bulk("a", 300, 1), mark("com.example/a", "*", "deleted"), bulk("d", 600, 7)])
    files = dict(site(life.generations[-1], lean=lean))
    assert {path("changes/full/1-2.gz"), path("changes/full/3.gz")} <= files.keys() or not lean
    files[SNAPSHOT] = site(life.generations[1])[SNAPSHOT]
    out = tmp_path / f"copy{suffix}"
    assert not pull(fresh(files), out).from_snapshot
    assert held(out)[1] == truth(life.generations[-1])


@pytest.mark.parametrize("wrong", [SNAPSHOT, INDEX, "first shard"])
def test_an_altered_file_never_gets_in(wrong: str, tmp_path: Path) -> None:
    life = play([bulk("a", 300, 1)])
    files = dict(site(life.generations[-1]))
    if wrong == "first shard":
        wrong = path(f"changes/{json.loads(files[INDEX])['shards'][0]['url']}")
    files[wrong] = files[wrong][:-1] + b" "
    del files[INDEX if wrong == SNAPSHOT else SNAPSHOT]  # the other way round
    out = tmp_path / "copy.db"
    with pytest.raises(RemoteError, match="copy is whole as of change 0"):
        pull(fresh(files), out)
    assert held(out) == (0, {})


@KINDS
def test_a_rewritten_history_is_noticed_and_changes_nothing(suffix: str, tmp_path: Path) -> None:
    first = play([bulk("a", 30, 1), publish("com.example/a", "1.0.0")])
    second = play([bulk("a", 30, 1), publish("com.example/a", "1.0.0", title="Other")])
    out = tmp_path / f"copy{suffix}"
    pull(fresh(site(first.generations[-1])), out)
    before = held(out)
    for _ in range(2):
        with pytest.raises(RemoteError, match=r"change 31 is not the one .* rewritten"):
            pull(fresh(site(second.generations[-1])), out)
        publish("com.example/b", "1.0.0")(second)
    assert held(out) == before


def test_an_old_head_is_named_and_changes_nothing(tmp_path: Path) -> None:
    life = play([bulk("a", 3, 1), bulk("d", 3, 1)])
    out = tmp_path / "copy.db"
    pull(fresh(site(life.generations[-1])), out)
    with pytest.raises(RemoteError, match="head is at change 3, behind the copy"):
        pull(fresh(site(life.generations[1])), out)
    assert held(out) == (6, truth(life.generations[-1]))


@KINDS
def test_what_moderation_removed_goes_from_the_copy(suffix: str, tmp_path: Path) -> None:
    life = play([publish("com.example/a", "1.0.0", "2.0.0")])
    out = tmp_path / f"copy{suffix}"
    pull(fresh(site(life.generations[-1])), out)
    remove("com.example/a", "2.0.0")(life)
    pull(fresh(site(life.generations[-1])), out)
    sequence, copy = held(out)
    assert list(copy) == [("com.example/a", "1.0.0")]
    assert b'"isLatest":true' in copy["com.example/a", "1.0.0"]
    assert sequence == 4


@pytest.mark.parametrize(
    ("name", "content"),
    [("other.db", b"not a database, but long enough to be taken for one" * 20), ("o.jsonl", b"{}")],
)
def test_a_file_of_something_else_is_left_alone(name: str, content: bytes, tmp_path: Path) -> None:
    out = tmp_path / name
    out.write_bytes(content)
    with pytest.raises(RegistryError):
        pull(fresh({}), out)
    assert out.read_bytes() == content


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (None, "answered with status 404"),
        (b"<!doctype html>", "is not JSON"),
        (b"[]", "names no resource of type Head"),
        (b'{"resources":[{"type":"Site","url":"./"}]}', "names no resource of type Head"),
    ],
)
def test_what_is_no_registry_is_called_so(body: bytes | None, message: str, tmp_path: Path) -> None:
    with pytest.raises(RemoteError, match=message):
        pull(lambda _: body, tmp_path / "copy.db")
