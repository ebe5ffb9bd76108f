"""A run of a release workflow proves an entry: by the bundle beside it, or by the token it logs in with."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import pytest

from builder.model.sidecars import SidecarError, read_namespace
from builder.net.network import Network
from builder.ownership.account import Account
from builder.ownership.bundle import connect
from builder.ownership.ci_run import github_run
from builder.ownership.oidc import IssuedClaims
from builder.ownership.proposer import Claim
from builder.ownership.signed_run import BundleError
from tests.ownership.events import ALICE, MALLORY, claim
from tests.ownership.issuer import GITHUB_CLAIMS
from tests.ownership.servers import Zone
from tests.ownership.sigstore import Made, Wish, github_texts, gitlab_texts, make, provenance
from tests.ownership.world import (
    ACCEPT,
    MALLORYS,
    REJECT,
    REVIEW,
    Files,
    Signer,
    World,
    content_bytes,
    owned_by,
    owners_file,
    rules,
    said,
    weather,
)
from tests.registry import CONFIG, Registry, entry_file

OURS = f"{CONFIG}policy: {{sigstore_root: sigstore/trusted_root.json}}\n"
ENTRY = weather("io.github.alice", "1.1.0")
(PATH,) = ENTRY
DATA = content_bytes(ENTRY[PATH])
WORKFLOW = {"repository-id": 74, "repository": "alice/weather", "workflow": "release.yml"}
GITLAB_ENTRY = weather("com.example", "1.0.0")
WISHES: dict[str, Wish] = {
    "release": Wish(DATA, github_texts()),
    "attestation": Wish(DATA, github_texts(), provenance(DATA)),
    "other statement": Wish(DATA, github_texts(), provenance(DATA, "https://spdx.dev/Document")),
    "attestation of other bytes": Wish(DATA, github_texts(), provenance(b"{}")),
    "environment": Wish(DATA, github_texts(_23="Release")),
    "other bytes": Wish(DATA + b"\n", github_texts()),
    "other workflow": Wish(DATA, github_texts(workflow=".github/workflows/test.yml")),
    "other repository": Wish(DATA, github_texts("alice/other", repository_id=75)),
    "fork": Wish(DATA, github_texts("mallory/weather", 666, 75)),
    "same name registered again": Wish(DATA, github_texts("alice/weather", 999, 999)),
    "pull_request_target": Wish(DATA, github_texts(event="pull_request_target")),
    "other issuer": Wish(DATA, {**github_texts(), "8": "https://accounts.google.com"}),
    "no repository": Wish(DATA, {"8": "https://token.actions.githubusercontent.com"}),
    "gitlab": Wish(content_bytes(next(iter(GITLAB_ENTRY.values()))), gitlab_texts()),
}


@pytest.fixture(scope="module")
def made() -> Made:
    return make(*WISHES.values())


@pytest.fixture(scope="module")
def bundles(made: Made) -> Mapping[str, bytes]:
    return dict(zip(WISHES, made.bundles, strict=True))


@pytest.fixture
def world(registry: Registry, made: Made) -> World:
    """io.github.alice belongs to alice; the roots of trust are those of the bundles."""
    it = World(registry)
    it.land(
        {
            "registry.yaml": OURS,
            "sigstore/trusted_root.json": made.root,
            **owned_by(ALICE),
            **weather("io.github.alice"),
        }
    )
    return it


def trusting(*publishers: Any, **github: Any) -> Files:
    """namespace.yaml of alice with a trusted publisher, changed by `github`."""
    listed = publishers or ({"server": "weather", "github-actions": {**WORKFLOW, **github}},)
    return owners_file(
        "io.github.alice",
        owners=[{"github": "alice", "id": 583231}],
        proof="github",
        **{"trusted-publishers": list(listed)},
    )


def with_bundle(bundle: bytes, entry: Files = ENTRY) -> Files:
    (path,) = entry
    return {**entry, f"{path}.sigstore": bundle}


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


def test_whoever_lost_the_domain_has_trusted_nobody(
    world: World, bundles: Mapping[str, bytes], network: Network, zone: Zone
) -> None:
    signer = Signer()
    publisher = {"gitlab-ci": {"project-id": 20, "project": "acme/tools/weather"}}
    world.land(
        owners_file(
            "com.example", keys=[signer.pin], proof="dns", **{"trusted-publishers": [publisher]}
        )
    )
    files = with_bundle(bundles["gitlab"], GITLAB_ENTRY)
    judgement = world.judge(files, MALLORYS, network=network)
    assert judgement.verdict is REVIEW
    assert "the domain may have changed hands" in said(judgement)
    zone.txt("example.com", signer.record)
    assert world.judge(files, MALLORYS, network=network).verdict is ACCEPT


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
    ("bundle", "github", "because"),
    [
        ("other workflow", {}, "is no trusted publisher"),
        ("other repository", {}, "is no trusted publisher"),
        ("fork", {}, "is no trusted publisher"),
        ("same name registered again", {}, "is no trusted publisher"),
        ("release", {"environment": "release"}, "is no trusted publisher"),
        ("release", {"host": "github.example.com"}, "is no trusted publisher"),
    ],
)
def test_only_a_run_of_exactly_that_workflow_publishes(
    world: World, bundles: Mapping[str, bytes], bundle: str, github: dict[str, str], because: str
) -> None:
    world.land(trusting(**github))
    judgement = world.judge(with_bundle(bundles[bundle]), MALLORYS)
    assert judgement.verdict is REJECT
    assert rules(judgement) == {"not-the-owner"}
    assert because in said(judgement)


def test_the_environment_counts_and_its_case_does_not(
    world: World, bundles: Mapping[str, bytes]
) -> None:
    world.land(trusting(environment="release"))
    assert world.judge(with_bundle(bundles["environment"]), MALLORYS).verdict is ACCEPT


@pytest.mark.parametrize("bundle", ["fork", "same name registered again"])
def test_a_run_of_another_account_proves_nothing(
    world: World, bundles: Mapping[str, bytes], bundle: str
) -> None:
    judgement = world.judge(with_bundle(bundles[bundle]), MALLORYS)
    assert judgement.verdict is REJECT
    assert "who is not a listed owner" in said(judgement)


@pytest.mark.parametrize(
    ("bundle", "because"),
    [
        ("other bytes", "does not hold"),
        ("attestation of other bytes", "whose subject is this entry"),
        ("other statement", "no attestation of the kind"),
        ("pull_request_target", "can be started by anybody"),
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


def test_a_run_that_logs_in_is_held_to_the_trusted_publishers_too(world: World) -> None:
    """What the API is told by a token counts as a bundle does."""
    logged_in = _claim({})
    assert world.judge(ENTRY, logged_in).verdict is ACCEPT
    world.land(trusting())
    assert world.judge(ENTRY, logged_in).verdict is ACCEPT
    other = _claim({"workflow_ref": "alice/weather/.github/workflows/test.yml@refs/heads/main"})
    judgement = world.judge(ENTRY, other)
    assert judgement.verdict is REJECT
    assert "is no trusted publisher" in said(judgement)
    # Another server of the namespace names nobody: there the owner's runs publish.
    assert world.judge(entry_file("io.github.alice/clock"), other).verdict is ACCEPT


def _claim(changed: dict[str, str]) -> Claim:
    issued = IssuedClaims(
        issuer="https://token.actions.githubusercontent.com",
        subject="any text",
        expires=0,
        claims={**GITHUB_CLAIMS, **changed},
    )
    run = github_run(issued)
    owner = Account(login=run.owner, id=run.owner_id, type="User")
    return Claim(author=owner, accounts=(owner,), run=run)


@pytest.mark.parametrize(
    "publisher",
    [
        {},
        {"github-actions": WORKFLOW, "gitlab-ci": {"project-id": 20, "project": "a/b"}},
        {"github-actions": {**WORKFLOW, "repository-id": 0}},
        {"github-actions": {**WORKFLOW, "workflow": "release"}},
        {"github-actions": {"repository": "alice/weather", "workflow": "release.yml"}},
    ],
)
def test_what_names_no_workflow_is_no_trusted_publisher(publisher: dict[str, Any]) -> None:
    data = {
        "owners": [{"github": "alice", "id": 583231}],
        "proof": "github",
        "trusted-publishers": [publisher],
    }
    with pytest.raises(SidecarError):
        read_namespace(json.dumps(data).encode())
