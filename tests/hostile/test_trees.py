"""What no list of files shows: folders without any, modes that git never writes, names given twice."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hostile import plumbing
from tests.ownership.world import (
    ACCEPT,
    ALICES,
    ALICES_ENTRY,
    MALLORYS,
    MALLORYS_SERVER,
    REJECT,
    World,
    rules,
    said,
    weather,
)


def odd(world: World, changes: dict[bytes, Any]) -> str:
    """A publication that is right, with something in its tree beside it."""
    world.registry.git("hash-object", "-t", "tree", "-w", "/dev/null")
    return plumbing.commit(world.registry, changes, world.propose(MALLORYS_SERVER))


@pytest.mark.parametrize(
    "path",
    [
        b"servers/IO.GITHUB.ALICE",
        b"servers/io.github.Alice",
        b"servers/io.github.alice/Weather",
        b"servers/io.github.alice/weather/2.0.0.json",
        b"servers/io.github.mallory/weather/next",
        b"x",
        b".github/workflows",
    ],
)
def test_an_empty_tree_rides_along(world: World, path: bytes) -> None:
    judgement = world.judge(odd(world, {path: plumbing.EMPTY_TREE}), MALLORYS)
    assert judgement.verdict is REJECT
    assert "unlisted-content" in rules(judgement)
    assert path.decode().rpartition("/")[0] in said(judgement)


def test_five_thousand_empty_trees_of_other_peoples_names(world: World) -> None:
    names = {b"servers/IO.github.name-%d" % number: plumbing.EMPTY_TREE for number in range(5_002)}
    judgement = world.judge(odd(world, names), MALLORYS)
    assert judgement.verdict is REJECT
    assert rules(judgement) <= {"unlisted-content", "too-many-files"}


def test_an_empty_tree_inside_an_empty_tree(world: World) -> None:
    world.registry.git("hash-object", "-t", "tree", "-w", "/dev/null")
    raw = b"40000 b\0" + bytes.fromhex(plumbing.EMPTY_TREE[1])
    outer = world.registry.git("hash-object", "-t", "tree", "-w", "--stdin", input=raw)
    head = plumbing.commit(
        world.registry, {b"servers/a": ("40000", outer)}, world.propose(MALLORYS_SERVER)
    )
    judgement = world.judge(head, MALLORYS)
    assert (judgement.verdict, rules(judgement)) == (REJECT, {"unlisted-content"})


@pytest.mark.parametrize("mode", ["100664", "100600", "100444"])
def test_a_mode_that_git_does_not_write_on_anothers_file(world: World, mode: str) -> None:
    sha = world.registry.git("rev-parse", f"main:{ALICES_ENTRY}")
    judgement = world.judge(odd(world, {ALICES_ENTRY.encode(): (mode, sha)}), MALLORYS)
    assert (judgement.verdict, rules(judgement)) == (REJECT, {"unlisted-content"})


def test_a_folder_mode_with_a_zero_before_it(world: World) -> None:
    tree = world.registry.git("rev-parse", "main:servers/io.github.alice")
    head = odd(world, {b"servers/io.github.alice": ("040000", tree)})
    assert world.judge(head, MALLORYS).verdict is REJECT


@pytest.mark.parametrize("name", [b".git", b".GIT", b"..", b".", b"a/b"], ids=repr)
def test_a_name_that_no_working_tree_can_hold(world: World, name: bytes) -> None:
    raw = b"100644 %b\0" % name + bytes.fromhex(plumbing.blob(world.registry, b"{}"))
    tree = world.registry.git(
        "hash-object", "-t", "tree", "-w", "--literally", "--stdin", input=raw
    )
    head = odd(world, {b"servers/io.github.mallory/other": ("40000", tree)})
    assert "unlisted-content" in rules(world.judge(head, MALLORYS))


def test_a_name_given_twice_in_one_folder(world: World) -> None:
    entry = world.registry.git("rev-parse", f"main:{ALICES_ENTRY}")
    other = plumbing.blob(world.registry, b"{}")
    raw = b"".join(b"100644 1.0.0.json\0" + bytes.fromhex(sha) for sha in (other, entry))
    tree = world.registry.git(
        "hash-object", "-t", "tree", "-w", "--literally", "--stdin", input=raw
    )
    head = odd(world, {b"servers/io.github.alice/weather": ("40000", tree)})
    assert world.judge(head, MALLORYS).verdict is REJECT


def test_who_cleans_up_what_landed_before_is_not_blamed(world: World) -> None:
    """A branch made with git itself loses the empty folders that the base still has."""
    world.registry.git("hash-object", "-t", "tree", "-w", "/dev/null")
    sha = world.registry.git("rev-parse", f"main:{ALICES_ENTRY}")
    landed = plumbing.commit(
        world.registry,
        {b"servers/io.github.ghost": plumbing.EMPTY_TREE, ALICES_ENTRY.encode(): ("100664", sha)},
    )
    world.registry.git("update-ref", "refs/heads/main", landed)
    world.registry.git("reset", "--quiet", "--hard", "main")
    judgement = world.judge(weather("io.github.alice", "1.1.0"), ALICES)
    assert judgement.verdict is ACCEPT, said(judgement)
