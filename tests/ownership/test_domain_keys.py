"""Keys of a domain's namespace: what the first publication pins, and what signatures speak for."""

from __future__ import annotations

import pytest

from tests.ownership.domains import first
from tests.ownership.events import ALICE
from tests.ownership.servers import Zone
from tests.ownership.world import (
    ACCEPT,
    ALICES,
    MALLORYS,
    REJECT,
    REVIEW,
    Signer,
    World,
    owners_file,
    rules,
    said,
    weather,
)
from tests.registry import entry_file


@pytest.fixture
def pinned(free: World, signer: Signer, zone: Zone) -> World:
    """A registry in which com.example belongs to the signer's key, which the domain publishes."""
    zone.txt("example.com", signer.record)
    free.land(first(signer))
    return free


def test_the_file_of_owners_must_pin_the_key_that_was_proved(
    free: World, zone: Zone, signer: Signer
) -> None:
    zone.txt("example.com", signer.record)
    for wrong in (
        {"keys": [Signer().pin], "proof": "dns"},
        {"keys": [signer.pin, Signer().pin], "proof": "dns"},
        {"keys": [signer.pin], "proof": "http"},
        {"keys": [signer.pin], "owners": [{"github": "mallory", "id": 666}], "proof": "dns"},
    ):
        change = {**first(signer), **owners_file("com.example", **wrong)}
        judgement = free.judge(change, MALLORYS)
        assert judgement.verdict is REJECT
        assert "namespace-file-mismatch" in rules(judgement)


def test_every_entry_of_the_change_must_be_signed(free: World, zone: Zone, signer: Signer) -> None:
    zone.txt("example.com", signer.record)
    judgement = free.judge({**first(signer), **entry_file("com.example/other")}, MALLORYS)
    assert judgement.verdict is REJECT
    assert "servers/com.example/other/1.0.0.json is not signed" in said(judgement)


def test_a_pinned_key_that_is_still_published_is_enough(pinned: World, signer: Signer) -> None:
    judgement = pinned.judge(signer.sign(weather("com.example", "1.1.0")), MALLORYS)
    assert judgement.verdict is ACCEPT, said(judgement)
    assert "a pinned key, still a key published by example.com (DNS)" in judgement.reason


def test_a_key_pinned_beside_accounts_needs_no_domain(world: World, signer: Signer) -> None:
    owner = {"github": "alice", "id": ALICE["id"]}
    world.land(owners_file("io.github.alice", owners=[owner], keys=[signer.pin], proof="github"))
    change = signer.sign(weather("io.github.alice", "1.1.0"))
    assert world.judge(change, MALLORYS).verdict is ACCEPT
    assert world.judge(Signer().sign(weather("io.github.alice", "1.1.0"))).verdict is not ACCEPT


def test_every_entry_of_a_change_must_be_signed_with_a_key_that_counts(
    free: World, pinned: World, zone: Zone, signer: Signer
) -> None:
    stranger = Signer()
    mixed = {
        **signer.sign(weather("com.example", "1.1.0")),
        **stranger.sign(weather("com.example", "1.2.0")),
    }
    assert pinned.judge(mixed, MALLORYS).verdict is REJECT
    zone.txt("example.net", signer.record)
    start = {
        **first(signer, "net.example"),
        **stranger.sign(weather("net.example", "1.1.0")),
    }
    assert free.judge(start, MALLORYS).verdict is REJECT


def test_a_key_pinned_beside_accounts_does_not_carry_another(world: World, signer: Signer) -> None:
    owner = {"github": "alice", "id": ALICE["id"]}
    world.land(owners_file("io.github.alice", owners=[owner], keys=[signer.pin], proof="github"))
    own = signer.sign(weather("io.github.alice", "1.1.0"))
    other = Signer().sign(weather("io.github.alice", "1.2.0"))
    assert world.judge(own, MALLORYS).verdict is ACCEPT
    assert world.judge({**own, **other}, MALLORYS).verdict is REJECT


def test_a_signature_speaks_for_the_entry_only(pinned: World, signer: Signer) -> None:
    status = {"servers/com.example/weather/status.yaml": '"*": {status: deleted}'}
    change = {**signer.sign(weather("com.example", "1.1.0")), **status}
    judgement = pinned.judge(change, MALLORYS)
    assert judgement.verdict is REVIEW
    assert rules(judgement) == {"unsigned-file"}
    assert pinned.judge(status, MALLORYS).verdict is REJECT


def test_a_signature_does_not_carry_a_change_of_owners(pinned: World, signer: Signer) -> None:
    owners = owners_file(
        "com.example",
        keys=[signer.pin],
        owners=[{"github": "mallory", "id": 666}],
        proof="dns",
    )
    change = {**signer.sign(weather("com.example", "1.1.0")), **owners}
    assert pinned.judge(change, MALLORYS).verdict is REVIEW


def test_an_owner_adds_accounts_to_a_domains_namespace(pinned: World, signer: Signer) -> None:
    pinned.land(
        owners_file(
            "com.example",
            keys=[signer.pin],
            owners=[{"github": "alice", "id": ALICE["id"]}],
            proof="dns",
        )
    )
    assert pinned.judge(weather("com.example", "1.1.0"), ALICES).verdict is ACCEPT
    assert pinned.judge(weather("com.example", "1.1.0"), MALLORYS).verdict is REJECT


def test_a_missing_file_of_owners_is_told_with_the_key_even_before_it_is_published(
    free: World, signer: Signer
) -> None:
    judgement = free.judge(signer.sign(weather("com.example")))
    assert rules(judgement) == {"namespace-unproved", "namespace-file-missing"}
    assert f'public: "{signer.pin["public"]}"' in said(judgement)
