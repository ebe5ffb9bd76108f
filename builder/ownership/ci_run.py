"""A run of a release workflow, as the CI of GitHub or GitLab vouches for it in a verified token.

Numbers decide: a repository or an owner that is renamed and registered again by somebody else has
another one. The subject (`sub`) is never taken apart: its form differs by setting and has changed.
https://docs.github.com/en/actions/reference/security/oidc
https://docs.gitlab.com/ci/secrets/id_token_authentication/
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from builder.ownership.oidc import IssuedClaims, TokenRefused

GITHUB_ACTIONS = "https://token.actions.githubusercontent.com"
GITLAB_CI = "https://gitlab.com"
GITHUB_EVENTS = frozenset(
    {
        *("push", "create", "release", "merge_group", "registry_package"),
        *("workflow_dispatch", "repository_dispatch", "schedule"),
        *("deployment", "deployment_status"),
    }
)
"""What only those start who may write to a repository. Others are started by anybody, such as
pull_request_target, issue_comment and workflow_run (after the run of a fork's pull request), and
often work on what a stranger proposes with the repository's own rights."""
GITLAB_REFUSED = frozenset({"merge_request_event", "external_pull_request_event"})
"""Such a pipeline runs what a merge request proposes, also one from a fork."""

Provider = Literal["github-actions", "gitlab-ci"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CiRun:
    """One run. `host` is the forge's, such as github.com; names are for people to read.

    `workflow` is the file that says what the run does, with its repository and revision, and
    `called_workflow` the one that the running job is written in, if it is another. `protected`
    is whether the branch or tag is protected: only GitLab says so, elsewhere it is None.
    """

    provider: Provider
    host: str
    owner: str
    owner_id: int
    repository: str
    repository_id: int
    workflow: str
    called_workflow: str
    ref: str
    event: str
    environment: str
    commit: str
    subject: str
    protected: bool | None = None

    @property
    def workflow_path(self) -> str:
        """The workflow's file, relative to its repository: .github/workflows/release.yml."""
        named = self.workflow.partition("@")[0]
        if self.provider == "gitlab-ci":
            return named.rpartition("//")[2]
        return "/".join(named.split("/")[2:])


def github_run(issued: IssuedClaims, host: str = "github.com") -> CiRun:
    """Return the run of GitHub Actions that a token is about; `host` is the server's.

    TokenRefused if a claim is missing.
    """
    event, workflow = issued.text("event_name"), issued.text("workflow_ref")
    return CiRun(
        provider="github-actions",
        host=host,
        owner=issued.text("repository_owner"),
        owner_id=issued.number("repository_owner_id"),
        repository=issued.text("repository"),
        repository_id=issued.number("repository_id"),
        workflow=workflow,
        called_workflow=_other(issued, "job_workflow_ref", workflow),
        ref=issued.text("ref"),
        event=event,
        environment=_optional(issued, "environment"),
        commit=issued.text("sha"),
        subject=issued.subject,
    )


def gitlab_run(issued: IssuedClaims) -> CiRun:
    """Return the job of GitLab CI that a token is about; TokenRefused if a claim is missing."""
    return CiRun(
        provider="gitlab-ci",
        host=urlsplit(issued.issuer).netloc.lower(),
        owner=issued.text("namespace_path"),
        owner_id=issued.number("namespace_id"),
        repository=issued.text("project_path"),
        repository_id=issued.number("project_id"),
        workflow=issued.text("ci_config_ref_uri"),
        called_workflow="",
        ref=issued.text("ref"),
        event=issued.text("pipeline_source"),
        environment=_optional(issued, "environment"),
        commit=issued.text("sha"),
        subject=issued.subject,
        protected=issued.claims.get("ref_protected") in (True, "true"),
    )


def require_publishing(run: CiRun) -> None:
    """Raise TokenRefused for a run of a kind that may not publish."""
    if run.provider == "gitlab-ci":
        if run.event in GITLAB_REFUSED:
            raise TokenRefused(
                f"a pipeline for {run.event} may not publish: it runs what somebody proposes"
            )
        return
    if run.event not in GITHUB_EVENTS:
        known = ", ".join(sorted(GITHUB_EVENTS))
        raise TokenRefused(
            f"a run for {run.event:.40} may not publish: it can be started by anybody; "
            f"those for {known} may"
        )
    # A workflow that an organisation requires stands in another repository than the run is of.
    if not run.workflow.lower().startswith(f"{run.repository}/".lower()):
        raise TokenRefused(f"the workflow {run.workflow:.200} is not one of {run.repository:.200}")


def _other(issued: IssuedClaims, name: str, value: str) -> str:
    other = _optional(issued, name)
    return "" if other == value else other


def _optional(issued: IssuedClaims, name: str) -> str:
    value = issued.claims.get(name)
    return value if isinstance(value, str) else ""
