"""Runs of CI, and the bundles by which they vouch for an entry; which of them are trusted."""

from __future__ import annotations

from typing import Any

from tests.ownership.sigstore import Wish, github_texts, gitlab_texts, provenance
from tests.ownership.world import Files, content_bytes, owners_file, weather
from tests.registry import CONFIG

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
    "workflow_run": Wish(DATA, github_texts(event="workflow_run")),
    "other issuer": Wish(DATA, {**github_texts(), "8": "https://accounts.google.com"}),
    "no repository": Wish(DATA, {"8": "https://token.actions.githubusercontent.com"}),
    "gitlab": Wish(content_bytes(next(iter(GITLAB_ENTRY.values()))), gitlab_texts()),
}


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
