"""Attacks by the shape of a tree: links, dots, encodings, submodules and modes."""

from __future__ import annotations

import pytest

from tests.hostile import plumbing
from tests.ownership.events import MALLORY
from tests.ownership.world import (
    ALICES,
    ALICES_ENTRY,
    ALICES_NEXT,
    MALLORYS,
    MALLORYS_SERVER,
    REJECT,
    World,
    owned_by,
    rules,
    said,
)


def test_a_symlink_out_of_the_tree(world: World) -> None:
    target = plumbing.leaf(world.registry, b"../../../../etc/passwd", plumbing.SYMLINK)
    for path in (
        b"servers/io.github.mallory/weather/2.0.0.json",
        b"servers/io.github.mallory/weather",
        b"servers/io.github.mallory/namespace.yaml",
        b"servers/io.github.mallory",
        b"servers",
    ):
        head = plumbing.commit(world.registry, {path: target}, world.propose(MALLORYS_SERVER))
        judgement = world.judge(head, MALLORYS)
        assert judgement.verdict is REJECT, path
        assert "root:" not in said(judgement)


def test_a_symlink_from_ones_own_namespace_into_anothers(world: World) -> None:
    target = plumbing.leaf(world.registry, b"../io.github.alice/weather", plumbing.SYMLINK)
    path = b"servers/io.github.mallory/weather"
    head = plumbing.commit(world.registry, {path: target}, world.propose(owned_by(MALLORY)))
    judgement = world.judge(head, MALLORYS)
    assert judgement.verdict is REJECT
    assert "unexpected-file" in rules(judgement)


@pytest.mark.parametrize(
    "path",
    [
        b"servers/../registry.yaml",
        b"servers/io.github.mallory/../io.github.alice/namespace.yaml",
        b"servers/../../outside/x/1.0.0.json",
        b"servers/./io.github.alice/weather/1.1.0.json",
        b"servers/../servers/weather/1.1.0.json",
        b"servers/io.github.mallory/../1.0.0.json",
        b"servers/.git/hooks/1.0.0.json",
    ],
)
def test_a_path_with_dots(world: World, path: bytes) -> None:
    head = plumbing.commit(
        world.registry,
        {path: plumbing.leaf(world.registry, ALICES_NEXT)},
        world.propose(MALLORYS_SERVER),
    )
    assert world.judge(head, MALLORYS).verdict is REJECT


@pytest.mark.parametrize(
    "path",
    [
        b"servers/io.github.mallory/weather/1%2E0.json",
        b"servers/io.github.mallory/weather/%2e%2e%2f.json",
        b"servers/io.github.mallory/weather/..%2Fx.json",
        b"servers/io.github.mallory/weather/%.json",
        b"servers/io.github.mallory/weather/1.0.0%00.json.json.sig.json ",
        b"servers/io.github.mallory/weather/%C0%AF.json",
        b"servers/io.github.mallory%2Fx/weather/1.0.0.json",
        b"servers/io.github%2Ealice/weather/1.0.0.json",
        b"servers/io.github.mallory/weather/\xff.json",
    ],
    ids=ascii,
)
def test_a_percent_encoding_trick(world: World, path: bytes) -> None:
    head = plumbing.commit(
        world.registry,
        {path: plumbing.leaf(world.registry, ALICES_NEXT)},
        world.propose(MALLORYS_SERVER),
    )
    assert world.judge(head, MALLORYS).verdict is REJECT


@pytest.mark.parametrize(
    "path", [b"servers/io.github.mallory/x", b"servers/x", b"servers/a/b/1.json"]
)
def test_a_submodule(world: World, path: bytes) -> None:
    node = (plumbing.SUBMODULE, world.registry.git("rev-parse", "main"))
    head = plumbing.commit(world.registry, {path: node}, world.propose(MALLORYS_SERVER))
    assert world.judge(head, MALLORYS).verdict is REJECT


def test_an_executable_bit(world: World) -> None:
    node = plumbing.leaf(world.registry, ALICES_NEXT, plumbing.EXECUTABLE)
    path = b"servers/io.github.alice/weather/1.1.0.json"
    judgement = world.judge(plumbing.commit(world.registry, {path: node}), ALICES)
    assert judgement.verdict is REJECT
    assert "executable-file" in rules(judgement)


def test_an_executable_bit_on_a_published_file(world: World) -> None:
    sha = world.registry.git("rev-parse", f"main:{ALICES_ENTRY}")
    head = plumbing.commit(world.registry, {ALICES_ENTRY.encode(): (plumbing.EXECUTABLE, sha)})
    assert world.judge(head, ALICES).verdict is REJECT
