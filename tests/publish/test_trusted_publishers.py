"""A release workflow publishes by the API of a registry that runs: our command against our server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from builder import cli
from builder.submit import logins
from tests.local_server import Reply, Request, as_json, serving
from tests.ownership.issuer import AUDIENCE, GITHUB_CLAIMS
from tests.publish.running import Desk, Surroundings, bearer
from tests.registry import Registry, entry

NAME = "com.example/weather"
TRUSTED = {"repository-id": 74, "repository": "alice/weather", "workflow": "release.yml"}
OWNERS = {
    "owners": [{"github": "carol", "id": 77}],
    "proof": "github",
    "trusted-publishers": [{"server": "weather", "github-actions": TRUSTED}],
}


@pytest.fixture
def desk(around: Surroundings, tmp_path: Path) -> Iterator[Desk]:
    def owned(registry: Registry) -> None:
        registry.commit({"servers/com.example/namespace.yaml": yaml.safe_dump(OWNERS)})

    with around.running(tmp_path, prepare=owned) as made:
        yield made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "server.json"
    remote = {"type": "streamable-http", "url": "https://mcp.example.com/mcp"}
    path.write_text(json.dumps(entry(NAME, remotes=[remote])))
    return path


@pytest.fixture
def run(desk: Desk, file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Publish from a run of GitHub Actions whose token has these claims changed."""
    changed: dict[str, Any] = {}

    def runner(request: Request) -> Reply:
        claims = {**GITHUB_CLAIMS, "aud": request.query["audience"], **changed}
        return as_json({"value": desk.issuer.token(**claims)})

    def publish(*words: str, **claims: Any) -> int:
        changed.clear()
        changed.update(claims)
        return cli.run(["publish", str(file), "--registry", desk.url, *words])

    with serving(runner) as server:
        monkeypatch.setenv(logins.ACTIONS_URL, f"{server.url}/token?v=1")
        monkeypatch.setenv(logins.ACTIONS_TOKEN, "runner")
        yield publish


def test_the_trusted_workflow_publishes_into_a_namespace_of_others_and_does_no_more(
    desk: Desk, run: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--audience", AUDIENCE) == 0
    assert desk.file("servers/com.example/weather/1.0.0.json")
    told = capsys.readouterr().out
    assert f"{desk.url}/v0.1/servers/com.example%2Fweather/versions/1.0.0" in told
    assert "verdict: accept" in told
    assert "Proof: github-oidc" in desk.registry.git("log", "-1", "--format=%B", "main")

    oidc = desk.issuer.token(**{**GITHUB_CLAIMS, "jti": "another"})
    token = desk.token("github-oidc", oidc_token=oidc)
    path = f"{desk.url}/v0/servers/com.example%2Fweather/versions/1.0.0/status"
    answer = desk.client.patch(path, json={"status": "deprecated"}, headers=bearer(token))
    assert answer.status_code == 403, answer.text


def test_no_other_run_does(desk: Desk, run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    before = desk.tip
    for claims in (
        {"workflow_ref": "alice/weather/.github/workflows/test.yml@refs/heads/main"},
        {"repository_id": "75"},  # deleted and registered again
        {
            "repository": "alice/other",
            "repository_id": "75",
            "workflow_ref": "alice/other/.github/workflows/release.yml@refs/heads/main",
        },
    ):
        assert run("--audience", AUDIENCE, **claims) == 1
        assert "is no trusted publisher" in capsys.readouterr().err
    assert run("--audience", AUDIENCE, event_name="pull_request_target") == 2
    assert "can be started by anybody" in capsys.readouterr().err

    # Another registry could name this one as audience, and publish here with the token.
    decisions = len(desk.decisions)
    assert run() == 2
    assert f"--audience {AUDIENCE}" in capsys.readouterr().err
    assert len(desk.decisions) == decisions
    assert desk.tip == before
