"""Runs of another workflow, environment, repository or account prove nothing, also where they log in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from builder.model.sidecars import SidecarError, read_namespace
from builder.net.network import Network
from builder.ownership.account import Account
from builder.ownership.ci_run import github_run
from builder.ownership.oidc import IssuedClaims
from builder.ownership.proposer import Claim
from tests.hostile.runs_of_ci.wishes import ENTRY, GITLAB_ENTRY, WORKFLOW, trusting, with_bundle
from tests.ownership.issuer import GITHUB_CLAIMS
from tests.ownership.servers import Zone
from tests.ownership.world import (
    ACCEPT,
    MALLORYS,
    REJECT,
    REVIEW,
    Signer,
    World,
    owners_file,
    rules,
    said,
)
from tests.registry import entry_file


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
