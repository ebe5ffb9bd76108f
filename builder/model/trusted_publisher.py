"""Trusted publishers in namespace.yaml: workflows whose runs may publish a server, without a key.

Numbers decide, as on PyPI: a repository that is renamed keeps its number, and one that takes its
name has another. Names stand here for people to read.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from builder.model.forges import FORGE_KINDS
from builder.model.owner import NumericId

_PATH = r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$"
_HOST = r"^[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]+)?$"
_FILE = r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*\.ya?ml$"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


class GitHubWorkflow(_Strict):
    """A workflow of a repository on GitHub."""

    repository_id: Annotated[NumericId, Field(alias="repository-id")] = Field(
        description="The repository's number: gh api repos/OWNER/NAME --jq .id"
    )
    repository: Annotated[str, Field(pattern=_PATH, max_length=200)] = Field(
        description="Its name, owner/name, for people to read."
    )
    workflow: Annotated[str, Field(pattern=_FILE, max_length=200)] = Field(
        description="The workflow's file in .github/workflows/, such as release.yml."
    )
    environment: Annotated[str, Field(max_length=255)] = Field(
        "", description="If given, the run must be in this environment."
    )
    host: Annotated[str, Field(pattern=_HOST)] = Field(
        FORGE_KINDS["github"].host, description="The server that the number is of."
    )


class GitLabPipeline(_Strict):
    """A pipeline of a project on GitLab."""

    project_id: Annotated[NumericId, Field(alias="project-id")] = Field(
        description="The project's number, as its page shows it."
    )
    project: Annotated[str, Field(pattern=_PATH, max_length=500)] = Field(
        description="Its path, for people to read."
    )
    file: Annotated[str, Field(pattern=_FILE, max_length=200)] = Field(
        ".gitlab-ci.yml", description="The file that says what the pipeline does."
    )
    environment: Annotated[str, Field(max_length=255)] = Field(
        "", description="If given, the job must be in this environment."
    )
    host: Annotated[str, Field(pattern=_HOST)] = Field(
        FORGE_KINDS["gitlab"].host, description="The server that the number is of."
    )


class TrustedPublisher(_Strict):
    """One line of `trusted-publishers`: whose runs may publish, and what."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["github-actions"]}, {"required": ["gitlab-ci"]}]}
    )

    server: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]*$", max_length=200)] = Field(
        "", description="The server, without its namespace. Without it every server here."
    )
    github_actions: GitHubWorkflow | None = Field(
        None,
        alias="github-actions",
        description="A workflow of GitHub Actions.",
        json_schema_extra=_without_default,
    )
    gitlab_ci: GitLabPipeline | None = Field(
        None,
        alias="gitlab-ci",
        description="A pipeline of GitLab.",
        json_schema_extra=_without_default,
    )

    @model_validator(mode="after")
    def _one_workflow(self) -> TrustedPublisher:
        if (self.github_actions is None) == (self.gitlab_ci is None):
            raise ValueError("a trusted publisher is either github-actions or gitlab-ci")
        return self

    def covers(self, server: str) -> bool:
        """Return whether a server of the namespace, by its name without it, may be published."""
        return self.server in ("", server)
