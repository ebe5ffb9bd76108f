"""Catalogue files of ToolHive and Docker come in as servers, once, and again when they change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from builder import cli
from builder.rules.engine.json_schema import validator
from tests.registry import CONFIG, Registry

TOOLHIVE = {
    "version": "1.0.0",
    "servers": {
        "github": {
            "description": "Provides\n integration with GitHub.",
            "image": "ghcr.io/github/github-mcp-server:v0.17.0",
            "transport": "stdio",
            "args": ["stdio"],
            "repository_url": "https://github.com/github/github-mcp-server",
            "env_vars": [
                {"name": "TOKEN", "description": "A token.", "required": True, "secret": True}
            ],
        }
    },
    "remote_servers": {
        "atlassian": {
            "description": "Jira.",
            "url": "https://mcp.atlassian.com/v1/sse",
            "transport": "sse",
            "headers": [{"name": "Authorization", "required": True, "secret": True}],
        }
    },
}
DOCKER = """\
version: 3
name: docker-mcp
registry:
  fetch:
    title: Fetch
    description: Fetches web pages.
    type: server
    image: mcp/fetch@sha256:DIGEST
    upstream: https://github.com/modelcontextprotocol/servers
    secrets:
      - {name: fetch.key, env: FETCH_KEY}
    command: [--verbose]
  linear:
    description: Issues.
    remote: {transport_type: streamable-http, url: "https://mcp.linear.app/mcp"}
""".replace("DIGEST", "a" * 64)


def registry(folder: Path, kind: str, file: str, data: str) -> Registry:
    text = f"upstreams: [{{name: it, kind: {kind}, url: 'https://catalogue.example', file: {file}, namespace: org.catalogue}}]\n"
    made = Registry(folder, CONFIG + text)
    made.commit({file: data})
    return made


def mirrored(made: Registry) -> dict[str, dict[str, Any]]:
    assert cli.run(["mirror", "--root", str(made.root), "--commit"]) == 0
    files = made.root.glob("servers/*/*/[0-9v]*.json")
    return {f"{path.parent.name} {path.stem}": json.loads(path.read_bytes()) for path in files}


def test_toolhive(tmp_path: Path) -> None:
    made = registry(tmp_path, "toolhive", "toolhive.json", json.dumps(TOOLHIVE))
    documents = mirrored(made)
    assert set(documents) == {"github v0.17.0", "atlassian 1.0.0"}
    github = documents["github v0.17.0"]
    assert github["packages"][0]["environmentVariables"][0]["isSecret"] is True
    assert github["repository"]["source"] == "github"
    for document in documents.values():
        assert not list(validator("2025-12-11").violations(document))
    assert mirrored(made) == documents


def test_docker_gives_what_changes_a_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = registry(tmp_path, "docker", "docker.yaml", DOCKER)
    documents = mirrored(made)
    assert set(documents) == {"fetch 1.0.0", "linear 1.0.0"}
    for document in documents.values():
        assert not list(validator("2025-12-11").violations(document))
    assert mirrored(made) == documents
    assert "nothing new upstream" in capsys.readouterr().out
    made.commit({"docker.yaml": DOCKER.replace("a" * 64, "b" * 64)})
    assert set(mirrored(made)) == {"fetch 1.0.0", "fetch 1.0.1", "linear 1.0.0"}


@pytest.mark.parametrize(
    ("kind", "data"),
    [("docker", "x: &a [1]"), ("docker", "registry: []"), ("toolhive", "{}"), ("toolhive", "[")],
)
def test_a_file_that_is_none_is_one_line(
    tmp_path: Path, kind: str, data: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made = registry(tmp_path, kind, "file", data)
    assert cli.run(["mirror", "--root", str(made.root)]) == 2
    assert capsys.readouterr().err.startswith("error: ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{name: a, url: 'https://x.example', kind: docker}", "namespace is missing"),
        ("{name: a, url: 'https://x.example', file: x.json}", "file has no meaning"),
        ("{name: a, url: nowhere}", "is not a web address"),
        ("{name: a, url: 'https://x.example', kind: dump, file: ../x}", "not a path inside"),
        ("{name: a, url: 'https://x.example/?y=1'}", "no query and no fragment"),
        ("{name: a, url: 'https://me:secret@x.example'}", "may not hold a user name"),
    ],
)
def test_settings_that_mean_nothing_are_refused(
    tmp_path: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made = Registry(tmp_path, f"{CONFIG}upstreams: [{text}]\n")
    assert cli.run(["mirror", "--root", str(made.root)]) == 2
    printed = capsys.readouterr().err
    assert said in printed and "secret" not in printed


def test_a_password_on_the_command_line_is_neither_published_nor_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = Registry(tmp_path)
    options = ["--root", str(made.root), "--commit"]
    assert cli.run(["mirror", "https://me:secret@x.example", *options]) == 2
    printed = capsys.readouterr().err
    assert "may not hold a user name" in printed and "secret" not in printed
