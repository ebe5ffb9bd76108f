"""Owners that namespace.yaml lists: by number, whatever their login, and changed only by owners."""

from __future__ import annotations

import pytest

from tests.ownership.events import ACME, ALICE, DEPENDABOT, MALLORY, account, claim
from tests.ownership.world import (
    ACCEPT,
    ACMES,
    ALICES,
    MALLORYS,
    REJECT,
    REVIEW,
    Signer,
    World,
    owned_by,
    owners_file,
    rules,
    weather,
)

STATUS = {"servers/io.github.alice/weather/status.yaml": '"1.0.0": {status: deprecated}'}


def test_an_owner_publishes_a_version(world: World) -> None:
    judgement = world.judge(weather("io.github.alice", "1.1.0"), ALICES)
    assert judgement.verdict is ACCEPT
    assert judgement.findings == ()
    (only,) = judgement.namespaces
    assert (only.namespace, only.verdict, only.new) == ("io.github.alice", ACCEPT, False)
    assert only.reason == "io.github.alice is proved by the listed owner alice (583231)"


def test_a_stranger_is_rejected_with_the_owners_name(world: World) -> None:
    judgement = world.judge(weather("io.github.alice", "1.1.0"), MALLORYS)
    assert judgement.verdict is REJECT
    assert rules(judgement) == {"not-the-owner"}
    assert "belongs to alice (583231)" in judgement.reason
    assert "mallory (666) is not a listed owner" in judgement.reason


def test_a_renamed_owner_keeps_the_namespace(world: World) -> None:
    renamed = account("alice-smith", ALICE["id"])
    judgement = world.judge(weather("io.github.alice", "1.1.0"), claim(renamed, renamed))
    assert judgement.verdict is ACCEPT


def test_who_registers_the_login_again_does_not_inherit_the_namespace(world: World) -> None:
    again = account("alice", 999_999)
    judgement = world.judge(weather("io.github.alice", "1.1.0"), claim(again, again))
    assert judgement.verdict is REJECT
    assert "alice (999999) only has the login of the owner alice (583231)" in judgement.reason


def test_a_lifecycle_change_follows_the_same_ownership(world: World) -> None:
    assert world.judge(STATUS, ALICES).verdict is ACCEPT
    assert world.judge(STATUS, MALLORYS).verdict is REJECT


def test_owners_are_changed_by_owners(world: World) -> None:
    both = [{"github": one["login"], "id": one["id"]} for one in (ALICE, MALLORY)]
    change = owners_file("io.github.alice", owners=both, proof="github")
    assert world.judge(change, MALLORYS).verdict is REJECT
    # That 666 is mallory's number nobody has verified: a person compares the two.
    judgement = world.judge(change, ALICES)
    assert judgement.verdict is REVIEW
    assert rules(judgement) == {"owner-unverified"}
    world.land(change)
    assert world.judge(weather("io.github.alice", "1.1.0"), MALLORYS).verdict is ACCEPT


def test_a_namespace_is_never_left_without_an_owner(world: World) -> None:
    judgement = world.judge({"servers/io.github.alice/namespace.yaml": None}, ALICES)
    assert judgement.verdict is REJECT
    assert rules(judgement) == {"namespace-file-removed"}


def test_an_organisation_listed_by_id_publishes_from_its_fork(world: World) -> None:
    world.land({**owned_by(ACME), **weather("io.github.acme")})
    assert world.judge(weather("io.github.acme", "1.1.0"), ACMES).verdict is ACCEPT
    assert world.judge(weather("io.github.acme", "1.1.0"), ALICES).verdict is REJECT


def test_a_listed_bot_may_publish(world: World) -> None:
    listed = [{"github": "dependabot[bot]", "id": DEPENDABOT["id"]}]
    world.land(owners_file("com.example", owners=listed, proof="dns"))
    judgement = world.judge(weather("com.example"), claim(DEPENDABOT, ALICE, sender=DEPENDABOT))
    assert judgement.verdict is ACCEPT


def test_an_owner_cannot_pin_what_is_no_key(world: World) -> None:
    owner = {"github": "alice", "id": 583231}
    short = {"algorithm": "ed25519", "public": "AAAA"}
    change = owners_file("io.github.alice", owners=[owner], keys=[short], proof="github")
    judgement = world.judge(change, ALICES)
    assert judgement.verdict is REJECT
    assert rules(judgement) == {"malformed-key"}


def test_a_signature_that_has_landed_stays(world: World) -> None:
    path = "servers/io.github.alice/weather/1.0.0.json"
    signed = Signer().sign(weather("io.github.alice"))
    world.land(signed)
    other = Signer().sign(weather("io.github.alice"))[f"{path}.sig"]
    for content in (other, None):
        judgement = world.judge({f"{path}.sig": content}, ALICES)
        assert judgement.verdict is REJECT
        assert rules(judgement) == {"signature-changed"}


@pytest.mark.parametrize("login", ["old--account", "o", "alice_acme", "trailing-"])
def test_every_kind_of_login_may_be_listed(world: World, login: str) -> None:
    one = account(login, 4242)
    owners = [{"github": "alice", "id": ALICE["id"]}, {"github": login, "id": 4242}]
    world.land(owners_file("io.github.alice", owners=owners, proof="github"))
    change = weather("io.github.alice", "1.1.0")
    assert world.judge(change, claim(one, one)).verdict is ACCEPT
