"""A repository on a local GitHub, and a runner of its workflows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.forge.github_server import GitHubServer, github
from tests.forge.runner import ROOT, Runner
from tests.forge.workflows.playing import BIN, script
from tests.registry import CONFIG


@pytest.fixture
def hub(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[GitHubServer]:
    with github(tmp_path / "github", getattr(request, "param", CONFIG)) as (hub, _):
        yield hub


@pytest.fixture
def runner(hub: GitHubServer, tmp_path: Path) -> Runner:
    """A runner on which the builder is installed already, so that `make` has nothing to do."""
    commands = tmp_path / "commands"
    commands.mkdir()
    make = f"--silent --directory {ROOT} .venv/"
    script(commands / "make", f'test "$*" = "{make}.runtime" || test "$*" = "{make}.sigstore"')
    (commands / "mcp-registry").symlink_to(BIN / "mcp-registry")
    return Runner(hub, tmp_path / "runs", commands)
