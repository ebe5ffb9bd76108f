"""Runs of GitHub Actions and jobs of GitLab CI, as tokens tell of them, and those that may not publish."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from builder.ownership import ci_run
from builder.ownership.oidc import TokenRefused
from tests.ownership.issuer import GITHUB_CLAIMS, GITLAB_CLAIMS, Issuer, issuing
from tests.ownership.test_oidc import read


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with issuing() as made:
        yield made


def test_a_run_of_github_actions(issuer: Issuer) -> None:
    run = ci_run.github_run(read(issuer, issuer.token(**GITHUB_CLAIMS)))
    assert (run.owner, run.owner_id) == ("alice", 583231)
    assert (run.repository, run.repository_id) == ("alice/weather", 74)
    assert run.workflow_path == ".github/workflows/release.yml"
    assert (run.called_workflow, run.event, run.environment) == ("", "release", "")


def test_the_form_of_the_subject_does_not_count(issuer: Issuer) -> None:
    old = {**GITHUB_CLAIMS, "sub": "repo:alice/weather:ref:refs/heads/main"}
    custom = {**GITHUB_CLAIMS, "sub": "repository_owner:mallory"}
    runs = [ci_run.github_run(read(issuer, issuer.token(**claims))) for claims in (old, custom)]
    assert {run.owner for run in runs} == {"alice"}


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"event_name": "pull_request_target"}, "pull_request_target"),
        ({"event_name": "workflow_run"}, "workflow_run"),
        ({"event_name": "issue_comment"}, "issue_comment"),
        ({"event_name": "pull_request"}, "pull_request"),
        ({"event_name": "Push"}, "Push"),
        ({"event_name": "new_in_2027"}, "new_in_2027"),
        ({"event_name": None}, "event_name"),
        ({"workflow_ref": "alice/policy/.github/workflows/release.yml@x"}, "is not one of alice"),
        ({"workflow_ref": "alice/weather-2/.github/workflows/release.yml@x"}, "is not one of"),
        ({"repository": "mallory/weather"}, "is not one of mallory/weather"),
        ({"repository_owner_id": None}, "repository_owner_id"),
        ({"repository_owner_id": "583231 "}, "repository_owner_id"),
        ({"repository_owner_id": "٥٨"}, "repository_owner_id"),
        ({"repository_owner_id": -1}, "repository_owner_id"),
        ({"repository_id": "abc"}, "repository_id"),
        ({"repository_owner": 5}, "repository_owner"),
        ({"workflow_ref": ""}, "workflow_ref"),
    ],
)
def test_runs_that_may_not_publish(issuer: Issuer, changed: dict[str, Any], word: str) -> None:
    issued = read(issuer, issuer.token(**{**GITHUB_CLAIMS, **changed}))
    with pytest.raises(TokenRefused, match=word):
        ci_run.require_publishing(ci_run.github_run(issued))


@pytest.mark.parametrize("event", ["merge_request_event", "external_pull_request_event"])
def test_a_pipeline_of_what_somebody_proposes(issuer: Issuer, event: str) -> None:
    issued = read(issuer, issuer.token(**{**GITLAB_CLAIMS, "pipeline_source": event}))
    with pytest.raises(TokenRefused, match="what somebody proposes"):
        ci_run.require_publishing(ci_run.gitlab_run(issued))


def test_a_job_of_gitlab(issuer: Issuer) -> None:
    run = ci_run.gitlab_run(read(issuer, issuer.token(**GITLAB_CLAIMS)))
    assert (run.owner, run.owner_id, run.repository_id) == ("acme/tools", 72, 20)
    assert run.host == issuer.url.removeprefix("http://")
    assert (run.workflow_path, run.environment, run.protected) == (
        ".gitlab-ci.yml",
        "release",
        True,
    )


GITHUB_TEXTS = ("repository_owner", "repository", "workflow_ref", "ref", "event_name", "sha")
GITLAB_TEXTS = ("namespace_path", "project_path", "ci_config_ref_uri", "ref", "pipeline_source", "sha")  # fmt: skip
NUMBERS = ("repository_owner_id", "repository_id"), ("namespace_id", "project_id")


@pytest.mark.parametrize("wrong", [None, "", 7, True, ["x"], {"x": 1}])
def test_each_claim_that_a_run_is_read_from(issuer: Issuer, wrong: object) -> None:
    for provider, texts, numbers in (
        ((ci_run.github_run, GITHUB_CLAIMS), GITHUB_TEXTS, NUMBERS[0]),
        ((ci_run.gitlab_run, GITLAB_CLAIMS), GITLAB_TEXTS, NUMBERS[1]),
    ):
        read_run, claims = provider
        for name in (*texts, *(numbers if wrong != 7 else ())):
            issued = read(issuer, issuer.token(**{**claims, name: wrong}))
            with pytest.raises(TokenRefused, match=name):
                read_run(issued)
        for name in numbers:
            for digits in ("-1", "1.0", "0x10", "1" * 19, "\u0667", " 7"):
                issued = read(issuer, issuer.token(**{**claims, name: digits}))
                with pytest.raises(TokenRefused, match=name):
                    read_run(issued)
