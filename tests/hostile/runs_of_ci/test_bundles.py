"""A bundle that does not hold is refused, and none ends the check; roots of trust and age count."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import pytest

from builder.ownership.bundle import connect
from builder.ownership.signed_run import BundleError
from tests.hostile.runs_of_ci.wishes import DATA, WISHES, with_bundle
from tests.ownership.events import ALICE, claim
from tests.ownership.sigstore import Made, make
from tests.ownership.world import MALLORYS, REJECT, REVIEW, World, rules, said
from tests.registry import CONFIG


def test_bytes_of_a_bundle_that_are_turned_around_never_end_the_check(made: Made) -> None:
    """Every text of it, cut, flipped or replaced: it holds, or there is one sentence why not."""
    verifier = connect(made.root)
    chance = random.Random(0)
    for _ in range(300):
        content = json.loads(chance.choice(made.bundles[:2]))
        holder, key = chance.choice(list(_texts(content)))
        raw = bytearray(holder[key].encode())
        raw[chance.randrange(len(raw))] = chance.choice(b"AZaz09+/= \\")
        holder[key] = raw.decode() if chance.random() < 0.9 else raw.decode()[: len(raw) // 2]
        with suppress(BundleError):
            verifier.verify(json.dumps(content).encode(), DATA)


def _texts(value: Any) -> Iterator[tuple[Any, Any]]:
    """Where the texts of a document are: what holds each, and by which key."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in pairs:
        if isinstance(inner, dict | list):
            yield from _texts(inner)
        elif isinstance(inner, str) and inner:
            yield value, key


@pytest.mark.parametrize(
    ("bundle", "because"),
    [
        ("other bytes", "does not hold"),
        ("attestation of other bytes", "whose subject is this entry"),
        ("other statement", "no attestation of the kind"),
        ("pull_request_target", "can be started by anybody"),
        ("workflow_run", "can be started by anybody"),
        ("other issuer", "does not hold"),
        ("no repository", "no claim event_name"),
    ],
)
def test_a_bundle_that_does_not_hold_is_refused_whoever_brings_it(
    world: World, bundles: Mapping[str, bytes], bundle: str, because: str
) -> None:
    judgement = world.judge(with_bundle(bundles[bundle]), claim(ALICE, ALICE))
    assert judgement.verdict is REJECT
    assert rules(judgement) == {"bundle-invalid"}
    assert because in said(judgement)


@pytest.mark.parametrize("bundle", [b"", b"{}", b"\xff", b"[1]", b'{"mediaType":1}', b"x" * 70_000])
def test_what_is_no_bundle_is_refused(world: World, bundle: bytes) -> None:
    judgement = world.judge(with_bundle(bundle), claim(ALICE, ALICE))
    assert judgement.verdict is REJECT
    assert "bundle-invalid" in rules(judgement)


def test_roots_that_expired_before_the_run_vouch_for_nothing(world: World) -> None:
    """After the root's last day: both implementations refuse what it signs."""
    late = make(WISHES["release"], days=700)
    assert "certificate chain" in late.verified[0]
    world.land({"sigstore/trusted_root.json": late.root})
    judgement = world.judge(with_bundle(late.bundles[0]), claim(ALICE, ALICE))
    assert judgement.verdict is REJECT
    assert "not valid at validation time" in said(judgement)


def test_other_roots_of_trust_vouch_for_nothing(world: World, bundles: Mapping[str, bytes]) -> None:
    """The public Sigstore's roots, which come with the library, have not signed these."""
    world.land({"registry.yaml": CONFIG})
    judgement = world.judge(with_bundle(bundles["release"]), claim(ALICE, ALICE))
    assert judgement.verdict is REJECT
    assert rules(judgement) == {"bundle-invalid"}


def test_roots_that_cannot_be_read_leave_it_to_a_person(
    world: World, bundles: Mapping[str, bytes]
) -> None:
    world.land({"sigstore/trusted_root.json": "{}"})
    judgement = world.judge(with_bundle(bundles["release"]), MALLORYS)
    assert judgement.verdict is REVIEW
    assert "roots of trust cannot be read" in said(judgement)


def test_a_bundle_counts_for_90_days(
    world: World, bundles: Mapping[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    later = time.time() + 91 * 86_400
    monkeypatch.setattr("builder.ownership.verdict.time.time", lambda: later)
    judgement = world.judge(with_bundle(bundles["release"]), MALLORYS)
    assert "not made in the last 90 days" in said(judgement)
    assert judgement.verdict is REJECT
