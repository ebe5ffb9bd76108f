"""Signed statuses and owners' files that come back, or are carried elsewhere."""

from __future__ import annotations

from tests.hostile.signed import DEPRECATED, STATUS, next_version, pinned, signer
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
    owned_by,
    owners_file,
    rules,
    said,
    weather,
)
from tests.registry import entry_file

__all__ = ["pinned", "signer"]


def test_a_domains_owner_with_a_key_only_deprecates_and_withdraws(
    pinned: World, signer: Signer
) -> None:
    first = signer.sign({STATUS: DEPRECATED}, counter=1)
    judgement = pinned.judge(first, MALLORYS)
    assert judgement.verdict is ACCEPT, said(judgement)
    pinned.land(first)
    deleted = {STATUS: '"*": {status: deleted, message: Withdrawn}\n'}
    second = signer.sign(deleted, counter=2)
    assert pinned.judge(second, MALLORYS).verdict is ACCEPT
    assert pinned.judge({STATUS: deleted[STATUS]}, MALLORYS).verdict is REJECT


def test_an_old_status_does_not_come_back(pinned: World, signer: Signer) -> None:
    first = signer.sign({STATUS: DEPRECATED}, counter=1)
    never_landed = signer.sign({STATUS: '"*": {status: deleted}\n'}, counter=2)
    pinned.land(first)
    pinned.land(signer.sign({STATUS: '"*": {status: active}\n'}, counter=2))
    for replayed in (first, never_landed):
        judgement = pinned.judge(replayed, MALLORYS)
        assert judgement.verdict is REJECT
        assert "it must be more than 2" in said(judgement)
    # Nor when the signature that counts is taken away first.
    for who in (MALLORYS, ALICES):
        assert pinned.judge({f"{STATUS}.sig": None}, who).verdict is REJECT


def test_a_status_signed_by_another_key(pinned: World) -> None:
    judgement = pinned.judge(Signer().sign({STATUS: DEPRECATED}, counter=1), MALLORYS)
    assert judgement.verdict is REJECT


def test_a_status_without_counter(pinned: World, signer: Signer) -> None:
    assert pinned.judge(signer.sign({STATUS: DEPRECATED}), MALLORYS).verdict is REJECT


def test_a_signed_status_of_one_server_is_copied_to_another(pinned: World, signer: Signer) -> None:
    pinned.land(signer.sign(entry_file("com.example/other")))
    other = STATUS.replace("weather", "other")
    signed = signer.sign({STATUS: DEPRECATED}, counter=1)
    copied = {other: DEPRECATED, f"{other}.sig": signed[f"{STATUS}.sig"]}
    assert pinned.judge(copied, MALLORYS).verdict is REJECT


def test_owners_signed_with_the_key_that_counts(pinned: World, signer: Signer, zone: Zone) -> None:
    new = Signer()
    zone.txt("example.com", signer.record, new.record)
    both = owners_file("com.example", keys=[signer.pin, new.pin], proof="dns")
    signed = signer.sign(both, counter=1)
    assert pinned.judge(signed, MALLORYS).verdict is ACCEPT
    assert pinned.judge(both, MALLORYS).verdict is REJECT
    assert pinned.judge(new.sign(both, counter=1), MALLORYS).verdict is not ACCEPT
    pinned.land(signed)
    assert pinned.judge(new.sign(next_version()), MALLORYS).verdict is ACCEPT
    # The older file, from history, does not bring a key back that was taken out.
    only_new = new.sign(owners_file("com.example", keys=[new.pin], proof="dns"), counter=2)
    pinned.land(only_new)
    assert pinned.judge(signed, MALLORYS).verdict is not ACCEPT


def test_a_signature_of_owners_names_an_account_that_nobody_verified(
    pinned: World, signer: Signer
) -> None:
    owners = [{"github": "alice", "id": ALICE["id"]}]
    change = owners_file("com.example", keys=[signer.pin], owners=owners, proof="dns")
    judgement = pinned.judge(signer.sign(change, counter=1), MALLORYS)
    assert judgement.verdict is REVIEW
    assert rules(judgement) == {"owner-unverified"}
    # The account itself proposes it: then the login is verified by that.
    assert pinned.judge(signer.sign(change, counter=1), ALICES).verdict is ACCEPT


def test_a_free_namespace_is_not_owned_by_a_signature_of_the_file_of_owners(
    world: World,
) -> None:
    signer = Signer()
    owners = signer.sign(owned_by(ALICE, "io.github.bob"), counter=1)
    assert world.judge({**owners, **weather("io.github.bob")}, MALLORYS).verdict is REJECT
