"""Attacks on namespaces that a key of a domain owns: copied signatures, old keys, hostile servers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builder.net.network import Network
from builder.ownership import well_known
from tests.ownership.servers import Site, Zone, body
from tests.ownership.world import (
    ACCEPT,
    MALLORYS,
    REJECT,
    REVIEW,
    Signer,
    World,
    owners_file,
    said,
    weather,
)
from tests.registry import entry_file


@pytest.fixture
def pinned(world: World, network: Network, zone: Zone) -> tuple[World, Signer]:
    """com.example belongs to a key that its domain publishes, and has signed weather 1.0.0."""
    signer = Signer()
    world.network = network
    zone.txt("example.com", signer.record)
    pin = owners_file("com.example", keys=[signer.pin], proof="dns")
    world.land({**signer.sign(weather("com.example")), **pin})
    return world, signer


@pytest.mark.parametrize("source", ["entry", "version", "content", "namespace", "key"])
def test_a_signature_copied_from_elsewhere(pinned: tuple[World, Signer], source: str) -> None:
    world, signer = pinned
    target = signer.sign(weather("com.example", "1.1.0"))
    path = "servers/com.example/weather/1.1.0.json"
    others = {
        "entry": signer.sign(entry_file("com.example/other", "1.1.0")),
        "version": signer.sign(weather("com.example", "1.0.0")),
        "content": signer.sign(weather("com.example", "1.1.0", description="Other words.")),
        "namespace": signer.sign(weather("com.example.api", "1.1.0")),
        "key": Signer().sign(weather("com.example", "1.1.0")),
    }
    copied = next(data for name, data in others[source].items() if name.endswith(".sig"))
    assert world.judge(target, MALLORYS).verdict is ACCEPT
    judgement = world.judge({**target, f"{path}.sig": copied}, MALLORYS)
    assert judgement.verdict is REJECT
    why = "not pinned" if source == "key" else "the signature is of another entry"
    assert why in judgement.reason


def test_the_same_bytes_signed_for_one_place_are_not_accepted_in_another(
    pinned: tuple[World, Signer],
) -> None:
    # A signature over the bytes alone would let a pre-release be republished as a release.
    world, signer = pinned
    (path, data), (_, signature) = signer.sign(weather("com.example", "2.0.0-beta")).items()
    moved = path.replace("2.0.0-beta", "2.0.0")
    judgement = world.judge({moved: data, f"{moved}.sig": signature}, MALLORYS)
    assert judgement.verdict is REJECT


def test_an_expired_key_of_a_domain(pinned: tuple[World, Signer], zone: Zone) -> None:
    world, signer = pinned
    zone.records["example.com"] = {}
    judgement = world.judge(signer.sign(weather("com.example", "1.1.0")), MALLORYS)
    assert judgement.verdict is REVIEW
    assert "signed with a pinned key, but" in judgement.reason
    assert "not published by example.com (DNS)" in judgement.reason


def test_a_replaced_key_of_a_domain(pinned: tuple[World, Signer], zone: Zone) -> None:
    world, old = pinned
    new = Signer()
    zone.txt("example.com", new.record)
    leaked = world.judge(old.sign(weather("com.example", "1.1.0")), MALLORYS)
    assert leaked.verdict is REVIEW
    fresh = world.judge(new.sign(weather("com.example", "1.1.0")), MALLORYS)
    assert fresh.verdict is REVIEW
    assert "which namespace.yaml does not pin" in fresh.reason


def test_a_redirect_to_a_private_address(world: World, web: Network, site: Site) -> None:
    signer = Signer()
    secret = f"https://127.0.0.1:{site.port}/latest/meta-data"
    site.answer = body(signer.record, 302, {"Location": secret})
    pin = owners_file("com.example", keys=[signer.pin], proof="http")
    change = {**signer.sign(weather("com.example")), **pin}
    assert world.judge(change, MALLORYS, network=web).verdict is REJECT
    assert [path for _, path in site.requests] == ["/.well-known/mcp-registry-auth"]


def test_a_name_that_leads_to_a_private_address(world: World, web: Network, site: Site) -> None:
    signer = Signer()
    site.answer = body(signer.record)
    pin = owners_file("com.example", keys=[signer.pin], proof="http")
    change = {**signer.sign(weather("com.example")), **pin}
    guarded = replace(web, allow_private=False)
    judgement = world.judge(change, MALLORYS, network=guarded)
    assert judgement.verdict is REVIEW
    assert "127.0.0.1, which is not a public one" in said(judgement)
    assert site.requests == []


def test_a_name_whose_address_changes_between_look_and_connection(
    web: Network, zone: Zone, site: Site
) -> None:
    site.answer = body(Signer().record)
    well_known.keys("example.com", web)
    looked_up = [kind for name, kind in zone.queries if name == "example.com"]
    assert looked_up.count("A") == 1


def test_a_dns_answer_with_many_records(world: World, network: Network, zone: Zone) -> None:
    signer = Signer()
    decoys = [Signer().record for _ in range(500)]
    zone.txt("example.com", *decoys, signer.record)
    pin = owners_file("com.example", keys=[signer.pin], proof="dns")
    change = {**signer.sign(weather("com.example")), **pin}
    assert world.judge(change, MALLORYS, network=network).verdict is ACCEPT
    everything = owners_file("com.example", keys=[signer.pin, Signer().pin], proof="dns")
    assert world.judge({**change, **everything}, MALLORYS, network=network).verdict is REJECT
