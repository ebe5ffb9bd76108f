"""The index of advisories that `mcp-registry advisories` made, in the git folder."""

from __future__ import annotations

from builder.git import index_file
from builder.git.repository import Repository
from builder.model.policy_settings import Policy
from builder.policy import decide, lines
from builder.policy.advisories import INDEX_FILE, NO_ADVISORIES, Advisories, of_rows


def save(repository: Repository, advisories: Advisories) -> None:
    """Keep the advisories for rules that ask for them."""
    index_file.write(repository, INDEX_FILE, {"packages": advisories.rows()})


def load(repository: Repository) -> Advisories:
    """Return the advisories that were kept, none if none were."""
    packages = index_file.read(repository, INDEX_FILE).get("packages")
    return of_rows(packages) if isinstance(packages, dict) else NO_ADVISORIES


def needed(repository: Repository, policy: Policy) -> Advisories:
    """Return the advisories if a line of the publish policy asks for them, else none."""
    asked = decide.indexed(lines.of_publish(policy.publish))
    return load(repository) if asked.needs_advisories else NO_ADVISORIES
