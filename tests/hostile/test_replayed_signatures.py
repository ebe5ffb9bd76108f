"""Signatures taken from elsewhere or from the past, and files in the place of signatures."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from builder.net.network import Network
from builder.ownership.statement import RegistryIdentity
from tests.hostile import plumbing
from tests.hostile.signed import DEPRECATED, STATUS, next_version, pinned, signer
from tests.ownership.servers import Zone
from tests.ownership.world import (
    ACCEPT,
    ALICES,
    MALLORYS,
    REJECT,
    Files,
    Signer,
    World,
    owners_file,
    rules,
    said,
    weather,
)

__all__ = ["pinned", "signer"]

ENTRY = "servers/com.example/weather/1.1.0.json"


def test_a_signature_of_the_first_form_counts_no_more(pinned: World, signer: Signer) -> None:
    judgement = pinned.judge(signer.sign_first(next_version()), MALLORYS)
    assert judgement.verdict is REJECT
    assert "signature-invalid" in rules(judgement)
    assert "sign again" in said(judgement)


def test_an_entry_of_the_first_form_stays_where_it_landed(pinned: World, signer: Signer) -> None:
    pinned.land(signer.sign_first(next_version()))
    following = signer.sign(weather("com.example", "1.2.0"))
    assert pinned.judge(following, MALLORYS).verdict is ACCEPT
    for content in (b"{}", None):
        judgement = pinned.judge({f"{ENTRY}.sig": content}, ALICES)
        assert "signature-changed" in rules(judgement)


@pytest.mark.parametrize(
    "elsewhere",
    [
        RegistryIdentity("com.example.registry", "other.example.com"),
        RegistryIdentity("com.other", "registry.example.com"),
        RegistryIdentity("com.example", "registry.registry.example.com"),
    ],
)
def test_a_signature_made_for_another_registry(
    pinned: World, signer: Signer, elsewhere: RegistryIdentity
) -> None:
    judgement = pinned.judge(signer.sign(next_version(), registry=elsewhere), MALLORYS)
    assert judgement.verdict is REJECT
    assert f"is for the registry {elsewhere.namespace} at {elsewhere.host}" in said(judgement)


def test_a_signature_of_another_registry_does_not_claim_a_namespace(
    world: World, network: Network, zone: Zone, signer: Signer
) -> None:
    zone.txt("example.com", signer.record)
    pin = owners_file("com.example", keys=[signer.pin], proof="dns")
    elsewhere = signer.sign(weather("com.example"), registry=RegistryIdentity("a.b", "c.d"))
    assert world.judge({**elsewhere, **pin}, MALLORYS, network=network).verdict is REJECT
    first_form = signer.sign_first(weather("com.example"))
    assert world.judge({**first_form, **pin}, MALLORYS, network=network).verdict is REJECT


def test_the_registry_named_in_a_signature_is_rewritten(pinned: World, signer: Signer) -> None:
    signed = signer.sign(next_version(), registry=RegistryIdentity("a.b", "c.d"))
    text = signed[f"{ENTRY}.sig"]
    assert isinstance(text, bytes)
    stated = json.loads(text) | {"registry": "com.example.registry", "host": "registry.example.com"}
    judgement = pinned.judge({**signed, f"{ENTRY}.sig": json.dumps(stated)}, MALLORYS)
    assert judgement.verdict is REJECT
    assert "of another entry, or of other bytes" in said(judgement)


def test_a_signature_counts_until_its_day(pinned: World, signer: Signer) -> None:
    assert pinned.judge(signer.sign(next_version(), days=0.01), MALLORYS).verdict is ACCEPT
    judgement = pinned.judge(signer.sign(next_version(), days=-0.01), MALLORYS)
    assert judgement.verdict is REJECT
    assert "the signature expired at" in said(judgement)


def test_a_signature_for_ever_is_refused(pinned: World, signer: Signer) -> None:
    assert pinned.judge(signer.sign(next_version(), days=90), MALLORYS).verdict is ACCEPT
    judgement = pinned.judge(signer.sign(next_version(), days=1000), MALLORYS)
    assert judgement.verdict is REJECT
    assert "at most 90 days" in said(judgement)


@pytest.mark.parametrize(
    "changed",
    [
        {"expires": "2999-01-01T00:00:00Z"},
        {"expires": "2026-13-41T00:00:00Z"},
        {"expires": 1_800_000_000},
        {"counter": 1},
        {"counter": True},
        {"counter": -1},
        {"more": "keys"},
        {"registry": None},
    ],
    ids=str,
)
def test_a_signature_file_is_edited(pinned: World, signer: Signer, changed: object) -> None:
    signed = signer.sign(next_version())
    text = signed[f"{ENTRY}.sig"]
    assert isinstance(text, bytes)
    assert isinstance(changed, dict)
    edited = json.dumps(json.loads(text) | changed)
    judgement = pinned.judge({**signed, f"{ENTRY}.sig": edited}, MALLORYS)
    assert judgement.verdict is REJECT
    assert "signature-invalid" in rules(judgement)


def test_a_signature_of_an_entry_speaks_for_no_other_kind_of_file(
    pinned: World, signer: Signer
) -> None:
    # The same bytes as an entry and as a status file: the purpose is in the message.
    entry = signer.sign({ENTRY: DEPRECATED})
    judgement = pinned.judge({STATUS: DEPRECATED, f"{STATUS}.sig": entry[f"{ENTRY}.sig"]}, MALLORYS)
    assert judgement.verdict is REJECT


def _junk(_: Signer) -> Files:
    return {f"{ENTRY}.sig": b"{}"}


def _foreign(_: Signer) -> Files:
    return {f"{ENTRY}.sig": Signer().sign(next_version())[f"{ENTRY}.sig"]}


def _own(signer: Signer) -> Files:
    return {f"{ENTRY}.sig": signer.sign(next_version())[f"{ENTRY}.sig"]}


@pytest.mark.parametrize("make", [_junk, _foreign, _own])
def test_a_signature_without_its_entry_burns_no_version(
    pinned: World, signer: Signer, make: Callable[[Signer], Files]
) -> None:
    # It rides in on something that is accepted by itself.
    ride = signer.sign(weather("com.example", "1.0.1"))
    assert pinned.judge(ride, MALLORYS).verdict is ACCEPT
    judgement = pinned.judge({**ride, **make(signer)}, MALLORYS)
    assert judgement.verdict is REJECT
    assert "signature-invalid" in rules(judgement)
    assert f"{ENTRY}.sig: there is no file that it signs" in said(judgement)


def test_a_wrong_signature_is_refused_from_an_owner_too(world: World) -> None:
    path = "servers/io.github.alice/weather/1.1.0.json"
    entry = weather("io.github.alice", "1.1.0")
    for content in (b"{}", Signer().sign(weather("io.github.alice", "1.2.0")).popitem()[1]):
        judgement = world.judge({**entry, f"{path}.sig": content}, ALICES)
        assert judgement.verdict is REJECT
        assert "signature-invalid" in rules(judgement)


@pytest.mark.parametrize("junk", [b"{}", b"\0" * 5000], ids=["small", "large"])
def test_a_wrong_signature_that_lies_here_is_replaced_with_its_entry(
    pinned: World, signer: Signer, junk: bytes
) -> None:
    pinned.land({f"{ENTRY}.sig": junk})
    assert pinned.judge(signer.sign(next_version()), MALLORYS).verdict is ACCEPT


def test_a_wrong_signature_beside_an_entry_is_replaced_or_taken_away(world: World) -> None:
    path = "servers/io.github.alice/weather/1.0.0.json.sig"
    world.land({path: b"{}"})
    entry = weather("io.github.alice")
    right = Signer().sign(entry)[path]
    assert world.judge({path: right}, ALICES).verdict is ACCEPT
    assert world.judge({path: None}, ALICES).verdict is ACCEPT
    assert world.judge({path: None}, MALLORYS).verdict is REJECT
    assert world.judge({path: b"{ }"}, ALICES).verdict is REJECT


def test_a_signature_of_40_mebibytes(pinned: World, signer: Signer) -> None:
    signed = signer.sign(next_version())
    text = signed[f"{ENTRY}.sig"]
    assert isinstance(text, bytes)
    small = text.ljust(4096)
    assert pinned.judge({**signed, f"{ENTRY}.sig": small}, MALLORYS).verdict is ACCEPT
    for size in (4097, 40 << 20):
        judgement = pinned.judge({**signed, f"{ENTRY}.sig": text.ljust(size)}, MALLORYS)
        assert judgement.verdict is REJECT
        assert f"{size:,} bytes, at most 4,096" in said(judgement)


def test_a_signature_that_is_a_link(pinned: World, signer: Signer) -> None:
    signed = signer.sign(next_version())
    head = pinned.propose({ENTRY: signed[ENTRY]})
    link = plumbing.leaf(pinned.registry, b"../../../x", plumbing.SYMLINK)
    linked = plumbing.commit(pinned.registry, {f"{ENTRY}.sig".encode(): link}, head)
    assert pinned.judge(linked, MALLORYS).verdict is REJECT
