"""A run of a release workflow proves an entry: of the owner, or of a trusted publisher."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.hostile.runs_of_ci.wishes import ENTRY, GITLAB_ENTRY, OURS, WISHES, trusting, with_bundle
from tests.ownership.events import ALICE, MALLORY, claim
from tests.ownership.sigstore import Made
from tests.ownership.world import (
    ACCEPT,
    MALLORYS,
    REJECT,
    REVIEW,
    World,
    owned_by,
    owners_file,
    rules,
    said,
    weather,
)
from tests.registry import Registry


def test_both_implementations_take_the_bundles(made: Made) -> None:
    said_of = dict(zip(WISHES, made.verified, strict=True))
    assert said_of.pop("other bytes") == ""  # it is of the bytes that it is of
    assert set(said_of.values()) == {""}


@pytest.mark.parametrize("name", ["release", "attestation"])
def test_a_run_of_the_owner_proves_the_entry_whoever_proposes_it(
    world: World, bundles: Mapping[str, bytes], name: str
) -> None:
    judgement = world.judge(with_bundle(bundles[name]), MALLORYS)
    assert judgement.verdict is ACCEPT, said(judgement)
    assert "a run of the listed owner alice (583231)" in judgement.reason
    assert ".github/workflows/release.yml of alice/weather" in judgement.reason


def test_without_the_bundle_the_stranger_is_refused(world: World) -> None:
    assert world.judge(ENTRY, MALLORYS).verdict is REJECT


def test_a_trusted_publisher_publishes(world: World, bundles: Mapping[str, bytes]) -> None:
    world.land(trusting())
    judgement = world.judge(with_bundle(bundles["release"]), MALLORYS)
    assert judgement.verdict is ACCEPT, said(judgement)
    assert "the trusted publisher .github/workflows/release.yml" in judgement.reason


def test_a_trusted_publisher_needs_no_account_of_its_own(
    world: World, bundles: Mapping[str, bytes]
) -> None:
    """A domain's namespace may trust a pipeline of a group that owns nothing here."""
    publisher = {"gitlab-ci": {"project-id": 20, "project": "acme/tools/weather"}}
    owner = {"github": "carol", "id": 77}
    world.land(
        owners_file(
            "com.example", owners=[owner], proof="http", **{"trusted-publishers": [publisher]}
        )
    )
    files = with_bundle(bundles["gitlab"], GITLAB_ENTRY)
    judgement = world.judge(files, MALLORYS)
    assert judgement.verdict is ACCEPT, said(judgement)


def test_a_run_speaks_for_the_entry_and_for_nothing_else(
    world: World, bundles: Mapping[str, bytes]
) -> None:
    status = {"servers/io.github.alice/weather/status.yaml": '"1.0.0": {status: deprecated}'}
    judgement = world.judge({**with_bundle(bundles["release"]), **status}, MALLORYS)
    assert judgement.verdict is REVIEW
    assert rules(judgement) == {"unsigned-file"}


def test_every_entry_needs_its_run(world: World, bundles: Mapping[str, bytes]) -> None:
    more = weather("io.github.alice", "1.2.0")
    judgement = world.judge({**with_bundle(bundles["release"]), **more}, MALLORYS)
    assert judgement.verdict is REJECT
    assert "no run of CI vouches for servers/io.github.alice/weather/1.2.0.json" in said(judgement)


def test_a_bundle_comes_with_its_entry(world: World, bundles: Mapping[str, bytes]) -> None:
    late = {"servers/io.github.alice/weather/1.0.0.json.sigstore": bundles["release"]}
    judgement = world.judge(late, claim(ALICE, ALICE))
    assert judgement.verdict is REJECT
    assert "bundle-invalid" in rules(judgement)


def test_a_run_claims_the_namespace_of_its_repositorys_owner(
    registry: Registry, made: Made, bundles: Mapping[str, bytes]
) -> None:
    world = World(registry)
    world.land({"registry.yaml": OURS, "sigstore/trusted_root.json": made.root})
    first = with_bundle(bundles["release"])
    assert "namespace-file-missing" in rules(world.judge(first, MALLORYS))
    judgement = world.judge({**first, **owned_by(ALICE)}, MALLORYS)
    assert judgement.verdict is ACCEPT, said(judgement)
    (namespace,) = judgement.namespaces
    assert namespace.new

    # Whoever copies a bundle names nobody else, and trusts no workflow of their own.
    stolen = owned_by({**MALLORY, "login": "mallory"}, "io.github.alice")
    assert "namespace-file-mismatch" in rules(world.judge({**first, **stolen}, MALLORYS))
    assert "namespace-file-mismatch" in rules(world.judge({**first, **trusting()}, MALLORYS))
    assert world.judge({**first, **trusting()}, claim(ALICE, ALICE)).verdict is ACCEPT

    fork = with_bundle(bundles["fork"])
    assert world.judge({**fork, **owned_by(ALICE)}, MALLORYS).verdict is REJECT
