"""Changes that are large: huge files, many files, many namespaces, owners' files that expand."""

from __future__ import annotations

import pytest

from builder.net.network import Network
from tests.hostile import plumbing
from tests.ownership.events import MALLORY
from tests.ownership.servers import Zone
from tests.ownership.world import (
    ALICES,
    ALICES_NEXT,
    MALLORYS,
    MALLORYS_SERVER,
    REJECT,
    Signer,
    World,
    owned_by,
    rules,
    said,
    weather,
)


def test_a_file_of_50_megabytes(world: World, network: Network, zone: Zone) -> None:
    signer = Signer()
    big = b'{"name": "com.example/weather"}'.ljust(50_000_000)
    world.land({**owned_by(MALLORY)})
    change = {
        "servers/io.github.mallory/weather/1.0.0.json": big,
        "servers/io.github.mallory/namespace.yaml": big,
    }
    judgement = world.judge(change, MALLORYS)
    # The file of owners is too large to be one. The entry's size is for the rules to say.
    assert judgement.verdict is REJECT
    signed = {**signer.sign(weather("com.example")), "servers/com.example/weather/1.0.0.json": big}
    assert world.judge(signed, MALLORYS, network=network).verdict is REJECT


def test_a_hundred_thousand_files(world: World) -> None:
    content = plumbing.leaf(world.registry, ALICES_NEXT)
    folder = {b"%d.0.0.json" % number: content for number in range(100_000)}
    for path, name in (
        (b"servers/io.github.alice/weather2", "one namespace"),
        (b"servers", "strays"),
    ):
        head = plumbing.commit(world.registry, {path: dict(folder)})
        judgement = world.judge(head, ALICES)
        assert judgement.verdict is REJECT, name
        assert rules(judgement) == {"too-many-files"}
        assert "100,00" in judgement.reason


def test_a_thousand_namespaces_do_not_cost_a_thousand_lookups(
    world: World, network: Network, zone: Zone
) -> None:
    signer = Signer()
    change = {
        path: content
        for number in range(200)
        for path, content in signer.sign(weather(f"com.example{number}")).items()
    }
    assert world.judge(change, MALLORYS, network=network).verdict is REJECT
    assert zone.queries == []


LAUGHS = "a: &a [x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}, *{chr(97 + n)}]\n"
    for n in range(20)
)


@pytest.mark.parametrize(
    "text",
    [
        LAUGHS,
        "!!python/object/apply:os.system ['id']",
        "owners: [{github: !!str mallory, id: 666}]\nproof: github",
        "owners: [{github: mallory, id: 666}]\nowners: [{github: alice, id: 583231}]\nproof: github",
        "owners: [{github: mallory, id: 666, id: 583231}]\nproof: github",
        "---\nowners: [{github: mallory, id: 666}]\nproof: github\n---\n{}",
        "[" * 10_000,
        "owners: [{github: mallory, id: 0x29A}]\nproof: github",
        "owners: [{github: mallory, id: 666}, {github: mallory, id: 666}]\nproof: github",
        "owners: [{github: mallory, id: 666}]\nproof: github\nadmin: true",
        "",
        "\ufeffnull",
    ],
    ids=[
        "billion laughs",
        "tag of code",
        "tag",
        "key given twice",
        "id given twice",
        "two documents",
        "deep",
        "hexadecimal",
        "owner given twice",
        "more keys",
        "empty",
        "byte order mark",
    ],
)
def test_a_file_of_owners_that_is_not_plain(world: World, text: str) -> None:
    change = {**MALLORYS_SERVER, "servers/io.github.mallory/namespace.yaml": text}
    judgement = world.judge(change, MALLORYS)
    assert judgement.verdict is REJECT, said(judgement)
    assert "namespace-file-mismatch" in rules(judgement)
